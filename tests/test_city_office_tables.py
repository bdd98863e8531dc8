"""What a table may look like in an office: headings of two rows, merged cells, sums, yes and no."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest
from city_folder import CONFIG, PLACES, SPACES, faults, remark_keys, remarks, write_city

from siting.city.read import check_city, read_city

TWO_ROWS = [
    ["id", "position", "", "community", "residents", ""],
    ["", "x", "y", "", "all", "aged 60+"],
    ["p1", 0, 0, "North", 100, 20],
    ["p2", 300, 0, "", 50, 5],
    ["p3", 0, 900, "South", 10.5, 1],
]
NAMES = """
columns = { x = "position / x", y = "position / y", everyone = "residents / all", \
aged_60_plus = "residents / aged 60+" }
"""


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([None if cell == "" else cell for cell in row])
    book.save(path)


def places_of(folder, rows, said, ending="csv"):
    """Write the small city with other places, as CSV or as a workbook."""
    folder.mkdir()
    text = CONFIG.replace('"places.csv"', f'"places.{ending}"\n{said}')
    if ending == "xlsx":
        workbook(folder / "places.xlsx", rows)
        return write_city(folder, city=text)
    lines = "".join(",".join(map(str, row)) + "\n" for row in rows)
    return write_city(folder, city=text, places=lines)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("titles", [0, 1])
def test_a_heading_of_two_rows_names_columns_by_both(tmp_path, ending, titles):
    rows = [["A list of places", "", "", "", "", ""]] * titles + TWO_ROWS
    said = f'header_row = [{titles + 1}, {titles + 2}]\nfill_down = ["community"]' + NAMES
    city = read_city(places_of(tmp_path / "c", rows, said, ending))
    assert city.places.residents["aged_60_plus"].tolist() == [20.0, 5.0, 1.0]
    assert city.places.x.tolist() == [0.0, 300.0, 0.0]
    assert city.communities == ("North", "South")
    assert city.places.community.tolist() == [0, 0, 1]


def test_rows_below_a_heading_of_two_rows_keep_their_numbers(tmp_path):
    rows = [*TWO_ROWS[:3], ["p1", "a", 0, "North", 1, 1]]
    folder = places_of(tmp_path / "c", rows, "header_row = [1, 2]" + NAMES)
    said = faults(folder)
    assert any("row 4" in line and "stands in row 3" in line for line in said)
    assert any("row 4, column position / x" in line for line in said)


@pytest.mark.parametrize("rows", ["[1, 3]", "[2, 1]", "[]", '"1"', "0", "[1, 0]"])
def test_rows_of_a_heading_that_cannot_be_are_told_with_an_example(tmp_path, rows):
    folder = places_of(tmp_path / "c", TWO_ROWS, f"header_row = {rows}")
    (said,) = faults(folder)
    assert "places.header_row" in said
    assert "[3, 4]" in said


def test_filled_cells_and_skipped_rows_are_remarked(tmp_path):
    total = ["sum", "", "", "", 160.5, 26]
    said = 'header_row = [1, 2]\nskip_rows = [6]\nfill_down = ["community"]' + NAMES
    folder = places_of(tmp_path / "c", [*TWO_ROWS, total], said)
    assert len(read_city(folder).places) == 3
    told = remarks(folder)
    assert any("row 6" in line and "sum" in line for line in told)
    assert any("column community" in line and "1 empty cell" in line for line in told)


def test_a_row_to_skip_that_is_not_there_is_a_fault(tmp_path):
    said = 'header_row = [1, 2]\nskip_rows = [9]\nfill_down = ["community", "kind"]' + NAMES
    told = faults(places_of(tmp_path / "c", TWO_ROWS, said))
    assert any("row 9" in line and "skip_rows" in line for line in told)
    assert any("fill_down" in line and "kind" in line for line in told)


def test_an_empty_first_cell_cannot_be_filled_from_above(tmp_path):
    rows = [list(row) for row in TWO_ROWS]
    rows[2][3] = ""
    said = 'header_row = [1, 2]\nfill_down = ["community"]' + NAMES
    told = faults(places_of(tmp_path / "c", rows, said))
    assert [line.partition(", column")[0][-5:] for line in told] == ["row 3", "row 4"]
    assert all("no community" in line for line in told)


PAIR = "id,xy,community,everyone\n{}\np2,300 0,North,50\np3,[0；900],South,10.5\n"


@pytest.mark.parametrize(
    "cell", ['"0,0"', "0 0", "０，０", "0;0", '"(0, 0)"', "POINT (0 0)", "0、0", "0/0"]
)
def test_both_coordinates_may_stand_in_one_cell(tmp_path, cell):
    folder = write_city(tmp_path, places=PAIR.format(f"p1,{cell},North,100"))
    city = read_city(folder)
    assert city.places.x.tolist() == [0.0, 300.0, 0.0]
    assert city.places.y.tolist() == [0.0, 0.0, 900.0]


def test_the_second_coordinate_may_stand_first_where_city_toml_says_so(tmp_path):
    text = CONFIG.replace('"places.csv"', '"places.csv"\ncolumns = { yx = "xy" }')
    city = read_city(write_city(tmp_path, city=text, places=PAIR.format('p1,"7,0",North,1')))
    assert city.places.x.tolist() == [0.0, 0.0, 900.0]
    assert city.places.y.tolist() == [7.0, 300.0, 0.0]


@pytest.mark.parametrize("cell", ["116.4", "116°23 39°54", '"1,2,3"', "x"])
def test_a_cell_without_two_coordinates_is_one_fault(tmp_path, cell):
    (said,) = faults(write_city(tmp_path, places=PAIR.format(f"p1,{cell},North,100")))
    assert "row 2, column xy" in said
    assert "116.40,39.90" in said


def test_an_empty_cell_of_coordinates_is_empty(tmp_path):
    said = faults(write_city(tmp_path, places=PAIR.format("p1,,North,100")))
    assert said
    assert all("empty" in line and "row 2" in line for line in said)


def test_a_position_stated_twice_is_a_fault(tmp_path):
    text = CONFIG.replace('"places.csv"', '"places.csv"\ncolumns = { xy = "at", x = "x", y = "y" }')
    places = "id,x,y,at,everyone\np1,0,0,0 0,100\n"
    (said,) = faults(write_city(tmp_path, city=text, places=places))
    assert "position twice" in said


def test_two_columns_of_coordinates_go_before_one_that_nobody_named(tmp_path):
    places = "id,x,y,xy,everyone\np1,0,0,?,100\np2,300,0,?,5\n"
    assert read_city(write_city(tmp_path, places=places)).places.x.tolist() == [0.0, 300.0]


FEATURES = """id,x,y,area_m2,rent_m2_month,features,flue,gas,water
s1,100,0,80,30,loading,√,有,上下水
s2,0,800,120,20,,,0,x
s3,0,900,120,20,gas,否,无,无
"""


def with_words(words):
    return CONFIG.replace('"spaces.csv"', f'"spaces.csv"\nfeatures = {{ {words} }}')


def test_a_feature_may_have_a_column_of_yes_and_no(tmp_path):
    text = with_words('"上下水" = "water", "x" = []')
    city = read_city(write_city(tmp_path, city=text, spaces=FEATURES))
    assert [set(f) for f in city.spaces.features] == [
        {"loading", "flue", "gas", "water"},
        set(),
        {"gas"},
    ]
    assert not {"city.feature"} & remark_keys(tmp_path)


def test_what_is_neither_yes_nor_no_is_told_with_row_and_feature(tmp_path):
    (said,) = faults(write_city(tmp_path, city=with_words('"上下水" = "water"'), spaces=FEATURES))
    assert "row 3, column water, value 'x'" in said
    assert "[spaces.features]" in said


def test_chains_understand_the_same_words(tmp_path):
    outlets = "id,x,y,type,chain\no1,50,50,pharmacy,√\no2,0,850,pharmacy,无\no3,0,1,pharmacy,\n"
    chain = read_city(write_city(tmp_path, outlets=outlets)).outlets.chain
    assert np.array_equal(chain, [1.0, 0.0, np.nan], equal_nan=True)


def test_a_missing_column_does_not_hide_empty_and_repeated_ids(tmp_path):
    places = "id,x,y,everyone\np1,0,0,many\n,1,1,2\np1,2,2,3\n"
    text = CONFIG.replace('"places.csv"', '"places.csv"\ncolumns = { community = "circle" }')
    spaces = SPACES.replace("rent_m2_month", "rent").replace("80", "-80")
    said = faults(write_city(tmp_path, city=text, places=places, spaces=spaces))
    assert any("no such column" in line and "circle" in line for line in said)
    assert any("places.csv, row 3, column id" in line for line in said)
    assert any("places.csv, row 4, column id" in line for line in said)
    assert any("row 2, column everyone" in line for line in said)
    assert any("spaces.csv, row 2, column area_m2" in line for line in said)


def test_a_missing_area_below_a_rent_of_the_whole_floor_is_told(tmp_path):
    text = CONFIG.replace('"spaces.csv"', '"spaces.csv"\nunits = { rent_m2_month = "yuan/month" }')
    said = faults(write_city(tmp_path, city=text, spaces=SPACES.replace("area_m2", "area")))
    assert any("column area_m2" in line for line in said)


def test_dates_that_excel_made_are_called_so(tmp_path):
    from datetime import datetime

    rows = [line.split(",") for line in SPACES.splitlines()]
    rows[0].append("floor")
    day = datetime(2024, 1, 2)
    rows[1] = [day, 100, 0, day, 30, "shop", day]
    rows[2] = ["s2", 0, 800, "120-150", 20, "shed", "1～2层"]
    workbook(tmp_path / "spaces.xlsx", rows)
    folder = write_city(tmp_path, city=CONFIG.replace("spaces.csv", "spaces.xlsx"))
    _, told, _ = check_city(folder)
    assert {n.key for n in told} == {
        "city.date_number",
        "city.date_text",
        "city.range",
        "city.floor_date",
        "city.floor_range",
    }


def test_ids_that_excel_shortened_are_remarked(tmp_path):
    folder = write_city(tmp_path, places=PLACES.replace("p1", "1.10E+17"))
    (said,) = [line for line in remarks(folder) if "shortened" in line]
    assert "1.10E+17" in said


def test_the_last_line_of_a_check_counts_what_the_lines_before_it_tell(tmp_path):
    import re

    from siting.report.check_lines import check_lines

    rows = "".join(f"p{i},{i},0,x\n" for i in range(33))
    folder = write_city(tmp_path, places="id,x,y,everyone\n" + rows, spaces="id,x,y\ns1,0,0\n")
    *lines, last = check_lines(*check_city(folder))
    told = [line for line in lines if line.startswith("error")]
    counts = re.findall(r"and (\d+) more of this kind", " ".join(told))
    more = sum(int(count) - 1 for count in counts)
    assert more
    assert last.startswith(f"{len(told) + more} faults")


def test_full_width_digits_make_no_second_group_of_residents(tmp_path):
    text = CONFIG.replace('"places.csv"', '"places.csv"\ncolumns = { "aged_０_３" = "a" }')
    places = "id,x,y,everyone,a,aged_６０_plus\np1,0,0,１００,２,1\n"
    (said,) = faults(write_city(tmp_path / "a", city=text, places=places))
    assert "did you mean aged_0_3?" in said
    city = read_city(write_city(tmp_path / "b", places=places))
    assert city.places.residents.keys() == {"everyone"}
    assert city.places.residents["everyone"].tolist() == [100.0]


def test_an_unfinished_connection_is_no(tmp_path):
    spaces = "id,x,y,area_m2,rent_m2_month,gas\ns1,1,0,80,30,通\ns2,2,0,80,30,未通\n"
    found = read_city(write_city(tmp_path, spaces=spaces)).spaces.features
    assert [set(f) for f in found] == [{"gas"}, set()]


NAMED = [
    ["id", "x", "y", "community", "everyone"],
    ["Elm Court", 0, 0, "North", 100],
    ["Oak Row", 300, 0, "North", 50],
    ["Elm Court", 0, 900, "South", 10.5],
    ["Elm Court", 0, 950, "South", 10],
]


def test_names_that_repeat_are_numbered_where_city_toml_says_so(tmp_path):
    folder = places_of(tmp_path / "c", NAMED, "number_repeats = true")
    assert read_city(folder).places.id.tolist() == [
        "Elm Court",
        "Oak Row",
        "Elm Court (2)",
        "Elm Court (3)",
    ]
    (said,) = [line for line in remarks(folder) if "number_repeats" in line]
    assert "2 names" in said
    assert "Elm Court (2)" in said


def test_names_that_repeat_are_a_fault_where_it_does_not(tmp_path):
    said = faults(places_of(tmp_path / "c", NAMED, ""))
    assert [line for line in said if "stands in row 2 already" in line] == said
    assert len(said) == 2


def test_a_numbered_name_that_is_there_already_is_a_fault(tmp_path):
    rows = [*NAMED, ["Elm Court (2)", 10, 950, "South", 10]]
    (said,) = faults(places_of(tmp_path / "c", rows, "number_repeats = true"))
    assert "Elm Court (2)" in said
