from __future__ import annotations

import pytest
from city_folder import OUTLETS, PLACES, SPACES, faults, write_city

from siting.city.cells import number_in, parts
from siting.city.read import read_city
from siting.city.spaces import storey
from siting.errors import InputError

GEOGRAPHIC = '[city]\ncrs = "EPSG:4326"\n[places]\nfile = "places.csv"\n'


def one_fault(folder):
    (line,) = faults(folder)
    return line


@pytest.mark.parametrize(
    ("table", "old", "new", "whereabouts", "said"),
    [
        ("places", "p2,300,0,North,50", "p2,300,0,North,many", "row 3, column everyone", "text"),
        ("places", "p2,300,0,North,50", "p2,300,0,North,50人", "value '50人'", "write 50"),
        ("places", "p2,300,0,North,50", "p2,300,0,North,NaN", "row 3, column everyone", "NaN"),
        ("places", "p2,300,0,North,50", "p2,inf,0,North,50", "row 3, column x", "infinity"),
        ("places", "p2,300,0,North,50", "p2,300,0,North,1e999", "row 3", "infinity"),
        ("places", "p2,300,0,North,50", "p2,300,0,North,-1", "value '-1", "not be negative"),
        ("places", "p2,300,0,North,50", "p2,300,0,North,", "row 3, column everyone", "empty"),
        ("places", "p2,300,0,North,50", "p2,300,0,,50", "row 3, column community", "no community"),
        ("places", "p2,", "p1,", "row 3, column id, value 'p1'", "row 2 already"),
        ("places", "p2,", ",", "row 3, column id", "empty"),
        ("spaces", "s1,100,0,80", "s1,100,0,0", "row 2, column area_m2", "above 0"),
        ("spaces", "s1,100,0,80", "s1,100,0,-5", "row 2, column area_m2", "above 0"),
        ("spaces", "80,30", "80,-30", "row 2, column rent_m2_month", "negative"),
        ("outlets", "pharmacy\n", "\n", "row 2, column type", "empty"),
        ("outlets", "o2,", "o1,", "row 3, column id", "row 2 already"),
    ],
)
def test_bad_cell_is_one_fault_with_its_whereabouts(tmp_path, table, old, new, whereabouts, said):
    text = {"places": PLACES, "spaces": SPACES, "outlets": OUTLETS}[table].replace(old, new, 1)
    line = one_fault(write_city(tmp_path, **{table: text}))
    assert line.startswith(f"{table}.csv, ")
    assert whereabouts in line
    assert said in line


def test_faults_of_all_tables_are_raised_at_once(tmp_path):
    folder = write_city(
        tmp_path,
        places=PLACES.replace("100\n", "x\n"),
        spaces=SPACES.replace("80,", "-1,"),
        outlets=OUTLETS.replace("o2", "o1"),
    )
    with pytest.raises(InputError) as raised:
        read_city(folder)
    assert raised.value.exit_code == 2
    assert {n.file for n in raised.value.notices} == {"places.csv", "spaces.csv", "outlets.csv"}


def test_long_lists_are_cut_and_counted(tmp_path):
    rows = "".join(f"p{i},0,0,North,-1\n" for i in range(35))
    lines = faults(write_city(tmp_path, places="id,x,y,community,everyone\n" + rows))
    assert len(lines) == 21
    assert "15 more" in lines[-1]


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("p1,200,10,5", "x", "no longitude"),
        ("p1,200,100,5", "y", "no latitude"),
        ("p1,10,95,5", "y", "x and y look swapped"),
        ("p1,31.2,121.5,5", "y", "x and y look swapped"),
    ],
)
def test_degrees_out_of_range_are_faults(tmp_path, row, column, said):
    folder = write_city(tmp_path, city=GEOGRAPHIC, places=f"id,x,y,everyone\n{row}\n")
    assert any(f"column {column}" in line and said in line for line in faults(folder))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        (" 12.5 ", 12.5),
        ("1,234", 1234.0),
        ("1,234,567.5", 1234567.5),
        ("１２３", 123.0),
        ("−5", -5.0),
        ("1e3", 1000.0),
        ("1,5", None),
        ("12,34", None),
        ("1_000", None),
        ("0x10", None),
        ("12 m", None),
        ("", None),
    ],
)
def test_only_unambiguous_text_is_a_number(text, number):
    assert number_in(text) == number


