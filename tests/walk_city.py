"""Cities of bare points, for the tests of walking."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siting.city.model import City, GivenWalks, Outlets, Places, Spaces, Streets, Walking

Points = Sequence[tuple[float, float]] | np.ndarray


def make_city(
    places: Points,
    spaces: Points = (),
    outlets: Points = (),
    *,
    streets: Streets | None = None,
    walks: GivenWalks | None = None,
    walking: Walking | None = None,
) -> City:
    return City(
        name="bare points",
        places=Places(**_points(places), residents={"everyone": np.ones(len(places))}),
        outlets=Outlets(
            **_points(outlets),
            types=_objects([("shop",)] * len(outlets)),
            area_m2=np.full(len(outlets), np.nan),
            chain=np.full(len(outlets), np.nan),
            spare_m2=np.zeros(len(outlets)),
        ),
        spaces=Spaces(
            **_points(spaces),
            area_m2=np.full(len(spaces), 100.0),
            rent_m2_month=np.zeros(len(spaces)),
            kind=_objects([""] * len(spaces)),
            floor=np.ones(len(spaces), np.int64),
            features=_objects([frozenset()] * len(spaces)),
            max_types=np.full(len(spaces), 3),
            min_types=np.zeros(len(spaces), np.int64),
            capital_m2=np.full(len(spaces), np.nan),
            capital_fixed=np.zeros(len(spaces)),
        ),
        communities=("all",),
        walking=walking or Walking(),
        streets=streets,
        walks=walks,
    )


def make_streets(nodes: Points, segments: Sequence[tuple[int, int, float]] | np.ndarray) -> Streets:
    xy = np.asarray(nodes, dtype=float).reshape(-1, 2)
    rows = np.asarray(segments, dtype=float).reshape(-1, 3)
    return Streets(
        node_x=xy[:, 0],
        node_y=xy[:, 1],
        tail=rows[:, 0].astype(np.int64),
        head=rows[:, 1].astype(np.int64),
        length_m=rows[:, 2],
    )


def make_walks(rows: Sequence[tuple[int, int, str, float]], unit: str, space: bool) -> GivenWalks:
    return GivenWalks(
        place=np.array([row[0] for row in rows], np.int64),
        target=np.array([row[1] for row in rows], np.int64),
        is_space=np.full(len(rows), space),
        group=_objects([row[2] for row in rows]),
        amount=np.array([row[3] for row in rows], np.float64),
        unit=unit,
    )


def pairs(reach) -> dict[tuple[int, int], int]:
    """Return {(target, place): mm}, having checked what every reach promises."""
    assert (reach.place.dtype, reach.mm.dtype) == (np.int32, np.int32)
    assert reach.indptr.dtype == np.int64
    assert reach.indptr[0] == 0
    assert reach.indptr[-1] == len(reach.place) == len(reach.mm)
    assert np.all(reach.mm <= reach.limit_mm)
    target = np.repeat(np.arange(reach.targets), np.diff(reach.indptr))
    key = target * reach.places + reach.place
    assert np.all(np.diff(key) > 0), "rows are not ascending and unique"
    return {
        (int(t), int(p)): int(mm) for t, p, mm in zip(target, reach.place, reach.mm, strict=True)
    }


def _points(points: Points) -> dict[str, np.ndarray]:
    xy = np.asarray(points, dtype=float).reshape(-1, 2)
    return {
        "id": _objects([str(i) for i in range(len(xy))]),
        "x": xy[:, 0].copy(),
        "y": xy[:, 1].copy(),
        "community": np.zeros(len(xy), np.int64),
    }


def _objects(values: list) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
