"""SIGINT and SIGTERM at each stage of a run: the old plan or the new one, and an exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from fault_plans import names_in, seed_in, small_city

import siting

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A city, and a plan of seed 0 for it."""
    folder = tmp_path_factory.mktemp("signals")
    plan = siting.solve(siting.read_city(small_city(folder / "city")), siting.Scenario())
    plan.save(folder / "plan")
    return folder


def ended_at(stage, kind, base, seed) -> tuple[int, str]:
    """Run ``siting solve``, send a signal at the first news of a stage, return code and words."""
    asked = ["solve", str(base / "city"), "-o", str(base / "plan"), "--seed", str(seed)]
    command = [sys.executable, "-m", "siting.cli.main", *asked, "--gap", "0", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        words = ""
        for line in running.stderr:
            words += line
            if line.startswith("{") and json.loads(line)["stage"] == stage:
                running.send_signal(kind)
                stage = None
        return running.wait(60.0), words


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("stage", ["walk", "solve", "verify", "write"])
def test_a_signal_at_any_stage_leaves_a_whole_plan(base, stage, kind):
    seed = seed_in(base / "plan") + 1
    code, words = ended_at(stage, kind, base, seed)
    assert names_in(base) == ["city", "plan"]
    siting.verify(base / "plan")
    kept = seed_in(base / "plan") == seed
    assert (code, kept) in {(0, True), (130, False)}
    # A plan that was found is not given up, nor one that is being written.
    assert kept or stage in ("walk", "solve")
    assert "Traceback" not in words
