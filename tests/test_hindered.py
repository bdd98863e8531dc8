"""What keeps an option out of a plan as it stands: two ways of finding it, and the rules' own."""

from random import Random

import full_plans
import numpy as np
import pandas as pd
import pytest
from small_town import asked, kind, town

import siting
from siting.gaps.needs import find_needs, limits
from siting.plan.hindered import HINDRANCES, by_pair, find_hindrances
from siting.programme.needs import merge_needs
from siting.programme.rules import find_rules
from siting.solve.limits import broken
from siting.solve.problem import Problem
from siting.standard.model import Fund, RoofRule
from siting.standard.options import find_options
from siting.standard.purses import find_purses
from siting.standard.scenarios import question_from_dict
from siting.verify.check import verify
from siting.verify.stands import FREE, RULES, find_obstacles
from siting.walk.walks import walk

SEEDS = range(60)


def case(seed: int):
    """Return a tiny city with a plan that breaks no rule, and money that is short."""
    city, question = full_plans.full_city(seed)
    draw = Random(f"hindered/{seed}")
    funds = tuple(
        Fund(
            id=f"f{k}",
            pays=draw.choice(["capital", "subsidy_per_year"]),
            amount=draw.choice([3_000.0, 30_000.5, 90_000.0]),
            share=draw.choice([1.0, 1.0, 0.4]),
            types=draw.choice([None, ("t0",), ("t0", "t1")]),
        )
        for k in range(draw.choice([0, 1, 2]))
    )
    budget = question.budget.model_copy(
        update={
            "capital": draw.choice([0.0, 50_000.0, 150_000.0, np.inf]),
            "subsidy_per_year": draw.choice([2_000.0, 20_000.0, np.inf]),
        }
    )
    update = {"funds": funds, "budget": budget, "targets": {}, "floors": {}, "grade": None}
    update |= {"objective": "coverage"}
    question = question.model_copy(update=update)
    options, gaps = find_options(city, question), find_needs(city, question.standard)
    reach = walk(city, "space", limits(gaps.demands, gaps.groups))
    rules = find_rules(city, question, gaps, options)
    purses = (
        find_purses(city, question, options, "capital"),
        find_purses(city, question, options, "subsidy_per_year"),
    )
    problem = Problem(city, options, merge_needs(gaps, options, reach, rules), purses, rules)
    chosen = full_plans.choose(city, problem.options, draw)
    while sets := broken(problem, chosen):
        chosen = np.setdiff1d(chosen, sets[0][:1])
    return city, question, problem, chosen


def test_an_option_is_free_exactly_where_adding_it_breaks_no_rule():
    met = set()
    for seed in SEEDS:
        city, question, problem, chosen = case(seed)
        options = problem.options
        code = find_hindrances(city, question, options, problem.purses, chosen)
        for o in range(len(options)):
            s, t = int(options.space[o]), int(options.type[o])
            here = options.space[chosen] == s
            if (options.type[chosen][here] == t).any():
                continue
            # a space that nothing opens in yet may get company with the option
            share = city.spaces.basic_share
            if not here.any() and share is not None and share[s] > 0:
                continue
            sound = not broken(problem, np.union1d(chosen, [o]))
            assert (code[o] == 0) == sound, (seed, o, code[o])
            if code[o]:
                met.add(HINDRANCES[code[o] - 1])
    assert met >= {"roof", "full", "apart", "most", "operators", "money"}


def test_the_verifier_finds_the_same_by_its_own_way():
    for seed in SEEDS:
        city, question, problem, chosen = case(seed)
        options = problem.options
        found = by_pair(options, find_hindrances(city, question, options, problem.purses, chosen))
        document = full_plans.document_of(city, question, chosen)
        theirs = np.full(found.shape, -1)
        for (s, t), rule in find_obstacles(document, city, question, options).items():
            theirs[s, t] = 0 if rule == FREE else 1 + rule
        mine = np.zeros(found.shape, dtype=bool)
        mine[options.space[chosen], options.type[chosen]] = True
        assert (found == theirs)[~mine].all(), seed
    assert RULES == HINDRANCES


def test_a_space_that_must_hold_more_types_than_could_join_is_told():
    small = kind("small", area_min_m2=20.0, area_typical_m2=20.0)
    for least, area, reason in ((2, 70.0, None), (2, 60.0, "min_types"), (3, 320.0, "min_types")):
        city = town(area_m2=[area, 10.0, 10.0, 10.0], min_types=[least, 1, 1, 1])
        scenario = asked(kind("shop"), small, capital=0.0)
        (row,) = siting.explain(
            siting.solve(city, scenario, gap=0.0), space="S1", type_="shop"
        ).data["types"]
        assert row["in_the_way"]["reason"] == (reason or "money")


def plan_and_lines(city, scenario, type_: str, community: str = "West"):
    plan = siting.solve(city, scenario, gap=0.0)
    found = siting.explain(plan, community=community, type_=type_)
    assert all(notice.line("zh") for notice in found.notices)
    return plan, found, [notice.line("en") for notice in found.notices]


def ruled(scenario, *enforced: str, **standard):
    changed = scenario.standard.model_copy(update=standard)
    return scenario.model_copy(update={"standard": changed, "enforce": enforced})


