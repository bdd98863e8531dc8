"""What is left of every limit while a plan grows option by option, exactly, in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.floor import BASIC, PER_M2

if TYPE_CHECKING:
    from siting.solve.problem import Problem

_WHOLE = 1_000_000
_NOBODY: set[int] = set()


@dataclass(frozen=True, eq=False)
class Facts:
    """The options and the rules that bound them from above, as plain lists, for speed.

    Attributes
    ----------
    space, type, micro, chain
        Of each option.
    cost, fixed, limit
        Of each money row: its options' costs, its spaces' one-off costs, and its limit.
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


def empty_room(problem: Problem, facts: Facts) -> Room:
    """Return what there is before anything opens."""
    spaces = problem.city.spaces
    return Room(
        area=np.rint(spaces.area_m2 * PER_M2).astype(np.int64).tolist(),
        places=spaces.max_types.tolist(),
        spent=[0] * len(facts.limit),
        left=list(facts.most),
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
    return True


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
