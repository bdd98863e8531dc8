"""Rows of cells as people read them, compared with what they ought to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.errors import Notice
from siting.verify.compare import close, same_gap, shown, yuan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Fen:
    """An amount of money in whole fen, None for an empty cell."""

    amount: int | None


class Shown(float):
    """A number that a workbook shows by a format of its own.

    Attributes
    ----------
    kind
        Which, see `formats_of`.
    """

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, number: float, kind: str) -> Shown:
        """Return the number with its kind."""
        found = super().__new__(cls, number)
        found.kind = kind
        return found


def shown_as(kind: str, number: float | None) -> Shown | None:
    """Return a number that is shown by a format of its own, or nothing."""
    return None if number is None else Shown(number, kind)


@dataclass(frozen=True)
class Gap:
    """A gap, which may be tiny; None for an empty cell."""

    share: float | None


@dataclass(frozen=True)
class Word:
    """What people call something: one word of a column for one id, and another for another."""

    id: str


@dataclass(frozen=True)
class Label:
    """As `Word`, in Chinese and in English with a bar between; an id may stand for itself."""

    id: str


class Free:
    """A cell that any text may stand in, but no number."""


FREE = Free()
Wanted = str | float | Fen | Gap | Word | Label | Free | None
Cell = object
GENERAL = "General"
"""The format that shows a number as far as there is room."""
_FORMATS = {
    "plain": GENERAL,
    "word": "@",
    "whole": "0",
    "people": "#,##0",
    "share": "0.0%",
    "gap": "0.000%",
    "money": "#,##0.00",
    "area": "#,##0.0",
    "points": "#,##0.0",
}
FORMATS = tuple(dict.fromkeys(_FORMATS.values()))
"""Those that siting uses."""
_Words = dict[tuple[int, str, str], str]
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def compare_rows(
    name: str,
    stated: Sequence[Sequence[Cell]],
    right: Sequence[Sequence[Wanted]],
    unit: int = 1,
    first: int = 1,
) -> Iterator[Notice]:
    """Yield what is wrong in rows that are as many as they ought to be.

    Parameters
    ----------
    name
        Of the file and what in it is compared.
    unit
        Yuan that one in a cell of money means.
    first
        Number of the first row.
    """
    if len(stated) != len(right):
        values = {"stated": len(stated), "right": len(right)}
        yield Notice("verify.file_rows", file=name, values=values)
        return
    words: _Words = {}
    for number, (cells, wanted) in enumerate(zip(stated, right, strict=True), start=first):
        for k in range(max(len(cells), len(wanted))):
            cell = cells[k] if k < len(cells) else None
            ought = wanted[k] if k < len(wanted) else None
            fine = _called(words, k, cell, ought) if isinstance(ought, Word | Label) else None
            if not (agrees(cell, ought, unit) if fine is None else fine):
                yield Notice(
                    "verify.file_cell",
                    file=name,
                    row=number,
                    column=str(k + 1),
                    value=shown(cell),
                    values={"right": _text(ought)},
                )


def compare_formats(
    name: str,
    stated: Sequence[Sequence[Cell]],
    formats: Sequence[Sequence[str]],
    right: Sequence[Sequence[Wanted]],
    first: int = 1,
) -> Iterator[Notice]:
    """Yield which numbers are shown otherwise than they ought to be, in rows that agree.

    Parameters
    ----------
    formats
        Those of the cells, as a workbook writes them.
    """
    rows = enumerate(zip(stated, formats, right, strict=True), start=first)
    for number, (cells, codes, wanted) in rows:
        for k, (cell, code, ought) in enumerate(zip(cells, codes, wanted, strict=False), start=1):
            fine = formats_of(ought)
            if not isinstance(cell, str) and cell is not None and code not in fine:
                yield Notice(
                    "verify.cell_format",
                    file=name,
                    row=number,
                    column=str(k),
                    value=shown(cell),
                    values={"stated": code, "right": fine[0]},
                )


def formats_of(ought: Wanted) -> tuple[str, ...]:
    """Return the formats by which a number may be shown; the first is siting's."""
    kind = "plain"
    if isinstance(ought, Fen):
        kind = "money"
    elif isinstance(ought, Gap):
        kind = "gap"
    elif isinstance(ought, Shown):
        kind = ought.kind
    if kind == "any":
        return FORMATS
    return tuple(dict.fromkeys((_FORMATS[kind], GENERAL)))


def _called(words: _Words, column: int, cell: Cell, ought: Word | Label) -> bool:
    """Return whether a word stands for one id alone, here and in the rows before."""
    if not isinstance(cell, str):
        return False
    if isinstance(ought, Word):
        return _alone(words, (column, ""), cell, ought.id)
    chinese, _, english = cell.partition("|")
    if plain(cell) == plain(f"{ought.id}|{ought.id}"):
        chinese = english = ought.id
    elif not (english and _CHINESE.search(chinese)) or _CHINESE.search(english):
        return False
    alone = [
        _alone(words, (column, lang), word, ought.id)
        for lang, word in (("zh", chinese), ("en", english))
    ]
    return all(alone)


def _alone(words: _Words, where: tuple[int, str], word: str, name: str) -> bool:
    same = words.setdefault((*where, f"id:{name}"), word) == word
    return words.setdefault((*where, f"word:{word}"), name) == name and same


def agrees(cell: Cell, ought: Wanted, unit: int = 1) -> bool:
    """Return whether a cell says what it ought to."""
    if isinstance(ought, Free | Word | Label):
        return isinstance(cell, str)
    if isinstance(ought, str):
        return plain(cell) == plain(ought)
    amount = ought.share if isinstance(ought, Gap) else ought
    amount = amount.amount if isinstance(amount, Fen) else amount
    if amount is None or cell is None:
        return cell is None and amount is None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    if isinstance(ought, Gap):
        return same_gap(float(cell), ought.share)
    if isinstance(ought, Fen):
        return close(float(cell) * unit * 100, float(amount))
    return close(float(cell), amount)


def plain(cell: Cell) -> str:
    """Return text without what a workbook cannot hold or keep: breaks and control characters."""
    words = "" if cell is None else str(cell)
    words = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), words)
    return "".join(c for c in words if c.isprintable() and not c.isspace() and c != "\ufffd")


def _text(ought: Wanted) -> str:
    if isinstance(ought, Fen):
        return yuan(ought.amount)
    if isinstance(ought, Gap):
        return shown(ought.share)
    if isinstance(ought, Word | Label):
        return ought.id
    return "-" if ought is None or isinstance(ought, Free) else shown(ought)
