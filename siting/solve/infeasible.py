"""Why there is no plan: what cannot be had at all, or which demands conflict, and what would do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Notice
from siting.solve.beyond import why_out_of_reach
from siting.solve.conflict import find_conflict
from siting.solve.elastic import relax, share_text
from siting.solve.graded import grade_beyond, lost_circles
from siting.solve.named import find_named

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from siting.gaps.needs import Gaps
    from siting.programme.rules import Floor
    from siting.solve.conflict import Conflict
    from siting.solve.named import Named
    from siting.solve.problem import Problem
    from siting.standard.model import Question

EXTRA_SECONDS = 18.0
"""So long beyond the time limit the reasons may take."""
_MOST_LINES = 40
_MOST_REASONS = 12
_FOR_CONFLICT = 0.6  # of the time
_LEAST = 0.5
_MONEY = ("solve.relax_capital", "solve.relax_subsidy")
_MOST_FUNDS = 4


def impossible(problem: Problem) -> bool:
    """Tell at once whether some single demand asks for more than the city could ever have."""
    return bool(problem.out_of_reach or _short_quotas(problem) or lost_circles(problem))


def why_infeasible(
    problem: Problem,
    question: Question,
    gaps: Gaps,
    *,
    solver: str,
    deadline: float,
    stop: threading.Event | None = None,
) -> list[Notice]:
    """Return why no plan keeps all demands, and the smallest changes found under which one does.

    Parameters
    ----------
    problem
        Proved to have no plan.
    deadline
        On the monotonic clock; less than `EXTRA_SECONDS` are used in all.
    """
    ends = min(time.monotonic() + EXTRA_SECONDS, deadline + EXTRA_SECONDS)
    named = find_named(problem, question)
    alone = _alone(problem, question)
    cut = False
    funds: list[Named] = []
    if alone:
        notices = [Notice("solve.impossible", values={"count": len(alone)}), *alone[:_MOST_LINES]]
        if len(alone) > _MOST_LINES:
            rest = sorted({str(n.values.get("type", "")) for n in alone[_MOST_LINES:]} - {""})
            more = {"count": len(alone) - _MOST_LINES, "types": ", ".join(rest) or "-"}
            notices.append(Notice("solve.impossible_more", values=more))
        until = time.monotonic() + 0.6 * (ends - time.monotonic())
        told: set[tuple[int, int | None]] = set()
        for floor, _ in problem.out_of_reach:
            if len(told) == _MOST_REASONS or time.monotonic() > until:
                cut = True
                break
            told.add((floor.type, floor.community))
            notices += why_out_of_reach(problem, question, gaps, floor, until=until)
    else:
        conflict = _conflict(problem, named, solver, ends, stop)
        notices, cut = _told(conflict, question), conflict.cut
        funds = [demand for demand in conflict.demands if demand.kind == "fund"]
    left = ends - time.monotonic()
    relaxed = None
    if left > _LEAST and not (stop is not None and stop.is_set()):
        relaxed = relax(problem, named, seconds=0.9 * left, solver=solver)
    if relaxed is not None and relaxed.notices:
        word = "relax_least" if relaxed.proved else "relax_found"
        notices.append(Notice(f"solve.{word}", values={"count": len(relaxed.notices)}))
        notices += relaxed.notices[:_MOST_LINES]
        cut |= len(relaxed.notices) > _MOST_LINES
        if not alone and not any(n.key in _MONEY for n in relaxed.notices):
            left = ends - time.monotonic()
            notices += _with_money(problem, named, 0.9 * left, solver)
        notices += _with_funds(problem, named, funds, ends, solver)
    cut |= relaxed is None
    if cut:
        notices.append(Notice("solve.reasons_cut"))
    return notices


def _with_money(
    problem: Problem, named: Sequence[Named], seconds: float, solver: str
) -> tuple[Notice, ...]:
    """Return by how much larger budgets alone would do; nothing where none would."""
    budgets = [demand for demand in named if demand.kind in ("capital", "subsidy")]
    if seconds < _LEAST or not budgets:
        return ()
    found = relax(problem, named, seconds=seconds, solver=solver, only=budgets)
    if found is None or not found.notices:
        return ()
    return (Notice("solve.relax_money"), *found.notices)


def _with_funds(
    problem: Problem,
    named: Sequence[Named],
    funds: Sequence[Named],
    ends: float,
    solver: str,
) -> list[Notice]:
    """Return by how much more in one fund alone would do, for each fund of the conflict."""
    found: list[Notice] = []
    for k, fund in enumerate(funds[:_MOST_FUNDS]):
        seconds = 0.9 * (ends - time.monotonic()) / (min(len(funds), _MOST_FUNDS) - k)
        if seconds < _LEAST:
            break
        relaxed = relax(problem, named, seconds=seconds, solver=solver, only=[fund])
        if relaxed is not None and [n.key for n in relaxed.notices] == ["solve.relax_fund"]:
            found += relaxed.notices
    return [Notice("solve.relax_funds"), *found] if found else []


def _conflict(
    problem: Problem,
    named: Sequence[Named],
    solver: str,
    ends: float,
    stop: threading.Event | None,
) -> Conflict:
    now = time.monotonic()
    return find_conflict(
        problem.programme,
        named,
        deadline=now + _FOR_CONFLICT * (ends - now),
        solver=solver,
        stop=stop,
    )


def _told(conflict: Conflict, question: Question) -> list[Notice]:
    word = "conflict" if conflict.irreducible else "conflict_smallest"
    if len(conflict.demands) == 1:
        word = "conflict_one"
    notices = [Notice(f"solve.{word}", values={"count": len(conflict.demands)})]
    notices += [
        Notice(f"solve.demand_{d.kind}", values={"standard": question.standard.id, **d.values})
        for d in conflict.demands[:_MOST_LINES]
    ]
    if len(conflict.demands) > _MOST_LINES:
        more = {"count": len(conflict.demands) - _MOST_LINES}
        notices.append(Notice("solve.conflict_more", values=more))
    return notices


def _alone(problem: Problem, question: Question) -> list[Notice]:
    """Return the demands that conflict with nothing but the city."""
    types, communities = question.standard.types, problem.city.communities
    found = [_beyond(floor, best, question, communities) for floor, best in problem.out_of_reach]
    for k, best_of in _short_quotas(problem):
        quota = problem.rules.quotas[k]
        metres = quota.outlets is None
        need = f"{(quota.micro_m2 or 0) / 1e6:,.1f}" if metres else str(quota.outlets)
        best = f"{best_of / 1e6:,.1f}" if metres else f"{best_of:g}"
        found.append(
            Notice(
                "solve.quota_m2_beyond" if metres else "solve.quota_beyond",
                values={
                    "community": communities[quota.community],
                    "type": types[quota.type].id,
                    "need": need,
                    "best": best,
                },
            )
        )
    found += [grade_beyond(problem, question, c) for c in lost_circles(problem)]
    return found


def _beyond(floor: Floor, best: float, question: Question, communities: tuple[str, ...]) -> Notice:
    values = {
        "type": question.standard.types[floor.type].id,
        "share": f"{100.0 * floor.share:g}%",
        "best": share_text(best),
    }
    if floor.community is None:
        return Notice("solve.target_beyond", values=values)
    return Notice(
        "solve.floor_beyond", values={**values, "community": communities[floor.community]}
    )


def _short_quotas(problem: Problem) -> list[tuple[int, float]]:
    """Return quotas for which all options together are too few, and what those would bring."""
    found = []
    options = problem.options
    micro = np.rint(options.area_m2 * 1e6)
    for k, quota in enumerate(problem.rules.quotas):
        mine = problem.frame.in_circle(quota.type, quota.community)
        # options stand by space, larger area first
        _, first = np.unique(options.space[mine], return_index=True)
        most = float(len(first)) if quota.outlets is not None else float(micro[mine[first]].sum())
        if most < (quota.outlets or quota.micro_m2 or 0):
            found.append((k, most))
    return found
