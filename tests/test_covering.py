"""The maximal covering problem: classes, optima, strictness, and what it says of bad input."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import combinations
from pathlib import Path
from string import Formatter
from threading import Event

import numpy as np
import pytest
from cli_fakes import say

import siting
import siting.covering
from siting.covering.classes import merge_points
from siting.covering.grid import published_city
from siting.covering.model import CoveringInstance
from siting.covering.recount import check
from siting.covering.text import write_text
from siting.errors import InputError, Interrupted, VerificationError

MANY_SITES = 150  # more than two words of bits hold


def reached(instance, radius, *, inclusive=False):
    """Return which site reaches which point, shape (points, sites), by plain numpy."""
    dx = instance.x[:, None] - instance.site_x[None, :]
    dy = instance.y[:, None] - instance.site_y[None, :]
    far = np.sqrt(dx * dx + dy * dy)
    return far <= radius if inclusive else far < radius


def random_instance(seed, sites=9, points=60, *, lattice=None):
    """Return a city; on a lattice many points coincide and many stand at exactly the radius."""
    rng = np.random.default_rng(seed)
    site, point = rng.uniform(0, 10, (sites, 2)), rng.uniform(0, 10, (points, 2))
    if lattice:
        site, point = np.rint(site / lattice) * lattice, np.rint(point / lattice) * lattice
    return CoveringInstance.from_arrays(
        site,
        point,
        weight=rng.integers(0, 20, points).astype(np.float64),
        cost=rng.integers(1, 9, sites) * 1.25,
    )


def best(instance, radius, allowed, *, inclusive=False):
    """Return the most weight that a choice of sites of which `allowed` says yes covers."""
    near = reached(instance, radius, inclusive=inclusive)
    choices = (
        list(chosen)
        for size in range(instance.sites + 1)
        for chosen in combinations(range(instance.sites), size)
    )
    return max(
        instance.weight @ near[:, chosen].any(axis=1) for chosen in choices if allowed(chosen)
    )


def classes_of(instance, near):
    """Return the weight of each set of sites, by plain Python."""
    found = {}
    for row, weight in zip(near, instance.weight.tolist(), strict=True):
        key = tuple(np.flatnonzero(row).tolist())
        if key and weight:
            found[key] = found.get(key, 0.0) + weight
    return found


def as_sets(classes):
    at, member = classes.sites.indptr, classes.sites.member
    return {
        tuple(member[at[k] : at[k + 1]].tolist()): float(classes.weight[k])
        for k in range(len(classes))
    }


# ------------------------------------------------------------------------------------- classes


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    ("sites", "points", "radius", "lattice"),
    [
        (9, 400, 3.0, None),
        (9, 400, 2.5, 0.5),  # 1.5, 2 and 2.5: many at exactly the radius
        (MANY_SITES, 3000, 4.0, None),
        (MANY_SITES, 3000, 30.0, None),  # every site reaches every point
        (40, 500, 0.01, None),  # hardly any does
    ],
)
def test_points_are_merged_by_the_very_set_of_sites_that_reach_them(
    sites, points, radius, lattice, threads, inclusive, monkeypatch
):
    monkeypatch.setattr("siting.covering.classes._ALONE", 10)
    instance = random_instance(7, sites, points, lattice=lattice)
    merged = merge_points(instance, radius, threads=threads, inclusive=inclusive)
    assert as_sets(merged) == classes_of(instance, reached(instance, radius, inclusive=inclusive))


def test_a_table_that_is_full_loses_nothing(monkeypatch):
    monkeypatch.setattr("siting.covering.classes._ROOM_A_CELL", 0)
    instance = random_instance(3, 60, 4000)
    many = CoveringInstance.from_arrays(
        (instance.site_x, instance.site_y), (instance.x, instance.y), weight=instance.weight
    )
    merged = merge_points(many, 2.0)
    assert len(merged) > 1024 // 2
    assert as_sets(merged) == classes_of(many, reached(many, 2.0))


def test_far_away_points_and_sites_change_nothing():
    near = random_instance(5, 8, 300)
    x, y = np.append(near.x, [1e9, -1e9]), np.append(near.y, [1e9, 0.0])
    far = CoveringInstance.from_arrays(
        (np.append(near.site_x, 5e8), np.append(near.site_y, -5e8)),
        (x, y),
        weight=np.append(near.weight, [5.0, 5.0]),
    )
    assert as_sets(merge_points(far, 2.0)) == as_sets(merge_points(near, 2.0))


def test_points_that_coincide_are_one_class_and_weigh_together():
    instance = CoveringInstance.from_arrays([[0.0, 0.0]], [[0.5, 0.0]] * 5, weight=[1, 2, 3, 4, 0])
    assert as_sets(merge_points(instance, 1.0)) == {(0,): 10.0}


# -------------------------------------------------------------------------------------- optima


@pytest.mark.parametrize("seed", range(3))
def test_a_number_of_sites_covers_as_much_as_any_such_choice(seed):
    instance = random_instance(seed, lattice=0.5 if seed == 2 else None)
    plan = siting.solve_covering(instance, radius=2.5, sites=3)
    assert plan.objective == plan.bound == best(instance, 2.5, lambda chosen: len(chosen) <= 3)
    assert plan.status == "optimal"
    assert plan.gap == 0.0
    assert len(plan.open) == plan.spent <= 3


@pytest.mark.parametrize("seed", range(3))
def test_a_budget_buys_as_much_as_any_choice_that_costs_no_more(seed):
    instance = random_instance(seed)
    plan = siting.solve_covering(instance, radius=2.0, budget=12.5)
    within = best(instance, 2.0, lambda chosen: instance.cost[chosen].sum() <= 12.5)
    assert plan.objective == plan.bound == within
    assert plan.spent == instance.cost[plan.chosen].sum() <= plan.limit


def test_a_budget_is_kept_to_the_hundredth():
    instance = CoveringInstance.from_arrays(
        [[0, 0], [9, 0]], [[0, 0], [9, 0]], weight=[3, 2], cost=[0.1, 0.2]
    )
    assert siting.solve_covering(instance, radius=1, budget=0.3).open == ("0", "1")
    assert siting.solve_covering(instance, radius=1, budget=0.29).open == ("0",)


def test_a_point_at_exactly_the_radius_is_covered_only_where_that_is_asked_for():
    instance = CoveringInstance.from_arrays([[0, 0]], [[3, 4], [3, 3.99]], weight=[10, 1])
    assert siting.solve_covering(instance, radius=5, sites=1).objective == 1
    assert siting.solve_covering(instance, radius=5, sites=1, inclusive=True).objective == 11


def test_fractions_of_weight_are_counted_and_bounded():
    instance = random_instance(11)
    part = CoveringInstance.from_arrays(
        (instance.site_x, instance.site_y), (instance.x, instance.y), weight=instance.weight / 7
    )
    plan = siting.solve_covering(part, radius=2.5, sites=2)
    assert plan.objective == pytest.approx(best(part, 2.5, lambda chosen: len(chosen) <= 2))
    assert plan.objective <= plan.bound <= plan.objective * (1 + 1e-6)
    assert plan.status == "optimal"


@pytest.mark.parametrize(("sites", "radius"), [(0, 3.0), (2, 1e-6)])
def test_nothing_to_open_or_to_reach_is_an_answer(sites, radius):
    plan = siting.solve_covering(random_instance(1), radius=radius, sites=sites)
    assert (plan.status, plan.objective, plan.bound, plan.gap) == ("optimal", 0.0, 0.0, 0.0)


@pytest.mark.parametrize("limit", [{"sites": 50}, {"budget": np.inf}])
def test_without_a_limit_that_binds_everything_in_reach_is_covered(limit):
    plan = siting.solve_covering(random_instance(1), radius=3.0, **limit)
    assert plan.objective == plan.bound == plan.reachable


def test_no_points_at_all_is_an_answer():
    empty = CoveringInstance.from_arrays([[0, 0]], np.empty((0, 2)))
    assert siting.solve_covering(empty, radius=1, sites=1).objective == 0


def test_a_stop_before_the_search_is_an_interruption():
    stop = Event()
    stop.set()
    with pytest.raises(Interrupted):
        siting.solve_covering(random_instance(1), radius=3, sites=2, stop=stop)


def test_a_recount_that_differs_is_not_passed_over():
    instance = random_instance(1)
    check(instance, 5.0, 5.0)
    with pytest.raises(VerificationError, match=r"value of 5, .* to 6;"):
        check(instance, 5.0, 6.0)


# ------------------------------------------------------------------------ the published cities


def test_the_published_generator_is_followed_number_for_number():
    """Records of GRID_INST_n100_m1000_d1_100_f10_100_s1.dat, as it was published."""
    city = published_city(100, 1000, 1, cost=(10, 100))
    sites = np.stack([city.site_x, city.site_y, city.cost], axis=1)
    points = np.stack([city.x, city.y, city.weight], axis=1)
    assert sites[0].tolist() == [25.205632, 11.831488, 75]
    assert sites[99].tolist() == [26.198140, 24.931126, 88]
    assert points[0].tolist() == [29.383024, 22.314336, 87]
    assert points[472].tolist() == [11.013554, 18.464730, 64]


@pytest.mark.parametrize(
    ("sites", "radius", "optimum"), [(20, 3.25, 3_563_611), (20, 3.5, 3_982_587)]
)
def test_published_optima_are_found_and_proved(sites, radius, optimum):
    plan = siting.solve_covering(published_city(100, 100_000, 1), radius=radius, sites=sites)
    assert plan.objective == plan.bound == optimum


# --------------------------------------------------------------------------------------- files

SMALL = "2 3\nF a 0 0 1\nF b 9 0 2.5\nC 0 0.5 0 4\nC 1 9 0.5 5\nC 2 5 5 6\n"


@pytest.mark.parametrize("separator", [" ", "\t"])
def test_a_text_file_is_read_by_either_reader(tmp_path, separator):
    path = tmp_path / "city.dat"
    path.write_text(SMALL.replace(" ", separator))
    city = siting.read_covering(path)
    assert city.site_id.tolist() == ["a", "b"]
    assert (city.site_x.tolist(), city.cost.tolist()) == ([0, 9], [1, 2.5])
    assert (city.x.tolist(), city.y.tolist()) == ([0.5, 9, 5], [0, 0.5, 5])
    assert city.weight.tolist() == [4, 5, 6]


def test_what_is_written_is_read_again(tmp_path):
    city = published_city(5, 40, 3)
    write_text(city, tmp_path / "city.dat")
    again = siting.read_covering(tmp_path / "city.dat")
    for name in ("site_x", "site_y", "cost", "x", "y", "weight"):
        assert getattr(again, name).tolist() == getattr(city, name).tolist()


def test_two_tables_are_read_and_what_may_be_left_out_counts_one(tmp_path):
    (tmp_path / "sites.csv").write_text("id,x,y\nnorth,0,0\nsouth,9,0\n")
    (tmp_path / "points.csv").write_text("x,y,weight\n0.5,0,4\n9,0.5,5\n")
    city = siting.read_covering(tmp_path)
    assert city.cost.tolist() == [1, 1]
    assert siting.solve_covering(city, radius=1, sites=1).open == ("south",)
    (tmp_path / "points.csv").write_text("x,y\n0.5,0\n9,0.5\n")
    assert siting.read_covering(tmp_path).weight.tolist() == [1, 1]


def faults(call):
    with pytest.raises(InputError) as raised:
        call()
    for notice in raised.value.notices:
        assert notice.line("zh") != notice.line("en")
    return [notice.line("en") for notice in raised.value.notices]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("two 3\n", "row 1, value 'two 3': the first line must hold two whole numbers"),
        (SMALL.replace("F b", "G b"), "row 3, value 'G': a line must begin with F"),
        (SMALL.replace("0 0.5 0 4", "0 0.5 0"), "row 4, value 'C 0 0.5 0': a line must hold five"),
        (
            SMALL.replace("0 0.5 0 4", "0 0.5 0 4x"),
            "row 4, column demand, value '4x': this is text",
        ),
        (
            SMALL.replace("2 3\n", "2 4\n"),
            "row 1, value '4': the first line states this many points",
        ),
        (
            SMALL.replace("2 3\n", "1 3\n"),
            "row 1, value '1': the first line states this many sites",
        ),
        (
            SMALL.replace("1 9 0.5 5", "1 9 0.5 -5"),
            "row 5, column demand, value '-5': must not be",
        ),
        (SMALL.replace("1 9 0.5", "1 nan 0.5"), "row 5, column x, value 'nan': NaN and infinity"),
        (SMALL.replace("F b", "F a"), "row 3, column id, value 'a': this id stands in row 2"),
        (SMALL.replace("2.5", "2.505"), "row 3, column cost, value '2.505': costs count in whole"),
        (SMALL.replace("2.5", "1e13"), "row 3, column cost, value '10000000000000': a cost may"),
        ("0 0\n", "there are no sites"),
    ],
)
@pytest.mark.parametrize("separator", [" ", "\t"])
def test_a_faulty_text_file_is_told_with_row_and_value(tmp_path, text, said, separator):
    path = tmp_path / "city.dat"
    path.write_text(text.replace(" ", separator))
    told = faults(lambda: siting.read_covering(path))
    assert len(told) == 1
    assert said in told[0].replace("\\t", " ").replace("\t", " ")
    assert told[0].startswith("city.dat")


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    path = tmp_path / "city.dat"
    path.write_text(SMALL.replace("0.5", "-").replace("F a 0", "F a x").replace("5 5 6", "5 5 -6"))
    assert len(faults(lambda: siting.read_covering(path))) == 4


def test_a_faulty_table_is_told_with_row_and_value(tmp_path):
    (tmp_path / "sites.csv").write_text("x,y,cost\n0,0,1\n1,0,-2\n")
    (tmp_path / "points.csv").write_text("x,y,weight\n0,0,many\n")
    told = faults(lambda: siting.read_covering(tmp_path))
    assert any("sites.csv, row 3, column cost" in line for line in told)
    assert any("points.csv, row 2, column weight, value 'many'" in line for line in told)
    (tmp_path / "points.csv").unlink()
    assert any("points.csv" in line for line in faults(lambda: siting.read_covering(tmp_path)))


def test_a_missing_file_is_told(tmp_path):
    assert "no such file" in faults(lambda: siting.read_covering(tmp_path / "none.dat"))[0]


def test_faulty_arrays_are_told_with_their_position():
    told = faults(
        lambda: CoveringInstance.from_arrays([[0, 0]], [[0, 0], [np.inf, 1]], weight=[1, -1])
    )
    assert told[0].startswith("points, row 2, column x, value 'inf'")
    assert told[1].startswith("points, row 2, column weight, value '-1")
    assert (
        "one length"
        in faults(lambda: CoveringInstance.from_arrays([[0, 0]], [[0, 0]], weight=[]))[0]
    )
    assert "shape" in faults(lambda: CoveringInstance.from_arrays([[0, 0, 0]], [[0, 0]]))[0]


def test_everything_wrong_with_a_question_is_told_at_once():
    told = faults(
        lambda: siting.solve_covering(
            random_instance(1), radius=0, sites=-1, budget=-1, gap=1, time_limit=0, threads=0
        )
    )
    assert len(told) == 7
    assert len(faults(lambda: siting.solve_covering(random_instance(1), radius=1))) == 1


# ------------------------------------------------------------------------------- command line


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "city.dat"
    path.write_text(SMALL)
    return str(path)


def test_the_command_prints_what_opens_and_how_good_it_is(capsys, small):
    said = say(capsys, "covering", small, "--radius", "1", "--budget", "2.5", "--lang", "en")
    assert said.code == 0
    assert re.search(r"Opens +1 of 2 sites: b; cost 2.50 of 2.50", said.out)
    assert re.search(r"Covers +5 of 15 \(33.3%\); 3 points in 2 classes", said.out)
    assert "no choice of sites covers more" in said.out
    assert (
        "覆盖"
        in say(capsys, "covering", small, "--radius", "1", "--sites", "1", "--lang", "zh").out
    )


def test_the_command_prints_the_whole_record_as_json(capsys, small):
    said = say(capsys, "covering", small, "--radius", "1", "--sites", "2", "--json")
    record = json.loads(said.out)
    assert (record["open"], record["objective"], record["gap"]) == (["a", "b"], 9.0, 0.0)
    assert record["seconds"].keys() == {"read", "merge", "build", "solve", "recount"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--radius", "1"),
        ("--radius", "1", "--sites", "1", "--budget", "1"),
        ("--radius", "0", "--sites", "1"),
        ("--radius", "1", "--sites", "-1"),
    ],
)
def test_bad_usage_ends_with_2(capsys, small, arguments):
    said = say(capsys, "covering", small, *arguments)
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_a_missing_file_ends_with_2(capsys, tmp_path):
    said = say(capsys, "covering", str(tmp_path / "no.dat"), "--radius", "1", "--sites", "1")
    assert said.code == 2


def test_every_sentence_has_both_languages_and_is_used():
    folder = Path(siting.covering.__file__).parent
    entries = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    code = "\n".join(p.read_text("utf-8") for p in folder.glob("*.py"))
    assert set(re.findall(r'"covering\.(\w+)"', code)) == set(entries)
    for key, forms in entries.items():
        assert set(forms) == {"en", "zh"}, key
        blanks = [{name for _, name, _, _ in Formatter().parse(f) if name} for f in forms.values()]
        assert blanks[0] == blanks[1], key
