"""Spare floor in outlets, and the columns of spaces that say what may or must open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from city_folder import CONFIG, faults, remark_keys, remarks, write_city
from standard_cities import a_question, a_type

from siting.city.model import City
from siting.city.read import read_city
from siting.standard.options import REASONS, find_options

HEAD = "id,x,y,area_m2,rent_m2_month,kind"
SPARE = "id,x,y,type,spare_m2\no1,50,50,pharmacy,0\no2,0,850,bakery;pharmacy,30.5\n"


def spaces(columns: str, *cells: str) -> str:
    """Two spaces s1 and s2 with further columns."""
    rows = [f"s{n + 1},100,0,80,30,,{cell}" for n, cell in enumerate(cells)]
    return "\n".join([f"{HEAD},{columns}", *rows]) + "\n"


def read_spaces(folder, columns, *cells, **files):
    return read_city(write_city(folder, spaces=spaces(columns, *cells), **files)).spaces


def fault_of(folder, columns, *cells, **files):
    (line,) = faults(write_city(folder, spaces=spaces(columns, *cells), **files))
    return line


# Hosts


def test_a_host_is_an_outlet_or_its_types(tmp_path):
    found = read_spaces(tmp_path, "host", "o2", "pharmacy；tea_house", "o1;o2", "")
    assert found.host.tolist() == [
        ("bakery", "pharmacy"),
        ("pharmacy", "tea_house"),
        ("pharmacy", "bakery"),
        (),
    ]


def test_a_space_with_a_host_is_an_add_on_unless_it_says_otherwise(tmp_path):
    table = f"{HEAD},host\ns1,0,0,80,30,,o1\ns2,0,0,80,30,shed,o1\ns3,0,0,80,30,,\n"
    found = read_city(write_city(tmp_path, spaces=table)).spaces
    assert found.kind.tolist() == ["add_on", "shed", ""]


def test_a_host_may_be_a_local_category(tmp_path):
    config = CONFIG + 'types = { "药房" = "pharmacy", "糕点" = "bakery" }\n'
    table = "id,x,y,type\no1,0,0,药房\n"
    found = read_spaces(tmp_path, "host", "糕点", "o1", city=config, outlets=table)
    assert found.host.tolist() == [("bakery",), ("pharmacy",)]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("O99", "is neither an outlet's id nor a type any outlet has; "),
        ("pharmacy;o22", "did you mean o2?"),
        ("24小时店", "is neither an outlet's id nor a type"),
    ],
)
def test_an_unknown_host_is_a_fault(tmp_path, cell, said):
    line = fault_of(tmp_path, "host", "o1", cell)
    assert line.startswith(f"spaces.csv, row 3, column host, value '{cell}'")
    assert said in line


def test_nothing_is_said_of_hosts_where_the_outlets_cannot_be_read(tmp_path):
    (line,) = faults(write_city(tmp_path, spaces=spaces("host", "O99"), outlets="id,x,y\n"))
    assert "outlets.csv" in line


@pytest.mark.parametrize("column", ["host", "basic_share", "open", "forbid"])
def test_an_empty_column_is_no_column(tmp_path, column):
    found = read_spaces(tmp_path, column, "", "")
    assert found.host is found.basic_share is found.open_types is found.forbid_types is None


# Spare floor


def test_spare_floor_of_an_outlet_becomes_a_space(tmp_path):
    folder = write_city(tmp_path, outlets=SPARE)
    city = read_city(folder)
    found = city.spaces
    assert found.id.tolist() == ["s1", "s2", "o2+spare"]
    assert found.area_m2[2] == 30.5
    assert (found.x[2], found.y[2]) == (city.outlets.x[1], city.outlets.y[1])
    assert found.community[2] == city.outlets.community[1] == 1
    assert found.rent_m2_month[2] == found.capital_fixed[2] == 0.0
    assert np.isnan(found.capital_m2[2])
    assert (found.kind[2], found.floor[2], found.features[2]) == ("add_on", 1, frozenset())
    assert (found.min_types[2], found.max_types[2]) == (1, 3)
    assert found.host.tolist() == [(), (), ("bakery", "pharmacy")]
    (said,) = [line for line in remarks(folder) if "spare floor" in line]
    assert said.startswith("1 outlets have spare floor")
    assert "o2+spare" in said


def test_without_spare_floor_nothing_is_added_or_said(tmp_path):
    folder = write_city(tmp_path, outlets=SPARE.replace("30.5", ""))
    assert len(read_city(folder).spaces) == 2
    assert "city.spare_floor" not in remark_keys(folder)


def test_the_id_of_spare_floor_never_clashes(tmp_path):
    table = f"{HEAD}\no2+spare,0,0,80,30,shop\no2+spare+,0,0,80,30,shop\n"
    city = read_city(write_city(tmp_path, spaces=table, outlets=SPARE))
    assert city.spaces.id.tolist() == ["o2+spare", "o2+spare+", "o2+spare++"]


def test_spare_floor_that_the_table_of_spaces_lists_is_not_counted_twice(tmp_path):
    table = spaces("host", "o2", "")
    city = read_city(write_city(tmp_path, spaces=table, outlets=SPARE))
    assert city.spaces.id.tolist() == ["s1", "s2"]


def test_spare_floor_has_the_rent_that_the_outlets_state(tmp_path):
    table = "id,x,y,type,spare_m2,rent_m2_month\no1,0,0,pharmacy,10,12.5\no2,0,9,bakery,10,\n"
    city = read_city(write_city(tmp_path, outlets=table))
    assert city.spaces.rent_m2_month[2:].tolist() == [12.5, 0.0]


def test_an_outlet_that_is_left_out_has_no_spare_floor(tmp_path):
    config = CONFIG + 'types = { pharmacy = "pharmacy" }\n'
    table = "id,x,y,type,spare_m2,rent_m2_month\no1,0,0,bar,10,1\no2,0,9,pharmacy,20,2\n"
    city = read_city(write_city(tmp_path, city=config, outlets=table))
    assert city.spaces.id.tolist()[2:] == ["o2+spare"]
    assert city.spaces.rent_m2_month.tolist()[2:] == [2.0]


def test_a_city_may_have_spare_floor_only(tmp_path):
    folder = write_city(tmp_path, outlets=SPARE, spaces=f"{HEAD}\n")
    assert read_city(folder).spaces.id.tolist() == ["o2+spare"]
    assert "city.no_spaces" not in remark_keys(folder)
    config = CONFIG.replace('[spaces]\nfile = "spaces.csv"\n', "")
    city = read_city(write_city(tmp_path / "b", city=config, outlets=SPARE))
    assert city.spaces.id.tolist() == ["o2+spare"]


def test_other_columns_are_neutral_on_spare_floor(tmp_path):
    table = spaces("basic_share,open,forbid", "0.5,bakery,pharmacy", ",,")
    found = read_city(write_city(tmp_path, spaces=table, outlets=SPARE)).spaces
    assert found.basic_share.tolist() == [0.5, 0.0, 0.0]
    assert found.open_types.tolist() == [("bakery",), (), ()]
    assert found.forbid_types.tolist() == [("pharmacy",), (), ()]
    assert found.host.tolist() == [(), (), ("bakery", "pharmacy")]


def test_walks_of_another_tool_to_an_outlet_hold_for_its_spare_floor(tmp_path):
    config = CONFIG + '[walks]\nfile = "walks.csv"\n'
    walks = "from,to,kind,group,metres\np1,o2,outlet,,7\np2,o2,outlet,aged_0_3,8\n"
    walks += "p1,o1,outlet,,9\np3,s1,space,,5\n"
    city = read_city(write_city(tmp_path, city=config, walks=walks, outlets=SPARE))
    assert city.spaces.id.tolist() == ["s1", "s2", "o2+spare"]
    given = city.walks
    rows = zip(
        given.place.tolist(),
        given.target.tolist(),
        given.is_space.tolist(),
        given.group.tolist(),
        given.amount.tolist(),
        strict=True,
    )
    assert sorted(rows) == [
        (0, 0, False, "", 9.0),
        (0, 1, False, "", 7.0),
        (0, 2, True, "", 7.0),
        (1, 1, False, "aged_0_3", 8.0),
        (1, 2, True, "aged_0_3", 8.0),
        (2, 0, True, "", 5.0),
    ]


def test_frames_have_spare_floor_too():
    places = pd.DataFrame({"id": ["p"], "x": [0.0], "y": [0.0], "everyone": [9]})
    empty = {"id": [], "x": [], "y": [], "area_m2": [], "rent_m2_month": []}
    outlets = pd.DataFrame(
        {"id": ["o"], "x": [5.0], "y": [6.0], "type": ["shop"], "spare_m2": [100.0]}
    )
    city = City.from_frames(places, pd.DataFrame(empty), outlets)
    found = find_options(city, a_question(a_type(), a_type(id="cafe")))
    host = 1 + REASONS.index("host")
    assert found.refused.tolist() == [[host, 0]]
    assert found.subsidy_fen.tolist() == [0]


# Shares and locks


def test_shares_are_numbers_or_percentages(tmp_path):
    found = read_spaces(tmp_path, "basic_share", "0.45", "45%", "４５％", "1", "", "0 %")
    assert found.basic_share.tolist() == [0.45, 0.45, 0.45, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("cell", ["45", "-0.1", "1.01", "101%", "half", "nan", "%"])
def test_what_is_no_share_is_a_fault(tmp_path, cell):
    line = fault_of(tmp_path, "basic_share", "0.1", cell)
    assert line.startswith(
        f"spaces.csv, row 3, column basic_share, value '{cell}': must be a share"
    )


def test_locks_are_words_or_local_categories(tmp_path):
    config = CONFIG + 'types = { "药房" = "pharmacy", pharmacy = "pharmacy", bakery = "bakery" }\n'
    found = read_spaces(
        tmp_path, "open,forbid", "药房; pharmacy;bakery,", ",*", ",tea_house；bakery", city=config
    )
    assert found.open_types.tolist() == [("pharmacy", "bakery"), (), ()]
    assert found.forbid_types.tolist() == [(), ("*",), ("tea_house", "bakery")]


def test_not_everything_can_be_opened(tmp_path):
    line = fault_of(tmp_path, "open", "*")
    assert line.startswith("spaces.csv, row 2, column open, value '*': * stands for all types")


def test_the_least_number_of_types_is_read(tmp_path):
    found = read_spaces(tmp_path, "min_types,max_types", "2,3", ",")
    assert found.min_types.tolist() == [2, 1]
