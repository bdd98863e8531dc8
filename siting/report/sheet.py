"""What a sheet of a workbook holds, as data: columns of cells under headers, and lines of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal[
    "text",
    "whole",
    "people",
    "share",
    "gap",
    "money",
    "area",
    "points",
    "plain",
    "change",
    "money_change",
]
"""How the cells of a column are written; `money` is in the unit that its header names; changes
have a sign."""
Cell = str | float | None
"""Text, a number, or nothing."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    title
        The header, with the unit.
    kind
        What the cells are.
    cells
        One a row; text for `text`, else numbers.
    total
        What stands below the last row, if anything.
    marks
        For words that stand in many cells, the look of such a cell; see `siting.report.workbook`.
    """

    title: str
    kind: Kind
    cells: Sequence[Cell]
    total: Cell = None
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """Columns of equal length; `total` labels a last row of totals (None: there is none)."""

    columns: tuple[Column, ...]
    title: str | None = None
    total: str | None = None

    def __len__(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0


@dataclass(frozen=True)
class Lines:
    """A title, and labelled sentences beneath it."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    name
        As on its tab; at most 31 characters.
    blocks
        One below the other. A sheet of a single table keeps its header in sight, on paper too,
        and can be filtered.
    fixed
        So many columns stay in sight too.
    across
        True where a wide table is printed over several pages side by side, each with the fixed
        columns, rather than shrunk to one.
    one_page
        True where all of it is printed on one page.
    """

    name: str
    blocks: tuple[Table | Lines, ...]
    fixed: int = 0
    across: bool = False
    one_page: bool = False
