"""From files to a verified plan by every way there is: one optimum, and bounds that hold.

SITING_EXAMPLES=50 pytest -n 2 tests/test_pipeline_agreement.py --hypothesis-seed=1
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from random import Random

import pytest
from algebra import solve_stages
from engine_cities import KINDS, Case, case_of
from engine_exact import by_every_plan, by_judge, by_programmes, by_search
from engine_ways import Compared, compared, run, ways
from hypothesis import assume, given
from hypothesis import strategies as st
from optima import AGREE, EXAMPLES, few, same, worth_of
from sheets import SECONDS, Sheets, read, read_in, sheets_of, solve

import siting
from siting.errors import InputError

EXACT = {
    "tiny": by_search,
    "family": by_every_plan,
    "judged": by_judge,
    "town": by_programmes,
    "town with rules": by_programmes,
}
SMALL = tuple(kind for kind in KINDS if "town" not in kind)
SOLVERS = ("highs", "scip", "ortools-scip", "cbc", "cp-sat")

kinds = st.sampled_from((*SMALL * 4, *KINDS) if EXAMPLES else SMALL)
numbers = st.integers(0, 5_000)


def files_of(kind: str, number: int) -> Sheets:
    """Return the files of a random city; those that no files can say are passed over."""
    with tempfile.TemporaryDirectory() as folder:
        case = case_of(KINDS.index(kind) + len(KINDS) * number, Path(folder))
    sheets = sheets_of(case.city, case.question)
    assume(sheets is not None)
    return sheets


@few(4)
@given(kinds, numbers)
def test_plan_for_the_files_is_the_best_of_all_and_its_proof_holds(kind, number):
    city, question = read(files_of(kind, number))
    exact = EXACT[kind](city, question)
    plan = solve(city, question)
    if plan is None:
        stage = siting.plan.stages.stage_names(question.objective, question.standard)[0]
        assert exact(stage, ()).value is None
        return
    before = ()
    for stage in plan.document.stages:
        sign = -1.0 if stage.sense == "min" else 1.0
        value, bound = sign * stage.objective, sign * stage.bound
        best = exact(stage.name, before)
        before = (*before, (stage.name, value))
        if not best.values:
            continue  # of circles that are stuck nobody else knows which
        near = AGREE * max(1.0, abs(best.value))
        assert not best.differ
        assert abs(value - best.value) <= near
        assert best.value - best.near(best.value) <= bound <= best.value + near
        if stage.certified_bound is not None:
            assert sign * stage.certified_bound >= best.value - best.near(best.value)


@few(2)
@given(st.sampled_from(("family", "judged")), numbers)
def test_algebra_agrees_with_the_plan_for_the_files(kind, number):
    city, question = read(files_of(kind, number))
    plan = solve(city, question)
    found = solve_stages(city, question)
    stated = None if plan is None else worth_of(city, question, plan.document)
    in_algebra = found and [-v if name == "cost" else v for name, v in found]
    assert same([v for _, v in stated] if stated else stated, in_algebra)


@pytest.mark.parametrize("solver", SOLVERS)
@few(1)
@given(kinds, numbers)
def test_every_solver_gives_the_same_optimum_for_the_files(solver, kind, number):
    # other cities for each solver
    number = number + 100 * SOLVERS.index(solver)
    city, question = read(files_of(kind, number))
    found = []
    for name in (solver, None):
        try:
            plan = solve(city, question, solver=name)
        except InputError as error:
            refused = str(error)
            break
        found.append(None if plan is None else worth_of(city, question, plan.document))
    else:
        assert same(*(None if w is None else [v for _, v in w] for w in found))
        return
    assert solver == "cp-sat"  # whose numbers must be whole
    assert "cp-sat" in refused
    assume(False)


@few(2)
@given(kinds, numbers, st.integers(0, 2**32))
def test_no_way_of_the_engine_states_what_is_not_true_of_the_files(kind, number, seed):
    city, question = read(files_of(kind, number))
    case = Case(f"{kind} {number}", kind, city, question, EXACT[kind](city, question))
    draw = Random(seed)
    proving, hasty = ways(draw)
    name = draw.choice([*proving, *hasty])
    way = (proving | hasty)[name]
    known = solve(city, question) if way.knows else None
    ran = run(case, way, threads=draw.choice([1, 2]), seed=seed, time_limit=SECONDS, known=known)
    for one in compared(case, ran, proving=name in proving):
        assert isinstance(one, Compared), one
        assert one.past <= one.allowed, one.said


@few(1)
@given(kinds, numbers)
def test_plan_folder_is_verified_beside_its_city_and_wherever_both_are_moved(kind, number):
    sheets = files_of(kind, number)
    with tempfile.TemporaryDirectory() as name:
        here, there = Path(name) / "here", Path(name) / "there"
        city, question = read_in(sheets, here / "city")
        plan = solve(city, question)
        assume(plan is not None)
        plan.save(here / "plan")
        siting.verify(here / "plan", full=True)
        stated = json.loads((here / "plan" / "plan.json").read_text("utf-8"))
        assert stated["objective"] == plan.document.objective
        shutil.move(here, there)
        siting.verify(there / "plan", full=True)
