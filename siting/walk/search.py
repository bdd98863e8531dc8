"""Bounded shortest paths over streets in whole millimetres, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAR = np.int64(1 << 62)
_LOW = np.int64(0xFFFFFFFF)
_HALF = np.int64(32)


class Graph(NamedTuple):
    """Streets as neighbour lists. Lengths are whole millimetres.

    Attributes
    ----------
    tail, head, length
        Of each segment, shape (segments,).
    start
        Where each node's neighbours begin, shape (nodes + 1,).
    neighbour, way, segment
        The neighbour, the way there in millimetres and the segment that is walked. A segment
        stands at both of its nodes, a loop only once.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length: NDArray[np.int64]
    start: NDArray[np.int64]
    neighbour: NDArray[np.int64]
    way: NDArray[np.int64]
    segment: NDArray[np.int64]


class Joined(NamedTuple):
    """Points that have joined the streets.

    Attributes
    ----------
    segment
        The segment of each point.
    position
        Millimetres from the segment's tail.
    connector
        Millimetres from the point to the segment.
    """

    segment: NDArray[np.int64]
    position: NDArray[np.int64]
    connector: NDArray[np.int64]


class Shelf(NamedTuple):
    """Places sorted by the segment they have joined.

    Attributes
    ----------
    start
        Where each segment's places begin, shape (segments + 1,).
    place, position, connector
        Place index, millimetres from the tail, millimetres to the segment, shape (places,).
    """

    start: NDArray[np.int64]
    place: NDArray[np.int64]
    position: NDArray[np.int64]
    connector: NDArray[np.int64]


@compiled
def _push(heap: NDArray[np.int64], size: int, key: int) -> None:  # pragma: no cover  compiled
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if heap[parent] <= key:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = key


@compiled
def _pop(heap: NDArray[np.int64], size: int) -> int:  # pragma: no cover  compiled
    """Take the least of `size` keys off the heap, leaving size - 1."""
    least: int = heap[0]
    key = heap[size - 1]
    i = 0
    child = 1
    while child < size - 1:
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if key <= heap[child]:
            break
        heap[i] = heap[child]
        i = child
        child = 2 * i + 1
    heap[i] = key
    return least


@compiled
def _room(
    pairs: NDArray[np.int64], filled: int, shelf: Shelf, segment: int
) -> NDArray[np.int64]:  # pragma: no cover  compiled
    """Return `pairs`, or a longer copy, with room for all places of `segment`."""
    needed = filled + shelf.start[segment + 1] - shelf.start[segment]
    if needed <= len(pairs):
        return pairs
    longer = np.empty(2 * needed, np.int64)
    for k in range(filled):  # a slice would take seconds to compile
        longer[k] = pairs[k]
    return longer


@compiled
def _places(
    graph: Graph,
    shelf: Shelf,
    distance: NDArray[np.int64],
    segment: int,
    limit: int,
    pairs: NDArray[np.int64],
    filled: int,
) -> int:  # pragma: no cover  compiled
    """Append the places of `segment` that are in reach over one of its nodes."""
    from_tail = distance[graph.tail[segment]]
    from_head = distance[graph.head[segment]] + graph.length[segment]
    for p in range(shelf.start[segment], shelf.start[segment + 1]):
        position = shelf.position[p]
        mm = min(from_tail + position, from_head - position) + shelf.connector[p]
        if mm <= limit:
            pairs[filled] = (shelf.place[p] << _HALF) | mm
            filled += 1
    return filled


@compiled
def _own_places(
    graph: Graph,
    shelf: Shelf,
    distance: NDArray[np.int64],
    segment: int,
    here: int,
    off: int,
    limit: int,
    pairs: NDArray[np.int64],
    filled: int,
) -> int:  # pragma: no cover  compiled
    """Append the places in reach on the target's own segment: along it, or round the streets."""
    from_tail = distance[graph.tail[segment]]
    from_head = distance[graph.head[segment]] + graph.length[segment]
    for p in range(shelf.start[segment], shelf.start[segment + 1]):
        position = shelf.position[p]
        mm = min(off + abs(position - here), from_tail + position, from_head - position)
        mm += shelf.connector[p]
        if mm <= limit:
            pairs[filled] = (shelf.place[p] << _HALF) | mm
            filled += 1
    return filled


@compiled
def search(
    graph: Graph, shelf: Shelf, joined: Joined, targets: NDArray[np.int64], limit: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # pragma: no cover  compiled
    """Return the places within `limit` millimetres (below 2**31) of each of `targets`.

    The first array holds ``place << 32 | mm`` for one target after another, ascending; the
    second how many pairs each target has. Junctions are searched; then every segment at a
    junction found is visited once, and each of its places takes the shorter way round.
    """
    distance = np.full(len(graph.start) - 1, _FAR)
    # A key is distance << 32 | node; a node that was improved stays in the heap with its old
    # distance too and is then passed over, so at most one key a neighbour entry is ever held.
    heap = np.empty(len(graph.neighbour) + 2, np.int64)
    found = np.empty(len(graph.start) - 1, np.int64)
    pairs = np.empty(1024, np.int64)
    counts = np.zeros(len(targets), np.int64)
    filled = 0
    for row in range(len(targets)):
        own = joined.segment[targets[row]]
        here = joined.position[targets[row]]
        off = joined.connector[targets[row]]
        tail = graph.tail[own]
        head = graph.head[own]
        size = 0
        nodes = 0
        if off + here <= limit:
            distance[tail] = off + here
            found[nodes] = tail
            nodes += 1
            _push(heap, size, (distance[tail] << _HALF) | tail)
            size += 1
        there = off + graph.length[own] - here
        if there <= limit and there < distance[head]:
            if distance[head] == _FAR:
                found[nodes] = head
                nodes += 1
            distance[head] = there
            _push(heap, size, (there << _HALF) | head)
            size += 1
        while size > 0:
            key = _pop(heap, size)
            size -= 1
            node = key & _LOW
            so_far = key >> _HALF
            if so_far > distance[node]:
                continue
            for k in range(graph.start[node], graph.start[node + 1]):
                there = so_far + graph.way[k]
                other = graph.neighbour[k]
                if there <= limit and there < distance[other]:
                    if distance[other] == _FAR:
                        found[nodes] = other
                        nodes += 1
                    distance[other] = there
                    _push(heap, size, (there << _HALF) | other)
                    size += 1

        first = filled
        pairs = _room(pairs, filled, shelf, own)
        filled = _own_places(graph, shelf, distance, own, here, off, limit, pairs, filled)
        for k in range(nodes):
            node = found[k]
            for j in range(graph.start[node], graph.start[node + 1]):
                other = graph.neighbour[j]
                segment = graph.segment[j]
                seen_there = other < node and distance[other] != _FAR
                if (
                    segment != own
                    and not seen_there
                    and shelf.start[segment] < shelf.start[segment + 1]
                ):
                    pairs = _room(pairs, filled, shelf, segment)
                    filled = _places(graph, shelf, distance, segment, limit, pairs, filled)
        pairs[first:filled].sort()
        counts[row] = filled - first
        for k in range(nodes):
            distance[found[k]] = _FAR
    return pairs[:filled].copy(), counts
