"""What a city is, as frozen arrays in one metric coordinate system.

Everything here has been read and validated: ids are unique, numbers are finite, coordinates are
metres in ``City.metric_crs``. Types are plain words; no catalogue is known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from siting.errors import Notice

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.object_]

EVERYONE = "everyone"


class _Frozen:
    """Base of the records: their arrays and mappings can no more be written to than the fields.

    A record keeps arrays of its own, so that whoever made it may go on changing his; what is
    copied out of a record can be written to, a pickled or copied record is frozen again.
    """

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            object.__setattr__(self, name, frozen(value))

    def __getstate__(self) -> dict[str, Any]:
        return {n: dict(v) if isinstance(v, Mapping) else v for n, v in vars(self).items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        _Frozen.__post_init__(self)


def frozen(value: Any) -> Any:
    """Return an array or a mapping as one that cannot be written to; other things as they are."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    if not isinstance(value, np.ndarray):
        return value
    if value.flags.writeable or not value.flags.owndata:
        value = value.copy()
        value.setflags(write=False)
    return value


@dataclass(frozen=True, eq=False)
class Places(_Frozen):
    """Points where residents live (n places).

    Attributes
    ----------
    id
        Unique ids as text, shape (n,).
    x, y
        Metres in the city's metric coordinate system, shape (n,).
    community
        Index into ``City.communities``, shape (n,).
    residents
        Residents by group, each of shape (n,); ``everyone`` is always there and contains the
        others. They need not be whole numbers. A group that the city has no column for is absent.
    """

    id: Words
    x: Floats
    y: Floats
    community: Ints
    residents: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, eq=False)
class Outlets(_Frozen):
    """Existing outlets (n outlets), each of one or more types.

    Attributes
    ----------
    id, x, y, community
        As for places.
    types
        For each outlet the type words it serves as, already mapped from local categories: a tuple
        of unique words in the order written, never empty; shape (n,) of tuples.
    area_m2
        Floor area in square metres, NaN where unknown.
    chain
        1.0 for a chain outlet, 0.0 for a local one, NaN where unknown.
    spare_m2
        Floor area another type could use, 0 where none is stated.
    """

    id: Words
    x: Floats
    y: Floats
    community: Ints
    types: Words
    area_m2: Floats
    chain: Floats
    spare_m2: Floats

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, eq=False)
class Spaces(_Frozen):
    """Vacant spaces that can be put to use (n spaces).

    Attributes
    ----------
    id, x, y, community
        As for places.
    area_m2
        Usable floor area in square metres, > 0.
    rent_m2_month
        Market rent in yuan per square metre and month, >= 0.
    kind
        A word such as ``shop``, ``shed``, ``kiosk``, ``basement``; ``""`` where not stated.
    floor
        Storey: 1 is the ground floor, -1 the first basement; never 0.
    features
        Frozen sets of words (``flue``, ``loading``, ``accessible``, ``water``, ``power``, ``gas``,
        ``outdoor``), shape (n,).
    max_types, min_types
        At most and at least so many types when anything opens here.
    capital_m2
        The space's own conversion cost in yuan per square metre, which then replaces the
        catalogue's; NaN where none is stated.
    capital_fixed
        One-off cost in yuan when anything opens here (structure, fire safety, flue riser), >= 0.
    host
        For spare floor inside an existing outlet (kind ``add_on``): the type words of that outlet
        as a tuple, () otherwise; None where no space has one.
    basic_share
        Least share of the floor area in use that basic types must have, 0 to 1; None: no rule.
    open_types, forbid_types
        Tuples of type words that the table's ``open`` and ``forbid`` columns lock (``*``: all);
        None: no such column.
    address
        Where it stands in words, ``""`` where nothing is said; None: no such column.
    """

    id: Words
    x: Floats
    y: Floats
    community: Ints
    area_m2: Floats
    rent_m2_month: Floats
    kind: Words
    floor: Ints
    features: Words
    max_types: Ints
    min_types: Ints
    capital_m2: Floats
    capital_fixed: Floats
    host: Words | None = None
    basic_share: Floats | None = None
    open_types: Words | None = None
    forbid_types: Words | None = None
    address: Words | None = None

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, eq=False)
class Streets(_Frozen):
    """A walkable network: nodes, and straight segments between them, walked both ways.

    Attributes
    ----------
    node_x, node_y
        Metres in the city's metric coordinate system, shape (nodes,).
    tail, head
        Node index of each segment's two ends, shape (segments,).
    length_m
        Walking length of each segment in metres, > 0; may differ from the straight distance.
    """

    node_x: Floats
    node_y: Floats
    tail: Ints
    head: Ints
    length_m: Floats

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True, eq=False)
class GivenWalks(_Frozen):
    """Walking times or distances from another tool, which replace ours (n pairs).

    A pair that is absent is out of reach.

    Attributes
    ----------
    place
        Index into the places, shape (n,).
    target
        Index into the spaces or into the outlets, shape (n,).
    is_space
        True where the target is a space, False where it is an outlet.
    group
        Group word, or ``""`` for a row that holds for everybody (scaled by each group's speed).
    amount
        Minutes or metres, >= 0.
    unit
        ``"minutes"`` or ``"metres"``, one for the whole table.
    """

    place: Ints
    target: Ints
    is_space: Bools
    group: Words
    amount: Floats
    unit: str

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True)
class Walking:
    """How people walk.

    Attributes
    ----------
    metres_per_minute
        Default speed, 60 unless the city says otherwise (the planning norm).
    detour
        Walking distance over straight line, used only without streets.
    groups
        Own speeds in metres per minute, by group.
    """

    metres_per_minute: float = 60.0
    detour: float = 1.33
    groups: tuple[tuple[str, float], ...] = ()

    def speed(self, group: str) -> float:
        """Return the speed of `group` in metres per minute."""
        return dict(self.groups).get(group, self.metres_per_minute)


