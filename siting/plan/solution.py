"""What a choice of options opens, costs and is worth, and who pays for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siting.plan.document import Budgets, FundUse, Money, OneOff, Payment, Project, Solution
from siting.plan.stages import is_proved, settle
from siting.standard.purses import Purses, pay

if TYPE_CHECKING:
    from siting.plan.document import Stage
    from siting.plan.values import Answer


def find_solution(
    answer: Answer,
    purses: tuple[Purses, Purses],
    stages: tuple[Stage, ...],
    stopped_by: Literal["gap", "time", "interrupt", "done"],
) -> Solution:
    """Return the projects of an answer, with their costs, payments, worth and bound.

    Parameters
    ----------
    purses
        Those of capital and of subsidy.
    stages
        What the search proved, stage by stage; see `siting.plan.stages.settle`.
    """
    question, gaps, options, chosen = answer.question, answer.gaps, answer.options, answer.chosen
    gains = answer.gains
    city, standard = gaps.city, gaps.standard
    opened = np.unique(options.space[chosen])
    one_off = opened[options.fixed_fen[opened] > 0]
    capital = _payments(
        purses[0],
        [*options.capital_fen[chosen].tolist(), *options.fixed_fen[one_off].tolist()],
        [*purses[0].option_mask[chosen].tolist(), *purses[0].space_mask[one_off].tolist()],
    )
    subsidy = _payments(
        purses[1], options.subsidy_fen[chosen].tolist(), purses[1].option_mask[chosen].tolist()
    )
    projects = tuple(
        Project(
            space=str(city.spaces.id[options.space[o]]),
            type=standard.types[options.type[o]].id,
            community=city.communities[city.spaces.community[options.space[o]]],
            area_m2=float(options.area_m2[o]),
            capital=int(options.capital_fen[o]) / 100,
            capital_paid_by=capital[k],
            relief=float(options.relief[o]),
            chain=bool(options.chain[o]),
            subsidy_per_year=int(options.subsidy_fen[o]) / 100,
            subsidy_paid_by=subsidy[k],
            residents_gained=float(gains.gained[k]),
            residents_shared=float(gains.shared[k]),
            gained_by_group=gains.by_group[k],
            places_by_group=gains.places_by_group[k],
            gained_by_community={
                city.communities[c]: people for c, people in gains.by_community[k].items()
            },
            x=float(city.spaces.x[options.space[o]]),
            y=float(city.spaces.y[options.space[o]]),
        )
        for k, o in enumerate(chosen)
    )
    one_offs = tuple(
        OneOff(
            space=str(city.spaces.id[s]),
            capital=int(options.fixed_fen[s]) / 100,
            capital_paid_by=capital[len(chosen) + k],
        )
        for k, s in enumerate(one_off)
    )
    settled = settle(answer, stages)
    proved = all(is_proved(stage) for stage in settled)
    if proved and stopped_by in ("time", "interrupt"):
        stopped_by = "gap"
    first = settled[0]
    return Solution(
        status="optimal" if proved else "feasible",
        stopped_by=stopped_by,
        sense=first.sense,
        objective=first.objective,
        bound=first.bound,
        bound_source=first.bound_source,
        gap_abs=first.gap_abs,
        gap=first.gap,
        stages=settled,
        budget=Budgets(
            capital=_money(purses[0], capital), subsidy_per_year=_money(purses[1], subsidy)
        ),
        funds=tuple(
            FundUse(
                id=fund.id,
                pays=fund.pays,
                limit=fund.amount,
                spent=_spent(capital if fund.pays == "capital" else subsidy, fund.id),
            )
            for fund in question.funds
        ),
        projects=projects,
        one_off=one_offs,
    )


def _payments(purses: Purses, costs: list[int], masks: list[int]) -> list[tuple[Payment, ...]]:
    return [
        tuple(Payment(fund=purses.names[purse], amount=fen / 100) for purse, fen in parts)
        for parts in pay(costs, masks, purses.amount_fen, purses.share)
    ]


def _spent(payments: list[tuple[Payment, ...]], name: str) -> float:
    fen = sum(round(p.amount * 100) for parts in payments for p in parts if p.fund == name)
    return fen / 100


def _money(purses: Purses, payments: list[tuple[Payment, ...]]) -> Money:
    limit = purses.amount_fen[0]
    return Money(
        limit=None if limit is None else limit / 100, spent=_spent(payments, purses.names[0])
    )
