"""What a budget's plan is worth as people read it: one rounding and one unit everywhere."""

from __future__ import annotations

import math

from siting.plan.values import COST, GRADES, WORST
from siting.report.figures import percent, points
from siting.report.rounding import rounded
from siting.words import Lang, text


def figure(stage: str, value: float, *, up: bool) -> str:
    """Return a value or bound without its unit; a share has its sign."""
    shown = rounded(stage, value, up=up)
    if stage == WORST:
        return percent(shown)
    if stage == COST:
        return yuan(shown)
    return f"{shown:,.0f}" if stage == GRADES else points(shown)


def unit(stage: str, lang: Lang) -> str:
    """Return in what values of this objective are counted, "" for shares."""
    if stage == WORST:
        return ""
    name = {COST: "yuan", GRADES: "people"}.get(stage, "points")
    return text(f"report.frontier.unit_{name}", lang)


def yuan(amount: float) -> str:
    """Return an amount of yuan without its unit."""
    return "∞" if math.isinf(amount) else f"{amount:,.2f}".removesuffix(".00")
