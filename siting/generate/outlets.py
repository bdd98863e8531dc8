"""Existing outlets, as many of each type as leave a wanted share of residents without it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from siting.generate.streets import Floats, Grid, Ints, Rng, Spots, beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.generate.residents import People

LACKING = (0.24, 0.76)
"""Range, over the types, of the share of residents to be left without a type."""
CLOSE = 0.015
"""How near its aim a share should come."""
BOUNDS = (0.15, 0.85)
"""What a share must lie between."""
TRIALS = 20
"""At most so many measurements of one type."""
MOVED = 30
"""Up to so many outlets of a type, the last one is moved about if that helps."""
ADD_ON = 0.1
"""Share of the outlets that move in with an outlet of an earlier type."""

CHAIN = 0.32
"""Share of the outlets that belong to a chain."""


@dataclass(frozen=True)
class Asked:
    """What the calibration has to know of a type.

    Attributes
    ----------
    id
        The type.
    metres
        How far the counting group walks within the type's minutes.
    group
        The counting group, or ``everyone`` where the city does not count it.
    """

    id: str
    metres: float
    group: str


@dataclass(frozen=True, eq=False)
class Existing:
    """The generated outlets; arrays of shape (n,).

    Attributes
    ----------
    spots
        Where they lie.
    types
        Type words joined by semicolons.
    chain
        1 for an outlet of a chain, else 0.
    lacking
        Share of each type's counting group that no outlet reaches, as measured here.
    """

    spots: Spots
    types: NDArray[np.object_]
    chain: Ints
    lacking: dict[str, float]


@dataclass(frozen=True, eq=False)
class Network:
    """The streets as compressed sparse rows, each segment both ways."""

    data: Floats
    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]


def make_outlets(rng: Rng, grid: Grid, people: People, asked: tuple[Asked, ...]) -> Existing:
    """Return outlets of every type asked for, their numbers calibrated type by type."""
    network = _network(grid)
    aims = rng.permutation(np.linspace(*LACKING, len(asked)))
    open_spots = people.spots.take(np.empty(0, dtype=np.int64))
    open_types: list[str] = []
    lacking: dict[str, float] = {}
    for one, aim in zip(asked, aims, strict=True):
        candidates, site = _candidates(rng, grid, people, one.metres, open_spots)
        heads = people.residents[one.group].astype(np.float64)
        if not heads.any():
            heads = people.residents["everyone"].astype(np.float64)
        picked, lacking[one.id] = _calibrate(
            _measure(network, grid, people.spots, candidates, heads, one.metres),
            len(candidates),
            max(1, round(math.log(1 / aim) * grid.area_km2 / _ground_km2(one.metres))),
            float(aim),
        )
        for at in site[picked][site[picked] >= 0]:
            open_types[at] += ";" + one.id
        new = picked[site[picked] < 0]
        open_types += [one.id] * len(new)
        open_spots = _join(open_spots, candidates.take(new))
    order = rng.permutation(len(open_types))
    types = np.array(open_types, dtype=object)[order]
    chain = (rng.random(len(order)) < CHAIN).astype(np.int64)
    return Existing(open_spots.take(order), types, chain, lacking)


def nearest_m(
    network: Network, grid: Grid, outlets: Spots, places: Spots, limit_m: float
) -> Floats:
    """Return the walk from each place to its nearest outlet, inf beyond the limit.

    It leads off the street, along the segments and off the street again; a pair on the same
    segment walks by way of one of its ends, a few metres more than needed.
    """
    nodes = len(grid.x)
    ends = np.concatenate([grid.tail[outlets.segment], grid.head[outlets.segment]])
    way = np.concatenate([outlets.to_tail, outlets.to_head])
    order = np.lexsort((way, ends))
    ends, way = ends[order], way[order]
    first = np.ones(len(ends), dtype=np.bool_)
    first[1:] = ends[1:] != ends[:-1]
    # One more node, from which all outlets are reached at once.
    graph = sparse.csr_array(
        (
            np.concatenate([network.data, way[first]]),
            np.concatenate([network.indices, ends[first].astype(np.int32)]),
            np.append(network.indptr, np.int32(len(network.data) + first.sum())),
        ),
        shape=(nodes + 1, nodes + 1),
    )
    reached = dijkstra(graph, indices=np.array([nodes]), limit=limit_m)[0]
    walk = np.minimum(
        reached[grid.tail[places.segment]] + places.to_tail,
        reached[grid.head[places.segment]] + places.to_head,
    )
    return np.where(walk <= limit_m, walk, np.inf)


def _network(grid: Grid) -> Network:
    nodes = len(grid.x)
    both = sparse.coo_array(
        (
            np.concatenate([grid.length_m, grid.length_m]),
            (
                np.concatenate([grid.tail, grid.head]),
                np.concatenate([grid.head, grid.tail]),
            ),
        ),
        shape=(nodes, nodes),
    ).tocsr()
    return Network(both.data, both.indices.astype(np.int32), both.indptr.astype(np.int32))


def _ground_km2(metres: float) -> float:
    """Return about how much ground one outlet serves on a street grid (a square on its corner)."""
    return 1.6 * (metres / 1000.0) ** 2


def _candidates(
    rng: Rng, grid: Grid, people: People, metres: float, opened: Spots
) -> tuple[Spots, Ints]:
    """Return more spots than a type can need, in random order, and each one's outlet or -1."""
    n = 40 + math.ceil(6.0 * grid.area_km2 / _ground_km2(metres))
    # Some types follow the residents, others are strewn about.
    follows = rng.uniform(0.3, 0.85)
    homes = people.spots.segment[rng.integers(len(people.spots), size=n)]
    anywhere = rng.integers(len(grid.tail), size=n)
    fresh = beside(rng, grid, np.where(rng.random(n) < follows, homes, anywhere), 3.0, 16.0)
    shared = rng.permutation(len(opened))[: round(ADD_ON * n)]
    site = np.concatenate([np.full(n, -1), shared])
    order = rng.permutation(len(site))
    return _join(fresh, opened.take(shared)).take(order), site[order]


