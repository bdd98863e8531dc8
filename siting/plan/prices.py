"""What more money would buy, where that is a number of need points at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.plan.document import Price
from siting.plan.stages import stage_names
from siting.plan.values import COST, GRADES, WORST

if TYPE_CHECKING:
    from siting.standard.model import Question


def find_price(question: Question, points: tuple[float | None, float | None] | None) -> Price:
    """Return the prices of the two budgets, or why there are none.

    Parameters
    ----------
    points
        Need points, in the first stage of the objective, that 10,000 yuan more of capital and of
        subsidy a year would buy. Where that stage counts something else they are no price: a later
        stage's multipliers know nothing of what it must keep.
    """
    objective = question.objective
    if objective in (COST, GRADES, WORST):
        return Price(capital=None, subsidy_per_year=None, stage=None, reason=objective)
    capital, subsidy = points or (None, None)
    if capital is None and subsidy is None:
        return Price(capital=None, subsidy_per_year=None, stage=None, reason="unknown")
    first = stage_names(objective, question.standard)[0]
    return Price(capital=capital, subsidy_per_year=subsidy, stage=first, reason=None)
