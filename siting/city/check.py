"""Remarks on what is legal but suspicious, as far as no catalogue of types is needed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.city.check_crs import remark_on_system
from siting.city.coordinates import to_metric
from siting.city.model import EVERYONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.city.findings import Findings
    from siting.city.model import Bools, City, Floats, Ints, Streets, Words
    from siting.city.positions import Positions
    from siting.city.tables import Column, Table

FAR_FROM_STREETS = 500.0
"""Metres beyond which the walk to the nearest street is remarked."""
_SHARED = 20.0
"""Residents of most places from which on a part of a person looks like a share; unverified."""
_FAR_OUT = 5.0
_FAR_OUT_MORE = 2_000.0
_FEW = 20
"""So many places: below, a few points far away would be part of any outer quantile."""
_FAR_OUT_FEW = 3.0
_TEN = 10.0
_FIVE = 5.0
_ROBUST = 5.0 * 1.4826
"""Median absolute deviations that are five standard deviations of a normal distribution."""
_ENOUGH = 5
_OWN_SIZE = ("kiosk", "plant")
"""Kinds whose floor areas are comparable with no other kind's."""
_SLOW, _FAST = 20.0, 150.0
_LONG_DETOUR = 3.0


@dataclass(frozen=True, eq=False)
class Checked:
    """The kept records of one table: whence they came, and where they lie."""

    table: Table
    rows: Ints
    id: Words
    x: Floats
    y: Floats
    at: Positions

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.table.file


def remark_on(city: City, points: dict[str, Checked], findings: Findings) -> None:
    """Add every remark on `city` to `findings`.

    Parameters
    ----------
    points
        ``places``, and ``spaces`` and ``outlets`` where there are any.
    """
    places = points["places"]
    remark_on_system(city, places, findings)
    _missing(city, findings)
    _residents(city, places, findings)
    centre_x, centre_y = float(np.median(places.x)), float(np.median(places.y))
    radius = _radius(np.hypot(places.x - centre_x, places.y - centre_y))
    for name, checked in points.items():
        _far_out(checked, (centre_x, centre_y, radius), city.metric_crs, findings)
        same = city.outlets.types if name == "outlets" else None
        _same_point(checked, same, findings)
        _alike(checked.id, checked.file, checked.table.columns["id"], findings)
    named = None if city.areas is not None else places.table.columns.get("community")
    _alike(city.communities, None if named is None else places.file, named, findings)
    if "spaces" in points:
        _ten_times(city, points["spaces"], findings)
    if city.streets is not None:
        _pieces(city.streets, findings)
        for checked in points.values():
            _far_from_streets(checked, city.streets, findings)
    _walking(city, findings)


def _missing(city: City, findings: Findings) -> None:
    if len(city.spaces) == 0 and not city.outlets.spare_m2.any():
        findings.remark("city.no_spaces")
    if len(city.outlets) == 0:
        findings.remark("city.no_outlets")
    if city.walks is not None:
        if len(city.spaces) and not city.walks.is_space.any():
            findings.remark("city.no_space_pairs")
        if len(city.outlets) and city.walks.is_space.all():
            findings.remark("city.no_outlet_pairs")
    homes = np.bincount(city.places.community, minlength=len(city.communities))
    empty = np.flatnonzero(homes == 0)
    if len(empty):
        first = city.communities[empty[0]]
        findings.remark("city.empty_communities", count=len(empty), first=first)


