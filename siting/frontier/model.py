"""The frontier: the band over all budgets, its curves, their knees and roll-outs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from siting.arguments import language
from siting.frontier.again import ended_early
from siting.frontier.band import band
from siting.frontier.knee import Knee, find_knee
from siting.frontier.rollout import Turn, find_rollout

if TYPE_CHECKING:
    import pandas as pd

    from siting.errors import Notice
    from siting.frontier.band import Row
    from siting.frontier.point import Point
    from siting.standard.model import Budget, Question
    from siting.words import Lang

Axis = Literal["capital", "subsidy_per_year"]


@dataclass(frozen=True)
class Manner:
    """How every budget is solved; see `siting.solve.solve.solve_question`."""

    gap: float = 1e-3
    time_limit: float = 60.0
    seed: int = 0
    solver: str | None = None


@dataclass(frozen=True)
class Curve:
    """Budgets of which one kind of money grows while the other stays.

    Attributes
    ----------
    axis
        The money that grows.
    fixed
        Amount of the other, in yuan; infinite where unlimited.
    rows
        By growing budget.
    knee
        None where there is none; its index counts `rows`. Under the objective ``cost``, which asks
        for the least money, there is none.
    planned
        The rows with a plan.
    turns
        The roll-out; its indices count `planned`.
    """

    axis: Axis
    fixed: float
    rows: tuple[Row, ...]
    knee: Knee | None
    planned: tuple[Row, ...]
    turns: tuple[Turn, ...]

    def amount(self, row: Row) -> float:
        """Return the money of a row that grows along this curve, in yuan."""
        return amount_of(row.budget, self.axis)


@dataclass(frozen=True, eq=False)
class Frontier:
    """What a question's plans are worth against their budgets.

    Attributes
    ----------
    city
        The city's name.
    question
        What was asked; its own budget counts for nothing.
    manner
        How each budget was solved.
    points
        What each solve brought.
    missing
        Budgets that were asked for and not solved, because of an interrupt.
    remarks
        What could not be written or shown, and what the machine made different.
    """

    city: str
    question: Question
    manner: Manner
    points: tuple[Point, ...]
    missing: tuple[Budget, ...] = ()
    remarks: tuple[Notice, ...] = ()

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The band, by subsidy, then capital; see `siting.frontier.band.band`."""
        return band(self.points)

    @cached_property
    def axis(self) -> Axis:
        """The money along which curves run: capital, if there is more than one amount of it."""
        return "capital" if len({r.budget.capital for r in self.rows}) > 1 else "subsidy_per_year"

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        """A curve for each amount of the other money, ascending."""
        other: Axis = "subsidy_per_year" if self.axis == "capital" else "capital"
        levels = sorted({amount_of(row.budget, other) for row in self.rows})
        return tuple(
            _curve(
                self.axis,
                level,
                [row for row in self.rows if amount_of(row.budget, other) == level],
                kneed=self.question.objective != "cost",
            )
            for level in levels
        )

    @property
    def ended_early(self) -> int:
        """How many solves the time limit ended before they had reached the gap."""
        return sum(ended_early(point, self.manner.gap) for point in self.points)

    @property
    def stage(self) -> str | None:
        """What values and bounds count: the name of the objective's first stage; None: no plan."""
        return next((r.answer.stages[0].name for r in self.rows if r.answer is not None), None)

    @property
    def table(self) -> pd.DataFrame:
        """One row a budget; see `siting.frontier.tables.band_table`. A copy."""
        return self._table.copy()

    @cached_property
    def _table(self) -> pd.DataFrame:
        from siting.frontier.tables import band_table

        return band_table(self)

    @property
    def rollout(self) -> pd.DataFrame:
        """One row a project and run of budgets, a copy; see `siting.frontier.tables`."""
        return self._rollout.copy()

    @cached_property
    def _rollout(self) -> pd.DataFrame:
        from siting.frontier.tables import rollout_table

        return rollout_table(self)

    def plot(self, ax: Any = None, *, lang: Lang | None = None) -> Any:
        """Draw the band; see `siting.frontier.plot.plot_frontier`."""
        from siting.frontier.plot import plot_frontier

        return plot_frontier(self, ax, language(lang))


def amount_of(budget: Budget, axis: Axis) -> float:
    """Return one of the two budgets, in yuan."""
    return budget.capital if axis == "capital" else budget.subsidy_per_year


def _curve(axis: Axis, fixed: float, rows: list[Row], *, kneed: bool) -> Curve:
    rows.sort(key=lambda row: amount_of(row.budget, axis))
    planned = tuple(row for row in rows if row.answer is not None)
    knee = None
    if kneed:
        finite = [row for row in planned if not math.isinf(amount_of(row.budget, axis))]
        knee = find_knee(
            [amount_of(row.budget, axis) for row in finite],
            [row.value for row in finite if row.value is not None],
        )
        if knee is not None:
            knee = knee._replace(at=rows.index(finite[knee.at]))
    turns = find_rollout([row.answer.projects for row in planned if row.answer is not None])
    return Curve(axis, fixed, tuple(rows), knee, planned, turns)
