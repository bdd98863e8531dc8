"""``models/gap_fill.mod`` against a search over every plan, and `siting` against both.

The registry is `full_families.FAMILIES` (how each family of rows and each objective is turned on
and off) with `full_cases.CASES` (cities in which it binds, does not bind, and leaves no plan).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from algebra import MODEL, same, solve_stages, solve_text, without_row
from every_plan import best_stages, plan_in
from full_cases import CASES
from full_families import FAMILIES, IMPLIED, asked_of, mixture_of, state_of
from full_world import CLASSES
from rules_tiny import problem_of
from scipy.optimize import Bounds, LinearConstraint, milp
from tiny_full import scenario_of

import siting
from siting.errors import InfeasibleError, InputError
from siting.programme.stage import Kept, Stage
from siting.standard.model import Objective
from siting.standard.options import find_options
from siting.standard.scenarios import resolve

README = MODEL.with_name("README.md")
ROWS = re.findall(r"^s\.t\. (C\d+_\w+)", MODEL.read_text(encoding="utf-8"), re.MULTILINE)

EVERY_CASE = [
    (name, state, seed)
    for name, seeds in CASES.items()
    for state, found in seeds._asdict().items()
    for seed in found
]
# Its programme is asked for every case; the product for the first that binds, the first without a
# plan, and the first that binds turned off.
FIRST_CASES = [
    (name, state, getattr(seeds, state)[0])
    for name, seeds in CASES.items()
    for state in ("binding", "infeasible")
    if getattr(seeds, state)
]
OFF_CASES = [
    (name, CASES[name].binding[0]) for name, family in FAMILIES.items() if family.off is not None
]


@cache
def by_algebra(name: str, seed: int, off: bool = False):
    asked = asked_of(name, seed)
    if off:
        asked = FAMILIES[name].off(asked)
    return asked, solve_stages(asked.city, asked.question)


# -------------------------------------------------------------------------------- the registry


def test_every_row_of_the_model_belongs_to_a_family():
    assert {int(re.match(r"C(\d+)", row)[1]) for row in ROWS} == set(range(1, 13))
    assert set(ROWS) == {row for family in FAMILIES.values() for row in family.rows}


def test_every_objective_is_in_the_registry():
    assert set(get_args(Objective)) <= set(FAMILIES)


def test_every_family_and_objective_has_a_case_that_binds_and_one_without_a_plan():
    assert set(CASES) == set(FAMILIES)
    for name, family in FAMILIES.items():
        assert CASES[name].binding, name
        assert CASES[name].infeasible or not family.can_fail, name


@pytest.mark.parametrize("row", [row for row in ROWS if row not in IMPLIED])
def test_no_row_of_the_model_can_be_left_out(row):
    """Some case of the row's families has another optimum without it."""
    text = without_row(row)
    for name, family in FAMILIES.items():
        if row not in family.rows:
            continue
        for seed in (*CASES[name].binding, *CASES[name].infeasible):
            asked, on = by_algebra(name, seed)
            if not same(on, solve_stages(asked.city, asked.question, text)):
                return
    pytest.fail(f"no case notices that {row} is gone")


# ------------------------------------------------------------------ the model and every plan


@pytest.mark.parametrize(("name", "state", "seed"), EVERY_CASE)
def test_the_algebra_agrees_with_a_search_over_every_plan(name, state, seed):
    asked, found = by_algebra(name, seed)
    # if not: `python tests/full_cases.py` finds other cities
    assert state_of(name, asked) == state
    best = best_stages(asked.city, asked.question)
    assert same(best, found), (best, found)
    assert best is None or [n for n, _ in best] == [n for n, _ in found]


@pytest.mark.parametrize(("name", "seed"), OFF_CASES)
def test_the_algebra_agrees_where_a_family_is_off(name, seed):
    asked, found = by_algebra(name, seed, off=True)
    assert same(best_stages(asked.city, asked.question), found)


def assert_all_agree(asked) -> bool:
    """Demand one optimum of every plan, the algebra and the programme; False: not a question."""
    try:
        best = best_stages(asked.city, asked.question)
        find_options(asked.city, asked.question)
    except InputError:  # a lock opens what a rule does not allow
        return False
    found = solve_stages(asked.city, asked.question)
    assert same(best, found), (best, found)
    if found and asked.question.objective == "worst-community":
        found = found[:1]
    stated = by_programme(asked)
    assert same(found, stated), (found, stated)
    return True


def test_all_agree_where_several_families_are_on():
    assert sum(assert_all_agree(mixture_of(seed)) for seed in range(60)) > 50


@pytest.mark.campaign
def test_all_agree_on_a_thousand_cities_where_several_families_are_on():
    assert sum(assert_all_agree(mixture_of(seed)) for seed in range(1000)) > 900


@pytest.mark.campaign
@pytest.mark.parametrize("name", FAMILIES)
def test_all_agree_on_hundreds_of_cities_of_a_family(name):
    for seed in range(200):
        asked = asked_of(name, seed)
        if asked is not None:
            assert_all_agree(asked)


# ----------------------------------------------------------------------------- the product


