"""The table of a benchmark: for a terminal, as Markdown, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from siting.report.figures import clean
from siting.report.grid import grid
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from siting.bench.figures import Ratio, Row
    from siting.bench.model import Asked, Facts

_WHOSE = 2
"""Columns that say which question a row is about."""


@dataclass(frozen=True)
class Sheet:
    """A table in words: its title, heads and cells."""

    title: str
    heads: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def measured(rows: Sequence[Row], lang: Lang) -> Sheet:
    """Return the table of what was measured, a row a run."""
    marks = tuple(rows[0].gaps) if rows else ()
    return Sheet(
        title=text("bench.title_measured", lang),
        heads=(
            text("bench.head_instance", lang),
            text("bench.head_question", lang),
            text("bench.head_peer", lang),
            text("bench.head_first", lang),
            *(text("bench.head_gap", lang, seconds=f"{mark:g}") for mark in marks),
            text("bench.head_end_gap", lang),
            text("bench.head_end", lang),
            text("bench.head_memory", lang),
            text("bench.head_status", lang),
        ),
        cells=tuple(
            (
                _instance(row.run.facts),
                _question(row.run.facts, lang),
                row.run.peer,
                _number(row.first, 1),
                *(_percent(gap) for gap in row.gaps.values()),
                _percent(row.end),
                _number(row.run.seconds, 1),
                _number(row.run.memory_mb, 0),
                text(f"bench.status_{row.run.status}", lang),
            )
            for row in rows
        ),
    )


def compared(ratios: Sequence[Ratio], lang: Lang) -> Sheet:
    """Return the table of ratios to siting, a row a rung, question and peer."""
    marks = tuple(ratios[0].gaps) if ratios else ()
    return Sheet(
        title=text("bench.title_compared", lang),
        heads=(
            text("bench.head_rung", lang),
            text("bench.head_question", lang),
            text("bench.head_peer", lang),
            text("bench.head_seeds", lang),
            text("bench.head_first", lang),
            *(text("bench.head_gap", lang, seconds=f"{mark:g}") for mark in marks),
            text("bench.head_end_gap", lang),
            text("bench.head_memory", lang),
        ),
        cells=tuple(
            (
                one.rung,
                text(f"bench.question_{one.question}", lang, sites=""),
                one.peer,
                str(one.seeds),
                _times(one.first),
                *(_times(gap) for gap in one.gaps.values()),
                _times(one.end),
                _times(one.memory),
            )
            for one in ratios
        ),
    )


def sizes(rows: Sequence[Row], lang: Lang) -> Sheet:
    """Return the table of how large the questions are."""
    facts = tuple(dict.fromkeys(row.run.facts for row in rows))
    names = ("places", "spaces", "types", "options", "gaps", "merged", "entries")
    return Sheet(
        title=text("bench.title_sizes", lang),
        heads=(
            text("bench.head_instance", lang),
            text("bench.head_question", lang),
            *(text(f"bench.size_{name}", lang) for name in names),
        ),
        cells=tuple(
            (_instance(f), _question(f, lang), *(f"{getattr(f, name):,}" for name in names))
            for f in facts
        ),
    )


def remark_lines(rows: Sequence[Row], lang: Lang) -> list[str]:
    """Return what there is to say of single runs, a line a run."""
    join = text("bench.join", lang)
    return [
        text(
            "bench.remark",
            lang,
            instance=_instance(row.run.facts),
            question=_question(row.run.facts, lang),
            peer=row.run.peer,
            said=join.join(clean(notice.line(lang)) for notice in row.remarks),
        )
        for row in rows
        if row.remarks
    ]


def made_lines(asked: Asked, made: dict[str, Any], lang: Lang) -> list[str]:
    """Return with what and on what it was measured."""
    machine, versions = made["machine"], made["versions"]
    return [
        text(
            "bench.made_asked",
            lang,
            seconds=f"{asked.seconds:g}",
            threads=asked.threads,
            memory=f"{asked.memory_mb / 1024:g}",
            seeds=", ".join(map(str, asked.seeds)),
        ),
        text(
            "bench.made_machine",
            lang,
            cores=machine["cores"],
            processor=machine["processor"],
            memory="?" if machine["memory_gb"] is None else f"{machine['memory_gb']:g}",
            load="?" if machine["load_at_start"] is None else machine["load_at_start"],
        ),
        text(
            "bench.made_versions",
            lang,
            commit=made["commit"],
            versions=", ".join(f"{k} {v}" for k, v in versions.items() if v is not None),
        ),
    ]


def markdown(sheet: Sheet) -> str:
    """Return a sheet as Markdown."""
    lines = [f"## {sheet.title}", "", _bar(sheet.heads), "|" + "---|" * len(sheet.heads)]
    return "\n".join([*lines, *(_bar(cells) for cells in sheet.cells)]) + "\n"


def screens(sheet: Sheet) -> list[Table]:
    """Return a sheet for a terminal: a table a question, which fits 80 columns."""
    tables: dict[tuple[str, ...], Table] = {}
    for cells in sheet.cells:
        whose = cells[:_WHOSE]
        if whose not in tables:
            table = grid()
            table.title, table.title_justify = ", ".join((sheet.title, *whose)), "left"
            for n, head in enumerate(sheet.heads[_WHOSE:]):
                table.add_column(head, justify="right" if n else "left", overflow="fold")
            tables[whose] = table
        tables[whose].add_row(*cells[_WHOSE:])
    return list(tables.values())


def record(row: Row) -> dict[str, Any]:
    """Return a measured run as JSON values, with all that is known of it."""
    run = row.run
    return {
        **asdict(run.facts),
        "peer": run.peer,
        "solver": run.solver,
        "status": run.status,
        "first_plan_s": row.first,
        **{f"gap_{mark:g}s": gap for mark, gap in row.gaps.items()},
        "gap_end": row.end,
        "seconds": run.seconds,
        "memory_mb": run.memory_mb,
        "value": run.value,
        "bound": run.bound,
        "incumbents": [list(one) for one in run.incumbents],
        "remarks": [notice.line("en") for notice in row.remarks],
    }


def ratio_record(one: Ratio) -> dict[str, Any]:
    """Return ratios as JSON values; what is beyond all measure is null."""
    return {
        "rung": one.rung,
        "question": one.question,
        "peer": one.peer,
        "seeds": one.seeds,
        "first_plan": _finite(one.first),
        **{f"gap_{mark:g}s": _finite(gap) for mark, gap in one.gaps.items()},
        "gap_end": _finite(one.end),
        "memory": _finite(one.memory),
    }


def as_csv(rows: Sequence[Row]) -> str:
    """Return the measured runs as CSV, a row a run, without the moments in between."""
    page = io.StringIO()
    records = [record(row) for row in rows]
    for one in records:
        del one["incumbents"]
        one["remarks"] = "; ".join(one["remarks"])
    writer = csv.DictWriter(page, list(records[0]) if records else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return page.getvalue()


def _bar(cells: Sequence[str]) -> str:
    plain = (" ".join(cell.replace("|", "/").split()) for cell in cells)
    return "| " + " | ".join(plain) + " |"


def _instance(facts: Facts) -> str:
    return f"{facts.rung} {facts.seed}"


def _question(facts: Facts, lang: Lang) -> str:
    sites = "" if facts.sites is None else f" ({facts.sites})"
    return text(f"bench.question_{facts.question}", lang, sites=sites)


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:,.{decimals}f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100.0 * share:.3f}%"


def _times(value: float | None) -> str:
    if value is None:
        return "-"
    if math.isinf(value):
        return "∞"
    if 0.0 < value < 0.01:
        return "<0.01"
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def _finite(value: float | None) -> float | None:
    return None if value is None or math.isinf(value) else value
