"""The smallest changes of the demands that leave a plan: every demand may be missed at a price.

A demand that is given up whole costs 1, a share or a quota that is lowered the part it is lowered
by, a budget that is raised the part of itself it is raised by. What is stated is read off the plan
that was found, in whole fen and residents, not off the solver's own numbers.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.errors import Notice
from siting.programme.model import Block
from siting.programme.money import costs_of
from siting.programme.people import gaps_of
from siting.programme.stage import COVERAGE
from siting.solve.greedy import greedy
from siting.solve.named import FEN, MONEY, money_units
from siting.solve.runner import run
from siting.standard.purses import lacking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.programme.model import Programme
    from siting.solve.named import Named
    from siting.solve.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_SMALLEST_BUDGET = 0.01  # of what all options cost: what a budget near 0 is measured by
_FOR_START = 0.3  # of the time
_MOST = 10.0  # times: a budget is never raised further


@dataclass(frozen=True)
class Relaxed:
    """What to change so that there is a plan.

    Attributes
    ----------
    notices
        One for each change.
    proved
        No smaller changes would do.
    """

    notices: tuple[Notice, ...]
    proved: bool


def relax(
    problem: Problem,
    demands: Sequence[Named],
    *,
    seconds: float,
    solver: str,
    only: Sequence[Named] | None = None,
) -> Relaxed | None:
    """Return the smallest changes of the demands under which there is a plan; None if not found.

    Parameters
    ----------
    only
        Those of the demands that may change; None: all but the funds, since the general budget
        pays for whatever a fund does.
    """
    programme = problem.programme
    soft = elastic(problem, demands)
    size = len(programme.value)
    may = [
        named.kind != "fund" if only is None else any(named is one for one in only)
        for named in demands
    ]
    upper = soft.upper.copy()
    upper[size:][~np.array(may, dtype=bool)] = 0.0
    soft = replace(soft, upper=upper)
    start = elastic_start(problem, demands, soft, time.monotonic() + _FOR_START * seconds)
    outcome = run(soft, solver, start=start, time_limit=(1 - _FOR_START) * seconds, gap=1e-3)
    if outcome.vector is None:
        return None
    chosen = np.flatnonzero(outcome.vector[programme.column_range("x")] > 0.5)
    slack = outcome.vector[len(programme.value) :]
    proved = outcome.status == "optimal"
    # At the very shares of a plan found by luck nobody may find one again: what is not proved to
    # be the least change is rounded further.
    step = 0.001 if proved else 0.01
    notices = [
        notice
        for named, changes, missed in zip(demands, may, slack, strict=True)
        if (changes or named.kind not in MONEY)
        and (notice := _change(problem, named, chosen, float(missed), step)) is not None
    ]
    return Relaxed(tuple(notices), proved)


def elastic(problem: Problem, demands: Sequence[Named]) -> Programme:
    """Return the programme with a column for each demand that pays for missing it."""
    programme = problem.programme
    rows, size = programme.matrix.shape
    row: list[int] = []
    column: list[int] = []
    value: list[float] = []
    upper = np.ones(len(demands))
    integer = np.ones(len(demands), dtype=bool)
    lower = programme.lower.copy()
    held: list[tuple[int, int]] = []  # column that was bounded, its slack
    for k, named in enumerate(demands):
        integer[k] = named.kind not in ("floor", "target", "quota_m2", *MONEY)
        for r, coefficient in zip(named.rows, _coefficients(problem, named), strict=True):
            row.append(int(r))
            column.append(size + k)
            value.append(coefficient)
        for c in named.columns.tolist():
            lower[c] = 0.0
            held.append((c, size + k))
        if named.kind in MONEY:
            upper[k] = _MOST / _SMALLEST_BUDGET
        if named.kind == "quota":
            upper[k] = problem.rules.quotas[named.at].outlets or 0
    for n, (c, s) in enumerate(held):
        row += [rows + n, rows + n]
        column += [c, s]
        value += [1.0, 1.0]
    shape = (rows + len(held), size + len(demands))
    wide = programme.matrix.tocoo()
    matrix = sparse.coo_array(
        (
            np.concatenate([wide.data, value]),
            (
                np.concatenate([wide.coords[0], np.array(row, dtype=np.int64)]),
                np.concatenate([wide.coords[1], np.array(column, dtype=np.int64)]),
            ),
        ),
        shape=shape,
    ).tocsr()
    matrix.sort_indices()
    price = np.array([-_price(problem, named) for named in demands])
    return replace(
        programme,
        value=np.concatenate([np.zeros(size), price]),
        lower=np.concatenate([lower, np.zeros(len(demands))]),
        upper=np.concatenate([programme.upper, upper]),
        integer=np.concatenate([programme.integer, integer]),
        matrix=matrix,
        row_lower=np.concatenate([programme.row_lower, np.ones(len(held))]),
        row_upper=np.concatenate([programme.row_upper, np.full(len(held), np.inf)]),
        columns=(*programme.columns, Block("slack", size, shape[1])),
        rows=(*programme.rows, Block("held", rows, shape[0])),
    )


def elastic_start(
    problem: Problem, demands: Sequence[Named], soft: Programme, until: float
) -> Floats | None:
    """Return a plan that misses what it must of shares, and gives all else up that may be.

    Parameters
    ----------
    soft
        The programme that `elastic` made of the problem.
    until
        On the monotonic clock.
    """
    rules, grades = problem.rules, problem.rules.grades
    if grades is not None:
        grades = replace(grades, must=False)
    needs = replace(problem.needs, weight=_by_demand(problem)) if rules.floors else problem.needs
    free = replace(problem, rules=replace(rules, floors=(), quotas=(), grades=grades), needs=needs)
    chosen = greedy(free.staged(COVERAGE), lambda: time.monotonic() > until)
    if chosen is None:
        return None
    size = len(problem.programme.value)
    found = np.append(problem.vector(chosen), soft.upper[size:])
    for k, named in enumerate(demands):
        if named.kind in ("floor", "target"):
            floor = problem.rules.floors[named.at]
            gained = gained_people(problem, chosen, floor.type, floor.community)
            found[size + k] = max(0.0, 1.0 - gained / floor.needed)
        elif named.kind in MONEY:
            found[size + k] = 0.0
    return found


def _by_demand(problem: Problem) -> Floats:
    """Return as weights of needs the part of each share demanded that their residents make up."""
    needs, floors = problem.needs, problem.rules.floors
    size = (len(problem.rules.classes), needs.people.shape[1])
    rate = np.zeros(size)
    for floor in floors:
        at = slice(None) if floor.community is None else floor.community
        rate[floor.type, at] += 1.0 / floor.needed
    row = np.repeat(np.arange(len(needs)), np.diff(needs.people.indptr))
    part = needs.people.data * rate[needs.type[row], needs.people.indices]
    return np.bincount(row, part, len(needs)).astype(np.float64)


def _price(problem: Problem, named: Named) -> float:
    if named.kind == "quota":
        return 1.0 / (problem.rules.quotas[named.at].outlets or 1)
    return 1.0


def _coefficients(problem: Problem, named: Named) -> list[float]:
    """Return what one unit of the slack adds to each row of a demand."""
    programme = problem.programme
    if named.kind in ("floor", "target", "quota_m2"):
        return [float(programme.row_lower[r]) for r in named.rows]
    if named.kind in ("lock", "quota"):
        return [1.0]
    if named.kind in MONEY:
        fen = _measure(problem, named)
        units = money_units(problem)
        return [-(fen / units[r]) for r in named.rows.tolist()]
    # rooms, spacing and chains: give them up whole
    found = []
    for r in named.rows.tolist():
        at = slice(programme.matrix.indptr[r], programme.matrix.indptr[r + 1])
        over = np.maximum(programme.matrix.data[at], 0.0).sum() - programme.row_upper[r]
        found.append(-max(float(over), 0.0))
    return found


def _measure(problem: Problem, named: Named) -> float:
    """Return the fen that a budget or fund is measured by."""
    options = problem.options
    cost = (options.capital_fen, options.subsidy_fen)[named.pays]
    limit = problem.purses[named.pays].amount_fen[named.at] or 0
    return max(float(limit), _SMALLEST_BUDGET * float(cost.sum()), float(FEN))


def _change(
    problem: Problem, named: Named, chosen: Ints, missed: float, step: float
) -> Notice | None:
    """Return how a demand must change for a choice to keep it; None where it keeps it.

    Shares are rounded down to multiples of `step`.
    """
    options, rules = problem.options, problem.rules
    values = dict(named.values)
    if named.kind in ("floor", "target"):
        floor = rules.floors[named.at]
        gained = gained_people(problem, chosen, floor.type, floor.community)
        if gained >= floor.needed:
            return None
        values["best"] = share_text((floor.served + gained) / floor.residents, step)
    elif named.kind in MONEY:
        more = _missing(problem, named, chosen)
        if more <= 0:
            return None
        values["more"] = f"{math.ceil(more / FEN):,}"
    elif named.kind == "lock":
        pair = (options.space[named.at], options.type[named.at])
        if ((options.space[chosen] == pair[0]) & (options.type[chosen] == pair[1])).any():
            return None
    elif named.kind in ("quota", "quota_m2"):
        quota = rules.quotas[named.at]
        mine = chosen[options.type[chosen] == quota.type]
        here = mine[problem.city.spaces.community[options.space[mine]] == quota.community]
        if quota.outlets is not None:
            if len(here) >= quota.outlets:
                return None
            values["best"] = str(len(here))
        else:
            best = float(options.area_m2[here].sum())
            if best * 1e6 >= (quota.micro_m2 or 0) - 1:
                return None
            values["best"] = f"{best:,.1f}"
    elif missed < 0.5:
        return None
    return Notice(f"solve.relax_{named.kind}", values=values)


def _missing(problem: Problem, named: Named, chosen: Ints) -> int:
    """Return the least fen by which a purse must grow for the purses to pay for a choice.

    0 where they can, or cannot however much it grows.
    """
    purses = problem.purses[named.pays]
    amount = purses.amount_fen[named.at]
    if amount is None:
        return 0
    _, cost, fixed = costs_of(problem.options)[named.pays]
    opened = np.unique(problem.options.space[chosen])
    costs = [*cost[chosen].tolist(), *fixed[opened].tolist()]
    masks = [*purses.option_mask[chosen].tolist(), *purses.space_mask[opened].tolist()]

    def over(more: int) -> int:
        amounts = list(purses.amount_fen)
        amounts[named.at] = amount + more
        return lacking(costs, masks, tuple(amounts), purses.share)[0]

    # one fen more in a purse leaves one fen less to the others, until it has paid all it may
    more = max(0, over(0))
    return more if over(more) <= 0 else 0


def gained_people(problem: Problem, chosen: Ints, t: int, community: int | None) -> float:
    """Return the residents of a community (None: all) that gain a type from a choice."""
    rows, people = gaps_of(problem.frame, t, community)
    return float(people[problem.covered(chosen)[rows]].sum())


def share_text(share: float, step: float = 0.001) -> str:
    """Return a share that can be had, in per cent, rounded down to a multiple of `step`."""
    return f"{100.0 * step * math.floor(share / step + 1e-7):g}%"
