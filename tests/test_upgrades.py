"""Prices of the ways up of circles, against a look at every plan there is."""

from __future__ import annotations

import math
import threading
import time
from importlib.resources import as_file, files
from random import Random

import numpy as np
import pytest
import switch_shares as shares
from every_plan import every_plan
from full_families import asked_of
from rules_tiny import problem_of

import siting
from siting.gaps.needs import find_needs
from siting.plan.upgrades import describe
from siting.solve.upgrades import find_ways

# Rules of the whole plan that a way up of one circle does not have to keep.
WHOLE = frozenset(
    {
        "C3_capital",
        "C4_subsidy",
        "C7_floor",
        "C7_target",
        "C8_must",
        "C9_number",
        "C9_area",
        "C11_chains",
    }
)
# Families of rows that a way up keeps, with the number of a city, and what grades ask for there.
CASES = [
    ("C2 least types", 0, shares.present),
    ("C2 one-off cost", 2, shares.mandatory),
    ("C2 basic share", 4, shares.present),
    ("C2 only in company", 0, shares.present),
    ("C5 open", 2, shares.located),
    ("C5 columns", 3, shares.mandatory),
    ("C8 counts once", 16, None),
    ("C8 substitutes", 105, None),
    ("C8 ladder", 4, None),
    ("C10 spacing", 1, shares.substituted),
    ("C10 most", 0, shares.located),
    ("C12 capacity", 0, shares.present),
]


def asked(name, seed, grade):
    found = asked_of(name, seed)
    if not found.question.standard.grades:
        found = grade(Random(f"upgrade/{name}/{seed}"), found)
    return found.asks(objective="grades")


def cheapest(question) -> dict[tuple[int, int], float]:
    """Return by circle and grade what the cheapest plan that reaches it costs beside its locks."""
    found: dict[tuple[int, int], float] = {}
    for plan in every_plan(question.city, question.question, WHOLE):
        w = plan.w
        decided = {s for s, _ in w.locks[0]}
        new = [o for o in plan.chosen if w.pair[o] not in w.locks[0]]
        once = sum(int(w.options.capital_fen[o]) for o in new)
        once += sum(int(w.options.fixed_fen[s]) for s in {w.pair[o][0] for o in new} - decided)
        yearly = sum(int(w.options.subsidy_fen[o]) for o in new)
        cost = (once + w.question.policy.years * yearly) / 100
        for c in w.circles:
            for k in range(plan.level[c]):
                found[c, k] = min(found.get((c, k), math.inf), cost)
    return found


def ways_of(question, **changed):
    problem = problem_of(question.city, question.question)
    how = {
        "solver": "scip",
        "deadline": time.monotonic() + 60.0,
        "threads": 2,
        "seed": 0,
        "stop": None,
        "plan": np.empty(0, dtype=np.int64),
    }
    found = find_ways(problem, **(how | changed))
    gaps = find_needs(question.city, question.question.standard)
    return (
        problem,
        found,
        [(w, describe(question.question, gaps, problem.options, w)) for w in found.ways],
    )


@pytest.mark.parametrize(("name", "seed", "grade"), CASES, ids=[f"{case[0]}" for case in CASES])
def test_the_price_of_a_way_up_is_that_of_the_cheapest_of_all_plans(name, seed, grade):
    question = asked(name, seed, grade)
    best = cheapest(question)
    problem, found, ways = ways_of(question)
    grades = problem.rules.grades
    wanted = [(c, k) for c in grades.open for k in np.flatnonzero(~grades.held_today[:, c])]
    assert [(w.community, w.grade) for w, _ in ways] == wanted
    assert found.repeatable
    for way, up in ways:
        right = best.get((way.community, way.grade))
        assert up.price == (None if right is None else pytest.approx(right))
        assert up.bound == (None if right is None else pytest.approx(right))
        assert up.price is not None or up.projects == ()


def test_without_time_a_bound_says_how_little_is_known():
    question = asked("C8 ladder", 4, None)
    best = cheapest(question)
    ended = threading.Event()
    ended.set()
    _, found, ways = ways_of(question, stop=ended)
    assert not found.repeatable
    for way, up in ways:
        assert up.missing or up.bound <= best[way.community, way.grade]
        assert up.price is None or up.price >= best[way.community, way.grade] - 1e-6


def test_what_the_plan_itself_opens_is_a_way_that_is_known_without_time():
    question = asked("C8 ladder", 4, None)
    _, found, _ = ways_of(question)
    ended = threading.Event()
    ended.set()
    known = [way for way in found.ways if way.chosen is not None]
    assert known
    for way in known:
        _, again, _ = ways_of(question, stop=ended, plan=way.chosen)
        same = {(w.community, w.grade): w for w in again.ways}[way.community, way.grade]
        assert same.chosen.tolist() == way.chosen.tolist()


@pytest.fixture(scope="module")
def one_short():
    """The shipped city in which one circle lacks one type of its grade, and the other two."""
    with as_file(files("siting.instances") / "one-type-short") as folder:
        city = siting.read_city(folder)
    return siting.solve(city, siting.Scenario(), gap=0.0), city


def test_a_plan_for_grades_prices_each_circle_by_itself_whatever_the_budget(one_short):
    plan, _ = one_short
    east, west = plan.document.circles
    assert [up.price for up in (*east.upgrades, *west.upgrades)] == [50_000.0, 100_000.0]
    assert [up.bound for up in (*east.upgrades, *west.upgrades)] == pytest.approx(
        [50_000.0, 100_000.0]
    )
    assert [(p.space, p.type) for p in east.upgrades[0].projects] == [("S1", "repair_point")]
    assert {p.type for p in west.upgrades[0].projects} == {"pharmacy", "repair_point"}


def test_other_objectives_price_nothing_but_a_cost_with_a_grade_does(one_short):
    _, city = one_short
    plan = siting.solve(city, siting.Scenario(objective="coverage"), gap=0.0)
    assert not any(c.upgrades for c in plan.document.circles)
    cost = siting.Scenario(objective="cost", capital=math.inf)
    plan = siting.solve(city, cost, gap=0.0)
    assert plan.document.objective == 150_000.0
    assert [up.price for c in plan.document.circles for up in c.upgrades] == [50_000.0, 100_000.0]


def test_a_grade_no_set_of_options_reaches_names_the_types_that_are_missing(one_short):
    _, city = one_short
    locks = siting.standard.model.Locks(forbid=(("*", "repair_point"),))
    plan = siting.solve(city, siting.Scenario(locks=locks), gap=0.0)
    for circle in plan.document.circles:
        (up,) = circle.upgrades
        assert (up.price, up.bound, up.missing) == (None, None, ("repair_point",))


def test_what_locks_open_is_decided_and_costs_nothing_in_a_way_up(one_short):
    _, city = one_short
    locks = siting.standard.model.Locks(open=(("S2", "pharmacy"),))
    plan = siting.solve(city, siting.Scenario(locks=locks), gap=0.0)
    west = plan.document.circles[1].upgrades[0]
    assert [(p.space, p.type) for p in west.projects] == [("S3", "repair_point")]
    assert west.price == 50_000.0
