"""Whether `siting.walk` says the same about who reaches what as this folder does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Notice
from siting.verify.recount import Walked
from siting.verify.spread import Ints, spread
from siting.walk.walks import walk

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.verify.reach import Kind
    from siting.walk.reach import Reach


def all_spaces(city: City, limits: dict[str, int]) -> Walked:
    """Return the walks from all spaces, as `siting.walk` has them.

    For what is counted over more spaces than are walked again; `check_walks` compares samples.
    """
    row = np.arange(len(city.spaces), dtype=np.int64)
    return Walked(row, walk(city, "space", limits))


def check_walks(
    city: City, kind: Kind, limits: dict[str, int], targets: Ints, own: dict[str, Reach]
) -> list[Notice]:
    """Compare own reach with that of `siting.walk`, to the millimetre.

    Returns
    -------
    list of Notice
        At most one a group: the first pair on which the two disagree.
    """
    if not len(targets):
        return []
    theirs = walk(city, kind, limits, targets)
    seen: set[tuple[int, int]] = set()
    found = []
    # Groups of one speed share their records; the widest limit then speaks for all of them.
    for group in sorted(limits, key=lambda g: -limits[g]):
        pair = (id(own[group]), id(theirs[group]))
        if pair in seen:
            continue
        seen.add(pair)
        notice = _first_difference(
            city, kind, group, limits[group], targets, own[group], theirs[group]
        )
        if notice is not None:
            found.append(notice)
    return found


def _first_difference(
    city: City, kind: Kind, group: str, limit: int, targets: Ints, own: Reach, other: Reach
) -> Notice | None:
    if _same(own, other, targets):
        return None
    ours = _pairs(own, np.arange(len(targets)), limit)
    theirs = _pairs(other, targets, limit)
    left = {(t, p): mm for t, p, mm in zip(*ours, strict=True)}
    right = {(t, p): mm for t, p, mm in zip(*theirs, strict=True)}
    unlike = left.items() ^ right.items()
    if not unlike:
        return None  # they differ only beyond the limit
    row, place = min(pair for pair, _ in unlike)
    where = city.spaces if kind == "space" else city.outlets
    return Notice(
        f"verify.walk_{kind}",
        values={
            "target": where.id[targets[row]],
            "place": city.places.id[place],
            "group": group,
            "stated": _shown(right.get((row, place))),
            "right": _shown(left.get((row, place))),
        },
    )


def _same(own: Reach, other: Reach, targets: Ints) -> bool:
    """Whether two records hold the same pairs; rows of `other` that are not walked are empty."""
    return (
        np.array_equal(np.diff(own.indptr), np.diff(other.indptr)[targets])
        and np.array_equal(own.place, other.place)
        and np.array_equal(own.mm, other.mm)
    )


def _pairs(reach: Reach, rows: Ints, limit: int) -> tuple[list[int], list[int], list[int]]:
    start = reach.indptr[rows]
    member, owner = spread(start, reach.indptr[rows + 1] - start)
    near = reach.mm[member] <= limit
    member, owner = member[near], owner[near]
    return owner.tolist(), reach.place[member].tolist(), reach.mm[member].tolist()


def _shown(mm: int | None) -> str:
    return "-" if mm is None else str(mm)
