"""The cheapest way of each circle to each grade, taken by itself, with a bound on its price.

1. The greedy finds ways for as many as it can in a part of the time; a simple bound says what it
   costs at least to make a type present in a circle, and so which types are cheapest together.
2. For each circle and type that could matter: what it costs at least to make the type present
   there by itself. These small questions are solved side by side.
3. For each way up: which types to make present, by those costs. No way is cheaper; and where what
   was found for the types can stand together for that cost, it is the cheapest.
4. The other ways are solved by themselves, with rows that say what each type costs at least, which
   is what makes them quick.

From step 2 on circles go in turns, those with most residents first, so that what the time leaves
unproved is whole circles.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.plan.upgrades import Way
from siting.programme.model import Block, Programme
from siting.solve.blocks import Solved, Task, Work, solve_each, solve_together
from siting.solve.circle import Upgrade, find_single, find_upgrades, least_cost
from siting.solve.greedy import greedy
from siting.solve.limits import kept
from siting.solve.search import prune

if TYPE_CHECKING:
    import threading

    from siting.solve.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE = 0.2
"""Of the time limit: so much is left to the prices of the ways up."""

_AT_ONCE = 10  # single questions of a turn, for each thread
_TURN = 2.0  # parts of the time left, were it dealt out evenly, that a turn may take
_FIRST = 0.25  # of the time, for the greedy
_SAFE = 1e-9  # relative: what sums of the same numbers in another order may differ by


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways up, and how they were found.

    Attributes
    ----------
    ways
        By circle, then grade, in the city's order.
    repeatable
        Nothing was ended by the clock.
    peak_memory_mb
        Of the solver's processes.
    """

    ways: tuple[Way, ...] = ()
    repeatable: bool = True
    peak_memory_mb: float = 0.0


@dataclass(frozen=True, eq=False)
class _Single:
    """The least cost of a type in a circle (yuan), and options of the whole question for it."""

    cost: float
    chosen: Ints


_Known = dict[tuple[int, int], tuple[Ints | None, float]]
"""By circle and grade the choice of a way up, among the options of its problem, and its bound."""


def wants_ways(problem: Problem) -> bool:
    """Tell whether a question aims at a grade that some circle does not hold today."""
    grades = problem.rules.grades
    return grades is not None and bool(len(grades.open))


def find_ways(
    problem: Problem,
    *,
    solver: str,
    deadline: float,
    threads: int,
    seed: int,
    stop: threading.Event | None,
    plan: Ints,
) -> Ways:
    """Return the cheapest way known of every circle to every grade up to the one aimed at.

    Parameters
    ----------
    problem
        A question, at any stage.
    deadline
        On the monotonic clock.
    plan
        Options chosen for the whole question; what of them lifts a circle is a way too.
    """
    if not wants_ways(problem):
        return Ways()
    grades = problem.rules.grades
    assert grades is not None
    work = Work(solver, threads, seed, stop, [], [])
    found: dict[tuple[int, int], Way] = {}
    able = []
    for up in find_upgrades(problem):
        if up.problem is None:
            found[up.community, up.grade] = Way(up.community, up.grade, None, None, up.missing)
        else:
            able.append(up)
    able.sort(key=lambda up: (-grades.residents[up.community], up.community, up.grade))
    first = _first(able, work, time.monotonic() + _FIRST * (deadline - time.monotonic()), plan)
    first = _bounded(problem, able, first, work, deadline)
    turns = _turns(able, threads)
    for k, turn in enumerate(turns):
        now = time.monotonic()
        ends = min(deadline, now + _TURN * (deadline - now) / (len(turns) - k))
        for way in _solve(problem, turn, work, ends, first):
            found[way.community, way.grade] = way
    return Ways(
        tuple(found[key] for key in sorted(found)),
        repeatable=not any(work.cut),
        peak_memory_mb=max(work.peaks, default=0.0),
    )


def _first(able: list[Upgrade], work: Work, until: float, plan: Ints) -> _Known:
    """Return for each way up what of the plan lifts the circle, or what the greedy finds."""
    found: _Known = {}
    for up in able:
        ways: list[Ints | None] = [_of_plan(up, plan)]
        if not work.over(until):
            chosen = greedy(_problem(up))
            ways.append(None if chosen is None else prune(_problem(up), chosen))
        else:
            work.cut.append(True)
        found[up.community, up.grade] = _cheapest(up, ways), 0.0
    return found


