"""Excel workbooks, refused before opening where they would unpack to something monstrous."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from siting.city.excel_marks import marked_rows, marks_in
from siting.city.heading import joined_names
from siting.city.nearest import nearest
from siting.city.tables import MOST_CELLS, Column, Picked, Source, cells_fit, object_column

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import ExitStack
    from pathlib import Path

    from siting.city.findings import Findings
    from siting.city.model import Ints

MOST_MEMBERS = 2_000
MOST_BYTES = 1_500_000_000
"""A sheet of a million rows and ten columns unpacks to about half of this."""
MOST_RATIO = 200.0
RATIO_FROM = 20_000_000
"""Bytes from which the ratio counts: a small file may pack very well."""
MOST_TAGS = 500_000
"""In a row of a sheet, or in a part that is read as a whole: each becomes an object in memory. A
row of 16,384 cells has a quarter of them; unverified."""
LAST_ROW = 1_048_576
_READ = LAST_ROW + 1
"""The row after the last shows that there are more: the reader makes up all that are missing."""
_PROLOGUE = 65_536
_CHUNK = 1 << 20
_BLANK = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(\w+)")
_PIECES = {b"worksheet": b"row", b"sst": b"si"}
"""By the first element of a part: what separates the pieces that are read one by one."""
_LOOKED_BELOW = 5


def open_excel(
    path: Path,
    file: str,
    sheet: str | None,
    findings: Findings,
    heading: tuple[int, ...] | None = None,
) -> Source | None:
    """Open one sheet of a workbook; formulas count by the values Excel stored.

    A formula without one is a `Formula`, and a number that is shown as a percentage a `PerCent`.
    Blank rows are skipped. The rows `heading`, or else the first that is not blank, hold the names.
    """
    if not is_harmless(path, file, findings):
        return None
    rows = _rows(path, file, sheet, findings)
    if rows is None:
        return None
    if heading is not None:
        rows = [row for row in rows if row[0] >= heading[0]]
        if tuple(number for number, _ in rows[: len(heading)]) != heading:
            findings.fault("city.no_header_there", file=file, row=heading[0])
            return None
    if not rows:
        findings.fault("city.no_header", file=file)
        return None
    deep = len(heading or (1,))
    names = joined_names([_texts(row) for _, row in rows[:deep]])
    records = rows[deep:]

    def load(picked: Picked) -> tuple[Ints, dict[str, Column]] | None:
        columns = {}
        for name in picked:
            at = names.index(name)
            cells = np.empty(len(records), dtype=object)
            cells[:] = [record[at] if at < len(record) else None for _, record in records]
            columns[name] = object_column(name, cells)
        return np.array([number for number, _ in records], dtype=np.int64), columns

    below = tuple((number, _texts(row)) for number, row in records[:_LOOKED_BELOW])
    return Source(names, load, below=below, first=rows[0][0])


def _texts(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell).strip() for cell in row)


def sheet_titles(path: Path, file: str, findings: Findings) -> dict[str, bool]:
    """Return the names of a workbook's sheets and whether they are shown; none after a fault."""
    import warnings

    import openpyxl

    if not is_harmless(path, file, findings):
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
            try:
                return {page.title: page.sheet_state == "visible" for page in book.worksheets}
            finally:
                book.close()
    except Exception as error:  # as below
        findings.fault("city.not_excel", file=file, detail=f"{type(error).__name__}: {error}")
        return {}


def _rows(
    path: Path, file: str, sheet: str | None, findings: Findings
) -> list[tuple[int, tuple[Any, ...]]] | None:
    """Return the rows that are not blank, with their numbers."""
    import warnings
    from contextlib import ExitStack

    # What openpyxl warns of (styles, validations, headers) has no bearing on the cells.
    try:
        with warnings.catch_warnings(), ExitStack() as books:
            warnings.simplefilter("ignore")
            page, titles = _sheet(path, sheet, books, values=True)
            if page is None:
                close, listed = nearest(sheet or "", titles), ", ".join(titles) or "-"
                findings.fault(
                    "city.no_sheet", file=file, value=sheet, sheets=listed, nearest=close
                )
                return None
            formulas, percentages = marks_in(path)
            if not formulas and not percentages:
                return _filled(
                    page.iter_rows(values_only=True, max_row=_READ), path, file, findings
                )
            written = _sheet(path, page.title, books, values=False)[0] if formulas else None
            return _filled(marked_rows(page, written, _READ), path, file, findings)
    except Exception as error:  # on damaged files the reader slips in ways of its own
        findings.fault("city.not_excel", file=file, detail=f"{type(error).__name__}: {error}")
        return None


