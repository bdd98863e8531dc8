"""How much memory a question takes, before it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.gaps.needs import limits
from siting.memory import require_memory
from siting.plan.standing import outlets_of
from siting.walk.size import expected_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.gaps.needs import Gaps

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
    city, farthest = gaps.city, max(limits(gaps.demands, gaps.groups).values(), default=0)
    outlet, kind = outlets_of(city, gaps.standard)
    outlets = np.unique(outlet[np.isin(kind, [t for t, _ in gaps.asking])])
    if len(city.places) * (len(outlets) + len(spaces) + len(gaps.demands)) < _ALWAYS_THERE:
        return
    require_memory(
        (
            _OUTLET_PAIR * expected_pairs(city, "outlet", outlets, farthest)
            + _SPACE_PAIR * expected_pairs(city, "space", spaces, farthest)
            + _NEED * gaps.served.size
        )
        / 2**20
    )
