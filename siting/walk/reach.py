"""Who reaches what on foot, as sparse pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def millimetres(minutes: float, metres_per_minute: float) -> int:
    """Return how far one walks in `minutes`, in whole millimetres (rounded half to even)."""
    return int(np.rint(minutes * metres_per_minute * 1000.0))


@dataclass(frozen=True, eq=False)
class Reach:
    """Walking distances from targets (spaces or outlets) to the places within a limit.

    Row t of the compressed rows holds the places that target t reaches, in ascending order; a
    pair that is absent is farther than the limit, or cannot be reached at all.

    Attributes
    ----------
    indptr
        Row starts, int64, shape (targets + 1,).
    place
        Place indices, int32, shape (pairs,).
    mm
        Walking distance in whole millimetres, int32, shape (pairs,).
    limit_mm
        The limit up to which pairs are held.
    places
        Number of places.
    """

    indptr: NDArray[np.int64]
    place: NDArray[np.int32]
    mm: NDArray[np.int32]
    limit_mm: int
    places: int

    @property
    def targets(self) -> int:
        """Number of targets."""
        return len(self.indptr) - 1

    def within(self, rows: NDArray[np.int64], limit_mm: int) -> NDArray[np.int32]:
        """Return the places that the targets `rows` reach within a limit, with repetitions."""
        at = spans(self.indptr[rows], self.indptr[rows + 1])
        found: NDArray[np.int32] = self.place[at[self.mm[at] <= limit_mm]]
        return found


def spans(start: NDArray[np.integer], stop: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the concatenation of the ranges ``start[k] .. stop[k] - 1``."""
    length = stop - start
    if not len(length):
        return np.empty(0, dtype=np.int64)
    shift = np.repeat(start - (np.cumsum(length) - length), length)
    found: NDArray[np.int64] = np.arange(int(length.sum()), dtype=np.int64) + shift
    return found
