"""Chinese sentences call types by their Chinese names; explain takes any word for a type."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from small_town import asked, kind, town

import siting
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


def test_an_explanation_in_chinese_has_no_ids_and_one_in_english_has(plan):
    found = siting.explain(plan, community="East", type_="pharmacy")
    said = "\n".join(n.line("zh") for n in found.notices)
    assert "药店" in said
    assert "pharmacy" not in said
    assert "pharmacy" in "\n".join(n.line("en") for n in found.notices)
    said = "\n".join(n.line("zh") for n in siting.explain(plan, space="S1").notices)
    assert "菜市场" in said
    assert "market" not in said


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
    assert not isinstance(notice.values["best"], Name)
    again = pickle.loads(pickle.dumps(notice))
    assert again.values["type"].zh == "药店"
