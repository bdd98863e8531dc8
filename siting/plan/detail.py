"""What reports show of a plan place by place; never part of ``plan.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from siting.gaps.needs import Gaps
    from siting.plan.gains import Gains
    from siting.standard.options import Options
    from siting.walk.reach import Reach


@dataclass(frozen=True, eq=False)
class Detail:
    """The needs of a city, and which of them a plan answers.

    Attributes
    ----------
    gaps
        The needs, and those that outlets meet.
    gains
        The same with the projects.
    answers
        Which needs each project answers; see `find_answers`.
    """

    gaps: Gaps
    gains: Gains
    answers: pd.DataFrame


def find_answers(
    gaps: Gaps, options: Options, reach: Mapping[str, Reach], chosen: NDArray[np.int64]
) -> pd.DataFrame:
    """Return the needs that each project answers, summed by group and community.

    A need answered is a place of a group that the project reaches and no outlet serves. Places
    that two projects of a type reach count for both.

    Returns
    -------
    DataFrame
        ``project`` (index into the plan's projects), ``group``, ``community`` (index),
        ``places``, ``residents``; only where somebody gains.
    """
    import pandas as pd

    community, size = gaps.city.places.community, len(gaps.city.communities)
    parts = []
    for d, demand in enumerate(gaps.demands):
        walks = reach[gaps.groups[demand.group]]
        residents = gaps.residents[demand.group]
        fresh = ~gaps.served[d] & (residents > 0)
        for k in np.flatnonzero(options.type[chosen] == demand.type).tolist():
            place = walks.within(options.space[chosen[[k]]], demand.limit_mm)
            place = place[fresh[place]]
            places = np.bincount(community[place], minlength=size)
            people = np.bincount(community[place], weights=residents[place], minlength=size)
            at = np.flatnonzero(places)
            parts.append((k, gaps.groups[demand.group], at, places[at], people[at]))
    length = [len(part[2]) for part in parts]

    def joined(column: int) -> NDArray[np.float64]:
        return np.concatenate([np.empty(0), *(part[column] for part in parts)])

    table = pd.DataFrame(
        {
            "project": np.repeat(np.array([p[0] for p in parts], dtype=np.int64), length),
            "group": np.repeat(np.array([p[1] for p in parts], dtype=object), length),
            "community": joined(2).astype(np.int64),
            "places": joined(3).astype(np.int64),
            "residents": joined(4),
        }
    )
    return table.sort_values("project", kind="stable").reset_index(drop=True)
