"""What the pages of a Parquet file say of themselves, looked at without unpacking them.

A footer may state fewer values and bytes than its pages unpack to. Each page has a header of its
own, by which the reader takes memory; these are added up, and must agree with the footer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from siting.city.parquet_footer import structure
from siting.files import open_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from siting.city.parquet_footer import Chunk

_UNPACKED, _PACKED, _COUNT = 2, 3, 1
_OF_DATA = (5, 8)  # the two versions of a page of data
_HEADERS = (512, 65_536, 16_777_216)
"""Bytes in which a header is looked for, one after the other; Arrow reads no longer ones."""


_MOST = 200_000
"""Pages of a file; writers put some 20,000 values, or a megabyte, into each. Unverified."""


def with_pages(path: Path, chunks: Iterable[Chunk]) -> list[Chunk]:
    """Return chunks with the size that their pages state, where that is the larger one.

    Raises
    ------
    ValueError
        The pages hold another number of values than the footer states, or are damaged.
    """
    left = iter(range(_MOST))
    with open_file(path) as stream:
        return [_looked_at(stream, chunk, left) for chunk in chunks]


def _looked_at(stream: BinaryIO, chunk: Chunk, left: Iterator[int]) -> Chunk:
    at, end = chunk.start, chunk.start + chunk.packed
    size = values = 0
    while at < end and values < chunk.values:
        if next(left, None) is None:
            raise ValueError(f"it has more than {_MOST:,} pages")
        header, length = _header(stream, at)
        packed, unpacked = header.get(_PACKED), header.get(_UNPACKED)
        if (
            not isinstance(packed, int)
            or not isinstance(unpacked, int)
            or min(packed, unpacked) < 0
        ):
            raise ValueError("a page states no size")
        data = next((header[field] for field in _OF_DATA if field in header), None)
        if data is not None:
            values += int(data[_COUNT])
        size += unpacked
        at += length + packed
    if at > end or values != chunk.values:
        raise ValueError("its pages hold another number of values than its footer states")
    return chunk._replace(size=max(size, chunk.size))


def _header(stream: BinaryIO, at: int) -> tuple[dict[int, Any], int]:
    """Return the header that begins at a byte, and its length."""
    for most in _HEADERS:
        stream.seek(at)
        data = stream.read(most)
        try:
            return structure(data, 0, 0)
        except IndexError:
            if len(data) < most:
                break
    raise ValueError("a page is damaged")
