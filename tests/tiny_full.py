"""Tiny random cities for the full model: a base question, and switches that turn families on.

Costs are round numbers of yuan and places stand on a grid, so that limits are often met exactly
and hardly ever missed by a hair: whoever solves in floating point must still be right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from tiny import words

from siting.city.model import City, Outlets, Places, Spaces, Walking
from siting.standard.model import Budget, Locks, Policy, Question, Scenario, Standard, Type
from siting.standard.options import find_options

if TYPE_CHECKING:
    from collections.abc import Callable

FEWEST_OPTIONS, MOST_OPTIONS = 4, 9
GRID, SIDE = 100, 10  # metres between grid lines, and their number
CIRCLES = ("A", "B", "C")
GROUPS = ("everyone", "aged_60_plus")


@dataclass(frozen=True)
class Asked:
    """A city and what is asked of it."""

    city: City
    question: Question

    def spaces(self, **changed) -> Asked:
        """Return the same with fields of the spaces changed."""
        return replace(self, city=replace(self.city, spaces=replace(self.city.spaces, **changed)))

    def places(self, **changed) -> Asked:
        """Return the same with fields of the places changed."""
        return replace(self, city=replace(self.city, places=replace(self.city.places, **changed)))

    def outlets(self, **changed) -> Asked:
        """Return the same with fields of the outlets changed."""
        outlets = replace(self.city.outlets, **changed)
        return replace(self, city=replace(self.city, outlets=outlets))

    def asks(self, **changed) -> Asked:
        """Return the same with fields of the question changed."""
        return replace(self, question=self.question.model_copy(update=changed))

    def standard(self, **changed) -> Asked:
        """Return the same with fields of the standard changed."""
        return self.asks(standard=self.question.standard.model_copy(update=changed))

    def types(self, change: Callable[[Type], dict]) -> Asked:
        """Return the same with every type changed by what `change` says of it."""
        types = self.question.standard.types
        return self.standard(types=tuple(t.model_copy(update=change(t)) for t in types))


def scenario_of(question: Question) -> Scenario:
    """Return the scenario that resolves to `question`."""
    fields = {f: getattr(question, f) for f in Question.model_fields if f in Scenario.model_fields}
    return Scenario(
        **fields,
        capital=question.budget.capital,
        subsidy_per_year=question.budget.subsidy_per_year,
    )


def base(seed: int | str) -> tuple[Random, Asked]:
    """Return a city of 4 to 6 places and 3 spaces under two budgets, and the chance to go on."""
    for attempt in range(10_000):
        draw = Random(f"full/{seed}/{attempt}")
        asked = Asked(_city(draw), _question(draw))
        options = find_options(asked.city, asked.question)
        if FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS and len(set(options.type.tolist())) > 1:
            return draw, budgets(draw, asked)
    raise AssertionError


def pairs(asked: Asked) -> list[tuple[str, str]]:
    """Return the (space, type) pairs that could be opened, without repetition."""
    options = find_options(asked.city, asked.question)
    types = asked.question.standard.types
    found = zip(options.space.tolist(), options.type.tolist(), strict=True)
    return [(str(asked.city.spaces.id[s]), types[t].id) for s, t in dict.fromkeys(found)]


def opened(draw: Random, asked: Asked, count: int, *, together: bool = False) -> Asked:
    """Return the same with some pairs opened by locks, together: in one space."""
    found = pairs(asked)
    if together:
        home = draw.choice(found)[0]
        found = [pair for pair in found if pair[0] == home]
    some = draw.sample(found, min(count, len(found)))
    return asked.asks(locks=Locks(open=tuple(some), forbid=asked.question.locks.forbid))


def budgets(draw: Random, asked: Asked) -> Asked:
    """Return the same with budgets that buy a part of everything; whole hundreds of yuan."""
    options = find_options(asked.city, asked.question)
    capital = (options.capital_fen.sum() + options.fixed_fen.sum()) / 100
    subsidy = options.subsidy_fen.sum() / 100

    def part(everything: float) -> float:
        share = draw.choice([math.inf, *[draw.uniform(0.2, 0.8)] * 5])
        return share if math.isinf(share) else round(share * everything, -2)

    return asked.asks(budget=Budget(capital=part(capital), subsidy_per_year=part(subsidy)))


def rich(asked: Asked) -> Asked:
    """Return the same without any limit on money."""
    return asked.asks(budget=Budget(capital=math.inf, subsidy_per_year=math.inf))


def _points(draw: Random, prefix: str, n: int) -> dict:
    at = [(draw.randrange(SIDE), draw.randrange(SIDE)) for _ in range(n)]
    return {
        "id": words(f"{prefix}{k + 1}" for k in range(n)),
        "x": np.array([GRID * float(a) for a, _ in at]),
        "y": np.array([GRID * float(b) for _, b in at]),
    }


def _city(draw: Random) -> City:
    circles = CIRCLES[: draw.choice([2, 2, 3])]

    def community(n: int) -> np.ndarray:
        return np.array([draw.randrange(len(circles)) for _ in range(n)], dtype=np.int64)

    n = draw.randint(4, 6)
    everyone = np.array([float(draw.choice([0, 10, draw.randint(20, 400)])) for _ in range(n)])
    old = np.array([float(draw.randint(0, int(v / 2))) for v in everyone])
    places = Places(
        **_points(draw, "P", n),
        community=community(n),
        residents={"everyone": everyone, "aged_60_plus": old},
    )
    n = draw.randint(0, 2)
    outlets = Outlets(
        **_points(draw, "O", n),
        community=community(n),
        types=words(tuple(draw.sample(["t1", "t2", "t3"], draw.randint(1, 2))) for _ in range(n)),
        area_m2=np.array([draw.choice([np.nan, 25.0, 60.0]) for _ in range(n)]),
        chain=np.full(n, np.nan),
        spare_m2=np.zeros(n),
    )
    n = 3
    spaces = Spaces(
        **_points(draw, "S", n),
        community=community(n),
        area_m2=np.array([float(draw.choice([30, 50, 60, 80, 100])) for _ in range(n)]),
        rent_m2_month=np.array([float(draw.choice([5, 10, 20, 30])) for _ in range(n)]),
        kind=words(draw.choice(["shop", "shed"]) for _ in range(n)),
        floor=np.ones(n, dtype=np.int64),
        features=words(frozenset({"water"}) for _ in range(n)),
        max_types=np.array([draw.choice([1, 2, 3]) for _ in range(n)], dtype=np.int64),
        min_types=np.ones(n, dtype=np.int64),
        capital_m2=np.full(n, np.nan),
        capital_fixed=np.array([draw.choice([0.0, 0.0, 20_000.0]) for _ in range(n)]),
    )
    return City(
        name="tiny full",
        places=places,
        outlets=outlets,
        spaces=spaces,
        communities=circles,
        walking=Walking(
            metres_per_minute=60.0,
            detour=draw.choice([1.0, 1.25]),
            groups=(("aged_60_plus", 50.0),),
        ),
    )


def _question(draw: Random) -> Question:
    classes = draw.choice([("basic", "quality", "basic"), ("basic", "basic", "quality")])
    types = []
    for k, word in enumerate(classes[: draw.choice([2, 3, 3])], start=1):
        least = draw.choice([20.0, 30.0])
        types.append(
            Type(
                id=f"t{k}",
                zh=f"t{k}",
                en=f"t{k}",
                type_class=word,
                minutes=draw.choice([5.0, 8.0, 10.0]),
                counting_group=draw.choice(["everyone", "everyone", "aged_60_plus"]),
                groups=draw.choice(
                    [
                        {"everyone": 1.0},
                        {"everyone": 1.0, "aged_60_plus": 0.5},
                        {"aged_60_plus": 1.5},
                    ]
                ),
                weight=2.0 if word == "basic" else 1.0,
                area_min_m2=least,
                area_typical_m2=least * draw.choice([1.0, 2.0]),
                capital_m2=draw.choice([0.0, 500.0, 1_000.0]),
                capital_fixed=draw.choice([10_000.0, 20_000.0, 50_000.0]),
                affordable_rent_m2=draw.choice([None, 10.0, 15.0]),
                kinds_not=draw.choice([(), (), ("shed",)]),
            )
        )
    policy = Policy(
        id="tiny",
        zh="tiny",
        en="tiny",
        relief_steps=draw.choice([(), (0.25, 0.5)]),
        relief_share={"default": 0.8},
        years=draw.choice([3.0, 2.5]),
    )
    return Question(
        standard=Standard(id="tiny", zh="tiny", en="tiny", types=tuple(types)),
        policy=policy,
        budget=Budget(capital=math.inf, subsidy_per_year=math.inf),
    )
