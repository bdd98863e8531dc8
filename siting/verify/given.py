"""Walks from another tool's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.city.model import EVERYONE
from siting.verify.spread import as_reach, least_of_each

if TYPE_CHECKING:
    from siting.city.model import City, GivenWalks, Ints
    from siting.walk.reach import Reach


def given_reach(
    city: City, walks: GivenWalks, kind: str, limits: dict[str, int], targets: Ints
) -> dict[str, Reach]:
    """Return, by group, who reaches `targets` by the table; an absent pair is out of reach.

    Of several rows for one pair and group the shortest counts.
    """
    total = len(city.spaces if kind == "space" else city.outlets)
    position = np.full(total, -1, dtype=np.int64)
    position[targets] = np.arange(len(targets))
    wanted = np.flatnonzero(walks.is_space == (kind == "space"))
    wanted = wanted[position[walks.target[wanted]] >= 0]
    place, target = walks.place[wanted], position[walks.target[wanted]]
    amount, group = walks.amount[wanted], walks.group[wanted]
    pair = target * len(city.places) + place

    found = {}
    limit = max(limits.values())
    for name in limits:
        own, plain = group == name, group == ""
        holds = own | (plain & ~np.isin(pair, pair[own]))
        mm = amount[holds] * 1000.0
        if walks.unit == "minutes":
            # Minutes for nobody in particular are everyone's: the way is as long for all groups.
            everyone, speed = city.walking.speed(EVERYONE), city.walking.speed(name)
            mm = np.where(own[holds], amount[holds] * speed, amount[holds] * everyone) * 1000.0
        mm = np.rint(mm)
        near = mm <= limit
        found[name] = as_reach(
            *least_of_each(target[holds][near], place[holds][near], mm[near].astype(np.int64)),
            targets=len(targets),
            places=len(city.places),
            limit_mm=limit,
        )
    return found
