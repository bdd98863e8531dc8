"""Every rule of the full model is checked: a plan that breaks one is told so, and only that."""

import dataclasses

import line_plans
import numpy as np
import pytest
import verify_cities
import verify_plan as given
from line_plans import CLINIC, GRADES, S0, S1, ask, solved

from siting.plan.document import Document
from siting.verify.check import verify


def keys(content, city=None):
    notices = verify(Document.model_validate(content), city or given.line_city())
    for notice in notices:
        assert notice.line("en")
        assert notice.line("zh")
    return [n.key.removeprefix("verify.") for n in notices]


def after(document, standard=None, **scenario):
    """Return a plan's content with other demands than it was made for."""
    content = document.model_dump(mode="json", by_alias=True)
    content["inputs"]["standard"] = content["inputs"]["standard"] | (standard or {})
    content["inputs"]["scenario"] = content["inputs"]["scenario"] | scenario
    content["inputs"]["question_sha256"] = None
    return content


def spaces(**columns):
    found = given.spaces()
    arrays = {
        name: verify_cities.words(values) if name != "basic_share" else np.array(values)
        for name, values in columns.items()
    }
    return given.line_city(spaces=dataclasses.replace(found, **arrays))


def test_floors_hold_in_every_community_where_somebody_lives():
    document = solved()
    # shop: A and B all, C none of 7; clinic: A none of 40 aged, B all, C nobody
    assert keys(after(document, floors={"shop": 1.0})) == ["floor_missed"]
    assert keys(after(document, floors={"clinic": 0.01})) == ["floor_missed"]
    assert keys(after(document, floors={"shop": 0.0, "care": 0.0})) == []


def test_targets_hold_city_wide():
    document = solved()
    assert keys(after(document, targets={"clinic": 0.5})) == []  # 40 of 80
    assert keys(after(document, targets={"clinic": 0.500001})) == ["target_missed"]
    assert keys(after(document, targets={"shop": 250 / 257, "care": 8 / 25.7})) == []


def test_under_cost_every_circle_with_residents_reaches_the_grade():
    question = ask({"grades": GRADES}, objective="cost", grade="g1")
    nobody = given.line_city(places=given.places(everyone=[100, 50, 80, 20, 0]))
    assert keys(solved(question, city=nobody).model_dump(mode="json"), nobody) == []
    assert keys(solved(question).model_dump(mode="json")) == ["grade_missed"]  # C
    higher = ask({"grades": GRADES}, objective="cost", grade="g2")
    assert keys(solved(higher, city=nobody).model_dump(mode="json"), nobody) == [
        "grade_missed"
    ]  # A
    other = ask({"grades": GRADES}, objective="grades", grade="g2")
    assert keys(solved(other).model_dump(mode="json")) == []


def test_quotas_bind_only_where_they_are_enforced():
    quotas = {"quotas": [{"type": "shop", "per_1000": 13.3}]}  # A 1.995, B 1.33, C 0.09
    document = solved(ask(quotas))
    assert keys(document.model_dump(mode="json")) == []
    # A has O0 and S0; B has S1 and would need another, C one
    assert keys(after(document, enforce=["quotas"])) == ["quota_missed", "quota_missed"]


def test_a_quota_of_floor_area_is_met_exactly_or_not():
    document = solved(ask({"quotas": [{"type": "clinic", "area_m2_per_1000": 1500.0}]}))
    # B: 60 m2 for 40 aged; A lacks 60
    assert keys(after(document, enforce=["quotas"])) == ["quota_missed"]
    less = solved(ask({"quotas": [{"type": "care", "area_m2_per_1000": 1.0}]}))
    assert keys(after(less, enforce=["quotas"])) == ["quota_missed", "quota_missed"]  # A, C


@pytest.mark.parametrize(("metres", "found"), [(400.0, []), (400.001, ["spacing_projects"])])
def test_spacing_is_measured_in_whole_millimetres(metres, found):
    document = solved(chosen=[S0, S1, CLINIC])
    standard = {"spacing_m": {"shop": metres}}
    assert keys(after(document, standard)) == []
    assert keys(after(document, standard, enforce=["spacing"])) == found


