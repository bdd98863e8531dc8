"""Where residents live and how old they are: estates of several sizes, old and new."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import ndtri

from siting.generate.streets import Floats, Grid, Ints, Rng, Spots, beside

RESIDENTS_PER_COMMUNITY = 13_000
RESIDENTS_PER_PLACE = (50.0, 85.0)
"""Range of the city-wide mean."""
CLUSTERED = 0.78
"""Share of the places that lie in an estate rather than anywhere."""


@dataclass(frozen=True, eq=False)
class People:
    """The generated places.

    Attributes
    ----------
    spots
        Where they lie.
    residents
        Residents by group, whole numbers, each of shape (n,).
    community
        Index of each place's community, shape (n,); every community has a place.
    """

    spots: Spots
    residents: dict[str, Ints]
    community: Ints


def make_people(rng: Rng, grid: Grid, places: int) -> People:
    """Return `places` places beside the streets, with residents by age and communities."""
    middle = grid.middle
    segments = cKDTree(middle)
    centre, weight, spread, age = _estates(rng, grid, middle)
    home = rng.choice(len(centre), places, p=weight)
    point = centre[home] + rng.normal(size=(places, 2)) * spread[home, None]
    _, at_home = segments.query(point)
    anywhere = rng.random(places) >= CLUSTERED
    segment = np.where(anywhere, rng.integers(len(middle), size=places), at_home)
    spots = beside(rng, grid, segment.astype(np.int64), 3.0, 28.0)
    xy = np.column_stack([spots.x, spots.y])
    _, near = cKDTree(centre).query(xy)
    residents = _ages(rng, places, age[near], rng.lognormal(0.0, 0.35, len(centre))[near])
    return People(spots, residents, _communities(rng, xy, residents["everyone"]))


def community_of(people: People, spots: Spots) -> Ints:
    """Return the community of the place nearest to each spot."""
    places = np.column_stack([people.spots.x, people.spots.y])
    _, nearest = cKDTree(places).query(np.column_stack([spots.x, spots.y]))
    return people.community[nearest]


def _estates(rng: Rng, grid: Grid, middle: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the estates' middles, shares of the places, radii in metres, and age 0 to 1."""
    n = max(4, round(grid.area_km2 * 1.5))
    centre = middle[rng.integers(len(middle), size=n)]
    # One heart of the city, off the middle, where estates are larger and older.
    low, high = middle.min(axis=0), middle.max(axis=0)
    heart = low + (high - low) * rng.uniform(0.3, 0.7, 2)
    nearness = np.exp(-np.hypot(*(centre - heart).T) / (0.3 * np.hypot(*(high - low))))
    size = np.exp(0.9 * ndtri(_even(rng, n))) * (0.3 + nearness)
    spread = np.clip(150.0 * np.sqrt(size / size.mean()), 60.0, 450.0)
    age = np.clip(0.8 * _even(rng, n) + 0.35 * nearness - 0.05, 0.0, 1.0)
    return centre, size / size.sum(), spread, age


def _even(rng: Rng, n: int) -> Floats:
    """Return levels from 0 to 1, evenly spread so that few estates differ too, in random order."""
    return np.asarray((rng.permutation(n) + rng.random(n)) / n, dtype=np.float64)


def _ages(rng: Rng, n: int, age: Floats, scale: Floats) -> dict[str, Ints]:
    """Return whole residents of each place; `age` is 1 for an old quarter, 0 for a new estate."""
    size = rng.lognormal(0.0, 0.65, n) * scale
    size *= rng.uniform(*RESIDENTS_PER_PLACE) / size.mean()
    everyone = np.rint(np.clip(size, 8.0, 800.0)).astype(np.int64)
    vary = rng.lognormal(0.0, 0.18, (3, n))
    old = np.clip((0.07 + 0.30 * age) * vary[0], 0.02, 0.60)
    toddlers = np.clip((0.055 - 0.038 * age) * vary[1], 0.002, 0.12)
    children = np.clip((0.150 - 0.095 * age) * vary[2], 0.01, 0.25)
    aged_60_plus = rng.binomial(everyone, old)
    left = everyone - aged_60_plus
    aged_0_3 = rng.binomial(left, toddlers / (1 - old))
    left = left - aged_0_3
    aged_3_12 = rng.binomial(left, np.minimum(1.0, children / (1 - old - toddlers)))
    return {
        "everyone": everyone,
        "aged_60_plus": aged_60_plus,
        "aged_0_3": aged_0_3,
        "aged_3_12": aged_3_12,
    }


def _communities(rng: Rng, xy: Floats, everyone: Ints) -> Ints:
    """Split the city into communities of about equal population, by cutting it in two again."""
    n = len(xy)
    total = int(everyone.sum())
    wanted = np.array([min(max(2, round(total / RESIDENTS_PER_COMMUNITY)), max(1, n // 20))])
    cell = np.zeros(n, dtype=np.int64)
    while wanted.max() > 1:
        cells = len(wanted)
        left = (wanted + rng.integers(0, 2, cells)) // 2
        left = np.where(wanted > 1, np.maximum(left, 1), wanted)
        held = np.bincount(cell, everyone, cells)
        share = np.where(wanted > 1, left / wanted * rng.uniform(0.88, 1.12, cells), 2.0)
        wide = _spread(cell, xy[:, 0], cells) * rng.uniform(0.6, 1.6, cells)
        along = np.where((wide > _spread(cell, xy[:, 1], cells))[cell], xy[:, 0], xy[:, 1])
        order = np.lexsort((along, cell))
        run = np.cumsum(everyone[order]) - everyone[order] / 2
        run -= (np.cumsum(held) - held)[cell[order]]
        beyond = np.empty(n, dtype=np.bool_)
        beyond[order] = run > (share * held)[cell[order]]
        cell = cell + cells * beyond
        wanted = np.concatenate([left, wanted - left])
    _, cell = np.unique(cell, return_inverse=True)
    return cell.astype(np.int64)


def _spread(cell: Ints, along: Floats, cells: int) -> Floats:
    """Return the variance of a coordinate within each cell."""
    count = np.maximum(1, np.bincount(cell, minlength=cells))
    mean = np.bincount(cell, along, cells) / count
    return np.asarray(np.bincount(cell, (along - mean[cell]) ** 2, cells) / count)
