"""`siting new --from`: what is recognised in tables as offices have them, and what is said."""

from __future__ import annotations

import json
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from cli_fakes import say
from new_tables import config, write_messy
from shapely.geometry import LineString, Point, box

from siting import api
from siting.errors import InputError


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    base = tmp_path_factory.mktemp("messy")
    raw = write_messy(base / "raw")
    before = {p.name: p.read_bytes() for p in raw.iterdir()}
    made = api.new(base / "示例市", [raw], lang="zh")
    assert {p.name: p.read_bytes() for p in raw.iterdir()} == before
    return base / "示例市", made


def keys(made, file=""):
    return {n.key for n in made.remarks if file in (n.file or "")}


def test_messy_tables_become_a_city_that_reads_without_a_fault(messy):
    city, faults, _ = api.check_city(messy[0])
    assert faults == ()
    assert city.name == "示例市"
    assert city.places.id.tolist() == ["X01", "X02", "X03"]
    assert city.places.residents["everyone"].tolist() == [1100.0, 800.0, 1300.0]
    assert city.places.residents["aged_60_plus"].tolist() == [220.0, 160.0, 260.0]
    assert city.places.residents["aged_0_3"].tolist() == [30.0, 20.0, 33.0]
    assert city.communities == ("阳光社区", "和平社区")
    assert city.spaces.area_m2.tolist() == [180.0, 60.0, 420.0]
    month = [float(Fraction(d) * 365 / 12) for d in ("2.5", "0", "1.2")]
    assert city.spaces.rent_m2_month.tolist() == month
    assert city.spaces.kind.tolist() == ["shop", "shed", "plant"]
    assert city.spaces.floor.tolist() == [1, 1, 2]
    assert city.spaces.address.tolist() == ["和平路8号", "阳光社区", "建设街21号"]
    assert [set(f) for f in city.spaces.features] == [
        {"flue", "water", "power"},
        set(),
        {"water", "power", "loading"},
    ]
    assert city.outlets.id.tolist() == ["小王便利", "早点铺", "同仁药房", "快剪"]
    assert city.outlets.types.tolist() == [
        ("convenience_store",),
        ("breakfast_shop", "convenience_store"),
        ("pharmacy",),
        ("hairdresser",),
    ]


def test_only_the_tables_that_count_are_copied(messy):
    names = {p.name for p in messy[0].iterdir()}
    assert names == {"city.toml", "scenario.toml", "小区人口.csv", "台账.xlsx"}
    assert set(messy[1].files) == names
    assert messy[1].blank == ()


def test_every_guess_is_remarked_and_stands_in_the_file(messy):
    folder, made = messy
    assert keys(made, "小区人口.csv") == {
        "new.taken_as",
        "city.gb18030",
        "new.unused",
        "new.crs_named",
        "new.people_also",
        "new.id_names",
    }
    assert keys(made, "闲置房产台账") == {
        "new.taken_as",
        "new.heading",
        "new.unused",
        "new.crs_named",
        "new.rent",
        "new.area_also",
        "new.kinds_known",
        "new.features_known",
    }
    assert keys(made, "现状网点") == {
        "new.taken_as",
        "new.unused",
        "new.community",
        "new.crs_like_others",
        "new.types_known",
        "new.types_alike",
        "new.types_unknown",
        "new.id_name",
    }
    assert keys(made, "台账.xlsx") - keys(made, "[") == {"new.notes", "new.empty_sheets"}
    text = "".join((folder / "city.toml").read_text("utf-8").split()).replace("#", "")
    for notice in made.remarks:
        assert "".join(notice.line("zh").split()) in text


def test_what_was_not_recognised_waits_as_a_comment(messy):
    text = (messy[0] / "city.toml").read_text("utf-8")
    assert '# "五金店" = ""  # 1' in text
    assert "五金店" not in config(messy[0])["outlets"]["types"]


