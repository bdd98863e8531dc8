"""Programmes in whole numbers, for solvers that know nothing else.

A row is whole if a power of ten or two turns every coefficient into a whole number without loss;
its bounds may then be rounded inwards. A continuous column may be a whole one without loss if it
is the only continuous one in each of its rows and those rows are whole once its coefficient is 1:
whatever the others are, its range then ends at whole numbers, and the objective is linear. So may
columns that say who pays what (`Task.flow`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siting.solve.task import Floats, Task

_SCALES = (1.0, *(10.0**k for k in range(1, 7)), *(2.0**k for k in range(1, 21)))
_LARGEST = 2.0**52

Ints = NDArray[np.int64]


class NotWhole(Exception):  # noqa: N818  it is an answer, not a fault
    """The programme cannot be stated in whole numbers; says why and in which row or column."""

    def __init__(self, why: str, *, row: int | None = None, column: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.row = row
        self.column = column


@dataclass(frozen=True, eq=False)
class Whole:
    """A `Task` in whole numbers.

    Attributes
    ----------
    value
        Objective coefficients times `scale`, rounded.
    slack
        What the bound of the rounded objective has to be raised by, in units of the true one.
    """

    value: Ints
    scale: float
    slack: float
    lower: Ints
    upper: Ints
    data: Ints
    row_lower: Ints
    row_upper: Ints


def in_whole_numbers(task: Task) -> Whole:
    """Return `task` in whole numbers.

    Raises
    ------
    NotWhole
        It cannot be without loss; ``why`` is ``coefficients``, ``continuous``, ``bounds`` or
        ``size``.
    """
    length = np.diff(task.indptr)
    row_of = np.repeat(np.arange(len(length)), length)
    continuous = ~(task.integer | task.flow)
    for side in (task.lower, task.upper):
        bad = np.flatnonzero(continuous & (side != np.rint(side)))
        if len(bad):
            raise NotWhole("bounds", column=int(bad[0]))
    entry_continuous = continuous[task.indices]
    count = np.bincount(row_of, entry_continuous, len(length))
    if (count > 1).any():
        raise NotWhole("continuous", row=int(np.argmax(count > 1)))
    divisor = np.ones(len(length))
    divisor[row_of[entry_continuous]] = np.abs(task.data[entry_continuous])
    data = task.data / divisor[row_of]
    sides = [task.row_lower / divisor, task.row_upper / divisor]
    scale = _row_scales(data, row_of, len(length))
    alone = count == 0
    bad_row = (scale == 0) | (~alone & (scale != 1))
    for side in sides:
        bad_row |= ~alone & np.isfinite(side) & (side != np.rint(side))
    if bad_row.any():
        raise NotWhole("coefficients", row=int(np.argmax(bad_row)))
    whole_data = np.rint(data * scale[row_of])
    lower, upper = np.ceil(task.lower - 1e-9), np.floor(task.upper + 1e-9)
    reach = np.maximum(np.abs(lower), np.abs(upper))
    size = np.bincount(row_of, np.abs(whole_data) * reach[task.indices], len(length))
    if (size > _LARGEST).any():
        raise NotWhole("size", row=int(np.argmax(size > _LARGEST)))
    low, high = sides[0] * scale, sides[1] * scale
    value, value_scale, slack = _objective(task.value, reach)
    return Whole(
        value=value,
        scale=value_scale,
        slack=slack,
        lower=lower.astype(np.int64),
        upper=upper.astype(np.int64),
        data=whole_data.astype(np.int64),
        # No activity is beyond `size`, so neither a missing bound nor a distant one matters.
        row_lower=np.clip(np.ceil(_snap(low)), -size - 1, size + 1).astype(np.int64),
        row_upper=np.clip(np.floor(_snap(high)), -size - 1, size + 1).astype(np.int64),
    )


def _row_scales(data: Floats, row_of: Ints, rows: int) -> Floats:
    """Return the first scale that makes all of a row whole, 0 where none does."""
    scale = np.zeros(rows)
    open_entries = np.arange(len(data))
    for candidate in _SCALES:
        part = data[open_entries]
        fits = np.rint(part * candidate) / candidate == part
        misfit = np.zeros(rows, dtype=bool)
        misfit[row_of[open_entries[~fits]]] = True
        scale[(scale == 0) & ~misfit] = candidate
        open_entries = open_entries[misfit[row_of[open_entries]]]
        if not len(open_entries):
            break
    return scale


def _objective(value: Floats, reach: Floats) -> tuple[Ints, float, float]:
    total = float(np.abs(value) @ reach)
    for scale in _SCALES:
        if total * scale < _LARGEST and (np.rint(value * scale) / scale == value).all():
            return np.rint(value * scale).astype(np.int64), scale, 0.0
    scale = 2.0 ** np.floor(np.log2(_LARGEST / max(total, 1e-9)))
    scale = float(min(scale, 2.0**40))
    rounded = np.rint(value * scale)
    slack = float(np.abs(value * scale - rounded) @ reach) / scale
    return rounded.astype(np.int64), scale, slack * (1 + 1e-9)


def _snap(side: Floats) -> Floats:
    """Return whole numbers where only rounding error keeps a side from being one."""
    near = np.rint(side)
    finite = np.isfinite(side)
    error = np.abs(np.where(finite, side, 0.0) - np.where(finite, near, 0.0))
    return np.where(error <= 1e-12 * np.maximum(1.0, np.abs(near)), near, side)
