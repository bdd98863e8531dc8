"""What a back end is given and what it gives back, inside its own process.

Only numpy is imported here and in the back ends: a child that has to load half of scipy first
would start later than the solver is needed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Floats = NDArray[np.float64]
Status = Literal["optimal", "feasible", "infeasible", "none"]
Stop = Literal["done", "time", "interrupt"]


class Refused(Exception):  # noqa: N818  it is an answer, not a fault
    """The back end cannot do what it was asked; carries the sentence's key and values."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, eq=False)
class Task:
    """A programme (see `siting.programme.model.Programme`) as bare arrays, and how to solve it.

    Attributes
    ----------
    indptr, indices, data
        The rows' compressed sparse rows.
    implied
        True for continuous columns that the parent sets itself from the others; a back end need
        not say what they are.
    flow
        True for continuous columns that say who pays what: given the whole-number columns, whole
        numbers among them do as well as fractions.
    start
        A plan to start from (all columns), or None.
    deadline
        On `time.monotonic`'s clock, inf for none.
    gap, threads, seed, settings
        As the user asked.
    """

    value: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    indptr: NDArray[Any]
    indices: NDArray[Any]
    data: Floats
    row_lower: Floats
    row_upper: Floats
    implied: NDArray[np.bool_]
    flow: NDArray[np.bool_]
    start: Floats | None = None
    deadline: float = np.inf
    gap: float = 0.0
    threads: int = 1
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline, at least 0."""
        return max(0.0, self.deadline - time.monotonic())


@dataclass(frozen=True, eq=False)
class Answer:
    """How a solver ended; `vector` and `bound` as in `siting.solve.outcome.Outcome`."""

    status: Status
    stopped_by: Stop
    vector: Floats | None
    bound: float
    message: str = ""


@dataclass(frozen=True)
class News:
    """How a back end talks to its parent while it works.

    Attributes
    ----------
    working
        To be called once, when the programme is built and the search begins.
    plan
        Takes the vector of a new best plan.
    plan_wanted
        False while the last plan is so fresh that a new one should wait (the final answer brings
        the best one anyhow).
    bound
        Takes a new upper bound.
    stopping
        Whether the parent asked to stop.
    on_stop
        Takes what is to be called, from another thread, when the parent asks to stop.
    """

    working: Callable[[], None]
    plan: Callable[[Floats], None]
    plan_wanted: Callable[[], bool]
    bound: Callable[[float], None]
    stopping: Callable[[], bool]
    on_stop: Callable[[Callable[[], None]], None]


def short_of_proof(vector: Floats | None, bound: float, stop: Stop, message: str = "") -> Answer:
    """Return the answer of a solver that proved nothing, with or without a plan."""
    return Answer("none" if vector is None else "feasible", stop, vector, bound, message)


def cut_short(task: Task, news: News) -> Stop:
    """Return what stopped a solver that does not say it itself."""
    if news.stopping():
        return "interrupt"
    return "time" if task.seconds_left < 0.1 else "done"


def tidy(task: Task) -> Task | None:
    """Return the task without rows that say nothing; None if a row or column admits no value.

    Solvers differ in what they make of rows without entries, rows without bounds, and integer
    columns with fractional bounds; none of them sees one.
    """
    whole = task.integer
    lower = np.where(whole, np.ceil(task.lower - 1e-9), task.lower)
    upper = np.where(whole, np.floor(task.upper + 1e-9), task.upper)
    if (lower > upper).any() or (task.row_lower > task.row_upper).any():
        return None
    length = np.diff(task.indptr)
    empty = length == 0
    if (empty & ((task.row_lower > 0) | (task.row_upper < 0))).any():
        return None
    keep = ~empty & ((task.row_lower > -np.inf) | (task.row_upper < np.inf))
    start = task.start
    if start is not None:
        start = np.clip(start, lower, upper)
    task = replace(task, lower=lower, upper=upper, start=start)
    if keep.all():
        return task
    entries = np.repeat(keep, length)
    return replace(
        task,
        indptr=np.concatenate([[0], np.cumsum(length[keep])]).astype(task.indptr.dtype),
        indices=task.indices[entries],
        data=task.data[entries],
        row_lower=task.row_lower[keep],
        row_upper=task.row_upper[keep],
    )
