"""Streets from lines, or from tables of nodes and edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import ids, numbers, words
from siting.city.coordinates import to_metric
from siting.city.model import Streets
from siting.city.positions import in_metres, positions, table_crs

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats, Ints, Words
    from siting.city.tables import Table

_LINES = (1, 2, 5)
"""Shapely's numbers for a line, a ring and several lines."""


def streets_of_lines(
    table: Table,
    stated: str | None,
    city_crs: str | None,
    metric_crs: str | None,
    findings: Findings,
) -> Streets | None:
    """Return the network of lines: every two neighbouring vertices are a segment.

    Vertices equal to the millimetre are one node; segments shorter than that are dropped.
    """
    import shapely

    shapes = table.geometry
    if shapes is None:
        findings.fault("city.no_lines", file=table.file)
        return None
    lines = np.isin(shapely.get_type_id(shapes), _LINES)
    if not lines.all():
        findings.fault_rows("city.not_line", table, None, ~lines)
        return None
    crs = table_crs(table, stated, city_crs, findings)
    single = shapely.get_parts(shapes)
    xy, of_line = shapely.get_coordinates(single, return_index=True)
    x, y = to_metric(xy[:, 0], xy[:, 1], crs, metric_crs)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        findings.fault("city.beyond_crs", file=table.file, crs=crs, metric=metric_crs)
        return None
    node, first = _same_to_the_millimetre(x, y)
    follows = of_line[1:] == of_line[:-1]
    tail, head = node[:-1][follows], node[1:][follows]
    node_x, node_y = x[first], y[first]
    keep = tail != head
    return _network(node_x, node_y, tail[keep], head[keep], None, table.file, findings)


def streets_of_tables(
    nodes: Table,
    edges: Table,
    stated: str | None,
    city_crs: str | None,
    metric_crs: str | None,
    findings: Findings,
) -> Streets | None:
    """Return the network of a table of nodes and one of edges.

    Without a length an edge is as long as the straight line between its ends.
    """
    before = len(findings.faults)
    node_ids = ids(nodes, findings, "node")
    x, y = in_metres(nodes, positions(nodes, stated, city_crs, findings), metric_crs, findings)
    tail = _ends(edges, "from", node_ids, nodes.file, findings)
    head = _ends(edges, "to", node_ids, nodes.file, findings)
    length = numbers(edges, "length_m", findings, default=np.nan, above=0.0)
    if len(findings.faults) > before:
        return None
    return _network(x, y, tail, head, length, edges.file, findings)


def _ends(edges: Table, name: str, node_ids: Words, nodes_file: str, findings: Findings) -> Ints:
    """Return the node index of one end of every edge, -1 for a fault."""
    column = edges.columns[name]
    findings.fault_rows("city.empty", edges, column, column.blank)
    found = index_of(words(edges, name), node_ids)
    findings.fault_rows(
        "city.unknown_node", edges, column, (found < 0) & ~column.blank, nodes=nodes_file
    )
    return found


def index_of(wanted: Words, among: Words) -> Ints:
    """Return the position of each word of `wanted` in `among`, -1 where there is none."""
    import pandas as pd

    index = pd.Index(among)
    if not index.is_unique:
        # Repeated ids are a fault of their own; here the first one counts.
        first = ~index.duplicated()
        found = index[first].get_indexer(pd.Index(wanted))
        return np.where(found < 0, -1, np.flatnonzero(first)[found]).astype(np.int64)
    return np.asarray(index.get_indexer(pd.Index(wanted)), dtype=np.int64)


def _same_to_the_millimetre(x: Floats, y: Floats) -> tuple[Ints, Ints]:
    """Return the node of each vertex, and a vertex of each node."""
    mm_x, mm_y = np.rint(x * 1000.0), np.rint(y * 1000.0)
    order = np.lexsort((y, x, mm_y, mm_x))
    changes: Bools = np.ones(len(order), dtype=np.bool_)
    changes[1:] = (np.diff(mm_x[order]) != 0) | (np.diff(mm_y[order]) != 0)
    node = np.empty(len(order), dtype=np.int64)
    node[order] = np.cumsum(changes) - 1
    return node, order[changes]


def _network(
    x: Floats,
    y: Floats,
    tail: Ints,
    head: Ints,
    length: Floats | None,
    file: str,
    findings: Findings,
) -> Streets | None:
    straight = np.hypot(x[head] - x[tail], y[head] - y[tail])
    length_m = straight if length is None else np.where(np.isnan(length), straight, length)
    keep = (tail != head) & (length_m > 0.0)
    if not keep.any():
        findings.fault("city.no_segments", file=file)
        return None
    return Streets(x, y, *_by_position(x, y, tail[keep], head[keep], length_m[keep]))


def _by_position(
    x: Floats, y: Floats, tail: Ints, head: Ints, length_m: Floats
) -> tuple[Ints, Ints, Floats]:
    """Return the segments from west to east, each from its western end; south before north.

    Of several segments equally near, a point joins the first one: which that is may not depend on
    the order of rows in a file, nor on the end from which a street was drawn.
    """
    x, y = np.rint(x * 1000.0), np.rint(y * 1000.0)  # from degrees they come a little different
    turned = (x[tail] > x[head]) | ((x[tail] == x[head]) & (y[tail] > y[head]))
    tail, head = np.where(turned, head, tail), np.where(turned, tail, head)
    order = np.lexsort((length_m, y[head], x[head], y[tail], x[tail]))
    return tail[order], head[order], length_m[order]
