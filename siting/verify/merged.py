"""The needs that a question comes down to, merged without the code of `siting.programme`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.certificate import need_keys, space_keys, type_keys
from siting.verify.recount import groups_of, limit_of
from siting.verify.spread import LONGEST_MM, Floats, Ints, spread, visits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City
    from siting.plan.certificate import Keys
    from siting.standard.model import Standard
    from siting.standard.options import Options
    from siting.verify.nearest import Nearest
    from siting.verify.recount import Walked
    from siting.walk.reach import Reach


@dataclass(frozen=True, eq=False)
class Merged:
    """The gaps of one type that some option can meet, each set of spaces once.

    The set of a gap are the spaces with an option of its type that reach its place.

    Attributes
    ----------
    type
        Index of the type.
    key
        As in a certificate, shape (needs,).
    points
        Need points gained when all gaps with the set are met, shape (needs,).
    start, space
        The spaces of need m are ``space[start[m] : start[m + 1]]``, ascending.
    """

    type: int
    key: Keys
    points: Floats
    start: Ints
    space: Ints

    def __len__(self) -> int:
        return len(self.key)


def merged_needs(
    city: City,
    standard: Standard,
    people: dict[str, Floats],
    outlets: Nearest,
    spaces: Walked,
    options: Options,
) -> Iterator[Merged]:
    """Yield the merged needs of each type that asks and has options.

    Those of a counting group that weighs nothing are among them: they bring no points, but rules
    on shares, grades, counts and room in outlets know them.

    Parameters
    ----------
    people
        Residents by group and place.
    outlets
        Walks to the outlets of every asking type.
    spaces
        Walked spaces of every option.
    """
    usable = np.unique(options.space)
    of_space = space_keys(city.spaces.id)
    of_type = type_keys(kind.id for kind in standard.types)
    ways: dict[int, _Ways] = {}
    for t, kind in enumerate(standard.types):
        can = np.zeros(len(city.spaces), dtype=bool)
        can[options.space[options.type == t]] = True
        if not kind.asks or not can.any():
            continue
        points, sizes, members = [], [], []
        for group in groups_of(kind):
            each = kind.groups.get(group, 0.0)
            limit = limit_of(city, kind, group)
            lacks = (people[group] > 0) & ~outlets.serves(kind.id, group, limit)
            reach = spaces.reach[group]
            if id(reach) not in ways:
                ways[id(reach)] = _by_place(reach, spaces.row, usable)
            space, size = ways[id(reach)].to(lacks, can, limit)
            members.append(space)
            at = np.flatnonzero(size)
            sizes.append(size[at])
            points.append(kind.weight * each * people[group][at])
        start = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
        space = np.concatenate(members)
        yield _merge(t, of_type[t], of_space, np.concatenate(points), start, space)


@dataclass(frozen=True, eq=False)
class _Ways:
    """Usable space and whole millimetres of each walk, by place, then space.

    Those of place i are ``start[i]`` to ``start[i + 1] - 1``.
    """

    start: Ints
    space: Ints
    mm: NDArray[np.int32]

    def to(
        self, lacks: NDArray[np.bool_], can: NDArray[np.bool_], limit_mm: int
    ) -> tuple[Ints, Ints]:
        """Return the spaces that can, within a limit of places that lack; and each place's."""
        most = np.where(lacks, min(limit_mm, LONGEST_MM), -1).astype(np.int32)
        near = self.mm <= np.repeat(most, np.diff(self.start))
        near &= can[self.space]
        kept = np.flatnonzero(near)
        return self.space[kept], np.diff(np.searchsorted(kept, self.start))


def _by_place(reach: Reach, row: Ints, usable: Ints) -> _Ways:
    walks = visits_of(reach, row[usable])
    order = np.argsort(walks.place, kind="stable")
    start = np.zeros(reach.places + 1, dtype=np.int64)
    np.cumsum(np.bincount(walks.place, minlength=reach.places), out=start[1:])
    return _Ways(start, usable[walks.owner[order]], walks.mm[order])


def _merge(
    t: int, of_type: np.uint64, of_space: Keys, points: Floats, start: Ints, space: Ints
) -> Merged:
    """Merge gaps by their spaces: by their keys, and then compared space by space."""
    kind = np.full(len(points), of_type, dtype=np.uint64)
    keys = need_keys(kind, of_space[space], start)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    size = np.diff(start)
    twin = first[group]
    same = np.array_equal(size, size[twin])
    if not same or not np.array_equal(space, space[spread(start[twin], size)[0]]):
        first, group = _by_members(start, space)
    member, _ = spread(start[first], size[first])
    return Merged(
        type=t,
        key=keys[first],
        points=np.bincount(group, points, len(first)).astype(np.float64),
        start=np.concatenate([[0], np.cumsum(size[first])]).astype(np.int64),
        space=space[member],
    )


def _by_members(start: Ints, space: Ints) -> tuple[Ints, Ints]:
    """Return a gap of each set, and the set of each gap; only ever needed when keys collide."""
    seen: dict[bytes, int] = {}
    first: list[int] = []
    group = np.empty(len(start) - 1, dtype=np.int64)
    for k in range(len(group)):
        members = space[start[k] : start[k + 1]].tobytes()
        if members not in seen:
            seen[members] = len(first)
            first.append(k)
        group[k] = seen[members]
    return np.array(first, dtype=np.int64), group
