"""Who reaches the spaces or the outlets of a city on foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siting.walk.size import require_memory_to_walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.progress import Tell
    from siting.walk.reach import Reach

_LONGEST = 2**31 - 1


def walk(
    city: City,
    kind: Literal["space", "outlet"],
    limits_mm: Mapping[str, int],
    targets: NDArray[np.int64] | None = None,
    tell: Tell | None = None,
) -> dict[str, Reach]:
    """Return who walks to each space or outlet within the limits, by group.

    A table of given walks replaces our own walking wholly; otherwise people walk over the
    streets, or, where the city has none, in a straight line times the detour.

    Parameters
    ----------
    city
        The city.
    kind
        Whether the targets are the city's spaces or its outlets.
    limits_mm
        The farthest walk of each group in whole millimetres; exactly this far counts as reached.
        Limits from 2**31 up count as 2**31 - 1.
    targets
        Indices of the targets asked for; None asks for all.
    tell
        Told how many of the targets are done; never where walks are given.

    Raises
    ------
    InputError
        The pairs need more memory than is free.

    Returns
    -------
    dict
        A reach for each group of `limits_mm`, up to the largest of the limits. Its rows are all
        spaces or all outlets; a row that was not asked for is empty. Groups that walk the same
        distances (all of them, unless given walks tell groups apart) share one object.
    """
    if not limits_mm:
        return {}
    points = city.spaces if kind == "space" else city.outlets
    limit = min(max(limits_mm.values()), _LONGEST)
    wanted = np.arange(len(points)) if targets is None else np.unique(targets).astype(np.int64)
    if city.walks is not None:
        from siting.walk.given import reach_given

        asked = np.zeros(len(points), np.bool_)
        asked[wanted] = True
        pick = city.walks.is_space == (kind == "space")
        pick[pick] = asked[city.walks.target[pick]]
        return reach_given(
            city.walks, city.walking, limits_mm, pick, len(points), len(city.places), limit
        )
    require_memory_to_walk(city, kind, wanted, limit)
    homes = (city.places.x, city.places.y)
    if city.streets is not None:
        from siting.walk.streets import reach_over_streets

        reach = reach_over_streets(city.streets, homes, (points.x, points.y), wanted, limit, tell)
    else:
        from siting.walk.straight import reach_straight

        detour = city.walking.detour
        reach = reach_straight(homes, (points.x, points.y), wanted, limit, detour, tell)
    return dict.fromkeys(limits_mm, reach)
