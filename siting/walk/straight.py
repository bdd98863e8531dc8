"""Walking without streets: straight line times detour."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.progress import counted
from siting.walk.reach import Reach, spans
from siting.walk.rows import starts
from siting.walk.threads import in_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.progress import Tell

_PAIRS_AT_ONCE = 2_000_000
_ROWS_A_RADIUS = 4  # the finer the grid, the fewer pairs are looked at in vain


def reach_straight(
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    targets: tuple[NDArray[np.float64], NDArray[np.float64]],
    wanted: NDArray[np.int64],
    limit_mm: int,
    detour: float,
    tell: Tell | None = None,
) -> Reach:
    """Return who reaches the `wanted` targets, at straight line times `detour`.

    Parameters
    ----------
    places, targets
        x and y in metres.
    wanted
        Indices of targets, ascending and unique; the rows of the others stay empty.
    limit_mm
        At most this many millimetres, less than 2**31.
    detour
        Walking distance over straight line, > 0.
    tell
        Told how many of the targets are done.
    """
    counts = np.zeros(len(targets[0]), np.int64)
    if not (len(places[0]) and len(wanted) and limit_mm >= 0):
        nothing = np.empty(0, np.int32)
        return Reach(starts(counts), nothing, nothing, limit_mm, len(places[0]))
    points = _Points(*places, targets[0][wanted], targets[1][wanted], detour)
    order, first, last = _candidates(points, limit_mm)
    more = counted(tell, len(wanted))
    found = in_threads(
        lambda rows: _near(points, order, first, last, *rows, limit_mm),
        _portions((last - first).sum(axis=1)),
        lambda rows: more(rows[1] - rows[0]),
    )
    counts[wanted] = np.concatenate([count for count, _, _ in found])
    place = np.concatenate([place for _, place, _ in found])
    mm = np.concatenate([mm for _, _, mm in found])
    return Reach(starts(counts), place, mm, limit_mm, len(places[0]))


def pairs_within(
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    targets: tuple[NDArray[np.float64], NDArray[np.float64]],
    limit_mm: int,
    detour: float,
) -> int:
    """Return about how many pairs `reach_straight` would find, and no fewer; nobody walks."""
    if not (len(places[0]) and len(targets[0]) and limit_mm >= 0):
        return 0
    _, first, last = _candidates(_Points(*places, *targets, detour), limit_mm)
    return int((last - first).sum())


class _Points(NamedTuple):
    """Places and the targets asked for, in metres, and the walking distance over straight line."""

    px: NDArray[np.float64]
    py: NDArray[np.float64]
    tx: NDArray[np.float64]
    ty: NDArray[np.float64]
    detour: float


def _millimetres(
    points: _Points, place: NDArray[np.int64], target: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the whole millimetres between places and targets, pair by pair."""
    dx = points.px[place] - points.tx[target]
    dy = points.py[place] - points.ty[target]
    mm: NDArray[np.float64] = np.rint(np.sqrt(dx * dx + dy * dy) * points.detour * 1000)
    return mm


def _near(
    points: _Points,
    order: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    low: int,
    high: int,
    limit_mm: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return pairs a target, and places and millimetres in order, of targets low to high - 1."""
    place, row = _expand(order, first[low:high], last[low:high])
    reached = _millimetres(points, place, row + low) <= limit_mm
    # One sort of (row, place) as one number; distances are cheaper made again than sorted along.
    key = row[reached] * len(points.px) + place[reached]
    key.sort()
    row, place = np.divmod(key, len(points.px))
    mm = _millimetres(points, place, row + low)
    return np.bincount(row, minlength=high - low), place.astype(np.int32), mm.astype(np.int32)


def _candidates(
    points: _Points, limit_mm: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return places in grid order, and for each target the stretches of it that may be in reach.

    The places are sorted by grid row, then column. A target has one stretch in each row that its
    circle touches: the columns between the circle's ends there. Cells are never listed, so that
    one point far outside the city costs nothing.
    """
    px, py, tx, ty, detour = points
    # A millimetre more than the limit, so that rounding cannot lose a pair.
    radius = (limit_mm + 1) / 1000 / detour
    x0, y0 = px.min(), py.min()
    side = max(float(np.ptp(px)), float(np.ptp(py)))
    cell = max(radius / _ROWS_A_RADIUS, side / 1_000_000)
    columns = int(side / cell) + 2
    key = ((py - y0) / cell).astype(np.int64) * columns + ((px - x0) / cell).astype(np.int64)
    order = np.argsort(key, kind="stable")
    key = key[order]

    spread = int(np.ceil(radius / cell)) + 1
    row = np.floor((ty - y0) / cell)[:, None] + np.arange(-spread, spread + 1)
    bottom = y0 + row * cell
    slack = 1e-9 * (abs(y0) + side + radius) + 1e-6 * cell
    off = np.maximum(np.maximum(bottom - ty[:, None], ty[:, None] - (bottom + cell)) - slack, 0.0)
    touched = (off <= radius) & (row >= 0) & (row <= columns)
    half = np.sqrt(np.maximum(radius**2 - off**2, 0.0)) + slack
    left = np.clip(np.floor((tx[:, None] - x0 - half) / cell), 0, columns)
    right = np.clip(np.floor((tx[:, None] - x0 + half) / cell), -1, columns - 1)
    start = np.where(touched, row, 0).astype(np.int64) * columns
    first = np.searchsorted(key, start + left.astype(np.int64), "left")
    last = np.searchsorted(key, start + right.astype(np.int64), "right")
    return order, np.where(touched, first, 0), np.where(touched, np.maximum(last, first), 0)


def _portions(candidates: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return ranges of targets with some two million candidates each, at least one target."""
    ends = np.cumsum(candidates)
    portions = []
    low = 0
    while low < len(ends):
        before = ends[low - 1] if low else 0
        high = max(int(np.searchsorted(ends, before + _PAIRS_AT_ONCE, "right")), low + 1)
        portions.append((low, high))
        low = high
    return portions


def _expand(
    order: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places in all stretches, and the row of `first` that each belongs to."""
    place = order[spans(first.ravel(), last.ravel())]
    return place, np.repeat(np.arange(len(first)), (last - first).sum(axis=1))
