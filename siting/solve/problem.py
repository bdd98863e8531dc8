"""One question with all that a search needs, whole or restricted to some of its options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.build import build_frame, cover
from siting.programme.choice import fill
from siting.programme.frame import Frame
from siting.programme.money import MoneyRow, money_rows
from siting.programme.needs import restrict_needs
from siting.programme.objectives import costs, kept_money
from siting.programme.payments import Payments, payments_of
from siting.programme.rules import NO_RULES, Floor, Rules
from siting.programme.stage import COVERAGE, Stage
from siting.solve.allocate import allocate

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.programme.model import Programme
    from siting.programme.needs import MergedNeeds
    from siting.standard.options import Options
    from siting.standard.purses import Purses

_PER_OPTION = (
    "space",
    "type",
    "area_m2",
    "capital_fen",
    "subsidy_fen",
    "relief",
    "forced",
    "chain",
)
_YUAN = 100_000_000  # in millionths of a fen


@dataclass(frozen=True, eq=False)
class Problem:
    """A question's options, merged needs and purses; choices are ascending option indices.

    Attributes
    ----------
    city, options, needs
        The question. The needs must have been merged under the same rules.
    purses
        Those of capital and of subsidy.
    rules
        What else the question demands.
    stage
        What is maximised, and what is kept.
    rows
        The money rows where they are not those of the purses, but of a larger problem or of what
        others leave.
    by_payments
        The kinds of money, ``C3`` and ``C4``, that a larger problem describes by payments.
    """

    city: City
    options: Options
    needs: MergedNeeds
    purses: tuple[Purses, Purses]
    rules: Rules = NO_RULES
    stage: Stage = COVERAGE
    rows: tuple[MoneyRow, ...] | None = None
    by_payments: frozenset[str] | None = None

    @cached_property
    def money(self) -> list[MoneyRow]:
        """The money rows, and one for each cost that an earlier stage reached.

        Every plan keeps them; a choice that keeps them can be paid if `money_complete`.
        """
        if self.rows is not None:
            return list(self.rows)
        kept = (one for one in self.stage.keep if one.stage.kind == "cost")
        found = (kept_money(self.frame, one.value) for one in kept)
        rows = money_rows(self.options, *self.purses)
        return [*rows, *(row for row in found if row is not None)]

    @cached_property
    def payments(self) -> tuple[Payments, ...]:
        """What the funds may pay, of the kinds of money that `money` does not say all of."""
        return payments_of(self.options, *self.purses, self.by_payments)

    @property
    def money_complete(self) -> bool:
        """Whether `money` alone tells which choices can be paid."""
        return not self.payments

    @cached_property
    def frame(self) -> Frame:
        """The columns of the programme."""
        return Frame(self.city, self.options, self.needs, self.rules, self.stage, self.payments)

    @cached_property
    def programme(self) -> Programme:
        """The programme of this stage of the question."""
        return build_frame(self.frame, self.money)

    @cached_property
    def cover(self) -> sparse.csc_array:
        """Pattern (merged needs, options): 1 where the option meets the need."""
        return cover(self.options, self.needs, len(self.city.spaces)).tocsc()

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """What each merged need brings to this stage, capacity aside.

        Where `is_weighed`, no plan is worth more than the sum over the needs it meets: of points;
        of shares; or of shares by the number of circles compared, since the least of some shares
        is no more than their average, and those spared have no less than nothing.
        """
        if self.stage.kind == "class":
            counts = np.array([word == self.stage.class_name for word in self.rules.classes])
            return np.where(counts[self.needs.type], self.needs.weight, 0.0)
        if self.stage.kind not in ("worst", "circles") or not self._compared:
            return self.needs.weight
        part = np.zeros(len(self.needs.reachable))
        part[self._compared] = 1.0 / self.needs.reachable[self._compared]
        if self.stage.kind == "worst":
            part /= max(1, len(self._compared) - self.stage.spared)
        return np.asarray(self.needs.points @ part, dtype=np.float64)

    @property
    def is_weighed(self) -> bool:
        """Whether no plan is worth more in this stage than the weights of the needs it meets."""
        if self.stage.kind == "worst":
            return len(self._compared) > self.stage.spared
        return self.stage.kind in ("coverage", "class", "circles")

    @property
    def _compared(self) -> list[int]:
        """The circles whose shares count in this stage."""
        if self.stage.kind == "circles":
            return list(self.stage.circles)
        return self.frame.rising(self.stage)

    @cached_property
    def out_of_reach(self) -> list[tuple[Floor, float]]:
        """Shares that no plan reaches (D > sum of G), with the largest share that one could."""
        found = []
        for floor in self.rules.floors:
            people = self.frame.lacking_people[floor.type]
            gain = float(people.sum() if floor.community is None else people[floor.community])
            if gain < floor.needed:
                found.append((floor, (floor.served + gain) / floor.residents))
        return found

    def staged(self, stage: Stage) -> Problem:
        """Return the same question at another stage."""
        return replace(self, stage=stage)

    def restricted(self, kept: NDArray[np.int64]) -> Problem:
        """Return the same question with only the options `kept`, its needs merged again.

        Needs that only differed in options left out become one, so that a problem with a tenth of
        the options has far less than a tenth of the rows.
        """
        options = replace(
            self.options, **{name: getattr(self.options, name)[kept] for name in _PER_OPTION}
        )
        capital, subsidy = (replace(p, option_mask=p.option_mask[kept]) for p in self.purses)
        needs = restrict_needs(self.needs, options, len(self.city.spaces))
        rows = tuple(replace(row, option=row.option[kept]) for row in self.money)
        return replace(
            self,
            options=options,
            needs=needs,
            purses=(capital, subsidy),
            rows=rows,
            by_payments=frozenset(money.name for money in self.payments),
        )

    def covered(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each merged need whether a chosen option meets it."""
        picked = np.zeros(len(self.options))
        picked[chosen] = 1.0
        met: NDArray[np.bool_] = self.cover @ picked > 0.5
        return met

    def value(self, chosen: NDArray[np.int64]) -> float:
        """Return what a choice is worth in this stage (see `Stage`), as the programme counts."""
        if self.stage.kind in ("coverage", "class") and self.rules.capacity is None:
            return float(self.weight @ self.covered(chosen))
        if self.stage.kind == "cost":
            option, space = costs(self.frame)
            opened = np.unique(self.options.space[chosen])
            cost: int = sum(option[chosen].tolist()) + sum(space[opened].tolist())
            return -(cost / _YUAN)
        return float(self.programme.value @ self.vector(chosen))

    def vector(self, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the best values of all columns of the programme for a choice."""
        values = fill(self.frame, chosen, self.covered(chosen))
        return values if self.rules.capacity is None else allocate(self.programme, values)
