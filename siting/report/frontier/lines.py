"""A frontier in a few sentences: how far it goes, how wide its band is, its knee, its roll-out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from siting.plan.values import COST, GRADES, WORST
from siting.report.figures import clean, money, people, percent_up, points, type_names
from siting.report.proof import measured
from siting.report.rounding import rounded
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.frontier.band import Row
    from siting.frontier.model import Axis, Curve, Frontier

_SHOWN = 6
_YUAN = 10_000.0


def sentences(frontier: Frontier, lang: Lang) -> list[str]:
    """Return what a frontier says in a few sentences; the roll-out is only counted."""
    said = [_range(frontier, lang), *_without_plan(frontier, lang), *_gap(frontier, lang)]
    for curve in frontier.curves:
        head = curve_head(frontier, curve, lang)
        said += [head + line for line in (*_knee(frontier, curve, lang), *_turns(curve, lang))]
    if frontier.missing:
        said.append(text("report.frontier.missing", lang, count=len(frontier.missing)))
    return said


def curve_head(frontier: Frontier, curve: Curve, lang: Lang) -> str:
    """Return the words that tell one curve of several from the others; "" for the only one."""
    if len(frontier.curves) == 1:
        return ""
    return text("report.frontier.at_fixed", lang, fixed=fixed_line(curve, lang))


def fixed_line(curve: Curve, lang: Lang) -> str:
    """Return how much there is of the money that stays along a curve."""
    key = "subsidy_per_year" if curve.axis == "capital" else "capital"
    return text(f"report.frontier.fixed_{key}", lang, amount=amount(curve.fixed, lang))


def rollout_lines(frontier: Frontier, curve: Curve, lang: Lang) -> list[str]:
    """Return what comes to stay at which amount, from small to large; a few of each by name."""
    names = type_names(frontier.question.standard, lang)
    by_entry: dict[int, list[str]] = {}
    for turn in curve.turns:
        if turn.leaves is None:
            name = names.get(turn.type, clean(turn.type))
            by_entry.setdefault(turn.enters, []).append(f"{clean(turn.space)} {name}")
    lines = []
    for k, listed in by_entry.items():
        said = text("report.comma", lang).join(listed[:_SHOWN])
        if len(listed) > _SHOWN:
            said += text("report.frontier.more_projects", lang, count=len(listed) - _SHOWN)
        at = amount(curve.amount(curve.planned[k]), lang)
        lines.append(text("report.frontier.enter", lang, amount=at, listed=said))
    return lines


def amount(yuan: float, lang: Lang) -> str:
    """Return an amount of money, or that there is no limit."""
    return text("report.frontier.unlimited", lang) if math.isinf(yuan) else money(yuan, lang)


def axis_name(axis: Axis, lang: Lang) -> str:
    """Return what the money is called that grows along a curve."""
    return text(f"report.frontier.axis_{axis}", lang)


def status_name(status: str, lang: Lang) -> str:
    """Return what is known of a budget, in a word."""
    return text(f"report.frontier.status_{status}", lang)


def widest(frontier: Frontier) -> Row | None:
    """Return the row with the largest gap, the first of equals; None where no gap is known."""
    known = [row for row in frontier.rows if row.gap is not None]
    return max(known, key=lambda row: row.gap or 0.0, default=None)


def _range(frontier: Frontier, lang: Lang) -> str:
    stage = frontier.stage
    if stage is None:
        return text("report.frontier.nothing", lang, count=len(frontier.rows))
    values = [row.value for row in frontier.rows if row.value is not None]
    amounts = [curve.amount(row) for curve in frontier.curves for row in curve.rows]
    curves = frontier.curves
    said = text(
        "report.frontier.range",
        lang,
        count=len(frontier.rows),
        axis=axis_name(frontier.axis, lang),
        first=amount(min(amounts), lang),
        last=amount(max(amounts), lang),
        fixed=fixed_line(curves[0], lang)
        if len(curves) == 1
        else text(
            "report.frontier.between",
            lang,
            first=fixed_line(curves[0], lang),
            last=fixed_line(curves[-1], lang),
        ),
    )
    ends = (rounded(stage, value, up=False) for value in (min(values), max(values)))
    low, high = (measured(stage, value, lang) for value in ends)
    key = "report.frontier.costs" if stage == COST else "report.frontier.worth"
    return said + text(key, lang, low=low, high=high)


def _without_plan(frontier: Frontier, lang: Lang) -> list[str]:
    lines = []
    for status in ("infeasible", "none"):
        count = sum(row.status == status for row in frontier.rows)
        if count:
            lines.append(text(f"report.frontier.count_{status}", lang, count=count))
    return lines


def _gap(frontier: Frontier, lang: Lang) -> list[str]:
    planned = [row for row in frontier.rows if row.value is not None]
    if not planned:
        return []
    row = widest(frontier)
    if all(row.status == "optimal" for row in planned):
        return [text("report.frontier.proved", lang)]
    lines = []
    if row is not None and row.gap is not None:
        at = amount(_along(frontier, row), lang)
        lines.append(text("report.frontier.widest", lang, gap=percent_up(row.gap), amount=at))
    unknown = sum(row.gap is None for row in planned)
    if unknown:
        lines.append(text("report.frontier.no_gap", lang, count=unknown))
    return lines


def _along(frontier: Frontier, row: Row) -> float:
    return row.budget.capital if frontier.axis == "capital" else row.budget.subsidy_per_year


def _knee(frontier: Frontier, curve: Curve, lang: Lang) -> list[str]:
    stage = frontier.stage
    if stage is None or stage == COST or len(curve.planned) < 3:
        return []
    if curve.knee is None:
        return [text("report.frontier.no_knee", lang)]
    at = amount(curve.amount(curve.rows[curve.knee.at]), lang)
    before, after = (_rate(stage, rate, lang) for rate in (curve.knee.before, curve.knee.after))
    yuan = money(_YUAN, lang)
    values = {"amount": at, "yuan": yuan, "before": before, "after": after}
    return [text("report.frontier.knee", lang, **values)]


def _rate(stage: str, per_yuan: float, lang: Lang) -> str:
    """Return what 10,000 yuan brought on average, in the words of the objective."""
    brought = per_yuan * _YUAN
    if stage == GRADES:
        return text("report.frontier.rate_people", lang, value=people(brought))
    if stage == WORST:
        return text("report.frontier.rate_share", lang, value=f"{100.0 * brought:.2f}")
    return text("report.frontier.rate_points", lang, value=points(brought))


def _turns(curve: Curve, lang: Lang) -> list[str]:
    if not curve.turns:
        return []
    stay = sum(turn.leaves is None for turn in curve.turns)
    pairs = {(turn.space, turn.type) for turn in curve.turns if turn.leaves is not None}
    kept = {(turn.space, turn.type) for turn in curve.turns if turn.leaves is None}
    values = {"stay": stay, "swapped": len(pairs - kept), "again": len(pairs & kept)}
    key = "report.frontier.turns_again" if values["again"] else "report.frontier.turns"
    return [text(key, lang, **values)]
