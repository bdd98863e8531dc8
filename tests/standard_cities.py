"""Cities of a few spaces, made by hand for the tests of the standard's folder."""

from __future__ import annotations

from typing import Any

import numpy as np

from siting.city.model import City, Outlets, Places, Spaces, Walking
from siting.standard.model import Budget, Policy, Question, Standard, Type


def objects(values: list[Any]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def a_space(**fields: Any) -> dict[str, Any]:
    """A ground-floor shop of 100 m2 at rent 0, with one thing changed."""
    return {
        "id": "S1",
        "area_m2": 100.0,
        "rent_m2_month": 0.0,
        "kind": "shop",
        "floor": 1,
        "features": frozenset(),
        "max_types": 1,
        "min_types": 1,
        "capital_m2": np.nan,
        "capital_fixed": 0.0,
    } | fields


def spaces_of(rows: list[dict[str, Any]]) -> Spaces:
    n = len(rows)

    def column(name: str) -> list[Any]:
        return [row[name] for row in rows]

    def floats(name: str) -> np.ndarray:
        return np.array(column(name), dtype=np.float64)

    def ints(name: str) -> np.ndarray:
        return np.array(column(name), dtype=np.int64)

    return Spaces(
        id=objects(column("id")),
        x=np.zeros(n),
        y=np.zeros(n),
        community=np.zeros(n, dtype=np.int64),
        area_m2=floats("area_m2"),
        rent_m2_month=floats("rent_m2_month"),
        kind=objects(column("kind")),
        floor=ints("floor"),
        features=objects(column("features")),
        max_types=ints("max_types"),
        min_types=ints("min_types"),
        capital_m2=floats("capital_m2"),
        capital_fixed=floats("capital_fixed"),
        **{
            name: objects([row.get(name, ()) for row in rows])
            for name in ("host", "open_types", "forbid_types")
            if any(name in row for row in rows)
        },
    )


def a_city(
    spaces: list[dict[str, Any]],
    residents: dict[str, list[float]] | None = None,
    outlet_types: list[tuple[str, ...]] | None = None,
) -> City:
    people = residents or {"everyone": [100.0]}
    n, m = len(people["everyone"]), len(outlet_types or [])
    return City(
        name="test",
        places=Places(
            id=objects([f"P{i + 1}" for i in range(n)]),
            x=np.zeros(n),
            y=np.zeros(n),
            community=np.zeros(n, dtype=np.int64),
            residents={g: np.array(v, dtype=np.float64) for g, v in people.items()},
        ),
        outlets=Outlets(
            id=objects([f"O{i + 1}" for i in range(m)]),
            x=np.zeros(m),
            y=np.zeros(m),
            community=np.zeros(m, dtype=np.int64),
            types=objects(outlet_types or []),
            area_m2=np.full(m, np.nan),
            chain=np.full(m, np.nan),
            spare_m2=np.zeros(m),
        ),
        spaces=spaces_of(spaces),
        communities=("东街", "西街"),
        walking=Walking(),
    )


def a_type(**fields: Any) -> Type:
    """A type of 50 to 80 m2 that any space will do for, at no cost, with one thing changed."""
    return Type(
        **(
            {
                "id": "shop",
                "zh": "店",
                "en": "Shop",
                "class": "basic",
                "minutes": 10.0,
                "area_min_m2": 50.0,
                "area_typical_m2": 80.0,
            }
            | fields
        )
    )


def a_question(
    *types: Type,
    policy: dict[str, Any] | None = None,
    shares: dict[str, float] | None = None,
    rules: dict[str, Any] | None = None,
    **fields: Any,
) -> Question:
    """Return a question; `rules` are further fields of its standard."""
    standard = Standard(
        id="s",
        zh="标准",
        en="Standard",
        types=types or (a_type(),),
        typical_shares=shares or {},
        **(rules or {}),
    )
    money = Policy(**({"id": "p", "zh": "政策", "en": "Policy"} | (policy or {})))
    return Question(
        standard=standard,
        policy=money,
        budget=Budget(capital=1e6, subsidy_per_year=1e6),
        **fields,
    )
