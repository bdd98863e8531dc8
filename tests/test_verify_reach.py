import math

import numpy as np
import pytest
import verify_cities as make
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.city.model import Walking
from siting.verify import streets as street_module
from siting.verify.reach import own_reach, pave
from siting.verify.spread import least_of_each, slices, spread
from siting.walk.walks import walk

FAR = 600_000


def pairs(reach, row):
    a, b = reach.indptr[row], reach.indptr[row + 1]
    places = reach.place[a:b].tolist()
    assert places == sorted(set(places))
    return dict(zip(places, reach.mm[a:b].tolist(), strict=True))


def reach_of(city, kind, limits, targets):
    return own_reach(city, kind, limits, targets, pave(city))


def both(city, kind, limit, targets=None):
    count = len(city.spaces if kind == "space" else city.outlets)
    targets = np.arange(count) if targets is None else np.array(targets, dtype=np.int64)
    ours = reach_of(city, kind, {"everyone": limit}, targets)["everyone"]
    theirs = walk(city, kind, {"everyone": limit}, targets)["everyone"]
    return (
        [pairs(ours, r) for r in range(len(targets))],
        [pairs(theirs, t) for t in targets],
    )


def random_streets(rng, nodes, segments):
    x, y = rng.uniform(0, 500, nodes), rng.uniform(0, 500, nodes)
    ends = rng.integers(0, nodes, (segments, 2))  # loops and parallel segments among them
    straight = np.hypot(x[ends[:, 0]] - x[ends[:, 1]], y[ends[:, 0]] - y[ends[:, 1]])
    longer = np.maximum(straight * rng.uniform(1, 1.5, segments), 0.0004)
    return make.make_streets(x, y, ends, longer)


def street_city(rng, nodes=12, segments=16, places=25, spaces=6):
    streets = random_streets(rng, nodes, segments)
    at_node = rng.integers(0, nodes, 3)  # points exactly on a junction have connectors of 0
    px = np.concatenate([rng.uniform(-50, 550, places - 3), streets.node_x[at_node]])
    py = np.concatenate([rng.uniform(-50, 550, places - 3), streets.node_y[at_node]])
    sx = np.concatenate([rng.uniform(0, 500, spaces - 2), px[[0, -1]]])
    sy = np.concatenate([rng.uniform(0, 500, spaces - 2), py[[0, -1]]])
    return make.make_city(
        make.make_places(px, py),
        make.make_outlets([], [], []),
        make.make_spaces(sx, sy),
        streets=streets,
    )


def slow_rows(city, limit):
    points = list(zip(city.places.x.tolist(), city.places.y.tolist(), strict=True))
    rows = []
    for source in zip(city.spaces.x.tolist(), city.spaces.y.tolist(), strict=True):
        far = make.slow_streets(city.streets, source, points)
        rows.append({p: mm for p, mm in enumerate(far) if mm is not None and mm <= limit})
    return rows


@pytest.mark.parametrize("seed", range(25))
def test_street_walks_are_those_of_a_plain_search(seed):
    city = street_city(np.random.default_rng(seed))
    ours, theirs = both(city, "space", FAR)
    assert ours == slow_rows(city, FAR)
    assert ours == theirs


@pytest.mark.parametrize("seed", range(6))
def test_street_walks_do_not_depend_on_bundles_and_pieces(seed, monkeypatch):
    monkeypatch.setattr(street_module, "_SOURCES", 2)
    monkeypatch.setattr(street_module, "_WHOLE", 0)
    city = street_city(np.random.default_rng(100 + seed), nodes=40, segments=55, spaces=9)
    ours, _ = both(city, "space", 250_000)
    assert ours == slow_rows(city, 250_000)


