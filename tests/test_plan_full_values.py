"""What a plan is worth under each objective, and what its stages say of it."""

import numpy as np
import pytest
import verify_plan as given
from full_plans import stage
from line_plans import ALL, CLINIC, GRADES, S0, S1, answer, ask, solved

from siting.plan.stages import is_proved, make_stage, stage_names
from siting.plan.values import stage_value


def value(name, question=None, chosen=ALL, city=None):
    return stage_value(answer(question or ask(), chosen, city), name)


def test_points_add_up_by_class():
    assert value("coverage") == 470.0
    assert value("basic") == 300.0
    assert value("quality") == 170.0


def test_cost_is_capital_and_one_off_costs_and_the_years_of_subsidy():
    # 6000 + 6000 + 2000.10 + 500.25, and 1440 a year
    assert value("cost") == pytest.approx(14500.35 + 3.0 * 1440.0, abs=1e-9)
    longer = ask(policy={"years": 2.5})
    assert value("cost", longer) == pytest.approx(14500.35 + 2.5 * 1440.0, abs=1e-9)


def test_the_worst_circle_is_measured_by_what_it_could_have():
    # A could gain 100 with the shop and 50 with the clinic, B 320; C nothing
    assert value("worst-community") == 1.0
    assert value("worst-community", chosen=[S0]) == 160 / 320
    assert value("worst-community", chosen=[S1]) == 0.0
    assert value("worst-community-2", chosen=[S0]) == pytest.approx(100 / 150)
    assert value("worst-community-3", chosen=[S0]) == 1.0  # there are but two
    assert value("worst-community", ask(locks={"forbid": [["*", "*"]]}), chosen=[]) == 1.0


CAPACITY = {"enforce": ["capacity"]}


@pytest.mark.parametrize(
    ("each", "held"),
    [
        (40.0, 40 + 40),  # O0 is full, both projects too
        (60.0, 60 + 60),
        (120.0, 150),  # more room than the 150 who gain the shop
        (130.0, 150),
    ],
)
def test_capacity_counts_residents_whom_outlets_have_room_for(each, held):
    question = ask(types={"shop": {"residents_per_outlet": each}}, **CAPACITY)
    assert value("coverage", question) == pytest.approx(2.0 * held + 170.0)
    assert value("basic", question) == pytest.approx(2.0 * held)
    assert value("quality", question) == pytest.approx(170.0)


def test_an_add_on_has_half_the_room():
    question = ask(types={"shop": {"residents_per_outlet": 60.0}}, **CAPACITY)
    city = given.line_city(spaces=given.spaces(kind=["shop", "add_on", "shop"]))
    assert value("basic", question, city=city) == pytest.approx(2.0 * (60 + 30))


def test_spare_room_in_existing_outlets_serves_their_own_community():
    # O0 has room for 20 more of A beyond the 100 it serves; S0 alone reaches P1 and P2
    question = ask(types={"shop": {"residents_per_outlet": 120.0}}, **CAPACITY)
    assert value("basic", question, chosen=[S0]) == pytest.approx(2.0 * 130)
    tight = ask(types={"shop": {"residents_per_outlet": 105.0}}, **CAPACITY)
    assert value("basic", tight, chosen=[S0]) == pytest.approx(2.0 * (105 + 5))


def test_capacity_is_only_reported_where_it_is_not_enforced():
    assert value("coverage", ask(types={"shop": {"residents_per_outlet": 1.0}})) == 470.0


def test_a_limited_type_counts_only_its_counting_group():
    clinic = {"clinic": {"residents_per_outlet": 1000.0}}
    assert value("quality", ask(types=clinic, **CAPACITY)) == pytest.approx(0.5 * 40)


def test_room_is_given_to_the_best_of_the_worst_circle():
    question = ask(types={"shop": {"residents_per_outlet": 60.0}}, **CAPACITY)
    # 50 + 2a = 150 share, 120 + 2b = 320 share, a + b = 120
    assert value("worst-community", question) == pytest.approx(205 / 235)
    assert value("worst-community-2", question) == pytest.approx(205 / 235)
    assert value("coverage", question) == pytest.approx(470 * 205 / 235)


def test_room_that_the_worst_circle_cannot_use_is_given_to_the_next():
    question = ask(
        types={"shop": {"residents_per_outlet": 90.0}}, objective="worst-community", **CAPACITY
    )
    # the clinic aside, B has 200 of 320 at most; A all of its 150 with what S1 does not need
    shares = [value(name, question) for name in ("worst-community", "worst-community-2")]
    assert shares == pytest.approx(sorted(shares))
    best = [value(name, question) for name in ("basic", "quality")]
    assert value("coverage", question) <= sum(best) + 1e-9


@pytest.mark.parametrize(
    ("objective", "names"),
    [
        ("coverage", ["coverage"]),
        ("basic-first", ["basic", "quality"]),
        ("grades", ["grades", "coverage"]),
        ("cost", ["cost", "coverage"]),
        ("worst-community", ["worst-community", "coverage"]),
    ],
)
def test_each_objective_has_its_stages(objective, names):
    question = ask({"grades": GRADES}, objective=objective, targets={"shop": 0.1})
    assert list(stage_names(objective, question.standard)) == names
    document = solved(question)
    assert [s.name for s in document.stages] == names
    assert document.objective_kind == objective
    assert document.objective == document.stages[0].objective
    assert document.sense == ("min" if objective == "cost" else "max")


