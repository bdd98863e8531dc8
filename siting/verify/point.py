"""Points as a GeoPackage keeps them: a header of its own, then well-known binary."""

from __future__ import annotations

import struct
from typing import NamedTuple

_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}  # bytes of the bounding box, by its kind
_POINT = 1


class Point(NamedTuple):
    """A point, and the number of its coordinate system in the file."""

    srs: int
    x: float
    y: float


def read_point(blob: object) -> Point | None:
    """Return the point in a cell; None where the cell holds anything else."""
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:3] != b"GP\x00":
        return None
    flags = blob[3]
    start = 8 + _ENVELOPE.get(flags >> 1 & 7, len(blob))
    if len(blob) != start + 21 or blob[start] > 1:
        return None
    (srs,) = struct.unpack_from("<i" if flags & 1 else ">i", blob, 4)
    order = "<" if blob[start] else ">"
    kind, x, y = struct.unpack_from(f"{order}Idd", blob, start + 1)
    return Point(srs, x, y) if kind == _POINT else None
