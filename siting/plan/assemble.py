"""From chosen options to the numbers a plan states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from siting.plan.document import (
    Budgets,
    Coverage,
    Document,
    FundUse,
    Inputs,
    Money,
    OneOff,
    Payment,
    Project,
    Residents,
    Sizes,
    Stage,
)
from siting.standard.purses import Purses, pay
from siting.standard.scenarios import question_to_dict

if TYPE_CHECKING:
    from siting.gaps.needs import Gaps
    from siting.plan.gains import Gains
    from siting.standard.model import Question
    from siting.standard.options import Options


@dataclass(frozen=True)
class Proof:
    """What is known of the optimum, and how the search ended.

    Attributes
    ----------
    bound
        No plan of the whole stated problem is worth more; inf where nothing is known.
    source
        Where the bound comes from.
    stopped_by
        ``gap``, ``time``, ``interrupt`` or ``done``.
    """

    bound: float
    source: str
    stopped_by: Literal["gap", "time", "interrupt", "done"]


@dataclass(frozen=True)
class Circumstances:
    """What a plan says of its making, and how large its programme became."""

    seconds: dict[str, float]
    peak_memory_mb: float
    software: dict[str, str]
    seed: int
    deterministic: bool
    merged_needs: int
    columns: int


def assemble(
    question: Question,
    gaps: Gaps,
    options: Options,
    purses: tuple[Purses, Purses],
    chosen: NDArray[np.int64],
    gains: Gains,
    proof: Proof,
    made: Circumstances,
) -> Document:
    """Return the document of a plan; `chosen` is ascending."""
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
            subsidy_per_year=int(options.subsidy_fen[o]) / 100,
            subsidy_paid_by=subsidy[k],
            residents_gained=float(gains.gained[k]),
            residents_shared=float(gains.shared[k]),
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
    bound = max(proof.bound, gains.objective)
    stated = None if np.isinf(bound) else bound
    gap_abs = None if stated is None else abs(stated - gains.objective)
    gap = _gap(gap_abs, gains.objective)
    proved = gap_abs is not None and gap_abs <= 1e-6 * max(1.0, abs(gains.objective))
    stopped_by = proof.stopped_by
    if proved and stopped_by in ("time", "interrupt"):
        stopped_by = "gap"
    resolved = question_to_dict(question)
    return Document(
        status="optimal" if proved else "feasible",
        stopped_by=stopped_by,
        sense="max",
        objective_kind="coverage",
        objective=gains.objective,
        bound=stated,
        bound_source=proof.source,
        gap_abs=gap_abs,
        gap=gap,
        certified_bound=None,
        certified_gap=None,
        stages=(
            Stage(
                name="coverage",
                sense="max",
                objective=gains.objective,
                bound=stated,
                gap_abs=gap_abs,
                gap=gap,
                bound_source=proof.source,
            ),
        ),
        residents=Residents(
            everyone=float(gaps.residents[0].sum()),
            newly_served_any_type=float(gains.people.sum()),
        ),
        seconds=made.seconds,
        peak_memory_mb=made.peak_memory_mb,
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
        coverage=_coverage(gaps, options, chosen, gains),
        sizes=_sizes(gaps, options, made),
        inputs=Inputs(
            city_path=None,
            city_path_absolute=str(city.path.resolve()) if city.path else None,
            city_sha256=city.sha256,
            metric_crs=city.metric_crs,
            standard=resolved["standard"],
            policy=resolved["policy"],
            scenario=resolved["scenario"],
            groups_estimated=gaps.estimated,
        ),
        software=made.software,
        seed=made.seed,
        deterministic=made.deterministic,
    )


def _gap(gap_abs: float | None, objective: float) -> float | None:
    if gap_abs is None:
        return None
    if gap_abs == 0.0:
        return 0.0
    return gap_abs / abs(objective) if objective else None


def _payments(purses: Purses, costs: list[int], masks: list[int]) -> list[tuple[Payment, ...]]:
    return [
        tuple(Payment(fund=purses.names[purse], amount=fen / 100) for purse, fen in parts)
        for parts in pay(costs, masks, purses.amount_fen)
    ]


def _spent(payments: list[tuple[Payment, ...]], name: str) -> float:
    fen = sum(round(p.amount * 100) for parts in payments for p in parts if p.fund == name)
    return fen / 100


def _money(purses: Purses, payments: list[tuple[Payment, ...]]) -> Money:
    limit = purses.amount_fen[0]
    return Money(
        limit=None if limit is None else limit / 100, spent=_spent(payments, purses.names[0])
    )


def _coverage(
    gaps: Gaps, options: Options, chosen: NDArray[np.int64], gains: Gains
) -> tuple[Coverage, ...]:
    rows = []
    for t, kind in gaps.asking:
        d = gaps.counting(t)
        residents = gaps.residents[gaps.demands[d].group]
        total = float(residents.sum())
        outlets = int(gaps.outlets[t]) + int((options.type[chosen] == t).sum())
        rows.append(
            Coverage(
                type=kind.id,
                type_class=kind.type_class,
                minutes=kind.minutes,
                group=kind.counting_group,
                residents=total,
                before=float(residents[gaps.served[d]].sum()) / total if total else 0.0,
                after=float(residents[gains.served[d]].sum()) / total if total else 0.0,
                residents_per_outlet=total / outlets if outlets else None,
            )
        )
    return tuple(rows)


def _sizes(gaps: Gaps, options: Options, made: Circumstances) -> Sizes:
    needs = unmet = 0
    for d, demand in enumerate(gaps.demands):
        if demand.points > 0:
            lives = gaps.residents[demand.group] > 0
            needs += int(lives.sum())
            unmet += int((lives & ~gaps.served[d]).sum())
    return Sizes(
        places=len(gaps.city.places),
        outlets=len(gaps.city.outlets),
        spaces=len(gaps.city.spaces),
        types=len(gaps.asking),
        options=len(options),
        needs=needs,
        gaps=unmet,
        merged_needs=made.merged_needs,
        columns=made.columns,
    )
