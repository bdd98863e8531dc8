"""``report.html``: a plan as one page that opens from disk without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import clean
from siting.report.html.answer import sentences, tiles
from siting.report.html.both import word
from siting.report.html.frame import asset, framed, libraries, page_words
from siting.report.html.inputs import assumptions_sheet, inputs_sheet, versions_sheet
from siting.report.html.marks import map_data
from siting.report.html.money import money_sheet, price_notes, proof_sheet, sensitivity_sheet
from siting.report.html.needs import (
    circles_sheet,
    coverage_sheet,
    open_sheet,
    presence_sheet,
    quotas_sheet,
)
from siting.report.html.projects import projects_sheet
from siting.report.html.upgrades import upgrades_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from siting.plan.model import Plan
    from siting.words import Lang

_SCRIPTS = ("map.js", "chart.js", "page.js")


def write_html(plan: Plan, path: Path, lang: Lang) -> None:
    """Write the report of a plan that has its city; it opens in `lang`."""
    path.write_text(html(plan, lang), encoding="utf-8", newline="\n")


def html(plan: Plan, lang: Lang) -> str:
    """Return the report of a plan that has its city, as one page; see `framed`."""
    return framed(
        page_data(plan, lang),
        lang,
        body=asset("page.html"),
        note="points_note",
        scripts=map(asset, _SCRIPTS),
        charts=True,
    )


def page_data(plan: Plan, lang: Lang) -> dict[str, Any]:
    """Return everything the page shows, as plain values."""
    city, detail, table = plan.city, plan.detail, plan.gap_table
    if city is None or detail is None or table is None:
        raise ValueError("a plan read from a folder has no city; restore it to report it")
    return {
        "lang": lang,
        "words": page_words(),
        "title": _title(plan),
        "answer": sentences(plan),
        "tiles": tiles(plan.document),
        "map": map_data(plan, city, detail),
        "price": price_notes(plan.document),
        "sheets": [
            sheet.data()
            for sheet in (
                projects_sheet(plan, city),
                presence_sheet(plan, table),
                circles_sheet(plan),
                *([upgrades_sheet(plan)] if any(c.upgrades for c in plan.document.circles) else []),
                *([quotas_sheet(plan)] if plan.document.quotas else []),
                coverage_sheet(plan),
                money_sheet(plan),
                open_sheet(plan),
                proof_sheet(plan),
                sensitivity_sheet(plan),
                inputs_sheet(plan, city),
                assumptions_sheet(plan),
                versions_sheet(plan, libraries()),
            )
        ],
    }


def _title(plan: Plan) -> list[str]:
    city = plan.city
    return word("title", city=clean(city.name if city is not None else ""))
