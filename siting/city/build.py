"""From tables to a city: one way for files and for data frames."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.cells import ids, numbers
from siting.city.check import Checked, remark_on
from siting.city.communities import Located, Polygons, decide, read_polygons
from siting.city.coordinates import (
    UnknownCrsError,
    choose_metric,
    is_geographic,
    is_metric,
    known_crs,
    stretch,
    to_degrees,
)
from siting.city.hosts import ADD_ON, hosting, space_hosts, with_spare_floor
from siting.city.layouts import PLACES
from siting.city.model import EVERYONE, City, Outlets, Places, Spaces, Walking
from siting.city.outlets import TypeMap, mapped_pairs, outlet_fields
from siting.city.positions import Positions, in_metres, name_of, positions
from siting.city.spaces import NOTHING_LOCAL, Local, space_fields
from siting.city.streets import streets_of_lines, streets_of_tables
from siting.city.totals import check_totals
from siting.city.walks import given_walks

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats, GivenWalks, Streets, Words
    from siting.city.tables import Table

_TRUE_TO_SCALE = 0.005
_USABLE_SCALE = 0.05


@dataclass(frozen=True)
class Tables:
    """The tables of a city; None where there is none, or where it could not be read."""

    places: Table | None = None
    spaces: Table | None = None
    outlets: Table | None = None
    communities: Table | None = None
    lines: Table | None = None
    nodes: Table | None = None
    edges: Table | None = None
    walks: Table | None = None


@dataclass(frozen=True)
class Settings:
    """What holds beside the tables.

    Attributes
    ----------
    crs, metric_crs
        As the user stated them.
    table_crs
        By table (``places``, ..., ``streets``), where a table states its own.
    types
        Local category to type words; None: categories are type words.
    local
        What the spaces' own words for kinds and features mean.
    file
        Where the settings stand: ``city.toml``, or None for arguments.
    """

    name: str
    crs: str | int | None = None
    metric_crs: str | int | None = None
    table_crs: dict[str, str | int] = field(default_factory=dict)
    types: TypeMap | None = None
    local: Local = NOTHING_LOCAL
    walking: Walking = field(default_factory=Walking)
    file: str | None = None
    path: Path | None = None
    sha256: str | None = None


@dataclass(frozen=True, eq=False)
class _Points:
    """A table of points whose ids and positions have been read."""

    table: Table
    id: Words
    at: Positions


def build_city(tables: Tables, settings: Settings, findings: Findings) -> City | None:
    """Return the city, or None where `findings` holds faults."""
    systems = _systems(settings, findings)
    places = _points(tables.places, "places", systems, findings)
    if "city" not in systems and places is not None and places.at.crs is not None:
        systems["city"] = places.at.crs
    city_crs = systems.get("city")
    spaces = _points(tables.spaces, "spaces", systems, findings)
    outlets = _points(tables.outlets, "outlets", systems, findings)
    residents = None
    if tables.places is not None:
        residents = _residents(tables.places, findings)
        check_totals(tables.places, EVERYONE, residents[EVERYONE], findings)
        community = tables.places.columns.get("community")
        if community is not None and tables.communities is None:
            findings.fault_rows("city.no_community", tables.places, community, community.blank)
    of_outlets, kept, spare_rent = None, None, np.zeros(0)
    if outlets is not None:
        of_outlets, kept = outlet_fields(outlets.table, settings.types, findings)
        rent = numbers(outlets.table, "rent_m2_month", findings, default=0.0, least=0.0)
        spare_rent = rent[kept]
    of_spaces = None
    if spaces is not None:
        of_spaces = space_fields(spaces.table, findings, settings.types, settings.local)
        area_m2 = of_spaces["area_m2"]
        if area_m2 is not None:
            check_totals(spaces.table, "area_m2", area_m2, findings)
        served = _served(outlets, of_outlets, findings)
        of_spaces["host"] = space_hosts(spaces.table, served, settings.types, findings)
    walks = _walks(tables, places, spaces, outlets, kept, findings)
    _check_metres((places, spaces, outlets), tables.walks is not None, settings, findings)
    metric = _metric(settings, systems.get("metric"), places, findings)
    street_crs = systems.get("streets")
    streets: Streets | None = None
    if tables.lines is not None:
        streets = streets_of_lines(tables.lines, street_crs, city_crs, metric, findings)
    elif tables.nodes is not None and tables.edges is not None:
        streets = streets_of_tables(
            tables.nodes, tables.edges, street_crs, city_crs, metric, findings
        )
    polygons: Polygons | None = None
    if tables.communities is not None:
        stated = systems.get("communities")
        polygons = read_polygons(tables.communities, stated, city_crs, metric, findings)
    here = _located(places, metric, findings)
    spaces_here = _located(spaces, metric, findings)
    outlets_here = _located(outlets, metric, findings)
    if findings.faults or here is None or places is None or residents is None:
        return None
    others = (spaces_here, outlets_here)
    names, of_place, of_others = decide(here, others, polygons, settings.name, findings)
    of_space, of_outlet = of_others
    city = City(
        name=settings.name,
        places=Places(places.id, here.x, here.y, of_place, residents),
        spaces=_spaces(spaces, spaces_here, of_space, of_spaces),
        outlets=_outlets(outlets, outlets_here, of_outlet, of_outlets, kept),
        communities=names,
        walking=settings.walking,
        streets=streets,
        walks=walks,
        metric_crs=metric,
        source_crs=city_crs if settings.crs is None else str(settings.crs),
        path=settings.path,
        sha256=settings.sha256,
        mapped_types=mapped_pairs(settings.types),
        areas=None if polygons is None else polygons.shapes,
    )
    points = {
        "places": (places, here),
        "spaces": (spaces, spaces_here),
        "outlets": (outlets, outlets_here),
    }
    remark_on(city, _checked(points, kept), findings)
    taken = hosting(tables.spaces, city.outlets.id)
    city = with_spare_floor(city, spare_rent, taken, findings)
    return replace(city, remarks=findings.remarks)


def _systems(settings: Settings, findings: Findings) -> dict[str, str]:
    """Return the stated coordinate systems in one spelling; unknown ones are faults."""
    systems = {}
    stated: dict[str, str | int | None] = {
        **settings.table_crs,
        "city": settings.crs,
        "metric": settings.metric_crs,
    }
    columns = {"city": "city.crs", "metric": "city.metric_crs"}
    for name, crs in stated.items():
        if crs is None:
            continue
        try:
            systems[name] = known_crs(crs)
        except UnknownCrsError:
            column = columns.get(name, f"{name}.crs")
            findings.fault("city.unknown_crs", file=settings.file, column=column, value=crs)
    return systems


def _points(
    table: Table | None, name: str, systems: dict[str, str], findings: Findings
) -> _Points | None:
    if table is None:
        return None
    at = positions(table, systems.get(name), systems.get("city"), findings)
    return _Points(table, ids(table, findings), at)


def _located(points: _Points | None, metric_crs: str | None, findings: Findings) -> Located | None:
    if points is None:
        return None
    x, y = in_metres(points.table, points.at, metric_crs, findings)
    return Located(points.table, x, y)


def _residents(table: Table, findings: Findings) -> dict[str, Floats]:
    """Return residents by group, ``everyone`` first."""
    groups = [
        name
        for name, column in table.columns.items()
        # A further group that nobody filled in anywhere was not counted at all.
        if name not in (*PLACES.words, "x", "y", EVERYONE) and not column.blank.all()
    ]
    everyone = numbers(table, EVERYONE, findings, least=0.0)
    # An empty cell of a further group says that nobody was counted there.
    others = {
        name: numbers(table, name, findings, default=0.0, least=0.0, base=everyone)
        for name in groups
    }
    return {EVERYONE: everyone, **others}


def _metric(
    settings: Settings, stated: str | None, places: _Points | None, findings: Findings
) -> str | None:
    """Return the system to work in: the stated one, or one that is chosen and remarked."""
    if settings.metric_crs is not None and stated is None:
        return None
    if stated is not None and not is_metric(stated):
        findings.fault(
            "city.not_metric", file=settings.file, column="metric_crs", value=settings.metric_crs
        )
        return None
    if places is None or places.at.crs is None:
        return stated
    x, y = places.at.x, places.at.y
    sound = np.isfinite(x) & np.isfinite(y)
    if not sound.any():
        return None
    crs = places.at.crs
    lon, lat = to_degrees(np.median(x[sound]), np.median(y[sound]), crs)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        findings.fault("city.beyond_crs", file=places.table.file, crs=crs, metric="EPSG:4326")
        return None
    if stated is None:
        chosen = choose_metric(crs, float(lon), float(lat))
        if chosen != crs:
            findings.remark("city.metric_chosen", crs=name_of(crs), metric=name_of(chosen))
        return chosen
    factor = stretch(stated, float(lon), float(lat))
    off = abs(factor - 1.0)
    if not off <= _USABLE_SCALE:
        fit = choose_metric(crs, float(lon), float(lat))
        findings.fault(
            "city.not_true",
            file=settings.file,
            column="metric_crs",
            value=settings.metric_crs,
            factor=f"{factor:.2f}",
            fit=name_of(fit),
        )
    elif off > _TRUE_TO_SCALE:
        share = f"{100.0 * off:.1f}"
        findings.remark("city.nearly_true", file=settings.file, value=stated, share=share)
    return stated


def _check_metres(
    tables: tuple[_Points | None, ...], walked: bool, settings: Settings, findings: Findings
) -> None:
    """Refuse degrees that nobody called degrees: a whole city within a few metres.

    Without any system, and with walks of another tool, the unit does not matter.
    """
    points = [
        t.at for t in tables if t is not None and not is_geographic(t.at.crs) and len(t.table)
    ]
    if not points or any(fault.key == "city.unknown_crs" for fault in findings.faults):
        return  # what is in an unknown system may well be degrees
    x = np.concatenate([at.x for at in points])
    y = np.concatenate([at.y for at in points])
    sound = np.isfinite(x) & np.isfinite(y)
    x, y = x[sound], y[sound]
    if len(x) == 0 or np.abs(x).max() > 180.0 or np.abs(y).max() > 180.0:
        return
    small = np.ptp(x) < 5.0 and np.ptp(y) < 5.0
    away = abs(np.median(x)) > 5.0 or abs(np.median(y)) > 5.0
    broken = bool((x != np.rint(x)).any() or (y != np.rint(y)).any())
    if not (small and away and broken):
        return
    at_x, at_y = f"{np.median(x):.5f}", f"{np.median(y):.5f}"
    if walked and all(at.crs is None for at in points):
        findings.remark("city.degrees_walked", file=settings.file, x=at_x, y=at_y)
    else:
        findings.fault("city.degrees", file=settings.file, x=at_x, y=at_y)


def _walks(
    tables: Tables,
    places: _Points | None,
    spaces: _Points | None,
    outlets: _Points | None,
    kept: Bools | None,
    findings: Findings,
) -> GivenWalks | None:
    if tables.walks is None:
        return None

    def known(points: _Points | None) -> Words | None:
        # Without faults so far a table that is not here was never named, so it has no ids.
        nobody = None if findings.faults else np.zeros(0, dtype=object)
        return nobody if points is None else points.id

    return given_walks(
        tables.walks,
        known(places),
        known(spaces),
        known(outlets),
        kept,
        findings,
    )


def _served(
    outlets: _Points | None, fields: dict[str, np.ndarray] | None, findings: Findings
) -> tuple[Words, Words] | None:
    """Return ids and types of all outlets; None where they could not be read."""
    if outlets is None or fields is None:
        nobody = np.zeros(0, dtype=object)
        return None if findings.faults else (nobody, nobody)
    return outlets.id, fields["types"]


def _spaces(
    points: _Points | None,
    here: Located | None,
    community: np.ndarray,
    fields: dict[str, Any] | None,
) -> Spaces:
    if points is None or here is None or fields is None:
        none = np.zeros(0)
        words = np.zeros(0, dtype=object)
        whole = np.zeros(0, dtype=np.int64)
        return Spaces(
            words, none, none, whole, none, none, words, whole, words, whole, whole, none, none
        )
    host = fields["host"]
    if host is not None:
        inside = np.fromiter((len(words) > 0 for words in host), np.bool_, len(host))
        unnamed = inside & (fields["kind"] == "")
        fields = {**fields, "kind": np.where(unnamed, ADD_ON, fields["kind"])}
    return Spaces(points.id, here.x, here.y, community, **fields)


def _outlets(
    points: _Points | None,
    here: Located | None,
    community: np.ndarray,
    fields: dict[str, np.ndarray] | None,
    kept: Bools | None,
) -> Outlets:
    if points is None or here is None or fields is None or kept is None:
        none = np.zeros(0)
        words = np.zeros(0, dtype=object)
        return Outlets(words, none, none, np.zeros(0, dtype=np.int64), words, none, none, none)
    own = {name: values[kept] for name, values in fields.items()}
    return Outlets(points.id[kept], here.x[kept], here.y[kept], community[kept], **own)


def _checked(
    points: dict[str, tuple[_Points | None, Located | None]], kept: Bools | None
) -> dict[str, Checked]:
    """Return the tables of points that hold any record, as the checks want them."""
    checked = {}
    for name, (given, here) in points.items():
        if given is None or here is None:
            continue
        keep = np.ones(len(given.id), dtype=np.bool_)
        if name == "outlets" and kept is not None:
            keep = kept
        if keep.any():
            at = Positions(given.at.x[keep], given.at.y[keep], given.at.crs)
            rows, x, y = given.table.rows[keep], here.x[keep], here.y[keep]
            checked[name] = Checked(given.table, rows, given.id[keep], x, y, at)
    return checked
