"""A comparison as files: a workbook, and a page with a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.report.compare.lines import compare_lines
from siting.report.compare.listing import as_sheet, as_table
from siting.report.compare.tables import listings
from siting.report.sheet import Lines, Sheet
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from siting.plan.compare import Comparison

WORKBOOK, PAGE = "compare.xlsx", "compare.html"
FILES = (WORKBOOK, PAGE)
_IN_SUMMARY = ("values", "money", "groups")


def write_comparison(
    c: Comparison, names: tuple[str, str], folder: Path, lang: Lang, after: Callable[[], None]
) -> None:
    """Write `FILES` into a folder; each opens in `lang`, and `after` is called after each."""
    from siting.report.compare.page import comparison_html

    write_book(c, names, folder / WORKBOOK, lang)
    after()
    page = comparison_html(c, names, lang)
    (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")
    after()


def write_book(c: Comparison, names: tuple[str, str], path: Path, lang: Lang) -> None:
    """Write the workbook; money is in 万元 in Chinese and in yuan in English."""
    from siting.report.workbook import write_workbook

    title = text("report.compare.title", lang, city=c.b.city.name if c.b.city else "")
    made = {listing.name: listing for listing in listings(c)}
    lines = Lines(title, tuple(compare_lines(c, names, lang)))
    tables = (as_table(made.pop(name), lang) for name in _IN_SUMMARY)
    summary = Sheet(text("report.sheet_summary", lang), (lines, *tables))
    rest = (as_sheet(listing, lang) for listing in made.values())
    write_workbook((summary, *rest), path, lang, title=title)
