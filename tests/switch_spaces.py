"""Switches for C1 to C6: what makes a base city one in which spaces, money or locks say something.

A switch takes a source of chance and what is asked, and returns what is asked instead.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from tiny import words
from tiny_full import Asked, opened, pairs

from siting.standard.model import Fund, Locks, Quota, RoofRule

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


def ids(asked: Asked) -> list[str]:
    return [t.id for t in asked.question.standard.types]


def pressed(draw: Random, asked: Asked, count: int = 2, *, together: bool = False) -> Asked:
    """Open some pairs by locks every other time, so that the family may conflict with them."""
    return opened(draw, asked, count, together=together) if draw.random() < 0.5 else asked


# ----------------------------------------------------------------------------------- C1 to C5


def far_floor(draw: Random, asked: Asked) -> Asked:
    return asked.asks(floors={draw.choice(ids(asked)): 0.3}) if draw.random() < 0.5 else asked


def small(draw: Random, asked: Asked) -> Asked:
    n = len(asked.city.spaces)
    asked = asked.spaces(
        area_m2=np.array([float(draw.choice([50, 60, 80])) for _ in range(n)]),
        max_types=np.full(n, 3, dtype=np.int64),
    )
    return pressed(draw, asked, together=True)


def one_type(draw: Random, asked: Asked) -> Asked:
    n = len(asked.city.spaces)
    asked = asked.spaces(
        area_m2=np.full(n, 200.0), max_types=np.full(n, draw.choice([1, 2]), dtype=np.int64)
    )
    return pressed(draw, asked, draw.choice([2, 3]), together=True)


def two_functions(draw: Random, asked: Asked) -> Asked:
    n = len(asked.city.spaces)
    asked = asked.spaces(
        max_types=np.full(n, 3, dtype=np.int64), min_types=np.full(n, 2, dtype=np.int64)
    )
    return pressed(draw, asked, 1)


def two_forms(draw: Random, asked: Asked) -> Asked:
    """Pairs that a chain or a local shop may run: both together would be two outlets."""
    n, both = len(asked.city.spaces), draw.choice(ids(asked))
    asked = asked.types(
        lambda kind: {
            "chain": "may" if kind.id == both else "never",
            "chain_capital_factor": 1.5,
            "area_typical_m2": kind.area_min_m2,
        }
    )
    asked = asked.spaces(area_m2=np.full(n, 100.0), max_types=np.full(n, 3, dtype=np.int64))
    quota = Quota(type=both, per_1000=draw.choice([1.0, 2.0, 4.0]))
    share = draw.choice([0.3, 0.4, 0.5])
    asked = asked.standard(quotas=(quota,), chain_share=share)
    rules = ("quotas", "operators")
    return asked.asks(enforce=rules, objective="cost", targets={both: 0.1})


def fixed(draw: Random, asked: Asked) -> Asked:
    n = len(asked.city.spaces)
    fixed = np.array([draw.choice([10_000.0, 30_000.0, 60_000.0]) for _ in range(n)])
    return pressed(draw, asked.spaces(capital_fixed=fixed))


def mixed(draw: Random, asked: Asked) -> Asked:
    n = len(asked.city.spaces)
    share = np.array([draw.choice([math.nan, 0.3, 0.5, 0.6]) for _ in range(n)])
    asked = asked.spaces(
        basic_share=share, area_m2=np.full(n, 100.0), max_types=np.full(n, 3, dtype=np.int64)
    )
    return pressed(draw, asked, 1)


def roomy(draw: Random, asked: Asked) -> Asked:  # noqa: ARG001
    n = len(asked.city.spaces)
    return asked.spaces(area_m2=np.full(n, 200.0), max_types=np.full(n, 3, dtype=np.int64))


def never_together(draw: Random, asked: Asked) -> Asked:
    asked = roomy(draw, asked)
    first, *others = draw.sample(ids(asked), len(ids(asked)))
    roof = (RoofRule(type=first, never_with=tuple(others[: draw.choice([1, 2])])),)
    return pressed(draw, asked, together=True).standard(roof=roof)


def hosted(draw: Random, asked: Asked) -> Asked:
    asked = roomy(draw, asked)
    n, known = len(asked.city.spaces), ids(asked)
    host = words(draw.choice([(), (draw.choice(known),)]) for _ in range(n))
    kind = words("add_on" if held else "shop" for held in host)
    asked = asked.types(lambda _: {"kinds_not": ()}).spaces(host=host, kind=kind)
    if draw.random() < 0.5:
        asked = asked.asks(floors={draw.choice(known): 0.3})
    return asked.standard(roof=(RoofRule(type=known[0], never_with=(known[1],)),))


def in_company(draw: Random, asked: Asked) -> Asked:
    asked = roomy(draw, asked)
    first, *others = draw.sample(ids(asked), len(ids(asked)))
    if draw.random() < 0.5:
        asked = asked.asks(floors={first: 0.3})
    roof = [RoofRule(type=first, only_with=tuple(others[: draw.choice([1, 2])]))]
    if len(others) > 1 and draw.random() < 0.3:
        roof.append(RoofRule(type=first, never_with=(others[0],)))
    if draw.random() < 0.4:
        n = len(asked.city.spaces)
        host = words(draw.choice([(), (draw.choice(ids(asked)),)]) for _ in range(n))
        asked = asked.spaces(host=host, kind=words("add_on" if h else "shop" for h in host))
        asked = asked.types(lambda _: {"kinds_not": ()})
    return asked.standard(roof=tuple(roof))


def poor(draw: Random, asked: Asked, pays: str, amounts: list[float]) -> Asked:
    budget = asked.question.budget.model_copy(update={pays: draw.choice(amounts)})
    return pressed(draw, asked.asks(budget=budget))


def unlimited(pays: str) -> Callable[[Asked], Asked]:
    def off(asked: Asked) -> Asked:
        budget = asked.question.budget.model_copy(update={pays: math.inf})
        return asked.asks(budget=budget)

    return off


def costly_rents(draw: Random, asked: Asked) -> Asked:
    n = len(asked.city.spaces)
    asked = asked.spaces(rent_m2_month=np.array([float(draw.choice([15, 20])) for _ in range(n)]))
    asked = asked.types(lambda _: {"affordable_rent_m2": 10.0})
    return poor(draw, asked, "subsidy_per_year", [2_000.0, 5_000.0, 10_000.0])


def opens(draw: Random, asked: Asked) -> Asked:
    return opened(draw, asked, draw.choice([1, 2, 3]))


def forbids(draw: Random, asked: Asked) -> Asked:
    pair = draw.choice(pairs(asked))
    pair = draw.choice([pair, (pair[0], "*"), ("*", pair[1])])
    asked = asked.asks(locks=Locks(forbid=(pair,)))
    if draw.random() < 0.5:
        asked = asked.asks(floors={draw.choice(ids(asked)): 0.3})
    return asked


def columns(draw: Random, asked: Asked) -> Asked:
    """Locks that stand in the table of spaces."""
    first, second = draw.sample(pairs(asked), 2)
    names = [str(s) for s in asked.city.spaces.id]
    open_ = words((first[1],) if s == first[0] else () for s in names)
    forbid = words(
        (draw.choice([second[1], "*" if first[0] != s else second[1]]),) if s == second[0] else ()
        for s in names
    )
    return asked.spaces(open_types=open_, forbid_types=forbid)


def no_locks(asked: Asked) -> Asked:
    return asked.asks(locks=Locks()).spaces(open_types=None, forbid_types=None)


# ----------------------------------------------------------------------------------------- C6


def fund(draw: Random, asked: Asked, name: str, pays: str = "capital", **fixed) -> Fund:
    amounts = [20_000.0, 50_000.0, 90_000.0] if pays == "capital" else [2_000.0, 8_000.0]
    fields = {
        "amount": draw.choice(amounts),
        "types": draw.choice([None, tuple(draw.sample(ids(asked), draw.choice([1, 2])))]),
        "kinds": draw.choice([None, None, ("shop",)]),
        "communities": draw.choice([None, None, asked.city.communities[:1]]),
    }
    return Fund(id=name, pays=pays, **{**fields, **fixed})


def short_of_money(draw: Random, asked: Asked) -> Asked:
    asked = costly_rents(draw, asked)
    n = len(asked.city.spaces)
    fixed = np.array([draw.choice([0.0, 20_000.0]) for _ in range(n)])
    asked = asked.spaces(capital_fixed=fixed)
    budget = asked.question.budget.model_copy(
        update={
            "capital": draw.choice([0.0, 20_000.0, 60_000.0]),
            "subsidy_per_year": draw.choice([0.0, 2_000.0, math.inf]),
        }
    )
    return asked.asks(budget=budget)


def earmarked(draw: Random, asked: Asked) -> Asked:
    asked = short_of_money(draw, asked)
    funds = [fund(draw, asked, "first"), fund(draw, asked, "second")]
    if draw.random() < 0.5:
        funds[1] = fund(draw, asked, "second", "subsidy_per_year")
    return pressed(draw, asked, 1).asks(funds=tuple(funds[: draw.choice([1, 2])]))


def for_anything(asked: Asked) -> Asked:
    """Let the same funds pay for anything."""
    free = {"types": None, "kinds": None, "communities": None}
    return asked.asks(funds=tuple(f.model_copy(update=free) for f in asked.question.funds))


def copaid(draw: Random, asked: Asked) -> Asked:
    asked = earmarked(draw, asked)
    shares = [draw.choice([0.25, 0.5, 0.75]) for _ in asked.question.funds]
    funds = zip(asked.question.funds, shares, strict=True)
    return asked.asks(funds=tuple(f.model_copy(update={"share": v}) for f, v in funds))


def in_full(asked: Asked) -> Asked:
    return asked.asks(
        funds=tuple(f.model_copy(update={"share": 1.0}) for f in asked.question.funds)
    )


def two_payers(draw: Random, asked: Asked) -> Asked:
    """Two rich funds for the same type, and little general money for the others."""
    asked = short_of_money(draw, asked)
    t = (draw.choice(ids(asked)),)
    funds = [
        fund(draw, asked, name, types=t, kinds=None, communities=None, amount=200_000.0)
        for name in ("first", "second")
    ]
    if draw.random() < 0.5:
        # for all that a community's spaces cost, the one-off costs too
        where = {"types": None, "communities": asked.city.communities[:1]}
        funds = [f.model_copy(update=where) for f in funds]
        asked = asked.types(lambda _: {"capital_fixed": 10_000.0, "capital_m2": 0.0})
        n = len(asked.city.spaces)
        asked = asked.spaces(capital_fixed=np.full(n, draw.choice([20_000.0, 40_000.0])))
    return pressed(draw, asked, 2).asks(funds=tuple(funds))


def two_yearly(draw: Random, asked: Asked) -> Asked:
    asked = costly_rents(draw, asked)
    budget = asked.question.budget.model_copy(
        update={"subsidy_per_year": draw.choice([0.0, 2_000.0])}
    )
    t = (draw.choice(ids(asked)),)
    funds = [
        Fund(id=name, pays="subsidy_per_year", amount=50_000.0, types=t)
        for name in ("first", "second")
    ]
    return asked.asks(budget=budget, funds=tuple(funds))
