from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from city_folder import CONFIG, PLACES, faults, remark_keys, write_city

from siting.city.read import read_city
from siting.city.table_excel import plain_xml

PLAIN = pd.read_csv(io.StringIO(PLACES))
CHINESE = "编号,经度,纬度,社区,总人口\n甲,0,0,北里,100\n乙,300,0,北里,50\n丙,0,900,南里,10.5\n"
CHINESE_CONFIG = """
[city]
name = "示例市"
[places]
file = "places.csv"
columns = { id = "编号", x = "经度", y = "纬度", community = "社区", everyone = "总人口" }
"""


def one_fault(folder):
    (line,) = faults(folder)
    return line


def with_places(tmp_path, name, more=""):
    """A city whose places stand in the file `name`."""
    text = CONFIG.replace('"places.csv"', f'"{name}"\n{more}')
    return write_city(tmp_path, city=text)


def points():
    return gpd.GeoDataFrame(
        PLAIN.drop(columns=["x", "y"]), geometry=gpd.points_from_xy(PLAIN.x, PLAIN.y)
    )


def save_excel(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def write_as(path):
    suffix = path.suffix
    if suffix == ".xlsx":
        save_excel(path, [list(PLAIN.columns), *PLAIN.values.tolist()])
    elif suffix == ".parquet":
        PLAIN.to_parquet(path)
    elif suffix == ".geoparquet":
        points().to_parquet(path)
    elif suffix == ".gpkg":
        points().to_file(path, layer="places")
    elif suffix == ".shp":
        points().to_file(path, encoding="utf-8")
    else:
        points().to_file(path, driver="GeoJSON")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    "suffix", [".xlsx", ".parquet", ".geoparquet", ".gpkg", ".geojson", ".json", ".shp"]
)
def test_every_format_gives_the_same_places(tmp_path, suffix):
    expected = read_city(write_city(tmp_path / "csv")).places
    folder = with_places(tmp_path / "other", f"places{suffix}", 'crs = "EPSG:32650"')
    write_as(folder / f"places{suffix}")
    found = read_city(folder).places
    assert found.id.tolist() == expected.id.tolist()
    assert found.x.tolist() == expected.x.tolist()
    assert found.y.tolist() == expected.y.tolist()
    assert found.community.tolist() == expected.community.tolist()
    assert found.residents["everyone"].tolist() == expected.residents["everyone"].tolist()


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp", ".geoparquet"])
def test_geometry_in_no_system_is_plain_metres(tmp_path, suffix):
    folder = with_places(tmp_path, f"places{suffix}")
    write_as(folder / f"places{suffix}")
    city = read_city(folder)
    assert city.metric_crs is None
    assert city.places.x.tolist() == [0.0, 300.0, 0.0]


@pytest.mark.parametrize("cell", [pd.Timestamp("2024-05-01"), True, "五十"])
def test_other_cells_of_excel_are_no_numbers(tmp_path, cell):
    folder = with_places(tmp_path, "places.xlsx")
    save_excel(folder / "places.xlsx", [["id", "x", "y", "everyone"], [1, 0, 0, cell]])
    dated = isinstance(cell, pd.Timestamp)
    said = "this is a date" if dated else "text where a number is needed"
    assert said in one_fault(folder)


