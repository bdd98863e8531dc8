"""The needs a standard asks for, and those that no existing outlet meets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siting.arguments import language
from siting.frozen import lock_arrays, lock_mappings
from siting.standard.groups import residents as residents_by_group
from siting.walk.reach import millimetres
from siting.walk.walks import walk

if TYPE_CHECKING:
    import pandas as pd

    from siting.city.model import City
    from siting.errors import Notice
    from siting.progress import Tell
    from siting.standard.model import Standard, Type
    from siting.words import Lang


@dataclass(frozen=True)
class Demand:
    """One group's demand for one type: a need at every place where the group lives.

    Attributes
    ----------
    type
        Index into the standard's types.
    group
        Index into `Gaps.groups`.
    limit_mm
        Walk that still counts, in whole millimetres.
    points
        Need points of one resident; 0 for a counting group that adds no weight.
    """

    type: int
    group: int
    limit_mm: int
    points: float


@dataclass(frozen=True, eq=False)
class Gaps:
    """What is lacking today.

    Attributes
    ----------
    city, standard
        What was asked.
    groups
        Groups that count or weigh, ``everyone`` first.
    residents
        Residents by group and place, shape (groups, places).
    estimated
        Groups without a column in the city: the share of everyone that stands in for them.
    demands
        One for each asking type and group, the type's counting group first.
    served
        True where an outlet meets the demand at the place, shape (demands, places).
    outlets
        Number of existing outlets by type, shape (types,).
    remarks
        What is legal but suspicious when this city meets this standard.
    """

    city: City
    standard: Standard
    groups: tuple[str, ...]
    residents: NDArray[np.float64]
    estimated: dict[str, float]
    demands: tuple[Demand, ...]
    served: NDArray[np.bool_]
    outlets: NDArray[np.int64]
    remarks: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        lock_arrays(self)
        lock_mappings(self)

    def nothing_lacks(self) -> bool:
        """Tell whether outlets meet every need already."""
        return not any(
            bool(((self.residents[demand.group] > 0) & ~self.served[d]).any())
            for d, demand in enumerate(self.demands)
        )

    def counting(self, type_index: int) -> int:
        """Return the index of the demand of a type's counting group."""
        return self._counting[type_index]

    @cached_property
    def _counting(self) -> dict[int, int]:
        first: dict[int, int] = {}
        for d, demand in enumerate(self.demands):
            first.setdefault(demand.type, d)
        return first

    @cached_property
    def asking(self) -> list[tuple[int, Type]]:
        """The types that ask, with their indices, in the standard's order."""
        return [(t, kind) for t, kind in enumerate(self.standard.types) if kind.asks]

    @property
    def table(self) -> pd.DataFrame:
        """The 有没有 table: one row a community and type; see `siting.gaps.table`. A copy."""
        return self._table.copy()

    @cached_property
    def _table(self) -> pd.DataFrame:
        from siting.gaps.table import presence_table

        return presence_table(self)

    def plot(self, ax: Any = None, *, lang: Lang | None = None) -> Any:
        """Draw the share of residents who reach each type; see `siting.gaps.plot.plot_gaps`."""
        from siting.gaps.plot import plot_gaps

        return plot_gaps(self, ax, language(lang))

    @property
    def missing(self) -> pd.DataFrame:
        """What is absent, worst first (most people without it)."""
        absent = self._table[~self._table["present"] & (self._table["residents"] > 0)].copy()
        absent["short"] = absent["residents"] - absent["served"]
        return absent.sort_values("short", ascending=False, kind="stable").reset_index(drop=True)


def find_needs(city: City, standard: Standard, tell: Tell | None = None) -> Gaps:
    """Return the needs of a city under a standard, and which of them outlets meet already.

    `tell` is told how many of the outlets people have walked to.
    """
    groups, residents, estimated = residents_by_group(city, standard)
    demands = demands_of(city, standard, groups)
    known = {t.id: k for k, t in enumerate(standard.types)}
    pairs = [
        (outlet, known[word])
        for outlet, words in enumerate(city.outlets.types)
        for word in words
        if word in known
    ]
    by_type = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    reach = walk(city, "outlet", limits(demands, groups), np.unique(by_type[:, 0]), tell)
    served = np.zeros((len(demands), len(city.places)), dtype=bool)
    for d, demand in enumerate(demands):
        rows = by_type[by_type[:, 1] == demand.type, 0]
        served[d, reach[groups[demand.group]].within(rows, demand.limit_mm)] = True
    return Gaps(
        city=city,
        standard=standard,
        groups=groups,
        residents=residents,
        estimated=estimated,
        demands=demands,
        served=served,
        outlets=np.bincount(by_type[:, 1], minlength=len(standard.types)),
    )


def demands_of(city: City, standard: Standard, groups: tuple[str, ...]) -> tuple[Demand, ...]:
    """Return what a standard asks for, type by type; `groups` are those that count or weigh."""
    index = {g: k for k, g in enumerate(groups)}
    found = []
    for t, kind in enumerate(standard.types):
        if not kind.asks:
            continue
        others = [g for g in kind.groups if g != kind.counting_group]
        for group in (kind.counting_group, *others):
            found.append(
                Demand(
                    type=t,
                    group=index[group],
                    limit_mm=millimetres(kind.minutes, city.walking.speed(group)),
                    points=kind.weight * kind.groups.get(group, 0.0),
                )
            )
    return tuple(found)


def limits(demands: tuple[Demand, ...], groups: tuple[str, ...]) -> dict[str, int]:
    """Return the largest walk that counts for each group, in millimetres."""
    found: dict[str, int] = {}
    for demand in demands:
        group = groups[demand.group]
        found[group] = max(found.get(group, 0), demand.limit_mm)
    return found
