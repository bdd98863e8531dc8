"""The 项目清单 of the page: each project, who pays for it, who gains by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import clean, people
from siting.report.html.both import LANGS, Pair, both, class_pair, group_pair, type_pairs, word
from siting.report.html.sheet import Column, Sheet, column
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.city.model import City
    from siting.plan.document import Payment, Project
    from siting.plan.model import Plan

_SHOWN = 4
GENERAL = "general"


def projects_sheet(plan: Plan, city: City) -> Sheet:
    """Return the list of projects, in the plan's order."""
    document = plan.document
    types = type_pairs(plan.standard)
    type_at = {name: k for k, name in enumerate(types)}
    kinds = {t.id: t for t in plan.standard.types}
    classes = list(dict.fromkeys(t.type_class for t in plan.standard.types))
    communities = [clean(name) for name in city.communities]
    community_at = {name: c for c, name in enumerate(city.communities)}
    counting = {kinds[p.type].counting_group for p in document.projects}
    groups = list(dict.fromkeys(g for p in document.projects for g in p.gained_by_group))
    # Where all types count the same group, its column stands there already.
    groups = [g for g in groups if {g} != counting]
    addresses = _addresses(city)
    one_off = {o.space: o for o in document.one_off}
    compared = document.shared is not None
    shared = {(pair.space, pair.type) for pair in document.shared or ()}
    rows: list[list[Any]] = []
    once = bool(document.one_off)
    for k, p in enumerate(document.projects):
        fixed = one_off.pop(p.space, None)
        rows.append(
            [
                k + 1,
                clean(p.space),
                *([addresses.get(p.space, "")] if addresses else []),
                community_at[p.community],
                type_at[p.type],
                classes.index(kinds[p.type].type_class),
                p.area_m2,
                p.capital,
                *([0.0 if fixed is None else fixed.capital] if once else []),
                p.relief,
                p.subsidy_per_year,
                _payers(p, () if fixed is None else fixed.capital_paid_by),
                p.residents_gained,
                *(p.gained_by_group.get(g) for g in groups),
                *([int((p.space, p.type) in shared)] if compared else []),
                sum(p.places_by_group.values()),
                _for_whom(p),
            ]
        )
    columns = [
        column("number", "number"),
        column("space"),
        *([column("address")] if addresses else []),
        column("community", "code", communities),
        column("type", "code", list(types.values())),
        column("class", "code", [class_pair(c) for c in classes]),
        column("area", "number"),
        column("capital", "money"),
        *([column("one_off", "money")] if once else []),
        column("relief", "share"),
        column("subsidy", "money"),
        column("funds"),
        column("gained", "people"),
        *(Column(_of_group(g), "people") for g in groups),
        *([column("shared", "code", [word("no"), word("yes")])] if compared else []),
        column("needs", "people"),
        column("answers"),
    ]
    return Sheet("projects", columns, rows, wide=True)


def _of_group(group: str) -> Pair:
    names = dict(zip(LANGS, group_pair(group), strict=True))
    return both(lambda lang: text("report.html.column_gained_group", lang, group=names[lang]))


def _addresses(city: City) -> dict[str, str]:
    if city.spaces.address is None:
        return {}
    pairs = zip(city.spaces.id.tolist(), city.spaces.address.tolist(), strict=True)
    return {str(name): clean(words) for name, words in pairs}


def purse_pair(name: str) -> Pair:
    """Return the name of a fund, or of the general budget."""
    return word("general") if name == GENERAL else [clean(name)] * 2


def _payers(project: Project, fixed: Sequence[Payment]) -> Pair:
    """Return who pays, the one-off cost of the space included."""
    paid = (*project.capital_paid_by, *fixed, *project.subsidy_paid_by)
    purses = [purse_pair(name) for name in dict.fromkeys(payment.fund for payment in paid)]
    return both(lambda lang: text("report.comma", lang).join(p[lang == "en"] for p in purses))


def _for_whom(project: Project) -> Pair:
    """Return where most of those live who gain, by their communities."""
    ranked = sorted(project.gained_by_community.items(), key=lambda pair: -pair[1])

    def said(lang: Lang) -> str:
        parts = [
            text("report.html.answers_community", lang, community=clean(name), people=people(n))
            for name, n in ranked[:_SHOWN]
        ]
        if len(ranked) > _SHOWN:
            parts.append(text("report.html.answers_more", lang, count=len(ranked) - _SHOWN))
        return text("report.comma", lang).join(parts)

    return both(said)
