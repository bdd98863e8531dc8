"""Units, rows of titles and local words that city.toml may state for a table."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from city_folder import CONFIG, OUTLETS, PLACES, SPACES, faults, write_city

from siting.city.read import read_city
from siting.city.units import converted, unit_of


@pytest.mark.parametrize(
    ("word", "times", "whole"),
    [
        ("yuan/m2/month", Fraction(1), False),
        ("元/㎡·月", Fraction(1), False),
        ("元/平方米/天", Fraction(365, 12), False),
        ("元每平米每日", Fraction(365, 12), False),
        ("yuan per m2 per year", Fraction(1, 12), False),
        ("元/月", Fraction(1), True),
        ("万元/年", Fraction(10_000, 12), True),
        ("10k yuan/year", Fraction(10_000, 12), True),
        ("万元/亩/年", Fraction(10_000, 12) / Fraction(2_000, 3), False),
        (0.5, Fraction(1, 2), False),
    ],
)
def test_a_rent_may_be_stated_in_many_units(word, times, whole):
    unit = unit_of(word, "rent", whole=True)
    assert (unit.times, unit.whole) == (times, whole)


@pytest.mark.parametrize(
    ("word", "measure"),
    [
        ("yuan/m2", "rent"),  # no period
        ("m2", "rent"),
        ("yuan/month", "cost"),
        ("yuan", "cost_m2"),
        ("yuan/m2/month/month", "rent"),
        ("yuan", "area"),
        ("m2", "people"),
        ("dollars/m2/month", "rent"),
        ("", "rent"),
    ],
)
def test_what_is_no_unit_of_the_measure_is_none(word, measure):
    assert unit_of(word, measure, whole=True) is None


def test_a_rent_of_the_whole_floor_needs_leave():
    assert unit_of("yuan/month", "rent") is None


def test_conversion_is_that_of_the_decimal_figures_rounded_once():
    values = np.array([0.57, 2.35, np.nan, 0.57, 1.1])
    assert converted(values, unit_of("万元", "cost")).tolist()[0] == 5700.0  # 0.57 * 1e4 is less
    daily = converted(values, unit_of("元/㎡/天", "rent"))
    exact = [float(Fraction("0.57") * 365 / 12), float(Fraction("2.35") * 365 / 12)]
    assert daily[:2].tolist() == exact
    assert np.isnan(daily[2])
    per_m2 = converted(
        np.array([0.3, 1.0]), unit_of("万元/年", "rent", whole=True), np.array([0.7, 0.0])
    )
    assert per_m2[0] == float(Fraction("0.3") * 10_000 / 12 / Fraction("0.7"))
    assert np.isnan(per_m2[1])


def test_units_of_a_city_reach_its_arrays(tmp_path):
    config = CONFIG.replace(
        'file = "spaces.csv"',
        'file = "spaces.csv"\nunits = { rent_m2_month = "万元/年", area_m2 = "亩" }',
    ).replace('file = "places.csv"', 'file = "places.csv"\nunits = { everyone = 2.62 }')
    spaces = "id,x,y,area_m2,rent_m2_month\ns1,100,0,0.3,2.4\ns2,0,800,1.5,0\n"
    city = read_city(write_city(tmp_path, city=config, spaces=spaces))
    assert city.spaces.area_m2.tolist() == [200.0, 1000.0]
    assert city.spaces.rent_m2_month.tolist() == [10.0, 0.0]
    assert city.places.residents["everyone"].tolist() == [262.0, 131.0, 27.51]


@pytest.mark.parametrize("word", ["sq ft", "Square feet", "sqft", "ft2", "平方英尺"])
def test_square_feet_are_converted_exactly(word):
    assert unit_of(word, "area").times == Fraction(3048, 10_000) ** 2


@pytest.mark.parametrize(
    ("heading", "units", "remarked"),
    [
        ("area (sq ft)", "", True),
        ("面积（间）", "", True),
        ("面积（亩）", "", True),
        ("面积（坪）", "", True),
        ("面积（平方米）", "", False),
        ("area (m2, required)", "", False),
        ("area (sq ft)", 'units = { area_m2 = "sq ft" }', False),
    ],
)
def test_a_heading_that_speaks_of_another_unit_is_remarked(tmp_path, heading, units, remarked):
    config = CONFIG.replace(
        'file = "spaces.csv"',
        f'file = "spaces.csv"\n{units}\ncolumns = {{ area_m2 = "{heading}" }}',
    )
    spaces = f'id,x,y,"{heading}",rent_m2_month\ns1,100,0,200,2.4\n'
    city = read_city(write_city(tmp_path, city=config, spaces=spaces))
    assert ("city.heading_unit" in [n.key for n in city.remarks]) == remarked


@pytest.mark.parametrize(
    ("table", "units", "said"),
    [
        ("spaces", '{ rent_m2_month = "yuan" }', "no unit of rent_m2_month"),
        ("spaces", '{ rent_m2_month = "" }', "text that is not empty"),
        ("spaces", "{ area_m2 = 0 }", "above 0"),
        ("spaces", '{ kind = "m2" }', "no column of numbers"),
        ("spaces", '{ max_types = "m2" }', "no column of numbers"),
        ("spaces", "{ x = 1000 }", "no column of numbers"),
        ("places", '{ everyone = "households" }', "no unit of everyone"),
        ("outlets", '{ spare_m2 = "yuan" }', "no unit of spare_m2"),
        ("outlets", '{ rent_m2_month = "yuan/month" }', "no unit of rent_m2_month"),
    ],
)
def test_a_unit_nobody_knows_is_a_fault(tmp_path, table, units, said):
    config = CONFIG.replace(f'file = "{table}.csv"', f'file = "{table}.csv"\nunits = {units}')
    outlets = "id,x,y,type,spare_m2,rent_m2_month\no1,50,50,pharmacy,10,5\n"
    found = faults(write_city(tmp_path, city=config, outlets=outlets))
    assert any(said in line for line in found)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_heading_may_stand_below_titles(tmp_path, kind):
    config = CONFIG.replace("places.csv", f"places.{kind}")
    config = config.replace(f'"places.{kind}"', f'"places.{kind}"\nheader_row = 3')
    above = 'A list of,"places\nhere",,,\n\n'
    if kind == "csv":
        folder = write_city(tmp_path, city=config, places=above + PLACES)
    else:
        import openpyxl

        folder = write_city(tmp_path, city=config)
        book = openpyxl.Workbook()
        for line in ["A list of places", "", *PLACES.splitlines()]:
            book.active.append([_cell(word) for word in line.split(",")])
        book.save(folder / "places.xlsx")
    city = read_city(folder)
    assert city.places.id.tolist() == ["p1", "p2", "p3"]
    broken = PLACES.replace("p2,300", "p2,far")
    if kind == "csv":
        (said,) = faults(write_city(tmp_path, city=config, places=above + broken))
        assert "row 5" in said


def _cell(word):
    try:
        return float(word)
    except ValueError:
        return word or None


@pytest.mark.parametrize(
    ("row", "said"), [(9, "no column names"), (2, "no such column"), (0, "[3, 4]")]
)
def test_a_wrong_header_row_is_a_fault(tmp_path, row, said):
    config = CONFIG.replace('"places.csv"', f'"places.csv"\nheader_row = {row}')
    assert any(said in line for line in faults(write_city(tmp_path, city=config)))


def test_a_geojson_has_no_header_row(tmp_path):
    config = CONFIG.replace('"places.csv"', '"places.geojson"\nheader_row = 2')
    folder = write_city(tmp_path, city=config)
    (folder / "places.geojson").write_text("{}")
    assert any("CSV and Excel" in line for line in faults(folder))


def test_local_words_for_kinds_and_features_are_translated(tmp_path):
    config = CONFIG.replace(
        'file = "spaces.csv"',
        'file = "spaces.csv"\nkinds = { "车棚" = "shed" }\n'
        'features = { "烟道" = "flue", "水电" = ["water", "power"] }',
    )
    spaces = SPACES.replace("kind", "kind,features").replace("shop", "车棚,烟道；水电;Gas")
    city = read_city(write_city(tmp_path, city=config, spaces=spaces.replace("shed", "shed,")))
    assert city.spaces.kind.tolist() == ["shed", "shed"]
    assert city.spaces.features.tolist()[0] == {"flue", "water", "power", "gas"}


def test_empty_tables_are_told_beside_the_fault_of_empty_places(tmp_path):
    from siting.city.read import check_city

    def heading(table: str) -> str:
        return table.splitlines()[0] + "\n"

    folder = write_city(
        tmp_path, places=heading(PLACES), spaces=heading(SPACES), outlets=heading(OUTLETS)
    )
    _, wrong, said = check_city(folder)
    assert [n.file for n in wrong] == ["places.csv"]
    assert [n.file for n in said] == ["spaces.csv", "outlets.csv"]
    assert all("no records" in n.line("en") for n in (*wrong, *said))
