"""Many funds: payments in columns say what 2^N rows would, and stay exact to the fen."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pytest
from rules_tiny import case, problem_of
from small_town import asked, kind, town

import siting
from siting.errors import InfeasibleError, InputError
from siting.programme import money
from siting.solve.exact import cover_rows
from siting.solve.flows import payment_cuts
from siting.solve.greedy import greedy
from siting.solve.limits import broken
from siting.solve.runner import run
from siting.solve.task import Task
from siting.solve.trust import scale_of
from siting.standard.model import Fund, Locks
from siting.standard.purses import lacking

SEEDS = range(6)
FUNDS = 20


@pytest.fixture
def by_payments(monkeypatch):
    """Let payments stand in for rows however few funds there are."""
    monkeypatch.setattr(money, "_MOST_ROWS", 0)


def with_funds(seed: int):
    """Return a tiny city whose capital comes from a general budget and three overlapping funds."""
    city, question = case(seed, "copay")
    draw = Random(seed)
    ids = [t.id for t in question.standard.types]
    funds = tuple(
        Fund(
            id=f"f{k}",
            amount=draw.choice([2000.55, 5000.0, 9000.0]),
            types=draw.choice([None, (draw.choice(ids),)]),
            kinds=draw.choice([None, ("shop",)]),
            share=draw.choice([1.0, 1.0, 0.5, 0.7]),
        )
        for k in range(3)
    )
    return city, question.model_copy(update={"funds": (*question.funds, *funds)})


def task_of(programme) -> Task:
    flow = np.zeros(len(programme.value), dtype=bool)
    flow[programme.column_range("v")] = True
    matrix = programme.matrix
    return Task(
        value=programme.value,
        lower=programme.lower,
        upper=programme.upper,
        integer=programme.integer,
        indptr=matrix.indptr,
        indices=matrix.indices,
        data=matrix.data,
        row_lower=programme.row_lower,
        row_upper=programme.row_upper,
        implied=scale_of(programme).implied,
        flow=flow,
    )


def can_be_paid(problem, chosen) -> bool:
    """Tell whether the purses suffice, by payments item for item."""
    opened = np.unique(problem.options.space[chosen])
    return all(
        lacking(
            [*cost[chosen].tolist(), *fixed[opened].tolist()],
            [*purses.option_mask[chosen].tolist(), *purses.space_mask[opened].tolist()],
            purses.amount_fen,
            purses.share,
        )[0]
        <= 0
        for (_, cost, fixed), purses in zip(
            money.costs_of(problem.options), problem.purses, strict=True
        )
    )


@pytest.mark.parametrize("solver", ["highs", "scip"])
@pytest.mark.parametrize("seed", SEEDS)
def test_payments_have_the_optimum_that_all_rows_have(seed, solver, monkeypatch):
    city, question = with_funds(seed)
    rows = problem_of(city, question)
    assert rows.money_complete
    monkeypatch.setattr(money, "_MOST_ROWS", 0)
    columns = problem_of(city, question)
    values = []
    for problem in (rows, columns):
        outcome = run(problem.programme, solver, time_limit=20.0)
        assert outcome.status == "optimal"
        values.append(float(problem.programme.value @ outcome.vector))
    assert values[0] == pytest.approx(values[1], abs=1e-6)


@pytest.mark.usefixtures("by_payments")
@pytest.mark.parametrize("seed", SEEDS)
def test_what_cannot_be_paid_breaks_a_row_that_all_that_can_be_paid_keeps(seed):
    problem = problem_of(*with_funds(seed))
    task = task_of(problem.programme)
    choices = [np.flatnonzero(bits) for bits in product([False, True], repeat=len(problem.options))]
    payable = {k: can_be_paid(problem, chosen) for k, chosen in enumerate(choices)}
    vectors = [problem.vector(chosen) for chosen in choices]
    told = 0
    for k, chosen in enumerate(choices):
        cuts = payment_cuts(task, vectors[k])
        opened = np.unique(problem.options.space[chosen])
        by_row = any(
            row.option[chosen].sum() + row.space[opened].sum() > row.limit for row in problem.money
        )
        assert payable[k] == (not cuts and not by_row)
        told += bool(cuts)
        for columns, data, most in cuts:
            assert task.integer[columns].all()
            assert vectors[k][columns] @ data > most
            kept = [j for j, fine in payable.items() if fine]
            assert all(vectors[j][columns] @ data <= most for j in kept)
    assert told or not any(len(one) for one in problem.payments)


@pytest.mark.parametrize("seed", SEEDS)
def test_by_payments_the_same_choices_are_kept_as_by_all_rows(seed, monkeypatch):
    rows = problem_of(*with_funds(seed))
    choices = [np.flatnonzero(bits) for bits in product([False, True], repeat=len(rows.options))]
    wanted = [not broken(rows, chosen) for chosen in choices]
    monkeypatch.setattr(money, "_MOST_ROWS", 0)
    columns = problem_of(*with_funds(seed))
    assert [not broken(columns, chosen) for chosen in choices] == wanted


@pytest.mark.usefixtures("by_payments")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_greedy_opens_only_what_the_funds_can_pay(seed):
    problem = problem_of(*with_funds(seed))
    chosen = greedy(problem)
    assert chosen is not None
    assert can_be_paid(problem, chosen)
    part = problem.restricted(np.arange(0, len(problem.options), 2))
    assert part.money_complete == (not part.payments)
    assert {p.name for p in part.payments} <= {p.name for p in problem.payments}


def many_types(count: int):
    return [kind(f"t{k}", capital_m2=100.0 + 10.0 * k) for k in range(count)]


def test_twenty_funds_for_a_type_each_are_a_small_programme_with_the_right_plan():
    types = many_types(FUNDS)
    # the general budget pays for t0 and a yuan of t1; the fund of t1 lacks that yuan
    funds = [Fund(id=f"f{k}", amount=0.0, types=(f"t{k}",)) for k in range(FUNDS)]
    funds[1] = funds[1].model_copy(update={"amount": 5499.0})
    city = town(max_types=[3, 1, 1, 1])
    scenario = asked(*types, capital=5001.0, funds=tuple(funds))
    problem = problem_of(city, siting.api.resolve(city, scenario))
    assert not problem.money_complete
    assert len(problem.money) <= 2 * FUNDS + 2
    assert problem.programme.matrix.shape[0] < 400
    plan = siting.solve(city, scenario, time_limit=20.0, gap=0.0)
    assert plan.document.status == "optimal"
    assert {p.type for p in plan.document.projects} == {"t0", "t1"}
    assert plan.document.budget.capital.spent == 5001.0
    short = scenario.model_copy(update={"capital": 5000.99})
    plan = siting.solve(city, short, time_limit=20.0, gap=0.0)
    assert len(plan.document.projects) == 1


def test_locks_that_many_funds_cannot_pay_are_explained():
    types = many_types(FUNDS)
    funds = tuple(Fund(id=f"f{k}", amount=1000.0, types=(f"t{k}",)) for k in range(FUNDS))
    locks = Locks(open=(("S1", "t0"),))
    city = town()
    with pytest.raises(InfeasibleError) as raised:
        siting.solve(city, asked(*types, capital=0.0, funds=funds, locks=locks), time_limit=10.0)
    keys = [n.key for n in raised.value.notices]
    assert {"solve.demand_lock", "solve.demand_capital"} <= set(keys)
    money_more = next(n for n in raised.value.notices if n.key == "solve.relax_capital")
    assert money_more.values["more"] == "4,000"


@pytest.mark.usefixtures("by_payments")
def test_a_solvers_plan_that_is_a_fen_too_dear_is_sent_back():
    # each fund lacks about 50 yuan, and the general budget has 100, for one fen too little
    amounts = (4950.0, 4949.99, 50_000.0, 50_000.0)
    types = [kind(f"t{k}", capital_m2=100.0) for k in range(4)]
    funds = tuple(Fund(id=f"f{k}", amount=a, types=(f"t{k}",)) for k, a in enumerate(amounts))
    scenario = asked(*types, capital=100.0, funds=funds)
    city = town(max_types=[1, 1, 1, 1])
    problem = problem_of(city, siting.api.resolve(city, scenario))
    task = task_of(problem.programme)
    pairs = zip(problem.options.space.tolist(), problem.options.type.tolist(), strict=True)
    both = np.array([k for k, pair in enumerate(pairs) if pair in ((0, 0), (1, 1))])
    vector = problem.vector(both)
    assert cover_rows(task, vector) == []
    ((columns, data, most),) = payment_cuts(task, vector)
    assert vector[columns] @ data == most + 1.0
    assert len(broken(problem, both)) == 1
    locks = Locks(open=(("S1", "t0"), ("S2", "t1")))
    with pytest.raises(InfeasibleError):
        siting.solve(city, scenario.model_copy(update={"locks": locks}), time_limit=10.0)


def test_more_funds_than_can_be_told_apart_are_refused():
    funds = tuple(Fund(id=f"f{k}", amount=1.0) for k in range(63))
    with pytest.raises(InputError, match="more than 62 funds pay capital"):
        siting.api.resolve(town(), asked(kind("shop"), funds=funds))
