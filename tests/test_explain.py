"""What is said of a community and a type, or of a space, given a plan."""

from __future__ import annotations

import json

import pytest
from cli_fakes import say
from small_town import asked, kind, town

import siting
from siting.errors import InputError
from siting.solve import multipliers
from siting.standard.model import Fund, Grade, Locks


@pytest.fixture(scope="module")
def plan():
    """One shop in S1 of 50,000 yuan is all the money buys; the market is too large for S1."""
    market = kind("market", area_min_m2=500.0, area_typical_m2=500.0)
    dear = kind("dear", affordable_rent_m2=2.0)
    return siting.solve(town(), asked(kind("shop"), market, dear, capital=50_000.0))


def lines(found) -> str:
    for notice in found.notices:
        assert "\n" not in notice.line("zh")
    return "\n".join(n.line("en") for n in found.notices)


def test_a_served_community_needs_no_reason(plan):
    said = lines(siting.explain(plan, community="West", type_="shop"))
    assert said == "every resident of West who counts for shop has one within 10 minutes"


def test_refusals_are_counted_and_the_nearest_to_allowed_is_named_in_numbers(plan):
    found = siting.explain(plan, community="West", type_="market")
    assert found.data["without"] == 1000.0
    assert found.data["spaces_in_reach"] == 2
    assert found.data["cheapest"] is None
    (refused,) = found.data["refused"]
    assert (refused["reason"], refused["spaces"], refused["nearest"]) == ("area", 2, "S1")
    assert refused["figures"] == {"have": 320.0, "need": 500.0, "short": 180.0}
    assert "2 too small; the largest is S1 with 320 m2" in lines(found)


def test_rent_above_relief_gives_both_shares(plan):
    (refused,) = siting.explain(plan, community="West", type_="dear").data["refused"]
    assert refused["reason"] == "rent"
    assert refused["figures"]["need_share"] == pytest.approx(0.8)
    assert refused["figures"]["allowed_share"] == pytest.approx(0.5)


def test_what_was_not_chosen_is_priced_against_what_its_money_buys(plan):
    found = siting.explain(plan, community="East", type_="shop")
    offer = found.data["cheapest"]
    assert (offer["space"], offer["residents"], offer["capital"]) == ("S3", 500.0, 50_000.0)
    assert offer["yuan_per_resident"] == pytest.approx(100.0)
    price = plan.document.price.capital
    assert offer["worth_of_money"] == pytest.approx(5.0 * (price or 0.0))
    assert "100 yuan for each resident" in lines(found)


@pytest.mark.parametrize(
    ("objective", "reason", "said"),
    [
        ("cost", "cost", "it would only cost more"),
        ("grades", "grades", "lists under upgrades what each circle takes"),
        ("worst-community", "worst-community", "first on the worst-off circle"),
        ("basic-first", "class", "count need points of basic types alone"),
    ],
)
def test_prices_of_another_objective_are_not_compared_with(objective, reason, said):
    grade = {"id": "g", "zh": "g", "en": "g", "min_types": {"basic": 1}}
    types = (kind("shop"), kind("late", **{"class": "quality"}))
    demands = {"targets": {"shop": 0.5}} if objective == "cost" else {}
    scenario = asked(*types, capital=100_000.0, **demands)
    standard = scenario.standard.model_copy(update={"grades": (Grade.model_validate(grade),)})
    scenario = scenario.model_copy(update={"standard": standard, "objective": objective})
    plan = siting.solve(town(), scenario, gap=0.0)
    # what the plan may open at no price of its own is not of interest here
    rows = [
        row
        for space in ("S1", "S2", "S3")
        for row in siting.explain(plan, space=space, type_="late").data["types"]
        if row["status"] == "allowed" and row["points"] > 0
    ]
    assert rows
    for row in rows:
        assert (row["worth_of_money"], row["price_reason"]) == (None, reason)
        found = siting.explain(plan, space=row["space"], type_="late")
        assert said in lines(found)


