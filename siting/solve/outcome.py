"""What a back end says of a programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from numpy.typing import NDArray

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Event:
    """News from a running back end.

    Attributes
    ----------
    seconds
        Since the back end was started.
    objective
        Value of the best plan it holds, or None.
    bound
        Its bound on the optimum, or None.
    """

    seconds: float
    objective: float | None
    bound: float | None


@dataclass(frozen=True, eq=False)
class Outcome:
    """How a back end ended.

    Attributes
    ----------
    status
        ``optimal``: it claims a proof within the gap it was given; ``feasible``: a plan, no proof;
        ``infeasible``: it claims there is none; ``none``: no plan, no claim.
    stopped_by
        ``done``, ``gap``, ``time``, ``interrupt`` or ``crash``.
    vector
        Values of all columns of the best plan, or None.
    bound
        Best proven bound (an upper bound, as programmes maximise); inf where it has none.
    solver
        Name and version, e.g. ``SCIP 10.0.0``.
    seconds
        Wall time.
    peak_memory_mb
        Of the process, 0 where unknown.
    message
        What went wrong, in the solver's words, if anything did.
    """

    status: Literal["optimal", "feasible", "infeasible", "none"]
    stopped_by: Literal["done", "gap", "time", "interrupt", "crash"]
    vector: NDArray[np.float64] | None
    bound: float
    solver: str
    seconds: float
    peak_memory_mb: float = 0.0
    message: str = ""


OnEvent = Callable[[Event], None]
