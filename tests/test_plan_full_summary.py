"""The summary of plans under the full model: each objective in its own words, in both languages."""

import io
import math

import numpy as np
import pytest
from full_plans import stage
from line_plans import ALL, GRADES, S0, ask, solved
from rich.cells import cell_len
from rich.console import Console
from test_verify_upgrades import FORBID, WAYS, B
from test_verify_upgrades import GRADES as UPGRADES

from siting.plan.model import Plan
from siting.plan.upgrades import Way
from siting.report.summary import summarise, summary_lines


def lines(document, lang="en"):
    return dict(summary_lines(Plan(document=document), lang))


def solved_as(objective, *bounds, chosen=ALL, **fields):
    price = fields.pop("price", None)
    question = ask({"grades": GRADES}, objective=objective, targets={"shop": 0.1}, **fields)
    from siting.plan.stages import stage_names

    names = stage_names(objective, question.standard)
    stages = tuple(stage(n, 0.0, b) for n, b in zip(names, bounds, strict=False))
    return solved(question, chosen, stages=stages, price=price)


@pytest.mark.parametrize(
    ("objective", "bounds", "said"),
    [
        ("grades", (100.0, 470.0), "proved: no plan under these budgets and rules does better"),
        ("grades", (150.0, 470.0), "better than 150 residents in circles that reach the grade"),
        ("grades", (None, None), "unknown: this plan has 100 residents"),
        ("basic-first", (310.0, 170.0), "310.0 need points of basic types"),
        ("worst-community", (1.0, 470.0), "100% of what it could gain for the worst-off circle"),
        ("cost", (18_820.35, 470.0), "proved: no plan that meets the demands costs less"),
        ("cost", (18_000.0, 470.0), "costs at least 18,000 yuan"),
        ("cost", (None, None), "unknown: this plan costs 18,820.35 yuan"),
    ],
)
def test_the_proof_is_told_in_the_words_of_the_objective(objective, bounds, said):
    assert said in lines(solved_as(objective, *bounds))["How good"]


def test_later_stages_are_told_with_what_is_known_of_them():
    told = lines(solved_as("basic-first", 300.0, 170.0))["Then"]
    assert told == "170.0 need points of quality types (proved)"
    told = lines(solved_as("grades", 100.0, 480.0))["Then"]
    assert told == "470.0 need points (at most 2.13% from the best)"
    assert "without a bound" in lines(solved_as("cost", 1.0))["Then"]
    assert "Then" not in lines(solved())


def test_grades_and_rewards_are_told_for_the_grade_aimed_at():
    rewards = {"rewards": [{"amount": 500_000.0}]}
    document = solved(ask({"grades": GRADES}, rewards, objective="grades", grade="g1"))
    told = lines(document)["Grades"]
    assert told == "2 of 3 circles reach g1, before: 1; rewards of 1,000,000 yuan"
    assert "Grades" not in lines(solved())


def test_quotas_reasons_and_other_assumptions_are_told():
    document = solved(ask({"quotas": [{"type": "shop", "per_1000": 10.0}]}))
    told = lines(document)
    # A 1.5 and B 1: O0 and S0, S1
    assert told["Quotas"] == "2 of 3 quotas of communities are met, before: 0"
    assert told["Why open"] == (
        "of those without a type: locked 61%, spaces too small 26%, no space in reach 11%"
    )
    assert "minutes a tenth shorter 130" in told["If otherwise"]
    assert "longer" not in told["If otherwise"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_assumption_of_the_sensitivity_has_words_in_both_languages(lang):
    document = solved()
    rows = tuple(
        row.model_copy(update={"residents_newly_served": 7.0}) for row in document.sensitivity
    )
    told = lines(document.model_copy(update={"sensitivity": rows}), lang)
    said = told["If otherwise" if lang == "en" else "若条件不同"]
    assert len(rows) == 6
    assert said.count(" 7") == 6
    assert not any(row.name in said for row in rows)


def test_what_more_money_would_buy_is_told_where_it_is_known():
    both = lines(solved(price=(12.34, 5.0), chosen=[]))["More money"]
    assert both == (
        "10,000 yuan more capital would buy about 12.3 need points; "
        "10,000 yuan more subsidy a year about 5.0"
    )
    assert lines(solved(price=(None, 5.0), chosen=[]))["More money"].startswith(
        "10,000 yuan more subsidy"
    )
    assert "More money" not in lines(solved())


def test_what_more_money_would_buy_is_told_only_of_points_that_come_first():
    told = lines(solved_as("basic-first", 300.0, price=(12.34, 5.0)))["More money"]
    assert told.endswith("(points of basic types, which come first)")
    for objective, said in (
        ("cost", "the plan spends as little as its demands allow"),
        ("grades", "it goes to circles that reach their grade"),
        ("worst-community", "it goes to the worst-off circle first"),
    ):
        told = lines(solved_as(objective, 1.0, price=(12.34, 5.0)))["More money"]
        assert told.endswith(said)
        assert "would buy" not in told


def page_of(document, lang):
    page = io.StringIO()
    console = Console(file=page, width=80, markup=False, highlight=False)
    console.print(summarise(Plan(document=document), lang, 80))
    return [line.rstrip() for line in page.getvalue().splitlines()]


def test_ways_up_are_listed_by_what_a_resident_costs_and_the_others_counted():
    document = solved_as("coverage", 1.0)
    assert not any("to its grade" in line for line in page_of(document, "en"))
    ways = (*WAYS[:2], Way(B, 0, np.array([S0]), 0.0), Way(B, 1, None, 5.0), *WAYS[4:])
    grades = {"grades": UPGRADES}
    document = solved(ask(grades, objective="grades", locks={"forbid": FORBID}), ways=ways)
    said = "\n".join(page_of(document, "en"))
    (row,) = [line for line in said.splitlines() if line.startswith("B ")]
    up = document.circles[B].upgrades[0]
    assert f"{math.ceil(up.price):,}" in row
    assert row.split()[-2:] == [f"{up.price / 100:,.0f}", "1"]
    assert "2 circles cannot reach g2 with these spaces" in said
    assert "for 1 circles no way to g2 was found in the time" in said
    for lang in ("en", "zh"):
        assert all(cell_len(line) <= 80 for line in page_of(document, lang))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "objective", ["coverage", "basic-first", "grades", "cost", "worst-community"]
)
def test_every_objective_has_a_summary_that_fits(lang, objective):
    document = solved_as(objective, 1.0, chosen=[S0])
    page = io.StringIO()
    console = Console(file=page, width=80, markup=False, highlight=False)
    console.print(summarise(Plan(document=document), lang, 80))
    shown = page.getvalue().splitlines()
    assert all(cell_len(line.rstrip()) <= 80 for line in shown)
    assert len(shown) <= 30
