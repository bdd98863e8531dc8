"""Who may pay what: limits against a maximum flow, payments, and which fund pays which item."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow
from tiny import tiny_city

from siting.standard.model import Fund
from siting.standard.options import find_options
from siting.standard.purses import (
    Purses,
    find_purses,
    most_paid_fen,
    needs_payments,
    pay,
    to_fen,
)

# Few distinct amounts, so that many questions are decided by a single fen.
fen = st.one_of(st.integers(0, 6), st.integers(0, 10**6))


@st.composite
def bills(draw):
    """Items with a cost and the purses that may pay them; purse 0 is general and always may."""
    funds = draw(st.integers(0, 4))
    amounts = (draw(st.one_of(st.none(), fen)), *(draw(fen) for _ in range(funds)))
    items = draw(st.lists(st.tuples(fen, st.integers(0, 2**funds - 1)), max_size=7))
    return [c for c, _ in items], [2 * m + 1 for _, m in items], amounts


def most_paid(costs, masks, amounts) -> int:
    """Return how much of the costs the purses can pay, by a maximum flow."""
    n, purses = len(costs), len(amounts)
    limit = [sum(costs) if a is None else a for a in amounts]
    graph = np.zeros((n + purses + 2, n + purses + 2), dtype=np.int32)
    graph[0, 1 : n + 1] = costs
    for k, mask in enumerate(masks):
        for f in range(purses):
            graph[1 + k, 1 + n + f] = costs[k] if mask >> f & 1 else 0
    graph[1 + n : 1 + n + purses, -1] = limit
    return int(maximum_flow(sparse.csr_array(graph), 0, n + purses + 1).flow_value)


def suffice(costs, masks, amounts) -> bool:
    return most_paid(costs, masks, amounts) == sum(costs)


def purses_of(masks, amounts) -> Purses:
    return Purses(
        names=tuple(str(f) for f in range(len(amounts))),
        amount_fen=amounts,
        share=(1.0,) * len(amounts),
        option_mask=np.array(masks, dtype=np.int64),
        space_mask=np.array([], dtype=np.int64),
    )


@given(bills())
@settings(max_examples=300, deadline=None)
def test_limits_hold_exactly_where_the_purses_suffice(bill):
    costs, masks, amounts = bill
    kept = all(
        sum(c for c, m in zip(costs, masks, strict=True) if not m & ~union) <= amount
        for union, amount in purses_of(masks, amounts).limits()
    )
    assert kept == suffice(costs, masks, amounts)


@given(bills())
@settings(max_examples=300, deadline=None)
def test_payments_add_up_and_respect_the_purses(bill):
    costs, masks, amounts = bill
    if not suffice(costs, masks, amounts):
        with pytest.raises(ValueError, match="do not suffice"):
            pay(costs, masks, amounts)
        return
    paid = pay(costs, masks, amounts)
    spent = [0] * len(amounts)
    for cost, mask, parts in zip(costs, masks, paid, strict=True):
        assert sum(amount for _, amount in parts) == cost
        assert [f for f, _ in parts] == sorted({f for f, _ in parts})
        for purse, amount in parts:
            assert mask >> purse & 1
            assert amount > 0
            spent[purse] += amount
    assert all(a is None or s <= a for s, a in zip(spent, amounts, strict=True))
    # the general budget pays only what no fund can
    assert spent[0] == sum(costs) - most_paid(costs, masks, (0, *amounts[1:]))


# Co-payment: a fund pays a share of each item at most


large = st.one_of(fen, st.integers(0, 10**14))
shares = st.sampled_from([0.0, 0.001, 0.3, 1 / 3, 0.5, 0.7, 0.999999, 1.0])


@st.composite
def shared_bills(draw, amount=large):
    funds = draw(st.integers(1, 4))
    amounts = (draw(st.one_of(st.none(), amount)), *(draw(amount) for _ in range(funds)))
    items = draw(st.lists(st.tuples(amount, st.integers(0, 2**funds - 1)), max_size=7))
    share = (1.0, *(draw(shares) for _ in range(funds)))
    return [c for c, _ in items], [2 * m + 1 for _, m in items], amounts, share


def most_a_fund_pays(share: float, cost: int) -> int:
    return (Fraction(round(share * 10**6), 10**6) * cost).__floor__()


def most_from_funds(costs, masks, amounts, share) -> int:
    """Return how much the funds can pay: the smallest cut between items and funds."""
    funds = range(1, len(amounts))
    cuts = []
    for chosen in product([False, True], repeat=len(funds)):
        emptied = [f for f, c in zip(funds, chosen, strict=True) if c]
        others = [f for f in funds if f not in emptied]
        cut = sum(amounts[f] for f in emptied)
        for cost, mask in zip(costs, masks, strict=True):
            most = [most_a_fund_pays(share[f], cost) for f in others if mask >> f & 1]
            cut += min(cost, sum(most))
        cuts.append(cut)
    return min(cuts)


@given(shared_bills())
@settings(max_examples=400, deadline=None)
def test_shared_payments_are_exact_and_leave_the_general_budget_the_least(bill):
    costs, masks, amounts, share = bill
    rest = sum(costs) - most_from_funds(*bill)
    if amounts[0] is not None and rest > amounts[0]:
        with pytest.raises(ValueError, match="do not suffice"):
            pay(*bill)
        return
    paid = pay(*bill)
    spent = [0] * len(amounts)
    for cost, mask, parts in zip(costs, masks, paid, strict=True):
        assert sum(amount for _, amount in parts) == cost
        assert [f for f, _ in parts] == sorted({f for f, _ in parts})
        for purse, amount in parts:
            assert mask >> purse & 1
            assert 0 < amount <= (cost if purse == 0 else most_a_fund_pays(share[purse], cost))
            spent[purse] += amount
    assert all(a is None or s <= a for s, a in zip(spent, amounts, strict=True))
    assert spent[0] == rest


@given(shared_bills(amount=st.integers(0, 4)))
@settings(max_examples=100, deadline=None)
def test_shared_payments_agree_with_trying_every_split(bill):
    costs, masks, amounts, share = bill
    costs, masks = costs[:3], masks[:3]
    funds = range(1, len(amounts))
    states = {tuple(amounts[1:])}
    for cost, mask in zip(costs, masks, strict=True):
        most = [most_a_fund_pays(share[f], cost) if mask >> f & 1 else 0 for f in funds]
        parts = [p for p in product(*(range(m + 1) for m in most)) if sum(p) <= cost]
        states = {
            tuple(a - p for a, p in zip(s, part, strict=True)) for s in states for part in parts
        }
        states = {s for s in states if min(s) >= 0}
    best = sum(costs) - max(sum(amounts[1:]) - sum(s) for s in states)
    paid = pay(costs, masks, (None, *amounts[1:]), share)
    assert sum(amount for parts in paid for f, amount in parts if f == 0) == best


@given(bills())
@settings(max_examples=100, deadline=None)
def test_whole_shares_are_no_co_payment(bill):
    if suffice(*bill):
        whole = (1.0,) * len(bill[2])
        assert pay(*bill, whole) == pay(*bill)


def test_a_share_is_of_each_item_and_rounded_down_to_the_fen():
    assert pay([101, 100], [0b11, 0b11], (None, 500), (1.0, 0.5)) == [
        [(0, 51), (1, 50)],
        [(0, 50), (1, 50)],
    ]
    with pytest.raises(ValueError, match="do not suffice"):
        pay([101], [0b11], (50, 500), (1.0, 0.5))
    assert most_paid_fen(0.5, np.array([101, 0, 2**62])).tolist() == [50, 0, 2**61]


def test_a_plan_of_thousands_of_items_is_paid_as_exactly():
    rng = np.random.default_rng(3)
    costs = rng.integers(1, 10**9, 5000).tolist()
    masks = (2 * rng.integers(0, 64, 5000) + 1).tolist()
    amounts = (None, *(int(a) for a in rng.integers(10**11, 10**12, 6)))
    share = (1.0, 0.3, 0.5, 1.0, 0.1, 0.9, 0.25)
    paid = pay(costs, masks, amounts, share)
    rest = sum(amount for parts in paid for f, amount in parts if f == 0)
    assert rest == sum(costs) - most_from_funds(costs, masks, amounts, share)


def test_payments_are_needed_where_a_fund_that_may_pay_something_pays_a_share():
    purses = purses_of([0b011, 0b001], (9, 3, 3))
    assert not needs_payments(purses)
    assert needs_payments(replace(purses, share=(1.0, 0.5, 1.0)))
    assert not needs_payments(replace(purses, share=(1.0, 1.0, 0.5)))
    nothing = replace(purses, option_mask=purses.option_mask[:0], share=(1.0, 0.5, 0.5))
    assert not needs_payments(nothing)


def test_a_fund_gives_way_to_an_item_that_only_it_can_pay():
    """Item 0 may be paid by both funds, item 1 by fund 1 alone: fund 2 has to pay item 0."""
    assert pay([100, 100], [0b111, 0b011], (0, 100, 100)) == [[(2, 100)], [(1, 100)]]


def test_costs_are_split_to_the_fen():
    assert pay([101], [0b11], (1, 100)) == [[(0, 1), (1, 100)]]
    with pytest.raises(ValueError, match="do not suffice"):
        pay([102], [0b11], (1, 100))


def test_an_unlimited_budget_has_no_limits():
    assert purses_of([0b11], (None, 3)).limits() == []


def test_amounts_are_rounded_down_to_the_fen():
    assert to_fen(0.29) == 29  # 0.29 * 100 is 28.999999999999996
    assert to_fen(1_000_000.009) == 100_000_000
    assert to_fen(float("inf")) is None


def paid_by(fund: Fund) -> tuple[set[tuple[int, int]], set[int]]:
    """Return the options and the one-off costs that a fund may pay in one tiny city."""
    city, question = tiny_city(21)
    question = question.model_copy(update={"funds": (fund,)})
    options = find_options(city, question)
    purses = find_purses(city, question, options, fund.pays)
    assert purses.names == ("general", fund.id)
    assert (purses.option_mask & 1).all()
    assert (purses.space_mask & 1).all()
    mine = np.flatnonzero(purses.option_mask >> 1)
    pairs = set(zip(options.space[mine].tolist(), options.type[mine].tolist(), strict=True))
    return pairs, set(np.flatnonzero(purses.space_mask >> 1).tolist())


def test_a_fund_pays_its_types_kinds_and_communities_only():
    city, question = tiny_city(21)
    options = find_options(city, question)
    pairs = set(zip(options.space.tolist(), options.type.tolist(), strict=True))
    everywhere = set(range(len(city.spaces)))
    shops = {s for s in everywhere if city.spaces.kind[s] == "shop"}
    first = {s for s in everywhere if city.spaces.community[s] == 0}
    assert set() < shops < everywhere
    assert set() < first < everywhere

    assert paid_by(Fund(id="f", amount=1)) == (pairs, everywhere)
    only_shops = {(s, t) for s, t in pairs if s in shops}
    assert paid_by(Fund(id="f", amount=1, kinds=("shop",))) == (only_shops, shops)
    in_first = {(s, t) for s, t in pairs if s in first}
    named = city.communities[:1]
    assert paid_by(Fund(id="f", amount=1, communities=named)) == (in_first, first)
    of_type = {(s, t) for s, t in pairs if t == 0}
    # a one-off cost belongs to no type
    assert paid_by(Fund(id="f", amount=1, types=("t0",))) == (of_type, set())
    both = {(s, t) for s, t in of_type if s in shops}
    assert paid_by(Fund(id="f", amount=1, types=("t0",), kinds=("shop",))) == (both, set())


def test_a_fund_that_pays_no_share_pays_nothing():
    assert paid_by(Fund(id="f", amount=1, share=0.0)) == (set(), set())


def test_purses_carry_the_shares_of_their_funds():
    city, question = tiny_city(21)
    fund = Fund(id="f", amount=1, share=0.25)
    question = question.model_copy(update={"funds": (fund,)})
    purses = find_purses(city, question, find_options(city, question), "capital")
    assert purses.share == (1.0, 0.25)
    assert needs_payments(purses)


def test_a_fund_of_the_other_money_is_no_purse():
    city, question = tiny_city(21)
    fund = Fund(id="f", amount=1, pays="subsidy_per_year")
    question = question.model_copy(update={"funds": (fund,)})
    purses = find_purses(city, question, find_options(city, question), "capital")
    assert purses.names == ("general",)


@given(bills(), st.randoms())
@settings(max_examples=100, deadline=None)
def test_more_money_never_breaks_a_limit(bill, random):
    costs, masks, amounts = bill
    f = random.randrange(len(amounts))
    if amounts[f] is None or not suffice(costs, masks, amounts):
        return
    more = (*amounts[:f], amounts[f] + 1, *amounts[f + 1 :])
    purses = replace(purses_of(masks, amounts), amount_fen=more)
    for union, amount in purses.limits():
        assert sum(c for c, m in zip(costs, masks, strict=True) if not m & ~union) <= amount
