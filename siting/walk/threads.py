"""Work in threads, for loops that let go of the GIL."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Task = TypeVar("Task")
Done = TypeVar("Done")


def in_threads(do: Callable[[Task], Done], tasks: Sequence[Task]) -> list[Done]:
    """Return what `do` makes of each task, in their order, on all cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    workers = min(cores, len(tasks))
    if workers <= 1:
        return [do(task) for task in tasks]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(do, tasks))