def test_the_sheet_and_the_row_of_the_heading_are_stated(messy):
    said = config(messy[0])
    assert said["spaces"]["sheet"] == "闲置房产台账"
    assert said["spaces"]["header_row"] == 3
    assert "header_row" not in said["outlets"]
    assert said["city"]["crs"] == "GCJ-02"
    assert "crs" not in said["outlets"]


def write(folder, **tables):
    folder.mkdir(exist_ok=True)
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


PLACES = pd.DataFrame(
    {"小区": ["甲", "乙"], "人口": [100, 200], "经度": [116.3, 116.31], "纬度": [39.9, 39.91]}
)
SPACES = pd.DataFrame(
    {
        "编号": [1, 2],
        "面积": [80, 100],
        "月租金": [30, 40],
        "经度": [116.3, 116.31],
        "纬度": [39.9, 39.91],
    }
)


def test_households_are_multiplied_and_said(tmp_path):
    raw = write(tmp_path / "raw", 小区=PLACES.rename(columns={"人口": "户数"}))
    made = api.new(tmp_path / "city", [raw])
    assert "new.households" in keys(made)
    assert config(tmp_path / "city")["places"]["units"] == {"everyone": 2.62}
    said = (tmp_path / "city" / "city.toml").read_text("utf-8").splitlines()
    assert any(line.startswith("#") and "2.62" in line for line in said)
    city = api.read_city(tmp_path / "city")
    assert city.places.residents["everyone"].tolist() == [262.0, 524.0]


def test_registered_residents_and_shares_are_not_taken_silently(tmp_path):
    frame = PLACES.rename(columns={"人口": "户籍人口"}).assign(**{"老年人口占比": [0.2, 0.3]})
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", 小区=frame)])
    assert {"new.registered", "new.share"} <= keys(made)
    assert config(tmp_path / "city")["places"]["units"] == {"aged_60_plus": "占比"}


@pytest.mark.parametrize(
    ("heading", "values", "unit"),
    [
        ("60岁以上占比", [0.2, 0.25], "占比"),
        ("60岁以上占比(%)", [20, 25], "百分比"),
        ("60岁以上占比(%)", [0.2, 0.25], "占比"),
        ("60岁及以上人口比例", ["20%", "25%"], "百分比"),
        ("60岁以上%", [20, 25], "百分比"),
        ("60岁以上 / 占比", [20, 25], "百分比"),
        ("60岁以上", ["20%", "25%"], "百分比"),
        ("share aged 60+", [0.2, 0.25], "占比"),
    ],
)
def test_shares_of_a_group_are_multiplied_by_all_residents_and_said(
    tmp_path, heading, values, unit
):
    raw = write(tmp_path / "raw", 小区=PLACES.assign(**{heading: values}))
    made = api.new(tmp_path / "city", [raw])
    assert "new.share" in keys(made)
    assert config(tmp_path / "city")["places"]["units"] == {"aged_60_plus": unit}
    _, wrong, said = api.check_city(tmp_path / "city")
    assert wrong == ()
    assert not {"city.like_shares", "city.heading_unit"} & {n.key for n in said}
    city = api.read_city(tmp_path / "city")
    assert city.places.residents["aged_60_plus"].tolist() == [20.0, 50.0]


@pytest.mark.parametrize("heading", ["老年人入住率(%)", "老年人密度", "老年人人均收入占比"])
def test_other_rates_of_a_group_are_no_shares_of_all_residents(tmp_path, heading):
    raw = write(tmp_path / "raw", 小区=PLACES.assign(**{heading: [0.2, 0.25]}))
    made = api.new(tmp_path / "city", [raw])
    assert "aged_60_plus" not in config(tmp_path / "city")["places"]["columns"]
    assert "new.unused" in keys(made)


def test_a_group_that_is_counted_does_not_need_its_share(tmp_path):
    more = {"60岁以上占比": [0.2, 0.25], "60岁以上人数": [20, 50]}
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", 小区=PLACES.assign(**more))])
    assert config(tmp_path / "city")["places"]["columns"]["aged_60_plus"] == "60岁以上人数"
    assert "new.share" not in keys(made)