@dataclass(frozen=True, eq=False)
class City:
    """A city: read once, validated once, never changed.

    Attributes
    ----------
    name
        As the user calls it.
    metric_crs
        Coordinate system of every x and y here (an EPSG code or WKT), or None where the
        coordinates are plain metres of no known system.
    source_crs
        What the user's coordinates were in, as stated.
    communities
        Names, in the order in which the indices of places, outlets and spaces count; at least one.
    streets
        The network, or None: then walking is straight line times detour.
    walks
        A table of another tool, or None.
    path
        The city folder, or None for a city from data frames.
    sha256
        Hash over the city's files, or None for a city from data frames.
    remarks
        What was legal but suspicious, or left out, while reading.
    areas
        Polygons of the communities in metres, in their order, or None where there are none.
    mapped_types
        (local category, type word) of the mapping by which outlets were read; no catalogue is
        known here, so the words may be unknown.
    """

    name: str
    places: Places
    outlets: Outlets
    spaces: Spaces
    communities: tuple[str, ...]
    walking: Walking
    streets: Streets | None = None
    walks: GivenWalks | None = None
    metric_crs: str | None = None
    source_crs: str | None = None
    path: Path | None = None
    sha256: str | None = None
    remarks: tuple[Notice, ...] = ()
    mapped_types: tuple[tuple[str, str], ...] = ()
    areas: Words | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "areas", frozen(self.areas))

    @classmethod
    def from_frames(
        cls,
        places: pd.DataFrame,
        spaces: pd.DataFrame,
        outlets: pd.DataFrame | None = None,
        *,
        walks: pd.DataFrame | None = None,
        streets: Any = None,
        communities: Any = None,
        crs: str | None = None,
        metric_crs: str | None = None,
        walking: Walking | None = None,
        name: str = "city",
    ) -> City:
        """Make a city from data frames in memory; see `siting.city.frames.city_from_frames`."""
        from siting.city.frames import city_from_frames

        return city_from_frames(
            places=places,
            spaces=spaces,
            outlets=outlets,
            walks=walks,
            streets=streets,
            communities=communities,
            crs=crs,
            metric_crs=metric_crs,
            walking=walking,
            name=name,
        )
