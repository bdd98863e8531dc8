"""One question with all that a search needs, whole or restricted to some of its options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.build import build, spaces_with_y
from siting.programme.money import MoneyRow, money_rows
from siting.programme.needs import restrict_needs

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.programme.model import Programme
    from siting.programme.needs import MergedNeeds
    from siting.standard.options import Options
    from siting.standard.purses import Purses


@dataclass(frozen=True, eq=False)
class Problem:
    """A question's options, merged needs and purses; choices are ascending option indices.

    Attributes
    ----------
    city, options, needs
        The question.
    purses
        Those of capital and of subsidy.
    """

    city: City
    options: Options
    needs: MergedNeeds
    purses: tuple[Purses, Purses]

    @cached_property
    def money(self) -> list[MoneyRow]:
        """The money rows."""
        return money_rows(self.options, *self.purses)

    @cached_property
    def programme(self) -> Programme:
        """The programme of this question."""
        return build(self.city, self.options, self.needs, self.money)

    @cached_property
    def cover(self) -> sparse.csc_array:
        """Pattern (merged needs, options): 1 where the option meets the need."""
        rows, x = self.programme.row_range("C1"), self.programme.column_range("x")
        return -self.programme.matrix[rows, x].tocsc()

    def restricted(self, kept: NDArray[np.int64]) -> Problem:
        """Return the same question with only the options `kept`, its needs merged again.

        Needs that only differed in options left out become one, so that a problem with a tenth of
        the options has far less than a tenth of the rows.
        """
        options = replace(
            self.options,
            **{
                name: getattr(self.options, name)[kept]
                for name in (
                    "space",
                    "type",
                    "area_m2",
                    "capital_fen",
                    "subsidy_fen",
                    "relief",
                    "forced",
                )
            },
        )
        capital, subsidy = (replace(p, option_mask=p.option_mask[kept]) for p in self.purses)
        needs = restrict_needs(self.needs, options, len(self.city.spaces))
        return Problem(self.city, options, needs, (capital, subsidy))

    def covered(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each merged need whether a chosen option meets it."""
        picked = np.zeros(len(self.options))
        picked[chosen] = 1.0
        met: NDArray[np.bool_] = self.cover @ picked > 0.5
        return met

    def value(self, chosen: NDArray[np.int64]) -> float:
        """Return the need points of a choice."""
        return float(self.needs.weight @ self.covered(chosen))

    def vector(self, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the values of all columns of the programme for a choice."""
        programme = self.programme
        values = np.zeros(len(programme.value))
        values[chosen] = 1.0
        opened = spaces_with_y(self.city, self.options)
        values[programme.column_range("y")] = np.isin(opened, self.options.space[chosen])
        values[programme.column_range("z")] = self.covered(chosen)
        return values
