"""What a benchmark asks and what it records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from siting.errors import Notice
    from siting.words import Lang

Question = Literal["whole", "single"]
"""The generated city's own question, or only its first type with a number of sites."""

Status = Literal["optimal", "feasible", "none", "failed", "memory", "absent"]
"""``optimal``: it claims a proof; ``feasible``: a plan without one; ``none``: no plan in the time;
``failed``: it broke down; ``memory``: it took more than it may; ``absent``: it was not run."""


@dataclass(frozen=True)
class Asked:
    """What one call of the benchmark runs.

    Attributes
    ----------
    rungs, seeds, peers
        Names of the rungs, seeds of their cities, names of the peers (see `siting.bench.peers`).
    seconds
        Time limit of each peer on each question.
    threads
        Cores that each may use, where it can be told.
    memory_mb
        Memory that each may take with all its processes.
    lang
        Of what peers say themselves, where they know several.
    """

    rungs: tuple[str, ...]
    seeds: tuple[int, ...]
    peers: tuple[str, ...]
    seconds: float
    threads: int = 2
    memory_mb: float = 12_288.0
    lang: Lang = "en"


@dataclass(frozen=True)
class Facts:
    """One question that all peers are asked.

    Attributes
    ----------
    rung, seed, question
        Which one.
    places, spaces, types, options
        How many.
    gaps
        Needs that no outlet meets and some option could: the z of the plain formulation.
    entries
        Nonzeros of the plain formulation's cover rows.
    merged
        Merged needs, which siting works on.
    sites
        How many sites may open where only one type is asked for; None otherwise.
    """

    rung: str
    seed: int
    question: Question
    places: int
    spaces: int
    types: int
    options: int
    gaps: int
    entries: int
    merged: int
    sites: int | None = None


@dataclass(frozen=True)
class Run:
    """What one peer did with one question.

    Attributes
    ----------
    facts, peer
        Which question and who.
    solver
        Name and version of what solved, "" if it did not say.
    status
        What it claims; see `Status`.
    incumbents
        (seconds, objective) of each better plan it was seen to hold, ascending. Seconds run from
        the start of its process, or from handing the programme to it.
    bound
        Its bound on every plan; None if it has none.
    seconds
        Until it ended, by itself or not; None if it was not run.
    memory_mb
        Most memory of its processes, see `siting.bench.watch.tree_memory_mb`; None if unknown.
    value
        Objective of its last plan, counted again from the city; None if there is none, or if the
        plan breaks a rule.
    remarks
        What there is to say, first of all of a plan that does not hold.
    """

    facts: Facts
    peer: str
    solver: str
    status: Status
    incumbents: tuple[tuple[float, float], ...] = ()
    bound: float | None = None
    seconds: float | None = None
    memory_mb: float | None = None
    value: float | None = None
    remarks: tuple[Notice, ...] = ()
