"""A frontier solved: its band, its folder, what a killed run leaves, what is refused."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from cli_fakes import say
from frontier_points import point
from rules_tiny import problem_of
from small_town import asked, kind, town

import siting
from siting import Scenario
from siting.errors import (
    InfeasibleError,
    InputError,
    Interrupted,
    NoPlanError,
    VerificationError,
)
from siting.frontier.again import improved
from siting.frontier.band import band
from siting.frontier.point import Point
from siting.frontier.run import shares
from siting.frontier.solve import Work
from siting.solve.runner import run

RANGE = "0:900000:100000"
BUDGETS = 10
LIMIT = 60.0  # far more than any of these solves takes


@pytest.fixture(autouse=True)
def _own_signals():
    before = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def city_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("frontier") / "city"
    siting.generate(folder, places=60, spaces=12, types=6, seed=3, lang="en")
    return folder


@pytest.fixture(scope="module")
def city(city_folder):
    return siting.read_city(city_folder)


def draw(city, folder, capital=RANGE, **changed):
    manner = {"time_limit": LIMIT, "gap": 0.0, "lang": "en", **changed}
    return siting.frontier(city, Scenario(), capital=capital, folder=folder, **manner)


@pytest.fixture(scope="module")
def solved(city, tmp_path_factory):
    """Return a frontier of ten budgets and its folder."""
    folder = tmp_path_factory.mktemp("solved") / "out"
    return draw(city, folder), folder


def kept(folder):
    """Return when each point of a folder was written, to the nanosecond, and what it holds."""
    points = (folder / "points").glob("*.json")
    return {path.name: (path.stat().st_mtime_ns, path.read_text("utf-8")) for path in points}


# ------------------------------------------------------------------------------------- the curve


def test_the_curve_is_monotone_and_its_band_holds_the_exact_optimum_of_every_budget(solved, city):
    found, _ = solved
    assert len(found.rows) == BUDGETS
    values = [row.value for row in found.rows]
    bounds = [row.bound for row in found.rows]
    assert values == sorted(values)
    assert bounds == sorted(bounds)
    assert values[0] < values[4] < values[-1]
    question = siting.api.resolve(city, Scenario())
    for row in found.rows:
        problem = problem_of(city, question.model_copy(update={"budget": row.budget}))
        exact = run(problem.programme, "highs", gap=0.0)
        assert exact.status == "optimal"
        best = problem.value(
            np.flatnonzero(exact.vector[problem.programme.column_range("x")] > 0.5)
        )
        slack = 1e-6 * max(1.0, best)
        assert row.value <= best + slack
        assert best <= row.bound + slack


def test_each_budget_states_its_plan_its_money_and_its_people(solved):
    found, _ = solved
    for row, line in zip(found.rows, found.table.to_dict("records"), strict=True):
        assert line["projects"] == len(row.answer.projects)
        assert row.answer.budget.capital.spent <= row.budget.capital
        assert line["residents_newly_served"] == row.answer.residents.newly_served_any_type
        assert row.certified_bound >= row.value


def test_a_budget_begins_with_the_best_plan_that_is_known_for_a_smaller_one(solved):
    found, _ = solved
    starts = {p.capital: p.started_from for p in found.points}
    # two processes: each takes every second budget
    assert [starts[k * 1e5] for k in range(4)][:2] == [None, None]
    assert all(start is not None for capital, start in starts.items() if capital > 1e5)


def test_a_city_from_data_frames_has_a_frontier_but_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asking = asked(kind("shop"), kind("care"))
    found = siting.frontier(town(), asking, capital=[0.0, 5e4, 1e5, 4e5], time_limit=LIMIT)
    assert [row.value for row in found.rows] == [0.0, 1000.0, 2000.0, 2500.0]
    with pytest.raises(InputError, match="data frames"):
        siting.frontier(town(), asking, capital=[0.0, 5e4], folder=tmp_path / "out")
    assert not any(tmp_path.iterdir())


def test_budgets_that_are_too_small_for_a_target_are_rows_of_their_own():
    asking = asked(kind("shop"), targets={"shop": 1.0})
    found = siting.frontier(town(), asking, capital=[5e4, 1e5], time_limit=LIMIT)
    assert [row.status for row in found.rows] == ["infeasible", "optimal"]
    assert any("shop" in one.en for one in found.rows[0].why)


def test_the_least_cost_falls_as_the_budget_grows_and_needs_no_budget_of_the_other_money():
    asking = asked(kind("shop"), objective="cost", targets={"shop": 0.6})
    found = siting.frontier(town(), asking, capital=[0.0, 5e4, 1e5], time_limit=LIMIT, gap=0.0)
    assert [row.status for row in found.rows] == ["infeasible", "optimal", "optimal"]
    assert [row.value for row in found.rows[1:]] == [5e4, 5e4]


def test_a_start_that_is_no_plan_of_the_question_is_not_used_and_said_so():
    asking = asked(kind("shop"), kind("care"))
    rich = siting.solve(town(), asking, gap=0.0)
    poor = siting.solve(
        town(), asked(kind("shop"), kind("care"), capital=5e4), start=rich.document.projects
    )
    assert "solve.start_unfit" in {remark.key for remark in poor.remarks}
    again = siting.solve(town(), asking, start=poor.document.projects)
    assert "solve.start_unfit" not in {remark.key for remark in again.remarks}
    assert again.document.objective == rich.document.objective
    other = [p.model_copy(update={"space": "S99"}) for p in rich.document.projects]
    lost = siting.solve(town(), asking, start=other)
    assert "solve.start_unfit" in {remark.key for remark in lost.remarks}


# ------------------------------------------------------------------------------------ the folder


def test_a_wider_and_a_finer_range_keep_what_is_done(city, tmp_path):
    first = draw(city, tmp_path / "out", capital=[2e5, 4e5])
    before = kept(tmp_path / "out")
    ahead = []
    found = draw(city, tmp_path / "out", capital="1e5:6e5:1e5", on_work=ahead.append)
    assert ahead == [Work(budgets=6, todo=4, processes=2, seconds=2 * LIMIT)]
    after = kept(tmp_path / "out")
    assert {name: after[name] for name in before} == before
    assert len(after) == 6
    assert {p.budget for p in first.points} < {p.budget for p in found.points}
    # what an earlier call asked for belongs to the curve, whatever is asked for now
    again = draw(city, tmp_path / "out", capital=[1e5, 2e5], on_work=ahead.append)
    assert ahead[-1].todo == 0
    assert again.table.equals(found.table)


def shortened(folder, name, **changed):
    """Make one point of a folder look as if a time limit of a second had ended its solve."""
    path = folder / "points" / name
    content = json.loads(path.read_text("utf-8"))
    content["time_limit"] = 1.0
    content["answer"] |= {**changed, "stopped_by": "time"}
    path.write_text(json.dumps(content), "utf-8")


def test_a_longer_time_limit_goes_on_only_with_solves_that_a_shorter_one_had_ended(city, copied):
    names = sorted(kept(copied))
    poorer = json.loads((copied / "points" / names[0]).read_text("utf-8"))["answer"]
    worth = {
        name: json.loads(content)["answer"]["objective"]
        for name, (_, content) in kept(copied).items()
    }
    early, near, done = names[4], names[5], names[6]
    own = json.loads((copied / "points" / early).read_text("utf-8"))["answer"]
    proved = {k: own[k] for k in ("bound", "bound_source", "certified_bound")}
    stages = [{**one, "bound": own["bound"]} for one in poorer["stages"]]
    shortened(copied, early, **{**poorer, **proved, "stages": stages, "gap": 0.5})
    shortened(copied, near, gap=0.0)  # it had reached the gap asked for
    before, ahead = kept(copied), []
    # no longer limit, nothing to go on with
    draw(city, copied, time_limit=1.0, on_work=ahead.append)
    assert (ahead[-1].todo, kept(copied)) == (0, before)
    found = draw(city, copied, on_work=ahead.append)
    assert (ahead[-1].todo, ahead[-1].again) == (1, 1)
    after = kept(copied)
    assert {n for n in after if after[n] != before[n]} == {early}
    assert after[done] == before[done]
    point = json.loads(after[early][1])
    assert point["answer"]["objective"] == pytest.approx(worth[early])
    assert point["time_limit"] == LIMIT
    assert point["before"]["bound"] == own["bound"]
    assert found.ended_early == 0


def test_what_a_shorter_solve_proved_holds_on_after_a_longer_one():
    first = point(1e5, 50.0, 60.0, time_limit=5.0)
    second = improved(first, point(1e5, 55.0, 70.0))
    assert (second.before.bound, second.answer.bound, second.seconds) == (60.0, 70.0, 2.0)
    third = improved(second, point(1e5, 58.0, 65.0))
    assert third.before.bound == 60.0
    (row,) = band((third,))
    assert (row.value, row.bound) == (58.0, 60.0)
    with pytest.raises(VerificationError):
        improved(first, point(1e5))
    none = Point.model_validate({**point(1e5).model_dump(), "status": "none"})
    assert improved(first, none).answer == first.answer
    assert improved(none, first).answer == first.answer
    with pytest.raises(VerificationError):
        band((improved(first, point(1e5, 61.0, 70.0)),))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"gap": 0.01}, "gap 0.0 -> 0.01"),
        ({"seed": 1}, "seed 0 -> 1"),
        ({"solver": "highs"}, "solver None -> highs"),
    ],
)
def test_a_folder_with_another_question_is_refused(solved, city, changed, said):
    _, folder = solved
    before = kept(folder)
    with pytest.raises(InputError) as raised:
        draw(city, folder, **changed)
    (notice,) = raised.value.notices
    assert said in notice.line("en")
    assert kept(folder) == before


def test_a_folder_of_another_city_or_scenario_is_refused(solved, city, tmp_path):
    _, folder = solved
    siting.generate(tmp_path / "city", places=60, spaces=12, types=6, seed=4, lang="en")
    with pytest.raises(InputError, match="the city's files"):
        draw(siting.read_city(tmp_path / "city"), folder)
    asking = Scenario(targets={"basic": 0.1})
    with pytest.raises(InputError, match="targets"):
        siting.frontier(city, asking, capital=RANGE, folder=folder, gap=0.0, time_limit=LIMIT)


def test_folders_that_are_not_ours_are_refused(city, city_folder, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine", "utf-8")
    (tmp_path / "file").write_text("mine", "utf-8")
    for folder in (tmp_path / "mine", tmp_path / "file", city_folder, city_folder.parent):
        with pytest.raises(InputError):
            draw(city, folder, capital=[0.0, 1e5])
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "file"}


@pytest.fixture
def copied(solved, tmp_path):
    """Return a copy of the folder that is solved, to spoil."""
    return shutil.copytree(solved[1], tmp_path / "copy")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"question": "x"}'])
def test_a_broken_point_is_named(city, copied, content):
    broken = copied / "points" / "capital-0-subsidy-99.json"
    broken.write_text(content, "utf-8")
    with pytest.raises(InputError, match="delete the file") as raised:
        draw(city, copied)
    assert raised.value.notices[0].file == str(broken)


def test_a_point_of_another_question_or_budget_is_refused(city, copied):
    one, other, third, *_ = sorted((copied / "points").iterdir())
    whole = other.read_text("utf-8")
    other.write_text(one.read_text("utf-8"), "utf-8")
    with pytest.raises(InputError, match="not a point"):
        draw(city, copied)
    other.write_text(whole, "utf-8")
    content = json.loads(third.read_text("utf-8"))
    third.write_text(json.dumps({**content, "question": "another"}), "utf-8")
    with pytest.raises(InputError, match="not a point"):
        draw(city, copied)


# ---------------------------------------------------------------------------------- interruptions


def children(pid):
    """Return the processes that a process has started, and those that these have."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in path.read_text("ascii").split()]
    return found + [below for one in found for below in children(one)]


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return False
    return state[0] != "Z"


