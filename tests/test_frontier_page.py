"""What people read of a frontier: the terminal, the page in a browser, the pictures, the words."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from browser import BROWSER, chromium, used_page
from frontier_points import bent, crossed, frontier, point
from report_pages import Page, column
from rich.cells import cell_len
from rich.console import Console

from siting import errors
from siting.report.frontier.lines import sentences
from siting.report.frontier.page import html
from siting.report.frontier.table import frontier_table
from siting.report.frontier.write import FILES, write_frontier

CHINESE = re.compile(r"[\u3400-\u9fff]")


def shares():
    """Return a frontier of the worst-off circle: shares, not points."""
    rows = [(0.0, 0.0, 0.5), (1e5, 0.4, 0.5), (2e5, 0.5, 0.5)]
    return frontier(
        *(point(c, v, b, stages=(("worst-community", "max", v, b),)) for c, v, b in rows),
        objective="worst-community",
    )


def cheapest():
    """Return a frontier of least cost."""
    rows = [(1e5, 9e4, 8e4), (2e5, 7e4, 7e4), (None, 6e4, 6e4)]
    return frontier(
        *(point(c, v, b, stages=(("cost", "min", v, b),)) for c, v, b in rows), objective="cost"
    )


def nothing():
    return frontier(point(0.0), point(1e5))


EVERY = {
    "bent": bent,
    "crossed": crossed,
    "shares": shares,
    "cheapest": cheapest,
    "nothing": nothing,
}


def rendered(made, lang, width):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(frontier_table(made, lang, width))
    return console.export_text()


# ---------------------------------------------------------------------------------- the terminal


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", EVERY)
def test_the_table_fits_eighty_columns(name, lang):
    page = rendered(EVERY[name](), lang, 80)
    assert max(cell_len(line.rstrip()) for line in page.splitlines()) <= 80
    if lang == "en":
        assert not CHINESE.search(page)


def test_the_table_states_value_bound_gap_and_knee():
    page = rendered(bent(), "en", 120)
    assert re.search(r"knee 200,000\s+90\.0\s+91\.0\s+120\.0\s+1\.12%\s+2\s", page)
    assert re.search(r"^\s*0\s+impossible", page, re.MULTILINE)
    assert "Certified" in page


def test_the_table_names_the_unit_of_its_money():
    head = rendered(bent(), "en", 80).split("─")[0]
    assert head.count("(yuan)") == 2
    assert rendered(bent(), "zh", 80).split("─")[0].count("（元）") == 2
    assert rendered(cheapest(), "en", 80).split("─")[0].count("(yuan)") == 4


@pytest.mark.parametrize(
    ("made", "lang", "unit"),
    [
        (bent, "en", "(points)"),
        (bent, "zh", "（需求分）"),
        (shares, "en", "("),
    ],
)
def test_the_table_names_the_unit_of_plan_and_bound(made, lang, unit):
    head = rendered(made(), lang, 80).split("─")[0]
    money = head.count("(yuan)" if lang == "en" else "（元）")
    assert money == 2
    # a share has its sign in each cell
    assert head.count(unit) == 2


def test_chinese_amounts_stand_without_a_space_before_the_next_word():
    said = " ".join(sentences(bent(), "zh"))
    assert not re.search(r"元 [\u4e00-\u9fff]", said)


def test_the_sentences_say_what_the_numbers_mean():
    said = " ".join(sentences(bent(), "en"))
    assert "5 budgets: capital from 0 yuan to 400,000 yuan, rent subsidy 100 yuan a year." in said
    assert "too small for what is demanded, which is proved: 1." in said
    assert "nowhere more than 10.00%, which is at 400,000 yuan" in said
    assert "up to it 10,000 yuan more brought 4.0 need points on average, beyond it 0.5" in said
    assert "3 projects come to stay; 1 come and are swapped" in said


def test_the_sentences_of_shares_and_costs_have_their_own_units():
    assert "percentage points" in " ".join(sentences(shares(), "en"))
    said = " ".join(sentences(cheapest(), "en"))
    assert "cost from 60,000 yuan" in said
    assert "without limit" in said
    assert "knee" not in said
    assert "no plan for any of them" in sentences(nothing(), "en")[0]


# -------------------------------------------------------------------------------------- the page


def test_the_page_holds_the_numbers_of_the_table():
    made = bent()
    data = Page(html(made, "zh")).data
    assert column(data, "band", "Plan (points)")[1:] == made.table["value"].tolist()[1:]
    assert column(data, "band", "Bound (points)")[1:] == made.table["bound"].tolist()[1:]
    assert len(column(data, "rollout", "Space")) == len(made.rollout)
    (curve,) = data["band"]["curves"]
    assert [row[0] for row in curve["rows"]] == made.table["capital"].tolist()
    assert [row[3] for row in curve["rows"]] == [0, 0, 1, 0, 0]


def test_the_page_carries_no_map_and_asks_for_nothing():
    page = Page(html(bent(), "en"))
    assert "Leaflet" not in "".join(page.words)
    assert "Chart.js" in "".join(page.words)
    for tag, attributes in page.tags:
        assert tag not in ("link", "img", "iframe", "object", "embed")
        assert not {"src", "action", "background"} & set(attributes), tag
        assert str(attributes.get("href", "#")).startswith("#")


def test_a_bound_on_the_page_is_never_better_than_it_is():
    made = frontier(point(0.0, 1.0, 2.0), point(1e5, 10.009, 10.011))
    data = Page(html(made, "en")).data
    assert column(data, "band", "Plan (points)")[1] == 10.0
    assert column(data, "band", "Bound (points)")[1] == 10.1


def odd(stage, low, high):
    """Return a frontier of two budgets whose values have more digits than people read."""
    rows = [(0.0, low, high), (1e5, high, high)]
    points = (point(c, v, b, stages=((stage, "max", v, b),)) for c, v, b in rows)
    return frontier(*points, objective=stage)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sentence_table_and_page_round_a_value_alike(lang):
    made = odd("coverage", 139_190.951, 139_190.999)
    said, table = sentences(made, lang)[0], rendered(made, lang, 80)
    data = Page(html(made, lang)).data
    assert column(data, "band", "Plan (points)") == [139_190.9, 139_190.9]
    assert column(data, "band", "Bound (points)") == [139_191.0, 139_191.0]
    assert said.count("139,190.9 ") == 2
    assert "139,190.95" not in said + table
    assert table.count("139,190.9") == 4  # two cells, and the sentence beneath


def test_people_are_whole_and_a_bound_of_them_is_rounded_up():
    made = odd("grades", 1200.6, 1300.2)
    assert "from 1,200 residents" in sentences(made, "en")[0]
    assert column(Page(html(made, "en")).data, "band", "Bound (people)") == [1301.0, 1301.0]
    assert re.search(r"1,200 +1,301 ", rendered(made, "en", 80))


USE = """<script>
const seen = { strings: {} };
const all = (selector) => [...document.querySelectorAll(selector)];
const texts = (selector) => all(selector).map((element) => element.textContent);
for (const language of ["zh", "en"]) {
  document.querySelector(`[data-lang=${language}]`).click();
  const shown = Chart.getChart("band");
  seen.strings[language] = {
    title: document.title, heads: texts("h1, h2"), columns: texts("th button"),
    words: texts("[data-word]"), answer: texts("#answer li"), notes: texts(".note"),
    tiles: texts("#tiles span"), all: document.body.innerText,
    chart: [
      ...shown.data.datasets.map((set) => set.label ?? ""),
      shown.options.scales.x.title.text, shown.options.scales.y.title.text,
    ],
  };
}
document.querySelector("[data-lang=zh]").click();
seen.legend = Chart.getChart("band").legend.legendItems.map((item) => item.text);
seen.rows = all("#s-band tbody tr").length;
// Where there is little room, a heading is broken before its column is too narrow to read.
document.querySelector("#s-band .scroll").style.width = "640px";
seen.narrowest = Math.min(...all("#s-band th").map((head) => head.offsetWidth));
document.querySelector("#s-band .scroll").style.width = "";
seen.drawn = Chart.getChart("band").data.datasets.map((set) => set.data.length);
seen.requests = performance.getEntriesByType("resource").map((entry) => entry.name);
seen.wrong = window.wrong;
seen.over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
const result = document.createElement("pre");
result.id = "seen";
result.textContent = encodeURIComponent(JSON.stringify(seen));
document.body.append(result);
</script>"""


def used(made, folder):
    """Return what one who uses the page sees."""
    return used_page(html(made, "zh"), USE, folder)


in_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")


@in_browser
@pytest.mark.parametrize("name", EVERY)
def test_nothing_goes_wrong_in_a_browser_and_nothing_is_asked_for(name, tmp_path):
    made = EVERY[name]()
    seen = used(made, tmp_path)
    assert seen["wrong"] == []
    assert seen["requests"] == []
    assert seen["rows"] == len(made.rows)
    assert seen["over"] <= 0
    assert seen["narrowest"] >= 70
    zh, en = seen["strings"]["zh"], seen["strings"]["en"]
    assert CHINESE.findall(en["all"].replace("中文", "")) == []
    assert "Town <i>" in en["title"]
    for part in ("heads", "columns", "words", "answer", "notes", "tiles", "chart"):
        assert len(zh[part]) == len(en[part]) > 0
        for a, b in zip(zh[part], en[part], strict=True):
            assert bool(a) == bool(b), (part, a, b)
            assert not a or CHINESE.search(a), (part, a)


@in_browser
def test_the_chart_has_the_plans_the_bounds_and_the_budgets_without_a_plan(tmp_path):
    seen = used(bent(), tmp_path)
    crosses, _, bounds, plans, knee = seen["drawn"]
    assert (crosses, bounds, plans, knee) == (1, 4, 4, 0)
    assert seen["legend"] == ["没有方案", "界", "方案", "拐点"]


@in_browser
def test_the_legend_of_several_curves_names_each_and_the_knee_once(tmp_path):
    seen = used(crossed(), tmp_path)
    assert [said.split("，")[-1] for said in seen["legend"]].count("拐点") == 1
    assert len(seen["legend"]) == 3


@in_browser
def test_the_page_prints_on_a4(tmp_path):
    page, paper = tmp_path / "frontier.html", tmp_path / "frontier.pdf"
    page.write_text(html(bent(), "zh"), encoding="utf-8")
    chromium(page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", paper.read_bytes())
    assert {tuple(sorted(round(float(side)) for side in box)) for box in boxes} == {(595, 842)}


# ------------------------------------------------------------------------- files and the pictures


@pytest.fixture
def plain():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_files_are_written_and_spreadsheets_read_the_chinese(tmp_path, lang):
    assert write_frontier(bent(), tmp_path, lang) == ()
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)
    assert (tmp_path / "frontier.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    lines = (tmp_path / "rollout.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "space,type,community,enters,leaves,stays,fixed"
    assert len(lines) == 1 + len(bent().rollout)
    assert (tmp_path / "frontier.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "frontier.svg").read_text("utf-8")


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("name", EVERY)
def test_every_frontier_can_be_drawn(name):
    from matplotlib.figure import Figure

    made = EVERY[name]()
    axes = Figure().subplots()
    assert made.plot(axes, lang="en") is axes
    assert "Town <i>" in axes.get_title()
    assert axes.get_xlabel() == "capital (million yuan)"


@pytest.mark.usefixtures("plain")
def test_between_budgets_the_picture_promises_no_more_than_is_known():
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    frontier(point(0.0, 1.0, 2.0), point(2e6, 5.0, 8.0)).plot(axes, lang="en")
    (band,) = axes.collections
    corners = {(float(x), float(y)) for x, y in band.get_paths()[0].vertices}
    # the plan of the smaller budget, and the bound of the larger
    assert corners == {(0.0, 1.0), (2.0, 1.0), (2.0, 8.0), (0.0, 8.0)}


def test_without_matplotlib_all_but_the_pictures_is_written_and_a_remark_says_so(
    tmp_path, monkeypatch
):
    def absent(module, extra):
        raise errors.InputError(
            errors.Notice("errors.extra", values={"library": module, "extra": extra})
        )

    monkeypatch.setattr("siting.report.frontier.write.import_extra", absent)
    (tmp_path / "frontier.png").write_bytes(b"of an older curve")
    (remark,) = write_frontier(bent(), tmp_path, "en")
    assert "pip install 'siting[plot]'" in remark.line("en")
    assert {path.name for path in tmp_path.iterdir()} == {
        "frontier.csv",
        "rollout.csv",
        "frontier.html",
    }


# ------------------------------------------------------------------------------------- the words


@pytest.mark.parametrize("folder", ["siting.frontier", "siting.report.frontier"])
def test_every_sentence_has_both_languages_with_the_same_blanks_and_is_used(folder):
    entries = tomllib.loads(files(folder).joinpath("words.toml").read_text("utf-8"))
    root = Path(str(files("siting")))
    folders = (root / "frontier", root / "report" / "frontier")
    code = "\n".join(
        path.read_text("utf-8")
        for one in folders
        for path in one.rglob("*")
        if path.suffix in (".py", ".js", ".html")
    )
    made = ("part_", "plot_of_", "plot_", "axis_", "fixed_", "status_", "column_", "count_")
    made += ("unit_",)
    for key, forms in entries.items():
        assert set(forms) == {"en", "zh"}, key
        blanks = [{name for _, name, _, _ in Formatter().parse(f) if name} for f in forms.values()]
        assert blanks[0] == blanks[1], key
        assert key.startswith(made) or re.search(rf'["`.]{key}["`]', code), key


def test_no_name_becomes_a_formula_in_a_spreadsheet(tmp_path):
    names = ("=1+1", "+cmd|calc", "-2+3", "@SUM(1)", "<b>", 'a,"b"', "two\nlines", "x" * 2000)
    found = frontier(point(0.0, 0.0, 1.0, opens=()), point(1e5, 5.0, 6.0, opens=names))
    write_frontier(found, tmp_path, "en")
    with (tmp_path / "rollout.csv").open(encoding="utf-8-sig", newline="") as file:
        spaces = {row["space"] for row in csv.DictReader(file)}
    assert spaces == {f"'{name}" if name[0] in "=+-@" else name for name in names}
