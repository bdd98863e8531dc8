"""What is being done and how far it has come: to people on a terminal, to programmes as JSON."""

from __future__ import annotations

import io
import json
import re
import sys
import threading
import time

import pytest
from cli_fakes import say
from rich.cells import cell_len

import siting
from siting.bench.model import Asked
from siting.bench.run import expected
from siting.cli.progress import Line, bar
from siting.progress import Progress, Stages, counted
from siting.walk.threads import in_threads

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Return a folder with a ``city`` and a ``plan``."""
    folder = tmp_path_factory.mktemp("progress")
    siting.generate(folder / "city", places=60, spaces=8, types=6, seed=3, lang="en")
    plan = siting.solve(siting.read_city(folder / "city"), siting.Scenario(), time_limit=20)
    plan.save(folder / "plan", lang="en")
    community = plan.document.circles[0].community
    (folder / "community").write_text(community, "utf-8")
    return folder


def commands(base):
    """Return the commands that may take long, by name, with the words of their last stage."""
    plan, city = str(base / "plan"), str(base / "city")
    community = (base / "community").read_text("utf-8")
    why = ("--community", community, "--type", "convenience_store")
    sizes = ("--places", "40", "--spaces", "6", "--types", "4")
    return {
        "check": (("check", city), "reading", "读取"),
        "gaps": (("gaps", city), "gaps", "缺口"),
        "verify": (("verify", plan), "checking files", "核对文件"),
        "report": (("report", plan), "writing", "写出"),
        "explain": (("explain", plan, *why), "walking", "步行可达"),
        "compare": (("compare", plan, plan, "-o", str(base / "out")), "writing", "写出"),
        "generate": (("generate", str(base / "new"), *sizes), "generating", "生成"),
        "solve": (("solve", city, "-o", str(base / "again")), "writing", "写出"),
    }


def remaining(err):
    """Return the lines of stderr that are no notes on the city."""
    lines = [line for line in err.splitlines() if not line.startswith("note: ")]
    return [line for line in lines if not line.startswith('{"kind": "remark"')]


NAMES = ("check", "gaps", "verify", "report", "explain", "compare", "generate", "solve")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_terminal_sees_the_stage_in_80_columns_and_nothing_is_left_of_it(
    base, capsys, monkeypatch, name, lang
):
    arguments, en, zh = commands(base)[name]
    screen = Terminal()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", screen)
        before = set(threading.enumerate())
        said = say(capsys, *arguments, "--lang", lang)
        for thread in set(threading.enumerate()) - before:
            thread.join(10.0)
            assert not thread.is_alive()
    assert said.code == 0
    drawn = screen.getvalue()
    assert (zh if lang == "zh" else en) in drawn
    lines = _CONTROL.sub("", drawn).replace("\r", "\n").splitlines()
    assert all(cell_len(line) <= 80 for line in lines)
    # the last thing drawn is the erasing of the line
    assert _CONTROL.sub("", drawn[drawn.rindex("\x1b[2K") :]).strip() == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_pipe_gets_nothing_and_json_lines_where_json_is_asked_for(base, capsys, name):
    arguments, _, _ = commands(base)[name]
    assert remaining(say(capsys, *arguments, "--lang", "en").err) == []
    if name == "generate":  # it prints no table, so that it has no --json
        return
    said = say(capsys, *arguments, "--json", "--lang", "en")
    json.loads(said.out)
    news = [json.loads(line) for line in remaining(said.err)]
    if name != "check":
        assert news
    seconds = [one["seconds"] for one in news]
    assert seconds == sorted(seconds)
    for one in news:
        assert set(one) == {
            "stage", "seconds", "incumbent", "bound", "gap", "done", "total",
        }  # fmt: skip
        assert (one["done"] is None) == (one["total"] is None)
        assert one["total"] is None or 0 <= one["done"] <= one["total"]
    quiet = say(capsys, *arguments, "--json", "--quiet")
    assert quiet.err == ""
    json.loads(quiet.out)


def test_a_file_named_for_progress_gets_the_lines_instead_of_stderr(base, capsys, tmp_path):
    arguments, _, _ = commands(base)["solve"]
    news = tmp_path / "news.jsonl"
    said = say(capsys, *arguments, "--json", "--progress", str(news), "--lang", "en")
    assert (said.code, remaining(said.err)) == (0, [])
    stages = [json.loads(line)["stage"] for line in news.read_text("utf-8").splitlines()]
    assert list(dict.fromkeys(stages)) == ["walk", "build", "solve", "verify", "write"]


@pytest.mark.parametrize(
    ("call", "ends"),
    [
        (lambda base, say_: siting.verify(base / "plan", on_progress=say_), {"verify", "files"}),
        (
            lambda base, say_: siting.compare(base / "plan", base / "plan", on_progress=say_),
            {"verify", "walk"},
        ),
        (
            lambda base, say_: siting.find_gaps(
                siting.read_city(base / "city"), siting.Scenario(), on_progress=say_
            ),
            {"walk"},
        ),
        (
            lambda base, say_: siting.api.write_reports(base / "plan", on_progress=say_),
            {"walk", "verify", "write"},
        ),
        (
            lambda base, say_: siting.generate(
                base / "made", places=40, spaces=6, types=4, on_progress=say_
            ),
            {"generate"},
        ),
    ],
)
def test_stages_with_a_known_total_come_to_their_end(base, call, ends):
    news: list[Progress] = []
    call(base, news.append)
    done = {one.stage for one in news if one.total and one.done == one.total}
    assert done == ends
    assert all(0 <= (one.done or 0) <= (one.total or 0) for one in news)


def test_news_that_follow_each_other_closely_are_told_once_and_the_last_always():
    news: list[Progress] = []
    tell = Stages(news.append).begin("walk")
    for done in range(1, 10_001):
        tell(done, 10_000)
    assert news[0] == Progress("walk", news[0].seconds)
    assert (news[-1].done, news[-1].total) == (10_000, 10_000)
    # ten thousand calls take far less than a second: at most some ten are told
    assert len(news) < 100


def test_counting_never_passes_the_total():
    told = []
    more = counted(lambda done, total: told.append((done, total)), 3)
    for _ in range(5):
        more()
    assert told == [(1, 3), (2, 3), (3, 3), (3, 3), (3, 3)]


def test_threads_tell_of_their_tasks_in_order():
    after: list[int] = []
    assert in_threads(lambda n: n * n, range(40), after.append) == [n * n for n in range(40)]
    assert after == list(range(40))


def test_the_bar_is_plain_letters_and_full_at_the_end_only():
    assert bar(0, 7) == "[....................] 0/7"
    assert bar(700, 700) == "[####################] 100%"
    assert bar(600, 700) == "[#################...] 85%"
    line = Line("zh", time.monotonic())
    line.update(Progress("verify", 1.0, done=1, total=2))
    assert line.words().startswith("核验 | [##########..........] 1/2 | ")


def test_the_number_of_runs_is_known_before_they_begin():
    asked = Asked(
        rungs=("village", "town"),
        seeds=(1, 2, 3),
        peers=("siting", "scip"),
        seconds=1.0,
        threads=1,
        memory_mb=1.0,
        lang="en",
    )
    assert expected(asked) == 2 * 3 * 2