def _residents(city: City, places: Checked, findings: Findings) -> None:
    everyone = city.places.residents[EVERYONE]
    if not everyone.any():
        findings.remark("city.nobody", file=places.file)
    elif (everyone == 0).any():
        nobody = everyone == 0
        findings.remark(
            "city.zero_residents",
            file=places.file,
            count=int(nobody.sum()),
            first=places.id[np.argmax(nobody)],
        )
    for group, counted in city.places.residents.items():
        # Shares of estimated residents are rounded, so the last digit may exceed the sum.
        over = counted > everyone * (1.0 + 1e-9) + 0.01
        if over.any():
            at = int(np.argmax(over))
            findings.remark(
                "city.group_over",
                file=places.file,
                column=places.table.columns[group].name,
                count=int(over.sum()),
                first=places.id[at],
            )
        part = (counted > 0.0) & (counted < 1.0)
        unit = places.table.units.get(group)
        if (unit is None or not unit.share) and part.any() and counted.max() <= 1.0:
            at = int(np.argmax(part))
            if np.median(everyone[part]) >= _SHARED:
                findings.remark(
                    "city.like_shares",
                    file=places.file,
                    row=int(places.rows[at]),
                    column=places.table.columns[group].name,
                    value=f"{counted[at]:g}",
                    residents=f"{everyone[at]:g}",
                    canonical=group,
                )


def _radius(away: Floats) -> float:
    """Return how far most places lie from the middle, whatever a few of them do."""
    outer = float(np.quantile(away, 0.9))
    if _ENOUGH <= len(away) < _FEW:
        outer = min(outer, _FAR_OUT_FEW * float(np.median(away)))
    return outer


def _far_out(
    checked: Checked,
    circle: tuple[float, float, float],
    metric_crs: str | None,
    findings: Findings,
) -> None:
    """Remark points far outside the circle that holds nine tenths of the places."""
    centre_x, centre_y, radius = circle
    limit = _FAR_OUT * radius + _FAR_OUT_MORE
    away = np.hypot(checked.x - centre_x, checked.y - centre_y)
    far = np.flatnonzero(away > limit)
    if len(far) == 0:
        return
    turned_x, turned_y = to_metric(checked.at.y[far], checked.at.x[far], checked.at.crs, metric_crs)
    back = np.hypot(turned_x - centre_x, turned_y - centre_y) <= limit
    for i, swapped in zip(far.tolist(), back.tolist(), strict=True):
        findings.remark(
            "city.swapped_point" if swapped else "city.far_out",
            file=checked.file,
            row=int(checked.rows[i]),
            value=checked.id[i],
            km=f"{away[i] / 1000.0:.0f}",
        )


def _alike(
    names: Iterable[str], file: str | None, column: Column | None, findings: Findings
) -> None:
    """Remark names that people take for the same, and that count as two."""
    texts = list(map(str, names))
    # Without blanks, in half width and small letters: all at once, for there may be a million.
    usual = unicodedata.normalize("NFKC", "\0".join(texts)).casefold()
    bare = "".join(usual.split()).split("\0")
    if len(set(bare)) == len(bare) or len(bare) != len(texts):
        return
    first: dict[str, str] = {}
    for text, key in zip(texts, bare, strict=True):
        other = first.setdefault(key, text)
        if other != text:
            where = None if column is None else column.name
            findings.remark("city.alike", file=file, column=where, value=text, other=other)


def _same_point(checked: Checked, kinds: Words | None, findings: Findings) -> None:
    """Remark records at one point to the millimetre (outlets: of the same types too)."""
    import pandas as pd

    keys = {"x": np.rint(checked.x * 1000.0), "y": np.rint(checked.y * 1000.0)}
    frame = pd.DataFrame(keys if kinds is None else {**keys, "kinds": kinds})
    again: Bools = frame.duplicated(keep="first").to_numpy()
    if again.any():
        first = checked.id[np.argmax(again)]
        findings.remark("city.same_point", file=checked.file, count=int(again.sum()), first=first)


