"""The workbook of a plan: its numbers are the plan's, its text stays text, programmes open it."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from small_town import asked, kind, town

import siting
import siting.api
from siting.report.sheet import Column, Sheet, Table
from siting.report.workbook import cell_text, write_workbook
from siting.report.xlsx import write_xlsx
from siting.standard.model import Fund, Grade, Standard
from siting.verify.workbook import check_workbook

SHEETS = {
    "zh": ["摘要", "项目清单", "需求清单", "有没有", "资金", "未解决", "假设与来源"],
    "en": [
        "Summary",
        "Projects",
        "Needs",
        "Who has what",
        "Money",
        "Still open",
        "Assumptions and sources",
    ],
}
TABLES = (1, 2, 3, 5)  # sheets that are one table
LANGS = ("zh", "en")


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("xlsx") / "city"
    siting.api.generate(folder, places=80, spaces=16, types=12, seed=4)
    return siting.solve(siting.read_city(folder), siting.Scenario())


@pytest.fixture(scope="module")
def books(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    for lang in LANGS:
        write_xlsx(plan, folder / f"{lang}.xlsx", lang)
    return folder


@pytest.fixture(params=LANGS)
def lang(request):
    return request.param


def addresses(plan) -> dict[str, str]:
    spaces = plan.city.spaces
    return dict(zip(spaces.id.tolist(), spaces.address.tolist(), strict=True))


def opened(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path)


def table(sheet) -> list[dict[str, object]]:
    """Return the rows of a sheet that is one table, by header without its line breaks."""
    rows = list(sheet.iter_rows(values_only=True))
    heads = [str(head).replace("\n", "") for head in rows[0]]
    return [dict(zip(heads, row, strict=True)) for row in rows[1:]]


def column(sheet, *words: str) -> list[object]:
    """Return the cells of the column whose header has one of these words."""
    heads = [str(cell.value).replace("\n", "") for cell in sheet[1]]
    (at,) = [k for k, head in enumerate(heads) if any(head.startswith(w) for w in words)]
    return [row[at] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_the_sheets_are_named_in_the_language_of_the_reader(books, lang):
    assert opened(books / f"{lang}.xlsx").sheetnames == SHEETS[lang]


def test_the_verifier_finds_every_number_of_projects_and_money(plan, books, lang):
    assert plan.document.projects
    assert check_workbook(books / f"{lang}.xlsx", plan.document, addresses(plan)) == []


def test_money_is_in_ten_thousand_yuan_in_chinese_and_in_yuan_in_english(plan, books):
    capital = [p.capital for p in plan.document.projects]
    zh = column(opened(books / "zh.xlsx")["项目清单"], "投资（万元）")
    en = column(opened(books / "en.xlsx")["Projects"], "capital(yuan)")
    assert zh[:-1] == pytest.approx([yuan / 10_000 for yuan in capital], rel=1e-12)
    assert en[:-1] == capital
    assert en[-1] == pytest.approx(sum(capital))


def test_needs_are_those_of_the_table_of_gaps(plan, books, lang):
    rows = table(opened(books / f"{lang}.xlsx")[SHEETS[lang][2]])
    gaps = plan.gap_table
    gaps = gaps[gaps["residents"] > gaps["served_before"]]
    assert len(rows) == len(gaps) > 0
    cells = [list(row.values()) for row in rows]
    assert [row[0] for row in cells] == gaps["community"].tolist()
    assert [row[5] for row in cells] == gaps["residents"].tolist()
    assert [row[6] for row in cells] == pytest.approx(
        (gaps["residents"] - gaps["served_before"]).tolist()
    )
    assert [row[7] for row in cells] == pytest.approx(
        (gaps["residents"] - gaps["served_after"]).tolist()
    )
    # a workbook keeps 16 digits
    near = {"rel": 1e-15, "abs": 0.0}
    assert [row[8] for row in cells] == pytest.approx(gaps["share_before"].tolist(), **near)
    assert [row[9] for row in cells] == pytest.approx(gaps["share_after"].tolist(), **near)


def test_each_community_has_a_type_a_new_one_or_none(plan, books, lang):
    old, new, none = {"zh": ("有", "新增", "没有"), "en": ("yes", "new", "no")}[lang]
    rows = table(opened(books / f"{lang}.xlsx")[SHEETS[lang][3]])
    names = {t.id: t.zh if lang == "zh" else t.en for t in plan.standard.types}
    shown = {(next(iter(row.values())), head): cell for row in rows for head, cell in row.items()}
    for gap in plan.gap_table.itertuples():
        words = {(1, 1): old, (0, 1): new, (0, 0): none}
        word = words[gap.present_before, gap.present_after] if gap.residents else None
        if word:
            assert shown[gap.community, names[gap.type].replace("\n", "")] == word


def test_open_gaps_stand_with_most_people_first(plan, books, lang):
    rows = [list(r.values()) for r in table(opened(books / f"{lang}.xlsx")[SHEETS[lang][5]])]
    people = [row[4] for row in rows]
    assert people == sorted((g.residents for g in plan.document.open_gaps), reverse=True)
    assert all(isinstance(row[5], str) and row[5] for row in rows)


def test_the_summary_states_the_main_numbers(plan, books, lang):
    sheet = opened(books / f"{lang}.xlsx")[SHEETS[lang][0]]
    numbers = {
        c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, float | int)
    }
    document = plan.document
    assert {
        len(document.projects),
        document.residents.newly_served_any_type,
        document.objective,
        document.bound,
    } <= numbers
    shares = {*(c.before for c in document.coverage), *(c.after for c in document.coverage)}
    assert {float(f"{share:.16g}") for share in shares} <= numbers


def test_tables_keep_their_header_in_sight_and_can_be_filtered(books, lang):
    book = opened(books / f"{lang}.xlsx")
    for k in TABLES:
        sheet = book.worksheets[k]
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"


def test_every_sheet_prints_on_a4_and_fits_its_width(books, lang):
    for sheet in opened(books / f"{lang}.xlsx").worksheets:
        assert int(sheet.page_setup.paperSize) == 9
        if sheet.col_breaks.brk:  # wide: over several pages at a legible size
            assert sheet.title == SHEETS[lang][3]
            continue
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # one page wide
        # as many long as need be, but for the summary
        assert sheet.page_setup.fitToHeight == (None if sheet.title == SHEETS[lang][0] else 0)
    assert book_is_landscape(books / f"{lang}.xlsx", SHEETS[lang][1])


def test_a_table_of_many_types_prints_over_pages_side_by_side_with_its_first_column(tmp_path):
    names = Column("社区", "text", ["东", "西"])
    marked = [
        Column(f"业态{k}", "text", ["有", "没有"], marks=(("有", "good"),)) for k in range(29)
    ]
    sheet = Sheet("有没有", (Table((names, *marked)),), fixed=1, across=True)
    write_workbook((sheet,), tmp_path / "wide.xlsx", "zh", title="示例市")
    made = opened(tmp_path / "wide.xlsx")["有没有"]
    assert not made.sheet_properties.pageSetUpPr.fitToPage
    assert made.page_setup.orientation == "landscape"
    assert int(made.page_setup.scale) >= 75  # letters of 10 points stay legible
    assert (made.print_title_cols, made.print_title_rows) == ("$A:$A", "$1:$1")
    ends = [0, *(b.id for b in made.col_breaks.brk), 30]
    assert len(ends) == 4
    assert all(8 <= b - a <= 16 for a, b in pairwise(ends))


def book_is_landscape(path: Path, sheet: str) -> bool:
    return opened(path)[sheet].page_setup.orientation == "landscape"


def test_the_filter_leaves_the_row_of_totals_alone(plan, books):
    sheet = opened(books / "en.xlsx")["Projects"]
    rows = len(plan.document.projects)
    assert re.fullmatch(rf"A1:[A-Z]+{rows + 1}", sheet.auto_filter.ref)
    assert sheet.cell(rows + 2, 1).value == "total"


HOSTILE = ["=1+1", "+2", "-3 \x01<script>", "@SUM(A1)"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The books of a plan whose spaces and communities have names that are no harmless words."""
    type_ = kind("care", zh="=托育", en="=care", minutes=15.0)
    other = kind("shop", zh="_x0041_\n商店", en="#N/A")
    city = town(id=HOSTILE)
    city = replace(city, name="=HYPERLINK(1)&x", communities=("=1", "\ufffe#REF!"))
    plan = siting.solve(city, asked(type_, other))
    folder = tmp_path_factory.mktemp("hostile")
    for lang in LANGS:
        write_xlsx(plan, folder / f"{lang}.xlsx", lang)
    return plan, folder


