"""A solver at work in its own process, seen from outside."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from siting.errors import InputError, Notice
from siting.solve.outcome import Event, Outcome
from siting.solve.trust import Scale, contradicts, proves, weigh
from siting.words import Lang, text

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

    from siting.solve.link import Link
    from siting.solve.wire import Arrays


class Running:
    """A solver at work.

    Attributes
    ----------
    seconds_to_work
        From `Prepared.begin` to the start of the solver's own work; None until then.
    """

    def __init__(
        self, link: Link, scale: Scale, solver: str, begun: float, gap: float, lang: Lang
    ) -> None:
        self.seconds_to_work: float | None = None
        self._link = link
        self._scale = scale
        self._solver = solver
        self._begun = begun
        self._gap = gap
        self._lang = lang
        self._best: tuple[NDArray[np.float64], float] | None = None
        self._bound = np.inf
        self._dropped = 0
        self._memory = 0.0
        self._answer: dict[str, Any] | None = None
        self._asked = False
        self._seconds: float | None = None
        self._events: list[Event] = []
        self._outcome: Outcome | None = None

    @property
    def pid(self) -> int:
        """Number of the solver's process, for whoever watches its memory."""
        return self._link.process.pid

    @property
    def done(self) -> bool:
        """Whether the solver has ended, one way or another."""
        self._read(0.0)
        return self._seconds is not None

    def poll(self, timeout: float) -> list[Event]:
        """Return the news since the last call, after waiting up to `timeout` seconds for some."""
        if self._seconds is None:
            self._read(0.0 if self._events else timeout)
        events, self._events = self._events, []
        return events

    def stop(self) -> None:
        """Ask the solver for the best it has now; it is killed if it does not answer soon."""
        if self._seconds is None:
            self._asked = True
            self._link.stop()

    def outcome(self) -> Outcome:
        """Return how it ended; waits until it has.

        Raises
        ------
        InputError
            The solver is not there or does not know one of the `settings`.
        """
        if self._outcome is None:
            while self._seconds is None:
                self._read(1.0)
            self._outcome = self._concluded()
        return self._outcome

    def close(self) -> None:
        """End the process at once, and leave nothing behind."""
        if self._seconds is None:
            self._seconds = time.monotonic() - self._begun
        self._link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def offer(self, vector: NDArray[np.float64]) -> None:
        """Take a plan; it counts if it keeps every row and is better than the best so far."""
        weighed = weigh(self._scale, vector)
        if weighed is None:
            self._dropped += 1
        elif self._best is None or weighed[1] > self._best[1]:
            self._best = weighed
            self._tell()

    def _read(self, timeout: float) -> None:
        if self._seconds is not None:
            return
        ended = self._link.inbox.ended
        frames = self._link.inbox.take(timeout)
        for header, arrays in frames:
            self._take(header, arrays)
        if ended and not frames:
            self._seconds = time.monotonic() - self._begun

    def _take(self, header: dict[str, Any], arrays: Arrays) -> None:
        kind = header.get("kind")
        self._memory = max(self._memory, _number(header.get("memory"), 0.0))
        if kind == "ready":
            self._solver = str(header.get("solver", self._solver))
        elif kind == "working":
            self.seconds_to_work = time.monotonic() - self._begun
        elif kind in ("answer", "refused", "crash", "nonsense"):
            self._answer = header
        if "vector" in arrays:
            self.offer(np.asarray(arrays["vector"], dtype=float))
        bound = _number(header.get("bound"), np.inf)
        # A claim of infeasibility has no bound of its own.
        if header.get("status") != "infeasible" and bound < self._bound:
            self._bound = bound
            self._tell()

    def _tell(self) -> None:
        objective = None if self._best is None else self._best[1]
        bound = self._bound if np.isfinite(self._bound) else None
        if bound is not None and objective is not None:
            bound = None if contradicts(bound, objective) else max(bound, objective)
        self._events.append(Event(time.monotonic() - self._begun, objective, bound))

    def _concluded(self) -> Outcome:
        code = self._link.finish()
        self._memory = round(max([self._memory, *self._link.peak_memory_mb]), 1)
        answer = self._answer or {}
        kind = answer.get("kind")
        printed = self._link.errors() if kind != "answer" else ""
        self._link.close()
        if kind == "refused":
            raise InputError(Notice(str(answer["key"]), values=dict(answer["values"])))
        stopped_by, messages = self._ending(code, printed)
        status, bound, more = self._verdict(stopped_by)
        return Outcome(
            status=status,
            stopped_by=stopped_by,
            vector=None if self._best is None else self._best[0],
            bound=bound,
            solver=self._solver,
            seconds=self._seconds or 0.0,
            peak_memory_mb=self._memory,
            message=text("solve.solver_join", self._lang).join([*messages, *more]),
        )

    def _ending(
        self, code: int | None, printed: str
    ) -> tuple[Literal["done", "gap", "time", "interrupt", "crash"], list[str]]:
        """Return what ended the search, and what there is to say of it."""
        answer = self._answer or {}
        if answer.get("kind") == "answer":
            messages = [str(answer["message"])] if answer.get("message") else []
            said = answer.get("stopped_by")
            if said == "done":
                return ("gap" if answer.get("status") == "optimal" else "done"), messages
            return ("interrupt" if self._asked else "time"), messages
        if self._link.killed.is_set():
            messages = [text("solve.solver_killed", self._lang, solver=self._solver)]
            return ("interrupt" if self._asked else "time"), messages
        words = str(answer.get("message", "")) or printed or f"exit code {code}"
        last = " ".join(words.splitlines()[-1:])
        message = text(
            "solve.solver_crashed", self._lang, solver=self._solver, code=code, words=last
        )
        return "crash", [message]

    def _verdict(
        self, stopped_by: str
    ) -> tuple[Literal["optimal", "feasible", "infeasible", "none"], float, list[str]]:
        """Return the status, the bound, and what was not believed."""
        claim = (self._answer or {}).get("status")
        messages = []
        if self._dropped:
            messages.append(text("solve.solver_vector", self._lang, count=self._dropped))
        bound = self._bound
        if self._best is None:
            return ("infeasible" if claim == "infeasible" else "none"), bound, messages
        objective = self._best[1]
        if claim == "infeasible":
            messages.append(text("solve.solver_infeasible", self._lang))
            return "feasible", np.inf, messages
        if contradicts(bound, objective):
            values = {"bound": f"{bound:.10g}", "objective": f"{objective:.10g}"}
            messages.append(text("solve.solver_bound", self._lang, **values))
            return "feasible", np.inf, messages
        bound = max(bound, objective)
        if claim == "optimal" and stopped_by == "gap":
            if proves(bound, objective, self._gap):
                return "optimal", bound, messages
            messages.append(text("solve.solver_unproven", self._lang))
        return "feasible", bound, messages


def _number(value: Any, otherwise: float) -> float:
    """Return a number as a float; what is none, or not a number, as `otherwise`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return otherwise
    return float(value)
