"""The end of the process after an interrupt, whatever becomes of the exception it raises."""

from __future__ import annotations

import _thread
import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 10.0
"""Seconds an interrupted command has to clear its temporary folders and processes away."""


def leave() -> None:
    """End the process at once."""
    os._exit(130)


def soon(seconds: float, call: Callable[[], None]) -> None:
    """Call something later, from a thread of its own.

    A handler of signals may have stopped the main thread anywhere: here no lock is asked for that
    it may hold, as `threading.Thread` would.
    """

    def wait_and_call() -> None:
        time.sleep(seconds)
        call()

    with suppress(RuntimeError):  # no thread is to be had
        _thread.start_new_thread(wait_and_call, ())


@contextmanager
def leaving_on_signals() -> Iterator[None]:
    """Let SIGINT and SIGTERM raise KeyboardInterrupt, and end the process soon in any case.

    Code of others may swallow the exception, or be left holding a lock that another thread waits
    for: the import system is. Outside the main thread nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(_signal: int, _frame: Any) -> None:
        soon(PATIENCE, leave)
        raise KeyboardInterrupt

    # A polite end is an interrupt: temporary folders and solver processes are cleared away.
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
