"""Empty templates: they open, say that they are empty, and take a city."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from cli_fakes import say
from new_tables import config

from siting import api
from siting.city.units import MEASURES
from siting.errors import InputError
from siting.new.headings import columns_of
from siting.new.templates import TABLES, feature_names, kind_names, tables, type_names
from siting.standard.model import Scenario

NAMES = {
    "zh": ("居民点.xlsx", "网点.xlsx", "闲置空间.xlsx"),
    "en": ("places.xlsx", "outlets.xlsx", "spaces.xlsx"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_templates_open_with_headings_and_examples_beside_the_table(tmp_path, lang):
    made = api.new(tmp_path / "city", lang=lang)
    assert set(made.blank) == set(NAMES[lang])
    for name, file in zip(TABLES, NAMES[lang], strict=True):
        book = openpyxl.load_workbook(tmp_path / "city" / file)
        page, explained = book.worksheets[:2]
        heads = [c["head"][lang] for c in tables()[name]["columns"]]
        assert [[cell.value for cell in row] for row in page.iter_rows()] == [heads]
        shown = [[cell.value for cell in row] for row in explained.iter_rows()]
        example = tables()[name]["columns"][0]["examples"][lang]
        assert {row[0] for row in shown} >= {*heads, *example}
        lists = {v.formula1 for v in page.data_validations.dataValidation}
        assert len(lists) == sum("choices" in c for c in tables()[name]["columns"])
        for sheet in book.worksheets:  # on paper all columns stand side by side
            assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)


def test_the_list_of_types_names_every_type_with_its_id(tmp_path):
    api.new(tmp_path / "city", lang="zh")
    page = openpyxl.load_workbook(tmp_path / "city" / "网点.xlsx").worksheets[2]
    rows = [tuple(cell.value for cell in row[:2]) for row in page.iter_rows(min_row=2)]
    assert rows == list(type_names("zh").items())
    said = config(tmp_path / "city")["outlets"]["types"]
    assert said == type_names("zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_untouched_folder_is_told_to_be_empty(tmp_path, capsys, lang):
    folder = tmp_path / "city"
    assert say(capsys, "new", str(folder), "--lang", lang).code == 0
    said = say(capsys, "check", str(folder), "--lang", lang)
    assert said.code == 2
    empty = {"zh": "表中没有记录", "en": "holds no records"}[lang]
    for file in NAMES[lang]:
        assert any(file in line and empty in line for line in said.out.splitlines())


def test_the_scenario_waits_for_its_amounts(tmp_path, capsys):
    folder = tmp_path / "city"
    say(capsys, "new", str(folder), "--lang", "en")
    api.generate(tmp_path / "made", places=20, spaces=1, types=1)
    (tmp_path / "made" / "scenario.toml").unlink()
    stated = tomllib.loads((folder / "scenario.toml").read_text("utf-8"))
    assert stated["budget"] == {}
    question = str(folder / "scenario.toml")
    plan = str(tmp_path / "plan")
    made = str(tmp_path / "made")
    asked = ("solve", made, "--scenario", question, "-o", plan, "--lang", "en")
    said = say(capsys, *asked)
    assert said.code == 2
    assert "--capital" in said.err
    assert "--subsidy" in said.err


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "city"
    api.generate(folder, places=40, spaces=5, types=5, seed=3)
    (folder / "city.toml").write_text(
        (folder / "city.toml").read_text("utf-8").split("[streets]")[0], "utf-8"
    )
    return folder


def fill(folder: Path, made: Path, lang: str) -> None:
    """Fill the templates with the tables of a generated city, in the words of the language."""
    words = {one: name for name, one in type_names(lang).items()}
    kinds = {one: name for name, one in kind_names(lang).items()} if lang == "zh" else {}
    marks = {one: name for name, one in feature_names(lang).items()} if lang == "zh" else {}
    for name, file in zip(TABLES, NAMES[lang], strict=True):
        table = pd.read_csv(made / f"{name}.csv", keep_default_na=False)
        book = openpyxl.load_workbook(folder / file)
        for record in table.to_dict("records"):
            if "type" in record:
                record["type"] = ";".join(words[one] for one in record["type"].split(";"))
            record["kind"] = kinds.get(record.get("kind"), record.get("kind"))
            said = str(record.get("features", "")).split(";")
            record["features"] = ";".join(marks.get(one, one) for one in said)
            cells = [record.get(c["id"]) for c in tables()[name]["columns"]]
            book.worksheets[0].append([None if cell == "" else cell for cell in cells])
        book.save(folder / file)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_filled_templates_give_the_plan_of_the_same_city_in_csv(tmp_path, made, lang):
    folder = tmp_path / "city"
    api.new(folder, lang=lang)
    fill(folder, made, lang)
    said = (folder / "city.toml").read_text("utf-8")
    (folder / "city.toml").write_text(
        said.replace('"EPSG:4490"', '"EPSG:4547"', 1) + "\n[walking.groups]\naged_60_plus = 50\n",
        "utf-8",
    )
    scenario = Scenario(standard=made / "standard.toml", capital=4e5, subsidy_per_year=5e4)
    # The template leaves what converting costs to the catalogue.
    cities = [_without_capital(api.read_city(one)) for one in (made, folder)]
    for part in ("places", "spaces", "outlets"):
        first, second = (getattr(city, part) for city in cities)
        for name in ("id", "x", "y"):
            assert getattr(second, name).tolist() == getattr(first, name).tolist()
    spaces = [city.spaces for city in cities]
    for name in ("area_m2", "rent_m2_month", "kind", "floor", "features", "capital_fixed"):
        assert getattr(spaces[1], name).tolist() == getattr(spaces[0], name).tolist()
    assert cities[1].outlets.types.tolist() == cities[0].outlets.types.tolist()
    first, second = (api.solve(city, scenario, gap=0.0, time_limit=300).document for city in cities)
    assert first.status == second.status == "optimal"
    assert first.objective > 0
    assert second.objective == pytest.approx(first.objective, rel=1e-6)


def _without_capital(city):
    from dataclasses import replace

    import numpy as np

    blank = np.full(len(city.spaces), np.nan)
    return replace(city, spaces=replace(city.spaces, capital_m2=blank), path=None)


def test_a_group_that_nobody_filled_in_is_estimated_and_not_nobody(tmp_path, made):
    folder = tmp_path / "city"
    api.new(folder, lang="zh")
    fill(folder, made, "zh")
    book = openpyxl.load_workbook(folder / "居民点.xlsx")
    page = book.worksheets[0]
    at = [cell.value for cell in page[1]].index("60岁以上") + 1
    for row in range(2, page.max_row + 1):
        page.cell(row, at).value = None
    book.save(folder / "居民点.xlsx")
    said = (folder / "city.toml").read_text("utf-8").replace('"EPSG:4490"', '"EPSG:4547"', 1)
    (folder / "city.toml").write_text(said, "utf-8")
    assert "aged_60_plus" not in api.read_city(folder).places.residents


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_heading_of_a_template_is_recognised_again(lang):
    for name in TABLES:
        columns = tables()[name]["columns"]
        heads = {c["id"]: c["head"][lang] for c in columns}
        found = columns_of(name, heads.values())
        assert {key: match.local for key, match in found.items()} == heads
        assert all(match.sure for match in found.values())


def test_every_text_of_the_templates_stands_in_both_languages():
    said = tomllib.loads(files("siting.new").joinpath("templates.toml").read_text("utf-8"))
    for table in said.values():
        for part in (table["file"], table["sheet"], table["about"]):
            assert set(part) == {"zh", "en"}
        for column in table["columns"]:
            for part in ("head", "meaning", "unit", "examples"):
                assert set(column[part]) == {"zh", "en"}
            assert len(column["examples"]["zh"]) == len(column["examples"]["en"]) == 3


def test_headings_name_the_unit_that_siting_reads():
    from siting.new.headings import unit_in

    for table in tables().values():
        for column in table["columns"]:
            money, area, period, _ = unit_in(column["head"]["zh"])
            if MEASURES.get(column["id"]) == "rent":
                assert (money, area, period) == (1, 1, 1)


@pytest.mark.parametrize("there", ["file", "folder"])
def test_a_folder_that_holds_something_is_left_alone(tmp_path, capsys, there):
    folder = tmp_path / "city"
    if there == "file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    said = say(capsys, "new", str(folder), "--lang", "en")
    assert said.code == 2
    assert "new or empty" in said.err
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_the_folder_one_stands_in_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    said = say(capsys, "new", ".", "--lang", "en")
    assert said.code == 2
    assert "stand in" in said.err


def test_what_fails_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    import siting.new.folder as module

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_template", full)
    with pytest.raises(InputError, match="No space"):
        api.new(tmp_path / "city")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "city").mkdir()
    api.new(tmp_path / "city", lang="en")
    assert (tmp_path / "city" / "city.toml").is_file()
    assert [p.name for p in tmp_path.iterdir()] == ["city"]
