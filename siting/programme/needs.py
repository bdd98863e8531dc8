"""The merged needs m = (t, N) of the programme, with their weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.merge import Rows, merge, restrict, rows_by_place, stack, take

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.gaps.needs import Demand, Gaps
    from siting.standard.options import Options
    from siting.walk.reach import Reach


@dataclass(frozen=True, eq=False)
class MergedNeeds:
    """Gaps merged by type and set of spaces; those that no space can meet are dropped.

    Attributes
    ----------
    type
        Type index of each merged need, ascending, shape (needs,).
    weight
        Need points gained when it is met (W[m] > 0), shape (needs,).
    spaces
        The spaces with an option of the type that reach it (N).
    """

    type: NDArray[np.int64]
    weight: NDArray[np.float64]
    spaces: Rows

    def __len__(self) -> int:
        return len(self.type)


def merge_needs(gaps: Gaps, options: Options, reach: Mapping[str, Reach]) -> MergedNeeds:
    """Return the merged needs of the gaps that some option can meet.

    Parameters
    ----------
    gaps, options
        What is lacking, and what could be opened.
    reach
        Walks from the spaces, by group.
    """
    spaces = len(gaps.city.spaces)
    usable = np.bincount(options.space, minlength=spaces) > 0
    bases: dict[tuple[int, int], tuple[Rows, NDArray[np.int64]]] = {}
    types, weights, parts = [], [], []
    for t, _ in gaps.asking:
        can = np.zeros(spaces, dtype=bool)
        can[options.space[options.type == t]] = True
        demands = [(d, q) for d, q in enumerate(gaps.demands) if q.type == t and q.points > 0]
        if not can.any():
            continue
        rows, points = [], []
        for d, demand in demands:
            base, of_place = _base(bases, demand, reach[gaps.groups[demand.group]], usable)
            gap = np.where(gaps.served[d], 0.0, gaps.residents[demand.group])
            weight = demand.points * np.bincount(of_place, weights=gap, minlength=len(base))
            here = take(base, np.flatnonzero(weight > 0))
            rows.append(restrict(here, can[here.member]))
            points.append(weight[weight > 0])
        distinct, group = merge(stack(rows), spaces)
        total = np.bincount(group, weights=np.concatenate(points), minlength=len(distinct))
        kept = np.flatnonzero(np.diff(distinct.indptr) > 0)
        types.append(np.full(len(kept), t, dtype=np.int64))
        weights.append(total[kept])
        parts.append(take(distinct, kept))
    return MergedNeeds(
        type=np.concatenate(types) if types else np.empty(0, dtype=np.int64),
        weight=np.concatenate(weights) if weights else np.empty(0),
        spaces=stack(parts),
    )


def _base(
    bases: dict[tuple[int, int], tuple[Rows, NDArray[np.int64]]],
    demand: Demand,
    reach: Reach,
    usable: NDArray[np.bool_],
) -> tuple[Rows, NDArray[np.int64]]:
    """Merge the places once for each walk and limit; all types with that limit share it."""
    key = (id(reach), demand.limit_mm)
    if key not in bases:
        bases[key] = merge(rows_by_place(reach, demand.limit_mm, usable), len(usable))
    return bases[key]


def restrict_needs(needs: MergedNeeds, options: Options, spaces: int) -> MergedNeeds:
    """Return the merged needs when only `options` are left, merged again.

    Parameters
    ----------
    needs
        As merged for a superset of the options.
    options
        What is left.
    spaces
        Number of spaces.
    """
    types = int(needs.type.max(initial=0)) + 1
    has_option = np.zeros((types, spaces), dtype=bool)
    here = options.type < types
    has_option[options.type[here], options.space[here]] = True
    row_type = np.repeat(needs.type, np.diff(needs.spaces.indptr))
    left = restrict(needs.spaces, has_option[row_type, needs.spaces.member])
    alive = np.flatnonzero(np.diff(left.indptr) > 0)
    left, kind = take(left, alive), needs.type[alive]
    # the type goes in as a last member, so that needs of two types never become one
    marked = _append(left, spaces + kind)
    distinct, group = merge(marked, spaces + types)
    weight = np.bincount(group, weights=needs.weight[alive], minlength=len(distinct))
    last = distinct.member[distinct.indptr[1:] - 1]
    order = np.argsort(last, kind="stable")
    distinct = take(distinct, order)
    inner = np.ones(len(distinct.member), dtype=bool)
    inner[distinct.indptr[1:] - 1] = False
    return MergedNeeds(
        type=last[order] - spaces,
        weight=weight[order].astype(np.float64),
        spaces=restrict(distinct, inner),
    )


def _append(rows: Rows, last: NDArray[np.int64]) -> Rows:
    """Return the rows with one more member each."""
    return Rows(
        rows.indptr + np.arange(len(rows) + 1), np.insert(rows.member, rows.indptr[1:], last)
    )
