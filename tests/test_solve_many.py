"""What is done with many options, done with few: against an exhaustive search on tiny cities."""

from __future__ import annotations

import sys
import threading
import time
from functools import cache

import numpy as np
import pytest
from tiny import exhaustive, tiny_city
from tiny_plan import problem_of

import siting
import siting.solve.search
from siting.api import resolve
from siting.solve.anneal import anneal, quick
from siting.solve.around import neighbourhood
from siting.solve.greedy import fill_up, greedy
from siting.solve.limits import kept
from siting.solve.multipliers import bound_by_multipliers
from siting.solve.neighbourhoods import improve
from siting.solve.plain import facts_of, is_plain, state_of
from siting.solve.runner import prepare
from siting.solve.search import search
from siting.solve.where import Map

SEEDS = range(60)
searching = sys.modules["siting.solve.search"]


@cache
def asked(seed):
    city, question = tiny_city(seed)
    return city, question, problem_of(city, question)


@cache
def best_of(seed):
    city, question, _ = asked(seed)
    return exhaustive(city, question).value


def plain_seeds():
    return [s for s in SEEDS if is_plain(asked(s)[2]) and len(asked(s)[2].options)]


def test_there_are_plain_cities_and_others():
    assert 10 < len(plain_seeds()) < len(SEEDS)


def test_compiled_greedy_plans_keep_all_rules_and_are_no_better_than_the_best():
    for seed in plain_seeds():
        problem = asked(seed)[2]
        chosen = quick(problem)
        if chosen is None:
            continue
        assert kept(problem, chosen)
        assert problem.value(chosen) <= best_of(seed) + 1e-9


@pytest.mark.parametrize("threads", [1, 3])
def test_random_moves_reach_the_best_plan_of_most_tiny_cities(threads):
    reached = tried = 0
    for seed in plain_seeds():
        problem = asked(seed)[2]
        start = quick(problem)
        if start is None:
            continue
        bound = bound_by_multipliers(problem, known=problem.value(start), passes=300)
        told: list[float] = []
        chosen = anneal(
            problem,
            start,
            bound.price,
            moves=20_000,
            threads=threads,
            seed=1,
            enough=lambda: False,
            tell=told.append,
        )
        if chosen is None:
            continue
        assert kept(problem, chosen), seed
        assert told == sorted(set(told)), seed
        assert told[-1] == problem.value(chosen), seed
        assert problem.value(chosen) <= best_of(seed) + 1e-9, seed
        tried += 1
        reached += problem.value(chosen) >= best_of(seed) - 1e-9
    assert reached > 0.8 * tried > 8


def test_a_state_counts_what_its_plan_meets_uses_and_spends():
    for seed in plain_seeds():
        problem = asked(seed)[2]
        chosen = quick(problem)
        if chosen is None:
            continue
        facts = facts_of(problem, np.empty(0, dtype=np.int64))
        state = state_of(facts, chosen)
        assert facts.weight[state.times > 0].sum() == pytest.approx(problem.value(chosen))
        for row, spent in zip(problem.money, state.spent, strict=True):
            opened = np.unique(problem.options.space[chosen])
            assert spent == row.option[chosen].sum() + row.space[opened].sum()


def test_what_is_left_on_the_table_adds_up_to_bound_less_value():
    for seed in plain_seeds():
        problem = asked(seed)[2]
        chosen = quick(problem)
        if chosen is None or (problem.city.spaces.capital_fixed > 0).any():
            continue
        bound = bound_by_multipliers(problem, known=problem.value(chosen), passes=100)
        left = Map(problem, bound).left(chosen).sum()
        for row, price in zip(problem.money, bound.price, strict=True):
            left += price * (row.limit - row.option[chosen].sum())
        gap = bound.value - problem.value(chosen)
        assert left == pytest.approx(gap, rel=1e-6, abs=1e-6 * bound.value), seed


