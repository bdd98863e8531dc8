"""The first and the last sheet of ``report.xlsx``: the answer, and what it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import class_name, clean, field_name, group_name, in_language, type_names
from siting.report.proof import software_used
from siting.report.sheet import Column, Lines, Sheet, Table
from siting.report.standard_clauses import addresses, clauses, policy_sentences
from siting.report.standing import assumption_name
from siting.report.summary import summary_lines
from siting.report.xlsx_tables import MOST_ROWS, class_names, column, fund_name
from siting.standard.model import Policy
from siting.standard.names import word_name
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.plan.model import Plan
    from siting.report.sheet import Kind

_OBJECTIVES = ("coverage", "basic-first", "grades", "cost", "worst-community")
_MEASURES: dict[str, tuple[str, Kind]] = {
    "grades": ("people", "people"),
    "cost": ("money", "money"),
    "worst-community": ("share", "share"),
}
_POINTS: tuple[str, Kind] = ("points", "points")


def summary(plan: Plan, lang: Lang) -> Sheet:
    """Return the 摘要: the lines of the terminal's summary, the main numbers, each type's share."""
    lines = Lines(
        text("report.sheet_answer", lang), (*summary_lines(plan, lang), *_cut(plan, lang))
    )
    blocks = (lines, _numbers(plan, lang), _shares(plan, lang))
    return Sheet(text("report.sheet_summary", lang), blocks, one_page=True)


def _cut(plan: Plan, lang: Lang) -> tuple[tuple[str, str], ...]:
    """Return that long tables are not whole, where they are not."""
    gaps = plan.document.open_gaps
    pairs = 0 if plan.gap_table is None else len(plan.gap_table)
    if max(len(gaps), pairs) <= MOST_ROWS:
        return ()
    said = text("report.sheet_cut", lang, rows=f"{MOST_ROWS:,}")
    return ((text("report.sheet_label_note", lang), said),)


def _numbers(plan: Plan, lang: Lang) -> Table:
    document = plan.document
    budget = document.budget
    unit, kind = _MEASURES.get(document.objective_kind, _POINTS)
    proved = document.status == "optimal"
    status = "report.sheet_optimal" if proved else "report.sheet_feasible"

    def measured(name: str, value: float | None) -> Column:
        of = text(f"report.sheet_unit_{unit}", lang)
        return column(name, lang, kind, [value], measure=of)

    return Table(
        (
            column("plan_status", lang, "text", [text(status, lang)]),
            column("plan_projects", lang, "whole", [len(document.projects)]),
            column("plan_spaces", lang, "whole", [len({p.space for p in document.projects})]),
            column("plan_capital", lang, "money", [budget.capital.spent]),
            column("plan_subsidy", lang, "money", [budget.subsidy_per_year.spent]),
            column("plan_residents", lang, "people", [document.residents.everyone]),
            column("plan_gained", lang, "people", [document.residents.newly_served_any_type]),
            measured("plan_objective", document.objective),
            measured("plan_bound", document.bound),
            column("plan_gap", lang, "gap", [document.gap]),
        ),
        title=text("report.sheet_numbers", lang),
    )


def _shares(plan: Plan, lang: Lang) -> Table:
    rows = plan.document.coverage
    names = type_names(plan.standard, lang)
    return Table(
        (
            column("type", lang, "text", [names.get(c.type, c.type) for c in rows]),
            column("class", lang, "text", [class_name(c.type_class, lang) for c in rows]),
            column("minutes", lang, "plain", [c.minutes for c in rows]),
            column("group", lang, "text", [group_name(c.group, lang) for c in rows]),
            column("residents", lang, "people", [c.residents for c in rows]),
            column("share_before", lang, "share", [c.before for c in rows]),
            column("share_after", lang, "share", [c.after for c in rows]),
            column("per_outlet", lang, "people", [c.residents_per_outlet for c in rows]),
        ),
        title=text("report.sheet_city_wide", lang),
    )


def assumptions(plan: Plan, lang: Lang) -> Sheet:
    """Return the 假设与来源: what was asked, every figure's source, and what has none."""
    blocks: tuple[Table | Lines, ...] = (
        _asked(plan, lang),
        *_clauses(plan, lang),
        _figures(plan, lang),
        *_sensitivity(plan, lang),
        _made(plan, lang),
        *_keys(plan, lang),
    )
    return Sheet(text("report.sheet_assumptions", lang), blocks)


def _asked(plan: Plan, lang: Lang) -> Lines:
    standard = plan.standard
    policy = Policy.model_validate(plan.document.inputs.policy)
    scenario = plan.document.inputs.scenario
    named = [(standard.zh, policy.zh) if lang == "zh" else (standard.en, policy.en)][0]
    rows = [
        ("standard", f"{standard.id}: {named[0]}"),
        ("source", in_language(standard.source, lang)),
        ("presence", _presence(plan, lang)),
        ("unverified", _fields(standard.unverified, lang)),
        ("policy", f"{policy.id}: {named[1]}"),
        ("source", in_language(policy.source, lang)),
        ("years", f"{policy.years:g}"),
        ("unverified", _fields(policy.unverified, lang)),
        ("objective", _objective(str(scenario.get("objective")), lang)),
        *_scenario_rows(scenario, plan, lang),
        *(
            (
                "estimated",
                text("report.estimated_group", lang, group=group_name(g, lang), share=f"{s:.1%}"),
            )
            for g, s in sorted(plan.document.inputs.groups_estimated.items())
        ),
        *(("note", in_language(note, lang)) for note in standard.notes),
        *(
            ("unmodelled", in_language(line, lang))
            for line in (*standard.unmodelled, *policy.unmodelled)
        ),
    ]
    labelled = tuple((text(f"report.sheet_label_{k}", lang), said) for k, said in rows if said)
    return Lines(text("report.sheet_asked", lang), labelled)


