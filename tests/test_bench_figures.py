"""The arithmetic of the benchmark's table, and what is written of it."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from bench_runs import MADE, facts, run
from rich.cells import cell_len
from test_cli_summary import rendered

from siting.bench.figures import best_bound, compare, gap_at, measure, ratio
from siting.bench.folder import CSV, JSON, MARKDOWN, check_folder, write
from siting.bench.model import Asked
from siting.bench.table import compared, measured, screens
from siting.errors import InputError, Notice

ASKED = Asked(("village",), (1,), ("siting", "highs"), 300.0)


def test_a_gap_is_that_of_the_plan_held_at_the_second():
    one = run("highs", (5.0, 80.0), (50.0, 90.0), (200.0, 100.0))
    assert gap_at(one, 100.0, 4.9) is None
    assert gap_at(one, 100.0, 5.0) == pytest.approx(20.0 / 80.0)
    assert gap_at(one, 100.0, 60.0) == pytest.approx(10.0 / 90.0)
    assert gap_at(one, 100.0) == 0.0


def test_what_is_within_a_millionth_of_the_bound_has_no_gap():
    assert gap_at(run("highs", (1.0, 1e6)), 1e6 + 0.5) == 0.0
    assert gap_at(run("highs", (1.0, 1e6)), 1e6 + 5.0) == pytest.approx(5e-6)


def test_opening_nothing_is_no_first_plan():
    rows = measure([run("scip", (0.5, 0.0), (7.0, 80.0), bound=100.0)], 10.0)
    assert rows[0].first == 7.0
    assert gap_at(rows[0].run, 100.0, 1.0) is None


def test_there_is_no_gap_without_a_bound_or_with_a_plan_that_does_not_hold():
    assert gap_at(run("highs", (1.0, 90.0)), None) is None
    assert gap_at(run("highs", (1.0, 90.0), value=None), 100.0) is None


def test_a_claim_above_the_recounted_value_does_not_count():
    assert gap_at(run("highs", (1.0, 100.0), value=80.0), 100.0) == pytest.approx(0.25)


def test_the_least_bound_of_all_counts_but_none_below_a_plan_that_holds():
    runs = [
        run("siting", (1.0, 99.0), bound=101.0),
        run("highs", (1.0, 90.0), bound=100.0),
        run("scip", (1.0, 50.0), bound=98.0),
    ]
    assert best_bound(runs) == 100.0
    assert best_bound([run("cbc", (1.0, 9.0))]) is None
    (_, _, wrong) = measure(runs, 300.0)
    assert [n.key for n in wrong.remarks] == ["bench.bound_wrong"]
    assert wrong.end == pytest.approx(1.0)


def test_a_proof_that_a_better_plan_refutes_is_said():
    runs = [run("siting", (1.0, 99.0), bound=99.0), run("spopt", (1.0, 90.0), status="optimal")]
    rows = measure(runs, 300.0)
    assert [n.key for n in rows[1].remarks] == ["bench.not_optimal"]
    assert rows[0].remarks == ()


def test_bounds_of_one_question_say_nothing_of_another():
    rows = measure([run("siting", (1.0, 50.0), bound=60.0), run("scip", (1.0, 9.0), seed=2)], 10.0)
    assert rows[0].end == pytest.approx(0.2)
    assert rows[1].end is None


@pytest.mark.parametrize(("seconds", "marks"), [(5, []), (10, [10]), (299, [10, 60])])
def test_only_seconds_within_the_limit_are_marks(seconds, marks):
    assert list(measure([run("siting")], seconds)[0].gaps) == marks


@pytest.mark.parametrize(
    ("theirs", "ours", "right"),
    [
        (2.0, 4.0, 0.5),
        (0.0, 0.0, 1.0),
        (1.0, 0.0, math.inf),
        (None, 1.0, math.inf),
        (1.0, None, None),
    ],
)
def test_a_ratio_is_theirs_over_ours(theirs, ours, right):
    assert ratio(theirs, ours) == right


def test_ratios_are_medians_over_the_seeds_on_which_siting_ran():
    runs = []
    for seed, theirs in ((1, 4.0), (2, 6.0), (3, 20.0)):
        runs.append(run("siting", (2.0, 100.0), seed=seed, bound=100.0, memory_mb=100.0))
        runs.append(run("scip", (theirs, 80.0), seed=seed, memory_mb=50.0))
    runs.append(run("scip", (1.0, 80.0), seed=4))
    runs.append(run("spopt", status="absent", seconds=None, memory_mb=None))
    (one,) = compare(measure(runs, 300.0))
    assert (one.peer, one.seeds, one.first, one.memory) == ("scip", 3, 3.0, 0.5)
    assert one.end == math.inf


def test_a_peer_without_a_plan_is_beyond_all_ratios():
    runs = [run("siting", (2.0, 90.0), bound=100.0), run("cbc", seconds=301.0)]
    (one,) = compare(measure(runs, 300.0))
    assert (one.first, one.end) == (math.inf, math.inf)


@pytest.fixture
def runs():
    broke = run("cbc", status="failed", remarks=(Notice("bench.said", values={"said": "a | b"}),))
    return [run("siting", (2.0, 90.0), bound=100.0), broke]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_says_everything_that_was_measured(runs, tmp_path, lang):
    write(tmp_path / "out", ASKED, runs, MADE, lang)
    assert {f.name for f in (tmp_path / "out").iterdir()} == {JSON, CSV, MARKDOWN}
    page = (tmp_path / "out" / MARKDOWN).read_text("utf-8")
    for said in ("11.111%", "village 1", "Some processor", "v0.1.0-3-gabcdef0", "a | b", "∞"):
        assert said in page
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in tables[:4]}) == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_terminal_of_80_columns_shows_every_figure_whole(lang):
    moments = ((1234.5, 812.0), (1240.0, 812.5))
    runs = [
        run("siting", (2.5, 901.0), bound=1000.0, memory_mb=12_345.0),
        run("abw-maxcover", *moments, memory_mb=123.0, status="memory"),
    ]
    rows = measure(runs, 300.0)
    page = "\n".join(
        rendered(table)
        for table in screens(measured(rows, lang)) + screens(compared(compare(rows), lang))
    )
    assert max(cell_len(line.rstrip()) for line in page.splitlines()) <= 80
    for figure in ("10.988%", "1,234.5", "12,345", "abw-maxcover", "<0.01"):
        assert figure in page


def test_json_and_csv_hold_the_same_runs(runs, tmp_path):
    write(tmp_path, ASKED, runs, MADE, "en")
    whole = json.loads((tmp_path / JSON).read_text("utf-8"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / CSV).read_text("utf-8"))))
    assert [r["peer"] for r in whole["runs"]] == [r["peer"] for r in rows] == ["siting", "cbc"]
    assert whole["runs"][0]["gap_end"] == float(rows[0]["gap_end"]) == pytest.approx(1 / 9)
    assert whole["runs"][0]["incumbents"] == [[2.0, 90.0]]
    assert whole["ratios"][0]["first_plan"] is None
    assert rows[1]["remarks"] == "it said: a | b"


def test_an_older_benchmark_is_replaced_and_nothing_else(runs, tmp_path):
    write(tmp_path, ASKED, runs[:1], MADE, "en")
    write(tmp_path, ASKED, runs, MADE, "en")
    assert len(json.loads((tmp_path / JSON).read_text("utf-8"))["runs"]) == 2
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / JSON).write_text("{}", "utf-8")
    for folder, key in ((foreign, "bench.not_ours"), (tmp_path / CSV, "bench.not_a_folder")):
        with pytest.raises(InputError) as caught:
            check_folder(folder)
        assert caught.value.notices[0].key == key


def test_questions_of_one_type_say_how_many_sites(tmp_path):
    one = run("spopt", (1.0, 5.0), facts=facts(question="single", sites=7))
    write(tmp_path, ASKED, [one], MADE, "en")
    assert "one type (7)" in (tmp_path / MARKDOWN).read_text("utf-8")