def test_what_holds_of_the_whole_plan_is_said_once_of_a_space(monkeypatch):
    monkeypatch.setattr(multipliers, "_prices", lambda *_: {})
    types = [kind(name) for name in ("shop", "clinic", "market")]
    plan = siting.solve(town(), asked(*types, capital=0.0), gap=0.0)
    found = siting.explain(plan, space="S1")
    assert [row["price_reason"] for row in found.data["types"]] == ["unknown"] * 3
    said = [n.line("en") for n in found.notices]
    assert said.count("the plan states no price of its money to compare this with") == 1
    assert said[-1].startswith("the plan states no price")


def test_a_plan_is_not_explained_by_a_city_that_has_changed(tmp_path):
    siting.generate(tmp_path / "city", places=40, spaces=8, types=3, seed=1, lang="en")
    plan = siting.solve(siting.read_city(tmp_path / "city"), siting.Scenario(), gap=0.1)
    plan.save(tmp_path / "plan")
    space = str(plan.city.spaces.id[0])
    assert siting.explain(tmp_path / "plan", space=space).notices
    table = next((tmp_path / "city").glob("places.*"))
    table.write_text(table.read_text("utf-8") + "\n", encoding="utf-8")
    for given in (None, tmp_path / "city", siting.read_city(tmp_path / "city")):
        with pytest.raises(siting.errors.VerificationError) as raised:
            siting.explain(tmp_path / "plan", space=space, city=given)
        assert [n.key for n in raised.value.notices] == ["verify.city_changed"]


def shops_and_a_fund(amount: float, **fund):
    """General money for one shop, which S3 is locked to; the fund pays clinics.

    10,000 yuan more would buy a shop in S1, which 1,000 people lack at a weight of 2.
    """
    shop, clinic = kind("shop", weight=2.0, capital_m2=200.0), kind("clinic", weight=1.0)
    health = Fund(id="health", amount=amount, types=("clinic",), **fund)
    locks = Locks(open=(("S3", "shop"),), forbid=(("S4", "*"),))
    return siting.solve(
        town(), asked(shop, clinic, capital=10_000.0, funds=(health,), locks=locks), gap=0.0
    )


def offered(plan, space: str, kind_id: str):
    (row,) = siting.explain(plan, space=space, type_=kind_id).data["types"]
    return row


def test_money_that_a_fund_has_left_costs_nothing_to_what_it_may_pay():
    plan = shops_and_a_fund(100_000.0)
    (fund,) = plan.document.funds
    price = plan.document.price.capital or 0.0
    assert (fund.spent, fund.limit) == (50_000.0, 100_000.0)
    assert price > 0.0
    row = offered(plan, "S3", "clinic")
    assert (row["worth_of_money"], row["points_short"]) == (0.0, 0.0)
    assert (row["capital_left_in_funds"], row["capital"]) == (50_000.0, 50_000.0)
    said = lines(siting.explain(plan, space="S3", type_="clinic"))
    assert "50,000 yuan once and 0 a year, which takes nothing from the rest" in said
    assert "elsewhere" not in said
    # what the fund may not pay costs what money costs
    assert offered(plan, "S1", "shop")["worth_of_money"] == pytest.approx(price)


def test_a_fund_that_pays_a_share_leaves_the_rest_at_the_general_price():
    locks = Locks(open=(("S3", "shop"),), forbid=(("S1", "*"), ("S2", "*"), ("S4", "*")))
    shop, clinic = kind("shop", capital_m2=200.0), kind("clinic", weight=1.0, capital_m2=200.0)
    health = Fund(id="health", amount=9_000.0, types=("clinic",), share=0.4)
    plan = siting.solve(
        town(area_m2=[320.0, 80.0, 200.0, 600.0]),
        asked(shop, clinic, capital=10_000.0, funds=(health,), locks=locks),
        gap=0.0,
    )
    row = offered(plan, "S3", "clinic")
    assert row["capital_left_in_funds"] == 4_000.0
    assert row["worth_of_money"] == pytest.approx(0.6 * (plan.document.price.capital or 0.0))
    assert row["worth_of_money"] > 0.0


