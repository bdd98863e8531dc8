"""What the stages of a search say of the plan that was kept in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siting.plan.document import Stage
from siting.plan.values import COST, COVERAGE, GRADES, WORST, stage_value
from siting.standard.catalogue import CLASSES
from siting.standard.tolerances import PROVED

if TYPE_CHECKING:
    from siting.plan.values import Answer
    from siting.standard.model import Objective, Standard


def stage_names(objective: Objective, standard: Standard) -> tuple[str, ...]:
    """Return the stages of an objective, in order.

    Of ``worst-community`` further ones stand between the two, see
    `siting.plan.values.worst_name`.
    """
    if objective == "basic-first":
        have = {kind.type_class for kind in standard.types if kind.asks}
        return tuple(word for word in CLASSES if word in have) or (COVERAGE,)
    return {
        "coverage": (COVERAGE,),
        "grades": (GRADES, COVERAGE),
        "cost": (COST, COVERAGE),
        "worst-community": (WORST, COVERAGE),
    }[objective]


def make_stage(
    name: str, sense: Literal["max", "min"], objective: float, bound: float | None, source: str
) -> Stage:
    """Return the record of a stage, with its gaps.

    Parameters
    ----------
    bound
        None or an infinity where nothing is known; one that an objective passes by rounding
        moves to the objective.
    source
        Where the bound comes from.
    """
    if bound is not None and np.isinf(bound):
        bound = None
    if bound is not None:
        bound = max(bound, objective) if sense == "max" else min(bound, objective)
    gap_abs = None if bound is None else abs(bound - objective)
    gap = None
    if gap_abs is not None:
        gap = 0.0 if gap_abs == 0.0 else gap_abs / abs(objective) if objective else None
    return Stage(
        name=name,
        sense=sense,
        objective=objective,
        bound=bound,
        gap_abs=gap_abs,
        gap=gap,
        bound_source=source,
    )


def settle(answer: Answer, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages with what the plan is worth in each of them.

    A stage states the plan that was kept in the end, which may be better than the one the stage
    itself had found, and is never worse. A stage that the search did not come to is added without
    a bound.
    """
    question = answer.question
    given = {stage.name: stage for stage in stages}
    names = list(stage_names(question.objective, question.standard))
    later = [stage.name for stage in stages if stage.name.startswith(WORST + "-")]
    names[1:1] = later
    settled = []
    for name in names:
        sense: Literal["max", "min"] = "min" if name == COST else "max"
        stage = given.pop(name, None)
        value = stage_value(answer, name)
        bound, source = (stage.bound, stage.bound_source) if stage else (None, "none")
        settled.append(make_stage(name, sense, value, bound, source))
    if given:
        raise ValueError(f"{question.objective} has no stage {', '.join(given)}")
    return tuple(settled)


def is_proved(stage: Stage) -> bool:
    """Return whether bound and objective agree."""
    if stage.gap_abs is None:
        return False
    return stage.gap_abs <= PROVED * max(1.0, abs(stage.objective))
