"""From one stage of a problem to a choice of options and a bound that holds for the whole stage.

Stages whose value the weights of the needs bound (need points, and circles' shares of them):

1. A greedy choice.
2. Multipliers: a bound on every plan, and for each option how much less a plan with it can be
   worth at most (its loss).
3. With few options: a small core, the options of least loss, to the solver: a good choice in a
   short time. With many: random moves under the multipliers' prices (`siting.solve.anneal`), then
   neighbourhood after neighbourhood to solvers (`siting.solve.neighbourhoods`). When these find
   nothing better for long, other random moves give another plan, and neighbourhoods choose between
   the two, then among all; so on until the time is over.
4. A larger core to the solver, with every option that a plan better than the gap allows could
   use. What it leaves out is worth no more than the bound minus the least loss left out, so that
   the larger of that and the solver's bound holds for the whole problem. With many options only
   where that core is not too large.

Cores have their needs merged again, which makes them much smaller than their share of options.
The multipliers leave out every rule but money and those of a space, which only makes the bound
larger; the cores keep all rules. Other stages go to the solver as they are.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from siting.solve.anneal import anneal, quick
from siting.solve.first import first_plan
from siting.solve.greedy import fill_up, greedy
from siting.solve.limits import broken, kept
from siting.solve.multipliers import Bound, bound_by_multipliers, no_bound
from siting.solve.neighbourhoods import improve
from siting.solve.outcome import Event, Outcome
from siting.solve.plain import is_plain
from siting.solve.proof import STAGES, Multipliers
from siting.solve.runner import Prepared, prepare, wait
from siting.walk.reach import spans

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from siting.solve.problem import Problem

# A bound from floating-point linear programmes is believed only with this much added to it.
BOUND_SAFETY = 1e-9

# Measured, see benchmarks/README.md.
_PASSES = 1000
_MANY_PASSES = 2000
_SMALL_CORE = 2.5  # options of the small core, for each option that the greedy chose
_SMALL_CORE_LEAST = 60
_SMALL_CORE_TIME = 0.5  # of the time left
_SMALL_CORE_GAP = 1e-4
_FEW_OPTIONS = 700
_MANY_OPTIONS = 5000  # more than these are searched part by part
_WORTH_COMPILING = 1500  # options; a first run on fewer need not wait for the compiler
_WIDE_CORE = 3.0  # options for random moves and neighbourhoods, for each one chosen
_MOVES = 6000  # for each of them
_MOVES_A_SECOND = 180_000  # for each thread and second left, at most: more would not end in time
_LARGEST_CORE = 1500  # options that are still handed over at once after that
_HASTY = 15  # times fewer moves in the first turn
_TURNS = 100  # of moves and neighbourhoods, while there is time
_LATER_SHARE = 0.3  # of the time left, for the moves of a later turn
_APART = 10_007  # between the seeds of two turns
_FIRST_PLAN_TIME = 0.6  # of the time left, where the greedy finds no plan

# Solvers that give the same plan again when the clock does not end them.
_REPEATABLE = ("scip", "highs")

StoppedBy = Literal["gap", "time", "interrupt", "done"]
Way = Literal["whole", "cores", "parts"]


@dataclass(frozen=True)
class Limits:
    """When to stop, and how to search; only without any plan the search goes on to `latest`."""

    deadline: float
    latest: float
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
    prices
        Points that `MORE_YUAN` more of ``C3`` (capital) and ``C4`` (subsidy a year) would buy, by
        the multipliers (`siting.solve.multipliers`).
    infeasible
        The solver proved that no plan keeps all rules.
    solver
        Name and version of the solver that ran, or ``none``.
    peak_memory_mb
        Of the solver's process.
    crashed
        The solver's own words where it crashed, else "".
    doubted
        What was wrong with a solver's answer and was not believed, else "".
    repeatable
        Nothing on the way was ended by the clock.
    multipliers
        Of a stage that counts need points, for its proof.
    """

    chosen: NDArray[np.int64] | None
    bound: float
    source: str
    stopped_by: StoppedBy
    infeasible: bool = False
    prices: dict[str, float] = field(default_factory=dict)
    solver: str = "none"
    peak_memory_mb: float = 0.0
    crashed: str = ""
    doubted: str = ""
    repeatable: bool = True
    multipliers: Multipliers | None = None
    way: Way = "whole"


