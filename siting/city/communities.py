"""Which community every place, space and outlet belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import ids, words
from siting.city.coordinates import to_metric
from siting.city.positions import table_crs

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats, Ints, Words
    from siting.city.tables import Table


_NAMED = 5


@dataclass(frozen=True, eq=False)
class Polygons:
    """The communities' areas in metres."""

    file: str
    id: Words
    shapes: Words


@dataclass(frozen=True, eq=False)
class Located:
    """Records with a position in metres."""

    table: Table
    x: Floats
    y: Floats


def read_polygons(
    table: Table,
    stated: str | None,
    city_crs: str | None,
    metric_crs: str | None,
    findings: Findings,
) -> Polygons | None:
    """Return the communities' polygons in metres; None where they cannot be used."""
    import shapely

    names = ids(table, findings)
    shapes = table.geometry
    if shapes is None:
        findings.fault("city.no_polygons", file=table.file)
        return None
    area = shapely.get_dimensions(shapes) == 2
    findings.fault_rows("city.not_polygon", table, table.columns["id"], ~area)
    if not area.all():
        return None
    crs = table_crs(table, stated, city_crs, findings)
    shapes = shapely.force_2d(shapes)
    shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(to_metric(xy[:, 0], xy[:, 1], crs, metric_crs))
    )
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        findings.fault("city.beyond_crs", file=table.file, crs=crs, metric=metric_crs)
        return None
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes = np.where(broken, shapely.make_valid(shapes), shapes)
        first = str(names[np.flatnonzero(broken)[0]])
        findings.remark(
            "city.mended_polygons", file=table.file, count=int(broken.sum()), first=first
        )
    return Polygons(table.file, names, np.asarray(shapes, dtype=object))


def decide(
    places: Located,
    others: tuple[Located | None, ...],
    polygons: Polygons | None,
    city_name: str,
    findings: Findings,
) -> tuple[tuple[str, ...], Ints, tuple[Ints, ...]]:
    """Return the communities' names, and the index of each place and of each other record.

    Polygons decide where there are any; of several that hold a point the smallest does, of none
    the nearest. Without polygons the record's own column counts, else the nearest place's
    community. A city with neither is one community.

    Parameters
    ----------
    others
        The spaces and the outlets; None gives an empty array.
    """
    if polygons is not None:
        names = tuple(str(name) for name in polygons.id)
        of_places = _inside(places, polygons, findings)
        return names, of_places, tuple(_maybe(o, polygons, findings) for o in others)
    index: dict[str, int] = {}
    column = places.table.columns.get("community")
    if column is None:
        index[city_name] = 0
        of_places = np.zeros(len(places.x), dtype=np.int64)
    else:
        of_places = _indexed(words(places.table, "community"), index)
    inhabited = len(index)
    of_others = tuple(
        np.zeros(0, dtype=np.int64)
        if other is None
        else _by_column(other, places, of_places, index, named=column is not None)
        for other in others
    )
    names = tuple(index)
    for name in names[inhabited:]:
        findings.remark("city.no_places_there", value=name)
    return names, of_places, of_others


def _maybe(located: Located | None, polygons: Polygons, findings: Findings) -> Ints:
    if located is None or len(located.x) == 0:
        return np.zeros(0, dtype=np.int64)
    return _inside(located, polygons, findings)


def _inside(located: Located, polygons: Polygons, findings: Findings) -> Ints:
    """Return the smallest polygon that holds each point, or else the nearest.

    What is within two is named in a remark; on a border between two it is in order.
    """
    import shapely

    points = shapely.points(located.x, located.y)
    tree = shapely.STRtree(polygons.shapes)
    by_size = _smallest_first(polygons)
    rank = np.argsort(by_size)
    n = len(by_size)
    first = np.full(len(points), n, dtype=np.int64)
    at, polygon = tree.query(points, predicate="intersects")
    np.minimum.at(first, at, rank[polygon])
    _remark_on_overlaps(located, polygons, (points, at, polygon), findings)
    outside: Bools = first == n
    if outside.any():
        lost = np.flatnonzero(outside)
        (at, polygon), away = tree.query_nearest(points[lost], return_distance=True)
        np.minimum.at(first, lost[at], rank[polygon])
        findings.remark(
            "city.outside_polygons",
            file=located.table.file,
            count=len(lost),
            polygons=polygons.file,
            first=str(words(located.table, "id")[lost[0]]),
            metres=f"{float(np.max(away)):.0f}",
        )
    return np.asarray(by_size[first], dtype=np.int64)


def _smallest_first(polygons: Polygons) -> Ints:
    """Return the polygons by area in whole square metres, then id: not by their rows.

    A small one within a large one is meant to be cut out of it.
    """
    import shapely

    area = np.round(shapely.area(polygons.shapes))
    return np.lexsort((polygons.id.astype(str), area))


def _remark_on_overlaps(
    located: Located, polygons: Polygons, hits: tuple[Words, Ints, Ints], findings: Findings
) -> None:
    """Name the points that lie within several polygons; `hits` are (points, point, polygon)."""
    import shapely

    points, at, polygon = hits
    shared = np.bincount(at, minlength=len(points))[at] > 1
    at, polygon = at[shared], polygon[shared]
    within = shapely.contains_properly(polygons.shapes[polygon], points[at])
    several = np.flatnonzero(np.bincount(at[within], minlength=len(points)) > 1)
    if not len(several):
        return
    of_first = sorted(str(name) for name in polygons.id[polygon[within & (at == several[0])]])
    findings.remark(
        "city.in_several_polygons",
        file=located.table.file,
        count=len(several),
        polygons=polygons.file,
        first=str(words(located.table, "id")[several[0]]),
        names=", ".join(of_first[:_NAMED]) + (", ..." if len(of_first) > _NAMED else ""),
    )


def _indexed(names: Words, index: dict[str, int]) -> Ints:
    """Return the index of each name, in order of appearance; new names are added to `index`."""
    import pandas as pd

    codes, unique = pd.factorize(names)
    by_code = np.array([index.setdefault(str(u), len(index)) for u in unique], dtype=np.int64)
    return np.asarray(by_code[codes], dtype=np.int64) if len(names) else codes.astype(np.int64)


def _by_column(
    other: Located, places: Located, of_places: Ints, index: dict[str, int], *, named: bool
) -> Ints:
    """Return communities by the column where there is a word, else by the nearest place."""
    # Of places equally near, the tree finds the same one whatever the order of rows.
    by_name = np.argsort(np.argsort(list(index)))[of_places]
    order = np.lexsort((by_name, places.y, places.x))
    found = order[nearest_of(other.x, other.y, places.x[order], places.y[order])]
    communities = of_places[found]
    column = other.table.columns.get("community")
    if column is None or not named:
        return communities
    full = ~column.blank
    communities = communities.copy()
    communities[full] = _indexed(words(other.table, "community")[full], index)
    return communities


def nearest_of(x: Floats, y: Floats, to_x: Floats, to_y: Floats) -> Ints:
    """Return the index of the nearest of the points `to` for each point."""
    from scipy.spatial import cKDTree

    if len(x) == 0:
        return np.zeros(0, dtype=np.int64)
    tree = cKDTree(np.column_stack((to_x, to_y)))
    return np.asarray(tree.query(np.column_stack((x, y)))[1], dtype=np.int64)
