"""The tables of a comparison: projects, money, people by type and group, communities, values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.report.compare.listing import Field, Listing, compare_word
from siting.report.figures import clean
from siting.report.html.both import class_pair, group_pair, type_pairs
from siting.report.html.projects import purse_pair
from siting.report.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.plan.compare import Comparison
    from siting.plan.document import Document
    from siting.report.html.both import Pair
    from siting.report.sheet import Kind

_VALUES = ("objective", "bound", "gap_abs", "certified_bound")
VERDICTS = {1: "better", 0: "alike", -1: "worse"}
_MEASURED: dict[str, Kind] = {
    "grades": "people",
    "cost": "money",
    "worst-community": "share",
}


def listings(c: Comparison) -> tuple[Listing, ...]:
    """Return all tables, in their order."""
    return (_projects(c), _circles(c), _coverage(c), _groups(c), _money(c), _values(c))


def type_words(c: Comparison) -> dict[str, Pair]:
    """Return the names of the types of both standards."""
    return {**type_pairs(c.a.standard), **type_pairs(c.b.standard)}


def grade_words(c: Comparison) -> dict[str, Pair]:
    """Return the names of the grades."""
    return {g.id: [clean(g.zh), clean(g.en)] for g in c.b.standard.grades}


def _plain(words: Iterable[Any]) -> list[Pair | None]:
    return [None if _none(word) else [clean(word)] * 2 for word in words]


def _named(words: Iterable[Any], names: dict[str, Pair]) -> list[Pair | None]:
    return [None if _none(word) else names.get(word, [clean(word)] * 2) for word in words]


def _none(cell: Any) -> bool:
    return cell is None or cell != cell


def _numbers(column: Iterable[Any]) -> list[float | None]:
    return [None if _none(number) else float(number) for number in column]


def _projects(c: Comparison) -> Listing:
    table, names = c.projects, type_words(c)
    fields = [
        Field("change", "text", [compare_word(change) for change in table["change"].tolist()]),
        Field(
            "community",
            "text",
            _plain(table["community_b"].fillna(table["community_a"]).tolist()),
        ),
    ]
    for side in "ab":
        fields.append(Field(f"space_{side}", "text", _plain(table[f"space_{side}"].tolist())))
        fields.append(Field(f"type_{side}", "text", _named(table[f"type_{side}"].tolist(), names)))
    fields.append(Field("metres", "whole", _numbers(table["metres"])))
    numbers: tuple[tuple[str, str, Kind], ...] = (
        ("area", "area_m2", "area"),
        ("capital", "capital", "money"),
        ("subsidy", "subsidy_per_year", "money"),
        ("gained", "residents_gained", "people"),
    )
    for name, column, kind in numbers:
        fields += [
            Field(f"{name}_{side}", kind, _numbers(table[f"{column}_{side}"])) for side in "ab"
        ]
    return Listing("projects", tuple(fields), fixed=2, wide=True)


def _money(c: Comparison) -> Listing:
    table = c.money
    limits = [Field(f"limit_{side}", "money", _numbers(table[f"limit_{side}"])) for side in "ab"]
    return Listing(
        "money",
        (
            Field("fund", "text", [purse_pair(name) for name in table["fund"]]),
            Field("pays", "text", [compare_word(f"pays_{name}") for name in table["pays"]]),
            *limits,
            *(Field(f"spent_{side}", "money", _numbers(table[f"spent_{side}"])) for side in "ab"),
            Field("difference", "money_change", _numbers(table["difference"])),
        ),
        fixed=2,
    )


def _coverage(c: Comparison) -> Listing:
    table = c.coverage
    numbers: tuple[tuple[str, Kind], ...] = (
        ("residents", "people"),
        ("today", "share"),
        ("share_a", "share"),
        ("share_b", "share"),
        ("newly_a", "people"),
        ("newly_b", "people"),
        ("more", "people"),
        ("fewer", "people"),
        ("difference", "change"),
    )
    return Listing(
        "coverage",
        (
            Field("type", "text", _named(table["type"].tolist(), type_words(c))),
            Field("class", "text", [class_pair(name) for name in table["class"]]),
            Field("minutes", "plain", _numbers(table["minutes"])),
            Field("group", "text", [group_pair(name) for name in table["group"]]),
            *(Field(name, kind, _numbers(table[name])) for name, kind in numbers),
        ),
    )


def _groups(c: Comparison) -> Listing:
    table = c.groups
    names = ("residents", "newly_a", "newly_b", "more", "fewer")
    return Listing(
        "groups",
        (
            Field("group", "text", [group_pair(name) for name in table["group"]]),
            *(Field(name, "people", _numbers(table[name])) for name in names),
        ),
    )


def _circles(c: Comparison) -> Listing:
    table = c.circles
    fields = [
        Field("community", "text", _plain(table["community"].tolist())),
        Field("verdict", "text", [compare_word(VERDICTS[v]) for v in table["verdict"].tolist()]),
        Field("residents", "people", _numbers(table["residents"])),
    ]
    if c.asked.one_standard and c.b.standard.grades:
        names, none = grade_words(c), compare_word("no_grade")
        for side in "ab":
            grades = [none if _none(g) else names[g] for g in table[f"grade_{side}"].tolist()]
            fields.append(Field(f"grade_{side}", "text", grades))
    fields += [Field(f"types_{side}", "whole", _numbers(table[f"types_{side}"])) for side in "ab"]
    fields += [Field(f"met_{side}", "share", _numbers(table[f"share_{side}"])) for side in "ab"]
    met = np.rint((table["met_b"] - table["met_a"]).to_numpy() * 1e6) / 1e6
    fields.append(Field("needs_met", "change", _numbers(met)))
    return Listing("circles", tuple(fields))


def _values(c: Comparison) -> Listing:
    """Return what each plan is worth: a row a plan, and a row of differences."""
    columns = ("a", "b", "difference")
    fields = [Field("plan", "text", [compare_word(f"plan_{column}") for column in columns])]
    fields += [
        Field(name, _kind(c, name), _as_read(c, name, _numbers(c.values.loc[name, list(columns)])))
        for name in c.values.index
    ]
    return Listing("values", tuple(fields))


def _as_read(c: Comparison, name: str, cells: list[float | None]) -> list[float | None]:
    """Return the cells of a row of values as the sentences round them: a bound outward."""
    if name not in _VALUES:
        return cells
    stages = [d.stages[0].name if d.stages else d.objective_kind for d in _documents(c)]
    senses = [d.sense == "max" for d in _documents(c)]
    shown: list[float | None] = []
    # the difference, which stands last, is counted like B
    for cell, stage, most in zip(cells, (*stages, stages[1]), (*senses, senses[1]), strict=True):
        if cell is None:
            shown.append(None)
            continue
        up = name == "gap_abs" or (most and name != "objective")
        shown.append(math.copysign(rounded(stage, abs(cell), up=up), cell))
    return shown


def _documents(c: Comparison) -> tuple[Document, Document]:
    return c.a.document, c.b.document


def _kind(c: Comparison, name: str) -> Kind:
    if name in ("gap", "certified_gap"):
        return "gap"
    if name == "newly_served_any_type":
        return "people"
    kinds = {_MEASURED.get(plan.document.objective_kind, "points") for plan in (c.a, c.b)}
    return kinds.pop() if len(kinds) == 1 else "points"
