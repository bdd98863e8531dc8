"""A solver that hangs, crashes or lies harms nothing."""

from __future__ import annotations

import ast
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from backends import gone, group_of, hard, knapsack

import siting.errors
from siting.solve.link import Link
from siting.solve.runner import prepare, run, start

if TYPE_CHECKING:
    from siting.solve.outcome import Outcome

FAKE = str(Path(__file__).with_name("fake_solver.py"))
BEST = np.array([0.0, 1.0, 1.0, 0.0])
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def fake(mode: str, limit: float = 20.0) -> Outcome:
    return run(
        knapsack(), "highs", start=BEST, time_limit=limit, command=[sys.executable, FAKE, mode]
    )


@pytest.mark.parametrize("mode", ["hangs", "deaf"])
def test_a_solver_that_hangs_is_ended_in_time(mode: str) -> None:
    begun = time.monotonic()
    outcome = fake(mode, limit=1.0)
    assert time.monotonic() - begun < 1.0 + 0.55 + 1.0
    assert (outcome.status, outcome.stopped_by) == ("feasible", "time")
    assert outcome.vector is not None
    assert outcome.vector.tolist() == BEST.tolist()
    assert "was ended" in outcome.message
    assert outcome.bound == (100.0 if mode == "hangs" else np.inf)
    assert outcome.peak_memory_mb >= 7.0 or not sys.platform.startswith("linux")


def test_a_solver_that_crashes_leaves_its_last_plan_and_bound() -> None:
    outcome = fake("crashes")
    assert (outcome.status, outcome.stopped_by) == ("feasible", "crash")
    assert outcome.bound == 100.0
    assert outcome.vector is not None
    assert "exit code -11" in outcome.message


@pytest.mark.parametrize(
    ("mode", "words"), [("raises", "MemoryError: too large"), ("dies", "licence expired")]
)
def test_the_last_words_of_a_crash_are_told(mode: str, words: str) -> None:
    outcome = fake(mode)
    assert outcome.stopped_by == "crash"
    assert words in outcome.message


@pytest.mark.parametrize("fault", [MemoryError, TypeError, BrokenPipeError])
def test_a_question_that_cannot_be_handed_over_is_not_waited_for(monkeypatch, fault) -> None:
    def fails(*_: object) -> None:
        raise fault("no room to write it")

    monkeypatch.setattr(sys.modules[Link.__module__], "write_frame", fails)
    begun = time.monotonic()
    outcome = run(knapsack(), "highs", start=BEST, time_limit=60.0)
    assert time.monotonic() - begun < 30.0
    assert outcome.stopped_by == "crash"
    assert outcome.vector is not None
    assert outcome.vector.tolist() == BEST.tolist()


@pytest.mark.parametrize("mode", ["nonsense", "huge"])
def test_what_is_no_frame_ends_the_child(mode: str) -> None:
    begun = time.monotonic()
    outcome = fake(mode)
    assert time.monotonic() - begun < 10
    assert outcome.stopped_by == "crash"
    assert "not a frame" in outcome.message


@pytest.mark.parametrize("mode", ["wrong-vector", "short-vector", "nan-vector"])
def test_a_vector_that_breaks_a_row_is_left_out(mode: str) -> None:
    outcome = fake(mode)
    assert outcome.vector is not None
    assert outcome.vector.tolist() == BEST.tolist()
    assert "1 plan(s) that break a rule were left out" in outcome.message


def test_a_bound_below_a_plan_is_not_believed() -> None:
    outcome = fake("low-bound")
    assert (outcome.status, outcome.bound) == ("feasible", np.inf)
    assert "bound 3 is below a plan" in outcome.message


def test_a_claim_of_optimality_needs_a_bound_that_agrees() -> None:
    outcome = fake("far-bound")
    assert (outcome.status, outcome.bound) == ("feasible", 90.0)
    assert "claims a proof" in outcome.message


def test_a_claim_of_infeasibility_is_not_believed_beside_a_plan() -> None:
    outcome = fake("infeasible")
    assert (outcome.status, outcome.bound) == ("feasible", np.inf)
    assert "claims that there is no plan" in outcome.message


def test_an_answer_within_the_grace_counts() -> None:
    outcome = fake("late", limit=2.0)
    assert (outcome.stopped_by, outcome.bound, outcome.message) == ("time", 20.0, "")


def test_stop_ends_a_solver_that_does_not_listen() -> None:
    command = [sys.executable, FAKE, "hangs"]
    asked = iter([False, False, True])
    outcome = run(
        knapsack(),
        "highs",
        time_limit=4.0,
        command=command,
        start=BEST,
        should_stop=lambda: next(asked),
    )
    assert outcome.stopped_by == "interrupt"
    assert outcome.seconds < 3.0
    assert outcome.vector is not None


@linux
@pytest.mark.parametrize("solver", ["highs", "scip", "cp-sat", "ortools-scip", "cbc"])
def test_closing_leaves_no_process(solver: str) -> None:
    running = start(hard(), solver, time_limit=60)
    leader = running._link.process.pid
    while running.seconds_to_work is None and not running.done:
        running.poll(0.1)
    if solver == "cbc":
        patience = time.monotonic() + 10
        while len(group_of(leader)) < 2 and time.monotonic() < patience:
            running.poll(0.05)
        assert len(group_of(leader)) == 2
    folder = running._link.folder
    assert folder.exists()
    running.close()
    assert gone(leader)
    assert not folder.exists()


@linux
def test_a_forgotten_process_is_ended() -> None:
    prepared = prepare("highs")
    assert prepared._link is not None
    leader = prepared._link.process.pid
    assert group_of(leader)
    del prepared
    assert gone(leader)
    running = start(hard(), "highs", time_limit=60)
    leader = running._link.process.pid
    del running
    assert gone(leader)


ORPHAN = """
import sys
from backends import hard
from siting.solve.runner import start
running = start(hard(), sys.argv[1], time_limit=60)
while running.seconds_to_work is None:
    running.poll(0.1)
print(running._link.process.pid, flush=True)
running.outcome()
"""


@linux
@pytest.mark.parametrize("solver", ["highs", "scip", "cp-sat", "ortools-scip", "cbc"])
def test_the_child_ends_when_its_parent_is_killed(solver: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, solver],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        leader = int(parent.stdout.readline())
        handle = os.pidfd_open(leader)
        try:
            parent.send_signal(signal.SIGKILL)
            assert select.select([handle], [], [], 10.0)[0]
        finally:
            os.close(handle)
    assert gone(leader)


@linux
def test_ctrl_c_in_the_terminal_does_not_reach_the_child() -> None:
    with start(hard(), "highs", time_limit=60) as running:
        while running.seconds_to_work is None:
            running.poll(0.1)
        leader = running._link.process.pid
        assert os.getsid(leader) == leader
        assert os.getsid(0) != leader
        os.kill(leader, signal.SIGINT)
        running.poll(0.5)
        assert not running.done


LIBRARIES = {"highspy", "pyscipopt", "ortools", "pulp"}


def test_importing_the_runner_imports_no_solver_library() -> None:
    code = "import sys, siting.solve.runner; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert LIBRARIES.isdisjoint(name.partition(".")[0] for name in loaded)


def test_each_solver_library_is_imported_in_one_file() -> None:
    root = Path(siting.errors.__file__).parent
    where: dict[str, set[str]] = {name: set() for name in LIBRARIES}
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            for name in names:
                where.get(name.partition(".")[0], set()).add(path.name)
    assert where == {
        "highspy": {"highs.py"},
        "pyscipopt": {"scip.py"},
        "ortools": {"ortools.py"},
        "pulp": {"pulp.py"},
    }
