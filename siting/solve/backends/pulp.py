"""PuLP: CBC, and whatever other solver the user has, by PuLP's own names.

Nothing is streamed. CBC's bound is read from its log; of the others PuLP tells none, so only a
claim of optimality gives one.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pulp

from siting.solve.task import Answer, News, Refused, Task, cut_short, short_of_proof

CBC = "PULP_CBC_CMD"
_BOUND = re.compile(r"Lower bound:\s+(\S+)")
_POSSIBLE = re.compile(r"best possible (\S+?)[),\s]")
# The options that the solvers take, where they take them.
_LIMITS = ("timeLimit", "gapRel", "threads", "warmStart")


def version() -> str:
    """Return name and version of PuLP."""
    return f"PuLP {pulp.__version__}"


def solve(task: Task, news: News, names: tuple[str, ...]) -> Answer:
    """Solve `task` with the first of the solvers `names` that is there.

    Raises
    ------
    Refused
        None of them is there.
    """
    pulp.set_v4_migration_warnings(False)
    with tempfile.TemporaryDirectory(prefix="siting-") as folder:
        log = Path(folder) / "log.txt"
        solver = _solver(task, names, folder, log)
        problem, variables = _problem(task)
        news.on_stop(_interrupt)
        news.working()
        if not news.stopping():
            problem.solve(solver)
        said = log.read_text("utf-8", "replace") if log.exists() else ""
    # `status` calls a plan that the time limit cut short optimal; `sol_status` does not.
    vector = None
    if problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        values = [variable.varValue for variable in variables]
        vector = np.array([0.0 if value is None else value for value in values])
    if solver.name == CBC:
        return _cbc_answer(task, news, problem, vector, said)
    return _other_answer(task, news, problem, vector)


def cbc(seconds: float, threads: int) -> Any:
    """Return PuLP's CBC for a model that another library states in PuLP's words.

    Parameters
    ----------
    seconds, threads
        Its limits.
    """
    return _made(CBC, {"timeLimit": max(1.0, seconds), "threads": threads})


def _solver(task: Task, names: tuple[str, ...], folder: str, log: Path) -> Any:
    known = set(pulp.listSolvers())
    for name in names:
        if name in known and pulp.getSolver(name, msg=False).available():
            options: dict[str, Any] = {"gapRel": task.gap, "threads": max(1, task.threads)}
            if np.isfinite(task.deadline):
                options["timeLimit"] = max(1.0, task.seconds_left) if name != CBC else None
            if name == CBC:
                options["timeLimit"] = _cbc_seconds(task)
                options["logPath"] = str(log)
                options["options"] = [
                    f"randomCbcSeed {task.seed % 2**31}",
                    f"randomSeed {task.seed % 2**31 or 1234567}",
                    *(f"{key} {value}" for key, value in task.settings.items()),
                ]
            if task.start is not None:
                options["warmStart"] = True
            if name != CBC:
                options.update(task.settings)
            solver = _made(name, options)
            if hasattr(solver, "tmpDir"):
                solver.tmpDir = folder
            return solver
    if not known.intersection(names):
        raise Refused("solve.pulp_unknown", name=names[0], known=", ".join(sorted(known - {CBC})))
    raise Refused("solve.pulp_missing", name=names[0])


def _cbc_seconds(task: Task) -> float | None:
    return max(0.01, round(task.seconds_left, 3)) if np.isfinite(task.deadline) else None


def _made(name: str, options: dict[str, Any]) -> Any:
    """Return the solver with as many of the options as it takes."""
    while True:
        try:
            return pulp.getSolver(name, msg=False, **options)
        except TypeError:
            dropped = next((key for key in reversed(_LIMITS) if key in options), None)
            if dropped is None:
                raise
            del options[dropped]


def _problem(task: Task) -> tuple[Any, list[Any]]:
    """Return the programme, minimised with the sign turned."""
    problem = pulp.LpProblem("siting", pulp.LpMinimize)
    variables = [
        problem.add_variable(f"c{j}", low, high, pulp.LpInteger if whole else pulp.LpContinuous)
        for j, (low, high, whole) in enumerate(
            zip(task.lower.tolist(), task.upper.tolist(), task.integer.tolist(), strict=True)
        )
    ]
    problem.setObjective(
        pulp.LpAffineExpression(zip(variables, (-task.value).tolist(), strict=True))
    )
    # CBC cuts off good plans, or claims there is none, where a row of millions is broken by 0.01;
    # with coefficients of about 1 (by powers of two, so without loss) it does not.
    length = np.diff(task.indptr)
    largest = np.zeros(len(length))
    np.maximum.at(largest, np.repeat(np.arange(len(length)), length), np.abs(task.data))
    scale = np.exp2(-np.round(np.log2(np.where(largest > 0, largest, 1.0))))
    data = (task.data * np.repeat(scale, length)).tolist()
    ends, columns = task.indptr.tolist(), task.indices.tolist()
    sides = zip((task.row_lower * scale).tolist(), (task.row_upper * scale).tolist(), strict=True)
    for row, (low, high) in enumerate(sides):
        entries = range(ends[row], ends[row + 1])
        left = [(variables[columns[at]], data[at]) for at in entries]
        if low == high:
            wanted = [(pulp.LpConstraintEQ, low)]
        else:
            wanted = [(pulp.LpConstraintGE, low)] if low > -np.inf else []
            wanted += [(pulp.LpConstraintLE, high)] if high < np.inf else []
        for sense, side in wanted:
            expression = pulp.LpAffineExpression(left)
            problem.addConstraint(pulp.LpConstraint(expression, sense, f"r{row}_{sense + 1}", side))
    if task.start is not None:
        for variable, value in zip(variables, task.start.tolist(), strict=True):
            variable.setInitialValue(value)
    return problem, variables


def _interrupt() -> None:
    """Ask the solver's own process to stop; this one ignores the signal."""
    if os.name == "posix":
        os.killpg(0, signal.SIGINT)


def _cbc_answer(task: Task, news: News, problem: Any, vector: Any, said: str) -> Answer:
    if problem.status == pulp.LpStatusInfeasible and vector is None and "nfeasible" in said:
        return Answer("infeasible", "done", None, -np.inf)
    proven = problem.sol_status == pulp.LpSolutionOptimal and "Optimal" in said
    found = _BOUND.findall(said)
    possible = [float(text) for text in _POSSIBLE.findall(said)]
    bound = np.inf
    if found:
        bound = -float(found[-1])
        bound += 1e-3 + 1e-9 * abs(bound)  # the log has three decimals
    elif proven and vector is not None:
        bound = float(task.value @ vector)
    elif possible and abs(possible[-1]) < 1e30:
        bound = -possible[-1]
        bound += 1e-6 * abs(bound)  # the log has seven digits
    if proven:
        return Answer("optimal", "done", vector, bound)
    return short_of_proof(vector, bound, cut_short(task, news))


def _other_answer(task: Task, news: News, problem: Any, vector: Any) -> Answer:
    if problem.sol_status == pulp.LpSolutionOptimal and vector is not None:
        objective = float(task.value @ vector)
        return Answer("optimal", "done", vector, objective + task.gap * abs(objective))
    # Some of PuLP's doors call a limit that was reached infeasible.
    in_time = task.seconds_left > 0.5 and not news.stopping()
    if problem.sol_status == pulp.LpSolutionInfeasible and in_time:
        return Answer("infeasible", "done", None, -np.inf)
    return short_of_proof(vector, np.inf, cut_short(task, news))
