from __future__ import annotations

import pytest
from city_folder import CONFIG, faults, write_city

from siting.city.config import load_config
from siting.city.findings import Findings


def one_fault(folder):
    (line,) = faults(folder)
    return line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[places]\nfile", "[places]\nfiel", "places.fiel"),
        ("[outlets]", "[outlet]", "did you mean outlets?"),
        ('name = "Small"', 'nmae = "Small"', "did you mean name?"),
        ('name = "Small"', 'zzz = "Small"', "the keys here are name, crs, metric_crs"),
    ],
)
def test_unknown_key_names_the_nearest(tmp_path, old, new, said):
    folder = write_city(tmp_path, city=CONFIG.replace(old, new))
    assert any(said in line and line.startswith("city.toml") for line in faults(folder))


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("[walking]\nmetres_per_minute = 0", "above 0"),
        ("[walking]\nmetres_per_minute = 'fast'", "must be a number"),
        ("[walking]\nmetres_per_minute = inf", "must be a number"),
        ("[walking]\ndetour = 0.9", "at least 1"),
        ("[walking.groups]\naged_60_plus = -3", "above 0"),
        ("walking = 60", "must be a table"),
        ("[streets]\nnodes = 'nodes.csv'", "either file (lines), or both nodes and edges"),
        ("[walks]\nfile = ''", "must be text that is not empty"),
        ("[communities]\nfile = 'c.csv'\nencoding = 'latin'", "is not one of utf-8"),
        ("[communities]", "communities.file"),
    ],
)
def test_value_that_does_not_fit_is_a_fault(tmp_path, added, said):
    text = f"{added}\n{CONFIG}" if added.startswith("walking =") else f"{CONFIG}\n{added}"
    assert said in one_fault(write_city(tmp_path, city=text))


@pytest.mark.parametrize(
    "path",
    [
        "../places.csv",
        "/etc/hostname",
        "a/../../b.csv",
        "C:\\x.csv",
        "\\\\host\\x.csv",
        "..\\x.csv",
    ],
)
def test_path_that_leaves_the_folder_is_refused_by_name(tmp_path, path):
    text = CONFIG.replace('"places.csv"', f"'{path}'")
    line = one_fault(write_city(tmp_path / "city", city=text))
    assert "leaves the city folder" in line
    assert repr(path) in line


def test_link_that_leaves_the_folder_is_refused(tmp_path):
    folder = write_city(tmp_path / "city")
    outside = tmp_path / "outside.csv"
    (folder / "places.csv").rename(outside)
    (folder / "places.csv").symlink_to(outside)
    assert "leaves the city folder" in one_fault(folder)


def test_link_that_stays_in_the_folder_is_read(tmp_path):
    folder = write_city(tmp_path / "city")
    (folder / "places.csv").rename(folder / "real.csv")
    (folder / "places.csv").symlink_to("real.csv")
    assert faults(folder) == []


@pytest.mark.parametrize("name", ["x" * 5_000, "loop.csv"])
def test_path_that_the_system_cannot_follow_is_a_fault(tmp_path, name):
    folder = write_city(tmp_path, city=CONFIG.replace("places.csv", name))
    (folder / "loop.csv").symlink_to("loop.csv")
    assert name[:50] in one_fault(folder)


def test_large_city_toml_is_refused(tmp_path):
    folder = write_city(tmp_path, city=CONFIG + "#" * 1_000_000)
    assert "more than the 1,000,000" in one_fault(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[city\n", "not valid TOML"),
        (b"a = " + b"[" * 5_000, "not valid TOML"),
        ("[city]\nname = '城'".encode("gb18030"), "not UTF-8"),
        (b"[city]\nname = 'x'", "key is missing"),
    ],
)
def test_city_toml_that_cannot_be_read_is_one_fault(tmp_path, content, said):
    assert said in one_fault(write_city(tmp_path, city=content))


def test_missing_folder_and_missing_city_toml_are_faults(tmp_path):
    assert "no such folder" in one_fault(tmp_path / "nowhere")
    assert "no city.toml" in one_fault(tmp_path)


def test_missing_file_suggests_the_nearest(tmp_path):
    text = CONFIG.replace("places.csv", "place.csv")
    assert "did you mean places.csv?" in one_fault(write_city(tmp_path, city=text))


def test_named_files_are_each_named_once(tmp_path):
    text = CONFIG.replace("outlets.csv", "spaces.csv")
    config = load_config(write_city(tmp_path, city=text), Findings())
    assert config is not None
    assert config.files() == ("places.csv", "spaces.csv")


def test_byte_order_mark_in_city_toml_is_read(tmp_path):
    assert faults(write_city(tmp_path, city=b"\xef\xbb\xbf" + CONFIG.encode())) == []
