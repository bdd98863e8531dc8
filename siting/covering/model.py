"""What is given: sites that may open, points with weights, and where both lie in the plane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class CoveringInstance:
    """Sites and points in one plane; coordinates and radius are in the same unit of length.

    Attributes
    ----------
    site_id
        Unique names of the sites as text, shape (sites,).
    site_x, site_y
        Where the sites lie, shape (sites,).
    cost
        What it costs to open each site, >= 0, in any unit; two decimals count, shape (sites,).
    x, y
        Where the points lie, shape (points,).
    weight
        What each point is worth once it is covered, >= 0, shape (points,).
    """

    site_id: Words
    site_x: Floats
    site_y: Floats
    cost: Floats
    x: Floats
    y: Floats
    weight: Floats

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.site_x)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.x)

    @cached_property
    def total(self) -> float:
        """Weight of all points."""
        return float(self.weight.sum())

    @cached_property
    def is_whole(self) -> bool:
        """Whether all weights are whole numbers whose sums are exact."""
        return self.total < 2.0**53 and bool((np.floor(self.weight) == self.weight).all())

    @classmethod
    def from_arrays(
        cls,
        sites: Any,
        points: Any,
        *,
        weight: Any = None,
        cost: Any = None,
        site_id: Sequence[object] | None = None,
    ) -> CoveringInstance:
        """Make an instance of arrays in memory.

        Arrays of doubles are taken as they are, not copied: they must not be changed while the
        instance is in use.

        Parameters
        ----------
        sites, points
            Coordinates, shapes (sites, 2) and (points, 2), or pairs of arrays ``(x, y)``.
        weight
            Of the points; None: 1 each.
        cost
            Of the sites; None: 1 each.
        site_id
            Names of the sites; None: their positions, from 0.

        Raises
        ------
        InputError
            Shapes that do not fit, numbers that are not finite or are negative, or names given
            twice; everything at once.
        """
        from siting.covering.check import checked

        site_x, site_y = _pair(sites)
        x, y = _pair(points)
        names = range(len(site_x)) if site_id is None else site_id
        return checked(
            cls(
                site_id=np.array([str(name) for name in names], dtype=object),
                site_x=_column(site_x),
                site_y=_column(site_y),
                cost=np.ones(len(site_x)) if cost is None else _column(cost),
                x=_column(x),
                y=_column(y),
                weight=np.ones(len(x)) if weight is None else _column(weight),
            )
        )


def _pair(points: Any) -> tuple[Any, Any]:
    """Return x and y of an (n, 2) array or of a pair of arrays."""
    if isinstance(points, tuple) and len(points) == 2:
        return points
    table = np.asarray(points, dtype=np.float64)
    table = table.reshape(-1, 2) if table.size == 0 else table
    if table.ndim != 2 or table.shape[1] != 2:
        from siting.errors import InputError, Notice

        raise InputError(Notice("covering.shape", value=str(table.shape)))
    return table[:, 0], table[:, 1]


def _column(values: Any) -> Floats:
    found = np.ascontiguousarray(values, dtype=np.float64).view()
    found.setflags(write=False)
    return found