def test_columns_under_the_names_of_siting_are_not_said_to_be_unused(tmp_path):
    own = PLACES.rename(columns={"小区": "id", "人口": "everyone", "经度": "x", "纬度": "y"})
    own = own.assign(aged_60_plus=[20, 50], aged_0_3=[1, 2], name=["a", "b"])
    shops = PLACES.rename(columns={"人口": "type", "小区": "网点编号"}).assign(
        type="药店", chain=["yes", "maybe"]
    )
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", places=own, 网点=shops)])
    unused = [n for n in made.remarks if n.key == "new.unused"]
    assert [n.values["unused"] for n in unused] == ["name"]
    assert "new.chain" not in keys(made)
    assert [n.key for n in api.check_city(tmp_path / "city")[1]] == ["city.chain"]


@pytest.mark.parametrize("at", [0, 2, 4])
@pytest.mark.parametrize(
    ("x", "y", "crs"), [(116.3, 39.9, "EPSG:4490"), (38501000.0, 3.4e6, "EPSG:4526")]
)
def test_one_row_with_x_and_y_exchanged_does_not_decide_the_system(tmp_path, at, x, y, crs):
    rows = [[f"P{i}", 100, x + i / 1000, y + i / 1000] for i in range(5)]
    rows[at][2:] = rows[at][:1:-1]
    frame = pd.DataFrame(rows, columns=["小区", "人口", "经度", "纬度"])
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", 小区=frame)])
    assert config(tmp_path / "city")["city"]["crs"] == crs
    (odd,) = [n for n in made.remarks if n.key == "new.turned_row"]
    assert (odd.row, odd.value) == (at + 2, f"P{at}")


@pytest.mark.parametrize(
    ("heading", "values", "unit", "key"),
    [
        ("月租金（元/㎡·月）", [30, 40], None, None),
        ("月租金", [30, 40], None, "new.rent_guess"),
        ("月租金（元）", [3000, 4000], "元/月", "new.rent_guess"),
        ("日租金（元/平方米/天）", [1.5, 2], "元/㎡/天", "new.rent"),
        ("年租金(万元)", [3.6, 4.8], "万元/年", "new.rent_guess"),
        ("租金(元/㎡)", [30, 40], None, "new.rent_guess"),
        ("租金单价_元/㎡·年", [360, 480], "元/㎡/年", "new.rent"),
        ("rent (yuan/m2/day)", [1, 2], "元/㎡/天", "new.rent"),
    ],
)
def test_the_unit_of_a_rent_is_found_or_guessed_aloud(tmp_path, heading, values, unit, key):
    frame = SPACES.rename(columns={"月租金": heading}).assign(**{heading: values})
    raw = write(tmp_path / "raw", 闲置空间=frame, 小区=PLACES)
    made = api.new(tmp_path / "city", [raw])
    units = config(tmp_path / "city")["spaces"].get("units", {})
    assert units.get("rent_m2_month") == unit
    assert {k for k in keys(made) if k.startswith("new.rent")} == ({key} if key else set())
    assert api.check_city(tmp_path / "city")[1] == ()


@pytest.mark.parametrize(
    ("heading", "unit", "keys_of"),
    [
        ("Floor area (sq ft)", "平方英尺", {"new.unit"}),
        ("面积（平方英尺）", "平方英尺", {"new.unit"}),
        ("面积（单位：公顷）", "公顷", {"new.unit"}),
        ("面积（㎡，必填）", None, set()),
        ("面积（间）", None, {"new.unread_unit"}),
        ("面积（亩，含院落）", "亩", {"new.unit", "new.unread_unit"}),
        ("面积（坪）", None, {"new.foreign", "new.missing_area_m2"}),
    ],
)
def test_the_unit_of_an_area_is_converted_or_remarked(tmp_path, heading, unit, keys_of):
    frame = SPACES.rename(columns={"面积": heading})
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", 闲置空间=frame, 小区=PLACES)])
    assert config(tmp_path / "city")["spaces"].get("units", {}).get("area_m2") == unit
    heard = {k for k in keys(made) if k.endswith(("unit", "foreign", "missing_area_m2"))}
    assert heard == keys_of


