"""What two optima must have in common: their stages, compared one after the other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from every_plan import plan_in
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

AGREE = 1e-6
"""Relative to the larger value and at least 1: so far a proof leaves an optimum open."""
EXAMPLES = int(os.environ.get("SITING_EXAMPLES", "0"))
"""Examples of each property in a campaign; 0: as few as the gate has time for."""

Worth = tuple[tuple[str, float], ...]
"""Stage by stage its name and value, more is better; circles' shares, where they are compared."""


def few(gate: int) -> settings:
    """Return how a property is tried: the same few examples each time, or a campaign of many."""
    return settings(
        max_examples=EXAMPLES or gate,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # a smaller city tells no more, and costs solves
        suppress_health_check=list(HealthCheck),
    )


def worth_of(city, question, document) -> Worth:
    """Return what each stage of a plan reached; under `worst-community` each rank of circles."""
    if question.objective == "worst-community":
        shares = plan_in(city, question, document).shares
        ranks = tuple(("share", share) for share in shares)
        return (*ranks, ("coverage", document.stages[-1].objective))
    return tuple(
        (s.name, -s.objective if s.sense == "min" else s.objective) for s in document.stages
    )


def no_better(some: Sequence[float] | None, other: Sequence[float] | None) -> bool:
    """Tell whether the first optimum is at most the second, stage by stage; None is worst."""
    if some is None or other is None:
        return some is None
    for a, b in zip(some, other, strict=True):
        if abs(a - b) > AGREE * max(1.0, abs(a), abs(b)):
            return a < b
    return True


def same(some: Sequence[float] | None, other: Sequence[float] | None) -> bool:
    """Tell whether two optima agree, stage by stage."""
    return no_better(some, other) and no_better(other, some)