def test_a_walk_of_exactly_the_limit_counts_and_one_millimetre_more_does_not():
    # a street of 300 m; the space at 0 m, a place 5 m beside 100.000 m, another beside 100.001 m
    city = make.make_city(
        make.make_places([100.0, 100.001], [5.0, 5.0]),
        make.make_outlets([], [], []),
        make.make_spaces([0.0], [0.0]),
        streets=make.make_streets([0, 300], [0, 0], [(0, 1)]),
    )
    assert both(city, "space", 105_000)[0] == [{0: 105_000}]
    assert both(city, "space", 105_001)[0] == [{0: 105_000, 1: 105_001}]


def test_parallel_segments_and_loops_count_with_their_own_length():
    # 0 -> 1 by 100 m (segment 0) and by 40 m (segment 1); a loop of 60 m at node 1
    streets = make.make_streets(
        [0, 100, 100], [0, 0, 0], [(0, 1), (0, 1), (1, 1)], [100.0, 40.0, 60.0]
    )
    city = make.make_city(
        make.make_places([0.0, 100.0], [0.0, 0.0]),
        make.make_outlets([], [], []),
        make.make_spaces([0.0], [0.0]),
        streets=streets,
    )
    # both points join segment 0 (lowest index); the space at its tail, the place at its head
    assert both(city, "space", FAR)[0] == [{0: 0, 1: 40_000}]


def test_a_segment_without_extent_can_be_joined():
    streets = make.make_streets([0, 0, 200], [0, 0, 0], [(0, 1), (1, 2)], [7.0, 200.0])
    city = make.make_city(
        make.make_places([-3.0, 150.0], [0.0, 0.0]),
        make.make_outlets([], [], []),
        make.make_spaces([-1.0], [0.0]),
        streets=streets,
    )
    # both -1 and -3 join segment 0 at its tail (f is 0); to 150 m: 1 + 7 + 150
    ours, theirs = both(city, "space", FAR)
    assert ours == [{0: 4_000, 1: 158_000}] == theirs


def test_places_in_another_piece_of_the_network_are_out_of_reach():
    city = make.make_city(
        make.make_places([10.0, 10.0], [0.0, 20.0]),
        make.make_outlets([], [], []),
        make.make_spaces([0.0], [0.0]),
        streets=make.make_streets([0, 50, 0, 50], [0, 0, 20, 20], [(0, 1), (2, 3)]),
    )
    assert both(city, "space", FAR)[0] == [{0: 10_000}]


def test_without_segments_nobody_walks_anywhere():
    city = make.make_city(
        make.make_places([0.0], [0.0]),
        make.make_outlets([], [], []),
        make.make_spaces([0.0], [0.0]),
        streets=make.make_streets([], [], []),
    )
    assert both(city, "space", FAR)[0] == [{}]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), limit=st.sampled_from([1, 30_000, 150_000, 900_000]))
def test_straight_walks_are_those_of_a_plain_scan(seed, limit):
    rng = np.random.default_rng(seed)
    shift = rng.choice([0.0, 4.4e6])
    px, py = rng.uniform(0, 800, (2, 40)) + shift
    sx, sy = rng.uniform(-1500, 2300, (2, 12)) + shift
    sx[0], sy[0] = px[0], py[0]
    detour = 1.33
    city = make.make_city(
        make.make_places(px, py),
        make.make_outlets([], [], []),
        make.make_spaces(sx, sy),
        walking=Walking(detour=detour),
    )
    expected = []
    for x, y in zip(sx.tolist(), sy.tolist(), strict=True):
        row = {}
        for p, (a, b) in enumerate(zip(px.tolist(), py.tolist(), strict=True)):
            mm = round(math.sqrt((a - x) ** 2 + (b - y) ** 2) * detour * 1000)
            if mm <= limit:
                row[p] = mm
        expected.append(row)
    ours, theirs = both(city, "space", limit)
    assert ours == expected
    assert ours == theirs


def test_straight_walks_reach_places_exactly_at_the_limit():
    city = make.make_city(
        make.make_places([300.0, 300.001], [400.0, 400.0]),
        make.make_outlets([], [], []),
        make.make_spaces([0.0], [0.0]),
        walking=Walking(detour=1.0),
    )
    assert both(city, "space", 500_000)[0] == [{0: 500_000}]


