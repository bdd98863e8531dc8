"""An order of points in which neighbours in the plane are mostly neighbours in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BITS = 31
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def curve_order(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the indices of the points along a Z-order curve.

    The curve is fine enough (2**31 steps a side) that one point far outside does not lump the
    others together.
    """
    if len(x) == 0:
        return np.empty(0, np.int64)
    side = max(float(np.ptp(x)), float(np.ptp(y)))
    scale = (2**_BITS - 1) / side if side > 0 else 0.0
    code = _spread((x - x.min()) * scale) | (_spread((y - y.min()) * scale) << np.uint64(1))
    return np.argsort(code, kind="stable")


def _spread(value: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return the bits of each whole part, with a zero bit between any two."""
    bits = value.astype(np.uint64)
    for shift, mask in _SPREAD:
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits
