"""Whether the prices of the two budgets can be such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.verify.compare import close, differs, wrong
from siting.verify.nearest import nearest_of
from siting.verify.recount import limit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City, Floats
    from siting.errors import Notice
    from siting.plan.document import Document
    from siting.standard.model import Standard
    from siting.standard.options import Options
    from siting.verify.certificate import Evaluated
    from siting.verify.nearest import Nearest
    from siting.verify.recount import Walked

_COUNTED = ("coverage", "basic-first")  # objectives whose first stage counts need points


def check_price(document: Document) -> Iterator[Notice]:
    """Check that prices stand only where the first stage counts need points, and of which."""
    price, kind = document.price, document.objective_kind
    for name in ("capital", "subsidy_per_year"):
        stated = getattr(price, name)
        if stated is not None and stated < 0.0:
            yield wrong("price_negative", name=name, stated=stated)
    counted = kind in _COUNTED
    has = price.capital is not None or price.subsidy_per_year is not None
    if has and not counted:
        yield wrong("price_none", objective=kind)
        return
    first = document.stages[0].name if document.stages else None
    right = first if has else None
    if price.stage != right:
        yield differs("price_words", price.stage, right, name="stage")
    why = None if has else "unknown" if counted else kind
    if price.reason != why:
        yield differs("price_words", price.reason, why, name="reason")


def check_price_at_most(document: Document, found: dict[str, Evaluated]) -> Iterator[Notice]:
    """Check what 10,000 yuan more could make of the plan at most, by the certificate.

    Parameters
    ----------
    found
        What the certificate proves, by the names of the stages.
    """
    if not document.stages:
        return
    first = document.stages[0]
    proved, bound = found.get(first.name), first.certified_bound
    if proved is None:
        holds = bound is None
    else:
        holds = bound is not None and proved.least <= bound <= proved.most
    if not holds:
        return  # told of the bound itself
    for name in ("capital", "subsidy_per_year"):
        stated = getattr(document.price, f"{name}_at_most")
        if proved is None:
            if stated is not None:
                yield differs("price_at_most", stated, None, name=name)
            continue
        more = proved.rises[name] - first.objective
        low, high = max(0.0, proved.least + more), max(0.0, proved.most + more)
        if stated is None or not low <= stated <= high:
            yield differs("price_at_most", stated, low, name=name)


def check_price_reached(
    document: Document,
    city: City,
    standard: Standard,
    options: Options,
    people: dict[str, Floats],
    outlets: Nearest,
    spaces: Walked,
) -> Iterator[Notice]:
    """Check that no price is more than what residents still lack and options could bring them.

    Parameters
    ----------
    people
        Residents by group and place.
    outlets
        Walks to the outlets of every asking type.
    spaces
        Walked spaces of every option.
    """
    price = document.price
    stated = {name: getattr(price, name) for name in ("capital", "subsidy_per_year")}
    if document.objective_kind not in _COUNTED or all(p is None for p in stated.values()):
        return
    asked = [
        (t, kind)
        for t, kind in enumerate(standard.types)
        if kind.asks and price.stage in ("coverage", kind.type_class)
    ]
    rows = {kind.id: spaces.row[np.unique(options.space[options.type == t])] for t, kind in asked}
    usable = nearest_of(rows, {kind.id: tuple(kind.groups) for _, kind in asked}, spaces.reach)
    could = 0.0
    for _, kind in asked:
        for group, part in kind.groups.items():
            limit = limit_of(city, kind, group)
            gains = usable.serves(kind.id, group, limit) & ~outlets.serves(kind.id, group, limit)
            could += kind.weight * part * float(people[group][gains].sum())
    most = max(0.0, could - document.objective)
    for name, points in stated.items():
        if points is not None and points > most and not close(points, most):
            yield differs("price_beyond", points, most, name=name)
