"""Whether a choice of options keeps floor area, numbers of types, money and locks, exactly.

Everything is compared in whole numbers (millionths of a square metre, fen), never with a
tolerance: a solver's choice is believed only after this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siting.solve.problem import Problem
    from siting.standard.options import Options

_PER_M2 = 1_000_000


def broken(problem: Problem, chosen: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return sets of chosen options of which not all can be chosen together; empty if none.

    Parameters
    ----------
    problem
        The question.
    chosen
        Indices of chosen options, ascending.

    Returns
    -------
    list of arrays
        Option indices of each broken rule. A set that breaks a limit from below (too few types in
        a space, a lock not kept) is returned as it is too: the choice is then not usable.
    """
    city, options, purses = problem.city, problem.options, problem.purses
    found: list[NDArray[np.int64]] = []
    space, kind = options.space[chosen], options.type[chosen]
    micro = np.rint(options.area_m2[chosen] * _PER_M2).astype(np.int64)
    room = np.rint(city.spaces.area_m2 * _PER_M2).astype(np.int64)
    size = len(city.spaces)
    used = np.zeros(size, dtype=np.int64)
    np.add.at(used, space, micro)
    count = np.bincount(space, minlength=size)
    _, pair, times = np.unique(
        space * (int(options.type.max(initial=0)) + 1) + kind,
        return_inverse=True,
        return_counts=True,
    )
    bad = (used > room) | (count > city.spaces.max_types)
    bad |= (count > 0) & (count < city.spaces.min_types)
    if len(chosen):
        bad[space[times[pair] > 1]] = True
    found.extend(chosen[space == s] for s in np.flatnonzero(bad))
    for money, cost, fixed in (
        (purses[0], options.capital_fen, options.fixed_fen),
        (purses[1], options.subsidy_fen, np.zeros_like(options.fixed_fen)),
    ):
        for union, amount in money.limits():
            mine = chosen[(money.option_mask[chosen] & ~union) == 0]
            at = np.flatnonzero((count > 0) & ((money.space_mask & ~union) == 0) & (fixed > 0))
            spent = sum(cost[mine].tolist()) + sum(fixed[at].tolist())
            if spent > amount:
                found.append(np.union1d(mine, chosen[np.isin(space, at)]))
    return found


def locks_kept(options: Options, chosen: NDArray[np.int64]) -> bool:
    """Tell whether every opened pair is among the chosen options."""
    forced = np.flatnonzero(options.forced)
    wanted = set(zip(options.space[forced].tolist(), options.type[forced].tolist(), strict=True))
    have = set(zip(options.space[chosen].tolist(), options.type[chosen].tolist(), strict=True))
    return wanted <= have
