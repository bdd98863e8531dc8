"""A town small enough to reason about by hand: three homes on a line, four spaces beside them."""

from __future__ import annotations

import math

import pandas as pd

from siting import City, Scenario, Standard, Type
from siting.standard.model import Policy


def kind(name: str, **changed) -> Type:
    """Return a type reached within ten minutes that costs 1000 yuan a square metre."""
    fields = {
        "id": name,
        "zh": name,
        "en": name,
        "class": "basic",
        "minutes": 10.0,
        "area_min_m2": 50.0,
        "area_typical_m2": 50.0,
        "capital_m2": 1000.0,
        "affordable_rent_m2": 10.0,
    }
    return Type.model_validate({**fields, **changed})


def town(**spaces) -> City:
    """Return the town; places stand at 0, 400 and 3000 m, spaces beside them.

    S1 and S2 lie with the first two homes, S3 with the third; S4 is far from all.
    """
    table = {
        "id": ["S1", "S2", "S3", "S4"],
        "x": [0.0, 400.0, 3000.0, 9000.0],
        "y": [0.0] * 4,
        "community": ["West", "West", "East", "East"],
        "area_m2": [320.0, 80.0, 60.0, 600.0],
        "rent_m2_month": [10.0, 10.0, 10.0, 10.0],
        **spaces,
    }
    places = pd.DataFrame(
        {
            "id": ["P1", "P2", "P3"],
            "x": [0.0, 400.0, 3000.0],
            "y": [0.0] * 3,
            "community": ["West", "West", "East"],
            "everyone": [600.0, 400.0, 500.0],
        }
    )
    return City.from_frames(places=places, spaces=pd.DataFrame(table))


def asked(*types: Type, **changed) -> Scenario:
    """Return a question with no limit to its money unless one is stated."""
    fields = {
        "standard": Standard(id="s", zh="s", en="s", types=types),
        "policy": Policy(id="p", zh="p", en="p"),
        "capital": math.inf,
        "subsidy_per_year": math.inf,
        **changed,
    }
    return Scenario(**fields)
