"""Whether the plan is worth what it states under other assumptions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.verify.bound import HELD
from siting.verify.circles import grade, residents_at_grade
from siting.verify.compare import close, differs
from siting.verify.held import limited_types
from siting.verify.reach import own_reach
from siting.verify.recount import (
    Walked,
    limits_of,
    nearest_outlets,
    outlets_by_type,
    recount,
)
from siting.verify.values import coverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City, Floats, Ints
    from siting.errors import Notice
    from siting.plan.document import Document
    from siting.standard.model import Question, Standard
    from siting.verify.nearest import Nearest
    from siting.verify.recount import Recount

LONGEST = 11  # tenths of the stated minutes
_MINUTES = (("minutes-10%", 9), ("minutes+10%", LONGEST))
_DETOURS = (("detour-1.20", 1.2), ("detour-1.45", 1.45))
_SHARES = (("presence-0.5", 0.5), ("presence-0.8", 0.8))


def stretched(standard: Standard, tenths: int) -> Standard:
    """Return the standard with other minutes for every type."""
    types = tuple(
        kind.model_copy(update={"minutes": kind.minutes * tenths / 10}) for kind in standard.types
    )
    return standard.model_copy(update={"types": types})


def check_assumptions(
    document: Document,
    city: City,
    question: Question,
    right: Recount,
    people: dict[str, Floats],
    outlets: Nearest,
    spaces: Walked,
    projects: list[tuple[int, str]],
) -> Iterator[Notice]:
    """Yield what is wrong with the sensitivity.

    Parameters
    ----------
    right
        Counted as the question says.
    outlets, spaces
        Walks as far as the longest minutes need, to every asked outlet and of every project.
    """
    wanted: list[tuple[str, Recount, float | None]] = []
    for name, tenths in _MINUTES:
        standard = stretched(question.standard, tenths)
        wanted.append((name, recount(city, standard, people, outlets, spaces, projects), None))
    if city.streets is None and city.walks is None:
        for name, detour in _DETOURS:
            other = replace(city, walking=replace(city.walking, detour=detour))
            near, reach = _walks(other, question.standard, projects)
            again = recount(other, question.standard, people, near, reach, projects)
            wanted.append((name, again, None))
    wanted += [(name, right, share) for name, share in _SHARES]
    stated = [row.name for row in document.sensitivity]
    names = [name for name, _, _ in wanted]
    if stated != names:
        yield differs("sensitivity_list", ", ".join(stated), ", ".join(names))
        return
    held = bool(limited_types(question))
    for row, (name, counted, share) in zip(document.sensitivity, wanted, strict=True):
        if question.objective == "grades":
            grades = grade(city, question, counted, projects, share)
            worth = residents_at_grade(city, question, people["everyone"], grades)
        else:
            worth = coverage(city, question, counted, projects)
        same = close(row.objective, worth) or (
            held and abs(row.objective - worth) <= HELD * max(1.0, abs(worth))
        )
        if not same:
            yield differs("sensitivity", row.objective, worth, assumption=name, name="objective")
        gained = counted.newly_served
        if not close(row.residents_newly_served, gained):
            field = "residents_newly_served"
            yield differs(
                "sensitivity", row.residents_newly_served, gained, assumption=name, name=field
            )


def _walks(
    city: City, standard: Standard, projects: list[tuple[int, str]]
) -> tuple[Nearest, Walked]:
    """Walk the outlets that are asked for and the projects in straight lines."""
    limits = limits_of(city, standard)
    none = np.empty(0, dtype=np.int64)
    asked = np.concatenate([none, *outlets_by_type(city, standard).values()])
    chosen = np.array([s for s, _ in projects], dtype=np.int64)

    def walked(kind: str, targets: Ints, total: int) -> Walked:
        targets = np.unique(targets)
        row = np.full(total, -1, dtype=np.int64)
        row[targets] = np.arange(len(targets))
        reach = own_reach(city, "space" if kind == "space" else "outlet", limits, targets, None)
        return Walked(row, reach)

    outlets = walked("outlet", asked, len(city.outlets))
    near = nearest_outlets(city, standard, outlets)
    return near, walked("space", chosen, len(city.spaces))
