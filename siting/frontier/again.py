"""A budget solved again because its first solve was ended by the time limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.errors import Notice, VerificationError
from siting.frontier.point import Proved, money_words

if TYPE_CHECKING:
    from siting.frontier.point import Point


def ended_early(point: Point, gap: float) -> bool:
    """Tell whether the time limit ended a solve before it had reached the gap."""
    answer = point.answer
    if answer is None:
        return point.status == "none"
    return answer.stopped_by == "time" and (answer.gap is None or answer.gap > gap)


def improved(old: Point, new: Point) -> Point:
    """Return what is known of a budget that was solved again, beginning with its plan.

    The plan is never worse; what the first solve proved holds on, and may say more.

    Raises
    ------
    VerificationError
        The second solve says that there is no plan, although the first found one.
    """
    seconds = round(old.seconds + new.seconds, 2)
    if old.answer is None:
        return new.model_copy(update={"seconds": seconds})
    if new.status == "infeasible":
        raise VerificationError(Notice("frontier.not_infeasible", values=money_words(old.budget)))
    if new.answer is None:
        return old.model_copy(update={"seconds": seconds, "time_limit": new.time_limit})
    answer, before = old.answer, old.before
    proved = Proved(
        bound=answer.bound,
        bound_source=answer.bound_source,
        certified_bound=answer.certified_bound,
    )
    if before is not None:
        proved = _tighter(proved, before, 1.0 if answer.sense == "max" else -1.0)
    return new.model_copy(update={"seconds": seconds, "before": proved})


def _tighter(one: Proved, other: Proved, sign: float) -> Proved:
    """Return the tighter bound of each kind that two solves proved."""
    first = one
    if other.bound is not None and (one.bound is None or sign * other.bound < sign * one.bound):
        first = other
    stated = [p.certified_bound for p in (one, other) if p.certified_bound is not None]
    certified = min(stated, key=lambda bound: sign * bound, default=None)
    return first.model_copy(update={"certified_bound": certified})
