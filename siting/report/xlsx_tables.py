"""The sheets of ``report.xlsx`` that are tables: projects, needs, presence, money, open gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.report.figures import class_name, group_name, type_names
from siting.report.sheet import Column, Sheet, Table
from siting.report.standing import reason_name
from siting.standard.tolerances import SLACK
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from siting.plan.document import Document, OneOff, Payment, Project
    from siting.plan.model import Plan
    from siting.report.sheet import Cell, Kind

GENERAL = "general"
MOST_ROWS = 10_000
"""Of a sheet that has a row for every community and type: nobody reads more. Unverified."""
_UNIT = {"zh": 10_000.0, "en": 1.0}


def in_unit(yuan: float, lang: Lang) -> float:
    """Return yuan in the unit that the headers of `lang` name: 万元 or yuan."""
    return yuan / _UNIT[lang]


def column(
    name: str, lang: Lang, kind: Kind, cells: Iterable[Cell], total: Cell = None, **words: str
) -> Column:
    """Return a column under the header `name`; money comes in yuan."""
    unit = text("report.sheet_unit_money", lang)
    title = text(f"report.sheet_{name}", lang, unit=unit, **words)
    if kind != "money":
        return Column(title, kind, tuple(cells), total)
    scaled = [in_unit(c, lang) if isinstance(c, (int, float)) else c for c in cells]
    if isinstance(total, (int, float)):
        total = in_unit(total, lang)
    return Column(title, kind, scaled, total)


def projects(plan: Plan, lang: Lang) -> Sheet:
    """Return the 项目清单: one row a project, and who pays for it."""
    document = plan.document
    rows = document.projects
    names, classes = type_names(plan.standard, lang), class_names(plan, lang)
    fixed = {item.space: item for item in document.one_off}
    # the one-off cost of a space stands with the first project in it
    one_off = [fixed.pop(p.space, None) for p in rows]
    no_yes = text("report.sheet_no", lang), text("report.sheet_yes", lang)
    columns = (
        column("number", lang, "whole", range(1, len(rows) + 1)),
        column("space", lang, "text", [p.space for p in rows]),
        column("type", lang, "text", [names.get(p.type, p.type) for p in rows]),
        column("class", lang, "text", [classes.get(p.type, "") for p in rows]),
        column("community", lang, "text", [p.community for p in rows]),
        *_addresses(plan, lang),
        column("area", lang, "area", [p.area_m2 for p in rows], sum(p.area_m2 for p in rows)),
        _paid("capital", lang, [p.capital for p in rows]),
        *_one_off(document, one_off, lang),
        *_purses(
            document,
            "capital",
            [(*p.capital_paid_by, *_one_off_paid(o)) for p, o in zip(rows, one_off, strict=True)],
            lang,
        ),
        column("relief", lang, "share", [p.relief for p in rows]),
        _paid("subsidy", lang, [p.subsidy_per_year for p in rows]),
        *_purses(document, "subsidy_per_year", [p.subsidy_paid_by for p in rows], lang),
        column("gained", lang, "people", [p.residents_gained for p in rows]),
        column("shared", lang, "people", [p.residents_shared for p in rows]),
        column("chain", lang, "text", [no_yes[p.chain] for p in rows]),
        *_in_every_answer(document, no_yes, lang),
    )
    table = Table(columns, total=text("report.sheet_total", lang))
    return Sheet(text("report.sheet_projects", lang), (table,), fixed=3)


def _addresses(plan: Plan, lang: Lang) -> list[Column]:
    """Return where each project stands in words, where the city says so."""
    if plan.city is None or plan.city.spaces.address is None:
        return []
    spaces = plan.city.spaces
    where = dict(zip(spaces.id.tolist(), plan.city.spaces.address.tolist(), strict=True))
    return [column("address", lang, "text", [where[p.space] for p in plan.document.projects])]


def _in_every_answer(document: Document, no_yes: tuple[str, str], lang: Lang) -> list[Column]:
    """Return which projects are chosen under other weights too, where those were asked for."""
    if document.shared is None:
        return []
    shared = {(pair.space, pair.type) for pair in document.shared}
    cells = [no_yes[(p.space, p.type) in shared] for p in document.projects]
    return [column("everywhere", lang, "text", cells)]


def class_names(plan: Plan, lang: Lang) -> dict[str, str]:
    """Return the name of each type's class, by the type's id."""
    return {t.id: class_name(t.type_class, lang) for t in plan.standard.types}


def _paid(name: str, lang: Lang, cells: Sequence[float | None]) -> Column:
    return column(name, lang, "money", cells, _exact(cells))


def _one_off(document: Document, items: Sequence[OneOff | None], lang: Lang) -> list[Column]:
    if not document.one_off:
        return []
    return [_paid("one_off", lang, [item.capital if item else None for item in items])]


def _exact(amounts: Iterable[float | None]) -> float:
    """Return a sum of yuan without the errors of adding fractions: whole fen are added."""
    return sum(round(a * 100) for a in amounts if a is not None) / 100


def _one_off_paid(item: OneOff | None) -> tuple[Payment, ...]:
    return () if item is None else item.capital_paid_by


def _purses(
    document: Document, pays: str, paid: Sequence[tuple[Payment, ...]], lang: Lang
) -> list[Column]:
    """Return a column for each purse, where there is more than the general one."""
    funds = [fund.id for fund in document.funds if fund.pays == pays]
    if not funds:
        return []
    name = "pays_capital" if pays == "capital" else "pays_subsidy"
    found = []
    for fund in (GENERAL, *funds):
        cells = [_exact(p.amount for p in parts if p.fund == fund) or None for parts in paid]
        total = _exact(cells)
        found.append(column(name, lang, "money", cells, total, fund=fund_name(fund, lang)))
    return found


def fund_name(fund: str, lang: Lang) -> str:
    """Return the name of a purse: the general budget, or a fund's id."""
    return text("report.sheet_general", lang) if fund == GENERAL else fund


