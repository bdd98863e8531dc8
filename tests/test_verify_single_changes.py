"""Single changes that `verify` once accepted, or fell over; each test is named after the defect."""

import csv
import io
import json
import shutil
from random import Random

import mutant_plans
import openpyxl
import pytest
from mutant_campaign import SURVIVED, read_case, trials

from siting.errors import InputError
from siting.plan.document import Document
from siting.verify import workbook
from siting.verify.check import inspect
from siting.verify.folder import check_files, inspect_folder


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """Return a plan with funds, floors, locks and other weights, and one with grades and ways up.

    People walk in straight lines in the first city, and as a table says in the second.
    """
    base = tmp_path_factory.mktemp("cases")
    found = {}
    for number, name in ((0, "funds"), (2, "grades")):
        city = mutant_plans.write_city(base / f"city{number}", number)
        found[name] = read_case(mutant_plans.write_plan(city, name, base / name), city)
    return found


@pytest.mark.parametrize("name", ["funds", "grades"])
def test_a_sample_of_all_kinds_of_changes_is_caught_or_harmless(cases, name, tmp_path):
    case, draw = cases[name], Random(f"sample/{name}")
    found = [t for t in trials(case, draw, tmp_path / "work") if "report.xlsx" not in t.kind[0]]
    assert len({trial.kind for trial in found}) > 1_000
    said = {trial.kind: trial.answer() for trial in draw.sample(found, 90)}
    assert [kind for kind, answer in said.items() if answer == SURVIVED] == []


def keys(case, *path_and_value):
    """Return what is said where the last of the path holds another value."""
    *path, last, value = path_and_value
    content = json.loads(json.dumps(case.content))
    at = content
    for step in path:
        at = at[step]
    at[last] = value(at[last]) if callable(value) else value
    document = Document.model_validate_json(json.dumps(content), strict=True)
    notices = inspect(document, case.city, case.certificate).notices
    assert all(n.line("en") and n.line("zh") for n in notices)
    return {n.key.removeprefix("verify.") for n in notices}


def turned(values):
    return values[::-1]


# ---------------------------------------------------------------------------------- plan.json


def test_a_question_whose_locks_were_dropped_after_it_was_solved_is_not_the_plans(cases):
    path = ("inputs", "scenario", "locks", "forbid", [])
    assert "question_changed" in keys(cases["funds"], *path)


def test_a_rule_that_no_project_feels_may_not_change_either(cases):
    path = ("inputs", "standard", "most_per_community", "repairs", 1_000)
    assert keys(cases["grades"], *path) == {"question_changed"}


def test_a_plan_without_the_hash_of_its_question_is_told_so(cases):
    case = cases["grades"]
    inputs = case.document.inputs.model_copy(update={"question_sha256": None})
    document = case.document.model_copy(update={"inputs": inputs})
    checked = inspect(document, case.city, case.certificate)
    assert checked.notices == ()
    assert [n.key for n in checked.remarks] == ["verify.question_unknown"]


def test_funds_stand_in_the_order_of_the_question(cases):
    assert keys(cases["funds"], "funds", turned) == {"fund_list"}


def test_one_off_costs_stand_in_the_order_of_the_spaces(cases):
    assert len(cases["funds"].document.one_off) > 1
    assert keys(cases["funds"], "one_off", turned) == {"one_off_order"}


def test_payments_name_each_purse_once_and_in_order(cases):
    case = cases["funds"]
    k = next(k for k, p in enumerate(case.document.projects) if len(p.capital_paid_by) > 1)
    assert keys(case, "projects", k, "capital_paid_by", turned) == {"payment_order"}

    def with_nothing(payments):
        return [*payments, {"fund": "general", "amount": 0.0}]

    k = next(k for k, p in enumerate(case.document.projects) if p.subsidy_per_year == 0.0)
    assert keys(case, "projects", k, "subsidy_paid_by", with_nothing) == {"payment_order"}


@pytest.mark.parametrize("times", [2, 0])
def test_merged_needs_are_counted_under_floors_too(cases, times):
    assert keys(cases["funds"], "sizes", "merged_needs", lambda n: n * times) == {"size"}


