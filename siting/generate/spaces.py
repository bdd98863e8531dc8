"""Vacant spaces: idle plants, shops, sheds, kiosks, basements and community rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from siting.generate.residents import People, community_of
from siting.generate.streets import Floats, Grid, Ints, Rng, Spots, beside

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEATURES = ("accessible", "flue", "gas", "loading", "outdoor", "power", "water")

SHARED = 0.25
"""Share of the spaces that may hold two to four types."""
SEVERAL = np.array([0.45, 0.35, 0.20])
"""Of those, the shares that may hold two, three and four."""
ONE_OFF = 0.20
"""Share of the spaces with a one-off cost."""
OWN_COST = 0.30
"""Share of the spaces that state a conversion cost of their own."""


@dataclass(frozen=True)
class Kind:
    """What spaces of one kind are like; ranges are (low, high), chances by storey or feature."""

    word: str
    share: float
    area_m2: tuple[float, float]
    rent: tuple[float, float]
    floors: dict[int, float]
    features: dict[str, float]
    """Without gas, which goes with the flue."""
    central: float
    """Share that lies where people live rather than anywhere."""
    one_off: float
    """How much likelier than another a space of this kind needs structural works."""


KINDS = (
    Kind(
        "plant", 0.17, (350, 3_500), (5, 34), {1: 0.88, 2: 0.12},
        {"flue": 0.55, "loading": 0.9, "accessible": 0.75, "water": 0.9, "power": 1.0,
         "outdoor": 0.75}, 0.5, 3.0,
    ),
    Kind(
        "shop", 0.30, (25, 500), (30, 220), {1: 0.82, 2: 0.18},
        {"flue": 0.5, "loading": 0.35, "accessible": 0.75, "water": 0.9, "power": 1.0,
         "outdoor": 0.2}, 0.9, 1.0,
    ),
    Kind(
        "shed", 0.13, (35, 450), (6, 45), {1: 1.0},
        {"flue": 0.3, "loading": 0.5, "accessible": 0.85, "water": 0.6, "power": 0.95,
         "outdoor": 0.75}, 0.8, 1.0,
    ),
    Kind(
        "kiosk", 0.08, (4, 22), (18, 120), {1: 1.0},
        {"accessible": 0.7, "water": 0.4, "power": 0.95, "outdoor": 0.9}, 0.9, 0.3,
    ),
    Kind(
        "basement", 0.10, (80, 1_200), (7, 55), {-1: 0.85, -2: 0.15},
        {"loading": 0.4, "accessible": 0.4, "water": 0.75, "power": 1.0}, 0.8, 2.5,
    ),
    Kind(
        "community_room", 0.22, (70, 1_400), (5, 32), {1: 0.72, 2: 0.2, 3: 0.08},
        {"flue": 0.5, "loading": 0.25, "accessible": 0.9, "water": 0.95, "power": 1.0,
         "outdoor": 0.55}, 0.85, 1.0,
    ),
)  # fmt: skip
GAS = (0.85, 0.12)
"""Share of the spaces with gas, among those with a flue and among the others."""


@dataclass(frozen=True, eq=False)
class Vacant:
    """The generated spaces, every number as it will be written; arrays of shape (n,)."""

    spots: Spots
    community: Ints
    area_m2: Floats
    rent_m2_month: Floats
    kind: NDArray[np.object_]
    floor: Ints
    features: NDArray[np.object_]
    """Words in alphabetical order, joined by semicolons."""
    max_types: Ints
    capital_m2: Floats
    """NaN where the type's own cost counts."""
    capital_fixed: Floats


