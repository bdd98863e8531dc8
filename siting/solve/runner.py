"""Run a solver in a process of its own, and believe of what it says only what can be checked.

Each child loads one solver library: some of them cannot share a process, some crash, some ignore
a time limit or Ctrl-C. The parent keeps the best plan it has checked and ends the child in time.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from siting.errors import InputError, Notice
from siting.solve.link import Link
from siting.solve.names import ALIASES, SOLVERS, resolve
from siting.solve.running import Running
from siting.solve.task import Task
from siting.solve.trust import scale_of, weigh
from siting.solve.whole import NotWhole, in_whole_numbers
from siting.solve.wire import pack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    from siting.programme.model import Block, Programme
    from siting.solve.outcome import OnEvent, Outcome
    from siting.words import Lang

__all__ = ["ALIASES", "SOLVERS", "Prepared", "Running", "prepare", "run", "start", "wait"]


def prepare(solver: str, *, command: Sequence[str] | None = None) -> Prepared:
    """Start the process of `solver`, which loads its library while the programme is built.

    Parameters
    ----------
    solver
        One of `SOLVERS` or `ALIASES`, or ``pulp:NAME`` with one of PuLP's names.
    command
        What to start instead of our own child, for tests.

    Raises
    ------
    InputError
        There is no such solver, or it cannot be used here.
    """
    name = resolve(solver)
    return Prepared(name, Link(name, command))


def start(
    programme: Programme,
    solver: str,
    *,
    start: NDArray[np.float64] | None = None,
    time_limit: float = np.inf,
    gap: float = 0.0,
    threads: int = 1,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
    lang: Lang = "en",
    command: Sequence[str] | None = None,
) -> Running:
    """Hand `programme` to a new process of `solver` and return at once.

    See `prepare` and `Prepared.begin`.
    """
    with prepare(solver, command=command) as prepared:
        return prepared.begin(
            programme,
            start=start,
            time_limit=time_limit,
            gap=gap,
            threads=threads,
            seed=seed,
            settings=settings,
            lang=lang,
        )


def run(
    programme: Programme,
    solver: str,
    *,
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
    **options: Any,
) -> Outcome:
    """Solve `programme` and return the outcome; blocks.

    Parameters
    ----------
    programme, solver, **options
        As `start` takes them.
    on_event
        Called with news, from this thread.
    should_stop
        Asked several times a second; once it says True the best plan so far is returned.

    Raises
    ------
    InputError
        As `start` and `Running.outcome` do.
    """
    return wait(start(programme, solver, **options), on_event, should_stop)


def wait(
    running: Running,
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Wait for a solver at work, close its process, and return the outcome; as `run` does."""
    with running:
        while not running.done:
            for event in running.poll(0.1):
                if on_event is not None:
                    on_event(event)
            if should_stop is not None and should_stop():
                running.stop()
                break
        return running.outcome()


class Prepared:
    """A process that has a solver loaded and waits for a programme.

    Attributes
    ----------
    solver
        Its name.
    """

    def __init__(self, solver: str, link: Link) -> None:
        self.solver = solver
        self._link: Link | None = link

    def begin(
        self,
        programme: Programme,
        *,
        start: NDArray[np.float64] | None = None,
        time_limit: float = np.inf,
        gap: float = 0.0,
        threads: int = 1,
        seed: int = 0,
        settings: Mapping[str, Any] | None = None,
        lang: Lang = "en",
    ) -> Running:
        """Hand `programme` over and return at once; can be done once.

        Parameters
        ----------
        programme
            What to solve.
        start
            A plan to start from, shape (columns,), or None. Continuous columns that share no row
            with another continuous one need not be filled in.
        time_limit
            Seconds from now; the process is ended shortly after, whatever it does.
        gap
            Relative gap, ``|bound - objective| / |objective|``, at which to stop; 0 asks for a
            proof to about 1e-9.
        threads
            Cores to use. SCIP and CBC's search use one; CP-SAT takes eight workers at least,
            since it does not prove with fewer, on however many cores.
        seed
            Of the solver's random choices.
        settings
            The solver's own parameters by name, for HiGHS, SCIP, CP-SAT and PuLP's solvers.
        lang
            Of the outcome's message.

        Raises
        ------
        InputError
            The solver cannot carry this programme.
        ValueError
            `start` has another shape, or the process was used already.
        """
        if self._link is None:
            raise ValueError("this process was used already")
        if start is not None and start.shape != programme.value.shape:
            raise ValueError(f"start has shape {start.shape}, not {programme.value.shape}")
        begun = time.monotonic()
        scale = scale_of(programme)
        matrix = programme.matrix
        task = Task(
            value=programme.value,
            lower=programme.lower,
            upper=programme.upper,
            integer=programme.integer,
            indptr=matrix.indptr,
            indices=matrix.indices,
            data=matrix.data,
            row_lower=programme.row_lower,
            row_upper=programme.row_upper,
            implied=scale.implied,
            flow=_in_block(programme, "v"),
            # The system's clock, which the child shares.
            deadline=begun + time_limit,
            gap=gap,
            threads=threads,
            seed=seed,
            settings=dict(settings or {}),
        )
        if self.solver == "cp-sat":
            _must_be_whole(task, programme, self.solver)
        weighed = None if start is None else weigh(scale, start)
        if weighed is not None:
            task = replace(task, start=weighed[0])
        link, self._link = self._link, None
        running = Running(link, scale, self.solver, begun, gap, lang)
        if start is not None:
            running.offer(start)
        link.inbox.largest = programme.value.nbytes
        link.send(pack(task))
        grace = min(2.0, 0.05 * time_limit + 0.5)
        left = max(0.0, begun + time_limit - time.monotonic())
        link.watch(None if left == np.inf else left, grace)
        return running

    def close(self) -> None:
        """End the process, unless it was handed a programme."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _in_block(programme: Programme, name: str) -> NDArray[np.bool_]:
    found = np.zeros(len(programme.value), dtype=bool)
    found[programme.column_range(name)] = True
    return found


def _must_be_whole(task: Task, programme: Programme, solver: str) -> None:
    try:
        in_whole_numbers(task)
    except NotWhole as fault:
        if fault.row is not None:
            block = _block(programme.rows, fault.row)
        else:
            block = _block(programme.columns, fault.column or 0)
        values = {"solver": solver, "block": block}
        raise InputError(Notice(f"solve.not_whole_{fault.why}", values=values)) from fault


def _block(blocks: tuple[Block, ...], at: int) -> str:
    return next((block.name for block in blocks if block.start <= at < block.stop), str(at))
