"""The tables of ``frontier.html``: the band, the roll-out, what was asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from siting.plan.values import COST, WORST
from siting.report.figures import clean, percent_up
from siting.report.frontier.lines import amount, status_name
from siting.report.frontier.values import unit
from siting.report.html.both import LANGS, Pair, both, objective_pair, type_pairs, word
from siting.report.html.sheet import Column, Kind, Sheet, column
from siting.report.rounding import rounded
from siting.words import text

if TYPE_CHECKING:
    from siting.frontier.band import Row
    from siting.frontier.model import Frontier
    from siting.words import Lang

_STATUS = ("optimal", "feasible", "infeasible", "none")
_DOI = "10.1109/ICDCSW.2011.20"


def said_in_both(name: str, /, **values: Any) -> Pair:
    """Return a sentence of this folder in both languages."""
    return both(lambda lang: text(f"report.frontier.{name}", lang, **values))


def band_sheet(frontier: Frontier) -> Sheet:
    """Return a line for each budget, curve by curve."""
    stage = frontier.stage
    kind: Kind = "share" if stage == WORST else "money" if stage == COST else "number"
    statuses = [[status_name(name, lang) for lang in LANGS] for name in _STATUS]
    columns = [
        _column("budget_capital", "money"),
        _column("budget_subsidy", "money"),
        Column(said_in_both("column_status"), "code", statuses),
        _counted("value", kind, stage),
        _counted("bound", kind, stage),
        _column("gap", "exact"),
        _counted("certified", kind, stage),
        _column("projects", "people"),
        _column("spent_capital", "money"),
        _column("spent_subsidy", "money"),
        _column("spent_funds", "money"),
        _column("residents", "people"),
    ]
    rows = [_line(stage, row) for curve in frontier.curves for row in curve.rows]
    if any(any(row[-1]) for row in rows):
        columns.append(_column("why"))
    else:
        rows = [row[:-1] for row in rows]
    return Sheet("band", columns, rows, title=said_in_both("band"), wide=True)


def _line(stage: str | None, row: Row) -> list[Any]:
    answer = row.answer
    head = [
        _money(row.budget.capital),
        _money(row.budget.subsidy_per_year),
        _STATUS.index(row.status),
    ]
    if answer is None:
        why = [" ".join(one.zh for one in row.why), " ".join(one.en for one in row.why)]
        return [*head, *[None] * 9, why]
    up = answer.sense == "max"
    return [
        *head,
        _shown(stage, row.value, up=False),
        _shown(stage, row.bound, up=up),
        row.gap,
        _shown(stage, row.certified_bound, up=up),
        len(answer.projects),
        answer.budget.capital.spent,
        answer.budget.subsidy_per_year.spent,
        sum(round(fund.spent * 100) for fund in answer.funds) / 100,
        answer.residents.newly_served_any_type,
        _taken_over(row),
    ]


def _taken_over(row: Row) -> Pair:
    """Return whose plan a row shows, where it is that of a smaller budget."""
    if row.plan_of is None or row.plan_of == row.budget:
        return ["", ""]
    of = row.plan_of

    def said(lang: Any) -> str:
        amounts = {"capital": of.capital, "subsidy": of.subsidy_per_year}
        shown = {name: amount(yuan, lang) for name, yuan in amounts.items()}
        return text("report.frontier.taken_over", lang, **shown)

    return both(said)


def _shown(stage: str | None, value: float | None, *, up: bool) -> float | None:
    return None if stage is None or value is None else rounded(stage, value, up=up)


def _money(yuan: float) -> Any:
    return said_in_both("unlimited") if math.isinf(yuan) else yuan


def rollout_sheet(frontier: Frontier) -> Sheet:
    """Return a line for each project and run of budgets, curve by curve."""
    types = type_pairs(frontier.question.standard)
    order = {name: k for k, name in enumerate(types)}
    several = len(frontier.curves) > 1
    rows: list[list[Any]] = []
    for curve in frontier.curves:
        for turn in curve.turns:
            end = None if turn.leaves is None else curve.planned[turn.leaves]
            rows.append(
                [
                    clean(turn.space),
                    order[turn.type],
                    clean(turn.community),
                    _money(curve.amount(curve.planned[turn.enters])),
                    said_in_both("stays") if end is None else _money(curve.amount(end)),
                    *([_money(curve.fixed)] if several else []),
                ]
            )
    other = "subsidy" if frontier.axis == "capital" else "capital"
    columns = [
        column("space"),
        column("type", "code", list(types.values())),
        column("community"),
        _column("enters", "money"),
        _column("leaves", "money"),
        *([_column(f"budget_{other}", "money")] if several else []),
    ]
    note = said_in_both("rollout_note")
    return Sheet("rollout", columns, rows, title=said_in_both("rollout"), notes=[note])


def asked_sheet(frontier: Frontier) -> Sheet:
    """Return what was asked and how it was solved, a line each."""
    question, manner = frontier.question, frontier.manner
    standard, policy = question.standard, question.policy
    seconds = f"{manner.time_limit:g}"
    rows: list[tuple[Pair, Pair]] = [
        (word("input_city"), _same(frontier.city)),
        (word("input_standard"), _named(standard.zh, standard.en, standard.id)),
        (word("input_policy"), _named(policy.zh, policy.en, policy.id)),
        (word("input_objective"), objective_pair(question.objective)),
        (said_in_both("asked_gap"), _same(percent_up(manner.gap))),
        (
            said_in_both("asked_time"),
            said_in_both("asked_seconds", seconds=seconds),
        ),
        (said_in_both("asked_seed"), _same(str(manner.seed))),
        (said_in_both("asked_solver"), _same(", ".join(_solvers(frontier)))),
        (said_in_both("asked_band"), said_in_both("about_band")),
        (said_in_both("asked_knee"), said_in_both("about_knee", doi=_DOI)),
    ]
    shown = [[name, said] for name, said in rows]
    return Sheet("asked", [column("name"), column("value")], shown, title=said_in_both("asked"))


def _solvers(frontier: Frontier) -> list[str]:
    answers = [point.answer for point in frontier.points if point.answer is not None]
    found = {answer.software.get("solver", "") for answer in answers}
    return sorted(found - {"", "none"})


def _column(name: str, kind: Kind = "text") -> Column:
    return Column(said_in_both(f"column_{name}"), kind)


def _counted(name: str, kind: Kind, stage: str | None) -> Column:
    """Return a column of values; money and shares name their unit in each cell."""
    if stage is None or kind != "number":
        return _column(name, kind)

    def said(lang: Lang) -> str:
        heading = text(f"report.frontier.column_{name}", lang)
        return text("report.frontier.with_unit", lang, name=heading, unit=unit(stage, lang))

    return Column(both(said), kind)


def _same(words: str) -> Pair:
    return [clean(words)] * 2


def _named(zh: str, en: str, name: str) -> Pair:
    return [clean(f"{words} ({name})") for words in (zh, en)]
