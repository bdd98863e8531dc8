"""The stages of an objective: each is solved and bounded, and its value kept in the next.

A later stage keeps at least the value of the plan found (never the bound), so that its own bound
holds for the best plan among those that keep it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.plan.stages import make_stage, stage_names
from siting.plan.values import COST, COVERAGE, GRADES, WORST
from siting.programme.stage import Stage
from siting.solve.one_stage import Run, solve_stage
from siting.solve.search import Found
from siting.solve.worst import raise_next

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.plan.document import Stage as Record
    from siting.solve.outcome import Event
    from siting.solve.problem import Problem
    from siting.solve.proof import Proof
    from siting.solve.runner import Prepared
    from siting.standard.model import Question

_FIRST_SHARE = 0.6  # of the time, for a stage that others follow


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
        Need points that 10,000 yuan more would buy in the first stage, where that counts any.
    proofs
        Of the stages that have multipliers, by name.
    """

    found: Found
    records: tuple[Record, ...]
    prices: dict[str, float]
    proofs: dict[str, Proof] = field(default_factory=dict)


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
    run = Run(
        problem,
        question.standard,
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
    for name in names:
        share = 1.0 if name == names[-1] else _FIRST_SHARE
        found = solve_stage(run, _stage(name, run), name, deadline=run.until(share))
        if _ended(found):
            break
        if name == WORST and _ended(raise_next(run, found)):
            break
    assert run.found is not None
    return Staged(run.found, tuple(run.records), run.prices, run.proofs)


def nothing_to_open(question: Question) -> Staged:
    """Return the only plan there is: no project, and nothing else could be had."""
    found = Found(
        chosen=np.empty(0, dtype=np.int64), bound=0.0, source="no options", stopped_by="done"
    )
    names = stage_names(question.objective, question.standard)
    records = tuple(
        make_stage(n, "min" if n == COST else "max", 0.0, 0.0, "no options") for n in names
    )
    return Staged(found, records, {"C3": 0.0, "C4": 0.0})


def _ended(found: Found) -> bool:
    return found.chosen is None or found.stopped_by == "interrupt"


def _stage(name: str, run: Run) -> Stage:
    kinds = {COVERAGE: "coverage", GRADES: "grades", COST: "cost", WORST: "worst"}
    if name in kinds:
        return Stage(kind=kinds[name], keep=run.keep)  # type: ignore[arg-type]
    return Stage(kind="class", class_name=name, keep=run.keep)
