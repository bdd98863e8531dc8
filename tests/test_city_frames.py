from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, box

from siting.city.model import City, Walking
from siting.errors import InputError

PLACES = pd.DataFrame({"id": [1, 2], "x": [0.0, 300.0], "y": [0.0, 0.0], "everyone": [10, 20.5]})
SPACES = pd.DataFrame(
    {"id": ["a"], "x": [9.0], "y": [9.0], "area_m2": [50], "rent_m2_month": [0.0]}
)


def lines(**frames):
    with pytest.raises(InputError) as raised:
        City.from_frames(**{"places": PLACES, "spaces": SPACES, **frames})
    return [notice.line() for notice in raised.value.notices]


def test_frames_make_a_city_in_plain_metres():
    city = City.from_frames(PLACES, SPACES)
    assert city.places.id.tolist() == ["1", "2"]
    assert city.metric_crs is None
    assert city.communities == ("city",)
    assert (len(city.outlets), city.streets, city.sha256, city.path) == (0, None, None, None)


def test_row_of_a_frame_is_its_position_plus_two():
    frame = PLACES.assign(everyone=[1, -1]).set_axis([7, 8])
    (line,) = lines(places=frame)
    assert line.startswith("places, row 3, column everyone, value '-1'")


def test_missing_values_and_infinity_in_a_frame_are_faults():
    said = lines(places=PLACES.assign(everyone=[np.nan, np.inf]))
    assert [line.split(":")[0] for line in said] == [
        "places, row 3, column everyone, value 'inf'",
        "places, row 2, column everyone",
    ]


def test_faults_of_several_frames_come_at_once():
    said = lines(places=PLACES.drop(columns="everyone"), spaces=SPACES.assign(area_m2=-1))
    assert len(said) == 2


def test_frames_are_not_changed():
    before = PLACES.copy(deep=True)
    City.from_frames(PLACES, SPACES)
    pd.testing.assert_frame_equal(PLACES, before)


def test_degrees_without_a_crs_are_refused_unless_walks_are_given():
    degrees = {
        "places": PLACES.assign(x=[-122.41, -122.42], y=[37.75, 37.76]),
        "spaces": SPACES.assign(x=-122.4, y=37.7),
    }
    (line,) = lines(**degrees)
    assert "state crs" in line
    walks = pd.DataFrame({"from": [1, 2], "to": "a", "kind": "space", "metres": [5.0, 6.0]})
    city = City.from_frames(**degrees, walks=walks)
    assert city.walks.place.tolist() == [0, 1]
    assert "city.degrees_walked" in {n.key for n in city.remarks}


def test_stated_crs_gives_metres():
    places = PLACES.assign(x=[-122.41, -122.42], y=[37.75, 37.76])
    spaces = SPACES.assign(x=-122.4, y=37.75)
    city = City.from_frames(places, spaces, crs="EPSG:4326")
    assert city.metric_crs == "EPSG:32610"
    assert np.hypot(*(np.diff(a)[0] for a in (city.places.x, city.places.y))) == pytest.approx(
        1418, abs=3
    )
    assert "city.metric_chosen" in {n.key for n in city.remarks}


def test_geometry_of_geodataframes_and_its_crs_are_used():
    def located(frame):
        return gpd.GeoDataFrame(
            frame.drop(columns=["x", "y"]),
            geometry=gpd.points_from_xy(frame.x + 500000, frame.y + 4000000),
            crs="EPSG:32650",
        )

    city = City.from_frames(located(PLACES).to_crs(4326), located(SPACES), metric_crs="EPSG:32650")
    assert city.places.x == pytest.approx([500000.0, 500300.0])
    assert city.spaces.x == pytest.approx([500009.0])
    assert city.metric_crs == "EPSG:32650"


def test_streets_may_be_lines_or_a_pair_of_frames():
    drawn = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (300, 0)])])
    nodes = pd.DataFrame({"node": [1, 2], "x": [0, 300], "y": [0, 0]})
    edges = pd.DataFrame({"from": [1], "to": [2]})
    for streets in (drawn, (nodes, edges)):
        assert City.from_frames(PLACES, SPACES, streets=streets).streets.length_m.tolist() == [300]


def test_communities_may_be_polygons():
    areas = gpd.GeoDataFrame(
        {"id": ["W", "E"]}, geometry=[box(-9, -9, 99, 99), box(99, -9, 400, 9)]
    )
    city = City.from_frames(PLACES, SPACES, communities=areas)
    assert [city.communities[c] for c in city.places.community] == ["W", "E"]


def test_empty_frames_of_spaces_and_outlets_are_legal():
    city = City.from_frames(PLACES, SPACES.iloc[:0], pd.DataFrame())
    assert len(city.spaces) == len(city.outlets) == 0


def test_empty_frame_of_places_is_a_fault():
    (line,) = lines(places=PLACES.iloc[:0])
    assert "no records" in line


def test_speed_of_nobody_is_a_fault():
    (line,) = lines(walking=Walking(metres_per_minute=0.0))
    assert "above 0" in line


def test_unknown_crs_is_a_fault():
    (line,) = lines(crs="EPSG:1")
    assert "EPSG code" in line
