"""From an instance and a question to the sites that open, with a bound and a recount."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Literal

import numpy as np

from siting.covering.classes import merge_points
from siting.covering.plan import CoveringPlan
from siting.covering.problem import FEN, state
from siting.covering.recount import check, recount
from siting.errors import InputError, Notice
from siting.memory import peak_memory_mb
from siting.plan.stages import is_proved, make_stage
from siting.solve.anneal import anneal, quick
from siting.solve.progress import Clock
from siting.solve.runner import prepare
from siting.solve.search import Found, search
from siting.solve.solve import DEFAULT_SOLVER
from siting.standard.purses import to_fen

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from siting.covering.model import CoveringInstance, Floats, Ints
    from siting.progress import OnProgress
    from siting.solve.problem import Problem

# Measured, see benchmarks/classic.md.
_MOVES = 300  # random moves for each site
_PRICE = 0.5  # of money at first, in what it buys on average


def solve_covering(
    instance: CoveringInstance,
    *,
    radius: float,
    sites: int | None = None,
    budget: float | None = None,
    inclusive: bool = False,
    gap: float = 0.0,
    time_limit: float = 60.0,
    threads: int = 2,
    seed: int = 0,
    solver: str | None = None,
    on_progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    started: float | None = None,
) -> CoveringPlan:
    """Return the sites that cover most weight, with a bound that no choice of sites passes.

    This is the maximal covering location problem. The value is counted again from the points
    before it is returned.

    Parameters
    ----------
    radius
        A site reaches the points nearer than this, in the unit of the coordinates, > 0.
    sites, budget
        At most so many sites, or sites that cost no more than so much (``inf``: no limit);
        exactly one of the two.
    inclusive
        A point at exactly the radius is reached too.
    gap
        Relative gap at which to stop; 0 asks for a proof.
    time_limit
        Seconds from `started` (or from this call) to the end of solving.
    threads, seed, solver, on_progress, stop, started
        As `siting.solve` takes them.

    Raises
    ------
    InputError
        A number out of its range, or a solver that does not exist.
    Interrupted
        `stop` was set before there was a plan.
    VerificationError
        The recount differs from what the search states: a fault of ours.
    """
    clock = Clock(started, on_progress, stop)
    say, lap, origin = clock.say, clock.lap, clock.origin
    _refuse(radius, sites, budget, gap, time_limit, threads)
    limit = float(sites if sites is not None else budget if budget is not None else math.inf)
    counts: Literal["sites", "budget"] = "budget" if sites is None else "sites"
    cost = instance.cost if sites is None else np.ones(instance.sites)
    say("build")
    # The solver's process loads its library while the points are merged.
    with prepare(solver or DEFAULT_SOLVER) as prepared:
        classes = merge_points(instance, radius, inclusive=inclusive, threads=threads)
        lap("merge")
        problem = state(instance, classes, cost, limit)
        lap("build")
        say("solve")
        if len(classes):
            found = search(
                problem,
                prepared,
                time_limit=origin + time_limit - time.monotonic(),
                gap=gap,
                threads=threads,
                seed=seed,
                on_event=lambda event: say("solve", event),
                stop=stop,
                start=_start(
                    problem, threads, seed, lambda: time.monotonic() > origin + time_limit
                ),
            )
        else:
            found = Found(None, 0.0, "nothing within reach", "done")
        lap("solve")
    # Nothing opened is a plan too, whatever the search had time for.
    chosen = np.empty(0, dtype=np.int64) if found.chosen is None else found.chosen
    value = recount(instance, chosen, radius, inclusive=inclusive, threads=threads)
    check(instance, problem.value(chosen), value)
    lap("recount")
    reachable = float(classes.weight.sum())
    stage = make_stage("coverage", "max", value, _bound(instance, found, reachable), found.source)
    assert stage.bound is not None
    assert stage.gap_abs is not None
    return CoveringPlan(
        status="optimal" if is_proved(stage) else "feasible",
        stopped_by=found.stopped_by,
        open=tuple(instance.site_id[chosen].tolist()),
        chosen=chosen,
        objective=value,
        bound=stage.bound,
        bound_source=stage.bound_source,
        gap_abs=stage.gap_abs,
        gap=stage.gap,
        counts=counts,
        limit=None if math.isinf(limit) else limit,
        spent=_spent(cost, chosen),
        radius=float(radius),
        inclusive=inclusive,
        points=len(instance),
        sites=instance.sites,
        classes=len(classes),
        total=instance.total,
        reachable=reachable,
        seconds=clock.seconds,
        peak_memory_mb=peak_memory_mb() + found.peak_memory_mb,
        solver=found.solver,
        seed=seed,
        deterministic=found.repeatable,
    )


def _start(problem: Problem, threads: int, seed: int, enough: Callable[[], bool]) -> Ints | None:
    """Return a choice by random moves; the solver needs far longer to find one as good."""
    first = quick(problem)
    if first is None or not len(first) or not problem.money:
        return first
    worth = problem.value(first)
    price = np.array([_PRICE * worth / max(row.limit, 1) for row in problem.money])
    return anneal(
        problem,
        first,
        price,
        moves=_MOVES * len(problem.options),
        threads=threads,
        seed=seed,
        enough=enough,
        tell=lambda _: None,
    )


def _refuse(
    radius: float,
    sites: int | None,
    budget: float | None,
    gap: float,
    time_limit: float,
    threads: int,
) -> None:
    """Raise what is wrong with the question."""
    faults = []
    if not (math.isfinite(radius) and radius > 0):
        faults.append(Notice("covering.radius", value=str(radius)))
    if (sites is None) == (budget is None):
        faults.append(Notice("covering.which_limit"))
    if sites is not None and (sites != int(sites) or sites < 0):
        faults.append(Notice("covering.how_many", value=str(sites)))
    if budget is not None and not budget >= 0:
        faults.append(Notice("covering.budget", value=str(budget)))
    if not 0 <= gap < 1:
        faults.append(Notice("covering.gap", value=str(gap)))
    if not time_limit > 0:
        faults.append(Notice("covering.time_limit", value=str(time_limit)))
    if threads < 1:
        faults.append(Notice("covering.threads", value=str(threads)))
    if faults:
        raise InputError(faults)


def _bound(instance: CoveringInstance, found: Found, reachable: float) -> float:
    """Return the bound; of whole weights no choice is worth more than the whole number below."""
    bound = min(found.bound, reachable)
    return math.floor(bound) if instance.is_whole else bound


def _spent(cost: Floats, chosen: Ints) -> float:
    return sum(to_fen(amount) or 0 for amount in cost[chosen].tolist()) / FEN