def test_a_rent_in_another_currency_is_not_used_and_said_to_be_so(tmp_path):
    frame = SPACES.rename(columns={"月租金": "月租金（美元/平方米）"})
    raw = write(tmp_path / "raw", 闲置空间=frame, 小区=PLACES)
    made = api.new(tmp_path / "city", [raw])
    assert {"new.foreign", "new.missing_rent_m2_month"} <= set(keys(made))
    assert not any(k.startswith("new.rent") for k in keys(made))
    assert "rent_m2_month" not in config(tmp_path / "city")["spaces"]["columns"]
    both = frame.assign(租金=[30] * len(frame))
    api.new(tmp_path / "both", [write(tmp_path / "raw2", 闲置空间=both, 小区=PLACES)])
    assert config(tmp_path / "both")["spaces"]["columns"]["rent_m2_month"] == "租金"


def test_common_english_headings_are_recognised(tmp_path):
    names = {"编号": "Property ID", "类型": "Current use"}
    frame = SPACES.rename(columns=names)
    assert "Property ID" in frame
    api.new(tmp_path / "city", [write(tmp_path / "raw", 闲置空间=frame, 小区=PLACES)])
    assert config(tmp_path / "city")["spaces"]["columns"]["id"] == "Property ID"


def test_units_are_written_in_the_language_and_read_in_both(tmp_path):
    frame = SPACES.rename(columns={"月租金": "年租金（万元）", "面积": "面积(亩)"})
    raw = write(tmp_path / "raw", 闲置空间=frame, 小区=PLACES)
    cities = []
    for lang in ("zh", "en"):
        api.new(tmp_path / lang, [raw], lang=lang)
        cities.append(api.read_city(tmp_path / lang).spaces)
    said = config(tmp_path / "en")["spaces"]["units"]
    assert said == {"area_m2": "mu", "rent_m2_month": "10k yuan/year"}
    assert cities[0].rent_m2_month.tolist() == cities[1].rent_m2_month.tolist()
    area = float(Fraction(80 * 2000, 3))
    assert cities[0].area_m2[0] == area
    exact = Fraction(30 * 10_000, 12) / Fraction(repr(area))
    assert cities[0].rent_m2_month[0] == float(exact)


def shifted(x, y):
    return PLACES.assign(经度=x, 纬度=y)


@pytest.mark.parametrize(
    ("x", "y", "name", "crs", "key"),
    [
        ([116.3, 116.31], [39.9, 39.91], "小区", "EPSG:4490", "new.crs_degrees_china"),
        ([116.3, 116.31], [39.9, 39.91], "小区_百度", "BD-09", "new.crs_named"),
        ([116.3, 116.31], [39.9, 39.91], "小区_wgs84", "EPSG:4326", "new.crs_named"),
        ([-123.1, -123.11], [49.2, 49.21], "小区", "EPSG:4326", "new.crs_degrees"),
        ([501000.0, 502000.0], [3400000.0, 3401000.0], "小区", None, "new.crs_no_meridian"),
        ([501000.0, 502000.0], [3400000.0, 3401000.0], "小区_CM114", "EPSG:4547", "new.crs_named"),
        ([38501000.0, 38502000.0], [3.4e6, 3.41e6], "小区", "EPSG:4526", "new.crs_zone"),
        ([20501000.0, 20502000.0], [3.4e6, 3.41e6], "小区", "EPSG:4498", "new.crs_zone"),
        ([12946000.0, 12947000.0], [4.85e6, 4.851e6], "小区", "EPSG:3857", "new.crs_mercator"),
        ([0.0, 800.0], [0.0, 900.0], "小区", None, "new.crs_metres"),
    ],
)
def test_the_coordinate_system_is_guessed_by_words_and_ranges(tmp_path, x, y, name, crs, key):
    raw = write(tmp_path / "raw", **{name: shifted(x, y)})
    made = api.new(tmp_path / "city", [raw])
    assert config(tmp_path / "city")["city"].get("crs") == crs
    assert {k for k in keys(made) if ".crs" in k} == {key}
    assert api.check_city(tmp_path / "city")[1] == ()


