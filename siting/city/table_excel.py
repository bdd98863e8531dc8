"""Excel workbooks, refused before opening where they would unpack to something monstrous."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.heading import joined_names
from siting.city.nearest import nearest
from siting.city.tables import Column, Picked, Source, object_column

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.findings import Findings
    from siting.city.model import Ints

MOST_MEMBERS = 2_000
MOST_BYTES = 1_500_000_000
"""A sheet of a million rows and ten columns unpacks to about half of this."""
MOST_RATIO = 200.0
RATIO_FROM = 20_000_000
"""Bytes from which the ratio counts: a small file may pack very well."""
_PROLOGUE = 65_536
_LOOKED_BELOW = 5


def open_excel(
    path: Path,
    file: str,
    sheet: str | None,
    findings: Findings,
    heading: tuple[int, ...] | None = None,
) -> Source | None:
    """Open one sheet of a workbook; formulas count by the values Excel stored.

    Blank rows are skipped. The rows `heading`, or else the first that is not blank, hold the names.
    """
    if not _harmless(path, file, findings):
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

    if not _harmless(path, file, findings):
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

    import openpyxl

    # What openpyxl warns of (styles, validations, headers) has no bearing on the cells.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                titles = [page.title for page in book.worksheets]
                if not titles or (sheet is not None and sheet not in titles):
                    close = nearest(sheet or "", titles)
                    findings.fault(
                        "city.no_sheet",
                        file=file,
                        value=sheet,
                        sheets=", ".join(titles) or "-",
                        nearest=close,
                    )
                    return None
                page = book.worksheets[0 if sheet is None else titles.index(sheet)]
                # A sheet may claim a million columns or rows that it does not have.
                page.reset_dimensions()
                return [
                    (number, row)
                    for number, row in enumerate(page.iter_rows(values_only=True), start=1)
                    if any(c is not None and (not isinstance(c, str) or c.strip()) for c in row)
                ]
            finally:
                book.close()
    except Exception as error:  # on damaged files the reader slips in ways of its own
        findings.fault("city.not_excel", file=file, detail=f"{type(error).__name__}: {error}")
        return None


def _harmless(path: Path, file: str, findings: Findings) -> bool:
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
                if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(member) as stream:
                        start = stream.read(_PROLOGUE)
                    if not plain_xml(start):
                        findings.fault("city.xml_entities", file=file, value=member.filename)
                        return False
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        findings.fault("city.not_excel", file=file, detail=f"{type(error).__name__}: {error}")
        return False
    return True


def plain_xml(start: bytes) -> bool:
    """Tell whether an XML document reaches its first element without a document type.

    Only a document type can define entities, which expand without limit or name other files.
    """
    at = 3 if start.startswith(b"\xef\xbb\xbf") else 0
    while at < len(start):
        if start[at : at + 1].isspace():
            at += 1
            continue
        end = {b"<?": b"?>", b"<!--": b"-->"}
        for opening, closing in end.items():
            if start.startswith(opening, at):
                close = start.find(closing, at + len(opening))
                if close < 0:
                    return False
                at = close + len(closing)
                break
        else:
            return start[at : at + 1] == b"<" and start[at + 1 : at + 2] not in (b"!", b"")
    return len(start) == 0
