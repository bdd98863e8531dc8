"""Whether plan.gpkg says what plan.json and the recount say; read as the SQLite file it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.city.geopackage import is_stored
from siting.errors import Notice
from siting.verify.compare import shown
from siting.verify.layer_index import check_indexes
from siting.verify.layer_schema import FID, GEOMETRY, STYLES, check_schema, foreign
from siting.verify.layer_styles import check_styles
from siting.verify.point import read_point
from siting.verify.tables import PROJECTS, project_columns, project_rows, says, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from siting.city.model import City
    from siting.plan.document import Document
    from siting.standard.model import Question
    from siting.verify.recount import Recount
    from siting.verify.tables import Cell

_COLUMNS = {
    "projects": PROJECTS,
    "spaces": ("id", "community", "kind", "area_m2", "rent_m2_month", "floor", "opened"),
    "places": ("id", "community", "everyone", "gained", "needs", "met_before", "met_after"),
}
# What the layers are called in each language
_NAMES = {
    "projects": ("projects", "项目"),
    "spaces": ("spaces", "闲置空间"),
    "places": ("places", "居民点"),
}
_KEYS = {"projects": ("space", "type"), "spaces": ("id",), "places": ("id",)}
_SAME_M = 1e-6  # points are written in full; coordinates may differ by how they were transformed
_SYSTEM = ("gpkg_geometry_columns", "gpkg_spatial_ref_sys")
_LISTS = ("gpkg_contents", "gpkg_ogr_contents", "gpkg_extensions", STYLES)
_NO_CRS = ("NONE", "GDAL", "")  # who defines a coordinate system that is none


@dataclass(frozen=True, eq=False)
class _Layer:
    """What a layer ought to hold; columns that cannot be known are left out.

    Attributes
    ----------
    keys
        What tells its rows apart, shape (rows,).
    x, y
        The points, shape (rows,).
    columns
        The cells by column, each of shape (rows,).
    """

    keys: Sequence[tuple[str, ...]]
    x: list[float]
    y: list[float]
    columns: dict[str, Sequence[Cell]]


def check_geopackage(
    path: Path, document: Document, city: City, question: Question | None, right: Recount | None
) -> list[Notice]:
    """Return what is wrong with the layers: which rows there are, each cell and each point."""
    wanted = {
        "projects": _projects(document, question),
        "spaces": _spaces(document, city),
        "places": _places(city, right),
    }
    found: list[Notice] = []
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            _refuse_computed(file)
            tables = {row[0] for row in file.execute("SELECT name FROM sqlite_master")}
            for layer, right_layer in wanted.items():
                named = [name for name in _NAMES[layer] if name in tables]
                if not named:
                    found.append(
                        Notice("verify.layer_missing", file=path.name, values={"layer": layer})
                    )
                for name in named:
                    found += _layer(file, path.name, layer, name, right_layer, city.metric_crs)
            # what holds the layers is looked at where they say what they ought to
            found = found or _container(file, path.name, document, question, wanted, city)
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        return [Notice("verify.file_unreadable", file=path.name, values={"fault": str(fault)})]
    return found


def _container(
    file: sqlite3.Connection,
    name: str,
    document: Document,
    question: Question | None,
    wanted: dict[str, _Layer],
    city: City,
) -> list[Notice]:
    """Return what stands around the layers, of which there are three in one language."""
    there = {row[0] for row in file.execute("SELECT name FROM sqlite_master")}
    lang = int(_NAMES["projects"][0] not in there)
    tables = {layer: names[lang] for layer, names in _NAMES.items()}
    missing = [table for table in tables.values() if table not in there]
    if missing:
        return [foreign("gpkg_contents", table) for table in missing]
    columns = {**_COLUMNS, "projects": project_columns(document)}
    layers = {
        table: (columns[layer], list(zip(wanted[layer].x, wanted[layer].y, strict=True)))
        for layer, table in tables.items()
    }
    found = check_schema(file, name, layers, city.metric_crs)
    if found:
        return found
    points = {
        table: {
            row[0]: read_point(row[1])
            for row in file.execute(f'SELECT "{FID}", "{GEOMETRY}" FROM "{table}"')
        }
        for table in tables.values()
    }
    classes = None if question is None else [t.type_class for t in question.standard.types]
    return [
        *check_indexes(file, name, points),
        *check_styles(file, name, tables, classes),
    ]


def _refuse_computed(file: sqlite3.Connection) -> None:
    """Raise where what is read of a layer is a view, which could go on for ever."""
    tables = [row[0] for row in file.execute("SELECT name FROM sqlite_master")]
    names = (*_LISTS, *(name for names in _NAMES.values() for name in names))
    read = {*_SYSTEM, *(name for name in names if name in tables)}
    for name in sorted(read):
        if not is_stored(file, name):
            raise sqlite3.DatabaseError(f"{name} is no plain table")


def _projects(document: Document, question: Question | None) -> _Layer:
    rows = project_rows(document, question)
    projects = document.projects
    columns = project_columns(document)
    names = columns if not rows else tuple(c for c in columns if all(c in row for row in rows))
    return _Layer(
        keys=[(p.space, p.type) for p in projects],
        x=[p.x for p in projects],
        y=[p.y for p in projects],
        columns={name: [row[name] for row in rows] for name in names},
    )


def _spaces(document: Document, city: City) -> _Layer:
    opened: dict[str, list[str]] = {}
    for p in document.projects:
        opened.setdefault(p.space, []).append(p.type)
    spaces = city.spaces
    return _Layer(
        keys=[(str(word),) for word in spaces.id],
        x=spaces.x.tolist(),
        y=spaces.y.tolist(),
        columns={
            "id": spaces.id.tolist(),
            "community": [city.communities[c] for c in spaces.community],
            "kind": spaces.kind.tolist(),
            "area_m2": spaces.area_m2.tolist(),
            "rent_m2_month": spaces.rent_m2_month.tolist(),
            "floor": spaces.floor.tolist(),
            "opened": [";".join(opened.get(word, [])) for word in spaces.id],
        },
    )


def _places(city: City, right: Recount | None) -> _Layer:
    places = city.places
    columns: dict[str, Sequence[Cell]] = {
        "id": places.id.tolist(),
        "community": [city.communities[c] for c in places.community],
        "everyone": places.residents["everyone"].tolist(),
    }
    if right is not None:
        columns["gained"] = right.gained.tolist()
        for column, counted in right.needs_met.items():
            columns[column] = counted.tolist()
    keys = [(str(word),) for word in places.id]
    return _Layer(keys, places.x.tolist(), places.y.tolist(), columns)


def _layer(
    file: sqlite3.Connection,
    name: str,
    layer: str,
    table: str,
    wanted: _Layer,
    crs: str | None,
) -> Iterator[Notice]:
    there = {row[1] for row in file.execute(f'PRAGMA table_info("{table}")')}
    system = file.execute(
        "SELECT g.column_name, g.srs_id, s.organization, s.organization_coordsys_id"
        " FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
        " WHERE g.table_name = ?",
        (table,),
    ).fetchone()
    points = system[0] if system else "geom"
    needed = dict.fromkeys((*_COLUMNS[layer], *wanted.columns, points))
    lacking = [c for c in needed if c not in there]
    for column in lacking:
        values = {"layer": layer, "name": column}
        yield Notice("verify.layer_column", file=name, values=values)
    if lacking:
        return

    columns = (points, *wanted.columns)
    asked = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    cells = list(zip(*file.execute(f'SELECT {asked} FROM "{table}"'), strict=True))
    stated = dict(zip(columns, cells or [()] * len(columns), strict=True))
    keys = list(zip(*(stated[key] for key in _KEYS[layer]), strict=True))
    if sorted(map(str, keys)) != sorted(map(str, wanted.keys)):
        yield _rows(name, layer, keys, wanted.keys)
        return
    # Rows count as a set, in whichever order they were written.
    here = sorted(range(len(keys)), key=lambda row: str(keys[row]))
    ought = sorted(range(len(keys)), key=lambda row: str(wanted.keys[row]))
    pairs = list(zip(here, ought, strict=True))
    yield from _cells(name, layer, stated, wanted, pairs)
    srs = system[1] if system else None
    if not _is_system(system, crs):
        values = {
            "layer": layer,
            "stated": ":".join(map(shown, system[2:])) if system else "-",
            "right": shown(crs),
        }
        yield Notice("verify.layer_crs", file=name, values=values)
    yield from _points(name, layer, stated[points], srs, wanted, pairs)


def _rows(
    name: str, layer: str, stated: Sequence[tuple[object, ...]], right: Sequence[tuple[str, ...]]
) -> Notice:
    if layer != "projects":
        values = {"layer": layer, "stated": str(len(stated)), "right": str(len(right))}
        return Notice("verify.layer_rows", file=name, values=values)
    values = {
        "layer": layer,
        "stated": ", ".join(":".join(map(shown, k)) for k in stated if k not in right) or "-",
        "right": ", ".join(":".join(k) for k in right if k not in stated) or "-",
    }
    return Notice("verify.layer_projects", file=name, values=values)


def _cells(
    name: str,
    layer: str,
    stated: dict[str, Sequence[object]],
    wanted: _Layer,
    pairs: list[tuple[int, int]],
) -> Iterator[Notice]:
    for column, right in wanted.columns.items():
        cells = stated[column]
        for here, there in pairs:
            cell, ought = cells[here], right[there]
            if cell != ought and not says(cell, ought):
                values = {
                    "layer": layer,
                    "row": ":".join(wanted.keys[there]),
                    "name": column,
                    "stated": shown(cell),
                    "right": text_of(ought),
                }
                yield Notice("verify.layer_cell", file=name, values=values)


def _is_system(system: tuple[object, ...] | None, crs: str | None) -> bool:
    """Whether a layer is in the city's coordinate system, as far as its code tells."""
    if system is None or system[2] is None:
        return False
    if crs is None:
        return str(system[2]).upper() in _NO_CRS
    authority, colon, code = crs.partition(":")
    if not colon or not code.isdigit():
        return True  # described by its text alone
    return f"{system[2]}:{system[3]}".upper() == f"{authority}:{code}".upper()


def _points(
    name: str,
    layer: str,
    cells: Sequence[object],
    srs: object,
    wanted: _Layer,
    pairs: list[tuple[int, int]],
) -> Iterator[Notice]:
    for here, there in pairs:
        point = read_point(cells[here])
        x, y = wanted.x[there], wanted.y[there]
        if (
            point is None
            or point.srs != srs
            or not (abs(point.x - x) <= _SAME_M and abs(point.y - y) <= _SAME_M)
        ):
            stated = "-" if point is None else f"{point.x}, {point.y} ({point.srs})"
            values = {
                "layer": layer,
                "row": ":".join(wanted.keys[there]),
                "stated": stated,
                "right": f"{x}, {y} ({shown(srs)})",
            }
            yield Notice("verify.layer_point", file=name, values=values)
