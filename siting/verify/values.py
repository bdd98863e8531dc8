"""What the plan is worth in each stage, counted again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.verify.circles import residents_at_grade
from siting.verify.compare import fen
from siting.verify.held import limited_types, points_held, worst_held

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


def value(facts: Facts, name: str, stated: float) -> float | None:
    """Return what the plan is worth in the stage `name`.

    Parameters
    ----------
    stated
        What the plan says; of later stages of ``worst-community`` it tells which circles count.

    Returns
    -------
    float or None
        None where nothing can be counted: under ``capacity``, which circles a later stage of
        ``worst-community`` keeps room for is its own choice.
    """
    if name == "coverage":
        return coverage(facts.city, facts.question, facts.right, facts.projects)
    if name == "grades":
        return residents_at_grade(facts.city, facts.question, facts.people, facts.grades)
    if name == "cost":
        return _cost(facts.document, facts.question)
    if name.startswith(WORST):
        limited = limited_types(facts.question)
        if limited and name != WORST:
            return None
        return _worst(facts, 0.0 if name == WORST else stated)
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


def _worst(facts: Facts, least: float) -> float:
    could = facts.right.could
    assert could is not None
    if limited_types(facts.question):
        return worst_held(facts.city, facts.question, facts.right, could, facts.projects)
    gained = np.zeros(len(could))
    for count in facts.right.types:
        gained += count.points
    shares = gained[could > 0] / could[could > 0]
    return float(min(shares[shares >= least - 1e-9], default=1.0))
