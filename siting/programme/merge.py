"""Merging of needs: rows that hold the same set of spaces become one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.walk.reach import Reach, spans


@dataclass(frozen=True, eq=False)
class Rows:
    """Sets of spaces, as compressed rows with ascending members.

    Attributes
    ----------
    indptr
        Row starts, int64, shape (rows + 1,).
    member
        Space indices, int64.
    """

    indptr: NDArray[np.int64]
    member: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.indptr) - 1


def rows_by_place(reach: Reach, limit_mm: int, usable: NDArray[np.bool_]) -> Rows:
    """Return for each place the usable spaces that reach it within a limit."""
    target = np.repeat(np.arange(reach.targets, dtype=np.int64), np.diff(reach.indptr))
    keep = (reach.mm <= limit_mm) & usable[target]
    place, target = reach.place[keep], target[keep]
    order = sparse.coo_array(
        (np.arange(1, len(place) + 1), (place, target)), shape=(reach.places, reach.targets)
    ).tocsr()
    return Rows(order.indptr.astype(np.int64), order.indices.astype(np.int64))


def restrict(rows: Rows, keep: NDArray[np.bool_]) -> Rows:
    """Return the rows with only those of their members for which `keep` is true."""
    before = np.concatenate([[0], np.cumsum(keep)])
    return Rows(before[rows.indptr], rows.member[keep])


def take(rows: Rows, which: NDArray[np.int64]) -> Rows:
    """Return the rows `which`, in that order."""
    start, stop = rows.indptr[which], rows.indptr[which + 1]
    indptr = np.concatenate([[0], np.cumsum(stop - start)])
    return Rows(indptr, rows.member[spans(start, stop)])


def stack(parts: list[Rows]) -> Rows:
    """Return the rows of all parts, one below the other."""
    shifts = np.cumsum([0, *(len(p.member) for p in parts)])
    starts = [p.indptr[:-1] + shift for p, shift in zip(parts, shifts[:-1], strict=True)]
    return Rows(
        np.concatenate([*starts, shifts[-1:]]).astype(np.int64),
        np.concatenate([p.member for p in parts]) if parts else np.empty(0, dtype=np.int64),
    )


def merge(rows: Rows, size: int) -> tuple[Rows, NDArray[np.int64]]:
    """Return the distinct rows, and for each row the index of its equal among them.

    Rows are grouped by a random 64-bit sum over their members and then compared member by member,
    so that two different sets never become one.

    Parameters
    ----------
    rows
        The rows.
    size
        Members are below this number.
    """
    keys = np.random.default_rng(20250919).integers(1, 2**63, size=size, dtype=np.uint64)
    running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(keys[rows.member])])
    sums = running[rows.indptr[1:]] - running[rows.indptr[:-1]]
    _, first, group = np.unique(sums, return_index=True, return_inverse=True)
    if not _equal(rows, first[group]):
        return _merge_by_bytes(rows)
    return take(rows, first), group.astype(np.int64)


def _equal(rows: Rows, other: NDArray[np.int64]) -> bool:
    """Tell whether each row equals the row that `other` names for it."""
    length = np.diff(rows.indptr)
    if not np.array_equal(length, length[other]):
        return False
    twins = spans(rows.indptr[other], rows.indptr[other + 1])
    return np.array_equal(rows.member, rows.member[twins])


def _merge_by_bytes(rows: Rows) -> tuple[Rows, NDArray[np.int64]]:
    """Merge without hashing by sums; only ever needed when two sums collide."""
    seen: dict[bytes, int] = {}
    first: list[int] = []
    group = np.empty(len(rows), dtype=np.int64)
    for r in range(len(rows)):
        key = rows.member[rows.indptr[r] : rows.indptr[r + 1]].tobytes()
        if key not in seen:
            seen[key] = len(first)
            first.append(r)
        group[r] = seen[key]
    return take(rows, np.array(first, dtype=np.int64)), group
