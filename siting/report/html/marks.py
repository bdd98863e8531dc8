"""What the map shows, in whole metres from the city's lower left corner."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.report.figures import clean
from siting.report.html.both import class_pair, type_pairs, word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.plan.detail import Detail
    from siting.plan.model import Plan

MOST_MARKS = 6000
"""Places above this number are shown as cells."""
MOST_STREETS = 40_000
MOST_OUTLETS = 30_000
_CELLS = (50, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000)
_ROWS = 10_000_000  # more than a city is high in cells
_NOBODY = 255
_FINE = 20.0  # metres to which the outline of a community may be off


@dataclass(frozen=True)
class Frame:
    """The lower left corner from which positions are counted."""

    x: float
    y: float

    def x_of(self, x: Any) -> list[int]:
        """Return whole metres to the right of the corner."""
        return self._from(x, self.x)

    def y_of(self, y: Any) -> list[int]:
        """Return whole metres above the corner."""
        return self._from(y, self.y)

    def _from(self, values: Any, origin: float) -> list[int]:
        whole: list[int] = np.rint(np.asarray(values) - origin).astype(np.int64).tolist()
        return whole


def frame_of(city: City) -> Frame:
    """Return the corner of a city's places and spaces."""
    x = np.concatenate([city.places.x, city.spaces.x])
    y = np.concatenate([city.places.y, city.spaces.y])
    if not len(x):
        return Frame(0.0, 0.0)
    return Frame(float(x.min()), float(y.min()))


def map_data(plan: Plan, city: City, detail: Detail) -> dict[str, Any]:
    """Return the layers of the map."""
    frame = frame_of(city)
    types = type_pairs(plan.standard)
    asking = [kind for _, kind in detail.gaps.asking]
    classes = list(dict.fromkeys(kind.type_class for kind in asking))
    notes = []
    streets, thinned = street_lines(city, frame)
    if thinned:
        notes.append(word("map_thinned"))
    outlets = _outlets(city, [kind.id for kind in asking], frame)
    if outlets is None:
        notes.append(word("map_no_outlets", count=f"{len(city.outlets):,}"))
    return {
        "types": [types[kind.id] for kind in asking],
        "type_class": [classes.index(kind.type_class) for kind in asking],
        "classes": [class_pair(name) for name in classes],
        "class_ids": [clean(name) for name in classes],
        "communities": [clean(name) for name in city.communities],
        "marks": _marks(city, detail, frame),
        "projects": _projects(plan, asking_at={k.id: n for n, k in enumerate(asking)}, frame=frame),
        "spaces": _spaces(plan, city, frame),
        "outlets": outlets,
        "streets": streets,
        "areas": area_rings(city, frame),
        "grades": _grades(plan, city),
        "notes": notes,
    }


def _marks(city: City, detail: Detail, frame: Frame) -> dict[str, Any]:
    """Return the `ground`, and what its places or cells have.

    ``before`` and ``after`` hold for each asking type, then each mark, the share of the counting
    group that has it in reach as whole per cent in a byte; 255 where nobody of the group lives.
    """
    marks, cell = ground(city, frame)
    before, after = (
        _shares(detail, served, cell, len(marks["x"]))
        for served in (detail.gaps.served, detail.gains.served)
    )
    return {
        **marks,
        "before": base64.b64encode(before.tobytes()).decode("ascii"),
        "after": base64.b64encode(after.tobytes()).decode("ascii"),
    }


def ground(city: City, frame: Frame) -> tuple[dict[str, Any], NDArray[np.int64]]:
    """Return places, or cells of places where they are many, and the mark of each place.

    Marks say where they are, who lives there, and in which community (that of a cell's first
    place); places have an ``id``, cells a ``count`` of places and are ``metres`` wide.
    """
    cell, metres = _cells(city, frame)
    size = int(cell.max(initial=-1)) + 1
    everyone = np.bincount(cell, weights=city.places.residents["everyone"], minlength=size)
    if metres:
        first = np.zeros(size, dtype=np.int64)
        first[cell[::-1]] = np.arange(len(cell))[::-1]
        x = (np.floor((city.places.x[first] - frame.x) / metres) + 0.5) * metres + frame.x
        y = (np.floor((city.places.y[first] - frame.y) / metres) + 0.5) * metres + frame.y
    else:
        first = np.arange(size, dtype=np.int64)
        x, y = city.places.x, city.places.y
    marks: dict[str, Any] = {
        "metres": metres,
        "x": frame.x_of(x),
        "y": frame.y_of(y),
        "residents": np.rint(everyone).astype(np.int64).tolist(),
        "community": city.places.community[first].tolist(),
    }
    if metres:
        marks["count"] = np.bincount(cell, minlength=size).astype(np.int64).tolist()
    else:
        marks["id"] = [clean(name) for name in city.places.id]
    return marks, cell


