"""News of a running command: what is being done, and how far it has come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

StageName = Literal[
    "read",
    "walk",
    "gaps",
    "build",
    "solve",
    "other_weights",
    "verify",
    "files",
    "write",
    "explain",
    "compare",
    "generate",
    "bench",
    "frontier",
]
_PAUSE = 0.1  # seconds between pieces of news of one stage


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
        How much of the stage is done, and of how much; None where the total is unknown. The unit is
        the stage's own (targets walked to, checks, files, runs).
    """

    stage: StageName
    seconds: float
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None
    done: int | None = None
    total: int | None = None


OnProgress = Callable[[Progress], None]
Tell = Callable[[int, int], None]
"""Told how much of a stage is done, and of how much."""


class Stages:
    """Tells `on_progress` which stage begins, and how far it has come."""

    def __init__(self, on_progress: OnProgress | None, started: float | None = None) -> None:
        self._on_progress = on_progress
        self._origin = time.monotonic() if started is None else started

    def begin(self, stage: StageName) -> Tell:
        """Tell that a stage begins, and return what tells how far it has come.

        Of news that follow each other closely only the first is told, and the last of all.
        """
        self._tell(Progress(stage, time.monotonic() - self._origin))
        return self.part(stage)

    def part(self, stage: StageName) -> Tell:
        """Return what tells how far a stage has come that has begun already."""
        last = 0.0

        def tell(done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if done >= total or now - last >= _PAUSE:
                last = now
                self._tell(Progress(stage, now - self._origin, done=done, total=total))

        return tell

    def _tell(self, news: Progress) -> None:
        if self._on_progress is not None:
            self._on_progress(news)


def counted(tell: Tell | None, total: int) -> Callable[..., None]:
    """Return what counts so many more of `total` as done, and tells it."""
    done = 0

    def more(count: int = 1) -> None:
        nonlocal done
        done += count
        if tell is not None:
            tell(min(done, total), total)

    return more
