"""Single changes to the files of a city, and whether a plan's numbers depend on them."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import numpy as np
from full_plans import document_of
from mutants import numbers, words

from siting.standard.options import find_options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from siting.city.model import City
    from siting.plan.document import Document
    from siting.standard.model import Question

Change = tuple[tuple[str, str], str, str]
"""The kind of change, the file, and what it holds then."""

_MORE = {
    "x": (("a metre more", 1.0), ("a millimetre more", 0.001), ("ten metres more", 10.0)),
    "y": (("a metre more", 1.0), ("a millimetre more", 0.001), ("ten metres more", 10.0)),
    "length_m": (("a metre more", 1.0), ("a metre less", -1.0)),
    "metres": (("a metre more", 1.0), ("a metre less", -1.0)),
}
_WORDS = {"community", "type", "kind", "features", "chain", "forbid", "address", "id", "from", "to"}
_SETTINGS = (
    ("metres_per_minute = 60", "metres_per_minute = 61", "a metre a minute more"),
    ("metres_per_minute = 60", "metres_per_minute = 60.00001", "a millionth more"),
    ("aged_60_plus = 50", "aged_60_plus = 51", "a metre a minute more for a group"),
    ("aged_60_plus = 50", "aged_60_plus = 45", "five metres a minute less for a group"),
    ("detour = 1.25", "detour = 1.26", "another detour"),
    ('metric_crs = "EPSG:4549"', 'metric_crs = "EPSG:4547"', "another metric system"),
    ('crs = "EPSG:4549"', 'crs = "EPSG:4548"', "another system"),
    ('name = "Mutants', 'name = "Others', "another name"),
)


def changes(city: Path, draw: Random) -> Iterator[Change]:
    """Yield a change of every kind to the files of a city folder."""
    for path in sorted(city.iterdir()):
        if path.suffix == ".csv":
            yield from _table(path, draw)
    config = (city / "city.toml").read_text("utf-8")
    for old, new, word in _SETTINGS:
        if old in config:
            yield ("city.toml", word), "city.toml", config.replace(old, new, 1)


def _table(path: Path, draw: Random) -> Iterator[Change]:
    table = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    for c, column in enumerate(table[0]):
        filled = [r for r in range(1, len(table)) if table[r][c]]
        if not filled:
            continue
        others = [row[c] for row in table[1:]]
        for word, text in _values(column, table[draw.choice(filled)][c], others):
            # the row that the value was made from, or another that holds the same
            r = next(r for r in filled if table[r][c] == text[0])
            row = [*table[r][:c], text[1], *table[r][c + 1 :]]
            yield _changed(path, column, word, [*table[:r], row, *table[r + 1 :]])
    r = draw.randrange(1, len(table))
    yield _changed(path, "rows", "one less", [*table[:r], *table[r + 1 :]])
    yield _changed(path, "rows", "one twice", [*table[:r], table[r], *table[r:]])
    yield _changed(path, "rows", "turned round", [table[0], *table[:0:-1]])


def _values(column: str, cell: str, others: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    number = re.fullmatch(r"-?\d+(\.\d+)?", cell) is not None
    if column in _WORDS or not number:
        found = [(word, str(new)) for word, new in words(cell, others) if new is not None]
    elif column in _MORE:
        found = [(word, repr(float(cell) + more)) for word, more in _MORE[column]]
    else:
        whole = int(cell) if "." not in cell else float(cell)
        found = [(w, str(new)) for w, new in numbers(column, whole) if new is not None]
    for word, new in found:
        if new != cell:
            yield word, (cell, new)


def _changed(path: Path, column: str, word: str, table: list[list[str]]) -> Change:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return (f"{path.name}/{column}", word), path.name, text.getvalue()


def depends(document: Document, question: Question, old: City, new: City) -> bool:
    """Whether what a plan with the same projects states is otherwise in another city.

    Counted with the code that writes plans, not with that of `siting.verify`.
    """
    before, after = (_counted(document, question, city) for city in (old, new))
    return before is None or before != after


def _counted(document: Document, question: Question, city: City) -> dict | None:
    options = find_options(city, question)
    spaces = {word: s for s, word in enumerate(city.spaces.id)}
    types = {kind.id: t for t, kind in enumerate(question.standard.types)}
    chosen = []
    for p in document.projects:
        mine = (options.space == spaces.get(p.space, -1)) & (options.type == types[p.type])
        mine &= (options.area_m2 == p.area_m2) & (options.chain == p.chain)
        if not mine.any():
            return None
        chosen.append(int(np.flatnonzero(mine)[0]))
    content = document_of(city, question, np.array(sorted(chosen), dtype=np.int64)).model_dump()
    content["inputs"] = {**content["inputs"], "city_sha256": None, "city_path_absolute": None}
    # ways up are what a quick search finds here: a plan's own hold whether or not it finds them
    for circle in content["circles"]:
        circle["upgrades"] = [(way["grade"], way["missing"]) for way in circle["upgrades"]]
    return content
