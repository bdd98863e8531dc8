"""A street grid with bent lines, uneven blocks, missing links and barriers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rng = np.random.Generator

PLACES_PER_KM2 = 250.0
MEAN_BLOCK_M = 122.0
MISSING_LINKS = 0.11
# The middle of a three-degree zone of EPSG:4547 (central meridian 114 E), in the plain south of
# the Yellow River: metres east and north.
ORIGIN = (500_000.0, 3_900_000.0)


@dataclass(frozen=True, eq=False)
class Grid:
    """Connected streets, every number as it will be written to the files.

    Attributes
    ----------
    x, y
        Nodes in metres, shape (nodes,).
    tail, head
        Ends of the segments as node indices, shape (segments,).
    length_m
        Walking length in metres, never shorter than the straight line, shape (segments,).
    line
        The grid line a segment lies on, counted over both directions, shape (segments,).
    area_km2
        What the grid covers.
    """

    x: Floats
    y: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    line: Ints
    area_km2: float

    @property
    def middle(self) -> Floats:
        """Midpoints of the segments, shape (segments, 2)."""
        return np.column_stack(
            [
                (self.x[self.tail] + self.x[self.head]) / 2,
                (self.y[self.tail] + self.y[self.head]) / 2,
            ]
        )


@dataclass(frozen=True, eq=False)
class Spots:
    """Points beside a street, with the way to both ends of their segment.

    Attributes
    ----------
    x, y
        Metres, rounded as they will be written, shape (n,).
    segment
        The segment they lie at, shape (n,).
    to_tail, to_head
        Walk to the segment's two ends in metres: off the street, then along it, shape (n,).
    """

    x: Floats
    y: Floats
    segment: Ints
    to_tail: Floats
    to_head: Floats

    def __len__(self) -> int:
        return len(self.x)

    def take(self, index: Ints) -> Spots:
        """Return the spots at `index`."""
        return Spots(
            self.x[index],
            self.y[index],
            self.segment[index],
            self.to_tail[index],
            self.to_head[index],
        )


def make_grid(rng: Rng, places: int) -> Grid:
    """Return a connected grid over the area that `places` places take."""
    area = places / PLACES_PER_KM2 * 1e6
    aspect = rng.uniform(1.0, 1.5)
    width, height = np.sqrt(area * aspect), np.sqrt(area / aspect)
    across, up = _lines(rng, width), _lines(rng, height)
    columns, rows = len(across), len(up)
    x, y = (a.ravel() for a in np.meshgrid(across, up))
    x, y = _bend(rng, x, y, width, height)
    node = np.arange(rows * columns).reshape(rows, columns)
    keep_flat = rng.random((rows, columns - 1)) >= MISSING_LINKS
    keep_steep = rng.random((rows - 1, columns)) >= MISSING_LINKS
    _bar(rng, keep_flat.T, width)
    _bar(rng, keep_steep, height)
    line_flat = np.broadcast_to(np.arange(rows)[:, None], keep_flat.shape)
    line_steep = rows + np.broadcast_to(np.arange(columns)[None, :], keep_steep.shape)
    tail = np.concatenate([node[:, :-1][keep_flat], node[:-1][keep_steep]])
    head = np.concatenate([node[:, 1:][keep_flat], node[1:][keep_steep]])
    line = np.concatenate([line_flat[keep_flat], line_steep[keep_steep]])
    return _largest_piece(rng, x, y, tail, head, line, area / 1e6)


def beside(rng: Rng, grid: Grid, segment: Ints, nearest_m: float, farthest_m: float) -> Spots:
    """Return a random spot beside each of the given segments, on either side of the street."""
    n = len(segment)
    tail, head = grid.tail[segment], grid.head[segment]
    dx, dy = grid.x[head] - grid.x[tail], grid.y[head] - grid.y[tail]
    straight = np.hypot(dx, dy)
    along = rng.uniform(0.08, 0.92, n)
    off = rng.uniform(nearest_m, farthest_m, n)
    side = off * rng.choice([-1.0, 1.0], n) / straight
    x = np.round(grid.x[tail] + along * dx - side * dy, 2)
    y = np.round(grid.y[tail] + along * dy + side * dx, 2)
    length = grid.length_m[segment]
    return Spots(x, y, segment, off + along * length, off + (1 - along) * length)


def _lines(rng: Rng, extent: float) -> Floats:
    """Return where the parallel streets lie: uneven blocks, 0 to `extent`."""
    blocks = max(2, round(extent / MEAN_BLOCK_M))
    steps = rng.uniform(0.75, 1.3, blocks)
    return np.concatenate([[0.0], np.cumsum(steps) * extent / steps.sum()])


def _bend(rng: Rng, x: Floats, y: Floats, width: float, height: float) -> tuple[Floats, Floats]:
    """Bend the lines in long waves, jitter the corners, and turn the whole."""
    waves = rng.uniform(0.0, 2 * np.pi, 4)
    lengths = rng.uniform(1_800.0, 5_000.0, 4)
    x_of_y = sum(np.sin(2 * np.pi * y / lengths[k] + waves[k]) for k in (0, 1))
    x = x + min(90.0, 0.035 * width) * x_of_y
    y_of_x = sum(np.sin(2 * np.pi * x / lengths[k] + waves[k]) for k in (2, 3))
    y = y + min(90.0, 0.035 * height) * y_of_x
    x = x + rng.uniform(-10.0, 10.0, len(x)) - width / 2
    y = y + rng.uniform(-10.0, 10.0, len(y)) - height / 2
    turn = rng.uniform(-0.4, 0.4)
    east = ORIGIN[0] + x * np.cos(turn) - y * np.sin(turn)
    north = ORIGIN[1] + x * np.sin(turn) + y * np.cos(turn)
    return np.round(east, 1), np.round(north, 1)


def _bar(rng: Rng, keep: NDArray[np.bool_], extent: float) -> None:
    """Cut links across some railways or rivers, all but a few crossings (changes `keep`).

    `keep` has one row for each gap between two neighbouring lines.
    """
    gaps, links = keep.shape
    bars = int(rng.poisson(extent / 2_500.0)) if gaps >= 6 and links >= 6 else 0
    low, high = gaps // 4, gaps - gaps // 4
    for gap in rng.choice(np.arange(low, high), min(bars, (high - low) // 3), replace=False):
        crossing: NDArray[np.bool_] = np.asarray(rng.random(links) < 0.2)
        crossing[rng.choice(links, 2, replace=False)] = True
        keep[gap] = crossing


def _largest_piece(
    rng: Rng, x: Floats, y: Floats, tail: Ints, head: Ints, line: Ints, area_km2: float
) -> Grid:
    n = len(x)
    links = sparse.coo_array((np.ones(len(tail)), (tail, head)), shape=(n, n))
    _, piece = connected_components(links, directed=False)
    inside = piece == np.bincount(piece).argmax()
    number = np.cumsum(inside) - 1
    kept = inside[tail]
    tail, head, line = tail[kept], head[kept], line[kept]
    straight = np.hypot(x[head] - x[tail], y[head] - y[tail])
    length = np.ceil(straight * rng.uniform(1.0, 1.05, len(tail)) * 10.0) / 10.0
    return Grid(
        x[inside], y[inside], number[tail], number[head], length, line.astype(np.int64), area_km2
    )
