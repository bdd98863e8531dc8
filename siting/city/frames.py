"""A city from data frames in memory, checked like one from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.city.build import Settings, Tables, build_city
from siting.city.findings import Findings
from siting.city.layouts import COMMUNITIES, EDGES, LINES, NODES, OUTLETS, SPACES, WALKS
from siting.city.model import City, Walking
from siting.city.partial import only_whole
from siting.city.read import with_groups
from siting.city.table_geo import from_frame
from siting.city.tables import Layout, Table, table_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def city_from_frames(
    places: pd.DataFrame,
    spaces: pd.DataFrame,
    outlets: pd.DataFrame | None = None,
    *,
    walks: pd.DataFrame | None = None,
    streets: Any = None,
    communities: Any = None,
    crs: Any = None,
    metric_crs: Any = None,
    walking: Walking | None = None,
    types: Mapping[str, str | tuple[str, ...]] | None = None,
    name: str = "city",
) -> City:
    """Return a city made of data frames with the canonical column names.

    Parameters
    ----------
    places, spaces, outlets
        As the tables of a city folder: ``id``, ``x``, ``y`` and so on. A GeoDataFrame's geometry
        and coordinate system are used instead of x and y.
    walks
        ``from``, ``to``, ``kind``, optional ``group``, and ``minutes`` or ``metres``.
    streets
        A GeoDataFrame of lines, or a pair of data frames: nodes (``node, x, y``) and edges
        (``from, to``, optional ``length_m``).
    communities
        A GeoDataFrame of polygons with a column ``id``.
    crs
        Of all coordinates: an EPSG code, ``"GCJ-02"`` or ``"BD-09"``; None: that of the places'
        geometry, else plain metres.
    metric_crs
        To work in; None: a suitable one is chosen.
    walking
        How people walk; None: the norm.
    types
        Local category to type words; None: the categories are type words.
    name
        What the city is called.

    Returns
    -------
    City
        With everything suspicious in ``remarks``.

    Raises
    ------
    InputError
        With everything that is wrong in all tables at once; the tables are called ``places``,
        ``spaces`` and so on, and a row is the position plus 2.
    TypeError
        A table is no data frame, or `walking` no `Walking`.
    """
    from siting.city.outlets import type_map

    _check_kinds(places, spaces, outlets, walks, streets, communities, walking)

    findings = Findings()
    walking = Walking() if walking is None else walking
    _check_walking(walking, findings)
    pair = isinstance(streets, (tuple, list))
    nodes, edges = streets if pair else (None, None)
    of_places = with_groups(tuple(group for group, _ in walking.groups))
    tables = Tables(
        places=_table(places, "places", of_places, findings),
        spaces=_table(spaces, "spaces", SPACES, findings),
        outlets=_table(outlets, "outlets", OUTLETS, findings),
        communities=_table(communities, "communities", COMMUNITIES, findings),
        lines=None if pair else _table(streets, "streets", LINES, findings),
        nodes=_table(nodes, "nodes", NODES, findings),
        edges=_table(edges, "edges", EDGES, findings),
        walks=_table(walks, "walks", WALKS, findings),
    )
    settings = Settings(
        name=name,
        crs=_stated(crs),
        metric_crs=_stated(metric_crs),
        types=type_map(types),
        walking=walking,
    )
    city = build_city(tables, settings, findings)
    findings.raise_faults()
    assert city is not None
    return city


def _check_kinds(
    places: Any, spaces: Any, outlets: Any, walks: Any, streets: Any, communities: Any, walking: Any
) -> None:
    import pandas as pd

    from siting.arguments import check_kind

    for name, frame in (("places", places), ("spaces", spaces)):
        check_kind(name, frame, pd.DataFrame)
    for name, frame in (("outlets", outlets), ("walks", walks), ("communities", communities)):
        check_kind(name, frame, pd.DataFrame, None)
    if isinstance(streets, (tuple, list)) and len(streets) == 2:
        for name, frame in zip(("nodes", "edges"), streets, strict=True):
            check_kind(name, frame, pd.DataFrame)
    else:
        check_kind("streets", streets, pd.DataFrame, None)
    check_kind("walking", walking, Walking, None)


def _table(frame: Any, name: str, layout: Layout, findings: Findings) -> Table | None:
    if frame is None or (layout.may_be_empty and frame.shape == (0, 0)):
        return None
    table = table_from(from_frame(frame), name, {}, layout, findings)
    return only_whole(table, layout, findings)


def _stated(crs: Any) -> str | int | None:
    if crs is None or isinstance(crs, (str, int)):
        return crs
    return str(crs.to_wkt() if hasattr(crs, "to_wkt") else crs)


def _check_walking(walking: Walking, findings: Findings) -> None:
    speeds = [("metres_per_minute", walking.metres_per_minute), *walking.groups]
    for what, speed in speeds:
        if not 0.0 < speed < float("inf"):
            findings.fault("city.key_above", file="walking", column=what, value=speed, least="0")
    if not 1.0 <= walking.detour < float("inf"):
        findings.fault(
            "city.key_least", file="walking", column="detour", value=walking.detour, least="1"
        )
