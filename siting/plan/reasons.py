"""Why residents still lack a type after the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.gaps.needs import limits
from siting.plan.document import OpenGap
from siting.plan.hindered import HINDRANCES, by_pair, find_hindrances
from siting.plan.values import residents_beyond
from siting.standard.options import REASONS as REFUSALS
from siting.walk.walks import walk

if TYPE_CHECKING:
    from siting.plan.values import Answer
    from siting.standard.purses import Purses
    from siting.walk.reach import Reach

Ints = NDArray[np.int64]

OUT_OF_REACH = "no space in reach"
NOT_CHOSEN = "not chosen"
CAPACITY = "capacity"
REASONS = (OUT_OF_REACH, *REFUSALS, *HINDRANCES, NOT_CHOSEN, CAPACITY)
"""No space reaches a resident without the type; else no space that does may become it, most of
them by this rule; else one may by itself, but beside the plan's projects none can, most of them by
this rule; else one can, and was not chosen. Last, the type is in reach, but what stands of it has
no room for the resident."""

_FREE = len(REFUSALS) + len(HINDRANCES) + 1
_LEAST = 1e-6  # residents: fewer are rounding


def find_open_gaps(answer: Answer, purses: tuple[Purses, Purses]) -> tuple[OpenGap, ...]:
    """Return the types that communities still lack for some residents, and why.

    Parameters
    ----------
    answer
        A plan; walks from spaces without an option are found here where it has none.
    purses
        Those of capital and of subsidy.

    Returns
    -------
    tuple of OpenGap
        By community, then type, in the orders of the city and the standard, then reason, in the
        order of `REASONS`; residents of one community and type may lack it for several.
    """
    gaps, options, served = answer.gaps, answer.options, answer.gains.served
    city = gaps.city
    size = len(city.communities)
    rest = np.setdiff1d(np.arange(len(city.spaces)), options.space)
    walks = [answer.reach]
    walked = any(np.diff(r.indptr)[rest].any() for r in answer.reach.values())
    if len(rest) and not walked:
        walks.append(walk(city, "space", limits(gaps.demands, gaps.groups), rest))
    hindered = by_pair(
        options, find_hindrances(city, answer.question, options, purses, answer.chosen)
    )
    # 0 .. refusals, hindrances, free: the place of each in `REASONS`
    code = np.where(hindered > 0, len(REFUSALS) + hindered, options.refused)
    code[hindered == 0] = _FREE
    rows: dict[tuple[int, int, int], float] = {}
    within: dict[tuple[int, int], tuple[Ints, Ints]] = {}
    for k, (t, _) in enumerate(gaps.asking):
        d = gaps.counting(t)
        demand = gaps.demands[d]
        residents = gaps.residents[demand.group]
        lacking = np.flatnonzero(~served[d] & (residents > 0))
        if not len(lacking):
            continue
        key = (demand.group, demand.limit_mm)
        if key not in within:
            group = gaps.groups[demand.group]
            within[key] = _within([w[group] for w in walks], demand.limit_mm)
        space, place = within[key]
        why = _codes(code[:, t], space, place, lacking, len(city.places))
        width = len(REASONS)
        people = np.bincount(
            city.places.community[lacking] * width + why,
            weights=residents[lacking],
            minlength=size * width,
        )
        for at in np.flatnonzero(people).tolist():
            rows[at // width, k, at % width] = float(people[at])
    for t, beyond in residents_beyond(answer).items():
        k = [u for u, _ in gaps.asking].index(t)
        for c in np.flatnonzero(beyond > _LEAST).tolist():
            rows[c, k, REASONS.index(CAPACITY)] = float(beyond[c])
    return tuple(
        OpenGap(
            community=city.communities[c],
            type=gaps.asking[k][1].id,
            residents=rows[c, k, why],
            reason=REASONS[why],
        )
        for c, k, why in sorted(rows)
    )


def _within(walks: list[Reach], limit_mm: int) -> tuple[Ints, Ints]:
    """Return the pairs (space, place) within a limit."""
    space, place = [], []
    for reach in walks:
        near = reach.mm <= limit_mm
        space.append(np.repeat(np.arange(reach.targets), np.diff(reach.indptr))[near])
        place.append(reach.place[near])
    return np.concatenate(space), np.concatenate(place).astype(np.int64)


def _codes(code: Ints, space: Ints, place: Ints, lacking: Ints, places: int) -> Ints:
    """Return the index into `REASONS` for each place that lacks a type.

    Parameters
    ----------
    code
        Of each space.
    space, place
        Who reaches whom.
    """
    number = np.full(places, -1)
    number[lacking] = np.arange(len(lacking))
    row = number[place]
    met = row >= 0
    width = _FREE + 1
    count = np.bincount(
        row[met] * width + code[space[met]], minlength=len(lacking) * width
    ).reshape(-1, width)
    refused, hindered = count[:, 1 : len(REFUSALS) + 1], count[:, len(REFUSALS) + 1 : _FREE]
    why: Ints = 1 + refused.argmax(axis=1)
    why[~refused.any(axis=1)] = 0
    some = hindered.any(axis=1)
    why[some] = 1 + len(REFUSALS) + hindered[some].argmax(axis=1)
    why[count[:, _FREE] > 0] = _FREE
    return why