def test_spacing_also_counts_from_existing_outlets():
    document = solved(chosen=[S0, CLINIC])
    standard = {"spacing_m": {"shop": 500.001}}  # O0 at -200, S0 at 300
    found = keys(after(document, standard, enforce=["spacing"]))
    assert {"project_no_option", "spacing_outlet"} <= set(found)


def test_no_more_of_a_type_than_a_community_may_have():
    document = solved(chosen=[S0, CLINIC])
    standard = {"most_per_community": {"shop": 1, "clinic": 1}}
    assert keys(after(document, standard)) == []
    assert keys(after(document, standard, enforce=["most"])) == ["most"]  # A has O0
    standard = {"most_per_community": {"shop": 2, "clinic": 1}}
    assert keys(after(document, standard, enforce=["most"])) == []


def test_the_share_of_chains_is_kept():
    chains = {"shop": {"chain": "always"}}
    for least, found in ((2 / 3, []), (0.67, ["operators"])):
        question = ask({"chain_share": least}, types=chains, enforce=["operators"])
        document = solved(question, chosen=_chosen(question, [("S0", "shop"), ("S1", "shop")]))
        assert keys(document.model_dump(mode="json")) == found


def _chosen(question, pairs):
    """Return the local form of the clinic in S1 with the pairs given."""
    from siting.standard.options import find_options

    city = given.line_city()
    options = find_options(city, question)
    wanted = {*pairs, ("S1", "clinic")}
    chosen = []
    for o in range(len(options)):
        pair = (
            str(city.spaces.id[options.space[o]]),
            question.standard.types[options.type[o]].id,
        )
        if pair in wanted:
            wanted.remove(pair)
            chosen.append(o)
    return chosen


def test_a_chain_that_is_not_offered_is_found():
    content = solved().model_dump(mode="json")
    content["projects"][0]["chain"] = True
    assert keys(content) == ["project_chain"]


@pytest.mark.parametrize(
    "rule", [("shop", "clinic"), ("clinic", "shop")], ids=["as written", "the other way round"]
)
def test_types_that_may_not_share_a_roof_do_not(rule):
    document = solved()
    roof = [{"type": rule[0], "never_with": [rule[1]]}]
    assert keys(after(document, {"roof": roof})) == ["roof_never"]
    apart = solved(chosen=[S0, CLINIC])
    assert keys(after(apart, {"roof": roof})) == []


def test_the_host_is_under_the_same_roof():
    # without locks S0 clinic is an option too, and all after it move by one
    content = solved(ask(locks={}), chosen=[S0, CLINIC + 1]).model_dump(mode="json")
    content["inputs"]["standard"]["roof"] = [{"type": "care", "never_with": ["clinic"]}]
    city = spaces(host=[(), ("care",), ()], kind=["shop", "add_on", "shop"])
    found = keys(content, city)
    assert "roof_never" in found
    assert "project_no_option" in found


def test_a_type_opens_only_with_its_company():
    roof = {"roof": [{"type": "clinic", "only_with": ["shop"]}]}
    assert keys(after(solved(), roof)) == []
    assert keys(after(solved(chosen=[S0, CLINIC]), roof)) == ["roof_only"]


def test_basic_types_have_their_share_of_the_floor():
    # S1: shop 50 of 110 m2 in use
    for share, found in ((50 / 110, []), (0.4546, ["space_basic_share"]), (np.nan, [])):
        city = spaces(basic_share=[0.0, share, 0.0])
        assert keys(solved(city=city).model_dump(mode="json"), city) == found


def test_locks_of_the_table_of_spaces_are_kept():
    document = solved().model_dump(mode="json")
    assert keys(document, spaces(open_types=[("shop",), ("clinic", "shop"), ()])) == []
    assert keys(document, spaces(open_types=[(), (), ("shop",)])) == ["lock_open"]
    found = keys(document, spaces(forbid_types=[("*",), (), ()]))
    assert "lock_forbid" in found
    assert "project_no_option" in found


def test_no_fund_pays_more_than_its_share():
    funds = [{"id": "half", "amount": 1e6, "share": 0.5}]
    content = solved(ask(funds=funds)).model_dump(mode="json")
    assert keys(content) == []
    clinic = content["projects"][CLINIC]
    clinic["capital_paid_by"] = [
        {"fund": "general", "amount": 1000.04},
        {"fund": "half", "amount": 1000.06},
    ]
    content["budget"]["capital"]["spent"] = round(content["budget"]["capital"]["spent"] - 0.01, 2)
    content["funds"][0]["spent"] = round(content["funds"][0]["spent"] + 0.01, 2)
    assert keys(content) == ["payment_share"]


