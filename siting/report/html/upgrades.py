"""The cheapest way of each community to each grade it does not hold today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import clean
from siting.report.html.both import both, type_pairs, word
from siting.report.html.sheet import Sheet, column
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.plan.document import Upgrade
    from siting.plan.model import Plan
    from siting.report.html.both import Pair


def upgrades_sheet(plan: Plan) -> Sheet:
    """Return what each way costs, what it opens, or which types keep the grade out of reach."""
    names = type_pairs(plan.standard)
    grades = {g.id: [clean(g.zh), clean(g.en)] for g in plan.standard.grades}
    at = {name: k for k, name in enumerate(grades)}
    rows: list[list[Any]] = [
        [
            clean(circle.community),
            at[way.grade],
            way.price,
            way.bound,
            way.capital,
            way.subsidy_per_year,
            _opens(way, names),
            _listed([names[kind] for kind in way.missing]),
        ]
        for circle in plan.document.circles
        for way in circle.upgrades
    ]
    columns = [
        column("community"),
        column("grade", "code", list(grades.values())),
        column("price", "money"),
        column("no_less", "money_least"),
        column("capital", "money"),
        column("subsidy", "money"),
        column("way"),
        column("missing"),
    ]
    return Sheet("upgrades", columns, rows, [word("upgrades_note")], wide=True)


def _opens(way: Upgrade, names: dict[str, Pair]) -> Pair:
    opened = [p for p in way.projects if not p.locked]
    return _listed([[f"{clean(p.space)}: {said}" for said in names[p.type]] for p in opened])


def _listed(pairs: list[Pair]) -> Pair:
    def said(lang: Lang) -> str:
        return text("report.comma", lang).join(pair[lang == "en"] for pair in pairs)

    return both(said)
