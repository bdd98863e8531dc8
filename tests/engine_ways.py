"""The engine run by each of its ways, to its end or stopped early, and what it must keep to.

Ways that large cities take are forced upon small ones by setting the numbers that decide, in the
modules that hold them. `PROVING` ways must prove the best plan; `HASTY` ones are stopped early, and
their bounds and plans must hold all the same.
"""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from engine_cities import Case, scenario_of
from engine_exact import WORST, Before, Best

import siting
import siting.solve.search
from siting.errors import InfeasibleError, Interrupted, NoPlanError, VerificationError
from siting.plan.stages import stage_names
from siting.solve import multipliers, neighbourhoods, one_stage
from siting.solve.multipliers import no_bound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from siting.plan.model import Plan

searching = sys.modules["siting.solve.search"]
annealing = sys.modules["siting.solve.anneal"]

Settings = dict[tuple[Any, str], Any]


@dataclass(frozen=True)
class Way:
    """How the engine runs: numbers of its modules, and arguments of `siting.solve`."""

    set: Settings = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    interrupt_at: int | None = None
    """Ask it to stop at so many news of solving."""
    knows: bool = False
    """It is given a plan to begin with."""


_PARTS: Settings = {(searching, "_MANY_OPTIONS"): 0}
_LEFT: Settings = {
    **_PARTS,
    (searching, "_LARGEST_CORE"): 0,
    (neighbourhoods, "_IDLE"): 4,
}
_SMALL: Settings = {
    (neighbourhoods, "_SPACES"): 3,
    (neighbourhoods, "_FEWEST"): 2,
    (neighbourhoods, "_MOST"): 5,
    (neighbourhoods, "_IDLE"): 3,
    (annealing, "_STRIP"): 2,
}
_THREADS: Settings = {(multipliers, "_THREAD"): 1, (multipliers, "_SETTLE"): 5}
_ONE_NODE: Settings = {(searching, "settings_for"): lambda _solver, _options: {"limits/nodes": 1}}
_WITHOUT: Settings = {
    (searching, "_relaxed"): lambda problem, *_: no_bound(problem),
    (searching, "_way"): lambda _: "whole",
}


def _passes(draw: Random) -> Settings:
    passes = draw.choice([0, 1, 3, 10, 40])
    names = ("_PASSES", "_MANY_PASSES")
    return {(searching, name): passes for name in names} | {(searching, "_MOVES"): passes}


def ways(draw: Random) -> tuple[dict[str, Way], dict[str, Way]]:
    """Return the ways that prove and those that are stopped early, by name."""
    few = _passes(draw)
    two_cores = {(searching, "_SMALL_CORE"): 0.0, (searching, "_SMALL_CORE_LEAST"): 2}
    proving = {
        "as it is": Way(),
        "whole, no multipliers": Way(_WITHOUT),
        "two cores, the first as small as can be": Way(two_cores),
        "parts, what is left handed over": Way(_PARTS | _SMALL),
        "multipliers on two threads, short passes": Way(_THREADS),
        "few passes of the multipliers": Way(few),
    }
    seconds = draw.choice([0.01, 0.1, 0.3, 1.0])
    hasty = {
        "parts, what is left not handed over": Way(_LEFT),
        "parts, small neighbourhoods of one node": Way(
            _LEFT | _SMALL | _THREADS | {(neighbourhoods, "_NODES"): 1}
        ),
        "parts, few passes and moves": Way(
            _LEFT | _SMALL | few | {(neighbourhoods, "_IDLE"): draw.choice([0, 1])}
        ),
        "one node": Way(_ONE_NODE),
        "few passes, one node": Way(few | _ONE_NODE),
        "few passes, one node, from a known plan": Way(few | _ONE_NODE, knows=True),
        "parts, few passes and moves, from a known plan": Way(_LEFT | _SMALL | few, knows=True),
        "gap of 5 %": Way(arguments={"gap": 0.05}),
        "parts, gap of 5 %": Way(_PARTS | _SMALL, {"gap": 0.05}),
        "hardly any time": Way(arguments={"time_limit": seconds}),
        "parts, hardly any time": Way(_LEFT, {"time_limit": seconds}),
        "interrupted": Way(interrupt_at=draw.choice([0, 1, 2, 4])),
    }
    return proving, hasty


@dataclass(frozen=True)
class Ran:
    """How a run ended: with a `plan`, or ``infeasible``, ``no plan``, or the words of a fault.

    Attributes
    ----------
    bounds
        What each stage's search believed, before anything was rounded or compared with the plan.
    news
        Incumbents and bounds it told while it ran.
    """

    ended: str
    plan: Plan | None
    bounds: tuple[tuple[str, float], ...]
    news: tuple[tuple[float | None, float | None], ...]


