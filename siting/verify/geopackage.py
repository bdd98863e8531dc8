"""Whether plan.gpkg says what plan.json and the recount say; read as the SQLite file it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from siting.errors import Notice
from siting.verify.compare import close, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from siting.city.model import City
    from siting.plan.document import Document
    from siting.verify.recount import Recount

LAYERS = {"projects": ("space", "type"), "spaces": ("id",), "places": ("id", "gained")}


def check_geopackage(
    path: Path, document: Document, city: City, right: Recount | None
) -> list[Notice]:
    """Return what is wrong with the layers: which projects, how many spaces, who gains what."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            found = list(_missing(file, path.name))
            if not found:
                found = list(_content(file, path.name, document, city, right))
            return found
    except sqlite3.Error as fault:
        return [Notice("verify.file_unreadable", file=path.name, values={"fault": str(fault)})]


def _missing(file: sqlite3.Connection, name: str) -> Iterator[Notice]:
    for layer, columns in LAYERS.items():
        there = {row[1] for row in file.execute(f'PRAGMA table_info("{layer}")')}
        if not there:
            yield Notice("verify.layer_missing", file=name, values={"layer": layer})
        for column in columns if there else ():
            if column not in there:
                values = {"layer": layer, "name": column}
                yield Notice("verify.layer_column", file=name, values=values)


def _content(
    file: sqlite3.Connection, name: str, document: Document, city: City, right: Recount | None
) -> Iterator[Notice]:
    pairs = sorted(file.execute('SELECT "space", "type" FROM "projects"').fetchall())
    wanted = sorted((p.space, p.type) for p in document.projects)
    if pairs != wanted:
        values = {
            "layer": "projects",
            "stated": ", ".join(f"{s}:{t}" for s, t in pairs if (s, t) not in wanted) or "-",
            "right": ", ".join(f"{s}:{t}" for s, t in wanted if (s, t) not in pairs) or "-",
        }
        yield Notice("verify.layer_projects", file=name, values=values)
    for layer, ids in (("spaces", city.spaces.id), ("places", city.places.id)):
        stated = sorted(str(row[0]) for row in file.execute(f'SELECT "id" FROM "{layer}"'))
        if stated != sorted(ids):
            values = {"layer": layer, "stated": str(len(stated)), "right": str(len(ids))}
            yield Notice("verify.layer_rows", file=name, values=values)
            return
    if right is None:
        return
    gained = dict(file.execute('SELECT "id", "gained" FROM "places"').fetchall())
    for place, points in zip(city.places.id, right.gained, strict=True):
        number = gained.get(place)
        if not isinstance(number, int | float) or not close(number, float(points)):
            values = {"place": place, "stated": shown(number), "right": shown(float(points))}
            yield Notice("verify.layer_gained", file=name, values=values)
