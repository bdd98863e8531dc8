"""From chosen options to the numbers a plan states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from siting.plan.circles import find_circles, find_presence
from siting.plan.document import (
    Coverage,
    Document,
    Inputs,
    Residents,
    Share,
    Sizes,
)
from siting.plan.identity import question_sha256
from siting.plan.prices import find_price
from siting.plan.reasons import find_open_gaps
from siting.plan.sensitivity import find_sensitivity
from siting.plan.solution import find_solution
from siting.plan.standing import find_quotas
from siting.plan.upgrades import describe
from siting.plan.values import Answer
from siting.standard.scenarios import question_to_dict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from siting.gaps.needs import Gaps
    from siting.plan.document import Stage, Upgrade
    from siting.plan.gains import Gains
    from siting.plan.upgrades import Way
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.standard.purses import Purses
    from siting.walk.reach import Reach


@dataclass(frozen=True)
class Circumstances:
    """What a plan says of its making, and how large its programme became."""

    seconds: dict[str, float]
    peak_memory_mb: float
    software: dict[str, str]
    seed: int
    deterministic: bool
    merged_needs: int


def assemble(
    question: Question,
    gaps: Gaps,
    options: Options,
    purses: tuple[Purses, Purses],
    chosen: NDArray[np.int64],
    gains: Gains,
    stages: tuple[Stage, ...],
    stopped_by: Literal["gap", "time", "interrupt", "done"],
    made: Circumstances,
    reach: Mapping[str, Reach],
    price: tuple[float | None, float | None] | None = None,
    ways: tuple[Way, ...] = (),
) -> Document:
    """Return the document of a plan.

    Parameters
    ----------
    chosen, gains
        Indices of the options chosen, ascending, and what they bring.
    stages
        What the search proved, stage by stage; see `siting.plan.stages.settle`.
    reach
        Walks by group from the spaces, at least from every space with an option.
    price
        Need points that 10,000 yuan more of capital, and of subsidy a year, would buy in the first
        stage; see `siting.plan.prices.find_price`.
    ways
        Ways up of the circles below the grade aimed at, by circle, then grade.
    """
    city = gaps.city
    answer = Answer(question, gaps, options, reach, chosen, gains)
    presence = find_presence(gaps, options, chosen, gains.served)
    upgrades: dict[int, tuple[Upgrade, ...]] = {}
    for way in ways:
        one = describe(question, gaps, options, way)
        upgrades[way.community] = (*upgrades.get(way.community, ()), one)
    resolved = question_to_dict(question)
    solution = find_solution(answer, purses, stages, stopped_by)
    return Document(
        **dict(solution),
        objective_kind=question.objective,
        certified_bound=None,
        certified_gap=None,
        residents=Residents(
            everyone=float(gaps.residents[0].sum()),
            newly_served_any_type=float(gains.people.sum()),
        ),
        seconds=made.seconds,
        peak_memory_mb=made.peak_memory_mb,
        coverage=_coverage(gaps, options, chosen, gains),
        circles=find_circles(question, gaps, presence, upgrades),
        quotas=find_quotas(gaps, options, chosen),
        open_gaps=find_open_gaps(answer, purses),
        price=find_price(answer, solution.stages[0].objective, price),
        sensitivity=find_sensitivity(answer),
        sizes=_sizes(gaps, options, made),
        inputs=Inputs(
            city_path=None,
            city_path_absolute=str(city.path.resolve()) if city.path else None,
            city_sha256=city.sha256,
            metric_crs=city.metric_crs,
            standard=resolved["standard"],
            policy=resolved["policy"],
            scenario=resolved["scenario"],
            question_sha256=question_sha256(**resolved),
            groups_estimated=gaps.estimated,
        ),
        software=made.software,
        seed=made.seed,
        deterministic=made.deterministic,
    )


def _coverage(
    gaps: Gaps, options: Options, chosen: NDArray[np.int64], gains: Gains
) -> tuple[Coverage, ...]:
    rows = []
    for t, kind in gaps.asking:
        d = gaps.counting(t)
        total = (counted := _share(gaps, gains, d)).residents
        outlets = int(gaps.outlets[t]) + int((options.type[chosen] == t).sum())
        rows.append(
            Coverage(
                type=kind.id,
                type_class=kind.type_class,
                minutes=kind.minutes,
                group=kind.counting_group,
                residents=total,
                before=counted.before,
                after=counted.after,
                residents_per_outlet=total / outlets if outlets else None,
                by_group={
                    gaps.groups[demand.group]: _share(gaps, gains, d)
                    for d, demand in enumerate(gaps.demands)
                    if demand.type == t
                },
            )
        )
    return tuple(rows)


def _share(gaps: Gaps, gains: Gains, d: int) -> Share:
    residents = gaps.residents[gaps.demands[d].group]
    total = float(residents.sum())
    return Share(
        residents=total,
        before=float(residents[gaps.served[d]].sum()) / total if total else 0.0,
        after=float(residents[gains.served[d]].sum()) / total if total else 0.0,
    )


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
    )
