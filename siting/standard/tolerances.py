"""What still counts as equal where fractions are compared, for all of the package.

Money, walks and floor areas are whole fen, millimetres and millionths of a square metre, and are
compared as such; only what is counted in fractions needs a tolerance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLACK = 1e-9
"""Of the residents, or outlets asked for: sums of the same numbers in another order differ by
less."""

PROVED = 1e-6
"""Of the objective, at least 1: a bound that is no farther off proves it."""

NEARLY = 1e-6
"""Outlets or square metres by which a quota is said to be met; rules are kept to `SLACK`."""


def have_share(served: NDArray[Any], share: float, people: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where at least a share of people who live there is served; exactly so much counts."""
    found: NDArray[np.bool_] = (people > 0) & (share * people - served <= SLACK * people)
    return found
