"""A bound on every plan from multipliers, and what it says of each option.

Relax the cover rows (C1) with u[m] and the money rows (C3, C4, C6) with price[k]. What is left
falls apart into one small choice a space, so for any u >= 0 and price >= 0

    L = sum_m max(0, W[m] - u[m])  +  sum_k price[k] limit[k]  +  sum_s V[s]
    V[s] = max(0, best bundle of options of s, each worth sum_{m covered} u[m] - priced cost,
                  minus the priced one-off cost)

is no less than the value of any plan. Bundles keep floor area, the number of types and who may not
share a roof; least numbers of types and opened locks are left out, which only makes V[s] larger.

The multipliers come from a subgradient method: each direction keeps most of the one before, and
Polyak's step goes towards a known value, shortened after some passes without progress. Between
full passes, short ones look only at options that could soon be chosen. Whatever the multipliers
are, L is computed from them afresh and rounded up.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siting.programme.floor import PER_M2

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.solve.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Measured, see benchmarks/README.md.
_KEEP = 0.95
_PATIENCE = 10
_SHORTEN = 0.85
_FULL = 10  # every so many passes all options are looked at
_SETTLE = 100  # passes before short ones begin
_MARGIN = 0.3  # what could soon be chosen, of the mean worth of a space that opens
_PROGRESS = 1e-7  # of the bound: less is none
_ENOUGH_PROGRESS = 2e-5  # of the bound in `_LOOK` passes: with less the method ends
_LOOK = 200
_LEAST = 600  # passes before it may end
_THREAD = 200_000  # entries of the cover at least for a thread of its own

MORE_YUAN = 10_000
"""How much more money a price is for."""
_PRICE_PASSES = 1500  # for each budget
_MANY_PRICE_PASSES = 60  # where a pass takes long
_HALVED = 12  # times, for a start


@dataclass(frozen=True, eq=False)
class Bound:
    """What the multipliers prove.

    Attributes
    ----------
    value
        No plan is worth more.
    loss
        For each option: no plan that uses it is worth more than ``value - loss``; >= 0.
    whole
        The method came to its end: nothing cut it short.
    prices
        Points by which the bound would rise with `MORE_YUAN` more in the general budget, by ``C3``
        and ``C4``; a budget is left out where the method was cut short. The multipliers of the
        money rows themselves are no such prices: where a budget is nothing, or less than its
        cheapest option, they may be as large as they like.
    u
        Multiplier of each merged need, between 0 and its weight.
    price
        Of each money row, in points per unit of the row.
    worth
        Of each option at these multipliers: priced needs less priced cost.
    inside
        Of each space: what its best bundle is worth (V[s]).
    """

    value: float
    loss: Floats
    whole: bool
    prices: dict[str, float]
    u: Floats
    price: Floats
    worth: Floats
    inside: Floats


def no_bound(problem: Problem) -> Bound:
    """Return that nothing is known of a stage."""
    options, spaces = len(problem.options), len(problem.city.spaces)
    return Bound(
        np.inf,
        np.zeros(options),
        True,
        {},
        np.zeros(len(problem.needs)),
        np.zeros(len(problem.money)),
        np.zeros(options),
        np.zeros(spaces),
    )


def bound_by_multipliers(
    problem: Problem,
    *,
    known: float,
    passes: int,
    threads: int = 1,
    enough: Callable[[], bool] = lambda: False,
) -> Bound:
    """Return a bound on the value of every plan of a stage that counts need points.

    Parameters
    ----------
    problem
        The question at that stage.
    known
        Value of a known plan; it guides the steps.
    passes
        Passes of the subgradient method at most.
    threads
        Cores to use; the outcome depends on their number, but never on the clock.
    enough
        Asked between passes; once it says True the multipliers found so far are taken.
    """
    work = _Work(problem, threads)
    with ThreadPoolExecutor(work.threads) as pool:
        whole = _descend(work, pool, known, passes, enough)
        bound = _conclude(work, pool, whole)
        return replace(bound, prices=_prices(work, pool, problem, known, enough))


class _Work:
    """The arrays of a problem, prices scaled, and the multipliers as they change.

    Prices of all rows have the order of magnitude of the needs' multipliers: the step is one for
    all, and a row counted in fen would otherwise drown the rest.
    """

    def __init__(self, problem: Problem, threads: int) -> None:
        city, options, money = problem.city, problem.options, problem.money
        cover, spaces = problem.cover, len(problem.city.spaces)
        self.weight = problem.weight.astype(np.float64)
        size = np.sqrt(max(len(self.weight), 1)) * 0.3
        self.scale = np.array(
            [size / max(row.limit, int(row.option.max(initial=1))) for row in money]
        )
        scaled = [
            (row.option * k, row.space * k, row.limit * k)
            for row, k in zip(money, self.scale, strict=True)
        ]
        self.cost = np.array([c for c, _, _ in scaled]).reshape(len(money), len(options))
        self.fixed = np.array([f for _, f, _ in scaled]).reshape(len(money), spaces)
        self.limit = np.array([limit for _, _, limit in scaled])
        self.cover = (cover.indptr.astype(np.int64), cover.indices.astype(np.int32))
        self.first = np.searchsorted(options.space, np.arange(spaces + 1)).astype(np.int64)
        self.listed = np.arange(len(options))
        types = int(options.type.max(initial=-1)) + 1
        never = np.zeros((types, types), dtype=bool)
        if problem.rules.roof is not None:
            never |= problem.rules.roof.never[:types, :types]
        self.blocks = (
            options.type.astype(np.int64),
            np.rint(options.area_m2 * PER_M2).astype(np.int64),
            np.rint(city.spaces.area_m2 * PER_M2).astype(np.int64),
            city.spaces.max_types.astype(np.int64),
            never,
        )
        self.threads = max(1, min(threads, cover.nnz // _THREAD))
        self.few = cover.nnz < _THREAD
        self.u = self.weight * 0.5
        self.price = np.zeros(len(money))
        self.best = (np.inf, self.u.copy(), self.price.copy())
        self.worth = np.zeros(len(options))
        self.inside = np.zeros(spaces)
        self.covers = np.zeros((self.threads, len(self.weight)), dtype=np.int32)
        self.by_work = self._cuts()
        self.by_need = np.linspace(0, len(self.weight), self.threads + 1).astype(np.int64)

    def _cuts(self) -> Ints:
        """Return where to cut the spaces so that each thread has as many entries to look at."""
        before = self.cover[0][self.first]
        at = np.linspace(0, before[-1], self.threads + 1)[1:-1]
        inner = np.searchsorted(before, at)
        return np.concatenate([[0], inner, [len(self.first) - 1]]).astype(np.int64)


def _descend(
    work: _Work, pool: ThreadPoolExecutor, known: float, passes: int, enough: Callable[[], bool]
) -> bool:
    """Lower the bound; what is best stays in ``work.best``. Returns whether it came to its end."""
    from siting.solve import compiled

    direction, money_direction = np.zeros(len(work.weight)), np.zeros(len(work.limit))
    shorten, idle, last = 1.0, 0, np.inf
    near: tuple[Ints, Ints] | None = None
    for turn in range(passes):
        if enough():
            return False
        full = work.few or turn < _SETTLE or turn % _FULL == 0 or near is None
        looked = (work.first, work.listed) if full or near is None else near
        inside, spent = _choose(work, pool, looked)
        if full and turn >= _SETTLE and not work.few:
            near = _near(work)
        turned = _each(
            pool, work.by_need, compiled.turn, _KEEP, work.u, work.weight, work.covers, direction
        )
        value = sum(v for v, _ in turned) + inside + float(work.price @ work.limit)
        length = sum(n for _, n in turned)
        slope = work.limit - spent
        slope[(work.price <= 0.0) & (slope > 0.0)] = 0.0
        money_direction = _KEEP * money_direction + (1.0 - _KEEP) * slope
        length += float(money_direction @ money_direction)
        if full:
            idle = 0 if value < work.best[0] - _PROGRESS * abs(work.best[0]) else idle + 1
            if value < work.best[0]:
                work.best = (value, work.u.copy(), work.price.copy())
        elif idle:
            idle += 1
        if idle >= _PATIENCE:
            shorten, idle = shorten * _SHORTEN, 0
        if length == 0.0 or value <= known:
            if full:
                return True
            near = None  # too little was looked at
            continue
        if turn % _LOOK == _LOOK - 1:
            if turn > _LEAST and last - work.best[0] < _ENOUGH_PROGRESS * abs(work.best[0]):
                return True
            last = work.best[0]
        stride = shorten * (value - known) / length
        _each(pool, work.by_need, compiled.step, stride, work.u, work.weight, direction)
        work.price = np.maximum(0.0, work.price - stride * money_direction)
    return True


def _each(pool: ThreadPoolExecutor, cuts: Ints, function, *arguments):  # type: ignore[no-untyped-def]
    """Call a compiled function on each range between two cuts, and return what it returns."""
    ranges = list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))
    if len(ranges) == 1:
        return [function(*ranges[0], *arguments)]
    works = [pool.submit(function, low, high, *arguments) for low, high in ranges]
    return [work.result() for work in works]


def _choose(
    work: _Work, pool: ThreadPoolExecutor, looked: tuple[Ints, Ints]
) -> tuple[float, Floats]:
    """Choose the best bundles at the present multipliers; return their worth and what they cost."""
    from siting.solve import compiled

    spent = np.zeros((work.threads, len(work.limit)))
    cuts = work.by_work
    calls: list[tuple[Any, ...]] = [
        (
            *(int(cuts[k]), int(cuts[k + 1]), *looked, work.cover, work.u, work.price),
            *(work.blocks, (work.cost, work.fixed), work.worth, work.inside),
            *(work.covers[k], spent[k]),
        )
        for k in range(work.threads)
    ]
    if len(calls) == 1:
        return float(compiled.choose(*calls[0])), spent[0]
    works = [pool.submit(compiled.choose, *call) for call in calls]
    return sum(w.result() for w in works), spent.sum(axis=0)


def _near(work: _Work) -> tuple[Ints, Ints]:
    """Return the options that could soon be chosen, listed by space."""
    from siting.solve import compiled

    opened = work.inside[work.inside > 0.0]
    margin = _MARGIN * (float(opened.mean()) if len(opened) else 0.0)
    spaces = len(work.inside)
    options, numbers = np.empty(len(work.worth), np.int64), np.empty(spaces, np.int64)
    count = compiled.near(
        0, spaces, work.first, work.worth, work.inside, work.blocks[3], margin, (options, numbers)
    )
    return np.concatenate([[0], np.cumsum(numbers)]), options[:count].copy()


def _conclude(work: _Work, pool: ThreadPoolExecutor, whole: bool) -> Bound:
    """Return the bound at the best multipliers, computed afresh."""
    from siting.solve import compiled

    _, work.u, work.price = work.best
    _choose(work, pool, (work.first, work.listed))
    loss = np.zeros(len(work.worth))
    inside = _each(
        pool,
        work.by_work,
        compiled.losses,
        *(work.first, work.worth, work.price, work.blocks, (work.cost, work.fixed), loss),
    )
    left = np.maximum(work.weight - work.u, 0.0)
    value = float(left.sum()) + float(work.price @ work.limit) + sum(inside)
    # every term is a sum of products of doubles: this is far above their rounding errors
    slack = 1e-9 * (abs(value) + float(work.weight.sum()))
    return Bound(
        value=value + slack,
        loss=np.maximum(loss - slack, 0.0),
        whole=whole,
        prices={},
        u=work.u,
        price=work.price * work.scale,
        worth=work.worth.copy(),
        inside=work.inside.copy(),
    )


def _prices(
    work: _Work,
    pool: ThreadPoolExecutor,
    problem: Problem,
    known: float,
    enough: Callable[[], bool],
) -> dict[str, float]:
    """Return by how much the bound rises with more money, budget by budget.

    The bound with more money is sought from the best multipliers known, so that it rises by no
    more than they say; and as those it ends at are multipliers of the question as it is too, it
    rises by no less than they say, which is never less than nothing.
    """
    value, u, price = work.best
    if not np.isfinite(value):
        return {}
    limit = work.limit
    passes = _PRICE_PASSES if work.few else _MANY_PRICE_PASSES
    found = {}
    for name in ("C3", "C4"):
        more = np.array(
            [
                row.limit_with(100 * MORE_YUAN) - row.limit if row.name == name else 0
                for row in problem.money
            ]
        )
        if not more.any():
            found[name] = 0.0
            continue
        work.limit = limit + more * work.scale
        _start_cheaper(work, pool, u, price, more > 0)
        whole = _descend(work, pool, known, passes, enough)
        if whole:
            raised, _, last = work.best
            found[name] = raised - min(value, raised - float(last @ (work.limit - limit)))
    work.limit = limit
    return found


def _start_cheaper(
    work: _Work, pool: ThreadPoolExecutor, u: Floats, price: Floats, cheaper: NDArray[np.bool_]
) -> None:
    """Set the multipliers to the best of those with the prices of some rows halved again and again.

    A price that kept out all that a budget of nothing cannot buy may be far above what is of use
    with more money, and the steps of the method are too short for so long a way.
    """
    left = float(np.maximum(work.weight - u, 0.0).sum())
    work.best = (np.inf, u, price)
    for part in (*(0.5**k for k in range(_HALVED)), 0.0):
        work.u, work.price = u.copy(), np.where(cheaper, price * part, price)
        inside, _ = _choose(work, pool, (work.first, work.listed))
        value = left + inside + float(work.price @ work.limit)
        if value < work.best[0]:
            work.best = (value, work.u, work.price)
    work.u, work.price = work.best[1].copy(), work.best[2].copy()
