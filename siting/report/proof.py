"""How far a plan may be from the best one, in the words of its objective."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from siting.report.figures import class_name, money, people, percent, percent_up, points
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.plan.document import Document, Stage

_WORST = "worst-community"


def proof_line(document: Document, lang: Lang) -> str:
    """Return what is known of better plans than this one, by the plan's own objective."""
    kind = document.objective_kind
    if kind == "coverage":
        return _coverage(document, lang)
    first = document.stages[0].name if document.stages else kind
    measure = _measure(first, document.objective, lang)
    form = "least" if document.sense == "min" else "best"
    optimal = document.bound is not None and document.gap_abs is not None
    if optimal and document.gap_abs <= 1e-6 * max(1.0, abs(document.objective)):  # type: ignore[operator]
        return text(f"report.{form}_optimal", lang, measure=measure)
    if document.bound is None:
        return text(f"report.{form}_none", lang, measure=measure)
    bound = _measure(first, document.bound, lang, up=form == "best")
    if document.gap is None:
        return text(f"report.{form}_bound", lang, measure=measure, bound=bound)
    gap = percent_up(document.gap)
    return text(f"report.{form}", lang, measure=measure, bound=bound, gap=gap)


def _coverage(document: Document, lang: Lang) -> str:
    objective = points(document.objective)
    if document.status == "optimal":
        return text("report.proof_optimal", lang, objective=objective)
    if document.bound is None:
        return text("report.proof_none", lang, objective=objective)
    bound = points(document.bound, up=True)
    if document.gap is None:
        return text("report.proof_bound", lang, objective=objective, bound=bound)
    return text(
        "report.proof", lang, objective=objective, bound=bound, gap=percent_up(document.gap)
    )


def stages_line(document: Document, lang: Lang) -> str | None:
    """Return what the stages after the first reached and how far that may be from the best."""
    said = [_stage(stage, lang) for stage in document.stages[1:]]
    return text("report.semicolon", lang).join(said) if said else None


def _stage(stage: Stage, lang: Lang) -> str:
    measure = _measure(stage.name, stage.objective, lang)
    if stage.gap_abs is None:
        return text("report.stage_open", lang, measure=measure)
    if stage.gap_abs <= 1e-6 * max(1.0, abs(stage.objective)):
        return text("report.stage_proved", lang, measure=measure)
    if stage.gap is None:
        return text("report.stage_open", lang, measure=measure)
    return text("report.stage_gap", lang, measure=measure, gap=percent_up(stage.gap))


def _measure(name: str, value: float, lang: Lang, *, up: bool = False) -> str:
    """Return a value in the words of its objective; `up` rounds a bound up."""
    if name == "coverage":
        return text("report.measure_coverage", lang, value=points(value, up=up))
    if name == "grades":
        return text("report.measure_grades", lang, value=people(value))
    if name == "cost":
        return text("report.measure_cost", lang, value=money(value, lang))
    if name.startswith(_WORST):
        share = percent(math.ceil(value * 100.0 - 1e-7) / 100.0) if up else percent(value)
        again = "_again" if name != _WORST else ""
        return text(f"report.measure_worst{again}", lang, value=share)
    kind = class_name(name, lang)
    return text("report.measure_class", lang, value=points(value, up=up), type_class=kind)
