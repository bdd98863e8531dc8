"""Which type fits which space, with what floor area, at what cost (the options O of the model)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InputError, Notice
from siting.standard.locks import find_locks, opened_faults
from siting.standard.money import MAX_FEN, MILLION, Whole, half_up, millionths
from siting.standard.names import with_names
from siting.standard.relief import blank_communities, largest_share, relief_of
from siting.standard.rules import CODE, REASONS, lonely, physical
from siting.standard.sharing import crowded, least_companion
from siting.standard.spacing import near_outlets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Question, Type

__all__ = ["REASONS", "Options", "find_options"]


@dataclass(frozen=True, eq=False)
class Options:
    """The allowed (space, type) pairs, sorted by space, type, larger area, local before chain.

    A space that may hold several types, but that a type would leave too little of for any other,
    offers the type twice: as usual and with its minimum area. Under the rule ``operators`` each of
    them is offered twice, run locally and by a chain, where the type allows both. All forms of one
    pair exclude each other.

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
    chain
        True where a chain runs it. Without the rule ``operators`` no option is doubled, and only
        types that a chain always runs are True.
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
    chain: NDArray[np.bool_]
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
    """Options of one type in one form: the usual area or the minimum, local or a chain."""

    chain: bool
    space: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    capital: Whole
    subsidy: Whole
    relief: NDArray[np.float64]


def find_options(city: City, question: Question) -> Options:
    """Return the options of a city under a question's standard, policy, rules and locks.

    Raises
    ------
    InputError
        A lock or a fund names what the city or the standard does not have; a lock opens what the
        rules do not allow or another lock forbids; a cost is more than can be counted.
    """
    spaces, types, roof = city.spaces, question.standard.types, question.standard.roof
    locks = find_locks(city, question)
    refused = physical(spaces, types, roof)
    companion = least_companion(refused, types)
    if "spacing" in question.enforce:
        near = near_outlets(city, question.standard)
        refused[near & (refused == 0)] = CODE["spacing"]
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
            city, exact, kind, question, companion[:, t], refused[:, t], locks.forbidden[:, t]
        )
        parts += found
        which += [t] * len(found)
        form += range(len(found))
    refused[lonely(spaces, types, roof, refused)] = CODE["host"]
    parts = [_only(p, refused[p.space, t] == 0) for t, p in zip(which, parts, strict=True)]
    fixed = half_up(millionths(spaces.capital_fixed), 10_000)
    faults = opened_faults(city, question, locks, refused)
    faults += _too_large(city, question, parts, which, fixed)
    if faults:
        raise InputError(with_names(faults, question.standard))

    sizes = [len(p.space) for p in parts]
    space = _ints([p.space for p in parts])
    of = np.repeat(np.array(which, dtype=np.int64), sizes)
    order = np.lexsort((np.repeat(np.array(form, dtype=np.int64), sizes), of, space))
    space, of = space[order], of[order]
    return Options(
        space=space,
        type=of,
        area_m2=_floats([p.area_m2 for p in parts])[order],
        capital_fen=_ints([p.capital for p in parts])[order],
        subsidy_fen=_ints([p.subsidy for p in parts])[order],
        relief=_floats([p.relief for p in parts])[order],
        forced=locks.opened[space, of],
        chain=np.repeat(np.array([p.chain for p in parts], dtype=np.bool_), sizes)[order],
        fixed_fen=fixed.astype(np.int64),
        refused=refused,
    )


def _of_type(
    city: City,
    exact: _Exact,
    kind: Type,
    question: Question,
    companion: NDArray[np.int64],
    refused: NDArray[np.int8],
    forbidden: NDArray[np.bool_],
) -> list[_Part]:
    """Return the options of one type and write into `refused` (a column) why others are none.

    The forms stand in their order: larger area first, of one area local before chain.
    """
    spaces, policy = city.spaces, question.policy
    at = np.flatnonzero(refused == 0)
    typical, least = millionths(kind.area_typical_m2), millionths(kind.area_min_m2)
    area = exact.area[at]
    fits = (area >= typical).astype(bool)
    used = np.where(fits, typical, area)
    used_m2 = np.where(fits, kind.area_typical_m2, spaces.area_m2[at])
    blank = np.zeros(len(at), dtype=np.bool_)
    if policy.relief_share_blank:
        blank = blank_communities(city, kind)[spaces.community[at]]
    most = largest_share(policy, kind, blank)
    relieved, relief, reason = relief_of(exact.rent[at], used, most, kind, policy)

    shared = (spaces.max_types[at] >= 2) & crowded(area, typical, least, companion[at])
    small = np.full(int(shared.sum()), least, dtype=object)
    small_m2 = np.full(len(small), kind.area_min_m2)
    small_relieved, small_relief, small_reason = relief_of(
        exact.rent[at[shared]], small, most[shared], kind, policy
    )

    # a pair is refused when none of its forms will do; the usual form's reason is told
    none = reason != 0
    none[np.flatnonzero(shared)[small_reason == 0]] = False
    refused[at[none]] = reason[none]
    locked = ~none & forbidden[at]
    refused[at[locked]] = CODE["lock"]

    def part(
        chain: bool,
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
        factor = millionths(kind.chain_capital_factor) if chain else MILLION
        return _Part(
            chain=chain,
            space=where,
            area_m2=area_m2[keep],
            capital=half_up(cost * factor, 10**16),
            subsidy=money[keep],
            relief=share[keep],
        )

    usual = (reason == 0) & ~locked
    smaller = (small_reason == 0) & ~locked[shared]
    chains = _chains(kind, question)
    return [
        *(part(chain, usual, at, used_m2, used, relieved, relief) for chain in chains),
        *(
            part(chain, smaller, at[shared], small_m2, small, small_relieved, small_relief)
            for chain in chains
        ),
    ]


def _chains(kind: Type, question: Question) -> tuple[bool, ...]:
    """Return who may run a type: False for a local operator, True for a chain."""
    if kind.chain == "always":
        return (True,)
    return (False, True) if kind.chain == "may" and "operators" in question.enforce else (False,)


def _only(part: _Part, keep: NDArray[np.bool_]) -> _Part:
    """Return those options of a part that are kept."""
    if keep.all():
        return part
    return _Part(
        chain=part.chain,
        space=part.space[keep],
        area_m2=part.area_m2[keep],
        capital=part.capital[keep],
        subsidy=part.subsidy[keep],
        relief=part.relief[keep],
    )


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