def _cells(city: City, frame: Frame) -> tuple[NDArray[np.int64], int]:
    """Return the mark of each place, and how wide cells are in metres (0: places themselves)."""
    n = len(city.places)
    if n <= MOST_MARKS:
        return np.arange(n), 0
    cell, metres = np.zeros(n, dtype=np.int64), 0
    for metres in _CELLS:
        column = np.floor((city.places.x - frame.x) / metres).astype(np.int64)
        row = np.floor((city.places.y - frame.y) / metres).astype(np.int64)
        found, cell = np.unique(column * _ROWS + row, return_inverse=True)
        if len(found) <= MOST_MARKS:
            break
    return cell, metres


def _shares(
    detail: Detail, served: NDArray[np.bool_], cell: NDArray[np.int64], size: int
) -> NDArray[np.uint8]:
    gaps = detail.gaps
    shares = np.full((len(gaps.asking), size), _NOBODY, dtype=np.uint8)
    people: dict[int, NDArray[np.float64]] = {}
    for k, (t, _) in enumerate(gaps.asking):
        d = gaps.counting(t)
        group = gaps.demands[d].group
        residents = gaps.residents[group]
        if group not in people:
            living = np.bincount(cell, weights=residents, minlength=size)
            people[group] = living.astype(np.float64)
        lives = people[group] > 0
        have = np.bincount(cell, weights=residents * served[d], minlength=size)
        shares[k, lives] = np.floor(100.0 * have[lives] / people[group][lives] + 1e-7)
    return shares


def _projects(plan: Plan, asking_at: dict[str, int], frame: Frame) -> dict[str, Any]:
    projects = plan.document.projects
    return {
        "x": frame.x_of([p.x for p in projects]),
        "y": frame.y_of([p.y for p in projects]),
        "type": [asking_at[p.type] for p in projects],
        "space": [clean(p.space) for p in projects],
    }


def _spaces(plan: Plan, city: City, frame: Frame) -> dict[str, Any]:
    opened = {p.space for p in plan.document.projects}
    rest = np.flatnonzero([str(name) not in opened for name in city.spaces.id])
    return {
        "x": frame.x_of(city.spaces.x[rest]),
        "y": frame.y_of(city.spaces.y[rest]),
        "id": [clean(name) for name in city.spaces.id[rest]],
        "area": np.round(city.spaces.area_m2[rest], 1).tolist(),
    }


def _outlets(city: City, asking: list[str], frame: Frame) -> dict[str, Any] | None:
    """Return the outlets of types that are asked for; None where they are too many."""
    at = {name: k for k, name in enumerate(asking)}
    types = [[at[word] for word in words if word in at] for words in city.outlets.types]
    kept = np.flatnonzero([bool(found) for found in types])
    if len(kept) > MOST_OUTLETS:
        return None
    return {
        "x": frame.x_of(city.outlets.x[kept]),
        "y": frame.y_of(city.outlets.y[kept]),
        "types": [types[k] for k in kept.tolist()],
    }


def street_lines(city: City, frame: Frame) -> tuple[list[int], bool]:
    """Return segments as x, y, x, y in a row, drawn to a coarser grid where they are too many."""
    if city.streets is None or not len(city.streets):
        return [], False
    streets = city.streets
    x, y = streets.node_x - frame.x, streets.node_y - frame.y
    ends = np.column_stack((x[streets.tail], y[streets.tail], x[streets.head], y[streets.head]))
    lines = np.rint(ends).astype(np.int64)
    step = 1
    while len(lines) > MOST_STREETS:
        step = 25 if step == 1 else 2 * step
        lines = np.rint(ends / step).astype(np.int64)
        swap = (lines[:, 0] > lines[:, 2]) | (
            (lines[:, 0] == lines[:, 2]) & (lines[:, 1] > lines[:, 3])
        )
        lines[swap] = lines[swap][:, [2, 3, 0, 1]]
        lines = np.unique(lines, axis=0)
        moved = (lines[:, 0] != lines[:, 2]) | (lines[:, 1] != lines[:, 3])
        lines = lines[moved]
    flat: list[int] = (lines * step).ravel().tolist()
    return flat, step > 1


def area_rings(city: City, frame: Frame) -> list[list[list[int]]] | None:
    """Return for each community its rings, each x, y, x, y in a row; None without polygons."""
    if city.areas is None:
        return None
    import shapely

    shapes = shapely.simplify(city.areas, _FINE)
    found: list[list[list[int]]] = []
    for shape in shapes:
        rings = shapely.get_rings(shapely.get_parts(shape))
        found.append([_ring(shapely.get_coordinates(ring), frame) for ring in rings])
    return found


def _ring(xy: NDArray[np.float64], frame: Frame) -> list[int]:
    whole: list[int] = np.rint(xy - (frame.x, frame.y)).astype(np.int64).ravel().tolist()
    return whole


def _grades(plan: Plan, city: City) -> dict[str, Any]:
    """Return the names of the grades, lowest first, and how many each community holds."""
    grades = plan.standard.grades
    level = {grade.id: k + 1 for k, grade in enumerate(grades)}
    of = {c.community: c for c in plan.document.circles}
    held = [of.get(name) for name in city.communities]
    return {
        "names": [[clean(g.zh), clean(g.en)] for g in grades],
        "before": [0 if c is None else level.get(c.grade_before or "", 0) for c in held],
        "after": [0 if c is None else level.get(c.grade_after or "", 0) for c in held],
    }
