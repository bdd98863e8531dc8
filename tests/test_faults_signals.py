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
    command = [sys.executable, "-m", "siting.cli.start", *asked, "--gap", "0", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        words, sent = "", False
        for line in running.stderr:
            words += line
            if not sent and json.loads(line).get("stage") == stage:
                running.send_signal(kind)
                sent = True
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
    assert kept or stage in ("walk", "solve"), words
    assert "Traceback" not in words


SWALLOWED = """
import os, signal, sys, threading
from siting import api
from siting.cli import leaving
from siting.cli.main import run

def swallow(*_):
    try:
        os.kill(os.getpid(), {kind})
        threading.Event().wait(5.0)
    except KeyboardInterrupt:
        print("swallowed", flush=True)
    threading.Event().wait()

leaving.PATIENCE = 0.2
api.read_city = swallow
run(["check", "city"])
"""


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_a_library_swallows_ends_the_command_all_the_same(kind):
    code = SWALLOWED.format(kind=int(kind)).replace("read_city", "check_city")
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stdout == "swallowed\n"
    assert ended.returncode == 130


def test_a_signal_while_a_thread_is_started_does_not_wait_for_itself():
    code = """
import os, signal, sys, threading
from types import SimpleNamespace
from siting.cli.interrupts import stop_on_signals

with stop_on_signals(SimpleNamespace(stopping=lambda: None)) as stop:
    with threading._active_limbo_lock:  # as in the midst of Thread.start
        os.kill(os.getpid(), signal.SIGINT)
    print(stop.wait(10.0), flush=True)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.stdout, ended.returncode) == ("True\n", 0)


def test_an_interrupt_before_the_command_is_read_shows_no_traceback():
    code = """
import sys

class Interrupting:
    def find_spec(self, name, *_):
        if name == "siting.cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
from siting.cli.start import run
run()
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_a_signal_after_the_command_has_ended_does_not_change_its_code():
    code = """
import atexit, os, signal, sys
atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM))
atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))
from siting.cli.start import run
sys.argv[1:] = ["standards", "--quiet"]
run()
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
