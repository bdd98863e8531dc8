"""Why residents still lack a type after the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from siting.gaps.needs import limits
from siting.plan.document import OpenGap
from siting.standard.options import REASONS as REFUSALS
from siting.walk.walks import walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.gaps.needs import Gaps
    from siting.standard.options import Options
    from siting.walk.reach import Reach

OUT_OF_REACH = "no space in reach"
NOT_CHOSEN = "not chosen"
REASONS = (OUT_OF_REACH, *REFUSALS, NOT_CHOSEN)
"""No space reaches any resident without the type; else no space that does may become it, most of
them by this rule; else one may, and the money or the space went elsewhere."""


def find_open_gaps(
    gaps: Gaps, options: Options, served: NDArray[np.bool_], reach: Mapping[str, Reach]
) -> tuple[OpenGap, ...]:
    """Return the types that communities still lack for some residents, and why.

    Parameters
    ----------
    served
        True where an outlet or project meets the demand at the place, shape (demands, places).
    reach
        Walks by group, at least from every space with an option; the others are walked here.

    Returns
    -------
    tuple of OpenGap
        By community, then type, in the orders of the city and the standard.
    """
    city = gaps.city
    size = len(city.communities)
    rest = np.setdiff1d(np.arange(len(city.spaces)), options.space)
    walks = [reach]
    walked = any(np.diff(r.indptr)[rest].any() for r in reach.values())
    if len(rest) and not walked:
        walks.append(walk(city, "space", limits(gaps.demands, gaps.groups), rest))
    rows: dict[tuple[int, int], OpenGap] = {}
    within: dict[tuple[int, int], list[sparse.csr_array]] = {}
    for k, (t, kind) in enumerate(gaps.asking):
        d = gaps.counting(t)
        demand = gaps.demands[d]
        residents = gaps.residents[demand.group]
        lacking = ~served[d] & (residents > 0)
        if not lacking.any():
            continue
        without = np.bincount(city.places.community, weights=residents * lacking, minlength=size)
        key = (demand.group, demand.limit_mm)
        if key not in within:
            group = gaps.groups[demand.group]
            within[key] = [_within(w[group], demand.limit_mm) for w in walks]
        home = _home(city.places.community, lacking, size)
        # every row and column of the product that is stored is a space that reaches somebody
        met = [(near @ home).tocoo() for near in within[key]]
        space = np.concatenate([m.coords[0] for m in met])
        community = np.concatenate([m.coords[1] for m in met])
        for c, code in enumerate(_codes(options.refused[space, t], community, size)):
            if without[c] > 0:
                rows[c, k] = OpenGap(
                    community=city.communities[c],
                    type=kind.id,
                    residents=float(without[c]),
                    reason=REASONS[code],
                )
    return tuple(rows[key] for key in sorted(rows))


def _within(reach: Reach, limit_mm: int) -> sparse.csr_array:
    """Return who is reached within the limit as a matrix of ones (spaces, places)."""
    near = reach.mm <= limit_mm
    before = np.concatenate([[0], np.cumsum(near)])
    place = reach.place[near]
    return sparse.csr_array(
        (np.ones(len(place), dtype=np.int32), place, before[reach.indptr]),
        shape=(reach.targets, reach.places),
    )


def _home(community: NDArray[np.int64], lacking: NDArray[np.bool_], size: int) -> sparse.csr_array:
    """Return a one for each place that lacks the type in its community (places, communities)."""
    start = np.concatenate([[0], np.cumsum(lacking)])
    home = community[lacking]
    return sparse.csr_array(
        (np.ones(len(home), dtype=np.int32), home, start), shape=(len(lacking), size)
    )


def _codes(refused: NDArray[np.int8], community: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return by community the index into `REASONS`, of the spaces that reach somebody there."""
    width = len(REFUSALS) + 1
    count = np.bincount(
        community * width + refused.astype(np.int64), minlength=size * width
    ).reshape(size, width)
    code: NDArray[np.int64] = 1 + count[:, 1:].argmax(axis=1)
    code[count.sum(axis=1) == 0] = 0
    code[count[:, 0] > 0] = len(REASONS) - 1
    return code
