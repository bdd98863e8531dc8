"""The merged needs m = (t, N) of the programme, with their weights and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.merge import Rows, merge, restrict, rows_by_place, stack, take
from siting.programme.rules import NO_RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.gaps.needs import Demand, Gaps
    from siting.programme.rules import Rules
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
        Need points gained when it is met (W[m]), shape (needs,). It is 0 only where residents
        count who weigh nothing.
    spaces
        The spaces with an option of the type that reach it (N).
    people
        Gap residents of the type's counting group by community (G[c, t, m]), shape (needs,
        communities); entries only for types whose people some rule counts (`Rules.counted`).
    points
        Need points by community, shape (needs, communities); entries only where circles are
        compared (`Rules.by_circle`).
    reachable
        Need points of each community with every option open, shape (communities,): the sums of
        `points` before any option was left out.
    """

    type: NDArray[np.int64]
    weight: NDArray[np.float64]
    spaces: Rows
    people: sparse.csr_array
    points: sparse.csr_array
    reachable: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.type)

    def of_type(self, t: int) -> slice:
        """Return where the needs of a type stand."""
        start, stop = np.searchsorted(self.type, [t, t + 1])
        return slice(int(start), int(stop))


def merge_needs(
    gaps: Gaps, options: Options, reach: Mapping[str, Reach], rules: Rules = NO_RULES
) -> MergedNeeds:
    """Return the merged needs of the gaps that some option can meet.

    Parameters
    ----------
    gaps, options
        What is lacking, and what could be opened.
    reach
        Walks from the spaces, by group.
    rules
        Say for which types people count by community, and whether points do.
    """
    spaces = len(gaps.city.spaces)
    usable = np.bincount(options.space, minlength=spaces) > 0
    bases: dict[tuple[int, int], tuple[Rows, NDArray[np.int64]]] = {}
    found = [
        merged
        for t, _ in gaps.asking
        if (merged := _of_type(gaps, options, reach, rules, t, usable, bases)) is not None
    ]
    circles = len(gaps.city.communities)
    none = sparse.csr_array((0, circles))
    points = sparse.csr_array(sparse.vstack([none, *(f.points for f in found)]))
    return MergedNeeds(
        type=np.concatenate([np.empty(0, dtype=np.int64), *(f.type for f in found)]),
        weight=np.concatenate([np.empty(0), *(f.weight for f in found)]),
        spaces=stack([f.spaces for f in found]),
        people=sparse.csr_array(sparse.vstack([none, *(f.people for f in found)])),
        points=points,
        reachable=np.asarray(points.sum(axis=0), dtype=np.float64).reshape(circles),
    )


@dataclass(frozen=True, eq=False)
class _OfType:
    """The merged needs of one type, as in `MergedNeeds`."""

    type: NDArray[np.int64]
    weight: NDArray[np.float64]
    spaces: Rows
    people: sparse.csr_array
    points: sparse.csr_array


def _of_type(
    gaps: Gaps,
    options: Options,
    reach: Mapping[str, Reach],
    rules: Rules,
    t: int,
    usable: NDArray[np.bool_],
    bases: dict[tuple[int, int], tuple[Rows, NDArray[np.int64]]],
) -> _OfType | None:
    city = gaps.city
    circles = len(city.communities)
    can = np.zeros(len(city.spaces), dtype=bool)
    can[options.space[options.type == t]] = True
    if not can.any():
        return None
    counts = t in rules.counted
    rows, weights, people, points = [], [], [], []
    none = sparse.csr_array((0, circles))
    for d, demand in enumerate(gaps.demands):
        counted = counts and d == gaps.counting(t)
        if demand.type != t or not (demand.points > 0 or counted):
            continue
        base, of_place = _base(bases, demand, reach[gaps.groups[demand.group]], usable)
        gap = np.where(gaps.served[d], 0.0, gaps.residents[demand.group])
        lacking = np.bincount(of_place, weights=gap, minlength=len(base))
        weight = demand.points * lacking
        at = np.flatnonzero((lacking if counted else weight) > 0)
        here = take(base, at)
        rows.append(restrict(here, can[here.member]))
        weights.append(weight[at])
        size = (len(base), circles)
        nothing = sparse.csr_array((len(at), circles))
        whose = nothing
        if counted or rules.by_circle:
            whose = sparse.coo_array((gap, (of_place, city.places.community)), shape=size).tocsr()
            whose = whose[at]
        people.append(whose if counted else nothing)
        compared = rules.by_circle and (counted or t not in rules.capacity_types)
        points.append(demand.points * whose if compared else nothing)
    distinct, group = merge(stack(rows), len(can))
    total = np.bincount(
        group, weights=np.concatenate([np.empty(0), *weights]), minlength=len(distinct)
    )
    kept = np.flatnonzero(np.diff(distinct.indptr) > 0)
    together = _adding(group, len(distinct))[kept]
    return _OfType(
        type=np.full(len(kept), t, dtype=np.int64),
        weight=total[kept].astype(np.float64),
        spaces=take(distinct, kept),
        people=_tidy(together @ sparse.vstack([none, *people], format="csr")),
        points=_tidy(together @ sparse.vstack([none, *points], format="csr")),
    )


def _adding(group: NDArray[np.int64], groups: int) -> sparse.csr_array:
    """Return the matrix (groups, rows) that adds up the rows of each group."""
    ones, own = np.ones(len(group)), np.arange(len(group))
    return sparse.coo_array((ones, (group, own)), shape=(groups, len(group))).tocsr()


def _tidy(matrix: sparse.csr_array) -> sparse.csr_array:
    found = sparse.csr_array(matrix)
    found.eliminate_zeros()
    found.sort_indices()
    return found


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

    def again(matrix: sparse.csr_array) -> sparse.csr_array:
        if not matrix.nnz:
            return sparse.csr_array((len(distinct), matrix.shape[1]))
        return _tidy(_adding(group, len(distinct))[order] @ matrix[alive])

    return MergedNeeds(
        type=last[order] - spaces,
        weight=weight[order].astype(np.float64),
        spaces=restrict(distinct, inner),
        people=again(needs.people),
        points=again(needs.points),
        reachable=needs.reachable,
    )


def _append(rows: Rows, last: NDArray[np.int64]) -> Rows:
    """Return the rows with one more member each."""
    return Rows(
        rows.indptr + np.arange(len(rows) + 1), np.insert(rows.member, rows.indptr[1:], last)
    )
