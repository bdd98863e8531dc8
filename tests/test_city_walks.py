from __future__ import annotations

import pytest
from city_folder import CONFIG, faults, remark_keys, write_city

from siting.city.read import read_city

WALKS = CONFIG + '[walks]\nfile = "walks.csv"\n'


def city_with(folder, walks, **files):
    return read_city(write_city(folder, city=WALKS, walks=walks, **files))


def rows(walks):
    return list(
        zip(
            walks.place.tolist(),
            walks.target.tolist(),
            walks.is_space.tolist(),
            walks.group.tolist(),
            walks.amount.tolist(),
            strict=True,
        )
    )


def test_walks_are_resolved_to_indices(tmp_path):
    text = "from,to,kind,group,minutes\np3,s2,space,,4\np1,o2,outlet,aged_60_plus,7.5\n"
    walks = city_with(tmp_path, text).walks
    assert rows(walks) == [(0, 1, False, "aged_60_plus", 7.5), (2, 1, True, "", 4.0)]
    assert walks.unit == "minutes"


def test_of_repeated_walks_the_smallest_counts(tmp_path):
    text = "from,to,kind,metres\np1,s1,space,9\np1,s1,space,4\np1,s1,space,6\np1,o1,outlet,1\n"
    city = city_with(tmp_path, text)
    assert rows(city.walks) == [(0, 0, True, "", 4.0), (0, 0, False, "", 1.0)]
    assert "city.walk_twice" in {n.key for n in city.remarks}


def test_walks_to_outlets_that_were_left_out_are_left_out(tmp_path):
    config = WALKS.replace('"outlets.csv"', '"outlets.csv"\ntypes = { bakery = "bakery" }')
    text = "from,to,kind,metres\np1,o1,outlet,9\np1,o2,outlet,4\n"
    city = read_city(write_city(tmp_path, city=config, walks=text))
    assert city.outlets.id.tolist() == ["o2"]
    assert rows(city.walks) == [(0, 0, False, "", 4.0)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from,to,kind,minutes\np9,s1,space,1\n", "row 2, column from, value 'p9'"),
        ("from,to,kind,minutes\np1,s9,space,1\n", "no such space"),
        ("from,to,kind,minutes\np1,s1,outlet,1\n", "no such outlet"),
        ("from,to,kind,minutes\np1,s1,room,1\n", "neither space nor outlet"),
        ("from,to,kind,minutes\np1,s1,space,-1\n", "not be negative"),
        ("from,to,kind,minutes\np1,s1,space,nan\n", "column minutes, value 'nan'"),
        ("from,to,kind,minutes\np1,s1,space,\n", "column minutes: the cell is empty"),
        ("from,to,kind,minutes,metres\np1,s1,space,1,60\n", "both minutes and metres"),
        ("from,to,kind\np1,s1,space\n", "neither minutes nor metres"),
    ],
)
def test_bad_walk_is_one_fault(tmp_path, text, said):
    (line,) = faults(write_city(tmp_path, city=WALKS, walks=text))
    assert line.startswith("walks.csv")
    assert said in line


def test_walk_to_a_space_of_a_city_without_spaces_is_a_fault(tmp_path):
    config = '[places]\nfile = "places.csv"\n[walks]\nfile = "walks.csv"\n'
    text = "from,to,kind,minutes\np1,s1,space,1\n"
    (line,) = faults(write_city(tmp_path, city=config, walks=text))
    assert "no such space" in line


def test_walks_without_any_pair_are_remarked(tmp_path):
    folder = write_city(tmp_path, city=WALKS, walks="from,to,kind,minutes\n")
    assert {"city.no_space_pairs", "city.no_outlet_pairs"} <= remark_keys(folder)
    assert len(read_city(folder).walks) == 0
