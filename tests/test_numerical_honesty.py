"""Where right and wrong meet: exactly the limit counts, and a cent or a hair beyond it does not."""

import math

import pandas as pd
import pytest
import small_town

import siting
from siting import City
from siting.plan.stages import is_proved, make_stage

SHOP, CARE = small_town.kind("shop"), small_town.kind("care")  # 50 m2, 50,000 yuan each


def opened(city, **asked):
    plan = siting.solve(city, small_town.asked(SHOP, CARE, **asked), gap=0.0)
    return plan, {(p.space, p.type) for p in plan.document.projects}


@pytest.mark.parametrize(
    ("capital", "most"),
    [(100_000.0, 2), (99_999.99, 1), (99_999.995, 1), (99_999.999_999, 1)],
    ids=["exactly enough", "a cent short", "half a cent short", "a hair short"],
)
def test_a_plan_spends_all_of_a_budget_and_never_a_part_of_a_cent_more(capital, most):
    plan, found = opened(small_town.town(), capital=capital)
    assert len(found) == most
    assert plan.document.budget.capital.spent == 50_000.0 * most
    assert plan.document.budget.capital.limit <= capital


@pytest.mark.parametrize(
    ("area", "most"), [(100.0, 2), (99.999_999, 1)], ids=["exactly enough", "a millionth short"]
)
def test_a_plan_uses_all_of_a_floor_and_never_more(area, most):
    # only S1 and S2 reach the first two homes, and each type is worth most there
    city = small_town.town(area_m2=[area, 20.0, 20.0, 20.0])
    _, found = opened(city)
    assert len(found) == most


def hamlet(distance):
    """Return a home and a space so far apart that the walk takes ten minutes at 600 m."""
    places = {"id": ["P"], "x": [0.0], "y": [0.0], "everyone": [10.0]}
    spaces = {"id": ["S"], "x": [distance], "y": [0.0], "area_m2": [50.0], "rent_m2_month": [1.0]}
    return City.from_frames(
        places=pd.DataFrame(places),
        spaces=pd.DataFrame(spaces),
        walking=siting.Walking(metres_per_minute=60.0, detour=1.0),
    )


@pytest.mark.parametrize(
    ("distance", "gained"), [(600.0, 10.0), (600.001, 0.0)], ids=["to the millimetre", "one more"]
)
def test_a_walk_of_exactly_the_minutes_counts(distance, gained):
    plan, _ = opened(hamlet(distance))
    assert plan.document.objective == gained


def test_exactly_the_presence_share_is_present_in_every_file():
    # 0.55 x 100 is a little more than 55 in floating point
    assert 0.55 * 100.0 > 55.0
    places = pd.DataFrame(
        {
            "id": ["near", "far"],
            "x": [0.0, 9_000.0],
            "y": [0.0, 0.0],
            "community": ["A", "A"],
            "everyone": [55.0, 45.0],
        }
    )
    outlets = pd.DataFrame({"id": ["O"], "x": [0.0], "y": [0.0], "type": ["shop"]})
    spaces = pd.DataFrame(
        {"id": ["S"], "x": [9e4], "y": [0.0], "area_m2": [50.0], "rent_m2_month": [1.0]}
    )
    city = City.from_frames(places=places, outlets=outlets, spaces=spaces)
    asked = small_town.asked(SHOP)
    standard = asked.standard.model_copy(update={"presence_share": 0.55})
    asked = asked.model_copy(update={"standard": standard})
    plan = siting.solve(city, asked)
    assert plan.document.circles[0].present_before == {"basic": 1}
    table = plan.gap_table
    assert table[["present_before", "present_after"]].to_numpy().tolist() == [[1, 1]]
    assert siting.find_gaps(city, asked).table["present"].all()


@pytest.mark.parametrize("objective", [5.0e-7, 1.0, 3.0e8])
def test_a_bound_proves_a_plan_only_to_a_millionth(objective):
    scale = max(1.0, objective)
    for apart, proved in ((0.0, True), (0.9e-6, True), (1.1e-6, False), (math.inf, False)):
        bound = None if math.isinf(apart) else objective + apart * scale
        assert is_proved(make_stage("coverage", "max", objective, bound, "tree")) == proved