def test_money_of_a_spent_fund_is_priced_by_what_the_fund_may_buy():
    plan = shops_and_a_fund(50_000.0)
    row = offered(plan, "S3", "clinic")
    assert row["capital_left_in_funds"] == 0.0
    # the clinic in S1 brings 1,000 points for the same money
    assert 500.0 < row["worth_of_money"] < 5.0 * (plan.document.price.capital or 0.0)


def test_a_space_tells_chosen_allowed_and_refused_types(plan):
    chosen = plan.document.projects[0].space
    rows = siting.explain(plan, space=chosen).data["types"]
    assert {r["type"]: r["status"] for r in rows} == {
        "shop": "chosen",
        "market": "refused",
        "dear": "refused",
    }
    other = siting.explain(plan, space="S3", type_="shop").data["types"]
    assert [(r["status"], r["residents"]) for r in other] == [("allowed", 500.0)]


def test_unknown_names_are_told_all_at_once_with_the_nearest(plan):
    with pytest.raises(InputError) as raised:
        siting.explain(plan, community="Wets", type_="shpo")
    assert [n.values["nearest"] for n in raised.value.notices] == ["West", "shop"]
    with pytest.raises(InputError, match="did you mean S1"):
        siting.explain(plan, space="S11")
    with pytest.raises(InputError, match="either a community"):
        siting.explain(plan, community="West")


def test_the_command_prints_lines_or_json_and_refuses_half_a_question(plan, capsys, monkeypatch):
    found = siting.explain(plan, community="East", type_="shop")
    monkeypatch.setattr("siting.api.explain", lambda *_, **__: found)
    asked_for = ("explain", "P", "--community", "East", "--type", "shop", "--lang", "en")
    said = say(capsys, *asked_for)
    assert said.code == 0
    assert "100 yuan for each resident" in " ".join(said.out.split())
    assert all(len(line) <= 80 for line in said.out.splitlines())
    data = json.loads(say(capsys, *asked_for, "--json").out)
    assert data["cheapest"]["space"] == "S3"
    assert say(capsys, "explain", "P", "--community", "East", "--lang", "en").code == 2


def test_every_number_of_people_and_money_is_that_of_plan_json(tmp_path):
    siting.generate(tmp_path / "city", places=80, spaces=16, types=12, seed=4)
    plan = siting.solve(siting.read_city(tmp_path / "city"), siting.Scenario(), time_limit=20)
    document = plan.document
    open_ = {}
    for gap in document.open_gaps:
        key = (gap.community, gap.type, gap.reason == "capacity")
        open_[key] = open_.get(key, 0.0) + gap.residents
    some = [c.type for c in document.coverage][::3]
    for circle in document.circles[:2]:
        for kind_id in some:
            found = siting.explain(plan, community=circle.community, type_=kind_id)
            pair = (circle.community, kind_id)
            assert found.data["without"] == pytest.approx(open_.get((*pair, False), 0.0))
            if found.data["without"]:
                shown = f"{found.data['without']:,.0f} of {found.data['residents']:,.0f}"
                assert shown in lines(found)
    project = document.projects[0]
    (row,) = siting.explain(plan, space=project.space, type_=project.type).data["types"]
    assert row["status"] == "chosen"
    said = lines(siting.explain(plan, space=project.space, type_=project.type))
    assert f"on {project.area_m2:g} m2 for {project.capital:,.0f} yuan once" in said
    assert f"{project.subsidy_per_year:,.0f} a year" in said
    assert f"{project.residents_gained:,.0f} residents" in said


def test_a_type_that_asks_for_nothing_is_told_to_ask_for_nothing():
    silent = kind("kitchen", zh="中央厨房", en="Central kitchen", asks=False)
    plan = siting.solve(town(), asked(kind("shop"), silent, capital=50_000.0))
    with pytest.raises(InputError) as raised:
        siting.explain(plan, community="West", type_="中央厨房")
    (notice,) = raised.value.notices
    assert "Central kitchen" in notice.line("en")
    assert "中央厨房" in notice.line("zh")
