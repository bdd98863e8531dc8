"""The stages of an objective: each is solved and bounded, and its value kept in the next.

A later stage keeps at least the value of the plan found (never the bound), so that its own bound
holds for the best plan among those that keep it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.plan.stages import make_stage, stage_names
from siting.plan.values import COST, COVERAGE, GRADES, WORST
from siting.programme.choice import share
from siting.programme.objectives import rising_circles
from siting.programme.stage import Kept, Stage
from siting.solve.runner import Prepared, prepare
from siting.solve.search import Found, search

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.plan.document import Stage as Record
    from siting.solve.outcome import Event
    from siting.solve.problem import Problem
    from siting.standard.model import Question

_FIRST_SHARE = 0.6  # of the time, for a stage that others follow
_SAME = 1e-9  # of a share: closer ones are one level


@dataclass(frozen=True, eq=False)
class Staged:
    """What all stages brought.

    Attributes
    ----------
    found
        What the last stage found, with the choice that is kept.
    records
        One for each stage that was solved, in order.
    prices
        Need points that one yuan more would buy in the first stage, where that counts any.
    """

    found: Found
    records: tuple[Record, ...]
    prices: dict[str, float]


@dataclass
class _Run:
    """The clock and the manner of a run, and what has been found so far."""

    problem: Problem
    solver: str
    deadline: float
    gap: float
    threads: int
    seed: int
    on_event: Callable[[Event], None]
    stop: threading.Event | None
    ahead: Prepared | None
    chosen: NDArray[np.int64] | None = None
    keep: tuple[Kept, ...] = ()
    records: list[Record] = field(default_factory=list)
    prices: dict[str, float] = field(default_factory=dict)
    found: Found | None = None


def solve_stages(
    problem: Problem,
    question: Question,
    prepared: Prepared,
    *,
    deadline: float,
    gap: float,
    threads: int,
    seed: int,
    on_event: Callable[[Event], None],
    stop: threading.Event | None,
    start: NDArray[np.int64] | None = None,
) -> Staged:
    """Solve the stages of the question's objective, one after the other.

    Parameters
    ----------
    problem
        The question.
    prepared
        A process of the solver, for the first stage; others are started as they are needed.
    deadline
        On the monotonic clock.
    gap
        Relative gap at which each stage stops.
    start
        A choice that keeps every rule, if one is known.
    """
    run = _Run(
        problem,
        prepared.solver,
        deadline,
        gap,
        threads,
        seed,
        on_event,
        stop,
        ahead=prepared,
        chosen=start,
    )
    names = stage_names(question.objective, question.standard)
    for at, name in enumerate(names):
        left = len(names) - at - 1
        found = _solve(run, _stage(name, run), name, left)
        if found.chosen is None or found.stopped_by == "interrupt":
            break
        if name == WORST:
            _next_worst(run, found)
            if run.found is not None and run.found.stopped_by == "interrupt":
                break
    assert run.found is not None
    return Staged(run.found, tuple(run.records), run.prices)


def nothing_to_open(question: Question) -> Staged:
    """Return the only plan there is: no project, and nothing else could be had."""
    found = Found(
        chosen=np.empty(0, dtype=np.int64), bound=0.0, source="no options", stopped_by="done"
    )
    names = stage_names(question.objective, question.standard)
    records = tuple(
        make_stage(n, "min" if n == COST else "max", 0.0, 0.0, "no options") for n in names
    )
    return Staged(found, records, {})


def _stage(name: str, run: _Run) -> Stage:
    kinds = {COVERAGE: "coverage", GRADES: "grades", COST: "cost", WORST: "worst"}
    if name in kinds:
        return Stage(kind=kinds[name], keep=run.keep)  # type: ignore[arg-type]
    return Stage(kind="class", class_name=name, keep=run.keep)


def _solve(run: _Run, stage: Stage, name: str, left: int) -> Found:
    """Solve one stage, record it, and keep its value; `left` stages are to follow."""
    problem = run.problem.staged(stage)
    now = time.monotonic()
    seconds = (run.deadline - now) * (_FIRST_SHARE if left else 1.0)
    prepared, run.ahead = run.ahead or prepare(run.solver), None
    with prepared:
        found = search(
            problem,
            prepared,
            time_limit=seconds,
            gap=run.gap,
            threads=run.threads,
            seed=run.seed,
            on_event=run.on_event,
            stop=run.stop,
            start=run.chosen,
        )
    if run.found is None:  # what a later stage must keep, its prices know nothing of
        run.prices = found.prices
    if run.found is not None:
        found = replace(
            found,
            repeatable=found.repeatable and run.found.repeatable,
            peak_memory_mb=max(found.peak_memory_mb, run.found.peak_memory_mb),
        )
    if found.chosen is None:
        run.found = run.found or found
        return found
    run.chosen, run.found = found.chosen, found
    value = problem.value(found.chosen)
    sign = -1.0 if stage.kind == "cost" else 1.0
    if name:
        run.records.append(
            make_stage(
                name,
                "min" if stage.kind == "cost" else "max",
                sign * value,
                sign * found.bound,
                found.source,
            )
        )
    run.keep = (*run.keep, Kept(stage, value))
    return found


def _next_worst(run: _Run, found: Found) -> None:
    """Let circles leave that are stuck at the level reached, and raise the next worst.

    A circle is stuck where no plan that keeps the level gives it more by itself.
    """
    fixed: tuple[tuple[int, float], ...] = ()
    before = run.keep
    for turn in range(2, len(run.problem.city.communities) + 1):
        assert run.chosen is not None
        stage = Stage(kind="worst", fixed=fixed, keep=before[:-1])
        problem = run.problem.staged(stage)
        level = problem.value(run.chosen)
        if found.bound > level + _SAME or run.deadline - time.monotonic() < 1.0:
            return
        values = problem.vector(run.chosen)
        rising = rising_circles(problem.frame, stage)
        lowest = [c for c in rising if share(problem.frame, values, c) <= level + _SAME]
        stuck = [c for c in lowest if _ceiling(run, c, fixed) <= level + 1e-7]
        if not stuck or len(stuck) == len(rising):
            return
        fixed = (*fixed, *((c, level) for c in stuck))
        found = _solve(
            run, Stage(kind="worst", fixed=fixed, keep=run.keep), f"{WORST}-{turn}", left=1
        )
        if found.chosen is None or found.stopped_by == "interrupt":
            return


def _ceiling(run: _Run, circle: int, fixed: tuple[tuple[int, float], ...]) -> float:
    """Return a bound on the share that a circle can have while everything reached is kept."""
    problem = run.problem.staged(Stage(kind="circle", circle=circle, fixed=fixed, keep=run.keep))
    with prepare(run.solver) as prepared:
        found = search(
            problem,
            prepared,
            time_limit=max(0.2, 0.1 * (run.deadline - time.monotonic())),
            gap=0.0,
            threads=run.threads,
            seed=run.seed,
            on_event=lambda _: None,
            stop=run.stop,
            start=run.chosen,
        )
    could = float(problem.needs.reachable[circle])
    return found.bound / could if could else 0.0
