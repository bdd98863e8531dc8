"""Residents whom outlets have room for, where the question enforces capacity (C12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from siting.verify.circles import outlets_standing

_LESS = 1e-10  # of a share: rounding
_HOLDS = 1e-6  # the prices of all communities that rise add up to 1

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City, Floats, Ints
    from siting.standard.model import Question
    from siting.verify.recount import Recount, TypeCount


def limited_types(question: Question) -> frozenset[str]:
    """Return the types of which only residents count whom outlets have room for."""
    if "capacity" not in question.enforce:
        return frozenset()
    types = question.standard.types
    return frozenset(k.id for k in types if k.asks and k.residents_per_outlet is not None)


def points_held(city: City, count: TypeCount, projects: list[tuple[int, str]]) -> float:
    """Return the most need points that the room in outlets of one type allows."""
    flows = _flows(city, [count], projects)
    worth = flows.worth
    return float(worth @ _best(flows, worth)[0])


def beyond_room(city: City, count: TypeCount, projects: list[tuple[int, str]]) -> Floats:
    """Return by community who has one type newly in reach, but no room when most have it.

    Where that leaves open who has the room, it goes to the community that is listed first.
    """
    flows = _flows(city, [count], projects)
    first = 1.0 + (flows.communities - flows.sink) / flows.communities
    moved = _best(flows, first)[0]
    held = np.bincount(flows.sink, weights=moved, minlength=flows.communities)
    found: Floats = np.maximum(count.new - held, 0.0)
    return found


def fairest_held(
    city: City,
    question: Question,
    right: Recount,
    could: Floats,
    projects: list[tuple[int, str]],
) -> Floats:
    """Return the points each community gains when room goes to the worst circle first.

    The worst share of what a circle could gain is as large as can be, then the second, and so on:
    each round finds the largest share that all the others can have together, and which of them
    cannot have more.
    """
    limited = limited_types(question)
    plain = np.zeros(len(could))
    for count in right.types:
        if count.kind.id not in limited:
            plain += count.points
    flows = _flows(city, [c for c in right.types if c.kind.id in limited], projects)
    final = np.where(could > 0, -1.0, 0.0)
    while (final < 0).any():
        _, level, held_back = _best(flows, np.zeros(len(flows.worth)), (could, plain, final))
        stays = (final < 0) & held_back
        final[stays if stays.any() else final < 0] = level
    return final * could


@dataclass(frozen=True, eq=False)
class _Flows:
    """Flows of residents from room to communities.

    A flow goes from the spare room of a community's outlets into the community, or from a
    project into a community where it reaches residents without the type. A source has only so
    much `room`, and only those `wanted` gain a type in a community.
    """

    communities: int
    source: Ints
    sink: Ints
    worth: Floats
    room: Floats
    wanted: Floats


def _flows(city: City, counts: list[TypeCount], projects: list[tuple[int, str]]) -> _Flows:
    size = len(city.communities)
    standing = outlets_standing(city)
    room: list[float] = []
    source, sink, worth = [], [], []
    for k, count in enumerate(counts):
        each = count.kind.residents_per_outlet or 0.0
        project, home = count.meets
        source += [len(room) + np.arange(size), len(room) + size + project]
        sink += [k * size + np.arange(size), k * size + home]
        worth.append(np.full(size + len(project), count.each))
        for c in range(size):
            held = standing[count.kind.id, c] * each
            room.append(max(0.0, held - float(count.before[c])))
        for p in count.projects:
            half = city.spaces.kind[projects[p][0]] == "add_on"
            room.append(each / 2 if half else each)
    return _Flows(
        communities=size,
        source=np.concatenate(source),
        sink=np.concatenate(sink),
        worth=np.concatenate(worth),
        room=np.array(room),
        wanted=np.concatenate([count.new for count in counts]),
    )


def _best(
    flows: _Flows, value: Floats, shares: tuple[Floats, Floats, Floats] | None = None
) -> tuple[Floats, float, NDArray[np.bool_]]:
    """Return the flows of most value, the common share, and whom it holds at that share.

    With `shares` (could gain, has otherwise, share that is final or -1) the common share of all
    that have no final one is made as large as can be; else it is 0.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    size, count = flows.communities, len(flows.source)
    each = np.arange(count)
    parts = [
        (flows.source, each, np.ones(count)),
        (len(flows.room) + flows.sink, each, np.ones(count)),
    ]
    most = [flows.room, flows.wanted]
    start = len(flows.room) + len(flows.wanted)
    rising = np.zeros(size, dtype=bool)
    if shares is not None:
        could, has, final = shares
        rising = final < 0
        # in shares, so that prices of communities can be compared
        scale = np.where(could > 0, could, 1.0)
        parts += [
            (start + flows.sink % size, each, -flows.worth / scale[flows.sink % size]),
            (
                start + np.flatnonzero(rising),
                np.full(int(rising.sum()), count),
                np.ones(size)[rising],
            ),
        ]
        most.append(np.where(rising, has, has - final * could) / scale + _LESS)
    row, column, entry = (np.concatenate([part[k] for part in parts]) for k in range(3))
    limit = np.concatenate(most)
    matrix = csr_array((entry, (row, column)), shape=(len(limit), count + 1))
    upper = np.append(np.full(count, np.inf), 1.0 if rising.any() else 0.0)
    found = linprog(
        -np.append(value, 1.0),
        A_ub=cast("Any", matrix),
        b_ub=limit,
        bounds=cast("Any", np.stack([np.zeros(count + 1), upper], axis=1)),
    )
    values = cast("Floats", found.x)
    held_back = np.zeros(size, dtype=bool)
    if shares is not None:
        held_back = rising & (found.ineqlin.marginals[start:] < -_HOLDS)
    return values[:-1], float(values[-1]), held_back