def _ten_times(city: City, spaces: Checked, findings: Findings) -> None:
    """Remark areas and rents far above or below the median of their kind.

    Where a kind has too few spaces, all of them are the measure: of rents always, of areas unless
    the kind has a size of its own (a kiosk is no small plant).
    """
    import pandas as pd

    kinds, unique = pd.factorize(city.spaces.kind)
    columns = {"area_m2": city.spaces.area_m2, "rent_m2_month": city.spaces.rent_m2_month}
    for name, values in columns.items():
        stated = values > 0.0
        if stated.sum() < _ENOUGH:
            continue
        sized = np.isin(unique[kinds], _OWN_SIZE) & (name == "area_m2")
        medians = np.full(len(unique), np.nan)
        odd = np.zeros(len(values), dtype=np.bool_)
        for kind in range(len(unique)):
            mine = stated & (kinds == kind)
            alike = mine
            if mine.sum() < _ENOUGH:
                alike = stated & ~sized
                mine = mine & ~sized
            if mine.any() and alike.sum() >= _ENOUGH:
                medians[kind] = np.median(values[alike])
                odd |= mine & _odd(values, values[alike])
        median = medians[kinds]
        _say_odd(spaces.table, name, values / median, median, odd, findings)


def _odd(values: Floats, alike: Floats) -> Bools:
    """Tell which positive values are ten times off the median of `alike`, or five times and rare.

    Rare is what lies five robust standard deviations of the logarithms away.
    """
    logs = np.log(alike)
    middle = np.median(logs)
    away = np.abs(np.log(np.where(values > 0.0, values, np.exp(middle))) - middle)
    rare = away > _ROBUST * np.median(np.abs(logs - middle))
    odd: Bools = (away >= np.log(_TEN)) | (rare & (away >= np.log(_FIVE)))
    return odd


def _say_odd(
    table: Table, name: str, factor: Floats, median: Floats, odd: Bools, findings: Findings
) -> None:
    findings.remark_rows(
        "city.ten_times",
        table,
        table.columns[name],
        odd,
        factor=lambda i: f"{factor[i]:.2g}",
        median=lambda i: f"{median[i]:g}",
    )


def _pieces(streets: Streets, findings: Findings) -> None:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(streets.node_x)
    ones = np.ones(len(streets), dtype=np.int8)
    graph = coo_array((ones, (streets.tail, streets.head)), shape=(n, n))
    _, piece = connected_components(graph, directed=False)
    used = np.zeros(n, dtype=np.bool_)
    used[streets.tail] = used[streets.head] = True
    sizes = np.bincount(piece[used])
    sizes = sizes[sizes > 0]
    if len(sizes) > 1:
        share = 100.0 * (1.0 - sizes.max() / sizes.sum())
        findings.remark("city.street_pieces", pieces=len(sizes), share=f"{share:.1f}")


def _far_from_streets(checked: Checked, streets: Streets, findings: Findings) -> None:
    import shapely
    from scipy.spatial import cKDTree

    # Most points lie near a junction; the exact distance is only needed for the others.
    nodes = cKDTree(np.column_stack((streets.node_x, streets.node_y)))
    points = np.column_stack((checked.x, checked.y))
    away, _ = nodes.query(points, distance_upper_bound=FAR_FROM_STREETS)
    rest = np.flatnonzero(np.isinf(away))
    if len(rest) == 0:
        return
    ends = np.column_stack(
        (
            streets.node_x[streets.tail],
            streets.node_y[streets.tail],
            streets.node_x[streets.head],
            streets.node_y[streets.head],
        )
    )
    segments = shapely.linestrings(ends.reshape(-1, 2, 2))
    tree = shapely.STRtree(segments)
    (at, _), exact = tree.query_nearest(
        shapely.points(points[rest]), return_distance=True, all_matches=False
    )
    far = exact > FAR_FROM_STREETS
    if far.any():
        where = rest[at[far]]
        findings.remark(
            "city.far_from_streets",
            file=checked.file,
            count=len(where),
            metres=f"{FAR_FROM_STREETS:g}",
            first=checked.id[where[0]],
            farthest=f"{exact[far][0]:.0f}",
        )


def _walking(city: City, findings: Findings) -> None:
    walking = city.walking
    for group, speed in (("", walking.metres_per_minute), *walking.groups):
        if not _SLOW <= speed <= _FAST:
            findings.remark("city.odd_speed", value=group or None, speed=f"{speed:g}")
    if walking.detour > _LONG_DETOUR:
        findings.remark("city.odd_detour", detour=f"{walking.detour:g}")
