"""A question with its best plan, and what it becomes: the records of the metamorphic rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from sheets import POINTS, Sheets, numbers, solve

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from siting.city.model import City
    from siting.plan.document import Document
    from siting.standard.model import Question


AWAY = Decimal(60_000)
"""Metres to what is out of everybody's reach."""


@dataclass(frozen=True)
class Solved:
    """Files, and the question that they state."""

    sheets: Sheets
    city: City
    question: Question

    @cached_property
    def document(self) -> Document | None:
        """The best plan, None where there is none; solved for when it is first asked for."""
        plan = solve(self.city, self.question)
        return None if plan is None else plan.document


@dataclass(frozen=True)
class Changed:
    """What a question became, and how its optimum lies to that before.

    Attributes
    ----------
    sheets
        The files.
    optimum
        What it must be, compared with that before.
    people, points
        What residents, and the need points of one resident, were multiplied by.
    spaces
        New ids of spaces, where they have others; the plan before must be worth the same there.
    """

    sheets: Sheets
    optimum: Literal["same", "at least", "at most"] = "same"
    people: float = 1.0
    points: float = 1.0
    spaces: dict[str, str] = field(default_factory=dict)

    def times(self, stage: str) -> float:
        """Return what a stage's value is multiplied by."""
        if stage in ("cost", "share"):
            return 1.0
        return self.people if stage == "grades" else self.people * self.points


def point_tables(sheets: Sheets) -> dict[str, pd.DataFrame]:
    return {name: sheets.tables[name] for name in POINTS[:3]}


def at(sheets: Sheets, change: Callable[[pd.DataFrame], dict]) -> Sheets:
    """Return the same with other coordinates."""
    for name in POINTS:
        sheets = sheets.table(name, lambda t: t.assign(**change(t)))
    return sheets


def moved(sheets: Sheets, x: Decimal, y: Decimal) -> Sheets:
    return at(
        sheets,
        lambda t: {"x": numbers(t["x"], lambda v: v + x), "y": numbers(t["y"], lambda v: v + y)},
    )


def far_away(sheets: Sheets) -> tuple[Decimal, Decimal]:
    x = max(Decimal(v) for f in point_tables(sheets).values() for v in f["x"])
    y = max(Decimal(v) for f in point_tables(sheets).values() for v in f["y"])
    return x + AWAY, y + AWAY


def circles_called(sheets: Sheets, rename: Callable[[str], str]) -> Sheets:
    """Return the same with other names of communities, wherever they are named."""
    for name in POINTS[:3]:
        sheets = sheets.table(name, lambda t: t.assign(community=t["community"].map(rename)))
    funds = tuple(
        fund
        if fund.communities is None
        else fund.model_copy(update={"communities": tuple(map(rename, fund.communities))})
        for fund in sheets.question.funds
    )
    return sheets.asks(funds=funds)
