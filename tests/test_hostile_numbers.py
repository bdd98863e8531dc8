"""Numbers at the ends of what a city may state: solved and verified, or refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import siting
from siting import Scenario
from siting.errors import InputError

STANDARD = Path(__file__).resolve().parents[1] / "instances/two-funds/standard.toml"
STORE, PHARMACY = 100_000.0, 120_000.0  # what one of each costs there


def table(x, y, **columns):
    return pd.DataFrame({"id": [f"r{k}" for k in range(len(x))], "x": x, "y": y, **columns})


def city(places, spaces, *, residents=10.0, crs=None, **columns):
    """A city of points; spaces have 50 m2 and no rent where nothing else is said."""
    said = {"area_m2": 50.0, "rent_m2_month": 0.0, **columns}
    return siting.City.from_frames(
        places=table(*places, everyone=residents, community="C"),
        spaces=table(*spaces, **said),
        crs=crs,
    )


NEAR = ([0.0, 5.0, 9.0], [0.0, 0.0, 0.0])
TWO = ([10.0, 20.0], [0.0, 0.0])


def solved(found, **asked):
    """Solve and verify; a plan that is not proved optimal is a failure."""
    asked = {"capital": 1e6, "subsidy_per_year": 1e6, **asked}
    plan = siting.solve(
        found, Scenario(**{"standard": STANDARD, **asked}), gap=0.0, time_limit=20.0
    )
    siting.verify(plan, found)
    assert plan.document.status == "optimal"
    return plan.document


@pytest.mark.parametrize("residents", [1.0, 1e9, 1e15, 1e-9])
def test_any_number_of_residents_is_counted(residents):
    document = solved(city(NEAR, TWO, residents=residents))
    assert document.objective == pytest.approx(3 * residents * 3.0)  # weights 1 and 2


def test_nobody_needs_nothing():
    document = solved(city(NEAR, TWO, residents=0.0))
    assert document.objective == 0.0
    assert document.projects == ()


@pytest.mark.parametrize("amount", [1e15, float("inf")])
def test_a_budget_that_nothing_uses_up_is_no_limit(amount):
    document = solved(city(NEAR, TWO), capital=amount, subsidy_per_year=amount)
    assert document.budget.capital.spent == STORE + PHARMACY


def test_a_budget_beyond_whole_fen_is_refused():
    with pytest.raises(InputError, match="more money than can be counted in fen"):
        solved(city(NEAR, TWO), capital=1e300)


def test_a_rent_that_nobody_pays_leaves_the_other_space():
    document = solved(city(NEAR, TWO, rent_m2_month=[0.0, 1e12]))
    assert {p.space for p in document.projects} == {"r0"}


def test_costs_of_trillions_are_spent_to_the_fen():
    found = city(NEAR, TWO, capital_m2=[1e14, 1e12], capital_fixed=[1e14, 0.01])
    document = solved(found, capital=1e15)
    assert document.budget.capital.spent == 50 * 1e12 + 0.01 + PHARMACY


@pytest.mark.parametrize("area", [1e13, 1e15, 1e300])
def test_a_floor_area_beyond_whole_millionths_is_refused(area):
    with pytest.raises(InputError, match="more than siting counts with"):
        city(NEAR, TWO, area_m2=[50.0, area])


def test_a_floor_area_that_still_fits_is_used():
    document = solved(city(NEAR, TWO, area_m2=[1e-6, 1e12]))
    assert [p.space for p in document.projects] == ["r1", "r1"]


def test_both_sides_of_the_date_line_are_one_town():
    places = ([179.9999, -179.9999, 179.9995, -179.9995], [-17.0] * 4)
    document = solved(city(places, ([179.9998, -179.9998], [-17.0] * 2), crs="EPSG:4326"))
    assert document.objective == 4 * 10 * 3.0  # all within five minutes of both spaces


@pytest.mark.parametrize("latitude", [90.0, 89.9999, 86.0, -89.9999, -90.0])
def test_the_poles_are_places_like_others(latitude):
    places = ([20.0, 20.001, 20.002], [latitude] * 3)
    document = solved(city(places, ([20.0], [latitude]), crs="EPSG:4326"))
    assert document.objective == 3 * 10 * 2.0  # one space holds one of the two


def test_thousands_of_places_at_one_point_are_one_need():
    at = np.zeros(5_000)
    document = solved(city((at, at), (np.zeros(40), np.zeros(40)), residents=1.0))
    assert document.objective == 5_000 * 3.0


def test_points_at_the_ends_of_all_numbers_are_refused():
    with pytest.raises(InputError, match="more than siting counts with"):
        city(([0.0, 1e16], [0.0, 0.0]), TWO)


STREETS = '[places]\nfile = "p.csv"\n[spaces]\nfile = "s.csv"\n[streets]\n'


def streets(folder, tails, heads, length):
    """A folder with three places and two spaces along a line of `heads[-1]` metres."""
    x = [*tails, *heads]
    pieces = len(tails)
    nodes = pd.DataFrame({"node": range(2 * pieces), "x": x, "y": 0.0})
    edges = pd.DataFrame({"from": range(pieces), "to": range(pieces, 2 * pieces)})
    nodes.to_csv(folder / "n.csv", index=False)
    edges.assign(length_m=length).to_csv(folder / "e.csv", index=False)
    places = table([0.0, 50.0, 100.0], [1.0] * 3, everyone=10.0, community="C")
    places.to_csv(folder / "p.csv", index=False)
    spaces = table([10.0, 90.0], [2.0] * 2, area_m2=50.0, rent_m2_month=0.0)
    spaces.to_csv(folder / "s.csv", index=False)
    (folder / "city.toml").write_text(STREETS + 'nodes = "n.csv"\nedges = "e.csv"\n')
    return siting.read_city(folder)


def test_one_segment_is_a_network(tmp_path):
    assert solved(streets(tmp_path, [0.0], [100.0], 100.0)).objective == 3 * 10 * 3.0


def test_ten_thousand_pieces_are_one_too(tmp_path):
    starts = np.arange(10_000) * 50.0
    # the place in the middle is alone on its piece; the others have a space each, of one type
    assert solved(streets(tmp_path, starts, starts + 10.0, 10.0)).objective == 40.0


def test_a_street_without_length_is_refused(tmp_path):
    with pytest.raises(InputError, match="must be above 0"):
        streets(tmp_path, [0.0], [100.0], 0.0)


def test_a_community_of_one_place_is_one_like_others():
    found = siting.City.from_frames(
        places=table(*NEAR, everyone=10.0, community=["A", "B", "B"]),
        spaces=table(*TWO, area_m2=50.0, rent_m2_month=0.0, community="B"),
    )
    plan = siting.solve(
        found, Scenario(standard=STANDARD, capital=1e6, subsidy_per_year=1e6), gap=0.0
    )
    siting.verify(plan, found)
    by_community = plan.gap_table.groupby("community")["residents"].first()
    assert by_community.to_dict() == {"A": 10.0, "B": 20.0}
    assert plan.document.objective == 3 * 10 * 3.0


def test_a_type_of_no_weight_is_refused(tmp_path):
    words = STANDARD.read_text("utf-8")
    (tmp_path / "s.toml").write_text(re.sub(r"weight = .*", "weight = 0", words), encoding="utf-8")
    with pytest.raises(InputError, match=r"pharmacy\]\.weight must be more than 0"):
        solved(city(NEAR, TWO), standard=tmp_path / "s.toml")
