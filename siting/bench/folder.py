"""The folder in which a benchmark is written: its table for people and for programmes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.bench.figures import compare, measure
from siting.bench.table import (
    as_csv,
    compared,
    made_lines,
    markdown,
    measured,
    ratio_record,
    record,
    remark_lines,
    sizes,
)
from siting.errors import InputError, Notice
from siting.plan.disk import refusals_of, write_in_one_step
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.bench.model import Asked, Run

JSON, CSV, MARKDOWN = "bench.json", "bench.csv", "bench.md"
_MAKER = "siting bench"


def check_folder(folder: Path) -> None:
    """Make the folder, or raise InputError where a benchmark must not be written.

    It must be new, empty, or hold an older benchmark. That it cannot be made had better be known
    before the hours of measuring.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(Notice("bench.not_a_folder", values={"folder": str(folder)}))
    if folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder):
        raise InputError(Notice("bench.not_ours", values={"folder": str(folder)}))
    with refusals_of(folder):
        folder.mkdir(parents=True, exist_ok=True)


def document(asked: Asked, runs: Sequence[Run], made: dict[str, Any]) -> dict[str, Any]:
    """Return everything as JSON values.

    Parameters
    ----------
    made
        ``machine``, ``versions`` and ``commit``, see `siting.bench.machine`.
    """
    rows = measure(runs, asked.seconds)
    return {
        "made_by": _MAKER,
        **made,
        "asked": asdict(asked),
        "runs": [record(row) for row in rows],
        "ratios": [ratio_record(one) for one in compare(rows)],
    }


def page(asked: Asked, runs: Sequence[Run], made: dict[str, Any], lang: Lang) -> str:
    """Return the whole report in Markdown."""
    rows = measure(runs, asked.seconds)
    parts = [f"# {text('bench.title', lang)}\n"]
    parts.append("".join(f"- {line}\n" for line in made_lines(asked, made, lang)))
    parts.append(markdown(measured(rows, lang)))
    ratios = compare(rows)
    if ratios:
        parts.append(markdown(compared(ratios, lang)) + f"\n{text('bench.about_ratios', lang)}\n")
    parts.append(markdown(sizes(rows, lang)))
    remarks = remark_lines(rows, lang)
    if remarks:
        listed = "".join(f"- {line}\n" for line in remarks)
        parts.append(f"## {text('bench.title_remarks', lang)}\n\n{listed}")
    return "\n".join(parts)


def write(
    folder: Path, asked: Asked, runs: Sequence[Run], made: dict[str, Any], lang: Lang
) -> None:
    """Write the table; each file is exchanged in one step.

    Raises
    ------
    InputError
        The folder is not new, empty or ours, or the disk refuses.
    """
    check_folder(folder)
    whole = json.dumps(document(asked, runs, made), ensure_ascii=False, indent=1)
    rows = measure(runs, asked.seconds)
    for name, content in (
        (JSON, whole + "\n"),
        (CSV, as_csv(rows)),
        (MARKDOWN, page(asked, runs, made, lang)),
    ):
        write_in_one_step(folder / name, content)


def _is_ours(folder: Path) -> bool:
    try:
        content = json.loads((folder / JSON).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("made_by") == _MAKER