@pytest.mark.parametrize(
    ("x", "y"),
    [([39.9, 39.91], [116.3, 116.31]), ([3400000.0, 3401000.0], [501000.0, 502000.0])],
)
def test_exchanged_coordinates_are_exchanged_back_aloud(tmp_path, x, y):
    frame = shifted(x, y).rename(columns={"经度": "X", "纬度": "Y"})
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", 小区=frame)])
    assert "new.swapped" in keys(made)
    said = config(tmp_path / "city")["places"]["columns"]
    assert (said["x"], said["y"]) == ("Y", "X")


def test_zones_and_meridians_are_those_of_the_register():
    import pyproj

    for zone, code in ((25, 4513), (38, 4526), (45, 4533)):
        assert pyproj.CRS.from_epsg(code).name.endswith(f"zone {zone}")
    for zone, code in ((13, 4491), (20, 4498), (23, 4501)):
        assert pyproj.CRS.from_epsg(code).name.endswith(f"zone {zone}")
    for meridian in (75, 114, 135):
        code = 4534 + (meridian - 75) // 3
        assert pyproj.CRS.from_epsg(code).name.endswith(f"CM {meridian}E")


def test_every_format_is_looked_at(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    at = [Point(116.3, 39.9), Point(116.31, 39.91)]
    places = gpd.GeoDataFrame(PLACES[["小区", "人口"]], geometry=at, crs=4326)
    places.to_file(raw / "places.geojson")
    areas = gpd.GeoDataFrame(
        {"社区名称": ["东", "西"]},
        geometry=[box(116.305, 39.8, 116.4, 40), box(116.2, 39.8, 116.305, 40)],
        crs=4326,
    )
    areas.to_file(raw / "底图.gpkg", layer="社区边界")
    lines = gpd.GeoDataFrame(
        {"osm_id": [1]}, geometry=[LineString([(116.3, 39.9), (116.31, 39.91)])], crs=4326
    )
    lines.to_file(raw / "底图.gpkg", layer="道路")
    outlets = gpd.GeoDataFrame({"类别": ["超市", "菜场"]}, geometry=at, crs=4326)
    outlets.assign(名称=["家家", "早市"]).to_file(raw / "网点.shp", encoding="gb18030")
    SPACES.to_parquet(raw / "闲置.parquet")
    made = api.new(tmp_path / "city", [raw])
    assert made.blank == ()
    city, faults, _ = api.check_city(tmp_path / "city")
    assert faults == ()
    assert city.communities == ("东", "西")
    assert city.streets is not None
    assert len(city.outlets) == len(city.spaces) == 2
    said = config(tmp_path / "city")
    assert said["communities"]["layer"] == "社区边界"
    assert said["streets"]["layer"] == "道路"
    assert {p.suffix for p in (tmp_path / "city").iterdir()} >= {".shp", ".dbf", ".shx"}


def test_street_maps_beside_shifted_tables_are_said_to_be_true(tmp_path):
    raw = write(tmp_path / "raw", 小区_高德=PLACES)
    lines = gpd.GeoDataFrame(
        {"osm_id": [1]}, geometry=[LineString([(116.3, 39.9), (116.31, 39.91)])], crs=4326
    )
    lines.to_file(raw / "roads.gpkg")
    made = api.new(tmp_path / "city", [raw])
    assert config(tmp_path / "city")["streets"]["crs"] == "EPSG:4326"
    assert "new.own_true" in keys(made, "roads.gpkg")


def test_a_generated_city_is_recognised_whole(tmp_path):
    api.generate(tmp_path / "made", places=40, spaces=5, types=4, seed=2)
    made = api.new(tmp_path / "city", [tmp_path / "made"])
    assert made.blank == ()
    first, second = api.read_city(tmp_path / "made"), api.read_city(tmp_path / "city")
    assert second.outlets.types.tolist() == first.outlets.types.tolist()
    assert np.array_equal(second.spaces.capital_m2, first.spaces.capital_m2, equal_nan=True)
    assert second.places.residents.keys() == first.places.residents.keys()
    assert len(second.streets) == len(first.streets)


def test_a_table_that_is_missing_comes_as_a_template(tmp_path):
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", 小区=PLACES)], lang="zh")
    assert set(made.blank) == {"网点.xlsx", "闲置空间.xlsx"}
    _, faults, remarks = api.check_city(tmp_path / "city")
    assert faults == ()
    assert {"city.no_spaces", "city.no_outlets"} <= {n.key for n in remarks}


def test_what_is_required_and_missing_is_said_with_file_and_column(tmp_path, capsys):
    frames = {"小区": PLACES.drop(columns=["经度"]), "闲置空间": SPACES.drop(columns=["月租金"])}
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", **frames)], lang="zh")
    assert {"new.missing_x", "new.missing_rent_m2_month"} <= keys(made)
    text = (tmp_path / "city" / "city.toml").read_text("utf-8")
    assert any(line.startswith("#") and "租金列" in line for line in text.splitlines())
    said = say(capsys, "check", str(tmp_path / "city"), "--lang", "en")
    assert said.code == 2
    assert "小区.csv, column x" in said.out
    assert "闲置空间.csv, column rent_m2_month" in said.out


def test_doubles_sums_and_bad_ids_are_said(tmp_path):
    total = [{"小区": "合计", "人口": 300}]
    with_total = pd.DataFrame([*PLACES.to_dict("records"), *total], columns=PLACES.columns)
    twice = SPACES.assign(编号=["A", "A"], 名称=["前店", "后店"])
    frames = {"小区": with_total, "小区旧": PLACES, "闲置空间": twice}
    made = api.new(tmp_path / "city", [write(tmp_path / "raw", **frames)])
    assert {"new.skipped", "new.second", "new.id_other"} <= keys(made)
    assert config(tmp_path / "city")["spaces"]["columns"]["id"] == "名称"
    assert config(tmp_path / "city")["places"]["skip_rows"] == [4]
    assert len(api.read_city(tmp_path / "city").places) == 2


def test_files_of_one_name_do_not_meet(tmp_path):
    one = write(tmp_path / "one", 表=PLACES) / "表.csv"
    two = write(tmp_path / "two", 表=SPACES.assign(类型="商铺")) / "表.csv"
    made = api.new(tmp_path / "city", [one, two])
    assert {"表.csv", "表-2.csv"} <= set(made.files)
    assert api.check_city(tmp_path / "city")[1] == ()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", "一段话\n".encode()])
def test_nothing_recognised_is_refused_and_nothing_written(tmp_path, capsys, content):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "表.xlsx").write_bytes(content)
    (raw / "旧.xls").write_bytes(content)
    said = say(capsys, "new", str(tmp_path / "city"), "--from", str(raw), "--lang", "en")
    assert said.code == 2
    assert "no table" in said.err
    assert "旧.xls" in said.err
    assert [p.name for p in tmp_path.iterdir()] == ["raw"]


