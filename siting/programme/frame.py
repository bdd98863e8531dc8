"""Which columns a programme has, and where they stand.

======== ===========================================================================
``x``    one an option
``y``    spaces with a one-off cost or a least number of types
``z``    one a merged need
``p``    C8: a type is present by itself in a circle; then, where it has several ways to be
         present or to count (substitutes), in any of them
``g``    C8: a circle holds a grade; 1 and fixed for the grade aimed at where it is held today
``h``    C12: residents of a circle served within capacity
``b``    C12: of whom an outlet takes so many
``lag``  a circle is one of those that a stage ``worst`` spares
``theta`` the worst circle's share
``v``    C6: what a fund pays of a class of items
======== ===========================================================================

Only ``x``, ``y`` and ``z`` are always there. Payments (C6) need columns only where there are many
funds: see `siting.programme.money` and `siting.programme.payments`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.model import Block
from siting.walk.reach import spans

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.programme.needs import MergedNeeds
    from siting.programme.payments import Payments
    from siting.programme.rules import Rules
    from siting.programme.stage import Stage
    from siting.standard.options import Options

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Frame:
    """A question, one stage of it, and its columns; the columns are found when asked for."""

    city: City
    options: Options
    needs: MergedNeeds
    rules: Rules
    stage: Stage
    payments: tuple[Payments, ...] = ()

    @cached_property
    def opened(self) -> Ints:
        """Spaces that have a column y, in the order of those columns."""
        return spaces_with_y(self.city, self.options)

    @cached_property
    def y_of(self) -> Ints:
        """Column y of each space, -1 where it has none."""
        found = np.full(len(self.city.spaces), -1, dtype=np.int64)
        found[self.opened] = self.at("y").start + np.arange(len(self.opened))
        return found

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stage and those whose values it keeps."""
        return (self.stage, *(kept.stage for kept in self.stage.keep))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of columns, in order."""
        sizes = {
            "x": len(self.options),
            "y": len(self.opened),
            "z": len(self.needs),
            "p": self.presence.size,
            "g": len(self.graded[0]),
            "h": len(self.served[0]),
            "b": len(self.taken[0]),
            "lag": sum(len(circles) for circles in self.lagging.values()),
            "theta": int(self.stage.kind == "worst"),
            "v": sum(len(money) for money in self.payments),
        }
        found, at = [], 0
        for name, size in sizes.items():
            if size or name in "xyz":
                found.append(Block(name, at, at + size))
                at += size
        return tuple(found)

    def at(self, name: str) -> slice:
        """Return where the columns of a block stand (an empty slice if there is none)."""
        for block in self.blocks:
            if block.name == name:
                return slice(block.start, block.stop)
        return slice(0, 0)

    @property
    def first_payment(self) -> list[int]:
        """The first column v of each of `payments`."""
        first = self.at("v").start
        sizes = [len(money) for money in self.payments]
        return [first + sum(sizes[:k]) for k in range(len(sizes))]

    # what rows ask of options and needs

    @cached_property
    def by_circle(self) -> sparse.csc_array:
        """`MergedNeeds.people` by columns."""
        found = sparse.csc_array(self.needs.people)
        found.sort_indices()
        return found

    @cached_property
    def points_by_circle(self) -> sparse.csc_array:
        """`MergedNeeds.points` by columns."""
        found = sparse.csc_array(self.needs.points)
        found.sort_indices()
        return found

    def lacking(self, t: int, community: int) -> tuple[Ints, Floats]:
        """Return the needs of a type in which a community has people, and how many."""
        people, mine = self.by_circle, self.needs.of_type(t)
        first, last = people.indptr[community], people.indptr[community + 1]
        rows = people.indices[first:last]
        a, b = np.searchsorted(rows, [mine.start, mine.stop])
        return rows[a:b].astype(np.int64), people.data[first + a : first + b]

    @cached_property
    def lacking_people(self) -> Floats:
        """Gap residents whom some option reaches, shape (types, communities)."""
        return self.people_in(np.ones(len(self.needs), dtype=bool))

    def people_in(self, met: NDArray[np.bool_]) -> Floats:
        """Return the residents of the needs that are met, shape (types, communities)."""
        people = self.needs.people
        row = np.repeat(np.arange(len(self.needs)), np.diff(people.indptr))
        shape = (len(self.rules.classes), people.shape[1])
        key = self.needs.type[row] * shape[1] + people.indices
        weights = np.where(met[row], people.data, 0.0)
        return np.bincount(key, weights, shape[0] * shape[1]).reshape(shape).astype(np.float64)

    @cached_property
    def _of_type(self) -> dict[int, Ints]:
        order = np.argsort(self.options.type, kind="stable")
        kinds, first = np.unique(self.options.type[order], return_index=True)
        return dict(zip(kinds.tolist(), np.split(order, first)[1:], strict=True))

    def of_type(self, t: int) -> Ints:
        """Return the options of a type, ascending."""
        return self._of_type.get(t, np.empty(0, dtype=np.int64))

    def in_circle(self, t: int, community: int) -> Ints:
        """Return the options of a type whose space lies in a community."""
        mine = self.of_type(t)
        found: Ints = mine[self.city.spaces.community[self.options.space[mine]] == community]
        return found

    def reaching(self, t: int, rows: Ints) -> Ints:
        """Return the options of a type in the spaces of the needs `rows`."""
        spaces = self.needs.spaces
        near = np.zeros(len(self.city.spaces), dtype=bool)
        near[spaces.member[spans(spaces.indptr[rows], spaces.indptr[rows + 1])]] = True
        mine = self.of_type(t)
        return mine[near[self.options.space[mine]]]

    # circles that are compared

    def rising(self, stage: Stage) -> list[int]:
        """Return the circles that a stage ``worst`` compares: not fixed, with points to gain."""
        fixed = {c for c, _ in stage.fixed}
        return [c for c in np.flatnonzero(self.needs.reachable > 0).tolist() if c not in fixed]

    @cached_property
    def lagging(self) -> dict[int, list[int]]:
        """The circles of the columns ``lag``, by position in `stages`, one after the other."""
        return {
            k: self.rising(stage)
            for k, stage in enumerate(self.stages)
            if stage.kind == "worst" and stage.spared
        }

    def lags(self, position: int) -> Ints:
        """Return the columns ``lag`` of the stage that stands there in `stages`."""
        before = sum(len(circles) for k, circles in self.lagging.items() if k < position)
        first = self.at("lag").start + before
        return np.arange(first, first + len(self.lagging.get(position, ())), dtype=np.int64)

    # C8

    @cached_property
    def is_graded(self) -> bool:
        """Whether presence and grades have columns."""
        grades = self.rules.grades
        aims = any(stage.kind == "grades" for stage in self.stages)
        return grades is not None and (grades.must or aims)

    @cached_property
    def possible(self) -> NDArray[np.bool_]:
        """Types that options can make present by themselves, shape (types, communities)."""
        grades = self.rules.grades
        assert grades is not None
        if not grades.located:
            found: NDArray[np.bool_] = self.lacking_people >= grades.needed
            return found
        found = np.zeros_like(grades.standing)
        found[self.options.type, self.city.spaces.community[self.options.space]] = True
        return found

    @cached_property
    def presence(self) -> PresenceColumns:
        """The columns p."""
        grades = self.rules.grades
        if grades is None or not self.is_graded:
            return PresenceColumns({}, {})
        possible = self.possible
        own: dict[tuple[int, int], int] = {}
        able: dict[tuple[tuple[int, ...], int], tuple[int, ...]] = {}
        for c in grades.open.tolist():
            for ways in grades.ways:
                if grades.own_today[list(ways), c].any():
                    continue
                able[ways, c] = tuple(u for u in ways if possible[u, c])
                for u in able[ways, c]:
                    own.setdefault((u, c), len(own))
        return PresenceColumns(own, able)

    @cached_property
    def graded(self) -> tuple[Ints, Ints]:
        """Grade and community of each column g: first those held today, then the others."""
        grades = self.rules.grades
        if grades is None or not self.is_graded:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        inhabited = grades.residents > 0
        holding = np.flatnonzero(grades.held_today[-1] & inhabited)
        grade, k = np.nonzero(~grades.held_today[:, grades.open])
        return (
            np.concatenate([np.full(len(holding), grades.target), grade]).astype(np.int64),
            np.concatenate([holding, grades.open[k]]).astype(np.int64),
        )

    # C12

    @cached_property
    def served(self) -> tuple[Ints, Ints]:
        """Type and community of each column h."""
        if self.rules.capacity is None:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        lacking = self.lacking_people > 0
        kinds = sorted(self.rules.capacity_types)
        which, community = np.nonzero(lacking[kinds])
        return np.array(kinds, dtype=np.int64)[which], community.astype(np.int64)

    @cached_property
    def taken(self) -> tuple[Ints, Ints, Ints]:
        """Type, space and community of each column b, sorted."""
        needs, spaces = self.needs, len(self.city.spaces)
        limited = np.isin(needs.type, list(self.rules.capacity_types))
        if not limited.any():
            return (np.empty(0, dtype=np.int64),) * 3
        member_of = np.repeat(np.arange(len(needs)), np.diff(needs.spaces.indptr))
        key = needs.type[member_of] * spaces + needs.spaces.member
        keep = limited[member_of]
        size = (len(self.rules.classes) * spaces, len(needs))
        by_pair = sparse.coo_array(
            (np.ones(int(keep.sum())), (key[keep], member_of[keep])), shape=size
        ).tocsr()
        whom = sparse.csr_array(by_pair @ needs.people)
        whom.sort_indices()
        pair = np.repeat(np.arange(size[0]), np.diff(whom.indptr))
        return pair // spaces, pair % spaces, whom.indices.astype(np.int64)


@dataclass(frozen=True, eq=False)
class PresenceColumns:
    """The columns p of C8, counted from the start of their block.

    Attributes
    ----------
    own
        Position of (type, community) present by itself, where that is not so today but possible.
    able
        For each (ways, community) of which a grade asks for one (`Grades.ways`) and none is there
        today: those of them that can become so.
    """

    own: dict[tuple[int, int], int]
    able: dict[tuple[tuple[int, ...], int], tuple[int, ...]]

    @cached_property
    def any_of(self) -> dict[tuple[tuple[int, ...], int], int]:
        """Position of (types, community): one of several types is present by itself."""
        several = ((able, c) for (_, c), able in self.able.items() if len(able) > 1)
        return {pair: len(self.own) + k for k, pair in enumerate(dict.fromkeys(several))}

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.own) + len(self.any_of)

    def of(self, ways: tuple[int, ...], community: int) -> int | None:
        """Return the position that says whether one of the types is there; None: none can be."""
        able = self.able[ways, community]
        if len(able) > 1:
            return self.any_of[able, community]
        return self.own[able[0], community] if able else None


def spaces_with_y(city: City, options: Options) -> Ints:
    """Return the spaces that have a column y, in the order of those columns."""
    has_option = np.bincount(options.space, minlength=len(city.spaces)) > 0
    return np.flatnonzero(has_option & ((options.fixed_fen > 0) | (city.spaces.min_types > 1)))
