"""Bounds, heuristics and limits against an exhaustive search, on random tiny cities."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from tiny import allowed, exhaustive, points_of, tiny_city
from tiny_plan import problem_of

from siting.solve.greedy import greedy
from siting.solve.limits import broken, locks_kept
from siting.solve.multipliers import bound_by_multipliers
from siting.solve.runner import prepare
from siting.solve.search import prune, search

SEEDS = range(60)
some_seed = st.integers(0, 59)
some_bits = st.integers(0, 2**40)


@cache
def asked(seed):
    city, question = tiny_city(seed)
    return city, question, problem_of(city, question)


@cache
def best_of(seed):
    city, question, _ = asked(seed)
    return exhaustive(city, question)


def subset(problem, bits: int, of=None) -> np.ndarray:
    candidates = np.arange(len(problem.options)) if of is None else of
    return np.array([o for k, o in enumerate(candidates) if bits >> k & 1], dtype=np.int64)


def likely(problem, bits: int) -> np.ndarray:
    """Return a subset with at most one option a pair and a space that is often allowed."""
    chosen = []
    for s in np.unique(problem.options.space):
        mine = np.flatnonzero(problem.options.space == s)
        forced = [o for o in mine if problem.options.forced[o]][-1:]
        pick = bits % (len(mine) + 1)
        bits //= len(mine) + 1
        chosen += [*forced, *([mine[pick]] if pick < len(mine) else [])]
    return np.unique(np.array(chosen, dtype=np.int64))


def relaxed(problem, known: float, passes: int):
    return bound_by_multipliers(problem, known=known, passes=passes)


@pytest.mark.parametrize("passes", [0, 1, 7, 60, 1000])
def test_the_bound_is_never_below_the_best_plan(passes):
    for seed in SEEDS:
        best = best_of(seed).value
        for known in (0.0, best or 0.0):
            bound = relaxed(asked(seed)[2], known, passes)
            assert best is None or bound.value >= best, seed


@pytest.mark.parametrize("passes", [1, 60, 1000])
def test_no_plan_with_an_option_is_worth_more_than_the_bound_less_its_loss(passes):
    for seed in SEEDS:
        best = best_of(seed)
        bound = relaxed(asked(seed)[2], best.value or 0.0, passes)
        assert (bound.loss >= 0).all()
        for o, value in enumerate(best.with_option):
            assert value is None or bound.value - bound.loss[o] >= value, (seed, o)


def test_many_passes_bring_the_bound_to_that_of_the_linear_programme():
    """A bound that is valid but never moves would pass the tests above."""
    seen = 0
    for seed in SEEDS:
        city, question, problem = asked(seed)
        if question.locks.open or (city.spaces.min_types > 1).any():
            continue  # multipliers leave these out
        if any(row.limit == 0 for row in problem.money):
            continue  # they hardly move where there is no money at all
        seen += 1
        programme = problem.programme
        linear = linprog(
            -programme.value, programme.matrix, programme.row_upper, bounds=(0, 1), method="highs"
        )
        bound = relaxed(problem, best_of(seed).value, 1000)
        assert bound.value <= -linear.fun * 1.01 + 1e-6, seed
    assert seen > 10


@given(some_seed, some_bits)
@settings(max_examples=150, deadline=None)
def test_merged_needs_give_every_choice_the_points_of_the_places(seed, bits):
    city, question, problem = asked(seed)
    chosen = subset(problem, bits)
    assert problem.value(chosen) == pytest.approx(
        points_of(city, question, set(chosen.tolist())), rel=1e-12, abs=1e-12
    )


@given(some_seed, some_bits, some_bits)
@settings(max_examples=150, deadline=None)
def test_a_restricted_problem_gives_every_choice_the_same_value(seed, kept_bits, bits):
    _, _, problem = asked(seed)
    kept = subset(problem, kept_bits)
    core = problem.restricted(kept)
    chosen = subset(core, bits)
    assert core.value(chosen) == pytest.approx(problem.value(kept[chosen]), rel=1e-12, abs=1e-12)
    assert len(core.needs) <= len(problem.needs)
    assert (np.diff(core.needs.spaces.indptr) > 0).all()


@given(some_seed, some_bits)
@settings(max_examples=100, deadline=None)
def test_restricting_twice_is_restricting_once(seed, bits):
    _, _, problem = asked(seed)
    first = subset(problem, bits | 0b1011)
    second = subset(problem.restricted(first), bits >> 7)
    twice = problem.restricted(first).restricted(second)
    once = problem.restricted(first[second])
    assert keyed(twice.needs) == keyed(once.needs)


def keyed(needs):
    ends = needs.spaces.indptr
    return {
        (int(t), tuple(needs.spaces.member[a:b].tolist())): pytest.approx(w)
        for t, a, b, w in zip(needs.type, ends[:-1], ends[1:], needs.weight, strict=True)
    }


@given(some_seed, some_bits, st.booleans())
@settings(max_examples=300, deadline=None)
def test_limits_are_broken_exactly_where_a_rule_is(seed, bits, sparse):
    city, question, problem = asked(seed)
    chosen = likely(problem, bits) if sparse else subset(problem, bits)
    fits = not broken(problem, chosen) and locks_kept(problem.options, chosen)
    assert fits == allowed(city, question, set(chosen.tolist()))


@given(some_seed, some_bits, st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_rows_of_the_programme_hold_exactly_where_every_rule_is_kept(seed, bits, sparse):
    city, question, problem = asked(seed)
    chosen = likely(problem, bits) if sparse else subset(problem, bits)
    programme = problem.programme
    vector = problem.vector(chosen)
    activity = programme.matrix @ vector
    slack = 1e-10 * np.maximum(1.0, abs(programme.matrix) @ abs(vector))
    stands = (activity <= programme.row_upper + slack) & (activity >= programme.row_lower - slack)
    assert stands.all() == allowed(city, question, set(chosen.tolist()))
    assert programme.value @ vector == pytest.approx(problem.value(chosen))


def test_greedy_plans_keep_every_rule():
    found = 0
    for seed in SEEDS:
        city, question, problem = asked(seed)
        chosen = greedy(problem)
        best = best_of(seed).value
        if chosen is None:
            assert question.locks.open, seed
            continue
        found += 1
        assert broken(problem, chosen) == [], seed
        assert allowed(city, question, set(chosen.tolist())), seed
        assert problem.value(chosen) <= best * (1 + 1e-12), seed
    assert found > 0.6 * len(SEEDS)


def test_pruning_keeps_every_rule_and_every_point():
    for seed in SEEDS:
        city, question, problem = asked(seed)
        chosen = greedy(problem)
        if chosen is None:
            continue
        pruned = prune(problem, chosen)
        assert set(pruned.tolist()) <= set(chosen.tolist())
        assert problem.value(pruned) == pytest.approx(problem.value(chosen))
        assert allowed(city, question, set(pruned.tolist())), seed


@pytest.mark.parametrize("seed", [5, 8, 16, 19, 21, 27, 35, 38])
def test_a_search_cut_short_gives_a_bound_and_a_plan_that_keeps_every_rule(seed):
    city, question, problem = asked(seed)
    with prepare("scip") as prepared:
        found = search(
            problem,
            prepared,
            time_limit=0.2,
            gap=0.05,
            threads=1,
            seed=0,
            on_event=lambda _: None,
            stop=None,
        )
    best = best_of(seed).value
    assert found.bound >= best
    assert found.chosen is None or allowed(city, question, set(found.chosen.tolist()))
    if found.stopped_by in ("gap", "done"):
        assert found.bound - problem.value(found.chosen) <= 0.05 * problem.value(found.chosen)


@pytest.mark.parametrize("seed", [2, 4, 8, 10, 16, 35])
def test_two_cores_prove_the_best_plan_too(seed, monkeypatch):
    """Cores as small as can be, so that most options are left out of the first."""
    monkeypatch.setitem(search.__globals__, "_SMALL_CORE", 0.0)
    monkeypatch.setitem(search.__globals__, "_SMALL_CORE_LEAST", 2)
    city, question, problem = asked(seed)
    with prepare("scip") as prepared:
        found = search(
            problem,
            prepared,
            time_limit=60.0,
            gap=0.0,
            threads=1,
            seed=0,
            on_event=lambda _: None,
            stop=None,
        )
    best = best_of(seed).value
    assert problem.value(found.chosen) == pytest.approx(best, rel=1e-6)
    assert best * (1 - 1e-12) <= found.bound <= best * (1 + 1e-6)
    assert allowed(city, question, set(found.chosen.tolist()))
