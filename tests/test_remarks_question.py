"""What an analyst must not overlook: unknown words, budgets that bind nothing, closed types."""

from __future__ import annotations

import pytest
from city_folder import CONFIG, write_city
from cli_fakes import say
from standard_cities import a_city, a_question, a_space, a_type

import siting
from siting import api
from siting.errors import InputError
from siting.report.brief import brief, by_weight
from siting.standard.model import Budget, Grade, Locks, Scenario
from siting.standard.options import find_options
from siting.standard.remarks import remarks
from siting.standard.remarks_plan import plan_remarks
from siting.standard.words_known import kind_remarks

TYPO = CONFIG.replace(
    'file = "outlets.csv"',
    'file = "outlets.csv"\ntypes = { pharmacy = "pharmacy", bakery = "convenience_stor" }',
)
STANDARD = "mofcom-2021"
ODD = "id,x,y,type\no1,50,50,pharmacy\no2,0,850,zzzz;pharmacy\n"
MONEY = {"capital": 1e6, "subsidy_per_year": 1e5}


def told(city, question, lacking=1):
    options = find_options(city, question)
    return {
        n.key.removeprefix("standard."): n for n in plan_remarks(city, question, options, lacking)
    }


def budgeted(question, capital, subsidy):
    budget = Budget(capital=capital, subsidy_per_year=subsidy)
    return question.model_copy(update={"budget": budget})


@pytest.mark.parametrize(
    "command", [("check",), ("gaps",), ("solve", "--capital", "1", "--subsidy", "1")]
)
def test_a_category_mapped_to_an_unknown_type_is_a_fault_everywhere(tmp_path, capsys, command):
    folder = write_city(tmp_path / "city", city=TYPO)
    more = ("-o", str(tmp_path / "plan")) if command[0] == "solve" else ()
    name, *rest = command
    said = say(capsys, name, str(folder), "--standard", STANDARD, *rest, *more, "--lang", "en")
    assert said.code == 2
    (line,) = [x for x in (said.out + said.err).splitlines() if "convenience_stor" in x]
    for word in ("city.toml", "bakery", "did you mean convenience_store?"):
        assert word in line


def test_the_mapping_is_checked_without_a_standard_and_beside_other_faults(tmp_path):
    folder = write_city(tmp_path, city=TYPO, places="id,x,y,everyone\np1,0,0,-5\n")
    _, faults, _ = api.check_city(folder)
    assert {n.key for n in faults} == {"city.negative", "standard.mapped_type_near"}


def test_a_type_of_the_standards_own_may_be_mapped_to(tmp_path):
    own = 'id = "x"\nzh = "x"\nen = "x"\n[[types]]\nid = "convenience_stor"\n'
    own += 'like = "convenience_store"\n'
    folder = write_city(tmp_path, city=TYPO)
    (folder / "standard.toml").write_text(own)
    city, faults, _ = api.check_city(folder)
    assert city is not None, [n.line() for n in faults]


def test_an_unknown_word_that_nobody_mapped_is_counted_even_without_a_standard(tmp_path):
    _, faults, said = api.check_city(write_city(tmp_path, outlets=ODD))
    assert not faults
    (counted,) = [n.line() for n in said if n.key == "standard.outlet_types"]
    assert counted.startswith("1 of 2 outlets are of a type that neither")


def test_an_unknown_kind_of_space_is_told_with_the_nearest():
    city = a_city(
        [a_space(kind="shopp"), a_space(id="S2", kind=""), a_space(id="S3", kind="kiosk")]
    )
    (said,) = kind_remarks(city, None)
    assert "1 spaces are of kind shopp" in said.line()
    assert "did you mean shop?" in said.line()
    own = a_question(a_type(kinds=("shopp",))).standard
    assert kind_remarks(city, own) == []
    assert any(n.key == "standard.space_kind_near" for n in remarks(city, a_question().standard))


COSTLY = {"capital_m2": 1000.0, "affordable_rent_m2": 10.0}


def test_budgets_of_nothing_and_of_more_than_everything_are_told():
    city = a_city([a_space(rent_m2_month=15.0)])
    question = a_question(a_type(**COSTLY), policy={"relief_share": {"default": 0.5}})
    assert set(told(city, budgeted(question, 0.0, 0.0))) == {
        "budget_none_capital",
        "budget_none_subsidy_per_year",
    }
    assert set(told(city, budgeted(question, 1e9, 1e9))) == {
        "budget_more_capital",
        "budget_more_subsidy_per_year",
    }
    inf = float("inf")
    assert told(city, budgeted(question, inf, inf)) == {}
    assert told(city, budgeted(question, 79_999.99, 4_799.99)) == {}
    assert "budget_more_capital" in told(city, budgeted(question, 80_000.0, 1.0))


def test_everything_that_can_be_bought_keeps_to_the_number_of_types_a_space_takes():
    types = [a_type(id=n, capital_m2=c) for n, c in (("a", 100.0), ("b", 200.0), ("c", 300.0))]
    spaces = [a_space(max_types=2, area_m2=500.0, capital_fixed=7.0), a_space(id="S2")]
    city = a_city(spaces)
    most = 80 * (200 + 300) + 7 + 80 * 300
    assert "budget_more_capital" in told(city, budgeted(a_question(*types), float(most), 1.0))
    below = told(city, budgeted(a_question(*types), most - 0.01, 1.0))
    assert "budget_more_capital" not in below


