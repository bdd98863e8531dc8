"""C2: what fits into a space, and under one roof; only rows that can bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.cliques import cover_by_cliques
from siting.programme.rows import Line, Part, part

if TYPE_CHECKING:
    from siting.programme.frame import Frame
    from siting.programme.rules import Roof

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PER_M2 = 1_000_000
"""Floor areas are compared in whole millionths of a square metre."""
_WHOLE = 1_000_000  # so are shares of it

BASIC = "basic"


def floor_rows(frame: Frame) -> Part:
    """Return C2: area, number of types, one option a pair, x <= y, roof rules, basic share."""
    lines: list[Line] = []
    city, options, rules = frame.city, frame.options, frame.rules
    starts = np.searchsorted(options.space, np.arange(len(city.spaces) + 1))
    micro = np.rint(options.area_m2 * PER_M2)
    room = np.rint(city.spaces.area_m2 * PER_M2)
    basic = np.array([word == BASIC for word in rules.classes], dtype=bool)
    for s in np.flatnonzero(np.diff(starts)).tolist():
        mine = np.arange(starts[s], starts[s + 1])
        y, most = int(frame.y_of[s]), int(city.spaces.max_types[s])
        kinds, pair = np.unique(options.type[mine], return_inverse=True)
        ones = np.ones(len(mine))
        if most == 1:
            if len(mine) > 1 or y >= 0:
                lines.append(_at_most(mine, ones, y, 1.0))
        else:
            for p in range(len(kinds)):
                twins = mine[pair == p]
                if len(twins) > 1 or y >= 0:
                    lines.append(_at_most(twins, np.ones(len(twins)), y, 1.0))
            if len(kinds) > most:
                lines.append(_at_most(mine, ones, y, float(most)))
            if _largest_bundle(micro[mine], pair, most) > room[s]:
                # small whole numbers: the rounded-down room excludes no bundle
                unit = int(np.gcd.reduce(micro[mine].astype(np.int64)))
                lines.append(_at_most(mine, micro[mine] / unit, y, float(room[s] // unit)))
                large = mine[micro[mine] * 2 > room[s]]
                if len(np.unique(options.type[large])) > 1:
                    lines.append(_at_most(large, np.ones(len(large)), y, 1.0))
            if rules.roof is not None:
                lines += _excluding(rules.roof, kinds, mine, pair, y)
        if rules.roof is not None and not rules.roof.free[s]:
            lines += _accompanied(rules.roof, kinds, mine, options.type[mine])
        if s in rules.basic_share and not basic[kinds].all():
            share = rules.basic_share[s] / _WHOLE
            over = (share - basic[options.type[mine]]) * (micro[mine] / room[s])
            lines.append((mine, over, -np.inf, 0.0))
        if y >= 0:
            # with min_types 1 this keeps y at 0 where nothing opens
            least = float(city.spaces.min_types[s])
            lines.append((np.append(mine, y), np.append(-ones, least), -np.inf, 0.0))
    return part(lines)


def _at_most(columns: Ints, values: Floats, y: int, most: float) -> Line:
    """Return sum values x <= most y, or <= most where the space has no y."""
    if y >= 0:
        return np.append(columns, y), np.append(values, -most), -np.inf, 0.0
    return columns, values, -np.inf, most


def _excluding(roof: Roof, kinds: Ints, mine: Ints, pair: Ints, y: int) -> list[Line]:
    """Return rows for the types that exclude each other, many pairs in one row."""
    never = roof.never[np.ix_(kinds, kinds)]
    at_odds = np.flatnonzero(never.any(axis=1)).tolist()
    near = {p: set(np.flatnonzero(never[p]).tolist()) for p in at_odds}
    found = []
    for clique in cover_by_cliques(near):
        columns = mine[np.isin(pair, clique)]
        found.append(_at_most(columns, np.ones(len(columns)), y, 1.0))
    return found


def _accompanied(roof: Roof, kinds: Ints, mine: Ints, types: Ints) -> list[Line]:
    """Return x[t] <= sum of the x with which t may open."""
    found = []
    for t, mask in roof.only:
        if t in kinds and not mask[t]:
            own, company = mine[types == t], mine[mask[types]]
            values = np.concatenate([np.ones(len(own)), -np.ones(len(company))])
            found.append((np.concatenate([own, company]), values, -np.inf, 0.0))
    return found


def _largest_bundle(area: Floats, pair: Ints, most: int) -> float:
    """Return the largest floor area that `most` types together could ask for."""
    largest = np.zeros(int(pair.max()) + 1)
    np.maximum.at(largest, pair, area)
    return float(np.sort(largest)[-most:].sum())
