"""What a plan is worth under each objective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.capacity import Room, beyond_room, fairest_points, find_room, most_points
from siting.plan.circles import find_presence, graded_residents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.gaps.needs import Demand, Gaps
    from siting.plan.gains import Gains
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.walk.reach import Reach

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COVERAGE, GRADES, COST, WORST = "coverage", "grades", "cost", "worst-community"


@dataclass(frozen=True, eq=False)
class Answer:
    """A choice of options for a question, with what it brings.

    Attributes
    ----------
    reach
        Walks by group from the spaces, at least from every space with an option.
    chosen
        Indices of options, ascending.
    gains
        What they bring; see `siting.plan.gains.find_gains`.
    """

    question: Question
    gaps: Gaps
    options: Options
    reach: Mapping[str, Reach]
    chosen: Ints
    gains: Gains


def worst_name(rank: int) -> str:
    """Return the stage of ``worst-community`` that counts the `rank`-th worst circle, from 1."""
    return WORST if rank == 1 else f"{WORST}-{rank}"


def stage_value(answer: Answer, name: str) -> float:
    """Return what a plan is worth under the objective of a stage.

    Parameters
    ----------
    name
        ``coverage``, ``grades``, ``cost``, a class of types, or one of `worst_name`.

    Raises
    ------
    ValueError
        There is no such stage.
    """
    if name.startswith(WORST):
        shares = np.sort(circle_shares(answer))
        rank = int(name.removeprefix(WORST + "-")) if name != WORST else 1
        return float(shares[rank - 1]) if rank <= len(shares) else 1.0
    if name == COST:
        return cost_yuan(answer)
    if name == GRADES:
        presence = find_presence(answer.gaps, answer.options, answer.chosen, answer.gains.served)
        return graded_residents(answer.question, answer.gaps, presence)
    if name == COVERAGE:
        return coverage_points(answer)
    classes = class_points(answer)
    if name not in classes:
        raise ValueError(f"there is no stage {name}")
    return classes[name]


def coverage_points(answer: Answer) -> float:
    """Return the need points gained."""
    if not _limited(answer):
        return answer.gains.objective
    if answer.question.objective == WORST:  # the worst circle comes first, whoever could gain more
        return float(_points_by_circle(answer)[0].sum())
    return float(type_points(answer).sum())


def class_points(answer: Answer) -> dict[str, float]:
    """Return the need points gained of each class of asking types."""
    points = type_points(answer)
    found: dict[str, float] = {}
    for t, kind in answer.gaps.asking:
        found[kind.type_class] = found.get(kind.type_class, 0.0) + float(points[t])
    return found


def type_points(answer: Answer) -> Floats:
    """Return the need points gained by type, shape (types,).

    Where the question enforces ``capacity``, a type with residents per outlet counts only its
    counting group, and of it only those whom outlets have room for.
    """
    gaps, limited = answer.gaps, _limited(answer)
    found = np.zeros(len(gaps.standard.types))
    for d, demand in enumerate(gaps.demands):
        if demand.type not in limited:
            fresh = answer.gains.served[d] & ~gaps.served[d]
            residents = gaps.residents[demand.group]
            found[demand.type] += demand.points * float(residents[fresh].sum())
    for t in limited:
        found[t] = most_points(_room(answer, t))
    return found


def gain_of(answer: Answer, o: int) -> tuple[float, float]:
    """Return the need points, and the residents who gain the type, that an option would add.

    Where the question enforces ``capacity``, only residents count whom outlets have room for.

    Parameters
    ----------
    answer
        A plan without the option; its walks are from the option's space too.
    """
    gaps, served = answer.gaps, answer.gains.served.copy()
    s, t = int(answer.options.space[o]), int(answer.options.type[o])
    points = residents = 0.0
    for d, demand in enumerate(gaps.demands):
        if demand.type != t:
            continue
        places = answer.reach[gaps.groups[demand.group]].within(np.array([s]), demand.limit_mm)
        fresh = places[~served[d][places]]
        served[d][fresh] = True
        gained = float(gaps.residents[demand.group][fresh].sum())
        points += demand.points * gained
        if d == gaps.counting(t):
            residents = gained
    if t not in _limited(answer):
        return points, residents
    room = find_room(gaps, answer.options, answer.reach, np.append(answer.chosen, o), served, t)
    points = max(0.0, most_points(room) - most_points(_room(answer, t)))
    return points, points / room.points if room.points > 0 else residents


def cost_yuan(answer: Answer) -> float:
    """Return capital, one-off costs, and the subsidy of all the policy's years."""
    options, chosen = answer.options, answer.chosen
    opened = np.unique(options.space[chosen])
    once = int(options.capital_fen[chosen].sum()) + int(options.fixed_fen[opened].sum())
    yearly = int(options.subsidy_fen[chosen].sum())
    return once / 100 + answer.question.policy.years * (yearly / 100)


