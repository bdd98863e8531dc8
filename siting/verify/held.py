"""Residents whom outlets have room for, where the question enforces capacity (C12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from siting.verify.circles import outlets_standing

if TYPE_CHECKING:
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
    return _best(_flows(city, [count], projects), None)


def worst_held(
    city: City,
    question: Question,
    right: Recount,
    could: Floats,
    projects: list[tuple[int, str]],
) -> float:
    """Return the largest least share of what circles could gain that the room allows."""
    if not (could > 0).any():
        return 1.0
    limited = limited_types(question)
    plain = np.zeros(len(could))
    for count in right.types:
        if count.kind.id not in limited:
            plain += count.points
    counts = [count for count in right.types if count.kind.id in limited]
    return _best(_flows(city, counts, projects), (could, plain))


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


def _best(flows: _Flows, shares: tuple[Floats, Floats] | None) -> float:
    """Return the most worth; or with `shares` (could gain, has otherwise) the largest least one."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    size, count = flows.communities, len(flows.source)
    each = np.arange(count)
    parts = [
        (flows.source, each, np.ones(count)),
        (len(flows.room) + flows.sink, each, np.ones(count)),
    ]
    most = [flows.room, flows.wanted]
    value, top = flows.worth, np.full(count, np.inf)
    if shares is not None:
        could, has = shares
        start = len(flows.room) + len(flows.wanted)
        parts += [
            (start + flows.sink % size, each, -flows.worth),
            (start + np.arange(size), np.full(size, count), could),
        ]
        most.append(has)
        value, top = np.append(np.zeros(count), 1.0), np.append(top, 1.0)
    row, column, entry = (np.concatenate([part[k] for part in parts]) for k in range(3))
    limit = np.concatenate(most)
    matrix = csr_array((entry, (row, column)), shape=(len(limit), len(value)))
    found = linprog(
        -value,
        A_ub=cast("Any", matrix),
        b_ub=limit,
        bounds=cast("Any", np.stack([np.zeros(len(value)), top], axis=1)),
    )
    return -float(cast("float", found.fun))