def needs(plan: Plan, lang: Lang) -> Sheet:
    """Return the 需求清单: what residents of each community lack today, and after the plan."""
    table, document = _gap_table(plan), plan.document
    after: dict[tuple[str, str], float] = {}
    for gap in document.open_gaps:
        if gap.reason != "capacity":  # they have it in reach
            pair = (gap.community, gap.type)
            after[pair] = after.get(pair, 0.0) + gap.residents
    lacking = table["residents"] - table["served_before"]
    table = table.assign(lacking=lacking)[lacking > SLACK * table["residents"]]
    names, classes = type_names(plan.standard, lang), class_names(plan, lang)
    pairs = list(zip(table["community"], table["type"], strict=True))
    left = [after.get(pair, 0.0) for pair in pairs]
    if len(table) > MOST_ROWS:  # those where most residents lack a type, in the table's order
        worst = np.lexsort((-table["lacking"].to_numpy(), -np.array(left)))[:MOST_ROWS]
        worst.sort()
        table, left = table.iloc[worst], [left[k] for k in worst.tolist()]
    word = _presence_words(lang)
    columns = (
        column("community", lang, "text", table["community"]),
        column("type", lang, "text", [names.get(t, t) for t in table["type"]]),
        column("class", lang, "text", [classes.get(t, "") for t in table["type"]]),
        column("group", lang, "text", [group_name(g, lang) for g in table["group"]]),
        column("minutes", lang, "plain", table["minutes"]),
        column("residents", lang, "people", table["residents"]),
        column("lacking_before", lang, "people", table["lacking"]),
        column("lacking_after", lang, "people", left),
        column("share_before", lang, "share", table["share_before"]),
        column("share_after", lang, "share", table["share_after"]),
        column("present_before", lang, "text", [word[bool(p)] for p in table["present_before"]]),
        column("present_after", lang, "text", [word[bool(p)] for p in table["present_after"]]),
    )
    return Sheet(text("report.sheet_needs", lang), (Table(columns),), fixed=2)


def _gap_table(plan: Plan) -> pd.DataFrame:
    if plan.gap_table is None:
        raise ValueError("a plan read from a folder has no table of gaps; solve it again")
    return plan.gap_table


def _presence_words(lang: Lang) -> tuple[str, str]:
    return text("report.absent", lang), text("report.present", lang)


def coverage(plan: Plan, lang: Lang) -> Sheet:
    """Return the 有没有 table: communities by types, with what the plan adds, and the grades."""
    table, document = _gap_table(plan), plan.document
    absent, present = _presence_words(lang)
    new, nobody = text("report.sheet_new", lang), text("report.sheet_nobody", lang)
    marks = ((present, "good"), (new, "new"), (absent, "bad"), (nobody, "none"))
    communities = list(dict.fromkeys(table["community"]))
    states = {
        (c, t): nobody if people <= 0 else present if before else new if after else absent
        for c, t, people, before, after in zip(
            table["community"],
            table["type"],
            table["residents"],
            table["present_before"],
            table["present_after"],
            strict=True,
        )
    }
    names = type_names(plan.standard, lang)
    types = [c.type for c in document.coverage]
    by_type = {t: [states[c, t] for c in communities] for t in types}
    counted = list(zip(*by_type.values(), strict=True)) or [()] * len(communities)
    circles = {c.community: c for c in document.circles}
    residents = [circles[c].residents for c in communities]
    columns = (
        column("community", lang, "text", communities),
        column("residents", lang, "people", residents, sum(residents)),
        column("types_before", lang, "whole", [row.count(present) for row in counted]),
        column(
            "types_after", lang, "whole", [row.count(present) + row.count(new) for row in counted]
        ),
        *_grades(plan, communities, lang),
        *(
            Column(
                names.get(t, t),
                "text",
                cells,
                cells.count(present) + cells.count(new),
                marks,
            )
            for t, cells in by_type.items()
        ),
    )
    total = text("report.sheet_have_it", lang)
    wide = Table(columns, total=total)
    return Sheet(text("report.sheet_coverage", lang), (wide,), fixed=1, across=True)


