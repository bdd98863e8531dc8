"""OR-tools: CP-SAT for programmes in whole numbers, and its SCIP for all.

CP-SAT streams plans and bounds; the wrapper around SCIP says nothing until it ends. Each is
imported when it is asked for, as either takes its time to load.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np

from siting.solve.task import Answer, News, Refused, Task, cut_short, short_of_proof
from siting.solve.whole import Whole, in_whole_numbers

# With fewer workers CP-SAT leaves out the ones that prove, whatever the number of cores.
LEAST_WORKERS = 8


def load_cp_sat() -> str:
    """Import CP-SAT and return its name and version."""
    from ortools.sat.python import cp_model

    assert cp_model
    return f"CP-SAT {_number()}"


def _number() -> str:
    return metadata.version("ortools")


def load_scip() -> str:
    """Import the wrapper and return the name and version."""
    from ortools.linear_solver import pywraplp

    assert pywraplp
    return f"SCIP in OR-tools {_number()}"


def solve_cp_sat(task: Task, news: News) -> Answer:
    """Solve `task` with CP-SAT, on eight workers or more.

    Raises
    ------
    NotWhole
        The programme cannot be stated in whole numbers.
    """
    from ortools.sat.python import cp_model

    whole = in_whole_numbers(task)
    model = _cp_model(task, whole)
    solver = cp_model.CpSolver()
    options = {
        "num_workers": max(LEAST_WORKERS, task.threads),
        "random_seed": task.seed % 2**31,
        "relative_gap_limit": task.gap,
        "absolute_gap_limit": 0.0,
        **task.settings,
    }
    if np.isfinite(task.deadline):
        options["max_time_in_seconds"] = task.seconds_left
    for name, value in options.items():
        try:
            setattr(solver.parameters, name, value)
        except (AttributeError, TypeError, ValueError) as error:
            raise Refused(
                "solve.unknown_setting", solver="CP-SAT", name=name, value=value
            ) from error

    def true_bound(bound: float) -> float:
        return bound / whole.scale + whole.slack

    class OnPlan(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            if news.plan_wanted():
                news.plan(np.array(self.response_proto.solution, dtype=float))

    told = np.inf

    def on_bound(bound: float) -> None:
        nonlocal told
        told = min(told, true_bound(bound))
        news.bound(told)

    solver.best_bound_callback = on_bound
    news.on_stop(solver.stop_search)
    news.working()
    if news.stopping():
        return short_of_proof(None, np.inf, "interrupt")
    status = solver.solve(model, OnPlan())
    if status == cp_model.INFEASIBLE:
        return Answer("infeasible", "done", None, -np.inf)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"CP-SAT did not take the programme: {model.validate()}")
    if status == cp_model.UNKNOWN:
        # Where it was stopped before it searched, it calls 0 its best bound.
        return short_of_proof(None, told, cut_short(task, news))
    bound = true_bound(float(solver.best_objective_bound))
    vector = np.array(solver.response_proto.solution, dtype=float)
    if status == cp_model.OPTIMAL:
        return Answer("optimal", "done", vector, bound)
    return short_of_proof(vector, bound, cut_short(task, news))


def _cp_model(task: Task, whole: Whole) -> Any:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    proto = model.proto
    for low, high in zip(whole.lower.tolist(), whole.upper.tolist(), strict=True):
        proto.variables.add().domain.extend([low, high])
    ends, columns, data = task.indptr.tolist(), task.indices.tolist(), whole.data.tolist()
    sides = zip(whole.row_lower.tolist(), whole.row_upper.tolist(), strict=True)
    for row, side in enumerate(sides):
        linear = proto.constraints.add().linear
        linear.vars.extend(columns[ends[row] : ends[row + 1]])
        linear.coeffs.extend(data[ends[row] : ends[row + 1]])
        linear.domain.extend(side)
    counted = np.flatnonzero(whole.value)
    proto.objective.vars.extend(counted.tolist())
    proto.objective.coeffs.extend((-whole.value[counted]).tolist())
    proto.objective.scaling_factor = -1.0
    if task.start is not None:
        proto.solution_hint.vars.extend(range(len(task.start)))
        proto.solution_hint.values.extend(np.rint(task.start).astype(np.int64).tolist())
    return model


def solve_scip(task: Task, news: News) -> Answer:
    """Solve `task` with the SCIP that OR-tools ships; one thread."""
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("SCIP")
    said = solver.LoadModelFromProto(_linear_model(task))
    if said:
        raise RuntimeError(f"OR-tools did not take the programme: {said}")
    if task.start is not None:
        solver.SetHint(solver.variables(), task.start.tolist())
    options = {"randomization/randomseedshift": task.seed % 2**31, **task.settings}
    lines = "\n".join(f"{name} = {value}" for name, value in options.items())
    if not solver.SetSolverSpecificParametersAsString(lines):
        shown = next(iter(task.settings.items()), ("", ""))
        raise Refused(
            "solve.unknown_setting", solver="OR-tools SCIP", name=shown[0], value=shown[1]
        )
    limits = pywraplp.MPSolverParameters()
    limits.SetDoubleParam(limits.RELATIVE_MIP_GAP, task.gap)
    if np.isfinite(task.deadline):
        solver.set_time_limit(max(1, int(1000 * task.seconds_left)))
    news.on_stop(solver.InterruptSolve)
    news.working()
    if news.stopping():
        return short_of_proof(None, np.inf, "interrupt")
    status = solver.Solve(limits)
    if status == solver.INFEASIBLE:
        return Answer("infeasible", "done", None, -np.inf)
    if status in (solver.ABNORMAL, solver.MODEL_INVALID, solver.UNBOUNDED):
        raise RuntimeError(f"OR-tools SCIP ended with status {status}")
    bound = float(solver.Objective().BestBound()) if task.integer.any() else np.inf
    if status not in (solver.OPTIMAL, solver.FEASIBLE):
        return short_of_proof(None, bound, cut_short(task, news))
    vector = np.array([variable.solution_value() for variable in solver.variables()])
    if status == solver.OPTIMAL:
        if not np.isfinite(bound):
            bound = float(solver.Objective().Value())
        return Answer("optimal", "done", vector, bound)
    return short_of_proof(vector, bound, cut_short(task, news))


def _linear_model(task: Task) -> Any:
    from ortools.linear_solver import linear_solver_pb2

    model = linear_solver_pb2.MPModelProto(maximize=True)
    for low, high, value, whole in zip(
        task.lower.tolist(),
        task.upper.tolist(),
        task.value.tolist(),
        task.integer.tolist(),
        strict=True,
    ):
        model.variable.add(
            lower_bound=low, upper_bound=high, objective_coefficient=value, is_integer=whole
        )
    ends, columns, data = task.indptr.tolist(), task.indices.tolist(), task.data.tolist()
    sides = zip(task.row_lower.tolist(), task.row_upper.tolist(), strict=True)
    for row, (low, high) in enumerate(sides):
        added = model.constraint.add(lower_bound=low, upper_bound=high)
        added.var_index.extend(columns[ends[row] : ends[row + 1]])
        added.coefficient.extend(data[ends[row] : ends[row + 1]])
    return model
