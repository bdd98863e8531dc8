"""The best value of each stage, among plans that keep the stages before it, without the engine.

Tiny cities: by looking at every plan (`tiny`, `every_plan`, `rules_tiny`). Larger ones: from the
whole programme, unreduced, in HiGHS; and where the plain formulation of `siting.bench` can express
the question, with a row for each gap, from that too. What HiGHS returns is a plan that keeps every
row, so that a bound below its value is wrong whatever HiGHS believes of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from every_plan import every_plan
from rules_tiny import Judge, problem_of
from tiny import exhaustive

from siting.bench.plain import plain_needs
from siting.gaps.needs import find_needs, limits
from siting.programme.build import build_frame
from siting.programme.frame import Frame
from siting.programme.stage import Kept, Stage
from siting.solve.runner import run
from siting.walk.walks import walk

Before = tuple[tuple[str, float], ...]
"""Names of the stages before, with what the plan is worth in each."""

WORST = "worst-community"
SUM_ORDER = 1e-9  # relative: sums of the same numbers in another order
_SECONDS = 600.0


@dataclass(frozen=True)
class Best:
    """The best values by who found them; all are maximised, so that costs are negative.

    Attributes
    ----------
    values
        None: there is no plan. Empty: nobody could tell.
    within
        Relative; so far values of one and the same plan may differ.
    """

    values: dict[str, float | None]
    within: float = SUM_ORDER

    @property
    def value(self) -> float | None:
        """The best of them."""
        return max((v for v in self.values.values() if v is not None), default=None)

    @property
    def differ(self) -> bool:
        """Whether they contradict each other."""
        found = list(self.values.values())
        if None in found:
            return any(v is not None for v in found)
        return bool(found) and max(found) - min(found) > self.near(max(found))

    def near(self, value: float) -> float:
        """Return how much values of this size may differ."""
        return self.within * max(1.0, abs(value))


Exact = Callable[[str, Before], Best]


def by_search(city, question) -> Exact:
    """Return the best of `tiny.exhaustive`, which knows need points only."""
    found = Best({"search": exhaustive(city, question).value})
    return lambda _name, _before: found


def by_every_plan(city, question) -> Exact:
    """Return the best by `every_plan`."""
    plans = every_plan(city, question)
    fairest = question.objective == WORST and bool(plans) and bool(plans[0].w.capped)

    def worth(plan, name: str) -> float:
        if name == "coverage":
            return math.fsum(plan.fairest if fairest else plan.points.values())
        if name == "grades":
            return plan.graded
        if name == "cost":
            return -plan.cost
        if name.startswith(WORST):
            rank = 1 if name == WORST else int(name.removeprefix(WORST + "-"))
            return plan.shares[rank - 1] if rank <= len(plan.shares) else 1.0
        return plan.of_class(name)

    return _best_of(plans, worth)


def by_judge(city, question) -> Exact:
    """Return the best by the judge of `rules_tiny`."""
    judge = Judge(city, question)
    plans = [chosen for chosen in judge.choices() if judge.allowed(chosen)]

    def worth(chosen, name: str) -> float:
        if name in ("coverage", "grades", "cost"):
            return float(judge.value(chosen, name))
        return float(judge.value(chosen, "class", name))

    return _best_of(plans, worth)


def _best_of(plans: Sequence[Any], worth: Callable[[Any, str], float]) -> Exact:
    known = cache(lambda k, name: worth(plans[k], name))

    @cache
    def best(name: str, before: Before) -> Best:
        left = [
            k
            for k in range(len(plans))
            if all(known(k, n) >= v - SUM_ORDER * max(1.0, abs(v)) for n, v in before)
        ]
        return Best({"every plan": max((known(k, name) for k in left), default=None)})

    return best


def by_programmes(city, question) -> Exact:
    """Return the best by the whole programme and by the plain formulation, both in HiGHS."""
    problem = problem_of(city, question)

    @cache
    def best(name: str, before: Before) -> Best:
        stage = stage_of(name, before)
        if stage is None:
            return Best({})
        staged = problem.staged(stage)
        found = solved(staged.programme, "highs") | solved(plain(staged, question), "highs")
        near = Best(found, within=1e-6)
        if near.differ:  # one of them is wrong: another solver decides
            near = Best(found | solved(staged.programme, "scip"), within=1e-6)
        return near

    return best


def stage_of(name: str, before: Before) -> Stage | None:
    """Return the stage of a programme; None where circles that are stuck were told apart."""
    keep: tuple[Kept, ...] = ()
    for earlier, value in before:
        stage = stage_of(earlier, ())
        if stage is None:
            return None
        keep = (*keep, Kept(stage, value))
    if name.startswith(WORST):
        return Stage(kind="worst", keep=keep) if name == WORST else None
    if name in ("coverage", "grades", "cost"):
        return Stage(kind=name, keep=keep)
    return Stage("class", class_name=name, keep=keep)


def plain(problem, question):
    """Return the plain formulation of a stage, None where it knows no row of some rule."""
    rules, stage = problem.rules, problem.stage
    by_people = rules.floors or rules.grades or rules.capacity or rules.by_circle
    if by_people or stage.kind not in ("coverage", "class"):
        return None
    gaps = find_needs(problem.city, question.standard)
    usable = np.unique(problem.options.space)
    reach = walk(problem.city, "space", limits(gaps.demands, gaps.groups), usable)
    needs = plain_needs(gaps, problem.options, reach)
    frame = Frame(problem.city, problem.options, needs, rules, stage, problem.payments)
    return build_frame(frame, problem.money)


def solved(programme, solver: str) -> dict[str, float | None]:
    """Return the optimum by who found it, nothing where none was proved in the time."""
    if programme is None:
        return {}
    outcome = run(programme, solver, time_limit=_SECONDS, gap=0.0)
    name = f"{solver} {len(programme.value)}x{len(programme.row_upper)}"
    if outcome.status == "infeasible":
        return {name: None}
    if outcome.status != "optimal" or outcome.vector is None:
        return {}
    return {name: float(programme.value @ outcome.vector)}
