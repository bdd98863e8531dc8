"""Whether each community has the types, the grade and the reward that the plan states."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.standard.tolerances import SLACK
from siting.verify.compare import close, differs
from siting.verify.recount import by_circle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City, Floats
    from siting.errors import Notice
    from siting.plan.document import Document
    from siting.standard.model import Question
    from siting.verify.recount import Recount

Own = dict[str, NDArray[np.bool_]]
"""By type id the communities in which the type is present by itself."""

Standing = Counter[tuple[str, int]]
"""Outlets or projects by type id and community."""


def outlets_standing(city: City) -> Standing:
    """Return how many outlets stand where."""
    return Counter(
        (word, int(c))
        for words, c in zip(city.outlets.types, city.outlets.community, strict=True)
        for word in words
    )


def projects_standing(city: City, projects: list[tuple[int, str]]) -> Standing:
    """Return how many projects stand where."""
    return Counter((word, int(city.spaces.community[s])) for s, word in projects)


@dataclass(frozen=True, eq=False)
class Grades:
    """What a recount makes of presence and grades.

    Attributes
    ----------
    counts
        By class the number of its types that each community has, before and after.
    level
        How many grades each community holds, before and after.
    """

    counts: tuple[dict[str, NDArray[np.int64]], dict[str, NDArray[np.int64]]]
    level: tuple[NDArray[np.int64], NDArray[np.int64]]


def grade(
    city: City,
    question: Question,
    right: Recount,
    projects: list[tuple[int, str]],
    share: float | None = None,
) -> Grades:
    """Return who has which types and grades.

    Parameters
    ----------
    share
        Instead of the standard's presence share.
    """
    size = len(city.communities)
    there = outlets_standing(city)
    then = there + projects_standing(city, projects)
    before = _own(question, right, there, "before", share, size)
    after = _own(question, right, then, "after", share, size)
    return Grades(
        (count_classes(question, right, before), count_classes(question, right, after)),
        (level_of(question, right, before), level_of(question, right, after)),
    )


def _own(
    question: Question,
    right: Recount,
    standing: Standing,
    when: str,
    share: float | None,
    size: int,
) -> Own:
    """Return where each type is present by itself, without substitutes."""
    standard = question.standard
    least = standard.presence_share if share is None else share
    own = {}
    if standard.presence == "located":
        circles = range(size)
        for kind in standard.types:
            own[kind.id] = np.array([standing[kind.id, c] > 0 for c in circles], dtype=bool)
    else:
        for count in right.types:
            served = count.before if when == "before" else count.after
            enough = least * count.people - served <= SLACK * count.people
            own[count.kind.id] = enough & (count.people > 0)
    return own


def count_classes(question: Question, right: Recount, own: Own) -> dict[str, NDArray[np.int64]]:
    """Return by class how many of its types count in each community.

    What stands in for a type of its own class counts there for itself alone.
    """
    classes = {count.kind.id: count.kind.type_class for count in right.types}
    found: dict[str, NDArray[np.int64]] = {}
    for word, of_class in classes.items():
        counts = own[word]
        for rule in question.standard.substitutes:
            if rule.type == word and rule.by in own and classes.get(rule.by) != of_class:
                counts = counts | own[rule.by]
        found[of_class] = found.get(of_class, 0) + counts.astype(np.int64)
    return found


def level_of(question: Question, right: Recount, own: Own) -> NDArray[np.int64]:
    """Return how many grades each community holds."""
    asked = {count.kind.id for count in right.types}
    size = len(next(iter(own.values()), ()))
    level, holds = np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool)
    counts = count_classes(question, right, own)
    for step in question.standard.grades:
        for word, least in step.min_types.items():
            holds = holds & (counts.get(word, np.zeros(size, dtype=np.int64)) >= least)
        for word in step.mandatory:
            ways = [r.by for r in question.standard.substitutes if r.type == word]
            there = [own[way] for way in (word, *ways) if way in own]
            holds = holds & (np.any(there, axis=0) if word in asked else False)
        level += holds
    return level


def aimed_level(question: Question) -> int:
    """Return the number of the grade aimed at, 1 being the lowest; 0 where there are none."""
    ids = [step.id for step in question.standard.grades]
    return len(ids) if question.grade is None else ids.index(question.grade) + 1


def residents_at_grade(city: City, question: Question, people: Floats, grades: Grades) -> float:
    """Return the residents of the communities that hold the grade aimed at after the plan."""
    aim = aimed_level(question)
    return float(by_circle(city, people)[grades.level[1] >= aim].sum()) if aim else 0.0


def check_circles(
    document: Document,
    city: City,
    question: Question,
    people: Floats,
    grades: Grades,
) -> Iterator[Notice]:
    """Yield what is wrong with the circles."""
    stated = [row.community for row in document.circles]
    if stated != list(city.communities):
        yield differs("circle_list", ", ".join(stated), ", ".join(city.communities))
        return
    everyone = by_circle(city, people)
    ids = [None, *(step.id for step in question.standard.grades)]
    for c, row in enumerate(document.circles):
        name = {"community": row.community}
        if not close(row.residents, float(everyone[c])):
            yield differs("circle", row.residents, float(everyone[c]), name="residents", **name)
        low, high = (int(level[c]) for level in grades.level)
        for field, number, wanted in (
            ("present_before", row.present_before, _of_circle(grades.counts[0], c)),
            ("present_after", row.present_after, _of_circle(grades.counts[1], c)),
            ("grade_before", row.grade_before, ids[low]),
            ("grade_after", row.grade_after, ids[high]),
        ):
            if number != wanted:
                yield differs("circle", number, wanted, name=field, **name)
        reached = ids[low + 1 : high + 1]
        due = 0.0
        for rule in question.policy.rewards:
            if rule.grade in reached or (rule.grade is None and reached):
                due += rule.amount
        if not close(row.reward, due):
            yield differs("circle", row.reward, due, name="reward", **name)


def _of_circle(counts: dict[str, NDArray[np.int64]], c: int) -> dict[str, int]:
    return {word: int(number[c]) for word, number in counts.items()}
