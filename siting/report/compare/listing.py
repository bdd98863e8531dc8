"""A table of a comparison, defined once for the terminal, the workbook and the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from siting.report.html.both import LANGS, both
from siting.report.sheet import Column, Sheet, Table
from siting.report.xlsx_tables import in_unit
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.report.html.both import Pair
    from siting.report.html.sheet import Kind as PageKind
    from siting.report.sheet import Kind

_ON_PAGE: dict[Kind, PageKind] = {
    "whole": "people",
    "people": "people",
    "share": "share",
    "gap": "exact",
    "money": "money",
    "area": "number",
    "points": "number",
    "plain": "number",
    "change": "change",
    "money_change": "money_change",
}
_MONEY = ("money", "money_change")


@dataclass(frozen=True)
class Field:
    """One column: the word of its heading, what its cells are, and the cells.

    Cells of text are pairs of languages; None is an empty cell.
    """

    name: str
    kind: Kind
    cells: Sequence[Any]


@dataclass(frozen=True)
class Listing:
    """A table: the word of its title, and its columns of equal length.

    Attributes
    ----------
    fixed
        So many columns stay in sight in the workbook.
    wide
        Whether the page prints it across the long side of the paper.
    """

    name: str
    fields: tuple[Field, ...]
    fixed: int = 1
    wide: bool = False

    def __len__(self) -> int:
        return len(self.fields[0].cells)


def heading(field: Field, lang: Lang, *, unit: bool = True) -> str:
    """Return the heading of a column; money names its unit."""
    said = text(f"report.compare.column_{field.name}", lang)
    if not unit or field.kind not in _MONEY:
        return said
    return text(
        "report.compare.in_unit", lang, said=said, unit=text("report.sheet_unit_money", lang)
    )


def as_sheet(listing: Listing, lang: Lang) -> Sheet:
    """Return a table as a sheet of a workbook."""
    table = as_table(listing, lang)
    return Sheet(table.title or "", (replace(table, title=None),), fixed=listing.fixed)


def as_table(listing: Listing, lang: Lang) -> Table:
    """Return a table under its title, for a sheet that holds several."""
    columns = tuple(
        Column(heading(f, lang), f.kind, [_cell(cell, f.kind, lang) for cell in f.cells])
        for f in listing.fields
    )
    return Table(columns, title=text(f"report.compare.{listing.name}", lang))


def _cell(cell: Any, kind: Kind, lang: Lang) -> Any:
    if cell is None:
        return None
    if kind == "text":
        return cell[LANGS.index(lang)]
    return in_unit(cell, lang) if kind in _MONEY else cell


def as_page(listing: Listing) -> dict[str, Any]:
    """Return a table as the page's scripts read it; words that stand in many cells are codes."""
    columns: list[dict[str, Any]] = []
    rows: list[list[Any]] = []
    for f in listing.fields:
        label = both(lambda lang, f=f: heading(f, lang, unit=False))  # type: ignore[misc]
        if f.kind != "text":
            columns.append({"label": label, "kind": _ON_PAGE[f.kind]})
            rows.append(list(f.cells))
            continue
        known: dict[tuple[str, ...], int] = {}
        for cell in f.cells:
            if cell is not None:
                known.setdefault(tuple(cell), len(known))
        if 2 * len(known) > len(f.cells):
            columns.append({"label": label, "kind": "text"})
            rows.append([None if cell is None else list(cell) for cell in f.cells])
            continue
        columns.append({"label": label, "kind": "code", "codes": [list(pair) for pair in known]})
        rows.append([None if cell is None else known[tuple(cell)] for cell in f.cells])
    return {
        "id": listing.name,
        "title": compare_word(listing.name),
        "columns": columns,
        "rows": [list(row) for row in zip(*rows, strict=True)],
        "notes": [compare_word(f"{listing.name}_note")],
        "cards": True,
        "wide": listing.wide,
        "printed": 2000,
    }


def compare_word(name: str, /, **values: Any) -> Pair:
    """Return a sentence of this folder in both languages."""
    return both(lambda lang: text(f"report.compare.{name}", lang, **values))
