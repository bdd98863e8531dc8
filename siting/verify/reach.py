"""Who reaches what on foot, worked out without the code of `siting.walk`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siting.verify.spread import as_reach

if TYPE_CHECKING:
    from siting.city.model import City, Ints
    from siting.verify.streets import Network
    from siting.walk.reach import Reach

Kind = Literal["space", "outlet"]
_MOST_MM = int(np.iinfo(np.int32).max)


def pave(city: City) -> Network | None:
    """Return the streets made ready for `own_reach`, or None where people do not walk on any."""
    if city.walks is not None or city.streets is None:
        return None
    if not len(city.streets) or not len(city.places):
        return None
    from siting.verify.streets import make_network

    return make_network(city, city.streets)


def own_reach(
    city: City,
    kind: Kind,
    limits: dict[str, int],
    targets: Ints,
    network: Network | None,
) -> dict[str, Reach]:
    """Return, by group, the places that spaces or outlets reach.

    Parameters
    ----------
    kind
        ``"space"`` or ``"outlet"``.
    limits
        Whole millimetres by group.
    targets
        Indices of spaces or outlets; row r of each result belongs to ``targets[r]``.
    network
        What `pave` returned for the city.

    Returns
    -------
    dict of Reach
        By group, all up to the largest of the limits: whoever counts has to compare `mm` with a
        limit of his own. Groups that walk the same ways share one record.
    """
    limits = {group: min(limit, _MOST_MM) for group, limit in limits.items()}
    if not limits:
        return {}
    dead_end = city.walks is None and city.streets is not None and network is None
    if dead_end or not len(city.places) or not len(targets):
        none = np.empty(0, dtype=np.int64)
        empty = as_reach(
            none,
            none,
            none,
            targets=len(targets),
            places=len(city.places),
            limit_mm=max(limits.values()),
        )
        return dict.fromkeys(limits, empty)
    if city.walks is not None:
        from siting.verify.given import given_reach

        return given_reach(city, city.walks, kind, limits, targets)
    where = city.spaces if kind == "space" else city.outlets
    x, y, limit = where.x[targets], where.y[targets], max(limits.values())
    if network is not None:
        from siting.verify.streets import street_reach

        found = street_reach(network, x, y, limit)
    else:
        from siting.verify.crow import crow_reach

        found = crow_reach(city, x, y, limit)
    return dict.fromkeys(limits, found)
