"""Coordinate systems: any EPSG code, the shifted Chinese ones, and the choice of a metric one.

GCJ-02 shifts WGS-84 longitude and latitude by some hundred metres within a rectangle around China;
BD-09 shifts GCJ-02 once more. Both inverses are found by iteration to far below a millimetre.
Everywhere x is the easting or longitude and y the northing or latitude.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyproj

    from siting.city.model import Bools, Floats

GCJ02 = "GCJ-02"
BD09 = "BD-09"
WGS84 = "EPSG:4326"

# The ellipsoid of Krassowsky, on which GCJ-02 is defined, and the rectangle in which it shifts.
_AXIS = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_BD_TURN = np.pi * 3000.0 / 180.0
_STEPS = 60
_CLOSE = 1e-12


# Files of shifts, which a definition may name by any path; ``@null`` is none.
_FILES = re.compile(
    r"""(?:grids|file|init)\s*=\s*(?!@?null\b)|(?:PARAMETERFILE\[[^,]*|_GRIDS")\s*,\s*"(?!@?null)""",
    re.IGNORECASE,
)


class UnknownCrsError(ValueError):
    """A coordinate system that nobody knows."""


def in_china(lon: Floats, lat: Floats) -> Bools:
    """Tell which points lie in the rectangle in which GCJ-02 differs from WGS-84."""
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def wgs84_to_gcj02(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of WGS-84 degrees; the same outside China."""
    lon, lat = _arrays(lon, lat)
    east, north = _gcj_shift(lon, lat)
    inside = in_china(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def gcj02_to_wgs84(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Return WGS-84 degrees of GCJ-02 degrees: the true inverse, found by iteration."""
    lon, lat = _arrays(lon, lat)
    found_lon, found_lat = lon.copy(), lat.copy()
    for _ in range(_STEPS):
        east, north = _gcj_shift(found_lon, found_lat)
        next_lon, next_lat = lon - east, lat - north
        moved = np.maximum(np.abs(next_lon - found_lon), np.abs(next_lat - found_lat))
        found_lon, found_lat = next_lon, next_lat
        if not np.any(moved > _CLOSE):
            break
    # A point whose original lies outside was never shifted.
    inside = in_china(found_lon, found_lat)
    return np.where(inside, found_lon, lon), np.where(inside, found_lat, lat)


def gcj02_to_bd09(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of GCJ-02 degrees."""
    lon, lat = _arrays(lon, lat)
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of BD-09 degrees: the true inverse, found by iteration."""
    lon, lat = _arrays(lon, lat)
    found_lon, found_lat = lon - 0.0065, lat - 0.006
    for _ in range(_STEPS):
        there_lon, there_lat = gcj02_to_bd09(found_lon, found_lat)
        off_lon, off_lat = there_lon - lon, there_lat - lat
        found_lon, found_lat = found_lon - off_lon, found_lat - off_lat
        if not np.any(np.maximum(np.abs(off_lon), np.abs(off_lat)) > _CLOSE):
            break
    return found_lon, found_lat


def wgs84_to_bd09(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of WGS-84 degrees."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Return WGS-84 degrees of BD-09 degrees: the true inverse."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_metric(x: Any, y: Any, crs: str | None, metric_crs: str | None) -> tuple[Floats, Floats]:
    """Return metres in `metric_crs` of coordinates in `crs`.

    Parameters
    ----------
    x, y
        Easting and northing, or longitude and latitude in degrees, of any one shape.
    crs
        What they are in: whatever `known_crs` knows; None: metres already.
    metric_crs
        A system in metres; None where `crs` is None.

    Returns
    -------
    tuple of ndarray
        Infinite where a point lies beyond the area in which the system can be used.

    Raises
    ------
    UnknownCrsError
        One of the systems is not known.
    """
    x, y = _arrays(x, y)
    if crs is None or metric_crs is None:
        return x, y
    if known_crs(crs) == known_crs(metric_crs):
        return x, y
    x, y, crs = _unshifted(x, y, known_crs(crs))
    east, north = _transformer(crs, known_crs(metric_crs)).transform(x, y)
    return np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)


def to_degrees(x: Any, y: Any, crs: str) -> tuple[Floats, Floats]:
    """Return WGS-84 longitude and latitude of coordinates in `crs`."""
    x, y = _arrays(x, y)
    x, y, crs = _unshifted(x, y, known_crs(crs))
    lon, lat = _transformer(crs, WGS84).transform(x, y)
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def known_crs(crs: Any) -> str:
    """Return the one spelling of a coordinate system: GCJ-02, BD-09, an EPSG code, or WKT.

    Parameters
    ----------
    crs
        ``"EPSG:4490"``, ``4490``, ``"4490"``, ``"GCJ-02"``, ``"bd09"``, WKT, or an object of
        pyproj.

    Raises
    ------
    UnknownCrsError
        Nobody knows it.
    """
    if isinstance(crs, str):
        plain = crs.strip()
        squeezed = plain.upper().replace("-", "").replace("_", "").replace(" ", "")
        if squeezed in ("GCJ02", "GCJ"):
            return GCJ02
        if squeezed in ("BD09", "BD09LL"):
            return BD09
        if squeezed in ("WGS84", "CGCS2000"):
            return WGS84 if squeezed == "WGS84" else "EPSG:4490"
        return _known(f"EPSG:{plain}" if plain.isdecimal() else plain)
    if isinstance(crs, int):
        return _known(f"EPSG:{crs}")
    return _known_object(crs)


@cache
def _known(text: str) -> str:
    import pyproj
    from pyproj.exceptions import ProjError

    # PROJ would read a file of that name, or fetch from a server; only codes and WKT are meant.
    authority, colon, code = text.partition(":")
    is_code = bool(colon) and authority.isalnum() and code.isalnum()
    if not is_code and "[" not in text and not text.startswith("+proj="):
        raise UnknownCrsError(text)
    if _FILES.search(text):
        raise UnknownCrsError(text)
    try:
        found = pyproj.CRS.from_user_input(text)
        # Some can be named, but not be turned into any other.
        pyproj.Transformer.from_crs(found, WGS84)
    except ProjError as error:  # CRSError is one
        raise UnknownCrsError(text) from error
    return _known_object(found)


def _known_object(crs: Any) -> str:
    import pyproj
    from pyproj.exceptions import CRSError

    try:
        found = pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise UnknownCrsError(str(crs)) from error
    if not (found.is_geographic or found.is_projected):
        raise UnknownCrsError(str(crs))  # geocentric, vertical, or a drawing board of its own
    authority = found.to_authority(min_confidence=90)
    if authority is not None and authority[0] == "EPSG":
        return f"EPSG:{authority[1]}"
    return str(found.to_wkt()) if authority is None else ":".join(authority)


def is_geographic(crs: str | None) -> bool:
    """Tell whether coordinates in `crs` are degrees."""
    if crs is None:
        return False
    return crs in (GCJ02, BD09) or bool(crs_object(crs).is_geographic)


@cache
def crs_object(crs: str) -> pyproj.CRS:
    """Return pyproj's object for a known system; WGS-84 for the shifted ones."""
    import pyproj

    return pyproj.CRS.from_user_input(WGS84 if crs in (GCJ02, BD09) else crs)


def is_metric(crs: str) -> bool:
    """Tell whether coordinates in `crs` are plane and in metres."""
    if crs in (GCJ02, BD09):
        return False
    found = crs_object(crs)
    axes = found.axis_info[:2]
    return bool(found.is_projected) and all(a.unit_conversion_factor == 1.0 for a in axes)


def stretch(crs: str, lon: float, lat: float) -> float:
    """Return by which factor the metres of `crs` are longer than true ones at a point; NaN unknown.

    Web Mercator, say, stretches by 1.15 in Hong Kong and by 1.6 in Harbin.
    """
    from pyproj import Geod

    step = 0.001
    x, y = _transformer(WGS84, crs).transform([lon, lon + step, lon], [lat, lat, lat + step])
    _, _, true = Geod(ellps="WGS84").inv(
        [lon, lon], [lat, lat], [lon + step, lon], [lat, lat + step]
    )
    area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    scale = float(np.sqrt(abs(area) / (true[0] * true[1])))
    return scale if np.isfinite(scale) else float("nan")


def choose_metric(crs: str, lon: float, lat: float) -> str:
    """Return a metric system that fits around a point, for coordinates given in `crs`.

    `crs` itself where it is plane, in metres and true to scale; a 3-degree Gauss-Krueger zone of
    CGCS2000 for CGCS2000, and in China for GCJ-02 and BD-09; else the UTM zone of WGS-84.
    """
    if is_metric(crs) and abs(stretch(crs, lon, lat) - 1.0) < 0.005:
        return crs
    chinese = _is_cgcs2000(crs) or (crs in (GCJ02, BD09) and bool(in_china(*_arrays(lon, lat))))
    if chinese and 73.5 <= lon <= 136.5:
        meridian = 3 * round(lon / 3)
        return f"EPSG:{4534 + (meridian - 75) // 3}"
    zone = int((lon + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def _is_cgcs2000(crs: str) -> bool:
    if crs in (GCJ02, BD09):
        return False
    geodetic = crs_object(crs).geodetic_crs
    datum = None if geodetic is None else geodetic.datum
    return datum is not None and datum.name in ("China 2000", "CGCS2000", "D_China_2000")


def _unshifted(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats, str]:
    if crs == GCJ02:
        return (*gcj02_to_wgs84(x, y), WGS84)
    if crs == BD09:
        return (*bd09_to_wgs84(x, y), WGS84)
    return x, y, crs


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    import pyproj

    return pyproj.Transformer.from_crs(crs_object(source), crs_object(target), always_xy=True)


def _arrays(x: Any, y: Any) -> tuple[Floats, Floats]:
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def _gcj_shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return by how many degrees GCJ-02 moves a point east and north."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    short = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + short
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + short
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    sine = np.sin(np.radians(lat))
    curve = 1.0 - _ECCENTRICITY_SQUARED * sine * sine
    meridian = _AXIS * (1.0 - _ECCENTRICITY_SQUARED) / (curve * np.sqrt(curve))
    parallel = _AXIS / np.sqrt(curve) * np.cos(np.radians(lat))
    return np.degrees(east / parallel), np.degrees(north / meridian)
