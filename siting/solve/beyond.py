"""Why a share is out of reach whatever opens, and how far minutes or least areas must give."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Notice
from siting.plan.near import find_refusals, lacking_places, reached_people
from siting.standard.options import find_options
from siting.walk.reach import millimetres, spans
from siting.walk.walks import walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.gaps.needs import Gaps
    from siting.programme.rules import Floor
    from siting.solve.problem import Problem
    from siting.standard.model import Question
    from siting.walk.reach import Reach

_FURTHER = 2.0  # times the minutes: so far a longer walk is looked at
_TINY_M2 = 1e-3
_LEAST = 1.0


def why_out_of_reach(
    problem: Problem,
    question: Question,
    gaps: Gaps,
    floor: Floor,
    *,
    until: float,
) -> list[Notice]:
    """Return what stands in the way of a share that no plan reaches, and what would clear it.

    Parameters
    ----------
    until
        On the monotonic clock: what would take longer is left out.
    """
    city, options, t = problem.city, problem.options, floor.type
    kind = question.standard.types[t]
    demand = gaps.demands[gaps.counting(t)]
    group = gaps.groups[demand.group]
    lacking = lacking_places(gaps, gaps.served, t, floor.community)
    walks = walk(city, "space", {group: demand.limit_mm})
    people = reached_people(gaps, walks, t, lacking)
    named = {"type": kind.id, "minutes": f"{kind.minutes:g}"}
    if floor.community is not None:
        named["community"] = city.communities[floor.community]
        key = "solve.near_community"
    else:
        key = "solve.near_city"
    may = int((options.refused[people > 0, t] == 0).sum())
    notices = [
        Notice(key, values={**named, "count": int((people > 0).sum()), "may": may}),
    ]
    refusals = find_refusals(city, question, options, t, people)
    notices += [r.notice for r in refusals[:2]]
    would: dict[str, str] = {}
    if until - time.monotonic() > _LEAST:
        area = _least_area(problem, question, gaps, walks[group], floor, lacking)
        if area is not None:
            would["area"] = f"{area:g}"
    if until - time.monotonic() > _LEAST:
        minutes = _minutes(problem, gaps, floor)
        if minutes is not None:
            would["minutes"] = f"{minutes:g}"
    if would:
        words = "_or_".join(sorted(would))
        notices.append(Notice(f"solve.would_{words}", values={"type": kind.id, **would}))
    return notices


def _minutes(problem: Problem, gaps: Gaps, floor: Floor) -> float | None:
    """Return the least minutes, in tenths, with which the share could be reached; None: more."""
    city, t = problem.city, floor.type
    kind = gaps.standard.types[t]
    demand = gaps.demands[gaps.counting(t)]
    group = gaps.groups[demand.group]
    limit = millimetres(_FURTHER * kind.minutes, city.walking.speed(group))
    nearest = np.full(len(city.places), np.iinfo(np.int64).max)
    mine = np.unique(problem.options.space[problem.options.type == t])
    has = np.array([kind.id in words for words in city.outlets.types], dtype=bool)
    for side, rows in (("space", mine), ("outlet", np.flatnonzero(has))):
        if len(rows):
            found = walk(city, side, {group: limit}, rows)[group]  # type: ignore[arg-type]
            near = found.mm <= limit
            np.minimum.at(nearest, found.place[near], found.mm[near].astype(np.int64))
    here = slice(None) if floor.community is None else city.places.community == floor.community
    people, far = gaps.residents[demand.group][here], nearest[here]
    order = np.argsort(far, kind="stable")
    enough = np.cumsum(people[order]) >= floor.needed + floor.served
    at = order[int(enough.argmax())]
    if not enough.any() or far[at] > limit:
        return None
    return math.ceil(float(far[at]) / (city.walking.speed(group) * 100.0) - 1e-9) / 10


def _least_area(
    problem: Problem,
    question: Question,
    gaps: Gaps,
    reach: Reach,
    floor: Floor,
    lacking: NDArray[np.bool_],
) -> float | None:
    """Return the largest least area with which the share could be reached; None: with none."""
    city, t = problem.city, floor.type
    types = list(question.standard.types)
    types[t] = types[t].model_copy(update={"area_min_m2": _TINY_M2})
    standard = question.standard.model_copy(update={"types": tuple(types)})
    other = find_options(city, question.model_copy(update={"standard": standard}))
    rows = np.unique(other.space[other.type == t])
    at = spans(reach.indptr[rows], reach.indptr[rows + 1])
    area = np.repeat(city.spaces.area_m2[rows], reach.indptr[rows + 1] - reach.indptr[rows])
    demand = gaps.demands[gaps.counting(t)]
    keep = reach.mm[at] <= demand.limit_mm
    largest = np.zeros(len(city.places))
    np.maximum.at(largest, reach.place[at][keep], area[keep])
    people = np.where(lacking, gaps.residents[demand.group], 0.0)
    order = np.argsort(-largest, kind="stable")
    enough = np.cumsum(people[order]) >= floor.needed
    if not enough.any():
        return None
    found = float(largest[order[int(enough.argmax())]])
    return found if 0.0 < found < gaps.standard.types[t].area_min_m2 else None
