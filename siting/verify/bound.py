"""Whether bound, gaps, status and stages agree with the objective and with each other.

The bound itself is the solver's word; what can be checked is that it does not contradict the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.verify.compare import close, differs, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.errors import Notice
    from siting.plan.document import Document

_AGREE = 1e-6  # bound and objective of an optimal plan agree to this, relative to the objective
_SENSE = {"coverage": "max"}


def check_bound(document: Document) -> Iterator[Notice]:
    """Yield what is wrong with bound, gap, status and stages."""
    objective, bound = document.objective, document.bound
    slack = _AGREE * max(1.0, abs(objective))
    if document.sense != _SENSE[document.objective_kind]:
        yield differs("sense", document.sense, _SENSE[document.objective_kind])
    gap_abs = None if bound is None else abs(bound - objective)
    if bound is not None and bound < objective - slack:
        yield differs("bound_below", bound, objective)
    if not _same(document.gap_abs, gap_abs):
        yield differs("gap_abs", document.gap_abs, gap_abs)
    # Of what is stated, so that a wrong gap_abs is told once.
    gap = _relative(document.gap_abs, objective)
    if not _same(document.gap, gap):
        yield differs("gap", document.gap, gap)

    tight = gap_abs is not None and gap_abs <= slack
    ended = document.stopped_by in ("done", "gap")
    if document.status == "optimal" and not tight:
        yield wrong("status_not_proven", bound=bound, objective=objective)
    if document.status == "optimal" and not ended:
        yield wrong("status_stopped", stopped_by=document.stopped_by)
    if document.status == "feasible" and tight:
        yield wrong("status_proven", bound=bound, objective=objective)
    for name in ("certified_bound", "certified_gap"):
        if getattr(document, name) is not None:
            yield differs("certified", getattr(document, name), None, name=name)
    yield from _stages(document)


def _stages(document: Document) -> Iterator[Notice]:
    names = [stage.name for stage in document.stages]
    if names != [document.objective_kind]:
        yield differs("stage_names", ", ".join(names) or "-", document.objective_kind)
    if not document.stages:
        return
    last = document.stages[-1]
    for name in ("sense", "objective", "bound", "gap_abs", "gap", "bound_source"):
        if getattr(last, name) != getattr(document, name):
            yield differs("stage_last", getattr(last, name), getattr(document, name), name=name)


def _relative(gap_abs: float | None, objective: float) -> float | None:
    if gap_abs is None:
        return None
    if gap_abs == 0.0:
        return 0.0
    return None if objective == 0.0 else gap_abs / abs(objective)


def _same(stated: float | None, right: float | None) -> bool:
    if stated is None or right is None:
        return stated is right
    return close(stated, right)
