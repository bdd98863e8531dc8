"""A plan in a notebook: a short table."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from siting.standard.tolerances import PROVED
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.plan.document import Document
    from siting.plan.model import Plan

_SHOWN = 10
_COLUMNS = (
    "space",
    "type",
    "community",
    "area_m2",
    "capital",
    "subsidy_per_year",
    "residents_gained",
)


def as_html(plan: Plan, lang: Lang = "en") -> str:
    """Return the main numbers and the projects that reach most people, as an HTML table."""
    document = plan.document
    names = {t.id: t.zh if lang == "zh" else t.en for t in plan.standard.types}
    first = sorted(document.projects, key=lambda p: -p.residents_gained)[:_SHOWN]
    said = text(
        "plan.notebook_line",
        lang,
        projects=len(document.projects),
        capital=f"{_capital_fen(document) / 100:,.2f}",
        people=f"{document.residents.newly_served_any_type:,.0f}",
        status=text(f"plan.notebook_{document.status}", lang),
        gap=_gap(document),
    )
    rows = [
        (
            p.space,
            names.get(p.type, p.type),
            p.community,
            f"{p.area_m2:,.1f}",
            f"{p.capital:,.2f}",
            f"{p.subsidy_per_year:,.2f}",
            f"{p.residents_gained:,.0f}",
        )
        for p in first
    ]
    head = "".join(f"<th>{escape(text(f'plan.map_{c}', lang))}</th>" for c in _COLUMNS)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    more = len(document.projects) - len(first)
    rest = f"<p>{escape(text('plan.notebook_more', lang, count=more))}</p>" if more else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
    return f"<div><p>{escape(said)}</p>{table}{rest}</div>"


def _capital_fen(document: Document) -> int:
    """Return what is spent once, from the budget and all funds, in whole fen."""
    spent = [document.budget.capital.spent]
    spent += [fund.spent for fund in document.funds if fund.pays == "capital"]
    return sum(round(yuan * 100) for yuan in spent)


def _gap(document: Document) -> str:
    if document.gap is None or document.gap_abs is None:
        return "-"
    proved = document.gap_abs <= PROVED * max(1.0, abs(document.objective))
    share = 0.0 if proved else document.gap
    return f"{math.ceil(share * 1e5 - 1e-7) / 1e3:.3f}%"
