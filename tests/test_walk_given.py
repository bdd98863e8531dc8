"""Walking times and distances from another tool."""

import numpy as np
import pytest
from walk_city import make_city, make_streets, make_walks, pairs

from siting.city.model import Walking
from siting.walk.walks import walk

WALKING = Walking(metres_per_minute=60.0, groups=(("everyone", 80.0), ("aged_60_plus", 50.0)))
LIMITS = {"everyone": 1_200_000, "aged_60_plus": 750_000, "aged_0_3": 900_000}


def reach(rows, unit, kind="space", targets=None):
    points = [(0, 0)] * 3
    table = make_walks(rows, unit, space=True)
    city = make_city(points, points, points, walks=table, walking=WALKING)
    return walk(city, kind, LIMITS, targets)


def given(rows, unit, group):
    return pairs(reach(rows, unit)[group])


@pytest.mark.parametrize("group", LIMITS)
def test_metres_without_a_group_are_a_distance_for_everybody(group):
    assert given([(2, 1, "", 123.4567)], "metres", group) == {(1, 2): 123_457}


@pytest.mark.parametrize("group", LIMITS)
def test_minutes_without_a_group_are_the_distance_that_everyone_walks(group):
    # 10 minutes at 80 m/min; the old need 16 minutes for the same 800 m
    assert given([(2, 1, "", 10.0)], "minutes", group) == {(1, 2): 800_000}


def test_metres_with_a_group_hold_for_that_group_only():
    rows = [(0, 0, "", 100.0), (0, 0, "aged_60_plus", 130.0), (1, 0, "aged_60_plus", 20.0)]
    assert given(rows, "metres", "aged_60_plus") == {(0, 0): 130_000, (0, 1): 20_000}
    assert given(rows, "metres", "everyone") == {(0, 0): 100_000}
    assert given(rows, "metres", "aged_0_3") == {(0, 0): 100_000}


def test_minutes_with_a_group_are_walked_at_the_speed_of_that_group():
    rows = [(0, 0, "", 10.0), (0, 0, "aged_60_plus", 12.0), (1, 0, "aged_0_3", 2.0)]
    assert given(rows, "minutes", "aged_60_plus") == {(0, 0): 600_000}
    assert given(rows, "minutes", "aged_0_3") == {(0, 0): 800_000, (0, 1): 120_000}
    assert given(rows, "minutes", "everyone") == {(0, 0): 800_000}


def test_a_row_with_the_group_everyone_does_not_hold_for_other_groups():
    rows = [(0, 0, "everyone", 5.0)]
    assert given(rows, "metres", "everyone") == {(0, 0): 5_000}
    assert given(rows, "metres", "aged_60_plus") == {}


def test_a_longer_row_of_the_group_still_replaces_the_common_one():
    rows = [(0, 0, "", 100.0), (0, 0, "aged_60_plus", 99_999.0)]
    assert given(rows, "metres", "aged_60_plus") == {}


def test_exactly_the_limit_counts_and_a_millimetre_more_does_not():
    rows = [(0, 0, "", 1200.0), (1, 0, "", 1200.001)]
    assert given(rows, "metres", "everyone") == {(0, 0): 1_200_000}


def test_the_shortest_of_several_rows_for_one_pair_counts():
    assert given([(0, 0, "", 9.0), (0, 0, "", 7.0), (0, 0, "", 8.0)], "metres", "everyone") == {
        (0, 0): 7_000
    }


def test_rows_in_any_order_give_ascending_places():
    rows = [(2, 1, "", 3.0), (0, 2, "", 4.0), (0, 1, "", 1.0), (1, 0, "", 2.0)]
    expected = {(0, 1): 2_000, (1, 0): 1_000, (1, 2): 3_000, (2, 0): 4_000}
    assert given(rows, "metres", "everyone") == expected


def test_groups_without_rows_of_their_own_share_one_reach():
    found = reach([(0, 0, "", 9.0), (1, 1, "aged_60_plus", 9.0)], "metres")
    assert found["everyone"] is found["aged_0_3"]
    assert found["everyone"] is not found["aged_60_plus"]
    assert {one.limit_mm for one in found.values()} == {1_200_000}


def test_rows_of_targets_not_asked_for_are_empty():
    rows = [(0, 0, "", 1.0), (0, 1, "", 2.0), (0, 2, "", 3.0)]
    found = reach(rows, "metres", targets=np.array([2, 1]))["everyone"]
    assert found.targets == 3
    assert pairs(found) == {(1, 0): 2_000, (2, 0): 3_000}


def test_given_walks_replace_ours_for_both_kinds():
    found = reach([(0, 0, "", 1.0)], "metres", kind="outlet")["everyone"]
    assert pairs(found) == {}
    assert found.targets == 3


def test_given_walks_replace_streets():
    streets = make_streets([(0, 0), (9, 0)], [(0, 1, 9)])
    walks = make_walks([(0, 0, "", 5.0)], "metres", space=True)
    city = make_city([(0, 0), (9, 0)], [(0, 0)], streets=streets, walks=walks)
    assert pairs(walk(city, "space", {"all": 99_000})["all"]) == {(0, 0): 5_000}


def test_an_empty_table_reaches_nobody():
    assert given([], "minutes", "everyone") == {}
