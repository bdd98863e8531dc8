"""A comparison on a terminal: sentences, then short tables of what differs most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.compare.lines import compare_lines
from siting.report.compare.tables import VERDICTS, grade_words, type_words
from siting.report.figures import amount, clean, group_name, people, percent, signed
from siting.report.grid import grid
from siting.report.html.both import LANGS
from siting.report.html.projects import purse_pair
from siting.report.summary import labelled
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import RenderableType

    from siting.plan.compare import Comparison

_ROWS = 8
_OF_GROUP = ("residents", "newly_a", "newly_b", "more", "fewer")
_SHOWN = ("added", "dropped", "changed", "moved")


def comparison_text(
    c: Comparison, names: tuple[str, str], lang: Lang, width: int
) -> RenderableType:
    """Return a comparison as it is printed to fit `width` columns; see `compare_lines`."""
    from rich.console import Group

    parts: list[RenderableType] = [labelled(compare_lines(c, names, lang), width)]
    if not c.nothing_differs:
        parts += [
            *_projects(c, lang),
            *_circles(c, lang),
            *_types(c, lang),
            *_groups(c, lang),
            *_money(c, lang),
        ]
    return Group(*parts)


def _table(
    title: str,
    columns: Sequence[tuple[str, bool]],
    rows: list[list[str]],
    lang: Lang,
    most: int = _ROWS,
) -> list[RenderableType]:
    """Return a titled table of the first rows, or nothing without any."""
    from rich.text import Text

    if not rows:
        return []
    listing = grid()
    for name, number in columns:
        unit = text("report.sheet_unit_money", lang)
        head = Text(text(f"report.compare.{name}", lang, unit=unit))
        listing.add_column(head, justify="right" if number else "left", overflow="fold")
    for row in rows[:most]:
        listing.add_row(*map(Text, row))
    parts: list[RenderableType] = [Text("\n" + title, style="bold"), listing]
    if len(rows) > most:
        parts.append(Text(text("report.compare.more_rows", lang, count=len(rows) - most)))
    return parts


def _projects(c: Comparison, lang: Lang) -> list[RenderableType]:
    """Return a table for each kind of change, the projects that most people gain by first."""
    names = {name: pair[LANGS.index(lang)] for name, pair in type_words(c).items()}
    columns = (
        ("short_space", False),
        ("short_type", False),
        ("short_community", False),
        ("short_capital", True),
        ("short_gained", True),
    )
    parts = []
    for change in _SHOWN:
        table = c.changes(change)
        gained = table[["residents_gained_a", "residents_gained_b"]].max(axis=1)
        table = table.loc[gained.sort_values(ascending=False, kind="stable").index]
        rows = [_project(row, names, lang) for row in table.to_dict("records")]
        title = text(f"report.compare.title_{change}", lang, count=len(rows))
        parts += _table(title, columns, rows, lang)
    return parts


def _project(row: dict[Any, Any], names: dict[str, str], lang: Lang) -> list[str]:
    def both(name: str, shown: Callable[[Any], str]) -> str:
        cells = [row[f"{name}_{side}"] for side in "ab"]
        said = list(dict.fromkeys(shown(cell) for cell in cells if cell == cell))
        if len(said) == 1:
            return said[0]
        return text("report.compare.from_to", lang, a=said[0], b=said[1])

    return [
        both("space", clean),
        both("type", lambda word: names.get(word, clean(word))),
        clean(
            row["community_b"] if row["community_b"] == row["community_b"] else row["community_a"]
        ),
        both("capital", lambda yuan: amount(yuan, lang)),
        both("residents_gained", people),
    ]


def _circles(c: Comparison, lang: Lang) -> list[RenderableType]:
    """Return the communities that change, those that lose most first."""
    from rich.text import Text

    table = c.circles[c.circles["verdict"] != 0]
    change = table["met_b"] - table["met_a"]
    order = table.assign(change=change).sort_values(["verdict", "change"], kind="stable")
    graded = c.asked.one_standard and bool(c.b.standard.grades)
    grades = {name: pair[LANGS.index(lang)] for name, pair in grade_words(c).items()}
    columns = [("short_community", False), ("short_verdict", False)]
    columns += [("short_grade", False)] if graded else []
    columns += [("short_met_a", True), ("short_met_b", True), ("short_needs", True)]
    worse: list[list[str]] = []
    better: list[list[str]] = []
    for row in order.to_dict("records"):
        cells = [clean(row["community"]), text(f"report.compare.{VERDICTS[row['verdict']]}", lang)]
        if graded:
            held = [grades.get(row[f"grade_{side}"], "-") for side in "ab"]
            same = held[0] == held[1]
            arrow = text("report.compare.from_to", lang, a=held[0], b=held[1])
            cells.append(held[0] if same else arrow)
        cells += [percent(row["share_a"]), percent(row["share_b"])]
        cells.append(signed(people(row["change"]), row["change"]))
        (worse if row["verdict"] < 0 else better).append(cells)
    better.reverse()
    rows = [*worse[: _ROWS // 2], *better[: _ROWS - min(len(worse), _ROWS // 2)]]
    title = text("report.compare.title_circles", lang)
    parts = _table(title, columns, rows, lang)
    left = len(worse) + len(better) - len(rows)
    if left:
        parts.append(Text(text("report.compare.more_rows", lang, count=left)))
    return parts


def _types(c: Comparison, lang: Lang) -> list[RenderableType]:
    """Return the types that people gain or lose, the largest difference first."""
    names = type_words(c)
    table = c.coverage[c.coverage["counting"]]
    table = table[(table["more"] > 0) | (table["fewer"] > 0)]
    order = table["difference"].abs().sort_values(ascending=False, kind="stable").index
    rows = [
        [
            names[row["type"]][LANGS.index(lang)],
            percent(row["share_a"]),
            percent(row["share_b"]),
            people(row["more"]),
            people(row["fewer"]),
        ]
        for row in table.loc[order].to_dict("records")
    ]
    columns = (
        ("short_type", False),
        ("short_share_a", True),
        ("short_share_b", True),
        ("short_more", True),
        ("short_fewer", True),
    )
    return _table(text("report.compare.title_types", lang), columns, rows, lang, most=12)


def _groups(c: Comparison, lang: Lang) -> list[RenderableType]:
    rows = [
        [group_name(row["group"], lang), *(people(row[name]) for name in _OF_GROUP)]
        for row in c.groups.to_dict("records")
    ]
    columns = [("short_group", False), *((f"short_group_{name}", True) for name in _OF_GROUP)]
    return _table(text("report.compare.title_groups", lang), columns, rows, lang)


def _money(c: Comparison, lang: Lang) -> list[RenderableType]:
    """Return the purses, where there are more than the two budgets."""
    if len(c.money) <= 2:
        return []
    rows = [_purse(row, lang) for row in c.money.to_dict("records")]
    columns = (
        ("short_fund", False),
        ("short_pays", False),
        ("short_a", True),
        ("short_b", True),
        ("short_difference", True),
    )
    return _table(text("report.compare.title_money", lang), columns, rows, lang, most=12)


def _purse(row: dict[Any, Any], lang: Lang) -> list[str]:
    return [
        purse_pair(row["fund"])[LANGS.index(lang)],
        text(f"report.compare.pays_{row['pays']}", lang),
        amount(row["spent_a"], lang),
        amount(row["spent_b"], lang),
        signed(amount(row["difference"], lang), row["difference"]),
    ]
