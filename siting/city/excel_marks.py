"""What a workbook says of its cells beside their values: formulas without results, percentages.

Few workbooks have either, and to look at cells takes longer than to read values; so the bytes of a
workbook are searched first.
"""

from __future__ import annotations

import re
import zipfile
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from siting.city.slips import Formula, PerCent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK = 1 << 20
_OVERLAP = 4_096
"""Bytes of a piece that are searched with the next one: longer than what is searched for."""
_PREFIX = rb"(?:[\w.-]+:)?"
# After a formula its result stands in ``v``; where that is missing or empty nobody worked it out.
_NO_RESULT = re.compile(
    rb"(?:</%(p)sf\s*>|<%(p)sf(?:\s[^<>]*)?/>)\s*"
    rb"(?:<%(p)sv(?:\s[^<>]*)?(?:/>|>\s*</%(p)sv\s*>)\s*)?</%(p)sc\s*>" % {b"p": _PREFIX}
)
# 9 and 10 are the built-in formats ``0%`` and ``0.00%``.
_PERCENT = re.compile(rb"numFmtId=[\"'](?:9|10)[\"']|formatCode=(?:\"[^\"<]*%|'[^'<]*%)")
_LITERAL = re.compile(r'"[^"]*"|\\.')
_PADDING = re.compile(r"[_*].")


def marks_in(path: Path) -> tuple[bool, bool]:
    """Tell whether a workbook may hold formulas without results, and percentages."""
    formulas = percentages = False
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as stream:
                for piece in _pieces(stream):
                    formulas = formulas or _NO_RESULT.search(piece) is not None
                    percentages = percentages or _PERCENT.search(piece) is not None
    return formulas, percentages


def marked_rows(values: Any, formulas: Any, last: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a sheet, in which some values are a `Formula` or a `PerCent`.

    Parameters
    ----------
    values
        The sheet as it was read for its values.
    formulas
        The same sheet as it was read for its formulas; None where those have results.
    last
        Row after which nothing is read.
    """
    rows = values.iter_rows(max_row=last)
    if formulas is None:
        for row in rows:
            yield tuple(_value(cell) for cell in row)
        return
    for row, written in zip(rows, formulas.iter_rows(max_row=last), strict=False):
        yield tuple(
            _formula(cell, other) or _value(cell) for cell, other in zip(row, written, strict=False)
        )


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a part of a workbook in pieces that overlap; nothing of what is no XML."""
    piece = stream.read(_CHUNK)
    if piece.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<":
        return
    while piece:
        yield piece
        more = stream.read(_CHUNK)
        piece = piece[-_OVERLAP:] + more if more else b""


def _value(cell: Any) -> Any:
    value = cell.value
    if type(value) not in (int, float):
        return value
    hundredths = _percent(cell.number_format)
    return value if hundredths is None else PerCent(value / hundredths)


def _formula(cell: Any, written: Any) -> Formula | None:
    """Return the formula of a cell without a result; an empty text is one."""
    if written.data_type != "f" or cell.value is not None or cell.data_type == "str":
        return None
    said = getattr(written.value, "text", written.value)
    return Formula(str(said or "="))


@cache
def _percent(number_format: str) -> int | None:
    """Return by what a number is to be divided that is shown with this format; None: as it is.

    ``0%`` shows 0.2 as 20%, and ``0"%"`` shows 20 so.
    """
    bare = _PADDING.sub("", number_format)
    if "%" in _LITERAL.sub("", bare):
        return 1
    return 100 if "%" in bare else None
