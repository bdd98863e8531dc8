"""What the money of an option would buy elsewhere: the price is that of the purses that may pay it.

There are two ways to find the money, and the cheaper one counts. What funds have left beside the
plan costs nothing, and the rest comes from the general budget at its price. Or purses give up what
they pay now: each money row of the programme says that what purses outside it cannot pay of the
costs must fit into those inside it, and its multiplier (plan/certificate.py) says what the last
yuan in it buys. An option costs the multipliers of the rows that hold its costs, so that money of
a fund is priced by what that fund may pay.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.hindered import cost_fen, funds_left_fen
from siting.standard.purses import most_paid_fen

if TYPE_CHECKING:
    from siting.plan.certificate import StageMultipliers
    from siting.standard.options import Options
    from siting.standard.purses import Pays, Purses

Ints = NDArray[np.int64]

_FEN = 100.0
_PRICED = 1_000_000.0  # fen that a plan's prices are for


@dataclass(frozen=True)
class Worth:
    """What the money of an option would buy elsewhere.

    Attributes
    ----------
    points
        Need points that its money would buy.
    free
        Yuan of its capital, and of its subsidy a year, that funds have left for it.
    """

    points: float
    free: tuple[float, float]


def worth_elsewhere(
    options: Options,
    purses: tuple[Purses, Purses],
    chosen: Ints,
    o: int,
    prices: tuple[float, float],
    multipliers: StageMultipliers | None,
) -> Worth:
    """Return what the money of option `o` would buy elsewhere.

    Parameters
    ----------
    purses
        Those of capital and of subsidy.
    chosen
        The options of the plan.
    prices
        Points that 10,000 yuan more in the general budgets would buy, capital first.
    multipliers
        Of the stage whose points the prices are; None: there are none.
    """
    kinds: tuple[Pays, Pays] = ("capital", "subsidy_per_year")
    points, free = 0.0, []
    for pays, own, price in zip(kinds, purses, prices, strict=True):
        once = pays == "capital"
        costs = cost_fen(options, chosen, o, once=once)
        left = funds_left_fen(options, own, chosen, o, once=once)
        rest = price * (sum(costs) - left) / _PRICED
        if multipliers is not None and _has_fund(options, own, o):
            rest = min(rest, _displaced(options, own, pays, o, costs, multipliers))
        points += rest
        free.append(left / _FEN)
    return Worth(points, (free[0], free[1]))


def _has_fund(options: Options, purses: Purses, o: int) -> bool:
    """Tell whether a fund may pay an option or its space."""
    return int(purses.option_mask[o]) | int(purses.space_mask[int(options.space[o])]) > 1


def _displaced(
    options: Options,
    purses: Purses,
    pays: Pays,
    o: int,
    costs: tuple[int, int],
    multipliers: StageMultipliers,
) -> float:
    """Return the points that the purses would lose if they paid an option instead."""
    spaces = np.unique(options.space)
    fixed = options.fixed_fen[spaces] if pays == "capital" else np.zeros_like(spaces)
    cost = options.capital_fen if pays == "capital" else options.subsidy_fen
    s = int(options.space[o])
    points = 0.0
    for key, price in zip(multipliers.row, multipliers.price.tolist(), strict=True):
        word, *inside = json.loads(key)
        if word != pays:
            continue
        outside = [f for f, name in enumerate(purses.names) if name not in inside]
        rows = (
            _left_to_pay(cost, purses.option_mask, purses, outside),
            _left_to_pay(fixed, purses.space_mask[spaces], purses, outside),
        )
        unit = int(np.gcd.reduce(np.concatenate(rows))) or 1
        one = _left_to_pay(np.array([costs[0]]), purses.option_mask[[o]], purses, outside)
        two = _left_to_pay(np.array([costs[1]]), purses.space_mask[[s]], purses, outside)
        points += max(price, 0.0) * int((one + two)[0]) / unit
    return points


def _left_to_pay(cost: Ints, mask: Ints, purses: Purses, outside: list[int]) -> Ints:
    """Return what some purses, together, cannot pay of each cost, in fen."""
    for f in outside:
        most = np.where(mask >> f & 1, most_paid_fen(purses.share[f], cost), 0)
        cost = np.maximum(cost - most, 0)
    return cost