def test_separators_and_full_width_digits_are_understood_in_tables(tmp_path):
    text = PLACES.replace("100\n", '"1,234"\n').replace("300,", "３００,")
    city = read_city(write_city(tmp_path, places=text))
    assert city.places.residents["everyone"].tolist() == [1234.0, 50.0, 10.5]
    assert city.places.x.tolist() == [0.0, 300.0, 0.0]


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("1", 1),
        ("1.0", 1),
        ("1F", 1),
        ("F2", 2),
        ("2楼", 2),
        ("三层", 3),
        ("十二层", 12),
        ("二十一楼", 21),
        ("首层", 1),
        ("-1", -1),
        ("B1", -1),
        ("b2", -2),
        ("-1F", -1),
        ("地下1层", -1),
        ("地下一层", -1),
        ("负一楼", -1),
        ("２Ｆ", 2),
        ("0", 0),
        ("1-2层", None),
        ("roof", None),
        ("1.5", None),
    ],
)
def test_storeys_are_understood_as_people_write_them(text, floor):
    assert storey(text) == floor


@pytest.mark.parametrize(("cell", "said"), [("0", "no storey 0"), ("roof", "is no storey")])
def test_floor_that_is_none_is_a_fault_with_the_mend(tmp_path, cell, said):
    text = f"id,x,y,area_m2,rent_m2_month,floor\ns1,0,0,50,10,{cell}\n"
    line = one_fault(write_city(tmp_path, spaces=text))
    assert said in line
    assert "1 for the ground floor" in line


def test_optional_columns_of_spaces_have_defaults(tmp_path):
    text = "id,x,y,area_m2,rent_m2_month,floor,max_types\ns1,0,0,50,0,,\n"
    spaces = read_city(write_city(tmp_path, spaces=text)).spaces
    assert (spaces.floor[0], spaces.max_types[0], spaces.min_types[0]) == (1, 3, 1)
    assert (spaces.kind[0], spaces.features[0], spaces.capital_fixed[0]) == ("", frozenset(), 0.0)
    assert spaces.capital_m2[0] != spaces.capital_m2[0]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("max_types", "0", "at least 1"),
        ("max_types", "2.5", "whole number"),
        ("min_types", "4", "above max_types"),
        ("capital_fixed", "-1", "negative"),
        ("capital_m2", "-1", "negative"),
    ],
)
def test_bad_optional_value_of_a_space_is_a_fault(tmp_path, column, cell, said):
    text = f"id,x,y,area_m2,rent_m2_month,{column}\ns1,0,0,50,0,{cell}\n"
    assert said in one_fault(write_city(tmp_path, spaces=text))


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("2万", "20000"),
        ("1.2万元", "12000"),
        ("5千万", "50000000"),
        ("3亿", "300000000"),
        ('"1,200元"', "1200"),
        ("２，０００ 元", "2000"),
        ("2 million", "2000000"),
        ("80㎡", "80"),
    ],
)
def test_the_number_advised_counts_the_words_for_its_size(tmp_path, cell, meant):
    text = f"id,x,y,area_m2,rent_m2_month,capital_fixed\ns1,0,0,50,0,{cell}\n"
    assert one_fault(write_city(tmp_path, spaces=text)).endswith(f"write {meant}")


@pytest.mark.parametrize("cell", ["2元/天", "2亩", "2w", "2万5", "两万"])
def test_no_number_is_advised_where_the_unit_could_change_it(tmp_path, cell):
    text = f"id,x,y,area_m2,rent_m2_month\ns1,0,0,50,{cell}\n"
    assert one_fault(write_city(tmp_path, spaces=text)).endswith("write the number alone")


def test_features_are_lower_case_words_between_either_semicolon(tmp_path):
    text = "id,x,y,area_m2,rent_m2_month,features\ns1,0,0,50,0,Flue; water；GAS;\n"
    spaces = read_city(write_city(tmp_path, spaces=text)).spaces
    assert spaces.features[0] == frozenset({"flue", "water", "gas"})


def test_parts_of_a_cell_are_each_taken_once_in_order():
    assert parts(" b ；a;b;; ") == ["b", "a"]


@pytest.mark.parametrize(
    ("cell", "value"), [("1", 1.0), ("TRUE", 1.0), ("是", 1.0), ("0", 0.0), ("否", 0.0)]
)
def test_chain_column_is_understood(tmp_path, cell, value):
    folder = write_city(tmp_path, outlets=f"id,x,y,type,chain\no1,0,0,bakery,{cell}\n")
    assert read_city(folder).outlets.chain.tolist() == [value]


def test_chain_column_of_other_words_is_a_fault(tmp_path):
    folder = write_city(tmp_path, outlets="id,x,y,type,chain\no1,0,0,bakery,perhaps\n")
    assert "write 1 or 0" in one_fault(folder)


def test_ids_keep_leading_zeros_and_long_digits(tmp_path):
    text = "id,x,y,everyone\n007,0,0,1\n123456789012345678901,5,0,1\n"
    city = read_city(write_city(tmp_path, places=text))
    assert city.places.id.tolist() == ["007", "123456789012345678901"]
