"""Every number of one plan that people see, wherever they see it, is that of plan.json."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import defaultdict

import geopandas as gpd
import openpyxl
import pytest
from report_pages import Page, column, sheet
from rich.console import Console

import siting
from siting.report.html.page import html
from siting.report.summary import summarise

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
NEAR = {"rel": 1e-12, "abs": 1e-9}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("agree")
    siting.generate(folder / "city", places=120, spaces=24, types=16, seed=5, lang="en")
    plan = siting.solve(siting.read_city(folder / "city"), siting.Scenario(), time_limit=30)
    plan.save(folder / "plan", lang="en")
    return folder, plan


@pytest.fixture(scope="module")
def stated(base):
    """What plan.json states."""
    return json.loads((base[0] / "plan" / "plan.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def page(base):
    return Page((base[0] / "plan" / "report.html").read_text("utf-8")).data


def rows_of(base, name):
    text = (base[0] / "plan" / name).read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def one_off(stated):
    """Return the one-off cost that stands with each project: with the first of its space."""
    left = {o["space"]: o["capital"] for o in stated["one_off"]}
    return [left.pop(p["space"], 0.0) for p in stated["projects"]]


def lacking(stated):
    """Return the residents without each (community, type) after the plan."""
    found = defaultdict(float)
    for gap in stated["open_gaps"]:
        if gap["reason"] != "capacity":
            found[gap["community"], gap["type"]] += gap["residents"]
    return found


def all_numbers(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return
    if isinstance(value, int | float):
        yield float(value)
    else:
        for one in value.values() if isinstance(value, dict) else value:
            yield from all_numbers(one)


def derived(stated):
    """Return what sentences count or add up from what plan.json states."""
    projects, coverage, circles = stated["projects"], stated["coverage"], stated["circles"]
    share = stated["inputs"]["standard"]["presence_share"]
    yield from (len(projects), len({p["space"] for p in projects}), len(coverage), len(circles))
    types = [p["type"] for p in projects]
    yield from (types.count(t) for t in set(types))
    yield len(set(types)) - 5  # and so many more types
    for when in ("before", "after"):
        yield sum(c[when] >= share for c in coverage)
        for grade in stated["inputs"]["standard"]["grades"] or [{"id": None}]:
            yield sum(c[f"grade_{when}"] == grade["id"] for c in circles)
    for money in (*stated["budget"].values(), *stated["funds"]):
        if money["limit"]:
            yield money["spent"] / money["limit"]
    for pays, key in (("capital", "capital"), ("subsidy_per_year", "subsidy_per_year")):
        funds = sum(f["spent"] for f in stated["funds"] if f["pays"] == pays)
        yield round(stated["budget"][key]["spent"] + funds, 2)
    people = stated["residents"]
    yield people["newly_served_any_type"] / people["everyone"]
    reasons = defaultdict(float)
    for gap in stated["open_gaps"]:
        reasons[gap["reason"]] += gap["residents"]
    total = sum(reasons.values()) or 1.0
    yield from (n / total for n in reasons.values())
    yield sum(stated["seconds"].values())
    yield 10_000.0  # what a price is for
    quotas = stated["quotas"]
    yield len(quotas)
    yield sum(q["existing"] >= q["asked"] - 1e-6 for q in quotas)
    yield sum(q["existing"] + q["opened"] >= q["asked"] - 1e-6 for q in quotas)


def shown_as(number):
    """Return the ways in which people are shown a number."""
    yield f"{number:,.0f}"
    yield f"{number:,.2f}".removesuffix(".00")
    yield f"{number / 10_000:,.2f}".removesuffix(".00")
    yield f"{number:,.1f}"
    tenths = round(number * 10, 6)
    yield f"{math.floor(tenths) / 10:,.1f}"
    yield f"{math.ceil(tenths) / 10:,.1f}"
    yield f"{math.floor(number * 100 + 1e-7)}%"
    yield f"{math.ceil(number * 10_000 - 1e-7) / 100:.2f}%"
    yield f"{number:g}"


@pytest.fixture(scope="module")
def allowed(stated):
    numbers = {*all_numbers(stated), *derived(stated)}
    return {shown for number in numbers for shown in shown_as(number)}


def strange(text, stated, allowed):
    """Return the numbers of a text that plan.json does not give."""
    # names, versions and codes hold figures too
    words = [stated["inputs"]["metric_crs"], *stated["software"].values(), "15-minute"]
    words += [p["space"] for p in stated["projects"]]
    words += [c["community"] for c in stated["circles"]]
    words += [name for t in stated["inputs"]["standard"]["types"] for name in (t["zh"], t["en"])]
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    text = re.sub(r"\b(?:plan|report|projects)\.\w+", " ", text)
    return [n for n in NUMBER.findall(text) if n.rstrip(",") not in allowed]


def test_a_number_that_the_plan_does_not_state_is_found(stated, allowed):
    gained = stated["residents"]["newly_served_any_type"]
    capital = stated["budget"]["capital"]["spent"]
    said = f"{gained:,.0f} residents gain, {capital:,.0f} yuan"
    assert strange(said, stated, allowed) == []
    said = f"{gained + 1:,.0f} residents gain, {capital + 0.01:,.2f} yuan, 12.34%"
    assert len(strange(said, stated, allowed)) == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_terminal_shows_no_other_number(base, stated, allowed, lang):
    out = io.StringIO()
    Console(file=out, width=200).print(summarise(base[1], lang, 200))
    assert strange(out.getvalue(), stated, allowed) == []


def test_the_answer_of_the_page_and_its_tiles_show_no_other_number(page, stated, allowed):
    for pair in (*page["answer"], *(tile["value"] for tile in page["tiles"]), *page["price"]):
        for said in pair:
            assert strange(said, stated, allowed) == [], said


def test_the_summary_of_the_workbook_shows_no_other_number(base, stated, allowed):
    book = openpyxl.load_workbook(base[0] / "plan" / "report.xlsx")
    numbers = {float(f"{n:.12g}") for n in (*all_numbers(stated), *derived(stated))}
    for row in book.worksheets[0].iter_rows(values_only=True):
        for cell in row:
            if isinstance(cell, str):
                assert strange(cell, stated, allowed | {"10"}) == [], cell
            elif cell is not None:
                assert float(f"{cell:.12g}") in numbers


def test_projects_csv_is_the_list_of_plan_json(base, stated):
    rows = rows_of(base, "projects.csv")
    assert len(rows) == len(stated["projects"]) > 0
    for row, p, fixed in zip(rows, stated["projects"], one_off(stated), strict=True):
        assert (row["space"], row["type"], row["community"]) == (
            p["space"],
            p["type"],
            p["community"],
        )
        for name in (
            "area_m2", "capital", "relief", "subsidy_per_year", "residents_gained",
            "residents_shared", "x", "y",
        ):  # fmt: skip
            assert float(row[name]) == p[name], name
        assert float(row["one_off"]) == fixed
        paid = sum(float(part.rpartition(":")[2]) for part in row["paid_by_capital"].split(";"))
        assert paid == pytest.approx(p["capital"] + fixed, **NEAR)


def test_gaps_csv_adds_up_to_coverage_open_gaps_and_circles(base, stated):
    rows = rows_of(base, "gaps.csv")
    left = lacking(stated)
    by_type = defaultdict(lambda: [0.0, 0.0, 0.0])
    present = {"before": defaultdict(int), "after": defaultdict(int)}
    for row in rows:
        people, before, after = (
            float(row[name]) for name in ("residents", "served_before", "served_after")
        )
        assert people - after == pytest.approx(left[row["community"], row["type"]], **NEAR)
        if people:
            assert float(row["share_before"]) == pytest.approx(before / people, **NEAR)
            assert float(row["share_after"]) == pytest.approx(after / people, **NEAR)
        for k, number in enumerate((people, before, after)):
            by_type[row["type"]][k] += number
        for when, counts in present.items():
            counts[row["community"], row["class"]] += int(row[f"present_{when}"])
    assert list(by_type) == [c["type"] for c in stated["coverage"]]
    for c in stated["coverage"]:
        people, before, after = by_type[c["type"]]
        assert people == pytest.approx(c["residents"], **NEAR)
        assert before / people == pytest.approx(c["before"], **NEAR)
        assert after / people == pytest.approx(c["after"], **NEAR)
    assert not stated["inputs"]["standard"]["substitutes"]
    for circle in stated["circles"]:
        for when, counts in present.items():
            for name, count in circle[f"present_{when}"].items():
                assert counts[circle["community"], name] == count


def test_the_geopackage_holds_the_projects_and_the_people_of_plan_json(base, stated):
    path = base[0] / "plan" / "plan.gpkg"
    projects = gpd.read_file(path, layer="projects")
    assert projects["space"].tolist() == [p["space"] for p in stated["projects"]]
    for name in ("area_m2", "capital", "subsidy_per_year", "residents_gained", "relief"):
        assert projects[name].tolist() == [p[name] for p in stated["projects"]], name
    assert projects["one_off"].tolist() == one_off(stated)
    assert projects.geometry.x.tolist() == [p["x"] for p in stated["projects"]]
    spaces = gpd.read_file(path, layer="spaces")
    assert len(spaces) == stated["sizes"]["spaces"]
    opened = {row.id: row.opened for row in spaces.itertuples() if row.opened}
    wanted = defaultdict(list)
    for p in stated["projects"]:
        wanted[p["space"]].append(p["type"])
    assert opened == {space: ";".join(types) for space, types in wanted.items()}
    places = gpd.read_file(path, layer="places")
    assert len(places) == stated["sizes"]["places"]
    assert places["everyone"].sum() == pytest.approx(stated["residents"]["everyone"], **NEAR)
    assert places["gained"].sum() == pytest.approx(stated["objective"], rel=1e-9)
    geojson = json.loads((base[0] / "plan" / "projects.geojson").read_text("utf-8"))
    found = [feature["properties"] for feature in geojson["features"]]
    assert [p["capital"] for p in found] == [p["capital"] for p in stated["projects"]]
    assert [p["residents_gained"] for p in found] == [
        p["residents_gained"] for p in stated["projects"]
    ]


def test_every_sheet_of_the_page_shows_the_numbers_of_plan_json(page, stated, base):
    projects = stated["projects"]
    for heading, name in (
        ("Area (m2)", "area_m2"),
        ("Capital", "capital"),
        ("Rent relief", "relief"),
        ("Residents gained", "residents_gained"),
    ):
        assert column(page, "projects", heading) == [p[name] for p in projects], heading
    numbers = {float(f"{n:.12g}") for n in (*all_numbers(stated), *derived(stated))}
    counts = {float(n) for n in range(max(len(projects), stated["sizes"]["spaces"]) + 1)}
    made = {  # what follows from several numbers
        *(sum(p["places_by_group"].values()) for p in projects),
        *(one for one in one_off(stated)),
        *((c["after"] - c["before"]) * c["residents"] for c in stated["coverage"]),
        *(
            (s["after"] - s["before"]) * s["residents"]
            for c in stated["coverage"]
            for s in c["by_group"].values()
        ),
        *(
            round(m["limit"] - m["spent"], 2)
            for m in (*stated["budget"].values(), *stated["funds"])
        ),
    }
    # a value in tenths of points, rounded down, and a bound rounded up
    made |= {math.floor(round(s["objective"] * 10, 6)) / 10 for s in stated["stages"]}
    made |= {math.ceil(round(s["bound"] * 10, 6)) / 10 for s in stated["stages"]}
    made = {float(f"{n:.12g}") for n in made}
    for one in page["sheets"]:
        if one["id"] in ("presence", "assumptions", "inputs", "versions"):
            continue
        kinds = [c["kind"] for c in one["columns"]]
        for row in one["rows"]:
            for kind, cell in zip(kinds, row, strict=True):
                if kind in ("text", "code", "has") or cell is None:
                    continue
                assert float(f"{cell:.12g}") in numbers | counts | made, (one["id"], cell)
    assert column(page, "projects", "Needs answered (places)") == [
        sum(p["places_by_group"].values()) for p in projects
    ]
    for p, (_, said) in zip(projects, column(page, "projects", "For whom"), strict=True):
        first = max(p["gained_by_community"], key=p["gained_by_community"].get)
        assert said.startswith(f"{first} {p['gained_by_community'][first]:,.0f}")
        assert sum(p["gained_by_community"].values()) == pytest.approx(
            p["residents_gained"], **NEAR
        )
    # shares of the table of who has what are those of gaps.csv, whole per cent rounded down
    shares = {(row["community"], row["type"]): row for row in rows_of(base, "gaps.csv")}
    presence = sheet(page, "presence")
    types = [c["type"] for c in stated["coverage"]]
    for row in presence["rows"]:
        for kind, cell in zip(types, row[3:], strict=True):
            mine = shares[row[0], kind]
            if cell is not None:
                assert cell[1:] == [
                    math.floor(100 * float(mine[f"share_{when}"]) + 1e-7)
                    for when in ("before", "after")
                ]


def test_the_workbook_holds_the_numbers_of_plan_json(base, stated):
    book = openpyxl.load_workbook(base[0] / "plan" / "report.xlsx")

    def cells(name, *heads):
        rows = list(book[name].iter_rows(values_only=True))
        at = [k for k, head in enumerate(rows[0]) if str(head).replace("\n", "").startswith(heads)]
        return [[row[k] for k in at] for row in rows[1:]]

    gained = [row[0] for row in cells("Projects", "residents gained")]
    assert gained[: len(stated["projects"])] == [p["residents_gained"] for p in stated["projects"]]
    open_ = [row[0] for row in cells("Still open", "without it after")]
    assert sorted(open_) == pytest.approx(sorted(g["residents"] for g in stated["open_gaps"]))
    purses = {row[:2]: row for row in book["Money"].iter_rows(values_only=True)}
    spent = purses["the general budget", "capital, once"][3]
    assert spent == stated["budget"]["capital"]["spent"]


def test_the_page_written_again_is_the_one_that_was_saved(base):
    folder, plan = base
    assert html(plan, "en") == (folder / "plan" / "report.html").read_text("utf-8")
