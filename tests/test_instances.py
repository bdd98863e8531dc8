"""The cities that ship with the project have the answers that their README proves by hand."""

from __future__ import annotations

import shutil
import tomllib
from importlib.resources import as_file, files

import pytest
from typer.testing import CliRunner

import siting
from siting.errors import InfeasibleError

FOLDERS = files("siting.instances")
SOLVABLE = ("add-on", "cheapest", "floor-worse-site", "one-type-short", "two-funds")
UNSOLVABLE = ("infeasible-floor",)


@pytest.fixture(params=(*SOLVABLE, *UNSOLVABLE))
def instance(request):
    """Return the folder of each city."""
    with as_file(FOLDERS / request.param) as folder:
        yield folder


def answer_of(folder):
    return tomllib.loads((folder / "answer.toml").read_text("utf-8"))


def solve(folder, **options):
    return siting.solve(siting.read_city(folder), siting.Scenario(), gap=0.0, **options)


def test_every_city_is_looked_at():
    names = {f.name for f in FOLDERS.iterdir() if f.is_dir() and f.name != "__pycache__"}
    assert names == {*SOLVABLE, *UNSOLVABLE}


@pytest.mark.parametrize("name", SOLVABLE)
def test_the_proved_answer_is_found_and_proved(name):
    with as_file(FOLDERS / name) as folder:
        expected = answer_of(folder)
        plan = solve(folder)
        siting.verify(plan, siting.read_city(folder), full=True)
    document = plan.document
    assert document.status == "optimal"
    assert {s.name: s.objective for s in document.stages} == pytest.approx(expected["stages"])
    assert {s.name: s.bound for s in document.stages} == pytest.approx(expected["stages"])
    assert sorted([p.space, p.type] for p in document.projects) == expected["projects"]
    paid = {p.space: {m.fund: m.amount for m in p.capital_paid_by} for p in document.projects}
    assert {space: paid[space] for space in expected.get("paid", {})} == expected.get("paid", {})


@pytest.mark.parametrize("name", UNSOLVABLE)
def test_the_command_line_ends_with_the_exit_code_proved(name, tmp_path):
    from siting.cli.main import app

    with as_file(FOLDERS / name) as folder:
        assert answer_of(folder) == {"exit_code": 3}
        with pytest.raises(InfeasibleError) as raised:
            solve(folder)
        assert raised.value.exit_code == 3
        done = CliRunner().invoke(app, ["solve", str(folder), "-o", str(tmp_path / "plan")])
    assert done.exit_code == 3
    assert not (tmp_path / "plan").exists()


def test_the_readme_states_question_answer_and_proof(instance):
    text = (instance / "README.md").read_text("utf-8")
    for part in ("# ", "**Question.**", "**Answer.**", "**Proof.**"):
        assert text.count(part) >= 1, part
    expected = answer_of(instance)
    for number in expected.get("stages", {}).values():
        assert f"**{number:,}" in text, number
    for space, _ in expected.get("projects", []):
        assert space in text.split("**Answer.**")[1] or space in text.split("**Question.**")[1]


def test_without_the_floor_the_better_site_is_chosen():
    with as_file(FOLDERS / "floor-worse-site") as folder:
        city = siting.read_city(folder)
    plan = siting.solve(city, siting.Scenario(floors={}), gap=0.0)
    assert plan.document.objective == 200
    assert [p.space for p in plan.document.projects] == ["S1"]


def test_coverage_alone_leaves_the_circle_one_type_short():
    with as_file(FOLDERS / "one-type-short") as folder:
        city = siting.read_city(folder)
    plan = siting.solve(city, siting.Scenario(objective="coverage"), gap=0.0)
    assert plan.document.objective == 300
    assert [c.grade_after for c in plan.document.circles] == [None, None]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("standard.toml", "area_min_m2 = 500", "area_min_m2 = 320"),
        ("standard.toml", "minutes = 10", "minutes = 11.666667"),
        ("scenario.toml", "wet_market = 0.8", "wet_market = 0.0"),
    ],
)
def test_each_relaxation_the_readme_names_would_do(tmp_path, file, before, after):
    with as_file(FOLDERS / "infeasible-floor") as folder:
        shutil.copytree(folder, tmp_path / "city")
    path = tmp_path / "city" / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    assert solve(tmp_path / "city").document.status == "optimal"
