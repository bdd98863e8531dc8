"""The random cities on which the literature measures itself, number for number.

The published generator (Cordeau, Furini, Ljubic 2019) draws sites and points evenly from a square
with the C library's ``rand`` and writes six decimals. Its files are too large to pass around, but
the library of GNU systems draws the same numbers everywhere, so they can be made again exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.covering.model import CoveringInstance

if TYPE_CHECKING:
    from siting.covering.model import Floats

_MOST = 2**31 - 1  # the largest number drawn
_DECIMALS = 6


def published_city(
    sites: int,
    points: int,
    seed: int,
    *,
    side: int = 30,
    weight: tuple[int, int] = (1, 100),
    cost: tuple[int, int] = (1, 1),
) -> CoveringInstance:
    """Return the instance that the published generator writes for these arguments.

    Parameters
    ----------
    sites, points
        How many of each.
    seed
        Of ``srand``, at least 0.
    side
        Of the square.
    weight, cost
        Least and largest whole number; all are equally likely.
    """
    from siting.covering.compiled import draw

    ends = np.cumsum([2 * sites, 2 * points, sites, points])
    drawn = draw(seed, int(ends[-1]))
    site, point, costs, weights = np.split(drawn, ends[:-1])
    return CoveringInstance(
        site_id=np.array([str(s) for s in range(sites)], dtype=object),
        site_x=_written(site[0::2], side),
        site_y=_written(site[1::2], side),
        cost=(costs % (cost[1] - cost[0] + 1) + cost[0]).astype(np.float64),
        x=_written(point[0::2], side),
        y=_written(point[1::2], side),
        weight=(weights % (weight[1] - weight[0] + 1) + weight[0]).astype(np.float64),
    )


def _written(drawn: np.ndarray[tuple[int], np.dtype[np.int32]], side: int) -> Floats:
    """Return coordinates as they are read from a file that holds six decimals of them."""
    exact = drawn / _MOST * side
    scaled = exact * 10**_DECIMALS
    found: Floats = np.rint(scaled) / 10**_DECIMALS
    # where the product's own rounding could decide, the number is written out
    close = np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6)
    found[close] = [float(f"{value:.{_DECIMALS}f}") for value in exact[close].tolist()]
    return found
