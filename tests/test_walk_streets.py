"""Walking over streets: hand-computed networks, and a plain reference on random ones."""

import numpy as np
import pytest
from walk_city import make_city, make_streets, pairs

from siting.walk.search import search
from siting.walk.streets import build_network, join_streets
from siting.walk.walks import walk

FAR = 10_000_000
LINE = make_streets([(0, 0), (100, 0), (200, 0)], [(0, 1, 100), (1, 2, 100)])


def walked(streets, places, spaces, limit=FAR):
    return pairs(walk(make_city(places, spaces, streets=streets), "space", {"all": limit})["all"])


def joined_plainly(streets, points):
    """Segment, position and connector of each point, by a scan over all segments."""
    px, py = (np.asarray(points, float).reshape(-1, 2).T)[:, :, None]
    ax, ay = streets.node_x[streets.tail], streets.node_y[streets.tail]
    dx, dy = streets.node_x[streets.head] - ax, streets.node_y[streets.head] - ay
    l2 = dx * dx + dy * dy
    along = np.clip(((px - ax) * dx + (py - ay) * dy) / np.where(l2 == 0, 1, l2), 0, 1)
    along = np.where(l2 == 0, 0, along)
    off = np.rint(np.sqrt((px - (ax + along * dx)) ** 2 + (py - (ay + along * dy)) ** 2) * 1000)
    segment = off.argmin(axis=1)  # the first of equals
    row = np.arange(len(segment))
    position = np.rint(along[row, segment] * millimetres(streets)[segment])
    return segment, position.astype(int), off[row, segment].astype(int)


def millimetres(streets):
    return np.maximum(1, np.rint(streets.length_m * 1000)).astype(int)


def walked_plainly(streets, places, spaces):
    """All pairs by Floyd-Warshall over the junctions and the points where places join."""
    nodes, points = len(streets.node_x), [*places, *spaces]
    segment, position, off = joined_plainly(streets, points)
    length = millimetres(streets)
    far = 1 << 60
    table = np.full((nodes + len(points),) * 2, far)
    np.minimum.at(table, (streets.tail, streets.head), length)
    foot = nodes + np.arange(len(points))
    np.minimum.at(table, (foot, streets.tail[segment]), position)
    np.minimum.at(table, (foot, streets.head[segment]), length[segment] - position)
    same = segment[:, None] == segment
    direct = np.where(same, abs(position[:, None] - position), far)
    table[nodes:, nodes:] = np.minimum(table[nodes:, nodes:], direct)
    table = np.minimum(table, table.T)
    np.fill_diagonal(table, 0)
    for k in range(len(table)):
        table = np.minimum(table, table[:, k : k + 1] + table[k])
    table = table[nodes:, nodes:] + off[:, None] + off
    return {
        (t, p): int(table[len(places) + t, p])
        for t in range(len(spaces))
        for p in range(len(places))
        if table[len(places) + t, p] < far
    }


def random_network(seed):
    """Streets on whole coordinates (so that ties abound), with loops, doubles and islands."""
    rng = np.random.default_rng(seed)
    nodes = rng.integers(0, 12, (14, 2)) * 10
    ends = rng.integers(0, 14, (18, 2))
    length = np.hypot(*(nodes[ends[:, 0]] - nodes[ends[:, 1]]).T) * rng.choice([1, 1.25], 18)
    length[length == 0] = rng.choice([0.0001, 7.5])
    streets = make_streets(nodes, np.column_stack((ends, length)))
    return streets, rng.integers(0, 120, (25, 2)), rng.integers(0, 120, (8, 2))


def test_a_point_joins_the_middle_of_a_segment_and_walks_its_connector():
    # 3 m to the street, 60 m along it, 40 m of the next segment, 4 m off it
    assert walked(LINE, [(40, 3)], [(140, -4)]) == {(0, 0): 3_000 + 60_000 + 40_000 + 4_000}


def test_two_points_on_one_segment_walk_directly_along_it():
    assert walked(LINE, [(20, 1)], [(70, 2)]) == {(0, 0): 1_000 + 50_000 + 2_000}


def test_two_points_on_one_segment_go_round_the_network_where_that_is_shorter():
    # the straight segment is 100 m as drawn, but 1000 m to walk; the way round is 120 m
    ring = make_streets([(0, 0), (100, 0), (50, 40)], [(0, 1, 1000), (0, 2, 60), (2, 1, 60)])
    assert walked(ring, [(10, 0)], [(90, 0)]) == {(0, 0): 100_000 + 120_000 + 100_000}


