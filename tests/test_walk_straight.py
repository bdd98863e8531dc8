"""Walking in a straight line, and what holds for every way of walking."""

import numpy as np
import pytest
from walk_city import make_city, pairs

from siting.city.model import Walking
from siting.walk.walks import walk

FAR = 10_000_000


def reached(places, spaces, limit=FAR, detour=1.0, targets=None):
    city = make_city(places, spaces, walking=Walking(detour=detour))
    return pairs(walk(city, "space", {"all": limit}, targets)["all"])


def reached_plainly(places, spaces, limit, detour):
    place, space = np.asarray(places, float), np.asarray(spaces, float)
    gap = place[None, :, :] - space[:, None, :]
    mm = np.rint(np.sqrt(gap[..., 0] ** 2 + gap[..., 1] ** 2) * detour * 1000)
    return {(int(t), int(p)): int(mm[t, p]) for t, p in np.argwhere(mm <= limit)}


def test_a_straight_walk_is_the_distance_times_the_detour():
    assert reached([(3, 4)], [(0, 0)], detour=1.5) == {(0, 0): 7_500}


@pytest.mark.parametrize(("limit", "expected"), [(5_000, {(0, 0): 5_000}), (4_999, {})])
def test_exactly_the_limit_counts_and_a_millimetre_less_does_not(limit, expected):
    assert reached([(3, 4)], [(0, 0)], limit) == expected


def test_a_distance_that_rounds_down_to_the_limit_counts():
    assert reached([(5.0004, 0), (5.0006, 0)], [(0, 0)], 5_000) == {(0, 0): 5_000}


def test_a_limit_of_zero_reaches_only_what_is_there():
    assert reached([(0, 0), (1, 0), (0, 0)], [(0, 0)], 0) == {(0, 0): 0, (0, 2): 0}


@pytest.mark.parametrize("seed", range(20))
def test_random_points_agree_with_the_full_table(seed):
    rng = np.random.default_rng(seed)
    whole = rng.random() < 0.5
    places = rng.integers(-50, 50, (200, 2)) if whole else rng.normal(4e6, 40, (200, 2))
    spaces = rng.integers(-70, 70, (30, 2)) if whole else rng.normal(4e6, 60, (30, 2))
    detour = rng.choice([1.0, 1.33])
    for limit in (int(rng.integers(0, 10_000)), 25_000, 400_000):
        expected = reached_plainly(places, spaces, limit, detour)
        assert reached(places, spaces, limit, detour) == expected


def test_one_place_far_away_changes_nothing_for_the_others():
    places = [*np.random.default_rng(1).random((500, 2)) * 1_000, (4e7, -3e7)]
    spaces = [(500, 500), (0, 0), (4e7, -3e7), (-9e9, 9e9)]
    assert reached(places, spaces, 300_000) == reached_plainly(places, spaces, 300_000, 1.0)


def test_many_pairs_are_found_portion_by_portion():
    rng = np.random.default_rng(2)
    places, spaces = rng.random((2_000, 2)) * 100, rng.random((1_500, 2)) * 100
    reach = walk(make_city(places, spaces), "space", {"all": 200_000})["all"]
    np.testing.assert_array_equal(reach.place, np.tile(np.arange(2_000), 1_500))
    np.testing.assert_array_equal(reach.indptr, np.arange(1_501) * 2_000)
    gap = places - spaces[1_499]
    last = np.rint(np.sqrt(gap[:, 0] ** 2 + gap[:, 1] ** 2) * 1.33 * 1000)
    np.testing.assert_array_equal(reach.mm[-2_000:], last)


def test_rows_that_were_not_asked_for_are_empty():
    spaces = [(0, 0), (1, 0), (2, 0)]
    expected = {(0, 0): 5_000, (2, 0): 3_000}
    assert reached([(5, 0)], spaces, targets=np.array([2, 0])) == expected
    assert reached([(5, 0)], spaces, targets=np.array([], np.int64)) == {}


@pytest.mark.parametrize(
    ("places", "spaces"), [([], [(0, 0)]), ([(0, 0)], []), ([], []), ([(0, 900)], [(0, 0)])]
)
def test_nobody_in_reach_gives_empty_rows(places, spaces):
    reach = walk(make_city(places, spaces), "space", {"all": 800_000})["all"]
    assert pairs(reach) == {}
    assert (reach.targets, reach.places) == (len(spaces), len(places))


def test_all_groups_share_one_reach_up_to_the_largest_limit():
    city = make_city([(0, 0)], [(700, 0)], walking=Walking(groups=(("aged_60_plus", 50.0),)))
    limits = {"everyone": 900_000, "aged_60_plus": 750_000}
    reach = walk(city, "space", limits)
    assert list(reach) == ["everyone", "aged_60_plus"]
    assert reach["everyone"] is reach["aged_60_plus"]
    assert reach["everyone"].limit_mm == 900_000


def test_no_limits_give_no_reach():
    assert walk(make_city([(0, 0)], [(0, 0)]), "space", {}) == {}
