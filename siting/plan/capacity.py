"""Residents whom outlets have room for, where a question enforces capacity (C12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from siting.plan.standing import by_community, outlets_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siting.gaps.needs import Gaps
    from siting.standard.options import Options
    from siting.walk.reach import Reach

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ADD_ON = "add_on"
ADD_ON_SHARE = 0.5  # of the residents that a whole outlet has room for


@dataclass(frozen=True, eq=False)
class Room:
    """Who could be held of one type.

    Attributes
    ----------
    points
        Need points of one resident held.
    new
        Residents who gain the type, by community.
    spare
        Room in the existing outlets of each community beyond whom they serve.
    project, community
        Pairs of a project of the type and a community where it reaches residents without it.
    holds
        Residents each project has room for.
    """

    points: float
    new: Floats
    spare: Floats
    project: Ints
    community: Ints
    holds: Floats


def find_room(
    gaps: Gaps,
    options: Options,
    reach: Mapping[str, Reach],
    chosen: Ints,
    served: NDArray[np.bool_],
    t: int,
) -> Room:
    """Return the room for one type that states its residents per outlet."""
    city, standard = gaps.city, gaps.standard
    size = len(city.communities)
    each = standard.types[t].residents_per_outlet or 0.0
    d = gaps.counting(t)
    demand = gaps.demands[d]
    residents, home = gaps.residents[demand.group], city.places.community

    def counted(mask: NDArray[np.bool_]) -> Floats:
        return np.bincount(home, weights=residents * mask, minlength=size).astype(np.float64)

    outlets = by_community(city, standard, *outlets_of(city, standard))[t]
    mine = options.space[chosen[options.type[chosen] == t]]
    walks = reach[gaps.groups[demand.group]]
    without = ~gaps.served[d] & (residents > 0)
    reached = [walks.within(mine[[k]], demand.limit_mm) for k in range(len(mine))]
    near = [np.unique(home[places[without[places]]]) for places in reached]
    add_on = (city.spaces.kind[mine] == ADD_ON).astype(bool)
    return Room(
        points=demand.points,
        new=counted(served[d] & ~gaps.served[d]),
        spare=np.maximum(0.0, outlets * each - counted(gaps.served[d])),
        project=np.repeat(np.arange(len(mine)), [len(c) for c in near]),
        community=np.concatenate([np.empty(0, dtype=np.int64), *near]),
        holds=each * np.where(add_on, ADD_ON_SHARE, 1.0),
    )


def most_points(room: Room) -> float:
    """Return the most need points one type's room allows."""
    return _solve([room], None)


def best_worst_share(rooms: Sequence[Room], others: Floats, could: Floats) -> float:
    """Return the largest least share of what circles could gain that the room allows.

    Parameters
    ----------
    others
        Points gained of the types without such limits, by community.
    could
        Points each community could gain; those with 0 do not count.
    """
    return _solve(rooms, (others, could)) if (could > 0).any() else 1.0


def _solve(rooms: Sequence[Room], shares: tuple[Floats, Floats] | None) -> float:
    """Return the optimum of a linear programme.

    Its columns are, room after room, the residents held in each community and those that each
    pair's project takes from the community; with `shares`, the least share stands last.
    """
    from scipy import sparse
    from scipy.optimize import linprog

    size = len(rooms[0].new)
    row, column, entry = [], [], []
    right, upper, value = [], [], []
    rows = columns = 0
    held = []
    for room in rooms:
        pairs = np.arange(len(room.project)) + columns + size
        circles = np.arange(size)
        held.append(circles + columns)
        # residents held <= spare room + those taken; those a project takes <= its room
        row += [rows + circles, rows + room.community, rows + size + room.project]
        column += [columns + circles, pairs, pairs]
        entry += [np.ones(size), -np.ones(len(pairs)), np.ones(len(pairs))]
        right += [room.spare, room.holds]
        upper += [room.new, np.full(len(pairs), np.inf)]
        value += [np.full(size, -room.points), np.zeros(len(pairs))]
        rows += size + len(room.holds)
        columns += size + len(pairs)
    goal = np.concatenate(value)
    if shares is not None:
        others, could = shares
        counted = np.flatnonzero(could > 0)
        # could x share - points held <= points of the other types
        at = rows + np.arange(len(counted))
        for room, mine in zip(rooms, held, strict=True):
            row.append(at)
            column.append(mine[counted])
            entry.append(np.full(len(counted), -room.points))
        row.append(at)
        column.append(np.full(len(counted), columns))
        entry.append(could[counted])
        right.append(others[counted])
        upper.append(np.ones(1))
        goal = np.append(np.zeros(columns), -1.0)
        rows, columns = rows + len(counted), columns + 1
    place = (np.concatenate(row), np.concatenate(column))
    matrix = sparse.csr_array((np.concatenate(entry), place), shape=(rows, columns))
    most = np.concatenate(upper)
    found = linprog(
        goal,
        A_ub=cast("Any", matrix),
        b_ub=np.concatenate(right),
        bounds=cast("Any", np.stack([np.zeros(columns), most], axis=1)),
    )
    return -float(cast("float", found.fun))