def _bounded(
    problem: Problem, able: list[Upgrade], known: _Known, work: Work, deadline: float
) -> _Known:
    """Return the choices with what the simple bound on each type says of each way up."""
    nothing = np.empty(0, dtype=np.int64)
    pairs = {(c, t) for up in able for t, c in _problem(up).frame.presence.own}
    least = {(c, t): _Single(least_cost(problem, c, t), nothing) for c, t in sorted(pairs)}
    solved = solve_together([_selection(up, least) for up in able], work, deadline)
    found = dict(known)
    for up, one in zip(able, solved, strict=True):
        key = up.community, up.grade
        found[key] = known[key][0], _at_least(one)
    return found


def _at_least(solved: Solved) -> float:
    """Return the yuan that a bound says, 0 where nothing is known."""
    return 0.0 if np.isinf(solved.bound) else max(0.0, -solved.bound)


def _turns(order: list[Upgrade], threads: int) -> list[list[Upgrade]]:
    """Return the ways up in turns of whole circles, in that order."""
    turns: list[list[Upgrade]] = []
    size = 0
    for up in order:
        new = not turns or turns[-1][-1].community != up.community
        if new and (not turns or size >= _AT_ONCE * threads):
            turns.append([])
            size = 0
        turns[-1].append(up)
        assert up.problem is not None
        size += len(up.problem.frame.presence.own) if new else 0
    return turns


def _solve(
    problem: Problem,
    turn: list[Upgrade],
    work: Work,
    deadline: float,
    known: _Known,
) -> list[Way]:
    if work.over(deadline):
        work.cut.append(True)
        return [_way(up, *known[up.community, up.grade]) for up in turn]
    singles = _singles(problem, turn, work, deadline)
    least = solve_together([_selection(up, singles) for up in turn], work, deadline)
    found: list[tuple[Ints | None, float]] = []
    open_ = []
    for k, (up, chosen) in enumerate(zip(turn, least, strict=True)):
        best, bound = known[up.community, up.grade]
        best = _cheapest(up, [_union(up, singles, chosen), best])
        bound = max(bound, _at_least(chosen))
        found.append((best, bound))
        if best is None or _cost(up, best) > bound * (1.0 + _SAFE):
            open_.append(k)
    tasks = [_whole(turn[k], singles, found[k][0]) for k in open_]
    for k, solved in zip(open_, solve_each(tasks, work, deadline), strict=True):
        found[k] = _better(turn[k], found[k], solved)
    return [_way(up, best, bound) for up, (best, bound) in zip(turn, found, strict=True)]


def _way(up: Upgrade, best: Ints | None, bound: float) -> Way:
    chosen = None if best is None else _kept(up)[best]
    return Way(up.community, up.grade, chosen, None if np.isinf(bound) else bound)


def _singles(
    problem: Problem, turn: list[Upgrade], work: Work, deadline: float
) -> dict[tuple[int, int], _Single]:
    pairs = sorted({(c, t) for up in turn for t, c in _problem(up).frame.presence.own})
    asked = [find_single(problem, c, t) for c, t in pairs]
    tasks = []
    for _, one in asked:
        start = greedy(one)
        assert start is not None  # every option together makes the type present
        tasks.append(Task(one.programme, one.vector(prune(one, start))))
    middle = deadline - (deadline - time.monotonic()) / 2
    solved = solve_together(tasks, work, middle)
    found = {}
    for pair, (options, one), answer in zip(pairs, asked, solved, strict=True):
        assert answer.vector is not None
        chosen = _chosen(one, answer.vector)
        cost = max(_at_least(answer), least_cost(problem, *pair))
        found[pair] = _Single(min(cost, -one.value(chosen)), options[chosen])
    return found


def _selection(up: Upgrade, singles: dict[tuple[int, int], _Single]) -> Task:
    """Return the programme of which types to make present, each at its least cost."""
    programme, frame = _problem(up).programme, _problem(up).frame
    p, g = frame.at("p"), frame.at("g")
    columns = np.concatenate([np.arange(p.start, p.stop), np.arange(g.start, g.stop)])
    inside = programme.matrix[:, columns]
    rows = np.flatnonzero(
        (np.diff(inside.indptr) == np.diff(programme.matrix.indptr)) & (np.diff(inside.indptr) > 0)
    )
    value = np.zeros(len(columns))
    for (t, c), k in frame.presence.own.items():
        value[k] = -singles[c, t].cost
    lower = programme.lower[columns]
    return Task(
        Programme(
            value=value,
            lower=lower,
            upper=programme.upper[columns],
            integer=programme.integer[columns],
            matrix=sparse.csr_array(inside[rows]),
            row_lower=programme.row_lower[rows],
            row_upper=programme.row_upper[rows],
            columns=(Block("p", 0, len(columns)),),
            rows=(Block("C8", 0, len(rows)),),
        ),
        np.ones(len(columns)),  # every type that can be present is
    )


