"""`siting new --from` with tables as a subdistrict office keeps them in Excel."""

from __future__ import annotations

import openpyxl
import pytest
from cli_fakes import say
from new_tables import config

from siting import api

PLACES = [
    ["某街道居民小区底数表（2024年）"],
    ["填报单位：某街道办事处", *[None] * 9, "单位：百人"],
    ["序号", "小区名称", "所属社区", "街道", "人口（百人）", *[None] * 3, "百度坐标", None, "备注"],
    [*[None] * 4, "总人口", "60岁以上", "0-3岁", "３－１２岁", "经度", "纬度", None],
    [1, "阳光花园", "阳光社区", "某街道", "12.6", 3.1, 0.3, 1.4, 116.3912, 39.9063, None],
    [2, "和平里", None, None, 8.4, 1.5, 0.2, 0.9, 116.3958, 39.9088, "老旧"],
    [3, "建设新村 ", "建设社区", None, "２０.１", 4.2, 0.5, 2.3, 116.4021, 39.9035, None],
    ["合 计", None, None, None, 41.1, 8.8, 1.0, 4.6],
    [],
    ["填表人：张三", None, "审核人：李四"],
]
SPACES = [
    ["闲置商铺台账"],
    [
        *("铺位号", "坐标", "建筑面积", "月租金", "层数", "燃气"),
        *("有无烟道", "上下水", "独立卫生间", "通风", "坐落"),
    ],
    [None, "经度,纬度", "㎡", "元/㎡·月"],
    ["A-01", "116.392,39.907", "1,180", 75, 1, "是", "√", "通水", "有", "√", "和平路8号"],
    ["A-02", "116.3949，39.908", 60, 0, 2, "否", None, "无", "无", None, "车棚"],
    ["A-03", "116.4005 39.9042", 420, 45, 1, "有", "√", "有", "有", "√", "建设街21号"],
]
OUTLETS = [
    ["店名", "经营类别", "location", "是否连锁"],
    ["好邻居", "便利店", "39.9070,116.3920", "√"],
    ["早点王", None, "39.9050,116.3990", None],
    ["老百姓", "药店", "39.9040,116.4010", "有"],
]


