"""The frontier as tables and JSON: what ``frontier.csv`` and ``rollout.csv`` hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from siting.frontier.point import limits_of

if TYPE_CHECKING:
    from siting.frontier.band import Row
    from siting.frontier.model import Axis, Curve, Frontier
    from siting.standard.model import Budget

_BAND = (
    "capital",
    "subsidy_per_year",
    "status",
    "value",
    "bound",
    "gap",
    "certified_bound",
    "projects",
    "capital_spent",
    "subsidy_spent_per_year",
    "funds_spent",
    "residents_newly_served",
    "knee",
    "plan_of_capital",
    "plan_of_subsidy_per_year",
    "bound_of_capital",
    "bound_of_subsidy_per_year",
)
_ROLLOUT = ("space", "type", "community", "enters", "leaves", "stays", "fixed")


def band_table(frontier: Frontier) -> pd.DataFrame:
    """Return one row a budget, curve by curve; yuan, and empty cells where nothing is known.

    Returns
    -------
    DataFrame
        ``capital``, ``subsidy_per_year`` (the budgets; empty: unlimited), ``status`` (``optimal``,
        ``feasible``, ``infeasible``, ``none``), ``value``, ``bound``, ``gap``,
        ``certified_bound`` (of what the objective counts first), ``projects``, ``capital_spent``,
        ``subsidy_spent_per_year`` (of the two budgets), ``funds_spent`` (of all funds together),
        ``residents_newly_served``, ``knee`` (whether the curve bends here), ``plan_of_...`` and
        ``bound_of_...`` (the budgets whose solves found the plan and proved the bound).
    """
    rows = [_line(row, k, curve) for curve in frontier.curves for k, row in enumerate(curve.rows)]
    return pd.DataFrame(rows, columns=list(_BAND))


def _line(row: Row, k: int, curve: Curve) -> dict[str, Any]:
    answer = row.answer
    line: dict[str, Any] = {
        **_named("", row.budget),
        "status": row.status,
        "value": row.value,
        "bound": row.bound,
        "gap": row.gap,
        "certified_bound": row.certified_bound,
        "knee": curve.knee is not None and curve.knee.at == k,
        **_named("plan_of_", row.plan_of),
        **_named("bound_of_", row.bound_of),
    }
    if answer is not None:
        line |= {
            "projects": len(answer.projects),
            "capital_spent": answer.budget.capital.spent,
            "subsidy_spent_per_year": answer.budget.subsidy_per_year.spent,
            "funds_spent": sum(round(fund.spent * 100) for fund in answer.funds) / 100,
            "residents_newly_served": answer.residents.newly_served_any_type,
        }
    return line


def _named(head: str, budget: Budget | None) -> dict[str, float | None]:
    capital, subsidy = (None, None) if budget is None else limits_of(budget)
    return {f"{head}capital": capital, f"{head}subsidy_per_year": subsidy}


def rollout_table(frontier: Frontier) -> pd.DataFrame:
    """Return one row a project and run of budgets, curve by curve: those that stay, then swapped.

    Returns
    -------
    DataFrame
        ``space``, ``type``, ``community``, ``enters``, ``leaves`` (amounts of the money that
        grows, in yuan, at which the project comes and goes; empty: it stays, or the amount is
        unlimited), ``stays``, ``fixed`` (amount of the other money; empty: unlimited).
    """
    rows = [
        {
            "space": turn.space,
            "type": turn.type,
            "community": turn.community,
            "enters": _limit(curve.planned[turn.enters].budget, curve.axis),
            "leaves": None
            if turn.leaves is None
            else _limit(curve.planned[turn.leaves].budget, curve.axis),
            "stays": turn.leaves is None,
            "fixed": _limit(curve.rows[0].budget, _other(curve.axis)),
        }
        for curve in frontier.curves
        for turn in curve.turns
    ]
    return pd.DataFrame(rows, columns=list(_ROLLOUT))


def as_json(frontier: Frontier) -> dict[str, Any]:
    """Return the frontier as JSON values, null where nothing is known."""
    return {
        "city": frontier.city,
        "objective_kind": frontier.question.objective,
        "counts": frontier.stage,
        "axis": frontier.axis,
        "rows": _records(band_table(frontier)),
        "knees": [
            {
                "fixed": _limit(curve.rows[0].budget, _other(curve.axis)),
                "amount": _limit(curve.rows[curve.knee.at].budget, curve.axis),
                "before": curve.knee.before,
                "after": curve.knee.after,
            }
            for curve in frontier.curves
            if curve.knee is not None
        ],
        "rollout": _records(rollout_table(frontier)),
        "missing": [_named("", budget) for budget in frontier.missing],
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows for JSON, which has no NaN."""
    return [
        {str(name): None if value != value else value for name, value in row.items()}
        for row in table.astype(object).to_dict("records")
    ]


def _other(axis: Axis) -> Axis:
    return "subsidy_per_year" if axis == "capital" else "capital"


def _limit(budget: Budget, axis: Axis) -> float | None:
    return limits_of(budget)[0 if axis == "capital" else 1]
