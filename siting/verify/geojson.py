"""Whether projects.geojson says what plan.json says, and where on the globe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from siting.errors import Notice
from siting.files import file_content
from siting.plan.disk import LARGEST
from siting.verify.compare import shown, strict_json
from siting.verify.tables import project_columns, project_rows, says, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from siting.plan.document import Document
    from siting.standard.model import Question

_SAME_DEGREES = 1e-9  # a tenth of a millimetre
_METRES = ("x", "y")  # in plan.json; the map has degrees


def check_geojson(
    path: Path, document: Document, question: Question | None, crs: str | None
) -> list[Notice]:
    """Return what is wrong in projects.geojson: one feature a project, in the plan's order."""
    try:
        content = strict_json(file_content(path, LARGEST).decode("utf-8"))
        features = content["features"]
        stated = [(f["properties"], f["geometry"]["coordinates"]) for f in features]
        kinds = {(content["type"], f["type"], f["geometry"]["type"]) for f in features}
        if not kinds <= {("FeatureCollection", "Feature", "Point")}:
            raise ValueError("it is no collection of points")
        if not all(isinstance(properties, dict) for properties, _ in stated):
            raise ValueError("a point has no properties")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as fault:
        return [Notice("verify.file_unreadable", file=path.name, values={"fault": str(fault)})]
    more = [
        *_more("-", content, {"type", "features"}),
        *(
            notice
            for number, feature in enumerate(features, start=1)
            for notice in (
                *_more(f"features {number}", feature, {"type", "properties", "geometry"}),
                *_more(f"geometry {number}", feature["geometry"], {"type", "coordinates"}),
            )
        ),
    ]
    if more:
        return [replace(notice, file=path.name) for notice in more]
    rows = project_rows(document, question)
    if len(stated) != len(rows):
        values = {"stated": len(stated), "right": len(rows)}
        return [Notice("verify.file_rows", file=path.name, values=values)]
    columns = dict.fromkeys(c for c in project_columns(document) if c not in _METRES).keys()
    found = []
    for number, ((properties, point), row, degrees) in enumerate(
        zip(stated, rows, _degrees(document, crs), strict=True), start=1
    ):
        right = {k: v for k, v in row.items() if k not in _METRES}
        if properties.keys() != columns:
            names = ", ".join(properties)
            found.append(_wrong(path.name, number, "properties", names, ", ".join(columns)))
            continue
        for name, wanted in right.items():
            cell = properties[name]
            if not says(cell, wanted):
                found.append(_wrong(path.name, number, name, shown(cell), text_of(wanted)))
        if not _same(point, degrees):
            found.append(_wrong(path.name, number, "coordinates", shown(point), shown(degrees)))
    return found


def _more(where: str, record: dict[str, Any], known: set[str]) -> list[Notice]:
    """Return the members that the format does not have, as `crs`, which moves points."""
    return [
        Notice("verify.foreign", values={"where": where, "what": name})
        for name in record
        if name not in known
    ]


def _degrees(document: Document, crs: str | None) -> list[tuple[float, float] | None]:
    """Return longitude and latitude of each project; None where they cannot be known."""
    if crs is None:
        return [None] * len(document.projects)
    from pyproj import Transformer

    to_globe = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return [to_globe.transform(p.x, p.y) for p in document.projects]


def _same(point: object, degrees: tuple[float, float] | None) -> bool:
    if degrees is None or not isinstance(point, list) or len(point) != 2:
        return False
    return all(
        isinstance(c, (int, float)) and abs(c - d) <= _SAME_DEGREES
        for c, d in zip(point, degrees, strict=True)
    )


def _wrong(file: str, number: int, name: str, stated: str, right: str) -> Notice:
    values = {"right": right}
    return Notice(
        "verify.file_cell", file=file, row=number, column=name, value=stated, values=values
    )
