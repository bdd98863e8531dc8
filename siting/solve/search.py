"""From a problem to a choice of options and a bound that holds for the whole problem.

1. A greedy choice.
2. Multipliers: a bound on every plan, and for each option how much less a plan with it can be
   worth at most (its loss).
3. A small core, the options of least loss, to the solver: a good choice in a short time.
4. A larger core to the solver, with every option that a plan better than the gap allows could
   use. What it leaves out is worth no more than the bound minus the least loss left out, so that
   the larger of that and the solver's bound holds for the whole problem.

Cores have their needs merged again, which makes them much smaller than their share of options.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.model import Block, Programme
from siting.solve.greedy import greedy
from siting.solve.limits import broken, locks_kept
from siting.solve.multipliers import Bound, bound_by_multipliers
from siting.solve.outcome import Event
from siting.solve.runner import Prepared, Running, prepare
from siting.walk.reach import spans

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from siting.solve.outcome import Outcome
    from siting.solve.problem import Problem

# A bound from floating-point linear programmes is believed only with this much added to it.
BOUND_SAFETY = 1e-9

_PASSES = 1000
_SMALL_CORE_LOSS = 5e-4  # of the bound
_SMALL_CORE_SHARE = 0.3  # of the time left
_SMALL_CORE_OPTIONS = 150  # a problem with fewer options is solved at once

StoppedBy = Literal["gap", "time", "interrupt", "done"]


@dataclass(frozen=True)
class Limits:
    """When to stop, and how to search."""

    deadline: float
    gap: float
    threads: int
    seed: int
    stop: threading.Event | None


@dataclass(frozen=True, eq=False)
class Found:
    """What the search found.

    Attributes
    ----------
    chosen
        Indices of the chosen options, ascending; None where no plan is known.
    bound
        No plan is worth more; inf where nothing is known.
    source
        Where the bound comes from.
    stopped_by
        ``gap``, ``time``, ``interrupt`` or ``done``.
    infeasible
        The solver proved that no plan keeps all rules.
    solver
        Name and version of the solver that ran, or ``none``.
    peak_memory_mb
        Of the solver's process.
    crashed
        The solver's own words where it crashed, else "".
    """

    chosen: NDArray[np.int64] | None
    bound: float
    source: str
    stopped_by: StoppedBy
    infeasible: bool = False
    solver: str = "none"
    peak_memory_mb: float = 0.0
    crashed: str = ""


@dataclass(frozen=True, eq=False)
class _Core:
    """What a solver run on some of the options brought; indices are the whole problem's."""

    chosen: NDArray[np.int64] | None
    bound: float
    outcome: Outcome


def search(
    problem: Problem,
    prepared: Prepared,
    *,
    time_limit: float,
    gap: float,
    threads: int,
    seed: int,
    on_event: Callable[[Event], None],
    stop: threading.Event | None,
) -> Found:
    """Return the best choice found within `time_limit` seconds, and a bound on every choice."""
    begun = time.monotonic()
    limits = Limits(begun + time_limit, gap, threads, seed, stop)
    best = greedy(problem)
    relaxed = _relaxed(problem, best)

    def tell(event: Event) -> None:
        """Pass on a core's news as news of the whole problem."""
        known = [v for v in (event.objective, best_value) if v is not None]
        on_event(Event(time.monotonic() - begun, max(known, default=None), _finite(relaxed.value)))

    best_value = None if best is None else problem.value(best)
    tell(Event(0.0, best_value, None))
    if best is not None and best_value is not None:
        if _close(relaxed.value, best_value, gap):
            return Found(prune(problem, best), relaxed.value, "multipliers", "gap")
        small = _kept(problem, relaxed, _SMALL_CORE_LOSS * relaxed.value, best)
        if len(problem.options) > _SMALL_CORE_OPTIONS and len(small) < len(problem.options):
            ahead = prepare(prepared.solver)
            share = _SMALL_CORE_SHARE * (limits.deadline - time.monotonic())
            core = _solve(
                problem,
                small,
                best,
                prepared,
                replace(limits, deadline=time.monotonic() + share, gap=gap / 4),
                tell,
            )
            prepared = ahead
            if core.chosen is not None and problem.value(core.chosen) > best_value:
                best, best_value = core.chosen, problem.value(core.chosen)
    cutoff = -np.inf if best_value is None else best_value * (1.0 + gap)
    kept = _kept(problem, relaxed, relaxed.value - cutoff, best)
    with prepared:
        core = _solve(problem, kept, best, prepared, limits, tell)
    if core.chosen is not None and (best_value is None or problem.value(core.chosen) > best_value):
        best, best_value = core.chosen, problem.value(core.chosen)
    left_out = np.setdiff1d(np.arange(len(problem.options)), kept)
    outside = relaxed.value - relaxed.loss[left_out].min() if len(left_out) else -np.inf
    bound, source = max(core.bound, outside), core.outcome.solver
    if bound >= relaxed.value:
        bound, source = relaxed.value, "multipliers"
    stopped_by: StoppedBy = (
        core.outcome.stopped_by if core.outcome.stopped_by != "crash" else "time"
    )
    return Found(
        chosen=None if best is None else prune(problem, best),
        bound=bound,
        source=source,
        stopped_by=stopped_by,
        infeasible=best is None and core.outcome.status == "infeasible",
        solver=core.outcome.solver,
        peak_memory_mb=core.outcome.peak_memory_mb,
        crashed=core.outcome.message if core.outcome.stopped_by == "crash" else "",
    )


