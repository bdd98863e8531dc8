"""Many small programmes at once: side by side in one, and several solvers at work together.

A solver's process takes longer to start than a small programme to solve, so programmes that have
nothing to do with each other are handed over as the blocks of one. Its value is the sum of
theirs, so that a bound on it bounds each of them: what the others have for certain is taken off.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.model import Block, Programme
from siting.solve.runner import prepare
from siting.solve.search import BOUND_SAFETY, settings_for

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from siting.solve.outcome import Outcome
    from siting.solve.runner import Running

Floats = NDArray[np.float64]
_PAUSE = 0.02


@dataclass(frozen=True, eq=False)
class Task:
    """A programme with a solution to begin with, or None."""

    programme: Programme
    start: Floats | None


@dataclass(frozen=True, eq=False)
class Solved:
    """What is known of a programme.

    Attributes
    ----------
    vector
        The best solution found, or None.
    bound
        No solution is worth more; inf where nothing is known.
    infeasible
        There is no solution.
    """

    vector: Floats | None
    bound: float
    infeasible: bool = False


@dataclass(frozen=True, eq=False)
class Work:
    """How solvers are run, and what that took.

    Attributes
    ----------
    solver, threads, seed, stop
        The solver; how many of its processes may run at once; its random choices; set to end.
    peaks
        Peak memory of each process that has ended, in MB.
    cut
        True for each process that the clock, or `stop`, ended.
    """

    solver: str
    threads: int
    seed: int
    stop: threading.Event | None
    peaks: list[float]
    cut: list[bool]

    def over(self, deadline: float) -> bool:
        """Tell whether the time is up."""
        return time.monotonic() > deadline or (self.stop is not None and self.stop.is_set())


def solve_together(tasks: Sequence[Task], work: Work, deadline: float) -> list[Solved]:
    """Return what is known of each programme, solved as blocks of as many as there are threads."""
    share = [list(range(k, len(tasks), work.threads)) for k in range(work.threads)]
    share = [part for part in share if part]
    whole = [_joined([tasks[k] for k in part]) for part in share]
    found: list[Solved] = [Solved(None, np.inf)] * len(tasks)
    for part, solved in zip(share, solve_each(whole, work, deadline), strict=True):
        for k, one in zip(part, _apart([tasks[k] for k in part], solved), strict=True):
            found[k] = one
    return found


def solve_each(tasks: Sequence[Task], work: Work, deadline: float) -> list[Solved]:
    """Return what is known of each programme, as many at work together as there are threads.

    Each has an even part of the time that is left when it begins.
    """
    found: list[Solved] = [_untouched(task) for task in tasks]
    running: dict[int, Running] = {}
    waiting = list(range(len(tasks)))
    with ExitStack() as ended:
        while running or waiting:
            if work.over(deadline) and not running:
                work.cut.append(True)
                break
            while waiting and len(running) < work.threads and not work.over(deadline):
                rounds = -(-len(waiting) // work.threads)
                k = waiting.pop(0)
                seconds = (deadline - time.monotonic()) / rounds
                running[k] = ended.enter_context(_begin(tasks[k], work, seconds))
            for k, one in list(running.items()):
                one.poll(_PAUSE)
                if work.stop is not None and work.stop.is_set():
                    one.stop()
                if one.done:
                    del running[k]
                    outcome = one.outcome()
                    work.peaks.append(outcome.peak_memory_mb)
                    work.cut.append(outcome.stopped_by not in ("gap", "done"))
                    found[k] = _read(tasks[k], outcome)
    return found


def _begin(task: Task, work: Work, seconds: float) -> Running:
    with prepare(work.solver) as prepared:
        return prepared.begin(
            task.programme,
            start=task.start,
            time_limit=max(0.1, seconds),
            gap=0.0,
            threads=1,
            seed=work.seed,
            settings=settings_for(work.solver, int(task.programme.integer.sum())),
        )


def _untouched(task: Task) -> Solved:
    return Solved(task.start, np.inf)


def _read(task: Task, outcome: Outcome) -> Solved:
    if outcome.vector is None and outcome.status == "infeasible":
        return Solved(None, -np.inf, infeasible=True)
    bound = outcome.bound + BOUND_SAFETY * abs(outcome.bound)
    return Solved(task.start if outcome.vector is None else outcome.vector, bound)


def _joined(tasks: list[Task]) -> Task:
    """Return the programmes side by side as one."""
    programmes = [task.programme for task in tasks]
    if len(programmes) == 1:
        return tasks[0]
    matrix = sparse.csr_array(sparse.block_diag([p.matrix for p in programmes], format="csr"))
    matrix.sort_indices()
    rows, columns = matrix.shape
    starts = [task.start for task in tasks]
    known = [start for start in starts if start is not None]
    return Task(
        Programme(
            value=np.concatenate([p.value for p in programmes]),
            lower=np.concatenate([p.lower for p in programmes]),
            upper=np.concatenate([p.upper for p in programmes]),
            integer=np.concatenate([p.integer for p in programmes]),
            matrix=matrix,
            row_lower=np.concatenate([p.row_lower for p in programmes]),
            row_upper=np.concatenate([p.row_upper for p in programmes]),
            columns=(Block("blocks", 0, columns),),
            rows=(Block("blocks", 0, rows),),
        ),
        np.concatenate(known) if len(known) == len(starts) else None,
    )


def _apart(tasks: list[Task], solved: Solved) -> Iterator[Solved]:
    """Yield what the joined programme tells of each: its part, and the bound less the others."""
    if len(tasks) == 1:
        yield solved
        return
    vector = solved.vector
    if vector is None:
        yield from (_untouched(task) for task in tasks)
        return
    ends = np.cumsum([len(task.programme.value) for task in tasks])
    parts = np.split(vector, ends[:-1])
    values = [float(t.programme.value @ v) for t, v in zip(tasks, parts, strict=True)]
    total = float(np.sum(values))
    # sums of the same numbers in another order differ by less than this
    loose = BOUND_SAFETY * float(np.abs(values).sum())
    for part, value in zip(parts, values, strict=True):
        yield Solved(part, max(value, solved.bound - (total - value) + loose))
