"""What the analyst has opened or forbidden, checked against the city and the standard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InputError, Notice
from siting.standard.files import unknown
from siting.standard.rules import REASONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Fund, Locks, Question, Standard

ALL = "*"


@dataclass(frozen=True, eq=False)
class LockedPairs:
    """Locks as matrices of truth, shape (spaces, types)."""

    opened: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]


def find_locks(city: City, question: Question) -> LockedPairs:
    """Return the locks of a question as matrices over the city's spaces and standard's types.

    Raises
    ------
    InputError
        A lock names an unknown space or type, opens ``"*"``, opens what another forbids; or a
        fund names a community that the city does not have.
    """
    pairs, faults = _look_up(city, question.standard, question.locks, question.funds)
    if faults:
        raise InputError(faults)
    return pairs


def lock_faults(
    city: City, standard: Standard, locks: Locks, funds: tuple[Fund, ...], *, file: str | None
) -> list[Notice]:
    """Return everything for which `find_locks` would raise, each fault once.

    Parameters
    ----------
    file
        Where the locks stand, or None.
    """
    _, faults = _look_up(city, standard, locks, funds)
    by_line = {fault.line(): fault for fault in faults}
    return [replace(fault, file=file) for fault in by_line.values()]


def _look_up(
    city: City, standard: Standard, locks: Locks, funds: tuple[Fund, ...]
) -> tuple[LockedPairs, list[Notice]]:
    space_at = {str(name): i for i, name in enumerate(city.spaces.id)}
    type_at = {t.id: i for i, t in enumerate(standard.types)}
    shape = (len(space_at), len(type_at))
    opened, forbidden = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    faults: list[Notice] = []

    def known(pair: tuple[str, str]) -> bool:
        space, kind = pair
        before = len(faults)
        if space != ALL and space not in space_at:
            faults.append(unknown("standard.lock_space", space, space_at))
        if kind != ALL and kind not in type_at:
            faults.append(unknown("standard.lock_type", kind, type_at))
        return len(faults) == before

    for space, kind in locks.forbid:
        if known((space, kind)):
            rows = slice(None) if space == ALL else space_at[space]
            columns = slice(None) if kind == ALL else type_at[kind]
            forbidden[rows, columns] = True
    for space, kind in locks.open:
        if ALL in (space, kind):
            values = {"space": space, "type": kind}
            faults.append(Notice("standard.lock_all", values=values))
        elif known((space, kind)):
            opened[space_at[space], type_at[kind]] = True
            if forbidden[space_at[space], type_at[kind]]:
                values = {"space": space, "type": kind}
                faults.append(Notice("standard.lock_both", values=values))
    for fund in funds:
        faults += [
            unknown("standard.fund_community", name, city.communities, fund=fund.id)
            for name in fund.communities or ()
            if name not in city.communities
        ]
    return LockedPairs(opened=opened, forbidden=forbidden), faults


def opened_faults(
    city: City, question: Question, locks: LockedPairs, refused: NDArray[np.int8]
) -> list[Notice]:
    """Return a fault, naming the rule, for each pair that a lock opens against the rules."""
    return [
        Notice(
            f"standard.open_{REASONS[refused[s, t] - 1]}",
            values={"space": str(city.spaces.id[s]), "type": question.standard.types[t].id},
        )
        for s, t in np.argwhere(locks.opened & (refused != 0))
    ]
