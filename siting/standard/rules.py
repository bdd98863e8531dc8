"""Which type a space can hold, money aside: its floor area, features, storey, kind and roof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.standard.money import Whole, millionths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from siting.city.model import Spaces
    from siting.standard.model import RoofRule, Type

# Why a (space, type) pair is no option. The first rule that forbids is told, in this order, but
# `host` (roof rules) and `spacing` are looked at between `kind` and `rent`; `delivery` stands for
# types that ask for nothing (they serve by delivery or feed others).
REASONS = (
    "area",
    "feature",
    "floor",
    "kind",
    "rent",
    "cap",
    "lock",
    "delivery",
    "host",
    "spacing",
)
CODE = {reason: np.int8(n + 1) for n, reason in enumerate(REASONS)}


def physical(
    spaces: Spaces, types: Iterable[Type], roof: Iterable[RoofRule] = ()
) -> NDArray[np.int8]:
    """Return why the spaces cannot hold the types, money, spacing and locks aside.

    Parameters
    ----------
    roof
        Which types may share a roof; here they count for spare floor in existing outlets only.

    Returns
    -------
    matrix (spaces, types)
        0 where the space can hold the type, else 1 + index into `REASONS` of the first rule that
        forbids it.
    """
    types = tuple(types)
    look = _Look.of(spaces)
    refused = np.zeros((len(spaces), len(types)), dtype=np.int8)
    refused[_unwelcome(spaces, types, tuple(roof))] = CODE["host"]
    for t, kind in enumerate(types):
        column = refused[:, t]
        if not kind.asks:
            column[:] = CODE["delivery"]
            continue
        for reason, holds in look.refusing(kind):
            column[holds] = CODE[reason]
    return refused


def physical_all(
    spaces: Spaces, types: Iterable[Type], roof: Iterable[RoofRule], t: int
) -> set[str]:
    """Return every reason why a single space cannot hold a type, of those `physical` looks at.

    Parameters
    ----------
    spaces
        One space.
    t
        Index of the type.
    """
    types = tuple(types)
    if not types[t].asks:
        return {"delivery"}
    found = {reason for reason, holds in _Look.of(spaces).refusing(types[t]) if holds[0]}
    return found | ({"host"} if _unwelcome(spaces, types, tuple(roof))[0, t] else set())


@dataclass(frozen=True)
class _Look:
    """Spaces as the rules look at them; they share few sets of features, storeys and kinds.

    Every rule is asked once of each value: what is told apart stands beside its place by space.
    """

    area: Whole
    features: tuple[list[Any], NDArray[np.intp]]
    floors: tuple[list[Any], NDArray[np.intp]]
    kinds: tuple[list[Any], NDArray[np.intp]]

    @classmethod
    def of(cls, spaces: Spaces) -> _Look:
        told = (_distinct(v) for v in (spaces.features, spaces.floor, spaces.kind))
        return cls(millionths(spaces.area_m2), *told)

    def refusing(self, kind: Type) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield what a type asks of a space and which spaces lack it, what is told first last."""
        for reason, (values, at), rule in (
            ("kind", self.kinds, _kind_rule(kind)),
            ("floor", self.floors, _floor_rule(kind)),
            ("feature", self.features, frozenset(kind.needs).issubset),
        ):
            yield reason, _not(values, rule)[at]
        yield "area", (self.area < millionths(kind.area_min_m2)).astype(bool)


def lonely(
    spaces: Spaces, types: Iterable[Type], roof: Iterable[RoofRule], refused: NDArray[np.int8]
) -> NDArray[np.bool_]:
    """Return the pairs whose type must share a space with another that could never open there.

    Spare floor in an outlet is no such space: there the outlet's own types decide (`physical`).

    Parameters
    ----------
    refused
        Not 0 where a pair is no option, shape (spaces, types).

    Returns
    -------
    matrix (spaces, types)
        True where a rule ``only_with`` leaves the pair no chance. What it refuses can take away
        the company of further pairs, which are True as well.
    """
    at = {kind.id: t for t, kind in enumerate(types)}
    roof = tuple(roof)
    company = []
    for rule in roof:
        if rule.only_with is not None and rule.type in at:
            barred = _never(rule.type, roof) | {rule.type}
            words = [word for word in rule.only_with if word in at and word not in barred]
            company.append((at[rule.type], [at[word] for word in words]))
    alone = spaces.max_types < 2
    ordinary = ~_has_host(spaces)
    may = refused == 0
    found = np.zeros(refused.shape, dtype=np.bool_)
    more = True
    while more:
        more = False
        for t, others in company:
            out = may[:, t] & ordinary & (alone | ~may[:, others].any(axis=1))
            found[:, t] |= out
            may[:, t] &= ~out
            more |= bool(out.any())
    return found


def never_together(types: Iterable[Type], roof: Iterable[RoofRule]) -> NDArray[np.bool_]:
    """Return which types may not be under one roof; symmetric, shape (types, types)."""
    at = {kind.id: t for t, kind in enumerate(types)}
    never = np.zeros((len(at), len(at)), dtype=np.bool_)
    for rule in roof:
        for word in rule.never_with if rule.type in at else ():
            if word in at and word != rule.type:
                never[at[rule.type], at[word]] = never[at[word], at[rule.type]] = True
    return never


def _unwelcome(
    spaces: Spaces, types: tuple[Type, ...], roof: tuple[RoofRule, ...]
) -> NDArray[np.bool_]:
    """Return the pairs that the types of the outlet whose spare floor a space is do not allow."""
    matrix = np.zeros((len(spaces), len(types)), dtype=np.bool_)
    if spaces.host is None:
        return matrix
    hosts, of_hosts = _distinct(spaces.host)
    for t, kind in enumerate(types):
        barred = _never(kind.id, roof) | {kind.id}
        needed = [set(r.only_with) for r in roof if r.type == kind.id and r.only_with is not None]

        def welcome(
            host: tuple[str, ...], barred: set[str] = barred, needed: list[set[str]] = needed
        ) -> bool:
            here = set(host)
            return not here or (not here & barred and all(here & words for words in needed))

        matrix[:, t] = _not(hosts, welcome)[of_hosts]
    return matrix


def _never(kind: str, roof: tuple[RoofRule, ...]) -> set[str]:
    """Return the types that may not be under one roof with `kind`, whichever of the two says so."""
    own = {word for r in roof if r.type == kind for word in r.never_with}
    return own | {r.type for r in roof if kind in r.never_with}


def _has_host(spaces: Spaces) -> NDArray[np.bool_]:
    if spaces.host is None:
        return np.zeros(len(spaces), dtype=np.bool_)
    return np.fromiter((len(host) > 0 for host in spaces.host), np.bool_, len(spaces))


def _kind_rule(kind: Type) -> Callable[[str], bool]:
    return lambda word: (kind.kinds is None or word in kind.kinds) and word not in kind.kinds_not


def _floor_rule(kind: Type) -> Callable[[int], bool]:
    return lambda floor: kind.floors is None or floor in kind.floors


def _not(values: list[Any], rule: Callable[[Any], bool]) -> NDArray[np.bool_]:
    return np.array([not rule(value) for value in values], dtype=bool)


def _distinct(values: NDArray[Any]) -> tuple[list[Any], NDArray[np.intp]]:
    codes: dict[Any, int] = {}
    index = [codes.setdefault(value, len(codes)) for value in values.tolist()]
    return list(codes), np.array(index, dtype=np.intp)