def test_dates_and_text_in_parquet_are_no_numbers_but_decimals_are(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    frame = PLAIN.assign(everyone=pd.Timestamp("2024-05-01"))
    frame.to_parquet(folder / "places.parquet")
    assert len(faults(folder)) == 3
    PLAIN.assign(everyone=[Decimal("1.5"), Decimal(2), None]).to_parquet(folder / "places.parquet")
    assert "row 4, column everyone: the cell is empty" in one_fault(folder)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encoding_of_a_csv_is_found_out(tmp_path, encoding):
    folder = write_city(tmp_path, city=CHINESE_CONFIG, places=CHINESE.encode(encoding))
    city = read_city(folder)
    assert city.places.id.tolist() == ["甲", "乙", "丙"]
    assert city.communities == ("北里", "南里")
    assert ("city.gb18030" in remark_keys(folder)) == (encoding == "gb18030")


def test_stated_encoding_is_used_strictly(tmp_path):
    text = CHINESE_CONFIG + 'encoding = "GBK"\n'
    assert faults(write_city(tmp_path, city=text, places=CHINESE.encode("gbk"))) == []
    wrong = CHINESE_CONFIG + 'encoding = "utf-8"\n'
    folder = write_city(tmp_path, city=wrong, places=CHINESE.encode("gbk"))
    assert "is not utf-8" in one_fault(folder)


@pytest.mark.parametrize("content", [b"id,x\n\xff\xff\xff\n", "id,x\n1,2\n".encode("utf-16-le")])
def test_text_in_no_known_encoding_is_a_fault(tmp_path, content):
    assert "neither UTF-8 nor GB18030" in one_fault(write_city(tmp_path, places=content))


@pytest.mark.parametrize(
    "content",
    [
        PLACES.replace("\n", "\r\n"),
        PLACES.replace("\n", "\r"),
        PLACES + "\n\n",
        PLACES.replace("p2", "\np2"),
        PLACES.replace("North", '"North"'),
        PLACES.rstrip("\n"),
        PLACES + ",,,,\n",
        PLACES.replace("id,x", " id , x"),
    ],
)
def test_csv_may_be_written_in_other_ways(tmp_path, content):
    city = read_city(write_city(tmp_path, places=content.encode()))
    assert city.places.id.tolist() == ["p1", "p2", "p3"]
    assert city.places.residents["everyone"].tolist() == [100.0, 50.0, 10.5]


def test_row_numbers_count_blank_lines_and_quoted_line_ends(tmp_path):
    text = 'id,x,y,everyone\n"p\n1",0,0,1\n\np2,0,0,-7\n'
    assert "places.csv, row 4, column everyone" in one_fault(write_city(tmp_path, places=text))


@pytest.mark.parametrize("row", ["p2,300,0,North", "p2,300,0,North,50,extra"])
def test_row_of_another_width_is_a_fault(tmp_path, row):
    text = PLACES.replace("p2,300,0,North,50", row)
    line = one_fault(write_city(tmp_path, places=text))
    assert "row 3" in line
    assert "the header has 5" in line


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("id,x,y,community,everybody", "did you mean everybody?"),
        ("id,x,y,community,zzz", "the columns are id, x, y, community, zzz"),
        ("id,x,yy,community,everyone", "column y"),
    ],
)
def test_missing_column_suggests_the_nearest(tmp_path, header, said):
    text = PLACES.replace("id,x,y,community,everyone", header)
    assert said in one_fault(write_city(tmp_path, places=text))


def test_mapped_column_that_is_absent_suggests_the_nearest(tmp_path):
    text = CHINESE_CONFIG.replace('"总人口"', '"总人囗"')
    line = one_fault(write_city(tmp_path, city=text, places=CHINESE))
    assert "column 总人囗" in line
    assert "did you mean 总人口?" in line


def test_mapping_of_an_unknown_canonical_name_is_a_fault(tmp_path):
    text = CONFIG.replace('"spaces.csv"', '"spaces.csv"\ncolumns = { aera_m2 = "area_m2" }')
    assert "did you mean area_m2?" in one_fault(write_city(tmp_path, city=text))


def test_further_mapped_columns_of_places_are_groups(tmp_path):
    text = CONFIG.replace('"places.csv"', '"places.csv"\ncolumns = { commuters = "c" }')
    places = "id,x,y,everyone,c,aged_0_3,other\np1,0,0,5,2,1,x\np2,9,9,5,,1,x\n"
    residents = read_city(write_city(tmp_path, city=text, places=places)).places.residents
    assert {group: n.tolist() for group, n in residents.items()} == {
        "everyone": [5.0, 5.0],
        "commuters": [2.0, 0.0],
        "aged_0_3": [1.0, 1.0],
    }


def test_column_name_that_stands_twice_is_a_fault(tmp_path):
    text = "id,x,y,everyone,everyone\np1,0,0,5,5\n"
    assert "two columns have this name" in one_fault(write_city(tmp_path, places=text))


def test_empty_files_and_tables_are_faults_but_no_spaces_are_legal(tmp_path):
    assert "0 bytes" in one_fault(write_city(tmp_path / "a", places=b""))
    header = "id,x,y,everyone\n"
    assert "no records" in one_fault(write_city(tmp_path / "b", places=header))
    folder = write_city(
        tmp_path / "c", spaces="id,x,y,area_m2,rent_m2_month\n", outlets="id,x,y,type\n"
    )
    assert {"city.no_spaces", "city.no_outlets"} <= remark_keys(folder)
    assert len(read_city(folder).spaces) == len(read_city(folder).outlets) == 0


