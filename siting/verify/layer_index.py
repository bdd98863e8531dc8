"""Whether the spatial indexes of plan.gpkg find every point where it lies.

A programme draws what the index finds in the window, and nothing else: a row that the index leaves
out, or has elsewhere, is there and cannot be seen.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from siting.errors import Notice
from siting.verify.layer_schema import FID, index_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from siting.verify.point import Point

NO_INDEX = "verify.index_unchecked"
"""Key of the notice that SQLite cannot read such indexes here."""
_ROUNDED = 2.0**-22
"""Boxes are kept in single precision, rounded outward; a step is at most 2^-23 of a number."""


def check_indexes(
    file: sqlite3.Connection, name: str, layers: Mapping[str, Mapping[int, Point | None]]
) -> list[Notice]:
    """Return which layers have an index that does not find every point; without one, all are found.

    Parameters
    ----------
    layers
        By the name of its table, each layer's points by the number of their row.
    """
    found = []
    there = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    known = file.execute("SELECT 1 FROM pragma_module_list WHERE name = 'rtree'").fetchone()
    for layer, points in layers.items():
        if index_name(layer) not in there:
            continue
        if known is None:
            return [Notice(NO_INDEX, file=name)]
        faults = list(_faults(file, index_name(layer), points))
        if faults:
            values = {"layer": layer, "fault": faults[0]}
            found.append(Notice("verify.layer_index", file=name, values=values))
    return found


def _faults(
    file: sqlite3.Connection, index: str, points: Mapping[int, Point | None]
) -> Iterator[str]:
    (sql,) = file.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchone()
    made = f'CREATE VIRTUAL TABLE "{index}" USING rtree(id, minx, maxx, miny, maxy)'
    if "".join(str(sql).split()) != "".join(made.split()):
        yield str(sql)
        return
    try:
        # that no box is outside the one above it
        (said,) = file.execute("SELECT rtreecheck(?)", (index,)).fetchone()
        if said != "ok":
            yield str(said)
        boxes = {row[0]: row[1:] for row in file.execute(f'SELECT * FROM "{index}"')}
    except sqlite3.Error as fault:
        yield str(fault)
        return
    if boxes.keys() != points.keys():
        numbers = ", ".join(map(str, sorted(boxes.keys() ^ points.keys())[:5]))
        yield f"{FID} {numbers}"
        return
    for number, (minx, maxx, miny, maxy) in boxes.items():
        point = points[number]
        if point is None:
            continue
        for least, most, at in ((minx, maxx, point.x), (miny, maxy, point.y)):
            slack = abs(at) * _ROUNDED
            if not (least <= at <= most and most - least <= 2.0 * slack):
                yield f"{FID} {number}: {least}, {most}, {at}"
                return
