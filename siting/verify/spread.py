"""Small array tools that the reach builders of this folder share."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siting.walk.reach import Reach

LONGEST_MM = int(np.iinfo(np.int32).max)  # that any walk is

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def spread(start: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return the members of many index ranges in a row, and the range each comes from."""
    owner = np.repeat(np.arange(len(start), dtype=np.int64), count)
    before = np.cumsum(count) - count
    member = np.arange(len(owner), dtype=np.int64) + np.repeat(start - before, count)
    return member, owner


def whole_rows(values: NDArray[np.int32], start: Ints, stop: Ints) -> NDArray[np.int32]:
    """Return ``values[start[k] : stop[k]]`` of some rows, one after the other.

    Copying whole rows takes far less time and memory than numbering each of their members.
    """
    parts = [values[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)]
    return np.concatenate(parts) if parts else values[:0]


def slices(weight: Ints, most: int) -> list[tuple[int, int]]:
    """Cut a row of items into stretches that weigh at most `most`, or hold one item."""
    if not len(weight):
        return []
    total = np.cumsum(weight)
    cuts = [0]
    while cuts[-1] < len(weight):
        done = total[cuts[-1] - 1] if cuts[-1] else 0
        end = int(np.searchsorted(total, done + most, side="right"))
        cuts.append(max(end, cuts[-1] + 1))
    return list(itertools.pairwise(cuts))


def least_of_each(target: Ints, place: Ints, mm: Ints) -> tuple[Ints, Ints, Ints]:
    """Return each (target, place) once with its least distance, by target, then place."""
    if not len(target):
        return target, place, mm
    place_bits = int(place.max()).bit_length()
    mm_bits = int(mm.max()).bit_length()
    if int(target.max()).bit_length() + place_bits + mm_bits < 63:
        # One sort of packed whole numbers is several times faster than a sort by three keys.
        key = np.sort((((target << place_bits) | place) << mm_bits) | mm)
        pair = key >> mm_bits
        first = np.ones(len(key), dtype=bool)
        first[1:] = pair[1:] != pair[:-1]
        key, pair = key[first], pair[first]
        return pair >> place_bits, pair & ((1 << place_bits) - 1), key & ((1 << mm_bits) - 1)
    order = np.lexsort((mm, place, target))
    target, place, mm = target[order], place[order], mm[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (target[1:] != target[:-1]) | (place[1:] != place[:-1])
    return target[first], place[first], mm[first]


def in_strips(x: Floats, y: Floats, bundle: int) -> Ints:
    """Return an order of points in which each `bundle` successive ones lie close together."""
    strips = max(1, round((len(x) / bundle) ** 0.5))
    rank = np.empty(len(x), dtype=np.int64)
    rank[np.argsort(x, kind="stable")] = np.arange(len(x))
    return np.lexsort((y, rank * strips // max(len(x), 1)))


def as_reach(
    target: Ints, place: Ints, mm: Ints, *, targets: int, places: int, limit_mm: int
) -> Reach:
    """Return pairs sorted by target, then place, as compressed rows."""
    indptr = np.zeros(targets + 1, dtype=np.int64)
    np.cumsum(np.bincount(target, minlength=targets), out=indptr[1:])
    return Reach(
        indptr=indptr,
        place=place.astype(np.int32),
        mm=mm.astype(np.int32),
        limit_mm=limit_mm,
        places=places,
    )


@dataclass(frozen=True, eq=False)
class Visits:
    """The walks from some rows of a record.

    Attributes
    ----------
    place, owner, mm
        Place, position of the row, whole millimetres; shape (pairs,).
    """

    place: Ints
    owner: Ints
    mm: NDArray[np.int32]

    def reaches(self, wanted: NDArray[np.bool_], limit_mm: int) -> NDArray[np.bool_]:
        """Tell of each walk whether it leads to a wanted place within `limit_mm`."""
        most = np.where(wanted, min(limit_mm, LONGEST_MM), -1).astype(np.int32)
        return self.mm <= most[self.place]

    def where(self, wanted: NDArray[np.bool_], limit_mm: int) -> tuple[Ints, Ints]:
        """Return place and position of the walks within `limit_mm` to wanted places."""
        near = self.reaches(wanted, limit_mm)
        return self.place[near], self.owner[near]


def visits_of(reach: Reach, rows: Ints) -> Visits:
    """Return all walks from some rows."""
    start, stop = reach.indptr[rows], reach.indptr[rows + 1]
    return Visits(
        whole_rows(reach.place, start, stop).astype(np.int64),
        np.repeat(np.arange(len(rows), dtype=np.int64), stop - start),
        whole_rows(reach.mm, start, stop),
    )


def rows_of(reach: Reach, rows: Ints, limit_mm: int) -> tuple[NDArray[np.int32], Ints]:
    """Return the places within `limit_mm` of some rows, and each one's position in `rows`."""
    start, stop = reach.indptr[rows], reach.indptr[rows + 1]
    near = whole_rows(reach.mm, start, stop) <= limit_mm
    owner = np.repeat(np.arange(len(rows), dtype=np.int64), stop - start)
    return whole_rows(reach.place, start, stop)[near], owner[near]
