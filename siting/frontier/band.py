"""What solves under several budgets prove of each other: the band between value and bound.

A plan within one budget is one within every larger budget too, and what no plan within a budget
passes, none within a smaller budget passes. So each budget shows the best plan known for it or
for a smaller one, and the least of the bounds proved for it or for a larger one. Funds, demands
and rules are the same for all budgets, so this holds under every objective, of what the objective
counts first; what its later stages count is compared by plan, but has no bound of this kind,
because those bounds hold among plans that keep what the stage before reached.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from siting.errors import Notice, VerificationError
from siting.frontier.point import allows, money_words
from siting.plan.stages import is_proved, make_stage
from siting.plan.values import WORST
from siting.standard.tolerances import PROVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from siting.frontier.point import Answer, Point, Said, Status
    from siting.standard.model import Budget

Sense = Literal["max", "min"]


@dataclass(frozen=True)
class Row:
    """One budget of the band.

    Attributes
    ----------
    budget
        The two budgets in yuan, infinite where unlimited.
    status
        As of `Point`; a plan or a proof taken over from another budget counts.
    value, bound, gap_abs, gap
        Of the first stage, as in plan.json; None where there is no plan, or no bound.
    certified_bound
        What the certificates prove; None where they say nothing of the first stage.
    answer
        The plan: projects, money, residents; None where there is none.
    plan_of, bound_of
        The budgets whose solves found the plan and proved the bound; None where there is none.
    why
        Why there is no plan.
    """

    budget: Budget
    status: Status
    value: float | None = None
    bound: float | None = None
    gap_abs: float | None = None
    gap: float | None = None
    certified_bound: float | None = None
    answer: Answer | None = None
    plan_of: Budget | None = None
    bound_of: Budget | None = None
    why: tuple[Said, ...] = ()


def best_within(budget: Budget, points: Iterable[Point]) -> Point | None:
    """Return the point with the best plan that `budget` allows; of equals its own, else the first.

    Plans are compared stage by stage. Of ``worst-community`` only the first stage is: what the
    next ones count depends on the plan before them.
    """
    allowed = (p for p in points if p.answer is not None and allows(budget, p.budget))
    return max(allowed, key=lambda p: (_worth(p), p.budget == budget), default=None)


def band(points: Sequence[Point]) -> tuple[Row, ...]:
    """Return the rows of all budgets, by subsidy, then capital; both ascending.

    Raises
    ------
    VerificationError
        A plan passes what was proved of a budget that allows it: two solves contradict each other.
    """
    rows = [_row(point, points) for point in points]
    return tuple(sorted(rows, key=lambda r: (r.budget.subsidy_per_year, r.budget.capital)))


def _row(point: Point, points: Sequence[Point]) -> Row:
    budget = point.budget
    above = [other for other in points if allows(other.budget, budget)]
    best = best_within(budget, points)
    if best is None or best.answer is None:
        proofs = [other for other in above if other.status == "infeasible"]
        if point.status == "infeasible" or not proofs:
            return Row(budget, point.status, why=point.why)
        return Row(budget, "infeasible", why=proofs[0].why)
    if any(other.status == "infeasible" for other in above):
        raise VerificationError(Notice("frontier.not_infeasible", values=money_words(budget)))
    answer = best.answer
    sign = _sign(answer)
    bound, of, source = _least(above, sign, "bound")
    certified, _, _ = _least(above, sign, "certified_bound")
    for said in (bound, certified):
        # the safety of a solver's bound, and sums in another order, are less than this
        if sign * (answer.objective - said) > PROVED * max(1.0, abs(answer.objective)):
            values = {**money_words(budget), "value": answer.objective, "bound": said}
            raise VerificationError(Notice("frontier.contradiction", values=values))
    stage = make_stage(answer.stages[0].name, answer.sense, answer.objective, bound, source)
    stated = make_stage("certified", answer.sense, answer.objective, certified, "")
    whole = [stage, *answer.stages[1:]] if best is point else [stage]
    proved = all(is_proved(one) for one in whole) and len(whole) == len(answer.stages)
    return Row(
        budget,
        "optimal" if proved else "feasible",
        value=stage.objective,
        bound=stage.bound,
        gap_abs=stage.gap_abs,
        gap=stage.gap,
        certified_bound=stated.bound,
        answer=answer,
        plan_of=best.budget,
        bound_of=None if of is None else of.budget,
    )


def _worth(point: Point) -> tuple[float, ...]:
    answer = point.answer
    assert answer is not None
    stages = answer.stages[:1] if answer.stages[0].name == WORST else answer.stages
    return tuple(one.objective if one.sense == "max" else -one.objective for one in stages)


def _sign(answer: Answer) -> float:
    return 1.0 if answer.sense == "max" else -1.0


def _least(above: Iterable[Point], sign: float, name: str) -> tuple[float, Point | None, str]:
    """Return the tightest of the bounds of larger budgets, whose it is, and its source."""
    least, of, source = math.inf, None, "none"
    for point in above:
        for one in (point.answer, point.before):
            said = None if one is None else getattr(one, name)
            if one is not None and said is not None and sign * said < least:
                least, of, source = sign * said, point, one.bound_source
    return sign * least, of, source
