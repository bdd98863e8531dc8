"""What a caller hands to the library is looked at before any work is done."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from cli_fakes import say
from small_town import asked, kind, town

import siting
import siting.api
from siting.errors import InputError

PLACES = pd.DataFrame({"id": ["A"], "x": [0.0], "y": [0.0], "everyone": [900]})
SPACES = pd.DataFrame(
    {"id": ["S"], "x": [9.0], "y": [0.0], "area_m2": [120.0], "rent_m2_month": [4.0]}
)
WRONG = [
    *(("time_limit", value, "a number above 0") for value in (-1, math.nan, math.inf, None, "x")),
    *(("gap", value, "from 0 to below 1") for value in (2, 1, -1, math.nan, None, "x", True)),
    *(("threads", value, "whole number of at least 1") for value in (0, -3, 2.5, None, "2")),
    *(("seed", value, "whole number of at least 0") for value in (-1, 1.5, "x", None, True)),
]


@pytest.fixture(scope="module")
def question():
    return town(), asked(kind("shop"), capital=50_000.0)


@pytest.fixture(scope="module")
def plan(question):
    return siting.solve(*question)


@pytest.fixture
def no_work(monkeypatch):
    """Let every kind of work fail."""

    def work(*_, **__):
        raise AssertionError("there was work before the arguments were looked at")

    monkeypatch.setattr("siting.standard.scenarios.resolve", work)
    monkeypatch.setattr("siting.city.build.build_city", work)
    monkeypatch.setattr("siting.plan.folder.read_document", work)


@pytest.mark.parametrize("ask", [siting.solve, siting.frontier])
@pytest.mark.parametrize(("name", "value", "said"), WRONG)
@pytest.mark.usefixtures("no_work")
def test_a_number_that_no_search_can_keep_is_refused_before_any_work(
    ask, name, value, said, question
):
    with pytest.raises(InputError, match=said) as raised:
        ask(*question, **{name: value})
    (notice,) = raised.value.notices
    assert notice.value == str(value)
    assert notice.line("en").startswith(f"value '{value}': {name} takes")
    assert notice.line("zh") != notice.line("en")


@pytest.mark.usefixtures("no_work")
def test_all_numbers_that_are_wrong_are_told_at_once(question):
    with pytest.raises(InputError) as raised:
        siting.frontier(*question, time_limit=-1, gap=2, threads=0, seed=-1, processes=0)
    names = [notice.values["option"] for notice in raised.value.notices]
    assert names == ["time_limit", "gap", "threads", "seed", "processes"]


def test_the_command_line_says_the_same(capsys, question):
    said = say(capsys, "solve", "nowhere", "-o", "p", "--gap", "2", "--lang", "en")
    with pytest.raises(InputError) as raised:
        siting.solve(*question, gap=2)
    line = raised.value.notices[0].line("en").replace("gap", "--gap")
    assert " ".join(line.split()) in " ".join(said.err.split())


def test_numbers_of_numpy_are_numbers(question):
    numbers = {"time_limit": np.float32(60), "gap": np.float64(0.0), "seed": np.int64(3)}
    plan = siting.solve(*question, **numbers, threads=np.int32(1))
    assert plan.document.status == "optimal"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: siting.solve("mycity", siting.Scenario()), "city"),
        (lambda: siting.solve(None, siting.Scenario()), "city"),
        (lambda: siting.solve(town(), {"capital": 1.0}), "scenario"),
        (lambda: siting.solve(town(), siting.Scenario(), solver=5), "solver"),
        (lambda: siting.solve(town(), siting.Scenario(), start=[1, 2]), "start"),
        (lambda: siting.solve(town(), siting.Scenario(), start=5), "start"),
        (lambda: siting.solve(town(), siting.Scenario(), start="S1"), "start"),
        (lambda: siting.frontier("mycity", siting.Scenario()), "city"),
        (lambda: siting.frontier(town(), siting.Scenario(), folder=5), "folder"),
        (lambda: siting.find_gaps("mycity", siting.Scenario()), "city"),
        (lambda: siting.verify(None), "plan"),
        (lambda: siting.verify("plan", 5), "city"),
        (lambda: siting.explain(None, space="S1"), "plan"),
        (lambda: siting.explain("plan", space=5), "space"),
        (lambda: siting.compare("plan", 5), "plan_b"),
        (lambda: siting.read_city(None), "path"),
        (lambda: siting.check_city(5), "path"),
        (lambda: siting.read_plan(None), "folder"),
        (lambda: siting.api.write_reports(None), "folder"),
        (lambda: siting.api.write_comparison("a", "b"), "comparison"),
        (lambda: siting.City.from_frames(places=[1], spaces=SPACES), "places"),
        (lambda: siting.City.from_frames(places=None, spaces=SPACES), "places"),
        (lambda: siting.City.from_frames(PLACES, "spaces.csv"), "spaces"),
        (lambda: siting.City.from_frames(PLACES, SPACES, {"id": []}), "outlets"),
        (lambda: siting.City.from_frames(PLACES, SPACES, streets=[PLACES, 5]), "edges"),
        (lambda: siting.City.from_frames(PLACES, SPACES, streets=[PLACES]), "streets"),
        (lambda: siting.City.from_frames(PLACES, SPACES, walking=60.0), "walking"),
    ],
)
@pytest.mark.usefixtures("no_work")
def test_an_object_of_the_wrong_kind_is_a_type_error_that_names_it(call, name):
    with pytest.raises(TypeError, match=f"^{name} takes "):
        call()


def test_projects_to_begin_with_may_come_from_anywhere(question, plan):
    begun = siting.solve(*question, start=(p for p in plan.document.projects))
    assert begun.document.objective == plan.document.objective


def test_a_language_that_there_is_not_is_refused_wherever_one_is_taken(plan, tmp_path):
    for call in (
        lambda: plan.save(tmp_path / "plan", lang="fr"),
        lambda: plan.plot(lang="fr"),
        lambda: plan.explore(lang="fr"),
        lambda: plan.detail.gaps.plot(lang="fr"),
        lambda: siting.frontier(town(), asked(kind("shop")), lang="fr"),
        lambda: siting.api.write_reports(tmp_path, lang="fr"),
        lambda: siting.api.new(tmp_path / "new", lang="fr"),
    ):
        with pytest.raises(InputError, match="lang knows only: zh, en"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_a_plan_that_was_read_says_how_to_copy_it_instead_of_saving(plan, tmp_path):
    read = siting.read_plan(plan.save(tmp_path / "plan"))
    with pytest.raises(InputError, match="copy the folder") as raised:
        read.save(tmp_path / "again")
    assert raised.value.exit_code == 2
    assert not (tmp_path / "again").exists()


def test_sizes_that_are_no_whole_numbers_are_refused(tmp_path):
    for sizes in ({"places": "x"}, {"spaces": None}, {"types": 2.5}, {"seed": math.nan}):
        asked_for = {"places": 20, "spaces": 2, "types": 2, "seed": 0, **sizes}
        with pytest.raises(InputError, match="must be a whole number"):
            siting.generate(tmp_path / "city", **asked_for)
