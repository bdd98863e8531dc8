"""How many budgets the free memory can solve side by side."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np

from siting.memory import LIBRARIES_MB, require_memory, shared_memory_mb
from siting.solve.size import memory_to_solve
from siting.standard.groups import residents
from siting.standard.options import find_options

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Question

_COPIES = 3
"""Of the city for each process: there, as it was sent, and here until it is sent."""


def memory_of_one(city: City, question: Question) -> float:
    """Return what one process takes that solves budgets, with its solver, in MB, by a guess."""
    groups, _, _ = residents(city, question.standard)
    spaces = np.unique(find_options(city, question).space)
    sent = len(pickle.dumps(city)) / 2**20
    return LIBRARIES_MB + _COPIES * sent + memory_to_solve(city, question.standard, groups, spaces)


def fitting(processes: int, need_mb: float) -> int:
    """Return how many of so many processes find room at the same time, at least one.

    Raises
    ------
    InputError
        There is no room for one.
    """
    require_memory(need_mb)
    free = shared_memory_mb()
    return processes if need_mb * processes <= free else max(1, int(free / need_mb))
