"""What a question demands beyond its options, needs and money, as plain records and arrays.

Nothing here depends on which options are left, so that a problem with fewer options has the same
rules. Counts of residents are compared with `SLACK` of the residents, because sums of the same
numbers in another order differ; everything else is compared in whole numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.standing import by_community, outlets_of
from siting.programme.cliques import spacing_cliques
from siting.programme.grades import Grades, find_grades
from siting.standard.money import millionths
from siting.standard.rules import never_together
from siting.standard.tolerances import SLACK

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.gaps.needs import Gaps
    from siting.standard.model import Question, Standard
    from siting.standard.options import Options

ADD_ON = "add_on"
_ADD_ON_PART = 0.5  # an add-on serves half as many residents as an outlet of its own


@dataclass(frozen=True)
class Floor:
    """C7: a share of a type's counting group must have it in reach.

    Attributes
    ----------
    type
        Type index.
    community
        Community index; None: city-wide (a target).
    share
        To be reached.
    residents, served
        Of the counting group there, and of those the ones that an existing outlet serves.
    """

    type: int
    community: int | None
    share: float
    residents: float
    served: float

    @property
    def needed(self) -> float:
        """Residents that must gain the type (D); 0 or less where the share is reached."""
        return (self.share - SLACK) * self.residents - self.served


@dataclass(frozen=True, eq=False)
class Roof:
    """C2: which types may be under one roof.

    Attributes
    ----------
    never
        True where two types exclude each other in a space; symmetric, shape (types, types).
    only
        (type, mask over types): the type opens only in a space with one of those; each rule holds
        by itself.
    free
        True for spare floor in an existing outlet, whose own types decide when options are made;
        `only` asks nothing there. Shape (spaces,).
    """

    never: NDArray[np.bool_]
    only: tuple[tuple[int, NDArray[np.bool_]], ...]
    free: NDArray[np.bool_]


@dataclass(frozen=True)
class Quota:
    """C9: what a community must still get of a type.

    Attributes
    ----------
    type, community
        Indices.
    outlets
        Outlets that are lacking, or None where floor area is asked for.
    micro_m2
        Floor area that is lacking in millionths of a square metre, or None.
    """

    type: int
    community: int
    outlets: int | None
    micro_m2: int | None


@dataclass(frozen=True, eq=False)
class Apart:
    """C10: of a type at most one option of these spaces, which stand too near to each other."""

    type: int
    spaces: NDArray[np.int64]


@dataclass(frozen=True)
class Most:
    """C10: at most so many more outlets of a type in a community."""

    type: int
    community: int
    outlets: int


@dataclass(frozen=True, eq=False)
class Capacity:
    """C12: how many residents outlets can serve.

    Attributes
    ----------
    per_outlet
        By type index, for the types that state it.
    points
        Need points of one resident of the counting group, by type index. Only those residents
        are counted; a type's further groups bring no points under this rule.
    spare
        By type index: residents of each community that its outlets could serve beyond those they
        serve today, max(0, outlets x residents per outlet - residents served), shape
        (communities,).
    part
        What of an outlet's capacity an option of a space has, shape (spaces,).
    """

    per_outlet: dict[int, float]
    points: dict[int, float]
    spare: dict[int, NDArray[np.float64]]
    part: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rules:
    """What a question demands; every field is empty where it demands nothing of the kind.

    Attributes
    ----------
    classes
        Class of each type, in the standard's order.
    roof
        C2: roof rules.
    basic_share
        C2: least share of the floor area in use that basic types must have, in millionths, by
        space (only spaces with such a rule).
    floors
        C7: shares that must be reached and are not today.
    grades
        C8: what the grade aimed at asks for.
    quotas, apart, most
        C9 and C10, where enforced.
    chain_share
        C11: least share of chains among the projects in millionths, 0: no rule.
    capacity
        C12, where enforced.
    by_circle
        Circles are compared, so that needs must keep their points by community.
    years_micro
        Years for which relief is paid, in millionths.
    """

    classes: tuple[str, ...] = ()
    roof: Roof | None = None
    basic_share: dict[int, int] = field(default_factory=dict)
    floors: tuple[Floor, ...] = ()
    grades: Grades | None = None
    quotas: tuple[Quota, ...] = ()
    apart: tuple[Apart, ...] = ()
    most: tuple[Most, ...] = ()
    chain_share: int = 0
    capacity: Capacity | None = None
    by_circle: bool = False
    years_micro: int = 0

    @cached_property
    def capacity_types(self) -> frozenset[int]:
        """Types whose outlets can serve only so many residents."""
        return frozenset(self.capacity.per_outlet) if self.capacity is not None else frozenset()

    @cached_property
    def counted(self) -> frozenset[int]:
        """Types whose residents some rule counts by community."""
        graded = self.grades.counted if self.grades is not None else frozenset()
        return frozenset(f.type for f in self.floors) | graded | self.capacity_types


NO_RULES = Rules()


def find_rules(city: City, question: Question, gaps: Gaps, options: Options) -> Rules:
    """Return what a question demands of the choice of options, beside money and locks.

    Parameters
    ----------
    city, question, gaps
        What is asked, and what is lacking.
    options
        Only spaces with an option of a type are held apart.
    """
    standard = question.standard
    enforced = question.enforce
    index = {kind.id: t for t, kind in enumerate(standard.types)}
    years = millionths(question.policy.years)
    capacity = _capacity(city, gaps) if "capacity" in enforced else None
    return Rules(
        classes=tuple(kind.type_class for kind in standard.types),
        roof=_roof(city, standard, index),
        basic_share=_basic_share(city),
        floors=_floors(question, gaps, index),
        grades=find_grades(city, question, gaps, SLACK),
        quotas=_quotas(city, gaps, index) if "quotas" in enforced else (),
        apart=_apart(city, standard, options, index) if "spacing" in enforced else (),
        most=_most(city, standard, index) if "most" in enforced else (),
        chain_share=millionths(standard.chain_share or 0.0) if "operators" in enforced else 0,
        capacity=capacity,
        by_circle=question.objective == "worst-community",
        years_micro=years,
    )


def _roof(city: City, standard: Standard, index: dict[str, int]) -> Roof | None:
    if not standard.roof:
        return None
    only = []
    for rule in standard.roof:
        if rule.type in index and rule.only_with is not None:
            mask = np.zeros(len(index), dtype=bool)
            mask[[index[word] for word in rule.only_with if word in index]] = True
            only.append((index[rule.type], mask))
    hosts = city.spaces.host
    free = np.zeros(len(city.spaces), dtype=bool)
    if hosts is not None:
        free = np.array([len(host) > 0 for host in hosts], dtype=bool)
    return Roof(never_together(standard.types, standard.roof), tuple(only), free)


def _basic_share(city: City) -> dict[int, int]:
    if city.spaces.basic_share is None:
        return {}
    shares = np.nan_to_num(city.spaces.basic_share)
    return {s: millionths(shares[s]) for s in np.flatnonzero(shares > 0).tolist()}


def residents_and_served(gaps: Gaps, t: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return residents of a type's counting group and those outlets serve, by community."""
    d = gaps.counting(t)
    people = gaps.residents[gaps.demands[d].group]
    community, size = gaps.city.places.community, len(gaps.city.communities)
    return (
        np.bincount(community, weights=people, minlength=size).astype(np.float64),
        np.bincount(community, weights=people * gaps.served[d], minlength=size).astype(np.float64),
    )


