"""Cities for the tests of `siting.verify`, made from the records alone, and a slow way to walk."""

from __future__ import annotations

import heapq
import math

import numpy as np

from siting.city.model import City, GivenWalks, Outlets, Places, Spaces, Streets, Walking


def words(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def make_places(x, y, community=None, **residents):
    n = len(x)
    counts = {g: np.array(v, dtype=float) for g, v in residents.items()}
    counts.setdefault("everyone", np.ones(n))
    return Places(
        id=words([f"P{i}" for i in range(n)]),
        x=np.array(x, dtype=float),
        y=np.array(y, dtype=float),
        community=np.array(community or [0] * n, dtype=np.int64),
        residents=counts,
    )


def make_outlets(x, y, types, community=None):
    n = len(x)
    return Outlets(
        id=words([f"O{i}" for i in range(n)]),
        x=np.array(x, dtype=float),
        y=np.array(y, dtype=float),
        community=np.array(community or [0] * n, dtype=np.int64),
        types=words([tuple(t) for t in types]),
        area_m2=np.full(n, np.nan),
        chain=np.full(n, np.nan),
        spare_m2=np.zeros(n),
    )


def make_spaces(x, y, area_m2=None, community=None, **fields):
    n = len(x)
    return Spaces(
        id=words([f"S{i}" for i in range(n)]),
        x=np.array(x, dtype=float),
        y=np.array(y, dtype=float),
        community=np.array(community or [0] * n, dtype=np.int64),
        area_m2=np.array(area_m2 if area_m2 is not None else [100.0] * n, dtype=float),
        rent_m2_month=np.array(fields.get("rent", [0.0] * n), dtype=float),
        kind=words(fields.get("kind", ["shop"] * n)),
        floor=np.array(fields.get("floor", [1] * n), dtype=np.int64),
        features=words([frozenset()] * n),
        max_types=np.array(fields.get("max_types", [3] * n), dtype=np.int64),
        min_types=np.array(fields.get("min_types", [1] * n), dtype=np.int64),
        capital_m2=np.full(n, np.nan),
        capital_fixed=np.array(fields.get("fixed", [0.0] * n), dtype=float),
    )


def make_city(places, outlets, spaces, communities=("A",), walking=None, **fields):
    return City(
        name="test",
        places=places,
        outlets=outlets,
        spaces=spaces,
        communities=tuple(communities),
        walking=walking or Walking(),
        **fields,
    )


def make_streets(x, y, segments, length_m=None):
    tail, head = np.array(segments, dtype=np.int64).reshape(-1, 2).T
    x, y = np.array(x, dtype=float), np.array(y, dtype=float)
    if length_m is None:
        length_m = np.maximum(np.hypot(x[tail] - x[head], y[tail] - y[head]), 1e-3)
    return Streets(x, y, tail, head, np.array(length_m, dtype=float))


def make_walks(rows, unit="metres"):
    """Rows are (place, target, is_space, group, amount)."""
    place, target, is_space, group, amount = zip(*rows, strict=True)
    return GivenWalks(
        place=np.array(place, dtype=np.int64),
        target=np.array(target, dtype=np.int64),
        is_space=np.array(is_space, dtype=bool),
        group=words(list(group)),
        amount=np.array(amount, dtype=float),
        unit=unit,
    )


def rint(value):
    """Round half to even, as the contract does."""
    return round(value)


def slow_join(streets, px, py):
    """Return (connector mm, segment, position mm) by looking at every segment."""
    best = None
    for k in range(len(streets)):
        a, b = streets.tail[k], streets.head[k]
        ax, ay = float(streets.node_x[a]), float(streets.node_y[a])
        dx, dy = float(streets.node_x[b]) - ax, float(streets.node_y[b]) - ay
        l2 = dx * dx + dy * dy
        f = 0.0 if l2 == 0 else min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / l2))
        qx, qy = ax + f * dx, ay + f * dy
        connector = rint(math.sqrt((px - qx) ** 2 + (py - qy) ** 2) * 1000)
        length = max(1, rint(float(streets.length_m[k]) * 1000))
        if best is None or connector < best[0]:
            best = (connector, k, rint(f * length))
    return best


def slow_streets(streets, source, places):
    """Return millimetres from a point to each place, None where there is no way."""
    length = [max(1, rint(float(v) * 1000)) for v in streets.length_m]
    ways = {n: [] for n in range(len(streets.node_x))}
    for k, (a, b) in enumerate(zip(streets.tail.tolist(), streets.head.tolist(), strict=True)):
        ways[a].append((b, length[k]))
        ways[b].append((a, length[k]))
    off, segment, position = slow_join(streets, *source)
    far = {}
    queue = [
        (off + position, int(streets.tail[segment])),
        (off + length[segment] - position, int(streets.head[segment])),
    ]
    heapq.heapify(queue)
    while queue:
        mm, node = heapq.heappop(queue)
        if node in far:
            continue
        far[node] = mm
        for other, step in ways[node]:
            heapq.heappush(queue, (mm + step, other))
    found = []
    for place in places:
        p_off, p_segment, p_position = slow_join(streets, *place)
        tail, head = int(streets.tail[p_segment]), int(streets.head[p_segment])
        candidates = [far[tail] + p_position + p_off] if tail in far else []
        if head in far:
            candidates.append(far[head] + length[p_segment] - p_position + p_off)
        if p_segment == segment:
            candidates.append(off + abs(p_position - position) + p_off)
        found.append(min(candidates) if candidates else None)
    return found
