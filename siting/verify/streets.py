"""Walks over streets, with scipy's Dijkstra on pieces of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from siting.verify.joints import Joints, join, segment_lengths, segment_tree
from siting.verify.spread import Floats, Ints, in_strips, least_of_each, spread, whole_rows
from siting.walk.reach import Reach

if TYPE_CHECKING:
    from shapely import STRtree

    from siting.city.model import City, Streets

_SOURCES = 64  # targets searched from at a time
_WHOLE = 4_000  # networks with fewer junctions are not cut into pieces


@dataclass(frozen=True, eq=False)
class Network:
    """Streets made ready, with the places that join them.

    Attributes
    ----------
    streets
        At least one segment.
    tree
        Finds where points join them.
    length
        Whole millimetres of each segment.
    graph
        Junctions, both ways, in whole millimetres.
    homes
        Where the places join.
    by_node
        Row starts, places: who joins a segment that ends at each junction.
    by_segment
        Row starts, places: who joins each segment.
    """

    streets: Streets
    tree: STRtree
    length: Ints
    graph: sparse.csr_array
    homes: Joints
    by_node: tuple[Ints, Ints]
    by_segment: tuple[Ints, Ints]


def make_network(city: City, streets: Streets) -> Network:
    """Return the network of a city with at least one segment."""
    tree = segment_tree(streets)
    homes = join(streets, tree, city.places.x, city.places.y)
    length = segment_lengths(streets)
    return Network(
        streets=streets,
        tree=tree,
        length=length,
        graph=_graph(streets, length),
        homes=homes,
        by_node=_by_node(streets, homes),
        by_segment=_by_segment(streets, homes),
    )


def street_reach(network: Network, x: Floats, y: Floats, limit_mm: int) -> Reach:
    """Return who reaches targets at `x`, `y` within `limit_mm` along the streets.

    Targets that join the streets at one point are searched from once. They are taken in compact
    bundles; each bundle needs only the junctions within the limit of one of its segments' ends,
    because every shorter way runs through such junctions alone.
    """
    streets = network.streets
    doors, inverse = _distinct(join(streets, network.tree, x, y))
    node = streets.tail[doors.segment]
    order = in_strips(streets.node_x[node], streets.node_y[node], _SOURCES)
    parts = []
    for start in range(0, len(order), _SOURCES):
        some = order[start : start + _SOURCES]
        bundle = Joints(doors.segment[some], doors.position[some], doors.connector[some])
        parts.append(_of_bundle(network, bundle, limit_mm))

    count, place, mm = (np.concatenate([part[k] for part in parts]) for k in range(3))
    parts.clear()
    # Rows stand in bundle order; give every target the row of its door.
    row = np.empty(len(order), dtype=np.int64)
    row[order] = np.arange(len(order))
    row = row[inverse]
    start, stop = (np.cumsum(count) - count)[row], np.cumsum(count)[row]
    indptr = np.zeros(len(x) + 1, dtype=np.int64)
    np.cumsum(stop - start, out=indptr[1:])
    return Reach(
        indptr=indptr,
        place=whole_rows(place, start, stop),
        mm=whole_rows(mm, start, stop),
        limit_mm=limit_mm,
        places=len(network.homes),
    )


def _distinct(joints: Joints) -> tuple[Joints, Ints]:
    """Return each joint once, and for every point which of them is its own."""
    order = np.lexsort((joints.connector, joints.position, joints.segment))
    table = np.stack([joints.segment, joints.position, joints.connector], axis=1)[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (table[1:] != table[:-1]).any(axis=1)
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.cumsum(new) - 1
    segment, position, connector = table[new].T
    return Joints(segment, position, connector), inverse


def _graph(streets: Streets, length: Ints) -> sparse.csr_array:
    """Return the junctions' graph, both ways; of parallel segments the shortest.

    Built by hand because scipy would add up parallel segments. Loops lead nowhere and are left
    out; every length is at least 1, so that none is taken for a missing edge.
    """
    nodes = len(streets.node_x)
    a = np.concatenate([streets.tail, streets.head])
    b = np.concatenate([streets.head, streets.tail])
    mm = np.concatenate([length, length])
    keep = a != b
    a, b, mm = least_of_each(a[keep], b[keep], mm[keep])
    indptr = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(a, minlength=nodes), out=indptr[1:])
    return sparse.csr_array((mm.astype(np.float64), b, indptr), shape=(nodes, nodes))


def _by_node(streets: Streets, homes: Joints) -> tuple[Ints, Ints]:
    """Return for each junction (row starts, places) who joins a segment that ends there."""
    node = np.concatenate([streets.tail[homes.segment], streets.head[homes.segment]])
    indptr = np.zeros(len(streets.node_x) + 1, dtype=np.int64)
    np.cumsum(np.bincount(node, minlength=len(streets.node_x)), out=indptr[1:])
    return indptr, np.argsort(node, kind="stable") % len(homes)


def _by_segment(streets: Streets, homes: Joints) -> tuple[Ints, Ints]:
    """Return for each segment (row starts, places) who joins it."""
    indptr = np.zeros(len(streets) + 1, dtype=np.int64)
    np.cumsum(np.bincount(homes.segment, minlength=len(streets)), out=indptr[1:])
    return indptr, np.argsort(homes.segment, kind="stable")


def _nodes_near(network: Network, bundle: Joints, limit_mm: int) -> Ints:
    """Return the junctions within the limit of an end of the bundle's segments, at least."""
    graph, streets = network.graph, network.streets
    nodes = graph.shape[0]
    if nodes <= _WHOLE:
        return np.arange(nodes, dtype=np.int64)
    ends = np.unique(np.concatenate([streets.tail[bundle.segment], streets.head[bundle.segment]]))
    far = dijkstra(graph, directed=True, indices=ends, min_only=True, limit=limit_mm + 0.5)
    return np.flatnonzero(far <= limit_mm)


