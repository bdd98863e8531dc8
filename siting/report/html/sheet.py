"""A table of the page: columns that say how their cells are shown, and rows of plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from siting.report.html.both import word

if TYPE_CHECKING:
    from siting.report.html.both import Pair

Kind = Literal[
    "text",
    "code",
    "people",
    "share",
    "exact",
    "money",
    "number",
    "has",
    "change",
    "money_change",
    "money_least",
]
"""``text``: as it is, or a pair of languages; ``code``: an index into the column's `codes`;
``people``: a whole number; ``share``: whole per cent, rounded down; ``exact``: per cent with two
decimals, rounded up; ``money``: yuan; ``money_least``: yuan, rounded down;
``number``: up to two decimals; ``has``: (0 lacks, 1 gains,
2 had, null nobody; share before, share after); ``change``, ``money_change``: people and yuan with
their sign."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, how its cells are shown, and for codes what they stand for."""

    label: Pair
    kind: Kind = "text"
    codes: list[Any] | None = None

    def data(self) -> dict[str, Any]:
        """Return the column as the page reads it."""
        shown: dict[str, Any] = {"label": self.label, "kind": self.kind}
        if self.codes is not None:
            shown["codes"] = self.codes
        return shown


@dataclass(frozen=True)
class Sheet:
    """One table, under a heading.

    Attributes
    ----------
    id
        Also the key of its title among the words, unless it has one of its own.
    notes
        Lines above the table.
    cards
        Whether a narrow screen shows each row as a card; else the table scrolls sideways.
    wide
        Whether it is printed across the page's long side.
    printed
        How many rows are printed.
    """

    id: str
    columns: list[Column]
    rows: list[list[Any]]
    notes: list[Pair] = field(default_factory=list)
    cards: bool = True
    wide: bool = False
    printed: int = 2000
    title: Pair | None = None

    def data(self) -> dict[str, Any]:
        """Return the table as the page reads it."""
        return {
            "id": self.id,
            "title": self.title or word(self.id),
            "columns": [column.data() for column in self.columns],
            "rows": self.rows,
            "notes": self.notes,
            "cards": self.cards,
            "wide": self.wide,
            "printed": self.printed,
        }


def column(name: str, kind: Kind = "text", codes: list[Any] | None = None) -> Column:
    """Return a column whose heading is the word ``column_`` and `name`."""
    return Column(word(f"column_{name}"), kind, codes)