def test_truncated_parquet_is_a_fault(tmp_path):
    folder = with_places(tmp_path, "places.parquet")
    write_as(folder / "places.parquet")
    whole = (folder / "places.parquet").read_bytes()
    (folder / "places.parquet").write_bytes(whole[: len(whole) // 2])
    assert "damaged or no Parquet" in one_fault(folder)


@pytest.mark.parametrize(
    "suffix", [".parquet", ".geoparquet", ".xlsx", ".gpkg", ".geojson", ".shp"]
)
@pytest.mark.parametrize("content", [b"x", b"<OGRVRTDataSource/>", b"PAR1", b"{", b"PK\x03\x04"])
def test_rubbish_in_any_format_is_one_fault(tmp_path, suffix, content):
    folder = with_places(tmp_path, f"places{suffix}")
    (folder / f"places{suffix}").write_bytes(content)
    (folder / "places.shx").write_bytes(content)
    assert one_fault(folder).startswith(f"places{suffix}: ")


@pytest.mark.parametrize(("name", "said"), [("p.xls", "save it as .xlsx"), ("p.mdb", ".gpkg")])
def test_other_formats_are_refused_with_the_mend(tmp_path, name, said):
    folder = with_places(tmp_path, name)
    (folder / name).write_bytes(b"x")
    assert said in one_fault(folder)


def test_excel_rows_are_counted_and_blank_ones_left_out(tmp_path):
    folder = with_places(tmp_path, "places.xlsx")
    head = list(PLAIN.columns)
    rows = [head, [1, 0, 0, "A", 5], [None] * 5, [2.0, 9, 9, "A", "many"], [None, " "], [None] * 5]
    save_excel(folder / "places.xlsx", rows)
    line = one_fault(folder)
    assert line.startswith("places.xlsx, row 4, column everyone, value 'many'")
    rows[3][4] = 6
    save_excel(folder / "places.xlsx", rows)
    assert read_city(folder).places.id.tolist() == ["1", "2"]


def test_excel_sheet_is_chosen_by_name(tmp_path):
    folder = with_places(tmp_path, "places.xlsx", 'sheet = "Homes"')
    book = openpyxl.Workbook()
    page = book.create_sheet("Homes")
    for row in [list(PLAIN.columns), *PLAIN.values.tolist()]:
        page.append(row)
    book.save(folder / "places.xlsx")
    assert len(read_city(folder).places) == 3
    text = (folder / "city.toml").read_text().replace("Homes", "Houses")
    (folder / "city.toml").write_text(text)
    assert "the sheets are Sheet, Homes" in one_fault(folder)


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    folder = with_places(tmp_path, "places.xlsx")
    with zipfile.ZipFile(folder / "places.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    assert "would unpack to 30 MB" in one_fault(folder)


def test_workbook_of_very_many_parts_is_refused(tmp_path):
    folder = with_places(tmp_path, "places.xlsx")
    with zipfile.ZipFile(folder / "places.xlsx", "w") as archive:
        for i in range(2_001):
            archive.writestr(f"{i}", b"")
    assert "2001 parts" in one_fault(folder)


@pytest.mark.parametrize(
    ("document", "plain"),
    [
        (b"<a/>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <!DOCTYPE x> --><a/>", True),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", False),
        (b"<!-- never closed <a>", False),
        ("<?xml version='1.0'?><a/>".encode("utf-16"), False),
    ],
)
def test_xml_with_a_document_type_is_not_plain(document, plain):
    assert plain_xml(document) is plain


def test_workbook_with_entities_is_refused(tmp_path):
    folder = with_places(tmp_path, "places.xlsx")
    with zipfile.ZipFile(folder / "places.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    assert "document type" in one_fault(folder)


def test_layer_must_be_stated_where_there_are_several(tmp_path):
    folder = with_places(tmp_path, "places.gpkg")
    frame = points().set_crs("EPSG:32650")
    for layer in ("homes", "gates"):
        frame.to_file(folder / "places.gpkg", layer=layer)
    assert "several layers (homes, gates)" in one_fault(folder)
    text = (folder / "city.toml").read_text().replace('gpkg"', 'gpkg"\nlayer = "gates"')
    (folder / "city.toml").write_text(text)
    assert faults(folder) == []


def test_shapefile_text_in_gb18030_is_read_without_a_code_page_file(tmp_path):
    folder = with_places(tmp_path, "places.shp")
    frame = points().set_crs("EPSG:32650").assign(community="北里")
    frame.to_file(folder / "places.shp", encoding="gb18030")
    (folder / "places.cpg").unlink()
    assert read_city(folder).communities == ("北里",)
    assert "city.gb18030" in remark_keys(folder)


def test_areas_count_by_a_point_inside(tmp_path):
    folder = with_places(tmp_path, "places.gpkg")
    frame = points().set_crs("EPSG:32650")
    frame.geometry = frame.buffer(10)
    frame.to_file(folder / "places.gpkg")
    city = read_city(folder)
    assert city.places.x.tolist() == pytest.approx([0.0, 300.0, 0.0], abs=10)
    assert "city.not_points" in {n.key for n in city.remarks}


def test_record_without_geometry_is_a_fault(tmp_path):
    folder = with_places(tmp_path, "places.gpkg")
    frame = points().set_crs("EPSG:32650")
    frame.loc[1, "geometry"] = None
    frame.to_file(folder / "places.gpkg")
    assert one_fault(folder).startswith("places.gpkg, row 3: the record has no position")