def until(holds, process=None, seconds=120.0):
    """Look again and again until something holds; a process must live meanwhile."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        if process is None:
            threading.Event().wait(0.02)
            continue
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
        assert process.returncode is None or holds(), process.communicate()


def begin(city_folder, folder, *more):
    command = [sys.executable, "-m", "siting.cli.main", "frontier", str(city_folder)]
    command += ["--capital", RANGE, "-o", str(folder), "--gap", "0", "--lang", "en", *more]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="processes are not told here"
)


@needs_proc
def test_a_killed_run_leaves_whole_files_and_no_process_and_is_gone_on_with(
    city, city_folder, solved, tmp_path
):
    folder = tmp_path / "out"
    with begin(city_folder, folder) as process:
        until(lambda: len(kept(folder)) > 0, process)
        started = children(process.pid)
        process.kill()
        process.wait()
    assert started
    until(lambda: not any(map(alive, started)))
    left = kept(folder)
    assert 0 < len(left) < BUDGETS
    assert all(json.loads(content)["status"] for _, content in left.values())
    found = draw(city, folder)
    after = kept(folder)
    assert {name: after[name] for name in left} == left
    assert len(after) == BUDGETS
    assert [row.value for row in found.rows] == [row.value for row in solved[0].rows]
    assert not [path.name for path in folder.rglob("*.new")]


@needs_proc
def test_an_interrupt_shows_what_is_done_and_leaves_no_process(city_folder, tmp_path):
    folder = tmp_path / "out"
    with begin(city_folder, folder) as process:
        until(lambda: len(kept(folder)) > 0, process)
        started = children(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Not solved yet" in out
    assert (folder / "frontier.html").is_file()
    until(lambda: not any(map(alive, started)))


def test_an_interrupt_before_anything_is_done_has_nothing_to_show(city, tmp_path):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted):
        draw(city, tmp_path / "out", stop=stop)


def test_a_process_that_is_killed_from_outside_is_told_and_what_is_done_is_kept(city, tmp_path):
    killed = []

    def kill(progress):
        if progress.done and not killed:
            killed.extend(pid for pid in children(os.getpid()) if is_ours(pid))
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    def is_ours(pid):
        return b"siting.frontier" in Path(f"/proc/{pid}/cmdline").read_bytes()

    if not Path("/proc/self/task").is_dir():
        pytest.skip("processes are not told here")
    with pytest.raises(NoPlanError, match="killed from outside"):
        draw(city, tmp_path / "out", on_progress=kill)
    assert killed
    assert kept(tmp_path / "out")


# -------------------------------------------------------------------------- processes and threads


@pytest.mark.parametrize(
    ("todo", "threads", "processes", "found"),
    [
        (10, 2, None, (2, 1)),
        (10, 8, 2, (2, 4)),
        (10, 8, 3, (3, 2)),
        (1, 4, None, (1, 4)),
        (0, 2, None, (1, 2)),
    ],
)
def test_all_processes_together_have_no_more_threads_than_are_stated(
    todo, threads, processes, found
):
    assert shares(todo, threads, processes) == found


def test_more_processes_than_threads_are_refused(city):
    with pytest.raises(InputError, match="3 processes need as many threads"):
        draw(city, None, processes=3)


# ------------------------------------------------------------------------------- the command line


def test_the_command_shows_the_curve_in_both_languages_and_as_json(solved, city_folder, capsys):
    _, folder = solved
    words = ("frontier", str(city_folder), "--capital", RANGE, "-o", str(folder))
    words += ("--gap", "0", "--time-limit", "60")
    zh, en = (say(capsys, *words, "--lang", lang) for lang in ("zh", "en"))
    assert zh.code == en.code == 0
    assert "10 个预算均已求解" in zh.err
    assert "一次投入" in zh.out
    assert "Certified" not in en.out  # 80 columns do not hold it
    assert "10 budgets: capital from 0 yuan to 900,000 yuan" in " ".join(en.out.split())
    stated = json.loads(say(capsys, *words, "--json", "--quiet").out)
    assert [row["capital"] for row in stated["rows"]] == [k * 1e5 for k in range(BUDGETS)]
    assert stated["counts"] == "coverage"


def test_the_command_says_how_many_solves_there_will_be(city_folder, tmp_path, capsys):
    words = ("frontier", str(city_folder), "--capital", "0:2e5:1e5", "--time-limit", "7")
    said = say(capsys, *words, "-o", str(tmp_path / "out"), "--lang", "en")
    assert said.code == 0
    assert "3 of 3 budgets to solve, 2 at a time: about 14.0 s at most" in said.err


@pytest.mark.parametrize("words", [("--capital", "0:5"), ("--subsidy", "5:1:1"), ()])
def test_a_bad_or_missing_range_is_one_line_and_exit_code_2(city_folder, tmp_path, capsys, words):
    for lang in ("zh", "en"):
        said = say(
            capsys, "frontier", str(city_folder), *words, "-o", str(tmp_path / "o"), "--lang", lang
        )
        assert said.code == 2
        assert len(said.err.splitlines()) == 1
        assert said.out == ""
    assert not (tmp_path / "o").exists()


def test_no_plan_at_any_budget_is_exit_code_3(city_folder, tmp_path, capsys):
    words = ("frontier", str(city_folder), "--capital", "0:1:1", "--subsidy", "0")
    words += ("--time-limit", "5")
    words += ("--target", "basic=1", "-o", str(tmp_path / "out"), "--lang", "en")
    said = say(capsys, *words)
    assert said.code == InfeasibleError.exit_code
    assert "impossible" in said.out
    assert "no budget has a plan" in said.err


def test_other_folders_are_refused_with_exit_code_2(solved, city_folder, capsys):
    _, folder = solved
    words = ("frontier", str(city_folder), "--capital", RANGE, "-o", str(folder), "--lang", "zh")
    said = say(capsys, *words)
    assert said.code == 2
    assert "差距 0.0 -> 0.001" in said.err