def _grades(plan: Plan, communities: Sequence[str], lang: Lang) -> list[Column]:
    grades = {g.id: g.zh if lang == "zh" else g.en for g in plan.standard.grades}
    if not grades:
        return []
    circles = {c.community: c for c in plan.document.circles}
    none = text("report.sheet_no_grade", lang)

    def named(when: str, grade: Callable[[str], str | None]) -> Column:
        words = [grades.get(grade(c) or "", none) for c in communities]
        return column(when, lang, "text", words)

    found = [
        named("grade_before", lambda c: circles[c].grade_before),
        named("grade_after", lambda c: circles[c].grade_after),
    ]
    rewards = [circles[c].reward for c in communities]
    if any(rewards):
        found.append(column("reward", lang, "money", rewards, _exact(rewards)))
    return found


def money(plan: Plan, lang: Lang) -> Sheet:
    """Return the 资金 sheet: every purse and what is spent of it, then the money by type."""
    document = plan.document
    budget = document.budget
    purses = [
        (GENERAL, "capital", budget.capital.limit, budget.capital.spent),
        *((f.id, f.pays, f.limit, f.spent) for f in document.funds if f.pays == "capital"),
        (GENERAL, "subsidy", budget.subsidy_per_year.limit, budget.subsidy_per_year.spent),
        *((f.id, "subsidy", f.limit, f.spent) for f in document.funds if f.pays != "capital"),
    ]
    unlimited = text("report.sheet_unlimited", lang)
    left = [None if p[2] is None else _exact((p[2], -p[3])) for p in purses]
    purse_table = Table(
        (
            column("fund", lang, "text", [fund_name(p[0], lang) for p in purses]),
            column(
                "purpose", lang, "text", [text(f"report.sheet_for_{p[1]}", lang) for p in purses]
            ),
            column("limit", lang, "money", [unlimited if p[2] is None else p[2] for p in purses]),
            column("spent", lang, "money", [p[3] for p in purses]),
            column("left", lang, "money", left),
            column("used", lang, "share", [p[3] / p[2] if p[2] else None for p in purses]),
        ),
        title=text("report.sheet_by_fund", lang),
    )
    return Sheet(text("report.sheet_money", lang), (purse_table, _by_type(plan, lang)))


def _by_type(plan: Plan, lang: Lang) -> Table:
    document = plan.document
    of_type: dict[str, list[Project]] = {}
    for p in document.projects:
        of_type.setdefault(p.type, []).append(p)
    order = [t.id for t in plan.standard.types if t.id in of_type]
    names, classes = type_names(plan.standard, lang), class_names(plan, lang)
    capital = [_exact(p.capital for p in of_type[t]) for t in order]
    subsidy = [_exact(p.subsidy_per_year for p in of_type[t]) for t in order]
    fixed = _exact(o.capital for o in document.one_off)
    word = text("report.sheet_one_off_row", lang)
    extra = [fixed] if document.one_off else []
    return Table(
        (
            column("type", lang, "text", [*(names.get(t, t) for t in order), *[word] * len(extra)]),
            column(
                "class", lang, "text", [*(classes.get(t, "") for t in order), *[None] * len(extra)]
            ),
            column(
                "count",
                lang,
                "whole",
                [*(len(of_type[t]) for t in order), *[None] * len(extra)],
                len(document.projects),
            ),
            _paid("capital", lang, [*capital, *extra]),
            _paid("subsidy", lang, [*subsidy, *[None] * len(extra)]),
        ),
        title=text("report.sheet_by_type", lang),
        total=text("report.sheet_total", lang),
    )


def still_open(plan: Plan, lang: Lang) -> Sheet:
    """Return the 未解决 sheet: what communities still lack and why, most residents first."""
    document = plan.document
    gaps = sorted(document.open_gaps, key=lambda gap: -gap.residents)[:MOST_ROWS]
    names, classes = type_names(plan.standard, lang), class_names(plan, lang)
    asked = {c.type: c for c in document.coverage}
    columns = (
        column("community", lang, "text", [g.community for g in gaps]),
        column("type", lang, "text", [names.get(g.type, g.type) for g in gaps]),
        column("class", lang, "text", [classes.get(g.type, "") for g in gaps]),
        column("group", lang, "text", [group_name(asked[g.type].group, lang) for g in gaps]),
        column("lacking_after", lang, "people", [g.residents for g in gaps]),
        column("reason", lang, "text", [reason_name(g.reason, lang) for g in gaps]),
    )
    return Sheet(text("report.sheet_open", lang), (Table(columns),), fixed=2)
