"""The answer: five sentences, and the numbers that stand out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import money, people, percent, percent_up, type_names
from siting.report.html.both import both, word
from siting.report.proof import is_proved, proof_line, stages_line
from siting.report.standing import grades_line, quotas_line, reasons_line
from siting.report.summary import enough_line, open_line, opens_line, serves_line, spent_line
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.plan.document import Document
    from siting.plan.model import Plan
    from siting.report.html.both import Pair


def sentences(plan: Plan) -> list[Pair]:
    """Return what is opened, what it costs, who gains, what stays open, and how good it is."""
    document = plan.document
    budget = document.budget
    names: dict[Lang, dict[str, str]] = {
        "zh": type_names(plan.standard, "zh"),
        "en": type_names(plan.standard, "en"),
    }

    def opens(lang: Lang) -> str:
        if not document.projects:
            return text("report.html.answer_nothing", lang)
        return _said("opens", lang, opens_line(document, names[lang], lang))

    def costs(lang: Lang) -> str:
        return text(
            "report.html.answer_costs",
            lang,
            capital=spent_line("capital", budget.capital, document, lang),
            subsidy=spent_line("subsidy_per_year", budget.subsidy_per_year, document, lang),
        )

    def gains(lang: Lang) -> str:
        enough = enough_line(document, plan.standard.presence_share, lang)
        more = (serves_line(document, lang), enough, grades_line(plan, lang))
        return _said("gains", lang, _joined(more, lang))

    def stays(lang: Lang) -> str:
        more = (open_line(document, names[lang], lang), reasons_line(document, lang))
        return _said("open", lang, _joined((*more, quotas_line(document, lang)), lang))

    def proof(lang: Lang) -> str:
        more = (proof_line(document, lang), stages_line(document, lang))
        return _said("proof", lang, _joined(more, lang))

    return [both(make) for make in (opens, costs, gains, stays, proof)]


def _said(name: str, lang: Lang, said: str) -> str:
    return text(f"report.html.answer_{name}", lang, said=said)


def _joined(parts: Iterable[str | None], lang: Lang) -> str:
    return text("report.semicolon", lang).join(part for part in parts if part is not None)


def tiles(document: Document) -> list[dict[str, Any]]:
    """Return the figures at a glance: each a number and what it counts."""
    gained, everyone = document.residents.newly_served_any_type, document.residents.everyone
    share = f" ({percent(gained / everyone)})" if everyone > 0 else ""
    capital = document.budget.capital.spent + _funds(document, "capital")
    subsidy = document.budget.subsidy_per_year.spent + _funds(document, "subsidy_per_year")
    return [
        _tile("projects", _same(people(len(document.projects)))),
        _tile("capital", both(lambda lang: money(round(capital, 2), lang))),
        _tile("subsidy", both(lambda lang: money(round(subsidy, 2), lang))),
        _tile("residents", _same(people(gained) + share)),
        _proof(document),
    ]


def _proof(document: Document) -> dict[str, Any]:
    if document.status == "optimal" or is_proved(document):
        return _tile("proved", _same("100%"))
    if document.gap is None:
        return _tile("unknown", _same("–"))
    return _tile("gap", _same(percent_up(document.gap)))


def _tile(name: str, value: Pair) -> dict[str, Any]:
    return {"value": value, "label": word(f"tile_{name}")}


def _same(value: str) -> Pair:
    return [value, value]


def _funds(document: Document, pays: str) -> float:
    return sum(fund.spent for fund in document.funds if fund.pays == pays)
