"""The plain formulation: one z for each place, group and type that is lacking; nothing is merged.

It is what anybody would write down first: the rows C1 to C4 with funds, as in `siting.programme`,
but with a cover row for every single gap. Rules that count residents by community (floors, grades,
quotas) are not there, as no generated city asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from siting.programme.build import build
from siting.programme.merge import restrict, rows_by_place, stack, take
from siting.programme.money import money_rows
from siting.programme.needs import MergedNeeds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.bench.instance import Instance
    from siting.gaps.needs import Demand, Gaps
    from siting.programme.merge import Rows
    from siting.programme.model import Programme
    from siting.standard.options import Options
    from siting.walk.reach import Reach


def plain_needs(gaps: Gaps, options: Options, reach: Mapping[str, Reach]) -> MergedNeeds:
    """Return every gap that some option can meet as a need of its own.

    They have the shape of merged needs, so that the same rows are built from them.
    """
    kinds, weights, rows = [], [], []
    bases: dict[tuple[int, int], Rows] = {}
    for demand, gap in _weighing(gaps):
        can = _offering(options, demand.type, len(gaps.city.spaces))
        whose = reach[gaps.groups[demand.group]]
        key = (id(whose), demand.limit_mm)
        if key not in bases:
            every = np.ones(whose.targets, dtype=bool)
            bases[key] = rows_by_place(whose, demand.limit_mm, every)
        near = restrict(bases[key], can[bases[key].member])
        at = np.flatnonzero((gap > 0) & (np.diff(near.indptr) > 0))
        kinds.append(np.full(len(at), demand.type, dtype=np.int64))
        weights.append(gap[at])
        rows.append(take(near, at))
    none = np.empty(0)
    count = sum(len(w) for w in weights)
    nobody = sparse.csr_array((count, len(gaps.city.communities)))
    return MergedNeeds(
        type=np.concatenate([none.astype(np.int64), *kinds]),
        weight=np.concatenate([none, *weights]),
        spaces=stack(rows),
        people=nobody,
        points=nobody,
        reachable=np.zeros(len(gaps.city.communities)),
    )


def plain_size(gaps: Gaps, options: Options, reach: Mapping[str, Reach]) -> tuple[int, int]:
    """Return how many needs and how many entries in cover rows the plain formulation has.

    Counted without building it: at the largest sizes it does not fit into memory.
    """
    needs = entries = 0
    for demand, gap in _weighing(gaps):
        can = _offering(options, demand.type, len(gaps.city.spaces))
        whose = reach[gaps.groups[demand.group]]
        near = whose.within(np.flatnonzero(can), demand.limit_mm)
        times = np.bincount(near, minlength=len(gap))[gap > 0]
        needs += int(np.count_nonzero(times))
        entries += int(times.sum())
    return needs, entries


def plain_programme(instance: Instance) -> Programme:
    """Return the plain formulation of an instance."""
    needs = plain_needs(instance.gaps, instance.options, instance.reach)
    money = money_rows(instance.options, *instance.purses)
    return build(instance.city, instance.options, needs, money, instance.rules)


def _weighing(gaps: Gaps) -> list[tuple[Demand, NDArray[np.float64]]]:
    """Return the demands that bring need points, with those lacking at each place."""
    return [
        (demand, demand.points * np.where(gaps.served[d], 0.0, gaps.residents[demand.group]))
        for d, demand in enumerate(gaps.demands)
        if demand.points > 0
    ]


def _offering(options: Options, t: int, spaces: int) -> NDArray[np.bool_]:
    can = np.zeros(spaces, dtype=bool)
    can[options.space[options.type == t]] = True
    return can
