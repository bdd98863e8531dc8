"""Remarks on a coordinate system that puts the city where it can hardly be."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from siting.city.coordinates import BD09, GCJ02, crs_object, in_china, to_degrees
from siting.city.positions import name_of

if TYPE_CHECKING:
    from siting.city.check import Checked
    from siting.city.findings import Findings
    from siting.city.model import City

_CHINESE = re.compile("[\u4e00-\u9fff]")
_LOOKED_AT = 2_000
_MARGIN = 2.0
"""Degrees by which a city may lie beyond the area a system is made for, without a remark."""


def remark_on_system(city: City, places: Checked, findings: Findings) -> None:
    """Remark where the middle of the places and their coordinate system do not fit together."""
    crs = places.at.crs
    if crs is None:
        return
    x, y = float(np.median(places.at.x)), float(np.median(places.at.y))
    lon, lat = _degrees(x, y, crs)
    shown = f"{lon:.3f}", f"{lat:.3f}"
    china = bool(in_china(np.asarray(lon), np.asarray(lat)))
    if crs in (GCJ02, BD09):
        if not china:
            findings.remark(
                "city.shift_outside", file=places.file, crs=crs, lon=shown[0], lat=shown[1]
            )
    elif not _inside(crs, lon, lat):
        turned = _degrees(y, x, crs)
        key = "city.off_area_swapped" if _inside(crs, *turned) else "city.off_area"
        area = crs_object(crs).area_of_use
        findings.remark(
            key,
            file=places.file,
            crs=name_of(crs),
            area="" if area is None else str(area.name).rstrip("."),
            lon=shown[0],
            lat=shown[1],
        )
        return
    if not china and crs not in (GCJ02, BD09) and _speaks_chinese(city):
        findings.remark("city.not_china", file=places.file, lon=shown[0], lat=shown[1])


def _degrees(x: float, y: float, crs: str) -> tuple[float, float]:
    lon, lat = to_degrees(x, y, crs)
    return float(lon), float(lat)


def _inside(crs: str, lon: float, lat: float) -> bool:
    """Tell whether a point lies in the box around the area a system is made for."""
    if not (np.isfinite(lon) and np.isfinite(lat)) or abs(lat) > 90.0:
        return False
    area = crs_object(crs).area_of_use
    if area is None:
        return True
    if not area.south - _MARGIN <= lat <= area.north + _MARGIN:
        return False
    west, east = area.west - _MARGIN, area.east + _MARGIN
    if area.west > area.east:  # the box crosses the date line
        return lon >= west or lon <= east
    return west <= lon <= east


def _speaks_chinese(city: City) -> bool:
    """Tell whether a good part of the tables' words is Chinese."""
    words = chain(
        city.communities, islice(city.places.id, _LOOKED_AT), islice(city.spaces.kind, _LOOKED_AT)
    )
    if _CHINESE.search(city.name):
        return True
    return any(_CHINESE.search(word) for word in words)
