"""How far a plan may be from the best one, in the words of its objective."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.plan.values import COST
from siting.report.figures import class_name, clean, money, people, percent, percent_up, points
from siting.report.rounding import rounded
from siting.standard.tolerances import PROVED
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.plan.document import Document, Stage

_WORST = "worst-community"
# proved, with a gap, with a bound alone, with nothing known
_MAX = ("report.best_optimal", "report.best", "report.best_bound", "report.best_none")
_WAYS = {
    "whole": "report.search_whole",
    "cores": "report.search_cores",
    "parts": "report.search_parts",
}
_SOURCES = {
    "multipliers": "report.bound_multipliers",
    "tree": "report.bound_tree",
    "no options": "report.bound_no_options",
    "what circles could have": "report.bound_circles",
    "none": "report.bound_unknown",
}
_SOFTWARE = {"solver": "report.software_solver", "search": "report.software_search"}
_NO_SOLVER = "none"
_MIN = ("report.least_optimal", "report.least", "report.least_bound", "report.least_none")


def proof_line(document: Document, lang: Lang) -> str:
    """Return what is known of better plans than this one, by the plan's own objective."""
    kind = document.objective_kind
    if kind == "coverage":
        return _coverage(document, lang)
    first = document.stages[0].name if document.stages else kind
    measure = measured(first, document.objective, lang)
    proved, near, bounded, unknown = _MIN if document.sense == "min" else _MAX
    if document.bound is None or document.gap_abs is None:
        return text(unknown, lang, measure=measure)
    if is_proved(document):
        return text(proved, lang, measure=measure)
    bound = measured_bound(first, document.bound, lang)
    if document.gap is None:
        return text(bounded, lang, measure=measure, bound=bound)
    return text(near, lang, measure=measure, bound=bound, gap=percent_up(document.gap))


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


def search_line(document: Document, lang: Lang) -> str | None:
    """Return which way the search went; None for a plan that does not say."""
    way = document.software.get("search", "")
    if way not in _WAYS or document.sizes.options == 0:
        return None
    said = text(_WAYS[way], lang)
    solver = document.software.get("solver", _NO_SOLVER)
    if solver == _NO_SOLVER:  # only moves and multipliers did: there is nobody to name
        return said
    return text("report.search_by", lang, way=said, solver=clean(solver))


def software_used(document: Document, lang: Lang) -> list[tuple[str, str]]:
    """Return the software that made the plan and its versions, and which way the search went."""
    return [_software(name, version, lang) for name, version in document.software.items()]


def _software(name: str, version: str, lang: Lang) -> tuple[str, str]:
    said = clean(version)
    if name == "search" and version in _WAYS:
        said = text(_WAYS[version], lang)
    if name == "solver" and version == _NO_SOLVER:
        said = text("report.software_none", lang)
    return text(_SOFTWARE[name], lang) if name in _SOFTWARE else clean(name), said


def bound_source(word: str, lang: Lang) -> str:
    """Return where a bound comes from; a solver keeps its name."""
    return text(_SOURCES[word], lang) if word in _SOURCES else clean(word)


def stages_line(document: Document, lang: Lang) -> str | None:
    """Return what the stages after the first reached and how far that may be from the best."""
    said = [_stage(stage, lang) for stage in document.stages[1:]]
    return text("report.semicolon", lang).join(said) if said else None


def certified_line(document: Document, lang: Lang) -> str | None:
    """Return what the certificate proves, which needs no solver to be believed."""
    bounds = [
        measured_bound(stage.name, stage.certified_bound, lang)
        for stage in document.stages
        if stage.certified_bound is not None
    ]
    if not bounds:
        return None
    return text("report.certified", lang, bounds=text("report.comma", lang).join(bounds))


def _stage(stage: Stage, lang: Lang) -> str:
    measure = measured(stage.name, stage.objective, lang)
    if stage.gap_abs is None:
        return text("report.stage_open", lang, measure=measure)
    if is_proved(stage):
        return text("report.stage_proved", lang, measure=measure)
    if stage.gap is None:
        return text("report.stage_open", lang, measure=measure)
    return text("report.stage_gap", lang, measure=measure, gap=percent_up(stage.gap))


def is_proved(reached: Document | Stage) -> bool:
    """Tell whether no plan is worth more, but for what products of numbers are wrong by."""
    gap = reached.gap_abs
    return gap is not None and gap <= PROVED * max(1.0, abs(reached.objective))


def measured_bound(name: str, bound: float, lang: Lang) -> str:
    """Return a bound of a stage, rounded to where it still is one, as `measured` does a value."""
    return measured(name, rounded(name, bound, up=name != COST), lang)


def measured(name: str, value: float, lang: Lang) -> str:
    """Return a value of a stage in the words of its objective."""
    if name == "coverage":
        return text("report.measure_coverage", lang, value=points(value))
    if name == "grades":
        return text("report.measure_grades", lang, value=people(value))
    if name == "cost":
        return text("report.measure_cost", lang, value=money(value, lang))
    if name.startswith(_WORST):
        key = "report.measure_worst" if name == _WORST else "report.measure_worst_again"
        return text(key, lang, value=percent(value))
    kind = class_name(name, lang)
    return text("report.measure_class", lang, value=points(value), type_class=kind)
