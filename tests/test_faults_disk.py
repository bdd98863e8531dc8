"""A disk that is full, read-only or in use: nothing that stood is lost, and one line says so."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fault_plans import (
    NEW,
    OLD,
    full_from,
    names_in,
    no_file_over,
    other,
    seed_in,
    small_city,
    small_plan,
)
from frontier_points import point

import siting
import siting.api
from siting.cli.main import run
from siting.errors import InputError
from siting.frontier.folder import open_folder, save_point
from siting.plan.disk import write_in_one_step


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return small_plan(tmp_path_factory.mktemp("faults") / "city")


@pytest.fixture(scope="module")
def saved(plan, tmp_path_factory):
    return plan.save(tmp_path_factory.mktemp("saved") / "plan")


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """Waiting for the disk proves nothing here."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def folder(saved, tmp_path):
    """A plan with its reports; where its city lies it remembers by the absolute path."""
    return Path(shutil.copytree(saved, tmp_path / "plan"))


def keys(raised) -> list[str]:
    for notice in raised.value.notices:
        assert notice.line("zh") != notice.line("en")
    return [notice.key for notice in raised.value.notices]


def the_old_plan_stands(folder: Path) -> None:
    siting.verify(folder)
    assert seed_in(folder) == OLD
    assert names_in(folder.parent) == [folder.name]


def test_a_disk_that_is_full_at_any_file_of_a_plan_leaves_the_old_one(plan, folder):
    sizes = {path.stat().st_size - 1 for path in folder.iterdir() if path.suffix != ".csv"}
    for size in sorted({0, *sizes}):
        new = replace(other(plan), write_reports=plan.write_reports)
        with no_file_over(size), pytest.raises(InputError) as raised:
            new.save(folder)
        assert keys(raised) == ["plan.unwritable"]
        the_old_plan_stands(folder)


def test_a_disk_that_is_full_at_any_flush_leaves_the_old_plan(plan, folder, monkeypatch):
    refused, files = 0, 6  # without reports
    for nth in range(1, 20):
        monkeypatch.setattr(os, "fsync", full_from(lambda _: None, nth))
        try:
            other(plan).save(folder)
        except InputError:
            refused += 1
            assert seed_in(folder) == OLD
            assert names_in(folder.parent) == ["plan"]
        else:
            break
    assert refused == files
    assert seed_in(folder) == NEW


def test_a_full_disk_is_no_fault_of_sitings_own(plan, folder, monkeypatch):
    monkeypatch.setattr(shutil, "copy2", full_from(shutil.copy2, 1))
    (folder / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(InputError) as raised:
        other(plan).save(folder)
    assert os.strerror(errno.ENOSPC) in raised.value.notices[0].line("en")
    assert (folder / "notes.txt").read_text("utf-8") == "mine"


def test_a_fault_of_ours_is_not_called_one_of_the_disk(plan, folder, monkeypatch):
    monkeypatch.setattr("siting.plan.layers.write_layers", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        other(plan).save(folder)
    the_old_plan_stands(folder)


def test_a_folder_that_cannot_be_written_is_told_before_solving(plan, tmp_path, monkeypatch):
    def read_only(*_, **__):
        raise PermissionError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path))

    monkeypatch.setattr("tempfile.mkdtemp", read_only)
    with pytest.raises(InputError) as raised:
        siting.api.check_output(tmp_path / "deep" / "plan", plan.city.path)
    assert keys(raised) == ["plan.unwritable"]
    assert names_in(tmp_path) == []


def test_trying_a_folder_leaves_nothing_there(plan, tmp_path):
    siting.api.check_output(tmp_path / "deep" / "plan", plan.city.path)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("refused", ["the old plan", "the new plan"])
