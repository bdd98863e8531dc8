"""A first plan where the greedy finds none: demands are missed at a price until none is.

Where many types must reach as many residents as they can at all, an option that serves one of
them takes a space that others need more, and no order of opening serves all. A solver finds such
a plan slowly as long as every demand must be met, because it has nothing to improve; so it is
given the programme in which each may be missed, with the greedy's plan of coverage to start from.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siting.solve.elastic import elastic, elastic_start
from siting.solve.limits import kept
from siting.solve.named import asked_from_below
from siting.solve.runner import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.solve.problem import Problem

_LARGE = 5_000  # columns: smaller programmes are solved as they are, sooner than this begins
_FOR_GREEDY = 0.3  # of the time
_MET = 1e-9


class First(NamedTuple):
    """A choice that keeps every rule, or None, and whether no clock ended the search for it."""

    chosen: NDArray[np.int64] | None
    whole: bool


def first_plan(
    problem: Problem,
    solver: str,
    *,
    deadline: float,
    seed: int,
    stopping: Callable[[], bool],
) -> First:
    """Return a choice that keeps every rule; none where none is found, or the city is small.

    Parameters
    ----------
    problem
        At its first stage: nothing is kept yet.
    solver
        A back end by name.
    deadline
        On the monotonic clock.
    stopping
        Asked now and then; once it says True the search ends.
    """
    if len(problem.programme.value) < _LARGE or problem.stage.keep:
        return First(None, True)
    if not asked_from_below(problem):
        return First(None, True)
    now = time.monotonic()
    until = now + _FOR_GREEDY * (deadline - now)
    mine = _of_use(problem)
    part = problem.restricted(mine)
    demands = asked_from_below(part)
    soft = elastic(part, demands)
    start = elastic_start(part, demands, soft, until)
    whole = time.monotonic() < until
    left = deadline - time.monotonic()
    if left <= 0.0 or stopping():
        return First(None, False)
    outcome = run(
        soft, solver, start=start, time_limit=left, gap=0.0, seed=seed, should_stop=stopping
    )
    whole &= outcome.stopped_by in ("gap", "done")
    if outcome.vector is None or soft.value @ outcome.vector < -_MET:
        return First(None, whole)
    chosen = mine[outcome.vector[part.programme.column_range("x")] > 0.5]
    return First(chosen if kept(problem, chosen) else None, whole)


def _of_use(problem: Problem) -> NDArray[np.int64]:
    """Return the options of types that are demanded, that locks open, or that may be company."""
    rules, options = problem.rules, problem.options
    types = np.zeros(len(rules.classes), dtype=bool)
    types[[floor.type for floor in rules.floors]] = True
    types[[quota.type for quota in rules.quotas]] = True
    grades = rules.grades
    if grades is not None and grades.must:
        types[[t for ways in grades.ways for t in ways]] = True
    for t, company in rules.roof.only if rules.roof is not None else ():
        if types[t]:
            types |= company
    several = problem.city.spaces.min_types > 1
    return np.flatnonzero(types[options.type] | options.forced | several[options.space])
