"""The standards and policies that ship: published numbers, their sources, and that they work."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files

import pytest
from rich.cells import cell_len
from test_cli_summary import rendered

import siting
from siting.report.standards_table import standard_page, standards_table
from siting.standard.catalogue import CLASSES, load_catalogue
from siting.standard.files import library
from siting.standard.policies import list_policies, load_policy
from siting.standard.standards import list_standards, load_standard

STANDARDS = tuple(library("standards"))
POLICIES = tuple(library("policies"))

# How many types of each class a document says its list has, and which document.
PUBLISHED = {
    "mofcom-2021": ({"basic": 14, "quality": 9}, "S2 Suzhou"),
    "hebi": ({"basic": 20, "quality": 30}, "S0 S1"),
    "suzhou": ({"basic": 26, "quality": 24, "smart": 11}, "S2"),
    "kunming": ({"basic": 26, "quality": 23, "smart": 9, "supplement": 4}, "S2"),
    "jincheng": ({"basic": 13, "quality": 9}, "S2"),
    "hefei": ({"basic": 13, "quality": 8}, "S2"),
    "baoji": ({"basic": 13, "quality": 12}, "S2"),
    "bijie": ({"basic": 13, "quality": 8}, "S2"),
    "shanxi": ({"basic": 23, "quality": 30}, "W:shanxi"),
    "tangshan": ({"basic": 20, "quality": 30}, "S2: 50 in all; the split is inferred"),
    # eight services and two more; vegetables are two types, one of which the list does not count
    "beijing": ({"basic": 8 + 2 + 1, "quality": 5}, "S2 W:bj8"),
    # nine basic items, of which market or fresh food are two types
    "qingdao-shinan": ({"basic": 9 + 1, "quality": 10}, "W:shinan"),
}
# The base has more types of a class than the city's list: which the city leaves out is unknown.
LARGER_BASE = {
    "jincheng": {"basic": 14},
    "hefei": {"basic": 14, "quality": 9},
    "baoji": {"basic": 14},
    "bijie": {"basic": 14, "quality": 9},
}
NUMBERS = {
    "rings",
    "sizes",
    "presence_share",
    "presence",
    "class_weights",
    "chain_share",
    "spacing_m",
    "most_per_community",
    "priority_groups",
}
NO_FIGURES = {"id", "like", "zh", "en", "class", "source", "unverified"}
KEY = re.compile(r"W:[a-z0-9-]+|\bS[0-4]\b")


def raw(folder: str, name: str) -> dict:
    path = files("siting.models").joinpath(folder, f"{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))


def fields_of(source: str) -> set[str]:
    return {part.split(" ")[0] for part in source.split("; ") if part}


def keys_of(value: object) -> set[str]:
    """Return the keys of sources that any text of a file names."""
    if isinstance(value, dict):
        return set().union(*map(keys_of, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(keys_of, value), set())
    return set(KEY.findall(value)) if isinstance(value, str) else set()


# What ships


def test_the_library_has_every_city_whose_numbers_are_known():
    assert set(STANDARDS) >= {
        "mofcom-2021",
        "mofcom-2025",
        "hebi",
        "kaifeng",
        "xian",
        "suzhou",
        "kunming",
        "wuxi",
        "jincheng",
        "hefei",
        "baoji",
        "bijie",
        "shanxi",
        "tangshan",
        "beijing",
        "qingdao-shinan",
        "guangzhou",
        "tianjin",
        "chongqing",
        "gb50180",
    }
    assert set(POLICIES) >= {"default", "beijing-2019", "beijing-2020", "wuhan", "xian"}
    assert [s.id for s in list_standards()] == list(STANDARDS) == sorted(STANDARDS)
    assert [p.id for p in list_policies()] == list(POLICIES) == sorted(POLICIES)


@pytest.mark.parametrize("name", STANDARDS)
def test_a_standard_takes_its_types_from_the_catalogue_and_names_its_sources(name):
    standard = load_standard(name)
    assert {t.id for t in standard.types} <= {t.id for t in load_catalogue().types}
    assert standard.source
    assert {"presence_share", "weights"} <= set(standard.unverified)
    if standard.base is not None and name != "beijing-2018":  # whose list is all published
        assert any("types" in word for word in standard.unverified)


@pytest.mark.parametrize("name", STANDARDS)
def test_a_standard_asks_for_at_least_the_types_its_base_asks_for(name):
    standard = load_standard(name)
    if standard.base is None:
        assert "base" not in raw("standards", name)
        return
    base = load_standard(standard.base)
    assert {t.id for t in base.types if t.asks} <= {t.id for t in standard.types if t.asks}


@pytest.mark.parametrize("name", PUBLISHED)
def test_types_and_slots_of_each_class_are_as_many_as_were_published(name):
    sizes, _ = PUBLISHED[name]
    standard = load_standard(name)
    named = Counter(t.type_class for t in standard.types)
    unnamed = Counter(s.type_class for s in standard.slots)
    larger = LARGER_BASE.get(name, {})
    assert {kind: named[kind] + unnamed[kind] for kind in CLASSES if kind in named + unnamed} == {
        **sizes,
        **larger,
    }
    for kind, count in larger.items():
        assert (named[kind], unnamed[kind]) == (count, 0)
        assert count > sizes[kind]
    assert any("未知" in note for note in standard.notes) == bool(larger)
    for kind, size in unnamed.items():
        numbers = [s.slot for s in standard.slots if s.type_class == kind]
        assert numbers == list(range(named[kind] + 1, named[kind] + size + 1))


@pytest.mark.parametrize("name", STANDARDS)
def test_every_figure_of_a_standard_has_a_source_or_is_unverified(name):
    said = raw("standards", name)
    sourced = fields_of(said["source"]) | set(said.get("unverified", []))
    assert NUMBERS & set(said) <= sourced
    for entry in said.get("types", []):
        told = fields_of(entry.get("source", "")) | set(entry.get("unverified", []))
        assert set(entry) - NO_FIGURES <= told, entry["id"]
    for part in ("grades", "quotas", "substitutes"):
        for entry in said.get(part, []):
            assert KEY.search(entry.get("source", "")), entry


@pytest.mark.parametrize("name", POLICIES)
def test_every_figure_of_a_policy_has_a_source_or_is_unverified(name):
    said = raw("policies", name)
    told = fields_of(said.get("source", "")) | set(said.get("unverified", []))
    stated = set(said) - {"id", "zh", "en", "source", "unverified", "unmodelled"}
    assert stated <= told
    assert {"relief_share", "years"} <= told
    assert all(KEY.search(reward["source"]) for reward in said.get("rewards", []))


@pytest.mark.parametrize(
    ("folder", "name"),
    [("standards", name) for name in STANDARDS] + [("policies", name) for name in POLICIES],
)
def test_every_key_of_a_source_leads_somewhere_and_every_note_has_both_languages(folder, name):
    said = raw(folder, name)
    assert keys_of(said) <= set(load_catalogue().sources)
    notes = [*said.get("notes", []), *said.get("unmodelled", [])]
    notes += [slot["note"] for slot in said.get("slots", [])]
    for note in notes:
        chinese, mark, english = note.partition(" | ")
        assert mark, note
        assert re.search(r"[一-鿿]", chinese), note
        assert not re.search(r"[一-鿿]", english), note


# Figures


def test_grades_are_those_of_the_documents():
    assert [(g.id, g.min_types) for g in load_standard("xian").grades] == [
        ("base", {"basic": 8}),
        ("high", {"basic": 10, "quality": 6}),
    ]
    (entry,) = load_standard("shanxi").grades
    assert entry.min_types == {"basic": 15, "quality": 20}
    (must,) = load_standard("mofcom-2025").grades
    assert must.mandatory == ("elderly_station",)
    (four,) = load_standard("hebi").grades
    assert four.mandatory == ("convenience_store", "breakfast_shop", "wet_market", "repair_point")


def test_minutes_are_those_of_the_documents():
    def minutes(name: str) -> dict[str, float]:
        return {t.id: t.minutes for t in load_standard(name).types if t.asks}

    assert set(minutes("tangshan").values()) == {10.0}
    assert set(minutes("beijing").values()) == {10.0}
    hebi = load_standard("hebi")
    assert {(t.type_class, t.minutes) for t in hebi.types if t.asks} == {
        ("basic", 10.0),
        ("quality", 15.0),
    }
    rule = minutes("beijing-2018")
    assert {k for k, v in rule.items() if v == 10.0} == {
        "fresh_store",
        "wet_market",
        "convenience_store",
        "breakfast_shop",
    }
    assert set(rule.values()) == {10.0, 15.0}
    assert minutes("kaifeng")["parcel_point"] == minutes("kaifeng")["repair_point"] == 10.0
    assert minutes("tianjin")["breakfast_shop"] == 5.0


def test_metres_of_shinan_are_walked_at_sixty_a_minute():
    metres = {t.id: round(t.minutes * 60_000) for t in load_standard("qingdao-shinan").types}
    assert metres == {
        "convenience_store": 200_000,
        "breakfast_shop": 300_000,
        "pharmacy": 300_000,
        "hairdresser": 500_000,
        "laundry": 500_000,
        "wet_market": 800_000,
        "fresh_store": 800_000,
        "supermarket": 800_000,
    }


def test_quotas_are_those_of_the_documents():
    steps = {q.type: round(1000 / q.per_1000) for q in load_standard("guangzhou").quotas}
    assert Counter(steps.values()) == {2000: 3, 5000: 6, 10_000: 1, 20_000: 2}
    assert steps["pharmacy"] == 2000
    (market,) = load_standard("beijing-2018").quotas
    assert (market.type, market.area_m2_per_1000) == ("wet_market", 50.0)
    extended = load_standard("mofcom-2025")
    assert extended.chain_share == 0.3
    assert extended.priority_groups["一收一洗"] == ("recycling_point", "car_wash")
    assert extended.priority_groups["一店一早"] == ("convenience_store", "breakfast_shop")
    assert extended.quotas[0].unverified == ("area_m2_per_1000",)


def test_policies_are_those_of_the_documents():
    beijing = load_policy("beijing-2019")
    assert beijing.ceiling_rent_m2_month == 6 * 365 / 12
    share = beijing.relief_share
    assert (share["breakfast_shop"], share["repair_point"], share["default"]) == (0.5, 0.4, 0.3)
    assert beijing.years == 1.0
    raised = load_policy("beijing-2020")
    assert {k for k, v in raised.relief_share.items() if v == 0.7} == {
        "fresh_store",
        "breakfast_shop",
        "convenience_store",
    }
    assert raised.relief_cap_per_outlet_year == {"fresh_store": 700_000, "breakfast_shop": 500_000}
    assert [(r.grade, r.amount) for r in load_policy("wuhan").rewards] == [(None, 1_250_000)]
    assert [(r.grade, r.amount) for r in load_policy("xian").rewards] == [("high", 100_000)]
    assert load_policy("relief-steps").relief_steps == (0.3, 0.5, 0.7, 1.0)


def test_the_reward_of_xian_is_for_a_grade_of_the_standard_of_xian():
    grades = [g.id for g in load_standard("xian").grades]
    assert load_policy("xian", grades=grades).rewards[0].grade in grades


# What people see of it


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_fits_80_columns(lang):
    pages = [standard_page(s, lang) for s in list_standards()]
    pages.append(standards_table(list_standards(), lang))
    for page in pages:
        lines = rendered(page).splitlines()
        assert max(cell_len(line.rstrip()) for line in lines) <= 80


@pytest.mark.parametrize(
    ("name", "lang", "said"),
    [
        ("kunming", "en", "Types: 14 basic, 9 quality, 2 supplement."),
        ("kunming", "en", "The whole list: 26 basic, 23 quality, 4 supplement, 9 smart."),
        ("kunming", "en", "Missing: 37 more types of the list"),
        ("kunming", "zh", "缺少：清单另有 37 种业态"),
        ("kunming", "en", "Breakfast shop: Mobile unit* [S2]"),
        ("kunming", "zh", "临时商业活动（S2）。"),
        ("kunming", "en", "Temporary markets (S2)."),
        ("xian", "en", "high (High quality): at least 10 basic types, at least 6 quality"),
        ("xian", "zh", "high（高品质）：基本保障至少 10 种、品质提升至少 6 种 [S2]"),
        ("xian", "zh", "文件有要求、方案未计入"),
        ("xian", "en", "Based on mofcom-2021"),
        ("shanxi", "en", "out of reach: only 13 basic types have a name here"),
        ("hebi", "en", "must have Convenience store, Breakfast shop, Wet market, Repair point"),
        ("guangzhou", "en", "Pharmacy: 0.5 outlets [W:gz]"),
        ("beijing-2018", "zh", "菜市场：50 m2 [W:bj18]"),
        ("beijing", "en", "Pharmacy: at least 350 m*"),
        ("mofcom-2025", "en", "at least 30% of the projects"),
        ("mofcom-2025", "zh", "一收一洗：再生资源回收点、洗车店"),
        ("mofcom-2025", "en", "Community service centre: 100 m2* [W:xinhua25 W:jzsbs]"),
        ("mofcom-2021", "en", "Childcare point: never with Breakfast shop, Speciality restaurant"),
        ("mofcom-2021", "en", "W:sdchina: sd.china.com"),
    ],
)
def test_a_page_says_what_the_standard_asks_for_and_what_is_missing(name, lang, said):
    page = " ".join(rendered(standard_page(load_standard(name), lang)).split())
    assert said in page or said.replace(" ", "") in page.replace(" ", "")


# That it works


@pytest.fixture(scope="session")
def small_city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library") / "city"
    siting.generate(folder, places=150, spaces=20, types=23, seed=7)
    return siting.read_city(folder)


@pytest.mark.parametrize(
    ("standard", "policy"),
    [(name, "default") for name in STANDARDS]
    + [("xian", name) for name in POLICIES if name != "default"],
)
def test_a_city_is_planned_and_verified_under_it(small_city, standard, policy):
    scenario = siting.Scenario(
        standard=standard,
        policy=policy,
        capital=800_000.0,
        subsidy_per_year=60_000.0,
        funds=(),
    )
    plan = siting.solve(small_city, scenario, time_limit=10.0, gap=0.02)
    siting.verify(plan, small_city)
    document = plan.document
    assert document.projects
    assert {p.type for p in document.projects} <= {t.id for t in load_standard(standard).types}
    assert document.bound is None or document.bound >= document.objective * (1 - 1e-9)


def test_no_shop_may_open_at_b3_nor_catering_sports_and_culture_at_b2():
    types = {t.id: t for t in load_catalogue().types}
    shops = ("laundry", "photo_print", "flower_gift", "pet", "housekeeping_point", "bookroom")
    for word in (*shops, "repair_point"):
        assert min(types[word].floors or (-9,)) == -2, word
    for word in ("specialty_food", "bakery", "cafe_tea", "leisure", "fitness", "culture_station"):
        assert min(types[word].floors or (-9,)) == -1, word
        assert "floors" in types[word].unverified  # how high up nobody says
