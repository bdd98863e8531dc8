"""What a tampered plan folder did to be called verified, and what made a reader wait or fail."""

import os
import re
import shutil
import sys
import zipfile

import pytest

import siting
from siting import api
from siting.cli.main import run
from siting.errors import InputError, VerificationError


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evasions")
    api.generate(folder / "city", places=60, spaces=12, types=6, seed=1)
    with (folder / "city/scenario.toml").open("a", encoding="utf-8") as words:
        words.write("\n")
    assert exit_code("solve", folder / "city", "-o", folder / "plan", "--time-limit", 20) == 0
    return folder


def exit_code(*arguments):
    with pytest.raises(SystemExit) as left:
        run([*map(str, arguments), "--quiet"])
    return left.value.code


@pytest.fixture
def plan(base, tmp_path):
    shutil.copytree(base / "city", tmp_path / "city")
    return shutil.copytree(base / "plan", tmp_path / "plan")


def change_sheet(plan, name, change):
    """Rewrite the XML of one sheet of report.xlsx."""
    book = plan / "report.xlsx"
    with zipfile.ZipFile(book) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    words = parts["xl/workbook.xml"].decode("utf-8")
    names = re.findall(r'<sheet name="([^"]+)"', words)
    part = f"xl/worksheets/sheet{names.index(name) + 1}.xml"
    before = parts[part].decode("utf-8")
    parts[part] = change(before).encode("utf-8")
    assert parts[part] != before.encode("utf-8")
    with zipfile.ZipFile(book, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content)


def sheets(plan):
    with zipfile.ZipFile(plan / "report.xlsx") as archive:
        words = archive.read("xl/workbook.xml").decode("utf-8")
    return re.findall(r'<sheet name="([^"]+)"', words)


def test_an_untouched_folder_is_verified_as_far_as_it_goes_and_in_full(plan):
    assert exit_code("verify", plan) == 0
    assert exit_code("verify", plan, "--full") == 0


def test_a_row_beyond_the_size_that_a_sheet_states_is_found(plan):
    false = '<row r="99"><c r="A99" t="inlineStr"><is><t>S99</t></is></c></row></sheetData>'
    change_sheet(plan, sheets(plan)[1], lambda words: words.replace("</sheetData>", false))
    with pytest.raises(VerificationError):
        siting.verify(plan)


def test_a_sheet_that_claims_to_be_large_is_read_all_the_same(plan):
    def change(words):
        words = re.sub(r'<dimension ref="[^"]+"', '<dimension ref="A1:XFD9000"', words)
        return re.sub(
            r"<v>[\d.]+</v></c></row></sheetData>", "<v>7</v></c></row></sheetData>", words
        )

    at = next(k for k, name in enumerate(sheets(plan)) if name in ("需求清单", "Needs"))
    change_sheet(plan, sheets(plan)[at], change)
    with pytest.raises(VerificationError):
        siting.verify(plan)


def test_a_cent_is_found_however_much_the_project_costs(plan):
    from siting.verify.cells import Fen
    from siting.verify.tables import agrees

    assert agrees("12345678.0", Fen(1234567800))
    assert not agrees("12345678.01", Fen(1234567800))
    assert not agrees("12_345_678.0", Fen(1234567800))
    assert not agrees("1e999", Fen(1234567800))
    table = plan / "projects.csv"
    words = table.read_text("utf-8-sig").splitlines(keepends=True)
    cells = words[1].split(",")
    at = words[0].split(",").index("capital")
    cells[at] = f"{float(cells[at]) + 0.01:.2f}"
    table.write_text("".join([words[0], ",".join(cells), *words[2:]]), encoding="utf-8-sig")
    with pytest.raises(VerificationError, match="capital"):
        siting.verify(plan)


def test_a_key_that_stands_twice_in_a_plan_is_refused(plan):
    file = plan / "plan.json"
    words = file.read_text("utf-8")
    file.write_text(words.replace('"status":', '"status": "optimal",\n "status":', 1), "utf-8")
    with pytest.raises(InputError, match="'status' x 2"):
        siting.verify(plan)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
@pytest.mark.parametrize("name", ["plan.json", "certificate.npz"])
def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(plan, name):
    (plan / name).unlink()
    os.mkfifo(plan / name)
    assert exit_code("verify", plan) in (2, 5)
    if name == "plan.json":
        with pytest.raises(InputError):
            siting.read_plan(plan)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="paths are text there")
def test_a_path_that_is_not_utf_8_is_refused_before_the_time_of_solving_is_spent(plan):
    odd = os.fsdecode(os.fsencode(plan.parent) + b"/caf\xe9")
    with pytest.raises(InputError, match="is not in UTF-8"):
        api.check_output(f"{odd}/plan", plan.parent / "city")
    with pytest.raises(InputError, match="is not in UTF-8"):
        api.check_output(plan, f"{odd}/city")


def test_a_closed_stdout_does_not_change_how_a_command_ended(base, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert exit_code("verify", base / "plan") == 0
