"""How many pairs walking will find, and what memory they take, before anybody walks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from siting.memory import require_memory
from siting.walk.straight import pairs_within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from siting.city.model import City

_BYTES_A_PAIR = 18
"""Of memory while walking; measured, see docs/reliability.md."""
_DETOUR = 1.4
"""Of streets, over the straight line, in a guess of who is in reach: what fits generated cities."""
_ALWAYS_THERE = 1_000_000
"""Pairs for which there is room beside the libraries: 18 MB, whoever is in reach."""
_LOOKED_AT = 2_000
"""Targets by which the pairs of all are guessed."""


def expected_pairs(
    city: City, kind: Literal["space", "outlet"], wanted: NDArray[np.int64], limit_mm: int
) -> float:
    """Return about how many pairs of a target and a place in its reach `walk` will find.

    Parameters
    ----------
    city
        The city.
    kind
        Whether the targets are the city's spaces or its outlets.
    wanted
        Indices of the targets walked to.
    limit_mm
        The farthest walk in millimetres.

    Returns
    -------
    float
        A guess from every so many-th target and straight lines; of given walks as many as stand
        in the table.
    """
    if city.walks is not None:
        return float((city.walks.is_space == (kind == "space")).sum())
    if not len(wanted):
        return 0.0
    points = city.spaces if kind == "space" else city.outlets
    looked_at = wanted[:: max(1, len(wanted) // _LOOKED_AT)]
    pairs = pairs_within(
        (city.places.x, city.places.y),
        (points.x[looked_at], points.y[looked_at]),
        limit_mm,
        city.walking.detour if city.streets is None else _DETOUR,
    )
    return pairs * len(wanted) / len(looked_at)


def require_memory_to_walk(
    city: City, kind: Literal["space", "outlet"], wanted: NDArray[np.int64], limit_mm: int
) -> None:
    """Refuse walks whose pairs need more memory than is free; parameters as `expected_pairs`.

    Raises
    ------
    InputError
        There is less memory than the pairs need.
    """
    if len(city.places) * len(wanted) < _ALWAYS_THERE:
        return
    require_memory(expected_pairs(city, kind, wanted, limit_mm) * _BYTES_A_PAIR / 2**20)