def test_types_that_can_open_nowhere_are_told_by_the_commonest_reason():
    spaces = [
        a_space(rent_m2_month=90.0),
        a_space(id="S2", rent_m2_month=90.0),
        a_space(id="S3", area_m2=5.0),
    ]
    question = a_question(
        a_type(id="poor", affordable_rent_m2=10.0),
        a_type(id="high", floors=(7,)),
        a_type(id="fine"),
        policy={"relief_share": {"default": 0.5}},
        locks=Locks(forbid=(("*", "fine"),)),
    )
    said = told(a_city(spaces), budgeted(question, float("inf"), float("inf")))
    assert said["closed_rent"].values["types"] == "poor"
    assert said["closed_floor"].values["types"] == "high"
    assert said["closed_lock"].values["types"] == "fine"


def test_a_city_without_gaps_is_told_first():
    city, question = a_city([a_space()]), a_question(a_type(**COSTLY))
    assert next(iter(told(city, budgeted(question, 0.0, 0.0), lacking=0))) == "no_gaps"


def test_gaps_and_plans_carry_their_remarks(tmp_path):
    city = siting.read_city(write_city(tmp_path, outlets=ODD))
    found = siting.find_gaps(city, Scenario(standard=STANDARD))
    assert "standard.outlet_types" in {n.key for n in found.remarks}
    plan = siting.solve(city, Scenario(standard=STANDARD, capital=0.0, subsidy_per_year=0.0))
    assert "standard.budget_none_capital" in {n.key for n in plan.remarks}


def test_solve_says_its_remarks_on_stderr_and_ends_with_0(tmp_path, capsys):
    folder = write_city(tmp_path / "city")
    flags = ("--standard", STANDARD, "--capital", "0", "--subsidy", "1e6", "--lang", "en")
    said = say(capsys, "solve", str(folder), *flags, "-o", str(tmp_path / "plan"))
    assert said.code == 0
    assert "the capital budget is 0" in said.err
    assert "note: " not in said.out


def test_unknown_spaces_and_types_of_locks_are_told_together(tmp_path):
    city = siting.read_city(write_city(tmp_path))
    locks = Locks(forbid=(("s7", "*"), ("*", "pharmaci")), open=(("s1", "bakeri"),))
    with pytest.raises(InputError) as error:
        api.resolve(city, Scenario(standard=STANDARD, locks=locks, **MONEY))
    words = [n.values["word"] for n in error.value.notices]
    assert sorted(words) == ["bakeri", "pharmaci", "s7"]


def test_lines_that_another_line_counts_are_left_to_check():
    from siting.errors import Notice

    many = [
        Notice("city.metric_chosen"),
        Notice("city.left_out", file="o.csv"),
        *[Notice("city.category", file="o.csv", value=f"c{n}") for n in range(9)],
        Notice("city.more", file="o.csv"),
        Notice("city.no_spaces"),
    ]
    shown, more = brief(many, 6)
    assert [n.key for n in shown] == ["city.no_spaces", "city.left_out", "city.metric_chosen"]
    assert more == 0
    assert len(by_weight(many)) == len(many)


def test_a_reward_for_a_grade_that_the_standard_does_not_have_is_told():
    rewards = {"rewards": ({"grade": "high", "amount": 1.0}, {"amount": 2.0})}
    city = a_city([a_space()])
    said = told(city, a_question(a_type(), policy=rewards))["reward_grade"]
    assert "rewards grade high" in said.line()
    assert "it has -" in said.line()
    grade = Grade(id="high", zh="高", en="high")
    graded = a_question(a_type(), policy=rewards, rules={"grades": (grade,)})
    assert "reward_grade" not in told(city, graded)


def with_hosts(tmp_path, *hosts):
    rows = [f"s{k},10,10,80,10,{host}" for k, host in enumerate(hosts)]
    spaces = "\n".join(["id,x,y,area_m2,rent_m2_month,host", *rows, ""])
    return write_city(tmp_path, spaces=spaces)


@pytest.mark.parametrize("standard", [None, STANDARD])
def test_a_host_of_a_type_that_nobody_knows_is_a_fault_of_the_city(tmp_path, standard):
    folder = with_hosts(tmp_path, "o1", "pharmaci", "pharmacy", "tea_house", "pharmaci")
    city, faults, _ = api.check_city(folder, standard)
    assert city is None
    near, far = (n.line() for n in faults)
    assert near == "space s1, column host: unknown type pharmaci; did you mean pharmacy?"
    assert far.startswith("space s3, column host: unknown type tea_house")


def test_a_host_may_be_of_a_type_that_outlets_have(tmp_path):
    folder = with_hosts(tmp_path, "o1", "zzzz", "convenience_store")
    (folder / "outlets.csv").write_text(ODD, encoding="utf-8")
    city, faults, said = api.check_city(folder)
    assert city is not None, [n.line() for n in faults]
    assert any(n.key == "standard.outlet_types" for n in said)  # there it is told
