"""Whether the tables, the figures at a glance and the map of report.html say what they ought to.

The page holds them as JSON. Its sentences are words for people, and are not compared.
"""

from __future__ import annotations

import base64
import html
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import Notice
from siting.files import file_content
from siting.plan.disk import LARGEST
from siting.verify.cells import compare_rows
from siting.verify.compare import fen, strict_json
from siting.verify.frame import check_frame
from siting.verify.page_heads import check_heads
from siting.verify.page_tables import HAIR, levels, percent, surely, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from siting.plan.document import Document
    from siting.verify.cells import Wanted
    from siting.verify.sheets import Rows, Told

_MOST_PLACES, _MOST_OUTLETS = 6_000, 30_000
_LANGS = 2
_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
_SAID = re.compile(r'<ol id="answer"[^>]*>(.*?)</ol>', re.DOTALL)


def check_page(
    path: Path,
    document: Document,
    addresses: dict[str, str] | None,
    told: Callable[[int], Told] | None,
) -> list[Notice]:
    """Return what is wrong in the data of a plan's page.

    Parameters
    ----------
    addresses
        Of each space, or None where the city states none.
    told
        What tables are counted from, by language; None where that is not known.
    """
    try:
        text = file_content(path, LARGEST).decode("utf-8")
        raw = _only(_DATA, text)
        data = strict_json(raw)
        sheets = {sheet["id"]: sheet for sheet in data["sheets"]}
        if len(sheets) != len(data["sheets"]):
            raise ValueError("a table stands there twice")
        if told is None:
            return []
        zh = told(1)
        return [
            *check_frame(path.name, text, raw, data, zh.city.name),
            *_answer(path.name, text, data),
            *_tiles(path.name, document, data["tiles"]),
            *_map(path.name, zh, data["map"]),
            *check_heads(path.name, addresses is not None, zh, sheets),
            *_tables(path.name, addresses, zh, sheets),
        ]
    except Exception as fault:  # whatever stands in the data where something else belongs
        values = {"fault": f"{type(fault).__name__}: {fault}"}
        return [Notice("verify.file_unreadable", file=path.name, values=values)]


