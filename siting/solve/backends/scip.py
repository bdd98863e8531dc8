"""SCIP, through PySCIPOpt: carries every programme, streams plans and bounds, takes a start.

One thread; `threads` is ignored.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pyscipopt
from pyscipopt.scip import PY_SCIP_EVENTTYPE, Expr, ExprCons

from siting.solve.task import Answer, Floats, News, Refused, Task, short_of_proof

_NO_BOUND = 1e20
_PAUSE = 0.05


def version() -> str:
    """Return name and version of SCIP itself."""
    model = pyscipopt.Model()
    return f"SCIP {model.getMajorVersion()}.{model.getMinorVersion()}.{model.getTechVersion()}"


def solve(task: Task, news: News) -> Answer:
    """Solve `task`."""
    model, variables = _model(task)
    asked = np.flatnonzero(~task.implied)

    def vector() -> Floats:
        best = model.getBestSol()
        found = task.lower.copy()
        found[asked] = [model.getSolVal(best, variables[j]) for j in asked]
        return found

    model.includeEventhdlr(_Listener(model, news, vector), "siting", "sends plans and bounds")
    if np.isfinite(task.deadline):
        model.setParam("limits/time", task.seconds_left)
    news.on_stop(model.interruptSolve)
    news.working()
    if not news.stopping():
        model.optimizeNogil()
    said = model.getStatus()
    if said in ("infeasible", "inforunbd"):
        # Every column is boxed, so "infeasible or unbounded" leaves only one of the two.
        return Answer("infeasible", "done", None, -np.inf)
    found = vector() if model.getNSols() > 0 else None
    bound = float(model.getDualbound()) if said != "unknown" else np.inf
    if abs(bound) >= _NO_BOUND:
        bound = np.inf
    if said in ("optimal", "gaplimit") and found is not None:
        return Answer("optimal", "done", found, bound)
    if said == "timelimit":
        return short_of_proof(found, bound, "time")
    if said == "userinterrupt" or news.stopping():
        return short_of_proof(found, bound, "interrupt")
    return short_of_proof(found, bound, "done", said)


def _model(task: Task) -> tuple[Any, list[Any]]:
    model = pyscipopt.Model()
    model.hideOutput()
    options = {
        "misc/catchctrlc": False,
        "limits/gap": task.gap,
        "randomization/randomseedshift": task.seed % 2**31,
        **task.settings,
    }
    for name, value in options.items():
        try:
            model.setParam(name, value)
        except (KeyError, ValueError, TypeError, LookupError) as error:
            raise Refused("solve.unknown_setting", solver="SCIP", name=name, value=value) from error
    binary = task.integer & (task.lower == 0) & (task.upper == 1)
    kinds = np.where(binary, "B", np.where(task.integer, "I", "C")).tolist()
    variables = [
        model.addVar(name=f"c{j}", vtype=kind, lb=low, ub=high, obj=value)
        for j, (kind, low, high, value) in enumerate(
            zip(kinds, task.lower.tolist(), task.upper.tolist(), task.value.tolist(), strict=True)
        )
    ]
    model.setMaximize()
    _add_rows(model, variables, task)
    if task.start is not None:
        solution = model.createOrigSol()
        for j in np.flatnonzero(task.start).tolist():
            model.setSolVal(solution, variables[j], float(task.start[j]))
        model.addSol(solution)
    return model, variables


def _add_rows(model: Any, variables: list[Any], task: Task) -> None:
    """Add the rows entry by entry: several times as fast as sums of expressions."""
    terms = [next(iter(variable.terms)) for variable in variables]
    ends = task.indptr.tolist()
    columns, data = task.indices.tolist(), task.data.tolist()
    lower = [None if side == -np.inf else side for side in task.row_lower.tolist()]
    upper = [None if side == np.inf else side for side in task.row_upper.tolist()]
    add = model.addCoefLinear
    for row, (low, high) in enumerate(zip(lower, upper, strict=True)):
        first, last = ends[row], ends[row + 1]
        one = Expr({terms[columns[first]]: data[first]})
        added = model.addCons(ExprCons(one, low, high))
        for at in range(first + 1, last):
            add(added, variables[columns[at]], data[at])


class _Listener(pyscipopt.Eventhdlr):
    """Sends plans and bounds while SCIP works, and hands on the wish to stop."""

    def __init__(self, model: Any, news: News, vector: Any) -> None:
        self.scip = model
        self.news = news
        self.vector = vector
        self.next_bound = 0.0
        self.unsent = False
        kinds = PY_SCIP_EVENTTYPE
        self.plans = kinds.BESTSOLFOUND
        self.kinds = (kinds.BESTSOLFOUND, kinds.LPSOLVED, kinds.NODESOLVED)

    def eventinit(self) -> None:
        for kind in self.kinds:
            self.scip.catchEvent(kind, self)

    def eventexec(self, event: Any) -> None:
        if self.news.stopping():
            self.scip.interruptSolve()
        self.unsent = self.unsent or event.getType() == self.plans
        if self.unsent and self.news.plan_wanted():
            self.unsent = False
            self.news.plan(self.vector())
        now = time.monotonic()
        if now >= self.next_bound:
            self.next_bound = now + _PAUSE
            bound = float(self.scip.getDualbound())
            if abs(bound) < _NO_BOUND:
                self.news.bound(bound)