def test_text_stays_text_whatever_it_begins_with(hostile, lang):
    plan, folder = hostile
    path = folder / f"{lang}.xlsx"
    spaces = column(opened(path)[SHEETS[lang][1]], "空间编号", "space")
    assert spaces[:-1] == [cell_text(p.space) for p in plan.document.projects]
    assert {"=1+1"} < set(spaces)
    assert all(c.data_type != "f" for s in opened(path) for row in s.iter_rows() for c in row)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
    assert check_workbook(path, plan.document, None) == []


def test_what_no_workbook_can_hold_becomes_a_mark():
    assert cell_text("a\x01b\ufffec\ud800d\te\nf") == "a\ufffdb\ufffdc\ufffdd\te\nf"
    assert len(cell_text("x" * 40_000)) == 32_767


def test_funds_and_grades_have_columns_of_their_own(tmp_path):
    types = (kind("shop"), kind("care", minutes=15.0))
    standard = Standard(
        id="s",
        zh="s",
        en="s",
        types=types,
        grades=(Grade(id="g", zh="达标", en="passed", min_types={"basic": 1}),),
    )
    funds = (
        Fund(id="gift", amount=60_000.0, types=("care",), share=0.5),
        Fund(id="rent", pays="subsidy_per_year", amount=5.0),
    )
    scenario = asked(*types, standard=standard, funds=funds)
    plan = siting.solve(town(capital_fixed=[0.0, 12.34, 500.0, 0.0]), scenario)
    write_xlsx(plan, tmp_path / "en.xlsx", "en")
    assert check_workbook(tmp_path / "en.xlsx", plan.document, None) == []
    sheet = opened(tmp_path / "en.xlsx")["Projects"]
    paid = column(sheet, "of that, paid by gift(yuan)")
    assert paid[-1] == next(f.spent for f in plan.document.funds if f.id == "gift") > 0
    grades = column(opened(tmp_path / "en.xlsx")["Who has what"], "grade after")
    assert "passed" in grades


