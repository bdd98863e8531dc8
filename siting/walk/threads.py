"""Work in threads, for loops that let go of the GIL."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Task = TypeVar("Task")
Done = TypeVar("Done")


def in_threads(
    do: Callable[[Task], Done],
    tasks: Sequence[Task],
    after: Callable[[Task], None] = lambda _: None,
) -> list[Done]:
    """Return what `do` makes of each task, in their order, on all cores this process may use.

    `after` is called with each task in this order, in the caller's thread, when it is done.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    workers = min(cores, len(tasks))
    found = []
    if workers <= 1:
        for task in tasks:
            found.append(do(task))
            after(task)
        return found
    with ThreadPoolExecutor(workers) as pool:
        for task, made in zip(tasks, pool.map(do, tasks), strict=True):
            found.append(made)
            after(task)
    return found
