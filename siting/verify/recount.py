"""The numbers of a plan, counted again from residents and walks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.verify.nearest import Nearest, nearest_of
from siting.verify.spread import Ints, Visits, rows_of, visits_of
from siting.walk.reach import millimetres

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Standard, Type
    from siting.walk.reach import Reach

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Walked:
    """Own reach of some targets, by group.

    Attributes
    ----------
    row
        Row of each space or outlet in the records, -1 where it was not walked.
    reach
        By group.
    """

    row: Ints
    reach: dict[str, Reach]


@dataclass(frozen=True, eq=False)
class TypeCount:
    """What one asking type's counting group has, before and after.

    Attributes
    ----------
    kind
        The type.
    people, before, after
        Residents of the counting group, and those with the type in reach, by community.
    new
        Those who have it in reach only after.
    points
        Need points gained by all groups of the type, by community.
    each
        Need points of one resident of the counting group.
    asked
        Need points of all residents whom no outlet serves with the type.
    outlets
        Existing outlets and projects of the type.
    lives, lacked, lacking
        True where residents of the counting group live, live without it before, and after; each
        of shape (places,).
    projects
        Indices of the type's projects in the list that was counted.
    meets
        Pairs (position in `projects`, community) where the project reaches residents of the
        counting group whom no outlet serves.
    groups
        For each group of the type its residents, and how many of them have it before and after.
    """

    kind: Type
    people: Floats
    before: Floats
    after: Floats
    new: Floats
    points: Floats
    each: float
    asked: float
    outlets: int
    lives: NDArray[np.bool_]
    lacked: NDArray[np.bool_]
    lacking: NDArray[np.bool_]
    projects: Ints
    meets: tuple[Ints, Ints]
    groups: dict[str, tuple[float, float, float]]


@dataclass(frozen=True, eq=False)
class Recount:
    """What a plan's numbers ought to be.

    Attributes
    ----------
    everyone, newly_served, objective
        Residents, residents who gain some type, need points.
    gained
        Need points by place, shape (places,).
    types
        One for each type that asks, in the standard's order.
    project_gained, project_shared
        Residents of each project, in the order given.
    project_groups, project_places
        What `project_gained` counts, for every group of the project's type; and at how many
        places these people live.
    project_circles
        What `project_gained` counts, by the community where they live; only where there are any.
    needs, gaps
        How many (place, group, type) there are, and how many no outlet meets.
    needs_met
        By place, how many types its residents ask for (``needs``), and how many of them they have
        in reach (``met_before``, ``met_after``): by the types' counting groups.
    could
        Need points that each community would gain with every option open, where asked for.
    """

    everyone: float
    newly_served: float
    objective: float
    gained: Floats
    types: tuple[TypeCount, ...]
    project_gained: Floats
    project_shared: Floats
    project_groups: tuple[dict[str, float], ...]
    project_places: tuple[dict[str, int], ...]
    project_circles: tuple[dict[str, float], ...]
    needs: int
    gaps: int
    needs_met: dict[str, Ints]
    could: Floats | None = None


@dataclass(frozen=True, eq=False)
class Ceiling:
    """What could be gained with every option open.

    Attributes
    ----------
    spaces
        Walks from all spaces with an option.
    offered
        For each type the spaces with an option of it.
    counted
        Types of which only the counting group's residents count.
    """

    spaces: Walked
    offered: dict[str, Ints]
    counted: frozenset[str]


def limits_of(city: City, standard: Standard) -> dict[str, int]:
    """Return the farthest walk that counts for each group, in whole millimetres."""
    limits: dict[str, int] = {}
    for kind in standard.types:
        for group in groups_of(kind) if kind.asks else ():
            limits[group] = max(limits.get(group, 0), limit_of(city, kind, group))
    return limits


def groups_of(kind: Type) -> tuple[str, ...]:
    """Return the groups a type serves, and its counting group, each once."""
    return tuple(dict.fromkeys((*kind.groups, kind.counting_group)))


def limit_of(city: City, kind: Type, group: str) -> int:
    """Return how far a group walks for a type, in whole millimetres."""
    return millimetres(kind.minutes, city.walking.speed(group))


def outlets_by_type(city: City, standard: Standard) -> dict[str, Ints]:
    """Return the outlets of each asking type."""
    found: dict[str, list[int]] = {kind.id: [] for kind in standard.types if kind.asks}
    for outlet, words in enumerate(city.outlets.types):
        for word in words:
            if word in found:
                found[word].append(outlet)
    return {word: np.array(outlets, dtype=np.int64) for word, outlets in found.items()}


def nearest_outlets(city: City, standard: Standard, outlets: Walked) -> Nearest:
    """Return how far the residents walk to the nearest outlet of each asking type."""
    rows = {word: outlets.row[own] for word, own in outlets_by_type(city, standard).items()}
    groups = {kind.id: groups_of(kind) for kind in standard.types if kind.asks}
    return nearest_of(rows, groups, outlets.reach)


def recount(
    city: City,
    standard: Standard,
    people: dict[str, Floats],
    outlets: Nearest,
    spaces: Walked,
    projects: list[tuple[int, str]],
    ceiling: Ceiling | None = None,
) -> Recount:
    """Count everything again.

    Parameters
    ----------
    people
        Residents by group and place.
    outlets
        Walks to the outlets of every asking type.
    spaces
        Walked spaces of every project.
    projects
        (space index, type id) of each project.
    ceiling
        What `Recount.could` is counted from, or None.
    """
    places = len(city.places)
    points, could = np.zeros(places), np.zeros(places)
    newly = np.zeros(places)
    gained, shared = np.zeros(len(projects)), np.zeros(len(projects))
    of_groups: tuple[dict[str, float], ...] = tuple({} for _ in projects)
    of_places: tuple[dict[str, int], ...] = tuple({} for _ in projects)
    of_circles: tuple[dict[str, float], ...] = tuple({} for _ in projects)
    needs = gaps = 0
    existing = outlets_by_type(city, standard)
    needed, had, have_now = (np.zeros(places, dtype=np.int64) for _ in range(3))
    types = []
    listed: dict[str, list[int]] = {}
    for k, (_, word) in enumerate(projects):
        listed.setdefault(word, []).append(k)
    for kind in standard.types:
        if not kind.asks:
            continue
        chosen = np.array(listed.get(kind.id, []), dtype=np.int64)
        rows = spaces.row[[projects[k][0] for k in chosen]]
        visits: dict[int, Visits] = {}
        gain_of_type = np.zeros(places)
        asked = 0.0
        count = None
        have: dict[str, tuple[float, float, float]] = {}
        for group in groups_of(kind):
            limit, n = limit_of(city, kind, group), people[group]
            before = outlets.serves(kind.id, group, limit)
            # Only those count whom no outlet serves, so nothing else is looked at.
            lacks = ~before & (n > 0)
            walks = spaces.reach[group]
            if id(walks) not in visits:
                visits[id(walks)] = visits_of(walks, rows)
            place, project = visits[id(walks)].where(lacks, limit)
            times = np.bincount(place, minlength=places)
            new = times > 0
            gain = n[place]
            people_new = np.bincount(project, gain, len(chosen))
            homes = np.bincount(project, minlength=len(chosen))
            for k, number, at in zip(
                chosen.tolist(), people_new.tolist(), homes.tolist(), strict=True
            ):
                of_groups[k][group], of_places[k][group] = number, at
            # Sums, because a product of vectors wakes the threads of a linear algebra library.
            had_it, have_it, gained_it = n * before, n * (before | new), n * new
            have[group] = (float(n.sum()), float(had_it.sum()), float(have_it.sum()))
            if group in kind.groups:
                gain_of_type += kind.weight * kind.groups[group] * gained_it
                needs += int(np.count_nonzero(n > 0))
                gaps += int(np.count_nonzero((n > 0) & ~before))
                asked += kind.weight * kind.groups[group] * float((n * ~before).sum())
            if group == kind.counting_group:
                needed += n > 0
                had += before & (n > 0)
                have_now += (before | new) & (n > 0)
                newly = np.maximum(newly, gained_it)
                gained[chosen] = people_new
                twice = gain * (times[place] > 1)
                shared[chosen] = np.bincount(project, twice, len(chosen))
                size = len(city.communities)
                met = project * size + city.places.community[place]
                pairs, at_pair = np.unique(met, return_inverse=True)
                there = np.bincount(at_pair, gain, len(pairs)).tolist()
                for pair, number in zip(pairs.tolist(), there, strict=True):
                    k, c = int(chosen[pair // size]), pair % size
                    of_circles[k][city.communities[c]] = number
                count = TypeCount(
                    kind=kind,
                    people=by_circle(city, n),
                    before=by_circle(city, had_it),
                    after=by_circle(city, have_it),
                    new=by_circle(city, gained_it),
                    points=np.empty(0),
                    each=kind.weight * kind.groups.get(group, 0.0),
                    asked=0.0,
                    outlets=len(existing[kind.id]) + len(chosen),
                    lives=n > 0,
                    lacked=lacks,
                    lacking=lacks & ~new,
                    projects=chosen,
                    meets=(pairs // size, pairs % size),
                    groups={},
                )
            if ceiling is not None and group in kind.groups:
                if group != kind.counting_group and kind.id in ceiling.counted:
                    continue
                offered = ceiling.spaces.row[ceiling.offered[kind.id]]
                near = np.zeros(places, dtype=bool)
                near[rows_of(ceiling.spaces.reach[group], offered, limit)[0]] = True
                worth = kind.weight * kind.groups[group] * n
                could += worth * (near & ~before)
        points += gain_of_type
        assert count is not None  # the counting group is one of the type's groups
        points_here = by_circle(city, gain_of_type)
        types.append(replace(count, points=points_here, asked=asked, groups=have))
    return Recount(
        everyone=float(people["everyone"].sum()),
        newly_served=float(newly.sum()),
        objective=float(points.sum()),
        gained=points,
        types=tuple(types),
        project_gained=gained,
        project_shared=shared,
        project_groups=of_groups,
        project_places=of_places,
        project_circles=of_circles,
        needs=needs,
        gaps=gaps,
        needs_met={"needs": needed, "met_before": had, "met_after": have_now},
        could=None if ceiling is None else by_circle(city, could),
    )


def by_circle(city: City, people: Floats) -> Floats:
    """Return numbers by place summed by community."""
    total = np.bincount(city.places.community, weights=people, minlength=len(city.communities))
    return total.astype(np.float64)
