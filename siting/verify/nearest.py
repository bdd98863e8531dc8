"""How far everybody walks to the nearest outlet, or usable space, of each type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.verify.spread import LONGEST_MM, whole_rows

if TYPE_CHECKING:
    from siting.verify.spread import Ints
    from siting.walk.reach import Reach

_NONE = np.iinfo(np.uint32).max  # no outlet in reach


@dataclass(frozen=True, eq=False)
class Nearest:
    """Walks to the nearest outlet: whoever counts under several minutes needs no more of them.

    Attributes
    ----------
    mm
        Whole millimetres by place, by type and group; types without outlets have a place too.
    """

    mm: dict[tuple[str, str], NDArray[np.uint32]]

    def serves(self, type_: str, group: str, limit_mm: int) -> NDArray[np.bool_]:
        """Return the places with an outlet of a type within `limit_mm` for a group."""
        return self.mm[type_, group] <= np.uint32(min(limit_mm, LONGEST_MM))


def nearest_of(
    rows: dict[str, Ints], groups: dict[str, tuple[str, ...]], reach: dict[str, Reach]
) -> Nearest:
    """Return the walks to the nearest outlet of each type.

    Parameters
    ----------
    rows
        By type the rows of its outlets in the records.
    groups
        By type the groups that ask for it.
    reach
        The walks to outlets, by group.
    """
    found: dict[tuple[str, str], NDArray[np.uint32]] = {}
    for word, own in rows.items():
        # groups that walk the same ways share one record
        done: dict[int, NDArray[np.uint32]] = {}
        for group in groups[word]:
            walks = reach[group]
            if id(walks) not in done:
                done[id(walks)] = _least(walks, own)
            found[word, group] = done[id(walks)]
    return Nearest(found)


def _least(walks: Reach, rows: Ints) -> NDArray[np.uint32]:
    least = np.full(walks.places, _NONE, dtype=np.uint32)
    start, stop = walks.indptr[rows], walks.indptr[rows + 1]
    mm = whole_rows(walks.mm, start, stop).view(np.uint32)
    np.minimum.at(least, whole_rows(walks.place, start, stop), mm)
    return least
