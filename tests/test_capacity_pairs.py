"""Whom a space may take in (C12): residents of circles in which it reaches some without the type.

Everyone who counts them must have the same pairs of space and circle: the programme, the plan's
own count, the verifier, and `models/gap_fill.mod`, which is solved here too.
"""

from __future__ import annotations

import numpy as np
import pytest
from algebra import solve_stages
from every_plan import best_stages
from full_families import asked_of
from full_plans import facts
from full_world import World
from rules_tiny import problem_of
from tiny import words
from tiny_full import Asked, rich, scenario_of

import siting
from siting.city.model import City, Outlets, Places, Spaces, Walking
from siting.plan.capacity import find_room
from siting.standard.model import Budget, Policy, Question, Standard, Type


def pairs_of_programme(asked: Asked) -> set[tuple[int, int, int]]:
    frame = problem_of(asked.city, asked.question).frame
    return set(zip(*(column.tolist() for column in frame.taken), strict=True))


def pairs_of_plan(asked: Asked) -> set[tuple[int, int, int]]:
    gaps, options, _, gains, reach = facts(asked.city, asked.question)
    everything = np.arange(len(options))
    found = set()
    for t in np.unique(options.type).tolist():
        if not gaps.standard.types[t].residents_per_outlet or not gaps.standard.types[t].asks:
            continue
        room = find_room(gaps, options, reach, everything, gains.served, t)
        spaces = options.space[options.type == t][room.project]
        found |= {(t, s, c) for s, c in zip(spaces.tolist(), room.community.tolist(), strict=True)}
    return found


def pairs_by_loops(asked: Asked) -> set[tuple[int, int, int]]:
    """Return what the model says: (s,i,g,t) in REACH for a gap (i,g,t) of the counting group."""
    world = World(asked.city, asked.question)
    options = facts(asked.city, asked.question)[1]
    offered = set(zip(options.space.tolist(), options.type.tolist(), strict=True))
    return {
        (t, s, world.circle(k))
        for (s, t), reached in zip(world.pair, world.reached, strict=True)
        for k in reached - world.served
        if t in world.capped and world.counts(k) and (s, t) in offered
    }


def test_programme_plan_and_model_agree_whom_a_space_may_take_in():
    total = 0
    for seed in range(30):
        asked = asked_of("C12 capacity", seed)
        if asked is None:
            continue
        wanted = pairs_by_loops(asked)
        assert pairs_of_programme(asked) == wanted == pairs_of_plan(asked), seed
        total += len(wanted)
    assert total > 100


def crowded_line() -> Asked:
    """Return two circles on a line; what S1 reaches of B gains nothing by it.

    Of B, S1 reaches P2, which the outlet serves today, and P3, where nobody lives. S2 reaches P4 of
    B alone and has room for 50 of its 100; S1 has room for 50 and 10 to fill it with, those of P1
    in A. Were S1 to take in residents of B too, 40 more of P4 would count.
    """

    def points(prefix: str, *at: float) -> dict:
        return {
            "id": words(f"{prefix}{k}" for k in range(1, len(at) + 1)),
            "x": np.array(at),
            "y": np.zeros(len(at)),
        }

    places = Places(
        **points("P", 0.0, 400.0, 200.0, 2000.0),
        community=np.array([0, 1, 1, 1]),
        residents={
            "everyone": np.array([10.0, 60.0, 0.0, 100.0]),
            "aged_60_plus": np.zeros(4),
        },
    )
    outlets = Outlets(
        **points("O", 800.0),
        community=np.array([1]),
        types=words([("t1",)]),
        area_m2=np.array([np.nan]),
        chain=np.full(1, np.nan),
        spare_m2=np.zeros(1),
    )
    spaces = Spaces(
        **points("S", 0.0, 2000.0),
        community=np.array([0, 1]),
        area_m2=np.full(2, 50.0),
        rent_m2_month=np.full(2, 5.0),
        kind=words(["shop", "shop"]),
        floor=np.ones(2, dtype=np.int64),
        features=words([frozenset()] * 2),
        max_types=np.ones(2, dtype=np.int64),
        min_types=np.ones(2, dtype=np.int64),
        capital_m2=np.full(2, np.nan),
        capital_fixed=np.zeros(2),
    )
    kind = Type(
        id="t1",
        zh="t1",
        en="t1",
        type_class="basic",
        minutes=7.0,
        counting_group="everyone",
        groups={"everyone": 1.0},
        weight=1.0,
        area_min_m2=20.0,
        area_typical_m2=20.0,
        capital_m2=0.0,
        capital_fixed=1000.0,
        residents_per_outlet=50.0,
    )
    city = City(
        name="line",
        places=places,
        outlets=outlets,
        spaces=spaces,
        communities=("A", "B"),
        walking=Walking(metres_per_minute=60.0, detour=1.0, groups=()),
    )
    question = Question(
        standard=Standard(id="tiny", zh="tiny", en="tiny", types=(kind,)),
        policy=Policy(id="tiny", zh="tiny", en="tiny", relief_share={"default": 0.5}),
        budget=Budget(capital=0.0, subsidy_per_year=0.0),
        enforce=("capacity",),
    )
    return rich(Asked(city, question))


@pytest.mark.parametrize("objective", ["coverage", "worst-community"])
def test_a_space_takes_in_nobody_of_a_circle_where_all_it_reaches_are_served(objective):
    asked = crowded_line().asks(objective=objective)
    assert pairs_by_loops(asked) == {(0, 0, 0), (0, 1, 1)}
    assert pairs_of_programme(asked) == pairs_of_plan(asked) == pairs_by_loops(asked)
    stages = best_stages(asked.city, asked.question)
    assert stages[-1][1] == pytest.approx(60.0)
    assert [v for _, v in solve_stages(asked.city, asked.question)] == pytest.approx(
        [v for _, v in stages]
    )
    # siting.solve verifies what it returns
    document = siting.solve(asked.city, scenario_of(asked.question), gap=0.0).document
    assert document.status == "optimal"
    assert document.stages[-1].objective == pytest.approx(60.0)
