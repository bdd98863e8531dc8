"""One budget solved: what is kept of it on disk and passed between processes."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict

from siting.plan.document import Document, Number, Residents, Solution
from siting.standard.model import Budget

Status = Literal["optimal", "feasible", "infeasible", "none"]


class Answer(Solution):
    """The plan of one budget, as its own plan.json stated it when it was verified."""

    certified_bound: Number | None
    residents: Residents
    software: dict[str, str]
    deterministic: bool


class Said(BaseModel):
    """A sentence in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str


class Proved(BaseModel):
    """What a solve proved of the first stage; null where it proved nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bound: Number | None
    bound_source: str
    certified_bound: Number | None


class Point(BaseModel):
    """What solving the question under one budget brought."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    capital: Number | None
    subsidy_per_year: Number | None
    """Yuan; null: unlimited."""
    status: Status
    """``infeasible``: it is proved that no plan keeps the demands within this budget; ``none``: no
    plan was found in the time."""
    answer: Answer | None
    """null where there is no plan."""
    why: tuple[Said, ...] = ()
    """Why there is none."""
    started_from: tuple[Number | None, Number | None] | None = None
    """Capital and subsidy of the budget whose plan the search began with; null: with none."""
    time_limit: Number
    """Seconds that its last solve had."""
    seconds: Number
    """Of all solves of this budget."""
    before: Proved | None = None
    """What solves of this budget with less time proved."""

    @property
    def budget(self) -> Budget:
        """The two budgets, infinite where there is no limit."""
        return budget_of(self.capital, self.subsidy_per_year)


def budget_of(capital: float | None, subsidy: float | None) -> Budget:
    """Return a budget whose parts are None where they are unlimited."""
    return Budget(
        capital=math.inf if capital is None else capital,
        subsidy_per_year=math.inf if subsidy is None else subsidy,
    )


def limits_of(budget: Budget) -> tuple[float | None, float | None]:
    """Return capital and subsidy of a budget, None where they are unlimited."""
    capital, subsidy = budget.capital, budget.subsidy_per_year
    return None if math.isinf(capital) else capital, None if math.isinf(subsidy) else subsidy


def money_words(budget: Budget) -> dict[str, str]:
    """Return the two parts of a budget for a sentence."""
    amounts = zip(("capital", "subsidy"), limits_of(budget), strict=True)
    return {name: "inf" if yuan is None else f"{yuan:,.2f}" for name, yuan in amounts}


def answer_of(document: Document) -> Answer:
    """Return of a plan what the frontier keeps."""
    return Answer(**{name: getattr(document, name) for name in Answer.model_fields})


def allows(larger: Budget, smaller: Budget) -> bool:
    """Tell whether every plan for `smaller` is one for `larger`."""
    return smaller.capital <= larger.capital and smaller.subsidy_per_year <= larger.subsidy_per_year
