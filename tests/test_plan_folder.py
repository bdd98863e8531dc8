"""Where a plan may be written, and that readers find one whole plan whatever happens."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tiny import scenario_of, tiny_city

import siting
import siting.api
from siting.errors import InputError
from siting.plan.folder import REPORTS, find_folder

FILES = {"plan.json", "projects.csv", "gaps.csv", "projects.geojson", "certificate.npz", *REPORTS}


@pytest.fixture(scope="module")
def city_folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cities") / "district" / "small"
    siting.api.generate(path, places=60, spaces=12, types=8, seed=2)
    return path


@pytest.fixture(scope="module")
def plan(city_folder):
    return siting.solve(siting.read_city(city_folder), siting.Scenario())


@pytest.fixture(scope="module")
def other_plan(plan):
    """The same plan of another seed, to tell old from new."""
    document = plan.document.model_copy(update={"seed": 7})
    return replace(plan, document=document)


def seed_in(folder: Path) -> int:
    return siting.read_plan(folder).document.seed


def refused(plan, folder: Path) -> str:
    with pytest.raises(InputError) as raised:
        plan.save(folder)
    assert raised.value.exit_code == 2
    (notice,) = raised.value.notices
    assert notice.line("zh") != notice.line("en")
    return notice.key


def test_a_folder_holds_the_files_of_a_plan_and_nothing_else(plan, tmp_path):
    folder = plan.save(tmp_path / "plan")
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_plan_is_written_into_an_empty_folder_and_over_a_plan(plan, other_plan, tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    plan.save(folder)
    assert seed_in(folder) == 0
    other_plan.save(folder)
    assert seed_in(folder) == 7
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_files_a_user_put_beside_a_plan_do_not_make_it_a_foreign_folder(plan, tmp_path):
    folder = plan.save(tmp_path / "plan")
    (folder / "notes.txt").write_text("mine", "utf-8")
    plan.save(folder)
    assert {path.name for path in folder.iterdir()} == {*FILES, "notes.txt"}
    assert (folder / "notes.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize("above", [0, 1, 2])
def test_a_plan_never_takes_the_place_of_its_city_or_of_what_is_above_it(plan, city_folder, above):
    target = [city_folder, *city_folder.parents][above]
    before = {path.name for path in city_folder.iterdir()}
    assert refused(plan, target) == "plan.output_is_city"
    assert refused(plan, target / "x" / "..") == "plan.output_is_city"
    assert {path.name for path in city_folder.iterdir()} == before


def test_a_plan_may_lie_inside_its_city(plan, city_folder):
    folder = plan.save(city_folder / "plan")
    siting.verify(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("thesis.txt", "mine"),
        ("plan.json", "no json"),
        ("plan.json", "[]"),
        ("plan.json", "{}"),
        ("plan.json", '{"software": {"other": "1"}}'),
        ("plan.json", '{"software": null}'),
    ],
)
def test_a_folder_that_is_not_ours_is_left_alone(plan, tmp_path, name, content):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / name).write_text(content, "utf-8")
    assert refused(plan, folder) == "plan.output_not_ours"
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_text("utf-8") == content
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_is_no_folder_for_a_plan(plan, tmp_path):
    file = tmp_path / "plan"
    file.write_text("mine", "utf-8")
    assert refused(plan, file) == "plan.output_not_folder"
    assert file.read_text("utf-8") == "mine"


def test_a_link_to_nowhere_is_no_folder_for_a_plan(plan, tmp_path):
    link = tmp_path / "plan"
    link.symlink_to(tmp_path / "gone")
    assert refused(plan, link) == "plan.output_not_folder"


def test_a_folder_below_a_file_is_refused_before_solving(tmp_path):
    (tmp_path / "file").write_text("mine", "utf-8")
    with pytest.raises(InputError):
        siting.api.check_output(tmp_path / "file" / "plan")


def test_a_plan_without_its_city_cannot_be_saved(plan, tmp_path):
    read = siting.read_plan(plan.save(tmp_path / "plan"))
    with pytest.raises(InputError, match="no city"):
        read.save(tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


@pytest.mark.parametrize("dies_at", [1, 2])
def test_readers_find_the_old_plan_when_the_exchange_dies(
    plan, other_plan, tmp_path, monkeypatch, dies_at
):
    folder = plan.save(tmp_path / "plan")
    moves = []
    rename = Path.rename

    def dying(path, target):
        moves.append((path.name, Path(target).name))
        if len(moves) >= dies_at:  # nothing is put back by a process that is gone
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", dying)
    with pytest.raises(KeyboardInterrupt):
        other_plan.save(folder)
    monkeypatch.undo()
    assert moves[0] == ("plan", "plan.old")
    assert (tmp_path / "plan.old").is_dir() == (dies_at == 2)
    assert find_folder(folder) == (tmp_path / "plan.old" if dies_at == 2 else folder)
    assert seed_in(folder) == 0
    siting.verify(folder)
    assert len(list(tmp_path.iterdir())) == 1  # what was half done is cleared away

    other_plan.save(folder)
    assert seed_in(folder) == 7
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_writing_that_fails_leaves_the_old_plan(plan, other_plan, tmp_path, monkeypatch):
    folder = plan.save(tmp_path / "plan")

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("siting.plan.layers.write_layers", full)
    with pytest.raises(InputError, match="no space left"):
        other_plan.save(folder)
    assert seed_in(folder) == 0
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_foreign_folder_called_like_the_old_plan_is_left_alone(plan, other_plan, tmp_path):
    folder = plan.save(tmp_path / "plan")
    theirs = tmp_path / "plan.old"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("mine", "utf-8")
    with suppress(InputError):  # a refusal would do
        other_plan.save(folder)
    assert (theirs / "thesis.txt").is_file()


def test_an_old_folder_that_holds_no_plan_is_not_taken_for_one(tmp_path):
    (tmp_path / "plan.old").mkdir()
    assert find_folder(tmp_path / "plan") == tmp_path / "plan"
    with pytest.raises(InputError) as raised:
        siting.read_plan(tmp_path / "plan")
    assert raised.value.notices[0].key == "plan.missing"


@pytest.mark.parametrize(
    ("content", "key"), [("{", "plan.not_json"), ("[" * 100_000, "plan.not_json"), ("{}", None)]
)
def test_a_plan_that_cannot_be_read_is_bad_input(tmp_path, content, key):
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "plan.json").write_text(content, "utf-8")
    with pytest.raises(InputError) as raised:
        siting.read_plan(folder)
    assert raised.value.exit_code == 2
    assert {notice.key for notice in raised.value.notices} == {key or "plan.not_a_plan"}


def test_the_tables_open_in_excel_and_say_what_the_plan_says(plan, tmp_path):
    folder = plan.save(tmp_path / "plan")
    for name in ("projects.csv", "gaps.csv"):
        assert (folder / name).read_bytes().startswith(b"\xef\xbb\xbf")
    rows = (folder / "projects.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(plan.document.projects)
    content = json.loads((folder / "plan.json").read_text("utf-8"))
    assert [p["space"] for p in content["projects"]] == [r.split(",")[0] for r in rows[1:]]
    assert "示例" in plan.city.name


def test_a_city_from_frames_has_no_path_and_is_verified_with_the_city_in_hand(tmp_path):
    city, question = tiny_city(36)
    plan = siting.solve(replace(city, metric_crs="EPSG:4549"), scenario_of(question))
    folder = plan.save(tmp_path / "plan")
    inputs = siting.read_plan(folder).document.inputs
    assert (inputs.city_path, inputs.city_path_absolute, inputs.city_sha256) == (None, None, None)
    siting.verify(siting.read_plan(folder), plan.city)
    with pytest.raises(InputError):
        siting.verify(folder)


def test_a_city_in_plain_metres_is_saved_without_a_warning(tmp_path):
    city, question = tiny_city(36)
    siting.solve(city, scenario_of(question)).save(tmp_path / "plan")
