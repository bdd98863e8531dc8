"""Tables as offices export them: titles above the heading, other separators, UTF-16."""

from __future__ import annotations

import numpy as np
import pytest
from city_folder import CONFIG, PLACES, SPACES, faults, remark_keys, remarks, write_city

from siting.city.read import read_city


@pytest.mark.parametrize("titles", [1, 3, 5])
def test_a_title_above_the_heading_is_one_fault_that_names_the_row(tmp_path, titles):
    title = "List of places,,,,\n" * titles
    (said,) = faults(write_city(tmp_path, places=title + PLACES))
    assert f"row {titles + 1}" in said
    assert "header_row" in said


def test_a_title_above_the_heading_of_a_workbook_is_told_too(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["List of places"])
    for line in PLACES.splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "places.xlsx")
    text = CONFIG.replace("places.csv", "places.xlsx")
    (said,) = faults(write_city(tmp_path, city=text))
    assert "row 2" in said
    assert "header_row" in said


def test_a_table_without_any_heading_is_told_by_its_columns(tmp_path):
    said = faults(write_city(tmp_path, places="a,b,c\n1,2,3\n"))
    assert any("there is no such column" in line for line in said)


@pytest.mark.parametrize(("separator", "name"), [(";", ";"), ("\t", "tab")])
def test_other_separators_are_read_and_named(tmp_path, separator, name):
    folder = write_city(tmp_path, places=PLACES.replace(",", separator))
    (said,) = [line for line in remarks(folder) if "separates the columns" in line]
    assert said.startswith(f'places.csv, value "{name}"') or name in said.split("separates")[0]
    assert read_city(folder).places.residents["everyone"].tolist() == [100.0, 50.0, 10.5]


def test_separators_in_quotation_marks_and_in_cells_do_not_decide(tmp_path):
    text = 'id,x,y,community,everyone,"a;b;c;d;e;f;g"\np1;1,0,0,North,100,\n'
    city = read_city(write_city(tmp_path, places=text))
    assert city.places.id.tolist() == ["p1;1"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_unicode_text_of_excel_is_read(tmp_path, encoding):
    text = "\ufeff" + PLACES.replace(",", "\t").replace("North", "北")
    city = read_city(write_city(tmp_path, places=text.encode(encoding)))
    assert city.communities == ("北", "South")


def test_a_missing_file_is_not_taken_for_one_that_another_table_uses(tmp_path):
    folder = write_city(tmp_path, city=CONFIG.replace("outlets.csv", "outletz.csv"))
    assert "did you mean outlets.csv" in faults(folder)[0]
    (folder / "outlets.csv").unlink()
    (said,) = faults(write_city(tmp_path / "b", city=CONFIG.replace("outlets.csv", "place.csv")))
    assert "did you mean places.csv" not in said


def test_a_folder_in_a_files_place_has_its_own_sentence(tmp_path):
    (tmp_path / "tables").mkdir()
    (said,) = faults(write_city(tmp_path, city=CONFIG.replace("outlets.csv", "tables")))
    assert "this is a folder where a file should be" in said


def test_an_unknown_system_is_the_only_fault_although_coordinates_are_degrees(tmp_path):
    text = CONFIG.replace('name = "Small"', 'name = "Small"\ncrs = "EPSG:99999"')
    places = "id,x,y,everyone\np1,116.31,39.91,10\np2,116.32,39.92,10\n"
    spaces = "id,x,y,area_m2,rent_m2_month\ns1,116.31,39.92,80,30\n"
    outlets = "id,x,y,type\no1,116.315,39.915,pharmacy\n"
    folder = write_city(tmp_path, city=text, places=places, spaces=spaces, outlets=outlets)
    (said,) = faults(folder)
    assert "there is no such coordinate system" in said


def five_spaces(**last: object) -> str:
    head, *_ = SPACES.splitlines()
    kinds = ("shop", "shop", "shed", "basement")
    rows = [f"s{n},{n}0,0,{80 + 5 * n},{30 + n},{kind}" for n, kind in enumerate(kinds)]
    odd = {"x": 50, "area": 90, "rent": 28, "kind": "shop"} | last
    rows.append(f"s9,{odd['x']},0,{odd['area']},{odd['rent']},{odd['kind']}")
    return "\n".join([head, *rows, ""])


@pytest.mark.parametrize("odd", [{"area": 900}, {"rent": 280}, {"area": 9}, {"rent": 2.8}])
def test_ten_times_is_noticed_among_five_spaces_of_several_kinds(tmp_path, odd):
    said = remarks(write_city(tmp_path, spaces=five_spaces(**odd)))
    (line,) = [line for line in said if "times the median" in line]
    assert "row 6" in line


def test_among_five_ordinary_spaces_none_is_odd(tmp_path):
    assert "city.ten_times" not in remark_keys(write_city(tmp_path, spaces=five_spaces()))


def test_a_kiosk_and_a_plant_are_measured_with_nothing_else(tmp_path):
    for kind, area in (("kiosk", 6), ("plant", 3000)):
        folder = write_city(tmp_path / kind, spaces=five_spaces(kind=kind, area=area))
        assert "city.ten_times" not in remark_keys(folder)


def test_a_factor_of_ten_between_the_rents_of_a_city_is_not_odd(tmp_path):
    rents = np.geomspace(20, 200, 40)
    rows = [f"s{n},{n},0,80,{rent:.2f},shop" for n, rent in enumerate(rents)]
    folder = write_city(tmp_path, spaces="\n".join([SPACES.splitlines()[0], *rows, ""]))
    assert "city.ten_times" not in remark_keys(folder)


def test_one_of_five_places_far_away_is_noticed(tmp_path):
    rows = [f"p{n},{300 * n},{200 * n},North,50" for n in range(4)]
    text = "\n".join([PLACES.splitlines()[0], *rows, "p9,90000,0,North,50", ""])
    folder = write_city(tmp_path, places=text)
    (said,) = [line for line in remarks(folder) if "far outside the rest" in line]
    assert "row 6" in said
