"""Changes to where things lie and how people walk, which change no plan."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sheet_rule import Changed, Solved, at, far_away, moved
from sheets import array, numbers, shown

if TYPE_CHECKING:
    from random import Random


def moved_by_metres(draw: Random, base: Solved) -> Changed:
    # eighths of a metre, so that differences stay the same to the last bit
    east, north = (Decimal(draw.randint(-2_000_000, 2_000_000)) / 8 for _ in range(2))
    return Changed(moved(base.sheets, east, north))


def turned_over(draw: Random, base: Solved) -> Changed | None:
    """East becomes north, or west."""
    if "edges" in base.sheets.tables:
        return None  # which of two streets equally near a point joins depends on where they lie
    if draw.random() < 0.5:
        return Changed(at(base.sheets, lambda t: {"x": t["y"], "y": t["x"]}))
    return Changed(at(base.sheets, lambda t: {"x": numbers(t["x"], lambda v: 1_000_000 - v)}))


_ZONES = {114: "EPSG:4547", 117: "EPSG:4548", 120: "EPSG:4549", 123: "EPSG:4550"}


def in_degrees_of_any_zone(draw: Random, base: Solved) -> Changed:
    """The same plane city as degrees around one meridian or another, which moves it by 3 degrees.

    The way to degrees and back loses less than a thousandth of a millimetre.
    """
    from pyproj import Transformer

    from siting.city.coordinates import wgs84_to_bd09, wgs84_to_gcj02

    meridian = draw.choice([*_ZONES])
    crs = draw.choice(["EPSG:4490", "EPSG:4490", "GCJ-02", "BD-09", "EPSG:4326"])
    stated = crs == "EPSG:4326" or draw.random() < 0.5  # else the zone is chosen
    metric = {"metric_crs": _ZONES[meridian]} if stated else {}
    here = (
        array(base.sheets.tables["places"]["x"]).min(),
        array(base.sheets.tables["places"]["y"]).min(),
    )
    sheets = moved(
        base.sheets,
        *(
            Decimal(to - round(v / 100) * 100)
            for to, v in zip((500_000, 4_000_000), here, strict=True)
        ),
    )
    back = Transformer.from_crs(_ZONES[meridian], "EPSG:4490", always_xy=True)

    def degrees(table: pd.DataFrame) -> dict:
        lon, lat = back.transform(array(table["x"]), array(table["y"]))
        if crs == "GCJ-02":
            lon, lat = wgs84_to_gcj02(lon, lat)
        elif crs == "BD-09":
            lon, lat = wgs84_to_bd09(lon, lat)
        return {"x": [f"{v:.16g}" for v in lon], "y": [f"{v:.16g}" for v in lat]}

    return Changed(at(sheets, degrees).section("city", crs=crs, **metric))


def walks_of_another_tool_that_say_the_same(draw: Random, base: Solved) -> Changed | None:
    """Straight lines times detour, as a table."""
    sheets, city = base.sheets, base.city
    if city.streets is not None or city.walks is not None:
        return None
    rows = []
    for kind, targets in (("space", city.spaces), ("outlet", city.outlets)):
        for p, t in itertools.product(range(len(city.places)), range(len(targets))):
            dx, dy = city.places.x[p] - targets.x[t], city.places.y[p] - targets.y[t]
            mm = np.rint(np.sqrt(dx * dx + dy * dy) * city.walking.detour * 1000)
            metres = shown(Decimal(int(mm)) / 1000)
            rows.append((city.places.id[p], targets.id[t], kind, "", metres))
    draw.shuffle(rows)
    names = ("from", "to", "kind", "group", "metres")
    walks = pd.DataFrame(rows, columns=names, dtype=object)
    return Changed(replace(sheets, tables=sheets.tables | {"walks": walks}))


def streets_walked_from_the_other_end(draw: Random, base: Solved) -> Changed | None:
    if "edges" not in base.sheets.tables:
        return None

    def turned(table: pd.DataFrame) -> pd.DataFrame:
        turn = np.array([draw.random() < 0.5 for _ in table.index])
        start, end = (
            table["from"].where(~turn, table["to"]),
            table["to"].where(~turn, table["from"]),
        )
        return table.assign(**{"from": start, "to": end})

    return Changed(base.sheets.table("edges", turned))


def a_street_that_leads_nowhere(draw: Random, base: Solved) -> Changed | None:
    if "edges" not in base.sheets.tables:
        return None
    x, y = far_away(base.sheets)
    nodes = [{"node": f"away {k}", "x": shown(x + 100 * k), "y": shown(y)} for k in range(2)]
    edge = {"from": "away 0", "to": "away 1", "length_m": draw.choice(["", "100", "0.5"])}
    return Changed(base.sheets.more("nodes", *nodes).more("edges", edge))


def longer_minutes_of_slower_people(_: Random, base: Solved) -> Changed:
    """Half the speed and twice the minutes: the same ways."""
    sheets = base.sheets
    walking = sheets.config["walking"]
    types = tuple(
        t.model_copy(update={"minutes": t.minutes * 2}) for t in base.question.standard.types
    )
    slower = {
        "metres_per_minute": walking["metres_per_minute"] / 2,
        "groups": {g: v / 2 for g, v in walking["groups"].items()},
    }
    sheets = sheets.section("walking", **slower).standard(types=types)
    if "walks" in sheets.tables and "minutes" in sheets.tables["walks"]:
        sheets = sheets.table(
            "walks", lambda t: t.assign(minutes=numbers(t["minutes"], lambda v: v * 2))
        )
    return Changed(sheets)
