"""A quick first plan: the option with the most points for its money, again and again.

No solver finds a good plan by itself on large cities, so every solver is given one. The greedy is
lazy: an option's gain only falls as others open (coverage is submodular), so most gains need not
be computed again. What the question demands from below (floors, targets, quotas, grades that must
be reached) is served first, in the same way; then what brings most points. Where the question
wants circles to reach a grade, circle after circle is tried, those that lack fewest types first.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.solve.demands import Demands, demands_of, wanted_by_grades
from siting.solve.limits import kept
from siting.solve.room import Facts, Room, allowed, choose, empty_room, facts_of, fits

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.solve.problem import Problem
    from siting.standard.purses import Purses


@dataclass
class _Plan:
    """A plan so far, the needs it meets, and what it still has to serve."""

    room: Room
    met: NDArray[np.bool_]
    demands: Demands

    def copy(self) -> _Plan:
        return _Plan(self.room.copy(), self.met.copy(), self.demands.copy())


def _never() -> bool:
    return False


@dataclass(frozen=True, eq=False)
class _Search:
    """A problem in plain arrays, and what options cost in this run.

    Attributes
    ----------
    weight
        Points of each merged need.
    starts, met_by
        The needs that each option meets, as compressed columns.
    by_space
        The options of each space.
    price
        Of each option, without its space's one-off cost.
    once
        One-off cost of each space, on the same scale.
    enough
        Says when to stop.
    """

    problem: Problem
    facts: Facts
    weight: NDArray[np.float64]
    starts: list[int]
    met_by: NDArray[np.int32]
    by_space: dict[int, list[int]]
    price: list[float] = field(default_factory=list)
    once: list[float] = field(default_factory=list)
    enough: Callable[[], bool] = _never

    def needs(self, o: int) -> NDArray[np.int32]:
        return self.met_by[self.starts[o] : self.starts[o + 1]]

    def cost(self, plan: _Plan, o: int) -> float:
        s = self.facts.space[o]
        return self.price[o] + (0.0 if s in plan.room.types else self.once[s]) + 1e-9

    def points(self, plan: _Plan, o: int) -> float:
        """Return the points an option still brings, for its cost."""
        rows = self.needs(o)
        gain = float(self.weight[rows] @ ~plan.met[rows])
        return gain / self.cost(plan, o)

    def served(self, plan: _Plan, o: int) -> float:
        """Return how much of the demands an option still serves, for its cost."""
        rows = self.needs(o)
        gain = plan.demands.gain(self.facts, o, rows[~plan.met[rows]])
        return gain / self.cost(plan, o)


def greedy(problem: Problem, enough: Callable[[], bool] = _never) -> NDArray[np.int64] | None:
    """Return the chosen options of the best of a few greedy plans, ascending.

    Parameters
    ----------
    problem
        What is asked.
    enough
        Asked now and then; once it says True a plan is taken as far as it has come.

    Returns
    -------
    array or None
        None where no plan that keeps every rule was found this way.
    """
    facts = facts_of(problem)
    by_space: dict[int, list[int]] = {}
    for o, s in enumerate(facts.space):
        by_space.setdefault(s, []).append(o)
    best: tuple[float, NDArray[np.int64]] | None = None
    cover = problem.cover
    search = _Search(problem, facts, problem.weight, cover.indptr.tolist(), cover.indices, by_space)
    for price, once in _prices(problem):
        if enough() and best is not None:
            break
        plan = _run(replace(search, price=price, once=once, enough=enough))
        if plan is None:
            continue
        chosen = np.array(sorted(plan.room.chosen), dtype=np.int64)
        if not kept(problem, chosen):
            continue
        value = problem.value(chosen)
        if best is None or value > best[0]:
            best = value, chosen
    return None if best is None else best[1]


def fill_up(problem: Problem, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a plan with what can still be opened beside it and brings points, ascending.

    Parameters
    ----------
    problem
        What is asked, at a stage that counts points.
    chosen
        A choice that keeps every rule.
    """
    facts = facts_of(problem)
    by_space: dict[int, list[int]] = {}
    for o, s in enumerate(facts.space):
        by_space.setdefault(s, []).append(o)
    price, once = _prices(problem)[0]
    starts, met_by = problem.cover.indptr.tolist(), problem.cover.indices
    search = _Search(problem, facts, problem.weight, starts, met_by, by_space, price, once)
    met = np.zeros(len(problem.needs), dtype=bool)
    plan = _Plan(empty_room(problem, facts), met, demands_of(problem))
    for o in chosen.tolist():
        _open(search, plan, o)
    _fill(search, plan, search.points)
    fuller = np.array(sorted(plan.room.chosen), dtype=np.int64)
    return fuller if kept(problem, fuller) else chosen


