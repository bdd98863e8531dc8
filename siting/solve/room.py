"""What is left of every limit while a plan grows option by option, exactly, in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.floor import BASIC, PER_M2
from siting.programme.money import costs_of
from siting.standard.purses import most_paid_fen

if TYPE_CHECKING:
    from siting.solve.problem import Problem

Parts = tuple[tuple[int, int], ...]
"""Funds, and the most fen that each pays of an item."""

_WHOLE = 1_000_000
_NOBODY: set[int] = set()


@dataclass(frozen=True, eq=False)
class _Purse:
    """One kind of money: costs, the funds that may pay each, and the most that they may.

    Each option's cost and each space's one-off cost is its fen and, those that pay for little else
    first, the funds that may pay it and the most they pay. What cannot be paid in this order may
    be payable in another, so that `fits` may refuse it; but a plan that grows by `fits` can be
    paid.
    """

    cost: list[tuple[int, Parts]]
    fixed: list[tuple[int, Parts]]
    amount: list[int]


@dataclass(frozen=True, eq=False)
class Facts:
    """The options and the rules that bound them from above, as plain lists, for speed.

    Attributes
    ----------
    space, type, micro, chain
        Of each option.
    cost, fixed, limit
        Of each money row: its options' costs, its spaces' one-off costs, and its limit.
    purses
        The kinds of money that these rows do not say all of.
    barred
        Spaces that need several types at once; a plan that grows one by one leaves them out.
    groups
        For each option the groups of options it belongs to of which only `most` may be chosen.
    never, company
        By type: types that exclude it, and sets of types of which one must be in the space.
    """

    space: list[int]
    type: list[int]
    micro: list[int]
    chain: list[bool]
    cost: list[list[int]]
    fixed: list[list[int]]
    limit: list[int]
    purses: list[_Purse]
    barred: list[bool]
    groups: list[tuple[int, ...]]
    most: list[int]
    never: list[frozenset[int]]
    company: list[tuple[frozenset[int], ...]]
    free: list[bool]
    basic: list[bool]
    basic_share: dict[int, int]
    chain_share: int


@dataclass
class Room:
    """A plan so far, and what is left of every limit."""

    area: list[int]
    places: list[int]
    spent: list[int]
    left: list[int]
    held: list[list[int]]
    types: dict[int, set[int]] = field(default_factory=dict)
    used: dict[int, int] = field(default_factory=dict)
    used_basic: dict[int, int] = field(default_factory=dict)
    chains: int = 0
    chosen: list[int] = field(default_factory=list)

    def copy(self) -> Room:
        """Return a copy that changes for itself."""
        return Room(
            area=self.area.copy(),
            places=self.places.copy(),
            spent=self.spent.copy(),
            left=self.left.copy(),
            held=[purse.copy() for purse in self.held],
            types={s: kinds.copy() for s, kinds in self.types.items()},
            used=self.used.copy(),
            used_basic=self.used_basic.copy(),
            chains=self.chains,
            chosen=self.chosen.copy(),
        )


def facts_of(problem: Problem) -> Facts:
    """Return what `fits` needs to know of a problem."""
    options, rules, spaces = problem.options, problem.rules, problem.city.spaces
    types = max(len(rules.classes), int(options.type.max(initial=-1)) + 1)
    groups: list[list[int]] = [[] for _ in range(len(options))]
    most: list[int] = []
    for mine, count in _limited(problem):
        for o in mine.tolist():
            groups[o].append(len(most))
        most.append(count)
    never = [frozenset[int]() for _ in range(types)]
    company: list[tuple[frozenset[int], ...]] = [() for _ in range(types)]
    free = [True] * len(spaces)
    if rules.roof is not None:
        never = [frozenset(np.flatnonzero(row).tolist()) for row in rules.roof.never]
        for t, mask in rules.roof.only:
            if not mask[t]:
                company[t] = (*company[t], frozenset(np.flatnonzero(mask).tolist()))
        free = rules.roof.free.tolist()
    return Facts(
        space=options.space.tolist(),
        type=options.type.tolist(),
        micro=np.rint(options.area_m2 * PER_M2).astype(np.int64).tolist(),
        chain=options.chain.tolist(),
        cost=[row.option.tolist() for row in problem.money],
        fixed=[row.space.tolist() for row in problem.money],
        limit=[row.limit for row in problem.money],
        purses=[_purse(problem, money.name) for money in problem.payments],
        barred=(spaces.min_types > 1).tolist(),
        groups=[tuple(g) for g in groups],
        most=most,
        never=never,
        company=company,
        free=free,
        basic=[word == BASIC for word in rules.classes] or [False] * types,
        basic_share=rules.basic_share,
        chain_share=rules.chain_share,
    )


def _limited(problem: Problem) -> list[tuple[NDArray[np.int64], int]]:
    """Return sets of options of which only so many may be chosen (C10)."""
    frame, rules = problem.frame, problem.rules
    found = []
    for apart in rules.apart:
        mine = frame.of_type(apart.type)
        found.append((mine[np.isin(problem.options.space[mine], apart.spaces)], 1))
    for most in rules.most:
        found.append((frame.in_circle(most.type, most.community), most.outlets))
    return found


def _purse(problem: Problem, name: str) -> _Purse:
    """Return what is known of one kind of money."""
    k = ("C3", "C4").index(name)
    purses, (_, cost, fixed) = problem.purses[k], costs_of(problem.options)[k]
    boundless = int(cost.sum()) + int(fixed.sum())
    amount = [boundless if a is None else a for a in purses.amount_fen]
    masks = np.concatenate([purses.option_mask, purses.space_mask])
    order = sorted(range(1, len(amount)), key=lambda f: (int((masks >> f & 1).sum()), f))

    def items(money: NDArray[np.int64], mask: NDArray[np.int64]) -> list[tuple[int, Parts]]:
        most = {f: most_paid_fen(purses.share[f], money).tolist() for f in order}
        return [
            (fen, tuple((f, most[f][i]) for f in order if fen and bits >> f & 1))
            for i, (fen, bits) in enumerate(zip(money.tolist(), mask.tolist(), strict=True))
        ]

    return _Purse(items(cost, purses.option_mask), items(fixed, purses.space_mask), amount)


def _paid(purse: _Purse, held: list[int], o: int, s: int, fresh: bool) -> list[int] | None:
    """Return what the purses hold once an option is paid; None where they do not suffice."""
    held = held.copy()
    for fen, parts in (purse.cost[o], purse.fixed[s]) if fresh else (purse.cost[o],):
        due = fen
        for f, most in parts:
            paid = min(due, most, held[f])
            due -= paid
            held[f] -= paid
        held[0] -= due
    return held if held[0] >= 0 else None


def empty_room(problem: Problem, facts: Facts) -> Room:
    """Return what there is before anything opens."""
    spaces = problem.city.spaces
    return Room(
        area=np.rint(spaces.area_m2 * PER_M2).astype(np.int64).tolist(),
        places=spaces.max_types.tolist(),
        spent=[0] * len(facts.limit),
        left=list(facts.most),
        held=[list(purse.amount) for purse in facts.purses],
    )


def fits(facts: Facts, room: Room, o: int) -> bool:
    """Tell whether an option still fits; once it does not, it never will again."""
    s, t = facts.space[o], facts.type[o]
    here = room.types.get(s, _NOBODY)
    if t in here or room.places[s] < 1 or facts.micro[o] > room.area[s]:
        return False
    if facts.never[t] & here or any(room.left[g] < 1 for g in facts.groups[o]):
        return False
    for k, limit in enumerate(facts.limit):
        more = facts.cost[k][o] + (0 if here else facts.fixed[k][s])
        if more and room.spent[k] + more > limit:
            return False
    return all(
        _paid(purse, held, o, s, not here) is not None
        for purse, held in zip(facts.purses, room.held, strict=True)
    )


def allowed(facts: Facts, room: Room, o: int) -> bool:
    """Tell whether what is open allows an option; it may be allowed later."""
    s, t = facts.space[o], facts.type[o]
    here = room.types.get(s, _NOBODY)
    if not facts.free[s] and any(not words & here for words in facts.company[t]):
        return False
    if s in facts.basic_share and not facts.basic[t]:
        used = room.used.get(s, 0) + facts.micro[o]
        if room.used_basic.get(s, 0) * _WHOLE < facts.basic_share[s] * used:
            return False
    projects = len(room.chosen) + 1
    return facts.chain[o] or room.chains * _WHOLE >= facts.chain_share * projects


def choose(facts: Facts, room: Room, o: int) -> None:
    """Open an option."""
    s, t = facts.space[o], facts.type[o]
    fresh = s not in room.types
    for k in range(len(facts.limit)):
        room.spent[k] += facts.cost[k][o] + (facts.fixed[k][s] if fresh else 0)
    for k, purse in enumerate(facts.purses):
        room.held[k] = _paid(purse, room.held[k], o, s, fresh) or room.held[k]
    for g in facts.groups[o]:
        room.left[g] -= 1
    room.area[s] -= facts.micro[o]
    room.places[s] -= 1
    room.types.setdefault(s, set()).add(t)
    room.used[s] = room.used.get(s, 0) + facts.micro[o]
    if facts.basic[t]:
        room.used_basic[s] = room.used_basic.get(s, 0) + facts.micro[o]
    room.chains += facts.chain[o]
    room.chosen.append(o)