def _only(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.findall(text)
    if len(found) != 1:
        raise ValueError("it does not hold its data once")
    return str(found[0])


def _answer(name: str, text: str, data: dict[str, Any]) -> Iterator[Notice]:
    """Check that the page says the same with and without its scripts."""
    at = ("zh", "en").index(data["lang"])
    said = re.findall(r"<li>(.*?)</li>", _only(_SAID, text), re.DOTALL)
    yield from compare_rows(
        f"{name}/answer",
        [[html.unescape(line)] for line in said],
        [[str(pair[at])] for pair in data["answer"]],
    )


def _tiles(name: str, document: Document, stated: list[dict[str, Any]]) -> Iterator[Notice]:
    people = document.residents
    gained = f"{people.newly_served_any_type:,.0f}"
    if people.everyone > 0:
        gained += f" ({percent(people.newly_served_any_type / people.everyone)}%)"
    budget = document.budget
    money: Rows = []
    for pays, own in (("capital", budget.capital), ("subsidy_per_year", budget.subsidy_per_year)):
        funds = sum(fen(f.spent) or 0 for f in document.funds if f.pays == pays)
        whole = (fen(own.spent) or 0) + funds
        unit = 1_000_000 if abs(whole) >= 1_000_000 else 100
        money.append([_short(whole, unit), _short(whole, 100)])
    proof = "100%"
    if document.status != "optimal" and not surely(document):
        gap = document.gap
        proof = "–" if gap is None else f"{math.ceil(gap * 1e4 - HAIR) / 100:.2f}%"
    opened = f"{len(document.projects):,}"
    right: Rows = [[opened] * 2, *money, [gained] * 2, [proof] * 2]
    values = [tile["value"] for tile in stated]
    for k in (1, 2):  # without the unit
        values[k] = [re.sub(r"[^\d.,-]", "", word) for word in values[k]]
    yield from compare_rows(f"{name}/tiles", values, right)


def _short(amount: int, unit: int) -> str:
    """Return whole fen in a unit of so many fen, to two decimals, half up."""
    shown = (Decimal(amount) / unit).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{shown:,}".removesuffix(".00")


def _map(name: str, told: Told, data: dict[str, Any]) -> Iterator[Notice]:
    """Check what the map shows of projects, spaces, communities and, one by one, of places."""
    city, document = told.city, told.document
    places, spaces = city.places, city.spaces
    kinds = [count.kind.id for count in told.right.types]
    x0, y0 = (
        min((*a.tolist(), *b.tolist()), default=0.0)
        for a, b in ((places.x, spaces.x), (places.y, spaces.y))
    )
    level = levels(told)
    opened = {p.space for p in document.projects}
    wanted: dict[str, tuple[tuple[str, ...], Rows]] = {
        "projects": (
            ("x", "y", "type", "space"),
            [
                [float(round(p.x - x0)), float(round(p.y - y0)), _at(kinds, p.type), p.space]
                for p in document.projects
            ],
        ),
        "spaces": (
            ("x", "y", "id", "area"),
            [
                [float(round(x - x0)), float(round(y - y0)), word, float(round(area, 1))]
                for x, y, word, area in zip(
                    spaces.x.tolist(),
                    spaces.y.tolist(),
                    spaces.id.tolist(),
                    spaces.area_m2.tolist(),
                    strict=True,
                )
                if word not in opened
            ],
        ),
        "grades": (
            ("before", "after"),
            [
                [level.get(c.grade_before or "", 0.0), level.get(c.grade_after or "", 0.0)]
                for c in document.circles
            ],
        ),
    }
    # above so many they may be cells of several places, or are not shown
    if len(places) <= _MOST_PLACES and data["marks"]["metres"] != 0:
        raise ValueError("few places are no cells")
    if len(city.outlets) <= _MOST_OUTLETS and data["outlets"] is None:
        raise ValueError("few outlets are all shown")
    if not data["marks"]["metres"]:
        rows = zip(
            places.x.tolist(),
            places.y.tolist(),
            places.residents["everyone"].tolist(),
            places.community.tolist(),
            places.id.tolist(),
            strict=True,
        )
        wanted["marks"] = (
            ("x", "y", "residents", "community", "id"),
            [
                [float(round(x - x0)), float(round(y - y0)), float(round(n)), float(c), word]
                for x, y, n, c, word in rows
            ],
        )
        right_marks = [[_shares(told, after=False), _shares(told, after=True)]]
        yield from compare_rows(
            f"{name}/map/marks", [[data["marks"]["before"], data["marks"]["after"]]], right_marks
        )
    if data["outlets"] is not None:
        wanted["outlets"] = (("x", "y", "types"), _outlets(told, kinds, x0, y0))
        data = {**data, "outlets": _as_words(data["outlets"])}
    for layer, (columns, right) in wanted.items():
        stated = list(zip(*(data[layer][column] for column in columns), strict=True))
        yield from compare_rows(f"{name}/map/{layer}", stated, right)
    names: Rows = [[g.zh, g.en] for g in told.question.standard.grades]
    yield from compare_rows(f"{name}/map/grades", data["grades"]["names"], names)
    yield from compare_rows(
        f"{name}/map/communities",
        [[word] for word in data["communities"]],
        [[word] for word in city.communities],
    )


def _shares(told: Told, *, after: bool) -> str:
    """Return which places have each type, as the page keeps it: a byte each, in whole per cent."""
    found = b"".join(
        np.where(count.lives, np.where(lacks, 0, 100), 255).astype(np.uint8).tobytes()
        for count in told.right.types
        for lacks in (count.lacking if after else count.lacked,)
    )
    return base64.b64encode(found).decode("ascii")


def _outlets(told: Told, kinds: list[str], x0: float, y0: float) -> Rows:
    outlets = told.city.outlets
    rows: Rows = []
    for x, y, words in zip(outlets.x.tolist(), outlets.y.tolist(), outlets.types, strict=True):
        asked = [kinds.index(word) for word in words if word in kinds]
        if asked:
            rows.append([float(round(x - x0)), float(round(y - y0)), str(asked)])
    return rows


def _as_words(outlets: dict[str, Any]) -> dict[str, Any]:
    return {**outlets, "types": [str(types) for types in outlets["types"]]}


def _at(kinds: list[str], word: str) -> Wanted:
    return float(kinds.index(word)) if word in kinds else None


def _tables(
    name: str, addresses: dict[str, str] | None, told: Told, sheets: dict[str, Any]
) -> Iterator[Notice]:
    right = tables(addresses, told)
    known = {*right, "inputs", "assumptions", "versions"}
    if sheets.keys() != known:
        values = {"stated": ", ".join(sheets), "right": ", ".join(known)}
        yield Notice("verify.file_columns", file=name, values=values)
        return
    for word, rows in right.items():
        yield from compare_rows(f"{name}/{word}", _cells(sheets[word]), rows)


def _cells(sheet: dict[str, Any]) -> list[list[Any]]:
    """Return the rows of a table, with what codes stand for, and pairs of languages as one word."""
    kinds = [column["kind"] for column in sheet["columns"]]
    codes = [column.get("codes") for column in sheet["columns"]]
    rows = []
    for row in sheet["rows"]:
        if len(row) != len(kinds):
            raise ValueError(f"{sheet['id']}: a row is too short or too long")
        cells = []
        for cell, kind, names in zip(row, kinds, codes, strict=True):
            if kind == "code" and not 0 <= cell < len(names):
                raise ValueError(f"{sheet['id']}: no such code")
            said = names[cell] if kind == "code" else cell
            if isinstance(said, list):
                if kind == "has":
                    if not all(isinstance(number, int | float) for number in said):
                        raise ValueError(f"{sheet['id']}: no mark and two shares")
                    cells.append("/".join(map(str, said)))
                    continue
                if len(said) != _LANGS or not all(isinstance(word, str) for word in said):
                    raise ValueError(f"{sheet['id']}: not a word in two languages")
                said = "|".join(said)
            cells.append(said)
        rows.append(cells)
    return rows
