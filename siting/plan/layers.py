"""``plan.gpkg``: projects, spaces, and places with what they gained."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from siting.plan.tables import needs_by_place, projects_frame
from siting.words import Lang, text

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.model import City
    from siting.plan.model import Plan


def layer_name(layer: str, lang: Lang) -> str:
    """Return what a layer is called; ``projects``, ``spaces`` and ``places`` in English."""
    return text(f"plan.layer_{layer}", lang)


def write_layers(plan: Plan, path: Path, lang: Lang = "en") -> None:
    """Write the GeoPackage; the plan has its city and its detail. Columns speak no language."""
    assert plan.city is not None
    for layer, frame in (
        ("projects", projects_frame(plan)),
        ("spaces", _spaces(plan, plan.city)),
        ("places", _places(plan, plan.city)),
    ):
        with warnings.catch_warnings():
            # a city in plain metres has no coordinate system to write
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            frame.to_file(path, layer=layer_name(layer, lang), driver="GPKG", engine="pyogrio")


def _spaces(plan: Plan, city: City) -> gpd.GeoDataFrame:
    opened: dict[str, list[str]] = {}
    for p in plan.document.projects:
        opened.setdefault(p.space, []).append(p.type)
    ids = city.spaces.id.tolist()
    return _points(
        plan,
        city.spaces.x,
        city.spaces.y,
        {
            "id": ids,
            "community": [city.communities[c] for c in city.spaces.community],
            "kind": city.spaces.kind.tolist(),
            "area_m2": city.spaces.area_m2,
            "rent_m2_month": city.spaces.rent_m2_month,
            "floor": city.spaces.floor,
            "opened": [";".join(opened.get(str(s), [])) for s in ids],
        },
    )


def _places(plan: Plan, city: City) -> gpd.GeoDataFrame:
    names = np.array(city.communities, dtype=object)[city.places.community]
    return _points(
        plan,
        city.places.x,
        city.places.y,
        {
            "id": city.places.id,
            "community": names,
            "everyone": city.places.residents["everyone"],
            "gained": plan.points_by_place,
            **needs_by_place(plan),
        },
    )


def _points(plan: Plan, x: object, y: object, columns: dict[str, object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        columns, geometry=gpd.points_from_xy(x, y), crs=plan.document.inputs.metric_crs
    )
