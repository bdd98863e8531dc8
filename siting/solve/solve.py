"""The main job: from a city and a question to a plan and a bound on every plan."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InfeasibleError, Interrupted, NoPlanError, Notice
from siting.gaps.needs import find_needs, limits
from siting.memory import peak_memory_mb
from siting.plan.assemble import Circumstances, assemble
from siting.plan.certificate import with_certified
from siting.plan.detail import Detail
from siting.plan.gains import find_gains
from siting.plan.model import Plan
from siting.plan.others import with_other_weights
from siting.plan.prices import with_at_most
from siting.plan.tables import before_and_after
from siting.programme.needs import merge_needs
from siting.programme.rules import find_rules
from siting.solve.infeasible import impossible, why_infeasible
from siting.solve.known import Opened, known_choice
from siting.solve.others import MAIN_SHARE, solve_others
from siting.solve.problem import Problem
from siting.solve.progress import Clock
from siting.solve.runner import prepare
from siting.solve.search import Found
from siting.solve.size import require_memory_to_solve
from siting.solve.stages import Staged, nothing_to_open, solve_stages
from siting.solve.upgrades import SHARE, Ways, find_ways, wants_ways
from siting.standard.names import with_names
from siting.standard.options import find_options
from siting.standard.purses import find_purses
from siting.standard.remarks_plan import plan_remarks
from siting.walk.walks import walk

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable

    from siting.city.model import City
    from siting.progress import OnProgress
    from siting.standard.model import Question

DEFAULT_SOLVER = "scip"
# Seconds for each place and type that stating a plan takes, which is part of solving, and that
# checking and writing it take, which may add a twentieth to the limit; and the share of the limit
# that may be kept for them. Measured on a million places, see benchmarks/README.md.
_TO_STATE, _TO_KEEP, _MAY_ADD, _MOST_KEPT = 1.2e-6, 1.9e-6, 0.05, 0.1


def solve_question(
    city: City,
    question: Question,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    threads: int = 2,
    seed: int = 0,
    solver: str | None = None,
    on_progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    started: float | None = None,
    other_weights: bool = False,
    start: Iterable[Opened] | None = None,
) -> Plan:
    """Return the best plan found in the time, with a bound that holds for the whole question.

    Parameters
    ----------
    city, question
        What is asked; neither is changed.
    time_limit
        Seconds from `started` (or from this call) to the end of solving.
    gap
        Relative gap between plan and bound at which to stop; 0 asks for a proof.
    threads
        Cores a solver may use.
    seed
        Of the solver's random choices.
    solver
        A back end by name; see `siting.solve.runner.SOLVERS`.
    on_progress
        Called with `Progress` as it comes.
    stop
        Set by another thread to end early with the best plan.
    started
        ``time.monotonic()`` at which the time began to run.
    other_weights
        Whether the same question is answered under other weights too (`siting.gaps.weightings`),
        and the projects named that every answer shares. The plan then has half of the time for
        solving, the other answers have what it leaves.
    start
        Projects of a plan that is known, such as ``plan.document.projects`` of another budget, to
        begin with: the plan returned is worth no less. Whether they are a plan of this question is
        checked first; where they are none, they are not used, and the plan's remarks say so.

    Raises
    ------
    InputError
        An option, lock or solver that does not exist or does not fit.
    InfeasibleError
        No plan keeps the locks within the budgets and floor areas.
    NoPlanError
        None was found in the time.
    Interrupted
        `stop` was set before there was a plan.
    """
    clock = Clock(started, on_progress, stop)
    say, lap, origin = clock.say, clock.lap, clock.origin
    tell = clock.part("walk")
    with prepare(solver or DEFAULT_SOLVER) as prepared:
        options = find_options(city, question)
        purses = (
            find_purses(city, question, options, "capital"),
            find_purses(city, question, options, "subsidy_per_year"),
        )
        lap("build")
        gaps = find_needs(city, question.standard, tell)
        usable = np.unique(options.space)
        require_memory_to_solve(gaps, usable)
        reach = walk(city, "space", limits(gaps.demands, gaps.groups), usable, tell)
        lap("walk")
        say("build")
        rules = find_rules(city, question, gaps, options)
        needs = merge_needs(gaps, options, reach, rules)
        problem = Problem(city, options, needs, purses, rules)
        known = None
        if start is not None:
            known = known_choice(problem, [kind.id for kind in question.standard.types], start)
        lap("build")
        say("solve")
        size = len(city.places) * len(question.standard.types)
        after = _TO_STATE * size + max(0.0, _TO_KEEP * size - _MAY_ADD * time_limit)
        end = origin + time_limit - min(after, _MOST_KEPT * time_limit)
        deadline, now = end, time.monotonic()
        if other_weights:
            deadline = now + MAIN_SHARE * (deadline - now)
        if impossible(problem):
            staged = _no_plan_at_all()
        elif not len(options) and not question.locks.open:
            staged = nothing_to_open(question)
        else:
            staged = solve_stages(
                problem,
                question,
                prepared,
                deadline=now + (1.0 - SHARE * wants_ways(problem)) * (deadline - now),
                gap=gap,
                threads=threads,
                seed=seed,
                on_event=lambda event: say("solve", event),
                stop=stop,
                start=known,
            )
        ways = Ways()
        if staged.found.chosen is not None:
            ways = find_ways(
                problem,
                solver=solver or DEFAULT_SOLVER,
                deadline=min(deadline, time.monotonic() + SHARE * time_limit),
                threads=threads,
                seed=seed,
                stop=stop,
                plan=staged.found.chosen,
            )
        lap("solve")
    found = staged.found
    if found.infeasible:
        reasons = why_infeasible(
            problem,
            question,
            gaps,
            solver=solver or DEFAULT_SOLVER,
            deadline=end,
            stop=stop,
        )
        raise InfeasibleError(with_names(reasons, question.standard))
    if found.chosen is None:
        if stop is not None and stop.is_set():
            raise Interrupted(Notice("solve.interrupted"))
        raise NoPlanError(_why_no_plan(found, min(time_limit, time.monotonic() - origin)))
    others = []
    if other_weights:
        others = solve_others(
            problem,
            question,
            gaps,
            reach,
            found.chosen,
            solver=solver or DEFAULT_SOLVER,
            deadline=end,
            gap=gap,
            threads=threads,
            seed=seed,
            on_event=lambda event: say("other_weights", event),
            stop=stop,
        )
        lap("other_weights")
    gains = find_gains(gaps, options, reach, found.chosen)
    document = assemble(
        question,
        gaps,
        options,
        purses,
        found.chosen,
        gains,
        staged.records,
        found.stopped_by,
        Circumstances(
            seconds=clock.seconds,
            peak_memory_mb=peak_memory_mb()
            + max(found.peak_memory_mb, ways.peak_memory_mb, *(o.peak_memory_mb for o in others)),
            software=_software(found),
            seed=seed,
            deterministic=found.repeatable
            and ways.repeatable
            and all(other.repeatable for other in others),
            merged_needs=len(needs),
        ),
        reach,
        (staged.prices.get("C3"), staged.prices.get("C4")),
        ways.ways,
    )
    unused = (Notice("solve.start_unfit"),) if start is not None and known is None else ()
    bounds = {name: proof.bound for name, proof in staged.proofs.items()}
    document = with_at_most(
        with_certified(document, bounds),
        {name: proof.rises for name, proof in staged.proofs.items()},
    )
    if other_weights:
        document = with_other_weights(
            document, ((other.name, other.weights, other.solution) for other in others)
        )
    return Plan(
        document=document,
        city=city,
        points_by_place=gains.points,
        gap_table=before_and_after(gaps, gains),
        detail=Detail(gaps, gains),
        remarks=(
            *unused,
            *_amiss(found),
            *with_names(
                plan_remarks(city, question, options, document.sizes.gaps), question.standard
            ),
        ),
        certificate={name: proof.kept for name, proof in staged.proofs.items()},
    )


def _no_plan_at_all() -> Staged:
    """Return that there is no plan, which is known without a solver."""
    found = Found(chosen=None, bound=-np.inf, source="no plan", stopped_by="done", infeasible=True)
    return Staged(found, (), {})


def _software(found: Found) -> dict[str, str]:
    return {
        "siting": version("siting"),
        "solver": found.solver,
        "search": found.way,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _amiss(found: Found) -> tuple[Notice, ...]:
    """Return what a solver did wrong, though there is a plan without it."""
    if found.crashed:
        values = {"solver": found.solver, "words": found.crashed}
        return (Notice("solve.crashed_beside", values=values),)
    if found.doubted:
        values = {"solver": found.solver, "words": found.doubted}
        return (Notice("solve.doubted", values=values),)
    return ()


def _why_no_plan(found: Found, seconds: float) -> Notice:
    if found.crashed:
        return Notice("solve.crashed", values={"solver": found.solver, "words": found.crashed})
    return Notice("solve.no_plan", values={"seconds": f"{round(seconds, 1):g}"})