def given_city(walks):
    return make.make_city(
        make.make_places([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        make.make_outlets([0.0], [0.0], [("shop",)]),
        make.make_spaces([0.0, 0.0], [0.0, 0.0]),
        walking=Walking(metres_per_minute=60.0, groups=(("old", 40.0),)),
        walks=walks,
    )


def test_given_minutes_are_everyones_way_unless_a_group_states_its_own():
    city = given_city(
        make.make_walks(
            [
                (0, 1, True, "", 5.0),  # 300 m for all
                (1, 1, True, "", 6.0),  # 360 m for everyone ...
                (1, 1, True, "old", 8.0),  # ... but 8 x 40 = 320 m for the old
                (2, 1, True, "old", 9.0),  # 360 m, nobody else gets there
                (0, 0, False, "", 1.0),  # an outlet
            ],
            "minutes",
        )
    )
    limits = {"everyone": 400_000, "old": 360_000}
    reach = reach_of(city, "space", limits, np.array([0, 1]))
    assert [pairs(reach["everyone"], r) for r in (0, 1)] == [{}, {0: 300_000, 1: 360_000}]
    assert pairs(reach["old"], 1) == {0: 300_000, 1: 320_000, 2: 360_000}
    outlet = reach_of(city, "outlet", limits, np.array([0]))
    assert pairs(outlet["old"], 0) == {0: 60_000}


def test_given_metres_are_rounded_to_the_millimetre_and_the_shortest_row_counts():
    city = given_city(
        make.make_walks(
            [(0, 0, True, "", 12.0006), (0, 0, True, "", 11.0), (1, 0, True, "", 12.0006)]
        )
    )
    reach = reach_of(city, "space", {"everyone": 12_001}, np.array([0]))["everyone"]
    assert pairs(reach, 0) == {0: 11_000, 1: 12_001}
    reach = reach_of(city, "space", {"everyone": 12_000}, np.array([0]))["everyone"]
    assert pairs(reach, 0) == {0: 11_000}


def test_groups_that_walk_the_same_ways_share_a_record_up_to_the_widest_limit():
    city = street_city(np.random.default_rng(3))
    reach = reach_of(city, "space", {"everyone": 900, "old": 800_000}, np.arange(6))
    assert reach["everyone"] is reach["old"]
    assert reach["old"].limit_mm == 800_000


def test_no_targets_and_no_limits_reach_nobody():
    city = street_city(np.random.default_rng(4))
    none = np.empty(0, dtype=np.int64)
    assert reach_of(city, "space", {"everyone": 5}, none)["everyone"].targets == 0
    assert reach_of(city, "space", {}, np.arange(3)) == {}


@pytest.mark.parametrize("huge", [False, True])
def test_least_of_each_keeps_the_least_of_every_pair(huge):
    big = 1 << 40 if huge else 1  # so large that the numbers do not fit one packed key
    target = np.array([1, 0, 1, 1]) * big
    place = np.array([2, 5, 2, 1]) * big
    mm = np.array([9, 4, 7, 3])
    found = [a.tolist() for a in least_of_each(target, place, mm)]
    assert found == [[0, big, big], [5 * big, big, 2 * big], [4, 3, 7]]


def test_spread_lists_the_members_of_ranges():
    member, owner = spread(np.array([5, 9, 2]), np.array([2, 0, 3]))
    assert member.tolist() == [5, 6, 2, 3, 4]
    assert owner.tolist() == [0, 0, 2, 2, 2]


def test_slices_cut_where_the_weight_is_reached_and_never_stop():
    assert slices(np.array([3, 3, 10, 1, 1]), 6) == [(0, 2), (2, 3), (3, 5)]
    assert slices(np.array([], dtype=np.int64), 6) == []
