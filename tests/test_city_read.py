from __future__ import annotations

import hashlib
import time

import geopandas as gpd
import numpy as np
import pytest
from city_folder import CONFIG, write_city
from shapely import LineString

from siting.city.fingerprint import fingerprint
from siting.city.read import check_city, read_city
from siting.errors import InputError


def test_city_is_read_whole(tmp_path):
    city = read_city(write_city(tmp_path))
    assert city.name == "Small"
    assert city.places.residents["everyone"].tolist() == [100.0, 50.0, 10.5]
    assert city.spaces.area_m2.tolist() == [80.0, 120.0]
    assert city.outlets.types.tolist() == [("pharmacy",), ("bakery", "pharmacy")]
    assert (city.walking.metres_per_minute, city.walking.detour) == (60.0, 1.33)
    assert city.path == tmp_path


def test_city_toml_itself_may_be_given(tmp_path):
    assert read_city(write_city(tmp_path) / "city.toml").name == "Small"


def test_name_of_the_folder_is_the_name_without_another(tmp_path):
    folder = write_city(tmp_path / "somewhere", city=CONFIG.replace('name = "Small"', ""))
    assert read_city(folder).name == "somewhere"


def test_walking_speeds_are_read(tmp_path):
    text = CONFIG + "[walking]\nmetres_per_minute = 80\n[walking.groups]\naged_60_plus = 50\n"
    walking = read_city(write_city(tmp_path, city=text)).walking
    assert (walking.speed("everyone"), walking.speed("aged_60_plus")) == (80.0, 50.0)


def test_fingerprint_is_over_the_names_and_hashes_of_the_files(tmp_path):
    folder = write_city(tmp_path)
    lines = ""
    for name in ("city.toml", "outlets.csv", "places.csv", "spaces.csv"):
        lines += f"{name}\0{hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n"
    expected = hashlib.sha256(lines.encode()).hexdigest()
    assert fingerprint(folder) == expected
    assert read_city(folder).sha256 == expected


def test_fingerprint_changes_with_any_named_file_and_no_other(tmp_path):
    folder = write_city(tmp_path)
    before = fingerprint(folder)
    (folder / "notes.txt").write_text("x")
    assert fingerprint(folder) == before
    for name in ("city.toml", "outlets.csv", "places.csv", "spaces.csv"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole + b"\n")
        assert fingerprint(folder) != before
        (folder / name).write_bytes(whole)
    assert fingerprint(folder) == before


@pytest.mark.parametrize("suffix", [".dbf", ".shx", ".prj", ".cpg"])
def test_fingerprint_covers_the_members_of_a_shapefile(tmp_path, suffix):
    folder = write_city(tmp_path, city=CONFIG + '[streets]\nfile = "streets.shp"\n')
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[LineString([(0, 0), (9, 0)])], crs="EPSG:32650")
    frame.to_file(folder / "streets.shp")
    before = fingerprint(folder)
    with (folder / f"streets{suffix}").open("ab") as stream:
        stream.write(b" ")
    assert fingerprint(folder) != before


def test_fingerprint_of_a_city_that_misses_a_file_is_a_fault(tmp_path):
    folder = write_city(tmp_path)
    (folder / "places.csv").unlink()
    with pytest.raises(InputError, match="places"):
        fingerprint(folder)


def test_reading_twice_gives_the_same(tmp_path):
    folder = write_city(tmp_path)
    first, second = read_city(folder), read_city(folder)
    assert first.sha256 == second.sha256
    assert first.remarks == second.remarks
    for records in ("places", "spaces", "outlets"):
        for name, values in vars(getattr(first, records)).items():
            if name != "residents":
                assert np.array_equal(
                    values, getattr(getattr(second, records), name), equal_nan=False
                ) or name in (
                    "area_m2",
                    "chain",
                    "capital_m2",
                )


def test_vancouver_is_read_quickly_and_without_a_fault(vancouver):
    read_city(vancouver)
    start = time.process_time()
    city, wrong, said = check_city(vancouver)
    seconds = time.process_time() - start
    assert wrong == ()
    assert city is not None
    assert seconds < 3.0
    assert (len(city.places), len(city.spaces), len(city.streets)) == (9_620, 1_080, 10_513)
    assert len(city.communities) == 22
    assert city.places.residents["everyone"].sum() == pytest.approx(633_135, rel=1e-4)
    assert city.metric_crs == "EPSG:26910"
    keys = {notice.key for notice in said}
    assert keys == {
        "city.left_out",
        "city.category",
        "city.same_point",
        "city.street_pieces",
    }


def test_published_vancouver_duplicates_are_remarked(vancouver):
    _, _, said = check_city(vancouver)
    shared = {n.file: n.values["count"] for n in said if n.key == "city.same_point"}
    assert shared["vacant_storefronts.csv"] == 305