@pytest.mark.parametrize("field", ["gap", "gap_abs"])
def test_a_tiny_gap_of_a_later_stage_may_not_be_doubled(cases, field):
    case = cases["grades"]
    assert 0.0 < case.document.stages[1].gap < 1e-6
    assert field in keys(case, "stages", 1, field, lambda n: 2 * n)


def test_a_source_of_a_bound_has_no_blanks_about_it(cases):
    path = ("stages", 1, "bound_source", lambda word: word + " ")
    assert keys(cases["grades"], *path) == {"bound_source"}


# -------------------------------------------------------------------- what verify fell over before


def test_floor_areas_that_add_up_to_nothing_are_told(cases):
    # of the space where basic types must have their share
    case = next(c for c in cases.values() if any(p.space == "S0" for p in c.document.projects))
    here = [k for k, p in enumerate(case.document.projects) if p.space == "S0"]
    others = sum(case.document.projects[k].area_m2 for k in here[1:])
    assert "project_area" in keys(case, "projects", here[0], "area_m2", -others)


def test_a_cost_below_nothing_is_told(cases):
    path = ("projects", 0, "capital", lambda yuan: -yuan)
    assert "project_capital" in keys(cases["funds"], *path)


@pytest.mark.parametrize(
    "path",
    [
        ("quotas", 0, "type", "zzz"),
        ("types", lambda types: [*types, types[0]]),
        ("types", 1, "groups", {}),
        ("types", 1, "area_min_m2", 1e300),
    ],
    ids=["a quota of no type", "a type twice", "a type of nobody", "an endless area"],
)
def test_a_standard_that_cannot_be_is_told(cases, path):
    assert keys(cases["funds"], "inputs", "standard", *path) >= {"question", "question_changed"}


def test_an_objective_that_the_question_does_not_have_is_told(cases):
    found = keys(cases["grades"], "objective_kind", "worst-community")
    assert {"objective_kind", "stage_names"} <= found


# -------------------------------------------------------------------------------- the other files


@pytest.fixture
def folder(cases, tmp_path):
    """Return a copy of a plan folder, and what its files are compared with."""
    case = cases["funds"]
    copy = shutil.copytree(case.folder, tmp_path / "plan")

    def check():
        wrong, odd = check_files(copy, case.document, case.checked, case.city)
        assert all(n.line("en") and n.line("zh") for n in (*wrong, *odd))
        return [n.file for n in wrong], [n.key for n in odd]

    return copy, check


def test_what_a_purse_paid_is_written_in_one_way(folder):
    plan, check = folder
    path = plan / "projects.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    column = rows[0].index("paid_by_capital")
    rows[1][column] = rows[1][column].replace(":", ": ")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    assert check()[0] == ["projects.csv"]


@pytest.mark.parametrize(
    "change",
    [
        lambda feature: feature["properties"].update(capital=str(feature["properties"]["capital"])),
        lambda feature: feature["properties"].update(price=1.0),
        lambda feature: feature["geometry"].update(type="MultiPoint"),
    ],
    ids=["a number as a word", "a property more", "another shape"],
)
def test_a_map_of_projects_holds_points_with_the_columns_of_projects(folder, change):
    plan, check = folder
    path = plan / "projects.geojson"
    content = json.loads(path.read_text("utf-8"))
    change(content["features"][0])
    path.write_text(json.dumps(content), "utf-8")
    assert check()[0] == ["projects.geojson"]


def with_table(page, name, change):
    """Change the rows of a table of a page."""
    before, mark, rest = page.partition('<script type="application/json" id="data">')
    text, end, after = rest.partition("</script>")
    data = json.loads(text)
    change(next(sheet for sheet in data["sheets"] if sheet["id"] == name)["rows"])
    return before + mark + json.dumps(data) + end + after


@pytest.mark.parametrize("name", ["projects", "coverage", "money", "open", "proof", "sensitivity"])
def test_a_page_states_the_numbers_of_the_plan(folder, name):
    plan, check = folder
    path = plan / "report.html"
    page = path.read_text("utf-8")

    def change(rows):
        number = next(
            k
            for k in range(len(rows[0]) - 1, -1, -1)
            if isinstance(rows[0][k], float) and rows[0][k]
        )
        rows[0][number] *= 1.000001

    path.write_text(with_table(page, name, change), "utf-8")
    assert check()[0] == [f"report.html/{name}"]


