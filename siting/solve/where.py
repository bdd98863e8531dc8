"""Where in the city a plan could be better, and by how much at most.

Bound less value of a plan is a sum of what each need, each space and each money row leaves on the
table at the multipliers: a need that nobody meets its weight less its multiplier, one that several
meet its multiplier for each but one, a space what its best bundle is worth more than the chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.walk.reach import spans

if TYPE_CHECKING:
    from siting.solve.multipliers import Bound
    from siting.solve.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_TIRED = 0.2  # what a neighbourhood that was solved counts then
_REST = 1.05  # by how much it counts more after each round
_TRIES = 40  # neighbourhoods looked at for another one beside those chosen


class Map:
    """What a plan leaves on the table, and which neighbourhoods are next.

    Attributes
    ----------
    freshness
        Of each space, between 0 and 1: how much what it leaves counts.
    """

    def __init__(self, problem: Problem, relaxed: Bound) -> None:
        from scipy.spatial import cKDTree

        self.problem, self.relaxed = problem, relaxed
        spaces = problem.city.spaces
        self.where = np.column_stack([spaces.x, spaces.y])
        self.tree = cKDTree(self.where)
        self.open = np.unique(problem.options.space)
        self.freshness = np.ones(len(spaces))
        rows = problem.needs.spaces
        self.lengths = np.diff(rows.indptr)

    def left(self, chosen: Ints) -> Floats:
        """Return what each space leaves on the table; a need's share falls to all its spaces."""
        problem, relaxed = self.problem, self.relaxed
        cover, weight, u = problem.cover, problem.weight, relaxed.u
        met = cover.indices[spans(cover.indptr[chosen], cover.indptr[chosen + 1])]
        times = np.bincount(met, minlength=len(weight))
        lost = np.where(times > 0, u * (times - 1), np.maximum(weight - u, 0.0))
        rows = problem.needs.spaces
        share = np.repeat(lost / np.maximum(self.lengths, 1), self.lengths)
        spaces = len(self.where)
        found = np.bincount(rows.member, weights=share, minlength=spaces)
        mine = np.bincount(
            problem.options.space[chosen], weights=relaxed.worth[chosen], minlength=spaces
        )
        left: Floats = np.asarray(found + np.maximum(relaxed.inside - mine, 0.0), dtype=np.float64)
        return left

    def pick(self, part: Problem, chosen: Ints, size: int, number: int) -> list[Ints]:
        """Return the spaces of the neighbourhoods to solve next, none of which share a need."""
        size = min(size, len(self.open))
        score = self.left(chosen) * self.freshness
        self.freshness = np.minimum(1.0, self.freshness * _REST)
        near = self.tree.query(self.where[self.open], k=size)[1].reshape(len(self.open), size)
        total = score[near].sum(axis=1)
        order = np.argsort(-total, kind="stable")
        regions: list[Ints] = []
        touched = np.zeros(len(part.needs), dtype=bool)
        taken = np.zeros(len(self.where), dtype=bool)
        tried = 0
        for at in order.tolist():
            region = np.unique(near[at])
            if taken[region].any():
                continue
            tried += 1
            if tried > _TRIES:
                break
            met = _touched(part, region)
            if touched[met].any():
                continue
            regions.append(region)
            touched[met] = taken[region] = True
            if len(regions) == number:
                break
        return regions

    def solved(self, region: Ints) -> None:
        """Let a neighbourhood count less for a while."""
        self.freshness[region] *= _TIRED


def _touched(part: Problem, region: Ints) -> Ints:
    """Return the needs that options of a neighbourhood meet."""
    inside = np.zeros(len(part.city.spaces), dtype=bool)
    inside[region] = True
    options = np.flatnonzero(inside[part.options.space])
    cover = part.cover
    met: Ints = np.unique(cover.indices[spans(cover.indptr[options], cover.indptr[options + 1])])
    return met