def test_a_path_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        api.new(tmp_path / "city", [tmp_path / "nowhere.csv"])
    assert list(tmp_path.iterdir()) == []


def test_tables_may_follow_one_another_on_the_command_line(tmp_path, capsys):
    raw = write(tmp_path / "raw", 小区=PLACES, 闲置空间=SPACES)
    files = [str(p) for p in sorted(raw.iterdir())]
    city = str(tmp_path / "city")
    said = say(capsys, "new", city, "--from", *files, "--json", "--lang", "en")
    assert said.code == 0
    record = json.loads(said.out)
    assert {"小区.csv", "闲置空间.csv"} < set(record["files"])
    assert record["remarks"]
    assert say(capsys, "new", str(tmp_path / "b"), files[0], "--lang", "en").code == 2


def test_no_sentence_stands_unused_and_none_is_missing():
    import re
    import tomllib
    from pathlib import Path

    import siting.new

    folder = Path(siting.new.__file__).parent
    source = "".join(p.read_text("utf-8") for p in folder.glob("*.py"))
    source += (folder.parent / "cli" / "new.py").read_text("utf-8")
    named = set(re.findall(r'"new\.([a-z_0-9]+)"', source))
    stems = set(re.findall(r'f"new\.([a-z_]*)\{', source))
    entries = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    built = {w for w in entries if any(s and w.startswith(s) for s in stems)}
    built |= {w for w in entries if w.endswith(("_known", "_alike", "_unknown"))}
    built |= {w for w in entries if w.startswith("explain_")}
    assert set(entries) - named - built == set()
    assert named - set(entries) == set()
    for forms in entries.values():
        assert set(forms) == {"en", "zh"}


