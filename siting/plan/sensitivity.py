"""The same projects under other assumptions about walking and presence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.gaps.needs import limits
from siting.plan.circles import find_presence, graded_residents
from siting.plan.document import Sensitivity
from siting.plan.gains import find_gains
from siting.plan.standing import outlets_of
from siting.plan.values import GRADES, Answer, coverage_points
from siting.walk.reach import millimetres, spans
from siting.walk.walks import walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.gaps.needs import Demand, Gaps
    from siting.walk.reach import Reach

MINUTES = (("minutes-10%", 9), ("minutes+10%", 11))  # tenths of the stated minutes
DETOURS = (("detour-1.20", 1.2), ("detour-1.45", 1.45))
SHARES = (("presence-0.5", 0.5), ("presence-0.8", 0.8))


def find_sensitivity(answer: Answer) -> tuple[Sensitivity, ...]:
    """Return what the projects are worth when minutes, detour or presence share are others.

    The objective is the residents of circles that reach their grade where the question maximises
    those, else the need points gained. Detours are only tried where people walk in straight
    lines.
    """
    city = answer.gaps.city
    rows = _walked(answer, city, MINUTES)
    if city.streets is None and city.walks is None:
        for name, detour in DETOURS:
            other = replace(city, walking=replace(city.walking, detour=detour))
            rows += _walked(answer, other, ((name, 10),))
    people = float(answer.gains.people.sum())
    return (
        *rows,
        *(
            Sensitivity(
                name=name, objective=_objective(answer, share), residents_newly_served=people
            )
            for name, share in SHARES
        ),
    )


def _walked(answer: Answer, city: City, assumed: tuple[tuple[str, int], ...]) -> list[Sensitivity]:
    """Walk once as far as the longest minutes need, and count under each of the assumptions."""
    gaps, options, chosen = answer.gaps, answer.options, answer.chosen
    asked = [_demands(gaps, tenths) for _, tenths in assumed]
    widest = limits(tuple(d for demands in asked for d in demands), gaps.groups)
    outlet, kind = outlets_of(city, gaps.standard)
    asking = np.isin(kind, [t for t, _ in gaps.asking])
    near = walk(city, "outlet", widest, np.unique(outlet[asking]))
    reach = walk(city, "space", widest, np.unique(options.space[chosen]))
    met = _met(answer, asked, near, (outlet, kind))
    rows = []
    for (name, _), demands, served in zip(assumed, asked, met, strict=True):
        other = replace(gaps, city=city, demands=demands, served=served)
        gains = find_gains(other, options, reach, chosen)
        again = replace(answer, gaps=other, reach=reach, gains=gains)
        rows.append(
            Sensitivity(
                name=name,
                objective=_objective(again, None),
                residents_newly_served=float(gains.people.sum()),
            )
        )
    return rows


def _met(
    answer: Answer,
    asked: list[tuple[Demand, ...]],
    near: dict[str, Reach],
    outlets: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> list[NDArray[np.bool_]]:
    """Return which needs outlets meet under each of the demands asked, as in `Gaps.served`.

    `outlets` are pairs of outlet and type.
    """
    gaps = answer.gaps
    met = [np.zeros_like(gaps.served) for _ in asked]
    visits: dict[tuple[int, int], tuple[NDArray[np.int32], NDArray[np.int32]]] = {}
    for d, demand in enumerate(gaps.demands):
        walks = near[gaps.groups[demand.group]]
        key = (id(walks), demand.type)
        if key not in visits:
            mine = outlets[0][outlets[1] == demand.type]
            at = spans(walks.indptr[mine], walks.indptr[mine + 1])
            visits = {key: (walks.place[at], walks.mm[at])}  # one type is held at a time
        place, mm = visits[key]
        for served, demands in zip(met, asked, strict=True):
            served[d, place[mm <= demands[d].limit_mm]] = True
    return met


def _demands(gaps: Gaps, tenths: int) -> tuple[Demand, ...]:
    return tuple(
        replace(
            demand,
            limit_mm=millimetres(
                gaps.standard.types[demand.type].minutes * tenths / 10,
                gaps.city.walking.speed(gaps.groups[demand.group]),
            ),
        )
        for demand in gaps.demands
    )


def _objective(answer: Answer, share: float | None) -> float:
    if answer.question.objective != GRADES:
        return coverage_points(answer)
    presence = find_presence(
        answer.gaps, answer.options, answer.chosen, answer.gains.served, presence_share=share
    )
    return graded_residents(answer.question, answer.gaps, presence)
