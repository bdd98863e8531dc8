"""What spreadsheets make of cells: errors, dates, percentages, formulas, sums; told, not read."""

from __future__ import annotations

import zipfile
from datetime import datetime, time, timedelta

import openpyxl
import pandas as pd
import pytest
from city_folder import CONFIG, OUTLETS, PLACES, SPACES, faults, remark_keys, remarks, write_city

from siting import City
from siting.city.excel_marks import marks_in
from siting.city.read import read_city
from siting.city.slips import ERRORS, PerCent
from siting.errors import InputError
from siting.words import text

GROUP = "id,x,y,everyone,aged_60_plus\n"
HEAD = ("id", "x", "y", "community", "everyone", "aged_60_plus")
ROWS = (("p1", 0, 0, "North", 1000, 200), ("p2", 300, 0, "North", 500, 100))


def workbook(folder, name, rows, formats=None, units=""):
    """Write the small city with one table as a workbook; `formats` by cell, such as ``F2``."""
    book = openpyxl.Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for cell, number_format in (formats or {}).items():
        page[cell].number_format = number_format
    told = CONFIG.replace(f'"{name}.csv"', f'"{name}.xlsx"\n{units}')
    folder = write_city(folder, city=told)
    book.save(folder / f"{name}.xlsx")
    return folder


def places(folder, *rows, formats=None, units=""):
    return workbook(folder, "places", (HEAD, *rows), formats, units)


def groups(folder):
    return read_city(folder).places.residents["aged_60_plus"].tolist()


