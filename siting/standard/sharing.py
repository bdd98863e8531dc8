"""When a type fills a space, so that the space could not be shared unless it took less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.standard.model import Type

_NOBODY = np.iinfo(np.int64).max


def least_companion(refused: NDArray[np.int8], types: Sequence[Type]) -> NDArray[np.int64]:
    """Return the smallest minimum area of the other types that each space can hold.

    Parameters
    ----------
    refused
        0 where the space can hold the type, shape (spaces, types).
    types
        The types.

    Returns
    -------
    array (spaces, types)
        In whole millionths of a square metre; the largest int64 where there is no other type.
    """
    if not types:
        return np.empty(refused.shape, dtype=np.int64)
    least = np.rint(np.array([t.area_min_m2 for t in types]) * 1e6).astype(np.int64)
    wanted = np.where(refused == 0, least, _NOBODY)
    order = np.sort(wanted, axis=1)
    first = order[:, :1]
    second = order[:, 1:2] if len(types) > 1 else np.full_like(first, _NOBODY)
    # the smallest of the others is the smallest of all, unless that is the type's own
    return np.where(wanted == first, second, first)


def crowded(
    area: NDArray[np.object_],
    typical: int,
    least: int,
    companion: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Tell where a type's usual option leaves no room for another, and its minimum is less.

    A type that has less than its typical area takes all of the space. One that has it leaves the
    rest; its minimum area is of use where that is too little for any other type, and the minimum
    leaves enough.

    Parameters
    ----------
    area
        Floor area of the spaces, in whole millionths, as is all here.
    typical, least
        The type's typical and minimum area.
    companion
        As `least_companion` has it for the type.
    """
    whole = (area < typical) & (area > least)
    room = (area >= typical) & (typical > least)
    rest = (area - typical < companion) & (area - least >= companion)
    full: NDArray[np.bool_] = (whole | (room & rest)).astype(bool)
    return full
