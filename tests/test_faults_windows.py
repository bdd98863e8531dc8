"""What Windows does otherwise: line ends, backslashes, names; tried with pure paths and bytes."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import pandas as pd
import pytest
from fault_plans import small_city, small_plan

import siting
import siting.api
from siting.frontier.folder import name_of
from siting.plan.folder import FILES, _relative
from siting.standard.model import Budget

ROOT = Path(__file__).resolve().parents[1]
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d)(\..*)?", re.IGNORECASE)
COVERING = "1 2\nF f1 0 0 3\nC c1 0 1 5\nC c2 2 2 7\n"
TEXTS = (".csv", ".toml", ".json", ".geojson", ".txt")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return small_city(tmp_path_factory.mktemp("windows") / "city")


def with_crlf(folder: Path) -> int:
    """Give every text in a folder the line ends of Windows; return how many there are."""
    count = 0
    for path in folder.iterdir():
        if path.suffix in TEXTS:
            plain = path.read_bytes().replace(b"\r\n", b"\n")
            path.write_bytes(plain.replace(b"\n", b"\r\n"))
            count += 1
    return count


def allowed_by_windows(path: str) -> bool:
    parts = PureWindowsPath(path).parts
    return not any(
        RESERVED.fullmatch(part) or part != part.rstrip(". ") or set(part) & set('<>:"|?*')
        for part in parts
    )


def test_a_city_with_the_line_ends_of_windows_is_the_same_city(city, tmp_path):
    other = Path(shutil.copytree(city, tmp_path / "city"))
    assert with_crlf(other) >= 5
    one, two = siting.read_city(city), siting.read_city(other)
    assert one.sha256 != two.sha256
    assert two.remarks == one.remarks
    for part in ("places", "outlets", "spaces"):
        here, there = getattr(one, part), getattr(two, part)
        assert here.id.tolist() == there.id.tolist()
        assert here.x.tolist() == there.x.tolist()
    gaps = [siting.find_gaps(read, siting.Scenario()).table for read in (one, two)]
    pd.testing.assert_frame_equal(*gaps)
    asked = [siting.api.resolve(read, siting.Scenario()) for read in (one, two)]
    assert asked[0] == asked[1]


def test_a_plan_with_the_line_ends_of_windows_is_verified(tmp_path):
    plan = replace(small_plan(tmp_path / "city"), write_reports=None)
    folder = plan.save(tmp_path / "plan")
    assert with_crlf(folder) >= 4
    siting.verify(folder)
    assert siting.read_plan(folder).document == siting.read_plan(plan.save(folder)).document


def test_the_texts_of_a_plan_have_the_same_line_ends_everywhere(tmp_path):
    folder = replace(small_plan(tmp_path / "city"), write_reports=None).save(tmp_path / "plan")
    for path in folder.iterdir():
        if path.suffix in (".json", ".geojson"):
            assert b"\r" not in path.read_bytes()
    source = (ROOT / "siting" / "plan" / "folder.py").read_text("utf-8")
    assert source.count(".write_text(") == source.count('newline="\\n"') == 2


def test_the_files_of_a_city_may_be_named_with_backslashes(city, tmp_path):
    other = Path(shutil.copytree(city, tmp_path / "city"))
    (other / "tables" / "deep").mkdir(parents=True)
    config = (other / "city.toml").read_text("utf-8")
    for name in re.findall(r'^file = "(.+\.csv)"', config, re.MULTILINE):
        (other / name).rename(other / "tables" / "deep" / name)
        config = config.replace(f'file = "{name}"', f"file = 'tables\\deep\\{name}'")
    assert "tables\\deep\\" in config
    (other / "city.toml").write_text(config, "utf-8")
    assert siting.read_city(other).places.id.tolist() == siting.read_city(city).places.id.tolist()


def test_a_table_may_have_its_ending_in_capitals(city, tmp_path):
    other = Path(shutil.copytree(city, tmp_path / "city"))
    config = (other / "city.toml").read_text("utf-8")
    for name in re.findall(r'^file = "(.+\.csv)"', config, re.MULTILINE):
        (other / name).rename(other / name.upper())
        config = config.replace(f'"{name}"', f'"{name.upper()}"')
    (other / "city.toml").write_text(config, "utf-8")
    assert len(siting.read_city(other).places) == len(siting.read_city(city).places)


def test_a_covering_instance_with_the_line_ends_of_windows_is_the_same(tmp_path):
    plain, windows = tmp_path / "a.txt", tmp_path / "b.txt"
    plain.write_text(COVERING, "utf-8", newline="\n")
    windows.write_text(COVERING, "utf-8", newline="\r\n")
    one, two = (siting.read_covering(path) for path in (plain, windows))
    for field in ("site_id", "site_x", "site_y", "cost", "x", "y", "weight"):
        assert getattr(one, field).tolist() == getattr(two, field).tolist()


def test_where_a_city_lies_is_stated_with_slashes(tmp_path):
    assert _relative(tmp_path / "a" / "city", tmp_path / "plan") == "../a/city"


def test_no_name_that_siting_writes_is_refused_by_windows(city):
    budgets = (
        Budget(capital=1.5, subsidy_per_year=2e9),
        Budget(capital=math.inf, subsidy_per_year=math.inf),
    )
    written = [*FILES, *(path.name for path in city.iterdir()), *map(name_of, budgets)]
    assert [name for name in written if not allowed_by_windows(name)] == []


@pytest.mark.parametrize("name", ["con", "NUL.txt", "a/aux.csv", "a:b", "x. ", "what?"])
def test_a_name_that_windows_refuses_is_noticed(name):
    assert not allowed_by_windows(name)


def test_every_file_of_the_repository_can_stand_on_windows():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("no repository here")
    names = [name for name in listed.stdout.split("\0") if name]
    assert [name for name in names if not allowed_by_windows(name)] == []
    assert len({name.casefold() for name in names}) == len(names)
    assert max(map(len, names)) < 150


WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(("fcntl", "grp", "pwd", "resource", "termios", "tty")))
import importlib, pkgutil, pathlib
import siting
for module in pkgutil.walk_packages(siting.__path__, "siting."):
    # solver libraries cannot all share a process
    if not module.name.startswith("siting.solve.backends."):
        importlib.import_module(module.name)
from siting.memory import peak_memory_mb
from siting.plan.disk import locked
with locked(pathlib.Path(sys.argv[1]), 1.0) as alone:
    assert alone
assert peak_memory_mb() == 0.0
print("all")
"""


def test_no_module_needs_what_windows_lacks(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.split() == ["all"], ended.stderr
