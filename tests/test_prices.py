"""What 10,000 yuan more would buy: the difference that so much money makes, not a slope."""

import math
from functools import cache

import pandas as pd
import pytest
from small_town import asked, kind
from tiny import exhaustive, scenario_of, tiny_city
from tiny_plan import problem_of

import siting
from siting.programme.money import MoneyRow
from siting.report.html.money import price_notes
from siting.report.summary import summary_lines
from siting.solve import multipliers
from siting.solve.multipliers import MORE_YUAN, bound_by_multipliers
from siting.verify.check import verify

SEEDS = range(40)
PEOPLE = (100, 90, 80, 70, 60, 50, 40, 30, 20, 10)


def row(rent: float = 0.0) -> siting.City:
    """Ten homes 2 km apart with one space each, which cost 10,000 yuan to fit out."""
    at = {"x": [2000.0 * k for k in range(10)], "y": [0.0] * 10, "community": ["A"] * 10}
    names = [f"{k}" for k in range(10)]
    return siting.City.from_frames(
        places=pd.DataFrame({"id": names, **at, "everyone": PEOPLE}),
        spaces=pd.DataFrame({"id": names, **at, "area_m2": 20.0, "rent_m2_month": rent}),
    )


def plan_of(rent: float = 0.0, **money):
    pharmacy = kind(
        "pharmacy",
        weight=1.0,
        area_min_m2=20.0,
        area_typical_m2=20.0,
        capital_m2=0.0,
        capital_fixed=10_000.0,
    )
    return siting.solve(row(rent), asked(pharmacy, **money), gap=0.0).document


@pytest.mark.parametrize(
    ("rent", "money", "capital", "subsidy"),
    [
        (0.0, {"capital": 9_000.0}, 100.0, 0.0),  # less than the cheapest
        (0.0, {"capital": 0.0}, 100.0, 0.0),
        (0.0, {"capital": 35_000.0}, 70.0, 0.0),
        (20.0, {"capital": 0.0, "subsidy_per_year": 8_000.0}, 100.0, 0.0),  # 2,400 a year each
        (20.0, {"subsidy_per_year": 1_000.0}, 0.0, 340.0),  # buys four
        (20.0, {"subsidy_per_year": 8_000.0}, 0.0, 220.0),  # from three to seven
        (20.0, {"subsidy_per_year": 20_000.0}, 0.0, 30.0),  # no more than there is to gain
    ],
)
def test_a_price_is_what_so_much_more_money_buys(rent, money, capital, subsidy):
    price = plan_of(rent, **money).price
    assert price.capital == pytest.approx(capital, abs=0.5)
    assert price.subsidy_per_year == pytest.approx(subsidy, abs=0.5)


@cache
def bound_of(seed: int):
    city, question = tiny_city(seed)
    problem = problem_of(city, question)
    return city, question, bound_by_multipliers(problem, known=0.0, passes=400)


@pytest.mark.parametrize("name", ["capital", "subsidy_per_year"])
def test_the_bound_and_a_price_together_bound_every_plan_with_so_much_more_money(name):
    counted = 0
    for seed in SEEDS:
        city, question, bound = bound_of(seed)
        price = bound.prices["C3" if name == "capital" else "C4"]
        assert price >= 0.0
        limit = getattr(question.budget, name)
        if math.isinf(limit):
            assert price == 0.0
            continue
        budget = question.budget.model_copy(update={name: limit + MORE_YUAN})
        best = exhaustive(city, question.model_copy(update={"budget": budget})).value
        if best is not None:
            counted += 1
            assert best <= bound.value + price + 1e-6, seed
    assert counted >= 20


def test_no_price_is_more_than_the_whole_city_could_still_gain():
    for seed in range(12):
        city, question = tiny_city(seed)
        try:
            solved = siting.solve(city, scenario_of(question), gap=0.0)
        except siting.errors.InfeasibleError:
            continue
        document = solved.document
        most = exhaustive(city, question, without=("capital", "subsidy", "area", "max_types")).value
        for stated in (document.price.capital, document.price.subsidy_per_year):
            assert stated is None or 0.0 <= stated <= most - document.objective + 1e-6
        assert verify(document, city, solved.certificate) == ()


