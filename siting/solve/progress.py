"""News of a running solve, for `on_progress`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

StageName = Literal["read", "walk", "gaps", "build", "solve", "other_weights", "verify", "write"]


@dataclass(frozen=True)
class Progress:
    """What is being done, and how far it has come.

    Attributes
    ----------
    stage
        One of `StageName`.
    seconds
        Since the start.
    incumbent, bound, gap
        Value of the best plan, bound on every plan, and their relative gap; None where unknown.
    """

    stage: StageName
    seconds: float
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None


OnProgress = Callable[[Progress], None]