def _sheet(
    path: Path, sheet: str | None, books: ExitStack, *, values: bool
) -> tuple[Any | None, list[str]]:
    """Return the sheet of this name, or the first, and the names of all; `books` will close it.

    Of its formulas the cells hold the values that Excel stored, or else the text.
    """
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
    books.callback(book.close)
    titles = [page.title for page in book.worksheets]
    if not titles or (sheet is not None and sheet not in titles):
        return None, titles
    page = book.worksheets[0 if sheet is None else titles.index(sheet)]
    # A sheet may claim a million columns or rows that it does not have.
    page.reset_dimensions()
    return page, titles


def _filled(
    source: Iterable[tuple[Any, ...]], path: Path, file: str, findings: Findings
) -> list[tuple[int, tuple[Any, ...]]] | None:
    """Return the rows of a sheet that are not blank; None where they would fill the memory.

    Two cells far apart make a row of all that is between them.
    """
    size, cells = path.stat().st_size, 0
    rows = []
    for number, row in enumerate(source, start=1):
        if number > LAST_ROW:
            findings.fault("city.many_rows", file=file, most=f"{LAST_ROW:,}")
            return None
        if not any(c is not None and (not isinstance(c, str) or c.strip()) for c in row):
            continue
        cells += len(row)
        if cells > MOST_CELLS and not cells_fit(cells, size, file, findings):
            return None
        rows.append((number, row))
    return rows


def is_harmless(path: Path, file: str, findings: Findings) -> bool:
    """Tell whether the archive is one, of a sensible size, and without document types."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            packed = max(path.stat().st_size, 1)
            ratio = unpacked / packed
            monstrous = ratio > MOST_RATIO and unpacked > RATIO_FROM
            if len(members) > MOST_MEMBERS or unpacked > MOST_BYTES or monstrous:
                findings.fault(
                    "city.zip_bomb",
                    file=file,
                    members=len(members),
                    megabytes=f"{unpacked / 1e6:.0f}",
                    ratio=f"{ratio:.0f}",
                )
                return False
            for member in members:
                with archive.open(member) as stream:
                    start = stream.read(_PROLOGUE)
                    # The names of parts are free: what looks like XML may be read as such.
                    if start.lstrip(_BLANK)[:1] != b"<":
                        continue
                    if not plain_xml(start):
                        findings.fault("city.xml_entities", file=file, value=member.filename)
                        return False
                    if _most_tags(start, stream) > MOST_TAGS:
                        most = f"{MOST_TAGS:,}"
                        findings.fault(
                            "city.many_tags", file=file, value=member.filename, most=most
                        )
                        return False
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        findings.fault("city.not_excel", file=file, detail=f"{type(error).__name__}: {error}")
        return False
    return True


def _most_tags(start: bytes, stream: IO[bytes]) -> int:
    """Return how many tags a part of a workbook holds in one piece that is read at once.

    Those are a row of a sheet, a text of the shared ones, and any other part as a whole.
    """
    root = _ROOT.match(start[_prologue(start) :])
    word = _PIECES.get(root[1] if root else b"")
    most = tags = 0
    chunk: bytes = start
    while chunk:
        pieces = chunk.split(word) if word else [chunk]
        tags += pieces[0].count(b"<")
        for piece in pieces[1:]:
            most = max(most, tags)
            tags = piece.count(b"<")
        most = max(most, tags)
        if most > MOST_TAGS:
            break
        chunk = stream.read(_CHUNK)
    return most


def plain_xml(start: bytes) -> bool:
    """Tell whether an XML document reaches its first element without a document type.

    Only a document type can define entities, which expand without limit or name other files.
    """
    if b"\0" in start:  # UTF-16 without its mark, in which nothing below would be found
        return False
    at = _prologue(start)
    if at < 0:
        return False
    if at == len(start):
        return len(start) == 0
    return start[at : at + 1] == b"<" and start[at + 1 : at + 2] not in (b"!", b"")


def _prologue(start: bytes) -> int:
    """Return where declarations, comments and blanks end; -1 where one of them does not."""
    at = 3 if start.startswith(b"\xef\xbb\xbf") else 0
    while at < len(start):
        if start[at : at + 1].isspace():
            at += 1
            continue
        for opening, closing in ((b"<?", b"?>"), (b"<!--", b"-->")):
            if start.startswith(opening, at):
                close = start.find(closing, at + len(opening))
                if close < 0:
                    return -1
                at = close + len(closing)
                break
        else:
            break
    return at
