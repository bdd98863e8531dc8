"""``report.xlsx``: a plan as a workbook that a planner can filter, print and hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.report.workbook import write_workbook
from siting.report.xlsx_notes import assumptions, summary
from siting.report.xlsx_tables import coverage, money, needs, projects, still_open
from siting.words import Lang, text

if TYPE_CHECKING:
    from pathlib import Path

    from siting.plan.model import Plan
    from siting.report.sheet import Sheet


def write_xlsx(plan: Plan, path: Path, lang: Lang = "en") -> None:
    """Write the workbook of a plan; money is in 万元 in Chinese and in yuan in English.

    Parameters
    ----------
    plan
        A plan with its `gap_table`.
    path
        Of the new file.
    lang
        Language of every word in it but names.
    """
    write_workbook(sheets(plan, lang), path, lang, title=report_title(plan, lang))


def sheets(plan: Plan, lang: Lang) -> tuple[Sheet, ...]:
    """Return the sheets of a plan's workbook, in their order."""
    return (
        summary(plan, lang),
        projects(plan, lang),
        needs(plan, lang),
        coverage(plan, lang),
        money(plan, lang),
        still_open(plan, lang),
        assumptions(plan, lang),
    )


def report_title(plan: Plan, lang: Lang) -> str:
    """Return what stands over every page: the city, and whose standard was asked."""
    standard = plan.standard
    named = standard.zh if lang == "zh" else standard.en
    if plan.city is None:
        return named
    return text("report.sheet_title", lang, city=plan.city.name, standard=named)
