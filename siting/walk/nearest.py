"""Which street segment a point joins: the nearest, exactly, to the millimetre.

Segments stand in a packed tree of boxes. The boxes only leave out what cannot win; the winner is
found by the formula of `_connector` alone, so that a plain scan over all segments would agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.compiled import compiled
from siting.walk.curve import curve_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import Streets

_FAN = 4  # children of a box, and segments of a lowest box


class Tree(NamedTuple):
    """Segments in an order that keeps neighbours together, under levels of boxes.

    Attributes
    ----------
    segment
        Segment index at each position of the order, shape (n,).
    ends
        Tail x, tail y, head x, head y at each position, metres, shape (n, 4).
    box
        Least x, least y, largest x, largest y of each box, lowest level first, shape (boxes, 4).
    level
        Where each level starts in `box`, and the end; shape (levels + 1,).
    """

    segment: NDArray[np.int64]
    ends: NDArray[np.float64]
    box: NDArray[np.float64]
    level: NDArray[np.int64]


def build_tree(streets: Streets) -> Tree:
    """Return the tree of a network with at least one segment."""
    ends = np.column_stack(
        (
            streets.node_x[streets.tail],
            streets.node_y[streets.tail],
            streets.node_x[streets.head],
            streets.node_y[streets.head],
        )
    ).astype(np.float64)
    order = curve_order((ends[:, 0] + ends[:, 2]) / 2, (ends[:, 1] + ends[:, 3]) / 2)
    ends = np.ascontiguousarray(ends[order])
    low = np.minimum(ends[:, :2], ends[:, 2:])
    high = np.maximum(ends[:, :2], ends[:, 2:])
    levels: list[NDArray[np.float64]] = []
    while not levels or len(low) > 1:
        starts = np.arange(0, len(low), _FAN)
        low = np.minimum.reduceat(low, starts)
        high = np.maximum.reduceat(high, starts)
        levels.append(np.hstack((low, high)))
    level = np.cumsum([0, *(len(boxes) for boxes in levels)])
    return Tree(order, ends, np.concatenate(levels), level.astype(np.int64))


@compiled
def _connector(
    ends: NDArray[np.float64], k: int, px: float, py: float
) -> tuple[float, float]:  # pragma: no cover  compiled
    """Return whole millimetres from a point to segment k, and where along it (0 to 1)."""
    ax = ends[k, 0]
    ay = ends[k, 1]
    dx = ends[k, 2] - ax
    dy = ends[k, 3] - ay
    l2 = dx * dx + dy * dy
    f = 0.0
    if l2 > 0.0:
        f = ((px - ax) * dx + (py - ay) * dy) / l2
        f = min(max(f, 0.0), 1.0)
    ex = px - (ax + f * dx)
    ey = py - (ay + f * dy)
    mm = np.rint(np.sqrt(ex * ex + ey * ey) * 1000.0)
    return float(mm), f


@compiled
def _squared(box: NDArray[np.float64], k: int, px: float, py: float) -> float:  # pragma: no cover
    """Return the squared distance from a point to box k, 0 inside it."""
    dx = max(box[k, 0] - px, 0.0, px - box[k, 2])
    dy = max(box[k, 1] - py, 0.0, py - box[k, 3])
    squared: float = dx * dx + dy * dy
    return squared


@compiled
def join(
    tree: Tree,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    order: NDArray[np.int64],
    position: NDArray[np.int64],
    along: NDArray[np.float64],
    connector: NDArray[np.int64],
) -> None:  # pragma: no cover  compiled
    """Fill in what the points in `order` join: the segment, how far along (0 to 1), how far off.

    The segment is given by its position in the tree; of several equally near ones it is the one
    of lowest index. Points that follow each other in `order` should lie near each other: each
    search starts from the segment that the point before has joined.
    """
    top = len(tree.level) - 2
    levels = np.empty(_FAN * len(tree.level) + 1, np.int64)
    boxes = np.empty(_FAN * len(tree.level) + 1, np.int64)
    near = np.empty(_FAN, np.float64)
    which = np.empty(_FAN, np.int64)
    best_k = 0
    for i in order:
        px = x[i]
        py = y[i]
        best, best_f = _connector(tree.ends, best_k, px, py)
        # A box is left out only if it lies more than a millimetre beyond the best: less than
        # half of that can be lost in rounding, and ties must be seen.
        bound = ((best + 1.0) / 1000.0) ** 2
        levels[0] = top
        boxes[0] = 0
        size = 1
        while size > 0:
            size -= 1
            level = levels[size]
            box = boxes[size]
            if _squared(tree.box, tree.level[level] + box, px, py) > bound:
                continue
            first = box * _FAN
            if level == 0:
                for k in range(first, min(first + _FAN, len(tree.ends))):
                    mm, f = _connector(tree.ends, k, px, py)
                    if mm < best or (mm == best and tree.segment[k] < tree.segment[best_k]):
                        best = mm
                        best_f = f
                        best_k = k
                bound = ((best + 1.0) / 1000.0) ** 2
                continue
            below = tree.level[level - 1]
            found = 0
            for child in range(first, min(first + _FAN, tree.level[level] - below)):
                squared = _squared(tree.box, below + child, px, py)
                if squared > bound:
                    continue
                j = found  # the farthest goes to the bottom of the stack
                while j > 0 and near[j - 1] < squared:
                    near[j] = near[j - 1]
                    which[j] = which[j - 1]
                    j -= 1
                near[j] = squared
                which[j] = child
                found += 1
            for j in range(found):
                levels[size] = level - 1
                boxes[size] = which[j]
                size += 1
        position[i] = best_k
        along[i] = best_f
        connector[i] = np.int64(best)
