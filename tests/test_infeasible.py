"""Why there is no plan, on a town where every answer can be worked out by hand."""

from __future__ import annotations

import pytest
from small_town import asked, kind, town

import siting
from siting.errors import InfeasibleError
from siting.standard.model import Fund, Grade, Locks, Standard


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


# ------------------------------------------------------------------------------------------- funds


def shops_in_west(*funds, shop=None, rent=10.0, **changed):
    """Two shops that locks open in West, 50,000 yuan each."""
    locks = Locks(open=(("S1", "shop"), ("S2", "shop")))
    stated = {"locks": locks, "funds": tuple(Fund(**fund) for fund in funds), **changed}
    return town(rent_m2_month=[rent] * 4), asked(shop or kind("shop"), **stated)


def grown(scenario, **more):
    """Return the same question with so many yuan more in some funds."""
    funds = tuple(
        fund.model_copy(update={"amount": fund.amount + more.get(fund.id, 0.0)})
        for fund in scenario.funds
    )
    return scenario.model_copy(update={"funds": funds})


def test_a_fund_of_the_conflict_is_offered_to_be_raised_by_as_much_as_would_do():
    fund = {"id": "shops", "amount": 12_345.67, "types": ("shop",)}
    city, scenario = shops_in_west(fund, capital=80_000.0)
    keys, lines = reasons(city, scenario)
    assert keys.count("solve.demand_fund") == 1
    assert "by 7,655" in lines[keys.index("solve.relax_capital")]
    assert keys.count("solve.relax_funds") == 1
    assert lines[keys.index("solve.relax_fund")] == (
        "raise the fund shops of 12,345.67 yuan by 7,655"
    )
    siting.solve(city, grown(scenario, shops=7_655.0))
    reasons(city, grown(scenario, shops=7_654.0))


def test_each_fund_of_the_conflict_is_offered_by_itself():
    funds = [{"id": name, "amount": 5_000.0, "types": ("shop",)} for name in ("one", "two")]
    keys, lines = reasons(*shops_in_west(*funds, capital=80_000.0))
    told = [line for key, line in zip(keys, lines, strict=True) if key == "solve.relax_fund"]
    assert told == [f"raise the fund {n} of 5,000.00 yuan by 10,000" for n in ("one", "two")]
    assert keys.count("solve.relax_funds") == 1


def test_a_subsidy_fund_is_offered_too():
    # rent 20, affordable 10: 10 x 50 m2 x 12 months for each of two shops
    fund = {"id": "rent", "amount": 4_000.0, "pays": "subsidy_per_year"}
    city, scenario = shops_in_west(fund, rent=20.0, subsidy_per_year=5_000.0)
    keys, lines = reasons(city, scenario)
    assert "by 3,000" in lines[keys.index("solve.relax_subsidy")]
    assert "by 3,000" in lines[keys.index("solve.relax_fund")]


def test_a_fund_that_would_not_do_is_not_offered():
    # the fund pays at most half of each shop, so that the budget of 40,000 yuan lacks 10,000
    copaid = {"id": "half", "amount": 10_000.0, "types": ("shop",), "share": 0.5}
    keys, lines = reasons(*shops_in_west(copaid, capital=40_000.0))
    assert "by 50,000" in lines[keys.index("solve.relax_capital")]
    assert "solve.relax_fund" not in keys
    other = {"id": "cafes", "amount": 10_000.0, "types": ("cafe",)}
    city, scenario = shops_in_west(other, capital=80_000.0)
    types = (*scenario.standard.types, kind("cafe"))
    standard = scenario.standard.model_copy(update={"types": types})
    keys, _ = reasons(city, scenario.model_copy(update={"standard": standard}))
    assert "solve.demand_fund" not in keys
    assert "solve.relax_fund" not in keys


# ------------------------------------------------------------------------------------------ grades


def must_hold(*types, least=None, mandatory=()):
    """Every circle must hold a grade, at whatever cost."""
    grade = Grade(id="g", zh="g", en="g", min_types=least or {}, mandatory=mandatory)
    standard = Standard(id="s", zh="s", en="s", types=types, grades=(grade,))
    return asked(standard=standard, objective="cost", grade="g")


def test_a_grade_out_of_reach_names_the_types_that_cannot_come_there():
    # gas is in S1 alone, loading nowhere: East can have shops only, West all but the market
    types = [
        kind("shop"),
        kind("cafe", needs=("gas",)),
        kind("market", needs=("loading",)),
        kind("park", **{"class": "quality"}, needs=("loading",)),
    ]
    city = town(features=["gas", "", "", ""])
    keys, lines = reasons(city, must_hold(*types, least={"basic": 2}))
    assert keys.count("solve.grade_beyond") == 1
    assert "1 demand(s)" in lines[0]
    line = lines[keys.index("solve.grade_beyond")]
    assert line.startswith("community East must hold the grade g")
    assert line.endswith("it needs 1 more of these types, and none of them can come: cafe, market")


def test_a_grade_out_of_reach_names_demanded_types_beside_those_of_short_classes():
    types = [
        kind("shop"),
        kind("cafe"),
        kind("market", needs=("loading",)),
        kind("park", **{"class": "quality"}, needs=("loading",)),
        kind("kitchen", **{"class": "hub"}, asks=False),
    ]
    mandatory = ("shop", "market", "kitchen")
    scenario = must_hold(*types, least={"basic": 2, "quality": 1}, mandatory=mandatory)
    keys, lines = reasons(town(), scenario)
    assert keys.count("solve.grade_beyond") == 2
    assert all(
        line.endswith("3 more of these types, and none of them can come: market, park, kitchen")
        for key, line in zip(keys, lines, strict=True)
        if key == "solve.grade_beyond"
    )


def test_a_grade_that_counts_more_types_than_there_are_says_so():
    keys, lines = reasons(town(), must_hold(kind("shop"), least={"basic": 1, "quality": 2}))
    assert keys.count("solve.grade_too_many") == 2
    assert "it needs 2 more types" in lines[keys.index("solve.grade_too_many")]
