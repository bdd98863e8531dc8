"""A good plan for many options in little time: random moves under prices, then within the money.

First the money rows hold moves back by their prices only, which are raised where too much is spent
and lowered where too little is; then no move may pass a limit. Meanwhile the temperature falls.
What is still over a limit is mended, and what is left is spent.

With several threads the city is cut into strips, in another direction every round; each strip
moves by itself the options none of whose needs another strip could meet. The outcome depends on
the number of strips, never on the clock.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siting.solve.limits import kept
from siting.solve.plain import Facts, State, facts_of, state_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.solve.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Measured, see benchmarks/README.md.
_ROUNDS = 60
_FREE_ROUNDS = 50  # of them under prices alone
_HEAT = (0.2, 0.004)  # first and last temperature, of what a project is worth on average
_SWAPS = 0.6
_CHAIN = 2  # how often what had to leave a space may make another leave
_FEEDBACK = 0.3  # how much a price changes for a row that is passed by as much, relative
_MOST_FEEDBACK = 0.05
_NEWS = 10  # rounds after which the plan so far is made whole and told
_STRIP = 300  # spaces at least for a strip of its own


def quick(problem: Problem, tell: Callable[[float], None] = lambda _: None) -> Ints | None:
    """Return the best of a few greedy plans of a plain problem; None where locks prevent it.

    Parameters
    ----------
    tell
        Called with the value of each better one.
    """
    from siting.solve.moves import fill

    stay = _opened(problem)
    if stay is None:
        return None
    facts = facts_of(problem, stay)
    best: tuple[float, Ints] | None = None
    scale = np.where(facts.limit > 0, 1.0 / np.maximum(facts.limit, 1.0), 1.0)
    capital = np.array([row.name == "C3" for row in problem.money], dtype=bool)
    for share in (0.5, 0.8, 0.2):
        prices = np.where(capital, share, 1.0 - share) * scale
        state = state_of(facts, stay)
        fill(facts, state.parts(), prices @ facts.cost, prices @ facts.fixed)
        value = float(facts.weight[state.times > 0].sum())
        chosen = np.flatnonzero(state.chosen)
        if (best is None or value > best[0]) and kept(problem, chosen):
            best = value, chosen
            tell(value)
    return None if best is None else best[1]


def anneal(
    problem: Problem,
    start: Ints,
    prices: Floats,
    *,
    moves: int,
    threads: int,
    seed: int,
    enough: Callable[[], bool],
    tell: Callable[[float], None],
) -> Ints | None:
    """Return the choice that random moves reach from `start`.

    Parameters
    ----------
    problem
        A plain one (`siting.solve.plain.is_plain`).
    start
        A choice that keeps all rules.
    prices
        Of the money rows, in points per unit of each.
    moves
        To try in all.
    enough
        Asked between rounds; once it says True the search goes to its end at once.
    tell
        Called with the value of each better choice on the way.

    Returns
    -------
    array or None
        The best choice on the way; None where nothing found keeps all rules after all.
    """
    from siting.solve import moves as compiled

    stay = _opened(problem)
    if stay is None:
        return None
    facts = facts_of(problem, stay)
    state = state_of(facts, np.union1d(start, stay))
    spaces = problem.city.spaces
    where = np.column_stack([spaces.x, spaces.y])
    parts = max(1, min(threads, len(np.unique(facts.space)) // _STRIP))
    each = (problem.value(start) or float(facts.weight.sum()) or 1.0) / max(len(start), 1)
    hot, cold = _HEAT[0] * each, _HEAT[1] * each
    cool = (cold / hot) ** (1.0 / _ROUNDS)
    prices = prices.copy()
    best: tuple[float, Ints] | None = None

    def look(state: State) -> None:
        nonlocal best
        chosen = finish(problem, facts, state, prices)
        value = -np.inf if chosen is None else problem.value(chosen)
        if chosen is not None and (best is None or value > best[0]):
            best = value, chosen
            tell(value)

    with ThreadPoolExecutor(parts) as pool:
        for turn in range(_ROUNDS):
            if enough():
                break
            heat = np.array([hot * cool**turn, hot * cool ** (turn + 1)])
            left = facts.limit - state.spent
            free = turn < _FREE_ROUNDS
            spare = np.full(len(left), np.inf) if free else np.maximum(left, 0.0) / parts
            price, toll = prices @ facts.cost, prices @ facts.fixed
            strips = _strips(facts, where, parts, turn)
            works = []
            for k, (options, may) in enumerate(strips):
                # what a strip spends is its own until the round ends
                mine = (*state.parts()[:4], state.spent.copy())
                share = len(options) / max(1, sum(len(o) for o, _ in strips))
                number = int(moves / _ROUNDS * share)
                if not len(options):
                    continue
                draw = np.random.default_rng([seed, turn, k])
                call: tuple[Any, ...] = (number, heat, draw, options, may, spare)
                call += (facts, mine, price, toll, _SWAPS, _CHAIN)
                works.append(pool.submit(compiled.anneal, *call))
            for work in works:
                work.result()
            _recount(facts, state)
            if free:
                passed = state.spent / np.maximum(facts.limit, 1.0) - 1.0
                step = np.clip(_FEEDBACK * passed, -_MOST_FEEDBACK, _MOST_FEEDBACK)
                prices *= np.exp(step)
            if turn % _NEWS == _NEWS - 1:
                look(state.copy())
    look(state)
    return None if best is None else best[1]


def finish(problem: Problem, facts: Facts, state: State, prices: Floats) -> Ints | None:
    """Bring a plan within its money, spend what is left, and return it if it keeps all rules."""
    from siting.solve import moves as compiled

    price, toll = prices @ facts.cost, prices @ facts.fixed
    compiled.mend(facts, state.parts(), price, toll)
    compiled.fill(facts, state.parts(), price, toll)
    chosen = np.flatnonzero(state.chosen)
    return chosen if kept(problem, chosen) else None


def _opened(problem: Problem) -> Ints | None:
    """Return the smallest option of each opened lock; None where they do not keep the rules."""
    options = problem.options
    forced = np.flatnonzero(options.forced)
    if not len(forced):
        return forced
    order = forced[
        np.lexsort((options.area_m2[forced], options.type[forced], options.space[forced]))
    ]
    pair = np.stack([options.space[order], options.type[order]])
    first = np.concatenate([[True], (pair[:, 1:] != pair[:, :-1]).any(axis=0)])
    stay = np.sort(order[first])
    return stay if kept(problem, stay) else None


def _strips(
    facts: Facts, where: Floats, parts: int, turn: int
) -> list[tuple[Ints, NDArray[np.bool_]]]:
    """Return for each strip the options that it may move, and their mask."""
    options = len(facts.space)
    if parts == 1:
        return [(np.arange(options), np.ones(options, dtype=bool))]
    angle = turn * 2.399963  # the golden angle: directions that never come close to each other
    along = where @ np.array([np.cos(angle), np.sin(angle)])
    cuts = np.quantile(along[facts.space], np.arange(1, parts) / parts)
    strip = np.searchsorted(cuts, along)[facts.space]
    # a need that two strips could meet moves in none
    of_member = strip[facts.members]
    least = np.minimum.reduceat(of_member, facts.rows[:-1])
    shared = least != np.maximum.reduceat(of_member, facts.rows[:-1])
    option = np.repeat(np.arange(options), np.diff(facts.starts))
    may = np.bincount(option[shared[facts.needs]], minlength=options) == 0
    return [(np.flatnonzero(mask), mask) for k in range(parts) for mask in (may & (strip == k),)]


def _recount(facts: Facts, state: State) -> None:
    """Add up afresh what is spent: strips only count what they change."""
    state.spent[:] = facts.cost[:, state.chosen].sum(axis=1) + facts.fixed @ (state.number > 0)
