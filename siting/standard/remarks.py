"""What is legal but suspicious when a city meets a standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Notice
from siting.standard.groups import residents
from siting.standard.names import with_names
from siting.standard.rules import REASONS, physical
from siting.standard.words_known import kind_remarks, outlet_type_remarks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Standard


def remarks(city: City, standard: Standard) -> tuple[Notice, ...]:
    """Return what the analyst should know before trusting a plan for this city and standard.

    Types that no space can hold (rents and locks aside) with the commonest reason; types of
    outlets and kinds of spaces that nobody knows; groups without a column; types whose counting
    group has nobody.
    """
    found = (
        *_hosts(city, standard),
        *outlet_type_remarks(city, standard),
        *kind_remarks(city, standard),
        *_groups(city, standard),
    )
    return with_names(found, standard)


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


def _groups(city: City, standard: Standard) -> list[Notice]:
    groups, counts, estimated = residents(city, standard)
    found = [
        Notice("standard.group_estimated", values={"group": g, "percent": f"{100 * share:g}"})
        for g, share in estimated.items()
    ]
    return [*found, *empty_groups(standard, groups, counts)]


def empty_groups(
    standard: Standard, groups: tuple[str, ...], counts: NDArray[np.float64]
) -> list[Notice]:
    """Return a remark for each type whose counting group has nobody."""
    empty = {g for g, row in zip(groups, counts, strict=True) if not row.any()}
    return [
        Notice("standard.group_empty", values={"type": t.id, "group": t.counting_group})
        for t in standard.types
        if t.asks and t.counting_group in empty
    ]
