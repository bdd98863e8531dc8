"""What a choice of options brings, place by place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.frozen import lock_arrays, lock_mappings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.gaps.needs import Gaps
    from siting.standard.options import Options
    from siting.walk.reach import Reach


@dataclass(frozen=True, eq=False)
class Gains:
    """What opens for whom.

    Attributes
    ----------
    served
        True where an outlet or a project meets the demand at the place, shape (demands, places).
    points
        Need points gained by place, shape (places,).
    objective
        Need points gained in all.
    people
        By place: the largest counting group that gains a type, shape (places,).
    gained, shared
        By chosen option: people of the type's counting group it reaches whom no outlet serves
        today, and those of them whom another chosen option of the type reaches too.
    by_group, places_by_group
        By chosen option: what `gained` counts, for every group that the type serves; and at how
        many places these people live.
    by_community
        By chosen option: `gained` by the index of the community where they live; only where there
        are any.
    """

    served: NDArray[np.bool_]
    points: NDArray[np.float64]
    objective: float
    people: NDArray[np.float64]
    gained: NDArray[np.float64]
    shared: NDArray[np.float64]
    by_group: tuple[dict[str, float], ...]
    places_by_group: tuple[dict[str, int], ...]
    by_community: tuple[dict[int, float], ...]

    def __post_init__(self) -> None:
        lock_arrays(self)
        lock_mappings(self)


def find_gains(
    gaps: Gaps, options: Options, reach: Mapping[str, Reach], chosen: NDArray[np.int64]
) -> Gains:
    """Return what the chosen options bring.

    Parameters
    ----------
    gaps
        What is lacking today.
    options, chosen
        The options, and the indices of the chosen ones.
    reach
        Walks from the spaces, by group.
    """
    served = gaps.served.copy()
    points = np.zeros(len(gaps.city.places))
    people = np.zeros(len(gaps.city.places))
    gained = np.zeros(len(chosen))
    shared = np.zeros(len(chosen))
    by_group: tuple[dict[str, float], ...] = tuple({} for _ in chosen)
    places_by_group: tuple[dict[str, int], ...] = tuple({} for _ in chosen)
    by_community: tuple[dict[int, float], ...] = tuple({} for _ in chosen)
    community = gaps.city.places.community
    for d, demand in enumerate(gaps.demands):
        mine = np.flatnonzero(options.type[chosen] == demand.type)
        walks = reach[gaps.groups[demand.group]]
        reached = [
            walks.within(options.space[chosen[[k]]], demand.limit_mm).astype(np.int64) for k in mine
        ]
        times = np.zeros(len(points), dtype=np.int64)
        for places in reached:
            times[places] += 1
        fresh = (times > 0) & ~gaps.served[d]
        served[d] |= fresh
        residents = gaps.residents[demand.group]
        points += demand.points * np.where(fresh, residents, 0.0)
        counts = d == gaps.counting(demand.type)
        # under other weights a group may weigh nothing: the type then does not serve it
        for k, places in zip(mine, reached, strict=True) if counts or demand.points > 0 else ():
            new = places[~gaps.served[d][places]]
            group = gaps.groups[demand.group]
            by_group[k][group] = float(residents[new].sum())
            places_by_group[k][group] = int(np.count_nonzero(residents[new] > 0))
        if not counts:
            continue
        np.maximum(people, np.where(fresh, residents, 0.0), out=people)
        for k, places in zip(mine, reached, strict=True):
            new = places[~gaps.served[d][places]]
            gained[k] = residents[new].sum()
            shared[k] = residents[new[times[new] > 1]].sum()
            there = np.bincount(community[new], weights=residents[new])
            by_community[k].update((c, float(there[c])) for c in np.flatnonzero(there).tolist())
    return Gains(
        served=served,
        points=points,
        objective=float(points.sum()),
        people=people,
        gained=gained,
        shared=shared,
        by_group=by_group,
        places_by_group=places_by_group,
        by_community=by_community,
    )
