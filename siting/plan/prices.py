"""What more money would buy, where that is a number of need points at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.plan.document import Price
from siting.plan.stages import stage_names
from siting.plan.values import COST, COVERAGE, GRADES, WORST, reachable_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.plan.document import Document
    from siting.plan.values import Answer


def find_price(
    answer: Answer, objective: float, points: tuple[float | None, float | None] | None
) -> Price:
    """Return the prices of the two budgets, or why there are none.

    Parameters
    ----------
    answer
        The plan.
    objective
        What it is worth in the first stage of the objective.
    points
        Need points, in that stage, that 10,000 yuan more of capital and of subsidy a year would
        buy; a price is never more than what residents still lack there and options could bring
        them. Where the stage counts something else they are no price: a later stage's multipliers
        know nothing of what it must keep.
    """
    kind, standard = answer.question.objective, answer.question.standard
    if kind in (COST, GRADES, WORST):
        return Price(capital=None, subsidy_per_year=None, stage=None, reason=kind)
    capital, subsidy = points or (None, None)
    if capital is None and subsidy is None:
        return Price(capital=None, subsidy_per_year=None, stage=None, reason="unknown")
    first = stage_names(kind, standard)[0]
    lacking = reachable_points(answer, None if first == COVERAGE else first) - objective
    return Price(
        capital=_no_more(capital, lacking),
        subsidy_per_year=_no_more(subsidy, lacking),
        stage=first,
        reason=None,
    )


def with_at_most(document: Document, rises: Mapping[str, tuple[float, float]]) -> Document:
    """Return a plan that states how much more 10,000 yuan more could make of it at most.

    Parameters
    ----------
    rises
        By the names of the stages: by how much their certified bounds rise with so much more of
        capital, and of subsidy a year.
    """
    first = document.stages[0]
    if first.certified_bound is None:
        return document
    most = [max(0.0, first.certified_bound + rise - first.objective) for rise in rises[first.name]]
    stated = {"capital_at_most": most[0], "subsidy_per_year_at_most": most[1]}
    price = document.price.model_copy(update=stated)
    return document.model_copy(update={"price": price})


def _no_more(points: float | None, lacking: float) -> float | None:
    return None if points is None else min(points, max(0.0, lacking))
