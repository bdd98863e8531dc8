"""Where the records of a table lie, in the coordinates they were given in and in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import LARGEST, numbers
from siting.city.coordinates import (
    BD09,
    GCJ02,
    WGS84,
    UnknownCrsError,
    crs_object,
    is_geographic,
    known_crs,
    to_metric,
)

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats
    from siting.city.tables import Table

POINT = 0
"""Shapely's number for the type of a point."""


@dataclass(frozen=True, eq=False)
class Positions:
    """Coordinates as given (NaN where there is a fault), and their system."""

    x: Floats
    y: Floats
    crs: str | None


def positions(
    table: Table, stated: str | None, city_crs: str | None, findings: Findings
) -> Positions:
    """Return where the records of `table` lie.

    Geometry that is no point counts by a point inside it.

    Parameters
    ----------
    stated
        The system that ``city.toml`` states for this table, or None.
    city_crs
        The one that it states for all.
    """
    crs = table_crs(table, stated, city_crs, findings)
    if table.geometry is None:
        x, y = numbers(table, "x", findings), numbers(table, "y", findings)
    else:
        x, y = _of_geometry(table, findings)
    if is_geographic(crs):
        _check_degrees(table, x, y, findings)
    return Positions(x, y, crs)


def in_metres(
    table: Table, at: Positions, metric_crs: str | None, findings: Findings
) -> tuple[Floats, Floats]:
    """Return positions in metres; points beyond the reach of the system are faults."""
    x, y = to_metric(at.x, at.y, at.crs, metric_crs)
    lost = ~(np.isfinite(x) & np.isfinite(y)) & np.isfinite(at.x) & np.isfinite(at.y)
    if lost.any():
        findings.fault_rows("city.beyond_crs", table, None, lost, crs=at.crs, metric=metric_crs)
    return x, y


def table_crs(
    table: Table, stated: str | None, city_crs: str | None, findings: Findings
) -> str | None:
    """Return the coordinate system of a table: stated for it, its own, or the city's."""
    own = table.crs
    if own is not None:
        try:
            own = known_crs(own)
        except UnknownCrsError:
            own = None
    if stated is not None:
        return stated
    if city_crs in (GCJ02, BD09) and is_geographic(own):
        # No code exists for the shifted systems, so files in them claim to be plain degrees.
        return city_crs
    if own == WGS84 and table.file.lower().endswith("json"):
        # GeoJSON without a word of its own is called WGS-84 by every reader.
        if is_geographic(city_crs):
            return city_crs
        if city_crs is None and not _within_degrees(table):
            return None
    if own is not None and own != city_crs and city_crs is not None:
        findings.remark("city.own_crs", file=table.file, own=name_of(own), city=name_of(city_crs))
    return city_crs if own is None else own


def name_of(crs: str) -> str:
    """Return a coordinate system as people call it: its code and name."""
    if crs in (GCJ02, BD09):
        return crs
    name = str(crs_object(crs).name)
    return f"{crs} ({name})" if len(crs) < 20 else name


def _within_degrees(table: Table) -> bool:
    import shapely

    xy = np.abs(shapely.get_coordinates(table.geometry))
    return bool((xy[:, 0] <= 180.0).all() and (xy[:, 1] <= 90.0).all())


def _of_geometry(table: Table, findings: Findings) -> tuple[Floats, Floats]:
    import shapely

    shapes = table.geometry
    none = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    findings.fault_rows("city.no_geometry", table, None, none)
    other = ~none & (shapely.get_type_id(shapes) != POINT)
    points = np.array(shapes, dtype=object)
    if other.any():
        points[other] = shapely.point_on_surface(points[other])
        findings.remark("city.not_points", file=table.file, count=int(other.sum()))
    x = np.full(len(table), np.nan)
    y = np.full(len(table), np.nan)
    x[~none], y[~none] = shapely.get_x(points[~none]), shapely.get_y(points[~none])
    broken = ~none & ~((np.abs(x) <= LARGEST) & (np.abs(y) <= LARGEST))
    x[broken], y[broken] = np.nan, np.nan
    findings.fault_rows("city.no_geometry", table, None, broken)
    return x, y


def _check_degrees(table: Table, x: Floats, y: Floats, findings: Findings) -> None:
    """Say which longitudes and latitudes cannot be, and make them NaN in place."""
    far_x, far_y = np.abs(x) > 180.0, np.abs(y) > 90.0
    # Latitudes between 90 and 180 beside plausible longitudes: the two columns are exchanged.
    swapped = far_y & (np.abs(y) <= 180.0) & (np.abs(x) <= 90.0)
    most = 2 * int(swapped.sum()) > len(swapped)
    key = "city.swapped_degrees" if most else "city.swapped_row"
    _out(table, "y", swapped, key, findings)
    _out(table, "y", far_y & ~swapped, "city.latitude", findings)
    _out(table, "x", far_x, "city.longitude", findings)
    wrong = far_x | far_y
    x[wrong] = np.nan
    y[wrong] = np.nan


def _out(table: Table, name: str, where: Bools, key: str, findings: Findings) -> None:
    findings.fault_rows(key, table, table.columns.get(name), where)
