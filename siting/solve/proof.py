"""From the multipliers of a stage to what the plan's certificate says of it.

Multipliers are rounded as the file keeps them and the bound is worked out afresh from the rounded
ones, with the best bundle of types in every space; see `siting.solve.multipliers` for the formula.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.certificate import (
    StageMultipliers,
    kept_key,
    need_keys,
    row_key,
    space_keys,
    type_keys,
)
from siting.solve.bundle import Bundles
from siting.solve.multipliers import MORE_YUAN

if TYPE_CHECKING:
    from siting.plan.certificate import Keys
    from siting.programme.money import MoneyRow
    from siting.solve.problem import Problem
    from siting.standard.model import Standard

Floats = NDArray[np.float64]
Priced = list[tuple["MoneyRow", float]]

STAGES = ("coverage", "class")
"""Kinds of stage that multipliers bound: those that count need points."""

_UNIT = 2.0**-53


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Multipliers of one stage of a problem; any that are not negative prove a bound.

    Attributes
    ----------
    u
        Of each need of ``problem.needs``, in points, shape (needs,).
    price
        Of each row of ``problem.money``, in points per whole unit of the row, shape (rows,).
    """

    u: Floats
    price: Floats


@dataclass(frozen=True, eq=False)
class Proof:
    """What a plan keeps of a stage's multipliers, and the bound that they prove.

    Attributes
    ----------
    kept
        As the certificate holds them.
    bound
        No plan is worth more in this stage.
    rises
        How much higher `bound` is with `MORE_YUAN` more of capital, and of subsidy a year.
    """

    kept: StageMultipliers
    bound: float
    rises: tuple[float, float]


def prove(problem: Problem, standard: Standard, multipliers: Multipliers) -> Proof:
    """Return the proof that multipliers give of a problem's stage, one of `STAGES`."""
    price = np.maximum(multipliers.price, 0.0)
    priced = [(problem.money[k], float(price[k])) for k in np.flatnonzero(price).tolist()]
    keys = _keys(problem, standard)
    u = _rounded(problem.weight, multipliers.u, keys)
    bundles = _bundles(problem, u.astype(np.float64), priced)
    at = np.flatnonzero(u)
    at = at[np.argsort(keys[at])]
    kept = StageMultipliers(
        need=keys[at],
        u=u[at],
        row=tuple(_row_key(problem, row) for row, _ in priced),
        price=np.array([points for _, points in priced], dtype=np.float64),
        loose=np.sort(space_keys(problem.city.spaces.id[s] for s in bundles.loose)),
    )
    bound = _bound(problem, standard, u.astype(np.float64), priced, bundles)
    return Proof(kept, bound, (_rise(priced, "C3"), _rise(priced, "C4")))


def _rise(priced: Priced, name: str) -> float:
    more = 100 * MORE_YUAN
    rows = [(row, points) for row, points in priced if row.name == name]
    return math.fsum(points * (row.limit_with(more) - row.limit) for row, points in rows)


def _rounded(weight: Floats, u: Floats, keys: Keys) -> NDArray[np.float32]:
    """Return multipliers as the file keeps them; 0 for needs that bring no points.

    Needs whose keys collide, which chance brings about in one of 2^24 cities, have none.
    """
    counts = weight > 0.0
    _, group, times = np.unique(keys[counts], return_inverse=True, return_counts=True)
    kept = np.zeros(len(u))
    kept[counts] = np.where(times[group] > 1, 0.0, np.maximum(u[counts], 0.0))
    return kept.astype(np.float32)


def _keys(problem: Problem, standard: Standard) -> Keys:
    needs = problem.needs
    space = space_keys(problem.city.spaces.id)
    kind = type_keys(kind.id for kind in standard.types)
    return need_keys(kind[needs.type], space[needs.spaces.member], needs.spaces.indptr)


def _row_key(problem: Problem, row: MoneyRow) -> str:
    if row.name == "keep":
        (kept,) = (one.value for one in problem.stage.keep if one.stage.kind == "cost")
        return kept_key("cost", -kept)
    return row_key("capital" if row.name == "C3" else "subsidy_per_year", row.purses)


def _bundles(problem: Problem, u: Floats, priced: Priced) -> Bundles:
    """Return what the best bundle of types in each space is worth."""
    worth = problem.cover.T @ u
    toll = np.zeros(len(problem.city.spaces))
    for row, points in priced:
        worth = worth - points * row.option
        toll = toll + points * row.space
    return Bundles.best(problem, np.asarray(worth, dtype=np.float64), toll)


def _bound(
    problem: Problem,
    standard: Standard,
    u: Floats,
    priced: Priced,
    bundles: Bundles,
) -> float:
    """Return the bound, rounded outward (docs/certificate.md says by how much)."""
    counts = problem.weight > 0.0
    weight, u = problem.weight[counts], u[counts]
    members = np.diff(problem.needs.spaces.indptr)[counts]
    options, spaces = len(problem.options), len(problem.city.spaces)
    terms, size = list(np.maximum(weight - u, 0.0)), float(weight.sum() + (1 + members) @ u)
    for row, points in priced:
        terms.append(points * row.limit)
        size += points * (row.limit + sum(row.option.tolist()) + sum(row.space.tolist()))
    people = len(problem.city.places) * max((len(t.groups) for t in standard.types), default=0)
    products = len(u) + int(members.sum()) + len(priced) * (1 + options + spaces) + people
    value = math.fsum([*terms, *bundles.worth])
    if not size:
        return value
    return math.nextafter(value + 2 * (products + 8) * _UNIT * size, math.inf)
