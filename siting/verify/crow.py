"""Walks as the crow flies times a detour, by sorting the places into square cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.verify.spread import as_reach, least_of_each, slices, spread

if TYPE_CHECKING:
    from siting.city.model import City, Floats
    from siting.walk.reach import Reach

_AT_ONCE = 4_000_000  # candidate pairs held at a time


def crow_reach(city: City, x: Floats, y: Floats, limit_mm: int) -> Reach:
    """Return who reaches targets at `x`, `y` within `limit_mm` along straight lines.

    The cells only leave out places that are too far; the distance itself is the contract's
    formula in whole millimetres.
    """
    places, detour = city.places, city.walking.detour
    # A full millimetre more than the limit, so that rounding can leave out no candidate.
    side = max((limit_mm + 1.0) / (1000.0 * detour), 1.0)
    left, bottom = float(places.x.min()), float(places.y.min())
    column = np.floor((places.x - left) / side).astype(np.int64) + 1
    row = np.floor((places.y - bottom) / side).astype(np.int64) + 1
    last_column, last_row = int(column.max()) + 1, int(row.max()) + 1
    height = last_row + 1  # row 0 and the last row stay empty, so that columns cannot run together
    key = column * height + row
    order = np.argsort(key, kind="stable")
    key = key[order]

    t_column = np.clip(np.floor((x - left) / side) + 1, -1, last_column + 1).astype(np.int64)
    t_row = np.clip(np.floor((y - bottom) / side) + 1, 0, last_row).astype(np.int64)
    middle = (t_column[:, None] + np.array([-1, 0, 1])) * height + t_row[:, None]
    start = np.searchsorted(key, middle - 1, side="left")
    count = np.searchsorted(key, middle + 1, side="right") - start

    found = []
    for a, b in slices(count.sum(axis=1), _AT_ONCE):
        member, owner = spread(start[a:b].ravel(), count[a:b].ravel())
        place, target = order[member], owner // 3 + a
        dx, dy = places.x[place] - x[target], places.y[place] - y[target]
        mm = np.rint(np.sqrt(dx * dx + dy * dy) * detour * 1000.0)
        near = mm <= limit_mm
        found.append(least_of_each(target[near], place[near], mm[near].astype(np.int64)))
    empty = np.empty(0, dtype=np.int64)
    target, place, mm = (
        np.concatenate([part[k] for part in found]) if found else empty for k in range(3)
    )
    return as_reach(target, place, mm, targets=len(x), places=len(places), limit_mm=limit_mm)
