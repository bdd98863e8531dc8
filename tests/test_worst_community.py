"""``worst-community`` rank by rank: who is stuck, who is spared, and what is said in the end."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from every_plan import best_stages, plan_in
from full_families import asked_of
from islands import islands
from rules_tiny import problem_of
from tiny_full import Asked, scenario_of

import siting
from siting.programme.stage import Kept, Stage
from siting.solve.one_stage import Run
from siting.solve.runner import prepare
from siting.solve.search import prune

one_stage, worst = (import_module(f"siting.solve.{name}") for name in ("one_stage", "worst"))


def shown(asked: Asked):
    """Return the stages of a proved and verified plan, as a search over every plan has them."""
    document = siting.solve(asked.city, scenario_of(asked.question), gap=0.0).document
    assert document.status == "optimal"
    every = [value for _, value in best_stages(asked.city, asked.question)]
    assert plan_in(asked.city, asked.question, document).shares == pytest.approx(every[:-1])
    assert document.stages[-1].objective == pytest.approx(every[-1])
    return {s.name.removeprefix("worst-community"): s.objective for s in document.stages}


def test_where_any_circle_can_rise_but_not_all_the_second_worst_counts():
    # one space: A whole, or 700 of the 1000 of B; more points are no reason to lift B
    stages = shown(islands((100,), (700, 300), money=1))
    assert stages == {"": 0.0, "-2": 1.0, "coverage": 100.0}
    # two of three: one has to stay behind, the others get all
    stages = shown(islands((100,), (60,), (50, 50), money=2))
    assert stages == {"": 0.0, "-2": 1.0, "coverage": 160.0}


def test_circles_that_are_stuck_leave_together_and_the_next_rises():
    asked = islands((100,), (100,), (100, 100), (100, 300), money=10)
    asked = asked.spaces(capital_fixed=np.array([99.0, 99.0, 0, 0, 0, 98.0]))
    # there is no money for A and B; D gets a quarter, C all
    assert shown(asked) == {"": 0.0, "-3": 0.25, "-4": 1.0, "coverage": 300.0}


def test_where_all_circles_have_all_they_could_nothing_is_left_to_raise(monkeypatch):
    monkeypatch.setattr(worst, "_stuck", None)  # it must not be asked
    assert shown(islands((100,), (50, 50), money=3)) == {"": 1.0, "coverage": 200.0}


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_sparing_circles_finds_the_same_as_proving_them_stuck(monkeypatch, seed):
    asked = asked_of("worst-community", seed)
    by_proof = shown(asked)
    assert len(by_proof) > 2
    monkeypatch.setattr(worst, "_stuck", lambda *_: ([], 1.0))
    assert shown(asked) == pytest.approx(by_proof)


def test_a_stage_that_is_not_proved_is_followed_by_the_next_and_by_valid_bounds(monkeypatch):
    asked = asked_of("worst-community", 3)
    every = [value for _, value in best_stages(asked.city, asked.question)]
    search = one_stage.search

    def unproved(problem, *arguments, **named):
        found = search(problem, *arguments, **named)
        return replace(found, bound=found.bound + 0.125, stopped_by="time")

    monkeypatch.setattr(one_stage, "search", unproved)
    document = siting.solve(asked.city, scenario_of(asked.question), gap=0.0).document
    assert document.status == "feasible"
    assert [s.name for s in document.stages] == [
        "worst-community",
        "worst-community-2",
        "coverage",
    ]
    for stage, best in zip(document.stages, every, strict=True):
        assert stage.bound is not None
        assert stage.objective <= best + 1e-9 <= stage.bound + 2e-9
    assert all(s.bound <= 1.0 for s in document.stages[:2])


def test_the_cheapest_plan_leaves_out_what_no_rule_asks_for():
    asked = islands((60,), (40,), money=2).asks(objective="cost", targets={"t": 0.5})
    problem = problem_of(asked.city, asked.question)
    both = np.array([0, 1])
    cost, coverage = problem.staged(Stage("cost")), problem.staged(Stage("coverage"))
    assert prune(cost, both, thorough=True).tolist() == [0]
    assert prune(cost, both).tolist() == [0, 1]
    assert prune(coverage, both, thorough=True).tolist() == [0, 1]


def run_of(asked: Asked, *, seconds: float, gap: float = 0.0) -> Run:
    problem = problem_of(asked.city, asked.question)
    deadline = time.monotonic() + seconds
    standard = asked.question.standard
    return Run(problem, standard, "scip", deadline, gap, 1, 0, lambda _: None, None, None)


def test_when_the_time_ends_the_next_rank_says_what_is_known():
    run = run_of(islands((100,), (700, 300), money=1), seconds=60.0)
    with prepare("scip") as run.ahead:
        found = one_stage.solve_stage(run, Stage("worst"), "worst-community", deadline=run.deadline)
    run.deadline = time.monotonic()
    worst.raise_next(run, found)
    first, second = run.records
    assert (first.objective, first.bound) == (0.0, pytest.approx(0.0, abs=1e-6))
    assert second.name == "worst-community-2"
    assert second.objective in (0.7, 1.0)
    assert second.bound == 1.0


def test_circles_stuck_within_the_gap_leave_with_their_ceiling_in_the_bound():
    """A could have 90 of 100, but 85 is near enough where a tenth of a gap is asked for."""
    asked = islands((85, 5, 10), (86, 14), money=9)
    asked = asked.spaces(capital_fixed=np.array([0, 0, 99.0, 0, 99.0]))
    run = run_of(asked, seconds=60.0, gap=0.1)
    run.chosen, run.keep = np.array([0, 3]), (Kept(Stage("worst"), 0.85),)
    worst.raise_next(run, one_stage.Found(run.chosen, 0.9, "test", "gap"))
    (last,) = run.records
    assert (last.name, last.objective) == ("worst-community-2", pytest.approx(0.86))
    assert 0.9 <= last.bound <= 0.85 * 1.1
