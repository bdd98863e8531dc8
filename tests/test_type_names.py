"""Sentences call types by their names; wherever a type is asked for, its names are taken too."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from cli_fakes import say
from small_town import asked, kind, town

import siting
from siting import api
from siting.errors import InfeasibleError, InputError, Name, Notice
from siting.standard.model import Locks
from siting.standard.names import with_names


def shop(**changed):
    return kind("pharmacy", zh="药店", en="Pharmacy", **changed)


@pytest.fixture(scope="module")
def plan():
    city = replace(town(), mapped_types=(("药房", "pharmacy"), ("面包房", "bakery")))
    return siting.solve(city, asked(shop(), kind("wet_market", zh="菜市场"), capital=50_000.0))


@pytest.mark.parametrize("word", ["pharmacy", "Pharmacy", "药店", "药房", " 药店 "])
def test_explain_takes_the_id_the_names_and_the_citys_own_word(plan, word):
    found = siting.explain(plan, community="East", type_=word)
    assert found.data["type"] == "pharmacy"
    assert siting.explain(plan, space="S1", type_=word).data["types"][0]["type"] == "pharmacy"


def test_explain_refuses_a_word_of_the_city_for_a_type_that_is_not_asked_for(plan):
    with pytest.raises(InputError, match="no such type"):
        siting.explain(plan, community="East", type_="面包房")


def test_explanations_call_types_features_and_kinds_by_their_names(plan):
    found = siting.explain(plan, community="East", type_="pharmacy")
    for lang, name in (("zh", "药店"), ("en", "Pharmacy")):
        said = "\n".join(n.line(lang) for n in found.notices)
        assert name in said
        assert "pharmacy" not in said
    said = "\n".join(n.line("zh") for n in siting.explain(plan, space="S1").notices)
    assert "菜市场" in said
    assert "market" not in said


def test_features_kinds_and_hosts_have_names_too():
    cook = kind("cook", needs=("flue", "gas"))
    above = kind("above", kinds_not=("basement",))
    city = town(kind=["basement", "shop", "shop", "shop"])
    plan = siting.solve(city, asked(cook, above, kind("shop"), capital=50_000.0))
    said = {
        lang: "\n".join(n.line(lang) for n in siting.explain(plan, space="S1").notices)
        for lang in ("zh", "en")
    }
    assert "缺少条件：烟道、燃气" in said["zh"]
    assert "lacks a feature: a flue, gas" in said["en"]
    assert "地下室" in said["zh"]
    assert "basement" not in said["zh"]


def test_reasons_why_there_is_no_plan_have_chinese_names():
    market = kind("wet_market", zh="菜市场", area_min_m2=500.0, area_typical_m2=500.0)
    with pytest.raises(InfeasibleError) as raised:
        siting.solve(town(), asked(market, floors={"wet_market": 0.8}), time_limit=10.0)
    said = "\n".join(n.line("zh") for n in raised.value.notices)
    assert "菜市场" in said
    assert "wet_market" not in said


def test_a_lock_that_is_refused_has_a_chinese_name():
    locks = Locks(open=(("S1", "wet_market"),))
    market = kind("wet_market", zh="菜市场", area_min_m2=500.0, area_typical_m2=500.0)
    with pytest.raises(InputError) as raised:
        siting.solve(town(), asked(market, locks=locks))
    assert "菜市场" in raised.value.notices[0].line("zh")


def test_where_nobody_counts_for_a_type_it_is_said():
    old = kind("elderly_station", zh="养老服务站", counting_group="aged_60_plus")
    city = town()
    residents = {**city.places.residents, "aged_60_plus": np.array([60.0, 40.0, 0.0])}
    city = replace(city, places=replace(city.places, residents=residents))
    plan = siting.solve(city, asked(old.model_copy(update={"groups": {"aged_60_plus": 1.0}})))
    (said,) = siting.explain(plan, community="East", type_="elderly_station").notices
    assert said.line("en") == (
        "nobody in East counts for elderly_station, so the standard asks for none there"
    )
    assert said.line("zh") == "East没有养老服务站应计的居民，标准在此不作要求"


def test_names_of_several_types_are_told_and_other_values_stay():
    standard = siting.Standard(id="s", zh="s", en="s", types=(shop(),))
    values = {"type": "pharmacy", "types": "pharmacy, wet_market", "count": 3, "best": "pharmacy"}
    (notice,) = with_names([Notice("solve.impossible", values=values)], standard)
    assert notice.values == values
    assert notice.values["type"].zh == "药店"
    assert notice.values["types"].zh == "药店、菜市场"
    assert notice.values["types"].en == "Pharmacy, Wet market"
    assert not isinstance(notice.values["best"], Name)
    again = pickle.loads(pickle.dumps(notice))
    assert again.values["type"].zh == "药店"
    assert again.values["type"].en == "Pharmacy"


def scenario(**changed):
    return asked(shop(), kind("wet_market", zh="菜市场", en="Wet market"), **changed)


@pytest.mark.parametrize("word", ["wet_market", "菜市场", "Wet market", "WET MARKET ", "农贸"])
def test_a_scenario_may_call_a_type_by_any_of_its_names(word):
    city = replace(town(), mapped_types=(("农贸", "wet_market"),))
    fund = {"id": "f", "amount": 1000.0, "types": (word,)}
    question = api.resolve(
        city,
        scenario(
            locks=Locks(open=(("S1", word),), forbid=(("*", "药店"), ("S2", "*"))),
            targets={word: 0.5, "basic": 0.1},
            floors={word: 0.25},
            funds=(fund,),
        ),
    )
    assert question.locks.open == (("S1", "wet_market"),)
    assert question.locks.forbid == (("*", "pharmacy"), ("S2", "*"))
    assert question.targets == {"pharmacy": 0.1, "wet_market": 0.5}
    assert question.floors == {"wet_market": 0.25}
    assert question.funds[0].types == ("wet_market",)


def test_a_word_for_no_type_is_one_line_with_the_nearest_name():
    for changed in (
        {"locks": Locks(open=(("S1", "菜市厂"),))},
        {"targets": {"菜市厂": 0.5}},
        {"floors": {"菜市厂": 0.5}},
        {"funds": ({"id": "f", "amount": 1.0, "types": ("菜市厂",)},)},
    ):
        with pytest.raises(InputError) as raised:
            api.resolve(town(), scenario(**changed))
        (line,) = {n.line("zh") for n in raised.value.notices}
        assert "菜市厂" in line
        assert "菜市场" in line


def test_a_name_of_several_types_is_refused_with_their_ids():
    two = asked(kind("one", zh="小店"), kind("two", zh="小店"), targets={"小店": 0.5})
    with pytest.raises(InputError) as raised:
        api.resolve(town(), two)
    (notice,) = [n for n in raised.value.notices if n.key == "standard.type_several"]
    assert "one, two" in notice.line("en")


def test_one_type_under_two_names_is_refused():
    with pytest.raises(InputError) as raised:
        api.resolve(town(), scenario(targets={"菜市场": 0.5, "wet_market": 0.4}))
    assert [n.key for n in raised.value.notices] == ["standard.type_twice"]


def test_the_command_line_takes_names_wherever_it_takes_types(tmp_path, capsys):
    siting.generate(tmp_path / "city", places=40, spaces=8, types=8, seed=2)
    flags = ("--forbid", "*：便利店", "--target", "Supermarket=0%", "--floor", "菜市场=0")
    out = tmp_path / "plan"
    said = say(capsys, "solve", str(tmp_path / "city"), "-o", str(out), *flags, "--quiet")
    assert (said.code, said.err) == (0, "")
    stated = siting.read_plan(out).document.inputs.scenario
    assert ["*", "convenience_store"] in [list(pair) for pair in stated["locks"]["forbid"]]
    assert stated["targets"] == {"supermarket": 0.0}
    assert stated["floors"] == {"wet_market": 0.0}
    said = say(capsys, "solve", str(tmp_path / "city"), "-o", str(out), "--floor", "菜市厂=0")
    assert said.code == 2
    assert "菜市场" in said.err
