"""Reports are part of a plan folder, and can be written again from it."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import numpy as np
import pandas as pd
import pytest
from full_plans import choose, document_of

import siting
from siting import Scenario, api
from siting.errors import VerificationError
from siting.plan.folder import REPORTS
from siting.plan.restore import asked, find_chosen, restore
from siting.report.write import write_reports
from siting.standard.options import find_options


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    city = tmp_path_factory.mktemp("reports") / "city"
    api.generate(city, places=120, spaces=15, types=8, seed=4)
    return city


@pytest.fixture(scope="module")
def plan(folder):
    city = siting.read_city(folder)
    question = api.resolve(city, Scenario(capital=1e9, subsidy_per_year=1e9, funds=()))
    return restore(document_of(city, question, seed=2), city)


@pytest.fixture
def saved(plan, tmp_path):
    return replace(plan, write_reports=write_reports).save(tmp_path / "plan", lang="zh")


def language(folder):
    return (folder / "report.html").read_text("utf-8").split('<html lang="')[1].split('"')[0]


def test_a_saved_plan_holds_its_report_in_the_language_asked_for(saved):
    assert language(saved) == "zh-CN"


def test_a_plan_without_the_means_leaves_no_stale_report(plan, saved):
    plan.save(saved)
    assert not (saved / "report.html").exists()


def test_reports_are_written_again_in_another_language_and_nothing_else(saved):
    (saved / "notes.txt").write_text("mine")
    siting.verify(saved)
    before = {p.name: p.read_bytes() for p in saved.iterdir()}
    api.write_reports(saved, lang="en")
    after = {p.name: p.read_bytes() for p in saved.iterdir()}
    assert language(saved) == "en"
    assert {name for name in after if after[name] != before[name]} == set(REPORTS)
    assert set(after) == set(before)
    assert {p.name for p in saved.parent.iterdir()} == {"plan"}
    siting.verify(saved)
    api.write_reports(saved, lang="zh")
    assert (saved / "report.html").read_bytes() == before["report.html"]


def test_a_plan_with_a_wrong_number_gets_no_report(saved):
    content = json.loads((saved / "plan.json").read_text("utf-8"))
    content["projects"][0]["gained_by_group"]["everyone"] += 1.0
    (saved / "plan.json").write_text(json.dumps(content), encoding="utf-8")
    before = (saved / "report.html").read_bytes()
    with pytest.raises(VerificationError):
        api.write_reports(saved, lang="en")
    assert (saved / "report.html").read_bytes() == before


def test_a_city_that_has_changed_gets_no_report(saved, folder, tmp_path):
    import shutil

    other = shutil.copytree(folder, tmp_path / "other")
    (other / "spaces.csv").write_text((other / "spaces.csv").read_text("utf-8") + "\n")
    with pytest.raises(VerificationError):
        api.write_reports(saved, city=other)


def test_the_command_says_what_it_wrote(saved, capsys):
    from siting.cli.main import run

    with pytest.raises(SystemExit) as left:
        run(["report", str(saved), "--lang", "en", "--json"])
    assert left.value.code == 0
    assert json.loads(capsys.readouterr().out) == {"files": [str(saved / name) for name in REPORTS]}
    assert language(saved) == "en"


def test_a_restored_plan_has_the_options_it_was_made_of(folder, plan):
    city = siting.read_city(folder)
    question = asked(plan.document)
    options = find_options(city, question)
    wanted = choose(city, options, Random(2))
    assert np.array_equal(find_chosen(plan.document, city, question, options), wanted)


def test_places_and_communities_of_a_project_add_up_to_whom_it_gains(plan):
    gained = 0.0
    for p in plan.document.projects:
        assert p.places_by_group.keys() == p.gained_by_group.keys()
        for group, places in p.places_by_group.items():
            assert (places > 0) == (p.gained_by_group[group] > 0)
        assert sum(p.gained_by_community.values()) == pytest.approx(p.residents_gained)
        assert min(p.gained_by_community.values(), default=1.0) > 0
        gained += p.residents_gained
    assert gained > 0


def test_spaces_keep_their_addresses_and_communities_their_areas():
    import geopandas as gpd
    from shapely.geometry import box

    places = pd.DataFrame({"id": ["P"], "x": [0.0], "y": [0.0], "everyone": [5.0]})
    spaces = pd.DataFrame(
        {"id": ["S"], "x": [0.0], "y": [0.0], "area_m2": [9.0], "rent_m2_month": [1.0]}
    )
    plain = siting.City.from_frames(places=places, spaces=spaces)
    assert plain.spaces.address is None
    assert plain.areas is None
    city = siting.City.from_frames(
        places=places,
        spaces=spaces.assign(address=["1 High Street"]),
        communities=gpd.GeoDataFrame({"id": ["C"]}, geometry=[box(-1000, -1000, 2000, 1000)]),
    )
    assert city.spaces.address.tolist() == ["1 High Street"]
    assert [area.bounds for area in city.areas] == [(-1000.0, -1000.0, 2000.0, 1000.0)]
