"""A solver that crashes, runs out of memory or lies: only what was checked is stated."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest
from fault_plans import small_city

import siting
from siting.cli.main import run
from siting.solve.link import Link

FAKE = str(Path(__file__).with_name("fake_solver.py"))


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return siting.read_city(small_city(tmp_path_factory.mktemp("solvers") / "city"))


@pytest.fixture(scope="module")
def best(city):
    found = siting.solve(city, siting.Scenario(), gap=0.0, time_limit=120.0).document
    assert found.status == "optimal"
    return found.objective


def solved_by(mode, city, monkeypatch, seconds=60.0):
    start = Link.__init__
    monkeypatch.setattr(
        Link,
        "__init__",
        lambda self, solver, _=None: start(self, solver, [sys.executable, FAKE, mode]),
    )
    return siting.solve(city, siting.Scenario(), gap=0.0, time_limit=seconds)


def said(plan) -> list[str]:
    return [notice.key for notice in plan.remarks if notice.key.startswith("solve.")]


@pytest.mark.parametrize("mode", ["crashes", "raises", "dies", "killed", "nonsense"])
def test_a_plan_stands_without_a_solver_that_ends_and_says_so(mode, city, best, monkeypatch):
    plan = solved_by(mode, city, monkeypatch)
    assert plan.document.status == "feasible"
    assert plan.document.stopped_by == "done"
    assert plan.document.objective <= best <= plan.document.bound
    assert said(plan) == ["solve.crashed_beside"]
    siting.verify(plan)


@pytest.mark.parametrize(
    "mode", ["wrong-vector", "short-vector", "nan-vector", "low-bound", "infeasible"]
)
def test_a_plan_stands_beside_a_solver_that_lies_and_says_so(mode, city, best, monkeypatch):
    plan = solved_by(mode, city, monkeypatch)
    assert plan.document.status == "feasible"
    assert plan.document.stopped_by == "done"
    assert plan.document.objective <= best <= plan.document.bound
    assert said(plan) == ["solve.doubted"]
    siting.verify(plan)


@pytest.mark.parametrize("bound", ["nan", "inf", "-inf", "text"])
def test_a_bound_that_is_no_number_is_none(bound, city, best, monkeypatch):
    plan = solved_by(f"bound-{bound}", city, monkeypatch)
    assert plan.document.status == "feasible"
    assert plan.document.objective <= best <= plan.document.bound
    siting.verify(plan)


def test_a_plan_by_a_sound_solver_says_nothing_of_solvers(city, best):
    plan = siting.solve(city, siting.Scenario(), gap=0.0, time_limit=120.0)
    assert plan.document.objective == best
    assert said(plan) == []


@pytest.mark.parametrize(
    ("error", "word"),
    [(MemoryError(), "not enough memory"), (OSError(12, "Cannot allocate memory"), "allocate")],
)
def test_memory_that_runs_out_is_told_in_one_line(city, tmp_path, monkeypatch, capsys, error, word):
    def full(*_, **__):
        raise error

    monkeypatch.setattr(import_module("siting.solve.solve"), "merge_needs", full)
    with pytest.raises(SystemExit) as left:
        run(["solve", str(city.path), "-o", str(tmp_path / "plan"), "--quiet"])
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert word in said.splitlines()[0]
    assert "fault of its own" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_cannot_be_started_is_told_in_one_line(city, tmp_path, monkeypatch, capsys):
    def full(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("subprocess.Popen", full)
    with pytest.raises(SystemExit) as left:
        run(["solve", str(city.path), "-o", str(tmp_path / "plan"), "--quiet"])
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert "temporarily unavailable" in said
    assert "fault of its own" not in said
