"""Who goes where under capacity (C12): h and b of a choice, and with them theta and lag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

if TYPE_CHECKING:
    from siting.programme.model import Programme

Floats = NDArray[np.float64]


def allocate(programme: Programme, values: Floats) -> Floats:
    """Return the values of all columns with the best h, b, theta and lag for the others.

    They share rows, so that they are the best of a small programme, in which only the columns lag
    are whole numbers. Where there is none, the other columns break a rule, and `values` come back
    as they are.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    free = np.zeros(len(values), dtype=bool)
    for name in ("h", "b", "lag", "theta"):
        free[programme.column_range(name)] = True
    columns = np.flatnonzero(free)
    if not len(columns):
        return values
    part = programme.matrix[:, columns]
    rows = np.flatnonzero(np.diff(part.indptr))
    part = part[rows]
    rest = programme.matrix[rows] @ np.where(free, 0.0, values)
    upper, lower = programme.row_upper[rows] - rest, programme.row_lower[rows] - rest
    least, most = programme.lower[columns], programme.upper[columns]
    answer = milp(
        -programme.value[columns],
        integrality=programme.integer[columns].astype(np.int64),
        bounds=Bounds(least, most),
        constraints=LinearConstraint(sparse.csr_array(part), lower, upper),
        options={"mip_rel_gap": 0.0},
    )
    if answer.x is None:
        return values
    found = values.copy()
    found[columns] = np.clip(answer.x, least, most)
    return found
