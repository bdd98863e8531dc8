"""The money rows C3, C4 and C6: what only certain purses may pay must fit into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siting.standard.options import Options
    from siting.standard.purses import Purses


@dataclass(frozen=True, eq=False)
class MoneyRow:
    """Sum of option costs and one-off costs, at most `limit`; all in one whole unit.

    The unit is the greatest common divisor of the costs in fen, so that the numbers stay small;
    the limit is rounded down to it, which excludes no choice, because every sum of costs is a
    multiple of it.

    Attributes
    ----------
    name
        ``C3`` (capital) or ``C4`` (subsidy a year).
    option, space
        Cost of each option and one-off cost of each space, shapes (options,) and (spaces,).
    limit
        What the purses hold.
    """

    name: str
    option: NDArray[np.int64]
    space: NDArray[np.int64]
    limit: int


def money_rows(options: Options, capital: Purses, subsidy: Purses) -> list[MoneyRow]:
    """Return the rows that some choice of options could break, capital first."""
    found = []
    nothing = np.zeros_like(options.fixed_fen)
    for name, cost, fixed, purses in (
        ("C3", options.capital_fen, options.fixed_fen, capital),
        ("C4", options.subsidy_fen, nothing, subsidy),
    ):
        has_option = np.bincount(options.space, minlength=len(fixed)) > 0
        for union, amount in purses.limits():
            option = np.where((purses.option_mask & ~union) == 0, cost, 0)
            space = np.where(((purses.space_mask & ~union) == 0) & has_option, fixed, 0)
            if sum(option.tolist()) + sum(space.tolist()) <= amount:
                continue
            unit = int(np.gcd(np.gcd.reduce(option), np.gcd.reduce(space)))
            found.append(MoneyRow(name, option // unit, space // unit, amount // unit))
    return found
