"""The best bundle of types in each space, when every option has a worth of its own (V[s])."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siting.solve.problem import Problem

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_PER_M2 = 1_000_000
_MOST_STEPS = 20_000  # in one space, before its bundle is replaced by something not smaller


@dataclass(frozen=True, eq=False)
class Bundles:
    """What the spaces' best bundles are worth.

    Attributes
    ----------
    worth
        Of each space, the one-off cost taken off; 0 where nothing pays. Shape (spaces,).
    loose
        Spaces that had too many bundles to look at: the sum of their best types counts there,
        whether these fit together or not.
    """

    worth: Floats
    loose: list[int]

    @classmethod
    def best(cls, problem: Problem, worth: Floats, toll: Floats) -> Bundles:
        """Return the best bundles that floor area, numbers of types and roofs allow.

        Parameters
        ----------
        worth
            Of each option.
        toll
            What opening a space costs.
        """
        options, spaces, roof = problem.options, problem.city.spaces, problem.rules.roof
        found = np.zeros(len(spaces))
        single = spaces.max_types[options.space] == 1
        np.maximum.at(found, options.space[single], worth[single])
        paying = np.flatnonzero(~single & (worth > 0.0))
        paying = paying[np.lexsort((-worth[paying], options.space[paying]))]
        area = np.rint(options.area_m2 * _PER_M2).astype(np.int64)
        room = np.rint(spaces.area_m2 * _PER_M2).astype(np.int64)
        never = None if roof is None else roof.never
        homes, first = np.unique(options.space[paying], return_index=True)
        ends = [*first.tolist(), len(paying)]
        loose = []
        for k, s in enumerate(homes.tolist()):
            mine = paying[ends[k] : ends[k + 1]]
            kinds, most = options.type[mine], int(spaces.max_types[s])
            values, areas = worth[mine].tolist(), area[mine].tolist()
            at_odds = kinds[:, None] == kinds
            if never is not None:
                at_odds |= never[np.ix_(kinds, kinds)]
            best = _best(values, areas, at_odds, int(room[s]), most)
            if best is None:
                loose.append(s)
                _, top = np.unique(kinds, return_index=True)
                best = sum(sorted((values[i] for i in top), reverse=True)[:most])
            found[s] = best
        return cls(np.maximum(found - toll, 0.0), loose)


def _best(
    values: list[float], areas: list[int], at_odds: Bools, room: int, most: int
) -> float | None:
    """Return the worth of the best set of items, None where that takes too many steps.

    Parameters
    ----------
    values
        Worth of each item, descending, above 0.
    at_odds
        True where two items cannot both be in the set.
    """
    foes = [sum(1 << int(k) for k in np.flatnonzero(row)) for row in at_odds]
    count, best, steps = len(values), 0.0, 0
    running = [0.0]
    for value in values:
        running.append(running[-1] + value)
    # (next item, items in the set, their area, their worth, items that are out)
    stack = [(0, 0, 0, 0.0, 0)]
    while stack:
        k, size, used, total, out = stack.pop()
        while k < count and (out >> k & 1 or used + areas[k] > room):
            k += 1
        if k == count or size == most:
            continue
        if total + (running[min(count, k + most - size)] - running[k]) <= best:
            continue
        steps += 1
        if steps > _MOST_STEPS:
            return None
        best = max(best, total + values[k])
        stack.append((k + 1, size, used, total, out))
        stack.append((k + 1, size + 1, used + areas[k], total + values[k], out | foes[k]))
    return best
