"""The same question in the words of the whole package: spaces, options of one type, needs, money.

Sites are spaces of one square metre that hold one outlet, classes of points are merged needs, and
weights are need points. So the engine that plans cities answers it, and nothing is solved twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from siting.city.model import EVERYONE, City, Outlets, Places, Spaces, Walking
from siting.programme.needs import MergedNeeds
from siting.programme.rules import Rules
from siting.solve.problem import Problem
from siting.standard.options import Options
from siting.standard.purses import Purses, to_fen

if TYPE_CHECKING:
    from siting.covering.classes import Classes
    from siting.covering.model import CoveringInstance, Floats

FEN = 100.0
"""Costs are counted in hundredths, exactly, as all money here."""


def state(instance: CoveringInstance, classes: Classes, cost: Floats, budget: float) -> Problem:
    """Return the problem of covering most weight within a budget.

    Parameters
    ----------
    cost
        Of each site, with two decimals at most, shape (sites,).
    budget
        For all that opens; ``inf`` for no limit.
    """
    sites, needs = instance.sites, len(classes)
    nothing = sparse.csr_array((needs, 1))
    ones = np.ones(sites, dtype=np.int64)
    return Problem(
        city=_city(instance),
        options=Options(
            space=np.arange(sites, dtype=np.int64),
            type=np.zeros(sites, dtype=np.int64),
            area_m2=np.ones(sites),
            capital_fen=np.rint(cost * FEN).astype(np.int64),
            subsidy_fen=np.zeros(sites, dtype=np.int64),
            relief=np.zeros(sites),
            forced=np.zeros(sites, dtype=np.bool_),
            chain=np.zeros(sites, dtype=np.bool_),
            fixed_fen=np.zeros(sites, dtype=np.int64),
            refused=np.zeros((sites, 1), dtype=np.int8),
        ),
        needs=MergedNeeds(
            type=np.zeros(needs, dtype=np.int64),
            weight=classes.weight,
            spaces=classes.sites,
            people=nothing,
            points=nothing,
            reachable=np.zeros(1),
        ),
        purses=(
            Purses(("general",), (to_fen(budget),), (1.0,), ones, ones),
            Purses(("general",), (None,), (1.0,), ones, ones),
        ),
        rules=Rules(classes=("basic",)),
    )


def _city(instance: CoveringInstance) -> City:
    """Return a city of the sites; its points are in the classes already."""
    sites = instance.sites
    words, numbers = np.empty(0, dtype=object), np.empty(0)
    whole = np.empty(0, dtype=np.int64)
    blank = np.full(sites, "", dtype=object)
    ones = np.ones(sites, dtype=np.int64)
    return City(
        name="covering",
        places=Places(words, numbers, numbers, whole, {EVERYONE: numbers}),
        outlets=Outlets(words, numbers, numbers, whole, words, numbers, numbers, numbers),
        spaces=Spaces(
            id=instance.site_id,
            x=instance.site_x,
            y=instance.site_y,
            community=np.zeros(sites, dtype=np.int64),
            area_m2=np.ones(sites),
            rent_m2_month=np.zeros(sites),
            kind=blank,
            floor=ones,
            features=np.full(sites, frozenset(), dtype=object),
            max_types=ones,
            min_types=ones,
            capital_m2=np.full(sites, np.nan),
            capital_fixed=np.zeros(sites),
        ),
        communities=("",),
        walking=Walking(),
    )