def test_a_point_beyond_the_end_of_a_street_joins_at_the_end():
    assert walked(LINE, [(-3, 4)], [(0, 0)]) == {(0, 0): 5_000}


def test_lengths_as_stated_count_rather_than_lengths_as_drawn():
    slow = make_streets([(0, 0), (100, 0)], [(0, 1, 300)])
    assert walked(slow, [(0, 0)], [(50, 0)]) == {(0, 0): 150_000}


def test_a_segment_takes_at_least_a_millimetre():
    short = make_streets([(0, 0), (0, 0), (100, 0)], [(0, 1, 1e-9), (1, 2, 100)])
    # (0, 0) joins segment 0 at its tail; 100 m of segment 1 and all of segment 0 lie between
    assert walked(short, [(0, 0)], [(100, 0)]) == {(0, 0): 100_001}


@pytest.mark.parametrize(("limit", "expected"), [(107_000, {(0, 0): 107_000}), (106_999, {})])
def test_exactly_the_limit_counts_and_a_millimetre_less_does_not(limit, expected):
    assert walked(LINE, [(40, 3)], [(140, -4)], limit) == expected


@pytest.mark.parametrize(("limit", "expected"), [(53_000, {(0, 0): 53_000}), (52_999, {})])
def test_the_limit_is_exact_on_one_segment_whose_ends_are_out_of_reach(limit, expected):
    long = make_streets([(0, 0), (10_000, 0)], [(0, 1, 10_000)])
    assert walked(long, [(5_000, 1)], [(5_050, 2)], limit) == expected


@pytest.mark.parametrize(("limit", "expected"), [(200_000, {(0, 0): 200_000}), (199_999, {})])
def test_a_place_at_a_junction_exactly_at_the_limit_counts(limit, expected):
    # the place joins the first of the two segments at its junction, the one that leads away
    row = make_streets(
        [(0, 0), (100, 0), (200, 0), (300, 0)], [(2, 3, 100), (0, 1, 100), (1, 2, 100)]
    )
    assert walked(row, [(200, 0)], [(0, 0)], limit) == expected


def test_another_component_is_unreachable_not_near():
    islands = make_streets([(0, 0), (100, 0), (0, 5), (100, 5)], [(0, 1, 100), (2, 3, 100)])
    places = [(50, 0), (50, 5)]
    assert walked(islands, places, [(50, 1), (50, 4)]) == {(0, 0): 1_000, (1, 1): 1_000}


def test_a_place_at_the_target_is_at_distance_zero_and_within_a_limit_of_zero():
    assert walked(LINE, [(50, 0), (51, 0)], [(50, 0)], 0) == {(0, 0): 0}


def test_a_place_off_the_street_at_the_target_walks_to_the_street_and_back():
    assert walked(LINE, [(50, 7)], [(50, 7)]) == {(0, 0): 14_000}


def test_of_equally_near_segments_the_first_is_joined():
    # (50, 0) lies 10 m from both; only the first leads to the target
    apart = [(0, 10), (100, 10), (0, -10), (100, -10)]
    for segments in ([(0, 1, 100), (2, 3, 100)], [(2, 3, 100), (0, 1, 100)]):
        streets = make_streets(apart, segments)
        reached = walked(streets, [(50, 0)], [(0, 10), (0, -10)])
        first = 0 if segments[0] == (0, 1, 100) else 1
        assert reached == {(first, 0): 60_000}


def test_segments_count_as_equally_near_when_their_whole_millimetres_agree():
    # the second is nearer, by less than the rounding shows
    streets = make_streets([(0, 10.0001), (9, 10.0001), (0, -10), (9, -10)], [(0, 1, 9), (2, 3, 9)])
    assert walked(streets, [(5, 0)], [(5, 20), (5, -20)]) == {(0, 0): 20_000}


@pytest.mark.parametrize("seed", range(40))
def test_random_networks_agree_with_floyd_and_warshall(seed):
    streets, places, spaces = random_network(seed)
    assert walked(streets, places, spaces) == walked_plainly(streets, places, spaces)


