"""How many needs a question comes down to, counted without the code of `siting.programme`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.verify.recount import limit_of, outlets_by_type
from siting.verify.spread import Ints, rows_of

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Standard
    from siting.standard.options import Options
    from siting.verify.recount import Floats, Walked
    from siting.walk.reach import Reach


def count_merged(
    city: City,
    standard: Standard,
    people: dict[str, Floats],
    outlets: Walked,
    spaces: Walked,
    options: Options,
) -> int:
    """Count the gaps that some option can meet, each type and set of spaces once.

    The set of a gap are the spaces with an option of its type that reach its place.

    Parameters
    ----------
    people
        Residents by group and place.
    outlets, spaces
        Walked outlets of every asking type, and walked spaces of every option.
    """
    places, total = len(city.places), 0
    existing = outlets_by_type(city, standard)
    usable = np.unique(options.space)
    ways: dict[tuple[int, int], tuple[Ints, Ints]] = {}
    for t, kind in enumerate(standard.types):
        can = np.zeros(len(city.spaces), dtype=bool)
        can[options.space[options.type == t]] = True
        if not kind.asks or not can.any():
            continue
        gaps, members = [], []
        for g, group in enumerate(kind.groups):
            limit = limit_of(city, kind, group)
            lacks = people[group] > 0
            rows = outlets.row[existing[kind.id]]
            lacks[rows_of(outlets.reach[group], rows, limit)[0]] = False
            reach = spaces.reach[group]
            if (id(reach), limit) not in ways:
                ways[id(reach), limit] = _by_place(reach, spaces.row, usable, limit)
            place, space = ways[id(reach), limit]
            keep = lacks[place] & can[space]
            gaps.append(place[keep] + g * places)
            members.append(space[keep])
        total += _distinct(np.concatenate(gaps), np.concatenate(members))
    return total


def _by_place(reach: Reach, row: Ints, usable: Ints, limit: int) -> tuple[Ints, Ints]:
    """Return the pairs of place and usable space within the limit, by place, then space."""
    place, position = rows_of(reach, row[usable], limit)
    order = np.argsort(place, kind="stable")
    return place[order].astype(np.int64), usable[position[order]]


def _distinct(owner: Ints, member: Ints) -> int:
    """Count the different sets of members; `owner` ascends, and `member` within an owner."""
    start = np.flatnonzero(np.diff(owner, prepend=-1))
    size = np.diff(start, append=len(owner))
    count = 0
    for n in np.unique(size).tolist():
        sets: NDArray[np.int32] = member[start[size == n][:, None] + np.arange(n)].astype(np.int32)
        count += len(np.unique(sets.view(f"V{sets.itemsize * n}")))  # compared byte by byte
    return count
