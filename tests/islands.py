"""Cities whose circles do not reach each other, under one budget."""

from __future__ import annotations

import numpy as np
from tiny import words
from tiny_full import Asked

from siting.city.model import City, Outlets, Places, Spaces, Walking
from siting.standard.model import Budget, Policy, Question, Standard, Type


def points(prefix: str, at) -> dict:
    return {
        "id": words(f"{prefix}{k}" for k in range(len(at))),
        "x": np.array(at, dtype=float),
        "y": np.zeros(len(at)),
    }


def islands(*circles: tuple[float, ...], money: int) -> Asked:
    """Return circles out of each other's reach: residents of places, each with a space of its own.

    A space costs 1 yuan, and there is money for some of them.
    """
    people = [n for circle in circles for n in circle]
    home = np.array([c for c, circle in enumerate(circles) for _ in circle], dtype=np.int64)
    at = [5000.0 * k for k in range(len(people))]
    n = len(people)
    city = City(
        name="islands",
        places=Places(
            **points("P", at), community=home, residents={"everyone": np.array(people, dtype=float)}
        ),
        outlets=Outlets(
            **points("O", []),
            community=np.empty(0, dtype=np.int64),
            types=words([]),
            area_m2=np.empty(0),
            chain=np.empty(0),
            spare_m2=np.empty(0),
        ),
        spaces=Spaces(
            **points("S", at),
            community=home,
            area_m2=np.full(n, 50.0),
            rent_m2_month=np.zeros(n),
            kind=words(["shop"] * n),
            floor=np.ones(n, dtype=np.int64),
            features=words([frozenset()] * n),
            max_types=np.ones(n, dtype=np.int64),
            min_types=np.ones(n, dtype=np.int64),
            capital_m2=np.full(n, np.nan),
            capital_fixed=np.zeros(n),
        ),
        communities=tuple("ABCDEFGH"[: len(circles)]),
        walking=Walking(metres_per_minute=60.0, detour=1.0, groups=()),
    )
    kind = Type(
        id="t",
        zh="t",
        en="t",
        type_class="basic",
        minutes=5.0,
        counting_group="everyone",
        groups={"everyone": 1.0},
        weight=1.0,
        area_min_m2=20.0,
        area_typical_m2=20.0,
        capital_fixed=1.0,
    )
    question = Question(
        standard=Standard(id="t", zh="t", en="t", types=(kind,)),
        policy=Policy(id="t", zh="t", en="t", relief_share={"default": 0.5}),
        budget=Budget(capital=float(money), subsidy_per_year=0.0),
        objective="worst-community",
    )
    return Asked(city, question)
