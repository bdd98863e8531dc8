"""Hostile files that once hung, crashed, ran or fetched something; each test names the defect."""

from __future__ import annotations

import json
import sqlite3
import time
import zipfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from city_folder import CONFIG, PLACES, faults, write_city
from pyarrow import parquet

from siting.city.coordinates import UnknownCrsError, known_crs
from siting.city.findings import LISTED
from siting.city.parquet_footer import Chunk, chunks_of
from siting.city.parquet_pages import with_pages
from siting.city.read import read_city
from siting.city.table_excel import plain_xml
from siting.city.toml_text import parse_toml
from siting.errors import InputError, Notice
from siting.plan.certificate import read_certificate
from siting.plan.folder import check_output
from siting.standard.files import read_toml
from siting.verify.folder import find_city
from siting.verify.geopackage import check_geopackage

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = "".join(
    f'<c r="{c}1" t="inlineStr"><is><t>{word}</t></is></c>'
    for c, word in zip("ABCD", ("id", "x", "y", "everyone"), strict=True)
)
ROW = "".join(f'<c r="{c}2"><v>1</v></c>' for c in "ABCD")
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "a", "everyone": 5},
            "geometry": {"type": "Point", "coordinates": [0, 0]},
        }
    ],
}


@pytest.fixture
def at_once():
    """Fail where the test takes more processor time than any of these files needs."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 10.0


def with_places(folder, name, content=None, more=""):
    write_city(folder, city=CONFIG.replace('"places.csv"', f'"{name}"\n{more}'))
    if content is not None:
        (folder / name).write_bytes(content)
    return folder


def one_fault(folder):
    (line,) = faults(folder)
    return line


# ------------------------------------------------------------------------------------------- csv


@pytest.mark.usefixtures("at_once")
def test_an_open_quotation_mark_before_many_lines_is_read_once(tmp_path):
    folder = write_city(tmp_path, places=b'"' + b"\n" * 600_000)
    assert one_fault(folder).startswith("places.csv: the file cannot be read as CSV")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("names", ["c{}", "a"])
def test_a_row_of_very_many_column_names_is_refused(tmp_path, names):
    header = ",".join(names.format(k) for k in range(60_000))
    assert "60,000 columns" in one_fault(write_city(tmp_path, places=f"{header}\n1\n"))


@pytest.mark.usefixtures("at_once")
def test_very_many_short_rows_are_counted_not_listed(tmp_path):
    said = faults(write_city(tmp_path, places="id,x,y,everyone\n" + "a\n" * 300_000))
    assert len(said) == LISTED + 1
    assert said[-1] == "places.csv: and 299980 more of this kind in this file"


@pytest.mark.parametrize("cell", ["1e308", "-1e300", "1e16"])
@pytest.mark.parametrize("column", [1, 4])
def test_a_number_whose_sums_are_infinite_is_refused(tmp_path, cell, column):
    row = ["p9", "5", "5", "North", "7"]
    row[column] = cell
    said = faults(write_city(tmp_path, places=PLACES + ",".join(row) + "\n"))
    assert any("more than siting counts with" in line for line in said)


@pytest.mark.parametrize("factor", ["1e308", "1e300"])
def test_a_unit_that_makes_numbers_infinite_is_refused(tmp_path, factor):
    units = f'"places.csv"\nunits = {{ everyone = {factor} }}'
    folder = write_city(tmp_path, city=CONFIG.replace('"places.csv"', units))
    assert "more than siting counts with" in faults(folder)[0]


def test_a_refusal_stays_readable_however_long_the_names_in_the_file(tmp_path):
    text = PLACES.replace("everyone", "everyone" + "e" * 100_000)
    assert len(one_fault(write_city(tmp_path / "column", places=text))) < 5_000
    text = CONFIG.replace("places.csv", "a/" * 3_000)
    assert len(one_fault(write_city(tmp_path / "file", city=text))) < 5_000


# ------------------------------------------------------------------------------------------ toml


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("text", ["a" + ".a" * 400_000 + " = 1", "['a'" + ' . "a"' * 100_000])
def test_a_dotted_key_of_very_many_parts_is_refused_before_it_is_parsed(tmp_path, text):
    assert "A key of too many parts (at line 1)" in one_fault(write_city(tmp_path, city=text))


def test_dots_that_are_no_key_are_read():
    text = 'a.b."c d".e = [1.5, 2.5]\nwww = "a.b.c. d.e: ' + "1.2 " * 300 + '"'
    assert parse_toml(text)["a"]["b"]["c d"]["e"] == [1.5, 2.5]


@pytest.mark.parametrize(
    ("number", "said"),
    [("9" * 5_000, "too many digits"), ("0x" + "f" * 5_000, "64 bits"), (str(2**63), "64 bits")],
)
def test_a_whole_number_of_thousands_of_digits_is_a_fault(tmp_path, number, said):
    text = CONFIG + f"[walking]\nmetres_per_minute = {number}\n"
    line = one_fault(write_city(tmp_path, city=text))
    assert line.startswith("city.toml: the file is not valid TOML")
    assert said in line
    path = tmp_path / "standard.toml"
    path.write_text(f"a = {number}")
    with pytest.raises(InputError, match=said):
        read_toml(path, "standard.toml")


def test_a_device_is_no_standard():
    # it has no size, and no end
    with pytest.raises(InputError, match="zero"):
        read_toml(Path("/dev/zero"), "/dev/zero")


def test_braces_of_a_sentence_stand_there_once(tmp_path):
    said = faults(write_city(tmp_path, city=CONFIG.replace("[places]", "[places]\nunits = 1")))
    assert "write it as [name] or { key = value }" in said[0]


# ------------------------------------------------------------------------------------------- crs


@pytest.mark.parametrize(
    "crs",
    [
        "+proj=longlat +ellps=WGS84 +nadgrids=/etc/hostname +type=crs",
        "+proj=longlat +ellps=WGS84 +geoidgrids=../x.gtx +type=crs",
        'GEOGCS["x",DATUM["x",SPHEROID["WGS84",6378137,298.257223563],EXTENSION["PROJ4_GRIDS",'
        '"/etc/hostname"]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]',
    ],
)
def test_a_coordinate_system_that_names_a_file_is_not_known(crs):
    with pytest.raises(UnknownCrsError):
        known_crs(crs)


def test_web_mercator_is_known_by_the_text_that_names_no_grid():
    import pyproj

    assert known_crs(pyproj.CRS(3857).to_wkt("WKT1_GDAL")) == "EPSG:3857"


@pytest.mark.parametrize("more", [{}, {"geometry": b""}])
def test_text_in_parquet_that_is_no_text_is_refused(tmp_path, more):
    folder = with_places(tmp_path, "places.parquet")
    words = pa.array([b"a", b"East\xff\xfe"]).view(pa.string())
    numbers = {name: np.zeros(2) for name in ("x", "y", "everyone")}
    table = pa.table({"id": words, **numbers})
    if more:
        import geopandas

        ids = {"id": ["a", "East12"], "everyone": [1.0, 1.0]}
        frame = geopandas.GeoDataFrame(ids, geometry=geopandas.points_from_xy([0, 1], [0, 1]))
        frame.to_parquet(folder / "places.parquet", compression="none")
        content = (folder / "places.parquet").read_bytes()
        assert b"East12" in content
        (folder / "places.parquet").write_bytes(content.replace(b"East12", b"East\xff\xfe"))
    else:
        parquet.write_table(table, folder / "places.parquet")
    assert one_fault(folder).startswith("places.parquet: the file is damaged or no Parquet file")


# --------------------------------------------------------------------------------------- geojson


def geojson(folder, content):
    text = content if isinstance(content, str) else json.dumps(content)
    return with_places(folder, "places.geojson", text.encode(), 'crs = "EPSG:32650"')


def test_a_point_further_than_anything_is_no_position(tmp_path):
    point = {"type": "Point", "coordinates": [-1.05e196, 3500000.0]}
    properties = {"id": "p1", "everyone": 1.0}
    feature = {"type": "Feature", "geometry": point, "properties": properties}
    content = {"type": "FeatureCollection", "features": [feature]}
    assert "has no position" in "".join(faults(geojson(tmp_path, content)))


def test_a_pipeline_that_is_called_geojson_runs_not(tmp_path):
    (tmp_path / "secret.geojson").write_text(json.dumps(FEATURES))
    command = f"gdal vector pipeline ! read {tmp_path / 'secret.geojson'}"
    pipeline = {"type": "gdal_streamed_alg", "command_line": command}
    assert "no GeoJSON" in one_fault(geojson(tmp_path / "a", pipeline))
    hidden = {**FEATURES, "more": pipeline}
    assert "no GeoJSON" in one_fault(geojson(tmp_path / "b", hidden))


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}},
        {"type": "url", "properties": {"url": "http://127.0.0.1:9/crs"}},
        {"type": "name", "properties": {"name": "http://127.0.0.1:9/crs"}},
        {"type": "name", "properties": {"name": "/etc/hostname"}},
        {"type": "name", "properties": {"name": "+init=/etc/hostname:1"}},
        {"type": "name"},
        "EPSG:4326",
    ],
)
def test_a_coordinate_system_behind_a_link_is_not_fetched(tmp_path, crs):
    assert "crs is no code" in one_fault(geojson(tmp_path, {**FEATURES, "crs": crs}))


@pytest.mark.parametrize("name", ["EPSG:32650", "urn:ogc:def:crs:OGC:1.3:CRS84"])
def test_a_coordinate_system_by_its_code_is_read(tmp_path, name):
    crs = {"type": "name", "properties": {"name": name}}
    assert faults(geojson(tmp_path, {**FEATURES, "crs": crs})) == []


def test_of_two_coordinate_systems_in_geojson_none_is_taken(tmp_path):
    link = '"crs": {"type": "link", "properties": {"href": "http://127.0.0.1:9/"}}, "crs": null'
    text = json.dumps(FEATURES).replace("{", "{" + link + ",", 1)
    assert "the key 'crs' stands twice" in one_fault(geojson(tmp_path, text))


@pytest.mark.usefixtures("at_once")
def test_features_with_ever_other_properties_are_no_table(tmp_path):
    made = [
        {**FEATURES["features"][0], "properties": {f"p{i}-{j}": 1 for j in range(20)}}
        for i in range(1_000)
    ]
    assert "20,000 columns" in one_fault(geojson(tmp_path, {**FEATURES, "features": made}))


# ------------------------------------------------------------------------------------------ gpkg


def geopackage(folder, *statements, layer="places"):
    with_places(folder, "places.gpkg", more=f'layer = "{layer}"')
    frame = pd.DataFrame({"id": ["a", "b"], "everyone": [1.0, 2.0]})
    points = gpd.points_from_xy([0, 1], [0, 1])
    frame = gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:32650")
    frame.to_file(folder / "places.gpkg", layer="places")
    with closing(sqlite3.connect(folder / "places.gpkg")) as base:
        for statement in statements:
            base.execute(statement)
        base.commit()
    return folder


ENDLESS = (
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
    " SELECT n AS id, n AS everyone, 0 AS x, 0 AS y FROM c"
)
LISTED_VIEW = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
    " VALUES ('v', 'attributes', 'v', 0)"
)


@pytest.mark.usefixtures("at_once")
def test_a_view_without_end_is_not_read(tmp_path):
    folder = geopackage(tmp_path, f"CREATE VIEW v AS {ENDLESS}", LISTED_VIEW, layer="v")
    assert "this layer is a view" in one_fault(folder)


@pytest.mark.parametrize(
    "column",
    [
        "more BLOB GENERATED ALWAYS AS (zeroblob(900000000)) VIRTUAL",
        f"more TEXT DEFAULT '{'a' * 200_000}'",
    ],
)
def test_a_column_that_makes_gigabytes_of_nothing_is_not_read(tmp_path, column):
    folder = geopackage(tmp_path, f"ALTER TABLE places ADD COLUMN {column}")
    assert "columns that are computed" in one_fault(folder)


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 99999", "PRAGMA application_id = 1"])
def test_what_the_library_below_warns_of_is_not_printed(tmp_path, statement, recwarn):
    assert faults(geopackage(tmp_path, statement)) == []
    assert len(recwarn) == 0


def test_a_spatial_index_beside_a_plain_layer_is_no_harm(tmp_path):
    assert faults(geopackage(tmp_path)) == []


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", ["projects", "gpkg_geometry_columns"])
def test_verify_reads_no_view_without_end_either(tmp_path, name):
    folder = geopackage(
        tmp_path, f"DROP TABLE IF EXISTS {name}", f"CREATE VIEW {name} AS {ENDLESS}"
    )
    city = read_city(write_city(tmp_path / "city"))
    document = SimpleNamespace(projects=(), one_off=(), shared=None, funds=())
    (said,) = check_geopackage(folder / "places.gpkg", document, city, None, None)
    assert said.key == "verify.file_unreadable"
    assert f"{name} is no plain table" in said.line()


# --------------------------------------------------------------------------------------- parquet


def test_parquet_of_very_many_equal_rows_is_refused(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    part = pa.table({name: np.zeros(1_000_000) for name in ("id", "x", "y", "everyone")})
    with parquet.ParquetWriter(folder / "places.parquet", part.schema) as file:
        for _ in range(13):
            file.write_table(part)
    assert "claims 52,000,000 cells" in one_fault(folder)


def test_parquet_of_one_long_text_again_and_again_is_refused(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    texts = pa.DictionaryArray.from_arrays(np.zeros(6_000, np.int32), ["a" * 200_000])
    table = pa.table({"id": texts, **{name: np.zeros(6_000) for name in ("x", "y", "everyone")}})
    parquet.write_table(table, folder / "places.parquet", compression="zstd")
    assert "would unpack to 1200 MB" in one_fault(folder)


def test_a_coordinate_system_in_parquet_that_names_a_file_is_refused(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    point = b"\x01\x01\x00\x00\x00" + bytes(16)
    table = pa.table({"id": ["a"], "everyone": [1.0], "geometry": [point]})
    column = {"encoding": "WKB", "geometry_types": [], "crs": "+init=/etc/hostname:4326"}
    about = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = table.replace_schema_metadata({"geo": json.dumps(about)})
    parquet.write_table(table, folder / "places.parquet")
    assert "crs is no code" in one_fault(folder)


def test_statistics_that_do_not_fit_together_end_no_process(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    table = pa.table({"id": [["a", "b"], ["c"]], "x": [0.0, 1.0], "y": [0.0, 1.0]})
    parquet.write_table(table, folder / "places.parquet", compression="none")
    content = (folder / "places.parquet").read_bytes()
    size = int.from_bytes(content[-8:-4], "little")
    footer = content[-8 - size : -8]
    for at in range(0, size, 3):  # each of them once ended, or may end, in the library's C++
        changed = footer[:at] + bytes([footer[at] ^ 1]) + footer[at + 1 :]
        (folder / "places.parquet").write_bytes(content[: -8 - size] + changed + content[-8:])
        assert all(line.startswith("places.parquet") for line in faults(folder))


def test_the_footer_is_read_as_the_library_reads_it(tmp_path):
    path = tmp_path / "x.parquet"
    table = pa.table(
        {
            "a": ["x", None, "zz"],
            "b": [[1.0, 2.0], [], None],
            "c": pa.array([1, 2, 3], pa.decimal128(30, 2)),
            "d": [{"e": True, "f": b"g"}] * 3,
            "名": [1, 2, 3],
        }
    )
    parquet.write_table(table, path, row_group_size=2)
    with path.open("rb") as stream:
        about = parquet.ParquetFile(stream).metadata
        groups = [about.row_group(g) for g in range(about.num_row_groups)]
    columns = [group.column(c) for group in groups for c in range(about.num_columns)]
    wide = 13  # of a decimal of 30 digits
    assert chunks_of(path) == [
        Chunk(
            c.path_in_schema,
            c.physical_type == "BYTE_ARRAY",
            c.num_values,
            max(
                c.total_uncompressed_size,
                wide * c.num_values * (c.physical_type == "FIXED_LEN_BYTE_ARRAY"),
            ),
            c.dictionary_page_offset if c.has_dictionary_page else c.data_page_offset,
            c.total_compressed_size,
        )
        for c in columns
    ]
    # what pages say of themselves, with their headers, is what the footer says of them
    assert with_pages(path, chunks_of(path)) == chunks_of(path)


@pytest.mark.parametrize("compression", ["none", "zstd"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_footer_that_states_fewer_values_than_its_pages_hold_is_refused(
    tmp_path, compression, version
):
    folder = with_places(tmp_path, "places.parquet")
    columns = {name: np.zeros(3_000) for name in ("x", "y", "everyone")}
    table = pa.table({"id": [str(k) for k in range(3_000)], **columns})
    path = folder / "places.parquet"
    parquet.write_table(table, path, compression=compression, data_page_version=version)
    content = path.read_bytes()
    size = int.from_bytes(content[-8:-4], "little")
    footer = content[-8 - size : -8]
    stated, less = varint(6_000), varint(6)  # zigzag of 3,000, and of 3 in as many bytes
    places = [at for at in range(size) if footer.startswith(stated, at)]
    for changed, words in (
        (places, "another number of values"),
        (places[1:-1], "more rows than values"),  # all but the rows of the file and of the group
        (places[1:2], "more rows than values"),
    ):
        lying = bytearray(footer)
        for at in changed:
            lying[at : at + 2] = less
        path.write_bytes(content[: -8 - size] + lying + content[-8:])
        assert words in one_fault(folder)


def varint(number):
    return bytes([number & 127 | 128, number >> 7])


def test_pages_that_unpack_to_far_more_than_their_values_are_refused(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    path = folder / "places.parquet"
    columns = {name: np.zeros(3) for name in ("x", "y", "everyone")}
    parquet.write_table(
        pa.table({"id": ["a", "b", "c"], **columns}), path, compression="none", use_dictionary=False
    )
    content = path.read_bytes()
    (chunk,) = (c for c in chunks_of(path) if c.name == "x")
    header = content[chunk.start : chunk.start + chunk.packed]
    # fields of a page's header: its kind 0, its bytes unpacked, its bytes packed
    unpacked = header[3]
    assert header[:5] == bytes([0x15, 0, 0x15, unpacked, 0x15])
    with pytest.raises(ValueError, match="page"):
        with_pages(path, [chunk._replace(start=chunk.start + 1)])
    with pytest.raises(ValueError, match="another number"):
        with_pages(path, [chunk._replace(values=2)])
    # 2 GB in as many bytes: what follows is cut, the sizes still add up
    large = bytes([0x15, 0, 0x15, *b"\xfe\xff\xff\xff\x0f"])
    lying = content[: chunk.start] + large + content[chunk.start + 4 :]
    moved = [
        c._replace(start=c.start + 4 * (c.start > chunk.start), packed=c.packed + 4 * (c == chunk))
        for c in chunks_of(path)
    ]
    path.write_bytes(lying)
    (seen,) = (c for c in with_pages(path, moved) if c.name == "x")
    assert seen.size == 2**31 - 1


def test_equal_values_of_a_wide_fixed_width_are_refused(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    wide = pa.DictionaryArray.from_arrays(
        np.zeros(6_000, np.int32), pa.array([b"a" * 20_000], pa.binary(20_000))
    )
    columns = {name: np.zeros(6_000) for name in ("id", "x", "y", "everyone")}
    parquet.write_table(pa.table({**columns, "much": wide}), folder / "places.parquet")
    assert "MB more than their numbers need" in one_fault(folder)


def test_an_index_that_pandas_wrote_is_a_column_like_others(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    frame = pd.DataFrame({"id": ["a"], "x": [0.0], "y": [0.0], "everyone": [1.0]})
    frame.set_index("id").to_parquet(folder / "places.parquet")
    assert faults(folder) == []


# ------------------------------------------------------------------------------------------ xlsx


def workbook(folder, rows, *, part="worksheets/sheet1.xml", before="", **more):
    """A workbook written by hand, of one sheet with `rows` and further parts."""
    with_places(folder, "places.xlsx")
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    names = {
        "workbook.xml": "sheet.main",
        part: "worksheet",
        **{f"{word}.xml": word for word in more},
    }
    types = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{kinds}{kind}+xml"/>'
        for name, kind in names.items()
    )
    sheet = f'{before}<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": _relation(f"{OFFICE}/officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relation(f"{OFFICE}/worksheet", part),
        f"xl/{part}": sheet,
        **{f"xl/{word}.xml": text for word, text in more.items()},
    }
    with zipfile.ZipFile(folder / "places.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return folder


def _relation(kind, target):
    one = f'<Relationship Id="r1" Type="{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'


def rows_of(*rows):
    return "".join(f'<row r="{k}">{cells}</row>' for k, cells in enumerate(rows, start=1))


def test_a_workbook_written_by_hand_is_read(tmp_path):
    assert faults(workbook(tmp_path, rows_of(HEAD, ROW))) == []


@pytest.mark.usefixtures("at_once")
def test_a_row_whose_number_no_sheet_has_is_refused(tmp_path):
    rows = rows_of(HEAD, ROW).replace('<row r="2">', '<row r="2000000000">')
    assert "more rows than the 1,048,576" in one_fault(workbook(tmp_path, rows))


@pytest.mark.usefixtures("at_once")
def test_rows_of_two_cells_far_apart_are_refused(tmp_path):
    far = '<c r="A{0}"><v>1</v></c><c r="ZZZ{0}"><v>1</v></c>'
    rows = rows_of(HEAD, *(far.format(k) for k in range(2, 4_000)))
    assert "cells, which no table of places needs" in one_fault(workbook(tmp_path, rows))


@pytest.mark.usefixtures("at_once")
def test_a_row_of_very_many_cells_is_refused_before_it_is_parsed(tmp_path):
    folder = workbook(tmp_path, rows_of("<c/>" * 600_000))
    assert "xl/worksheets/sheet1.xml" in one_fault(folder)
    assert "more than 500,000 elements" in one_fault(folder)


@pytest.mark.usefixtures("at_once")
def test_very_many_styles_are_refused_before_they_are_parsed(tmp_path):
    styles = (
        f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs>{"<xf/>" * 600_000}</cellXfs></styleSheet>'
    )
    folder = workbook(tmp_path, rows_of(HEAD, ROW), styles=styles)
    assert "more than 500,000 elements" in one_fault(folder)


@pytest.mark.parametrize(
    "declared", ["<!DOCTYPE a [<!ENTITY b 'c'>]>", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]>']
)
def test_entities_in_a_part_that_is_not_called_xml_are_refused(tmp_path, declared):
    folder = workbook(tmp_path, rows_of(HEAD, ROW), part="worksheets/sheet1.dat", before=declared)
    assert "document type" in one_fault(folder)


def test_utf_16_without_its_mark_is_not_plain():
    text = "<?xml version='1.0' encoding='UTF-16LE'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
    assert not plain_xml(text.encode("utf-16-le"))


# ------------------------------------------------------------------------------------------ plan


@pytest.mark.parametrize("content", ["[" * 100_000, '{"software": 5}', '{"software": "siting"}'])
def test_a_folder_with_another_plan_json_is_not_ours(tmp_path, content):
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "plan.json").write_text(content)
    with pytest.raises(InputError):
        check_output(tmp_path / "plan", None)


@pytest.mark.parametrize("header", ["{'descr': '''x", "{'descr': (", "{'shape': (1,), 'descr'"])
def test_an_array_whose_header_ends_in_the_middle_is_no_certificate(tmp_path, header):
    padded = (header + " " * 40).encode() + b"\n"
    array = b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded
    with zipfile.ZipFile(tmp_path / "certificate.npz", "w") as archive:
        archive.writestr("coverage/need.npy", array)
    with pytest.raises(InputError, match=r"certificate\.npz"):
        read_certificate(tmp_path / "certificate.npz")


def test_a_path_of_the_city_that_no_system_follows_is_no_city(tmp_path):
    inputs = SimpleNamespace(city_path="a" * 5_000, city_path_absolute="/" + "b" * 5_000)
    with pytest.raises(InputError):
        find_city(tmp_path, inputs, None)


def test_a_long_word_in_a_sentence_is_cut():
    notice = Notice("city.not_json", file="a", values={"detail": "x" * 100_000})
    assert len(notice.line()) < 5_000
