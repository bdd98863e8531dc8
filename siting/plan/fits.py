"""What an option would have to cost to be added to a plan that keeps all it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.plan.hindered import cost_fen, over_fen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from siting.standard.options import Options
    from siting.standard.purses import Purses


def fits_at_fen(
    options: Options, purses: tuple[Purses, Purses], chosen: NDArray[np.int64], o: int
) -> tuple[int, int] | None:
    """Return what option `o` may cost once and a year beside a plan, in whole fen.

    What opening its space still costs stays as it is and is part of the first. Money that suffices
    is returned as it is asked for; None: even for nothing the option cannot be paid.

    Parameters
    ----------
    purses
        Those of capital and of subsidy.
    chosen
        The options of the plan.
    """
    found = []
    for once, purse in ((True, purses[0]), (False, purses[1])):
        own = _most(options, purse, chosen, o, once)
        if own is None:
            return None
        found.append(own + cost_fen(options, chosen, o, once=once)[1])
    return found[0], found[1]


def _most(
    options: Options, purses: Purses, chosen: NDArray[np.int64], o: int, once: bool
) -> int | None:
    cost = cost_fen(options, chosen, o, once=once)[0]

    def over(fen: int) -> int:
        return over_fen(options, purses, chosen, o, fen, once=once) or 0

    short = over(cost)
    if short <= 0:
        return cost
    # a cheaper option leaves the general budget at most as much less to pay as it is cheaper
    high = cost - short
    if high < 0 or over(0) > 0:
        return None
    if over(high) <= 0:
        return high
    # a fund that pays a share pays less of less
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if over(middle) <= 0 else (low, middle)
    return low
