"""Why there is no plan, on a town where every answer can be worked out by hand."""

from __future__ import annotations

import pytest
from small_town import asked, kind, town

import siting
from siting.errors import InfeasibleError
from siting.standard.model import Locks


def reasons(city, scenario) -> tuple[list[str], list[str]]:
    """Return the keys and the English lines of what is said."""
    with pytest.raises(InfeasibleError) as raised:
        siting.solve(city, scenario, time_limit=10.0)
    assert raised.value.exit_code == 3
    notices = raised.value.notices
    for notice in notices:
        assert "\n" not in notice.line("zh")
    return [n.key for n in notices], [n.line("en") for n in notices]


def test_a_floor_out_of_reach_names_its_best_share_and_what_area_would_do():
    market = kind("wet_market", area_min_m2=500.0, area_typical_m2=500.0)
    scenario = asked(market, floors={"wet_market": 0.8})
    keys, lines = reasons(town(), scenario)
    assert keys[0] == "solve.impossible"
    assert keys.count("solve.floor_beyond") == 2
    west = next(line for line in lines if "West must have wet_market" in line)
    assert "80%" in west
    assert "at most 0% can" in west
    assert any("largest is S1 with 320 m2, 500 m2 are asked, 180 short" in x for x in lines)
    assert any("lowering the minimum area to 320 m2" in x for x in lines)


def test_a_target_out_of_reach_names_the_minutes_that_would_do():
    # S3 alone may become it, and is 2600 m (57.6 minutes with the detour) from P2
    scenario = asked(kind("shop", minutes=40.0, needs=("loading",)), targets={"shop": 0.6})
    keys, lines = reasons(town(features=["", "", "loading", ""]), scenario)
    assert "solve.target_beyond" in keys
    assert any("at most 33.3% can" in line for line in lines)
    assert any("raising the minutes to 57.7" in line for line in lines)
    assert any(
        n == "solve.relax_target" and "80" not in line and "33.3%" in line
        for n, line in zip(keys, lines, strict=True)
    )


def test_locks_that_cost_more_than_the_budget_conflict_with_it_and_the_rise_is_exact():
    locks = Locks(open=(("S1", "shop"), ("S2", "shop")))
    keys, lines = reasons(town(), asked(kind("shop"), locks=locks, capital=70_000.0))
    assert keys[0] == "solve.conflict"  # irreducible
    assert keys.count("solve.demand_lock") == 2
    assert keys.count("solve.demand_capital") == 1
    assert "3 demands" in lines[0]
    at = keys.index("solve.relax_capital")
    assert "by 30,000" in lines[at]


def test_a_demand_that_takes_no_part_is_not_named():
    locks = Locks(open=(("S1", "shop"), ("S2", "shop"), ("S3", "cafe")))
    cafe = kind("cafe", capital_m2=0.0)
    keys, lines = reasons(town(), asked(kind("shop"), cafe, locks=locks, capital=70_000.0))
    assert keys.count("solve.demand_lock") == 2
    assert not any("cafe" in line for line in lines)


def test_a_space_with_two_locks_and_no_room_is_named():
    locks = Locks(open=(("S2", "shop"), ("S2", "cafe")))
    keys, lines = reasons(
        town(max_types=[2, 2, 2, 2]), asked(kind("shop"), kind("cafe"), locks=locks)
    )
    assert keys.count("solve.demand_room") == 1
    assert any("space S2 has 80 m2" in line for line in lines)
    assert keys.count("solve.relax_lock") + keys.count("solve.relax_room") == 1


def test_a_floor_that_the_budget_cannot_pay_is_lowered_or_the_budget_raised():
    scenario = asked(kind("shop"), floors={"shop": 1.0}, capital=60_000.0, objective="cost")
    keys, lines = reasons(town(), scenario)
    assert keys[0] == "solve.conflict"
    assert sorted(k for k in keys if "demand" in k) == [
        "solve.demand_capital",
        "solve.demand_floor",
        "solve.demand_floor",
    ]
    at = keys.index("solve.relax_capital")
    assert "by 40,000" in lines[at]