def as_excel_writes_it(path, old, new):
    """Replace a piece of the sheets of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert any(old in part for part in parts.values())
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(old, new))


def shares(rows, units=""):
    told = CONFIG.replace('"places.csv"', f'"places.csv"\nunits = {{ {units} }}')
    return {"city": told, "places": GROUP + rows}


# ------------------------------------------------------------------ percentages
@pytest.mark.parametrize("number_format", ["0%", "0.00%", "0.0%;[Red]-0.0%", "# ??%"])
def test_a_cell_formatted_as_a_percentage_is_no_number_of_persons(tmp_path, number_format):
    rows = (("p1", 0, 0, "North", 1000, 0.25), ("p2", 9, 0, "North", 500, 100))
    (said,) = faults(places(tmp_path, *rows, formats={"F2": number_format}))
    assert said.startswith("places.xlsx, row 2, column aged_60_plus, value '25%'")
    assert "number of persons" in said


def test_a_sign_of_per_cent_that_is_only_written_beside_the_number_counts_too(tmp_path):
    rows = (("p1", 0, 0, "North", 1000, 25), ("p2", 9, 0, "North", 500, 100))
    (said,) = faults(places(tmp_path, *rows, formats={"F2": '0"%"'}))
    assert "value '25%'" in said


@pytest.mark.parametrize(("column", "value"), [("area_m2", 0.8), ("rent_m2_month", 0.3), ("x", 1)])
def test_a_percentage_is_no_area_money_or_coordinate(tmp_path, column, value):
    head = SPACES.splitlines()[0].split(",")
    row = {"id": "s1", "x": 1, "y": 0, "area_m2": 80, "rent_m2_month": 30, "kind": "shop"}
    cells = [(row | {column: value})[name] for name in head]
    cell = f"{chr(ord('A') + head.index(column))}2"
    (said,) = faults(workbook(tmp_path, "spaces", (head, cells), {cell: "0%"}))
    assert f"row 2, column {column}, value '{value:.0%}'" in said


def test_other_formats_of_numbers_change_nothing(tmp_path):
    formats = {"F2": "0.00", "F3": "_%0", "E2": "#,##0"}
    assert groups(places(tmp_path, *ROWS, formats=formats)) == [200.0, 100.0]


def test_a_share_of_basic_types_may_be_formatted_as_a_percentage(tmp_path):
    head = (*SPACES.splitlines()[0].split(","), "basic_share")
    rows = (head, ("s1", 1, 0, 80, 30, "shop", 0.45), ("s2", 2, 0, 80, 30, "shop", 1))
    folder = workbook(tmp_path, "spaces", rows, {"G2": "0%", "G3": "0%"})
    assert read_city(folder).spaces.basic_share.tolist() == [0.45, 1.0]


@pytest.mark.parametrize("cell", ["20%", "２０％", "约20%"])
def test_a_percentage_as_text_is_never_advised_to_be_written_as_a_share(tmp_path, cell):
    folder = write_city(tmp_path, places=f"{GROUP}p1,0,0,1000,{cell}\np2,9,0,500,100\n")
    (said,) = faults(folder)
    assert "number of persons" in said
    assert "0.2" not in said


@pytest.mark.parametrize(
    ("unit", "cells"),
    [
        ('"share"', ("0.2", "0.07")),
        ('"占比"', ("20%", "0.07")),
        ('"percent"', ("20", "7")),
        ('"%"', ("20%", "7.0")),
        ('"百分比"', ("20", " 7 ％")),
    ],
)
def test_stated_shares_become_persons_exactly(tmp_path, unit, cells):
    rows = f"p1,0,0,1000,{cells[0]}\np2,9,0,300,{cells[1]}\n"
    folder = write_city(tmp_path, **shares(rows, f"aged_60_plus = {unit}"))
    assert groups(folder) == [200.0, 21.0]  # 0.07 * 300 is more


def test_shares_are_those_of_the_residents_in_their_own_unit(tmp_path):
    rows = "p1,0,0,0.1,20\np2,9,0,0.05,\n"
    folder = write_city(tmp_path, **shares(rows, 'everyone = "万人", aged_60_plus = "percent"'))
    assert groups(folder) == [200.0, 0.0]
    assert "city.like_shares" not in remark_keys(folder)


@pytest.mark.parametrize("unit", ["share", "percent"])
def test_cells_formatted_as_percentages_are_shares_whatever_the_unit_of_shares(tmp_path, unit):
    rows = (("p1", 0, 0, "North", 1000, 0.07), ("p2", 9, 0, "North", 500, 1))
    said = f'units = {{ aged_60_plus = "{unit}" }}'
    folder = places(tmp_path, *rows, formats={"F2": "0%", "F3": "0%"}, units=said)
    assert groups(folder) == [70.0, 500.0]


@pytest.mark.parametrize(
    ("unit", "cell"), [("share", "20"), ("percent", "120"), ("share", "-0.1"), ("percent", "120%")]
)
def test_a_share_is_never_more_than_all_nor_less_than_nobody(tmp_path, unit, cell):
    rows = f"p1,0,0,1000,{cell}\np2,9,0,300,0\n"
    (said,) = faults(write_city(tmp_path, **shares(rows, f'aged_60_plus = "{unit}"')))
    assert "row 2, column aged_60_plus" in said
    assert "must be a share" in said


def test_all_residents_are_no_share_of_themselves(tmp_path):
    (said,) = faults(write_city(tmp_path, **shares("p1,0,0,1,0\n", 'everyone = "share"')))
    assert "is no unit of everyone" in said


def test_a_missing_column_makes_no_fault_of_shares_beside_it(tmp_path):
    made = shares("p1,0,0,1000,20%\n", 'aged_60_plus = "percent"')
    made["places"] = made["places"].replace("everyone", "people")
    (said,) = faults(write_city(tmp_path, **made))
    assert "column everyone" in said


@pytest.mark.parametrize(
    ("cells", "residents", "told"),
    [
        (("0.2", "0.3"), 1000, True),
        (("0.2", "0"), 1000, True),
        (("1", "0"), 1000, False),
        (("0.2", "3"), 1000, False),
        (("0.2", "0.3"), 2, False),
    ],
)
def test_a_group_of_parts_of_persons_is_remarked_as_shares(tmp_path, cells, residents, told):
    rows = "".join(f"p{i},{9 * i},0,{residents},{cell}\n" for i, cell in enumerate(cells))
    assert told == ("city.like_shares" in remark_keys(write_city(tmp_path, places=GROUP + rows)))


def test_a_heading_that_speaks_of_shares_is_remarked_until_the_unit_is_stated(tmp_path):
    table = PLACES.replace("everyone", "everyone,老人占比").replace("\n", ",20\n")
    table = table.replace("占比,20", "占比", 1)
    mapped = CONFIG.replace(
        '"places.csv"', '"places.csv"\ncolumns = { aged_60_plus = "老人占比" }', 1
    )
    said = remarks(write_city(tmp_path, city=mapped, places=table))
    assert any("the heading speaks of 占比" in line for line in said)
    stated = mapped.replace("[spaces]", 'units = { aged_60_plus = "percent" }\n[spaces]')
    folder = write_city(tmp_path, city=stated, places=table)
    assert "city.heading_unit" not in remark_keys(folder)
    assert groups(folder) == [20.0, 10.0, 2.1]


# ------------------------------------------------------------------ errors and dates
@pytest.mark.parametrize("word", sorted(ERRORS))
def test_an_error_of_a_spreadsheet_is_no_name_of_a_community(tmp_path, word):
    (said,) = faults(write_city(tmp_path, places=PLACES.replace("South", f" {word} ")))
    assert said.startswith(f"places.csv, row 4, column community, value '{word}'")
    assert "formula has failed" in said


@pytest.mark.parametrize(
    ("table", "content", "old"),
    [
        ("places", PLACES, "p1"),
        ("places", PLACES, "10.5"),
        ("spaces", SPACES, "shop"),
        ("spaces", SPACES, "100"),
        ("outlets", OUTLETS, "pharmacy"),
    ],
)
def test_an_error_is_one_fault_in_every_column(tmp_path, table, content, old):
    folder = write_city(tmp_path, **{table: content.replace(old, "#N/A", 1)})
    (said,) = faults(folder)
    assert "'#N/A': a formula has failed" in said


def test_two_errors_in_a_column_of_ids_do_not_repeat_each_other(tmp_path):
    said = faults(write_city(tmp_path, places=PLACES.replace("p1", "#REF!").replace("p2", "#REF!")))
    assert [("row 2" in line, "row 3" in line) for line in said] == [(True, False), (False, True)]


def test_error_cells_of_a_workbook_are_faults_even_where_nothing_is_needed(tmp_path):
    rows = (("p1", 0, 0, "North", 1000, "#DIV/0!"), ROWS[1])
    (said,) = faults(places(tmp_path, *rows))
    assert "row 2, column aged_60_plus" in said


def test_words_that_only_hold_an_error_are_words(tmp_path):
    folder = write_city(tmp_path, places=PLACES.replace("South", "N/A").replace("p1", "#N/A 1"))
    assert read_city(folder).communities == ("North", "N/A")


@pytest.mark.parametrize("made", [datetime(2020, 1, 2), time(3, 5), timedelta(hours=30)])
@pytest.mark.parametrize("at", [0, 3])
def test_a_date_is_no_id_and_no_community(tmp_path, at, made):
    row = list(ROWS[0])
    row[at] = made
    (said,) = faults(places(tmp_path, row, ROWS[1]))
    assert said.startswith(f"places.xlsx, row 2, column {HEAD[at]}")
    assert "as Excel makes of 1-2" in said


@pytest.mark.parametrize("column", ["kind", "features", "address", "chain", "type"])
def test_a_date_is_no_word_of_any_column(column):
    frames = {
        "places": pd.DataFrame({"id": ["p"], "x": [0], "y": [0], "everyone": [9]}),
        "spaces": pd.DataFrame({"id": ["s"], "x": [0], "y": [0], "area_m2": 9, "rent_m2_month": 1}),
        "outlets": pd.DataFrame({"id": ["o"], "x": [0], "y": [0], "type": ["pharmacy"]}),
    }
    table = "outlets" if column in ("chain", "type") else "spaces"
    frames[table][column] = pd.Series([datetime(2020, 1, 2)], dtype=object)
    with pytest.raises(InputError) as caught:
        City.from_frames(**frames)
    assert [notice.key for notice in caught.value.notices] == ["city.date_text"]


# ------------------------------------------------------------------ names that look the same
@pytest.mark.parametrize("other", ["Ｎorth", "north", "NORTH", "Nor th"])
def test_communities_that_look_the_same_stay_two_and_are_named(tmp_path, other):
    folder = write_city(
        tmp_path, places=PLACES.replace("South", f"{other}x").replace("North", "NorthX")
    )
    assert len(read_city(folder).communities) == 2
    (said,) = [line for line in remarks(folder) if "only in width" in line]
    assert said.startswith(f"places.csv, column community, value '{other}x'")
    assert "from NorthX" in said


def test_ids_that_look_the_same_are_named_with_their_file(tmp_path):
    folder = write_city(tmp_path, spaces=SPACES.replace("s2", "Ｓ1"))
    (said,) = [line for line in remarks(folder) if "only in width" in line]
    assert said.startswith("spaces.csv, column id, value 'Ｓ1'")


# ------------------------------------------------------------------ formulas
@pytest.mark.parametrize(
    ("cell", "at"), [("=300+200", 4), ("=A1", 3), ("=10*2", 5), ('=CONCATENATE("a","b")', 0)]
)
def test_a_formula_without_a_result_is_told_in_every_column(tmp_path, cell, at):
    row = list(ROWS[0])
    row[at] = cell
    (said,) = faults(places(tmp_path, row, ROWS[1]))
    assert said.startswith(f"places.xlsx, row 2, column {HEAD[at]}, value '{cell}'")
    assert "no stored result" in said


def test_a_table_of_nothing_but_formulas_is_no_empty_table(tmp_path):
    folder = places(tmp_path, *[[f"=Other!{c}{r}" for c in "ABCDEF"] for r in (1, 2)])
    said = faults(folder)
    assert len(said) == 12
    assert all("no stored result" in line for line in said)


def test_formulas_with_results_are_read_and_an_empty_text_is_one(tmp_path):
    import xlsxwriter

    folder = write_city(tmp_path, city=CONFIG.replace('"places.csv"', '"places.xlsx"'))
    book = xlsxwriter.Workbook(folder / "places.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, HEAD)
    page.write_row(1, 0, ROWS[0])
    page.write_formula(1, 4, "=300+200", None, 500)
    page.write_formula(1, 5, '=IF(A1="","",1)', None, "")
    book.close()
    as_excel_writes_it(folder / "places.xlsx", b'"F2"><f>', b'"F2" t="str"><f>')
    assert marks_in(folder / "places.xlsx") == (True, False)
    assert read_city(folder).places.residents["everyone"].tolist() == [500.0]


def test_a_workbook_of_plain_values_is_not_looked_at_twice(tmp_path):
    folder = places(tmp_path, *ROWS)
    assert marks_in(folder / "places.xlsx") == (False, False)


@pytest.mark.parametrize(("number", "shown"), [(0.2, "20%"), (1, "100%"), (0.0725, "7.25%")])
def test_a_percentage_is_shown_as_the_workbook_shows_it(number, shown):
    assert str(PerCent(number)) == shown


# ------------------------------------------------------------------ NUL, sums, one row turned
def test_a_nul_character_is_told_with_its_row_and_not_as_an_encoding(tmp_path):
    content = PLACES.replace("p1", '"p\n1"').replace("p3", "p\x003")
    (said,) = faults(write_city(tmp_path, places=content))
    assert said.startswith("places.csv, row 4:")
    assert "NUL" in said


def test_utf_16_without_its_mark_is_still_told_as_an_encoding(tmp_path):
    (said,) = faults(write_city(tmp_path, places=PLACES.encode("utf-16-le")))
    assert "encoding" in said


@pytest.mark.parametrize("word", ["合计", "总 计", "小计：", "Total", "SUM"])
@pytest.mark.parametrize("column", ["id", "community"])
def test_a_row_that_adds_up_the_others_is_no_place(tmp_path, word, column):
    cells = {"id": "p9", "community": "North", column: word}
    row = f"{cells['id']},50,50,{cells['community']},160.5\n"
    (said,) = faults(write_city(tmp_path, places=PLACES + row))
    assert said.startswith(f"places.csv, row 5, column {column}, value '{word}'")
    assert "skip_rows" in said


def test_sums_of_parts_and_of_all_are_found_wherever_they_stand(tmp_path):
    table = "id,x,y,everyone\np1,0,0,100\np2,9,0,50\n小计,0,9,150\np3,9,9,70\n"
    table += "小计：,8,8,70\n总计,5,5,220\n"
    said = faults(write_city(tmp_path, places=table))
    assert [line.partition(",")[2][:6].strip() for line in said] == ["row 4", "row 6", "row 7"]


def test_a_sum_of_floor_areas_is_no_space(tmp_path):
    (said,) = faults(write_city(tmp_path, spaces=SPACES + "合计,0,0,200,0,\n"))
    assert said.startswith("spaces.csv, row 4, column id, value '合计'")


def test_a_name_like_a_sum_that_is_none_counts_and_is_remarked(tmp_path):
    folder = write_city(tmp_path, places=PLACES + "合计,50,50,North,99\n")
    assert "city.total_like" in remark_keys(folder)
    assert read_city(folder).places.residents["everyone"].sum() == 259.5


def test_a_place_of_a_longer_name_is_no_sum(tmp_path):
    folder = write_city(tmp_path, places=PLACES + "Summit,50,50,North,160.5\n")
    assert not {"city.total_row", "city.total_like"} & remark_keys(folder)


def test_one_row_with_exchanged_degrees_is_told_to_be_the_one(tmp_path):
    table = "id,x,y,everyone\n" + "".join(f"p{i},116.4,39.{i},9\n" for i in range(1, 4))
    city = CONFIG.replace('name = "Small"', 'name = "Small"\ncrs = "EPSG:4490"')
    city = city[: city.index("[spaces]")]
    (said,) = faults(write_city(tmp_path, city=city, places=table + "p9,39.9,116.4,9\n"))
    assert "row 5" in said
    assert "in this row" in said


def test_what_is_said_of_slips_names_the_same_things_in_both_languages():
    for key in ("percent_group", "like_shares", "alike", "total_row"):
        values = {"canonical": "aged_60_plus", "residents": "9", "other": "A"}
        both = [text(f"city.{key}", lang, **values) for lang in ("en", "zh")]
        assert ("aged_60_plus" in both[0]) == ("aged_60_plus" in both[1])
        assert ("skip_rows" in both[0]) == ("skip_rows" in both[1])
