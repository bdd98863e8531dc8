"""Changes to money, locks and the wording of the question, and what becomes of the plan."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from sheet_rule import Changed, Solved
from sheets import Sheets, numbers
from tiny_full import Asked, pairs

from siting.standard.model import Fund, Locks

if TYPE_CHECKING:
    from random import Random

    import pandas as pd


_UNITS = {
    "rent_m2_month": [("万元/平方米·月", Decimal("1e-4")), ("yuan/m2/year", Decimal(12))],
    "capital_m2": [("10k yuan/m2", Decimal("1e-4")), ("千元/㎡", Decimal("1e-3"))],
    "capital_fixed": [("万元", Decimal("1e-4")), ("100m yuan", Decimal("1e-8"))],
    "area_m2": [("公顷", Decimal("1e-4")), ("ha", Decimal("1e-4"))],
}


def other_units(draw: Random, base: Solved) -> Changed:
    """Yuan as 万元 or by the year, square metres as hectares, persons as 万人."""
    sheets = base.sheets
    for name, columns in (("spaces", [*_UNITS]), ("outlets", ["area_m2"])):
        units = {}
        for column in columns:
            word, times = draw.choice(_UNITS[column])
            sheets = sheets.table(
                name,
                lambda t, c=column, k=times: t.assign(**{c: numbers(t[c], lambda v: v * k)}),
            )
            units[column] = word
        sheets = sheets.section(name, units=units)
    groups = sheets.groups
    small = Decimal("1e-4")
    sheets = sheets.table(
        "places", lambda t: t.assign(**{g: numbers(t[g], lambda v: v * small) for g in groups})
    )
    return Changed(sheets.section("places", units=dict.fromkeys(groups, "万人")))


def only_the_money_that_was_spent(_: Random, base: Solved) -> Changed | None:
    """Budgets and funds of exactly what the best plan spends, to the fen."""
    if base.document is None:
        return None
    spent = base.document.budget
    budget = base.question.budget.model_copy(
        update={"capital": spent.capital.spent, "subsidy_per_year": spent.subsidy_per_year.spent}
    )
    used = {fund.id: fund.spent for fund in base.document.funds}
    funds = tuple(f.model_copy(update={"amount": used[f.id]}) for f in base.question.funds)
    return Changed(base.sheets.asks(budget=budget, funds=funds))


def _other_budget(draw: Random, base: Solved, *factors: str) -> Sheets:
    change = {}
    for name in ("capital", "subsidy_per_year"):
        amount = getattr(base.question.budget, name)
        if np.isfinite(amount):
            change[name] = float(round(Decimal(repr(amount)) * Decimal(draw.choice(factors)), 2))
    return base.sheets.asks(budget=base.question.budget.model_copy(update=change))


def more_money(draw: Random, base: Solved) -> Changed:
    return Changed(_other_budget(draw, base, "1", "1.1", "1.7"), "at least")


def less_money(draw: Random, base: Solved) -> Changed:
    return Changed(_other_budget(draw, base, "1", "0.9", "0.6"), "at most")


def one_more_fund(draw: Random, base: Solved) -> Changed:
    fund = Fund(
        id="one more",
        pays=draw.choice(["capital", "subsidy_per_year"]),
        amount=float(draw.choice([0.01, 5_000, 40_000])),
        types=draw.choice([None, (draw.choice(base.question.standard.types).id,)]),
        share=draw.choice([1.0, 0.5]),
    )
    return Changed(base.sheets.asks(funds=(*base.question.funds, fund)), "at least")


def _halves(draw: Random, amount: float) -> tuple[float, float]:
    """Return two amounts of whole fen that make up the one."""
    fen = round(Decimal(repr(amount)) * 100)
    some = draw.randint(0, fen)
    return some / 100, (fen - some) / 100


def a_part_of_the_budget_as_a_fund_for_anything(draw: Random, base: Solved) -> Changed | None:
    pays = draw.choice(["capital", "subsidy_per_year"])
    amount = getattr(base.question.budget, pays)
    if not np.isfinite(amount):
        return None
    some, rest = _halves(draw, amount)
    budget = base.question.budget.model_copy(update={pays: rest})
    funds = (*base.question.funds, Fund(id="anything", pays=pays, amount=some))
    return Changed(base.sheets.asks(budget=budget, funds=funds))


def a_fund_split_in_two(draw: Random, base: Solved) -> Changed | None:
    if not base.question.funds:
        return None
    fund = draw.choice(base.question.funds)
    some, rest = _halves(draw, fund.amount)
    parts = (
        fund.model_copy(update={"amount": some}),
        fund.model_copy(update={"amount": rest, "id": "the rest"}),
    )
    funds = tuple(f for f in base.question.funds if f.id != fund.id)
    # each of the two may pay its share of one item
    how = "same" if fund.share == 1.0 else "at least"
    return Changed(base.sheets.asks(funds=(*funds, *parts)), how)


def _opened(base: Solved) -> list[tuple[str, str]]:
    return [] if base.document is None else [(p.space, p.type) for p in base.document.projects]


def what_was_opened_is_locked_open(draw: Random, base: Solved) -> Changed | None:
    opened, locks = _opened(base), base.question.locks
    if not opened:
        return None
    some = draw.sample(opened, draw.randint(1, len(opened)))
    mine = (*locks.open, *(pair for pair in some if pair not in locks.open))
    return Changed(base.sheets.asks(locks=Locks(open=mine, forbid=locks.forbid)))


def what_was_not_opened_is_forbidden(draw: Random, base: Solved) -> Changed | None:
    """Not where a circle is measured by what it could have: that is less then."""
    if base.document is None or base.question.objective == "worst-community":
        return None
    rest = [p for p in pairs(Asked(base.city, base.question)) if p not in _opened(base)]
    if not rest:
        return None
    some = draw.sample(rest, draw.randint(1, len(rest)))
    locks = base.question.locks
    forbid = (*locks.forbid, *(pair for pair in some if pair not in locks.forbid))
    return Changed(base.sheets.asks(locks=Locks(open=locks.open, forbid=forbid)))


def locks_in_the_table_of_spaces(_: Random, base: Solved) -> Changed | None:
    """What the scenario opens and forbids in one space stands in that space's row instead."""
    locks = base.question.locks
    if any("*" in space for space, _ in locks.forbid) or not (locks.open or locks.forbid):
        return None
    sheets = base.sheets
    for name in ("open", "forbid"):
        moved: dict[str, list[str]] = {}
        for space, kind in getattr(locks, name):
            moved.setdefault(space, []).append(kind)

        def with_locks(table: pd.DataFrame, name=name, moved=moved) -> pd.DataFrame:
            before = table[name] if name in table else [""] * len(table)
            cells = [
                ";".join([*filter(None, [old]), *moved.get(space, [])])
                for old, space in zip(before, table["id"], strict=True)
            ]
            return table.assign(**{name: cells})

        sheets = sheets.table("spaces", with_locks)
    return Changed(sheets.asks(locks=Locks()))


def the_question_in_another_order(draw: Random, base: Solved) -> Changed:
    """Types, funds, locks and rules as another hand would have listed them."""

    def mixed(some: tuple) -> tuple:
        return tuple(draw.sample(some, len(some)))

    asked = base.question
    locks = Locks(open=mixed(asked.locks.open), forbid=mixed(asked.locks.forbid))
    sheets = base.sheets.asks(funds=mixed(asked.funds), locks=locks, enforce=mixed(asked.enforce))
    return Changed(sheets.standard(types=mixed(asked.standard.types)))
