"""Circles that cannot reach the grade they must hold, and which types they can never have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.errors import Notice

if TYPE_CHECKING:
    from siting.programme.grades import Bools, Grades
    from siting.solve.problem import Problem
    from siting.standard.model import Question


def lost_circles(problem: Problem) -> list[int]:
    """Return circles that do not reach the grade even with every option open."""
    grades = problem.rules.grades
    if grades is None or not grades.must:
        return []
    held = grades.held(_at_most(problem, grades))[-1]
    return [c for c in grades.open.tolist() if not held[c]]


def _at_most(problem: Problem, grades: Grades) -> Bools:
    """Return which types could be present by themselves, of those that the grade counts.

    Returns
    -------
    array
        Shape (types, communities).
    """
    own = grades.own_today.copy()
    for t, c in problem.frame.presence.own:
        own[t, c] = True
    return own


def grade_beyond(problem: Problem, question: Question, c: int) -> Notice:
    """Say how many types a lost circle lacks for its grade, and which of them can never come.

    Of a class that falls short all types that cannot come are named, of the others those that
    the grade demands by name.
    """
    grades = problem.rules.grades
    assert grades is not None
    own = _at_most(problem, grades)
    present, counting = grades.present(own)[:, c], grades.counting(own)[:, c]
    types = question.standard.types
    steps = question.standard.grades[: len(grades.least)]
    demanded = {word for step in steps for word in step.mandatory}
    named: list[str] = []
    count = 0
    words = (*(kind.type_class for kind in types), *(w for step in steps for w in step.min_types))
    for word in dict.fromkeys(words):
        of_class = [t for t, kind in enumerate(types) if kind.type_class == word]
        # a type that asks for nothing is of no class to the grade, which may yet demand it
        counted = [t for t in of_class if grades.classes[t]]
        short = max(step.get(word, 0) for step in grades.least) - int(counting[counted].sum())
        absent = [t for t in counted if not counting[t]]
        must = [t for t in counted if not present[t] and types[t].id in demanded]
        never = [t for t in of_class if t not in counted and types[t].id in demanded]
        named += [types[t].id for t in (*(absent if short > 0 else must), *never)]
        count += max(short, len(must)) + len(never)
    values = {
        "community": problem.city.communities[c],
        "grade": question.grade or "-",
        "count": count,
        "types": ", ".join(named) or "-",
    }
    key = "solve.grade_beyond" if count <= len(named) else "solve.grade_too_many"
    return Notice(key, values=values)
