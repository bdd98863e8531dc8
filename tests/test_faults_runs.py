"""Two runs at once, and files that change while they are read."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fault_plans import NEW, OLD, names_in, other, seed_in, small_city, small_plan

import siting
import siting.city.read as reading
from siting.errors import InputError
from siting.plan import folder as plan_folder
from siting.verify import folder as verifying


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return replace(small_plan(tmp_path_factory.mktemp("runs") / "city"), write_reports=None)


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)


def test_runs_that_write_one_plan_folder_at_once_leave_one_whole_plan(plan, tmp_path):
    folder = tmp_path / "plan"
    with ThreadPoolExecutor(4) as runs:
        saved = [runs.submit((other(plan) if k % 2 else plan).save, folder) for k in range(12)]
        for one in saved:
            assert one.result() == folder
    siting.verify(folder)
    assert names_in(tmp_path) == ["plan"]


def test_the_exchange_of_one_run_does_not_begin_in_that_of_another(plan, tmp_path, monkeypatch):
    folder = plan.save(tmp_path / "plan")
    rename, inside = Path.rename, []

    def counting(path, target):
        inside.append((path.name.partition("-")[0], Path(target).name))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", counting)
    with ThreadPoolExecutor(4) as runs:
        list(runs.map(lambda _: other(plan).save(folder), range(8)))
    assert inside == [("plan", "plan.old"), (".plan.new", "plan")] * 8


def test_an_old_plan_that_another_run_is_taking_away_is_nobody_elses(plan, tmp_path, monkeypatch):
    folder = plan.save(tmp_path / "plan")
    old = tmp_path / "plan.old"
    shutil.copytree(folder, old)
    (old / "plan.json").unlink()  # as in the midst of taking the folder away
    locked = plan_folder.locked

    def taken_away(parent, patience):
        shutil.rmtree(old, ignore_errors=True)
        return locked(parent, patience)

    monkeypatch.setattr(plan_folder, "locked", taken_away)
    assert other(plan).save(folder) == folder
    assert names_in(tmp_path) == ["plan"]


@pytest.mark.parametrize("changed", ["residents.csv", "city.toml"])
def test_a_city_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, changed):
    city = small_city(tmp_path / "city")
    (path,) = [p for p in city.iterdir() if p.name in (changed, "places.csv")][:1]
    path = city / "city.toml" if changed == "city.toml" else path
    build = reading._tables

    def meanwhile(*given):
        tables = build(*given)
        path.write_bytes(path.read_bytes() + b"\n")
        return tables

    monkeypatch.setattr(reading, "_tables", meanwhile)
    with pytest.raises(InputError) as raised:
        siting.read_city(city)
    (notice,) = raised.value.notices
    assert notice.key == "city.changed_meanwhile"
    assert notice.line("zh") != notice.line("en")
    monkeypatch.undo()
    assert siting.read_city(city).sha256 is not None


def test_a_city_whose_files_cannot_be_hashed_has_no_hash_made_up(tmp_path, monkeypatch):
    city = small_city(tmp_path / "city")

    def refused(*_):
        raise PermissionError(13, "no")

    monkeypatch.setattr(reading, "hash_files", refused)
    with pytest.raises(InputError) as raised:
        siting.read_city(city)
    assert [notice.key for notice in raised.value.notices] == ["city.changed_meanwhile"]


def test_a_plan_exchanged_while_it_is_verified_is_no_false_alarm(plan, tmp_path, monkeypatch):
    folder = plan.save(tmp_path / "plan")
    find = verifying.find_city

    def meanwhile(*given):
        other(plan).save(folder)
        (folder / "projects.csv").write_text("of the new plan", "utf-8")
        return find(*given)

    monkeypatch.setattr(verifying, "find_city", meanwhile)
    with pytest.raises(InputError) as raised:
        siting.verify(folder)
    assert [notice.key for notice in raised.value.notices] == ["plan.changed_meanwhile"]


def test_plan_and_certificate_are_read_of_one_plan(plan, tmp_path, monkeypatch):
    folder = plan.save(tmp_path / "plan")
    from siting.plan import certificate

    read = certificate.read_certificate

    def meanwhile(path):
        other(plan).save(folder)
        return read(path)

    monkeypatch.setattr(certificate, "read_certificate", meanwhile)
    with pytest.raises(InputError) as raised:
        siting.read_plan(folder)
    assert [notice.key for notice in raised.value.notices] == ["plan.changed_meanwhile"]
    monkeypatch.undo()
    assert seed_in(folder) == NEW


def test_a_city_deleted_while_it_is_solved_does_not_lose_the_plan(tmp_path):
    plan = small_plan(tmp_path / "city")
    kept = shutil.copytree(tmp_path / "city", tmp_path / "kept")
    shutil.rmtree(tmp_path / "city")
    folder = plan.save(tmp_path / "plan")
    assert seed_in(folder) == OLD
    with pytest.raises(InputError):
        siting.verify(folder)
    siting.verify(folder, kept)