@pytest.mark.parametrize("seed", range(10))
def test_a_limit_keeps_exactly_the_pairs_up_to_it(seed):
    streets, places, spaces = random_network(seed)
    whole = walked_plainly(streets, places, spaces)
    some = sorted(whole.values())[len(whole) // 3]
    for limit in (some, some - 1):
        expected = {pair: mm for pair, mm in whole.items() if mm <= limit}
        assert walked(streets, places, spaces, limit) == expected


@pytest.mark.parametrize("far_off", [0, 1e7])
def test_every_point_joins_the_segment_that_a_plain_scan_finds(far_off):
    rng = np.random.default_rng(5)
    nodes = np.concatenate((rng.integers(0, 100, (300, 2)), rng.random((300, 2)) * 100))
    nodes[0] += far_off
    ends = rng.integers(0, 600, (900, 2))
    ends[:700, 1] = np.minimum(ends[:700, 0] + 1, 599)
    streets = make_streets(nodes, np.column_stack((ends, rng.random(900) * 50)))
    points = np.concatenate((rng.integers(-20, 120, (400, 2)), rng.random((400, 2)) * 100))
    points[7] = (3e6, -2e6)
    network = build_network(streets)
    joined = join_streets(network, points[:, 0], points[:, 1])
    segment, position, connector = joined_plainly(streets, points)
    np.testing.assert_array_equal(network.tree.segment[joined.segment], segment)
    np.testing.assert_array_equal(joined.position, position)
    np.testing.assert_array_equal(joined.connector, connector)


def test_a_crowd_on_one_segment_is_listed_whole():
    x = np.random.default_rng(0).permutation(5_000) / 100
    reached = walked(LINE, np.column_stack((x, np.zeros(5_000))), [(0, 0)])
    assert reached == {(0, place): round(x[place] * 1000) for place in range(5_000)}


def test_rows_do_not_depend_on_what_else_is_asked():
    rng = np.random.default_rng(3)
    side = np.arange(12)
    node = side[:, None] * 12 + side
    ends = [*zip(node[:, :-1].flat, node[:, 1:].flat, strict=True)]
    ends += [*zip(node[:-1].flat, node[1:].flat, strict=True)]
    nodes = [(100 * (i // 12), 100 * (i % 12)) for i in range(144)]
    streets = make_streets(nodes, [(a, b, 100) for a, b in ends])
    city = make_city(rng.random((300, 2)) * 1_100, rng.random((1_500, 2)) * 1_100, streets=streets)
    every = pairs(walk(city, "space", {"all": 400_000})["all"])
    asked = np.array([1_400, 3, 700, 3])
    some = walk(city, "space", {"all": 400_000}, asked)["all"]
    assert some.targets == 1_500
    assert pairs(some) == {pair: mm for pair, mm in every.items() if pair[0] in asked}
    assert {target for target, _ in pairs(some)} == {3, 700, 1_400}


def test_outlets_are_targets_of_their_own():
    city = make_city([(0, 0)], [(10, 0)], [(30, 0), (20, 0)], streets=LINE)
    assert pairs(walk(city, "space", {"all": FAR})["all"]) == {(0, 0): 10_000}
    outlets = pairs(walk(city, "outlet", {"all": FAR})["all"])
    assert outlets == {(0, 0): 30_000, (1, 0): 20_000}


@pytest.mark.parametrize(
    ("places", "spaces"), [([], [(0, 0)]), ([(0, 0)], []), ([], []), ([(0, 900)], [(0, 0)])]
)
def test_nobody_in_reach_gives_empty_rows(places, spaces):
    city = make_city(places, spaces, streets=LINE)
    reach = walk(city, "space", {"all": 800_000})["all"]
    assert pairs(reach) == {}
    assert (reach.targets, reach.places) == (len(spaces), len(places))


def test_a_network_without_segments_reaches_nobody():
    assert walked(make_streets([(0, 0)], []), [(0, 0)], [(0, 0)]) == {}


def test_limits_beyond_32_bits_are_cut_to_what_the_distances_can_hold():
    reach = walk(make_city([(0, 0)], [(9, 0)], streets=LINE), "space", {"all": 2**40})["all"]
    assert reach.limit_mm == 2**31 - 1
    assert pairs(reach) == {(0, 0): 9_000}


def test_a_way_longer_than_32_bits_hold_is_out_of_reach_not_negative():
    endless = make_streets([(0, 0), (1, 0), (2, 0)], [(0, 1, 3e6), (1, 2, 3e6)])
    assert walked(endless, [(0, 0), (2, 0)], [(0, 0)], 2**40) == {(0, 0): 0}


def test_frozen_arrays_are_walked_by_the_same_compiled_code():
    city = make_city([(0, 0)], [(9, 0)], streets=make_streets([(0, 0), (20, 0)], [(0, 1, 20)]))
    walk(city, "space", {"all": FAR})
    for array in (city.places.x, city.spaces.x, city.streets.node_x, city.streets.length_m):
        array.flags.writeable = False
    assert pairs(walk(city, "space", {"all": FAR})["all"]) == {(0, 0): 9_000}
    assert len(search.signatures) == 1
