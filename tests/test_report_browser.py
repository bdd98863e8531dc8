"""The report in a browser without a network: no error, no request, everything works."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from browser import BROWSER, chromium, used_page
from report_pages import as_large_as_a_town, harmful

from siting.report.html.page import html

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")

# Uses the page as a reader would, and leaves what it saw in the document.
USE = """<script>
const seen = {};
const click = (element) => element.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const all = (selector) => [...document.querySelectorAll(selector)];
const rows = (id) => all(`#s-${id} tbody tr`);
const texts = (selector) => all(selector).map((element) => element.textContent);
seen.strings = {};
for (const language of ["zh", "en"]) {
  click(document.querySelector(`[data-lang=${language}]`));
  seen.strings[language] = {
    title: document.title, heads: texts("h1, h2"), columns: texts("th button"),
    words: texts("[data-word]"), links: texts("nav a"), answer: texts("#answer li"),
    options: texts("option"), legend: texts("#legend > *"), labels: texts("#map-layers label span"),
    notes: texts(".note"), card: texts("#card"), tiles: texts("#tiles span"),
    aria: all("[data-label], .scroll").map((element) => element.getAttribute("aria-label")),
    all: document.body.innerText,
  };
}
seen.projects = rows("projects").map((row) => [...row.cells].map((cell) => cell.textContent));
const search = document.querySelector("#s-projects input[type=search]");
if (search) {
  const first = rows("projects")[0].cells[1].textContent;
  search.value = first;
  search.dispatchEvent(new Event("input"));
  seen.searched = { wanted: first, found: rows("projects").map((r) => r.cells[1].textContent) };
  search.value = "";
  search.dispatchEvent(new Event("input"));
  const select = all("#s-projects select")[1];
  select.value = select.options[1].value;
  select.dispatchEvent(new Event("change"));
  const at = texts("#s-projects th").indexOf("Type");
  const types = rows("projects").map((r) => r.cells[at].textContent);
  seen.filtered = { wanted: select.options[1].textContent, found: [...new Set(types)] };
  select.value = "";
  select.dispatchEvent(new Event("change"));
}
const sorter = all("#s-projects th button").find((b) => b.textContent === "Residents gained");
const place = texts("#s-projects th button").indexOf("Residents gained");
const number = (cell) => Number(cell.textContent.replace(/,/g, ""));
const gained = () => rows("projects").map((r) => number(r.cells[place]));
click(sorter);
seen.falling = gained();
seen.sort = all("#s-projects th")[place].getAttribute("aria-sort");
click(sorter);
seen.rising = gained();
click(document.querySelector("#s-projects td button.go"));
seen.fromTable = document.querySelector("#card").textContent;
seen.chosenPin = all(".pin.chosen").length;
click(all("#card button").pop());
seen.closed = document.querySelector("#card").textContent;
const pins = () => all(".pin").length;
seen.pins = pins();
seen.pinFocus = document.querySelector(".pin").tabIndex;
click(document.querySelector(".pin"));
seen.fromMap = document.querySelector("#card").textContent;
const before = document.querySelector("input[value=before]");
before.checked = true;
before.dispatchEvent(new Event("change"));
seen.pinsBefore = pins();
const after = document.querySelector("input[value=after]");
after.checked = true;
after.dispatchEvent(new Event("change"));
seen.layers = {};
for (const box of all("[data-layer]")) {
  click(box);
  click(box);
  seen.layers[box.dataset.layer] = box.checked;
}
const layer = document.querySelector("[data-layer=projects]");
click(layer);
seen.pinsOff = pins();
click(layer);
const colour = document.querySelector("#map-colour");
seen.colours = colour.options.length;
for (const option of colour.options) {
  colour.value = option.value;
  colour.dispatchEvent(new Event("change"));
}
seen.canvases = all("#map canvas").length;
seen.requests = performance.getEntriesByType("resource").map((entry) => entry.name);
seen.wrong = window.wrong;
const result = document.createElement("pre");
result.id = "seen";
result.textContent = encodeURIComponent(JSON.stringify(seen));
document.body.append(result);
</script>"""


def used(plan, folder) -> dict:
    """Return what was seen in the report of a plan by one who uses it."""
    return used_page(html(plan, "zh"), USE, folder)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return as_large_as_a_town(tmp_path_factory.mktemp("town") / "city")


@pytest.fixture(scope="module")
def seen(town, tmp_path_factory):
    return used(town, tmp_path_factory.mktemp("page"))


def test_nothing_goes_wrong_and_nothing_is_asked_for(seen):
    assert seen["wrong"] == []
    assert seen["requests"] == []


def test_harmful_names_do_nothing(tmp_path):
    seen = used(harmful(), tmp_path)
    assert seen["wrong"] == []
    assert seen["requests"] == []
    assert seen["projects"][0][1] == "<script>alert(1)</script>"
    assert '<img src="http://x.example/y.png"' in seen["fromTable"]
    assert "areas" in seen["layers"]


def test_the_switch_changes_every_visible_string(seen):
    zh, en = seen["strings"]["zh"], seen["strings"]["en"]
    chinese = re.compile(r"[\u3400-\u9fff]")
    assert chinese.findall(en["all"].replace("中文", "")) == []
    for name in ("heads", "columns", "words", "links", "answer", "notes", "labels", "card", "aria"):
        assert len(zh[name]) == len(en[name]) > 0
        for a, b in zip(zh[name], en[name], strict=True):
            assert bool(a) == bool(b), (name, a, b)
            assert not a or chinese.search(a), (name, a)
    for name in ("tiles", "legend", "options"):
        for a, b in zip(zh[name], en[name], strict=True):
            # figures, names and sizes are the same in both
            assert a != b or not chinese.search(a), (name, a)


def test_the_table_searches_filters_and_sorts(seen, town):
    wanted = [p.residents_gained for p in town.document.projects]
    assert seen["searched"]["found"]
    assert set(seen["searched"]["found"]) == {seen["searched"]["wanted"]}
    assert seen["filtered"]["found"] == [seen["filtered"]["wanted"]]
    assert seen["sort"] == "descending"
    assert seen["falling"] == [
        round(n) for n in sorted(wanted, reverse=True)[: len(seen["falling"])]
    ]
    assert seen["rising"] == [round(n) for n in sorted(wanted)[: len(seen["rising"])]]


def test_a_projects_card_opens_from_the_table_and_from_the_map(seen):
    assert "Residents gained" in seen["fromTable"]
    assert seen["chosenPin"] == 1
    assert "Residents gained" not in seen["closed"]
    assert "Residents gained" in seen["fromMap"]


def test_layers_and_times_can_be_switched(seen, town):
    assert seen["pins"] == len({p.space for p in town.document.projects})
    assert seen["pinsBefore"] == seen["pinsOff"] == 0
    assert set(seen["layers"]) == {"projects", "marks", "spaces", "outlets", "streets"}
    assert seen["canvases"] >= 2
    assert seen["colours"] == 1 + 23 + len({t.type_class for t in town.standard.types})


def test_pins_are_reached_with_the_keyboard(seen):
    assert seen["pinFocus"] == 0


def test_a_narrow_screen_needs_no_scrolling_sideways(town, tmp_path):
    # A window is never as narrow as a phone, a frame is.
    (tmp_path / "report.html").write_text(html(town, "en"), encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(
        '<iframe src="report.html" style="width:375px;height:800px;border:0"></iframe>'
        "<script>addEventListener('load', () => {"
        "const page = document.querySelector('iframe').contentDocument.documentElement;"
        "document.title = `over ${page.scrollWidth - 375} of ${page.clientWidth}`;});</script>",
        encoding="utf-8",
    )
    seen = chromium(frame, "--dump-dom", "--allow-file-access-from-files")
    over = re.search(r"<title>over (-?\d+) of (\d+)</title>", seen)
    assert over is not None
    assert int(over[1]) <= 0
    assert int(over[2]) <= 375


def test_the_page_prints_on_a4(town, tmp_path):
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(html(town, "zh"), encoding="utf-8")
    chromium(page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    content = paper.read_bytes()
    assert content.startswith(b"%PDF")
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", content)
    sizes = {tuple(sorted(round(float(side)) for side in box)) for box in boxes}
    assert sizes == {(595, 842)}
    assert 5 <= len(boxes) <= 60


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext on this machine")
def test_what_works_only_on_a_screen_is_not_printed(town, tmp_path):
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(html(town, "en"), encoding="utf-8")
    chromium(page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    read = subprocess.run(["pdftotext", paper, "-"], capture_output=True, text=True, check=True)
    for words in ("Colour by", "Layers", "Whole city", "Search", "Contents", "Print"):
        assert words not in read.stdout, words
    assert "Who has what" in read.stdout
