"""A covering plan in a few lines: what opens, what it covers, how far from the best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from siting.report.figures import clean, percent_up, seconds
from siting.report.proof import bound_source
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.covering.plan import CoveringPlan

_SHOWN = 30


def covering_lines(plan: CoveringPlan, lang: Lang = "en") -> list[tuple[str, str]]:
    """Return the lines of the summary as (label, sentence) pairs."""
    lines = [
        ("plan", text(_ended(plan), lang)),
        ("opens", _opens(plan, lang)),
        ("covers", _covers(plan, lang)),
        ("proof", _proof(plan, lang)),
        ("took", _took(plan, lang)),
    ]
    return [(text(f"report.label_{key}", lang), said) for key, said in lines]


def _ended(plan: CoveringPlan) -> str:
    return (
        "report.status_optimal" if plan.status == "optimal" else f"report.stopped_{plan.stopped_by}"
    )


def _opens(plan: CoveringPlan, lang: Lang) -> str:
    listed = text("report.comma", lang).join(clean(name) for name in plan.open[:_SHOWN])
    if len(plan.open) > _SHOWN:
        listed += text("report.covering_more", lang, count=len(plan.open) - _SHOWN)
    values = {"open": len(plan.open), "sites": plan.sites, "listed": listed or "-"}
    said = text("report.covering_opens", lang, **values)
    if plan.counts == "sites" or plan.limit is None:
        return said
    return said + text(
        "report.covering_spent", lang, spent=_amount(plan.spent), limit=_amount(plan.limit)
    )


def _covers(plan: CoveringPlan, lang: Lang) -> str:
    share = plan.objective / plan.total if plan.total else 0.0
    return text(
        "report.covering_covers",
        lang,
        value=_amount(plan.objective),
        total=_amount(plan.total),
        share=f"{math.floor(share * 1000.0 + 1e-7) / 10:.1f}%",
        points=f"{plan.points:,}",
        classes=f"{plan.classes:,}",
    )


def _proof(plan: CoveringPlan, lang: Lang) -> str:
    if plan.status == "optimal":
        return text("report.covering_proved", lang, source=bound_source(plan.bound_source, lang))
    bound = _amount(plan.bound, up=True)
    if plan.gap is None:
        return text("report.covering_bound", lang, bound=bound)
    return text("report.covering_near", lang, bound=bound, gap=percent_up(plan.gap))


def _took(plan: CoveringPlan, lang: Lang) -> str:
    total = sum(plan.seconds.values())
    said = text("report.took", lang, seconds=seconds(total))
    return said + text("report.took_solving", lang, seconds=seconds(plan.seconds["solve"]))


def _amount(value: float, *, up: bool = False) -> str:
    """Return a value without decimals where it has none, else with two (a bound: rounded up)."""
    hundredths = round(value * 100.0, 4)
    shown = f"{(math.ceil(hundredths) if up else math.floor(hundredths)) / 100:,.2f}"
    return shown.removesuffix(".00")
