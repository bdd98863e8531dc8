"""What a standard asks for beside types, as lines under titles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from siting.report.figures import class_name, clean, percent, type_names
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from siting.standard.model import Grade, Standard

Section = tuple[str, list[str]]

_KEY = re.compile(r"W:[a-z0-9-]+|\bS[0-4]\b|\bD\b")


def clauses(standard: Standard, lang: Lang) -> list[Section]:
    """Return grades, stand-ins, quotas, distances, chains, priorities and roof rules.

    Returns
    -------
    sections
        Title (as it is shown) and lines, in the order of the page; without lines where the
        standard does not speak of them.
    """
    roof = _star("roof" in standard.unverified)
    return [
        (text("report.grades_title", lang), [_grade(g, standard, lang) for g in standard.grades]),
        (text("report.substitutes_title", lang), _substitutes(standard, lang)),
        (text("report.quotas_title", lang), _quotas(standard, lang)),
        (text("report.spacing_title", lang), _spacing(standard, lang)),
        (text("report.most_title", lang), _most(standard, lang)),
        (text("report.chain_title", lang), _chains(standard, lang)),
        (text("report.priority_title", lang), _priorities(standard, lang)),
        (text("report.roof_title", lang, star=roof), roof_lines(standard, lang)),
    ]


def addresses(standard: Standard, *others: str) -> list[tuple[str, str]]:
    """Return keys and where they lead: those of the standard's sources, notes and types.

    Parameters
    ----------
    others
        Further sentences whose keys are told, such as a policy's.
    """
    from siting.standard.catalogue import load_catalogue

    said = [*others, standard.source, *standard.notes, *standard.unmodelled]
    said += [s.note for s in standard.slots]
    said += [t.source for t in standard.types]
    said += [g.source for g in standard.grades]
    said += [q.source for q in standard.quotas]
    said += [s.source for s in standard.substitutes]
    known = load_catalogue().sources
    keys = dict.fromkeys(key for words in said for key in _KEY.findall(words))
    return [(key, clean(known[key])) for key in sorted(keys) if key in known]


def policy_sentences(policy: Mapping[str, Any]) -> list[str]:
    """Return the sentences of a policy, as plan.json states it, that may name a source."""
    said = [policy.get("source", ""), *policy.get("unmodelled", ())]
    return [
        str(line) for line in (*said, *(r.get("source", "") for r in policy.get("rewards", ())))
    ]


def _grade(grade: Grade, standard: Standard, lang: Lang) -> str:
    asks, short = [], ""
    for kind, count in grade.min_types.items():
        name = class_name(kind, lang)
        asks.append(text("report.grade_least", lang, count=count, kind=name))
        have = sum(t.type_class == kind and t.asks for t in standard.types)
        if have < count:
            short += text("report.grade_short", lang, count=have, kind=name)
    if grade.mandatory:
        asks.append(text("report.grade_must", lang, types=_listed(grade.mandatory, standard, lang)))
    return text(
        "report.grade_line",
        lang,
        id=clean(grade.id),
        name=clean(grade.zh if lang == "zh" else grade.en),
        asks=text("report.comma", lang).join(asks) + _star(bool(grade.unverified)) + short,
        source=_source(grade.source),
    )


def _substitutes(standard: Standard, lang: Lang) -> list[str]:
    return [
        text(
            "report.substitute_line",
            lang,
            type=_listed([pair.type], standard, lang),
            by=_listed([pair.by], standard, lang) + _star("substitutes" in standard.unverified),
            source=_source(pair.source),
        )
        for pair in standard.substitutes
    ]


def _quotas(standard: Standard, lang: Lang) -> list[str]:
    lines = []
    for quota in standard.quotas:
        common = {"type": _listed([quota.type], standard, lang), "source": _source(quota.source)}
        if quota.per_1000 is not None:
            star = _star("per_1000" in quota.unverified)
            count = f"{quota.per_1000:g}"
            lines.append(text("report.quota_number", lang, count=count, star=star, **common))
        if quota.area_m2_per_1000 is not None:
            star = _star("area_m2_per_1000" in quota.unverified)
            area = f"{quota.area_m2_per_1000:g}"
            lines.append(text("report.quota_area", lang, area=area, star=star, **common))
    return lines


def _spacing(standard: Standard, lang: Lang) -> list[str]:
    names = type_names(standard, lang)
    star = _star("spacing_m" in standard.unverified)
    return [
        text(
            "report.spacing_line",
            lang,
            type=names.get(name, clean(name)),
            metres=f"{metres:g}",
            star=star,
        )
        for name, metres in standard.spacing_m.items()
    ]


def _most(standard: Standard, lang: Lang) -> list[str]:
    names = type_names(standard, lang)
    star = _star("most_per_community" in standard.unverified)
    return [
        text("report.most_line", lang, type=names.get(name, clean(name)), count=count, star=star)
        for name, count in standard.most_per_community.items()
    ]


def _chains(standard: Standard, lang: Lang) -> list[str]:
    if standard.chain_share is None:
        return []
    star = _star("chain_share" in standard.unverified)
    return [text("report.chain_line", lang, share=percent(standard.chain_share), star=star)]


def _priorities(standard: Standard, lang: Lang) -> list[str]:
    return [
        text("report.priority_line", lang, name=clean(name), types=_listed(types, standard, lang))
        for name, types in standard.priority_groups.items()
    ]


def roof_lines(standard: Standard, lang: Lang) -> list[str]:
    """Return which types may share a roof, a line a rule."""
    lines = []
    for rule in standard.roof:
        kind = _listed([rule.type], standard, lang)
        if rule.never_with:
            types = _listed(rule.never_with, standard, lang)
            lines.append(text("report.roof_never", lang, type=kind, types=types))
        if rule.only_with is not None:
            types = _listed(rule.only_with, standard, lang)
            lines.append(text("report.roof_only", lang, type=kind, types=types))
    return lines


def _listed(types: Iterable[str], standard: Standard, lang: Lang) -> str:
    names = type_names(standard, lang)
    return text("report.comma", lang).join(names.get(name, clean(name)) for name in types)


def _source(source: str) -> str:
    return f" [{clean(source)}]" if source else ""


def _star(unverified: bool) -> str:
    return "*" if unverified else ""
