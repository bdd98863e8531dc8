"""Figures of rules as sentences show them: so that what they ask for, done as said, is enough."""

from __future__ import annotations

import math
from typing import Any

_JOIN = ", "
_ROUNDED_UP = ("asked_share", "need_share")
"""What has to be reached; other shares are what there is, and are rounded down."""


def shown(figures: dict[str, Any]) -> dict[str, str]:
    """Return figures as text: numbers in full, shares in tenths of a percent."""
    return {name: _shown(name, value) for name, value in figures.items()}


def _shown(name: str, value: Any) -> str:
    if isinstance(value, list):
        return _JOIN.join(map(str, value)) or "-"
    if not isinstance(value, float):
        return str(value) or "-"
    if name.endswith("_share"):
        # the last digits of a binary fraction are no reason to round
        tenths = round(1000.0 * value, 6)
        whole = math.ceil(tenths) if name in _ROUNDED_UP else math.floor(tenths)
        return f"{whole / 10.0:.1f}%"
    return number(value)


def number(value: float) -> str:
    """Return a number with its thousands apart, to the millionth, without trailing zeros."""
    return f"{value:,.6f}".rstrip("0").rstrip(".")