def test_a_plan_without_projects_has_a_workbook(tmp_path, lang):
    plan = siting.solve(town(), asked(kind("shop"), capital=0.0))
    assert not plan.document.projects
    write_xlsx(plan, tmp_path / "book.xlsx", lang)
    assert opened(tmp_path / "book.xlsx").sheetnames == SHEETS[lang]
    assert check_workbook(tmp_path / "book.xlsx", plan.document, None) == []


def numbers_of(sheet) -> list[tuple[int, int]]:
    return [
        (cell.row, cell.column)
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if isinstance(cell.value, float | int)
    ]


@pytest.mark.parametrize("k", [1, 4])
def test_a_changed_number_is_found_wherever_it_stands(hostile, tmp_path, k):
    plan, folder = hostile
    book = opened(folder / "zh.xlsx")
    sheet = book.worksheets[k]
    cells = numbers_of(sheet)
    assert len(cells) > 5
    path = tmp_path / "book.xlsx"
    for row, at in cells:
        cell = sheet.cell(row, at)
        right = cell.value
        cell.value = right + 0.01
        book.save(path)
        (notice,) = check_workbook(path, plan.document, None)
        assert (notice.key, notice.row) == ("verify.file_cell", ranked(sheet, row))
        cell.value = right


def ranked(sheet, row: int) -> int:
    """Return the number of a row among those that are not empty."""
    rows = sheet.iter_rows(max_row=row, values_only=True)
    return sum(any(cell is not None for cell in cells) for cells in rows)


def test_a_changed_name_a_missing_row_and_a_missing_sheet_are_found(hostile, tmp_path):
    plan, folder = hostile
    for change, key in (
        (lambda book: book["Projects"].cell(2, 2, "S9"), "file_cell"),
        (lambda book: book["Projects"].delete_rows(2), "file_rows"),
        (lambda book: book.remove(book["Money"]), "sheet_missing"),
    ):
        book = opened(folder / "en.xlsx")
        change(book)
        book.save(tmp_path / "book.xlsx")
        (notice,) = check_workbook(tmp_path / "book.xlsx", plan.document, None)
        assert notice.key == f"verify.{key}"
        assert notice.line("zh") != notice.line("en")


def test_a_workbook_that_is_none_is_found(plan, tmp_path):
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04 no archive")
    (notice,) = check_workbook(tmp_path / "book.xlsx", plan.document, None)
    assert notice.key == "verify.file_unreadable"


def office(form: str, folder: Path, *files: Path) -> str:
    """Convert files with LibreOffice, and return what it complained of."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed here")
    home = (folder / "home").as_uri()
    done = subprocess.run(
        [
            program,
            "--headless",
            f"-env:UserInstallation={home}",
            "--convert-to",
            form,
            "--outdir",
            str(folder / "out"),
            *map(str, files),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    # not of the file: no Java is installed
    told = (done.stderr + done.stdout).splitlines()
    return "\n".join(t for t in told if "javaldx" not in t and not t.startswith("convert "))


def test_libreoffice_opens_the_workbook_and_keeps_every_number(hostile, plan, books, tmp_path):
    odd, folder = hostile
    assert office("pdf", tmp_path, books / "zh.xlsx") == ""
    assert (tmp_path / "out" / "zh.pdf").read_bytes().startswith(b"%PDF")
    form = "xlsx:Calc MS Excel 2007 XML"
    assert office(form, tmp_path, books / "zh.xlsx", folder / "en.xlsx") == ""
    written = tmp_path / "out"
    assert opened(written / "zh.xlsx").sheetnames == SHEETS["zh"]
    assert check_workbook(written / "zh.xlsx", plan.document, addresses(plan)) == []
    assert check_workbook(written / "en.xlsx", odd.document, None) == []
