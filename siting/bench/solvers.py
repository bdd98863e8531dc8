"""The plain formulation in a solver: what it holds at what second, and what it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.bench.check import check_choice
from siting.bench.endings import over_memory
from siting.bench.model import Run
from siting.bench.peers import PLAIN
from siting.bench.watch import tree_memory_mb
from siting.errors import Notice
from siting.solve.runner import start

if TYPE_CHECKING:
    from siting.bench.instance import Instance
    from siting.bench.model import Asked, Status
    from siting.programme.model import Programme
    from siting.solve.outcome import Event, Outcome
    from siting.solve.running import Running

_TICK = 0.1


def run_plain(instance: Instance, programme: Programme, peer: str, asked: Asked) -> Run:
    """Give the plain formulation to one of `siting.bench.peers.PLAIN`.

    Its seconds run from the moment when the arrays are handed over: reading the city, walking and
    putting the rows together are not counted. It is ended shortly after the limit.

    Raises
    ------
    InputError
        The solver is not there or cannot carry the programme.
    """
    plain = PLAIN[peer]
    with start(
        programme,
        plain.solver,
        time_limit=asked.seconds,
        gap=0.0,
        threads=asked.threads,
        settings=plain.settings,
        lang=asked.lang,
    ) as running:
        events, memory = _watched(running, asked.memory_mb)
        outcome = running.outcome()
        events += running.poll(0.0)
    too_much = memory > asked.memory_mb
    remarks = (over_memory(asked),) if too_much else _said(outcome)
    value = None
    incumbents = rising(events)
    if outcome.vector is not None:
        claimed = float(programme.value @ outcome.vector)
        x = programme.column_range("x")
        chosen = np.flatnonzero(outcome.vector[x] > 0.5)
        value, more = check_choice(instance, chosen, claimed)
        remarks += more
        if not incumbents or claimed > incumbents[-1][1]:
            incumbents = (*incumbents, (outcome.seconds, claimed))
    return Run(
        facts=instance.facts,
        peer=peer,
        solver=outcome.solver,
        status=_status(outcome, too_much=too_much),
        incumbents=incumbents,
        bound=outcome.bound if np.isfinite(outcome.bound) else None,
        seconds=outcome.seconds,
        memory_mb=memory or None,
        value=value,
        remarks=remarks,
    )


def rising(events: list[Event]) -> tuple[tuple[float, float], ...]:
    """Return the moments at which the objective rose."""
    found: list[tuple[float, float]] = []
    for event in events:
        if event.objective is not None and (not found or event.objective > found[-1][1]):
            found.append((event.seconds, event.objective))
    return tuple(found)


def _watched(running: Running, most_mb: float) -> tuple[list[Event], float]:
    """Return the events and the most memory; ends the solver that takes more than it may."""
    events, memory = [], 0.0
    while not running.done:
        events += running.poll(_TICK)
        memory = max(memory, tree_memory_mb(running.pid))
        if memory > most_mb:
            running.close()
    return events, memory


def _status(outcome: Outcome, *, too_much: bool) -> Status:
    if too_much:
        return "memory"
    if outcome.vector is None:
        return "failed" if outcome.stopped_by == "crash" or outcome.status != "none" else "none"
    return "optimal" if outcome.status == "optimal" else "feasible"


def _said(outcome: Outcome) -> tuple[Notice, ...]:
    said = outcome.message or ("" if outcome.status != "infeasible" else outcome.status)
    return (Notice("bench.said", values={"said": said}),) if said else ()
