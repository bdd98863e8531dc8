"""Residents whom outlets have room for, where a question enforces capacity (C12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from siting.plan.standing import by_community, outlets_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scipy import sparse

    from siting.gaps.needs import Gaps
    from siting.standard.options import Options
    from siting.walk.reach import Reach

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ADD_ON = "add_on"
ADD_ON_SHARE = 0.5  # of the residents that a whole outlet has room for
_KEPT = 1e-10  # of a share: so much less is still kept, so that rounding excludes nothing
_PRICED = 1e-6  # prices of the rows of circles that rise add up to 1


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
    flow = _flow([room])
    worth = np.asarray(flow.points.sum(axis=0), dtype=np.float64)
    return float(worth @ _best(flow, worth).held)


def beyond_room(room: Room) -> Floats:
    """Return by community the residents who gain the type by reach, but find no room.

    As many as can be find room. Which communities they live in may be open where a project serves
    several: then the first of them has it first, so that there is one answer (what room allows is
    a polymatroid, of which falling weights have one best point).
    """
    size = len(room.new)
    flow = _flow([room])
    worth = np.zeros(flow.matrix.shape[1])
    worth[:size] = 2.0 - np.arange(size) / size
    beyond: Floats = np.maximum(room.new - _best(flow, worth).held[:size], 0.0)
    return beyond


def fairest_points(rooms: Sequence[Room], others: Floats, could: Floats) -> Floats:
    """Return the points each community gains when room goes to the worst circle first.

    Sorted from the worst, the shares of what circles could gain are as large as can be, the first
    before the second and so on. What room allows is convex, so that only one division does this:
    raise all shares together, leave behind the circles that hold the others back, and go on.

    Parameters
    ----------
    others
        Points gained of the types without such limits, by community.
    could
        Points each community could gain; those with 0 do not count.
    """
    from scipy import sparse

    flow = _flow(rooms)
    counted = np.flatnonzero(could > 0)
    gained = sparse.diags_array(1.0 / could[counted]) @ flow.points[counted]
    has = others[counted] / could[counted]
    level = np.full(len(counted), np.nan)
    while np.isnan(level).any():
        rises = np.isnan(level)
        # the common share of those that rise <= their own; the others keep theirs
        least = np.where(rises, 0.0, level - _KEPT)
        share = sparse.csr_array(rises[:, None].astype(np.float64))
        best = _best(flow, np.zeros(gained.shape[1]), sparse.hstack([-gained, share]), has - least)
        behind = rises & (best.prices > _PRICED)
        if not behind.any():  # nothing holds them back: they have all they could
            behind = rises
        level[behind] = best.share
    found = np.zeros(len(could))
    found[counted] = level * could[counted]
    return found


@dataclass(frozen=True, eq=False)
class _Flow:
    """Residents held of some types, as rows of a linear programme.

    Its columns are, room after room, the residents held in each community and those that each
    pair's project takes from the community.

    Attributes
    ----------
    matrix, right, upper
        ``matrix @ columns <= right``, and ``0 <= columns <= upper``.
    points
        Need points by community that one resident of each column is, shape (communities, columns).
    """

    matrix: sparse.csr_array
    right: Floats
    upper: Floats
    points: sparse.csr_array


def _flow(rooms: Sequence[Room]) -> _Flow:
    from scipy import sparse

    size = len(rooms[0].new)
    row, column, entry = [], [], []
    right, upper, points = [], [], []
    rows = columns = 0
    circles = np.arange(size)
    for room in rooms:
        pairs = np.arange(len(room.project)) + columns + size
        # residents held <= spare room + those taken; those a project takes <= its room
        row += [rows + circles, rows + room.community, rows + size + room.project]
        column += [columns + circles, pairs, pairs]
        entry += [np.ones(size), -np.ones(len(pairs)), np.ones(len(pairs))]
        right += [room.spare, room.holds]
        upper += [room.new, np.full(len(pairs), np.inf)]
        points += [room.points * sparse.eye_array(size), sparse.csr_array((size, len(pairs)))]
        rows += size + len(room.holds)
        columns += size + len(pairs)
    place = (np.concatenate(row), np.concatenate(column))
    return _Flow(
        matrix=sparse.csr_array((np.concatenate(entry), place), shape=(rows, columns)),
        right=np.concatenate(right),
        upper=np.concatenate(upper),
        points=sparse.csr_array(sparse.hstack(points)),
    )


@dataclass(frozen=True, eq=False)
class _Best:
    """Columns of the best flow, the common share, and what each further row holds back."""

    held: Floats
    share: float
    prices: Floats


def _best(
    flow: _Flow,
    worth: Floats,
    further: sparse.csr_array | None = None,
    most: Floats | None = None,
) -> _Best:
    """Return the flow of most worth plus common share.

    Parameters
    ----------
    further, most
        Rows ``further @ (columns, share) <= most``; without them there is no common share.
    """
    from scipy import sparse
    from scipy.optimize import linprog

    rows, columns = flow.matrix.shape
    matrix = sparse.hstack([flow.matrix, sparse.csr_array((rows, 1))])
    right, top = flow.right, 0.0
    if further is not None and most is not None:
        matrix, right, top = sparse.vstack([matrix, further]), np.concatenate([right, most]), 1.0
    found = linprog(
        -np.append(worth, 1.0),
        A_ub=cast("Any", sparse.csr_array(matrix)),
        b_ub=right,
        bounds=cast("Any", np.stack([np.zeros(columns + 1), np.append(flow.upper, top)], axis=1)),
    )
    values = cast("Floats", found.x)
    prices: Floats = -found.ineqlin.marginals[rows:]
    return _Best(values[:-1], float(values[-1]), prices)
