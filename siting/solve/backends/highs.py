"""HiGHS, through highspy: carries every programme, streams plans and bounds, takes a start."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from siting.solve.task import Answer, News, Refused, Task, short_of_proof

# Gives wrong optima where whole columns share rows with continuous singletons, as z <= sum x does.
BANNED = "1.14.0"


def version() -> str:
    """Return name and version.

    Raises
    ------
    Refused
        The version is known to give wrong answers on programmes like ours.
    """
    number = ".".join(
        str(part)
        for part in (
            highspy.HIGHS_VERSION_MAJOR,
            highspy.HIGHS_VERSION_MINOR,
            highspy.HIGHS_VERSION_PATCH,
        )
    )
    if number == BANNED:
        raise Refused("solve.highs_banned", version=number)
    return f"HiGHS {number}"


def solve(task: Task, news: News) -> Answer:
    """Solve `task`; the programme is minimised with the sign turned, so bounds turn back."""
    highs = _model(task)
    whole = bool(task.integer.any())

    def on_plan(event: Any) -> None:
        if news.plan_wanted():
            news.plan(np.array(event.data_out.mip_solution, dtype=float))

    def on_pause(event: Any) -> None:
        bound = event.data_out.mip_dual_bound
        if whole and np.isfinite(bound):
            news.bound(-bound)
        if news.stopping():
            event.data_in.user_interrupt = True

    if whole:
        highs.cbMipImprovingSolution.subscribe(on_plan)
        highs.cbMipInterrupt.subscribe(on_pause)
    else:
        highs.cbSimplexInterrupt.subscribe(on_pause)
        highs.cbIpmInterrupt.subscribe(on_pause)
    if np.isfinite(task.deadline):
        highs.setOptionValue("time_limit", max(task.seconds_left, 1e-3))
    news.working()
    run = highs.run()
    return _answer(highs, run, whole)


def _model(task: Task) -> Any:
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    start = 0.0 if task.start is None else abs(float(task.value @ task.start))
    options = {
        "threads": max(1, task.threads),
        "parallel": "on" if task.threads > 1 else "off",
        "random_seed": task.seed % 2**31,
        "mip_rel_gap": task.gap,
        "mip_abs_gap": 1e-9 * max(1.0, start),
        **task.settings,
    }
    for name, value in options.items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise Refused("solve.unknown_setting", solver="HiGHS", name=name, value=value)
    columns, rows = len(task.value), len(task.row_lower)
    status = highs.passModel(
        columns,
        rows,
        len(task.data),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        -task.value,
        task.lower,
        task.upper,
        task.row_lower,
        task.row_upper,
        task.indptr.astype(np.int32),
        task.indices.astype(np.int32),
        task.data,
        task.integer.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS did not take the programme")
    if task.start is not None:
        highs.setSolution(columns, np.arange(columns, dtype=np.int32), task.start)
    return highs


def _answer(highs: Any, run: Any, whole: bool) -> Answer:
    state = highs.getModelStatus()
    said = highs.modelStatusToString(state)
    states = highspy.HighsModelStatus
    info = highs.getInfo()
    feasible = info.primal_solution_status == highspy.kSolutionStatusFeasible
    vector = np.array(highs.getSolution().col_value, dtype=float) if feasible else None
    if run == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS ended with an error: {said}")
    bound = np.inf
    if whole and np.isfinite(info.mip_dual_bound):
        bound = -float(info.mip_dual_bound)
    if state == states.kOptimal and vector is not None:
        if not whole:
            bound = -float(info.objective_function_value)
        return Answer("optimal", "done", vector, bound)
    # Every column is boxed, so "unbounded or infeasible" leaves only one of the two.
    if state in (states.kInfeasible, states.kUnboundedOrInfeasible):
        return Answer("infeasible", "done", None, -np.inf)
    if state == states.kTimeLimit:
        return short_of_proof(vector, bound, "time")
    if state == states.kInterrupt:
        return short_of_proof(vector, bound, "interrupt")
    return short_of_proof(vector, bound, "done", said)