def _floors(question: Question, gaps: Gaps, index: dict[str, int]) -> tuple[Floor, ...]:
    asking = {t for t, _ in gaps.asking}
    found = []
    for word, share in question.targets.items():
        if index.get(word) in asking:
            t = index[word]
            residents, served = residents_and_served(gaps, t)
            found.append(Floor(t, None, share, float(residents.sum()), float(served.sum())))
    for word, share in question.floors.items():
        if index.get(word) in asking:
            t = index[word]
            residents, served = residents_and_served(gaps, t)
            found += [
                Floor(t, c, share, float(residents[c]), float(served[c]))
                for c in range(len(residents))
            ]
    return tuple(f for f in found if f.needed > 0)


def _quotas(city: City, gaps: Gaps, index: dict[str, int]) -> tuple[Quota, ...]:
    """Return what is lacking; an outlet without a stated floor area has its type's typical one."""
    standard = gaps.standard
    outlet, kind = outlets_of(city, standard)
    typical = np.array([t.area_typical_m2 for t in standard.types])
    area = np.where(np.isnan(city.outlets.area_m2[outlet]), typical[kind], 0.0)
    area += np.nan_to_num(city.outlets.area_m2[outlet])
    existing = by_community(city, standard, outlet, kind)
    existing_m2 = by_community(city, standard, outlet, kind, area)
    found = []
    for quota in standard.quotas:
        t = index.get(quota.type)
        if t is None:
            continue
        people = _people(gaps, standard.types[t].counting_group)
        for c in range(len(city.communities)):
            if quota.per_1000 is not None:
                lacking = quota.per_1000 * people[c] / 1000.0 - existing[t, c]
                found.append(Quota(t, c, math.ceil(lacking - SLACK), None))
            if quota.area_m2_per_1000 is not None:
                lacking = quota.area_m2_per_1000 * people[c] / 1000.0 - existing_m2[t, c]
                # a hundredth of a square millimetre is rounding
                found.append(Quota(t, c, None, math.ceil(lacking * 1e6 - 0.01)))
    return tuple(q for q in found if (q.outlets or q.micro_m2 or 0) > 0)