def _finite(bound: float) -> float | None:
    return bound if np.isfinite(bound) else None


def _close(bound: float, value: float, gap: float) -> bool:
    return bound - value <= gap * abs(value)


def _relaxed(problem: Problem, best: NDArray[np.int64] | None) -> Bound:
    return bound_by_multipliers(
        problem.city,
        problem.options,
        problem.cover,
        problem.needs.weight,
        problem.money,
        known=0.0 if best is None else problem.value(best),
        passes=_PASSES,
    )


def _kept(
    problem: Problem, relaxed: Bound, loss: float, best: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """Return the options that lose no more than `loss`, the opened locks and the best choice."""
    keep = (relaxed.loss <= loss) | problem.options.forced
    if best is not None:
        keep[best] = True
    return np.flatnonzero(keep)


def _solve(
    problem: Problem,
    kept: NDArray[np.int64],
    best: NDArray[np.int64] | None,
    prepared: Prepared,
    limits: Limits,
    tell: Callable[[Event], None],
) -> _Core:
    """Hand the problem with only the options `kept` to the solver.

    A solver keeps rules only to a tolerance. Its choice is checked in whole numbers, and where a
    budget or a floor is broken by a hair, a row that excludes just that choice is added and the
    solver runs again; the row cuts off no choice that keeps the rules.
    """
    core = problem if len(kept) == len(problem.options) else problem.restricted(kept)
    programme = core.programme
    start = None if best is None else np.searchsorted(kept, best)
    bound = np.inf
    while True:
        running = prepared.begin(
            programme,
            start=None if start is None else core.vector(start),
            time_limit=max(0.1, limits.deadline - time.monotonic()),
            gap=limits.gap,
            threads=limits.threads,
            seed=limits.seed,
        )
        outcome = _wait(running, tell, limits.stop)
        bound = min(bound, outcome.bound + BOUND_SAFETY * abs(outcome.bound))
        if outcome.vector is None:
            break
        chosen = np.flatnonzero(outcome.vector[programme.column_range("x")] > 0.5)
        cuts = broken(core, chosen)
        kept_rules = _repair(core, chosen)
        if kept_rules is not None and (start is None or core.value(kept_rules) > core.value(start)):
            start = kept_rules
        claimed = outcome.stopped_by in ("gap", "done")
        if not cuts or not claimed or limits.deadline - time.monotonic() < 0.5:
            break
        programme = _without(programme, cuts)
        prepared = prepare(prepared.solver)
    return _Core(None if start is None else kept[start], bound, outcome)


def _wait(running: Running, tell: Callable[[Event], None], stop: threading.Event | None) -> Outcome:
    with running:
        while not running.done:
            for event in running.poll(0.1):
                tell(event)
            if stop is not None and stop.is_set():
                running.stop()
                break
        return running.outcome()


def _repair(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Drop options from broken rules, the least loss first; None where that keeps no locks."""
    while sets := broken(problem, chosen):
        free = sets[0][~problem.options.forced[sets[0]]]
        if not len(free):
            return None
        values = [problem.value(np.setdiff1d(chosen, [o])) for o in free]
        chosen = np.setdiff1d(chosen, free[[int(np.argmax(values))]])
    return chosen if locks_kept(problem.options, chosen) else None


def prune(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Leave out options that bring nothing, the dearest first; locks and least numbers stay."""
    options, cover = problem.options, problem.cover
    met = cover.indices[spans(cover.indptr[chosen], cover.indptr[chosen + 1])]
    times = np.bincount(met, minlength=cover.shape[0])
    count = np.bincount(options.space[chosen], minlength=len(problem.city.spaces))
    cost = options.capital_fen[chosen] + options.subsidy_fen[chosen]
    kept = set(chosen.tolist())
    for o in chosen[np.argsort(-cost, kind="stable")].tolist():
        mine = cover.indices[cover.indptr[o] : cover.indptr[o + 1]]
        s = options.space[o]
        if options.forced[o] or (times[mine] == 1).any():
            continue
        if 1 < count[s] <= problem.city.spaces.min_types[s]:
            continue
        times[mine] -= 1
        count[s] -= 1
        kept.discard(o)
    return np.array(sorted(kept), dtype=np.int64)


def _without(programme: Programme, sets: list[NDArray[np.int64]]) -> Programme:
    """Add for each set of options the row that says: not all of them together."""
    row = np.repeat(np.arange(len(sets)), [len(s) for s in sets])
    extra = sparse.coo_array(
        (np.ones(len(row)), (row, np.concatenate(sets))),
        shape=(len(sets), len(programme.value)),
    )
    matrix = sparse.csr_array(sparse.vstack([programme.matrix, extra], format="csr"))
    matrix.sort_indices()
    rows = len(programme.row_upper)
    return replace(
        programme,
        matrix=matrix,
        row_lower=np.append(programme.row_lower, np.full(len(sets), -np.inf)),
        row_upper=np.append(programme.row_upper, [len(s) - 1.0 for s in sets]),
        rows=(*programme.rows, Block(f"cut{rows}", rows, rows + len(sets))),
    )
