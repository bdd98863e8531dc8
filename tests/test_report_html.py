"""The report's page as text: nothing from outside, nothing unescaped, the plan's own numbers."""

from __future__ import annotations

import hashlib
import json
import re
import time
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from report_pages import (
    ADDRESS,
    COMMUNITY,
    PLACE,
    SPACE,
    TYPE,
    Page,
    as_large_as_a_town,
    column,
    harmful,
    sheet,
)

from siting.plan.document import Price
from siting.report.figures import money, people, percent
from siting.report.html.frame import libraries
from siting.report.html.page import html

HERE = files("siting.report.html")
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def plan():
    return harmful()


@pytest.fixture(scope="module", params=["zh", "en"])
def page(plan, request):
    return Page(html(plan, request.param))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return as_large_as_a_town(tmp_path_factory.mktemp("town") / "city")


def test_a_page_loads_nothing_from_anywhere(page):
    for tag, attributes in page.tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form"), attributes
        assert not {"src", "srcset", "href", "data", "action", "background"} & set(attributes), tag
    styles = "".join(page.code["style"])
    assert "@import" not in styles
    assert set(re.findall(r"url\(([^)]*)\)", styles)) == set()
    scripts = "".join(page.code["script"])
    for call in ("fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "importScripts", "import("):
        assert call not in scripts
    assert "sourceMappingURL" not in scripts


def test_a_page_forbids_itself_to_load_anything(page):
    policy = next(a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'; ")
    assert "http" not in policy
    assert "*" not in policy


def test_names_from_the_tables_are_text_and_never_tags(plan, page):
    plain = Page(html(plan, "en"))
    # data, two libraries, our own: harmful names have added none
    assert [tag for tag, _ in page.tags].count("script") == 4
    assert not {"img", "svg", "iframe", "b", "u", "i"} & {tag for tag, _ in page.tags}
    assert not any(name.startswith("on") for _, a in page.tags for name in a)
    assert column(plain.data, "projects", "Space")[0] == SPACE
    assert column(plain.data, "projects", "Address")[0] == ADDRESS
    assert column(plain.data, "projects", "Community")[0] == COMMUNITY
    assert ["照料", TYPE] in plain.data["map"]["types"]
    assert PLACE in plain.data["map"]["marks"]["id"]
    assert plain.data["title"][1] == "Town <i>: the plan"
    assert "Town <i>: the plan" in plain.words


def test_data_holds_no_character_that_could_end_its_script(plan):
    source = html(plan, "en")
    start = source.index(">", source.index('id="data"')) + 1
    data = source[start : source.index("</script>", start)]
    assert not set("<>&\u2028\u2029") & set(data)
    assert json.loads(data)["lang"] == "en"


def test_the_answer_is_five_sentences_that_stand_in_the_page_without_a_script(plan):
    for at, lang in enumerate(("zh", "en")):
        page = Page(html(plan, lang))
        said = [pair[at] for pair in page.data["answer"]]
        assert len(said) == 5
        assert set(said) <= set(page.words)


def test_the_answer_holds_the_numbers_of_the_plan(plan):
    document = plan.document
    opens, costs, gains, stays, proof = (pair[1] for pair in Page(html(plan, "en")).data["answer"])
    assert f"{len(document.projects)} projects" in opens
    assert money(document.budget.capital.spent, "en") in costs
    assert money(document.budget.subsidy_per_year.spent, "en") in costs
    assert money(document.funds[0].spent, "en") in costs
    assert people(document.residents.newly_served_any_type) in gains
    lowest = min(document.coverage, key=lambda c: c.after)
    assert percent(lowest.after) in stays
    assert f"{document.objective:,.1f}" in proof


def test_one_off_costs_have_a_column_only_where_there_are_any(plan):
    heads = [c["label"][1] for c in sheet(Page(html(plan, "en")).data, "projects")["columns"]]
    assert "One-off of the space" in heads
    free = replace(plan, document=plan.document.model_copy(update={"one_off": ()}))
    found = sheet(Page(html(free, "en")).data, "projects")
    heads.remove("One-off of the space")
    assert [c["label"][1] for c in found["columns"]] == heads
    assert {len(row) for row in found["rows"]} == {len(heads)}


def test_a_standard_without_grades_is_said_to_have_none(plan):
    assert sheet(Page(html(plan, "en")).data, "circles")["notes"] == []
    inputs = plan.document.inputs
    bare = inputs.model_copy(update={"standard": {**inputs.standard, "grades": ()}})
    plain = replace(plan, document=plan.document.model_copy(update={"inputs": bare}))
    found = sheet(Page(html(plain, "en")).data, "circles")
    assert [note[1] for note in found["notes"]] == [
        "The plan's standard sets no grades, so this table counts types only."
    ]
    assert "Grade before" not in [c["label"][1] for c in found["columns"]]


def test_the_list_of_projects_is_that_of_the_plan(plan):
    data, document = Page(html(plan, "en")).data, plan.document
    for heading, numbers in {
        "Area (m2)": [p.area_m2 for p in document.projects],
        "Capital": [p.capital for p in document.projects],
        "Rent relief": [p.relief for p in document.projects],
        "Subsidy a year": [p.subsidy_per_year for p in document.projects],
        "Residents gained": [p.residents_gained for p in document.projects],
        "gained: aged 60+": [p.gained_by_group.get("aged_60_plus") for p in document.projects],
    }.items():
        assert column(data, "projects", heading) == numbers
    assert sum(column(data, "projects", "One-off of the space")) == pytest.approx(
        sum(o.capital for o in document.one_off)
    )


def test_coverage_stands_there_for_every_type_and_group(plan):
    data = Page(html(plan, "en")).data
    wanted = {
        (c.type, group): (share.residents, share.before, share.after)
        for c in plan.document.coverage
        for group, share in c.by_group.items()
    }
    ids = {"Shop": "shop", TYPE: "care", "everyone": "everyone", "aged 60+": "aged_60_plus"}
    columns = [
        column(data, "coverage", name)
        for name in ("Type", "Group", "Residents", "Before", "With the plan")
    ]
    found = {
        (ids[kind[1]], ids[group[1]]): (residents, before, after)
        for kind, group, residents, before, after in zip(*columns, strict=True)
    }
    assert found == wanted
    assert len(found) == 3


def test_money_grades_and_open_gaps_are_those_of_the_plan(plan):
    data, document = Page(html(plan, "en")).data, plan.document
    assert column(data, "money", "Spent") == [
        document.budget.capital.spent,
        document.budget.subsidy_per_year.spent,
        document.funds[0].spent,
    ]
    assert column(data, "money", "Limit")[::2] == [400_000.0, 30_000.0]
    grades = {None: "–", "g": "Reached"}
    assert column(data, "circles", "Grade with the plan") == [
        [{"–": "–", "Reached": "达标型"}[grades[c.grade_after]], grades[c.grade_after]]
        for c in document.circles
    ]
    assert column(data, "circles", "Reward") == [c.reward for c in document.circles]
    left = sorted((g.residents for g in document.open_gaps), reverse=True)
    assert column(data, "open", "Residents without it") == left


def test_the_table_of_who_has_what_is_that_of_the_csv(town):
    data = Page(html(town, "en")).data
    table = town.gap_table
    states = {(0, 0): 0, (0, 1): 1, (1, 1): 2}
    kinds = [t.en for t in town.standard.types]
    for heading in (kinds[0], kinds[7]):
        mine = table[table["type"] == town.standard.types[kinds.index(heading)].id]
        cells = column(data, "presence", heading)
        wanted = [
            None if n == 0 else states[had, has]
            for n, had, has in zip(
                mine["residents"], mine["present_before"], mine["present_after"], strict=True
            )
        ]
        assert [None if cell is None else cell[0] for cell in cells] == wanted


def test_the_way_of_each_community_to_each_grade_is_told():
    plan = harmful(objective="grades")
    data = Page(html(plan, "en")).data
    ways = [way for circle in plan.document.circles for way in circle.upgrades]
    assert ways
    assert column(data, "upgrades", "Cheapest way known") == [way.price for way in ways]
    assert column(data, "upgrades", "No way costs less than") == [way.bound for way in ways]
    assert column(data, "upgrades", "Capital") == [way.capital for way in ways]


def test_the_price_of_money_or_why_there_is_none_is_told(plan):
    said, about = Page(html(plan, "en")).data["price"]
    assert said[1] == "10,000 yuan more capital would buy about 1.5 need points."
    assert "the bound on every plan rises" in about[1]
    price = Price(capital=None, subsidy_per_year=None, stage=None, reason="cost")
    cheapest = replace(plan, document=plan.document.model_copy(update={"price": price}))
    (said,) = Page(html(cheapest, "en")).data["price"]
    assert (
        said[1] == "More money has no price here: the plan spends as little as its demands allow."
    )


def test_assumptions_without_a_source_are_listed_with_their_values(plan):
    data = Page(html(plan, "en")).data
    rows = sheet(data, "assumptions")["rows"]
    assert [["照料", TYPE], ["步行分钟", "walking minutes"], "10", ""] in rows


def test_places_by_needs_met_follow_from_who_is_served(plan):
    from base64 import b64decode

    marks = Page(html(plan, "en")).data["map"]["marks"]
    detail = plan.detail
    for name, served in (("before", detail.gaps.served), ("after", detail.gains.served)):
        wanted = [
            100 * bool(served[detail.gaps.counting(t), place])
            for t, _ in detail.gaps.asking
            for place in range(3)
        ]
        assert list(b64decode(marks[name])) == wanted
    assert marks["residents"] == [600, 400, 500]


def test_many_places_become_cells_that_hold_the_same_people(town, monkeypatch):
    from siting.report.html import marks

    whole = Page(html(town, "en")).data["map"]["marks"]
    monkeypatch.setattr(marks, "MOST_MARKS", 300)
    cells = Page(html(town, "en")).data["map"]["marks"]
    assert whole["metres"] == 0
    assert cells["metres"] > 0
    assert len(cells["x"]) <= 300
    assert sum(cells["count"]) == len(whole["x"]) == 2000
    assert sum(cells["residents"]) == pytest.approx(sum(whole["residents"]), rel=0.01)


def test_many_streets_are_thinned_and_the_page_says_so(town, monkeypatch):
    from siting.report.html import marks

    assert Page(html(town, "en")).data["map"]["notes"] == []
    monkeypatch.setattr(marks, "MOST_STREETS", 100)
    monkeypatch.setattr(marks, "MOST_OUTLETS", 10)
    thinned = Page(html(town, "en")).data["map"]
    assert len(thinned["streets"]) <= 400
    assert thinned["outlets"] is None
    assert len(thinned["notes"]) == 2


def test_areas_of_communities_are_drawn_with_their_grades(plan):
    found = Page(html(plan, "en")).data["map"]
    assert [len(rings) for rings in found["areas"]] == [1, 1]
    assert found["grades"]["names"] == [["达标型", "Reached"]]
    levels = [0 if c.grade_after is None else 1 for c in plan.document.circles]
    assert found["grades"]["after"] == levels


def test_a_page_of_a_town_is_small_and_quickly_made(town):
    started = time.process_time()
    size = len(html(town, "zh").encode())
    assert size < 5 * MEGABYTE
    assert time.process_time() - started < 1.5


def test_the_same_plan_gives_the_same_page(plan):
    assert html(plan, "zh") == html(plan, "zh")


def test_every_pair_of_words_has_both_languages(town):
    pairs = []

    def walk(value):
        if isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value):
            pairs.append(value)
        elif isinstance(value, (list, dict)):
            for item in value.values() if isinstance(value, dict) else value:
                walk(item)

    data = Page(html(town, "zh")).data
    walk({name: data[name] for name in ("words", "title", "answer", "tiles", "price", "sheets")})
    assert len(pairs) > 300
    for zh, en in pairs:
        assert bool(zh) == bool(en), (zh, en)
        assert not re.search(r"[\u4e00-\u9fff]", en) or zh == en, en


def test_every_word_of_the_page_is_used_in_both_languages():
    entries = tomllib.loads(HERE.joinpath("words.toml").read_text("utf-8"))
    own = [p for p in Path(str(HERE)).rglob("*") if p.suffix in (".py", ".js", ".html")]
    code = "\n".join(p.read_text("utf-8") for p in own if p.parent.name != "vendor")
    made = ("column_", "field_", "input_", "objective_", "layer_", "tile_", "answer_", "pays_")
    made += ("unit_", "of_")
    for key, forms in entries.items():
        assert set(forms) == {"zh", "en"}, key
        blanks = [sorted(re.findall(r"{\w+}", forms[lang])) for lang in ("zh", "en")]
        assert blanks[0] == blanks[1], key
        assert key.startswith(made) or re.search(rf'["`.]{key}["`]', code), key
    used = set(re.findall(r'\b(?:word|text)\("(?:report\.html\.)?(\w+)"', code))
    used |= set(re.findall(r'data-(?:word|label)="(\w+)"', code))
    used |= {f"column_{name}" for name in re.findall(r'\bcolumn\("(\w+)"', code)}
    assert used <= set(entries)


def test_residents_who_gain_or_lack_a_type_are_not_named_like_people_who_move(plan):
    data = Page(html(plan, "zh")).data
    labels = {column["label"][0] for one in data["sheets"] for column in one["columns"]}
    assert {"新增覆盖居民", "尚缺居民"} <= labels
    assert not {"新增居民", "尚无居民"} & labels


def test_the_page_says_how_percentages_are_rounded(plan):
    words = Page(html(plan, "en")).words
    assert any("Percentages are rounded down" in word for word in words)


def test_libraries_are_the_published_files_under_permissive_licences():
    listed = tomllib.loads(HERE.joinpath("vendor", "libraries.toml").read_text("utf-8"))
    vendored = {p.name for p in Path(str(HERE)).joinpath("vendor").iterdir()}
    assert set(listed["sha256"]) | {"libraries.toml"} == vendored
    for name, digest in listed["sha256"].items():
        content = HERE.joinpath("vendor", name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest, name
    for item in libraries():
        assert item["licence"] in ("MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Apache-2.0")


def test_the_licence_of_each_library_stands_in_the_page(page):
    words = "".join(page.words)
    for item in libraries():
        assert HERE.joinpath("vendor", item["text"]).read_text("utf-8").strip() in words


def test_words_of_closed_lists_are_said_in_both_languages(plan):
    document = plan.document
    scenario = {
        **document.inputs.scenario,
        "enforce": ["spacing"],
        "locks": {"open": [["S1", "care"]]},
    }
    software = {**document.software, "search": "cores", "solver": "none"}
    stages = tuple(s.model_copy(update={"bound_source": "multipliers"}) for s in document.stages)
    changed = document.model_copy(
        update={
            "inputs": document.inputs.model_copy(update={"scenario": scenario}),
            "software": software,
            "seconds": {"walk": 1.0},
            "stages": stages,
        }
    )
    data = Page(html(replace(plan, document=changed), "zh")).data
    said = {
        row[0][0]: row[1] for name in ("inputs", "versions") for row in sheet(data, name)["rows"]
    }
    assert said["强制的规则"] == ["同类网点间距", "distance between outlets of a type"]
    assert said["用时（秒）"] == ["步行距离 1.0", "walk 1.0"]
    assert said["求解器"] == ["没有求解器给出答案", "none gave an answer"]
    assert said["求解方式"][0].startswith("先求解最有希望的改造")
    assert {tuple(row[4]) for row in sheet(data, "proof")["rows"]} == {("乘子", "multipliers")}


def test_what_a_plan_leaves_out_is_told_in_whole_sentences(plan):
    lines = ("甲（W:a）。 | One (W:a).", "乙 | Two")
    inputs = plan.document.inputs
    policy = {**inputs.policy, "unmodelled": lines}
    changed = inputs.model_copy(update={"policy": policy})
    document = plan.document.model_copy(update={"inputs": changed})
    data = Page(html(replace(plan, document=document), "zh")).data
    said = {row[0][1]: row[1] for row in sheet(data, "inputs")["rows"]}
    assert said["Asked for, and not part of the plan"] == ["甲（W:a）。乙。", "One (W:a). Two."]