def test_a_plan_that_cannot_take_its_place_is_kept_beside_it(plan, folder, monkeypatch, refused):
    rename = Path.rename

    def in_use(path, target):
        what = "the old plan" if path == folder else "the new plan"
        if what == refused and Path(target).name in ("plan", "plan.old"):
            raise PermissionError(errno.EACCES, "in use", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", in_use)
    with pytest.raises(InputError) as raised:
        other(plan).save(folder)
    monkeypatch.undo()
    if refused == "the new plan":  # nor could the old one be put back: a reader finds it
        assert names_in(folder.parent) == ["plan.new", "plan.old"]
    else:
        assert names_in(folder.parent) == ["plan", "plan.new"]
    assert keys(raised) == ["plan.unwritable", "plan.kept"]
    assert str(folder.with_name("plan.new")) in raised.value.notices[1].line("en")
    assert seed_in(folder) == OLD
    assert seed_in(folder.with_name("plan.new")) == NEW
    siting.verify(folder.with_name("plan.new"))


def test_a_folder_that_became_foreign_while_writing_is_left_alone(plan, folder):
    def meanwhile(*_):
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "thesis.txt").write_text("mine", "utf-8")

    with pytest.raises(InputError) as raised:
        replace(other(plan), write_reports=meanwhile).save(folder)
    assert keys(raised) == ["plan.output_not_ours", "plan.kept"]
    assert names_in(folder) == ["thesis.txt"]
    siting.verify(folder.with_name("plan.new"))


@pytest.mark.parametrize("gone", ["the plan", "the folder it lies in"])
def test_a_plan_folder_that_is_deleted_meanwhile_harms_nothing(plan, tmp_path, gone):
    folder = plan.save(tmp_path / "deep" / "plan")
    shutil.rmtree(folder if gone == "the plan" else folder.parent)
    siting.verify(other(plan).save(folder))
    assert seed_in(folder) == NEW


def test_what_a_run_that_died_left_of_a_users_files_is_brought_along(plan, folder):
    (folder / "notes.txt").write_text("mine", "utf-8")
    folder.rename(folder.with_name("plan.old"))  # it died between the two renames
    other(plan).save(folder)
    assert (folder / "notes.txt").read_text("utf-8") == "mine"
    assert names_in(folder.parent) == ["plan"]


def test_files_put_beside_a_plan_while_it_is_replaced_are_kept(plan, folder, monkeypatch):
    (folder / "notes").mkdir()
    (folder / "notes" / "a.txt").write_text("first", "utf-8")
    rename = Path.rename

    def writing(path, target):
        if path == folder:
            (folder / "late.txt").write_text("late", "utf-8")
            (folder / "notes" / "a.txt").write_text("second", "utf-8")
            os.utime(folder / "notes" / "a.txt", (2e9, 2e9))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", writing)
    other(plan).save(folder)
    assert (folder / "late.txt").read_text("utf-8") == "late"
    assert (folder / "notes" / "a.txt").read_text("utf-8") == "second"
    assert names_in(folder.parent) == ["plan"]


def test_flushing_asks_for_handles_that_may_write_as_windows_does(plan, folder, monkeypatch):
    fcntl = pytest.importorskip("fcntl", reason="asks how a file was opened")
    flushed = []

    def fsync(handle):
        if not os.path.isdir(f"/proc/self/fd/{handle}"):  # noqa: PTH112  a link of /proc
            flushed.append(fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE)

    monkeypatch.setattr(os, "fsync", fsync)
    other(plan).save(folder)
    siting.api.write_reports(folder)
    assert len(flushed) > len(list(folder.iterdir()))
    assert os.O_RDONLY not in flushed


