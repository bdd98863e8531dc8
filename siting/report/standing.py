"""What a plan means for grades and quotas, why gaps stay open, and what else might hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from siting.report.figures import (
    class_name,
    clean,
    money,
    people,
    percent,
    percent_up,
    points,
)
from siting.standard.tolerances import NEARLY
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.plan.document import Document
    from siting.plan.model import Plan

_SHOWN = 3
_REASONS = {
    "no space in reach": "report.why_out_of_reach",
    "not chosen": "report.why_not_chosen",
    "area": "report.why_area",
    "feature": "report.why_feature",
    "floor": "report.why_floor",
    "kind": "report.why_kind",
    "rent": "report.why_rent",
    "cap": "report.why_cap",
    "lock": "report.why_lock",
    "host": "report.why_host",
    "spacing": "report.why_spacing",
    "min_types": "report.why_min_types",
    "basic_share": "report.why_basic_share",
    "roof": "report.why_roof",
    "full": "report.why_full",
    "apart": "report.why_apart",
    "most": "report.why_most",
    "operators": "report.why_operators",
    "money": "report.why_money",
    "capacity": "report.why_capacity",
}
_ASSUMED = {
    "minutes-10%": "report.assumed_minutes_less",
    "minutes+10%": "report.assumed_minutes_more",
    "detour-1.20": "report.assumed_detour_low",
    "detour-1.45": "report.assumed_detour_high",
    "presence-0.5": "report.assumed_presence_half",
    "presence-0.8": "report.assumed_presence_most",
}
_WEIGHTINGS = {
    "equal-classes": "report.weights_equal_classes",
    "basic-thrice": "report.weights_basic_thrice",
    "counting-groups": "report.weights_counting_groups",
    "equal-gaps": "report.weights_equal_gaps",
}
_NO_PRICE = {
    "cost": "report.price_none_cost",
    "grades": "report.price_none_grades",
    "worst-community": "report.price_none_worst",
}


def grades_line(plan: Plan, lang: Lang) -> str | None:
    """Return how many circles hold the grade aimed at, before and after, and their rewards."""
    document, grades = plan.document, plan.standard.grades
    if not grades or not document.circles:
        return None
    ids = [grade.id for grade in grades]
    aim = document.inputs.scenario.get("grade") or ids[-1]
    least = ids.index(aim) if aim in ids else len(ids) - 1
    high = set(ids[least:])
    name = grades[least].zh if lang == "zh" else grades[least].en
    said = text(
        "report.grades",
        lang,
        grade=clean(name),
        circles=len(document.circles),
        before=sum(c.grade_before in high for c in document.circles),
        after=sum(c.grade_after in high for c in document.circles),
    )
    reward = sum(c.reward for c in document.circles)
    if reward:
        said += text("report.rewards", lang, amount=money(reward, lang))
    return said


def quotas_line(document: Document, lang: Lang) -> str | None:
    """Return how many quotas of communities are met, before and after."""
    rows = document.quotas
    if not rows:
        return None
    return text(
        "report.quotas",
        lang,
        rows=len(rows),
        before=sum(q.existing >= q.asked - NEARLY for q in rows),
        after=sum(q.existing + q.opened >= q.asked - NEARLY for q in rows),
    )


def reasons_line(document: Document, lang: Lang) -> str | None:
    """Return the commonest reasons for which residents still lack types."""
    lacking: Counter[str] = Counter()
    for gap in document.open_gaps:
        lacking[gap.reason] += gap.residents  # type: ignore[assignment]
    total = sum(lacking.values())
    if not total:
        return None
    told = [(word, percent(n / total)) for word, n in lacking.most_common(_SHOWN)]
    listed = text("report.comma", lang).join(
        text("report.reason", lang, reason=reason_name(word, lang), share=share)
        for k, (word, share) in enumerate(told)
        if k == 0 or share != percent(0.0)
    )
    return text("report.reasons", lang, listed=listed)


def reason_name(word: str, lang: Lang) -> str:
    """Return why a gap stays open, in words."""
    return _said(_REASONS, word, lang)


def assumption_name(word: str, lang: Lang) -> str:
    """Return under which other assumption a plan was counted, in words."""
    return _said(_ASSUMED, word, lang)


def _said(words: dict[str, str], name: str, lang: Lang) -> str:
    """Return what people call something that plan.json calls `name`."""
    return text(words[name], lang) if name in words else clean(name)


def price_line(document: Document, lang: Lang) -> str | None:
    """Return what 10,000 yuan more would buy, or why that is no number of need points.

    Where no estimate is known of a budget, what is proved stands instead; None: neither is known.
    """
    price = document.price
    if price.reason in _NO_PRICE:
        return text(_NO_PRICE[price.reason], lang)
    said = []
    for about, amount, at_most, bound in (
        (
            "report.price_capital",
            price.capital,
            "report.price_capital_at_most",
            price.capital_at_most,
        ),
        (
            "report.price_subsidy",
            price.subsidy_per_year,
            "report.price_subsidy_at_most",
            price.subsidy_per_year_at_most,
        ),
    ):
        if amount is not None:
            said.append(_priced(about, points(amount), lang))
        elif bound is not None:
            said.append(_priced(at_most, points(bound, up=True), lang))
    if not said:
        return None
    line = text("report.semicolon", lang).join(said)
    first = document.stages[0].name
    if first != "coverage":
        line += text("report.price_class", lang, type_class=class_name(first, lang))
    return line


def _priced(key: str, shown: str, lang: Lang) -> str:
    return text(key, lang, amount=money(10_000.0, lang), points=shown)


def sensitivity_line(document: Document, lang: Lang) -> str | None:
    """Return what the same projects are worth where another assumption changes anything."""
    gained = document.residents.newly_served_any_type
    told = [
        text(
            "report.assumed",
            lang,
            name=assumption_name(row.name, lang),
            people=people(row.residents_newly_served),
        )
        for row in document.sensitivity
        if row.residents_newly_served != gained
    ]
    if not told:
        return None
    return text(
        "report.sensitivity",
        lang,
        people=people(gained),
        listed=text("report.comma", lang).join(told),
    )


def other_weights_line(document: Document, lang: Lang) -> str | None:
    """Return how many projects every answer shares, and how many each of the others."""
    if document.other_weights is None or document.shared is None:
        return None
    if not document.other_weights:
        return text("report.others_none", lang)
    listed = text("report.comma", lang).join(
        text(
            "report.other",
            lang,
            name=_said(_WEIGHTINGS, answer.name, lang),
            count=answer.shared_projects,
        )
        for answer in document.other_weights
    )
    said = text(
        "report.others",
        lang,
        shared=len(document.shared),
        projects=len(document.projects),
        answers=len(document.other_weights) + 1,
        listed=listed,
    )
    loose = [answer for answer in document.other_weights if answer.status != "optimal"]
    gaps = [stage.gap for answer in loose for stage in answer.stages]
    known = [gap for gap in gaps if gap is not None]
    if known and len(known) == len(gaps):
        said += text("report.others_gap", lang, gap=percent_up(max(known)))
    cut = sum(answer.stopped_by in ("time", "interrupt") for answer in loose)
    if cut:
        said += text("report.others_cut", lang, count=cut)
    return said