def book_of(path, rows, title="Sheet1", merge=(), **others):
    """Write a workbook whose first sheet holds rows, with other sheets beside it."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    for name, more in others.items():
        page = book.create_sheet(name)
        for row in more:
            page.append(row)
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return book


def keys(made, file=""):
    return {n.key for n in made.remarks if file in (n.file or "")}


def told(made, key):
    """Return the one remark of a kind, in English."""
    (line,) = [n.line("en") for n in made.remarks if n.key == key]
    return line


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    base = tmp_path_factory.mktemp("office")
    merge = ("A1:K1", "E3:H3", "I3:J3", "C5:C6", "D5:D7", *(f"{c}3:{c}4" for c in "ABCDK"))
    notes = [["字段", "含义"], ["编号", "经度"], ["小区", "总人口"]]
    book = book_of(
        base / "raw" / "底数.xlsx", PLACES, "小区", merge, 填表说明=notes, Sheet3=[], 旧表=PLACES
    )
    book["旧表"].sheet_state = "hidden"
    book.save(base / "raw" / "底数.xlsx")
    book_of(base / "raw" / "闲置.xlsx", SPACES)
    book_of(base / "raw" / "网点.xlsx", OUTLETS, merge=["B2:B3"])
    made = api.new(base / "city", [base / "raw"], lang="zh")
    city, faults, _ = api.check_city(base / "city")
    assert faults == ()
    return base / "city", made, city


def test_units_and_systems_in_the_upper_row_of_a_heading_count(office):
    folder, made, city = office
    said = config(folder)
    assert said["places"]["header_row"] == [3, 4]
    assert said["city"]["crs"] == "BD-09"
    assert city.places.residents["everyone"].tolist() == [1260.0, 840.0, 2010.0]
    assert city.places.residents["aged_3_12"].tolist() == [140.0, 90.0, 230.0]
    assert city.places.residents["aged_60_plus"].tolist() == [310.0, 150.0, 420.0]
    assert "rows 3, 4" in " ".join(n.line("en") for n in made.remarks if n.key == "new.headings")


def test_names_and_communities_beside_a_heading_of_two_rows_are_recognised(office):
    folder, made, city = office
    said = config(folder)["places"]["columns"]
    assert (said["id"], said["community"]) == ("小区名称", "所属社区")
    assert city.places.id.tolist() == ["阳光花园", "和平里", "建设新村"]
    unused = [n.values["unused"] for n in made.remarks if n.key == "new.unused"]
    assert "序号, 街道, 备注" in unused
    assert "独立卫生间, 通风" in unused


def test_merged_cells_are_filled_and_sums_and_signatures_passed_over(office):
    folder, made, city = office
    said = config(folder)
    assert said["places"]["fill_down"] == ["community"]
    assert said["outlets"]["fill_down"] == ["type"]
    assert said["places"]["skip_rows"] == [8, 10]
    assert city.communities == ("阳光社区", "建设社区")
    assert city.places.community.tolist() == [0, 0, 1]
    assert [t[0] for t in city.outlets.types] == ["convenience_store"] * 2 + ["pharmacy"]
    assert {"new.merged", "new.skipped"} <= keys(made, "底数.xlsx")


def test_columns_of_yes_and_no_become_features(office):
    folder, made, city = office
    said = config(folder)["spaces"]
    assert {"gas": "燃气", "flue": "有无烟道", "water": "上下水"}.items() <= said["columns"].items()
    assert [set(f) for f in city.spaces.features] == [
        {"gas", "flue", "water"},
        set(),
        {"gas", "flue", "water"},
    ]
    assert "燃气 = gas" in told(made, "new.features_columns")
    assert "new.no_features" not in keys(made)


def test_units_in_a_row_below_the_headings_count(office):
    folder, _, city = office
    assert config(folder)["spaces"]["header_row"] == [2, 3]
    assert city.spaces.area_m2.tolist() == [1180.0, 60.0, 420.0]
    assert city.spaces.rent_m2_month.tolist() == [75.0, 0.0, 45.0]


def test_both_coordinates_in_one_column_are_split_in_their_order(office):
    folder, made, city = office
    said = config(folder)
    assert said["spaces"]["columns"]["xy"] == "坐标 / 经度,纬度"
    assert said["outlets"]["columns"]["yx"] == "location"
    assert "new.turned" in keys(made, "网点.xlsx")
    assert abs(city.outlets.x - city.spaces.x).max() < 1000.0
    assert abs(city.outlets.y - city.spaces.y).max() < 1000.0


def test_numbers_of_stalls_are_ids_and_counts_of_storeys_are_doubted(office):
    folder, made, city = office
    assert config(folder)["spaces"]["columns"]["id"] == "铺位号"
    assert city.spaces.floor.tolist() == [1, 2, 1]
    assert "层数" in told(made, "new.storeys")


def test_sheets_that_are_no_tables_are_passed_over_aloud(office):
    _, made, _ = office
    assert "填表说明" in told(made, "new.notes")
    assert "Sheet3" in told(made, "new.empty_sheets")
    assert "旧表" in told(made, "new.hidden_sheets")
    assert not {"new.second", "new.unknown_table"} & keys(made)


def test_every_remark_has_both_languages(office):
    _, made, _ = office
    for notice in made.remarks:
        assert notice.line("en")
        assert any("\u4e00" <= c <= "\u9fff" for c in notice.line("zh"))


HEADS = ["编号", "面积", "月租金", "经度", "纬度"]
RECORDS = [["a", 80, 30, 116.3, 39.9], ["b", 90, 40, 116.31, 39.91]]


def made_of(tmp_path, rows, **others):
    book_of(tmp_path / "raw" / "闲置.xlsx", rows, **others)
    made = api.new(tmp_path / "city", [tmp_path / "raw"])
    return made, config(tmp_path / "city")["spaces"]


def test_a_title_above_one_row_of_headings_is_no_heading(tmp_path):
    _, said = made_of(tmp_path, [["闲置房产台账", None, "2024年"], HEADS, *RECORDS])
    assert said["header_row"] == 2
    assert said["columns"]["area_m2"] == "面积"


def test_a_second_row_of_headings_in_english_is_no_record(tmp_path):
    codes = ["id", "area_m2", "rent", "lon", "lat"]
    _, said = made_of(tmp_path, [HEADS, codes, *RECORDS])
    assert said["header_row"] == [1, 2]
    assert said["columns"]["x"] == "经度 / lon"


def test_a_unit_stated_in_the_title_counts_where_a_heading_has_none(tmp_path):
    rows = [["台账（单位：亩、元/㎡·天）"], HEADS, *RECORDS]
    _, said = made_of(tmp_path, rows)
    assert said["units"] == {"area_m2": "亩", "rent_m2_month": "元/㎡/天"}


def test_a_total_number_of_storeys_is_no_storey(tmp_path):
    rows = [[*HEADS, "总层数", "所在楼层"], *([*r, 6, "1F"] for r in RECORDS)]
    _, said = made_of(tmp_path, rows)
    assert said["columns"]["floor"] == "所在楼层"
    rows = [[*HEADS, "总层数"], *([*r, 6] for r in RECORDS)]
    book_of(tmp_path / "raw" / "闲置.xlsx", rows)
    api.new(tmp_path / "more", [tmp_path / "raw"])
    assert "floor" not in config(tmp_path / "more")["spaces"]["columns"]


def test_a_column_of_amounts_called_like_a_feature_is_none(tmp_path):
    rows = [[*HEADS, "水"], *([*r, 3.5] for r in RECORDS)]
    made, said = made_of(tmp_path, rows)
    assert "water" not in said["columns"]
    assert "new.no_features" in keys(made)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_that_are_neither_yes_nor_no_count_as_no_in_new_and_check_alike(tmp_path, lang):
    rows = [[*HEADS, "烟道", "燃气"], [*RECORDS[0], "有", "有"], [*RECORDS[1], "可加装", None]]
    rows += [["c", 70, 20, 116.3, 39.9, "无", "待定"], ["d", 70, 20, 116.3, 39.9, "有", "是"]]
    book_of(tmp_path / "raw" / "闲置.xlsx", rows)
    made = api.new(tmp_path / "city", [tmp_path / "raw"], lang=lang)
    told_of = [n.line("en") for n in made.remarks if n.key == "new.yes_no"]
    assert ["可加装 (1)" in line for line in told_of] == [True, False]
    assert 'write ["gas"]' in told_of[1]
    file = tmp_path / "city" / "city.toml"
    said = config(tmp_path / "city")["spaces"]
    assert said["features"] == {"可加装": [], "待定": []}
    assert [n for n in api.check_city(tmp_path / "city")[1] if n.column in ("烟道", "燃气")] == []
    # as the remark says, brackets that name the feature make it a yes
    file.write_text(
        file.read_text("utf-8").replace('"可加装" = []', '"可加装" = ["flue"]'), "utf-8"
    )
    assert [n for n in api.check_city(tmp_path / "city")[1] if n.column in ("烟道", "燃气")] == []


def test_a_column_of_which_most_is_unclear_is_told_and_not_used(tmp_path):
    rows = [[*HEADS, "烟道"], *([*r, "待查"] for r in RECORDS)]
    made, said = made_of(tmp_path, rows)
    assert "flue" not in said["columns"]
    assert "待查 (2)" in told(made, "new.no_yes_no")


def test_one_column_for_two_features_counts_for_both(tmp_path):
    rows = [[*HEADS, "水电"], [*RECORDS[0], "有"], [*RECORDS[1], "无"]]
    _, said = made_of(tmp_path, rows)
    assert (said["columns"]["water"], said["columns"]["power"]) == ("水电", "水电")


def test_a_location_in_words_is_the_address(tmp_path):
    rows = [[*HEADS[:3], "location"], *([*r[:3], "和平路8号"] for r in RECORDS)]
    made, said = made_of(tmp_path, rows)
    assert said["columns"]["address"] == "location"
    assert {"new.missing_x", "new.missing_y"} <= keys(made)


def estates(tmp_path, names, **more):
    """Return what is made of a list of estates that have names and no codes."""
    n = len(names)
    at = {"经度": [116.39 + 0.001 * k for k in range(n)], "纬度": [39.9] * n}
    columns = {"小区名称": names, **at, "社区": ["东"] * n, "人口": [100] * n, **more}
    heads = list(columns)
    book_of(tmp_path / "raw" / "小区.xlsx", [heads, *zip(*columns.values(), strict=True)])
    made = api.new(tmp_path / "city", [tmp_path / "raw"], lang="zh")
    return made, config(tmp_path / "city")["places"]


@pytest.mark.parametrize("more", [{}, {"序号": [1, 2, 3, 4]}])
def test_names_that_repeat_stay_names_and_are_numbered(tmp_path, more):
    made, said = estates(tmp_path, ["和平里", "新村", "和平里", "和平里"], **more)
    assert (said["columns"]["id"], said["number_repeats"]) == ("小区名称", True)
    assert "2 records" in told(made, "new.id_numbered")
    assert "new.id_same" not in keys(made)
    assert "city.duplicate_id" not in {n.key for n in api.check_city(tmp_path / "city")[1]}


def test_repeated_names_in_one_spot_are_told_to_be_doubles(tmp_path):
    made, _ = estates(tmp_path, ["和平里", "和平里"], 经度=[116.39, 116.39])
    assert told(made, "new.id_same").count("1 of these") == 1


def test_names_that_differ_are_said_to_be_the_ids(tmp_path):
    made, said = estates(tmp_path, ["和平里", "新村"])
    assert said["columns"]["id"] == "小区名称"
    assert "number_repeats" not in said
    assert "小区名称" in told(made, "new.id_name")


def test_codes_that_repeat_are_not_numbered_away(tmp_path):
    made, said = estates(tmp_path, ["和平里", "和平里"], 小区编号=["A1", "A1"])
    assert said["columns"]["id"] == "小区编号"
    assert "number_repeats" not in said
    assert "new.id_twice" in keys(made)
    assert "city.duplicate_id" in {n.key for n in api.check_city(tmp_path / "city")[1]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_old_format_alone_is_one_line_that_says_how_to_mend_it(tmp_path, capsys, lang):
    (tmp_path / "旧.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    out = say(
        capsys, "new", str(tmp_path / "c"), "--from", str(tmp_path / "旧.xls"), "--lang", lang
    )
    assert (out.code, out.out) == (2, "")
    (line,) = out.err.splitlines()
    assert ".xlsx" in line