def _people(gaps: Gaps, group: str) -> NDArray[np.float64]:
    """Return residents of a group by community, also of one that no asking type counts."""
    places = gaps.city.places
    if group in gaps.groups:
        residents = gaps.residents[gaps.groups.index(group)]
    elif group in places.residents:
        residents = places.residents[group]
    else:
        residents = gaps.standard.typical_shares.get(group, 0.0) * places.residents["everyone"]
    size = len(gaps.city.communities)
    return np.bincount(places.community, weights=residents, minlength=size).astype(np.float64)


def _apart(
    city: City, standard: Standard, options: Options, index: dict[str, int]
) -> tuple[Apart, ...]:
    found = []
    for word, metres in standard.spacing_m.items():
        if word in index:
            spaces = np.unique(options.space[options.type == index[word]])
            found += [Apart(index[word], s) for s in spacing_cliques(city, spaces, metres)]
    return tuple(found)


def _most(city: City, standard: Standard, index: dict[str, int]) -> tuple[Most, ...]:
    existing = by_community(city, standard, *outlets_of(city, standard))
    return tuple(
        Most(index[word], c, max(0, most - int(existing[index[word], c])))
        for word, most in standard.most_per_community.items()
        if word in index
        for c in range(len(city.communities))
    )


def _capacity(city: City, gaps: Gaps) -> Capacity:
    standard = gaps.standard
    existing = by_community(city, standard, *outlets_of(city, standard))
    per_outlet, points, spare = {}, {}, {}
    for t, kind in gaps.asking:
        if kind.residents_per_outlet is None:
            continue
        _, served = residents_and_served(gaps, t)
        per_outlet[t] = kind.residents_per_outlet
        points[t] = gaps.demands[gaps.counting(t)].points
        spare[t] = np.maximum(0.0, existing[t] * kind.residents_per_outlet - served)
    add_on = city.spaces.kind.astype(str) == ADD_ON
    return Capacity(per_outlet, points, spare, np.where(add_on, _ADD_ON_PART, 1.0))
