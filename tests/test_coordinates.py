from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from siting.city import coordinates as co

INSIDE = {"lon": st.floats(73.0, 136.0), "lat": st.floats(2.0, 54.0)}
PAIRS = {
    "gcj": (co.wgs84_to_gcj02, co.gcj02_to_wgs84),
    "bd from gcj": (co.gcj02_to_bd09, co.bd09_to_gcj02),
    "bd": (co.wgs84_to_bd09, co.bd09_to_wgs84),
}


# Expected values as published in the tests of coordtransform (wandergis), which many libraries
# repeat; the last one from the tests of a Rust port of Hutool's CoordinateUtil.
@pytest.mark.parametrize(
    ("change", "point", "expected"),
    [
        (co.wgs84_to_gcj02, (116.404, 39.915), (116.41024449916938, 39.91640428150164)),
        (co.gcj02_to_bd09, (116.404, 39.915), (116.41036949371029, 39.92133699351021)),
        (co.wgs84_to_bd09, (122.99395597, 44.99804071), (123.00636516028885, 45.00636909189589)),
    ],
)
def test_forward_shift_agrees_with_published_points(change, point, expected):
    assert np.allclose(change(*point), expected, rtol=0, atol=1e-12)


# Beijing railway station as two map services show it (help page gcj2bd of the R package geoChina),
# to five digits: 1e-5 degrees are about a metre.
def test_gcj02_and_bd09_agree_with_two_map_services():
    gcj, bd = (116.42703, 39.90245), (116.43351, 39.90851)
    assert np.allclose(co.gcj02_to_bd09(*gcj), bd, rtol=0, atol=1.5e-5)
    assert np.allclose(co.bd09_to_gcj02(*bd), gcj, rtol=0, atol=1.5e-5)


@pytest.mark.parametrize("name", list(PAIRS))
@settings(max_examples=60, deadline=None)
@given(**INSIDE)
def test_inverse_undoes_the_shift_to_a_micrometre(name, lon, lat):
    forth, back = PAIRS[name]
    found = back(*forth(lon, lat))
    assert np.allclose(found, (lon, lat), rtol=0, atol=1e-11)


@pytest.mark.parametrize("name", list(PAIRS))
def test_inverse_is_true_on_a_grid_over_china(name):
    forth, back = PAIRS[name]
    lon, lat = (a.ravel() for a in np.meshgrid(np.linspace(73, 136, 80), np.linspace(2, 54, 60)))
    there = forth(*back(lon, lat))
    _, _, metres = Geod(ellps="WGS84").inv(lon, lat, *there)
    assert metres.max() < 1e-5


@pytest.mark.parametrize("point", [(-123.1, 49.25), (0.0, 0.0), (151.2, -33.9), (138.0, 36.0)])
def test_gcj02_is_the_identity_outside_china(point):
    assert tuple(map(float, co.wgs84_to_gcj02(*point))) == point
    assert tuple(map(float, co.gcj02_to_wgs84(*point))) == point


def test_shift_is_some_hundred_metres_in_china():
    _, _, metres = Geod(ellps="WGS84").inv(116.404, 39.915, *co.wgs84_to_gcj02(116.404, 39.915))
    assert 100 < metres < 1000


@pytest.mark.parametrize(
    ("crs", "known"),
    [
        ("EPSG:4490", "EPSG:4490"),
        ("epsg:4490", "EPSG:4490"),
        (4490, "EPSG:4490"),
        ("4549", "EPSG:4549"),
        ("gcj02", "GCJ-02"),
        ("GCJ-02", "GCJ-02"),
        ("BD09", "BD-09"),
        (" bd-09 ", "BD-09"),
    ],
)
def test_spellings_of_a_coordinate_system_are_one(crs, known):
    assert co.known_crs(crs) == known


@pytest.mark.parametrize("crs", ["EPSG:999999", "Mars", "", "/etc/hostname", "{}", -1])
def test_unknown_coordinate_system_is_refused(crs):
    with pytest.raises(co.UnknownCrsError):
        co.known_crs(crs)


@pytest.mark.parametrize(
    ("crs", "lon", "lat", "metric"),
    [
        ("EPSG:4326", -123.1, 49.25, "EPSG:32610"),
        ("EPSG:4326", 151.2, -33.9, "EPSG:32756"),
        ("EPSG:4490", 114.3, 30.6, "EPSG:4547"),  # central meridian 114
        ("GCJ-02", 121.5, 31.2, "EPSG:4549"),  # 120
        ("BD-09", 116.4, 39.9, "EPSG:4548"),  # 117
        ("GCJ-02", -123.1, 49.25, "EPSG:32610"),
        ("EPSG:26910", -123.1, 49.25, "EPSG:26910"),
        ("EPSG:3857", -123.1, 49.25, "EPSG:32610"),  # stretched by half, so not used
        ("EPSG:2263", -74.0, 40.7, "EPSG:32618"),  # feet
    ],
)
def test_chosen_metric_system_fits_the_place(crs, lon, lat, metric):
    assert co.choose_metric(crs, lon, lat) == metric


def test_metres_agree_with_the_ellipsoid():
    x, y = co.to_metric([121.50, 121.51], [31.20, 31.20], "EPSG:4490", "EPSG:4549")
    _, _, metres = Geod(ellps="GRS80").inv(121.50, 31.20, 121.51, 31.20)
    assert np.hypot(np.diff(x), np.diff(y))[0] == pytest.approx(metres, rel=5e-4)


def test_shifted_coordinates_are_shifted_back_before_they_become_metres():
    plain = co.to_metric(121.5, 31.2, "EPSG:4326", "EPSG:4549")
    for crs, forth in (("GCJ-02", co.wgs84_to_gcj02), ("BD-09", co.wgs84_to_bd09)):
        again = co.to_metric(*forth(121.5, 31.2), crs, "EPSG:4549")
        assert np.allclose(again, plain, rtol=0, atol=1e-5)


def test_plain_metres_stay_as_they_are():
    x, y = co.to_metric([1.0, 2.0], [3.0, 4.0], None, None)
    assert (x.tolist(), y.tolist()) == ([1.0, 2.0], [3.0, 4.0])
