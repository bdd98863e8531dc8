"""Tables of gaps, checks and standards: they fit 80 columns and leave nothing out unsaid."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import numpy as np
import pytest
from cli_fakes import gaps, standard
from rich.cells import cell_len
from test_cli_summary import rendered

from siting.errors import Notice
from siting.report.check_lines import check_lines
from siting.report.gaps_table import gaps_table
from siting.report.standards_table import standard_page, standards_table
from siting.standard.standards import list_standards

FOLDERS = [Path(__file__).parents[1] / "siting" / name for name in ("cli", "report")]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("communities", [1, 2, 5, 6, 40])
def test_the_gap_table_fits_80_columns(lang, communities):
    lines = rendered(gaps_table(gaps(communities), lang, 80)).splitlines()
    assert max(cell_len(line.rstrip()) for line in lines) <= 80


def test_few_communities_are_columns_with_a_word_and_a_share():
    page = rendered(gaps_table(gaps(2), "zh", 80))
    assert re.search(r"早餐店\s+8\s+有 100%\s+没有 0%", page)
    assert "所缺业态" in page


def test_many_communities_are_counted_and_the_worst_listed():
    page = rendered(gaps_table(gaps(40), "en", 80))
    assert re.search(r"Breakfast shop\s+basic\s+8\s+49%\s+20 of 40", page)
    assert "30 more communities" in page
    assert re.search(r"C39\s+1,039\s+1 of 2", page)
    assert "5 more are missing" in page


def test_what_is_missing_stands_worst_first():
    page = rendered(gaps_table(gaps(4), "en", 80))
    listed = page[page.index("What is missing") :]
    assert listed.index("C3") < listed.index("C1")
    assert "aged 60+ as 21.1%" in page


def test_nothing_missing_is_said():
    assert "Nothing is missing" in rendered(gaps_table(gaps(1), "en", 80))


def test_a_community_where_nobody_of_the_group_lives_lacks_nothing():
    nobody = gaps(2)
    nobody.table.loc[1, ["residents", "served", "share", "present"]] = [0.0, 0.0, 0.0, False]
    page = rendered(gaps_table(nobody, "en", 80))
    assert re.search(r"Elderly station\s+8\s+-\s+yes 100%", page)
    assert "2 of 3" in page


def test_a_check_lists_faults_then_remarks_then_counts():
    fault = Notice("cli.bad_pair", file="a.csv", row=3, values={"option": "x"})
    remark = Notice("cli.sizes_missing", file="b.csv")
    lines = check_lines(None, (fault,), (remark,), "en")
    assert lines[0].startswith("error: a.csv, row 3: ")
    assert lines[1].startswith("note: b.csv: ")
    assert lines[2] == "1 faults to mend, 1 remarks"


def test_a_sound_city_is_counted():
    city = SimpleNamespace(
        name="示例市",
        places=SimpleNamespace(residents={"everyone": np.array([1200.5, 800.5])}, __len__=None),
        outlets=[1, 2, 3],
        spaces=[1],
        communities=("a", "b"),
        streets=None,
    )
    city.places = type(
        "Places", (), {"residents": city.places.residents, "__len__": lambda _self: 2}
    )()
    line = check_lines(city, (), (), "zh")[0]
    for figure in ("居民点 2 个", "居民 2,001 人", "网点 3 个", "闲置空间 1 处", "街道 0 段"):
        assert figure in line


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_standard_shows_figures_sources_and_what_has_none(lang):
    page = rendered(standard_page(standard(), lang))
    assert max(cell_len(line.rstrip()) for line in page.splitlines()) <= 80
    assert "8*" in page
    assert "15*" not in page
    assert "20-60" in page
    assert "80%*" in page
    assert "breakfast_shop: W:one" in page
    assert "minutes: " + {"zh": "早餐店", "en": "breakfast_shop"}[lang] in page
    assert ("capital_m2: 全部业态" if lang == "zh" else "capital_m2: all types") in page
    assert "never published" in page


def test_the_list_of_standards_counts_types_by_class():
    page = rendered(standards_table([standard()], "en"))
    assert re.search(r"test-1\s+Test standard\s+1 basic, 1 quality\s+1", page)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_every_sentence_has_both_languages_with_the_same_blanks(folder):
    entries = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    for key, forms in entries.items():
        assert set(forms) == {"en", "zh"}, key
        blanks = [{name for _, name, _, _ in Formatter().parse(f) if name} for f in forms.values()]
        assert blanks[0] == blanks[1], key


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_every_sentence_is_used_and_every_used_one_exists(folder):
    code = "\n".join(p.read_text("utf-8") for f in FOLDERS for p in f.glob("*.py"))
    entries = set(tomllib.loads((folder / "words.toml").read_text("utf-8")))
    used = set(re.findall(rf'"{folder.name}\.(\w+)"', code)) - {"html", "xlsx"}  # files
    assert used <= entries
    made = ("class_", "group_", "label_", "column_", "stopped_", "stage_", "about_", "help_")
    unused = {e for e in entries - used if not e.startswith(made)}
    # the code names what follows these
    heads = ("sheet_label_", "sheet_unit_", "sheet_fund_", "sheet_for_", "sheet_", "field_")
    heads += ("objective_", "alias_", "assumed_", "usage_", "heading_", "mark_", "")
    ends = {e: {e.removeprefix(head) for head in heads if e.startswith(head)} for e in unused}
    assert {e for e, names in ends.items() if not any(f'"{n}"' in code for n in names)} == set()


def test_the_list_of_standards_breaks_lines_between_words_and_keeps_numbers_with_classes():
    page = rendered(standards_table(list_standards(), "zh", 80))
    assert all(cell_len(line.rstrip()) <= 80 for line in page.splitlines())
    listed = [s for s in list_standards() if any(t.type_class == "quality" for t in s.types)]
    assert len(re.findall(r"\d+ 品质提升", page)) == len(listed)
    # no line holds a single character that the one before had no room for
    assert not re.search(r"^\s+[\u3400-\u9fff]\s*$", page, re.MULTILINE)
