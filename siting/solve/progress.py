"""News of a running solve, for `on_progress`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from siting.errors import Interrupted, Notice

if TYPE_CHECKING:
    import threading

    from siting.solve.outcome import Event

StageName = Literal[
    "read", "walk", "gaps", "build", "solve", "other_weights", "verify", "write", "frontier"
]


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
    done, total
        Of the stage ``frontier``: how many budgets are solved, of how many; else None.
    """

    stage: StageName
    seconds: float
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None
    done: int | None = None
    total: int | None = None


OnProgress = Callable[[Progress], None]


class Clock:
    """Tells the news of a run as its stages go by, and how long each of them took.

    Attributes
    ----------
    origin
        When the run began, on the monotonic clock.
    seconds
        Of each stage so far.
    """

    def __init__(
        self,
        started: float | None,
        on_progress: OnProgress | None,
        stop: threading.Event | None,
    ) -> None:
        self._mark = time.monotonic()
        self.origin = self._mark if started is None else started
        self.seconds = {"read": self._mark - self.origin}
        self._on_progress = on_progress
        self._stop = stop

    def say(self, stage: StageName, event: Event | None = None) -> None:
        """Tell that a stage begins, or what a solver has found in it.

        Raises
        ------
        Interrupted
            The run was asked to stop before the stage began.
        """
        if self._stop is not None and self._stop.is_set() and event is None:
            raise Interrupted(Notice("solve.interrupted"))
        if self._on_progress is None:
            return
        seconds = time.monotonic() - self.origin
        if event is None:
            self._on_progress(Progress(stage, seconds))
            return
        gap = None
        if event.objective and event.bound is not None:
            gap = abs(event.bound - event.objective) / abs(event.objective)
        self._on_progress(Progress(stage, seconds, event.objective, event.bound, gap))

    def lap(self, name: str) -> None:
        """Count the time since the last call for a stage."""
        now = time.monotonic()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._mark
        self._mark = now