def test_the_project_that_is_too_near_is_named_with_both_distances():
    # in three minutes nobody walks from one home of West to the space of the other
    city = town()
    scenario = ruled(asked(kind("shop", minutes=3.0)), "spacing", spacing_m={"shop": 500.0})
    plan, found, said = plan_and_lines(city, scenario, "shop")
    way = found.data["cheapest"]["in_the_way"]
    other = {p.space for p in plan.document.projects} & {"S1", "S2"}
    assert (way["reason"], {way["other"]}, way["away"]) == ("apart", other, 400.0)
    assert "is 400 m from" in said[-1]
    assert "500 m are asked" in said[-1]
    assert [g.reason for g in plan.document.open_gaps if g.community == "West"] == ["apart"]


def test_the_community_that_has_as_many_as_it_may_is_named_with_its_projects():
    city = town()
    scenario = ruled(asked(kind("shop", minutes=3.0)), "most", most_per_community={"shop": 1})
    plan, found, said = plan_and_lines(city, scenario, "shop")
    way = found.data["cheapest"]["in_the_way"]
    assert (way["reason"], way["most"], way["standing"], way["opened"]) == ("most", 1, 0, 1)
    assert way["others"] == [p.space for p in plan.document.projects if p.community == "West"]
    assert said[-1].startswith("West may have at most 1 of shop")


def test_the_project_under_the_same_roof_is_named():
    rule = RoofRule(type="bins", never_with=("shop",))
    city = town(area_m2=[320.0, 10.0, 60.0, 10.0])
    scenario = ruled(asked(kind("shop", weight=3.0), kind("bins")), roof=(rule,))
    plan, found, said = plan_and_lines(city, scenario, "bins")
    assert found.data["cheapest"]["in_the_way"] == {"reason": "roof", "others": ["shop"]}
    assert "bins may not share a roof with shop, which the plan opens in S1" in said
    assert {g.reason for g in plan.document.open_gaps if g.type == "bins"} == {"roof"}


def test_too_little_money_is_told_with_what_is_left_and_needed():
    plan, found, said = plan_and_lines(
        town(), asked(kind("shop"), capital=70_000.0), "shop", community="East"
    )
    way = found.data["cheapest"]["in_the_way"]
    assert way == {
        "reason": "money",
        "pays": "capital",
        "need": 50_000.0,
        "left": 20_000.0,
        "short": 30_000.0,
    }
    assert any("at most 20,000 are left in the purses that may pay it" in line for line in said)
    assert not any("nothing keeps it out" in line for line in said)
    assert [g.reason for g in plan.document.open_gaps] == ["money"]


def test_money_counts_as_left_where_purses_can_share_out_differently():
    # the fund may pay for both types; what it has paid of the shop the general budget could pay
    city = town(area_m2=[100.0, 10.0, 10.0, 10.0])
    funds = (Fund(id="f", amount=50_000.0), Fund(id="g", amount=50_000.0, types=("shop",)))
    scenario = asked(kind("shop"), kind("late"), capital=0.0, funds=funds)
    question = siting.solve(city, scenario, gap=0.0).document.inputs
    question = question_from_dict(
        {"standard": question.standard, "policy": question.policy, "scenario": question.scenario}
    )
    options = find_options(city, question)
    purses = (
        find_purses(city, question, options, "capital"),
        find_purses(city, question, options, "subsidy_per_year"),
    )
    shop, late = (np.flatnonzero(options.type == t)[:1] for t in (0, 1))
    for chosen, other in ((shop, late), (late, shop)):
        code = find_hindrances(city, question, options, purses, chosen)
        assert code[other[0]] == 0
        obstacles = find_obstacles(
            full_plans.document_of(city, question, chosen), city, question, options
        )
        assert obstacles[0, int(options.type[other[0]])] == FREE


def beyond(everyone: float):
    at = {"x": [0.0], "y": [0.0], "community": ["A"]}
    city = siting.City.from_frames(
        places=pd.DataFrame({"id": ["p"], **at, "everyone": [everyone]}),
        spaces=pd.DataFrame({"id": ["s"], **at, "area_m2": 60.0, "rent_m2_month": 0.0}),
    )
    scenario = ruled(asked(kind("shop", residents_per_outlet=60.0)), "capacity")
    return city, siting.solve(city, scenario, gap=0.0)


@pytest.mark.parametrize(("everyone", "left"), [(100.0, 40.0), (60.0, None), (12.5, None)])
def test_residents_in_reach_of_a_full_outlet_are_said_to_be_beyond_its_room(everyone, left):
    city, plan = beyond(everyone)
    gaps = [(g.community, g.type, g.residents, g.reason) for g in plan.document.open_gaps]
    assert gaps == ([] if left is None else [("A", "shop", pytest.approx(left), "capacity")])
    said = siting.explain(plan, community="A", type_="shop").notices
    assert len(said) == (1 if left is None else 2)
    if left is not None:
        (gap,) = plan.document.open_gaps
        changed = gap.model_copy(update={"residents": left - 1.0})
        document = plan.document.model_copy(update={"open_gaps": (changed,)})
        assert [n.key for n in verify(document, city, plan.certificate)] == [
            "verify.open_gap_residents"
        ]
        document = plan.document.model_copy(update={"open_gaps": ()})
        assert [n.key for n in verify(document, city, plan.certificate)] == ["verify.open_gap_list"]


def test_residents_of_one_type_are_counted_under_the_reason_that_holds_for_them():
    # S1 and S2 are too dear for any relief, S3 only for the money there is
    city = town(rent_m2_month=[40.0, 40.0, 15.0, 10.0])
    scenario = asked(kind("shop", minutes=3.0), subsidy_per_year=1_000.0)
    plan = siting.solve(city, scenario, gap=0.0)
    assert [(g.community, g.residents, g.reason) for g in plan.document.open_gaps] == [
        ("West", 1000.0, "rent"),
        ("East", 500.0, "money"),
    ]