def _presence(plan: Plan, lang: Lang) -> str:
    located = plan.standard.presence == "located"
    star = "*" if "presence_share" in plan.standard.unverified else ""
    key = "report.standard_presence_located" if located else "report.standard_presence_share"
    return text(key, lang, share=f"{plan.standard.presence_share:.0%}", star=star)


def _objective(word: str, lang: Lang) -> str:
    return text(f"report.objective_{word}", lang) if word in _OBJECTIVES else clean(word)


def _scenario_rows(scenario: dict[str, Any], plan: Plan, lang: Lang) -> list[tuple[str, str]]:
    """Return the demands, locks and funds of the question, one a row."""
    names = {**type_names(plan.standard, lang), "*": "*"}
    rows = [
        ("target", f"{names.get(t, t)} ≥ {share:g}")
        for t, share in scenario.get("targets", {}).items()
    ]
    rows += [
        ("floor", f"{names.get(t, t)} ≥ {share:g}")
        for t, share in scenario.get("floors", {}).items()
    ]
    if scenario.get("grade"):
        rows.append(("grade", str(scenario["grade"])))
    if scenario.get("enforce"):
        rows.append(
            (
                "enforce",
                _listed((word_name("rule", rule, lang) for rule in scenario["enforce"]), lang),
            )
        )
    for name in ("open", "forbid"):
        rows += [
            (name, f"{space}: {names.get(t, t)}")
            for space, t in scenario.get("locks", {}).get(name, ())
        ]
    for fund in scenario.get("funds", ()):
        rows.append(("fund", _fund(fund, names, lang)))
    return rows


def _fund(fund: dict[str, Any], names: dict[str, str], lang: Lang) -> str:
    """Return what a fund may pay for."""
    said = [fund_name(str(fund["id"]), lang)]
    said += [
        text(
            f"report.sheet_fund_{key}", lang, listed=_listed([names.get(w, w) for w in words], lang)
        )
        for key in ("types", "kinds", "communities")
        if (words := fund.get(key)) is not None
    ]
    if fund.get("share", 1.0) < 1.0:
        said.append(text("report.sheet_fund_share", lang, share=f"{fund['share']:.0%}"))
    return text("report.semicolon", lang).join(said)


def _listed(words: Iterable[Any], lang: Lang) -> str:
    return text("report.comma", lang).join(map(str, words))


def _fields(words: Iterable[str], lang: Lang) -> str:
    return _listed((field_name(word, lang) for word in words), lang)


def _clauses(plan: Plan, lang: Lang) -> list[Lines]:
    return [
        Lines(title, tuple(("", line) for line in lines))
        for title, lines in clauses(plan.standard, lang)
        if lines
    ]


def _figures(plan: Plan, lang: Lang) -> Table:
    """Return the figures of each type, where they come from, and which have no source."""
    types = plan.standard.types
    names, classes = type_names(plan.standard, lang), class_names(plan, lang)

    def figures(name: str, kind: Kind, field: str) -> Column:
        return column(name, lang, kind, [getattr(t, field) for t in types])

    return Table(
        (
            column("type", lang, "text", [names[t.id] for t in types]),
            column("class", lang, "text", [classes[t.id] for t in types]),
            figures("minutes", "plain", "minutes"),
            figures("weight", "plain", "weight"),
            figures("area_min", "plain", "area_min_m2"),
            figures("area_typical", "plain", "area_typical_m2"),
            figures("capital_m2", "plain", "capital_m2"),
            figures("capital_fixed", "plain", "capital_fixed"),
            figures("rent_m2", "plain", "affordable_rent_m2"),
            figures("rent_outlet", "plain", "affordable_rent_outlet"),
            column("source", lang, "text", [t.source for t in types]),
            column("no_source", lang, "text", [_fields(t.unverified, lang) for t in types]),
        ),
        title=text("report.sheet_figures", lang),
    )


def _sensitivity(plan: Plan, lang: Lang) -> list[Table]:
    rows = plan.document.sensitivity
    if not rows:
        return []
    grades = plan.document.objective_kind == "grades"
    unit, kind = _MEASURES["grades"] if grades else _POINTS
    of = text(f"report.sheet_unit_{unit}", lang)
    columns = (
        column("assumed", lang, "text", [assumption_name(row.name, lang) for row in rows]),
        column("plan_objective", lang, kind, [row.objective for row in rows], measure=of),
        column("plan_gained", lang, "people", [row.residents_newly_served for row in rows]),
    )
    return [Table(columns, title=text("report.sheet_otherwise", lang))]


def _made(plan: Plan, lang: Lang) -> Lines:
    document = plan.document
    inputs = document.inputs
    rows = [
        ("crs", inputs.metric_crs),
        ("sha256", inputs.city_sha256),
        ("software", _listed((f"{k} {v}" for k, v in software_used(document, lang)), lang)),
        ("seed", str(document.seed)),
        ("took", text("report.took", lang, seconds=f"{sum(document.seconds.values()):.1f}")),
    ]
    labelled = tuple((text(f"report.sheet_label_{k}", lang), said) for k, said in rows if said)
    return Lines(text("report.sheet_made", lang), labelled)


def _keys(plan: Plan, lang: Lang) -> list[Lines]:
    rows = tuple(addresses(plan.standard, *policy_sentences(plan.document.inputs.policy)))
    return [Lines(text("report.addresses_title", lang), rows)] if rows else []
