"""What each community has of its grade: the types present in it before and after the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.document import Circle
from siting.plan.standing import by_community, outlets_of
from siting.standard.tolerances import have_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.gaps.needs import Gaps
    from siting.plan.document import Upgrade
    from siting.standard.model import Policy, Question, Standard
    from siting.standard.options import Options

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Presence:
    """Which types communities have, shape (asking types, communities) each.

    Attributes
    ----------
    before, after
        True where the type, or a type that substitutes it, is present.
    counts_before, counts_after
        True where the type counts in its class: where it is present by itself or by a substitute
        that does not count in that class itself. A type and its substitutes of one class share
        what is present of them.
    """

    before: Bools
    after: Bools
    counts_before: Bools
    counts_after: Bools


def find_presence(
    gaps: Gaps,
    options: Options,
    chosen: Ints,
    served: Bools,
    *,
    presence_share: float | None = None,
) -> Presence:
    """Return which asking types are present in which communities, before and after.

    A type is present where at least the standard's share of its counting group has it in reach
    (never where nobody of the group lives), or, under the rule ``located``, where an outlet or a
    project of it stands; and where a type that substitutes it is present in its own right.

    Parameters
    ----------
    served
        True where an outlet or project meets the demand at the place, shape (demands, places).
    presence_share
        Instead of the standard's.
    """
    standard = gaps.standard
    if standard.presence == "located":
        places = (gaps.city, standard)
        before = by_community(*places, *outlets_of(*places)) > 0
        community = gaps.city.spaces.community[options.space[chosen]]
        after = before.copy()
        after[options.type[chosen], community] = True
    else:
        share = standard.presence_share if presence_share is None else presence_share
        before, after = _shared(gaps, gaps.served, share), _shared(gaps, served, share)
    asking = [t for t, _ in gaps.asking]
    return Presence(
        _substituted(before, standard)[asking],
        _substituted(after, standard)[asking],
        _substituted(before, standard, once=True)[asking],
        _substituted(after, standard, once=True)[asking],
    )


def _shared(gaps: Gaps, served: Bools, share: float) -> Bools:
    """Return presence by the share that is served, shape (types, communities)."""
    community, size = gaps.city.places.community, len(gaps.city.communities)
    found = np.zeros((len(gaps.standard.types), size), dtype=bool)
    for t, _ in gaps.asking:
        d = gaps.counting(t)
        residents = gaps.residents[gaps.demands[d].group]
        people = np.bincount(community, weights=residents, minlength=size)
        reached = np.bincount(community, weights=residents * served[d], minlength=size)
        found[t] = have_share(reached, share, people)
    return found


def _substituted(own: Bools, standard: Standard, *, once: bool = False) -> Bools:
    """Return presence with substitutes; `once`: only by those that do not count in the class."""
    found = own.copy()
    at = {kind.id: t for t, kind in enumerate(standard.types)}
    for rule in standard.substitutes:
        if rule.type in at and rule.by in at:
            kind, by = standard.types[at[rule.type]], standard.types[at[rule.by]]
            if not (once and by.asks and by.type_class == kind.type_class):
                found[at[rule.type]] |= own[at[rule.by]]
    return found


def find_levels(gaps: Gaps, present: Bools, counting: Bools) -> Ints:
    """Return how many of the standard's grades each community holds, shape (communities,).

    A grade holds only where the one below it holds.

    Parameters
    ----------
    present, counting
        Types present, and those that count in their class, shape (asking types, communities).
    """
    classes = np.array([kind.type_class for _, kind in gaps.asking], dtype=object)
    at = {kind.id: k for k, (_, kind) in enumerate(gaps.asking)}
    holds = np.ones(present.shape[1], dtype=bool)
    level = np.zeros(present.shape[1], dtype=np.int64)
    for grade in gaps.standard.grades:
        for word, least in grade.min_types.items():
            holds &= counting[classes == word].sum(axis=0) >= least
        for word in grade.mandatory:
            holds &= present[at[word]] if word in at else False
        level += holds
    return level


def target_level(question: Question) -> int:
    """Return the number of grades that the grade aimed at and those below it make; 0: none."""
    ids = [grade.id for grade in question.standard.grades]
    if question.grade in ids:
        return ids.index(question.grade) + 1
    return len(ids)


def graded_residents(question: Question, gaps: Gaps, presence: Presence) -> float:
    """Return the residents of the communities that hold the grade aimed at after the plan.

    It is 0 without grades.
    """
    if not gaps.standard.grades:
        return 0.0
    size = len(gaps.city.communities)
    everyone = np.bincount(gaps.city.places.community, weights=gaps.residents[0], minlength=size)
    levels = find_levels(gaps, presence.after, presence.counts_after)
    return float(everyone[levels >= target_level(question)].sum())


def find_circles(
    question: Question,
    gaps: Gaps,
    presence: Presence,
    upgrades: Mapping[int, tuple[Upgrade, ...]],
) -> tuple[Circle, ...]:
    """Return one record a community, in the city's order; `upgrades` by community index."""
    city, grades = gaps.city, gaps.standard.grades
    everyone = np.bincount(
        city.places.community, weights=gaps.residents[0], minlength=len(city.communities)
    )
    levels = (
        find_levels(gaps, presence.before, presence.counts_before),
        find_levels(gaps, presence.after, presence.counts_after),
    )
    counts = [_by_class(gaps, c) for c in (presence.counts_before, presence.counts_after)]
    ids = (None, *(grade.id for grade in grades))
    return tuple(
        Circle(
            community=name,
            residents=float(everyone[c]),
            present_before={word: int(n[c]) for word, n in counts[0].items()},
            present_after={word: int(n[c]) for word, n in counts[1].items()},
            grade_before=ids[levels[0][c]],
            grade_after=ids[levels[1][c]],
            reward=reward(question.policy, ids[levels[0][c] + 1 : levels[1][c] + 1]),
            upgrades=upgrades.get(c, ()),
        )
        for c, name in enumerate(city.communities)
    )


def _by_class(gaps: Gaps, present: Bools) -> dict[str, Ints]:
    classes = [kind.type_class for _, kind in gaps.asking]
    return {
        word: present[[k for k, other in enumerate(classes) if other == word]].sum(axis=0)
        for word in dict.fromkeys(classes)
    }


def reward(policy: Policy, reached: tuple[str | None, ...]) -> float:
    """Return the yuan that a policy pays a community for the grades it newly reaches.

    A reward that names no grade is paid once when any is reached.
    """
    return float(
        sum(
            rule.amount * (bool(reached) if rule.grade is None else reached.count(rule.grade))
            for rule in policy.rewards
        )
    )
