"""To what a value of an objective is rounded, wherever people read it."""

from __future__ import annotations

import math

from siting.plan.values import COST, GRADES, WORST

_DIGITS = 6
"""Beyond these a product is the error of its floating point."""


def step(stage: str) -> float:
    """Return to what a value of this stage is rounded: tenths of points, whole people."""
    if stage == GRADES:
        return 1.0
    return 0.01 if stage == COST or stage.startswith(WORST) else 0.1


def rounded(stage: str, value: float, *, up: bool) -> float:
    """Return a value or bound rounded to its `step`, never to something better than it is.

    Parameters
    ----------
    up
        Whether it is a bound from above, which only something larger still is.
    """
    parts = round(1.0 / step(stage))
    scaled = round(value * parts, _DIGITS)
    return (math.ceil(scaled) if up else math.floor(scaled)) / parts
