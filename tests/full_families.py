"""Every row family and objective of ``models/gap_fill.mod``: how a city turns it on, and how off.

``switch`` makes a base city one in which the family says something; ``off`` takes only the family
away again, so that comparing the two tells whether it binds. Rules that are always there have no
``off``: they are left out of the search over every plan by the names of their rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import switch_shares as shares
import switch_spaces as spaces
from every_plan import best_stages
from tiny_full import Asked, base

from siting.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


@dataclass(frozen=True)
class Family:
    """One family of rows, or one objective.

    Attributes
    ----------
    rows
        Its rows in the model; none for an objective.
    switch
        From a base city to one where the family is on.
    off
        Takes the family away; None: it cannot be, and is left out of the search.
    can_fail
        Whether it can make a question infeasible that is feasible without it.
    """

    rows: tuple[str, ...]
    switch: Callable[[Random, Asked], Asked]
    off: Callable[[Asked], Asked] | None = None
    can_fail: bool = True


FAMILIES = {
    "C1 cover": Family(("C1_cover",), spaces.far_floor),
    "C2 area": Family(("C2_area",), spaces.small),
    "C2 most types": Family(("C2_most",), spaces.one_type),
    "C2 least types": Family(("C2_least",), spaces.two_functions),
    "C2 one form": Family(("C2_once",), spaces.two_forms),
    "C2 one-off cost": Family(("C2_opens",), spaces.fixed),
    "C2 basic share": Family(
        ("C2_basic",), spaces.mixed, off=lambda asked: asked.spaces(basic_share=None)
    ),
    "C2 never under one roof": Family(
        ("C2_never",), spaces.never_together, off=lambda asked: asked.standard(roof=())
    ),
    "C2 host": Family(("C2_hosted",), spaces.hosted),
    "C2 only in company": Family(("C2_only",), spaces.in_company),
    "C3 capital": Family(
        ("C3_capital",),
        lambda draw, asked: spaces.poor(draw, asked, "capital", [0.0, 30_000.0, 70_000.0]),
        off=spaces.unlimited("capital"),
    ),
    "C4 subsidy": Family(
        ("C4_subsidy",), spaces.costly_rents, off=spaces.unlimited("subsidy_per_year")
    ),
    "C5 open": Family(("C5_open",), spaces.opens, off=spaces.no_locks),
    "C5 forbid": Family(("C5_forbid",), spaces.forbids, off=spaces.no_locks),
    "C5 columns": Family(("C5_open", "C5_forbid"), spaces.columns, off=spaces.no_locks),
    "C6 funds": Family(
        ("C6_amount",),
        spaces.earmarked,
        off=lambda asked: asked.asks(funds=()),
        can_fail=False,
    ),
    "C6 amounts": Family(("C6_amount",), spaces.earmarked),
    "C6 earmarks": Family(("C6_amount",), spaces.earmarked, off=spaces.for_anything),
    "C6 co-payment": Family(("C6_share", "C6_share_once"), spaces.copaid, off=spaces.in_full),
    "C6 no yuan twice": Family(("C6_capital", "C6_once"), spaces.two_payers),
    "C6 no yuan twice, yearly": Family(("C6_subsidy",), spaces.two_yearly),
    "C7 floors": Family(("C7_floor",), shares.floors, off=lambda asked: asked.asks(floors={})),
    "C7 targets": Family(("C7_target",), shares.targets, off=lambda asked: asked.asks(targets={})),
    "C8 presence": Family(("C8_share",), shares.present),
    "C8 nobody": Family(("C8_nobody",), shares.nobody),
    "C8 located": Family(("C8_located",), shares.located, off=shares.by_share),
    "C8 substitutes": Family(
        ("C8_present",),
        shares.substituted,
        off=lambda asked: asked.standard(substitutes=()),
        can_fail=False,
    ),
    "C8 counts once": Family(("C8_once",), shares.of_one_class),
    "C8 classes": Family(("C8_class",), shares.present, off=shares.no_classes),
    "C8 mandatory": Family(("C8_mandatory",), shares.mandatory, off=shares.no_mandatory),
    "C8 ladder": Family(("C8_ladder",), shares.ladder),
    "C8 must": Family(("C8_must",), shares.must, off=shares.no_grade),
    "C9 number": Family(("C9_number",), shares.quota_number, off=shares.without_rule("quotas")),
    "C9 area": Family(("C9_area",), shares.quota_area, off=shares.without_rule("quotas")),
    "C10 spacing": Family(("C10_spacing",), shares.spaced),
    "C10 outlets": Family(("C10_outlets",), shares.off_outlets, off=shares.without_rule("spacing")),
    "C10 most": Family(("C10_most",), shares.at_most, off=shares.without_rule("most")),
    "C11 operators": Family(("C11_chains",), shares.chains, off=shares.no_chain_share),
    "C12 capacity": Family(
        ("C12_reached", "C12_room", "C12_outlet"),
        shares.crowded,
        off=shares.without_rule("capacity"),
        can_fail=False,
    ),
    "coverage": Family((), shares.objective("coverage"), off=shares.anything),
    "basic-first": Family((), shares.objective("basic-first"), off=shares.anything),
    "grades": Family((), shares.objective("grades"), off=shares.anything),
    "cost": Family((), shares.objective("cost"), off=shares.anything),
    "worst-community": Family((), shares.objective("worst-community"), off=shares.anything),
    "worst-community, C12": Family((), shares.crowded_circles, off=shares.anything, can_fail=False),
}

# Rows that say again what others say: a space with x above 0 is open by C2_most too.
IMPLIED = {"C2_opens"}
STATES = ("binding", "loose", "infeasible")


def asked_of(name: str, seed: int) -> Asked | None:
    """Return the city of a family with that number, None where the switch does not fit it."""
    draw, asked = base(f"{name}/{seed}")
    try:
        return FAMILIES[name].switch(draw, asked)
    except IndexError:
        return None


def mixture_of(seed: int) -> Asked:
    """Return a city in which several families are on together."""
    draw, asked = base(f"mixture/{seed}")
    enforced: tuple[str, ...] = ()
    for name in draw.sample(list(FAMILIES), draw.choice([2, 3])):
        try:
            asked = FAMILIES[name].switch(draw, asked)
        except (IndexError, InputError):
            continue
        enforced += asked.question.enforce
    return asked.asks(enforce=tuple(dict.fromkeys(enforced)))


def state_of(name: str, asked: Asked) -> str | None:
    """Return what the family does to the optimum, by looking at every plan; one of `STATES`.

    None where there is no plan without the family either.
    """
    family = FAMILIES[name]
    on = best_stages(asked.city, asked.question)
    if family.off is not None:
        other = family.off(asked)
        off = best_stages(other.city, other.question)
    else:
        off = best_stages(asked.city, asked.question, frozenset(family.rows))
    if off is None:
        return "binding" if on is not None else None
    if on is None:
        return "infeasible"
    same = [v for _, v in on] == [v for _, v in off]
    if asked.question.objective in ("basic-first", "worst-community") and not family.rows:
        same = sum_of(on) == sum_of(off)
    return "loose" if same else "binding"


def sum_of(stages: list[tuple[str, float]]) -> float:
    """Return the coverage of the plan that stages lead to."""
    if stages[-1][0] == "coverage":
        return stages[-1][1]
    return math.fsum(v for _, v in stages)
