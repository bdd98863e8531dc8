"""The 有没有 table: who has what within reach, by community and type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from siting.standard.tolerances import have_share

if TYPE_CHECKING:
    from siting.gaps.needs import Gaps


def presence_table(gaps: Gaps) -> pd.DataFrame:
    """Return one row a community and asking type, in the order of communities, then types.

    Returns
    -------
    DataFrame
        ``community``, ``type``, ``class``, ``group`` (the counting group), ``minutes``,
        ``residents`` (of that group), ``served`` (of those, with the type in reach), ``share``
        (served / residents, 0 where nobody lives), ``present`` (share is at least the standard's
        presence share, and somebody lives there).
    """
    return _table(gaps, [gaps.served[gaps.counting(t)] for t, _ in gaps.asking])


def served_by_community(
    gaps: Gaps, type_index: int, served: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return residents of a type's counting group, and those served, by community."""
    demand = gaps.demands[gaps.counting(type_index)]
    residents = gaps.residents[demand.group]
    community = gaps.city.places.community
    size = len(gaps.city.communities)
    return (
        np.bincount(community, weights=residents, minlength=size).astype(np.float64),
        np.bincount(community, weights=residents * served, minlength=size).astype(np.float64),
    )


def _table(gaps: Gaps, served: list[NDArray[np.bool_]]) -> pd.DataFrame:
    communities = np.array(gaps.city.communities, dtype=object)
    columns = []
    for (t, kind), mask in zip(gaps.asking, served, strict=True):
        people, reached = served_by_community(gaps, t, mask)
        share = np.divide(reached, people, out=np.zeros_like(people), where=people > 0)
        present = have_share(reached, gaps.standard.presence_share, people)
        columns.append(
            pd.DataFrame(
                {
                    "community": communities,
                    "type": kind.id,
                    "class": kind.type_class,
                    "group": kind.counting_group,
                    "minutes": kind.minutes,
                    "residents": people,
                    "served": reached,
                    "share": share,
                    "present": present,
                }
            )
        )
    if not columns:
        return pd.DataFrame(
            columns=[
                "community",
                "type",
                "class",
                "group",
                "minutes",
                "residents",
                "served",
                "share",
                "present",
            ]
        )
    stacked = pd.concat(columns, keys=range(len(columns)), names=["type_order", "community_order"])
    return stacked.sort_index(level=["community_order", "type_order"]).reset_index(drop=True)