def test_a_price_beyond_what_is_lacking_is_not_verified():
    city = row()
    plan = siting.solve(
        city,
        asked(kind("shop", area_min_m2=20.0, area_typical_m2=20.0), capital=30_000.0),
        gap=0.0,
    )
    lacking = plan.document.coverage[0].residents - plan.document.objective
    for name in ("capital", "subsidy_per_year"):
        for points, sound in ((lacking, True), (lacking + 1.0, False)):
            price = plan.document.price.model_copy(update={name: points})
            changed = plan.document.model_copy(update={"price": price})
            found = verify(changed, city, plan.certificate)
            assert [n.key for n in found] == ([] if sound else ["verify.price_beyond"])


def test_no_plan_with_so_much_more_money_passes_what_is_stated_at_most():
    counted = 0
    for seed in range(10):
        city, question = tiny_city(seed)
        try:
            # an early end leaves a plan that need not be the best, and multipliers that are poor
            document = siting.solve(city, scenario_of(question), gap=0.5).document
        except siting.errors.InfeasibleError:
            continue
        for name in ("capital", "subsidy_per_year"):
            stated = getattr(document.price, f"{name}_at_most")
            assert stated is not None
            limit = getattr(question.budget, name) + MORE_YUAN
            more = question.budget.model_copy(update={name: limit})
            best = exhaustive(city, question.model_copy(update={"budget": more})).value
            assert best is not None
            assert best <= document.objective + stated + 1e-6, (seed, name)
            counted += 1
    assert counted >= 12


def test_what_is_stated_at_most_is_that_of_the_certificate():
    city = row()
    plan = siting.solve(
        city,
        asked(kind("shop", area_min_m2=20.0, area_typical_m2=20.0), capital=30_000.0),
        gap=0.0,
    )
    price = plan.document.price
    assert verify(plan.document, city, plan.certificate) == ()
    for name in ("capital_at_most", "subsidy_per_year_at_most"):
        for wrong in (getattr(price, name) + 0.01, 0.0, None):
            changed = plan.document.model_copy(
                update={"price": price.model_copy(update={name: wrong})}
            )
            if wrong != getattr(price, name):
                found = verify(changed, city, plan.certificate)
                assert [n.key for n in found] == ["verify.price_at_most"], (name, wrong)


def test_where_no_price_is_found_what_is_proved_is_told(monkeypatch):
    monkeypatch.setattr(multipliers, "_prices", lambda *_: {})
    city = row()
    scenario = asked(kind("shop", area_min_m2=20.0, area_typical_m2=20.0), capital=30_000.0)
    plan = siting.solve(city, scenario, gap=0.0)
    price = plan.document.price
    assert (price.capital, price.subsidy_per_year, price.reason) == (None, None, "unknown")
    assert price.capital_at_most is not None
    (line,) = [said for name, said in summary_lines(plan, "en") if name == "More money"]
    assert line.startswith("with 10,000 yuan more capital no plan scores more than ")
    proved, missed, unknown = (pair[1] for pair in price_notes(plan.document))
    assert proved == f"It is proved that {line}."
    assert "may have missed" in missed
    # that the clock ended the search is not known here, so it is not said
    assert "ended" not in unknown


def test_with_nothing_to_open_more_money_buys_nothing():
    shop = kind("shop", area_min_m2=500.0, area_typical_m2=500.0)
    price = siting.solve(row(), asked(shop, capital=30_000.0), gap=0.0).document.price
    assert (price.capital, price.subsidy_per_year, price.reason) == (0.0, 0.0, None)


def test_a_limit_knows_what_it_had_beyond_its_last_unit():
    row_of = MoneyRow("C3", None, None, limit=2, unit=600, odd_fen=500)  # type: ignore[arg-type]
    assert [row_of.limit_with(fen) for fen in (0, 99, 100, 700)] == [2, 2, 3, 4]
