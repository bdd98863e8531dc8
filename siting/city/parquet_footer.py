"""What the footer of a Parquet file says of its column chunks, read by ourselves.

Asking pyarrow for them ends the whole process where statistics in a damaged footer do not fit
together: its C++ throws, and nothing catches it. Reading the columns themselves is safe.

The footer is a structure of Apache Thrift's compact protocol; the numbers of the fields are those
of parquet.thrift in the specification of the format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from siting.files import open_file

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = b"PAR1"
_TAIL = 8
_SCHEMA, _ROW_GROUPS, _COLUMNS, _META, _ROWS, _WIDTH = 2, 4, 1, 3, 3, 2
_TYPE, _PATH, _VALUES, _SIZE, _PACKED, _DATA, _DICTIONARY = 1, 3, 5, 6, 7, 9, 11
_BYTE_ARRAY, _FIXED = 6, 7
_DEEPEST = 32
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_WHOLE = (4, 5, 6)
_LEAST = (0, 1, 1, 1, 1, 1, 1, 8, 1, 1, 1, 1, 1)
"""Bytes that a value of each kind takes at least; a list cannot be longer than what is left."""


class Chunk(NamedTuple):
    """One column of one row group.

    Attributes
    ----------
    name
        The path of the column, its parts joined by dots.
    is_text
        Whether its values are text or bytes of any length.
    values
        How many it holds, empty ones too.
    size
        Bytes before compression, but after equal values were put together; of values with a fixed
        width at least what they take by the widest in the file.
    start, packed
        Where its pages begin in the file, and how many bytes they take there.
    """

    name: str
    is_text: bool
    values: int
    size: int
    start: int
    packed: int


def chunks_of(path: Path) -> list[Chunk]:
    """Return all column chunks of a file.

    Raises
    ------
    ValueError
        The file does not end with a footer of Parquet.
    """
    with open_file(path) as stream:
        whole = stream.seek(0, 2)
        stream.seek(max(0, whole - _TAIL))
        tail = stream.read(_TAIL)
        size = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or size > whole - _TAIL:
            raise ValueError("it does not end as Parquet does")
        stream.seek(whole - _TAIL - size)
        footer = stream.read(size)
    try:
        about, _ = structure(footer, 0, 0)
        groups = [(group[_ROWS], group[_COLUMNS]) for group in about[_ROW_GROUPS]]
        width = max((int(leaf.get(_WIDTH, 0)) for leaf in about[_SCHEMA]), default=0)
        return [_chunk(one[_META], int(rows), width) for rows, columns in groups for one in columns]
    except (IndexError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError("its footer is damaged") from error


def _chunk(about: dict[int, Any], rows: int, width: int) -> Chunk:
    values, size, packed = (int(about[field]) for field in (_VALUES, _SIZE, _PACKED))
    starts = (int(about[field]) for field in (_DATA, _DICTIONARY) if field in about)
    start = min((one for one in starts if one), default=0)
    if min(rows, values, size, packed, start) < 0:
        raise ValueError("its footer counts below nothing")
    if values < rows:  # what is empty is counted too
        raise ValueError("its footer states more rows than values")
    name = b".".join(about[_PATH]).decode()
    if about[_TYPE] == _FIXED:
        size = max(size, values * width)
    return Chunk(name, about[_TYPE] == _BYTE_ARRAY, values, size, start, packed)


def structure(data: bytes, at: int, depth: int) -> tuple[dict[int, Any], int]:
    """Return a structure of the compact protocol by the numbers of its fields, and where it ends.

    Raises
    ------
    ValueError
        It is damaged.
    IndexError
        So it is, or it goes on beyond the data.
    """
    if depth > _DEEPEST:
        raise ValueError("its footer is nested too deeply")
    found: dict[int, Any] = {}
    field = 0
    while True:
        head = data[at]
        at += 1
        kind = head & 15
        if not head:
            return found, at
        if head >> 4:
            field += head >> 4
        else:
            field, at = _zigzag(data, at)
        if kind in (_TRUE, _FALSE):  # as a field it is its own value
            found[field] = kind == _TRUE
        else:
            found[field], at = _value(data, at, kind, depth)


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in _WHOLE:
        return _zigzag(data, at)
    if kind == _BINARY:
        size, at = _varint(data, at)
        if size > len(data) - at:
            raise IndexError
        return data[at : at + size], at + size
    if kind in (_LIST, _SET):
        return _list(data, at, depth + 1)
    if kind == _STRUCT:
        return structure(data, at, depth + 1)
    if kind == _DOUBLE:
        return None, at + 8
    if kind in (_TRUE, _FALSE, _BYTE):
        return data[at], at + 1
    raise ValueError("its footer holds what no footer does")  # a map, or nothing known


def _list(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    head = data[at]
    kind, count, at = head & 15, head >> 4, at + 1
    if count == 15:
        count, at = _varint(data, at)
    if kind >= len(_LEAST) or count * _LEAST[kind] > len(data) - at:
        raise IndexError
    found = []
    for _ in range(count):
        value, at = _value(data, at, kind, depth)
        found.append(value)
    return found, at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("its footer holds too large a number")


def _zigzag(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at
