"""Where compressed rows start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each of consecutive stretches of these lengths starts, and the end."""
    start = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    return start
