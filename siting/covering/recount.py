"""The value of a choice counted again from the points, without classes, cells or squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.covering.classes import portions
from siting.errors import Notice, VerificationError
from siting.walk.threads import in_threads

if TYPE_CHECKING:
    from siting.covering.model import CoveringInstance, Ints

_ROUNDING = 1e-9  # relative to all weight: sums of the same numbers in another order differ


def recount(
    instance: CoveringInstance,
    chosen: Ints,
    radius: float,
    *,
    inclusive: bool = False,
    threads: int = 1,
) -> float:
    """Return the weight of the points that a chosen site reaches.

    Every point is measured against every chosen site until one reaches it.
    """
    from siting.covering.compiled import covered_weight

    centres = instance.site_x[chosen], instance.site_y[chosen]
    found = in_threads(
        lambda part: covered_weight(
            *part, instance.x, instance.y, instance.weight, *centres, radius, inclusive
        ),
        portions(len(instance), threads),
    )
    return float(sum(found))


def check(instance: CoveringInstance, claimed: float, counted: float) -> None:
    """Compare the value that the search states with the one counted from the points.

    Raises
    ------
    VerificationError
        They differ; whole weights may not differ at all.
    """
    slack = 0.0 if instance.is_whole else _ROUNDING * instance.total
    if abs(claimed - counted) > slack:
        values = {"claimed": f"{claimed:.15g}", "counted": f"{counted:.15g}"}
        raise VerificationError(Notice("covering.recount", values=values))