def circle_shares(answer: Answer) -> Floats:
    """Return the share that each circle gains of what it could, of those that could gain any.

    Where capacity is enforced, room is given out to the best of the worst circle, then of the
    second worst, and so on.
    """
    got, best = _points_by_circle(answer)
    return got[best > 0] / best[best > 0]


def _points_by_circle(answer: Answer) -> tuple[Floats, Floats]:
    """Return the need points that each community gains and could gain."""
    gaps, limited = answer.gaps, _limited(answer)
    size, home = len(gaps.city.communities), gaps.city.places.community
    could, gained = np.zeros(len(home)), np.zeros(len(home))
    for d, demand in enumerate(gaps.demands):
        if demand.type in limited and d != gaps.counting(demand.type):
            continue
        near = _offered(answer, demand)
        points = demand.points * gaps.residents[demand.group]
        could += np.where(near & ~gaps.served[d], points, 0.0)
        if demand.type not in limited:
            gained += np.where(answer.gains.served[d] & ~gaps.served[d], points, 0.0)
    best = np.bincount(home, weights=could, minlength=size).astype(np.float64)
    got = np.bincount(home, weights=gained, minlength=size).astype(np.float64)
    if limited:
        got = fairest_points([_room(answer, t) for t in limited], got, best)
    return got, best


def residents_beyond(answer: Answer) -> dict[int, Floats]:
    """Return residents who gain a type by reach, but for whom there is no room, by community.

    Parameters
    ----------
    answer
        A plan; only where its question enforces ``capacity`` there are any.

    Returns
    -------
    dict
        By type index; see `siting.plan.capacity.beyond_room`.
    """
    return {t: beyond_room(_room(answer, t)) for t in _limited(answer)}


def reachable_points(answer: Answer, type_class: str | None = None) -> float:
    """Return the need points of residents without a type whom some option of it reaches.

    Parameters
    ----------
    type_class
        Only types of this class count; None: all.
    """
    gaps, total = answer.gaps, 0.0
    for d, demand in enumerate(gaps.demands):
        if type_class in (None, gaps.standard.types[demand.type].type_class):
            near = _offered(answer, demand) & ~gaps.served[d]
            total += demand.points * float(gaps.residents[demand.group][near].sum())
    return total


def _offered(answer: Answer, demand: Demand) -> NDArray[np.bool_]:
    """Return the places that some option of the type reaches."""
    spaces = np.unique(answer.options.space[answer.options.type == demand.type])
    near = np.zeros(len(answer.gaps.city.places), dtype=bool)
    near[answer.reach[answer.gaps.groups[demand.group]].within(spaces, demand.limit_mm)] = True
    return near


def _limited(answer: Answer) -> list[int]:
    """Return the types that count only residents whom outlets have room for."""
    if "capacity" not in answer.question.enforce:
        return []
    return [t for t, kind in answer.gaps.asking if kind.residents_per_outlet is not None]


def _room(answer: Answer, t: int) -> Room:
    return find_room(
        answer.gaps, answer.options, answer.reach, answer.chosen, answer.gains.served, t
    )
