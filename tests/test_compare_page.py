"""The page of a comparison: nothing but text from the tables, both languages, no network."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from browser import BROWSER, used_page
from report_pages import COMMUNITY, SPACE, TYPE, Page, column, harmful, sheet

import siting
from siting.report.compare.page import comparison_html, page_data

HERE = files("siting.report.compare")
NAMES = ("<b>a</b>", "&b")

USE = """<script>
const seen = {};
const click = (element) => element.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const texts = (selector) => [...document.querySelectorAll(selector)].map((e) => e.textContent);
seen.all = {};
for (const language of ["zh", "en"]) {
  click(document.querySelector(`[data-lang=${language}]`));
  seen.all[language] = document.body.innerText;
}
seen.legend = texts("#legend > *");
seen.rows = texts("#s-projects tbody tr");
seen.layers = [...document.querySelectorAll("[data-layer]")].map((box) => {
  click(box);
  click(box);
  return box.dataset.layer;
});
seen.pins = document.querySelectorAll(".pin").length;
click(document.querySelector("[data-layer=added]"));
seen.pinsWithoutAdded = document.querySelectorAll(".pin").length;
const colour = document.querySelector("#map-colour");
colour.value = "places";
colour.dispatchEvent(new Event("change"));
seen.places = texts("#legend > *");
click(document.querySelector("#s-projects td button.go"));
seen.requests = performance.getEntriesByType("resource").map((entry) => entry.name);
seen.wrong = window.wrong;
const result = document.createElement("pre");
result.id = "seen";
result.textContent = encodeURIComponent(JSON.stringify(seen));
document.body.append(result);
</script>"""


@pytest.fixture(scope="module")
def found():
    # the west loses both shops, the east gains care
    return siting.compare(harmful(), harmful(wanted=((0, 1), (2, 1))))


@pytest.fixture(scope="module")
def page(found):
    return comparison_html(found, NAMES, "zh")


def test_names_from_the_tables_are_text_and_never_tags(page):
    tags = {tag for tag, _ in Page(page).tags}
    assert not tags & {"svg", "img", "iframe", "b", "i", "u"} - {"b"}
    assert "alert(" not in re.sub(r'<script type="application/json".*?</script>', "", page)
    words = Page(page).words
    assert any("<b>a</b>" in word for word in words)


def test_the_page_holds_no_charts_it_does_not_draw(page):
    assert "Chart.js" not in page
    assert "Leaflet" in page


def test_the_projects_of_the_page_are_those_of_the_comparison(found):
    data = page_data(found, NAMES, "en")
    spaces = column(data, "projects", "space, B")
    said = [None if word is None else word[0] for word in spaces]
    assert said == [None if word != word else word for word in found.projects["space_b"]]
    changes = [pair[1] for pair in column(data, "projects", "change")]
    words = {"stayed": "the same"}
    assert changes == [words.get(c, c) for c in found.projects["change"].tolist()]
    assert data["map"]["projects"]["change"] == [
        ("added", "dropped", "changed", "moved", "stayed").index(c)
        for c in found.projects["change"].tolist()
    ]
    assert len(data["map"]["areas"]) == len(data["map"]["communities"])


def test_lines_that_have_labels_are_not_numbered(page):
    attributes = [(tag, a) for tag, a in Page(page).tags if a.get("id") == "answer"]
    assert [tag for tag, _ in attributes] == ["ul"]


def test_circles_are_coloured_by_their_verdict(found):
    data = page_data(found, NAMES, "en")
    verdicts = dict(zip(found.circles["community"], found.circles["verdict"], strict=True))
    named = dict(zip(data["map"]["communities"], data["map"]["verdicts"], strict=True))
    assert named == verdicts
    assert set(verdicts.values()) == {-1, 1}
    assert COMMUNITY in named
    # residents who gain and lose, mark by mark, are those of the groups
    (row,) = found.groups[found.groups["group"] == "everyone"].to_dict("records")
    assert sum(data["map"]["marks"]["more"]) == row["more"]
    assert sum(data["map"]["marks"]["fewer"]) == row["fewer"]


def test_every_word_is_used_and_has_both_languages():
    entries = tomllib.loads(HERE.joinpath("words.toml").read_text("utf-8"))
    own = [p for p in Path(str(HERE)).rglob("*") if p.suffix in (".py", ".js", ".html")]
    code = "\n".join(p.read_text("utf-8") for p in own)
    made = ("column_", "label_", "title_", "short_", "tile_", "pays_", "plan_", "colour_")
    made += ("added", "dropped", "changed", "moved", "stayed", "better", "worse", "alike")
    made += ("capital_", "subsidy_")
    for key, forms in entries.items():
        assert set(forms) == {"zh", "en"}, key
        blanks = [sorted(set(re.findall(r"{\w+}", forms[lang]))) for lang in ("zh", "en")]
        assert blanks[0] == blanks[1], key
        assert not re.search(r"[\u4e00-\u9fff]", forms["en"]), key
        named = re.search(rf'["`._]{key}["`]', code) or key.endswith("_note")
        assert key.startswith(made) or named, key


@pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")
def test_the_page_works_in_a_browser_without_a_network(page, found, tmp_path):
    seen = used_page(page, USE, tmp_path)
    assert seen["wrong"] == []
    assert seen["requests"] == []
    plain = seen["all"]["en"].replace("中文", "")
    assert re.findall(r"[\u3400-\u9fff]", plain) == []
    assert SPACE in seen["all"]["zh"]
    assert TYPE in seen["all"]["en"]
    assert len(seen["rows"]) == len(found.projects)
    assert {"areas", "marks", "added", "dropped", "stayed"} <= set(seen["layers"])
    assert seen["pins"] == 3
    assert seen["pinsWithoutAdded"] == 2
    assert len(seen["places"]) == len(seen["legend"]) + 1


def test_each_sheet_of_the_page_has_its_note(found):
    data = page_data(found, NAMES, "zh")
    for name in ("projects", "circles", "coverage", "groups", "money", "values"):
        assert all(sheet(data, name)["notes"][0])