@pytest.mark.parametrize("sharers", [1, 2])
def test_a_neighbourhood_is_worth_what_its_plan_adds_to_what_stays(sharers):
    seen = 0
    for seed in SEEDS:
        problem = asked(seed)[2]
        if not len(problem.options):
            continue
        bound = bound_by_multipliers(problem, known=0.0, passes=50)
        with prepare("highs") as prepared:
            found = searching.search(
                problem,
                prepared,
                time_limit=20.0,
                gap=0.0,
                threads=1,
                seed=0,
                on_event=lambda _: None,
                stop=None,
            ).chosen
        if found is None:
            continue
        seen += 1
        region = np.unique(problem.options.space)[::2]
        part = neighbourhood(problem, found, region, sharers)
        programme = part.programme
        vector = part.problem.vector(part.now)
        rows = programme.matrix @ vector
        assert (rows <= programme.row_upper + 1e-6).all()
        assert (vector >= programme.lower - 1e-9).all()
        outside = np.setdiff1d(found, part.free)
        assert np.array_equal(np.union1d(outside, part.chosen(vector)), found)
        assert bound.value >= problem.value(found)
        if seen == 12:
            return
    raise AssertionError("too few cities")


def in_parts(problem, monkeypatch, **changed):
    monkeypatch.setattr(searching, "_MANY_OPTIONS", 0)
    asked = {"time_limit": 20.0, "gap": 0.0, "threads": 2, "seed": 0, "stop": None} | changed
    with prepare("highs") as prepared:
        return searching.search(problem, prepared, on_event=lambda _: None, **asked)


@pytest.mark.parametrize("seed", [1, 5, 8, 13])
def test_the_search_part_by_part_ends_with_the_best_plan_and_a_bound_above_it(seed, monkeypatch):
    problem = asked(seed)[2]
    best = best_of(seed)
    found = in_parts(problem, monkeypatch)
    if best is None:
        assert found.chosen is None
        return
    assert kept(problem, found.chosen)
    assert problem.value(found.chosen) <= best + 1e-9
    assert found.bound >= best - 1e-9


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city") / "town"
    siting.generate(folder, places=400, spaces=80, types=10, seed=5)
    city = siting.read_city(folder)
    return problem_of(city, resolve(city, siting.Scenario()))


def test_the_search_part_by_part_gives_the_same_plan_again(town, monkeypatch):
    first, again = (in_parts(town, monkeypatch, gap=0.02, time_limit=60.0) for _ in range(2))
    assert np.array_equal(first.chosen, again.chosen)
    assert first.bound == again.bound


def test_the_search_part_by_part_stops_when_it_is_asked_to(town, monkeypatch):
    stop = threading.Event()
    stop.set()
    begun = time.monotonic()
    found = in_parts(town, monkeypatch, stop=stop, time_limit=60.0)
    assert found.stopped_by == "interrupt"
    assert found.chosen is not None
    assert time.monotonic() - begun < 30.0


def test_improving_never_ends_below_its_start(town):
    problem = town
    start = quick(problem)
    bound = bound_by_multipliers(problem, known=problem.value(start), passes=200)
    improved = improve(
        problem,
        np.arange(len(problem.options)),
        bound,
        start,
        solver="highs",
        deadline=time.monotonic() + 5.0,
        goal=np.inf,
        threads=2,
        seed=0,
        stop=None,
        tell=lambda _: None,
    )
    assert kept(problem, improved.chosen)
    assert problem.value(improved.chosen) >= problem.value(start)


def test_a_plan_handed_out_leaves_nothing_that_could_simply_be_opened_beside_it():
    grown = 0
    for seed in SEEDS:
        _, question, problem = asked(seed)
        if question.objective != "coverage" or not len(problem.options):
            continue
        some = np.flatnonzero(problem.options.forced)
        plan = fill_up(problem, some) if kept(problem, some) else None
        if plan is None:
            continue
        grown += len(plan) > len(some)
        assert kept(problem, plan)
        assert problem.value(plan) <= best_of(seed) + 1e-9
        for o in np.setdiff1d(np.arange(len(problem.options)), plan):
            more = np.union1d(plan, [o])
            assert not kept(problem, more) or problem.value(more) <= problem.value(plan)
    assert grown > 10


def test_a_search_without_time_left_hands_out_a_plan_that_is_full():
    plain = (asked(s)[2] for s in plain_seeds())
    problem = next(one for one in plain if len(greedy(one)) > 2)
    with prepare("highs") as prepared:
        found = search(
            problem,
            prepared,
            time_limit=0.0,
            gap=0.0,
            threads=1,
            seed=0,
            on_event=lambda _: None,
            stop=None,
        )
    assert found.stopped_by == "time"
    assert problem.value(fill_up(problem, found.chosen)) == problem.value(found.chosen)
