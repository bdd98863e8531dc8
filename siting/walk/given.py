"""Walking times or distances from another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.city.model import EVERYONE, GivenWalks, Walking
from siting.walk.reach import Reach
from siting.walk.rows import starts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def reach_given(
    walks: GivenWalks,
    walking: Walking,
    groups: Iterable[str],
    pick: NDArray[np.bool_],
    targets: int,
    places: int,
    limit_mm: int,
) -> dict[str, Reach]:
    """Return who reaches the targets by a given table, by group.

    A row without a group is a distance, the same for all: minutes are walked at the speed of
    everyone. A row with a group holds for that group only and replaces the row without a group
    for the same pair; its minutes are walked at the group's own speed. Of several rows for one
    pair and group the shortest counts.

    Parameters
    ----------
    pick
        Which rows of the table count (those of the kind and the targets asked for).
    targets, places
        How many there are.
    limit_mm
        At most this many millimetres, less than 2**31.
    """
    kept = np.flatnonzero(pick)
    pair = walks.target[kept] * max(places, 1) + walks.place[kept]
    word = walks.group[kept].astype(str)
    amount = walks.amount[kept]
    common = word == ""
    shared: Reach | None = None
    reached = {}
    for group in groups:
        own = word == group
        if not own.any():
            if shared is None:
                mm = _millimetres(amount[common], walks.unit, walking.speed(EVERYONE))
                shared = _pack(pair[common], mm, targets, places, limit_mm)
            reached[group] = shared
            continue
        rest = common & ~np.isin(pair, pair[own])
        mm = np.concatenate(
            (
                _millimetres(amount[own], walks.unit, walking.speed(group)),
                _millimetres(amount[rest], walks.unit, walking.speed(EVERYONE)),
            )
        )
        pairs = np.concatenate((pair[own], pair[rest]))
        reached[group] = _pack(pairs, mm, targets, places, limit_mm)
    return reached


def _millimetres(amount: NDArray[np.float64], unit: str, speed: float) -> NDArray[np.float64]:
    return np.rint(amount * speed * 1000) if unit == "minutes" else np.rint(amount * 1000)


def _pack(
    pair: NDArray[np.int64], mm: NDArray[np.float64], targets: int, places: int, limit_mm: int
) -> Reach:
    """Return the shortest row of each pair within the limit, sorted by target, then place."""
    near = mm <= limit_mm
    pair, mm = pair[near], mm[near]
    order = np.lexsort((mm, pair))
    pair, mm = pair[order], mm[order]
    first = np.ones(len(pair), np.bool_)
    first[1:] = pair[1:] != pair[:-1]
    target, place = np.divmod(pair[first], max(places, 1))
    indptr = starts(np.bincount(target, minlength=targets))
    return Reach(indptr, place.astype(np.int32), mm[first].astype(np.int32), limit_mm, places)
