"""A plan depends on the city, the question and the seed; not on where and how siting is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import siting

MEASURED = ("seconds", "peak_memory_mb")
TABLES = ("projects.csv", "gaps.csv")
SURROUNDINGS = {
    "one": {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"},
    "other": {"LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "4242"},
}


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("surroundings")
    siting.generate(folder / "city", places=80, spaces=14, types=6, seed=5)
    return folder


def solved(base: Path, name: str, cwd: Path, *more: str) -> dict:
    """Solve from a folder in its own surroundings, and return plan.json."""
    environment = {k: v for k, v in os.environ.items() if k not in ("LANG", "LANGUAGE")}
    city, plan = os.path.relpath(base / "city", cwd), os.path.relpath(base / name, cwd)
    command = [sys.executable, "-m", "siting.cli.main", "solve", city, "-o", plan, "--gap", "0"]
    ran = subprocess.run(
        [*command, "--seed", "7", "--quiet", *more],
        cwd=cwd,
        env=environment | SURROUNDINGS[name.partition(" ")[0]],
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    content = json.loads((base / name / "plan.json").read_text("utf-8"))
    return {k: v for k, v in content.items() if k not in MEASURED}


@pytest.fixture(scope="module")
def one(base) -> dict:
    return solved(base, "one", base)


def test_plan_is_the_same_to_the_byte_from_elsewhere_in_another_locale_zone_and_hash_order(
    base, one
):
    (base / "below" / "further").mkdir(parents=True)
    other = solved(base, "other", base / "below" / "further")
    assert one["status"] == "optimal"
    assert one["deterministic"]
    assert json.dumps(one, ensure_ascii=False) == json.dumps(other, ensure_ascii=False)
    for table in TABLES:
        assert (base / "one" / table).read_bytes() == (base / "other" / table).read_bytes()
    first, second = (dict(np.load(base / n / "certificate.npz")) for n in ("one", "other"))
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[k], second[k]) for k in first)


def test_proved_optimum_does_not_depend_on_threads(base, one):
    alone = solved(base, "one thread", base, "--threads", "1")
    assert alone["status"] == one["status"] == "optimal"
    assert np.isclose(alone["objective"], one["objective"], rtol=1e-6)