@pytest.mark.parametrize(
    ("table", "column", "change"),
    [
        ("open", 2, lambda of_class: 1 - of_class),
        ("quotas", 6, lambda met: 1 - met),
        ("quotas", 2, lambda _: ["outlets", "outlets"]),
        ("projects", 11, lambda payers: ["一般预算", payers[1]]),
        ("presence", 3, lambda mark: [str(number) for number in mark]),
        ("money", 0, turned),
        ("money", 0, lambda _: ["资金", ""]),
        ("proof", 0, turned),
        ("proof", 0, lambda label: [label[0], None]),
        ("sensitivity", 0, turned),
    ],
    ids=[
        "the class of a gap",
        "a quota that is met",
        "the id of a unit in its place",
        "who pays in one language",
        "shares as words",
        "the budget in the other language",
        "a budget without a name",
        "a stage in the other language",
        "a stage without a name",
        "an assumption in the other language",
    ],
)
def test_a_page_calls_its_rows_what_they_are(folder, table, column, change):
    plan, check = folder
    path = plan / "report.html"
    page = path.read_text("utf-8")

    def with_another(rows):
        rows[0][column] = change(rows[0][column])

    path.write_text(with_table(page, table, with_another), "utf-8")
    assert check()[0][0].startswith("report.html")


def test_two_assumptions_of_a_page_may_not_swap_their_names(folder):
    plan, check = folder
    path = plan / "report.html"
    page = path.read_text("utf-8")

    def swapped(rows):
        rows[0][0], rows[0][0][1] = list(rows[0][0]), rows[1][0][1]

    path.write_text(with_table(page, "sensitivity", swapped), "utf-8")
    assert check()[0][0] == "report.html/sensitivity"


def test_a_page_without_its_data_is_no_report(folder):
    plan, check = folder
    (plan / "report.html").write_text("<!DOCTYPE html><title>plan</title>", "utf-8")
    assert check()[0] == ["report.html"]


@pytest.mark.parametrize(
    ("sheet", "row", "column"),
    [
        ("Needs", 2, 7),
        ("Who has what", 2, 2),
        ("Still open", 2, 5),
        ("Summary", -1, 5),
        ("Assumptions and sources", None, 3),
    ],
)
def test_every_sheet_states_the_numbers_of_the_plan(folder, sheet, row, column):
    plan, check = folder
    book = openpyxl.load_workbook(plan / "report.xlsx")
    cells = book[sheet]
    if row is None:  # the first figure of the first type
        title = next(cell for cell in cells["A"] if cell.value == "Figures of the types")
        row = title.row + 2
    cell = cells.cell(row if row > 0 else cells.max_row, column)
    cell.value *= 1.000001
    book.save(plan / "report.xlsx")
    found = check()[0]
    assert len(found) == 1
    assert found[0].startswith(f"report.xlsx/{sheet}")


def test_a_sheet_too_large_to_read_is_named(folder, monkeypatch):
    _, check = folder
    monkeypatch.setattr(workbook, "_MOST_CELLS", 10)
    wrong, odd = check()
    assert wrong == []
    assert set(odd) == {"verify.sheet_large"}


def test_reports_may_be_missing_and_are_named_then(folder, cases):
    plan, _ = folder
    for name in ("report.xlsx", "report.html", "projects.geojson"):
        (plan / name).unlink()
    checked = inspect_folder(plan, city=cases["funds"].city_folder)
    assert checked.notices == ()
    assert [(n.key, n.file) for n in checked.remarks] == [
        ("verify.file_absent", "report.xlsx"),
        ("verify.file_absent", "report.html"),
        ("verify.file_absent", "projects.geojson"),
    ]


def test_a_plan_folder_without_its_plan_is_bad_input(folder):
    plan, _ = folder
    (plan / "plan.json").unlink()
    with pytest.raises(InputError):
        inspect_folder(plan)
