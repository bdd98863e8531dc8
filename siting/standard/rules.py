"""Which type a space can physically hold: its floor area, features, storey and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from siting.standard.money import millionths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from siting.city.model import Spaces
    from siting.standard.model import Type

# Why a (space, type) pair is no option, in the order in which the rules are looked at; `delivery`
# stands for types that ask for nothing (they serve by delivery or feed others).
REASONS = ("area", "feature", "floor", "kind", "rent", "cap", "lock", "delivery")
CODE = {reason: np.int8(n + 1) for n, reason in enumerate(REASONS)}


def physical(spaces: Spaces, types: Iterable[Type]) -> NDArray[np.int8]:
    """Return why the spaces cannot hold the types, money and locks aside.

    Returns
    -------
    matrix (spaces, types)
        0 where the space can hold the type, else 1 + index into `REASONS` of the first rule that
        forbids it.
    """
    types = tuple(types)
    area = millionths(spaces.area_m2)
    # spaces share few sets of features, storeys and kinds: every rule is asked once of each
    features, of_features = _distinct(spaces.features)
    floors, of_floors = _distinct(spaces.floor)
    kinds, of_kinds = _distinct(spaces.kind)
    refused = np.zeros((len(spaces), len(types)), dtype=np.int8)
    for t, kind in enumerate(types):
        column = refused[:, t]
        if not kind.asks:
            column[:] = CODE["delivery"]
            continue
        column[_not(kinds, _kind_rule(kind))[of_kinds]] = CODE["kind"]
        column[_not(floors, _floor_rule(kind))[of_floors]] = CODE["floor"]
        column[_not(features, frozenset(kind.needs).issubset)[of_features]] = CODE["feature"]
        column[(area < millionths(kind.area_min_m2)).astype(bool)] = CODE["area"]
    return refused


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
