"""The clock of a running solve, which tells its news."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from siting.errors import Interrupted, Notice
from siting.progress import Progress, Stages

if TYPE_CHECKING:
    import threading

    from siting.progress import OnProgress, StageName, Tell
    from siting.solve.outcome import Event


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

    def part(self, stage: StageName) -> Tell:
        """Tell that a stage begins, and return what tells how far it has come.

        Raises
        ------
        Interrupted
            The run was asked to stop before the stage began.
        """
        self.say(stage)
        # said already, so that only what follows is told
        return Stages(self._on_progress, self.origin).part(stage)

    def lap(self, name: str) -> None:
        """Count the time since the last call for a stage."""
        now = time.monotonic()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._mark
        self._mark = now