@dataclass(frozen=True, eq=False)
class _Core:
    """Some of the options, handed to the solver.

    Attributes
    ----------
    kept
        Their indices.
    outside
        No plan that uses another option is worth more.
    """

    kept: NDArray[np.int64]
    outside: float


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
    start: NDArray[np.int64] | None = None,
    patience: float = 0.0,
) -> Found:
    """Return the best choice found within `time_limit` seconds, and a bound on every choice.

    Parameters
    ----------
    problem
        The question, at one stage; values and bounds are that stage's, and are maximised.
    prepared
        A process of the solver.
    start
        A choice that keeps every rule and every stage before, if one is known.
    patience
        Seconds that may be used, if more than `time_limit`, as long as no plan is known.
    """
    begun = time.monotonic()
    latest = begun + max(time_limit, patience)
    limits = Limits(begun + time_limit, latest, gap, threads, seed, stop)

    def stopping() -> bool:
        return stop is not None and stop.is_set()

    def enough() -> bool:
        return time.monotonic() > limits.deadline or stopping()

    def tell(objective: float | None, bound: float | None) -> None:
        on_event(Event(time.monotonic() - begun, objective, bound))

    first = _first(problem, enough, lambda value: None if start is not None else tell(value, None))
    best, whole = _better(problem, start, first), True
    if best is None:
        now = time.monotonic()
        best, whole = first_plan(
            problem,
            prepared.solver,
            deadline=now + _FIRST_PLAN_TIME * (latest - now),
            seed=seed,
            stopping=stopping,
        )
    if best is not None and problem.stage.kind == "cost":  # what served a floor may not be needed
        best = prune(problem, best, thorough=True, enough=enough)
    if best is not None:
        tell(problem.value(best), None)
    relaxed = _relaxed(problem, best, threads, enough)
    found = Found(
        best,
        relaxed.value,
        "multipliers",
        "gap",
        prices=relaxed.prices,
        repeatable=relaxed.whole and whole,
        multipliers=_multipliers(problem, relaxed),
        way=_way(problem),
    )
    if enough():
        stopped: StoppedBy = "interrupt" if stopping() else "time"
        found = replace(found, stopped_by=stopped, repeatable=False)
        return found if best is None else replace(found, chosen=_tidy(problem, best))
    tell(None if best is None else problem.value(best), found.bound)
    if best is not None and found.way == "parts":
        found = _part_by_part(problem, relaxed, found, prepared, limits, tell)
    elif not _closed(problem, found, gap):
        found = _core_by_core(problem, relaxed, found, prepared, limits, tell)
    if found.chosen is None:
        return found
    stopped_by: StoppedBy = "gap" if _closed(problem, found, gap) else found.stopped_by
    return replace(found, chosen=_tidy(problem, found.chosen), stopped_by=stopped_by)


