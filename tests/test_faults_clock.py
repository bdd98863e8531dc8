"""A clock that is set forward or back while siting works changes nothing."""

from __future__ import annotations

import ast
import itertools
import time
from pathlib import Path

import pytest
from fault_plans import small_city

import siting

ROOT = Path(siting.__file__).parent
# Clocks that somebody may set.
WALL = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "datetime.now", "date.today"}


def clocks_in(source: str) -> set[str]:
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    } & WALL


def test_a_clock_that_can_be_set_is_noticed():
    assert clocks_in("import time\nends = time.time() + 60") == {"time.time"}


def test_no_module_asks_a_clock_that_can_be_set():
    asked = {
        path.relative_to(ROOT).as_posix(): clocks_in(path.read_text("utf-8"))
        for path in ROOT.rglob("*.py")
    }
    assert {path: clocks for path, clocks in asked.items() if clocks} == {}


@pytest.mark.parametrize("jump", [1e9, -1e9])
def test_a_clock_that_jumps_leaves_plan_and_seconds_as_they_are(tmp_path, monkeypatch, jump):
    city = siting.read_city(small_city(tmp_path / "city"))
    right = siting.solve(city, siting.Scenario(), threads=1, time_limit=60.0).document
    now = itertools.count(time.time(), jump)
    monkeypatch.setattr(time, "time", lambda: next(now))
    jumped = siting.solve(city, siting.Scenario(), threads=1, time_limit=60.0).document
    assert jumped.projects == right.projects
    assert (jumped.objective, jumped.stopped_by) == (right.objective, right.stopped_by)
    assert all(0.0 <= seconds < 120.0 for seconds in jumped.seconds.values())
