"""One stage of a run: solved, recorded, and its value kept for the stages that follow."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from siting.plan.stages import make_stage
from siting.programme.stage import Kept, Stage
from siting.solve.proof import prove
from siting.solve.runner import Prepared, prepare
from siting.solve.search import Found, search

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from siting.plan.document import Stage as Record
    from siting.solve.outcome import Event
    from siting.solve.problem import Problem
    from siting.solve.proof import Proof
    from siting.standard.model import Standard

MOST_SHARE = 1.0
"""No circle gains more than it could have."""


@dataclass
class Run:
    """The clock and the manner of a run, and what has been found so far."""

    problem: Problem
    standard: Standard
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
    proofs: dict[str, Proof] = field(default_factory=dict)
    found: Found | None = None

    def until(self, share: float) -> float:
        """Return when a share of the time that is left will have gone."""
        now = time.monotonic()
        return now + share * (self.deadline - now)


def solve_stage(
    run: Run, stage: Stage, name: str, *, deadline: float, least_bound: float = float("-inf")
) -> Found:
    """Solve one stage, record it, and keep its value.

    Parameters
    ----------
    stage
        What is maximised; it keeps the stages before.
    name
        Of the record.
    deadline
        When to stop, on the monotonic clock.
    least_bound
        What the stage solved does not know of: plans worth so much may exist outside of it.
    """
    problem = run.problem.staged(stage)
    prepared, run.ahead = run.ahead or prepare(run.solver), None
    with prepared:
        found = seek(run, problem, prepared, deadline=deadline, gap=run.gap)
    # of other stages prices are no points, and of what a later one must keep they know nothing
    if run.found is None and stage.kind in ("coverage", "class"):
        run.prices = found.prices
    if run.found is not None:
        found = replace(
            found,
            repeatable=found.repeatable and run.found.repeatable,
            peak_memory_mb=max(found.peak_memory_mb, run.found.peak_memory_mb),
        )
    chosen = found.chosen
    if chosen is None:
        run.found = run.found or found
        return found
    if stage.kind == "worst":
        found = replace(found, bound=min(max(found.bound, least_bound), MOST_SHARE))
    if found.multipliers is not None:
        proof = prove(problem, run.standard, found.multipliers)
        found = replace(found, bound=min(found.bound, proof.bound))
        run.proofs[name] = proof
    run.chosen, run.found = chosen, found
    value = problem.value(chosen)
    sign = -1.0 if stage.kind == "cost" else 1.0
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


def seek(
    run: Run,
    problem: Problem,
    prepared: Prepared,
    *,
    deadline: float,
    gap: float,
    quiet: bool = False,
) -> Found:
    """Search at one stage from the plan that is known; `quiet`: nobody is told of the progress."""
    return search(
        problem,
        prepared,
        time_limit=max(0.2, deadline - time.monotonic()),
        gap=gap,
        threads=run.threads,
        seed=run.seed,
        on_event=(lambda _: None) if quiet else run.on_event,
        stop=run.stop,
        start=run.chosen,
        patience=run.deadline - time.monotonic(),
    )
