"""The fixed shape of generated cities, so that nobody can make the exam easier."""

import sys
import tomllib

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull, cKDTree

from siting.city.read import read_city
from siting.errors import InputError
from siting.generate.city import RUNGS, generate
from siting.generate.names import community_names
from siting.generate.question import full_cost
from siting.standard.catalogue import load_catalogue
from siting.standard.model import Scenario
from siting.standard.options import find_options
from siting.standard.scenarios import resolve
from siting.walk.reach import millimetres
from siting.walk.walks import walk

SMALL = [("village", 0), ("village", 1), ("village", 34), ("town", 0), ("town", 5)]


@pytest.fixture(scope="module", params=SMALL, ids=lambda p: f"{p[0]}-{p[1]}")
def made(request, tmp_path_factory):
    rung, seed = request.param
    folder = tmp_path_factory.mktemp("made") / rung
    places, spaces, types = RUNGS[rung]
    generate(folder, places=places, spaces=spaces, types=types, seed=seed)
    city = read_city(folder)
    question = resolve(Scenario(), city_folder=folder)
    return folder, city, question, (places, spaces, types)


def size(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def small(folder, seed=3, **changes):
    generate(folder, **{"places": 120, "spaces": 20, "types": 6, "seed": seed, **changes})


# --- what is read back


def test_a_city_is_read_without_a_fault_or_a_remark(made):
    _, city, _, _ = made
    assert city.remarks == ()


def test_sizes_are_exactly_those_asked_for(made):
    _, city, question, (places, spaces, types) = made
    assert len(city.places) == places
    assert len(city.spaces) == spaces
    assert len(question.standard.types) == types


def test_rungs_are_those_of_the_ladder():
    assert RUNGS == {
        "village": (500, 60, 23),
        "town": (2_000, 200, 23),
        "district": (20_000, 1_000, 30),
        "city": (100_000, 5_000, 50),
        "metropolis": (1_000_000, 20_000, 50),
    }


def test_large_cities_are_parquet_and_are_read_too(tmp_path):
    generate(tmp_path / "large", places=50_000, spaces=50, types=2, seed=1)
    assert (tmp_path / "large" / "places.parquet").is_file()
    assert not list((tmp_path / "large").glob("*.csv"))
    assert len(read_city(tmp_path / "large").places) == 50_000


# --- places


def test_about_250_places_a_square_kilometre(made):
    _, city, _, (places, _, _) = made
    area = ConvexHull(np.column_stack([city.streets.node_x, city.streets.node_y])).volume / 1e6
    assert 0.8 * places / 250 < area < 1.2 * places / 250


def test_places_stand_in_clusters_of_several_sizes(made):
    """Strewn at random, the number within 150 m would vary about as its root."""
    _, city, _, _ = made
    tree = cKDTree(np.column_stack([city.places.x, city.places.y]))
    around = np.array([len(near) for near in tree.query_ball_point(tree.data, 150.0)])
    assert around.var() > 4 * around.mean()


def test_residents_are_whole_tens_to_hundreds(made):
    _, city, _, _ = made
    everyone = city.places.residents["everyone"]
    assert (everyone == np.rint(everyone)).all()
    assert everyone.min() >= 8
    assert everyone.max() <= 800
    assert 40 < everyone.mean() < 100
    assert everyone.std() > 0.5 * everyone.mean()


def test_everyone_contains_the_other_groups(made):
    _, city, _, _ = made
    people = city.places.residents
    assert set(people) == {"everyone", "aged_60_plus", "aged_0_3", "aged_3_12"}
    others = people["aged_60_plus"] + people["aged_0_3"] + people["aged_3_12"]
    assert (others <= people["everyone"]).all()


def test_old_quarters_and_new_estates_differ(made):
    """The old and the young live apart, and neighbours are alike."""
    _, city, _, _ = made
    people = city.places.residents
    old = people["aged_60_plus"] / people["everyone"]
    young = (people["aged_0_3"] + people["aged_3_12"]) / people["everyone"]
    assert np.quantile(old, 0.9) > 1.4 * np.quantile(old, 0.1)
    assert np.corrcoef(old, young)[0, 1] < -0.2
    xy = np.column_stack([city.places.x, city.places.y])
    _, near = cKDTree(xy).query(xy, k=6)
    assert np.corrcoef(old, old[near[:, 1:]].mean(axis=1))[0, 1] > 0.25


def test_communities_hold_about_ten_to_twenty_thousand(made):
    _, city, _, _ = made
    held = np.bincount(city.places.community, city.places.residents["everyone"])
    assert 2 <= len(held) <= 16
    assert len(held) == len(city.communities)
    assert held.min() > 5_000
    assert held.max() < 30_000


# --- streets


def test_streets_are_one_piece_of_a_grid_with_missing_links(made):
    _, city, _, _ = made
    streets = city.streets
    n = len(streets.node_x)
    links = coo_array((np.ones(len(streets)), (streets.tail, streets.head)), shape=(n, n))
    assert connected_components(links, directed=False)[0] == 1
    degree = np.bincount(np.concatenate([streets.tail, streets.head]), minlength=n)
    assert degree.max() <= 4
    whole = 2 * n - 2 * np.sqrt(n)  # links of a full square grid
    assert 0.75 * whole < len(streets) < 0.97 * whole


def test_blocks_are_uneven_and_about_a_hundred_metres_long(made):
    _, city, _, _ = made
    streets = city.streets
    straight = np.hypot(
        streets.node_x[streets.head] - streets.node_x[streets.tail],
        streets.node_y[streets.head] - streets.node_y[streets.tail],
    )
    assert (streets.length_m >= straight).all()
    assert 100 < np.median(streets.length_m) < 150
    assert streets.length_m.std() > 12


# --- outlets


def lacking(city, one):
    """Share of a type's counting group that no outlet serves, by the product's own walk."""
    limit = millimetres(one.minutes, city.walking.speed(one.counting_group))
    of_type = np.flatnonzero([one.id in words for words in city.outlets.types])
    reach = walk(city, "outlet", {one.counting_group: limit}, of_type)[one.counting_group]
    served = np.zeros(len(city.places), dtype=bool)
    served[reach.place[reach.mm <= limit]] = True
    people = city.places.residents[one.counting_group]
    return people[~served].sum() / people.sum()


def test_every_type_is_lacking_for_15_to_85_percent_of_its_residents(made):
    _, city, question, _ = made
    left = {one.id: lacking(city, one) for one in question.standard.types}
    assert {k: v for k, v in left.items() if not 0.15 <= v <= 0.85} == {}
    assert max(left.values()) - min(left.values()) > 0.3


def test_some_outlets_serve_as_several_types(made):
    _, city, question, _ = made
    several = sum(len(words) > 1 for words in city.outlets.types)
    assert 0 < several < 0.3 * len(city.outlets)
    asked = {one.id for one in question.standard.types}
    assert {word for words in city.outlets.types for word in words} == asked


# --- spaces


def test_three_in_four_spaces_take_one_type_and_one_in_four_two_to_four(made):
    _, city, _, (_, spaces, _) = made
    assert (city.spaces.max_types == 1).sum() == spaces - round(spaces / 4)
    assert set(city.spaces.max_types) == {1, 2, 3, 4}


def test_one_in_five_spaces_has_a_one_off_cost(made):
    _, city, _, (_, spaces, _) = made
    assert (city.spaces.capital_fixed > 0).sum() == round(spaces / 5)


def test_rents_areas_and_costs_vary_by_a_factor_of_ten(made):
    _, city, question, _ = made
    options = find_options(city, question)
    one_off = city.spaces.capital_fixed[city.spaces.capital_fixed > 0]
    for amounts in (
        city.spaces.rent_m2_month,
        city.spaces.area_m2,
        options.capital_fen,
        options.subsidy_fen[options.subsidy_fen > 0],
    ):
        assert np.quantile(amounts, 0.95) > 10 * np.quantile(amounts, 0.05)
    assert one_off.max() > 6 * one_off.min()


def test_spaces_are_of_all_six_kinds_and_basements_lie_below_ground(made):
    _, city, _, _ = made
    kind = city.spaces.kind
    assert set(kind) == {"plant", "shop", "shed", "kiosk", "basement", "community_room"}
    assert ((city.spaces.floor < 0) == (kind == "basement")).all()
    assert np.median(city.spaces.area_m2[kind == "plant"]) > 20 * np.median(
        city.spaces.area_m2[kind == "kiosk"]
    )


def test_every_type_has_spaces_and_nearly_every_space_has_options(made):
    _, city, question, (_, spaces, types) = made
    allowed = find_options(city, question).refused == 0
    assert 0.35 < allowed.mean() < 0.65
    assert allowed.sum(axis=0).min() >= max(2, 0.03 * spaces)
    assert allowed.any(axis=1).mean() > 0.95
    assert allowed.shape == (spaces, types)


# --- the question


def test_types_are_those_on_foot_in_order_then_numbered_copies(tmp_path):
    small(tmp_path / "c", types=45)
    own = tomllib.loads((tmp_path / "c" / "standard.toml").read_text("utf-8"))
    on_foot = [t.id for t in load_catalogue().types if t.asks]
    copies = [f"{word}_2" for word in on_foot[: 45 - len(on_foot)]]
    assert [entry["id"] for entry in own["types"]] == on_foot + copies
    types = resolve(Scenario(), city_folder=tmp_path / "c").standard.types
    assert all(one.asks for one in types)
    first, copy = types[0], types[len(on_foot)]
    assert copy.id == "convenience_store_2"
    assert copy.minutes != first.minutes
    assert "minutes" in copy.unverified


def test_budgets_buy_between_a_tenth_and_a_fifth_of_what_the_spaces_could_become(made):
    _, city, question, _ = made
    options = find_options(city, question)
    capital, subsidy = full_cost(options, city.spaces.area_m2, city.spaces.max_types)
    funds = sum(fund.amount for fund in question.funds)
    assert 0.1 * capital <= question.budget.capital
    assert question.budget.capital + funds <= 0.2 * capital
    assert 0.1 * subsidy <= question.budget.subsidy_per_year <= 0.2 * subsidy


def test_the_scenario_has_one_earmarked_fund(made):
    _, _, question, _ = made
    (fund,) = question.funds
    assert fund.pays == "capital"
    assert fund.types == ("wet_market", "fresh_store")
    assert 0.09 * question.budget.capital < fund.amount < 0.21 * question.budget.capital


def test_the_full_cost_fills_each_space_with_typical_outlets():
    from siting.standard.options import Options

    options = Options(
        space=np.array([0, 0, 1]),
        type=np.array([0, 1, 0]),
        area_m2=np.array([40.0, 60.0, 30.0]),
        capital_fen=np.array([10_000, 30_000, 5_000]),
        subsidy_fen=np.array([0, 2_000, 700]),
        relief=np.zeros(3),
        forced=np.zeros(3, dtype=bool),
        chain=np.zeros(3, dtype=bool),
        fixed_fen=np.array([100, 0, 9_900]),
        refused=np.zeros((3, 2), dtype=np.int8),
    )
    # Space 0 holds two outlets of 50 m2 on average (200 yuan, 10 a year) and costs 1 once; space
    # 1 holds one; space 2 has no option and costs nothing.
    capital, subsidy = full_cost(options, np.array([120.0, 35.0, 50.0]), np.array([3, 1, 1]))
    assert capital == pytest.approx(2 * 200 + 1 + 50)
    assert subsidy == pytest.approx(2 * 10 + 7)


# --- the same again, or not


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    small(tmp_path / "one")
    small(tmp_path / "two")
    assert size(tmp_path / "one") == size(tmp_path / "two")


def test_the_same_seed_gives_the_same_bytes_in_parquet(tmp_path):
    for name in ("one", "two"):
        generate(tmp_path / name, places=50_000, spaces=10, types=1, seed=8)
    assert size(tmp_path / "one") == size(tmp_path / "two")


def test_another_seed_gives_another_city(tmp_path):
    small(tmp_path / "one", seed=1)
    small(tmp_path / "two", seed=2)
    one, two = size(tmp_path / "one"), size(tmp_path / "two")
    assert all(one[name] != two[name] for name in one if name != "standard.toml")


def test_the_language_changes_names_and_no_number(tmp_path):
    small(tmp_path / "zh", lang="zh")
    small(tmp_path / "en", lang="en")
    zh, en = read_city(tmp_path / "zh"), read_city(tmp_path / "en")
    assert zh.communities != en.communities
    assert all(name.isascii() for name in en.communities)
    assert all(name.endswith("社区") for name in zh.communities)
    assert (zh.places.x == en.places.x).all()
    assert (zh.spaces.rent_m2_month == en.spaces.rent_m2_month).all()
    for name in ("scenario.toml", "standard.toml", "streets_nodes.csv"):
        assert (tmp_path / "zh" / name).read_bytes() == (tmp_path / "en" / name).read_bytes()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_two_communities_share_a_name(lang):
    names = community_names(np.random.default_rng(0), 9_000, lang)
    assert len(set(names)) == 9_000


# --- the folder


def test_a_folder_with_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(InputError, match="not empty"):
        small(tmp_path)
    assert size(tmp_path) == {"notes.txt": b"mine"}


def test_a_generated_city_as_it_was_written_is_replaced(tmp_path):
    small(tmp_path / "c", seed=1)
    small(tmp_path / "c", seed=2)
    small(tmp_path / "d", seed=2)
    assert size(tmp_path / "c") == size(tmp_path / "d")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c", "d"]


@pytest.mark.parametrize("name", ["places.csv", "city.toml", "scenario.toml"])
def test_a_generated_city_that_was_edited_is_refused(tmp_path, name):
    small(tmp_path / "c")
    with (tmp_path / "c" / name).open("ab") as stream:
        stream.write(b"\n")
    before = size(tmp_path / "c")
    with pytest.raises(InputError, match="not empty"):
        small(tmp_path / "c", seed=4)
    assert size(tmp_path / "c") == before


def test_a_generated_city_with_a_file_added_is_refused(tmp_path):
    small(tmp_path / "c")
    (tmp_path / "c" / "plan.json").write_text("{}", "utf-8")
    with pytest.raises(InputError, match="not empty"):
        small(tmp_path / "c", seed=4)


def test_a_generated_city_with_a_folder_added_is_refused(tmp_path):
    small(tmp_path / "c")
    (tmp_path / "c" / "plan").mkdir()
    with pytest.raises(InputError, match="not empty"):
        small(tmp_path / "c", seed=4)


def test_an_empty_folder_and_a_new_one_below_a_new_one_are_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    small(tmp_path / "empty")
    small(tmp_path / "a" / "b")
    assert size(tmp_path / "empty") == size(tmp_path / "a" / "b")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "c").write_text("mine", "utf-8")
    with pytest.raises(InputError, match="is a file"):
        small(tmp_path / "c")


def test_a_folder_below_a_file_cannot_be_written(tmp_path):
    (tmp_path / "c").write_text("mine", "utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        small(tmp_path / "c" / "d")


def test_a_failure_half_way_leaves_nothing_behind(tmp_path, monkeypatch):
    small(tmp_path / "c", seed=1)
    before = size(tmp_path / "c")

    def full(*_):
        raise OSError(28, "No space left on device")

    # the package attribute `siting.generate` is the function
    monkeypatch.setattr(sys.modules["siting.generate.tables"], "_config", full)
    with pytest.raises(InputError, match="No space left"):
        small(tmp_path / "c", seed=2)
    assert size(tmp_path / "c") == before
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_all_numbers_out_of_range_are_said_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        generate(tmp_path / "c", places=3, spaces=0, types=10_000, seed=-1)
    assert [n.values["name"] for n in caught.value.notices] == [
        "places",
        "spaces",
        "types",
        "seed",
    ]
    assert not (tmp_path / "c").exists()


def test_the_smallest_city_is_a_city(tmp_path):
    generate(tmp_path / "c", places=20, spaces=1, types=1, seed=0)
    city = read_city(tmp_path / "c")
    assert len(city.places) == 20
    assert len(city.spaces) == 1
