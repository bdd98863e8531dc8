"""Which type fits which space, with what floor area, at what cost (the options O of the model)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InputError, Notice
from siting.standard.locks import find_locks, opened_faults
from siting.standard.money import MAX_FEN, MILLION, MONTHS, Whole, half_up, millionths
from siting.standard.policies import for_type
from siting.standard.rules import CODE, REASONS, physical
from siting.standard.sharing import crowded, least_companion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City, Spaces
    from siting.standard.model import Policy, Question, Type

__all__ = ["REASONS", "Options", "find_options"]


@dataclass(frozen=True, eq=False)
class Options:
    """The allowed (space, type) pairs, sorted by space, then type, then larger area first.

    A space that may hold several types, but that a type would leave too little of for any other,
    offers the type twice: as usual and with its minimum area. The two exclude each other.

    Attributes
    ----------
    space, type
        Indices into the city's spaces and the standard's types, shape (n,).
    area_m2
        Floor area used in square metres, shape (n,).
    capital_fen, subsidy_fen
        Cost in whole fen (1/100 yuan): once, and a year; int64, shape (n,). Rounded half up.
    relief
        Share of the rent that is relieved, 0 to 1, shape (n,).
    forced
        True where a lock opens the option's (space, type): one option of the pair must be chosen.
    fixed_fen
        One-off cost of each space in whole fen (f[s]), shape (spaces,).
    refused
        Matrix (spaces, types) of int8: 0 for an option, else 1 + index into `REASONS` of the
        first rule that forbids it.
    """

    space: NDArray[np.int64]
    type: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    capital_fen: NDArray[np.int64]
    subsidy_fen: NDArray[np.int64]
    relief: NDArray[np.float64]
    forced: NDArray[np.bool_]
    fixed_fen: NDArray[np.int64]
    refused: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.space)


@dataclass(frozen=True, eq=False)
class _Exact:
    """What the spaces' numbers are in whole millionths, shape (spaces,) each."""

    area: Whole
    rent: Whole
    capital: Whole
    """Stated conversion cost; 0 where none is stated."""
    own_capital: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Part:
    """Options of one type in one form: with the usual area, or with the minimum."""

    space: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    capital: Whole
    subsidy: Whole
    relief: NDArray[np.float64]


def find_options(city: City, question: Question) -> Options:
    """Return the options of a city under a question's standard, policy and locks.

    Raises
    ------
    InputError
        A lock or a fund names what the city or the standard does not have; a lock opens what the
        rules do not allow or another lock forbids; a cost is more than can be counted.
    """
    spaces, types = city.spaces, question.standard.types
    locks = find_locks(city, question)
    refused = physical(spaces, types)
    companion = least_companion(refused, types)
    exact = _Exact(
        area=millionths(spaces.area_m2),
        rent=millionths(spaces.rent_m2_month),
        capital=millionths(np.nan_to_num(spaces.capital_m2)),
        own_capital=~np.isnan(spaces.capital_m2),
    )
    parts: list[_Part] = []
    which: list[int] = []
    form: list[int] = []
    for t, kind in enumerate(types):
        found = _of_type(
            spaces,
            exact,
            kind,
            question.policy,
            companion[:, t],
            refused[:, t],
            locks.forbidden[:, t],
        )
        parts += found
        which += [t] * len(found)
        form += range(len(found))
    fixed = half_up(millionths(spaces.capital_fixed), 10_000)
    faults = opened_faults(city, question, locks, refused)
    faults += _too_large(city, question, parts, which, fixed)
    if faults:
        raise InputError(faults)

    space = _ints([p.space for p in parts])
    of = np.repeat(np.array(which, dtype=np.int64), [len(p.space) for p in parts])
    second = np.repeat(np.array(form, dtype=np.int64), [len(p.space) for p in parts])
    order = np.lexsort((second, of, space))
    space, of = space[order], of[order]
    return Options(
        space=space,
        type=of,
        area_m2=_floats([p.area_m2 for p in parts])[order],
        capital_fen=_ints([p.capital for p in parts])[order],
        subsidy_fen=_ints([p.subsidy for p in parts])[order],
        relief=_floats([p.relief for p in parts])[order],
        forced=locks.opened[space, of],
        fixed_fen=fixed.astype(np.int64),
        refused=refused,
    )


