"""What the analyst has opened or forbidden, checked against the city and the standard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InputError, Notice
from siting.standard.catalogue import load_catalogue
from siting.standard.files import unknown
from siting.standard.names import type_names, with_names
from siting.standard.rules import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from siting.city.model import City, Words
    from siting.standard.model import Fund, Locks, Question, Standard

ALL = "*"


@dataclass(frozen=True, eq=False)
class LockedPairs:
    """Locks as matrices of truth, shape (spaces, types)."""

    opened: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]


def find_locks(city: City, question: Question) -> LockedPairs:
    """Return the locks of a question and of the table of spaces, over its spaces and types.

    Raises
    ------
    InputError
        A lock names an unknown space or type, opens ``"*"``, opens what another forbids; a space
        has a host of an unknown type; or a fund names a community that the city does not have.
    """
    pairs, faults = _look_up(city, question.standard, question.locks, question.funds)
    if faults:
        raise InputError(with_names(faults, question.standard))
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
    named = with_names(by_line.values(), standard)
    return [replace(fault, file=file) for fault in named]


def _look_up(
    city: City, standard: Standard, locks: Locks, funds: tuple[Fund, ...]
) -> tuple[LockedPairs, list[Notice]]:
    space_at = {str(name): i for i, name in enumerate(city.spaces.id)}
    type_at = {t.id: i for i, t in enumerate(standard.types)}
    shape = (len(space_at), len(type_at))
    opened, forbidden = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    faults: list[Notice] = []

    def known(space: str, kind: str) -> bool:
        before = len(faults)
        if space != ALL and space not in space_at:
            faults.append(unknown("standard.lock_space", space, space_at))
        if kind != ALL and kind not in type_at:
            faults.append(unknown("standard.lock_type", kind, type_at, type_names(standard)))
        return len(faults) == before

    def forbid(space: str, kind: str) -> None:
        rows = slice(None) if space == ALL else space_at[space]
        columns = slice(None) if kind == ALL else type_at[kind]
        forbidden[rows, columns] = True

    def open_(space: str, kind: str) -> None:
        opened[space_at[space], type_at[kind]] = True

    for space, kind in locks.forbid:
        if known(space, kind):
            forbid(space, kind)
    for space, kind in _column(city, city.spaces.forbid_types):
        if kind == ALL or kind in type_at:
            forbid(space, kind)
    for space, kind in _column(city, city.spaces.open_types):
        if kind in type_at:
            open_(space, kind)
    faults += column_faults(city, standard)
    for space, kind in locks.open:
        if ALL in (space, kind):
            faults.append(_all(space, kind))
        elif known(space, kind):
            open_(space, kind)
    faults += [
        Notice(
            "standard.lock_both",
            values={"space": str(city.spaces.id[s]), "type": standard.types[t].id},
        )
        for s, t in np.argwhere(opened & forbidden)
    ]
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


def _column(city: City, column: Words | None) -> Iterator[tuple[str, str]]:
    """Yield the pairs that a column of the table of spaces locks."""
    if column is None:
        return
    for s in np.flatnonzero(np.fromiter((len(words) for words in column), np.int64)):
        for word in column[s]:
            yield str(city.spaces.id[s]), word


def _all(space: str, kind: str) -> Notice:
    return Notice("standard.lock_all", values={"space": space, "type": kind})


def column_faults(city: City, standard: Standard | None) -> list[Notice]:
    """Return a fault for each word in the spaces' columns that is no type, naming the first space.

    A type that the standard does not ask for may well be forbidden or be a host, but not opened.
    Without a standard every type of the catalogue may be.
    """
    spaces = city.spaces
    asked = {t.id: None for t in (load_catalogue() if standard is None else standard).types}
    served = {word for words in city.outlets.types for word in words}
    faults = []
    for column, cells, legal in (
        ("forbid", spaces.forbid_types, {ALL}),
        ("open", spaces.open_types, set()),
        ("host", spaces.host, served),
    ):
        first: dict[str, str] = {}
        for space, word in _column(city, cells):
            if word not in asked and word not in legal:
                first.setdefault(word, space)
        known = asked
        if first and column != "open":
            known = asked | {t.id: None for t in load_catalogue().types}
        faults += [
            unknown("standard.column_type", word, known, space=space, column=column)
            if word != ALL
            else _all(space, word)
            for word, space in first.items()
            if word not in known
        ]
    return faults
