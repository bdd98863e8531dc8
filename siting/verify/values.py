"""What the plan is worth in each stage, counted again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.verify.circles import residents_at_grade
from siting.verify.compare import fen
from siting.verify.held import fairest_held, limited_types, points_held

if TYPE_CHECKING:
    from siting.city.model import City, Floats
    from siting.plan.document import Document
    from siting.standard.model import Question
    from siting.verify.circles import Grades
    from siting.verify.recount import Recount

WORST = "worst-community"


@dataclass(frozen=True, eq=False)
class Facts:
    """What the values are counted from.

    Attributes
    ----------
    people
        Residents by place.
    projects
        (space index, type id) of each project.
    """

    document: Document
    city: City
    question: Question
    right: Recount
    grades: Grades
    people: Floats
    projects: list[tuple[int, str]]


def value(facts: Facts, name: str) -> float:
    """Return what the plan is worth in the stage `name`.

    Parameters
    ----------
    name
        Of the stage; ``worst-community-2`` counts the second worst circle, and so on.
    """
    if name == "coverage":
        if facts.question.objective == WORST and limited_types(facts.question):
            return float(_by_circle(facts)[0].sum())
        return coverage(facts.city, facts.question, facts.right, facts.projects)
    if name == "grades":
        return residents_at_grade(facts.city, facts.question, facts.people, facts.grades)
    if name == "cost":
        return _cost(facts.document, facts.question)
    if name.startswith(WORST):
        return _worst(facts, 1 if name == WORST else int(name.removeprefix(f"{WORST}-")))
    points = _points(facts.city, facts.question, facts.right, facts.projects)
    types = {count.kind.id: count.kind.type_class for count in facts.right.types}
    return sum(n for word, n in points.items() if types[word] == name)


def coverage(
    city: City, question: Question, right: Recount, projects: list[tuple[int, str]]
) -> float:
    """Return the need points gained."""
    return sum(_points(city, question, right, projects).values())


def _points(
    city: City, question: Question, right: Recount, projects: list[tuple[int, str]]
) -> dict[str, float]:
    limited = limited_types(question)
    return {
        count.kind.id: points_held(city, count, projects)
        if count.kind.id in limited
        else float(count.points.sum())
        for count in right.types
    }


def _cost(document: Document, question: Question) -> float:
    once = [p.capital for p in document.projects] + [item.capital for item in document.one_off]
    yearly = [p.subsidy_per_year for p in document.projects]
    spent = sum(fen(amount) or 0 for amount in once) / 100
    return spent + question.policy.years * (sum(fen(amount) or 0 for amount in yearly) / 100)


def _worst(facts: Facts, rank: int) -> float:
    """Return the share that the `rank`-th worst circle gains of what it could.

    If no circle could gain anything the worst has all; a rank beyond the circles is no number.
    """
    gained, could = _by_circle(facts)
    some = could > 0
    shares = sorted((gained[some] / could[some]).tolist())
    if rank <= len(shares):
        return float(shares[rank - 1])
    return 1.0 if rank == 1 else math.nan


def _by_circle(facts: Facts) -> tuple[Floats, Floats]:
    """Return the need points that each community gains and could gain."""
    could = facts.right.could
    assert could is not None
    if limited_types(facts.question):
        gained = fairest_held(facts.city, facts.question, facts.right, could, facts.projects)
        return gained, could
    gained = np.zeros(len(could))
    for count in facts.right.types:
        gained += count.points
    return gained, could
