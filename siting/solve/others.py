"""The same question solved again under other weights."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.gaps.weightings import other_weightings
from siting.plan.gains import find_gains
from siting.plan.solution import find_solution
from siting.plan.values import Answer
from siting.programme.needs import merge_needs
from siting.programme.rules import find_rules
from siting.solve.problem import Problem
from siting.solve.runner import prepare
from siting.solve.stages import nothing_to_open, solve_stages

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from siting.gaps.needs import Gaps
    from siting.gaps.weightings import Weights
    from siting.plan.document import Solution
    from siting.solve.outcome import Event
    from siting.standard.model import Question
    from siting.walk.reach import Reach

MAIN_SHARE = 0.5
"""Of the time for solving: so much the plan itself may take before the other answers begin."""


@dataclass(frozen=True, eq=False)
class Other:
    """An answer under other weights.

    Attributes
    ----------
    name, weights
        See `siting.gaps.weightings`.
    solution
        Its projects and what they are worth under these weights.
    repeatable, peak_memory_mb
        As of `siting.solve.search.Found`.
    """

    name: str
    weights: Weights
    solution: Solution
    repeatable: bool
    peak_memory_mb: float


def solve_others(
    problem: Problem,
    question: Question,
    gaps: Gaps,
    reach: Mapping[str, Reach],
    chosen: NDArray[np.int64],
    *,
    solver: str,
    deadline: float,
    gap: float,
    threads: int,
    seed: int,
    on_event: Callable[[Event], None],
    stop: threading.Event | None,
) -> list[Other]:
    """Return an answer for each weighting, with a bound that holds under its weights.

    Budgets, locks, rules and objective stay. Each search begins with the plan itself, which keeps
    all of them: an answer has other projects only where those were found to be worth more. The
    weightings share the time evenly, and what one leaves the next may use; one without time left
    answers with the plan, and its bound says how little that proves.

    Parameters
    ----------
    problem, question, gaps, reach
        The question under its own weights.
    chosen
        The plan: indices of its options, ascending.
    deadline
        On the monotonic clock, for all of them.
    """
    family = other_weightings(gaps, question.objective)
    found = []
    for k, weighting in enumerate(family):
        asked = question.model_copy(update={"standard": weighting.gaps.standard})
        now = time.monotonic()
        ends = now + (deadline - now) / (len(family) - k)
        weighed = _weighed(problem, asked, weighting.gaps, reach)
        if not len(problem.options):
            staged = nothing_to_open(asked)
        else:
            with prepare(solver) as prepared:
                staged = solve_stages(
                    weighed,
                    asked,
                    prepared,
                    deadline=ends,
                    gap=gap,
                    threads=threads,
                    seed=seed,
                    on_event=on_event,
                    stop=stop,
                    start=chosen,
                )
        best = staged.found.chosen
        assert best is not None  # the plan at least
        gains = find_gains(weighting.gaps, problem.options, reach, best)
        answer = Answer(asked, weighting.gaps, problem.options, reach, best, gains)
        found.append(
            Other(
                weighting.name,
                weighting.weights,
                find_solution(answer, problem.purses, staged.records, staged.found.stopped_by),
                staged.found.repeatable,
                staged.found.peak_memory_mb,
            )
        )
    return found


def _weighed(
    problem: Problem, question: Question, gaps: Gaps, reach: Mapping[str, Reach]
) -> Problem:
    rules = find_rules(problem.city, question, gaps, problem.options)
    needs = merge_needs(gaps, problem.options, reach, rules)
    return Problem(problem.city, problem.options, needs, problem.purses, rules)
