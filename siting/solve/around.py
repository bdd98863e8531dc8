"""A neighbourhood as a problem of its own: its options are free, what is chosen elsewhere stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.merge import take
from siting.solve.plain import only_points

if TYPE_CHECKING:
    from siting.programme.model import Programme
    from siting.programme.money import MoneyRow
    from siting.solve.problem import Problem

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """One neighbourhood.

    Attributes
    ----------
    problem
        The options of the neighbourhood; where rules reach further than a space also the options
        chosen outside it.
    free
        The options of the whole problem that may change.
    at
        Where they stand among the options of `problem`.
    fixed
        Where the options chosen outside stand, if they do.
    now
        What is chosen now, as options of `problem`.
    """

    problem: Problem
    free: Ints
    at: Ints
    fixed: Ints
    now: Ints

    @property
    def programme(self) -> Programme:
        """The programme, with what is chosen outside fixed."""
        found = self.problem.programme
        if not len(self.fixed):
            return found
        lower = found.lower.copy()
        lower[found.column_range("x").start + self.fixed] = 1.0
        return replace(found, lower=lower)

    def chosen(self, vector: NDArray[np.float64]) -> Ints:
        """Return the free options that a vector of the programme chooses."""
        picked = vector[self.problem.programme.column_range("x")][self.at] > 0.5
        found: Ints = self.free[picked]
        return found


def neighbourhood(problem: Problem, best: Ints, region: Ints, sharers: int) -> Neighbourhood:
    """Return the problem of a region, for one of several that are solved at once.

    Parameters
    ----------
    problem
        All of it.
    best
        The choice that stays elsewhere.
    region
        Spaces.
    sharers
        How many neighbourhoods share the money that is left.
    """
    inside = np.zeros(len(problem.city.spaces), dtype=bool)
    inside[region] = True
    free = np.flatnonzero(inside[problem.options.space])
    outside = best[~inside[problem.options.space[best]]]
    if not only_points(problem):
        every = np.union1d(free, outside)
        part = problem.restricted(every)
        now = np.searchsorted(every, best)
        part = replace(part, rows=tuple(_share(row, now, part, sharers) for row in part.money))
        at, fixed = np.searchsorted(every, free), np.searchsorted(every, outside)
        return Neighbourhood(part, free, at, fixed, now)
    unmet = np.flatnonzero(~problem.covered(outside))
    needs = problem.needs
    fewer = replace(
        needs,
        type=needs.type[unmet],
        weight=needs.weight[unmet],
        spaces=take(needs.spaces, unmet),
        people=needs.people[unmet],
        points=needs.points[unmet],
    )
    shared = [_share(row, best, problem, sharers) for row in problem.money]
    left = tuple(
        replace(row, option=row.option[free], limit=row.limit - _spent(row, outside, problem))
        for row in shared
    )
    part = replace(replace(problem, needs=fewer).restricted(free), rows=left)
    here = np.flatnonzero(np.isin(free, best))
    return Neighbourhood(part, free, np.arange(len(free)), np.empty(0, dtype=np.int64), here)


def _spent(row: MoneyRow, chosen: Ints, problem: Problem) -> int:
    """Return what a choice costs in a row, exactly."""
    opened = np.unique(problem.options.space[chosen])
    spent: int = sum(row.option[chosen].tolist()) + sum(row.space[opened].tolist())
    return spent


def _share(row: MoneyRow, chosen: Ints, problem: Problem, sharers: int) -> MoneyRow:
    """Return the row with only this sharer's part of what is left of it."""
    spent = _spent(row, chosen, problem)
    return replace(row, limit=spent + (row.limit - spent) // sharers)
