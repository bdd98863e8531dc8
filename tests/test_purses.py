"""Who may pay what: limits against a maximum flow, payments, and which fund pays which item."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow
from tiny import tiny_city

from siting.standard.model import Fund
from siting.standard.options import find_options
from siting.standard.purses import Purses, find_purses, pay, to_fen

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
