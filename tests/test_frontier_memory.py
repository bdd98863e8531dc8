"""Budgets that are solved side by side share the memory that is free."""

from importlib import import_module

import pytest
from small_town import asked, kind, town

import siting
from siting import memory
from siting.errors import InputError
from siting.frontier import size
from siting.frontier.size import fitting, memory_of_one

ASKING = asked(kind("shop"), kind("care"))


def machine(monkeypatch, tmp_path, free_mb):
    """Let the machine have so much free memory."""
    (tmp_path / "meminfo").write_text(f"MemAvailable: {int(free_mb * 1024)} kB\n", encoding="ascii")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(memory, "_to_come_mb", lambda *_: 0.0)
    monkeypatch.setattr(memory, "MACHINE", tmp_path / "meminfo")


def need():
    return memory_of_one(town(), siting.api.resolve(town(), ASKING))


@pytest.mark.parametrize(
    ("free", "found"), [(1000.0, 4), (400.0, 4), (399.0, 3), (250.0, 2), (101.0, 1), (100.0, 1)]
)
def test_as_many_processes_run_as_the_free_memory_holds(monkeypatch, tmp_path, free, found):
    machine(monkeypatch, tmp_path, free)
    assert fitting(4, 100.0) == found


def test_a_limit_that_each_process_has_for_itself_is_not_shared(monkeypatch, tmp_path):
    machine(monkeypatch, tmp_path, 1000.0)
    monkeypatch.setattr(memory, "_own_free_mb", lambda _: 120.0)
    assert fitting(4, 100.0) == 4


def test_where_there_is_no_room_for_one_process_nothing_is_solved(monkeypatch, tmp_path):
    machine(monkeypatch, tmp_path, need() - 1.0)
    with pytest.raises(InputError, match="GB are free"):
        siting.frontier(town(), ASKING, capital=[0.0, 5e4], time_limit=30)


def test_fewer_budgets_at_once_are_solved_where_memory_is_short_and_it_is_said(
    monkeypatch, tmp_path
):
    machine(monkeypatch, tmp_path, 1.5 * need())
    ahead = []
    found = siting.frontier(
        town(),
        ASKING,
        capital=[0.0, 5e4, 1e5],
        time_limit=30,
        threads=3,
        on_work=ahead.append,
    )
    assert [work.processes for work in ahead] == [1]
    assert [row.value for row in found.rows] == [0.0, 1000.0, 2000.0]
    assert [notice.key for notice in found.remarks] == ["frontier.fewer_processes"]
    assert "room for 1 of 3 processes" in found.remarks[0].line("en")


def test_each_process_may_take_its_share_and_no_more(monkeypatch, tmp_path):
    machine(monkeypatch, tmp_path, 2.2 * need())
    sent = []
    running = import_module("siting.frontier.run")
    monkeypatch.setattr(running, "pack", lambda *said: sent.append(said[1]) or stop())
    with pytest.raises(InputError, match="GB are free"):
        siting.frontier(town(), ASKING, capital=[0.0, 5e4], time_limit=30, threads=2)
    assert sent[0].most_mb == pytest.approx(1.1 * need(), rel=0.01)


def stop():
    memory.require_memory(1e9)


def test_a_larger_city_needs_more(monkeypatch):
    small = need()
    monkeypatch.setattr(size, "memory_to_solve", lambda *_: 5000.0)
    assert need() == pytest.approx(small + 5000.0)


def test_a_process_that_finds_no_memory_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(size, "LIBRARIES_MB", 1.0)
    machine(monkeypatch, tmp_path, 60.0)
    with pytest.raises((MemoryError, siting.NoPlanError)):
        siting.frontier(town(), ASKING, capital=[0.0, 5e4], time_limit=30, threads=1)
