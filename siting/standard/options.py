"""Which type fits which space, with what floor area, at what cost (the options O of the model)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Question

# Why a (space, type) pair is no option. Stored as small integers, see `Options.refused`.
REASONS = ("area", "feature", "floor", "kind", "rent", "cap", "lock")


@dataclass(frozen=True, eq=False)
class Options:
    """The allowed (space, type) pairs, sorted by space, then type, then larger area first.

    A space that would be used up by a type and may hold several offers the type twice: with all
    of its floor and with the type's minimum. The two exclude each other.

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


def find_options(city: City, question: Question) -> Options:
    """Return the options of a city under a question's standard, policy and locks."""
    raise NotImplementedError
