"""What it takes to lift a circle to a grade, taken by itself, as a plan states it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.document import Upgrade, UpgradeProject

if TYPE_CHECKING:
    from siting.gaps.needs import Gaps
    from siting.standard.model import Question
    from siting.standard.options import Options


@dataclass(frozen=True, eq=False)
class Way:
    """A way for a circle to a grade that it does not hold today.

    Attributes
    ----------
    community, grade
        Indices.
    chosen
        Options that lift it, ascending, one of each pair that locks open among them; None: none
        are known.
    bound
        Yuan that every way costs at least; None: there is no way.
    missing
        Types that the grade lacks even with every option open.
    """

    community: int
    grade: int
    chosen: NDArray[np.int64] | None
    bound: float | None
    missing: tuple[int, ...] = ()


def describe(question: Question, gaps: Gaps, options: Options, way: Way) -> Upgrade:
    """Return the record of a way up.

    What locks open is decided: it stands for nothing, and is listed only where something else
    opens in its space.
    """
    types = gaps.standard.types
    name = gaps.standard.grades[way.grade].id
    missing = tuple(types[t].id for t in way.missing)
    if way.chosen is None:
        return Upgrade(
            grade=name,
            projects=(),
            capital=None,
            subsidy_per_year=None,
            price=None,
            bound=way.bound,
            missing=missing,
        )
    new = way.chosen[~options.forced[way.chosen]]
    spaces = np.unique(options.space[new])
    decided = np.unique(options.space[options.forced])
    listed = way.chosen[np.isin(options.space[way.chosen], spaces)]
    once = int(options.capital_fen[new].sum())
    once += int(options.fixed_fen[np.setdiff1d(spaces, decided)].sum())
    yearly = int(options.subsidy_fen[new].sum())
    price = once / 100 + question.policy.years * (yearly / 100)
    return Upgrade(
        grade=name,
        projects=tuple(
            UpgradeProject(
                space=str(gaps.city.spaces.id[options.space[o]]),
                type=types[options.type[o]].id,
                area_m2=float(options.area_m2[o]),
                chain=bool(options.chain[o]),
                capital=int(options.capital_fen[o]) / 100,
                subsidy_per_year=int(options.subsidy_fen[o]) / 100,
                locked=bool(options.forced[o]),
            )
            for o in listed.tolist()
        ),
        capital=once / 100,
        subsidy_per_year=yearly / 100,
        price=price,
        bound=None if way.bound is None else min(max(way.bound, 0.0), price),
        missing=missing,
    )
