"""The answer: which sites open, what that covers, and how far from the best it may be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from siting.covering.model import Ints


@dataclass(frozen=True, eq=False)
class CoveringPlan:
    """Sites to open, with a bound on every choice of sites.

    Attributes
    ----------
    status
        ``optimal`` where bound and objective agree to 1e-6 by a proof, else ``feasible``.
    stopped_by
        ``gap``, ``time``, ``interrupt`` or ``done``.
    open
        Names of the sites that open, in the order of the instance.
    chosen
        Their positions, ascending.
    objective
        Weight of the points that an open site reaches, counted again from the points.
    bound
        No choice of sites is worth more.
    bound_source
        Where the bound comes from.
    gap_abs, gap
        ``bound - objective``, and that over the objective (0 if it is 0; None if only the
        objective is 0).
    limit, spent
        The budget, or the number of sites, and what of it is used; a budget without limit is
        None.
    counts
        ``sites`` where a number of sites was given, ``budget`` where money was.
    radius, inclusive
        As asked.
    points, sites, classes
        Numbers of points, of sites, and of sets of sites that reach some point.
    total, reachable
        Weight of all points, and of those that some site reaches.
    seconds
        Wall time by step: ``merge``, ``build``, ``solve``, ``recount``; ``read`` where it is known.
    peak_memory_mb
        Of this process and the solver's.
    solver
        Name and version of the solver that ran, or ``none``.
    seed, deterministic
        As asked; whether the same call gives the same sites again.
    """

    status: Literal["optimal", "feasible"]
    stopped_by: Literal["gap", "time", "interrupt", "done"]
    open: tuple[str, ...]
    chosen: Ints
    objective: float
    bound: float
    bound_source: str
    gap_abs: float
    gap: float | None
    counts: Literal["sites", "budget"]
    limit: float | None
    spent: float
    radius: float
    inclusive: bool
    points: int
    sites: int
    classes: int
    total: float
    reachable: float
    seconds: dict[str, float]
    peak_memory_mb: float
    solver: str
    seed: int
    deterministic: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values, as ``siting covering --json`` prints it."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**found, "open": list(self.open), "chosen": self.chosen.tolist()}