def test_reports_that_cannot_be_written_leave_the_old_ones(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with no_file_over(60_000), pytest.raises(InputError) as raised:
        siting.api.write_reports(folder)
    assert keys(raised) == ["plan.unwritable"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert names_in(folder.parent) == ["plan"]


def test_a_generated_city_stands_whole_or_not_at_all(tmp_path):
    city = small_city(tmp_path / "city")
    before = {path.name: path.read_bytes() for path in city.iterdir()}
    siting.api.generate(tmp_path / "to be", places=60, spaces=12, types=8, seed=3)
    sizes = {path.stat().st_size - 1 for path in (tmp_path / "to be").iterdir()}
    for size in {0, *sizes}:
        with no_file_over(size), pytest.raises(InputError) as raised:
            siting.api.generate(city, places=60, spaces=12, types=8, seed=3)
        assert keys(raised) == ["plan.unwritable"]
        assert {path.name: path.read_bytes() for path in city.iterdir()} == before
        assert names_in(tmp_path) == ["city", "to be"]


def test_a_new_city_stands_whole_or_not_at_all(tmp_path):
    with no_file_over(100), pytest.raises(InputError) as raised:
        siting.api.new(tmp_path / "city")
    assert keys(raised) == ["plan.unwritable"]
    assert names_in(tmp_path) == []


def test_a_file_written_in_one_step_is_the_old_or_the_new(tmp_path):
    path = tmp_path / "point.json"
    write_in_one_step(path, "old")
    with no_file_over(10), pytest.raises(InputError) as raised:
        write_in_one_step(path, "new" * 100)
    assert keys(raised) == ["plan.unwritable"]
    assert path.read_text("utf-8") == "old"
    assert names_in(tmp_path) == ["point.json"]


def test_news_that_cannot_be_written_do_not_end_the_work(plan, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("siting.cli.progress.write_news", full_from(lambda *_: None, 2))
    news, out = tmp_path / "news.jsonl", tmp_path / "plan"
    with pytest.raises(SystemExit) as left:
        run(["solve", str(plan.city.path), "-o", str(out), "--progress", str(news), "--quiet"])
    assert not left.value.code
    said = capsys.readouterr().err
    assert said.count("news.jsonl") == 1
    assert os.strerror(errno.ENOSPC) in said
    siting.verify(out)


def test_a_reader_of_news_who_goes_away_does_not_end_the_work(plan, tmp_path, monkeypatch):
    def gone(*_):
        raise BrokenPipeError(errno.EPIPE, "gone")

    monkeypatch.setattr("siting.cli.progress.write_news", gone)
    with pytest.raises(SystemExit) as left:
        run(["solve", str(plan.city.path), "-o", str(tmp_path / "plan"), "--json"])
    assert not left.value.code
    siting.verify(tmp_path / "plan")


def test_a_terminal_that_takes_no_more_is_told_without_blaming_siting(capsys, monkeypatch):
    monkeypatch.setattr("siting.cli.standards.show", full_from(str, 1))
    with pytest.raises(SystemExit) as left:
        run(["standards"])
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert os.strerror(errno.ENOSPC) in said
    assert "fault of its own" not in said


def test_a_point_of_a_frontier_is_the_old_or_the_new(tmp_path):
    described = {"made_by": "siting frontier"}
    with open_folder(tmp_path / "curve", None, described) as known:
        assert known == ()
        save_point(tmp_path / "curve", described, point(1.0, 5.0, 6.0))
    with open_folder(tmp_path / "curve", None, described) as known:
        with no_file_over(10), pytest.raises(InputError) as raised:
            save_point(tmp_path / "curve", described, point(1.0, 5.0, 6.0, seconds=2.0))
        assert keys(raised) == ["plan.unwritable"]
    with open_folder(tmp_path / "curve", None, described) as again:
        assert again == known


def test_what_a_killed_run_left_of_a_point_is_cleared_away(tmp_path):
    described = {"made_by": "siting frontier"}
    with open_folder(tmp_path / "curve", None, described):
        (tmp_path / "curve" / "points" / ".a.json.x.new").write_text("{", "utf-8")
    with open_folder(tmp_path / "curve", None, described) as known:
        assert known == ()
    assert names_in(tmp_path / "curve" / "points") == []


def test_two_runs_do_not_write_one_frontier(tmp_path):
    described = {"made_by": "siting frontier"}
    with open_folder(tmp_path / "curve", None, described):
        with pytest.raises(InputError) as raised, open_folder(tmp_path / "curve", None, described):
            pass
        assert keys(raised) == ["frontier.busy"]
    with open_folder(tmp_path / "curve", None, described):
        pass
