"""What is legal but suspicious when a city meets a standard."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Notice
from siting.standard.catalogue import load_catalogue
from siting.standard.files import nearest
from siting.standard.groups import residents
from siting.standard.rules import REASONS, physical

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Standard


def remarks(city: City, standard: Standard) -> tuple[Notice, ...]:
    """Return what the analyst should know before trusting a plan for this city and standard.

    Types that no space can hold (rents and locks aside) with the commonest reason; types of
    outlets that neither the standard nor the catalogue knows; groups without a column; types
    whose counting group has nobody.
    """
    return (
        *_hosts(city, standard),
        *_outlet_types(city, standard),
        *_groups(city, standard),
    )


def _hosts(city: City, standard: Standard) -> list[Notice]:
    if not len(city.spaces):
        return []
    refused = physical(city.spaces, standard.types, standard.roof)
    found = []
    for t, kind in enumerate(standard.types):
        if not kind.asks or (refused[:, t] == 0).any():
            continue
        counts = np.bincount(refused[:, t], minlength=len(REASONS) + 1)
        commonest = int(np.argmax(counts))
        values = {
            "type": kind.id,
            "count": int(counts[commonest]),
            "spaces": len(city.spaces),
            "needs": ", ".join(kind.needs),
            "area": f"{kind.area_min_m2:g}",
        }
        found.append(Notice(f"standard.no_host_{REASONS[commonest - 1]}", values=values))
    return found


def _outlet_types(city: City, standard: Standard) -> list[Notice]:
    known = dict.fromkeys([t.id for t in (*standard.types, *load_catalogue().types)])
    words = Counter(word for types in city.outlets.types for word in types)
    found = []
    for word, count in words.items():
        if word in known:
            continue
        near = nearest(word, known)
        values = {"word": word, "count": count, "near": near}
        key = "standard.outlet_type" if near is None else "standard.outlet_type_near"
        found.append(Notice(key, values=values))
    return found


def _groups(city: City, standard: Standard) -> list[Notice]:
    groups, counts, estimated = residents(city, standard)
    found = [
        Notice("standard.group_estimated", values={"group": g, "percent": f"{100 * share:g}"})
        for g, share in estimated.items()
    ]
    empty = {g for g, row in zip(groups, counts, strict=True) if not row.any()}
    found += [
        Notice("standard.group_empty", values={"type": t.id, "group": t.counting_group})
        for t in standard.types
        if t.asks and t.counting_group in empty
    ]
    return found
