"""A bound on every plan from multipliers, and what it says of each option.

Relax the cover rows (C1) with u[m] and the money rows (C3, C4, C6) with price[k]. What is left
falls apart into one small choice a space, so for any u >= 0 and price >= 0

    L = sum_m max(0, W[m] - u[m])  +  sum_k price[k] limit[k]  +  sum_s V[s]
    V[s] = max(0, best bundle of options of s, each worth sum_{m covered} u[m] - priced cost,
                  minus the priced one-off cost)

is no less than the value of any plan. Least numbers of types and opened locks are left out of
V[s], which only makes it larger. The multipliers come from a subgradient method; whatever they
are, L is computed from them afresh and rounded up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from scipy import sparse

    from siting.city.model import City
    from siting.programme.money import MoneyRow
    from siting.standard.options import Options

_PER_M2 = 1_000_000
_PASSES_AT_ONCE = 20


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
        All passes were done: nothing cut them short.
    prices
        Points that one yuan more in the general budget would add to the bound, by ``C3`` and
        ``C4``: what more money would buy at most. Empty where no pass was done.
    """

    value: float
    loss: NDArray[np.float64]
    whole: bool
    prices: dict[str, float]


def bound_by_multipliers(
    city: City,
    options: Options,
    cover: sparse.csc_array,
    weight: NDArray[np.float64],
    money: list[MoneyRow],
    *,
    known: float,
    passes: int,
    enough: Callable[[], bool] = lambda: False,
) -> Bound:
    """Return a bound on the value of every plan.

    Parameters
    ----------
    city, options
        The question.
    cover
        Pattern (merged needs, options): an entry where the option meets the need.
    weight
        Points of each merged need.
    money
        The money rows.
    known
        Value of a known plan; it guides the steps.
    passes
        Passes of the subgradient method.
    enough
        Asked between some passes; once it says True the multipliers found so far are taken.
    """
    from siting.solve.compiled import losses, subgradient

    # Prices of all rows in the order of magnitude of the needs' multipliers: the step is one for
    # all, and a row counted in fen would otherwise drown the rest.
    size = np.sqrt(max(len(weight), 1)) * 0.3
    limit, per_yuan = np.zeros(len(money)), np.zeros(len(money))
    cost = np.zeros((len(money), len(options)))
    fixed = np.zeros((len(money), len(city.spaces)))
    for k, row in enumerate(money):
        scale = size / max(row.limit, int(row.option.max(initial=1)))
        cost[k], fixed[k], limit[k] = row.option * scale, row.space * scale, row.limit * scale
        per_yuan[k] = scale * 100.0 / row.unit
    blocks = (
        np.searchsorted(options.space, np.arange(len(city.spaces) + 1)).astype(np.int64),
        options.type.astype(np.int64),
        np.rint(options.area_m2 * _PER_M2).astype(np.int64),
        np.rint(city.spaces.area_m2 * _PER_M2).astype(np.int64),
        city.spaces.max_types.astype(np.int64),
    )
    pattern = (cover.indptr.astype(np.int64), cover.indices.astype(np.int64))
    state = _start_state(weight, len(money))
    left, more = passes, True
    while left > 0 and more and not enough():
        now = min(left, _PASSES_AT_ONCE)
        more = subgradient(now, state, weight, *pattern, *blocks, cost, fixed, limit, float(known))
        left -= now
    _, _, u, price, *_ = state
    value, loss = losses(weight, *pattern, *blocks, cost, fixed, limit, u, price)
    # every term is a sum of products of doubles: this is far above their rounding errors
    slack = 1e-9 * (abs(value) + float(weight.sum()))
    prices = {"C3": 0.0, "C4": 0.0} if left < passes else {}
    for row, points, unit in zip(money, price, per_yuan, strict=True):
        if not prices:
            break
        prices[row.name] += float(points * unit)
    return Bound(value + slack, np.maximum(loss - slack, 0.0), not (left > 0 and more), prices)


def _start_state(weight: NDArray[np.float64], rows: int) -> tuple[NDArray[np.float64], ...]:
    """Return multipliers and prices, the best of them, directions, and (bound, step, idle)."""
    u, price = weight * 0.5, np.zeros(rows)
    return (
        u,
        price,
        u.copy(),
        price.copy(),
        np.zeros(len(weight)),
        np.zeros(rows),
        np.array([np.inf, 1.0, 0.0]),
    )
