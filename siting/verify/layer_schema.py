"""Whether plan.gpkg holds nothing but the layers of a plan, and nothing that changes their look.

A further layer, a column more, an index that leaves out rows, an extent elsewhere or a coordinate
system under the right number with another definition show something else than the rows say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from siting.errors import Notice
from siting.verify.compare import shown

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

STYLES = "layer_styles"
"""The table in which QGIS looks for styles."""
GEOMETRY = "geom"
"""The column with the points."""
FID = "fid"
"""The column that numbers the rows."""
_TILES = ("gpkg_tile_matrix", "gpkg_tile_matrix_set")
_TABLES = (
    "gpkg_spatial_ref_sys",
    "gpkg_contents",
    "gpkg_ogr_contents",
    "gpkg_geometry_columns",
    "gpkg_extensions",
    *_TILES,
    "sqlite_sequence",
    STYLES,
)
_INDEX_TABLES = ("", "_rowid", "_node", "_parent")
_EXTENSIONS = ("gpkg_rtree_index", "gpkg_crs_wkt", "gpkg_crs_wkt_1_1")
_BODY = re.compile(r"CREATE\s+TRIGGER\b.*?\bBEGIN\b(.*)\bEND\s*;?\s*", re.DOTALL | re.IGNORECASE)
_REFUSES = re.compile(r"SELECTRAISE\(ABORT,'(?:[^']|'')*'\)WHERE[^';]*")
_DEFINITIONS = ("definition", "definition_12_063")
_SAME_M, _SAME_DEGREES = 1e-6, 1e-6
Points = Sequence[tuple[float, float]]


def check_schema(
    file: sqlite3.Connection,
    name: str,
    layers: Mapping[str, tuple[Sequence[str], Points]],
    crs: str | None,
) -> list[Notice]:
    """Return what a GeoPackage holds that siting does not write.

    Parameters
    ----------
    name
        Of the file.
    layers
        By the name of its table, the columns of each layer in their order, and its points.
    crs
        The city's coordinate system, if it has one.
    """
    found = [
        *_objects(file, layers),
        *_columns(file, layers),
        *_listed(file, layers),
        *_extents(file, layers),
        *_definitions(file, layers, crs),
        *_sound(file),
    ]
    return [
        Notice(notice.key, file=name, values=notice.values, value=notice.value) for notice in found
    ]


def index_name(layer: str) -> str:
    """Return what the spatial index of a layer is called."""
    return f"rtree_{layer}_{GEOMETRY}"


def foreign(where: str, what: object) -> Notice:
    """Return the notice that something is not as siting writes it."""
    return Notice("verify.foreign", values={"where": where, "what": shown(what)})


def _objects(file: sqlite3.Connection, layers: Mapping[str, object]) -> Iterator[Notice]:
    tables = {*_TABLES, *layers, *(index_name(n) + part for n in layers for part in _INDEX_TABLES)}
    rows = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    for kind, name, of, sql in rows:
        if kind == "table":
            fine = name in tables
        elif kind == "index":
            fine = sql is None  # SQLite's own, for keys
        else:
            fine = kind == "trigger" and _is_ours(str(name), str(of), str(sql), layers)
        if not fine:
            yield foreign(str(kind), name)


def _is_ours(name: str, of: str, sql: str, layers: Mapping[str, object]) -> bool:
    """Tell whether a trigger does no more than keep an index and a count, or refuse tiles."""
    body = _BODY.fullmatch(sql)
    if body is None:
        return False
    done = ["".join(part.split()) for part in body[1].split(";") if part.strip()]
    if of in _TILES:
        return len(done) == 1 and _REFUSES.fullmatch(done[0]) is not None
    if of not in layers:
        return False
    index = index_name(of)
    ends = (f'ST_{end}{axis}(NEW."{GEOMETRY}")' for axis in "XY" for end in ("Min", "Max"))
    minx, maxx, miny, maxy = ends
    new, old = f'NEW."{FID}"', f'OLD."{FID}"'
    values = f'INTO"{index}"VALUES({new},{minx},{maxx},{miny},{maxy})'
    count = "UPDATEgpkg_ogr_contentsSETfeature_count=feature_count"
    whose = f"WHERElower(table_name)=lower('{''.join(of.split())}')"
    known = {
        f"INSERT{values}",
        f"INSERTORREPLACE{values}",
        f'UPDATE"{index}"SETminx={minx},maxx={maxx},miny={miny},maxy={maxy}WHEREid={new}',
        f'DELETEFROM"{index}"WHEREid={old}',
        f'DELETEFROM"{index}"WHEREidIN({old},{new})',
        f"{count}+1{whose}",
        f"{count}-1{whose}",
    }
    return name.startswith((index, "trigger_")) and set(done) <= known


def _columns(
    file: sqlite3.Connection, layers: Mapping[str, tuple[Sequence[str], Points]]
) -> Iterator[Notice]:
    for layer, (columns, _) in layers.items():
        there = [row[1] for row in file.execute("SELECT * FROM pragma_table_xinfo(?)", (layer,))]
        right = [FID, GEOMETRY, *columns]
        if there != right:
            more = [c for c in there if c not in right] or ["..."]
            yield foreign(layer, ", ".join(map(str, more)))


def _listed(
    file: sqlite3.Connection, layers: Mapping[str, tuple[Sequence[str], Points]]
) -> Iterator[Notice]:
    """Check the tables that tell a programme which layers there are, and what of them."""
    there = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    geometry = file.execute(
        "SELECT table_name, column_name, geometry_type_name, srs_id, z, m"
        " FROM gpkg_geometry_columns"
    ).fetchall()
    systems = {row[0]: row[3] for row in geometry}
    contents = {
        (layer, "features", layer, "", systems.get(layer)): f"gpkg_contents {layer}"
        for layer in layers
    }
    if STYLES in there:
        contents[STYLES, "attributes", STYLES, "", 0] = f"gpkg_contents {STYLES}"
    stated = file.execute(
        "SELECT table_name, data_type, identifier, description, srs_id FROM gpkg_contents"
    ).fetchall()
    yield from _rows("gpkg_contents", stated, list(contents))
    # a layer without rows does not know what they would be
    kinds = {
        row[0]: row[2] if row[0] in layers and not layers[row[0]][1] else "POINT"
        for row in geometry
    }
    right = [
        (layer, GEOMETRY, kinds.get(layer, "POINT"), systems.get(layer), 0, 0) for layer in layers
    ]
    yield from _rows("gpkg_geometry_columns", geometry, right)
    if "gpkg_ogr_contents" in there:
        counted = file.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents").fetchall()
        known = [(layer, len(points)) for layer, (_, points) in layers.items()]
        yield from _rows("gpkg_ogr_contents", counted, known)
    if "gpkg_extensions" in there:
        for (extension,) in file.execute("SELECT extension_name FROM gpkg_extensions"):
            if extension not in _EXTENSIONS:
                yield foreign("gpkg_extensions", extension)
    for table in _TILES:
        if table in there and file.execute(f"SELECT 1 FROM {table}").fetchone():
            yield foreign("table", table)


def _rows(
    table: str, stated: list[tuple[object, ...]], right: Sequence[tuple[object, ...]]
) -> Iterator[Notice]:
    for row in stated:
        if row not in right:
            yield foreign(table, ", ".join(map(shown, row)))
    for row in right:
        if stated.count(row) != 1 and not any(r not in right for r in stated):
            yield foreign(table, f"{row[0]} x {stated.count(row)}")


def _extents(
    file: sqlite3.Connection, layers: Mapping[str, tuple[Sequence[str], Points]]
) -> Iterator[Notice]:
    rows = file.execute("SELECT table_name, min_x, min_y, max_x, max_y FROM gpkg_contents")
    for layer, *extent in rows.fetchall():
        points = layers[layer][1] if layer in layers else ()
        if not points or extent == [None] * 4:
            continue  # programmes look for themselves then
        xs, ys = zip(*points, strict=True)
        right = [min(xs), min(ys), max(xs), max(ys)]
        near = (
            isinstance(a, int | float) and abs(a - b) <= _SAME_M
            for a, b in zip(extent, right, strict=True)
        )
        if not all(near):
            said = (", ".join(map(shown, box)) for box in (extent, right))
            values = dict(zip(("stated", "right"), said, strict=True))
            yield Notice("verify.layer_extent", values={"layer": layer, **values})


def _definitions(
    file: sqlite3.Connection,
    layers: Mapping[str, tuple[Sequence[str], Points]],
    crs: str | None,
) -> Iterator[Notice]:
    """Check that the definition of the layers' system puts a point where the city's does."""
    points = [point for _, some in layers.values() for point in some[:1]]
    if crs is None or not points:
        return
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    there = {
        row[1] for row in file.execute("SELECT * FROM pragma_table_xinfo('gpkg_spatial_ref_sys')")
    }
    asked = [column for column in _DEFINITIONS if column in there]
    if not asked:
        return
    used = "SELECT srs_id FROM gpkg_geometry_columns"
    rows = file.execute(
        f"SELECT {', '.join(asked)} FROM gpkg_spatial_ref_sys WHERE srs_id IN ({used})"
    )
    texts = {str(cell) for row in rows for cell in row if cell != "undefined"}
    right = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*points[0])
    for said in sorted(texts):
        try:
            to_globe = Transformer.from_crs(CRS.from_wkt(said), "EPSG:4326", always_xy=True)
            found = to_globe.transform(*points[0])
        except ProjError:
            found = (float("nan"),) * 2
        if not all(abs(a - b) <= _SAME_DEGREES for a, b in zip(found, right, strict=True)):
            yield foreign("gpkg_spatial_ref_sys", said[:60])


def _sound(file: sqlite3.Connection) -> Iterator[Notice]:
    """Check that no key leaves out a row: a query that goes by it would not find the row."""
    for (said,) in file.execute("PRAGMA integrity_check(1)"):
        if said != "ok":
            yield foreign("integrity_check", said)