def _prices(problem: Problem) -> list[tuple[list[float], list[float]]]:
    """Return prices of options and one-off costs on the scales to try."""
    options = problem.options
    capital, subsidy, once = (
        a.astype(np.float64) for a in (options.capital_fen, options.subsidy_fen, options.fixed_fen)
    )
    if problem.stage.kind == "cost":
        years = problem.rules.years_micro / 1e6
        return [((capital + years * subsidy).tolist(), once.tolist())]
    scale = [_scale(purses) for purses in problem.purses]
    return [
        (
            (share * scale[0] * capital + (1.0 - share) * scale[1] * subsidy).tolist(),
            (share * scale[0] * once).tolist(),
        )
        for share in (0.5, 0.8, 0.2)
    ]


def _scale(purses: Purses) -> float:
    """Return one over the money there is, 0 where it is unlimited."""
    amounts = [a for a in purses.amount_fen if a is not None]
    if len(amounts) < len(purses.amount_fen) or not sum(amounts):
        return 0.0
    return 1.0 / sum(amounts)


def _run(search: _Search) -> _Plan | None:
    """Return a plan; None where locks or demands cannot be served this way."""
    problem, facts = search.problem, search.facts
    met = np.zeros(len(problem.needs), dtype=bool)
    plan = _Plan(empty_room(problem, facts), met, demands_of(problem))
    if not _open_locks(search, plan):
        return None
    if plan.demands.open:
        _fill(search, plan, search.served, to_serve=True)
        if plan.demands.open:
            return None
    if problem.stage.kind == "grades":
        plan = _lift(search, plan)
    if problem.stage.kind != "cost":
        _fill(search, plan, search.points)
    return plan


def _lift(search: _Search, plan: _Plan) -> _Plan:
    """Bring circle after circle to the grade aimed at, where that can be paid."""
    for wanted in wanted_by_grades(search.problem):
        trial = plan.copy()
        trial.demands = wanted(search.problem, trial.met, trial.room.chosen)
        _fill(search, trial, search.served, to_serve=True)
        if not trial.demands.open:
            plan = trial
    return plan


def _fill(
    search: _Search,
    plan: _Plan,
    worth: Callable[[_Plan, int], float],
    to_serve: bool = False,
) -> None:
    """Open what is worth most, until nothing more fits or is worth anything.

    With `to_serve` also until nothing is demanded any more.
    """
    facts, room = search.facts, plan.room
    # options that chains must make up for wait in a heap of their own
    heaps: tuple[list[tuple[float, int]], list[tuple[float, int]]] = ([], [])
    for o in plan.demands.candidates() if to_serve else range(len(facts.space)):
        if not facts.barred[facts.space[o]]:
            heaps[facts.chain_share > 0 and not facts.chain[o]].append((-worth(plan, o), o))
    for heap in heaps:
        heapq.heapify(heap)
    waiting: dict[int, list[int]] = {}
    turns = 0
    while not to_serve or plan.demands.open:
        turns += 1
        if turns % 256 == 0 and search.enough():
            return
        local = room.chains * 1_000_000 >= facts.chain_share * (len(room.chosen) + 1)
        able = [heap for heap in (heaps if local else heaps[:1]) if heap]
        if not able:
            return
        heap = min(able, key=lambda h: h[0])
        _, o = heapq.heappop(heap)
        if not fits(facts, room, o):
            continue
        now = worth(plan, o)
        if now <= 0.0:
            continue
        if heap and now < -heap[0][0]:
            heapq.heappush(heap, (-now, o))
            continue
        s = facts.space[o]
        if not allowed(facts, room, o):
            waiting.setdefault(s, []).append(o)
            continue
        fresh = s not in room.types
        _open(search, plan, o)
        again = waiting.pop(s, [])
        if fresh and search.once[s] > 0:  # it is paid: the others of the space are worth more now
            again = search.by_space[s]
        for other in again:
            to = heaps[facts.chain_share > 0 and not facts.chain[other]]
            heapq.heappush(to, (-worth(plan, other), other))


def _open(search: _Search, plan: _Plan, o: int) -> None:
    rows = search.needs(o)
    plan.demands.serve(search.facts, o, rows[~plan.met[rows]])
    plan.met[rows] = True
    choose(search.facts, plan.room, o)


def _open_locks(search: _Search, plan: _Plan) -> bool:
    """Open each locked pair by its smallest option; False where that does not fit."""
    options, facts = search.problem.options, search.facts
    for o in np.flatnonzero(options.forced)[::-1].tolist():
        if facts.type[o] in plan.room.types.get(facts.space[o], ()):
            continue
        if not fits(facts, plan.room, o):
            return False
        _open(search, plan, o)
    return not any(facts.barred[s] for s in plan.room.types)
