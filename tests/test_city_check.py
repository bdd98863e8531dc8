from __future__ import annotations

import pytest
from city_folder import CONFIG, PLACES, faults, remark_keys, remarks, write_city

from siting.city.read import check_city, read_city


def degrees(crs="EPSG:4326", more=""):
    return f'[city]\nname = "C"\ncrs = "{crs}"\n{more}\n[places]\nfile = "places.csv"\n'


def places_at(*points):
    rows = "".join(f"p{i},{x},{y},{10 + i}\n" for i, (x, y) in enumerate(points))
    return "id,x,y,everyone\n" + rows


GRID = [(121.4 + 0.004 * (i % 5), 31.2 + 0.004 * (i // 5)) for i in range(25)]


def test_sound_city_has_no_remarks(tmp_path):
    assert remarks(write_city(tmp_path)) == []


def test_point_far_outside_the_rest_is_remarked_with_its_row(tmp_path):
    folder = write_city(tmp_path, city=degrees(), places=places_at(*GRID, (122.9, 31.2)))
    assert any("row 27" in line and "far outside the rest" in line for line in remarks(folder))


def test_swapped_point_is_told_from_a_far_one(tmp_path):
    europe = [(11.5 + 0.004 * (i % 5), 48.1 + 0.004 * (i // 5)) for i in range(25)]
    folder = write_city(tmp_path, city=degrees(), places=places_at(*europe, (48.1, 11.5)))
    assert any("row 27" in line and "x and y exchanged" in line for line in remarks(folder))


@pytest.mark.parametrize(
    ("crs", "points", "key"),
    [
        ("EPSG:4490", [(-123.1, 49.2)], "city.off_area"),
        ("EPSG:4269", [(49.2, -123.1)], None),
        ("EPSG:25832", [(5330000.0, 690000.0)], "city.off_area_swapped"),
        ("GCJ-02", [(-123.1, 49.2)], "city.shift_outside"),
        ("EPSG:4326", [(-123.1, 49.2)], "nothing"),
    ],
)
def test_system_that_puts_the_city_elsewhere_is_remarked(tmp_path, crs, points, key):
    folder = write_city(tmp_path, city=degrees(crs), places=places_at(*points))
    if key is None:
        assert any("look swapped" in line for line in faults(folder))
    else:
        expected = set() if key == "nothing" else {key}
        suspicious = {"city.off_area", "city.off_area_swapped", "city.shift_outside"}
        assert remark_keys(folder) & suspicious == expected


def test_chinese_tables_outside_china_are_remarked(tmp_path):
    text = degrees().replace('"C"', '"示例市"')
    outside = write_city(tmp_path / "a", city=text, places=places_at((31.2, 21.4)))
    inside = write_city(tmp_path / "b", city=text, places=places_at((121.4, 31.2)))
    assert "city.not_china" in remark_keys(outside)
    assert "city.not_china" not in remark_keys(inside)


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("EPSG:4490", "not a plane coordinate system in metres"),
        ("EPSG:2263", "not a plane coordinate system in metres"),
        ("GCJ-02", "not a plane coordinate system in metres"),
        ("EPSG:3857", "1.17 true metres"),
        ("EPSG:26910", "true metres at the city's centre"),
        ("EPSG:77", "no such coordinate system"),
    ],
)
def test_metric_system_that_measures_wrongly_is_a_fault(tmp_path, metric, said):
    text = degrees(more=f'metric_crs = "{metric}"')
    (line,) = faults(write_city(tmp_path, city=text, places=places_at(*GRID)))
    assert said in line


def test_chosen_metric_system_is_named(tmp_path):
    folder = write_city(tmp_path, city=degrees("GCJ-02"), places=places_at(*GRID))
    assert read_city(folder).metric_crs == "EPSG:4549"
    assert any("EPSG:4549 (CGCS2000 / 3-degree" in line for line in remarks(folder))


def test_table_may_state_its_own_system(tmp_path):
    text = degrees("EPSG:4326", 'metric_crs = "EPSG:32651"')
    text += '[spaces]\nfile = "spaces.csv"\ncrs = "EPSG:32651"\n'
    city = read_city(write_city(tmp_path, city=text, places=places_at(*GRID)))
    assert city.spaces.x.tolist() == [100.0, 0.0]
    assert city.places.x[0] > 300_000


def test_degrees_without_a_system_are_a_fault(tmp_path):
    text = degrees().replace('crs = "EPSG:4326"', "")
    (line,) = faults(write_city(tmp_path, city=text, places=places_at(*GRID)))
    assert "state crs" in line


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:32651"])
def test_degrees_in_a_system_of_metres_are_a_fault(tmp_path, crs):
    lines = faults(write_city(tmp_path, city=degrees(crs), places=places_at(*GRID)))
    assert any("look like degrees" in line for line in lines)


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ({"places": PLACES.replace("p2,300,0", "p2,0,0")}, "city.same_point"),
        ({"places": PLACES.replace("50\n", "0\n")}, "city.zero_residents"),
        ({"places": "id,x,y,everyone\np1,0,0,0\n"}, "city.nobody"),
        ({"places": "id,x,y,everyone,aged_0_3\np1,0,0,5,6\n"}, "city.group_over"),
        ({"city": CONFIG + "[walking]\nmetres_per_minute = 4.8\n"}, "city.odd_speed"),
        ({"city": CONFIG + "[walking]\ndetour = 13.3\n"}, "city.odd_detour"),
        ({"spaces": "id,x,y,area_m2,rent_m2_month\n"}, "city.no_spaces"),
        ({"outlets": "id,x,y,type\n"}, "city.no_outlets"),
    ],
)
def test_legal_but_odd_city_is_read_with_a_remark(tmp_path, files, key):
    assert key in remark_keys(write_city(tmp_path, **files))


@pytest.mark.parametrize(
    ("last", "column"), [("800,30", "area_m2"), ("8,30", "area_m2"), ("80,300", "rent_m2_month")]
)
def test_area_or_rent_off_by_ten_is_remarked_with_its_row(tmp_path, last, column):
    rows = "".join(f"s{i},{i * 9},0,80,30,shop\n" for i in range(9))
    spaces = f"id,x,y,area_m2,rent_m2_month,kind\n{rows}s9,90,0,{last},shop\n"
    folder = write_city(tmp_path, spaces=spaces)
    assert [f"row 11, column {column}" in line for line in remarks(folder)] == [True]


def test_check_never_raises_and_gives_the_city_only_without_faults(tmp_path):
    city, wrong, said = check_city(write_city(tmp_path / "good"))
    assert city is not None
    assert (wrong, said) == ((), city.remarks)
    city, wrong, _ = check_city(write_city(tmp_path / "bad", places=b""))
    assert city is None
    assert len(wrong) == 1


def test_every_notice_can_be_said_in_both_languages():
    import re
    from pathlib import Path

    import siting.city
    from siting.words import text

    source = "".join(p.read_text("utf-8") for p in Path(siting.city.__file__).parent.glob("*.py"))
    keys = set(re.findall(r'"(city\.[a-z_0-9]+)"', source)) - {
        "city.toml",
        "city.crs",
        "city.metric_crs",
    }
    assert len(keys) > 80
    for key in keys:
        assert text(key, "en")
        assert re.search("[\u4e00-\u9fff]", text(key, "zh"))


def test_no_sentence_stands_unused():
    import re
    import tomllib
    from pathlib import Path

    import siting.city

    folder = Path(siting.city.__file__).parent
    source = "".join(p.read_text("utf-8") for p in folder.glob("*.py"))
    named = set(re.findall(r'"city\.([a-z_0-9]+)"', source))
    written = set(tomllib.loads((folder / "words.toml").read_text("utf-8")))
    assert written - named == set()
