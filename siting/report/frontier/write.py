"""The files of a frontier that people and spreadsheets read, each written in one step."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from siting.errors import InputError, Notice, import_extra
from siting.gaps.plot import chinese_fonts
from siting.plan.disk import write_in_one_step
from siting.plan.spreadsheet import as_csv
from siting.report.frontier.page import html

if TYPE_CHECKING:
    from pathlib import Path

    from siting.frontier.model import Frontier
    from siting.words import Lang

FILES = ("frontier.csv", "rollout.csv", "frontier.html", "frontier.png", "frontier.svg")
_DPI = 150


def write_frontier(frontier: Frontier, folder: Path, lang: Lang) -> tuple[Notice, ...]:
    """Write tables, page and pictures; return what could not be written.

    Parameters
    ----------
    lang
        The language of the pictures, and the one in which the page opens.
    """
    write_in_one_step(folder / "frontier.csv", as_csv(frontier.table))
    write_in_one_step(folder / "rollout.csv", as_csv(frontier.rollout))
    write_in_one_step(folder / "frontier.html", html(frontier, lang))
    try:
        pictures = _pictures(frontier, lang)
    except InputError as error:
        # an older picture would show another curve than the tables beside it
        for name in ("frontier.png", "frontier.svg"):
            (folder / name).unlink(missing_ok=True)
        return tuple(
            Notice("report.frontier.no_picture", values=one.values) for one in error.notices
        )
    for name, content in pictures.items():
        write_in_one_step(folder / name, content)
    return ()


def _pictures(frontier: Frontier, lang: Lang) -> dict[str, bytes]:
    """Return the picture as PNG and SVG.

    Raises
    ------
    InputError
        matplotlib is not installed.
    """
    figures = import_extra("matplotlib.figure", "plot")
    found = {}
    # of a figure of its own, which no other knows of
    with chinese_fonts():
        made = figures.Figure(figsize=(8.0, 5.0), layout="constrained")
        frontier.plot(made.subplots(), lang=lang)
        for kind in ("png", "svg"):
            stream = io.BytesIO()
            # the date would make each of them another file
            about = {"Date": None} if kind == "svg" else None
            made.savefig(stream, format=kind, dpi=_DPI, metadata=about)
            found[f"frontier.{kind}"] = stream.getvalue()
    return found
