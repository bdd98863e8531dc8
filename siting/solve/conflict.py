"""Which demands conflict: as few of them as can be shown to have no plan together."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.solve.named import without
from siting.solve.runner import run

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from siting.programme.model import Programme
    from siting.solve.named import Named

_LEAST = 0.3  # seconds below which no further trial is begun


@dataclass(frozen=True)
class Conflict:
    """Demands that no plan keeps together.

    Attributes
    ----------
    demands
        In the order given.
    irreducible
        Every one of them is needed: a plan was found that keeps all the others.
    cut
        The time ended the search.
    """

    demands: tuple[Named, ...]
    irreducible: bool
    cut: bool


def find_conflict(
    programme: Programme,
    demands: Sequence[Named],
    *,
    deadline: float,
    solver: str,
    stop: threading.Event | None = None,
) -> Conflict:
    """Return demands that conflict, by leaving out ever smaller parts of them.

    What is held has no plan at every moment. A part whose leaving out is proved to change nothing
    goes; what single demands are left when every trial was answered is irreducible, because a
    demand that was once needed is needed among fewer ones too.

    Parameters
    ----------
    programme
        Proved to have no solution.
    demands
        All that may be left out.
    deadline
        On the monotonic clock.
    """
    held, needed = list(demands), set[int]()
    size = max(1, len(held) // 2)
    unknown = False
    while True:
        at = 0
        while at < len(held):
            part = held[at : at + size]
            if len(part) == 1 and id(part[0]) in needed:
                at += 1
                continue
            left = deadline - time.monotonic()
            if left < _LEAST or (stop is not None and stop.is_set()):
                return Conflict(tuple(held), irreducible=False, cut=True)
            rest = [d for d in held if not any(d is p for p in part)]
            dropped = [d for d in demands if not any(d is r for r in rest)]
            answer = has_plan(without(programme, dropped), solver, left)
            if answer is False:
                held = rest
                continue
            if len(part) == 1:
                needed.add(id(part[0]))
                unknown |= answer is None
            at += size
        if size == 1:
            return Conflict(tuple(held), irreducible=not unknown, cut=False)
        size = max(1, min(size // 2, len(held) // 2))


def has_plan(programme: Programme, solver: str, seconds: float) -> bool | None:
    """Tell whether a programme has a solution; None where the solver did not find out."""
    outcome = run(programme, solver, time_limit=seconds, gap=0.0)
    if outcome.vector is not None:
        return True
    return False if outcome.status == "infeasible" else None
