"""Scenarios: what a file states, where each value comes from, and the way to plan.json."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from standard_cities import a_city, a_space, a_type

from siting.errors import InputError
from siting.standard import demands
from siting.standard.model import Fund, Grade, Locks, Quota, Scenario, Standard
from siting.standard.scenarios import (
    question_from_dict,
    question_to_dict,
    read_scenario,
    resolve,
    resolve_standard,
)
from siting.standard.standards import load_standard

if TYPE_CHECKING:
    from pathlib import Path

OWN = 'id = "own"\nzh = "自订"\nen = "Own"\n[[types]]\nid = "pharmacy"\n'
FULL = Scenario(standard="mofcom-2021", capital=5e6, subsidy_per_year=6e5)


def written(folder: Path, text: str, name: str = "scenario.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def faults(call, *args, **kwargs) -> list[str]:
    with pytest.raises(InputError) as caught:
        call(*args, **kwargs)
    assert all(n.line("zh") for n in caught.value.notices)
    return [n.line("en") for n in caught.value.notices]


def test_a_whole_scenario_is_read(tmp_path):
    path = written(
        tmp_path,
        """
        standard = "hebi"
        policy = "default"
        objective = "worst-community"
        grade = "upgraded"
        enforce = ["spacing", "quotas", "spacing"]
        [budget]
        capital = 5_000_000
        subsidy_per_year = inf
        [[funds]]
        id = "market-fund"
        pays = "capital"
        amount = 1_200_000
        types = ["wet_market", "fresh_store"]
        share = 0.4
        [targets]
        coverage = { basic = 0.8, repair_point = 0.9 }
        [floors]
        wet_market = 0.5
        [locks]
        open = [["S12", "pharmacy"]]
        forbid = [["S7", "*"], ["*", "laundry"]]
        """,
    )
    assert read_scenario(path) == Scenario(
        standard="hebi",
        policy="default",
        objective="worst-community",
        capital=5e6,
        subsidy_per_year=math.inf,
        funds=(
            Fund(id="market-fund", amount=1.2e6, types=("wet_market", "fresh_store"), share=0.4),
        ),
        locks=Locks(open=(("S12", "pharmacy"),), forbid=(("S7", "*"), ("*", "laundry"))),
        targets={"basic": 0.8, "repair_point": 0.9},
        floors={"wet_market": 0.5},
        grade="upgraded",
        enforce=("spacing", "quotas"),
    )


def test_what_a_file_does_not_state_is_left_open(tmp_path):
    assert read_scenario(written(tmp_path, "")) == Scenario()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[targets]\ncoverage = { basic = 1.1 }", "targets.coverage.basic must be at most 1"),
        ("[targets]\ncoverage = { basic = nan }", "targets.coverage.basic must be"),
        ("[targets]\ncoverage = 0.8", "targets.coverage must be a table"),
        ("[targets]\nbasic = 0.8", "unknown key targets.basic"),
        ("[floors]\nwet_market = -0.5", "floors.wet_market must be at least 0"),
        ('[floors]\nwet_market = "half"', "floors.wet_market must be a number"),
        ("grade = 2", "grade must be text"),
        ('enforce = "quotas"', "enforce must be a list"),
        ('enforce = ["quota"]', "enforce: unknown rule quota; did you mean quotas?"),
        ('objective = "best"', "objective best is unknown"),
        ('objective = "covrage"', "objective covrage is unknown; did you mean coverage?"),
        ('[[funds]]\nid = "f"\namount = 1\nshare = 1.5', "funds[1].share must be at most 1"),
        ("[budget]\ncapitol = 1", "unknown key budget.capitol; did you mean capital?"),
        ("[budget]\ncapital = -1", "budget.capital must be at least 0"),
        ("[budget]\ncapital = nan", "budget.capital must be"),
        ('[budget]\ncapital = "1"', "budget.capital must be a number"),
        ("capital = 5", "unknown key capital"),
        ("budget = 5", "budget must be a table"),
        ('[[funds]]\nid = "f"\namount = -1', "funds[1].amount must be at least 0"),
        ('[[funds]]\nid = "f"\namount = inf', "funds[1].amount must be a finite number"),
        ('[[funds]]\nid = "f"', "funds[1].amount is missing"),
        ('[[funds]]\nid = "f"\namount = 1\npays = "rent"', "funds[1].pays must be one of"),
        ("funds = 3", "funds must be a list"),
        ('[locks]\nopen = [["S1"]]', "locks.open[1]"),
        ('[locks]\nopen = [["S1", "a", "b"]]', "locks.open[1]"),
        ('[locks]\nopen = ["S1"]', "locks.open[1] must be a list"),
        ('standard = "kunmin"', "called kunmin; did you mean kunming?"),
        ('policy = "none.toml"', "no policy and no file is called none.toml"),
    ],
)
def test_a_fault_names_the_file_the_key_and_the_mend(tmp_path, text, said):
    path = written(tmp_path, text)
    lines = faults(read_scenario, path)
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{path}: ")
    assert said in lines[0]


def test_all_faults_of_a_scenario_are_told_at_once(tmp_path):
    text = (
        'standard = "mofcom"\nobjective = "grade"\nenforce = ["a", "b"]\n'
        "[targets]\ncoverage = { basic = 2 }\n[budget]\ncapitol = 1\n"
    )
    assert len(faults(read_scenario, written(tmp_path, text))) == 6


def test_flags_go_before_the_scenario_file_and_that_before_the_citys_own(tmp_path):
    city = tmp_path / "city"
    written(
        city,
        'standard = "hebi"\n[budget]\ncapital = 1\nsubsidy_per_year = 1\n'
        '[locks]\nforbid = [["*", "pharmacy"]]\n',
    )
    file = written(tmp_path, "[budget]\ncapital = 2\nsubsidy_per_year = 2\n", "wish.toml")
    question = resolve(Scenario(capital=3.0), city_folder=city, scenario_file=file)
    assert question.budget.capital == 3.0
    assert question.budget.subsidy_per_year == 2.0
    assert question.standard.id == "hebi"
    assert question.policy.id == "default"
    assert question.objective == "coverage"
    assert question.locks.forbid == (("*", "pharmacy"),)


def test_the_citys_own_standard_counts_where_nobody_names_one(tmp_path):
    written(tmp_path, OWN, "standard.toml")
    amounts = Scenario(capital=1.0, subsidy_per_year=1.0)
    assert resolve(amounts, city_folder=tmp_path).standard.id == "own"
    written(tmp_path, 'standard = "hebi"')
    assert resolve(amounts, city_folder=tmp_path).standard.id == "hebi"
    assert resolve(FULL, city_folder=tmp_path).standard.id == "mofcom-2021"


@pytest.mark.parametrize("name", ["ours", "./ours.toml", "ours.toml", "sub/../ours"])
def test_a_standard_is_found_beside_the_scenario_that_names_it(tmp_path, monkeypatch, name):
    folder = tmp_path / "else"
    written(folder, OWN, "ours.toml")
    (folder / "sub").mkdir()
    path = written(folder, f'standard = "{name}"')
    monkeypatch.chdir(tmp_path)
    amounts = Scenario(capital=1.0, subsidy_per_year=1.0)
    question = resolve(amounts, city_folder=None, scenario_file=path)
    assert question.standard.id == "own"


def test_the_library_goes_before_a_file_beside_the_scenario(tmp_path):
    written(tmp_path, OWN, "hebi.toml")
    path = written(tmp_path, 'standard = "hebi"')
    assert resolve_standard(Scenario(), city_folder=None, scenario_file=path).id == "hebi"


def test_a_policy_of_the_scenarios_own_may_name_types_of_its_standard(tmp_path):
    written(tmp_path, OWN + '[[types]]\nid = "shop_2"\nlike = "pharmacy"\n', "ours.toml")
    written(
        tmp_path,
        'id = "p"\nzh = "策"\nen = "P"\nrelief_share = { default = 0.1, shop_2 = 0.2 }\n',
        "money.toml",
    )
    path = written(tmp_path, 'standard = "ours"\npolicy = "money"')
    amounts = Scenario(capital=1.0, subsidy_per_year=1.0)
    question = resolve(amounts, city_folder=None, scenario_file=path)
    assert question.policy.relief_share == {"default": 0.1, "shop_2": 0.2}


def test_what_is_missing_is_told_at_once_with_the_mend():
    lines = faults(resolve, Scenario(), city_folder=None)
    assert len(lines) == 3
    assert "give --standard ID" in lines[0]
    assert "give --capital AMOUNT" in lines[1]
    assert "give --subsidy AMOUNT" in lines[2]
    (line,) = faults(resolve_standard, Scenario(), city_folder=None)
    assert "give --standard ID" in line


def test_gaps_need_a_standard_and_no_budget():
    found = resolve_standard(Scenario(standard="hebi"), city_folder=None)
    assert found == load_standard("hebi")


def test_nothing_counts_as_missing_while_a_file_cannot_be_read(tmp_path):
    path = written(tmp_path, "[budget\n")
    lines = faults(resolve, Scenario(), city_folder=None, scenario_file=path)
    assert len(lines) == 1
    assert "is not TOML" in lines[0]


@pytest.mark.parametrize(
    ("amount", "kept"), [(0.019, 0.01), (0.29, 0.29), (1.005, 1.0), (5e6, 5e6), (0.0, 0.0)]
)
def test_budgets_are_rounded_down_to_whole_fen(amount, kept):
    # 0.29 x 100 is 28.999... in binary, and must still be 29 fen
    fund = Fund(id="f", amount=amount)
    wish = FULL.model_copy(update={"capital": amount, "funds": (fund,)})
    question = resolve(wish, city_folder=None)
    assert question.budget.capital == kept
    assert question.funds[0].amount == kept


def test_an_unlimited_budget_stays_unlimited():
    wish = FULL.model_copy(update={"capital": math.inf})
    assert resolve(wish, city_folder=None).budget.capital == math.inf


def test_more_money_than_fen_can_count_is_a_fault():
    wish = FULL.model_copy(update={"capital": 1e17, "funds": (Fund(id="f", amount=1e17),)})
    lines = faults(resolve, wish, city_folder=None)
    assert len(lines) == 2
    assert "capital is more money than can be counted" in lines[0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"funds": (Fund(id="f", amount=1), Fund(id="f", amount=2))}, "two funds are called f"),
        ({"funds": (Fund(id="general", amount=1),)}, "cannot be called general"),
        ({"funds": (Fund(id="f", amount=1, types=("pharmac",)),)}, "did you mean pharmacy?"),
        ({"funds": (Fund(id="f", amount=1, types=("kiosk",)),)}, "fund f: the standard has no"),
        ({"locks": Locks(open=(("S1", "laundri"),))}, "did you mean laundry?"),
        ({"locks": Locks(forbid=(("*", "laundri"),))}, "did you mean laundry?"),
    ],
)
def test_funds_and_locks_must_fit_the_standard(fields, said):
    (line,) = faults(resolve, FULL.model_copy(update=fields), city_folder=None)
    assert said in line


# Demands


OWN_GRADES = Standard(
    id="own",
    zh="自订",
    en="Own",
    types=(
        a_type(id="shop"),
        a_type(id="deli"),
        a_type(id="cook", asks=False),
        a_type(id="book").model_copy(update={"type_class": "quality"}),
    ),
    grades=(Grade(id="low", zh="低", en="Low"), Grade(id="high", zh="高", en="High")),
)
GRADED = Scenario(standard=OWN_GRADES, capital=1.0, subsidy_per_year=1.0)


def test_a_class_stands_for_its_types_that_ask_and_a_types_own_share_goes_first():
    wish = GRADED.model_copy(
        update={
            "targets": {"basic": 0.8, "shop": 0.9},
            "floors": {"quality": 0.25, "deli": 0.0},
        }
    )
    question = resolve(wish, city_folder=None)
    assert question.targets == {"shop": 0.9, "deli": 0.8}
    assert question.floors == {"deli": 0.0, "book": 0.25}
    assert list(question.targets) == ["shop", "deli"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"targets": {"shopp": 0.5}},
            "targets.coverage: the standard asks for no type and no class",
        ),
        ({"targets": {"shopp": 0.5}}, "did you mean shop?"),
        ({"floors": {"qualitty": 0.5}}, "floors: the standard asks for no type"),
        ({"floors": {"public": 0.5}}, "floors: the standard asks for no type"),
        ({"targets": {"cook": 0.5}}, "cook serves by delivery"),
        ({"grade": "hihg"}, "no grade hihg; did you mean high?"),
        ({"objective": "cost"}, "objective cost needs something to reach: add [targets]"),
        ({"objective": "cost", "targets": {}}, "objective cost needs something to reach"),
    ],
)
def test_demands_must_fit_the_standard(fields, said):
    (line,) = faults(resolve, GRADED.model_copy(update=fields), city_folder=None)
    assert said in line


@pytest.mark.parametrize("fields", [{"grade": "low"}, {"objective": "grades"}])
def test_grades_of_a_standard_without_any_name_standards_that_have_some(monkeypatch, fields):
    bare = OWN_GRADES.model_copy(update={"grades": (), "id": "bare"})
    monkeypatch.setattr(demands, "library", lambda _: ["bare", "own"])
    monkeypatch.setattr(
        demands, "load_standard", lambda name: bare if name == "bare" else OWN_GRADES
    )
    wish = GRADED.model_copy(update={"standard": bare, **fields})
    (line,) = faults(resolve, wish, city_folder=None)
    assert "standard bare has no grades; choose one that has (own)" in line


@pytest.mark.parametrize(
    "fields",
    [
        {"targets": {"shop": 0.5}},
        {"floors": {"basic": 0.1}},
        {"grade": "low"},
        {"locks": Locks(open=(("S1", "shop"),))},
    ],
)
def test_cost_needs_something_to_reach_and_no_budget(fields):
    wish = Scenario(standard=OWN_GRADES, objective="cost", capital=5.0, **fields)
    question = resolve(wish, city_folder=None)
    assert question.budget.capital == 5.0
    assert question.budget.subsidy_per_year == math.inf


def test_quotas_are_something_to_reach_where_the_standard_has_them_and_they_are_enforced():
    quotas = OWN_GRADES.model_copy(update={"quotas": (Quota(type="shop", per_1000=1.0),)})
    wish = Scenario(standard=quotas, objective="cost", enforce=("quotas",))
    assert resolve(wish, city_folder=None).objective == "cost"
    for less in ({"standard": OWN_GRADES}, {"enforce": ("most",)}):
        refused = wish.model_copy(update=less)
        (line,) = faults(resolve, refused, city_folder=None)
        assert "objective cost needs something to reach" in line


def test_spaces_that_their_table_opens_are_something_to_reach():
    wish = Scenario(standard=OWN_GRADES, objective="cost")
    for words, known in ((("shop",), True), ((), False)):
        city = a_city([a_space(open_types=words)])
        if known:
            assert resolve(wish, city_folder=None, city=city).objective == "cost"
        else:
            assert len(faults(resolve, wish, city_folder=None, city=city)) == 1


def test_every_other_objective_needs_its_budgets():
    for objective in ("coverage", "basic-first", "grades", "worst-community"):
        wish = Scenario(standard=OWN_GRADES, objective=objective)
        assert len(faults(resolve, wish, city_folder=None)) == 2


def test_a_flag_adds_to_the_demands_of_the_file_and_goes_first_where_both_speak(tmp_path):
    written(
        tmp_path,
        'grade = "low"\nenforce = ["most"]\nobjective = "cost"\n'
        "[targets]\ncoverage = { shop = 0.1, deli = 0.1 }\n[floors]\nshop = 0.3\n",
    )
    wish = Scenario(
        standard=OWN_GRADES,
        targets={"shop": 0.5},
        floors={"deli": 0.2},
        enforce=("quotas", "most"),
    )
    question = resolve(wish, city_folder=tmp_path)
    assert question.targets == {"shop": 0.5, "deli": 0.1}
    assert question.floors == {"shop": 0.3, "deli": 0.2}
    assert (question.grade, question.objective) == ("low", "cost")
    assert question.enforce == ("most", "quotas")


def test_a_table_of_the_named_file_replaces_that_of_the_citys_own_file(tmp_path):
    city = tmp_path / "city"
    written(city, "[targets]\ncoverage = { deli = 0.1 }\n[floors]\ndeli = 0.1\n")
    file = written(tmp_path, "[targets]\ncoverage = { shop = 0.2 }\n", "wish.toml")
    wish = Scenario(standard=OWN_GRADES, objective="cost")
    question = resolve(wish, city_folder=city, scenario_file=file)
    assert (question.targets, question.floors) == ({"shop": 0.2}, {"deli": 0.1})


LOCKED = (
    "[budget]\ncapital = 1\nsubsidy_per_year = 1\n"
    '[locks]\nopen = [["S1", "shop"], ["S2", "deli"]]\nforbid = [["S3", "shop"]]\n'
)


@pytest.mark.parametrize(
    ("flags", "opened", "forbidden"),
    [
        (
            Locks(open=(("S3", "deli"),)),
            (("S1", "shop"), ("S2", "deli"), ("S3", "deli")),
            (("S3", "shop"),),
        ),
        (
            Locks(forbid=(("S3", "deli"),)),
            (("S1", "shop"), ("S2", "deli")),
            (("S3", "shop"), ("S3", "deli")),
        ),
        (Locks(open=(("S3", "shop"),)), (("S1", "shop"), ("S2", "deli"), ("S3", "shop")), ()),
        (Locks(forbid=(("*", "deli"),)), (("S1", "shop"),), (("S3", "shop"), ("*", "deli"))),
        (
            Locks(forbid=(("S1", "shop"),)),
            (("S2", "deli"),),
            (("S3", "shop"), ("S1", "shop")),
        ),
        (Locks(), (), ()),
    ],
)
def test_lock_flags_add_to_the_files_locks_and_win_over_what_they_contradict(
    tmp_path, flags, opened, forbidden
):
    written(tmp_path, LOCKED)
    question = resolve(Scenario(standard=OWN_GRADES, locks=flags), city_folder=tmp_path)
    assert question.locks == Locks(open=opened, forbid=forbidden)


def test_a_fault_in_the_files_part_of_a_table_names_the_file(tmp_path):
    file = written(tmp_path, "[floors]\ndelli = 0.1\n" + LOCKED)
    wish = Scenario(standard=OWN_GRADES, locks=Locks(open=(("S1", "delly"),)), floors={"deli": 0.1})
    lines = faults(resolve, wish, city_folder=tmp_path)
    assert len(lines) == 2
    assert [line.startswith(f"{file}: ") for line in lines] == [False, True]


def test_a_question_survives_the_way_through_json():
    wish = FULL.model_copy(
        update={
            "subsidy_per_year": math.inf,
            "funds": (Fund(id="f", amount=1.5, kinds=("shed",), communities=("东街",), share=0.3),),
            "standard": OWN_GRADES,
            "targets": {"shop": 0.1},
            "floors": {"quality": 1 / 3},
            "grade": "high",
            "enforce": ("capacity", "most"),
            "objective": "basic-first",
            "locks": Locks(open=(("S1", "shop"),), forbid=(("*", "deli"),)),
        }
    )
    question = resolve(wish, city_folder=None)
    content = question_to_dict(question)
    assert set(content) == {"standard", "policy", "scenario"}
    assert set(content["scenario"]) == {
        *("objective", "budget", "funds", "locks", "targets", "floors", "grade", "enforce")
    }
    assert content["scenario"]["budget"] == {"capital": 5e6, "subsidy_per_year": None}
    again = json.loads(json.dumps(content, allow_nan=False))
    assert question_from_dict(again) == question
    assert question_to_dict(question_from_dict(again)) == content


FUND = {"id": "f", "pays": "capital", "amount": 1.0}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop("standard"), "standard must be a table"),
        (lambda c: c.pop("scenario"), "scenario.budget must be a table"),
        (lambda c: c["policy"].update(yeers=3), "unknown key policy.yeers; did you mean years?"),
        (lambda c: c["standard"]["types"][0].update(minutes="5"), "standard.types[1].minutes"),
        (lambda c: c["scenario"].update(objective="best"), "objective must be one of"),
        (lambda c: c["scenario"].update(enforce=["all"]), "enforce[1] must be one of"),
        (lambda c: c["scenario"].update(targets={"basic": 0.5}), "scenario.targets: the standard"),
        (lambda c: c["scenario"].update(floors={"pharmacy": 2}), "floors.pharmacy must be at most"),
        (lambda c: c["scenario"].update(grade="gold", objective="grades"), "grade"),
        (lambda c: c["scenario"].update(funds=[{**FUND, "types": ["pharmacist"]}]), "pharmacist"),
        (lambda c: c["scenario"].update(funds=[FUND, FUND]), "two funds are called f"),
        (lambda c: c["scenario"]["locks"].update(open=[["S1", "pharmacist"]]), "pharmacist"),
        (lambda c: c["scenario"]["locks"].update(forbid=[["*", "pharmacist"]]), "pharmacist"),
    ],
)
def test_a_question_that_was_tampered_with_is_a_fault(change, said):
    content = question_to_dict(resolve(FULL, city_folder=None))
    change(content)
    (line,) = faults(question_from_dict, content, file="plan.json")
    assert line.startswith("plan.json: ")
    assert said in line