def make_spaces(rng: Rng, grid: Grid, people: People, n: int) -> Vacant:
    """Return `n` spaces: kinds and sizes in fixed shares, the rest at random."""
    kind = rng.permutation(_by_share(n, np.array([k.share for k in KINDS])))
    spots = _where(rng, grid, people, np.array([k.central for k in KINDS])[kind])
    busy = _rank(_busyness(people, spots) * rng.lognormal(0.0, 0.5, n))
    area, rent = np.empty(n), np.empty(n)
    floor = np.empty(n, dtype=np.int64)
    has = np.zeros((n, len(FEATURES)), dtype=np.bool_)
    for number, one in enumerate(KINDS):
        at = np.flatnonzero(kind == number)
        # Spread evenly over the range, so that small cities have large spaces too.
        level = (rng.permutation(len(at)) + rng.random(len(at))) / max(1, len(at))
        area[at] = _between(one.area_m2, level)
        # Dear where many live, and a little cheaper by the metre where large.
        dear = 0.65 * _rank(busy[at]) + 0.2 * (1 - level) + 0.15 * rng.random(len(at))
        rent[at] = _between(one.rent, dear)
        storeys = np.array(list(one.floors))
        chances = np.array(list(one.floors.values()))
        floor[at] = rng.permutation(storeys[_by_share(len(at), chances)])
        for column, word in enumerate(FEATURES):
            has[at, column] = rng.random(len(at)) < one.features.get(word, 0.0)
    flue = has[:, FEATURES.index("flue")]
    has[:, FEATURES.index("gas")] = rng.random(n) < np.where(flue, *GAS)
    area = np.where(area < 30, np.round(area, 1), np.rint(area))
    max_types = np.ones(n, dtype=np.int64)
    several = _draw(rng, np.where(area >= 60, area**0.8, 1e-3), round(SHARED * n))
    max_types[several] = rng.permutation(2 + _by_share(len(several), SEVERAL))
    fixed = np.zeros(n)
    works = _draw(rng, np.array([k.one_off for k in KINDS])[kind], round(ONE_OFF * n))
    level = (rng.permutation(len(works)) + rng.random(len(works))) / max(1, len(works))
    fixed[works] = np.rint(_between((20_000.0, 400_000.0), level) / 100) * 100
    own = rng.random(n) < OWN_COST
    cost = np.rint(_between((220.0, 3_000.0), rng.random(n)) / 10) * 10
    return Vacant(
        spots=spots,
        community=community_of(people, spots),
        area_m2=area,
        rent_m2_month=np.round(rent, 1),
        kind=np.array([k.word for k in KINDS], dtype=object)[kind],
        floor=floor,
        features=_joined(has),
        max_types=max_types,
        capital_m2=np.where(own, cost, np.nan),
        capital_fixed=fixed,
    )


def _by_share(n: int, share: Floats) -> Ints:
    """Return `n` sorted indices in which each index has its share, to the nearest whole."""
    ends = np.rint(np.cumsum(share) / share.sum() * n).astype(np.int64)
    return np.repeat(np.arange(len(share)), np.diff(ends, prepend=0))


def _between(limits: tuple[float, float], level: Floats) -> Floats:
    """Return amounts in a range, evenly spread in the logarithm; `level` runs from 0 to 1."""
    low, high = limits
    return np.asarray(low * (high / low) ** level, dtype=np.float64)


def _rank(amount: Floats) -> Floats:
    """Return each amount's rank from 0 to 1."""
    return (np.argsort(np.argsort(amount)) + 0.5) / max(1, len(amount))


def _draw(rng: Rng, weight: Floats, count: int) -> Ints:
    """Return `count` different indices, likelier where the weight is large."""
    return np.argsort(-np.log(weight) - rng.gumbel(size=len(weight)), kind="stable")[:count]


def _where(rng: Rng, grid: Grid, people: People, central: Floats) -> Spots:
    """Return spots near homes (with chance `central`), otherwise beside any street."""
    n = len(central)
    homes = people.spots.segment[rng.integers(len(people.spots), size=n)]
    anywhere = rng.integers(len(grid.tail), size=n)
    segment = np.where(rng.random(n) < central, homes, anywhere)
    return beside(rng, grid, segment, 4.0, 24.0)


def _busyness(people: People, spots: Spots) -> Floats:
    """Return how densely people live around each spot (residents over squared distance)."""
    xy = np.column_stack([people.spots.x, people.spots.y])
    near = min(20, len(xy))
    distance, place = cKDTree(xy).query(np.column_stack([spots.x, spots.y]), k=near)
    distance, place = np.reshape(distance, (-1, near)), np.reshape(place, (-1, near))
    heads = people.residents["everyone"][place].sum(axis=1)
    return np.asarray(heads / (distance[:, -1] + 20.0) ** 2, dtype=np.float64)


def _joined(has: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return each row's words joined by semicolons."""
    code = has @ (1 << np.arange(len(FEATURES)))
    words = [
        ";".join(w for bit, w in enumerate(FEATURES) if number >> bit & 1)
        for number in range(1 << len(FEATURES))
    ]
    return np.array(words, dtype=object)[code]
