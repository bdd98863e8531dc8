"""Why gaps stay open, and what the projects are worth under other assumptions."""

import dataclasses

import pytest
import verify_plan as given
from line_plans import GRADES, S0, ask, solved

from siting.plan.hindered import HINDRANCES
from siting.plan.reasons import REASONS
from siting.standard.options import REASONS as REFUSALS


def reasons(document):
    return {(g.community, g.type): (round(g.residents, 6), g.reason) for g in document.open_gaps}


def test_every_open_gap_has_its_residents_and_the_first_reason_that_holds():
    assert reasons(solved()) == {
        ("A", "clinic"): (40.0, "lock"),
        ("A", "care"): (15.0, "area"),
        ("B", "care"): (2.0, "area"),
        ("C", "shop"): (7.0, "no space in reach"),
        ("C", "care"): (0.7, "no space in reach"),
    }


def test_gaps_stand_by_community_then_type():
    order = [("A", "clinic"), ("A", "care"), ("B", "care"), ("C", "shop"), ("C", "care")]
    assert [(g.community, g.type) for g in solved().open_gaps] == order


def test_what_an_option_reaches_was_not_chosen():
    found = reasons(solved(chosen=[]))
    assert found["A", "shop"] == (50.0, "not chosen")
    assert found["B", "shop"] == (100.0, "not chosen")
    assert found["B", "clinic"] == (40.0, "not chosen")


def test_the_commonest_refusal_among_the_spaces_in_reach_is_told():
    # P2 with 80 residents can go to all three spaces, P3 with 20 to one of each kind
    question = ask(types={"shop": {"kinds_not": ["shed"], "area_min_m2": 31.0}}, locks={})
    for kinds, areas, reason in (
        (["shed", "shed", "shop"], [100.0, 120.0, 30.0], "kind"),
        (["shed", "shop", "shop"], [100.0, 30.5, 30.0], "area"),
    ):
        spaces = given.spaces(kind=kinds, area_m2=areas)
        document = solved(question, chosen=[], city=given.line_city(spaces=spaces))
        found = {(g.community, g.type, g.reason): g.residents for g in document.open_gaps}
        assert found["B", "shop", reason] == (100.0 if reason == "area" else 80.0)
        assert found.get(("B", "shop", "area")) == (100.0 if reason == "area" else 20.0)


def test_spaces_without_any_option_count_for_the_reasons():
    question = ask(
        types={kind: {"needs": ["gas"]} for kind in ("shop", "clinic", "care")}, locks={}
    )
    found = reasons(solved(question, chosen=[]))
    assert found["A", "shop"] == (50.0, "feature")
    assert found["C", "shop"] == (7.0, "no space in reach")


def test_a_city_without_spaces_has_none_in_reach():
    spaces = given.spaces()
    none = {
        f.name: getattr(spaces, f.name)[:0]
        for f in dataclasses.fields(spaces)
        if getattr(spaces, f.name) is not None
    }
    city = given.line_city(spaces=dataclasses.replace(spaces, **none))
    document = solved(ask(locks={}), chosen=[], city=city)
    assert {g.reason for g in document.open_gaps} == {"no space in reach"}


def test_the_reasons_are_those_of_the_options_and_the_plan_and_three_more():
    assert list(REASONS) == ["no space in reach", *REFUSALS, *HINDRANCES, "not chosen", "capacity"]


def rows(document):
    return {r.name: (r.objective, r.residents_newly_served) for r in document.sensitivity}


def test_the_projects_are_counted_again_under_each_assumption():
    assert rows(solved()) == {
        "minutes-10%": (430.0, 130.0),
        "minutes+10%": (470.0, 150.0),
        "detour-1.20": (430.0, 130.0),
        "detour-1.45": (380.0, 130.0),
        "presence-0.5": (470.0, 150.0),
        "presence-0.8": (470.0, 150.0),
    }


@pytest.mark.parametrize("city", [given.street_city, given.given_city])
def test_detours_are_only_assumed_where_people_walk_in_straight_lines(city):
    names = ["minutes-10%", "minutes+10%", "presence-0.5", "presence-0.8"]
    assert list(rows(solved(city=city()))) == names


def test_presence_shares_change_the_residents_at_the_grade():
    standard = {"grades": GRADES[:1], "presence_share": 0.85}
    document = solved(ask(standard, objective="grades"), chosen=[S0])
    # B has shop and care for exactly 80%
    assert document.objective == 150.0
    assert rows(document)["presence-0.8"] == (250.0, 130.0)
    assert rows(document)["presence-0.5"] == (250.0, 130.0)
    assert rows(document)["minutes-10%"] == (150.0, 50.0)


def test_other_minutes_let_outlets_serve_others_too():
    # O0 at -200 serves P1 (450 m) within 8 minutes, not within 7.2
    document = solved(ask(types={"shop": {"minutes": 8.0}}), chosen=[S0])
    assert document.projects[0].residents_gained == 80.0
    assert rows(document)["minutes-10%"] == (2.0 * (50 + 80), 130.0)
