"""What a plan is worth under each objective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.capacity import Room, best_worst_share, find_room, most_points
from siting.plan.circles import find_presence, graded_residents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.gaps.needs import Gaps
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


def stage_value(answer: Answer, name: str, stated: float = 0.0) -> float:
    """Return what a plan is worth under the objective of a stage.

    Parameters
    ----------
    name
        ``coverage``, ``grades``, ``cost``, a class of types, or ``worst-community`` (with
        ``-2``, ``-3``, ... after it where circles have left).
    stated
        What the stage's own search reached; of later stages of ``worst-community`` it tells which
        circles still count.

    Raises
    ------
    ValueError
        There is no such stage.
    """
    if name.startswith(WORST):
        if name != WORST and _limited(answer):
            return stated  # which circles room is kept for is the search's own choice
        return worst_share(answer, 0.0 if name == WORST else stated)
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


def cost_yuan(answer: Answer) -> float:
    """Return capital, one-off costs, and the subsidy of all the policy's years."""
    options, chosen = answer.options, answer.chosen
    opened = np.unique(options.space[chosen])
    once = int(options.capital_fen[chosen].sum()) + int(options.fixed_fen[opened].sum())
    yearly = int(options.subsidy_fen[chosen].sum())
    return once / 100 + answer.question.policy.years * (yearly / 100)


def worst_share(answer: Answer, least: float = 0.0) -> float:
    """Return the least share of what a circle could gain that any circle gains.

    Parameters
    ----------
    least
        Circles with a smaller share do not count.

    Returns
    -------
    float
        1 where no circle counts. Where capacity is enforced, room is given out to the best of
        the worst circle.
    """
    gaps, limited = answer.gaps, _limited(answer)
    size, home = len(gaps.city.communities), gaps.city.places.community
    could, gained = np.zeros(len(home)), np.zeros(len(home))
    for d, demand in enumerate(gaps.demands):
        if demand.type in limited and d != gaps.counting(demand.type):
            continue
        spaces = np.unique(answer.options.space[answer.options.type == demand.type])
        near = np.zeros(len(home), dtype=bool)
        walks = answer.reach[gaps.groups[demand.group]]
        near[walks.within(spaces, demand.limit_mm)] = True
        points = demand.points * gaps.residents[demand.group]
        could += np.where(near & ~gaps.served[d], points, 0.0)
        if demand.type not in limited:
            gained += np.where(answer.gains.served[d] & ~gaps.served[d], points, 0.0)
    best = np.bincount(home, weights=could, minlength=size).astype(np.float64)
    got = np.bincount(home, weights=gained, minlength=size).astype(np.float64)
    if limited:
        return best_worst_share([_room(answer, t) for t in limited], got, best)
    shares = got[best > 0] / best[best > 0]
    shares = shares[shares >= least - 1e-9]
    return float(shares.min()) if len(shares) else 1.0


def _limited(answer: Answer) -> list[int]:
    """Return the types that count only residents whom outlets have room for."""
    if "capacity" not in answer.question.enforce:
        return []
    return [t for t, kind in answer.gaps.asking if kind.residents_per_outlet is not None]


def _room(answer: Answer, t: int) -> Room:
    return find_room(
        answer.gaps, answer.options, answer.reach, answer.chosen, answer.gains.served, t
    )
