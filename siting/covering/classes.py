"""Merging of points: all points that the same sites reach are one class.

What a class is reached by is never stored point by point, and never guessed from a hash: points
meet first within a cell of a grid, where the few sites that part its points are compared bit by
bit, and then as sets of sites (`siting.programme.merge`), member by member.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.merge import Rows, merge, take
from siting.walk.threads import in_threads

if TYPE_CHECKING:
    from siting.covering.model import CoveringInstance, Floats

# Measured: few enough cells that the table of local classes stays in the processor's cache, enough
# that few sites part a cell.
_CELLS = (1 << 12, 1 << 17)  # at least, at most
_CELLS_A_SITE = 40
_POINTS_A_CELL = 4
_ENTRIES = 8_000_000  # sites that reach whole cells, in all cells together
_ROOM_A_CELL = 4  # local classes, before a table is full
_ALONE = 200_000  # so few points are quickest in one thread


@dataclass(frozen=True, eq=False)
class Classes:
    """Points merged by the set of sites that reach them; points that none reaches are left out.

    Attributes
    ----------
    sites
        The sites that reach each class, ascending and never none; no two classes have the same.
    weight
        Weight of each class's points, > 0, shape (classes,).
    """

    sites: Rows
    weight: Floats

    def __len__(self) -> int:
        return len(self.weight)


@dataclass(frozen=True, eq=False)
class _Grid:
    """Square cells, and the sites that reach all and some of each, as compressed rows."""

    x0: float
    y0: float
    cell: float
    columns: int
    rows: int
    whole: Rows
    rim: Rows


def merge_points(
    instance: CoveringInstance, radius: float, *, inclusive: bool = False, threads: int = 1
) -> Classes:
    """Return the classes of an instance.

    A site reaches a point if ``sqrt(dx * dx + dy * dy) < radius`` in double precision.

    Parameters
    ----------
    radius
        In the unit of the coordinates, > 0.
    inclusive
        A point at exactly the radius is reached too.
    threads
        Cores to use at most.
    """
    none = Rows(np.zeros(1, np.int64), np.empty(0, np.int64))
    if not (instance.sites and len(instance)):
        return Classes(none, np.empty(0))
    grid = _grid(instance, radius)
    if grid is None:
        return Classes(none, np.empty(0))
    square = _square(radius, inclusive)
    count = len(instance)
    found = in_threads(lambda part: _local(instance, grid, square, *part), portions(count, threads))
    cell_of, pattern, worth = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    distinct, group = merge(_members(grid, cell_of, pattern), instance.sites)
    weight = np.bincount(group, worth, len(distinct))
    kept = np.flatnonzero((weight > 0) & (np.diff(distinct.indptr) > 0))
    return Classes(take(distinct, kept), weight[kept].astype(np.float64))


def portions(points: int, threads: int) -> list[tuple[int, int]]:
    """Return ranges of points, one a thread; few points are one range."""
    parts = threads if points > _ALONE else 1
    ends = np.linspace(0, points, parts + 1).astype(np.int64).tolist()
    return list(itertools.pairwise(ends))


def _square(radius: float, inclusive: bool) -> float:
    """Return the least double whose square root is beyond the radius.

    The root is correctly rounded and never falls as its argument grows: to compare squares with
    this number is to compare distances with the radius.
    """
    square = radius * radius
    beyond = math.nextafter(radius, math.inf) if inclusive else radius
    while math.sqrt(square) >= beyond:
        square = math.nextafter(square, 0.0)
    while math.sqrt(square) < beyond:
        square = math.nextafter(square, math.inf)
    return square


def _grid(instance: CoveringInstance, radius: float) -> _Grid | None:
    """Return a grid over what sites can reach of the points; None where that is nothing."""
    from siting.covering.compiled import rate_cells

    sx, sy = instance.site_x, instance.site_y
    span = max(float(np.ptp(a)) for a in (sx, sy, instance.x, instance.y))
    slack = 1e-9 * (radius + span + float(max(np.abs(sx).max(), np.abs(sy).max())))
    far = radius + slack
    x0, x1 = _common(instance.x, sx, far)
    y0, y1 = _common(instance.y, sy, far)
    if x1 < x0 or y1 < y0:
        return None
    wanted = min(max(_CELLS[0], _CELLS_A_SITE * instance.sites), _CELLS[1])
    cells = max(1, min(wanted, len(instance) // _POINTS_A_CELL))
    side = math.sqrt(max((x1 - x0) * (y1 - y0), 1e-300) / cells)
    cell = max(
        side,
        max(x1 - x0, y1 - y0) / cells,
        radius * math.sqrt(math.pi * instance.sites / _ENTRIES),
        slack,
    )
    # the last row and column end beyond the last point
    columns, rows = int((x1 - x0) / cell) + 1, int((y1 - y0) / cell) + 1
    columns += x0 + columns * cell <= x1
    rows += y0 + rows * cell <= y1

    def rated(rim: bool) -> Rows:
        place = (sx, sy, x0, y0, cell, columns, rows, radius, slack)
        nothing = np.empty(0, np.int64)
        count = np.zeros(columns * rows, np.int64)
        rate_cells(*place, count, nothing, rim)
        starts = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        site = np.empty(int(starts[-1]), np.int64)
        if len(site):
            rate_cells(*place, starts[:-1].copy(), site, rim)
        return Rows(starts, site)

    return _Grid(x0, y0, cell, columns, rows, rated(False), rated(True))


def _common(points: Floats, sites: Floats, far: float) -> tuple[float, float]:
    """Return the stretch of one coordinate in which points lie that a site may reach."""
    low = max(float(points.min()), float(sites.min()) - far)
    return low, min(float(points.max()), float(sites.max()) + far)


def _local(
    instance: CoveringInstance, grid: _Grid, square: float, first: int, last: int
) -> tuple[NDArray[np.int32], NDArray[np.uint64], Floats]:
    """Return cell, bits and weight of the local classes of some of the points."""
    from siting.covering.compiled import add_points

    words = max(1, (int(np.diff(grid.rim.indptr).max(initial=0)) + 63) // 64)
    room = _ROOM_A_CELL * grid.columns * grid.rows + 1024
    slots = np.empty(1 << (2 * room).bit_length(), np.int32)
    full = []
    while first < last:
        # A table that is full is put away for a fresh one; what is then known twice becomes one
        # when the classes are merged.
        slots[:] = -1
        part = np.empty(room, np.int32), np.zeros((room, words), np.uint64), np.empty(room)
        first, used = add_points(
            first,
            last,
            instance.x,
            instance.y,
            instance.weight,
            instance.site_x,
            instance.site_y,
            grid.x0,
            grid.y0,
            grid.cell,
            grid.columns,
            grid.rows,
            square,
            grid.rim.indptr,
            grid.rim.member,
            slots,
            *part,
        )
        full.append([array[:used].copy() for array in part])
    cell_of, pattern, worth = (np.concatenate(arrays) for arrays in zip(*full, strict=True))
    return cell_of, pattern, worth


def _members(grid: _Grid, cell_of: NDArray[np.int32], pattern: NDArray[np.uint64]) -> Rows:
    """Return the sites that reach each local class."""
    from siting.covering.compiled import list_sites

    cells = (grid.whole.indptr, grid.whole.member, grid.rim.indptr, grid.rim.member)
    count = np.zeros(len(cell_of) + 1, np.int64)
    list_sites(cell_of, pattern, *cells, count, np.empty(0, np.int64))
    starts = np.cumsum(count)
    member = np.empty(int(starts[-1]), np.int64)
    if len(member):
        list_sites(cell_of, pattern, *cells, starts, member)
    return Rows(starts, member)
