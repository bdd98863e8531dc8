"""Improve a plan part by part: free what lies close together, fix the rest, solve exactly.

The neighbourhood that leaves most on the table (`siting.solve.where`) is solved next, several at a
time where no need is met from two of them. What was solved counts less until others have had their
turn. The solver stops at a number of nodes, so that the outcome does not depend on the clock,
unless a neighbourhood takes longer than its seconds.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siting.solve.around import Neighbourhood, neighbourhood
from siting.solve.limits import kept
from siting.solve.runner import Prepared, Running, prepare, wait
from siting.solve.where import Map

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from siting.solve.multipliers import Bound
    from siting.solve.problem import Problem

Ints = NDArray[np.int64]

# Measured, see benchmarks/README.md.
_SPACES = 90  # of a neighbourhood at first
_FEWEST, _MOST = 40, 300
_GROW, _SHRINK = 1.15, 0.85
_NODES = 200
_SECONDS = 8.0
_GAP = 1e-5
_IDLE = 30  # rounds without a better plan before this gives up


@dataclass(frozen=True, eq=False)
class Improved:
    """What came of it.

    Attributes
    ----------
    chosen
        The best choice.
    rounds
        How many rounds were solved.
    repeatable
        The clock ended nothing.
    exhausted
        It gave up, because nothing better was found for long.
    solver
        Name and version, "" where none ran.
    peak_memory_mb
        Of the solvers' processes at once.
    crashed
        The words of one that crashed, else "".
    """

    chosen: Ints
    rounds: int
    repeatable: bool
    exhausted: bool
    solver: str
    peak_memory_mb: float
    crashed: str


def improve(
    problem: Problem,
    core: Ints,
    relaxed: Bound,
    chosen: Ints,
    *,
    solver: str,
    deadline: float,
    goal: float,
    threads: int,
    seed: int,
    stop: threading.Event | None,
    tell: Callable[[float], None],
) -> Improved:
    """Return a choice at least as good as `chosen`.

    Parameters
    ----------
    problem
        The question.
    core
        The options that neighbourhoods may choose from, ascending, those of `chosen` among them.
    relaxed
        The multipliers' bound of the problem.
    chosen
        A choice that keeps all rules.
    solver
        Back end by name.
    deadline
        On the monotonic clock.
    goal
        A value that is good enough.
    threads
        Neighbourhoods solved at once.
    tell
        Called with each better value.
    """
    part = problem.restricted(core)
    best = np.searchsorted(core, chosen)
    value = problem.value(chosen)
    places = Map(problem, relaxed)
    size, rounds, idle = float(_SPACES), 0, 0
    repeatable, memory, name, crashed = True, 0.0, "", ""
    ready = deque(prepare(solver) for _ in range(max(1, threads)))

    def ended() -> bool:
        return stop is not None and stop.is_set()

    def over() -> bool:
        return time.monotonic() > deadline or ended()

    try:
        while value < goal and idle < _IDLE and not over():
            regions = places.pick(part, core[best], int(size), len(ready))
            runs = []
            for region in regions:
                task = neighbourhood(part, best, region, len(regions))
                runs.append((task, _begin(task, ready.popleft(), deadline, seed + rounds)))
                ready.append(prepare(solver))
            outcomes = [wait(running, should_stop=ended) for _, running in runs]
            before = value
            for (task, _), outcome in zip(runs, outcomes, strict=True):
                name = outcome.solver
                repeatable = repeatable and outcome.stopped_by in ("gap", "done")
                crashed = outcome.message if outcome.stopped_by == "crash" else crashed
                if outcome.vector is None:
                    continue
                elsewhere = best[~np.isin(best, task.free)]
                trial = np.union1d(elsewhere, task.chosen(outcome.vector))
                worth = part.value(trial)
                if worth > value and kept(part, trial):
                    best, value = trial, worth
                    tell(value)
            for region in regions:
                places.solved(region)
            memory = max(memory, sum(outcome.peak_memory_mb for outcome in outcomes))
            quick = all(outcome.stopped_by == "gap" for outcome in outcomes)
            size = min(_MOST, size * _GROW) if quick else max(_FEWEST, size * _SHRINK)
            rounds, idle = rounds + 1, 0 if value > before else idle + 1
    finally:
        for prepared in ready:
            prepared.close()
    repeatable = repeatable and not (value < goal and over())
    return Improved(core[best], rounds, repeatable, idle >= _IDLE, name, memory, crashed)


def _begin(task: Neighbourhood, prepared: Prepared, deadline: float, seed: int) -> Running:
    return prepared.begin(
        task.programme,
        start=task.problem.vector(task.now),
        time_limit=max(0.1, min(_SECONDS, deadline - time.monotonic())),
        gap=_GAP,
        threads=1,
        seed=seed,
        settings=_settings(prepared.solver),
    )


def _settings(solver: str) -> dict[str, Any]:
    """Return where the solver shall stop."""
    if solver == "scip":
        return {"limits/nodes": _NODES, "presolving/maxrestarts": 0}
    if solver == "highs":
        return {"mip_max_nodes": _NODES}
    return {}
