"""Every peer on a tiny question, and peers that fail: about half a minute."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from backends import gone
from bench_runs import run as by_hand
from bench_runs import tiny

import siting.bench.run as bench_run
from siting.bench.check import check_choice
from siting.bench.figures import best_bound, gap_at, measure
from siting.bench.instance import generated, single_type
from siting.bench.model import Asked
from siting.bench.ours import run_ours
from siting.bench.outside import run_outside
from siting.bench.peers import OUTSIDE, PLAIN, Plain, installed
from siting.bench.plain import plain_needs, plain_programme, plain_size
from siting.bench.solvers import run_plain
from siting.bench.watch import watch
from siting.solve.runner import run as solve_programme

ASKED = Asked(("village",), (1,), tuple(PLAIN), seconds=20.0)
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("bench") / "city")


@pytest.fixture(scope="module")
def single(whole, tmp_path_factory):
    return single_type(whole, tmp_path_factory.mktemp("bench") / "single")


@pytest.fixture(scope="module")
def optimum(whole):
    """The value that the merged programme has at its optimum."""
    outcome = solve_programme(whole.problem.programme, "scip")
    assert outcome.status == "optimal"
    return float(whole.problem.programme.value @ outcome.vector)


def test_the_plain_formulation_has_a_variable_for_every_gap(whole):
    needs, entries = plain_size(whole.gaps, whole.options, whole.reach)
    programme = plain_programme(whole)
    z, cover = programme.column_range("z"), programme.row_range("C1")
    assert (z.stop - z.start, cover.stop - cover.start) == (needs, needs)
    assert needs > len(whole.problem.needs)
    rows = plain_needs(whole.gaps, whole.options, whole.reach).spaces
    assert len(rows.member) == entries == whole.facts.entries


def test_the_plain_formulation_weighs_as_much_as_the_merged_one(whole):
    plain = plain_needs(whole.gaps, whole.options, whole.reach)
    assert plain.weight.sum() == pytest.approx(whole.problem.needs.weight.sum())


@pytest.mark.parametrize("peer", PLAIN)
def test_every_solver_proves_the_optimum_of_the_plain_formulation(whole, optimum, peer):
    found = run_plain(whole, plain_programme(whole), peer, ASKED)
    assert (found.status, found.remarks) == ("optimal", ())
    assert found.value == pytest.approx(optimum)
    assert found.bound == pytest.approx(optimum, rel=1e-5)
    assert found.incumbents[-1][1] == pytest.approx(optimum)
    assert found.seconds < 20.0
    if sys.platform.startswith("linux"):
        assert found.memory_mb > 10.0


def test_siting_is_followed_while_it_works(whole, optimum, tmp_path):
    found = run_ours(whole, tmp_path, ASKED)
    assert (found.status, found.remarks) == ("optimal", ())
    assert found.value == pytest.approx(optimum)
    assert found.bound == pytest.approx(optimum, rel=1e-5)
    seconds, values = zip(*found.incumbents, strict=True)
    assert list(seconds) == sorted(seconds)
    assert values[-1] == pytest.approx(optimum)
    assert seconds[-1] < found.seconds
    news = [json.loads(line) for line in (tmp_path / "news.jsonl").read_text().splitlines()]
    assert [n["stage"] for n in news][-1] == "write"


def test_a_single_type_is_made_of_cities_large_enough_for_parquet(tmp_path, monkeypatch):
    small = single_type(generated(tmp_path / "a", "village", 101), tmp_path / "of_a")
    monkeypatch.setattr(import_module("siting.generate.tables"), "PARQUET_FROM", 1)
    large = generated(tmp_path / "b", "village", 101)
    assert (large.folder / "spaces.parquet").exists()
    found = single_type(large, tmp_path / "of_b")
    assert found.facts == small.facts
    assert (found.options.capital_fen == small.options.capital_fen).all()


def test_a_single_type_is_maximal_covering(single):
    assert single.facts.types == 1
    assert set(single.options.capital_fen) == {100}
    assert set(single.options.subsidy_fen) | {0} >= {0}
    assert single.purses[0].amount_fen == (100 * single.facts.sites,)
    assert single.purses[1].amount_fen == (None,)
    every = np.arange(len(single.options))
    value, notices = check_choice(single, every, None)
    assert value is None
    assert [n.key for n in notices] == ["bench.overspent"]


def best_of_single(single) -> float:
    outcome = solve_programme(single.problem.programme, "scip")
    return float(single.problem.programme.value @ outcome.vector)


@pytest.mark.parametrize("peer", OUTSIDE)
def test_libraries_of_others_find_a_plan_that_holds(single, tmp_path, peer):
    if not installed(peer):
        pytest.skip(f"{peer} is not installed")
    found = run_outside(single, tmp_path, peer, ASKED)
    assert found.remarks == ()
    assert found.value == found.incumbents[-1][1]
    assert found.value <= best_of_single(single) * (1 + 1e-9)
    if found.status == "optimal":
        assert found.value == pytest.approx(best_of_single(single))


def test_siting_answers_the_single_question_as_well(single, tmp_path):
    found = run_ours(single, tmp_path, ASKED)
    assert found.value == pytest.approx(best_of_single(single))
    assert gap_at(found, best_bound([found])) == 0.0


def test_a_plan_worth_something_else_than_claimed_is_told(whole):
    value, notices = check_choice(whole, np.array([], dtype=np.int64), 12.0)
    assert value == 0.0
    assert [n.key for n in notices] == ["bench.differs"]


def test_a_plan_that_breaks_a_rule_is_none(whole):
    rich = replace(
        whole, purses=tuple(replace(p, amount_fen=(None,) * len(p.names)) for p in whole.purses)
    )
    value, notices = check_choice(rich, np.arange(len(whole.options)), None)
    assert value is None
    assert notices[0].key == "bench.broken"
    assert len(notices) == 2


def bench_with(monkeypatch, whole, **changed):
    monkeypatch.setattr(bench_run, "generated", lambda *_: whole)
    started = []
    asked = replace(ASKED, **changed)
    runs = list(bench_run.bench(asked, lambda _, peer: started.append(peer)))
    return runs, started


def test_a_peer_that_fails_is_a_row_and_the_others_go_on(monkeypatch, whole):
    broken = {"highs": Plain("no-such-solver"), "scip": Plain("scip", {"no/such/setting": 1})}
    monkeypatch.setitem(PLAIN, "highs", broken["highs"])
    monkeypatch.setitem(PLAIN, "scip", broken["scip"])
    runs, started = bench_with(monkeypatch, whole, peers=("highs", "scip", "cbc"))
    assert started == ["highs", "scip", "cbc"]
    assert [r.status for r in runs] == ["failed", "failed", "optimal"]
    assert runs[0].remarks[0].key == "solve.unknown_solver"
    assert "no/such/setting" in runs[1].remarks[0].line()
    assert all(row.first is None for row in measure(runs, 20.0)[:2])


@pytest.mark.parametrize(("error", "status"), [(MemoryError(), "memory"), (OSError("x"), "failed")])
def test_an_error_of_any_kind_is_a_row(monkeypatch, whole, error, status):
    def fail(*_):
        raise error

    monkeypatch.setattr(bench_run, "run_plain", fail)
    (found,), _ = bench_with(monkeypatch, whole, peers=("scip",))
    assert found.status == status
    assert type(error).__name__ in found.remarks[0].line()


def test_a_formulation_that_cannot_fit_is_not_built(monkeypatch, whole):
    monkeypatch.setattr(bench_run, "plain_programme", None)
    (found,), started = bench_with(monkeypatch, whole, peers=("scip",), memory_mb=0.001)
    assert (found.status, started) == ("memory", [])
    assert f"{whole.facts.entries:,}" in found.remarks[1].line()


@linux
def test_a_solver_that_takes_too_much_memory_is_ended(whole):
    found = run_plain(whole, plain_programme(whole), "scip", replace(ASKED, memory_mb=10.0))
    assert found.status == "memory"
    assert found.remarks[0].key == "bench.too_much"


def test_a_library_that_is_not_there_is_a_row_that_says_so(monkeypatch, whole):
    monkeypatch.setattr(bench_run, "installed", lambda _: False)
    monkeypatch.setattr(bench_run, "warm_up", lambda *_: None)
    monkeypatch.setattr(bench_run, "run_ours", lambda one, *_: by_hand("siting", facts=one.facts))
    runs, started = bench_with(monkeypatch, whole, peers=("siting", *OUTSIDE))
    absent = [r for r in runs if r.facts.question == "single"]
    assert [(r.peer, r.status) for r in absent] == [(p, "absent") for p in OUTSIDE]
    assert "siting[bench]" in absent[0].remarks[0].line()
    assert "abw-maxcover" in absent[1].remarks[0].line()
    assert started == ["siting"]


def test_a_library_that_crashes_is_told_in_its_own_words(single, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "spopt.py").write_text("raise RuntimeError('boom')", "utf-8")
    found = run_outside(single, tmp_path, "spopt", ASKED)
    assert found.status == "failed"
    assert "boom" in found.remarks[0].line()


@linux
def test_a_process_past_its_time_is_ended_with_all_it_started():
    code = (
        "import subprocess, sys, time\n"
        "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
        " start_new_session=True)\n"
        "print(c.pid, flush=True)\ntime.sleep(60)"
    )
    ended = watch([sys.executable, "-c", code], seconds=1.0, memory_mb=1e6)
    assert ended.killed == "time"
    assert 1.0 <= ended.seconds < 10.0
    assert gone(int(ended.output))


@linux
def test_a_process_that_takes_too_much_memory_is_ended():
    code = "import time\nx = bytearray(150_000_000)\ntime.sleep(60)"
    ended = watch([sys.executable, "-c", code], seconds=30.0, memory_mb=100.0)
    assert ended.killed == "memory"
    assert ended.memory_mb > 100.0


def test_a_process_that_ends_by_itself_is_heard_out():
    code = "import sys; print('said'); print('why', file=sys.stderr); sys.exit(3)"
    ended = watch([sys.executable, "-c", code], seconds=30.0, memory_mb=1e6)
    assert (ended.code, ended.killed) == (3, None)
    assert (ended.output.split(), ended.errors.split()) == (["said"], ["why"])
