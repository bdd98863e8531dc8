"""Where points join the streets: the nearest segment, by the contract's formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.verify.spread import in_strips

if TYPE_CHECKING:
    from shapely import STRtree

    from siting.city.model import Floats, Streets
    from siting.verify.spread import Ints

_BUNDLE = 64
_SLACK_M = 0.002  # segments that round to the same millimetre lie no farther apart than this


@dataclass(frozen=True, eq=False)
class Joints:
    """Where n points join the network.

    Attributes
    ----------
    segment
        Segment joined, shape (n,).
    position
        Whole millimetres along the segment, from its tail, shape (n,).
    connector
        Whole millimetres from the point to the segment, shape (n,).
    """

    segment: Ints
    position: Ints
    connector: Ints

    def __len__(self) -> int:
        return len(self.segment)


def segment_lengths(streets: Streets) -> Ints:
    """Return the walking length of each segment in whole millimetres, at least 1."""
    return np.maximum(1, np.rint(streets.length_m * 1000.0)).astype(np.int64)


def segment_tree(streets: Streets) -> STRtree:
    """Return what `join` finds near segments with."""
    import shapely

    ends = np.stack([streets.tail, streets.head], axis=1)
    return shapely.STRtree(
        shapely.linestrings(np.stack([streets.node_x[ends], streets.node_y[ends]], axis=2))
    )


def join(streets: Streets, tree: STRtree, x: Floats, y: Floats) -> Joints:
    """Return where points join a network of at least one segment, given its `segment_tree`."""
    import shapely

    # Neighbours one after the other find the tree's boxes in the cache.
    near = in_strips(x, y, _BUNDLE)
    points = shapely.points(x[near], y[near])
    _, least = tree.query_nearest(points, all_matches=False, return_distance=True)
    # The tree only proposes; which one is least, to the millimetre, the formula decides.
    found, segment = tree.query(points, predicate="dwithin", distance=least + _SLACK_M)
    point = near[found]
    connector, along = _measure(streets, segment, x[point], y[point])
    order = np.lexsort((segment, connector, point))
    point = point[order]
    first = np.ones(len(point), dtype=bool)
    first[1:] = point[1:] != point[:-1]
    best = order[first]
    chosen = segment[best].astype(np.int64)
    length = segment_lengths(streets)[chosen]
    position = np.rint(along[best] * length).astype(np.int64)
    return Joints(segment=chosen, position=position, connector=connector[best])


def _measure(streets: Streets, segment: Ints, px: Floats, py: Floats) -> tuple[Ints, Floats]:
    """Return whole millimetres from points to segments, and how far along each they fall."""
    tail, head = streets.tail[segment], streets.head[segment]
    ax, ay = streets.node_x[tail], streets.node_y[tail]
    dx, dy = streets.node_x[head] - ax, streets.node_y[head] - ay
    l2 = dx * dx + dy * dy
    flat = l2 == 0.0
    f = ((px - ax) * dx + (py - ay) * dy) / np.where(flat, 1.0, l2)
    f = np.where(flat, 0.0, np.clip(f, 0.0, 1.0))
    qx, qy = ax + f * dx, ay + f * dy
    gap = np.sqrt((px - qx) * (px - qx) + (py - qy) * (py - qy))
    return np.rint(gap * 1000.0).astype(np.int64), f