def test_several_categories_in_one_cell_all_count():
    from siting.city.tables import object_column
    from siting.new.local import categories

    cells = np.array(
        [
            "社区养老服务站（日间照料中心）、助餐点",
            "共享客厅（自习室、工具箱）",
            "药店/彩票",
            "汽车维修",
        ],
        dtype=object,
    )
    found = categories(object_column("业态", cells))
    assert found.known == {
        "社区养老服务站（日间照料中心）、助餐点": ("elderly_station", "meal_point"),
        "共享客厅（自习室、工具箱）": ("shared_space",),
        "药店/彩票": ("pharmacy",),
    }
    assert found.unknown == {"汽车维修": 1}


def test_every_synonym_names_what_siting_has():
    from siting.city.layouts import OUTLETS, SPACES
    from siting.city.layouts import PLACES as PLACES_LAYOUT
    from siting.city.spaces import FEATURES
    from siting.new.headings import synonyms
    from siting.standard.catalogue import KINDS, load_catalogue

    listed = synonyms()
    assert set(listed["categories"]) <= {t.id for t in load_catalogue().types}
    assert set(listed["kinds"]) == set(KINDS)
    assert {f for words in listed["features"] for f in words.split(";")} == set(FEATURES)
    for role, layout in (("places", PLACES_LAYOUT), ("outlets", OUTLETS), ("spaces", SPACES)):
        assert set(listed["columns"][role]) - {"households"} <= set(layout.known())
    for words in listed["categories"].values():
        assert len(words) == len(set(words))
    every = [w for words in listed["categories"].values() for w in words]
    assert len(every) == len(set(every))


def test_areas_with_residents_are_communities_beside_a_table_of_places(tmp_path):
    raw = write(tmp_path / "raw", 小区=PLACES.assign(老人=[20, 30]))
    areas = gpd.GeoDataFrame(
        {"社区名称": ["东", "西"], "人口": [1000, 2000]},
        geometry=[box(116.305, 39.8, 116.4, 40), box(116.2, 39.8, 116.305, 40)],
        crs=4326,
    )
    areas.to_file(raw / "社区.gpkg")
    made = api.new(tmp_path / "city", [raw])
    assert config(tmp_path / "city")["places"]["file"] == "小区.csv"
    assert config(tmp_path / "city")["communities"]["file"] == "社区.gpkg"
    assert "new.second" not in keys(made)


def test_a_table_that_cannot_be_read_is_said_below_its_titles_too(tmp_path):
    raw = write(tmp_path / "raw", 小区=PLACES)
    heading = "编号,面积,月租金,经度,纬度\n"
    (raw / "闲置.csv").write_text("闲置房产\n\n" + heading + "1,80,30,116.3\n")
    made = api.new(tmp_path / "city", [raw])
    (said,) = [n for n in made.remarks if n.key == "city.ragged"]
    assert (said.file, said.row) == ("闲置.csv", 4)
