"""Every back end finds the known optimum, proves it, and keeps its limits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from backends import best_by_search, covering, hard, knapsack, overspent_by_a_fen, programme

from siting.errors import InputError
from siting.solve.runner import SOLVERS, prepare, run, start

if TYPE_CHECKING:
    from siting.solve.outcome import Event

KNOWN = 1053.0
"""The worth of a plan for `hard`; its linear relaxation allows 1089."""

ALL = (*SOLVERS, "pulp:PULP_CBC_CMD")


@pytest.mark.parametrize("solver", ALL)
def test_knapsack_is_solved_and_proven(solver: str) -> None:
    outcome = run(knapsack(), solver, time_limit=30)
    assert outcome.status == "optimal"
    assert outcome.stopped_by == "gap"
    assert outcome.message == ""
    assert outcome.vector is not None
    assert outcome.vector.tolist() == [0.0, 1.0, 1.0, 0.0]
    assert outcome.bound == pytest.approx(15.0, rel=1e-6)
    assert outcome.bound >= 15.0
    assert outcome.peak_memory_mb > 10
    assert outcome.solver


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_covering_agrees_with_exhaustive_search(solver: str, seed: int) -> None:
    built = covering(seed)
    best = best_by_search(built)
    outcome = run(built, solver, time_limit=30, seed=seed, threads=2 if seed == 2 else 1)
    assert outcome.vector is not None
    assert built.value @ outcome.vector == pytest.approx(best, rel=1e-6)
    assert outcome.status == "optimal"
    assert best * (1 - 1e-9) <= outcome.bound <= best * (1 + 1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_budget_overspent_by_a_fen_is_no_plan(solver: str) -> None:
    outcome = run(overspent_by_a_fen(), solver, time_limit=30)
    assert outcome.vector is not None
    assert outcome.vector.tolist() == [1.0, 0.0]
    assert outcome.status == "optimal"
    assert outcome.bound >= 2.0


@pytest.mark.parametrize("solver", SOLVERS)
def test_infeasible_is_said(solver: str) -> None:
    built = programme([1.0, 1.0, 1.0], [[2.0, 2.0, 2.0]], [3.0], [3.0])
    outcome = run(built, solver, time_limit=30)
    assert (outcome.status, outcome.stopped_by) == ("infeasible", "done")
    assert outcome.vector is None


@pytest.mark.parametrize("solver", SOLVERS)
def test_rows_of_every_kind_are_kept(solver: str) -> None:
    rows = [[1, 1, 0, 0], [0, 1, 1, 0], [1, 1, 1, 1], [1, 0, 0, -1], [0, 0, 0, 0]]
    built = programme(
        [3.0, 2.0, 2.0, -1.0],
        np.array(rows, float),
        [1.0, -np.inf, 2.0, 0.0, -np.inf],
        [1.0, 1.0, 5.0, np.inf, np.inf],
        upper=[2.0, 2.0, 1.0, 3.0],
    )
    outcome = run(built, solver, time_limit=30)
    assert outcome.vector is not None
    assert outcome.vector.tolist() == [1.0, 0.0, 1.0, 0.0]
    assert outcome.bound == pytest.approx(5.0)


@pytest.mark.parametrize("solver", SOLVERS)
def test_no_rows_means_every_column_at_its_better_end(solver: str) -> None:
    built = programme([2.0, -1.0, 0.5], [], [], [], integer=[True, True, False])
    outcome = run(built, solver, time_limit=30)
    assert outcome.vector is not None
    assert outcome.vector.tolist() == [1.0, 0.0, 1.0]
    assert outcome.status == "optimal"
    assert outcome.bound == pytest.approx(2.5)


@pytest.mark.parametrize("solver", ["highs", "scip"])
def test_no_columns_means_worth_nothing(solver: str) -> None:
    empty = programme([], [], [], [])
    outcome = run(empty, solver, time_limit=30)
    assert (outcome.status, outcome.bound) == ("optimal", 0.0)
    assert outcome.vector is not None
    assert outcome.vector.shape == (0,)


@pytest.mark.parametrize("solver", ["highs", "scip", "ortools-scip", "cbc"])
def test_continuous_columns_are_carried(solver: str) -> None:
    # a + b <= 1.5, a - b = 0.25: a = 0.875, b = 0.625 and the whole column is 1.
    built = programme(
        [2.0, 1.0, 1.0],
        [[1.0, 1.0, 0.0], [1.0, -1.0, 0.0]],
        [-np.inf, 0.25],
        [1.5, 0.25],
        integer=[False, False, True],
    )
    outcome = run(built, solver, time_limit=30)
    assert outcome.vector is not None
    assert outcome.vector == pytest.approx([0.875, 0.625, 1.0], abs=1e-6)
    assert outcome.bound == pytest.approx(3.375, rel=1e-6)


@pytest.mark.parametrize("solver", ["highs", "scip"])
def test_a_programme_without_whole_columns_is_solved(solver: str) -> None:
    built = programme(
        [1.0, 1.0], [[2.0, 1.0], [1.0, 2.0]], [-np.inf] * 2, [2.0, 2.0], integer=[False, False]
    )
    outcome = run(built, solver, time_limit=30)
    assert outcome.status == "optimal"
    assert outcome.bound == pytest.approx(4 / 3, rel=1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_time_limit_is_kept_and_the_bound_is_honest(solver: str) -> None:
    built = hard()
    begun = time.monotonic()
    outcome = run(built, solver, time_limit=1.5, start=np.zeros(60))
    assert time.monotonic() - begun < 1.5 + 0.575 + 1.0
    assert (outcome.status, outcome.stopped_by) == ("feasible", "time")
    assert outcome.vector is not None
    assert outcome.bound >= KNOWN


@pytest.mark.parametrize("solver", SOLVERS)
def test_stop_returns_the_best_plan_soon(solver: str) -> None:
    built = hard()
    with start(built, solver, time_limit=60, start=np.zeros(60)) as running:
        while running.seconds_to_work is None and not running.done:
            running.poll(0.1)
        patience = time.monotonic() + 1.0
        while time.monotonic() < patience:
            running.poll(0.1)
        asked = time.monotonic()
        running.stop()
        outcome = running.outcome()
    assert time.monotonic() - asked < 3.0
    assert (outcome.status, outcome.stopped_by) == ("feasible", "interrupt")
    assert outcome.vector is not None
    assert built.value @ outcome.vector > 0


@pytest.mark.parametrize("solver", SOLVERS)
def test_an_optimal_start_survives_a_tiny_time_limit(solver: str) -> None:
    built = knapsack()
    outcome = run(built, solver, time_limit=0.02, start=np.array([0.0, 1.0, 1.0, 0.0]))
    assert outcome.status in ("optimal", "feasible")
    assert outcome.vector is not None
    assert built.value @ outcome.vector == 15.0


@pytest.mark.parametrize(
    ("solver", "setting"),
    [
        ("highs", {"mip_heuristic_run_feasibility_jump": False, "objective_target": -216.0}),
        ("scip", {"limits/solutions": 1}),
        ("cp-sat", {"stop_after_first_solution": True}),
    ],
)
def test_the_start_is_the_first_plan_of_the_solver(solver: str, setting: dict[str, int]) -> None:
    known = np.zeros(60)
    known[[0, 1, 3, 17, 29, 43, 58]] = 1.0
    outcome = run(hard(), solver, time_limit=30, start=known, settings=setting)
    assert outcome.stopped_by == "done"
    assert outcome.vector is not None
    assert outcome.vector.tolist() == known.tolist()


@pytest.mark.parametrize("solver", ["highs", "scip", "cp-sat"])
def test_plans_and_bounds_are_streamed(solver: str) -> None:
    events: list[Event] = []
    outcome = run(
        hard(),
        solver,
        time_limit=30.0,
        start=np.zeros(60),
        on_event=events.append,
        should_stop=lambda: (
            len({event.objective for event in events} - {None}) >= 2
            and any(event.bound is not None for event in events)
        ),
    )
    objectives = [event.objective for event in events if event.objective is not None]
    bounds = [event.bound for event in events if event.bound is not None]
    assert objectives == sorted(objectives)
    assert len(set(objectives)) >= 2
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] >= outcome.bound - 1e-9 >= KNOWN - 1e-6
    assert all(0 <= event.seconds <= outcome.seconds for event in events)


@pytest.mark.parametrize("solver", ["highs", "scip", "cp-sat", "cbc"])
def test_the_gap_asked_for_ends_the_search(solver: str) -> None:
    outcome = run(hard(), solver, time_limit=30, gap=0.2)
    assert (outcome.status, outcome.stopped_by) == ("optimal", "gap")
    assert outcome.vector is not None
    objective = hard().value @ outcome.vector
    assert objective <= outcome.bound <= objective * 1.2 + 1e-6
    assert outcome.seconds < 20


@pytest.mark.parametrize("solver", ["highs", "scip"])
def test_the_same_seed_gives_the_same_plan(solver: str) -> None:
    built = covering(7, spaces=6)
    first, second = (run(built, solver, time_limit=30, seed=5) for _ in range(2))
    assert first.vector is not None
    assert second.vector is not None
    assert first.vector.tolist() == second.vector.tolist()


def test_settings_reach_the_solver() -> None:
    outcome = run(hard(), "scip", time_limit=30, settings={"limits/nodes": 1})
    assert outcome.status == "feasible"
    assert outcome.stopped_by == "done"
    assert outcome.message == "nodelimit"


@pytest.mark.parametrize("solver", SOLVERS[:4])
def test_a_setting_nobody_knows_is_refused(solver: str) -> None:
    with pytest.raises(InputError, match="does not take the setting no/such"):
        run(knapsack(), solver, time_limit=30, settings={"no/such": 1})


def test_a_prepared_process_takes_one_programme() -> None:
    with prepare("highs") as prepared:
        outcome = prepared.begin(knapsack(), time_limit=30).outcome()
        assert outcome.bound == pytest.approx(15.0)
        with pytest.raises(ValueError, match="used already"):
            prepared.begin(knapsack())


def test_unknown_and_missing_solvers_are_refused() -> None:
    with pytest.raises(InputError, match="there is no solver 'simplex'"):
        run(knapsack(), "simplex")
    with pytest.raises(InputError, match="PuLP knows no solver 'NOBODY'"):
        run(knapsack(), "pulp:NOBODY")
    with pytest.raises(InputError, match="does not find the solver COINMP_DLL"):
        run(knapsack(), "pulp:COINMP_DLL")


def test_a_start_of_another_shape_is_an_error() -> None:
    with pytest.raises(ValueError, match="start has shape"):
        run(knapsack(), "highs", start=np.zeros(3))


def test_a_start_that_breaks_a_row_is_left_out() -> None:
    outcome = run(knapsack(), "highs", start=np.ones(4), time_limit=30)
    assert outcome.bound == pytest.approx(15.0)
    assert "left out" in outcome.message


def test_a_search_that_never_began_has_no_bound() -> None:
    outcome = run(hard(), "cp-sat", settings={"max_time_in_seconds": 0.0})
    assert outcome.vector is None
    assert outcome.bound == np.inf