def assert_product_agrees(asked, found) -> None:
    """Demand that a proven plan is worth what the algebra says, stage by stage."""
    city, question = asked.city, asked.question
    scenario = scenario_of(question)
    if question.objective == "cost" and not demands_anything(asked):
        with pytest.raises(InputError):
            siting.solve(city, scenario, gap=0.0)
        return
    assert resolve(scenario, city_folder=None, city=city) == question
    if found is None:
        with pytest.raises(InfeasibleError):
            siting.solve(city, scenario, gap=0.0)
        return
    document = siting.solve(city, scenario, gap=0.0).document
    stated = [(stage.name, stage.objective) for stage in document.stages]
    bounds = [(stage.name, stage.bound) for stage in document.stages]
    assert document.status == "optimal"
    assert same(stated, bounds), (stated, bounds)
    if question.objective == "worst-community":
        # one stage may settle several circles; the shares themselves must be the best ones
        shares = [
            ("worst", share) for share in plan_in(asked.city, asked.question, document).shares
        ]
        assert same(found[:-1], shares), (found, stated)
        assert same([found[0], found[-1]], [stated[0], stated[-1]]), (found, stated)
    else:
        assert [name for name, _ in stated] == [name for name, _ in found]
        assert same(found, stated), (found, stated)


def demands_anything(asked) -> bool:
    """Tell whether ``cost`` has something to reach."""
    question, opened = asked.question, asked.city.spaces.open_types
    quotas = "quotas" in question.enforce and bool(question.standard.quotas)
    shares = question.targets or question.floors or question.grade
    by_table = opened is not None and any(opened)
    return bool(shares or question.locks.open or by_table or quotas)


def by_programme(asked):
    """Return the stages of a question as its programmes give them, solved by scipy's HiGHS.

    Of ``worst-community`` only the first: which circles leave is the search's affair.
    """
    problem = problem_of(asked.city, asked.question)
    objective = asked.question.objective
    if objective == "basic-first":
        have = {t.type_class for t in asked.question.standard.types if t.asks}
        stages = [Stage("class", word) for word in CLASSES if word in have]
    else:
        kind = {"worst-community": "worst"}.get(objective, objective)
        stages = [Stage(kind), Stage()] if kind in ("grades", "cost") else [Stage(kind)]
    found, kept = [], ()
    for stage in stages:
        programme = problem.staged(replace(stage, keep=kept)).programme
        if not len(programme.value):  # nothing can open
            if (programme.row_lower > 0).any():
                return None
            found.append((stage.kind, 0.0))
            continue
        ended = milp(
            -programme.value,
            integrality=programme.integer.astype(int),
            bounds=Bounds(programme.lower, programme.upper),
            constraints=LinearConstraint(
                programme.matrix, programme.row_lower, programme.row_upper
            ),
            options={"mip_rel_gap": 0.0},
        )
        if ended.status == 2:
            assert not found
            return None
        assert ended.status == 0, ended.message
        kept = (*kept, Kept(stage, -ended.fun))
        found.append((stage.kind, ended.fun if stage.kind == "cost" else -ended.fun))
    return found


@pytest.mark.parametrize(("name", "state", "seed"), EVERY_CASE)
def test_the_programme_agrees_with_the_algebra(name, state, seed):  # noqa: ARG001
    asked, found = by_algebra(name, seed)
    if found and asked.question.objective == "worst-community":
        found = found[:1]
    assert same(by_programme(asked), found)


@pytest.mark.parametrize(("name", "state", "seed"), FIRST_CASES)
def test_siting_agrees_with_the_algebra(name, state, seed):  # noqa: ARG001
    assert_product_agrees(*by_algebra(name, seed))


@pytest.mark.parametrize(("name", "seed"), OFF_CASES)
def test_siting_agrees_with_the_algebra_where_a_family_is_off(name, seed):
    assert_product_agrees(*by_algebra(name, seed, off=True))


@pytest.mark.campaign
@pytest.mark.parametrize("name", FAMILIES)
def test_siting_agrees_with_the_algebra_on_many_cities(name):
    for seed in range(20):
        asked = asked_of(name, seed)
        if asked is not None and assert_all_agree(asked):
            assert_product_agrees(*by_algebra(name, seed))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100))
def test_siting_agrees_where_several_families_are_on(seed):
    asked = mixture_of(seed)
    if assert_all_agree(asked):
        assert_product_agrees(asked, solve_stages(asked.city, asked.question))


# -------------------------------------------------------------------------- models/README.md


def test_the_readme_names_every_row_with_its_line():
    lines = MODEL.read_text(encoding="utf-8").splitlines()
    stated = re.findall(r"\[`(\w+)`\]\(gap_fill\.mod#L(\d+)\)", README.read_text(encoding="utf-8"))
    for row, line in stated:
        assert lines[int(line) - 1].startswith((f"s.t. {row} ", f"s.t. {row}:", f"maximize {row}:"))
    assert set(ROWS) <= {row for row, _ in stated}


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the README in a language."""
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_readme_s_example_has_the_optimum_it_states():
    data, *changes = blocks("ampl")
    model = MODEL.read_text(encoding="utf-8")
    answer = solve_text(model, data)
    assert answer.value == pytest.approx(1800.0)
    opened = {name for name, value in answer.columns.items() if name[:2] == "x[" and value > 0.5}
    assert opened == {"x[S2,breakfast,1]", "x[S2,flowers,1]"}
    changed = data.replace("end;", f"{changes[0]}end;")
    answer = solve_text(model, changed)
    assert answer.value == pytest.approx(900.0)
    opened = {name for name, value in answer.columns.items() if name[:2] == "x[" and value > 0.5}
    assert opened == {"x[S1,flowers,1]", "x[S2,flowers,1]"}


def test_the_model_ships_in_the_package():
    from importlib.resources import files

    for name in ("gap_fill.mod", "README.md"):
        assert files("siting.models").joinpath(name).is_file()
    pyproject = Path(__file__).resolve().parents[1] / "pyproject.toml"
    assert '"*.mod"' in pyproject.read_text(encoding="utf-8")
