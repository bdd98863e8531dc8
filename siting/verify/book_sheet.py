"""The cells of one sheet of a workbook, and what in it hides some of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree

from siting.verify.book_looks import piece_looks
from siting.verify.book_parts import MAIN, Element, no_more, off, on, tag_of, text_in
from siting.verify.cells import GENERAL

if TYPE_CHECKING:
    from siting.verify.book import Book

_BLOCKS = (
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "autoFilter",
    "mergeCells",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    # nothing is drawn, which is looked at where the parts are
    "drawing",
    "phoneticPr",
    "ignoredErrors",
)
_OF_VIEWS = ("sheetView", "pane", "selection")
_PRINTED = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
_OF_CELLS = frozenset(("r", "s", "t"))
_CELL, _SAID, _INLINE, _ROW = (f"{MAIN}{word}" for word in ("c", "v", "is", "row"))
_LETTERS = re.compile(r"[A-Z]{1,3}")
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
# &L, &C, &R; the page and how many; fonts and sizes, which some programmes write out. No picture.
_PRINT_CODES = re.compile(r'&([LCRPN&]|\d+|"[^"]*")')
_LEAST_WIDTH, _LEAST_HEIGHT = 5.0, 10.0  # characters, points: narrower shows no number; unverified
_LEAST_ZOOM = 50  # per cent; unverified
_FARTHEST = 3  # rows from one with something in it to the next: one stays empty between blocks
_MOST_ROWS = 1_048_576
_MOST_CELLS = 10_000_000  # of a sheet that is read however large it is; unverified
Value = str | float | bool | None


@dataclass(eq=False)
class Sheet:
    """A sheet as it is being read.

    Attributes
    ----------
    rows
        The cells of each row that is not empty, to the last one that is not.
    formats
        How each of them is shown.
    foreign
        What siting does not write.
    large
        Whether it holds more cells than were asked for; they are not all here then.
    """

    rows: list[list[Value]] = field(default_factory=list)
    formats: list[list[str]] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    large: bool = False


def read_sheet(stream: IO[bytes], book: Book, most: float) -> Sheet:
    """Return the cells of a sheet.

    Parameters
    ----------
    stream
        Its part of the archive.
    most
        Cells to read; where there are more, the sheet is large.

    Raises
    ------
    ValueError, xml.etree.ElementTree.ParseError
        It is no sheet.
    """
    sheet = Sheet()
    where: dict[int, list[int]] = {}
    depth = cells = last = 0
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        if event == "start":
            depth += 1
            continue
        depth -= 1
        if depth == 2 and element.tag == _ROW:
            last = _row(sheet, element, book, last, where)
            # one far to the right makes up all those before it
            cells += max(len(element), len(sheet.rows[-1]) if last in where else 0)
            element.clear()
            if cells > _MOST_CELLS:
                raise ValueError(f"> {_MOST_CELLS}")
            if cells > most:
                sheet.large = True
                return sheet
        elif depth == 1:
            _block(sheet, element, where)
            element.clear()
    return sheet


def _row(sheet: Sheet, row: Element, book: Book, last: int, where: dict[int, list[int]]) -> int:
    """Read one row; return its number, which is above `last`."""
    number = int(row.get("r", "0"))
    if not last < number <= _MOST_ROWS:
        raise ValueError(f"row {number}")
    values: list[Value] = []
    formats: list[str] = []
    filled: list[int] = []
    for cell in row:
        place = cell.get("r", "")
        letters = place[: -len(str(number))]
        if cell.tag != _CELL or place != f"{letters}{number}":
            raise ValueError(f"row {number}: {place}")
        column = _column(letters)
        if column <= len(values):
            raise ValueError(f"row {number}: {place}")
        if not _OF_CELLS.issuperset(cell.attrib):
            sheet.foreign.append(f"{place}: {', '.join(cell.attrib)}")
        value = _value(sheet, cell, book)
        if value is None:
            continue
        look = int(cell.get("s", "0"))
        for _ in range(column - 1 - len(values)):
            values.append(None)
            formats.append(GENERAL)
        values.append(value)
        formats.append(book.looks.formats[look])
        filled.append(column)
        if book.looks.foreign[look]:
            sheet.foreign.append(f"{place}: {book.looks.foreign[look]}")
    if not values:
        return number
    before = next(reversed(where), 0)
    if on(row, "hidden"):
        sheet.foreign.append(f"row {number}: hidden")
    elif float(row.get("ht", _LEAST_HEIGHT)) < _LEAST_HEIGHT:
        sheet.foreign.append(f"row {number}: ht {row.get('ht')}")
    elif number - before > _FARTHEST:
        sheet.foreign.append(f"row {number}: {before} < {number}")
    where[number] = filled
    sheet.rows.append(values)
    sheet.formats.append(formats)
    return number


def _value(sheet: Sheet, cell: Element, book: Book) -> Value:
    kind = cell.get("t", "n")
    said = None
    for part in cell:
        if part.tag == _SAID:
            said = part.text
        elif part.tag == _INLINE and kind == "inlineStr":
            said = text_in(part)
            found = (f"{cell.get('r')}: {w}" for piece in part for w in piece_looks(piece))
            sheet.foreign += found
        else:
            sheet.foreign.append(f"{cell.get('r')}: {tag_of(part)}")
    if said is None or kind == "inlineStr":
        return said
    if kind == "s":
        return book.texts[int(said)]
    if kind == "b":
        return said == "1"
    if kind == "n" and _NUMBER.fullmatch(said):
        return float(said)
    return said  # a text that a formula gave, a date, or an error: never a number


@cache
def _column(letters: str) -> int:
    """Return the number of a column, of which a sheet has no more than 16,384."""
    if not _LETTERS.fullmatch(letters):
        raise ValueError(letters)
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _block(sheet: Sheet, block: Element, where: dict[int, list[int]]) -> None:
    """Note what a block of a sheet says that hides cells, or shows others."""
    word = tag_of(block)
    found = sheet.foreign
    if word not in _BLOCKS:
        found.append(word)
    elif word == "sheetData":
        found += [what for _, what in no_more(word, block, ("row",))]
    elif word == "sheetViews":
        _views(found, block)
    elif word == "sheetFormatPr":
        small = float(block.get("defaultRowHeight", "15")) < _LEAST_HEIGHT
        narrow = float(block.get("defaultColWidth", "9")) < _LEAST_WIDTH
        if on(block, "zeroHeight") or small or narrow:
            found.append(f"{word} {dict(block.attrib)}")
    elif word == "cols":
        found += [
            f"columns {one.get('min')} - {one.get('max')}: width {one.get('width')}"
            for one in block
            if on(one, "hidden") or float(one.get("width", "9")) < _LEAST_WIDTH
        ]
    elif word == "autoFilter":
        found += [f"{word}: {tag_of(one)}" for one in block]
    elif word == "mergeCells":
        found += [f"{word} {one.get('ref')}" for one in block if _covers(one, where)]
    elif word == "headerFooter":
        found += [what for _, what in no_more(word, block, _PRINTED)]
        for one in block:
            if "&" in _PRINT_CODES.sub("", one.text or ""):
                found.append(f"{tag_of(one)} {one.text}")


def _views(found: list[str], views: Element) -> None:
    for one in views.iter():
        word = tag_of(one)
        if one is views:
            continue
        if word not in _OF_VIEWS:
            found.append(word)
        elif word == "sheetView":
            zoomed = int(one.get("zoomScale", "100")) < _LEAST_ZOOM
            frozen = one.find(f"{MAIN}pane") is not None
            # what lies above and left of a view whose head is fixed, nobody can scroll to
            beyond = frozen and one.get("topLeftCell", "A1") != "A1"
            if on(one, "showFormulas") or off(one, "showZeros") or zoomed or beyond:
                found.append(f"{word} {dict(one.attrib)}")


def _covers(merged: Element, where: dict[int, list[int]]) -> bool:
    """Tell whether merged cells are more than one row, or hide what one of them holds."""
    ends = [_PLACE.fullmatch(end) for end in merged.get("ref", "").split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0][2] != ends[1][2]:
        return True
    first, last = (_column(end[1]) for end in ends if end is not None)
    return any(first < column <= last for column in where.get(int(ends[0][2]), ()))
