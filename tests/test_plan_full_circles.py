"""Presence, grades, rewards and quotas of communities, against numbers worked out by hand."""

import dataclasses

import line_plans
import numpy as np
import pytest
import verify_plan as given
from line_plans import ALL, GRADES, S0, ask, solved

NOTHING = {"basic": 0, "quality": 0}


def present(document, when="after"):
    return [getattr(c, f"present_{when}") for c in document.circles]


def test_a_type_is_present_where_the_share_of_its_counting_group_has_it():
    document = solved()
    # B has care for 8 of 10 infants, exactly the share of 0.8
    assert present(document, "before") == [NOTHING, {"basic": 1, "quality": 0}, NOTHING]
    assert present(document) == [{"basic": 1, "quality": 0}, {"basic": 2, "quality": 1}, NOTHING]
    assert [c.residents for c in document.circles] == [150.0, 100.0, 7.0]
    assert [c.community for c in document.circles] == ["A", "B", "C"]


def test_a_share_a_hair_above_what_is_served_is_not_reached():
    document = solved(ask({"presence_share": 0.8000001}))
    assert present(document, "before")[1] == NOTHING


def test_located_presence_asks_where_outlets_and_projects_stand():
    document = solved(ask({"presence": "located"}), chosen=[line_plans.CLINIC])
    # O0 is a shop in A, O2 care in B; the clinic opens in B
    assert present(document, "before") == [
        {"basic": 1, "quality": 0},
        {"basic": 1, "quality": 0},
        NOTHING,
    ]
    assert present(document)[1] == {"basic": 1, "quality": 1}


def test_where_nobody_of_the_counting_group_lives_only_located_presence_counts():
    outlets = given.outlets(types=(("clinic",), ("clinic",), ("clinic",)))
    outlets = dataclasses.replace(outlets, community=np.array([0, 1, 2]))
    city = given.line_city(outlets=outlets)
    # C has no aged
    document = solved(ask({"presence_share": 0.0}), chosen=[], city=city)
    assert present(document)[2] == {"basic": 2, "quality": 0}
    document = solved(ask({"presence": "located"}), chosen=[], city=city)
    assert present(document)[2] == {"basic": 0, "quality": 1}


def test_a_type_that_asks_for_nothing_may_stand_in_where_presence_is_located():
    outlets = given.outlets(types=(("hub",), ("shop",), ("care",)))
    standard = {"presence": "located", "substitutes": [{"type": "clinic", "by": "hub"}]}
    document = solved(ask(standard), chosen=[S0], city=given.line_city(outlets=outlets))
    assert present(document)[0] == {"basic": 1, "quality": 1}
    assert present(document)[1] == {"basic": 1, "quality": 0}


def test_a_substitute_makes_a_type_present_and_both_count_once():
    substitutes = [{"type": "clinic", "by": "shop"}]
    document = solved(ask({"substitutes": substitutes}), chosen=[S0])
    # S0 gives A the shop for all, B for 80 of 100
    assert present(document)[:2] == [{"basic": 1, "quality": 1}, {"basic": 2, "quality": 1}]
    both = solved(ask({"substitutes": substitutes}))
    assert present(both)[1] == {"basic": 2, "quality": 1}


def test_a_substitute_of_a_substitute_is_none():
    chain = [{"type": "clinic", "by": "care"}, {"type": "care", "by": "shop"}]
    document = solved(ask({"substitutes": chain}), chosen=[S0])
    assert present(document)[0] == {"basic": 1, "quality": 0}


def test_a_substitute_counts_once_in_a_class_and_still_stands_in_where_a_type_is_mandatory():
    substitutes = [{"type": "care", "by": "shop"}]
    grades = [
        {"id": "must", "zh": "must", "en": "must", "mandatory": ["care"]},
        {"id": "two", "zh": "two", "en": "two", "min_types": {"basic": 2}},
    ]
    standard = {"substitutes": substitutes, "grades": grades}
    document = solved(ask(standard), chosen=[S0])
    # A has the shop alone, B the shop and care
    assert [n["basic"] for n in present(document)] == [1, 2, 0]
    assert [c.grade_after for c in document.circles] == ["must", "two", None]
    classes = {"shop": {"class": "quality"}}
    other = solved(ask(standard, types=classes), chosen=[S0])
    assert present(other)[0] == {"basic": 1, "quality": 1}


def test_a_grade_holds_only_where_all_below_it_hold():
    document = solved(ask({"grades": GRADES}))
    # care alone would do for g3 in B today, were it not for g2
    assert [c.grade_before for c in document.circles] == [None, "g1", None]
    assert [c.grade_after for c in document.circles] == ["g1", "g3", None]


def test_rewards_are_paid_for_grades_newly_reached():
    rewards = [
        {"amount": 100.0},
        {"grade": "g1", "amount": 1.0},
        {"grade": "g2", "amount": 10.0},
        {"grade": "g2", "amount": 20.5},
    ]
    document = solved(ask({"grades": GRADES}, {"rewards": rewards}))
    assert [c.reward for c in document.circles] == [101.0, 130.5, 0.0]


@pytest.mark.parametrize(("grade", "residents"), [(None, 100.0), ("g1", 250.0), ("g3", 100.0)])
def test_the_grades_objective_counts_everyone_where_the_grade_holds(grade, residents):
    document = solved(ask({"grades": GRADES}, objective="grades", grade=grade))
    assert document.objective == residents
    assert [stage.name for stage in document.stages] == ["grades", "coverage"]


def test_quotas_count_outlets_that_stand_and_open_in_the_community():
    quotas = [{"type": "shop", "per_1000": 20.0}, {"type": "clinic", "area_m2_per_1000": 1000.0}]
    rows = solved(ask({"quotas": quotas})).quotas
    assert [(q.community, q.type, q.unit, q.existing, q.opened) for q in rows] == [
        ("A", "shop", "outlets", 1.0, 1.0),
        ("B", "shop", "outlets", 0.0, 1.0),
        ("C", "shop", "outlets", 0.0, 0.0),
        ("A", "clinic", "m2", 0.0, 0.0),
        ("B", "clinic", "m2", 0.0, 60.0),
        ("C", "clinic", "m2", 0.0, 0.0),
    ]
    assert [q.asked for q in rows] == pytest.approx([3.0, 2.0, 0.14, 40.0, 40.0, 0.0])


def test_an_outlet_without_a_stated_area_counts_with_its_types_typical_one():
    outlets = given.outlets(types=(("shop", "clinic"), ("shop",), ("care",)))
    outlets = dataclasses.replace(outlets, area_m2=np.array([np.nan, 33.0, np.nan]))
    quotas = [{"type": kind, "area_m2_per_1000": 1.0} for kind in ("shop", "clinic", "hub")]
    city = given.line_city(outlets=outlets)
    rows = solved(ask({"quotas": quotas}), chosen=[S0], city=city).quotas
    assert [q.existing for q in rows if q.community == "A"] == [50.0 + 33.0, 60.0, 0.0]
    assert [q.opened for q in rows if q.community == "A"] == [50.0, 0.0, 0.0]


def test_a_chain_is_stated_with_its_project():
    question = ask({"chain_share": 0.1}, types={"shop": {"chain": "always"}}, enforce=["operators"])
    assert {(p.type, p.chain) for p in solved(question, ALL).projects} >= {("shop", True)}
