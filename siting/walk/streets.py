"""Walking over streets: points join the nearest segment, and the network does the rest.

This module imports numba, so that it is only imported for a city that has streets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.progress import counted
from siting.walk.curve import curve_order
from siting.walk.nearest import Tree, build_tree, join
from siting.walk.reach import Reach, spans
from siting.walk.rows import starts
from siting.walk.search import Graph, Joined, Shelf, search
from siting.walk.threads import in_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import Streets
    from siting.progress import Tell

_POINTS_A_TASK = 65_536
_TARGETS_A_TASK = 512


class Network(NamedTuple):
    """Streets made ready for walking, numbered so that neighbours lie together in memory.

    Attributes
    ----------
    tree
        Finds the nearest segment; ``tree.segment`` is the city's own index of each segment.
    graph
        Finds the shortest paths; its segments are numbered as in `tree`.
    """

    tree: Tree
    graph: Graph


def build_network(streets: Streets) -> Network:
    """Return the network of `streets` (at least one segment), lengths in whole millimetres."""
    tree = build_tree(streets)
    along_curve = curve_order(streets.node_x, streets.node_y)
    nodes = len(along_curve)
    number = np.empty(nodes, np.int64)
    number[along_curve] = np.arange(nodes)
    tail = number[streets.tail[tree.segment]]
    head = number[streets.head[tree.segment]]
    metres = streets.length_m[tree.segment]
    length = np.maximum(np.rint(metres * 1000.0).astype(np.int64), 1)
    back = np.flatnonzero(tail != head)
    origin = np.concatenate((tail, head[back]))
    neighbour = np.concatenate((head, tail[back]))
    segment = np.concatenate((np.arange(len(tail)), back))
    order = np.argsort(origin, kind="stable")
    segment = segment[order]
    start = starts(np.bincount(origin, minlength=nodes))
    graph = Graph(tail, head, length, start, neighbour[order], length[segment], segment)
    return Network(tree, graph)


def join_streets(network: Network, x: NDArray[np.float64], y: NDArray[np.float64]) -> Joined:
    """Return where each point joins the network; segments are numbered as in the network.

    A point joins the segment with the least connector in whole millimetres, among equals the one
    that comes first in the city; its position is rounded to whole millimetres of the length.
    """
    px = np.array(x, np.float64)
    py = np.array(y, np.float64)
    segment = np.empty(len(px), np.int64)
    along = np.empty(len(px), np.float64)
    connector = np.empty(len(px), np.int64)
    in_threads(
        lambda part: join(network.tree, px, py, part, segment, along, connector),
        _split(curve_order(px, py), _POINTS_A_TASK),
    )
    position = np.rint(along * network.graph.length[segment]).astype(np.int64)
    return Joined(segment, position, connector)


def reach_over_streets(
    streets: Streets,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    targets: tuple[NDArray[np.float64], NDArray[np.float64]],
    wanted: NDArray[np.int64],
    limit_mm: int,
    tell: Tell | None = None,
) -> Reach:
    """Return who reaches the `wanted` targets over streets.

    Parameters
    ----------
    streets
        The network.
    places, targets
        x and y in metres.
    wanted
        Indices of targets, ascending and unique; the rows of the others stay empty.
    limit_mm
        At most this many millimetres, less than 2**31.
    tell
        Told how many of the targets are done.
    """
    counts = np.zeros(len(targets[0]), np.int64)
    if not (len(streets) and len(places[0]) and len(wanted)):
        nothing = np.empty(0, np.int32)
        return Reach(starts(counts), nothing, nothing, limit_mm, len(places[0]))
    network = build_network(streets)
    shelf = _shelf(join_streets(network, *places), len(streets))
    wanted = wanted[curve_order(targets[0][wanted], targets[1][wanted])]
    joined = join_streets(network, targets[0][wanted], targets[1][wanted])
    more = counted(tell, len(wanted))
    found = in_threads(
        lambda part: search(network.graph, shelf, joined, part, limit_mm),
        _split(np.arange(len(wanted)), _TARGETS_A_TASK),
        lambda part: more(len(part)),
    )
    counts[wanted] = np.concatenate([count for _, count in found])
    indptr = starts(counts)
    place = np.empty(indptr[-1], np.int32)
    mm = np.empty(indptr[-1], np.int32)
    for rows, (pairs, _) in zip(_split(wanted, _TARGETS_A_TASK), found, strict=True):
        at = spans(indptr[rows], indptr[rows + 1])
        place[at] = pairs >> 32
        mm[at] = pairs & 0xFFFFFFFF
    return Reach(indptr, place, mm, limit_mm, len(places[0]))


def _shelf(joined: Joined, segments: int) -> Shelf:
    order = np.argsort(joined.segment, kind="stable")
    start = starts(np.bincount(joined.segment, minlength=segments))
    return Shelf(start, order, joined.position[order], joined.connector[order])


def _split(items: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    return [items[i : i + size] for i in range(0, len(items), size)]
