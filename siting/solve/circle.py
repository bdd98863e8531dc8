"""The question of one circle: the cheapest way to a grade, taken by itself.

From today's outlets, with the rules for spaces, roofs, distances and numbers in force; budgets,
funds, demands on other circles, quotas, shares of chains and capacity are not. What locks open is
decided: it stands, serves, takes its room and costs nothing here. Only options that can matter for
the circle are left, so that the programme is small, and the answer is that of all options.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.merge import take
from siting.programme.rules import Rules
from siting.programme.stage import Stage

if TYPE_CHECKING:
    from siting.programme.grades import Grades
    from siting.programme.needs import MergedNeeds
    from siting.solve.problem import Problem
    from siting.standard.purses import Purses

Ints = NDArray[np.int64]

_SAFE = 1e-9  # relative: what sums of the same numbers in another order may differ by


@dataclass(frozen=True, eq=False)
class Upgrade:
    """A circle and a grade above the one it holds today.

    Attributes
    ----------
    community, grade
        Indices.
    missing
        Types that the grade lacks even with every option open; then there is no `problem`.
    kept
        Options of the whole question that `problem` has, ascending.
    problem
        Cheapest choice of those options by which the circle holds the grade.
    """

    community: int
    grade: int
    missing: tuple[int, ...] = ()
    kept: Ints | None = None
    problem: Problem | None = None


def find_upgrades(problem: Problem) -> list[Upgrade]:
    """Return the ways up of every circle below the grade aimed at, grade by grade.

    Parameters
    ----------
    problem
        A question whose rules have grades.
    """
    grades = problem.rules.grades
    assert grades is not None
    return [
        _upgrade(problem, c, k)
        for c in grades.open.tolist()
        for k in np.flatnonzero(~grades.held_today[:, c]).tolist()
    ]


def find_single(problem: Problem, c: int, t: int) -> tuple[Ints, Problem]:
    """Return the question what it takes at least to make one type present in a circle.

    Only its people are asked for: no other type, no one-off cost and no rule for roofs, distances
    or numbers stands in the way. So every way up by which the type becomes present by itself pays
    at least as much for options of the type.

    Returns
    -------
    kept, problem
        The options of the whole question that it has, ascending, and the question.
    """
    frame, grades = problem.frame, problem.rules.grades
    assert grades is not None
    rows = np.empty(0, dtype=np.int64)
    if grades.located:
        kept = frame.in_circle(t, c)
    else:
        rows = frame.lacking(t, c)[0]
        kept = frame.reaching(t, rows)
    alone = tuple((u,) for u in range(len(grades.classes)))
    only = replace(
        _of_circle(grades, c, 0), least=({},), mandatory=((t,),), stand_ins=alone, counts_by=alone
    )
    part = _decided_is_free(_part(problem, kept, rows, c, only))
    spaces = part.city.spaces
    return kept, replace(
        part,
        city=replace(part.city, spaces=replace(spaces, min_types=np.ones_like(spaces.min_types))),
        options=replace(part.options, fixed_fen=np.zeros_like(part.options.fixed_fen)),
        rules=Rules(classes=part.rules.classes, grades=only, years_micro=part.rules.years_micro),
    )


def least_cost(problem: Problem, c: int, t: int) -> float:
    """Return yuan that `find_single` costs at least, as if no two options served the same people.

    Then the cheapest people are served first, the last option in part.
    """
    frame, grades = problem.frame, problem.rules.grades
    assert grades is not None
    if grades.located:
        kept = frame.in_circle(t, c)
        needed, brought = 1.0, np.ones(len(kept))
    else:
        rows, people = frame.lacking(t, c)
        kept = frame.reaching(t, rows)
        gained = np.zeros(len(problem.needs))
        gained[rows] = people
        needed = float(grades.needed[t, c])
        brought = np.minimum(problem.cover[:, kept].T @ gained, needed)
    options = problem.options
    fen = options.capital_fen[kept] + options.subsidy_fen[kept] * (problem.rules.years_micro / 1e6)
    each = np.where(options.forced[kept], 0.0, fen / 100.0)
    order = np.argsort(np.divide(each, brought, out=np.full(len(each), np.inf), where=brought > 0))
    before = np.concatenate([[0.0], np.cumsum(brought[order])[:-1]])
    part = np.clip((needed - before) / np.maximum(brought[order], 1e-300), 0.0, 1.0)
    return max(0.0, float(each[order] @ part) * (1.0 - _SAFE))


def _upgrade(problem: Problem, c: int, k: int) -> Upgrade:
    frame = problem.frame
    whole = problem.rules.grades
    assert whole is not None
    grades = _of_circle(whole, c, k)
    reached = grades.own_today | frame.possible
    if not grades.held(reached)[k, c]:
        return Upgrade(c, k, missing=_missing(grades, reached, c))
    lacking = [w for w in grades.ways if not grades.own_today[list(w), c].any()]
    types = sorted({t for ways in lacking for t in ways if frame.possible[t, c]})
    rows = [np.empty(0, dtype=np.int64)]
    options = [np.empty(0, dtype=np.int64)]
    for t in types:
        if grades.located:
            options.append(frame.in_circle(t, c))
        else:
            mine = frame.lacking(t, c)[0]
            rows.append(mine)
            options.append(frame.reaching(t, mine))
    kept = _with_company(problem, np.unique(np.concatenate(options)))
    part = _part(problem, kept, np.unique(np.concatenate(rows)), c, grades)
    return Upgrade(c, k, kept=kept, problem=_decided_is_free(part))


def _part(problem: Problem, kept: Ints, rows: Ints, c: int, grades: Grades) -> Problem:
    """Return the question of one circle, with some options and some of its needs."""
    capital, subsidy = problem.purses
    return replace(
        problem,
        needs=_needs_of(problem.needs, rows, c),
        purses=(_unlimited(capital), _unlimited(subsidy)),
        rules=replace(
            problem.rules,
            floors=(),
            quotas=(),
            chain_share=0,
            capacity=None,
            by_circle=False,
            grades=grades,
        ),
        stage=Stage("cost"),
    ).restricted(kept)


def _of_circle(grades: Grades, c: int, k: int) -> Grades:
    """Return what the grade asks of this circle alone, which must reach it."""
    alone = np.zeros_like(grades.residents)
    alone[c] = grades.residents[c]
    return replace(
        grades,
        least=grades.least[: k + 1],
        mandatory=grades.mandatory[: k + 1],
        residents=alone,
        must=True,
    )


def _missing(grades: Grades, own: NDArray[np.bool_], c: int) -> tuple[int, ...]:
    """Return the types that keep a circle from the last grade, of those it does not have."""
    present, counting = grades.present(own)[:, c], grades.counting(own)[:, c]
    found: set[int] = set()
    for least, mandatory in zip(grades.least, grades.mandatory, strict=True):
        for word, n in least.items():
            types = [t for t, other in enumerate(grades.classes) if other == word]
            if counting[types].sum() < n:
                found.update(t for t in types if not counting[t])
        found.update(t for t in mandatory or () if not present[t])
    return tuple(sorted(found))


def _with_company(problem: Problem, wanted: Ints) -> Ints:
    """Return the options wanted, what locks open, and what may have to stand beside them."""
    options, rules, spaces = problem.options, problem.rules, problem.city.spaces
    concerned = np.zeros(len(spaces), dtype=bool)
    keep = np.zeros(len(options), dtype=bool)
    keep[wanted] = True
    keep |= options.forced
    concerned[options.space[keep]] = True
    company = spaces.min_types > 1
    company[list(rules.basic_share)] = True
    if rules.roof is not None and rules.roof.only:
        company |= ~rules.roof.free
    keep |= (concerned & company)[options.space]
    return np.flatnonzero(keep)


def _needs_of(needs: MergedNeeds, rows: Ints, c: int) -> MergedNeeds:
    """Return some of the needs with the people of one circle alone."""
    people = sparse.csr_array(needs.people[rows]).tocoo()
    mine = people.coords[1] == c
    at = (people.coords[0][mine], people.coords[1][mine])
    return replace(
        needs,
        type=needs.type[rows],
        weight=needs.weight[rows],
        spaces=take(needs.spaces, rows),
        people=sparse.coo_array((people.data[mine], at), shape=people.shape).tocsr(),
        points=sparse.csr_array((len(rows), people.shape[1])),
    )


def _unlimited(purses: Purses) -> Purses:
    return replace(purses, amount_fen=tuple(None for _ in purses.amount_fen))


def _decided_is_free(problem: Problem) -> Problem:
    """Return the problem where what locks open costs nothing, nor what its space costs once."""
    options = problem.options
    paid = options.fixed_fen.copy()
    paid[options.space[options.forced]] = 0
    return replace(
        problem,
        options=replace(
            options,
            capital_fen=np.where(options.forced, 0, options.capital_fen),
            subsidy_fen=np.where(options.forced, 0, options.subsidy_fen),
            fixed_fen=paid,
        ),
    )
