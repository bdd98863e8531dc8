"""The commands as a shell runs them, on a tiny generated city."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_fakes import say
from rich.cells import cell_len

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _own_signals():
    before = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def siting(*arguments, lang="en_GB.UTF-8"):
    environment = {**os.environ, "LC_ALL": lang, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "siting.cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=ROOT,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder that holds a generated ``city`` and a ``plan`` for it."""
    base = tmp_path_factory.mktemp("end_to_end")
    sizes = ("--places", 60, "--spaces", 8, "--types", 6, "--seed", 3)
    generated = siting("generate", base / "city", *sizes)
    assert generated.returncode == 0, generated.stderr
    solved = siting("solve", base / "city", "-o", base / "plan", "--time-limit", 30)
    assert solved.returncode == 0, solved.stderr
    (base / "summary.txt").write_text(solved.stdout, "utf-8")
    return base


def test_solve_writes_the_plan_folder_and_a_summary(made):
    assert {f.name for f in (made / "plan").iterdir()} >= {
        "plan.json",
        "projects.csv",
        "gaps.csv",
        "plan.gpkg",
    }
    document = json.loads((made / "plan" / "plan.json").read_text("utf-8"))
    assert document["gap"] <= 1e-3
    summary = (made / "summary.txt").read_text("utf-8")
    assert f"{len(document['projects'])} projects" in summary
    assert max(map(len, summary.splitlines())) <= 80


def test_verify_accepts_the_plan(made):
    done = siting("verify", made / "plan")
    assert (done.returncode, done.stderr) == (0, "")


def test_report_writes_the_reports_of_a_certified_plan_again(capsys, made, tmp_path):
    plan = shutil.copytree(made / "plan", tmp_path / "plan")
    assert json.loads((plan / "plan.json").read_text("utf-8"))["certified_bound"] is not None
    (plan / "report.html").unlink()
    done = say(capsys, "report", str(plan), "--city", str(made / "city"), "--lang", "zh")
    assert (done.code, done.err) == (0, "")
    assert (plan / "report.html").is_file()


def test_verify_refuses_a_changed_number(made, tmp_path):
    document = json.loads((made / "plan" / "plan.json").read_text("utf-8"))
    document["budget"]["capital"]["spent"] += 1.0
    copy = tmp_path / "plan"
    copy.mkdir()
    for file in (made / "plan").iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "plan.json").write_text(json.dumps(document), "utf-8")
    done = siting("verify", copy, "--city", made / "city", "--json")
    assert done.returncode == 5
    assert json.loads(done.stdout)["verified"] is False


def test_check_finds_nothing_to_mend_in_a_generated_city(made):
    done = siting("check", made / "city", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["faults"] == []
    assert json.loads(done.stdout)["counts"]["places"] == 60


def test_gaps_speaks_chinese_and_english(capsys, made):
    assert "所缺业态" in siting("gaps", made / "city", lang="zh_CN.UTF-8").stdout
    assert "What is missing" in say(capsys, "gaps", str(made / "city"), "--lang", "en").out
    found = json.loads(say(capsys, "gaps", str(made / "city"), "--json").out)
    assert {row["type"] for row in found["missing"]} <= {row["type"] for row in found["table"]}


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "{base}/nowhere", "-o", "{tmp}/p"),
        ("solve", "{base}/city", "-o", "{base}/city"),
        ("solve", "{base}/city", "-o", "{base}"),
        ("solve", "{base}/city", "-o", "{tmp}/p", "--standard", "no-such-standard"),
        ("solve", "{base}/city", "-o", "{tmp}/p", "--solver", "no-such-solver"),
        ("solve", "{base}/city", "-o", "{tmp}/p", "--open", "no-such-space:pharmacy"),
        ("check", "{base}/nowhere"),
        ("gaps", "{base}/nowhere"),
        ("verify", "{base}/nowhere"),
        ("standards", "no-such-standard"),
    ],
)
def test_bad_input_ends_with_2_and_says_why(capsys, monkeypatch, made, tmp_path, arguments):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    done = say(capsys, *(a.format(base=made, tmp=tmp_path) for a in arguments))
    assert done.code == 2, done.err
    assert "error: " in done.out + done.err
    assert "fault of its own" not in done.err
    assert not (tmp_path / "p").exists()


def test_a_demo_replaces_an_older_demo(made, tmp_path):
    base = tmp_path / "demo"
    shutil.copytree(made / "city", base / "city")
    shutil.copytree(made / "plan", base / "plan")
    done = siting("demo", base)
    assert done.returncode == 0, done.stderr
    assert "How good" in done.stdout
    assert sorted(f.name for f in base.iterdir()) == ["city", "plan"]
    old = (made / "plan" / "plan.json").read_bytes()
    assert (base / "plan" / "plan.json").read_bytes() != old


def test_a_demo_refuses_a_city_that_is_not_as_it_was_generated(capsys, monkeypatch, made, tmp_path):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    shutil.copytree(made / "city", tmp_path / "city")
    config = tmp_path / "city" / "city.toml"
    config.write_bytes(config.read_bytes() + b"# mine\n")
    edited = config.read_bytes()
    assert say(capsys, "demo", str(tmp_path)).code == 2
    assert config.read_bytes() == edited


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_standard_of_the_library_can_be_shown(capsys, lang):
    listed = json.loads(say(capsys, "standards", "--json").out)
    assert {"mofcom-2021", "hebi"} <= {s["id"] for s in listed}
    for standard in listed:
        shown = say(capsys, "standards", standard["id"], "--lang", lang)
        assert shown.code == 0
        assert max(map(cell_len, shown.out.splitlines())) <= 80
