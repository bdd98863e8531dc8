"""Numbers, pairs and switches: what the command line takes and what it refuses."""

from __future__ import annotations

import math

import pytest
from cli_fakes import document, say
from hypothesis import given
from hypothesis import strategies as st

from siting import api
from siting.cli.options import Numbers
from siting.errors import InputError
from siting.plan.model import Plan


@pytest.mark.parametrize(
    ("words", "amount"),
    [("5e6", 5e6), ("20000000", 2e7), ("5_000_000", 5e6), ("0", 0.0), ("12.5", 12.5)],
)
def test_an_amount_may_be_written_in_several_ways(words, amount):
    assert Numbers().amount("--capital", words, infinite=True) == amount


def test_inf_is_an_unlimited_budget():
    assert Numbers().amount("--capital", "inf", infinite=True) == math.inf


@pytest.mark.parametrize("words", ["-1", "nan", "abc", "", "-inf", "1e999", "5,000", "-0.01"])
def test_a_bad_amount_is_refused(words):
    numbers = Numbers()
    numbers.amount("--capital", words, infinite=True)
    with pytest.raises(InputError, match="--capital"):
        numbers.refuse()


@pytest.mark.parametrize("words", ["1", "-0.1", "nan", "inf", "x"])
def test_a_bad_gap_is_refused(words):
    numbers = Numbers()
    numbers.share("--gap", words)
    with pytest.raises(InputError, match="--gap"):
        numbers.refuse()


@pytest.mark.parametrize("words", ["0", "-3", "nan", "inf", "soon"])
def test_a_bad_time_limit_is_refused(words):
    numbers = Numbers()
    numbers.positive("--time-limit", words)
    with pytest.raises(InputError, match="--time-limit"):
        numbers.refuse()


@pytest.mark.parametrize("words", ["0", "1.5", "-1", "inf", "nan", "two"])
def test_a_bad_number_of_threads_is_refused(words):
    numbers = Numbers()
    numbers.whole("--threads", words, least=1)
    with pytest.raises(InputError, match="at least 1"):
        numbers.refuse()


def test_whole_numbers_may_have_underscores_and_exponents():
    numbers = Numbers()
    assert numbers.whole("--places", "20_000", least=1) == 20_000
    assert numbers.whole("--places", "1e6", least=1) == 1_000_000
    assert numbers.whole("--seed", "9007199254740993", least=0) == 9007199254740993
    assert not numbers.faults


@given(
    space=st.text(min_size=1).filter(lambda s: s == s.strip()),
    kind=st.from_regex(r"[a-z_]+", fullmatch=True),
)
def test_a_pair_is_split_at_its_last_colon(space, kind):
    numbers = Numbers()
    assert numbers.pair("--open", f"{space}:{kind}") == (space, kind)
    assert not numbers.faults


@pytest.mark.parametrize("words", ["S1", "S1:", ":pharmacy", ":", ""])
def test_half_a_pair_is_refused(words):
    numbers = Numbers()
    numbers.pair("--open", words)
    with pytest.raises(InputError, match="SPACE:TYPE"):
        numbers.refuse()


def test_shares_have_a_name_and_may_be_percentages():
    numbers = Numbers()
    said = ["basic=0.8", "wet_market = 50%", "a=b=1", "c=0"]
    found = {"basic": 0.8, "wet_market": 0.5, "a=b": 1.0, "c": 0.0}
    assert numbers.shares("--target", said) == found
    assert numbers.shares("--target", []) is None
    assert not numbers.faults


@pytest.mark.parametrize(
    "words", ["basic", "=0.5", "basic=", "basic=1.01", "a=-1", "a=nan", "a=80"]
)
def test_a_bad_named_share_is_refused(words):
    numbers = Numbers()
    numbers.shares("--floor", [words])
    with pytest.raises(InputError, match="--floor takes NAME=SHARE"):
        numbers.refuse()


def test_a_share_that_is_said_twice_is_refused():
    numbers = Numbers()
    numbers.shares("--target", ["basic=0.8", "basic=0.9"])
    with pytest.raises(InputError, match="--target names this twice"):
        numbers.refuse()


def test_unknown_rules_and_shares_are_named_with_the_other_faults(capsys):
    said = say(
        capsys, "solve", "c", "-o", "p", "--lang", "en", "--enforce", "quotas", "--enforce",
        "quota", "--target", "basic", "--floor", "a=2", "--objective", "beauty",
    )  # fmt: skip
    assert said.code == 2
    assert "--enforce knows only: quotas, spacing, most, operators, capacity" in said.err
    assert "--objective knows only: coverage, basic-first, grades, cost" in said.err
    assert len(said.err.splitlines()) == 4


def test_all_bad_options_are_named_at_once(capsys):
    said = say(
        capsys, "solve", "c", "-o", "p", "--lang", "en", "--capital", "-1", "--subsidy", "nan",
        "--gap", "2", "--open", "S1", "--objective", "beauty", "--threads", "0",
    )  # fmt: skip
    assert said.code == 2
    for option in ("--capital", "--subsidy", "--gap", "--open", "--objective", "--threads"):
        assert option in said.err
    assert len(said.err.splitlines()) == 6
    assert said.out == ""


def test_flags_become_a_scenario_and_what_no_flag_says_stays_open(capsys, monkeypatch, tmp_path):
    asked = {}

    def solve(city, scenario, **options):
        asked.update(options, city=city, scenario=scenario)
        return Plan(document=document())

    class Read:
        remarks = ()

    monkeypatch.setattr(api, "check_output", lambda *_: None)
    monkeypatch.setattr(api, "read_city", lambda _: Read)
    monkeypatch.setattr(api, "solve", solve)
    monkeypatch.setattr(Plan, "save", lambda _self, folder, **_: folder)
    said = say(
        capsys, "solve", "city", "-o", str(tmp_path / "p"), "--capital", "inf", "--open",
        "a:b:pharmacy", "--forbid", "*:laundry", "--forbid", "S2:*", "--gap", "0",
        "--time-limit", "7.5", "--threads", "1", "--seed", "3", "--solver", "SCIP",
        "--scenario", "s.toml", "--objective", "cost", "--enforce", "most", "--enforce",
        "quotas", "--enforce", "most", "--target", "basic=80%", "--grade", "basic",
    )  # fmt: skip
    assert said.code == 0, said.err
    scenario = asked["scenario"]
    assert scenario.capital == math.inf
    assert scenario.subsidy_per_year is None
    assert scenario.standard is None
    assert scenario.locks.open == (("a:b", "pharmacy"),)
    assert scenario.locks.forbid == (("*", "laundry"), ("S2", "*"))
    assert scenario.objective == "cost"
    assert scenario.enforce == ("most", "quotas")
    assert (scenario.targets, scenario.floors, scenario.grade) == ({"basic": 0.8}, None, "basic")
    assert (asked["gap"], asked["time_limit"], asked["threads"]) == (0.0, 7.5, 1)
    assert (asked["seed"], asked["solver"]) == (3, "SCIP")
    assert str(asked["scenario_file"]) == "s.toml"