STAGED = ask(objective="basic-first")


def staged(**changes):
    stages = (
        line_plans.full_plans.stage("basic", 0.0, 310.0),
        line_plans.full_plans.stage("quality", 0.0, 171.0),
    )
    content = solved(STAGED, stages=stages).model_dump(mode="json")
    content["stages"][1] |= changes
    return content


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"objective": 169.0, "gap_abs": 2.0, "gap": 2 / 169}, ["stage_objective"]),
        ({"sense": "min"}, ["stage_sense"]),
        ({"bound": 169.0, "gap_abs": 1.0, "gap": 1 / 170}, ["bound_below"]),
        ({"gap_abs": 2.0, "gap": 2 / 170}, ["gap_abs"]),
        ({"gap": 0.1}, ["gap"]),
        ({"name": "public"}, ["stage_names"]),
    ],
)
def test_later_stages_are_checked_like_the_first(changes, found):
    assert keys(staged(**changes)) == found


def test_a_plan_is_optimal_only_when_every_stage_is_proved():
    content = staged(bound=170.0, gap_abs=0.0, gap=0.0)
    content["status"] = "optimal"
    assert keys(content) == ["status_not_proven"]
    proof = {"bound": 300.0, "gap_abs": 0.0, "gap": 0.0}
    content |= proof
    content["stages"][0] |= proof
    assert keys(content) == []


def test_the_bound_of_a_cost_lies_below_it():
    question = ask(objective="cost", targets={"shop": 0.1})
    content = solved(question, stages=(line_plans.full_plans.stage("cost", 0.0, 1.0),)).model_dump(
        mode="json"
    )
    assert keys(content) == []
    above = content["objective"] + 10.0
    said = {"bound": above, "gap_abs": 10.0, "gap": 10.0 / content["objective"]}
    content |= said
    content["stages"][0] |= said
    assert keys(content) == ["bound_above"]


def worst(*names, objectives):
    stages = tuple(
        line_plans.full_plans.stage(n, o, None) for n, o in zip(names, objectives, strict=True)
    )
    question = ask(objective="worst-community")
    return solved(question, chosen=[S0, CLINIC], stages=stages).model_dump(mode="json")


def test_the_stages_of_the_worst_circle_never_fall():
    names = ("worst-community", "worst-community-2")
    content = worst(*names, objectives=(0.5, 0.9))
    assert keys(content) == []
    low, high = (s["objective"] for s in content["stages"][:2])
    assert low < high
    content["stages"][1]["objective"] = low / 2
    assert keys(content) == ["stage_objective", "stage_undercut"]
    content["stages"][1]["objective"] = high
    content["stages"][1]["name"] = "worst-community-3"
    assert keys(content) == ["stage_objective"]
    content["stages"][1]["name"] = "worst-community-4"  # there are but three circles
    assert keys(content) == ["stage_names"]


def test_a_negative_price_is_no_price():
    content = solved(price=(1.0, 2.0)).model_dump(mode="json")
    assert keys(content) == []
    content["price"]["capital"] = -1.0
    assert keys(content) == ["price_negative"]


@pytest.mark.parametrize("objective", ["grades", "cost", "worst-community"])
def test_no_price_in_points_stands_after_an_objective_that_counts_something_else(objective):
    question = ask({"grades": GRADES}, objective=objective, targets={"shop": 0.1})
    content = solved(question).model_dump(mode="json")
    assert keys(content) == []
    content["price"]["capital"] = 1.0
    assert keys(content) == ["price_none"]
    content["price"] |= {"capital": None, "reason": "unknown"}
    assert keys(content) == ["price_words"]


def test_a_price_names_the_stage_whose_points_it_counts():
    content = solved(ask(objective="basic-first"), price=(1.0, None)).model_dump(mode="json")
    assert keys(content) == []
    assert content["price"]["stage"] == "basic"
    content["price"]["stage"] = "quality"
    assert keys(content) == ["price_words"]
    content["price"] |= {"stage": "basic", "reason": "unknown"}
    assert keys(content) == ["price_words"]
