"""Changes to how a city is written and what things are called, which change no plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sheet_rule import Changed, Solved, circles_called, point_tables
from sheets import POINTS, Form, Sheets

from siting.standard.model import Locks

if TYPE_CHECKING:
    from random import Random

    import pandas as pd


def rows_in_another_order(draw: Random, base: Solved) -> Changed:
    sheets = base.sheets
    for name in sheets.tables:
        sheets = sheets.table(name, lambda t: t.iloc[draw.sample(range(len(t)), len(t))])
    return Changed(sheets)


def columns_in_another_order(draw: Random, base: Solved) -> Changed:
    sheets = base.sheets
    for name in sheets.tables:
        sheets = sheets.table(name, lambda t: t[draw.sample([*t], len([*t]))])
    return Changed(sheets)


def columns_nobody_asked_for(draw: Random, base: Solved) -> Changed:
    sheets = base.sheets
    for name in sheets.tables:

        def with_more(table: pd.DataFrame) -> pd.DataFrame:
            for word in draw.sample(["备注", "remark, if any", "Unnamed: 7", "2024"], 2):
                cells = [draw.choice(["", "-3", "n/a", "x;y", 'he said "no"']) for _ in table.index]
                table.insert(draw.randrange(len([*table]) + 1), word, cells)
            return table

        sheets = sheets.table(name, with_more)
    return Changed(sheets)


def columns_called_otherwise(draw: Random, base: Solved) -> Changed:
    names: dict[str, dict[str, str]] = {}
    for table, frame in base.sheets.tables.items():
        words = [f"列{k} ({table})" for k in range(len([*frame]))]
        draw.shuffle(words)
        names[table] = dict(zip([*frame], words, strict=True))
    if "nodes" in names:  # one mapping for both tables
        names["edges"] = {c: f"{w} 2" for c, w in names["edges"].items()}
    return Changed(replace(base.sheets, names=names))


_ENCODED = (
    Form(encoding="utf-8-sig"),
    Form(encoding="utf-8-sig", stated=True),
    Form(encoding="gb18030"),
    Form(encoding="gb18030", stated=True),
    Form(encoding="utf-16"),
)


def another_encoding_and_other_line_ends(draw: Random, base: Solved) -> Changed:
    form = replace(
        draw.choice(_ENCODED),
        newline=draw.choice(["\n", "\r\n"]),
        separator=draw.choice([",", ",", ";", "\t"]),
        last=draw.choice(["", "\n", "\r\n", "\r\n\r\n"]),
        padded=draw.random() < 0.3,
    )
    named = circles_called(base.sheets, lambda word: f"社区 {word}")
    return Changed(replace(named, form=form))


def another_file_format(draw: Random, base: Solved) -> Changed:
    return Changed(replace(base.sheets, form=Form(suffix=draw.choice(["xlsx", "parquet"]))))


def _with_ids(base: Solved, called: dict[str, dict[str, str]]) -> Changed:
    """Return the same with other ids, by table."""
    sheets = base.sheets
    for name, new in called.items():
        column = "node" if name == "nodes" else "id"
        sheets = sheets.table(name, lambda t, c=column, n=new: t.assign(**{c: t[c].map(n)}))

    def ends(table: pd.DataFrame) -> pd.DataFrame:
        to = [
            called["spaces" if kind == "space" else "outlets"][word]
            for word, kind in zip(table["to"], table["kind"], strict=True)
        ]
        return table.assign(**{"from": table["from"].map(called["places"]), "to": to})

    sheets = sheets.table("walks", ends)
    if "nodes" in called:
        node = called["nodes"]
        sheets = sheets.table(
            "edges", lambda t: t.assign(**{"from": t["from"].map(node), "to": t["to"].map(node)})
        )
    new = called["spaces"]
    locks = Locks(
        **{
            word: tuple((new.get(s, s), t) for s, t in getattr(base.question.locks, word))
            for word in ("open", "forbid")
        }
    )
    return Changed(sheets.asks(locks=locks), spaces=new)


def _ids(sheets: Sheets) -> dict[str, list[str]]:
    return {
        name: [*sheets.tables[name]["node" if name == "nodes" else "id"]]
        for name in POINTS
        if name in sheets.tables
    }


def ids_with_their_order_kept(draw: Random, base: Solved) -> Changed:
    called = {}
    for name, old in _ids(base.sheets).items():
        new = sorted(f"{draw.choice('abc')}{k:04d}" for k in range(len(old)))
        called[name] = dict(zip(sorted(old), new, strict=True))
    return _with_ids(base, called)


_AWKWARD = ("{0}", "0{0}", "00{0}", "号 {0}", "a,{0}", 'b"{0}', "É{0}", "-{0}", "{0}.0")


def ids_in_another_order(draw: Random, base: Solved) -> Changed:
    called = {}
    for name, old in _ids(base.sheets).items():
        form = draw.choice([_AWKWARD[:3], _AWKWARD, _AWKWARD[:1]])
        every = [word.format(k) for word in form for k in range(1, len(old) + 1)]
        called[name] = dict(zip(old, draw.sample(every, len(old)), strict=True))
    return _with_ids(base, called)


def communities_called_otherwise(draw: Random, base: Solved) -> Changed:
    there = dict.fromkeys(w for f in point_tables(base.sheets).values() for w in f["community"])
    new = draw.sample(["z", "1", "01", "东 街", "a;b", "Ä", "=1+1", "none"], len(there))
    called = dict(zip(there, new, strict=True))
    return Changed(circles_called(base.sheets, called.__getitem__))


def local_words(draw: Random, base: Solved) -> Changed:
    """Types, kinds and features by the city's own words, some of which stand for two."""
    types = [t.id for t in base.question.standard.types]
    words = {t: f"{draw.choice(['店', '点'])}{k}" for k, t in enumerate(types)}
    double = {"两用 甲/乙": types[:2]}

    def listed(cell: str) -> str:
        found = cell.split(";")
        if found[:2] == types[:2] or found[:2] == types[1::-1]:
            found = ["两用 甲/乙", *found[2:]]
        return draw.choice([";", "；"]).join(words.get(word, word) for word in found)

    kinds = {"门面房": "shop", "仓库": "shed", "兼营": "add_on"}
    features = {"烟道": "flue", "上下水": "water"}
    backwards = {v: k for k, v in (kinds | features).items()}
    sheets = base.sheets.table("outlets", lambda t: t.assign(type=t["type"].map(listed)))

    def in_words(table: pd.DataFrame) -> pd.DataFrame:
        lists = [c for c in ("kind", "features") if c in table]
        for column in lists:
            table[column] = table[column].map(
                lambda cell: ";".join(backwards.get(word, word) for word in cell.split(";"))
            )
        for column in ("open", "forbid", "host"):
            if column in table:
                table[column] = table[column].map(
                    lambda cell: ";".join(words.get(word, word) for word in cell.split(";"))
                )
        return table

    sheets = sheets.table("spaces", in_words)
    sheets = sheets.section("spaces", kinds=kinds, features=features)
    return Changed(sheets.section("outlets", types={v: k for k, v in words.items()} | double))
