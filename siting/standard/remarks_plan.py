"""What is legal but suspicious in a question, once its options are known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import Notice
from siting.standard.groups import residents
from siting.standard.money import fen_down
from siting.standard.remarks import empty_groups
from siting.standard.rules import CODE, REASONS
from siting.standard.words_known import kind_remarks, outlet_type_remarks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Question
    from siting.standard.options import Options

_BEYOND_SPACES = ("rent", "cap", "lock")
"""Reasons that are told rather than those of spaces: such a pair would fit."""


def plan_remarks(
    city: City, question: Question, options: Options, lacking: int
) -> tuple[Notice, ...]:
    """Return what the analyst should know before trusting a plan, the weightiest first.

    Budgets that buy nothing or everything; a city without gaps; types that can open nowhere, with
    the commonest reason; words of the city that nobody knows; counting groups without residents;
    rewards of the policy for grades that the standard does not have.

    Parameters
    ----------
    options
        As `siting.standard.options.find_options` gives them.
    lacking
        How many needs no outlet meets.
    """
    found = [Notice("standard.no_gaps")] if lacking == 0 else []
    found += _budgets(city, question, options)
    found += _closed(city, question, options)
    found += _empty_groups(city, question)
    found += outlet_type_remarks(city, question.standard)
    found += kind_remarks(city, question.standard)
    found += reward_remarks(question)
    return tuple(found)


def reward_remarks(question: Question) -> list[Notice]:
    """Return a remark for each grade that the policy rewards and the standard does not have.

    It is no fault: a policy may well be asked about under the standard of another city.
    """
    policy, standard = question.policy, question.standard
    known = [grade.id for grade in standard.grades]
    words = dict.fromkeys(r.grade for r in policy.rewards if r.grade is not None)
    values = {"policy": policy.id, "standard": standard.id, "known": ", ".join(known) or "-"}
    return [
        Notice("standard.reward_grade", values={"word": word, **values})
        for word in words
        if word not in known
    ]


def _budgets(city: City, question: Question, options: Options) -> list[Notice]:
    budget = question.budget
    stated = {
        "capital": (budget.capital, options.capital_fen, options.fixed_fen),
        "subsidy_per_year": (
            budget.subsidy_per_year,
            options.subsidy_fen,
            np.zeros_like(options.fixed_fen),
        ),
    }
    found = []
    for name, (limit, cost, fixed) in stated.items():
        if not len(options) or math.isinf(limit):
            continue
        most = dearest(city, options, cost, fixed)
        key = None
        if limit == 0:
            key = "none" if most else None
        elif fen_down(limit) >= most:
            key = "more"
        if key is not None:
            values = {"budget": f"{limit:,.2f}", "most": f"{most / 100:,.2f}"}
            found.append(Notice(f"standard.budget_{key}_{name}", values=values))
    return found


def dearest(city: City, options: Options, cost: NDArray[np.int64], fixed: NDArray[np.int64]) -> int:
    """Return what everything would cost at most, in fen: in each space its dearest types."""
    # Of the forms of one pair the dearest counts, and of those as many as the space may hold.
    order = np.lexsort((-cost, options.type, options.space))
    space, kind = options.space[order], options.type[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (space[1:] != space[:-1]) | (kind[1:] != kind[:-1])
    pairs = order[first]
    pairs = pairs[np.lexsort((-cost[pairs], options.space[pairs]))]
    space = options.space[pairs]
    used, start = np.unique(space, return_index=True)
    place = np.arange(len(space)) - np.repeat(start, np.diff(np.append(start, len(space))))
    bought = pairs[place < city.spaces.max_types[space]]
    return int(sum(cost[bought].tolist()) + sum(fixed[used].tolist()))


def _closed(city: City, question: Question, options: Options) -> list[Notice]:
    """Return a remark for each reason that keeps some types out of every space."""
    if not len(city.spaces):
        return []
    of_reason: dict[str, list[str]] = {}
    for t, kind in enumerate(question.standard.types):
        column = options.refused[:, t]
        if not kind.asks or (column == 0).any():
            continue
        counts = np.bincount(column, minlength=len(REASONS) + 1)
        beyond = {reason: int(counts[CODE[reason]]) for reason in _BEYOND_SPACES}
        if any(beyond.values()):
            reason = max(beyond, key=lambda r: beyond[r])
        else:
            reason = REASONS[int(np.argmax(counts)) - 1]
        of_reason.setdefault(reason, []).append(kind.id)
    found = []
    for reason, types in of_reason.items():
        values: dict[str, Any] = {"count": len(types), "types": ", ".join(types)}
        found.append(Notice(f"standard.closed_{reason}", values=values))
    return found


def _empty_groups(city: City, question: Question) -> list[Notice]:
    groups, counts, _ = residents(city, question.standard)
    return empty_groups(question.standard, groups, counts)
