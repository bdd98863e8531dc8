"""A quick first plan: the option with the most points for its money, again and again.

No solver finds a good plan by itself on large cities, so every solver is given one. The greedy is
lazy: an option's gain only falls as others open (coverage is submodular), so most gains need not
be computed again.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.solve.problem import Problem
    from siting.standard.options import Options
    from siting.standard.purses import Purses

_PER_M2 = 1_000_000


@dataclass
class _State:
    """What is chosen so far, and what is left of every limit."""

    covered: NDArray[np.bool_]
    room: list[int]
    places_left: list[int]
    open: set[int] = field(default_factory=set)
    pairs: set[tuple[int, int]] = field(default_factory=set)
    chosen: list[int] = field(default_factory=list)
    points: float = 0.0


@dataclass(frozen=True, eq=False)
class _Question:
    """The options as plain lists, for speed in a loop of scalars."""

    space: list[int]
    type: list[int]
    micro: list[int]
    cover: sparse.csc_array
    weight: NDArray[np.float64]
    costs: tuple[list[int], list[int]]
    fixed: list[int]
    masks: tuple[list[int], list[int]]
    space_mask: list[int]
    limits: tuple[list[tuple[int, int]], list[tuple[int, int]]]
    scale: tuple[float, float]
    barred: list[bool]


def greedy(
    problem: Problem, enough: Callable[[], bool] = lambda: False
) -> NDArray[np.int64] | None:
    """Return the chosen options of the best of a few greedy plans, ascending.

    Parameters
    ----------
    problem
        What is asked.
    enough
        Asked now and then; once it says True the plan is taken as far as it has come.

    Returns
    -------
    array or None
        None where the opened locks do not fit the limits this way.
    """
    options, purses, spaces = problem.options, problem.purses, problem.city.spaces
    question = _Question(
        space=options.space.tolist(),
        type=options.type.tolist(),
        micro=np.rint(options.area_m2 * _PER_M2).astype(np.int64).tolist(),
        cover=problem.cover,
        weight=problem.needs.weight,
        costs=(options.capital_fen.tolist(), options.subsidy_fen.tolist()),
        fixed=options.fixed_fen.tolist(),
        masks=(purses[0].option_mask.tolist(), purses[1].option_mask.tolist()),
        space_mask=purses[0].space_mask.tolist(),
        limits=(purses[0].limits(), purses[1].limits()),
        scale=(_scale(purses[0]), _scale(purses[1])),
        barred=(spaces.min_types > 1).tolist(),
    )
    best: _State | None = None
    for share in (0.5, 0.8, 0.2):
        state = _State(
            covered=np.zeros(len(question.weight), dtype=bool),
            room=np.rint(spaces.area_m2 * _PER_M2).astype(np.int64).tolist(),
            places_left=spaces.max_types.tolist(),
        )
        if not _run(options, question, state, share, enough):
            return None
        if best is None or state.points > best.points:
            best = state
        if enough():
            break
    return None if best is None else np.array(sorted(best.chosen), dtype=np.int64)


def _scale(purses: Purses) -> float:
    """Return one over the money there is, 0 where it is unlimited."""
    amounts = [a for a in purses.amount_fen if a is not None]
    if len(amounts) < len(purses.amount_fen) or not sum(amounts):
        return 0.0
    return 1.0 / sum(amounts)


def _run(
    options: Options, q: _Question, state: _State, share: float, enough: Callable[[], bool]
) -> bool:
    """Fill `state`; `share` is capital's part in the price. False where the locks do not fit."""
    spent: tuple[list[int], list[int]] = ([0] * len(q.limits[0]), [0] * len(q.limits[1]))
    if not _open_locks(options, q, state, spent):
        return False

    def worth(o: int) -> float:
        needs = q.cover.indices[q.cover.indptr[o] : q.cover.indptr[o + 1]]
        gain = float(q.weight[needs] @ ~state.covered[needs])
        extra = 0 if q.space[o] in state.open else q.fixed[q.space[o]]
        price = share * (q.costs[0][o] + extra) * q.scale[0]
        price += (1.0 - share) * q.costs[1][o] * q.scale[1]
        return gain / (price + 1e-9)

    by_space: dict[int, list[int]] = {}
    for o, s in enumerate(q.space):
        by_space.setdefault(s, []).append(o)
    heap = [(-worth(o), o) for o in range(len(q.space)) if not q.barred[q.space[o]]]
    heapq.heapify(heap)
    turns = 0
    while heap:
        turns += 1
        if turns % 256 == 0 and enough():
            break
        _, o = heapq.heappop(heap)
        if not _fits(q, state, spent, o):
            continue
        now = worth(o)
        if now <= 0.0:
            continue
        if heap and now < -heap[0][0]:
            heapq.heappush(heap, (-now, o))
            continue
        fresh = q.space[o] not in state.open and q.fixed[q.space[o]] > 0
        _choose(q, state, spent, o)
        if fresh:  # its one-off cost is paid: the others of the space are worth more now
            for other in by_space[q.space[o]]:
                heapq.heappush(heap, (-worth(other), other))
    return True


def _fits(q: _Question, state: _State, spent: tuple[list[int], list[int]], o: int) -> bool:
    s = q.space[o]
    if (s, q.type[o]) in state.pairs or state.places_left[s] < 1 or q.micro[o] > state.room[s]:
        return False
    extra = 0 if s in state.open else q.fixed[s]
    for k in (0, 1):
        for at, (union, amount) in enumerate(q.limits[k]):
            more = q.costs[k][o] if not q.masks[k][o] & ~union else 0
            if k == 0 and extra and not q.space_mask[s] & ~union:
                more += extra
            if more and spent[k][at] + more > amount:
                return False
    return True


def _choose(q: _Question, state: _State, spent: tuple[list[int], list[int]], o: int) -> None:
    s = q.space[o]
    extra = 0 if s in state.open else q.fixed[s]
    for k in (0, 1):
        for at, (union, _) in enumerate(q.limits[k]):
            if not q.masks[k][o] & ~union:
                spent[k][at] += q.costs[k][o]
            if k == 0 and extra and not q.space_mask[s] & ~union:
                spent[k][at] += extra
    needs = q.cover.indices[q.cover.indptr[o] : q.cover.indptr[o + 1]]
    state.points += float(q.weight[needs] @ ~state.covered[needs])
    state.covered[needs] = True
    state.room[s] -= q.micro[o]
    state.places_left[s] -= 1
    state.open.add(s)
    state.pairs.add((s, q.type[o]))
    state.chosen.append(o)


def _open_locks(
    options: Options, q: _Question, state: _State, spent: tuple[list[int], list[int]]
) -> bool:
    """Open each locked pair by its smaller option; False where that does not fit."""
    for o in np.flatnonzero(options.forced)[::-1].tolist():
        if (q.space[o], q.type[o]) in state.pairs:
            continue
        if not _fits(q, state, spent, o):
            return False
        _choose(q, state, spent, o)
    count: dict[int, int] = {}
    for o in state.chosen:
        count[q.space[o]] = count.get(q.space[o], 0) + 1
    return not any(q.barred[s] for s in count)
