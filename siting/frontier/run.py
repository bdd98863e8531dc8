"""Budgets solved in several processes at once, in an order that does not depend on their speed."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from siting.errors import NoPlanError, Notice
from siting.frontier.child import Job, pack, unpack
from siting.memory import free_memory_mb, shared_memory_mb
from siting.solve.link import Link

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from siting.city.model import City
    from siting.frontier.model import Manner
    from siting.frontier.point import Point
    from siting.solve.wire import Frame
    from siting.standard.model import Budget, Question

_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import siting; del sys.path[0]; "
    "import os; from siting.frontier.child import main; main([os.environ['TMPDIR']])"
)
_WAIT = 0.1
_LARGEST = 1 << 32  # bytes of a point


def shares(todo: int, threads: int, processes: int | None) -> tuple[int, int]:
    """Return how many processes solve `todo` budgets, and how many threads each of them has.

    Without other word there are as many processes as threads: budgets solved side by side with
    one thread each are done sooner than one after the other with several.
    """
    count = max(1, min(threads if processes is None else processes, threads, todo))
    return count, threads // count


def longest_seconds(todo: int, processes: int, manner: Manner) -> float:
    """Return how long solving takes at most, without reading, verifying and writing."""
    return ceil(todo / processes) * manner.time_limit


def solve_budgets(
    city: City,
    question: Question,
    manner: Manner,
    budgets: Sequence[Budget],
    known: Sequence[Point],
    *,
    threads: int,
    processes: int | None,
    on_point: Callable[[Point], None],
    on_tick: Callable[[], None],
    stop: threading.Event | None,
) -> bool:
    """Solve each budget and tell each point as it comes; say whether all were solved.

    Every process takes each n-th budget, from small to large, and begins each with the best plan
    among those it found and `known`: which they are does not depend on who is quicker. What the
    processes found is put together afterwards (`siting.frontier.band`). However this ends, no
    process of it is left.

    Parameters
    ----------
    budgets
        By subsidy, then capital.
    known
        Points solved before.
    on_tick
        Called several times a second.
    stop
        Once set, the solves that run are given up.

    Raises
    ------
    InputError, VerificationError
        A solve raised it.
    NoPlanError
        A process was killed from outside.
    MemoryError
        One took more than its share of the free memory.
    """
    if not budgets:
        return True
    count, each = shares(len(budgets), threads, processes)
    most = min(free_memory_mb(), shared_memory_mb() / count)
    with ExitStack() as stack:
        links = []
        for w in range(count):
            link = Link("frontier", _command())
            stack.callback(link.close)
            link.inbox.largest = _LARGEST
            mine = tuple(budgets[w::count])
            job = Job(city, question, manner, mine, tuple(known), each, most)
            link.send(pack("task", job))
            links.append(link)
        busy = list(links)
        while busy:
            for link in list(busy):
                frames = link.inbox.take(_WAIT / len(busy))
                for frame in frames:
                    if _ended(frame, on_point):
                        busy.remove(link)
                if not frames and link.inbox.ended and link in busy:
                    raise NoPlanError(Notice("frontier.process_gone"))
            on_tick()
            if stop is not None and stop.is_set():
                return False
    return True


def _command() -> list[str]:
    return [sys.executable, "-P", "-c", _BOOT, str(Path(__file__).parents[2])]


def _ended(frame: Frame, on_point: Callable[[Point], None]) -> bool:
    """Take what a process says; tell whether it was its last word."""
    kind = frame[0]["kind"]
    if kind == "point":
        on_point(unpack(frame))
    elif kind == "refused":
        raise unpack(frame)
    elif kind == "crash":
        raise RuntimeError(unpack(frame))
    elif kind == "no memory":
        raise MemoryError
    elif kind == "nonsense":
        raise RuntimeError(frame[0]["message"])
    return bool(kind == "answer")
