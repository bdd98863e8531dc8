"""A question solved under many budgets, those that are solved already left as they are.

A solve that a shorter time limit had ended is gone on with: it begins with the plan it had found.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from siting.errors import InputError, Interrupted, Notice
from siting.frontier.again import ended_early, improved
from siting.frontier.folder import describe, open_folder, save_point
from siting.frontier.model import Frontier, Manner
from siting.frontier.run import longest_seconds, shares, solve_budgets
from siting.frontier.size import fitting, memory_of_one
from siting.progress import Progress

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from siting.city.model import City
    from siting.frontier.point import Point
    from siting.progress import OnProgress
    from siting.standard.model import Budget, Question

_PAUSE = 0.5  # seconds between two pieces of news


class Work(NamedTuple):
    """What lies ahead.

    Attributes
    ----------
    budgets
        How many are asked for.
    todo
        How many of them are still to be solved, or to be gone on with.
    processes
        How many at a time.
    seconds
        How long solving them takes at most.
    again
        How many of those to do a shorter time limit had ended.
    """

    budgets: int
    todo: int
    processes: int
    seconds: float
    again: int = 0


def solve_frontier(
    city: City,
    question: Question,
    budgets: Sequence[Budget],
    manner: Manner,
    *,
    folder: Path | None = None,
    threads: int = 2,
    processes: int | None = None,
    on_work: Callable[[Work], None] | None = None,
    on_progress: OnProgress | None = None,
    stop: threading.Event | None = None,
) -> Frontier:
    """Solve a question under each budget and return what that tells; see `siting.api.frontier`.

    Raises
    ------
    InputError
        The folder must not be written to, or holds something else; there is no memory for one
        process; or as `solve_question`.
    Interrupted
        `stop` was set before anything was solved.
    """
    if processes is not None and processes > threads:
        values = {"processes": processes, "threads": threads}
        raise InputError(Notice("frontier.too_many_processes", values=values))
    described = {} if folder is None else describe(city, question, manner)
    opened = nullcontext(()) if folder is None else open_folder(folder, city.path, described)
    with opened as kept:
        points = {point.budget: point for point in kept}
        again = {
            point.budget
            for point in kept
            if ended_early(point, manner.gap) and point.time_limit < manner.time_limit
        }
        todo = [budget for budget in budgets if budget not in points or budget in again]
        wanted, _ = shares(len(todo), threads, processes)
        count = fitting(wanted, memory_of_one(city, question)) if todo else wanted
        if on_work is not None:
            seconds = longest_seconds(len(todo), count, manner)
            on_work(Work(len(budgets), len(todo), count, seconds, len(again.intersection(todo))))
        begun = time.monotonic()
        last = begun - _PAUSE
        left = set(todo)

        def news() -> None:
            nonlocal last
            now = time.monotonic()
            if on_progress is not None and now >= last + _PAUSE:
                last = now
                gone = len(budgets) - len(left)
                on_progress(Progress("frontier", now - begun, done=gone, total=len(budgets)))

        def keep(point: Point) -> None:
            nonlocal last
            if point.budget in points:
                point = improved(points[point.budget], point)
            if folder is not None:
                save_point(folder, described, point)
            points[point.budget] = point
            left.discard(point.budget)
            last -= _PAUSE

        solve_budgets(
            city,
            question,
            manner,
            todo,
            kept,
            threads=threads,
            processes=count,
            on_point=keep,
            on_tick=news,
            stop=stop,
        )
        if not points:
            raise Interrupted(Notice("solve.interrupted"))
        found = sorted(points.values(), key=lambda p: (p.budget.subsidy_per_year, p.budget.capital))
        missing = tuple(budget for budget in todo if budget not in points)
        remarks: tuple[Notice, ...] = ()
        if count < wanted:
            values = {"processes": count, "wanted": wanted}
            remarks = (Notice("frontier.fewer_processes", values=values),)
        return Frontier(city.name, question, manner, tuple(found), missing, remarks)
