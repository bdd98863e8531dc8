"""What one solve maximises, and what it must keep of the solves before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["coverage", "class", "grades", "cost", "worst", "circles"]

KEEP_LEAST_SLACK = 2e-6
"""Of points or residents: HiGHS calls a row infeasible that is slack by less than its tolerance."""

KEEP_SLACK = 1e-9
"""Relative; so much less than a stage before reached is still kept, so that sums of the same
numbers in another order exclude no plan."""


@dataclass(frozen=True)
class Stage:
    """One objective; always maximised.

    Attributes
    ----------
    kind
        ``coverage``: need points; ``class``: need points of one class; ``grades``: residents of
        the circles that hold the grade aimed at, those that hold it today among them; ``cost``:
        capital and the years' subsidies in yuan, negative; ``worst``: the least share, among the
        circles that are neither fixed nor spared, of the points a circle could have with every
        option open; ``circles``: the sum of some circles' shares.
    class_name
        For ``class``.
    circles
        Community indices, for ``circles``.
    fixed
        For ``worst`` and ``circles``: circles (community indices) and the share each must have.
        ``worst`` no longer counts them.
    spared
        For ``worst``: so many circles beside those that are fixed are not counted either; which
        ones is the plan's choice.
    keep
        Stages before this one, with the values that must be kept.
    """

    kind: Kind = "coverage"
    class_name: str | None = None
    circles: tuple[int, ...] = ()
    fixed: tuple[tuple[int, float], ...] = ()
    spared: int = 0
    keep: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A stage and the value of a plan that it found; later stages keep at least that."""

    stage: Stage
    value: float

    @property
    def least(self) -> float:
        """The least value that counts as kept."""
        slack = KEEP_SLACK * abs(self.value)
        if self.stage.kind not in ("worst", "cost"):
            slack = max(slack, KEEP_LEAST_SLACK)
        return self.value - slack


COVERAGE = Stage()
