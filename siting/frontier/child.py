"""The process that solves one budget after the other, each from the best plan it knows.

It takes its job from standard input and sends a point for each budget to standard output, framed
as those of the solvers are. It ends itself, with the solver it started, when its parent is gone.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import traceback
import warnings
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import InfeasibleError, NoPlanError, SitingError, VerificationError
from siting.frontier.band import best_within
from siting.frontier.point import Point, Said, answer_of, limits_of
from siting.memory import no_more_than
from siting.solve.child import Stop, listen, own_output
from siting.solve.wire import Frame, write_frame

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.errors import Notice
    from siting.frontier.model import Manner
    from siting.standard.model import Budget, Question


@dataclass(frozen=True, eq=False)
class Job:
    """What one process solves.

    Attributes
    ----------
    city, question
        What is asked; the question's own budget counts for nothing.
    budgets
        In the order in which they are solved.
    known
        What was solved before; their plans are begun with too.
    threads
        Of each solve.
    most_mb
        Memory that the process may take.
    """

    city: City
    question: Question
    manner: Manner
    budgets: tuple[Budget, ...]
    known: tuple[Point, ...]
    threads: int
    most_mb: float


def pack(kind: str, value: object) -> Frame:
    """Return the frame that carries a value between a process and the one that started it."""
    return {"kind": kind}, {"pickle": np.frombuffer(pickle.dumps(value), dtype=np.uint8)}


def unpack(frame: Frame) -> Any:
    """Return the value that `pack` made into a frame."""
    return pickle.loads(frame[1]["pickle"].tobytes())


def main(arguments: list[str]) -> None:
    """Solve a job, then leave; `arguments` is the folder of the process's own files."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stream = own_output()
    inbox: SimpleQueue[Frame] = SimpleQueue()
    stop = Stop()
    threading.Thread(target=listen, args=(inbox, stop, *arguments), daemon=True).start()
    try:
        job: Job = unpack(inbox.get())
        known = list(job.known)
        with no_more_than(job.most_mb):
            for k, budget in enumerate(job.budgets):
                write_frame(stream, *pack("begun", k))
                point = solve_budget(job, budget, known)
                known.append(point)
                write_frame(stream, *pack("point", point))
        write_frame(stream, *pack("answer", None))
    except SitingError as error:
        write_frame(stream, *pack("refused", error))
    except MemoryError:
        write_frame(stream, *pack("no memory", None))
    except BaseException:  # whatever it is, the parent has to hear of it
        write_frame(stream, *pack("crash", traceback.format_exc()[-4000:]))
    os._exit(0)


def solve_budget(job: Job, budget: Budget, known: list[Point]) -> Point:
    """Solve the whole question under one budget, beginning with the best plan it allows.

    Parameters
    ----------
    known
        Points of any budgets.

    Raises
    ------
    InputError, VerificationError
        As `siting.solve` raises them; that there is no plan is a point.
    """
    from siting.solve.solve import solve_question
    from siting.verify.check import inspect

    begun = time.monotonic()
    best = best_within(budget, known)
    capital, subsidy = limits_of(budget)
    manner = job.manner

    def point(status: Any, answer: Any = None, why: tuple[Notice, ...] = ()) -> Point:
        return Point(
            capital=capital,
            subsidy_per_year=subsidy,
            status=status,
            answer=answer,
            why=tuple(Said(zh=one.line("zh"), en=one.line("en")) for one in why),
            started_from=None if best is None else limits_of(best.budget),
            time_limit=manner.time_limit,
            seconds=round(time.monotonic() - begun, 2),
        )

    try:
        plan = solve_question(
            job.city,
            job.question.model_copy(update={"budget": budget}),
            time_limit=manner.time_limit,
            gap=manner.gap,
            threads=job.threads,
            seed=manner.seed,
            solver=manner.solver,
            start=None if best is None or best.answer is None else best.answer.projects,
        )
    except InfeasibleError as error:
        return point("infeasible", why=error.notices)
    except NoPlanError as error:
        return point("none", why=error.notices)
    found = inspect(plan.document, job.city, plan.certificate).notices
    if found:
        raise VerificationError(found)
    return point(plan.document.status, answer_of(plan.document))
