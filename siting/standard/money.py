"""Exact money: numbers as whole millionths, products as whole numbers, one rounding to the fen.

A number in a file is taken to the nearest millionth. Products of such numbers are Python
integers, so that no comparison and no rounding depends on binary fractions.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

MILLION = 10**6
MAX_FEN = 2**63 - 1
MONTHS = 12

# Arrays of Python integers.
Whole = NDArray[np.object_]


@overload
def millionths(value: float) -> int: ...
@overload
def millionths(value: NDArray[np.float64]) -> Whole: ...
def millionths(value: float | NDArray[np.float64]) -> int | Whole:
    """Return finite numbers in whole millionths (rounded half to even, as `numpy.rint` does)."""
    if isinstance(value, np.ndarray):
        scaled = np.rint(value * 1e6)
        whole = np.empty(len(scaled), dtype=object)
        whole[:] = [int(v) for v in scaled.tolist()]
        return whole
    return int(np.rint(float(value) * 1e6))


def half_up(amount: Any, divisor: int) -> Any:
    """Return ``amount / divisor`` rounded half up, for whole numbers >= 0 (or arrays of them)."""
    return (2 * amount + divisor) // (2 * divisor)


def fen_down(yuan: float) -> int:
    """Return a finite amount of yuan in whole fen, rounded down (what a budget can surely pay)."""
    return millionths(yuan) // 10_000
