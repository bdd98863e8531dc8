"""Whether each community has the types, the grade and the reward that the plan states."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.verify.compare import close, differs
from siting.verify.recount import by_circle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from siting.city.model import City, Floats
    from siting.errors import Notice
    from siting.plan.document import Document
    from siting.standard.model import Question
    from siting.verify.recount import Recount

SLACK = 1e-9  # of the residents: sums in another order

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
    present
        By type id the communities that have it, before and after.
    level
        How many grades each community holds, before and after.
    """

    present: tuple[dict[str, NDArray[np.bool_]], dict[str, NDArray[np.bool_]]]
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
    before = _present(question, right, there, "before", share, size)
    after = _present(question, right, then, "after", share, size)
    return Grades(
        (before, after),
        (_level(question, right, before, size), _level(question, right, after, size)),
    )


def _present(
    question: Question,
    right: Recount,
    standing: Standing,
    when: str,
    share: float | None,
    size: int,
) -> dict[str, NDArray[np.bool_]]:
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
    present = {}
    for word in (count.kind.id for count in right.types):
        others = [own[r.by] for r in standard.substitutes if r.type == word and r.by in own]
        present[word] = np.logical_or.reduce([own[word], *others])
    return present


def _level(
    question: Question, right: Recount, present: dict[str, NDArray[np.bool_]], size: int
) -> NDArray[np.int64]:
    level = np.zeros(size, dtype=np.int64)
    for c in range(size):
        have = {word for word, where in present.items() if where[c]}
        of_class = Counter(k.kind.type_class for k in right.types if k.kind.id in have)
        for step in question.standard.grades:
            if any(of_class[word] < n for word, n in step.min_types.items()):
                break
            if not have.issuperset(step.mandatory):
                break
            level[c] += 1
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
    right: Recount,
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
            ("present_before", row.present_before, _counts(right, grades.present[0], c)),
            ("present_after", row.present_after, _counts(right, grades.present[1], c)),
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


def _counts(right: Recount, present: dict[str, NDArray[np.bool_]], c: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for count in right.types:
        word = count.kind.type_class
        counts[word] = counts.get(word, 0) + int(present[count.kind.id][c])
    return counts
