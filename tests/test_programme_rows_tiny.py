"""Rows, values, checks and starts against a judge of every choice, on random tiny cities."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from rules_tiny import FAMILIES, Judge, case, judge_without, problem_of

from siting.programme.stage import Kept, Stage
from siting.solve.greedy import greedy
from siting.solve.limits import broken, kept
from siting.solve.runner import run

SEEDS = range(5)
FEW = range(2)  # for capacity, where every choice takes a linear programme
SOLVED = range(2)
MUST = ("must-grade", "must-located", "must-substitutes")
FROM_BELOW = ("floors", "targets", "quotas", *MUST)  # what can be impossible


def objective_of(family: str) -> str:
    return "cost" if family in MUST else "coverage"


@cache
def asked(seed, family, objective):
    city, question = case(seed, family, objective)
    judge = Judge(city, question)
    allowed = {c: judge.allowed(c) for c in judge.choices()}
    return city, question, problem_of(city, question), judge, allowed


def stages(objective: str) -> list[Stage]:
    first = {
        "coverage": Stage("coverage"),
        "basic-first": Stage("class", "basic"),
        "grades": Stage("grades"),
        "cost": Stage("cost"),
        "worst-community": Stage("worst"),
    }
    return [first[objective]]


def best(judge, allowed, stage) -> float | None:
    found = [judge.value(c, stage.kind, stage.class_name) for c, ok in allowed.items() if ok]
    return max(found, default=None)


def agree(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))


def stands(problem, vector) -> bool:
    programme = problem.programme
    activity = programme.matrix @ vector
    slack = 1e-10 * np.maximum(1.0, abs(programme.matrix) @ abs(vector))
    held = (activity <= programme.row_upper + slack) & (activity >= programme.row_lower - slack)
    inside = (vector >= programme.lower - 1e-9) & (vector <= programme.upper * (1 + 1e-9))
    return bool(held.all() and inside.all())


def every_case():
    for family in FAMILIES:
        objective = objective_of(family)
        yield family, objective, Stage("coverage")
        if family in ("floors", "operators", *MUST):
            yield family, objective, Stage("cost")
    yield "capacity", "basic-first", Stage("class", "basic")
    for family in ("floors", "roof", "most"):
        for other in ("grades", "worst-community"):
            yield family, other, stages(other)[0]


@pytest.mark.parametrize(("family", "objective", "stage"), [*every_case()])
def test_rows_hold_and_checks_pass_exactly_where_every_rule_is_kept(family, objective, stage):
    for seed in FEW if family == "capacity" else SEEDS:
        _, _, problem, judge, allowed = asked(seed, family, objective)
        problem = problem.staged(stage)
        for choice, fits in allowed.items():
            chosen = np.array(choice, dtype=np.int64)
            vector = problem.vector(chosen)
            assert stands(problem, vector) == fits, (seed, choice)
            assert kept(problem, chosen) == fits, (seed, choice)
            if fits:
                value = judge.value(choice, stage.kind, stage.class_name)
                assert agree(problem.value(chosen), value), (seed, choice)
                assert agree(float(problem.programme.value @ vector), value), (seed, choice)
                assert broken(problem, chosen) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_solver_finds_the_best_plan_or_that_there_is_none(family):
    objective = objective_of(family)
    for seed in SOLVED:
        solver = ("highs", "scip")[seed % 2]
        _, _, problem, judge, allowed = asked(seed, family, objective)
        solved(problem.staged(stages(objective)[0]), judge, allowed, solver)


@pytest.mark.parametrize("objective", ["basic-first", "grades", "cost", "worst-community"])
def test_a_solver_finds_the_best_value_of_every_objective(objective):
    for seed in range(4):
        family = ("targets", "roof", "copay", "floors")[seed]
        solver = ("scip", "highs")[seed % 2]
        _, _, problem, judge, allowed = asked(seed, family, objective)
        solved(problem.staged(stages(objective)[0]), judge, allowed, solver)


def solved(problem, judge, allowed, solver) -> None:
    value = best(judge, allowed, problem.stage)
    outcome = run(problem.programme, solver, gap=0.0, time_limit=30.0)
    if value is None:
        assert outcome.status == "infeasible"
        return
    assert outcome.status == "optimal"
    chosen = np.flatnonzero(outcome.vector[problem.programme.column_range("x")] > 0.5)
    assert kept(problem, chosen)
    for found in (problem.value(chosen), outcome.bound):
        assert abs(found - value) <= 1e-6 * max(1.0, abs(value))


@pytest.mark.parametrize("objective", ["basic-first", "grades", "cost", "worst-community"])
def test_a_later_stage_gives_up_nothing_of_an_earlier_one(objective):
    seen = 0
    for seed in SEEDS:
        _, _, problem, judge, allowed = asked(seed, "copay", objective)
        first = stages(objective)[0]
        value = best(judge, allowed, first)
        if value is None:
            continue
        last = problem.staged(Stage("coverage", keep=(Kept(first, value),)))
        for choice, fits in allowed.items():
            chosen = np.array(choice, dtype=np.int64)
            still = fits and agree(judge.value(choice, first.kind, first.class_name), value)
            assert kept(last, chosen) == still
            assert stands(last, last.vector(chosen)) == still
            seen += still
    assert seen > 2


@pytest.mark.parametrize("family", FAMILIES)
def test_a_question_with_fewer_options_is_the_same_question(family):
    for seed in FEW if family == "capacity" else SEEDS:
        _, _, problem, _, allowed = asked(seed, family, objective_of(family))
        left = np.arange(len(problem.options))[1:]
        part = problem.restricted(left)
        for choice, fits in allowed.items():
            if 0 in choice:
                continue
            chosen = np.array(choice, dtype=np.int64) - 1
            assert kept(part, chosen) == fits, (seed, choice)
            assert stands(part, part.vector(chosen)) == fits, (seed, choice)


@pytest.mark.parametrize("family", FAMILIES)
def test_greedy_plans_keep_every_rule_and_are_found_where_one_is_easy(family):
    objective = objective_of(family)
    found = feasible = 0
    for seed in SEEDS:
        _, _, problem, _, allowed = asked(seed, family, objective)
        chosen = greedy(problem.staged(stages(objective)[0]))
        feasible += any(allowed.values())
        if chosen is not None:
            found += 1
            assert allowed[tuple(chosen.tolist())]
    assert found >= 0.7 * feasible


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_binds_in_some_city_and_those_that_demand_cannot_always_be_kept(family):
    wanted = {"binds", "impossible"} if family in FROM_BELOW else {"binds"}
    objective = objective_of(family)
    stage = stages(objective)[0]
    found: set[str] = set()
    for seed in range(30):
        city, question, problem, judge, allowed = asked(seed, family, objective)
        value = best(judge, allowed, stage)
        free = judge_without(city, question, family)
        most = best(free, {c: free.allowed(c) for c in allowed}, stage)
        if value is None:
            found.add("impossible")
        elif value < most - 1e-6:
            found.add("binds")
        if problem.out_of_reach:
            assert value is None
        if found >= wanted:
            return
    raise AssertionError(found)