def run(
    case: Case,
    way: Way,
    *,
    threads: int,
    seed: int,
    time_limit: float,
    known: Plan | None = None,
) -> Ran:
    """Solve a case by a way, where that begins with a known plan from `known`."""
    bounds: list[tuple[str, float]] = []
    news: list[tuple[float | None, float | None]] = []
    stop = threading.Event()
    search = one_stage.search

    def recorded(problem, *args, **kwargs):
        found = search(problem, *args, **kwargs)
        stage = problem.stage
        if not stage.fixed and not stage.spared and stage.kind != "circles":
            name = {"class": stage.class_name, "worst": WORST}.get(stage.kind, stage.kind)
            bounds.append((str(name), float(found.bound)))
        return found

    def heard(progress) -> None:
        if progress.stage == "solve":
            news.append((progress.incumbent, progress.bound))
            if way.interrupt_at is not None and len(news) > way.interrupt_at:
                stop.set()

    asked = {"time_limit": time_limit, "gap": 0.0, "threads": threads, "seed": seed}
    ended, plan = "plan", None
    with ExitStack() as stack:
        for (module, name), value in way.set.items():
            stack.enter_context(patch.object(module, name, value))
        stack.enter_context(patch.object(one_stage, "search", recorded))
        try:
            plan = siting.solve(
                case.city,
                scenario_of(case.question),
                on_progress=heard,
                stop=stop,
                start=known.document.projects if way.knows and known is not None else None,
                **(asked | way.arguments),
            )
        except InfeasibleError:
            ended = "infeasible"
        except (NoPlanError, Interrupted):
            ended = "no plan"
        except VerificationError as error:
            ended = "not verified: " + "; ".join(n.line() for n in error.notices)
    return Ran(ended, plan, tuple(bounds), tuple(news))


@dataclass(frozen=True)
class Compared:
    """A number of a run against the exact best.

    Attributes
    ----------
    what
        ``plan``, ``bound``, ``certified bound``, and so on.
    past
        By how much it is on the wrong side, relative to the best (at least 1); 0 or less is right.
    allowed
        How much of that rounding explains.
    """

    what: str
    past: float
    allowed: float
    said: str


def compared(case: Case, ran: Ran, *, proving: bool) -> Iterator[Compared | str]:
    """Yield every comparison with the exact best, and in words what else is wrong."""
    first = _first_stage(case)
    best = case.exact(first, ())
    if best.differ:
        yield f"peers differ: {best.values}"
    if ran.ended == "infeasible" and best.value is not None:
        yield f"infeasible, but the best is {best.value}"
    if ran.plan is not None and best.values and best.value is None:
        yield f"a plan of {ran.plan.document.objective} where there is none"
    if ran.ended == "no plan" and proving and best.value is None and best.values:
        yield "no plan, but no proof either that there is none"
    if ran.ended == "no plan" and proving and best.value is not None:
        yield f"no plan found, but the best is {best.value}"
    if ran.ended not in ("plan", "infeasible", "no plan"):
        yield ran.ended
    if ran.plan is None:
        if best.value is not None:
            yield from (_bound(b, best, "search", name) for name, b in ran.bounds if name == first)
        return
    before: Before = ()
    raw = dict(ran.bounds)
    document = ran.plan.document
    for stage in document.stages:
        sign = -1.0 if stage.sense == "min" else 1.0
        value = sign * stage.objective
        best = case.exact(stage.name, before)
        before = (*before, (stage.name, value))
        if not best.values:
            yield Compared("best not known", 0.0, 0.0, stage.name)
            continue
        if best.differ:
            yield f"peers differ in {stage.name}: {best.values}"
        if best.value is None:
            yield f"{stage.name}: a plan where there is none"
            continue
        yield Compared(
            "plan",
            (value - best.value) / max(1.0, abs(best.value)),
            best.within,
            f"{stage.name}: plan of {value}, best {best.values}",
        )
        if stage.bound is not None:
            yield _bound(sign * stage.bound, best, "bound", stage.name)
        if stage.name in raw:
            yield _bound(raw[stage.name], best, "search", stage.name)
        if stage.certified_bound is not None:
            yield _bound(stage.certified_bound, best, "certified bound", stage.name)
        if proving and not _proved(stage):
            yield f"{stage.name}: {value} with the bound {stage.bound}, {document.stopped_by}"
        if len(document.stages) == 1:
            yield from _news(ran, best)


def _bound(bound: float, best: Best, what: str, name: str) -> Compared:
    assert best.value is not None
    below = (best.value - bound) / max(1.0, abs(best.value))
    # what is certified is rounded outward, the rest only safe from rounding within the solver's
    allowed = 0.0 if what == "certified bound" and best.within <= 1e-9 else best.within
    return Compared(what, below, allowed, f"{name}: {what} {bound}, best {best.values}")


def _news(ran: Ran, best: Best) -> Iterator[Compared]:
    assert best.value is not None
    for incumbent, bound in ran.news:
        if incumbent is not None:
            past = (incumbent - best.value) / max(1.0, abs(best.value))
            yield Compared("plan told", past, best.within, f"told {incumbent}, best {best.values}")
        if bound is not None:
            yield _bound(bound, best, "bound told", "news")


def _proved(stage) -> bool:
    return stage.gap_abs is not None and stage.gap_abs <= 1e-6 * max(1.0, abs(stage.objective))


def _first_stage(case: Case) -> str:
    return stage_names(case.question.objective, case.question.standard)[0]