def _join(one: Spots, other: Spots) -> Spots:
    return Spots(
        np.concatenate([one.x, other.x]),
        np.concatenate([one.y, other.y]),
        np.concatenate([one.segment, other.segment]),
        np.concatenate([one.to_tail, other.to_tail]),
        np.concatenate([one.to_head, other.to_head]),
    )


def _measure(
    network: Network, grid: Grid, places: Spots, candidates: Spots, heads: Floats, limit_m: float
) -> Callable[[Ints], float]:
    """Return a function: the share of heads that the picked candidates leave out of reach."""

    def lacking(picked: Ints) -> float:
        near = nearest_m(network, grid, candidates.take(picked), places, limit_m)
        return float(heads[np.isinf(near)].sum() / heads.sum())

    return lacking


def _calibrate(
    lacking: Callable[[Ints], float], candidates: int, guess: int, aim: float
) -> tuple[Ints, float]:
    """Return the first candidates that leave about `aim` without the type, and what they leave.

    The share left falls with the number of outlets roughly as exp(-(m / s) ^ 0.8); a trial
    corrects the number by that law inside the bracket known so far, every second one halves it.
    """
    few, many = 0, candidates + 1
    best, share = np.empty(0, dtype=np.int64), 1.0
    number = min(guess, candidates)
    for trial in range(TRIALS):
        picked = np.arange(number)
        left = lacking(picked)
        if _miss(left, aim) < _miss(share, aim):
            best, share = picked, left
        if left > aim:
            few = number
        else:
            many = number
        if _miss(share, aim) <= CLOSE or many - few <= 1:
            break
        inside = min(max(left, 1e-4), 1 - 1e-4)
        step = (math.log(-math.log(aim)) - math.log(-math.log(inside))) / 0.8
        number = round(number * math.exp(step)) if trial % 2 == 0 else (few + many) // 2
        number = min(max(number, few + 1), many - 1)
    # A small city has few outlets of a type: try other sites for the last one.
    for last in range(many, candidates) if many <= MOVED else ():
        if _miss(share, aim) <= CLOSE:
            break
        picked = np.append(np.arange(many - 1), last)
        left = lacking(picked)
        if _miss(left, aim) < _miss(share, aim):
            best, share = picked, left
    return best, share


def _miss(share: float, aim: float) -> float:
    """Return how far a share is from its aim; one out of bounds is worse than any within."""
    return abs(share - aim) + (0.0 if BOUNDS[0] < share < BOUNDS[1] else 1.0)
