"""Where more money begins to buy less: the knee of a curve.

The curve is made concave first (its upper envelope: what mixing two budgets would buy, so that a
dip that only the search caused is no knee), both axes are scaled to run from 0 to 1, and the knee
is the corner of the envelope that lies farthest above the chord from the first point to the last.
To its left a yuan buys more than over the whole range on average, to its right less. Distance from
the chord is the measure of V. Satopää, J. Albrecht, D. Irwin and B. Raghavan, Finding a "Kneedle"
in a Haystack: Detecting Knee Points in System Behavior, ICDCS Workshops 2011, 166-171,
doi:10.1109/ICDCSW.2011.20; theirs smooths the curve where this takes its envelope.

A knee belongs to the range looked at: a wider one may have another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST = 0.01
"""Height above the chord, of 1, from which a corner counts; unverified: an engineering default."""


class Knee(NamedTuple):
    """The knee of a curve.

    Attributes
    ----------
    at
        Index of its point.
    before, after
        What one yuan bought on average up to it, and beyond it.
    height
        How far above the chord it lies, both axes running from 0 to 1.
    """

    at: int
    before: float
    after: float
    height: float


def find_knee(amount: Sequence[float], value: Sequence[float]) -> Knee | None:
    """Return the knee of a curve; None where it has no bend, or fewer than three points.

    Parameters
    ----------
    amount
        Budgets, ascending, finite.
    value
        What the plans are worth, never falling.
    """
    if len(amount) < 3 or value[-1] <= value[0]:
        return None
    wide, high = amount[-1] - amount[0], value[-1] - value[0]
    corners = _envelope(amount, value)[1:-1]
    if not corners:
        return None
    heights = {k: (value[k] - value[0]) / high - (amount[k] - amount[0]) / wide for k in corners}
    at = max(corners, key=lambda k: heights[k])
    if heights[at] < _LEAST:
        return None
    return Knee(
        at,
        (value[at] - value[0]) / (amount[at] - amount[0]),
        (value[-1] - value[at]) / (amount[-1] - amount[at]),
        heights[at],
    )


def _envelope(x: Sequence[float], y: Sequence[float]) -> list[int]:
    """Return the corners of the upper envelope: no point lies above the lines between them."""
    corners: list[int] = []
    for k in range(len(x)):
        while len(corners) > 1:
            a, b = corners[-2:]
            if (y[b] - y[a]) * (x[k] - x[a]) > (y[k] - y[a]) * (x[b] - x[a]):
                break
            corners.pop()
        corners.append(k)
    return corners