def test_stages_state_the_plan_that_was_kept():
    given_stages = (stage("basic", 100.0, 310.0), stage("quality", 0.0, 170.0))
    document = solved(ask(objective="basic-first"), stages=given_stages)
    basic, quality = document.stages
    assert (basic.objective, basic.bound, basic.gap_abs) == (300.0, 310.0, 10.0)
    assert (quality.objective, quality.bound, quality.gap) == (170.0, 170.0, 0.0)
    assert (document.bound, document.gap) == (310.0, pytest.approx(10 / 300))
    assert document.status == "feasible"


def test_a_plan_is_optimal_when_every_stage_is_proved():
    proved = (stage("basic", 0.0, 300.0), stage("quality", 0.0, 170.0))
    document = solved(ask(objective="basic-first"), stages=proved, stopped_by="time")
    assert (document.status, document.stopped_by) == ("optimal", "gap")
    loose = (proved[0], stage("quality", 0.0, 171.0))
    document = solved(ask(objective="basic-first"), stages=loose, stopped_by="time")
    assert (document.status, document.stopped_by) == ("feasible", "time")


def test_a_stage_the_search_did_not_come_to_has_no_bound():
    document = solved(ask(objective="basic-first"), stages=(stage("basic", 0.0, 300.0),))
    assert [s.bound for s in document.stages] == [300.0, None]
    assert document.status == "feasible"


def test_further_stages_of_the_worst_circle_stand_between():
    names = ("worst-community", "worst-community-2", "coverage")
    stages = (stage(names[0], 0.5, 0.5), stage(names[1], 0.6, 0.7), stage(names[2], 0.0, 470.0))
    document = solved(ask(objective="worst-community"), chosen=[S0], stages=stages)
    assert [s.name for s in document.stages] == list(names)
    assert [s.objective for s in document.stages] == pytest.approx([0.5, 100 / 150, 260.0])


def test_a_stage_of_another_objective_is_a_fault_of_ours():
    with pytest.raises(ValueError, match="cost"):
        solved(ask(), stages=(stage("coverage"), stage("cost")))
    with pytest.raises(ValueError, match="hub"):
        value("hub")


@pytest.mark.parametrize(("sense", "rounded"), [("max", 100.0 - 1e-9), ("min", 100.0 + 1e-9)])
def test_a_bound_that_rounding_puts_on_the_wrong_side_moves_to_the_objective(sense, rounded):
    made = make_stage("x", sense, 100.0, rounded, "test")
    assert (made.bound, made.gap_abs, made.gap) == (100.0, 0.0, 0.0)
    assert is_proved(made)


def test_gaps_of_a_stage_are_null_where_they_mean_nothing():
    assert make_stage("x", "max", 0.0, 5.0, "").gap is None
    assert make_stage("x", "max", 0.0, 0.0, "").gap == 0.0
    unknown = make_stage("x", "max", 1.0, np.inf, "")
    assert (unknown.bound, unknown.gap_abs, unknown.gap) == (None, None, None)
    assert not is_proved(unknown)


def test_the_prices_stand_as_they_were_given():
    assert solved().price.capital is None
    price = solved(price=(12.5, None), chosen=[]).price
    assert (price.capital, price.subsidy_per_year) == (12.5, None)
    assert (price.stage, price.reason) == ("coverage", None)
    assert (solved().price.stage, solved().price.reason) == (None, "unknown")


def test_prices_after_the_first_class_say_whose_points_they_are():
    price = solved(ask(objective="basic-first"), price=(12.5, 0.0), chosen=[]).price
    assert (price.capital, price.stage, price.reason) == (12.5, "basic", None)


def test_a_price_is_no_more_than_what_residents_lack_and_options_could_bring():
    # S0's shop leaves P3 without one, 2 x 20 points, and the clinic's 170
    for objective, lacking in (("coverage", 210.0), ("basic-first", 40.0)):
        price = solved(ask(objective=objective), price=(1e6, 3.0), chosen=[S0]).price
        assert (price.capital, price.subsidy_per_year) == (pytest.approx(lacking), 3.0)
    assert solved(price=(1e6, None)).price.capital == 0.0


@pytest.mark.parametrize("objective", ["grades", "cost", "worst-community"])
def test_an_objective_that_counts_no_points_first_has_no_price_and_says_why(objective):
    question = ask({"grades": GRADES}, objective=objective, targets={"shop": 0.1})
    price = solved(question, price=(12.5, 1.0)).price
    assert (price.capital, price.subsidy_per_year, price.stage) == (None, None, None)
    assert price.reason == objective


def test_funds_pay_no_more_than_their_share():
    funds = [{"id": "half", "amount": 1e6, "share": 0.5}]
    document = solved(ask(funds=funds))
    clinic = document.projects[CLINIC]
    paid = {p.fund: p.amount for p in clinic.capital_paid_by}
    assert paid == {"general": 1000.05, "half": 1000.05}
