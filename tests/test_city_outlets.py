from __future__ import annotations

import pytest
from city_folder import CONFIG, remark_keys, remarks, write_city

from siting.city.read import read_city

TYPES = (
    CONFIG
    + """[outlets.types]
"药房" = "pharmacy"
"便利店" = "convenience_store"
"超市" = "convenience_store"
"""
)


def test_words_count_as_they_are_without_a_types_table(tmp_path):
    outlets = "id,x,y,type\no1,0,0,bakery; pharmacy；bakery\n"
    city = read_city(write_city(tmp_path, outlets=outlets))
    assert city.outlets.types.tolist() == [("bakery", "pharmacy")]


def test_local_categories_become_types(tmp_path):
    outlets = "id,x,y,type\no1,0,0,药房\no2,5,5,超市；便利店;药房\n"
    city = read_city(write_city(tmp_path, city=TYPES, outlets=outlets))
    assert city.outlets.types.tolist() == [("pharmacy",), ("convenience_store", "pharmacy")]


def test_unlisted_categories_are_counted_and_left_out(tmp_path):
    rows = "".join(f"o{i},{i},0,酒吧\n" for i in range(3))
    outlets = f"id,x,y,type\n{rows}k1,0,9,银行;药房\nk2,0,5,便利\n"
    folder = write_city(tmp_path, city=TYPES, outlets=outlets)
    city = read_city(folder)
    assert city.outlets.id.tolist() == ["k1"]
    assert city.outlets.y.tolist() == [9.0]
    said = remarks(folder)
    assert any("4 outlets were left out" in line and "酒吧 (3)" in line for line in said)
    assert any("便利 (1, did you mean 便利店?)" in line for line in said)


def test_a_category_is_told_once_by_the_line_that_counts_or_by_its_own(tmp_path):
    outlets = "id,x,y,type\n" + "".join(f"o{i},{i},0,bar{i}\n" for i in range(8))
    said = remarks(write_city(tmp_path, city=TYPES, outlets=outlets))
    assert [sum(line.count(f"bar{i}") for line in said) for i in range(8)] == [1] * 8


def test_city_whose_outlets_are_all_left_out_has_none(tmp_path):
    folder = write_city(tmp_path, city=TYPES, outlets="id,x,y,type\no1,0,0,酒吧\n")
    assert {"city.no_outlets", "city.left_out"} <= remark_keys(folder)


def test_category_may_stand_for_several_types(tmp_path):
    text = CONFIG + 'types = { mall = ["bakery", "cinema"], shop = "bakery;tea" }\n'
    outlets = "id,x,y,type\no1,0,0,mall\no2,9,0,shop\n"
    city = read_city(write_city(tmp_path, city=text, outlets=outlets))
    assert city.outlets.types.tolist() == [("bakery", "cinema"), ("bakery", "tea")]


@pytest.mark.parametrize("column", ["area_m2", "chain", "spare_m2"])
def test_unknown_areas_and_chains_are_not_zero_but_no_spare_floor_is(tmp_path, column):
    outlets = "id,x,y,type,area_m2,chain,spare_m2\no1,0,0,bakery,,,\n"
    found = getattr(read_city(write_city(tmp_path, outlets=outlets)).outlets, column)[0]
    assert found == 0.0 if column == "spare_m2" else found != found