def _of_bundle(
    network: Network, bundle: Joints, limit_mm: int
) -> tuple[Ints, NDArray[np.int32], NDArray[np.int32]]:
    """Return how many places each source reaches, and place and millimetres of each pair.

    Whoever joins a segment is reached over one of its two ends, or straight along the segment.
    So the bundle's sources times the places near them make one table, and nothing is sorted.
    """
    near = _nodes_near(network, bundle, limit_mm)
    local = np.full(network.graph.shape[0], -1, dtype=np.int64)
    local[near] = np.arange(len(near))
    indptr, joined = network.by_node
    member, _ = spread(indptr[near], indptr[near + 1] - indptr[near])
    place = np.unique(joined[member])
    far = _to_junctions(network, bundle, near, local, limit_mm)
    homes, streets = network.homes, network.streets
    segment = homes.segment[place]
    ahead = homes.position[place]
    # Junctions that are not near stand last, out of reach.
    table = np.take(far, local[streets.tail[segment]], axis=1, mode="wrap")
    table += ahead
    over_head = np.take(far, local[streets.head[segment]], axis=1, mode="wrap")
    over_head += network.length[segment] - ahead
    np.minimum(table, over_head, out=table)
    table += homes.connector[place]
    source, there, mm = _along_segment(network, bundle)
    at = np.searchsorted(place, there)
    table[source, at] = np.minimum(table[source, at], mm)
    reached = table <= limit_mm
    cell = np.flatnonzero(reached)
    return (
        np.count_nonzero(reached, axis=1).astype(np.int64),
        place[cell % len(place)].astype(np.int32),
        table.ravel()[cell].astype(np.int32),
    )


def _to_junctions(
    network: Network, bundle: Joints, near: Ints, local: Ints, limit_mm: int
) -> Floats:
    """Return the whole millimetres from each source to each near junction, and infinity last.

    Parameters
    ----------
    near, local
        The near junctions, and for every junction its position among them, or -1.
    """
    graph, streets, length = network.graph, network.streets, network.length
    piece = graph if len(near) == graph.shape[0] else graph[near][:, near]
    junctions, sources = len(near), len(bundle)
    owner = np.tile(np.arange(sources, dtype=np.int64), 2)
    node = np.concatenate([streets.tail[bundle.segment], streets.head[bundle.segment]])
    first = np.concatenate([bundle.position, length[bundle.segment] - bundle.position])
    first += np.concatenate([bundle.connector, bundle.connector])
    # A first step may be 0 mm long, which sparse graphs may take for no edge: every way starts
    # with exactly one first step, so 1 mm is put on here and taken off below.
    owner, node, first = least_of_each(owner, local[node], first + 1)
    steps = np.cumsum(np.bincount(owner, minlength=sources))
    size = junctions + sources
    wide = sparse.csr_array(
        (
            np.concatenate([piece.data, first.astype(np.float64)]),
            np.concatenate([piece.indices, node]),
            np.concatenate([piece.indptr, piece.indptr[-1] + steps]),
        ),
        shape=(size, size),
    )
    far = dijkstra(wide, directed=True, indices=np.arange(junctions, size), limit=limit_mm + 1.5)
    far = far[:, : junctions + 1]
    far[:, junctions] = np.inf
    far -= 1.0
    return far


def _along_segment(network: Network, bundle: Joints) -> tuple[Ints, Ints, Ints]:
    """Return (source, place, mm) for pairs on one segment, walking straight along it."""
    homes = network.homes
    indptr, place = network.by_segment
    start = indptr[bundle.segment]
    member, source = spread(start, indptr[bundle.segment + 1] - start)
    there = place[member]
    mm = np.abs(homes.position[there] - bundle.position[source])
    mm += homes.connector[there] + bundle.connector[source]
    return source, there, mm
