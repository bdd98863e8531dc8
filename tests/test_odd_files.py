"""What stands in the place of a file and is none is refused in words, and nobody waits for it."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from city_folder import SPACES, write_city

import siting
from siting import api
from siting.cli.main import run
from siting.errors import InputError
from siting.files import file_content, open_file
from siting.plan.disk import LARGEST

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes with names are POSIX")


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def door(path):
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may have a hundred bytes or so
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def nowhere(path):
    path.symlink_to("nobody")


def folder(path):
    path.mkdir()


ODD = (pipe, device, door, nowhere, folder)


def replaced(path, odd):
    path.unlink(missing_ok=True)
    odd(path)


def refused(arguments, capsys, code=2):
    """Return what the command says on its way out."""
    with pytest.raises(SystemExit) as left:
        run([*map(str, arguments), "--quiet", "--lang", "en"])
    out, err = capsys.readouterr()
    said = out + err
    assert left.value.code == code, said
    assert "fault of its own" not in said
    return said


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Return a small city and its plan."""
    base = tmp_path_factory.mktemp("town")
    api.generate(base / "city", places=40, spaces=5, types=3, seed=1)
    plan = siting.solve(siting.read_city(base / "city"), siting.Scenario(), time_limit=5)
    plan.save(base / "plan")
    return base


@pytest.fixture
def copy(town, tmp_path):
    """Return a copy of them."""
    shutil.copytree(town, tmp_path / "town")
    return tmp_path / "town"


# ------------------------------------------------------------------------------------- the city


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["city.toml", "places.csv", "scenario.toml", "standard.toml"])
def test_a_city_with_an_odd_file_is_refused(copy, tmp_path, capsys, name, odd):
    replaced(copy / "city" / name, odd)
    said = refused(["solve", copy / "city", "-o", tmp_path / "plan"], capsys)
    assert name in said
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize("odd", ODD)
def test_a_citys_own_standard_that_is_odd_is_not_passed_over_by_check(copy, capsys, odd):
    replaced(copy / "city" / "standard.toml", odd)
    assert "standard.toml" in refused(["check", copy / "city"], capsys)


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_scenario_of_the_city_is_not_passed_over_where_flags_say_all(copy, capsys, odd):
    replaced(copy / "city" / "scenario.toml", odd)
    flags = ["--capital", "5", "--subsidy", "5", "--standard", "mofcom-2021"]
    assert "scenario.toml" in refused(["solve", copy / "city", *flags, "-o", copy / "p"], capsys)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("flag", ["--scenario", "--standard", "--policy"])
def test_an_odd_file_that_is_named_is_refused(copy, capsys, flag, odd):
    odd(copy / "odd.toml")
    said = refused(["solve", copy / "city", flag, copy / "odd.toml", "-o", copy / "p"], capsys)
    assert "odd.toml" in said


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "gpkg", "geojson", "shp"])
def test_a_table_that_is_odd_is_refused_whatever_its_format(tmp_path, odd, suffix):
    words = f'[places]\nfile = "places.{suffix}"\n[spaces]\nfile = "spaces.csv"\n'
    write_city(tmp_path, city=words, spaces=SPACES)
    replaced(tmp_path / f"places.{suffix}", odd)
    _, faults, _ = api.check_city(tmp_path)
    assert any(suffix in notice.line("en") for notice in faults)


# ------------------------------------------------------------------------------------- the plan


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("command", ["verify", "report", "explain", "compare", "solve"])
def test_a_plan_json_that_is_odd_is_refused(copy, capsys, command, odd):
    plan = copy / "plan"
    replaced(plan / "plan.json", odd)
    rest = {
        "explain": ["--space", "s1"],
        "compare": [plan],
        "solve": ["-o", plan],
    }
    asked = copy / "city" if command == "solve" else plan
    said = refused([command, asked, *rest.get(command, [])], capsys)
    assert "plan" in said


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("projects.csv", pipe),
        ("gaps.csv", device),
        ("plan.gpkg", door),
        ("projects.geojson", nowhere),
        ("report.xlsx", pipe),
        ("report.html", folder),
        ("certificate.npz", pipe),
        ("certificate.npz", nowhere),
    ],
)
def test_a_plan_with_an_odd_file_is_not_verified(copy, capsys, name, odd):
    replaced(copy / "plan" / name, odd)
    said = refused(["verify", copy / "plan"], capsys, code=5)
    assert name in said


@pytest.mark.parametrize(("name", "odd"), [("report.html", pipe), ("certificate.npz", device)])
def test_an_odd_file_in_an_old_plan_does_not_keep_a_new_one_from_its_place(copy, capsys, name, odd):
    replaced(copy / "plan" / name, odd)
    arguments = ["solve", copy / "city", "-o", copy / "plan", "--time-limit", "5"]
    refused(arguments, capsys, code=0)
    assert siting.verify(siting.read_plan(copy / "plan")) is not False


# ------------------------------------------------------------------------------------- size


@pytest.mark.skipif(sys.platform != "linux", reason="needs sparse files and a limit of memory")
@pytest.mark.parametrize("command", ["verify", "report", "solve"])
def test_three_gigabytes_of_blanks_are_no_plan(copy, command, monkeypatch):
    with (copy / "plan" / "plan.json").open("wb") as stream:
        stream.truncate(3_000_000_000)
    code = (
        "import resource, sys; from siting.cli.main import run; from siting import memory\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (700 * 2**20,) * 2)\n"
        "try: run(sys.argv[1:])\n"
        "finally: print(memory.peak_memory_mb())\n"
    )
    asked = [copy / "plan"] if command != "solve" else [copy / "city", "-o", copy / "plan"]
    monkeypatch.setenv("COLUMNS", "0")
    ended = subprocess.run(
        [sys.executable, "-c", code, command, *map(str, asked), "--quiet", "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2, ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert 0 < float(ended.stdout.splitlines()[-1]) < 500


def test_a_file_is_read_up_to_its_limit_and_no_further(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert file_content(tmp_path / "a", 5) == b"12345"
    with pytest.raises(OSError, match="it has 5 bytes, and 4 at most"):
        file_content(tmp_path / "a", 4)


def test_a_file_that_is_exchanged_for_a_pipe_while_it_is_opened_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"1")
    looked_at = (tmp_path / "a").stat()
    replaced(tmp_path / "a", pipe)
    monkeypatch.setattr(Path, "stat", lambda _: looked_at)
    with pytest.raises(OSError, match="no file"):
        open_file(tmp_path / "a")


def test_no_plan_of_a_large_city_is_too_large():
    # 85 MB was plan.json of a million places, 20,000 spaces and 50 types
    assert LARGEST > 5 * 85_000_000


def test_an_odd_point_of_a_frontier_is_refused(copy, tmp_path):
    city = siting.read_city(copy / "city")
    out = tmp_path / "out"
    siting.frontier(city, siting.Scenario(), capital=[0.0, 9.0], folder=out, time_limit=5)
    point = min((out / "points").glob("*.json"))
    assert json.loads(point.read_text("utf-8"))
    replaced(point, pipe)
    with pytest.raises(InputError, match="not a point"):
        siting.frontier(city, siting.Scenario(), capital=[0.0, 9.0], folder=out, time_limit=5)
