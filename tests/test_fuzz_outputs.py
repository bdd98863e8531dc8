"""Names that are formulas, tags or scripts stay names in every file of a plan."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import siting
from siting.plan.spreadsheet import as_csv

INSTANCE = Path(__file__).resolve().parents[1] / "instances" / "two-funds"
TAG = "</script><img src=x onerror=alert(1)>"
NAMES = {"S1": '=HYPERLINK("http://127.0.0.1/";"x")', "S2": f"@{TAG}", "Centre": f"+{TAG}$a$"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a plan folder, verified, of a small city in which nothing has a harmless name."""
    city = tmp_path_factory.mktemp("hostile") / "city"
    shutil.copytree(INSTANCE, city)
    for name in ("places.csv", "spaces.csv"):
        table = pd.read_csv(city / name, dtype=str).replace(NAMES)
        table.to_csv(city / name, index=False)
    config = (city / "city.toml").read_text("utf-8")
    (city / "city.toml").write_text(config.replace("Two funds", f"={TAG}"), "utf-8")
    standard = (city / "standard.toml").read_text("utf-8")
    standard = standard.replace('id = "pharmacy"', f'id = "pharmacy"\nzh = "={TAG}"\nen = "-{TAG}"')
    (city / "standard.toml").write_text(standard, "utf-8")
    plan = siting.solve(siting.read_city(city), siting.Scenario())
    plan.save(city.parent / "plan")
    assert siting.verify(city.parent / "plan", city) == ()
    return city.parent / "plan"


def cells(path):
    return [
        cell
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
        for cell in row
    ]


@pytest.mark.parametrize("name", ["projects.csv", "gaps.csv"])
def test_no_cell_of_a_csv_file_is_a_formula(folder, name):
    there = cells(folder / name)
    assert f"'{NAMES['Centre']}" in there
    assert [c for c in there if c[:1] in ("=", "@", "+", "＝") or c[:2] == "-<"] == []


def test_no_name_becomes_a_tag_of_the_page(folder):
    page = (folder / "report.html").read_text("utf-8")
    assert "<img" not in page.split("<body")[1].split("<script")[0]
    data = page[page.index('id="data">') :]
    assert "onerror" in data[: data.index("</script>")]


def test_a_formula_in_a_csv_file_that_verify_did_not_write_is_found(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "plan")
    path = tmp_path / "plan" / "projects.csv"
    path.write_bytes(path.read_bytes().replace(b"'=HYPERLINK", b"=HYPERLINK"))
    with pytest.raises(siting.VerificationError, match="HYPERLINK"):
        siting.verify(tmp_path / "plan", folder.parent / "city")


def test_numbers_and_signs_alone_are_no_formulas():
    table = pd.DataFrame({"a": ["-5", "+1.5e3", "-", "=", "-x", "＝1", "\t=1", 7], "b": [-1.5] * 8})
    rows = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline="")))
    first = [row[0] for row in rows[1:]]
    assert first == ["-5", "+1.5e3", "-", "=", "'-x", "'＝1", "'\t=1", "7"]
    assert {row[1] for row in rows[1:]} == {"-1.5"}


@pytest.mark.parametrize("properties", [None, [], "space"])
def test_a_map_whose_points_have_no_properties_is_no_traceback(folder, tmp_path, properties):
    shutil.copytree(folder, tmp_path / "plan")
    path = tmp_path / "plan" / "projects.geojson"
    content = json.loads(path.read_text("utf-8"))
    content["features"][0]["properties"] = properties
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(siting.VerificationError, match="a point has no properties"):
        siting.verify(tmp_path / "plan", folder.parent / "city")


def _another_circle(content):
    content["circles"].append(content["circles"][-1])


def _a_type_without_name(content):
    del content["inputs"]["standard"]["types"][0]["en"]


def _a_number_for_a_type(content):
    content["inputs"]["standard"]["types"][0] = 5.0


def _a_word_for_the_types(content):
    content["inputs"]["standard"]["types"] = "pharmacy"


@pytest.mark.parametrize(
    "change",
    [_another_circle, _a_type_without_name, _a_number_for_a_type, _a_word_for_the_types],
)
def test_a_plan_that_does_not_fit_its_workbook_is_no_traceback(folder, tmp_path, change):
    shutil.copytree(folder, tmp_path / "plan")
    content = json.loads((folder / "plan.json").read_text("utf-8"))
    change(content)
    (tmp_path / "plan" / "plan.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(siting.VerificationError):
        siting.verify(tmp_path / "plan", folder.parent / "city")


def test_a_number_of_very_many_digits_is_no_traceback(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "plan")
    content = json.loads((folder / "plan.json").read_text("utf-8"))
    content["projects"][0]["places_by_group"]["everyone"] = 10**400
    (tmp_path / "plan" / "plan.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(siting.InputError, match="401 digits"):
        siting.verify(tmp_path / "plan", folder.parent / "city")
