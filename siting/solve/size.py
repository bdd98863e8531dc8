"""How much memory a question takes, before it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.gaps.needs import demands_of, limits
from siting.memory import require_memory
from siting.plan.standing import outlets_of
from siting.walk.size import expected_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.gaps.needs import Gaps
    from siting.standard.model import Standard

# Bytes until the plan is written, for each pair of an outlet and a place, of a space and a place,
# and for each demand of a place. Measured, see docs/reliability.md.
_OUTLET_PAIR, _SPACE_PAIR, _NEED = 20, 170, 35
_ALWAYS_THERE = 200_000  # pairs for which there is room beside the libraries


def require_memory_to_solve(gaps: Gaps, spaces: NDArray[np.int64]) -> None:
    """Refuse a question that needs more memory than is free.

    Parameters
    ----------
    gaps
        The needs of the city.
    spaces
        Indices of the spaces with an option.

    Raises
    ------
    InputError
        There is less memory than finding, checking and writing a plan takes, by a guess.
    """
    need_mb = memory_to_solve(gaps.city, gaps.standard, gaps.groups, spaces)
    if need_mb:
        require_memory(need_mb)


def memory_to_solve(
    city: City, standard: Standard, groups: tuple[str, ...], spaces: NDArray[np.int64]
) -> float:
    """Return what finding, checking and writing a plan takes beyond the city and the libraries.

    Parameters
    ----------
    groups
        Those that count or weigh.
    spaces
        Indices of the spaces with an option.

    Returns
    -------
    float
        In MB (2**20 bytes), by a guess; 0.0 where it is too little to be asked for.
    """
    demands = demands_of(city, standard, groups)
    farthest = max(limits(demands, groups).values(), default=0)
    outlet, kind = outlets_of(city, standard)
    asking = [t for t, one in enumerate(standard.types) if one.asks]
    outlets = np.unique(outlet[np.isin(kind, asking)])
    if len(city.places) * (len(outlets) + len(spaces) + len(demands)) < _ALWAYS_THERE:
        return 0.0
    taken = (
        _OUTLET_PAIR * expected_pairs(city, "outlet", outlets, farthest)
        + _SPACE_PAIR * expected_pairs(city, "space", spaces, farthest)
        + _NEED * len(demands) * len(city.places)
    )
    return taken / 2**20
