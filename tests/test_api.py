"""What a Python user calls, end to end."""

from __future__ import annotations

import inspect
import json
import logging
import math
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import fields, replace
from importlib import import_module

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
from tiny import exhaustive, scenario_of, tiny_city
from tiny_plan import problem_of

import siting
import siting.api
from siting.errors import (
    InfeasibleError,
    InputError,
    Interrupted,
    NoPlanError,
    VerificationError,
)
from siting.solve.problem import Problem
from siting.solve.runner import run
from siting.solve.search import Found
from siting.standard.model import Budget, Locks

SOLVE = import_module("siting.solve.solve")  # the name siting.solve is a function
STAGES = import_module("siting.solve.one_stage")


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A generated city of 60 places and 12 spaces."""
    path = tmp_path_factory.mktemp("cities") / "small"
    siting.api.generate(path, places=60, spaces=12, types=8, seed=1)
    return path


@pytest.fixture(scope="module")
def city(folder):
    return siting.read_city(folder)


@pytest.fixture(scope="module")
def plan(city):
    return siting.solve(city, siting.Scenario(), gap=0.0)


def base(**changes):
    """A tiny city with spaces, gaps and outlets; neither locks nor funds, and budgets that bind."""
    city, question = tiny_city(36)
    return city, question.model_copy(update={"locks": Locks(), "funds": (), **changes})


def with_rows(record, rows):
    return type(record)(
        **{
            f.name: {g: v[rows] for g, v in getattr(record, f.name).items()}
            if isinstance(getattr(record, f.name), dict)
            else None
            if getattr(record, f.name) is None
            else getattr(record, f.name)[rows]
            for f in fields(record)
        }
    )


def unlimited():
    return Budget(capital=math.inf, subsidy_per_year=math.inf)


# ---------------------------------------------------------------------------------- importing


@pytest.mark.parametrize("name", siting.__all__)
def test_every_public_name_is_there(name):
    assert getattr(siting, name) is not None


@pytest.mark.parametrize(
    "name",
    ["solve", "verify", "generate", "frontier"],
)
@pytest.mark.parametrize("first", ["import siting", "import {part}", "from {part} import {module}"])
def test_a_function_keeps_its_name_whatever_is_imported(name, first):
    module = {"solve": "runner", "verify": "check", "generate": "city", "frontier": "band"}[name]
    begin = first.format(part=f"siting.{name}", module=module)
    later = f"import siting, siting.{name}.{module}"
    assert python(f"{begin}; {later}; print(callable(siting.{name}))") == "True"


def test_no_other_function_shares_its_name_with_a_folder():
    parts = {"solve", "verify", "generate", "frontier"}
    folders = {
        entry.name
        for entry in os.scandir(os.path.dirname(siting.__file__))  # noqa: PTH120
        if entry.is_dir()
    }
    assert {n for n in siting.__all__ if n in folders} == parts


def test_importing_siting_loads_nothing_heavy():
    heavy = [
        "pandas",
        "geopandas",
        "numba",
        "scipy",
        "pyproj",
        "openpyxl",
        "highspy",
        "pyscipopt",
        "ortools",
        "pulp",
    ]
    loaded = python(f"import sys, siting; print([m for m in {heavy} if m in sys.modules])")
    assert loaded == "[]"


def test_importing_siting_touches_no_logging_and_no_warnings():
    code = (
        "import logging, warnings; before = list(warnings.filters); import siting; "
        "print(logging.getLogger().handlers, logging.getLogger('siting').handlers, "
        "warnings.filters == before)"
    )
    assert python(code) == "[] [] True"


# --------------------------------------------------------------------------------- end to end


def test_a_plan_from_a_folder_in_a_few_lines(city, plan, tmp_path):
    gaps = siting.find_gaps(city, siting.Scenario())
    assert isinstance(gaps.table, pd.DataFrame)
    assert isinstance(gaps.missing, pd.DataFrame)

    assert isinstance(plan.projects, gpd.GeoDataFrame)
    assert plan.projects.crs == pyproj.CRS(city.metric_crs)
    assert len(plan.projects) == len(plan.document.projects) > 0
    first = plan.document.projects[0]
    assert (plan.projects.geometry.x[0], plan.projects.geometry.y[0]) == (first.x, first.y)
    assert isinstance(plan.coverage, pd.DataFrame)
    assert len(plan.coverage) == len(plan.document.coverage)
    assert (plan.coverage["after"] >= plan.coverage["before"]).all()

    saved = plan.save(tmp_path / "plan")
    assert saved == tmp_path / "plan"
    siting.verify(plan)
    siting.verify(plan, city)
    siting.verify(saved)
    siting.verify(saved, city)
    siting.verify(str(saved), city.path, full=True)


def test_a_saved_plan_is_read_as_it_was(plan, folder, tmp_path):
    saved = plan.save(tmp_path / "deep" / "plan")
    read = siting.read_plan(saved)
    stated = read.document.model_dump()
    assert stated["inputs"].pop("city_path") == os.path.relpath(folder, saved)
    kept = plan.document.model_dump()
    assert kept["inputs"].pop("city_path") is None
    assert stated == kept
    assert read.standard == plan.standard
    pd.testing.assert_frame_equal(read.coverage, plan.coverage)
    assert read.projects["space"].tolist() == plan.projects["space"].tolist()
    assert read.projects.crs == plan.projects.crs


def test_a_saved_plan_with_a_changed_number_is_not_verified(plan, tmp_path):
    saved = plan.save(tmp_path / "plan")
    content = json.loads((saved / "plan.json").read_text("utf-8"))
    content["projects"][0]["residents_gained"] += 1
    (saved / "plan.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(VerificationError) as raised:
        siting.verify(saved)
    assert raised.value.exit_code == 5


@pytest.mark.parametrize(
    "ask",
    [siting.read_plan, siting.verify],
)
def test_a_plan_can_be_named_from_within_its_folder(plan, ask, tmp_path, monkeypatch):
    monkeypatch.chdir(plan.save(tmp_path / "plan"))
    ask(".")


# -------------------------------------------------------------------------------- a pure function


def test_the_same_question_twice_has_the_same_plan(city, plan):
    again = siting.solve(city, siting.Scenario(), gap=0.0)
    stated = [p.document.model_dump(exclude={"seconds", "peak_memory_mb"}) for p in (plan, again)]
    assert plan.document.stopped_by in ("gap", "done")
    assert plan.document.deterministic
    assert stated[0] == stated[1]


def test_solving_changes_neither_city_nor_folder_nor_logging(city, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = pickle.dumps([city.places, city.outlets, city.spaces, city.streets])
    handlers = list(logging.getLogger().handlers)
    environment = dict(os.environ)
    siting.solve(city, siting.Scenario(), gap=0.05)
    assert pickle.dumps([city.places, city.outlets, city.spaces, city.streets]) == before
    assert list(tmp_path.iterdir()) == []
    assert logging.getLogger().handlers == handlers
    assert dict(os.environ) == environment


def test_progress_tells_plan_and_bound(city):
    said = []
    plan = siting.solve(city, siting.Scenario(), gap=0.0, on_progress=said.append)
    stages = list(dict.fromkeys(news.stage for news in said))
    assert stages == ["walk", "build", "solve", "verify"]
    values = [news.incumbent for news in said if news.incumbent is not None]
    assert values == sorted(values)
    assert all(n.bound >= plan.document.objective * (1 - 1e-9) for n in said if n.bound is not None)
    seconds = [news.seconds for news in said]
    assert seconds == sorted(seconds)
    assert said[-1].incumbent == plan.document.objective


def test_cores_of_a_larger_city_prove_what_a_solver_proves_on_the_whole(tmp_path, monkeypatch):
    """A city with enough options that the search leaves some out, twice."""
    siting.api.generate(tmp_path / "city", places=300, spaces=40, types=14, seed=3)
    city = siting.read_city(tmp_path / "city")
    cores = []
    whole = Problem.restricted

    def restricted(problem, kept):
        cores.append(len(kept))
        return whole(problem, kept)

    monkeypatch.setattr(Problem, "restricted", restricted)
    plan = siting.solve(city, siting.Scenario(), gap=0.0)
    assert cores
    assert max(cores) < plan.document.sizes.options
    programme = problem_of(city, siting.api.resolve(city, siting.Scenario())).programme
    outcome = run(programme, "highs", gap=0.0, threads=2)
    assert plan.document.status == outcome.status == "optimal"
    best = float(programme.value @ outcome.vector)
    assert plan.document.objective == pytest.approx(best, rel=1e-6)
    assert plan.document.bound == pytest.approx(best, rel=1e-6)


# ------------------------------------------------------------------------------- legal but odd


def solved(city, question):
    document = siting.solve(city, scenario_of(question), gap=0.0).document
    best = exhaustive(city, question).value
    assert document.status == "optimal"
    assert document.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert document.bound == pytest.approx(best, rel=1e-6, abs=1e-9)
    return document


def test_no_gaps_at_all_is_answered_with_no_projects():
    city, question = base()
    served = with_rows(city.outlets, [0] * len(city.places))
    types = served.types.copy()
    types[:] = [tuple(t.id for t in question.standard.types)] * len(types)
    ids = city.places.id.copy()
    served = replace(served, id=ids, x=city.places.x, y=city.places.y, types=types)
    document = solved(replace(city, outlets=served), question)
    assert document.sizes.gaps == 0
    assert document.sizes.needs > 0
    assert document.projects == ()
    assert document.objective == document.bound == document.gap == 0.0


def test_no_residents_at_all_is_answered_with_no_projects():
    city, question = base()
    nobody = {group: 0.0 * n for group, n in city.places.residents.items()}
    document = solved(replace(city, places=replace(city.places, residents=nobody)), question)
    assert document.projects == ()
    assert document.objective == 0.0


def test_no_spaces_is_answered_with_no_projects():
    city, question = base()
    document = solved(replace(city, spaces=with_rows(city.spaces, [])), question)
    assert document.projects == ()
    assert document.sizes.options == 0
    assert document.sizes.gaps > 0


def test_no_outlets_makes_every_need_a_gap():
    city, question = base()
    assert len(city.outlets)
    document = solved(replace(city, outlets=with_rows(city.outlets, [])), question)
    assert document.sizes.gaps == document.sizes.needs > 0
    assert document.projects


def test_no_money_opens_only_what_costs_nothing():
    city, question = base(budget=Budget(capital=0.0, subsidy_per_year=0.0))
    document = solved(city, question)
    assert all(p.capital == p.subsidy_per_year == 0.0 for p in document.projects)


def test_unlimited_money_opens_all_that_fits():
    city, question = base(budget=unlimited())
    document = solved(city, question)
    assert document.budget.capital.limit is None
    rich = question.model_copy(update={"budget": Budget(capital=1e9, subsidy_per_year=1e9)})
    assert solved(city, rich).objective == pytest.approx(document.objective)
    assert document.objective > solved(*base()).objective


def test_a_budget_of_just_the_costs_buys_the_same_plan_and_a_fen_less_does_not():
    city, question = base(budget=unlimited())
    free = solved(city, question)
    exact = question.model_copy(
        update={"budget": Budget(capital=free.budget.capital.spent, subsidy_per_year=math.inf)}
    )
    assert solved(city, exact).objective == pytest.approx(free.objective)
    short = Budget(
        capital=round(solved(city, exact).budget.capital.spent - 0.01, 2), subsidy_per_year=math.inf
    )
    document = solved(city, question.model_copy(update={"budget": short}))
    assert document.budget.capital.spent <= short.capital


# --------------------------------------------------------------------------------- no plan at all


def test_opened_locks_beyond_the_budget_are_infeasible_and_the_conflict_is_told():
    city, question = base(budget=unlimited())
    opened = solved(city, question).projects
    dear = max(opened, key=lambda p: p.capital)
    locked = question.model_copy(
        update={
            "budget": Budget(capital=0.0, subsidy_per_year=math.inf),
            "locks": Locks(open=((dear.space, dear.type),)),
        }
    )
    with pytest.raises(InfeasibleError) as raised:
        siting.solve(city, scenario_of(locked))
    assert raised.value.exit_code == 3
    keys = {notice.key for notice in raised.value.notices}
    assert {"solve.demand_capital", "solve.demand_lock"} <= keys
    for notice in raised.value.notices:
        assert notice.line("en") != notice.line("zh")


def test_a_stop_before_there_is_a_plan_is_an_interruption():
    city, question = base()
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted) as raised:
        siting.solve(city, scenario_of(question), stop=stop)
    assert raised.value.exit_code == 130


@pytest.mark.parametrize("crashed", ["", "segmentation fault"])
def test_no_plan_in_the_time_is_said_with_its_own_exit_code(monkeypatch, crashed):
    nothing = Found(None, math.inf, "none", "time", solver="scip", crashed=crashed)
    monkeypatch.setattr(STAGES, "search", lambda *_, **__: nothing)
    city, question = base()
    with pytest.raises(NoPlanError) as raised:
        siting.solve(city, scenario_of(question))
    assert raised.value.exit_code == 4
    assert crashed in str(raised.value)


def test_a_plan_that_does_not_verify_is_not_returned(monkeypatch):
    city, question = base()
    right = SOLVE.assemble
    monkeypatch.setattr(
        SOLVE, "assemble", lambda *made: right(*made).model_copy(update={"objective": 1.0})
    )
    with pytest.raises(VerificationError):
        siting.solve(city, scenario_of(question), gap=0.0)


def test_an_unknown_solver_is_bad_usage():
    city, question = base()
    with pytest.raises(InputError, match="nosuch") as raised:
        siting.solve(city, scenario_of(question), solver="nosuch")
    assert raised.value.exit_code == 2


def test_a_time_limit_of_nothing_still_gives_a_verified_plan(city, plan):
    quick = siting.solve(city, siting.Scenario(), gap=0.0, time_limit=0.0)
    assert quick.document.objective <= plan.document.objective * (1 + 1e-9)
    assert quick.document.bound >= plan.document.objective * (1 - 1e-9)


def test_parameters_of_solve_are_those_of_the_search():
    from siting.solve.solve import solve_question

    outer = inspect.signature(siting.api.solve).parameters
    inner = inspect.signature(solve_question).parameters
    for name in inner.keys() - {"city", "question"}:
        assert outer[name].default == inner[name].default, name