def _of_type(
    spaces: Spaces,
    exact: _Exact,
    kind: Type,
    policy: Policy,
    companion: NDArray[np.int64],
    refused: NDArray[np.int8],
    forbidden: NDArray[np.bool_],
) -> list[_Part]:
    """Return the options of one type and write into `refused` (a column) why others are none."""
    at = np.flatnonzero(refused == 0)
    typical, least = millionths(kind.area_typical_m2), millionths(kind.area_min_m2)
    area = exact.area[at]
    fits = (area >= typical).astype(bool)
    used = np.where(fits, typical, area)
    used_m2 = np.where(fits, kind.area_typical_m2, spaces.area_m2[at])
    relieved, relief, reason = _relief(exact.rent[at], used, kind, policy)

    shared = (spaces.max_types[at] >= 2) & crowded(area, typical, least, companion[at])
    small = np.full(int(shared.sum()), least, dtype=object)
    small_m2 = np.full(len(small), kind.area_min_m2)
    small_relieved, small_relief, small_reason = _relief(
        exact.rent[at[shared]], small, kind, policy
    )

    # a pair is refused when none of its forms will do; the usual form's reason is told
    none = reason != 0
    none[np.flatnonzero(shared)[small_reason == 0]] = False
    refused[at[none]] = reason[none]
    locked = ~none & forbidden[at]
    refused[at[locked]] = CODE["lock"]

    def part(
        keep: NDArray[np.bool_],
        where: NDArray[np.int64],
        area_m2: NDArray[np.float64],
        whole: Whole,
        money: Whole,
        share: NDArray[np.float64],
    ) -> _Part:
        where = where[keep]
        per_m2 = np.where(
            exact.own_capital[where], exact.capital[where], millionths(kind.capital_m2)
        )
        cost = whole[keep] * per_m2 + millionths(kind.capital_fixed) * MILLION
        return _Part(
            space=where,
            area_m2=area_m2[keep],
            capital=half_up(cost, 10**10),
            subsidy=money[keep],
            relief=share[keep],
        )

    usual = (reason == 0) & ~locked
    smaller = (small_reason == 0) & ~locked[shared]
    return [
        part(usual, at, used_m2, used, relieved, relief),
        part(smaller, at[shared], small_m2, small, small_relieved, small_relief),
    ]


def _relief(
    rent: Whole, area: Whole, kind: Type, policy: Policy
) -> tuple[Whole, NDArray[np.float64], NDArray[np.int8]]:
    """Return the yearly subsidy in fen, the relief, and why it is not allowed (0: it is).

    Parameters
    ----------
    rent, area
        Yuan per square metre and month, and square metres, in millionths; shape (n,).
    """
    n = len(rent)
    due = rent * area  # a month, in 1e-12 yuan, as are all amounts here
    can = due
    if kind.affordable_rent_m2 is not None:
        can = np.minimum(can, millionths(kind.affordable_rent_m2) * area)
    if kind.affordable_rent_outlet is not None:
        can = np.minimum(can, millionths(kind.affordable_rent_outlet) * MILLION)
    lacking = due - can
    divisor = np.where(due == 0, 1, due)
    allowed = np.ones(n, dtype=bool)
    if policy.relief_steps:
        # a million times the amount relieved, so that it is whole
        paid = np.zeros(n, dtype=object)
        relief = np.zeros(n)
        open_ = lacking > 0
        for step in policy.relief_steps:
            share = millionths(step)
            fits = (open_ & (share * due >= lacking * MILLION)).astype(bool)
            paid[fits] = share * due[fits]
            relief[fits] = step
            open_ = open_ & ~fits
        allowed = ~open_.astype(bool)
    else:
        paid = lacking * MILLION
        relief = (lacking / divisor).astype(np.float64)
    counted = rent
    if policy.ceiling_rent_m2_month is not None:
        counted = np.minimum(rent, millionths(policy.ceiling_rent_m2_month))
    most = millionths(for_type(policy.relief_share, kind) or 0.0)
    allowed &= (paid <= most * counted * area).astype(bool)
    reason = np.where(allowed, 0, CODE["rent"]).astype(np.int8)
    year = paid * MONTHS  # in 1e-18 yuan
    cap = for_type(policy.relief_cap_per_outlet_year, kind)
    if cap is not None:
        over = (year > millionths(cap) * 10**12).astype(bool)
        reason[allowed & over] = CODE["cap"]
    return half_up(year, 10**16), relief, reason


def _too_large(
    city: City, question: Question, parts: list[_Part], which: list[int], fixed: Whole
) -> list[Notice]:
    faults: list[Notice] = []
    for t, part in zip(which, parts, strict=True):
        over = ((part.capital > MAX_FEN) | (part.subsidy > MAX_FEN)).astype(bool)
        faults += [
            _cost_fault(str(city.spaces.id[s]), question.standard.types[t].id)
            for s in part.space[over]
        ]
    faults += [
        _cost_fault(str(city.spaces.id[s]), "capital_fixed")
        for s in np.flatnonzero((fixed > MAX_FEN).astype(bool))
    ]
    return faults


def _cost_fault(space: str, what: str) -> Notice:
    return Notice("standard.cost_too_large", values={"space": space, "what": what})


def _floats(arrays: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate([np.empty(0), *arrays])


def _ints(arrays: list[NDArray[np.int64]] | list[Whole]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, dtype=np.int64), *arrays]).astype(np.int64)
