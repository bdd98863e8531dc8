"""What stands in each community already, and what quotas ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.document import QuotaRow

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.gaps.needs import Gaps
    from siting.standard.model import Standard
    from siting.standard.options import Options

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def outlets_of(city: City, standard: Standard) -> tuple[Ints, Ints]:
    """Return (outlet, type index) of every type that an outlet serves as and the standard has."""
    known = {kind.id: t for t, kind in enumerate(standard.types)}
    pairs = [
        (outlet, known[word])
        for outlet, words in enumerate(city.outlets.types)
        for word in words
        if word in known
    ]
    outlet, kind = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return outlet, kind


def by_community(
    city: City, standard: Standard, outlet: Ints, kind: Ints, weight: Floats | None = None
) -> Floats:
    """Return the number (or summed weight) of outlets, shape (types, communities)."""
    found = np.zeros((len(standard.types), len(city.communities)))
    np.add.at(found, (kind, city.outlets.community[outlet]), 1.0 if weight is None else weight)
    return found


def find_quotas(gaps: Gaps, options: Options, chosen: Ints) -> tuple[QuotaRow, ...]:
    """Return what every community has of every quota, by quota, then community.

    An outlet without a stated floor area counts with its type's typical one.
    """
    city, standard = gaps.city, gaps.standard
    outlet, kind = outlets_of(city, standard)
    typical = np.array([t.area_typical_m2 for t in standard.types])
    stated = city.outlets.area_m2[outlet]
    area = np.where(np.isnan(stated), typical[kind], stated)
    at = (options.type[chosen], city.spaces.community[options.space[chosen]])
    shape = (len(standard.types), len(city.communities))
    opened, opened_m2 = np.zeros(shape), np.zeros(shape)
    np.add.at(opened, at, 1.0)
    np.add.at(opened_m2, at, options.area_m2[chosen])
    have = {
        "outlets": (by_community(city, standard, outlet, kind), opened),
        "m2": (by_community(city, standard, outlet, kind, area), opened_m2),
    }
    index = {t.id: k for k, t in enumerate(standard.types)}
    rows = []
    for quota in standard.quotas:
        t = index[quota.type]
        people = _people(gaps, standard.types[t].counting_group)
        for unit, per_1000 in (("outlets", quota.per_1000), ("m2", quota.area_m2_per_1000)):
            if per_1000 is None:
                continue
            existing, new = have[unit]
            rows += [
                QuotaRow(
                    community=name,
                    type=quota.type,
                    unit="outlets" if unit == "outlets" else "m2",
                    asked=float(per_1000 * people[c] / 1000.0),
                    existing=float(existing[t, c]),
                    opened=float(new[t, c]),
                )
                for c, name in enumerate(city.communities)
            ]
    return tuple(rows)


def _people(gaps: Gaps, group: str) -> Floats:
    """Return residents of a group by community, also of one that no asking type counts."""
    have = gaps.city.places.residents
    if group in gaps.groups:
        residents = gaps.residents[gaps.groups.index(group)]
    elif group in have:
        residents = have[group]
    else:
        residents = gaps.standard.typical_shares.get(group, 0.0) * have["everyone"]
    size = len(gaps.city.communities)
    return np.bincount(gaps.city.places.community, weights=residents, minlength=size).astype(
        np.float64
    )
