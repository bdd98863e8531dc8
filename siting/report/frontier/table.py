"""A frontier in the terminal: a table for each curve, and what it says in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import percent_up
from siting.report.frontier.lines import curve_head, rollout_lines, sentences, status_name
from siting.report.frontier.values import figure, unit, yuan
from siting.report.grid import grid
from siting.report.wrap import wrapped
from siting.words import Lang, text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from siting.frontier.band import Row
    from siting.frontier.model import Curve, Frontier

_WIDE = 100
"""Columns from which the certified bound stands in the table too."""


def frontier_table(frontier: Frontier, lang: Lang = "en", width: int = 80) -> RenderableType:
    """Return the table of every curve, the sentences and the roll-out, to fit `width` columns."""
    from rich.console import Group
    from rich.text import Text

    parts: list[Any] = []
    for curve in frontier.curves:
        head = curve_head(frontier, curve, lang)
        if head:
            parts.append(Text(head.strip(), style="bold"))
        parts += [_table(frontier, curve, lang, width), Text("")]
    parts += [_wrapped(line, width) for line in sentences(frontier, lang)]
    for curve in frontier.curves:
        lines = rollout_lines(frontier, curve, lang)
        if lines:
            title = text("report.frontier.rollout_title", lang)
            head = curve_head(frontier, curve, lang)
            parts += [Text(""), Text(head + title, style="bold")]
            parts += [_wrapped(line, width) for line in lines]
    return Group(*parts)


def _table(frontier: Frontier, curve: Curve, lang: Lang, width: int) -> Any:
    from rich.text import Text

    listing = grid()
    stage = frontier.stage
    names = ["value", "bound", *(["certified"] if width >= _WIDE else []), "gap", "projects"]
    names += ["spent", "residents"]
    budget = "budget_capital" if curve.axis == "capital" else "budget_subsidy"
    counted = "" if stage is None else unit(stage, lang)
    units = dict.fromkeys((budget, "spent"), text("report.frontier.unit_yuan", lang))
    units |= dict.fromkeys(("value", "bound", "certified"), counted)
    for name in (budget, *names):
        heading = text(f"report.frontier.column_{name}", lang)
        if units.get(name):
            heading += "\n" + text("report.frontier.beneath", lang, unit=units[name])
        listing.add_column(heading, justify="right", overflow="fold")
    for k, row in enumerate(curve.rows):
        knee = curve.knee is not None and curve.knee.at == k
        first = text("report.frontier.kneed", lang) if knee else ""
        cells = _cells(stage, curve, row, lang)
        shown = [first + yuan(curve.amount(row)), *(cells[name] for name in names)]
        listing.add_row(*(Text(cell) for cell in shown), style="bold" if knee else None)
    return listing


def _cells(stage: str | None, curve: Curve, row: Row, lang: Lang) -> dict[str, str]:
    answer = row.answer
    if answer is None or row.value is None or stage is None:
        empty = dict.fromkeys(("bound", "certified", "gap", "projects", "spent", "residents"), "-")
        return {"value": status_name(row.status, lang), **empty}
    spent = answer.budget.capital if curve.axis == "capital" else answer.budget.subsidy_per_year
    up = answer.sense == "max"
    return {
        "value": _figure(stage, row.value, up=False),
        "bound": _figure(stage, row.bound, up=up),
        "certified": _figure(stage, row.certified_bound, up=up),
        "gap": "-" if row.gap is None else percent_up(row.gap),
        "projects": str(len(answer.projects)),
        "spent": yuan(spent.spent),
        "residents": f"{answer.residents.newly_served_any_type:,.0f}",
    }


def _figure(stage: str, value: float | None, *, up: bool) -> str:
    return "-" if value is None else figure(stage, value, up=up)


def _wrapped(line: str, width: int) -> Any:
    from rich.text import Text

    return Text("\n".join(wrapped(line, width)))
