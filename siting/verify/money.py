"""Whether every fen is paid, by a purse that may pay it, and no purse is overdrawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from siting.verify.compare import differs, fen, fen_below, wrong, yuan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from siting.city.model import City
    from siting.errors import Notice
    from siting.plan.document import Document, Money, Payment
    from siting.standard.model import Fund, Question

Pays = Literal["capital", "subsidy_per_year"]
_GENERAL = "general"


@dataclass(frozen=True)
class _Item:
    """One amount to pay; `type` is None for a space's one-off cost."""

    space: str
    type: str | None
    pays: Pays
    cost: float
    payments: tuple[Payment, ...]

    @property
    def name(self) -> str:
        return f"{self.space}:{self.type or 'one-off'}"


def check_money(document: Document, city: City, question: Question) -> list[Notice]:
    """Return what is wrong with payments, budgets and funds."""
    spaces = {word: s for s, word in enumerate(city.spaces.id)}
    funds = {(f.pays, f.id): f for f in question.funds}
    spent: Counter[tuple[Pays, str]] = Counter()
    order = {
        pays: ("general", *(f.id for f in question.funds if f.pays == pays))
        for pays in ("capital", "subsidy_per_year")
    }
    found: list[Notice] = []
    for item in _items(document):
        found += _paid(item, order[item.pays])
        for payment in item.payments:
            amount = fen(payment.amount)
            spent[item.pays, payment.fund] += amount or 0
            if payment.fund == _GENERAL:
                continue
            fund = funds.get((item.pays, payment.fund))
            if fund is None:
                found.append(wrong("payment_unknown", item=item.name, fund=payment.fund))
            elif not _may_pay(fund, item, city, spaces):
                found.append(wrong("payment_not_allowed", item=item.name, fund=payment.fund))
        found += _shares(item, funds)
    found += _budget("capital", document.budget.capital, question.budget.capital, spent)
    found += _budget(
        "subsidy_per_year",
        document.budget.subsidy_per_year,
        question.budget.subsidy_per_year,
        spent,
    )
    return found + list(_funds(document, funds, spent))


def _items(document: Document) -> Iterator[_Item]:
    for p in document.projects:
        yield _Item(p.space, p.type, "capital", p.capital, p.capital_paid_by)
        yield _Item(p.space, p.type, "subsidy_per_year", p.subsidy_per_year, p.subsidy_paid_by)
    for one in document.one_off:
        yield _Item(one.space, None, "capital", one.capital, one.capital_paid_by)


def _paid(item: _Item, order: tuple[str, ...]) -> Iterator[Notice]:
    """Check that whole payments make up the cost, each purse once, in the order of purses."""
    amounts = [fen(payment.amount) for payment in item.payments]
    if fen(item.cost) is None or None in amounts:
        yield wrong("money_fen", item=item.name, pays=item.pays)
        return
    whole = [amount for amount in amounts if amount is not None]
    if any(amount < 0 for amount in whole):
        yield wrong("payment_negative", item=item.name, pays=item.pays)
    known = [order.index(p.fund) for p in item.payments if p.fund in order]
    if known != sorted(set(known)) or 0 in whole:
        yield wrong("payment_order", item=item.name, pays=item.pays)
    if sum(whole) != fen(item.cost):
        yield differs("payment_sum", yuan(sum(whole)), item.cost, item=item.name, pays=item.pays)


def _may_pay(fund: Fund, item: _Item, city: City, spaces: dict[str, int]) -> bool:
    """Return whether a fund may pay an item.

    A fund that names types pays no one-off cost: that belongs to the space, to no type.
    """
    if item.space not in spaces:
        return False
    s = spaces[item.space]
    community = city.communities[city.spaces.community[s]]
    return (
        (fund.types is None or item.type in fund.types)
        and (fund.kinds is None or city.spaces.kind[s] in fund.kinds)
        and (fund.communities is None or community in fund.communities)
    )


def _shares(item: _Item, funds: dict[tuple[Pays, str], Fund]) -> Iterator[Notice]:
    """Check that no fund pays more than its share of an item (co-payment), exactly."""
    paid: Counter[str] = Counter()
    for payment in item.payments:
        paid[payment.fund] += fen(payment.amount) or 0
    for name, amount in paid.items():
        fund = funds.get((item.pays, name))
        if fund is None or fund.share == 1.0:
            continue  # the sum of the payments says it all
        if amount > Decimal(repr(fund.share)) * (fen(item.cost) or 0):
            yield differs("payment_share", yuan(amount), fund.share, item=item.name, fund=name)


def _budget(
    pays: Pays, money: Money, limit: float, spent: Counter[tuple[Pays, str]]
) -> Iterator[Notice]:
    most = fen_below(limit)
    if (None if money.limit is None else fen(money.limit)) != most or (
        (money.limit is None) != (most is None)
    ):
        yield differs("budget_limit", money.limit, limit, pays=pays)
    paid = spent[pays, _GENERAL]
    if fen(money.spent) != paid:
        yield differs("budget_spent", money.spent, yuan(paid), pays=pays)
    if most is not None and paid > most:
        yield differs("budget_over", yuan(paid), limit, pays=pays)


def _funds(
    document: Document, funds: dict[tuple[Pays, str], Fund], spent: Counter[tuple[Pays, str]]
) -> Iterator[Notice]:
    stated = [(use.pays, use.id) for use in document.funds]
    if stated != list(funds):
        yield differs("fund_list", _names(stated), _names(funds))
    for use in document.funds:
        fund = funds.get((use.pays, use.id))
        if fund is None:
            continue
        paid = spent[use.pays, use.id]
        if use.limit != fund.amount:
            yield differs("fund_limit", use.limit, fund.amount, fund=use.id)
        if fen(use.spent) != paid:
            yield differs("fund_spent", use.spent, yuan(paid), fund=use.id)
    for (pays, name), fund in funds.items():
        most = fen_below(fund.amount)
        if most is not None and spent[pays, name] > most:
            yield differs("fund_over", yuan(spent[pays, name]), fund.amount, fund=name)


def _names(keys: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} ({pays})" for pays, name in keys) or "-"
