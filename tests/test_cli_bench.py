"""`siting bench` on the command line, with peers that are made of cardboard."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest
from bench_runs import run as one_run
from cli_fakes import say

import siting.bench
import siting.bench.run

ROWS = [one_run("siting", (2.0, 90.0), bound=100.0), one_run("scip", (1.0, 80.0))]


@pytest.fixture
def peers(monkeypatch):
    """Let two runs come, then whatever is put behind them."""
    asked_for = []

    def come(*behind):
        def bench(asked, on_start):
            asked_for.append(asked)
            for row in ROWS:
                on_start(row.facts, row.peer)
                yield row
            for error in behind:
                raise error

        monkeypatch.setattr(siting.bench.run, "bench", bench)
        return asked_for

    return come


def test_the_table_is_printed_and_written(peers, capsys, tmp_path):
    peers_asked = peers()
    arguments = ["bench", "village", "--seeds", "101,102", "--time-limit", "10", "--lang", "en"]
    printed = say(capsys, *arguments, "--peers", "scip,siting", "-o", str(tmp_path / "out"))
    assert printed.code == 0
    assert "25.000%" in printed.out
    assert str(tmp_path / "out") in printed.out
    assert printed.err.splitlines() == ["village 1: siting", "village 1: scip"]
    (asked,) = peers_asked
    assert (asked.rungs, asked.seeds, asked.peers) == (("village",), (101, 102), ("siting", "scip"))
    assert (tmp_path / "out" / "bench.md").read_text("utf-8").count("25.000%") == 2


def test_json_is_all_that_stdout_holds(peers, capsys):
    peers()
    printed = say(capsys, "bench", "--json", "--quiet", "--lang", "zh")
    assert printed.code == 0
    assert [r["peer"] for r in json.loads(printed.out)["runs"]] == ["siting", "scip"]
    assert printed.err == ""


def test_an_interrupt_keeps_what_was_done(peers, capsys, tmp_path):
    peers(KeyboardInterrupt())
    printed = say(capsys, "bench", "-o", str(tmp_path / "out"), "--lang", "en")
    assert printed.code == 0
    assert "interrupted; the table holds" in printed.err
    assert "25.000%" in printed.out
    assert len(json.loads((tmp_path / "out" / "bench.json").read_text("utf-8"))["runs"]) == 2


def test_an_interrupt_before_anything_was_done_is_130(monkeypatch, capsys):
    def bench(*_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(siting.bench.run, "bench", bench)
    printed = say(capsys, "bench", "--lang", "en")
    assert printed.code == 130
    assert "what was not finished is not kept" in printed.err


def test_all_that_is_wrong_with_the_usage_is_told_at_once(peers, capsys, tmp_path):
    asked_for = peers()
    arguments = ["hamlet", "--seeds", "1,x", "--peers", "gurobi", "--time-limit", "0"]
    printed = say(capsys, "bench", *arguments, "--memory", "-1", "--lang", "en")
    assert printed.code == 2
    lines = printed.err.splitlines()
    assert len(lines) == 5
    for word, line in zip(("hamlet", "gurobi", "x", "0", "-1"), lines, strict=True):
        assert word in line
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    assert say(capsys, "bench", "-o", str(tmp_path), "--lang", "en").code == 2
    assert asked_for == []


@pytest.mark.parametrize("option", ["--peers", "--seeds"])
def test_a_list_without_a_word_is_refused(peers, capsys, option):
    asked_for = peers()
    assert say(capsys, "bench", option, " , ").code == 2
    assert asked_for == []


def test_every_sentence_of_the_benchmark_has_both_languages_and_is_used():
    folder = Path(siting.bench.__file__).parent
    entries = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    code = "\n".join(p.read_text("utf-8") for p in folder.glob("*.py"))
    code += (folder.parent / "cli" / "bench.py").read_text("utf-8")
    used = set(re.findall(r"[\"']bench\.(\w+)[\"']", code)) - {"json", "csv", "md"}
    assert used <= set(entries)
    made = ("question_", "status_", "size_")
    assert {e for e in set(entries) - used if not e.startswith(made)} == set()
    for key, forms in entries.items():
        assert set(forms) == {"en", "zh"}, key
        blanks = [{name for _, name, _, _ in Formatter().parse(f) if name} for f in forms.values()]
        assert blanks[0] == blanks[1], key
