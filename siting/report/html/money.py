"""Tables of money and of what is proved: purses, the price of more, objective and bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.plan.values import COST
from siting.report.figures import clean, money, people
from siting.report.html.both import both, class_pair, objective_pair, word
from siting.report.html.projects import GENERAL, purse_pair
from siting.report.html.sheet import Sheet, column
from siting.report.proof import bound_source, is_proved
from siting.report.rounding import rounded
from siting.report.standing import assumption_name, other_weights_line, price_line
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.plan.document import Document, Payment
    from siting.plan.model import Plan
    from siting.report.html.both import Pair

_WORST = "worst-community"
_PAYS = ("capital", "subsidy_per_year")


def money_sheet(plan: Plan) -> Sheet:
    """Return what each purse had and paid."""
    document = plan.document
    budget = {
        "capital": document.budget.capital,
        "subsidy_per_year": document.budget.subsidy_per_year,
    }
    purses = [(GENERAL, pays, budget[pays].limit, budget[pays].spent) for pays in _PAYS]
    purses += [(fund.id, fund.pays, fund.limit, fund.spent) for fund in document.funds]
    paid = {pays: _paid(document, pays) for pays in _PAYS}
    rows = [
        [
            purse_pair(name),
            word(f"pays_{pays}"),
            word("unlimited") if limit is None else limit,
            spent,
            None if limit is None else round(limit - spent, 2),
            spent / limit if limit else None,
            sum(payment.fund == name and payment.amount > 0 for payment in paid[pays]),
        ]
        for name, pays, limit, spent in purses
    ]
    columns = [
        column("purse"),
        column("pays"),
        column("limit", "money"),
        column("spent", "money"),
        column("left", "money"),
        column("used", "share"),
        column("items", "people"),
    ]
    return Sheet("money", columns, rows, _notes(plan))


def _paid(document: Document, pays: str) -> list[Payment]:
    if pays == "subsidy_per_year":
        return [payment for p in document.projects for payment in p.subsidy_paid_by]
    paid = [p.capital_paid_by for p in document.projects]
    paid += [o.capital_paid_by for o in document.one_off]
    return [payment for payments in paid for payment in payments]


def _notes(plan: Plan) -> list[Pair]:
    policy = plan.document.inputs.policy
    years = float(policy.get("years", 0.0))
    names = {"zh": clean(policy.get("zh", "")), "en": clean(policy.get("en", ""))}
    notes = [
        both(
            lambda lang: text(
                "report.html.money_years", lang, years=f"{years:g}", policy=names[lang]
            )
        )
    ]
    reward = sum(circle.reward for circle in plan.document.circles)
    if reward:
        notes.append(
            both(lambda lang: text("report.html.money_rewards", lang, amount=money(reward, lang)))
        )
    return notes


def price_notes(document: Document) -> list[Pair]:
    """Return what the next 10,000 yuan would buy: about, at most, or why that is not told."""
    reason = document.price.reason
    if reason not in (None, "unknown"):
        return [_price_note("price_without", price_line, document)]
    if price_line(document, "en") is None:
        return [word("price_none")]
    if reason is not None:
        notes = ["price_missed", "price_none"]
        return [_price_note("price_proved", price_line, document), *map(word, notes)]
    notes = ["price_about"]
    price = document.price
    pairs = (
        (price.capital, price.capital_at_most),
        (price.subsidy_per_year, price.subsidy_per_year_at_most),
    )
    if any(about is None and most is not None for about, most in pairs):
        notes.append("price_missed")
    return [_price_note("price_said", price_line, document), *map(word, notes)]


def _price_note(
    name: str, line: Callable[[Document, Lang], str | None], document: Document
) -> Pair:
    return both(lambda lang: text(f"report.html.{name}", lang, said=line(document, lang)))


def proof_sheet(plan: Plan) -> Sheet:
    """Return what each stage reached, and what no plan can pass."""
    rows = [
        [
            _stage(stage.name),
            rounded(stage.name, stage.objective, up=False),
            None
            if stage.bound is None
            else rounded(stage.name, stage.bound, up=stage.name != COST),
            0.0 if is_proved(stage) else stage.gap,
            _source(stage.bound_source),
        ]
        for stage in plan.document.stages
    ]
    columns = [
        column("stage"),
        column("objective", "number"),
        column("bound", "number"),
        column("gap", "exact"),
        column("source_bound"),
    ]
    return Sheet("proof", columns, rows)


def _source(word: str) -> Pair:
    return both(lambda lang: bound_source(word, lang))


def _stage(name: str) -> Pair:
    if name.startswith(_WORST):  # and its further ranks, worst-community-2 and so on
        rank = name.removeprefix(_WORST)
        return [f"{said}{rank.replace('-', ' ')}" for said in objective_pair(_WORST)]
    if name in ("coverage", "grades", "cost"):
        return objective_pair(name)
    return class_pair(name)


def sensitivity_sheet(plan: Plan) -> Sheet:
    """Return what the same projects are worth under other assumptions."""
    rows = [
        [_assumed(row.name), row.objective, row.residents_newly_served]
        for row in plan.document.sensitivity
    ]
    columns = [column("assumed"), column("points", "number"), column("served", "people")]
    gained = plan.document.residents.newly_served_any_type
    notes = [word("sensitivity_note", people=people(gained))]
    if plan.document.other_weights is not None:
        notes.append(both(lambda lang: other_weights_line(plan.document, lang) or ""))
    return Sheet("sensitivity", columns, rows, notes)


def _assumed(name: str) -> Pair:
    return both(lambda lang: assumption_name(name, lang))