def _tidy(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a plan without what brings nothing, and with what money and rooms still allow."""
    chosen = prune(problem, chosen)
    if problem.stage.kind not in ("coverage", "class"):
        return chosen
    if _way(problem) == "parts" and is_plain(problem):
        return chosen  # random moves spend what is left
    fuller = fill_up(problem, chosen)
    return prune(problem, fuller) if problem.value(fuller) > problem.value(chosen) else chosen


def _first(
    problem: Problem, enough: Callable[[], bool], tell: Callable[[float], None]
) -> NDArray[np.int64] | None:
    """Return a greedy choice, by compiled loops where they know all rules."""
    if len(problem.options) > _WORTH_COMPILING and is_plain(problem):
        found = quick(problem, tell)
        if found is not None:
            return found
    return greedy(problem, enough)


def _way(problem: Problem) -> Way:
    """Return how a problem is searched, by its stage and size."""
    if not problem.is_weighed:
        return "whole"
    points = problem.stage.kind in ("coverage", "class")
    return "parts" if points and len(problem.options) > _MANY_OPTIONS else "cores"


def _core_by_core(
    problem: Problem,
    relaxed: Bound,
    found: Found,
    prepared: Prepared,
    limits: Limits,
    tell: Callable[[float | None, float | None], None],
) -> Found:
    """Solve a small core for a good plan, then a larger one for the proof."""
    small = None if found.chosen is None else _small_core(problem, relaxed, found.chosen)
    if small is None:
        core = _whole_core(problem, relaxed, found.chosen, limits.gap)
        return _improve(problem, core, found, prepared, limits, tell)
    with prepare(prepared.solver) as ahead:
        share = _SMALL_CORE_TIME * (limits.deadline - time.monotonic())
        hurried = replace(
            limits,
            deadline=time.monotonic() + share,
            gap=max(limits.gap / 4, _SMALL_CORE_GAP),
        )
        found = _improve(problem, small, found, prepared, hurried, tell)
        if not _closed(problem, found, limits.gap) and found.stopped_by != "interrupt":
            core = _whole_core(problem, relaxed, found.chosen, limits.gap)
            found = _improve(problem, core, found, ahead, limits, tell)
    return found


def _part_by_part(
    problem: Problem,
    relaxed: Bound,
    found: Found,
    prepared: Prepared,
    limits: Limits,
    tell: Callable[[float | None, float | None], None],
) -> Found:
    """Improve a plan by random moves and neighbourhoods, and prove it where little is left."""
    best = found.chosen
    assert best is not None
    stop = limits.stop

    def enough() -> bool:
        return time.monotonic() > limits.deadline or (stop is not None and stop.is_set())

    value = problem.value(best)

    def news(better: float) -> None:
        nonlocal value
        if better > value:
            value = better
            tell(value, found.bound)

    def polished(core: NDArray[np.int64], found: Found, seed: int) -> Found:
        assert found.chosen is not None
        improved = improve(
            problem,
            core,
            relaxed,
            found.chosen,
            solver=prepared.solver,
            deadline=limits.deadline,
            goal=found.bound / (1.0 + limits.gap),
            threads=limits.threads,
            seed=seed,
            stop=stop,
            tell=news,
        )
        return replace(
            found,
            chosen=improved.chosen,
            solver=improved.solver or found.solver,
            peak_memory_mb=max(found.peak_memory_mb, improved.peak_memory_mb),
            crashed=improved.crashed or found.crashed,
            repeatable=found.repeatable and improved.repeatable,
        )

    for turn in range(_TURNS):
        seed = limits.seed + turn * _APART
        if is_plain(problem):
            moved, calm = _moved(problem, relaxed, found, limits, turn, enough, news)
            before = found.chosen
            best = _better(problem, before, moved)
            assert best is not None
            assert before is not None
            news(problem.value(best))
            found = replace(found, chosen=best, repeatable=found.repeatable and calm)
            if turn == 0:
                continue
            if turn > 1 and moved is not None and not _closed(problem, found, limits.gap):
                found = polished(np.union1d(before, moved), found, seed)
        if not _closed(problem, found, limits.gap):
            assert found.chosen is not None
            found = polished(_wide_core(problem, relaxed, found.chosen), found, seed)
        if _closed(problem, found, limits.gap) or enough():
            break
        last = _whole_core(problem, relaxed, found.chosen, limits.gap)
        if len(last.kept) <= _LARGEST_CORE:
            return _improve(problem, last, found, prepared, limits, tell)
    stopped: StoppedBy = "interrupt" if stop is not None and stop.is_set() else "time"
    return replace(found, stopped_by=stopped)


def _moved(
    problem: Problem,
    relaxed: Bound,
    found: Found,
    limits: Limits,
    turn: int,
    enough: Callable[[], bool],
    news: Callable[[float], None],
) -> tuple[NDArray[np.int64] | None, bool]:
    """Return what random moves make of a plan, and whether the clock had no say in it.

    The first turn is a hasty one: somebody may want a good plan long before many moves have cooled
    down.
    """
    assert found.chosen is not None
    core = _wide_core(problem, relaxed, found.chosen)
    left = max(0.0, limits.deadline - time.monotonic()) * (_LATER_SHARE if turn > 1 else 1.0)
    in_time = int(_MOVES_A_SECOND * limits.threads * left)
    moves = _MOVES * len(core)
    tried = min(moves, in_time)
    moved = anneal(
        problem.restricted(core),
        np.searchsorted(core, found.chosen),
        relaxed.price,
        moves=tried if turn else tried // _HASTY,
        threads=limits.threads,
        seed=limits.seed + turn * _APART,
        enough=enough,
        tell=news,
    )
    return None if moved is None else core[moved], moves <= in_time and not enough()


def _wide_core(problem: Problem, relaxed: Bound, best: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the options of least loss, several for each the best plan has, and that plan."""
    size = min(len(problem.options) - 1, int(_WIDE_CORE * len(best)) + _SMALL_CORE_LEAST)
    return _core(problem, relaxed, float(np.partition(relaxed.loss, size)[size]), best).kept


def _closed(problem: Problem, found: Found, gap: float) -> bool:
    """Tell whether the gap asked for is reached."""
    if found.chosen is None:
        return False
    value = problem.value(found.chosen)
    return found.bound - value <= max(gap, 1e-9) * abs(value)


def _small_core(problem: Problem, relaxed: Bound, best: NDArray[np.int64]) -> _Core | None:
    """Return the options of least loss, a few for each the best plan has; None if that is most."""
    size = int(_SMALL_CORE_LEAST + _SMALL_CORE * len(best))
    if size >= len(problem.options) / 2:
        return None
    return _core(problem, relaxed, float(np.partition(relaxed.loss, size)[size]), best)


def _whole_core(
    problem: Problem, relaxed: Bound, best: NDArray[np.int64] | None, gap: float
) -> _Core:
    """Return every option that a plan better than the gap allows could use."""
    good_enough = -np.inf if best is None else problem.value(best) * (1.0 + gap)
    return _core(problem, relaxed, relaxed.value - good_enough, best)


def _core(problem: Problem, relaxed: Bound, loss: float, best: NDArray[np.int64] | None) -> _Core:
    """Return the options that lose no more than `loss`, the opened locks and the best choice."""
    keep = (relaxed.loss <= loss) | problem.options.forced
    if best is not None:
        keep[best] = True
    outside = -np.inf if keep.all() else relaxed.value - float(relaxed.loss[~keep].min())
    return _Core(np.flatnonzero(keep), outside)


def _improve(
    problem: Problem,
    core: _Core,
    found: Found,
    prepared: Prepared,
    limits: Limits,
    tell: Callable[[float | None, float | None], None],
) -> Found:
    """Hand a core to the solver, and return what is known of the whole problem then.

    The back ends keep rows of whole numbers exactly; what comes back is checked once more in fen
    and millionths of a square metre all the same, and mended where it must be.
    """
    part = problem
    if len(core.kept) < len(problem.options):
        part = problem.restricted(core.kept)
    best = None if found.chosen is None else np.searchsorted(core.kept, found.chosen)
    found_first = False

    def stopping() -> bool:
        late = found_first and time.monotonic() > limits.deadline
        return late or (limits.stop is not None and limits.stop.is_set())

    def news(event: Event) -> None:
        nonlocal found_first
        found_first |= best is None and event.objective is not None
        whole = found.bound if event.bound is None else max(event.bound, core.outside)
        tell(event.objective, min(found.bound, whole))

    running = prepared.begin(
        part.programme,
        start=None if best is None else part.vector(best),
        time_limit=max(
            0.1, (limits.latest if best is None else limits.deadline) - time.monotonic()
        ),
        gap=limits.gap,
        threads=limits.threads,
        seed=limits.seed,
        settings=settings_for(prepared.solver, len(core.kept)),
    )
    outcome = wait(running, news, stopping)
    if outcome.vector is not None:
        chosen = np.flatnonzero(outcome.vector[part.programme.column_range("x")] > 0.5)
        sound = _repair(part, chosen)
        best = _better(part, best, sound)
    bound = max(outcome.bound + BOUND_SAFETY * abs(outcome.bound), core.outside)
    crashed = outcome.stopped_by == "crash"
    return Found(
        chosen=None if best is None else core.kept[best],
        bound=min(found.bound, bound),
        source=outcome.solver if bound < found.bound else found.source,
        way=found.way,
        stopped_by=_ended_by(outcome, limits),
        infeasible=best is None and outcome.status == "infeasible",
        prices=found.prices,
        solver=outcome.solver,
        peak_memory_mb=max(found.peak_memory_mb, outcome.peak_memory_mb),
        crashed=outcome.message if crashed else found.crashed,
        # What is said of an answer in time: a solver that is ended late has only been slow.
        doubted=outcome.message if outcome.stopped_by in ("gap", "done") else found.doubted,
        repeatable=found.repeatable
        and outcome.stopped_by in ("gap", "done")
        and prepared.solver in _REPEATABLE,
        multipliers=found.multipliers,
    )


def _better(
    problem: Problem, one: NDArray[np.int64] | None, other: NDArray[np.int64] | None
) -> NDArray[np.int64] | None:
    """Return the choice that is worth more in this stage; either may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return other if problem.value(other) > problem.value(one) else one


def _relaxed(
    problem: Problem, best: NDArray[np.int64] | None, threads: int, enough: Callable[[], bool]
) -> Bound:
    """Return the multipliers' bound; of a stage without weights, that nothing is known."""
    if not problem.is_weighed:
        return no_bound(problem)
    return bound_by_multipliers(
        problem,
        known=0.0 if best is None else problem.value(best),
        passes=_MANY_PASSES if _way(problem) == "parts" else _PASSES,
        threads=threads,
        enough=enough,
    )


def _multipliers(problem: Problem, relaxed: Bound) -> Multipliers | None:
    return Multipliers(relaxed.u, relaxed.price) if problem.stage.kind in STAGES else None


def settings_for(solver: str, options: int) -> dict[str, int | bool]:
    """Return what SCIP is told of a core: no restarts, and on few options no cuts either."""
    if solver != "scip":
        return {}
    settings: dict[str, int | bool] = {"presolving/maxrestarts": 0}
    if options <= _FEW_OPTIONS:
        settings |= {"separating/maxrounds": 0, "separating/maxroundsroot": 0}
    return settings


def _ended_by(outcome: Outcome, limits: Limits) -> StoppedBy:
    """Return what ended a solver: only the user interrupts, and nobody is told of a gap in vain."""
    asked = limits.stop is not None and limits.stop.is_set()
    word = outcome.stopped_by
    if word == "crash" or (word == "gap" and outcome.status != "optimal"):
        return "done"
    return "time" if word == "interrupt" and not asked else word


def _repair(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Drop options from broken rules, the least loss first; None where that breaks others."""
    while sets := broken(problem, chosen):
        free = sets[0][~problem.options.forced[sets[0]]]
        if not len(free):
            return None
        values = [problem.value(np.setdiff1d(chosen, [o])) for o in free]
        chosen = np.setdiff1d(chosen, free[[int(np.argmax(values))]])
    return chosen if kept(problem, chosen) else None


def prune(
    problem: Problem,
    chosen: NDArray[np.int64],
    *,
    thorough: bool = False,
    enough: Callable[[], bool] = lambda: False,
) -> NDArray[np.int64]:
    """Leave out options that bring nothing, the dearest first, as long as every rule is kept.

    Parameters
    ----------
    thorough
        Try those as well that alone meet a need: to the stage `cost` that may be worth nothing.
    enough
        Asked between options; once it says True the others stay.
    """
    options, cover = problem.options, problem.cover
    met = cover.indices[spans(cover.indptr[chosen], cover.indptr[chosen + 1])]
    times = np.bincount(met, minlength=cover.shape[0])
    cost = options.capital_fen[chosen] + options.subsidy_fen[chosen]
    left = chosen
    for o in chosen[np.argsort(-cost, kind="stable")].tolist():
        mine = cover.indices[cover.indptr[o] : cover.indptr[o + 1]]
        if options.forced[o] or (not thorough and (times[mine] == 1).any()):
            continue
        if enough():
            break
        without = np.setdiff1d(left, [o])
        if kept(problem, without) and problem.value(without) >= problem.value(left):
            times[mine] -= 1
            left = without
    return left
