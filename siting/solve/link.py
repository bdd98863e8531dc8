"""A child process and its pipes: frames go in and out, nothing blocks, nothing is left behind.

The process has a session of its own, so that Ctrl-C in a terminal does not reach it, and is
killed with everything it started. Threads feed its input and drain its output; they hold no
reference to the `Link`, so that a link that is forgotten is cleaned up too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections import deque
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO

from siting.memory import FRUGAL
from siting.solve.wire import Frame, FrameError, read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

_STOP: Frame = ({"kind": "stop"}, {})
_WAITING_PLANS = 4
_ERRORS = "errors.txt"

# Finds the package where the parent found it, and nothing else in the current folder.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import siting; del sys.path[0]; "
    "from siting.solve.child import main; main(sys.argv[2:])"
)


class Inbox:
    """Frames that came and were not read yet; of plans only the last few are kept."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._changed = threading.Condition()
        self.ended = False
        self.largest = 0
        """Bytes of arrays that a frame may bring."""

    def put(self, frame: Frame) -> None:
        """Add a frame."""
        with self._changed:
            if frame[0].get("kind") == "plan":
                plans = [old for old in self._frames if old[0].get("kind") == "plan"]
                if len(plans) >= _WAITING_PLANS:
                    self._frames = deque(f for f in self._frames if f is not plans[0])
            self._frames.append(frame)
            self._changed.notify_all()

    def end(self) -> None:
        """Say that no more will come."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def take(self, timeout: float) -> list[Frame]:
        """Return what came, after waiting up to `timeout` seconds for something."""
        with self._changed:
            self._changed.wait_for(lambda: self._frames or self.ended, timeout)
            frames = list(self._frames)
            self._frames.clear()
            return frames


class Link:
    """One child process.

    Parameters
    ----------
    solver
        Name of the solver, as `siting.solve.names.resolve` returns it.
    command
        What to start instead, for tests.
    """

    def __init__(self, solver: str, command: Sequence[str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="siting-"))
        if command is None:
            root = str(Path(__file__).parents[2])
            command = [sys.executable, "-P", "-c", _BOOT, root, solver, str(self.folder)]
        where = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(self.folder))
        try:
            with (self.folder / _ERRORS).open("wb") as errors:
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    bufsize=0,
                    env={**FRUGAL, **os.environ, **where},
                    **_apart(),
                )
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.inbox = Inbox()
        self.killed = threading.Event()
        self.peak_memory_mb: list[float] = []
        """Of a child that was killed, where the system tells."""
        self._outbox: SimpleQueue[Frame | None] = SimpleQueue()
        self._orders: SimpleQueue[str] = SimpleQueue()
        self._guard: threading.Thread | None = None
        self._close = weakref.finalize(self, _end, self.process, self._outbox, self.folder)
        _thread(_feed, self.process.stdin, self._outbox)
        _thread(_drain, self.process.stdout, self.inbox, self._orders)

    def send(self, frame: Frame) -> None:
        """Hand a frame over; returns at once."""
        self._outbox.put(frame)

    def watch(self, seconds: float | None, grace: float) -> None:
        """Ask the child to stop after `seconds` (None: never), and kill it `grace` later."""
        self._guard = _thread(
            _guard,
            self.process,
            self._outbox,
            self._orders,
            self.killed,
            self.peak_memory_mb,
            seconds,
            grace,
        )

    def stop(self) -> None:
        """Ask the child to stop now, and kill it a grace later."""
        self._orders.put("stop")

    def finish(self) -> int | None:
        """Wait until the child is gone and return how it ended."""
        if self._guard is not None:
            self._guard.join()
        return self.process.returncode

    def errors(self) -> str:
        """Return the end of what the child wrote to standard error."""
        try:
            with (self.folder / _ERRORS).open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - 2000))
                return file.read().decode("utf-8", "replace").strip()
        except OSError:
            return ""

    def close(self) -> None:
        """Kill the child, if it lives, and remove its folder."""
        self._close()


def _apart() -> dict[str, Any]:
    """Return what puts a process out of reach of the terminal's Ctrl-C."""
    if os.name == "posix":
        return {"start_new_session": True}
    return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}


def _thread(target: Any, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _feed(stream: BinaryIO, outbox: SimpleQueue[Frame | None]) -> None:
    """Write what is handed over; where that fails the child meets the end, and its parent too."""
    with contextlib.suppress(OSError, ValueError, TypeError, MemoryError):
        while (frame := outbox.get()) is not None:
            write_frame(stream, *frame)
            del frame
    with contextlib.suppress(OSError):
        stream.close()


def _drain(stream: BinaryIO, inbox: Inbox, orders: SimpleQueue[str]) -> None:
    try:
        while (frame := read_frame(stream, lambda: inbox.largest)) is not None:
            inbox.put(frame)
            if frame[0].get("kind") in ("answer", "refused", "crash"):
                break
    except FrameError as error:
        inbox.put(({"kind": "nonsense", "message": str(error)}, {}))
    except (OSError, ValueError, MemoryError) as error:
        inbox.put(({"kind": "nonsense", "message": repr(error)}, {}))
    finally:
        inbox.end()
        orders.put("over")
        with contextlib.suppress(OSError):
            stream.close()


def _guard(
    process: subprocess.Popen[bytes],
    outbox: SimpleQueue[Frame | None],
    orders: SimpleQueue[str],
    killed: threading.Event,
    peak_memory_mb: list[float],
    seconds: float | None,
    grace: float,
) -> None:
    """Stop the child in time, and reap it."""
    order = _order(orders, None if seconds is None else time.monotonic() + seconds)
    if order != "over":
        outbox.put(_STOP)
        end = time.monotonic() + grace
        order = _order(orders, end)
        while order == "stop":
            order = _order(orders, end)
        if order is None:
            killed.set()
            peak_memory_mb.extend(_peak_memory_mb(process.pid))
    _kill(process)
    outbox.put(None)


def _order(orders: SimpleQueue[str], end: float | None) -> str | None:
    try:
        return orders.get(timeout=None if end is None else max(0.0, end - time.monotonic()))
    except Empty:
        return None


def _peak_memory_mb(pid: int) -> list[float]:
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return [int(line.split()[1]) / 1024]
    return []


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a child with all it started, and reap it.

    The group is killed before the child is reaped: until then its number cannot be given anew. A
    child that has just ended keeps its own return code.
    """
    if process.returncode is not None:
        return
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], check=False, **quiet)  # type: ignore[call-overload]
            process.kill()
    process.wait()


def _end(process: subprocess.Popen[bytes], outbox: SimpleQueue[Frame | None], folder: Path) -> None:
    _kill(process)
    outbox.put(None)
    shutil.rmtree(folder, ignore_errors=True)
