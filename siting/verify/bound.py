"""Whether objectives, bounds, gaps and status agree with the plan and with each other.

A bound itself is the solver's word; what can be checked is that it does not contradict the plan.
Certified bounds are worked out again in `siting.verify.certificate`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from siting.errors import Notice
from siting.standard.catalogue import CLASSES
from siting.standard.tolerances import PROVED
from siting.verify.compare import close, differs, same_gap, wrong
from siting.verify.values import WORST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from siting.plan.document import Document, Stage
    from siting.standard.model import Standard

# What a plan states of its first stage and, once more, as its own.
_OWN = (
    "sense",
    "objective",
    "bound",
    "gap_abs",
    "gap",
    "bound_source",
    "certified_bound",
    "certified_gap",
)
_CIRCLES = "what circles could have"
_PROVED_HERE = ("multipliers", "tree")  # what a certificate holds, and verify works out again
BOUND_SOURCES = (*_PROVED_HERE, "no options", _CIRCLES, "none")
_SAME_PROOF = 1e-5  # what a certificate's rounding may add to the bound it was made from
_SOLVER = re.compile(r"(SCIP|SCIP in OR-tools|HiGHS|CP-SAT)( \S+)*|\S+ \(PuLP \S+\)")
HELD = 1e-7  # the same for objectives that a linear programme was solved for


def check_bound(document: Document) -> Iterator[Notice]:
    """Yield what is wrong with bounds, gaps and status; the first stage is the plan's own."""
    sense = "min" if document.objective_kind == "cost" else "max"
    if document.sense != sense:
        yield differs("sense", document.sense, sense)
    yield from _agrees(document, sense, "-")
    for stage in document.stages[1:]:
        if stage.sense != "max":
            yield differs("stage_sense", stage.sense, "max", stage=stage.name)
        yield from _agrees(stage, "max", stage.name)
    if document.stages:
        first = document.stages[0]
        for name in _OWN:
            stated, right = getattr(first, name), getattr(document, name)
            if stated != right:
                yield differs("stage_first", stated, right, name=name)
    yield from _status(document)


def check_sources(document: Document, options: int) -> Iterator[Notice]:
    """Yield which bounds cannot come from where they are said to come from.

    Parameters
    ----------
    options
        How many the question has.
    """
    for stage in document.stages or (document,):
        name = getattr(stage, "name", "coverage")
        word = stage.bound_source
        if word not in BOUND_SOURCES and _SOLVER.fullmatch(word) is None:
            yield wrong("bound_source", stated=word)
        if stage.bound is None:
            continue
        proved = word in _PROVED_HERE and name in ("coverage", *CLASSES)
        if (
            word == "none"
            or (word == "no options" and options)
            or (word == _CIRCLES and not name.startswith(WORST))
            or (proved and stage.certified_bound is None)
        ):
            yield wrong("bound_from_nowhere", stated=word, bound=stage.bound, stage=name)
        elif proved and stage.certified_bound is not None:
            least = stage.certified_bound - _SAME_PROOF * abs(stage.certified_bound)
            if stage.bound < least:
                certified = stage.certified_bound
                yield differs("bound_uncertified", stage.bound, certified, stage=name, source=word)


def unproved(document: Document) -> Iterator[Notice]:
    """Yield a remark for each bound that nobody can work out again: the solver's word."""
    for stage in document.stages:
        counted = stage.name in ("coverage", *CLASSES)
        if counted and stage.bound is not None and stage.certified_bound is None:
            values = {"stage": stage.name, "source": stage.bound_source, "bound": stage.bound}
            yield Notice("verify.not_certified", values=values)


def _agrees(stage: Document | Stage, sense: str, name: str) -> Iterator[Notice]:
    objective, bound = stage.objective, stage.bound
    gap_abs = None if bound is None else abs(bound - objective)
    if bound is not None:
        past = objective - bound if sense == "max" else bound - objective
        if past > _slack(objective):
            yield differs("bound_below" if sense == "max" else "bound_above", bound, objective)
    if not same_gap(stage.gap_abs, gap_abs):
        yield differs("gap_abs", stage.gap_abs, gap_abs, stage=name)
    # Of what is stated, so that a wrong gap_abs is told once.
    gap = _relative(stage.gap_abs, objective)
    if not same_gap(stage.gap, gap):
        yield differs("gap", stage.gap, gap, stage=name)


def _status(document: Document) -> Iterator[Notice]:
    parts: list[Document | Stage] = [document, *document.stages[1:]]
    loose = [
        p for p in parts if p.bound is None or abs(p.bound - p.objective) > _slack(p.objective)
    ]
    if document.status == "optimal" and loose:
        yield wrong("status_not_proven", bound=loose[0].bound, objective=loose[0].objective)
    if document.status == "optimal" and document.stopped_by not in ("done", "gap"):
        yield wrong("status_stopped", stopped_by=document.stopped_by)
    if document.status == "feasible" and not loose:
        yield wrong("status_proven", bound=document.bound, objective=document.objective)


def check_stages(
    document: Document,
    standard: Standard,
    value: Callable[[str], float],
    *,
    held: bool,
) -> Iterator[Notice]:
    """Yield what is wrong with which stages there are and what the plan is worth in each.

    Parameters
    ----------
    value
        Returns what the plan is worth in a stage of this name.
    held
        Whether room in outlets counts, so that objectives come from linear programmes.
    """
    names = [stage.name for stage in document.stages]
    right = _names(document, standard)
    if names != right:
        yield differs("stage_names", ", ".join(names) or "-", ", ".join(right))
        names = right[:1]  # the plan's own objective is the first one's all the same
    stated = [document.objective, *(stage.objective for stage in document.stages[1:])]
    last = None
    for name, objective in zip(names, stated, strict=False):
        counted = value(name)
        if not (
            close(objective, counted)
            or (held and abs(objective - counted) <= HELD * max(1.0, abs(counted)))
        ):
            key = "objective" if name == names[0] else "stage_objective"
            yield differs(key, objective, counted, stage=name)
        if name.startswith(WORST):
            if last is not None and objective < last - PROVED:
                yield differs("stage_undercut", objective, last, stage=name)
            last = objective


def _names(document: Document, standard: Standard) -> list[str]:
    """Return the stages that the objective has; which ranks of circles were looked at is free."""
    kind = document.objective_kind
    if kind == "coverage":
        return ["coverage"]
    if kind == "basic-first":
        have = {t.type_class for t in standard.types if t.asks}
        return [word for word in CLASSES if word in have] or ["coverage"]
    ranks = {s.name.removeprefix(f"{WORST}-") for s in document.stages}
    most = len(document.circles)
    numbered = [f"{WORST}-{k}" for k in range(2, most + 1) if str(k) in ranks]
    return [kind, *(numbered if kind == WORST else ()), "coverage"]


def _slack(objective: float) -> float:
    return PROVED * max(1.0, abs(objective))


def _relative(gap_abs: float | None, objective: float) -> float | None:
    if gap_abs is None:
        return None
    if gap_abs == 0.0:
        return 0.0
    return None if objective == 0.0 else gap_abs / abs(objective)
