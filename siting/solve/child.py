"""The process in which one solver runs: ``python -m siting.solve.child NAME [FOLDER]``.

It loads the solver at once, waits for a programme on standard input, and sends news and the
answer to standard output. It ends itself when its parent is gone.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, BinaryIO

import numpy as np

from siting.memory import peak_memory_mb
from siting.solve.exact import solve_exactly
from siting.solve.task import Answer, Floats, News, Refused, Task, tidy
from siting.solve.wire import Arrays, Frame, read_frame, unpack, write_frame

PLAN_PAUSE = 0.25
BOUND_PAUSE = 0.1

Solve = Callable[[Task, News], Answer]


def main(arguments: list[str]) -> None:
    """Run one solver on one programme, then leave."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sender = _Sender(own_output())
    inbox: SimpleQueue[Frame] = SimpleQueue()
    stop = Stop()
    folder = arguments[1] if len(arguments) > 1 else None
    threading.Thread(target=listen, args=(inbox, stop, folder), daemon=True).start()
    try:
        version, solve = load(arguments[0])
        sender.send({"kind": "ready", "solver": version})
        task = unpack(inbox.get())
        sender.first_second = time.monotonic()
        answer = _answered(solve, task, sender.news(stop))
        header = {
            "kind": "answer",
            "status": answer.status,
            "stopped_by": answer.stopped_by,
            "bound": answer.bound,
            "message": answer.message,
        }
        sender.send(header, {} if answer.vector is None else {"vector": answer.vector})
    except Refused as refused:
        sender.send({"kind": "refused", "key": refused.key, "values": _shown(refused.values)})
    except BaseException:  # whatever it is, the parent has to hear of it
        sender.send({"kind": "crash", "message": traceback.format_exc()[-2000:]})
    os._exit(0)


def load(name: str) -> tuple[str, Solve]:
    """Import the solver `name` and return its version and its function."""
    if name == "highs":
        from siting.solve.backends import highs

        return highs.version(), highs.solve
    if name == "scip":
        from siting.solve.backends import scip

        return scip.version(), scip.solve
    if name == "cp-sat":
        from siting.solve.backends import ortools

        return ortools.load_cp_sat(), ortools.solve_cp_sat
    if name == "ortools-scip":
        from siting.solve.backends import ortools

        return ortools.load_scip(), ortools.solve_scip
    from siting.solve.backends import pulp
    from siting.solve.names import pulp_names

    names = pulp_names(name)
    return f"{names[0]} ({pulp.version()})", lambda task, news: pulp.solve(task, news, names)


def _answered(solve: Solve, task: Task, news: News) -> Answer:
    """Return the answer, without the solver where there is nothing to decide."""
    tidied = tidy(task)
    if tidied is None:
        return Answer("infeasible", "done", None, -np.inf)
    if not len(tidied.value):
        return Answer("optimal", "done", tidied.value, 0.0)
    return solve_exactly(solve, tidied, news)


class Stop:
    """The parent's wish to stop, and what to call when it comes."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.calls: list[Callable[[], None]] = []

    def ask(self) -> None:
        """Take the wish."""
        self.event.set()
        for call in list(self.calls):
            call()

    def on_stop(self, call: Callable[[], None]) -> None:
        """Name what is to be called then, instead of what was named before."""
        self.calls[:] = [call]


class _Sender:
    """Sends frames, from any thread, and not more often than is of use."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.lock = threading.Lock()
        self.first_second = 0.0
        self.next_plan = 0.0
        self.next_bound = 0.0
        self.last_bound = np.inf

    def send(self, header: dict[str, Any], arrays: Arrays | None = None) -> None:
        with self.lock:
            memory = round(peak_memory_mb(children=True), 1)
            write_frame(self.stream, {**header, "memory": memory}, arrays or {})

    def news(self, stop: Stop) -> News:
        return News(
            working=lambda: self.send({"kind": "working"}),
            plan=self._plan,
            plan_wanted=lambda: time.monotonic() >= self.next_plan,
            bound=self._bound,
            stopping=stop.event.is_set,
            on_stop=stop.on_stop,
        )

    def _plan(self, vector: Floats) -> None:
        self.send({"kind": "plan"}, {"vector": vector})
        self.next_plan = time.monotonic() + PLAN_PAUSE

    def _bound(self, bound: float) -> None:
        now = time.monotonic()
        if bound < self.last_bound and now >= self.next_bound:
            self.last_bound, self.next_bound = bound, now + BOUND_PAUSE
            self.send({"kind": "bound", "bound": bound})


def own_output() -> BinaryIO:
    """Take standard output for frames alone; what solvers print goes to standard error."""
    own = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(own, "wb", buffering=0)


def listen(inbox: SimpleQueue[Frame], stop: Stop, folder: str | None) -> None:
    """Take what the parent sends; leave, with everything started here, when it is gone."""
    stream = os.fdopen(0, "rb", buffering=0, closefd=False)
    parent = os.getppid()
    try:
        while True:
            # A copy of the pipe's other end may live on in a process that the parent forked.
            while os.name == "posix" and not select.select([0], [], [], 1.0)[0]:
                if os.getppid() != parent:
                    return
            frame = read_frame(stream)
            if frame is None:
                return
            if frame[0]["kind"] == "task":
                inbox.put(frame)
            else:
                stop.ask()
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if os.name == "posix" and os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {name: v if isinstance(v, (int, float, str)) else str(v) for name, v in values.items()}


if __name__ == "__main__":
    main(sys.argv[1:])