def _union(up: Upgrade, singles: dict[tuple[int, int], _Single], selected: Solved) -> Ints | None:
    """Return what was found for the types selected, with what locks open; None: it cannot stand."""
    problem = _problem(up)
    assert selected.vector is not None
    parts = [np.empty(0, dtype=np.int64)]
    for (t, c), k in problem.frame.presence.own.items():
        if selected.vector[k] > 0.5:
            parts.append(singles[c, t].chosen)
    chosen = np.searchsorted(_kept(up), np.unique(np.concatenate(parts)))
    return _sound(up, _with_locks(problem, chosen))


def _of_plan(up: Upgrade, plan: Ints) -> Ints | None:
    """Return what of a plan lifts the circle; None where it does not."""
    return _sound(up, np.flatnonzero(np.isin(_kept(up), plan)))


def _with_locks(problem: Problem, chosen: Ints) -> Ints:
    """Return a choice with the smallest option of each pair that locks open and it lacks."""
    options = problem.options
    found = chosen.tolist()
    have = set(zip(options.space[chosen].tolist(), options.type[chosen].tolist(), strict=True))
    for o in np.flatnonzero(options.forced)[::-1].tolist():
        pair = (int(options.space[o]), int(options.type[o]))
        if pair not in have:
            have.add(pair)
            found.append(o)
    return np.array(sorted(found), dtype=np.int64)


def _sound(up: Upgrade, chosen: Ints) -> Ints | None:
    """Return a choice that lifts the circle by the rules, without what it does not need."""
    problem = _problem(up)
    return prune(problem, chosen) if kept(problem, chosen) else None


def _cheapest(up: Upgrade, ways: list[Ints | None]) -> Ints | None:
    known = [way for way in ways if way is not None]
    return min(known, key=lambda way: _cost(up, way), default=None)


def _whole(up: Upgrade, singles: dict[tuple[int, int], _Single], best: Ints | None) -> Task:
    """Return the programme of a way up, with what each type costs at least."""
    problem = _problem(up)
    programme, frame = problem.programme, problem.frame
    lines = []
    for (t, c), k in frame.presence.own.items():
        least = singles[c, t].cost
        if least <= 0.0:
            continue
        mine = frame.of_type(t)
        line = np.zeros(len(programme.value))
        line[mine] = -programme.value[mine] / least
        line[frame.at("p").start + k] = -1.0
        lines.append(line)
    if lines:
        more = sparse.csr_array(np.stack(lines))
        matrix = sparse.csr_array(sparse.vstack([programme.matrix, more], format="csr"))
        matrix.sort_indices()
        size = len(programme.row_lower)
        programme = replace(
            programme,
            matrix=matrix,
            row_lower=np.append(programme.row_lower, np.full(len(lines), -_SAFE)),
            row_upper=np.append(programme.row_upper, np.full(len(lines), np.inf)),
            rows=(*programme.rows, Block("least", size, size + len(lines))),
        )
    return Task(programme, None if best is None else problem.vector(best))


def _better(
    up: Upgrade, known: tuple[Ints | None, float], solved: Solved
) -> tuple[Ints | None, float]:
    """Return the better of two choices and of two bounds."""
    best, bound = known
    if solved.infeasible and best is None:
        return None, np.inf
    if solved.vector is not None:
        best = _cheapest(up, [best, _sound(up, _chosen(_problem(up), solved.vector))])
    return best, bound if np.isinf(solved.bound) else max(bound, -solved.bound)


def _chosen(problem: Problem, vector: Floats) -> Ints:
    return np.flatnonzero(vector[problem.programme.column_range("x")] > 0.5)


def _cost(up: Upgrade, chosen: Ints) -> float:
    return -_problem(up).value(chosen)


def _problem(up: Upgrade) -> Problem:
    assert up.problem is not None
    return up.problem


def _kept(up: Upgrade) -> Ints:
    assert up.kept is not None
    return up.kept
