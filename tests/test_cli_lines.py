"""Lines fit the terminal without being cut; names of folders that are none are refused."""

from __future__ import annotations

import pytest
from city_folder import write_city
from cli_fakes import say
from rich.cells import cell_len

from siting.report.wrap import wrapped

SENTENCES = (
    "error: places.csv, row 3, column everyone: this is text where a number is needed; write 1200",
    "提示：网点.xlsx，列 类别：有 12 个网点的类别都未列入 types，已略去"
    "（3 类：便利店、药房、菜市场）；需要计入的请列入 city.toml",
    "note: " + "x" * 200 + " end",
)


@pytest.mark.parametrize("line", SENTENCES)
@pytest.mark.parametrize("width", [30, 40, 79, 80, 500])
def test_a_line_is_broken_to_the_width_and_nothing_is_lost(line, width):
    lines = wrapped(line, width)
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(line.split())
    assert all(one.startswith("  ") for one in lines[1:])


@pytest.mark.parametrize("width", range(20, 60))
def test_no_line_begins_with_a_closing_mark(width):
    assert not any(one.strip()[0] in "）。，；、：" for one in wrapped(SENTENCES[1], width))


def test_check_wraps_where_a_width_is_stated_and_nowhere_else(tmp_path, capsys, monkeypatch):
    folder = write_city(tmp_path / "city", places="id,x,y,everyone\np1,0,0,about 7 or so\n")
    monkeypatch.delenv("COLUMNS", raising=False)
    whole = say(capsys, "check", str(folder), "--lang", "en").out
    assert whole.startswith("error: places.csv")
    assert max(map(len, whole.splitlines())) > 60
    monkeypatch.setenv("COLUMNS", "60")
    narrow = say(capsys, "check", str(folder), "--lang", "en").out
    assert max(map(len, narrow.splitlines())) <= 60
    assert narrow.split() == whole.split()
    broken = say(capsys, "check", str(folder), "--lang", "en", "--json").out
    assert '"line": "places.csv' in broken


@pytest.mark.parametrize("name", ["", " "])
@pytest.mark.parametrize(
    "command", [("solve", "c", "-o"), ("demo",), ("generate", "--rung", "village")]
)
def test_an_empty_name_of_a_folder_is_refused(tmp_path, capsys, monkeypatch, command, name):
    monkeypatch.chdir(tmp_path)
    said = say(capsys, *command, name, "--lang", "en")
    assert said.code == 2
    assert "takes the name of a folder" in said.err
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", [".", "../here", "./"])
def test_the_current_directory_is_no_place_for_a_plan(tmp_path, capsys, monkeypatch, name):
    city = write_city(tmp_path / "city")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    said = say(capsys, "solve", str(city), "-o", name, "--lang", "en")
    assert said.code == 2
    assert "is the current directory" in said.err


def test_generate_says_the_smallest_sizes(capsys):
    said = say(capsys, "generate", "--help", "--lang", "en").out
    assert "at least 20" in " ".join(said.split())
    assert " ".join(said.split()).count("at least 1.") == 2


def test_a_chinese_standard_names_its_types_in_chinese(capsys):
    said = say(capsys, "standards", "mofcom-2021", "--lang", "zh").out
    weights = said[said.index("服务人群的权重") : said.index("来源\n")]
    assert "_" not in weights


@pytest.mark.parametrize("width", range(20, 60))
def test_no_line_ends_with_an_opening_mark(width):
    assert not any(one.endswith("（") for one in wrapped(SENTENCES[1], width)[:-1])
