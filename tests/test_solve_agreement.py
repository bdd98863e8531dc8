"""Solving, every back end and `verify` against an exhaustive search, on random tiny cities."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tiny import exhaustive, scenario_of, tiny_city
from tiny_plan import changes, problem_of

import siting
from siting.errors import InfeasibleError, InputError, VerificationError
from siting.solve.runner import run

CITIES = range(40)
# Of every way of walking, two of them without a plan.
ALL_BACK_ENDS = (1, 2, 4, 5, 7, 8, 12, 15)
# Fewer, since it takes more than a second to start.
CP_SAT = (2, 4, 7, 12)
CHANGES = 12


def agrees(value: float, best: float) -> bool:
    return abs(value - best) <= 1e-6 * max(1.0, best)


def rejected(plan, document, city) -> bool:
    try:
        siting.verify(replace(plan, document=document), city)
    except VerificationError as error:
        return error.exit_code == 5
    return False


@pytest.mark.parametrize("seed", CITIES)
def test_solve_finds_and_proves_the_best_plan_and_verify_rejects_it_changed(seed):
    city, question = tiny_city(seed)
    best = exhaustive(city, question)
    if best.value is None:
        with pytest.raises(InfeasibleError) as raised:
            siting.solve(city, scenario_of(question), gap=0.0)
        assert raised.value.exit_code == 3
        return
    plan = siting.solve(city, scenario_of(question), gap=0.0)  # verifies it
    document = plan.document
    assert document.status == "optimal"
    assert agrees(document.objective, best.value)
    assert agrees(document.bound, best.value)

    wrong = changes(document, city)
    for name, changed in Random(seed).sample(wrong, min(CHANGES, len(wrong))):
        assert rejected(plan, changed, city), f"verify accepts the plan with {name}"


def test_every_single_change_of_one_plan_is_rejected():
    city, question = tiny_city(8)
    plan = siting.solve(city, scenario_of(question), gap=0.0)
    wrong = changes(plan.document, city)
    assert len(wrong) > 100
    for name, changed in wrong:
        assert rejected(plan, changed, city), f"verify accepts the plan with {name}"


@pytest.mark.parametrize("solver", ["highs", "scip", "ortools-scip", "cbc"])
def test_back_end_agrees_with_exhaustive_search(solver):
    for seed in ALL_BACK_ENDS:
        assert_agrees(solver, seed)


def test_plan_that_cbc_proved_is_verified():
    city, question = tiny_city(4)
    document = siting.solve(city, scenario_of(question), gap=0.0, solver="cbc").document
    assert document.status == "optimal"
    assert "PuLP" in document.bound_source


def test_cp_sat_agrees_too_and_carries_at_least_half_of_the_cities():
    refusals = []
    for seed in CP_SAT:
        try:
            assert_agrees("cp-sat", seed)
        except InputError as refusal:
            refusals.append(str(refusal))
    assert all("cp-sat" in refusal for refusal in refusals)
    assert len(refusals) <= len(CP_SAT) / 2


def assert_agrees(solver: str, seed: int) -> None:
    city, question = tiny_city(seed)
    best = exhaustive(city, question).value
    programme = problem_of(city, question).programme
    outcome = run(programme, solver, gap=0.0, time_limit=60.0)
    if best is None:
        assert outcome.status == "infeasible", seed
        return
    assert outcome.status == "optimal", seed
    assert agrees(float(programme.value @ outcome.vector), best), seed
    assert agrees(outcome.bound, best), seed


def test_the_cities_are_of_every_kind():
    kinds = set()
    for seed in CITIES:
        city, question = tiny_city(seed)
        feasible = exhaustive(city, question).value is not None
        kinds.add((city.name, feasible))
        if feasible:
            kinds |= {f"{f.pays} fund" for f in question.funds}
            kinds |= {word for word in ("open", "forbid") if getattr(question.locks, word)}
            kinds |= {"min_types"} if (city.spaces.min_types > 1).any() else set()
            kinds |= {"one-off"} if (city.spaces.capital_fixed > 0).any() else set()
    assert {("tiny straight", True), ("tiny streets", True), ("tiny given", True)} <= kinds
    assert any(kind[1] is False for kind in kinds if isinstance(kind, tuple))
    assert {"capital fund", "subsidy_per_year fund", "open", "forbid"} <= kinds
    assert {"min_types", "one-off"} <= kinds
