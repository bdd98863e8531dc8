"""Ctrl-C and SIGTERM while solving: the first asks for the best plan, the second leaves at once."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from siting.cli.leaving import leave, soon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.cli.progress import Line

_PATIENCE = 3.0
"""Seconds a second Ctrl-C gives the processes of the solvers to be ended in order."""


@contextmanager
def stop_on_signals(line: Line) -> Iterator[threading.Event]:
    """Yield an event that the first SIGINT or SIGTERM sets; the second raises KeyboardInterrupt.

    Outside the main thread, where no handler can be set, nobody sets the event.
    """
    stop = threading.Event()
    count = 0

    def ask() -> None:
        stop.set()
        line.stopping()

    def end() -> None:
        for child in multiprocessing.active_children():
            child.kill()
        leave()

    def handle(_signal: int, _frame: Any) -> None:
        nonlocal count
        count += 1
        if count == 1:
            # In a thread of its own: the main thread may hold the very lock that `set` needs.
            soon(0.0, ask)
            return
        if count == 2:
            soon(_PATIENCE, end)
            raise KeyboardInterrupt
        end()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
