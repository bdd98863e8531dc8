"""The catalogue, the standards and the policies that ship, and strict reading of users' own."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from siting.errors import InputError
from siting.standard.catalogue import FEATURES, KINDS, load_catalogue
from siting.standard.files import nearest
from siting.standard.model import RoofRule, Slot
from siting.standard.policies import load_policy
from siting.standard.standards import load_standard

HEAD = 'id = "own"\nzh = "自订"\nen = "Own"\n'

FIGURES = (
    "minutes",
    "area_min_m2",
    "area_typical_m2",
    "capital_m2",
    "capital_fixed",
    "affordable_rent_m2",
    "affordable_rent_outlet",
    "residents_per_outlet",
    "needs",
    "floors",
    "kinds_not",
    "chain",
    "chain_capital_factor",
)


def written(tmp_path: Path, text: str, name: str = "own.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def faults(load, ref) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(ref)
    assert all(n.line("zh") for n in caught.value.notices)
    return [n.line("en") for n in caught.value.notices]


def entry(text: str) -> str:
    return f'{HEAD}[[types]]\nid = "pharmacy"\n{text}\n'


# What ships


def test_the_catalogue_has_its_forty_types_in_order():
    ids = [t.id for t in load_catalogue().types]
    assert len(ids) == len(set(ids)) == 40
    assert ids[:3] == ["convenience_store", "supermarket", "wet_market"]
    assert ids[13:16] == ["front_warehouse", "elderly_station", "community_canteen"]
    assert ids[-1] == "central_kitchen"


def test_figures_of_the_fact_sheet_stand_in_the_catalogue():
    catalogue = load_catalogue()
    store = catalogue.type("convenience_store")
    assert (store.minutes, store.area_min_m2, store.area_typical_m2) == (5, 50, 100)
    assert store.floors == (-1, 1)
    market = catalogue.type("wet_market")
    assert (market.minutes, market.area_min_m2, market.area_typical_m2) == (10, 500, 1000)
    assert catalogue.type("repair_point").minutes == 15  # 10 to 15: the larger counts
    assert catalogue.type("breakfast_shop").needs == ("flue",)
    assert catalogue.type("childcare").kinds_not == ("basement",)
    assert [t.id for t in catalogue.types if not t.asks] == ["front_warehouse", "central_kitchen"]


def test_every_figure_of_the_catalogue_has_a_source_or_is_unverified():
    catalogue = load_catalogue()
    raw = tomllib.loads(files("siting.models").joinpath("types.toml").read_text("utf-8"))
    for t, stated in zip(catalogue.types, raw["types"], strict=True):
        sourced = dict(part.split(" ", 1) for part in t.source.split("; ") if part)
        weighed = ["groups"] if "groups" in stated else []
        have = {name for name in FIGURES if stated.get(name)} | set(weighed)
        assert not set(sourced) & set(t.unverified), t.id
        assert have <= set(sourced) | set(t.unverified), t.id
        assert set(sourced) <= have, t.id
        for keys in sourced.values():
            named = re.findall(r"W:[a-z0-9-]+|D|S[0-4]", keys)
            assert named, (t.id, keys)
            assert set(named) <= set(catalogue.sources), (t.id, keys)
    assert all(g.unverified == ("typical_share",) for g in catalogue.groups)


def test_everyone_weighs_one_and_priority_groups_add():
    for t in load_catalogue().types:
        assert t.groups["everyone"] == 1.0
        assert t.counting_group in t.groups


def test_words_of_the_catalogue_are_known():
    for t in load_catalogue().types:
        assert set(t.needs) <= set(FEATURES)
        assert set(t.kinds or ()) | set(t.kinds_not) <= set(KINDS)


def test_roof_rules_of_the_catalogue_name_other_types_and_have_no_source():
    catalogue = load_catalogue()
    known = {t.id for t in catalogue.types}
    types = [rule.type for rule in catalogue.roof]
    assert len(types) == len(set(types)) >= 5
    for rule in catalogue.roof:
        assert rule.never_with
        assert rule.type not in rule.never_with
        assert {rule.type, *rule.never_with} <= known
        assert bool(rule.source) != ("never_with" in rule.unverified)


def test_mofcom_has_fourteen_basic_and_nine_quality_types():
    standard = load_standard("mofcom-2021")
    classes = [t.type_class for t in standard.types]
    assert classes == ["basic"] * 14 + ["quality"] * 9
    assert standard.types[13].id == "front_warehouse"
    assert {t.weight for t in standard.types if t.type_class == "basic"} == {2.0}
    assert {t.weight for t in standard.types if t.type_class == "quality"} == {1.0}
    assert all("weight" in t.unverified for t in standard.types)
    assert {t.minutes for t in standard.types if t.type_class == "quality"} == {15.0}
    assert standard.presence_share == 0.8
    assert standard.typical_shares["aged_60_plus"] == 0.2


def test_hebi_has_two_rings_and_its_unpublished_names_are_slots():
    standard = load_standard("hebi")
    for kind, minutes, size in (("basic", 10.0, 20), ("quality", 15.0, 30)):
        types = [t for t in standard.types if t.type_class == kind]
        slots = [s for s in standard.slots if s.type_class == kind]
        assert len(types) + len(slots) == size
        assert {t.minutes for t in types if t.asks} == {minutes}
        assert [s.slot for s in slots] == list(range(len(types) + 1, size + 1))
    assert standard.base == "mofcom-2021"


def test_the_default_policy_has_no_steps_half_of_the_rent_and_three_years():
    policy = load_policy("default")
    assert (policy.relief_steps, policy.relief_share, policy.years) == ((), {"default": 0.5}, 3.0)
    assert set(policy.unverified) == {"relief_share", "years"}


# Standards of the user's own


def test_a_standard_overrides_fields_and_what_it_states_is_no_longer_unverified(tmp_path):
    path = written(
        tmp_path,
        entry('minutes = 7\ncapital_m2 = 5\narea_min_m2 = 20\nunverified = ["area_min_m2"]')
        + 'weight = 3.5\nsource = "minutes our survey"\n',
    )
    (kind,) = load_standard(path).types
    assert (kind.minutes, kind.capital_m2, kind.weight, kind.zh) == (7.0, 5.0, 3.5, "药店")
    assert "area_min_m2" in kind.unverified
    assert "capital_m2" not in kind.unverified
    assert "weight" not in kind.unverified
    assert "affordable_rent_m2" in kind.unverified
    assert "minutes our survey" in kind.source
    assert "minutes W:sdchina" not in kind.source


def test_rings_give_minutes_to_types_without_their_own(tmp_path):
    path = written(
        tmp_path,
        f'{HEAD}[rings]\nbasic = 12\n[[types]]\nid = "pharmacy"\n'
        '[[types]]\nid = "laundry"\nminutes = 3\n[[types]]\nid = "pet"\n'
        '[[types]]\nid = "bakery"\nclass = "basic"\n[[types]]\nid = "front_warehouse"\n',
    )
    minutes = {t.id: t.minutes for t in load_standard(path).types}
    assert minutes == {
        "pharmacy": 12.0,
        "laundry": 3.0,
        "pet": 15.0,
        "bakery": 12.0,
        "front_warehouse": 30.0,  # delivery, not a walk
    }


def test_class_weights_replace_the_defaults(tmp_path):
    text = (
        f'{HEAD}[class_weights]\nquality = 4\n[[types]]\nid = "pharmacy"\n[[types]]\nid = "pet"\n'
    )
    standard = load_standard(written(tmp_path, text))
    assert [t.weight for t in standard.types] == [2.0, 4.0]
    assert ["weight" in t.unverified for t in standard.types] == [True, False]
    assert "weights" not in standard.unverified


def test_a_copy_under_a_new_id_has_all_of_its_model(tmp_path):
    text = (
        f'{HEAD}[[types]]\nid = "pharmacy_2"\nlike = "pharmacy"\nzh = "药店（二）"\n'
        'en = "Pharmacy 2"\n'
    )
    (copy,) = load_standard(written(tmp_path, text)).types
    model = load_catalogue().type("pharmacy")
    assert (copy.id, copy.en, copy.area_min_m2) == ("pharmacy_2", "Pharmacy 2", model.area_min_m2)
    assert copy.source == model.source


def test_a_base_speaks_first_and_the_file_upon_it_last(tmp_path):
    written(
        tmp_path,
        f'{HEAD}presence_share = 0.6\n[rings]\nbasic = 9\n[[types]]\nid = "pharmacy"\n'
        'minutes = 4\n[[types]]\nid = "laundry"\n[[slots]]\nclass = "basic"\nslot = 3\n',
        "lower.toml",
    )
    upper = written(
        tmp_path,
        'id = "upper"\nzh = "上"\nen = "Upper"\nbase = "lower"\n[[types]]\nid = "laundry"\n'
        'minutes = 6\n[[types]]\nid = "hairdresser"\n',
    )
    standard = load_standard(upper)
    assert [(t.id, t.minutes) for t in standard.types] == [
        ("pharmacy", 4.0),
        ("laundry", 6.0),
        ("hairdresser", 9.0),
    ]
    assert (standard.presence_share, len(standard.slots)) == (0.6, 1)
    assert "presence_share" not in standard.unverified


def test_a_standard_can_bring_a_group_with_its_typical_share(tmp_path):
    text = entry("groups = { everyone = 1, riders = 2 }") + "[typical_shares]\nriders = 0.01\n"
    standard = load_standard(written(tmp_path, text))
    assert standard.typical_shares["riders"] == 0.01
    assert standard.types[0].groups == {"everyone": 1.0, "riders": 2.0}


def test_a_resolved_record_is_returned_as_it_is():
    standard, policy = load_standard("hebi"), load_policy("default")
    assert load_standard(standard) is standard
    assert load_policy(policy) is policy


def test_an_id_of_the_library_goes_before_a_file_of_that_name(tmp_path, monkeypatch):
    written(tmp_path, entry(""), "hebi")
    monkeypatch.chdir(tmp_path)
    assert load_standard("hebi").id == "hebi"
    assert load_standard(Path("hebi")).id == "own"


# Grades, quotas and the like


def clauses(text: str, types: str = "pharmacy laundry pet") -> str:
    entries = "".join(f'[[types]]\nid = "{name}"\n' for name in types.split())
    return f"{HEAD}{text}\n{entries}"


def test_clauses_of_a_standard_are_read_as_they_stand(tmp_path):
    text = clauses(
        'chain_share = 0.3\npresence = "located"\nunmodelled = ["a score"]\n'
        "priority_groups = { first = ['pharmacy', 'pet'] }\nspacing_m = { pharmacy = 350 }\n"
        "most_per_community = { pet = 2 }\n"
        "[[grades]]\nid = 'g'\nzh = '一级'\nen = 'One'\nmin_types = { basic = 2 }\n"
        "mandatory = ['pet']\n"
        "[[substitutes]]\ntype = 'laundry'\nby = 'pet'\n"
        "[[quotas]]\ntype = 'pharmacy'\nper_1000 = 0.5\narea_m2_per_1000 = 40"
    )
    standard = load_standard(written(tmp_path, text))
    assert (standard.chain_share, standard.presence) == (0.3, "located")
    assert standard.unmodelled == ("a score",)
    assert standard.priority_groups == {"first": ("pharmacy", "pet")}
    assert (standard.spacing_m, standard.most_per_community) == ({"pharmacy": 350.0}, {"pet": 2})
    (grade,) = standard.grades
    assert (grade.id, grade.min_types, grade.mandatory) == ("g", {"basic": 2}, ("pet",))
    assert [(s.type, s.by) for s in standard.substitutes] == [("laundry", "pet")]
    (quota,) = standard.quotas
    assert (quota.type, quota.per_1000, quota.area_m2_per_1000) == ("pharmacy", 0.5, 40.0)


def test_lists_and_values_replace_those_of_the_base_and_tables_merge(tmp_path):
    grade = "[[grades]]\nid = '{0}'\nzh = '{0}'\nen = '{0}'\nmin_types = {{ basic = 1 }}\n"
    lower = clauses(
        "chain_share = 0.3\nunmodelled = ['low']\nunverified = ['chain_share', 'quotas', 'x']\n"
        "spacing_m = { pharmacy = 350, pet = 100 }\n"
        + grade.format("low")
        + "[[quotas]]\ntype = 'pharmacy'\nper_1000 = 0.5"
    )
    written(tmp_path, lower, "lower.toml")
    head = "id = 'upper'\nzh = '上'\nen = 'Upper'\nbase = 'lower'\n"
    kept = load_standard(written(tmp_path, head, "upper.toml"))
    assert ([g.id for g in kept.grades], kept.unmodelled) == (["low"], ("low",))
    assert {"chain_share", "quotas", "x"} <= set(kept.unverified)
    text = head + "chain_share = 0.4\nquotas = []\nspacing_m = { pet = 50 }\n"
    changed = load_standard(written(tmp_path, text + grade.format("high"), "upper.toml"))
    assert ([g.id for g in changed.grades], changed.quotas) == (["high"], ())
    assert changed.spacing_m == {"pharmacy": 350.0, "pet": 50.0}
    assert (changed.chain_share, changed.unmodelled) == (0.4, ("low",))
    assert {"chain_share", "quotas"}.isdisjoint(changed.unverified)
    assert "x" in changed.unverified


def test_the_size_of_a_list_makes_slots_of_what_has_no_name(tmp_path):
    text = clauses(
        "sizes = { basic = 5, quality = 1, smart = 2 }\n"
        "[[slots]]\nclass = 'basic'\nslot = 4\nnote = 'a bank'"
    )
    slots = load_standard(written(tmp_path, text)).slots
    assert [(s.type_class, s.slot) for s in slots] == [
        ("basic", 3),  # pharmacy, laundry and the bank are three of five
        ("basic", 4),
        ("basic", 5),
        ("smart", 1),
        ("smart", 2),
    ]
    assert slots[1] == Slot.model_validate({"class": "basic", "slot": 4, "note": "a bank"})


def test_types_beyond_the_size_of_the_list_stay_and_leave_no_slot(tmp_path):
    standard = load_standard(written(tmp_path, clauses("sizes = { basic = 1 }")))
    assert (len(standard.types), standard.slots) == (3, ())


def test_roof_rules_are_those_of_the_standards_types_and_of_their_copies(tmp_path):
    text = clauses("", "pet bakery bookroom") + (
        "[[types]]\nid = 'bakery_2'\nlike = 'bakery'\nzh = '烘焙二'\nen = 'Bakery 2'\n"
    )
    standard = load_standard(written(tmp_path, text))
    assert standard.roof == (RoofRule(type="pet", never_with=("bakery", "bakery_2")),)
    assert "roof" in standard.unverified
    alone = load_standard(written(tmp_path, clauses("", "pet bookroom")))
    assert (alone.roof, "roof" in alone.unverified) == ((), False)


QUOTA = "[[quotas]]\ntype = 'pharmacy'\n"
GRADE = "[[grades]]\nid = 'g'\nzh = 'g'\nen = 'g'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chain_share = 1.5", "chain_share must be at most 1"),
        ('presence = "near"', "presence must be one of 'share' or 'located'"),
        ("sizes = { basics = 2 }", "unknown key sizes.basics; did you mean basic?"),
        ("sizes = { basic = -1 }", "sizes.basic must be at least 0"),
        ("spacing_m = { pharmaci = 9 }", "spacing_m: the standard has no type pharmaci; did"),
        ("spacing_m = { pharmacy = 0 }", "spacing_m.pharmacy must be more than 0"),
        ("most_per_community = { bakery = 1 }", "most_per_community: the standard has no type"),
        ("most_per_community = { pet = 1.5 }", "most_per_community.pet must be a whole number"),
        ("priority_groups = { a = ['pett'] }", "priority_groups.a: the standard has no type pett"),
        ("priority_groups = { a = 'pet' }", "priority_groups.a must be a list"),
        ("unmodelled = 'all'", "unmodelled must be a list"),
        (QUOTA, "quotas[pharmacy] states no amount"),
        (QUOTA + "per_1000 = 0", "quotas[1].per_1000 must be more than 0"),
        (QUOTA + "per_100 = 1", "unknown key quotas[1].per_100; did you mean per_1000?"),
        (QUOTA + "per_1000 = 1\nunverified = ['per']", "quotas[pharmacy].unverified: unknown"),
        (QUOTA + "per_1000 = 1\n" + QUOTA + "per_1000 = 1", "pharmacy stands there twice"),
        ("[[quotas]]\ntype = 'bakery'\nper_1000 = 1", "quotas: the standard has no type bakery"),
        ("[[substitutes]]\ntype = 'pet'\nby = 'pet'", "pet cannot stand in for itself"),
        ("[[substitutes]]\ntype = 'pet'\nby = 'x'", "substitutes[1].by: the standard has no"),
        ("[[substitutes]]\ntype = 'pet'", "substitutes[1].by is missing"),
        (GRADE, "grades[g] asks for nothing"),
        (GRADE + "min_types = { basics = 1 }", "unknown key grades[g].min_types.basics; did you"),
        (GRADE + "min_types = { basic = 0.5 }", "grades[1].min_types.basic must be a whole"),
        (GRADE + "mandatory = ['bakery']", "grades[g].mandatory: the standard has no type bakery"),
        (GRADE + "mandatory = ['pet']\n" + GRADE + "mandatory = ['pet']", "g stands there twice"),
        ("roof = []", "unknown key roof"),
    ],
)
def test_a_fault_of_a_clause_names_the_file_the_key_and_the_mend(tmp_path, text, said):
    path = written(tmp_path, clauses(text))
    lines = faults(load_standard, path)
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{path}: ")
    assert said in lines[0]


def test_a_clause_of_a_base_names_the_base_as_its_file(tmp_path):
    lower = written(tmp_path, clauses("spacing_m = { bakery = 9 }"), "lower.toml")
    head = "id = 'upper'\nzh = '上'\nen = 'Upper'\nbase = 'lower'\n"
    (line,) = faults(load_standard, written(tmp_path, head, "upper.toml"))
    assert line.startswith(f"{lower}: ")


# Faults


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry("minuts = 7"), "unknown key types[pharmacy].minuts; did you mean minutes?"),
        (HEAD + '[[types]]\nid = "pharmac"', "unknown type pharmac; did you mean pharmacy?"),
        (HEAD + '[[types]]\nid = "p2"\nlike = "pharmcy"', "unknown type pharmcy; did you mean"),
        (HEAD + '[[types]]\nid = "pet"\nlike = "pharmacy"', "types[pet]: a type that is known"),
        (HEAD + "[[types]]\nminutes = 5", "types[1].id must be text"),
        (HEAD + "ring = 5", "unknown key ring; did you mean rings?"),
        (entry("") + "[rings]\nbasis = 5", "unknown key rings.basis; did you mean basic?"),
        (entry("") + "[class_weights]\nqualty = 5", "did you mean quality?"),
        (entry("minutes = 0"), "types[pharmacy].minutes must be more than 0"),
        (entry("minutes = nan"), "types[pharmacy].minutes must be"),
        (entry("minutes = inf"), "types[pharmacy].minutes must be a finite number"),
        (entry('minutes = "7"'), "types[pharmacy].minutes must be a number"),
        (entry("minutes = true"), "types[pharmacy].minutes must be a number"),
        (entry("capital_m2 = -1"), "types[pharmacy].capital_m2 must be at least 0"),
        (entry("floors = [1.5]"), "types[pharmacy].floors[1] must be a whole number"),
        (entry("floors = [0]"), "there is no floor 0"),
        (entry('needs = ["flu"]'), "types[pharmacy].needs: unknown word flu; did you mean flue?"),
        (entry('needs = "flue"'), "types[pharmacy].needs must be a list"),
        (entry('class = "basics"'), "types[pharmacy].class: unknown word basics; did you mean"),
        (entry('counting_group = "aged_60"'), "did you mean aged_60_plus?"),
        (entry("groups = {}"), "types[pharmacy] serves no group"),
        (entry('asks = "no"'), "types[pharmacy].asks must be true or false"),
        (entry("area_min_m2 = 500"), "area_min_m2 is more than area_typical_m2"),
        (entry('unverified = ["minute"]'), "unknown word minute; did you mean minutes?"),
        (entry('[[types]]\nid = "pharmacy"'), "pharmacy stands there twice"),
        (entry("") + "presence_share = 2", "unknown key types[pharmacy].presence_share"),
        ("presence_share = 2\n" + entry(""), "presence_share must be at most 1"),
        ('zh = "自"\nen = "O"\n', "id is missing: add it"),
        (HEAD + 'base = "mofcom"', "called mofcom; did you mean mofcom-20"),
        (HEAD, "asks for no type"),
        (entry("") + '[[slots]]\nclass = "basic"\nslot = "x"', "slots[1].slot must be a whole"),
        (entry("") + '[[slots]]\nclass = "best"\nslot = 1', "slots[1].class: unknown word best"),
    ],
)
def test_a_fault_names_the_file_the_key_and_the_mend(tmp_path, text, said):
    path = written(tmp_path, text)
    lines = faults(load_standard, path)
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{path}: ")
    assert said in lines[0]
    assert "\n" not in lines[0]


def test_all_faults_of_a_standard_are_told_at_once(tmp_path):
    text = (
        "ring = 5\npresence_share = 2\n"
        + entry("minutes = -1\ncolour = 2")
        + '[[types]]\nid = "bakry"\n[rings]\nbasis = 1\n'
    )
    assert len(faults(load_standard, written(tmp_path, text))) == 6


def test_bases_in_a_circle_are_a_fault(tmp_path):
    written(tmp_path, f'base = "b"\n{HEAD}', "a.toml")
    written(tmp_path, f'base = "a"\n{HEAD}', "b.toml")
    assert "is based on this file" in faults(load_standard, tmp_path / "a.toml")[0]


def test_a_syntax_error_is_one_line_with_its_line_number(tmp_path):
    path = written(tmp_path, f"{HEAD}minutes = = 5\n")
    (line,) = faults(load_standard, path)
    assert line.startswith(f"{path}, row 4: is not TOML (")
    (line,) = faults(load_standard, written(tmp_path, f'{HEAD}base = ["', "open.toml"))
    assert ", row 4: is not TOML" in line


def test_files_that_cannot_be_are_refused_without_reading_on(tmp_path):
    large = written(tmp_path, "#" * 1_000_001, "large.toml")
    assert "is over 1 MB" in faults(load_standard, large)[0]
    odd = tmp_path / "odd.toml"
    odd.write_bytes('id = "x"\nzh = "中"\n'.encode("gb18030"))
    assert "row 2: is not UTF-8 text" in faults(load_standard, odd)[0]
    deep = written(tmp_path, "a = " + "[" * 100_000, "deep.toml")
    assert "nests its brackets too deeply" in faults(load_standard, deep)[0]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + entry("").replace("\n", "\r\n").encode())
    assert load_standard(path).id == "own"


def test_an_unknown_standard_or_policy_names_the_nearest():
    assert faults(load_standard, "mofcom2021") == [
        "no standard and no file is called mofcom2021; did you mean mofcom-2021?"
    ]
    assert "did you mean default?" in faults(load_policy, "defaults")[0]
    assert "the library has baoji, beijing" in faults(load_standard, "/nowhere/x.toml")[0]
    assert "the library has" in faults(load_standard, "")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[relief_share]\ndefault = 0.5\nbasics = 0.1", "did you mean basic?"),
        ("[relief_share]\ndefault = 0.5\npharmaci = 0.1", "did you mean pharmacy?"),
        ("[relief_share]\nbasic = 0.5", "relief_share.default is missing"),
        ("[relief_share]\ndefault = 1.5", "relief_share.default must be at most 1"),
        ("relief_steps = [0.5, 0.3]", "relief_steps must ascend"),
        ("relief_steps = 0.5", "relief_steps must be a list"),
        ("years = 0", "years must be more than 0"),
        ("releif_steps = [0.5]", "unknown key releif_steps; did you mean relief_steps?"),
        ("relief_cap_per_outlet_year = { default = -1 }", "must be at least 0"),
        ("relief_share_blank = { basics = 0.7 }", "unknown key relief_share_blank.basics; did you"),
        ("[[rewards]]\ngrade = 'high'", "rewards[1].amount is missing"),
        ("[[rewards]]\namount = 'much'", "rewards[1].amount must be a number"),
        ("unverified = ['year']", "unverified: unknown word year; did you mean years?"),
    ],
)
def test_a_fault_of_a_policy_names_the_key_and_the_mend(tmp_path, text, said):
    (line,) = faults(load_policy, written(tmp_path, f"{HEAD}{text}\n"))
    assert said in line


def test_a_policy_may_name_the_types_of_its_standard(tmp_path):
    path = written(tmp_path, f"{HEAD}[relief_share]\ndefault = 0.5\npharmacy_2 = 0.1\n")
    assert load_policy(path, also=["pharmacy_2"]).relief_share["pharmacy_2"] == 0.1
    assert len(faults(load_policy, path)) == 1


def test_a_reward_names_a_grade_of_the_standard_where_one_is_given():
    assert load_policy("xian", grades=["base", "high"]).rewards[0].grade == "high"
    assert load_policy("wuhan", grades=[]).rewards[0].grade is None
    for grades, said in ((["hihg"], "did you mean hihg?"), ([], "it has -")):
        with pytest.raises(InputError, match="no grade high") as caught:
            load_policy("xian", grades=grades)
        assert said in str(caught.value)


def test_nearest_says_nothing_where_nothing_is_near():
    assert nearest("zzzz", ["pharmacy", "laundry"]) is None
    assert nearest("laundri", ["pharmacy", "laundry"]) == "laundry"


def test_every_sentence_of_the_folder_is_there_in_both_languages():
    words = tomllib.loads(files("siting.standard").joinpath("words.toml").read_text("utf-8"))
    for key, forms in words.items():
        assert set(forms) == {"en", "zh"}, key
        fields = [set(re.findall(r"(?<!{){(\w+)", forms[lang])) for lang in ("en", "zh")]
        assert fields[0] == fields[1], key
        if key.endswith("_near"):
            assert key[:-5] in words


def test_every_sentence_that_the_code_names_exists():
    words = tomllib.loads(files("siting.standard").joinpath("words.toml").read_text("utf-8"))
    folder = Path(str(files("siting.standard")))
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    named = set(re.findall(r'"standard\.([a-z0-9_]+)"', code)) - {"toml"}
    assert named <= set(words), named - set(words)
