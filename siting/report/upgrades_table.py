"""The circles by what it takes to lift them to their grade, most residents for the yuan first."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from siting.report.figures import clean, people, type_names
from siting.report.grid import grid
from siting.report.wrap import wrapped
from siting.standard.tolerances import PROVED
from siting.words import Lang, text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from siting.plan.document import Circle, Upgrade
    from siting.plan.model import Plan

_ROWS = 8
_TYPES = 4


def upgrades_table(plan: Plan, lang: Lang, width: int) -> list[RenderableType]:
    """Return a table of circles below their grade, or nothing where the plan has no ways up.

    Each circle has one row: its way to the highest grade that can be reached.
    """
    from rich.text import Text

    circles = [c for c in plan.document.circles if c.upgrades]
    if not circles:
        return []
    names = {g.id: clean(g.zh if lang == "zh" else g.en) for g in plan.standard.grades}
    types = type_names(plan.standard, lang)
    able = [(c, up) for c in circles if (up := _highest(c)) is not None]
    able.sort(key=lambda pair: (_short_of(*pair), _each(*pair)))
    parts: list[RenderableType] = [
        Text("\n" + text("report.upgrades_title", lang), style="bold"),
    ]
    if able:
        listing = grid()
        listing.add_column(text("report.column_community", lang), overflow="fold")
        listing.add_column(text("report.column_residents", lang), justify="right")
        listing.add_column(text("report.column_grade", lang), overflow="fold")
        for name in ("price", "at_least"):
            listing.add_column(text(f"report.column_{name}", lang), justify="right", no_wrap=True)
        listing.add_column(text("report.column_each", lang), justify="right")
        listing.add_column(text("report.column_projects", lang), justify="right")
        for circle, up in able[:_ROWS]:
            listing.add_row(
                _plain(clean(circle.community)),
                _plain(people(circle.residents)),
                _plain(names.get(up.grade, clean(up.grade))),
                _plain(f"{math.ceil(up.price or 0.0):,}"),
                _plain(_least(up, lang)),
                _plain(f"{_each(circle, up):,.0f}"),
                _plain(str(sum(not p.locked for p in up.projects))),
            )
        parts.append(listing)
    lines = []
    if len(able) > _ROWS:
        lines.append(text("report.more_upgrades", lang, count=len(able) - _ROWS))
    lines += _out_of_reach(circles, names, types, lang)
    if lines:
        parts.append(Text("\n".join(part for line in lines for part in wrapped(line, width))))
    return parts


def _highest(circle: Circle) -> Upgrade | None:
    """Return the way to the highest grade that a way is known to."""
    return next((up for up in reversed(circle.upgrades) if up.price is not None), None)


def _short_of(circle: Circle, up: Upgrade) -> int:
    """Return how many grades above this one are out of reach."""
    return len(circle.upgrades) - 1 - circle.upgrades.index(up)


def _each(circle: Circle, up: Upgrade) -> float:
    """Return the yuan for each resident of the circle."""
    return (up.price or 0.0) / circle.residents


def _least(up: Upgrade, lang: Lang) -> str:
    """Return the yuan that every way costs at least, or that the price is proved."""
    price, bound = up.price or 0.0, up.bound or 0.0
    if price - bound <= PROVED * max(1.0, price):
        return text("report.proved", lang)
    return f"{math.floor(bound):,}"


def _out_of_reach(
    circles: list[Circle], names: dict[str, str], types: dict[str, str], lang: Lang
) -> list[str]:
    """Return a line for the highest grade: how many circles cannot reach it, and what they lack."""
    last = [c.upgrades[-1] for c in circles]
    grade = names.get(last[0].grade, clean(last[0].grade))
    never = [up for up in last if up.price is None and up.bound is None]
    unknown = sum(up.price is None and up.bound is not None for up in last)
    said = []
    if never:
        lacking = Counter(word for up in never for word in up.missing)
        listed = text("report.comma", lang).join(
            text("report.type_count", lang, type=types.get(word, word), count=n)
            for word, n in lacking.most_common(_TYPES)
        )
        key = "report.upgrades_never" if listed else "report.upgrades_room"
        said.append(text(key, lang, count=len(never), grade=grade, listed=listed))
    if unknown:
        said.append(text("report.upgrades_unknown", lang, count=unknown, grade=grade))
    return said


def _plain(word: str) -> Any:
    from rich.text import Text

    return Text(word)
