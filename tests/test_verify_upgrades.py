"""Ways up are checked: one that is wrong in any number, or breaks a rule, is told so."""

from __future__ import annotations

import copy
import dataclasses

import line_plans
import numpy as np
import pytest
import verify_plan as given
from line_plans import ask, solved
from test_verify_full_rules import keys

from siting.plan.upgrades import Way

GRADES = [
    {"id": "g1", "zh": "g1", "en": "g1", "min_types": {"basic": 2}},
    {"id": "g2", "zh": "g2", "en": "g2", "min_types": {"basic": 2, "quality": 1}},
]
FORBID = [["S0", "clinic"], ["*", "care"]]
A, B, C = range(3)
S0, S1, CLINIC = line_plans.ALL
# A lacks care, which opens nowhere; B has care today: S0's shop reaches 80 of its 100, S1's all.
WAYS = (
    Way(A, 0, None, None, (3,)),
    Way(A, 1, None, None, (1, 3)),
    Way(B, 0, np.array([S0]), 0.0),
    Way(B, 1, np.array([S0, CLINIC]), 0.0),
    Way(C, 0, None, None, (0, 3)),
    Way(C, 1, None, None, (0, 1, 3)),
)


def content(ways=WAYS, city=None, **scenario):
    scenario = {"locks": {"forbid": FORBID}} | scenario
    question = ask({"grades": GRADES}, objective="grades", **scenario)
    document = solved(question, city=city, ways=ways)
    return document.model_dump(mode="json", by_alias=True)


def way(document, k=0):
    return document["circles"][B]["upgrades"][k]


def test_ways_that_are_right_pass():
    document = content()
    assert keys(document) == []
    assert [up["grade"] for c in document["circles"] for up in c["upgrades"]] == ["g1", "g2"] * 3
    shop, both = document["circles"][B]["upgrades"]
    assert [p["space"] for p in both["projects"]] == ["S0", "S1"]
    assert both["price"] > shop["price"] > 0.0


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("price", 1.0, ["upgrade_money"]),
        ("capital", 1.0, ["upgrade_money"]),
        ("subsidy_per_year", 1.0, ["upgrade_money"]),
        ("bound", -1.0, ["upgrade_bound"]),
        ("bound", 1e9, ["upgrade_bound"]),
        ("bound", None, ["upgrade_half"]),
        ("price", None, ["upgrade_half"]),
        ("missing", ["care"], ["upgrade_missing"]),
        ("grade", "g2", ["upgrade_list"]),
        ("projects", [], ["upgrade_short", "upgrade_money", "upgrade_money"]),
    ],
)
def test_a_changed_way_is_rejected(field, value, found):
    document = content()
    way(document)[field] = value
    assert [key for key in keys(document) if key != "upgrade_money"] == [
        key for key in found if key != "upgrade_money"
    ]
    assert ("upgrade_money" in keys(document)) == ("upgrade_money" in found)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("area_m2", 49.0),
        ("capital", 1.0),
        ("capital", 0.001),
        ("subsidy_per_year", 1.0),
        ("chain", True),
        ("locked", True),
        ("type", "clinic"),
        ("type", "care"),
        ("space", "S9"),
    ],
)
def test_a_changed_project_of_a_way_is_rejected(field, value):
    document = content()
    way(document)["projects"][0][field] = value
    assert keys(document) == ["upgrade_option"]


def test_ways_stand_for_every_grade_that_a_circle_lacks_and_for_no_other():
    document = content()
    document["circles"][B]["upgrades"].pop()
    assert keys(document) == ["upgrade_list"]
    document = content()
    document["circles"][C]["upgrades"] = []
    assert keys(document) == ["upgrade_list"]
    nobody = given.line_city(places=given.places(everyone=[100, 50, 80, 20, 0]))
    assert keys(content(WAYS[:4], nobody), nobody) == []
    coverage = solved(ask({"grades": GRADES}), ways=WAYS).model_dump(mode="json", by_alias=True)
    assert keys(coverage) == ["upgrade_list"] * 3


def test_a_grade_that_options_reach_lacks_no_type_and_one_they_do_not_names_all():
    document = content()
    document["circles"][A]["upgrades"][1]["missing"].pop()
    assert keys(document) == ["upgrade_missing"]
    document = content()
    document["circles"][A]["upgrades"][0]["bound"] = 0.0
    assert keys(document) == ["upgrade_half"]
    room = (*WAYS[:3], Way(B, 1, None, None), *WAYS[4:])  # the solver's word, as a bound is
    assert keys(content(room)) == []


def test_a_way_lists_each_project_once_in_order():
    document = content()
    way(document, 1)["projects"].reverse()
    assert keys(document) == ["upgrade_order"]
    document = content()
    projects = way(document)["projects"]
    projects.append(copy.deepcopy(projects[0]))
    assert "upgrade_order" in keys(document)


def test_a_way_keeps_the_rules_of_spaces_and_distances():
    small = (*WAYS[:3], Way(B, 1, np.array([S0, S1, CLINIC]), 0.0), *WAYS[4:])
    document = content(small)
    assert keys(document) == []
    document["inputs"]["question_sha256"] = None
    apart = copy.deepcopy(document)
    apart["inputs"]["standard"]["spacing_m"] = {"shop": 400.001}
    apart["inputs"]["scenario"]["enforce"] = ["spacing"]
    assert keys(apart) == ["spacing_projects", "upgrade_rules", "spacing_projects"]
    roof = copy.deepcopy(document)
    roof["inputs"]["standard"]["roof"] = [{"type": "shop", "never_with": ["clinic"]}]
    assert keys(roof) == ["roof_never", "upgrade_rules", "roof_never"]
    spaces = given.spaces()
    narrow = given.line_city(
        spaces=dataclasses.replace(spaces, max_types=np.ones_like(spaces.max_types))
    )
    found = keys(content(small, narrow), narrow)
    assert found == ["space_most_types", "upgrade_rules", "space_most_types"]


def test_what_a_lock_opens_stands_in_a_way_and_is_not_paid():
    locked = {"open": [["S0", "shop"]], "forbid": FORBID}
    decided = (*WAYS[:2], Way(B, 0, np.array([S0]), 0.0), *WAYS[3:])
    document = content(decided, locks=locked)
    assert keys(document) == []
    assert way(document)["projects"] == []
    assert way(document)["price"] == 0.0
    assert [p["space"] for p in way(document, 1)["projects"]] == ["S1"]
    # beside what a lock opens in the same space it is listed
    locked = {"open": [["S1", "shop"]], "forbid": FORBID}
    both = (*WAYS[:2], Way(B, 0, np.array([S1]), 0.0), Way(B, 1, np.array([S1, CLINIC]), 0.0))
    document = content((*both, *WAYS[4:]), locks=locked)
    assert keys(document) == []
    listed = way(document, 1)["projects"]
    assert [(p["type"], p["locked"]) for p in listed] == [("shop", True), ("clinic", False)]
    listed.pop(0)
    assert keys(document) == ["upgrade_lock"]
