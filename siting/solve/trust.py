"""What a solver says is checked here before anybody believes it.

A vector is completed, rounded and held against every row; an objective is recomputed; a bound
below a plan that stands is nonsense; a claim of optimality has to agree with both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.solve.exact import ROUNDING
from siting.standard.tolerances import PROVED

if TYPE_CHECKING:
    from siting.programme.model import Programme

TOLERANCE = PROVED
"""Relative; of rows with continuous columns, and of bounds and objectives against each other."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scale:
    """A programme with what is needed to check vectors against it.

    Attributes
    ----------
    implied
        Continuous columns that share no row with another continuous one: given the whole-number
        columns, each has a range of its own and belongs at the better end of it.
    rows, columns, data
        The entries of those columns.
    exact
        Rows of whole-number columns alone.
    """

    programme: Programme
    implied: NDArray[np.bool_]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    data: Floats
    exact: NDArray[np.bool_]


def scale_of(programme: Programme) -> Scale:
    """Return what `weigh` needs to check vectors of `programme`."""
    matrix = programme.matrix
    length = np.diff(matrix.indptr)
    row_of = np.repeat(np.arange(len(length)), length)
    continuous = ~programme.integer[matrix.indices]
    count = np.bincount(row_of, continuous, len(length))
    implied = ~programme.integer
    implied[matrix.indices[continuous & (count[row_of] > 1)]] = False
    mine = implied[matrix.indices]
    return Scale(
        programme=programme,
        implied=implied,
        rows=row_of[mine],
        columns=matrix.indices[mine].astype(np.int64),
        data=matrix.data[mine],
        exact=count == 0,
    )


def weigh(scale: Scale, vector: Floats) -> tuple[Floats, float] | None:
    """Return the vector, rounded and completed, with its objective; None if it breaks a row."""
    programme = scale.programme
    if vector.shape != programme.value.shape:
        return None
    known = np.where(scale.implied, programme.lower, vector)
    if not np.isfinite(known).all():
        return None
    whole = np.where(programme.integer, np.rint(known), known)
    if (programme.integer & (np.abs(whole - known) > 1e-3)).any():
        return None
    point = np.clip(whole, programme.lower, programme.upper)
    slack = TOLERANCE * np.maximum(1.0, np.abs(point))
    if (np.abs(point - whole) > np.where(programme.integer, 0.5, slack)).any():
        return None
    point = _completed(scale, point)
    if not _stands(scale, point):
        return None
    return point, float(programme.value @ point)


def _completed(scale: Scale, point: Floats) -> Floats:
    """Return `point` with every implied column at the better end of the range the rows leave it."""
    programme = scale.programme
    if not scale.implied.any():
        return point
    point = np.where(scale.implied, 0.0, point)
    rest = (programme.matrix @ point)[scale.rows]
    ends = (
        (programme.row_lower[scale.rows] - rest) / scale.data,
        (programme.row_upper[scale.rows] - rest) / scale.data,
    )
    lower, upper = programme.lower.copy(), programme.upper.copy()
    np.maximum.at(lower, scale.columns, np.minimum(*ends))
    np.minimum.at(upper, scale.columns, np.maximum(*ends))
    best = np.where(programme.value >= 0, np.maximum(upper, programme.lower), lower)
    best = np.clip(best, programme.lower, programme.upper)
    return np.where(scale.implied, best, point)


def _stands(scale: Scale, point: Floats) -> bool:
    """Tell whether `point` keeps every row, those of whole numbers to rounding error."""
    programme = scale.programme
    activity = programme.matrix @ point
    over = np.maximum(activity - programme.row_upper, programme.row_lower - activity)
    rows = np.flatnonzero(over > 0)
    if not len(rows):
        return True
    part = sparse.csr_array(programme.matrix[rows])
    size = np.diff(part.indptr)
    product = np.abs(part.data * point[part.indices])
    row_of = np.repeat(np.arange(len(rows)), size)
    total = np.bincount(row_of, product, len(rows))
    largest = np.zeros(len(rows))
    np.maximum.at(largest, row_of, product)
    sides = np.stack([programme.row_lower[rows], programme.row_upper[rows]])
    side = np.where(np.isfinite(sides), np.abs(sides), 0.0).max(axis=0)
    allowed = np.where(
        scale.exact[rows],
        ROUNDING * np.maximum(1.0, total),
        TOLERANCE * np.maximum(1.0, np.maximum(side, largest)),
    )
    return bool((over[rows] <= allowed).all())


def contradicts(bound: float, objective: float) -> bool:
    """Tell whether a plan that stands is better than the bound allows."""
    return bound < objective - TOLERANCE * max(abs(objective), TOLERANCE)


def proves(bound: float, objective: float, gap: float) -> bool:
    """Tell whether bound and objective are within the relative gap asked for."""
    return bound - objective <= max(gap, TOLERANCE) * abs(objective) + 1e-9
