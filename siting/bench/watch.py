"""A process under watch: its time and memory limits, and how much memory it took at most."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TICK = 0.05
_STATE_FIELDS = (1, 21)  # parent and resident pages, counted after the name in brackets


@dataclass(frozen=True)
class Ended:
    """How a watched process ended.

    Attributes
    ----------
    code
        Its return code.
    seconds
        From its start.
    memory_mb
        Most memory of it and its descendants (`tree_memory_mb`), 0.0 where the system does not say.
    killed
        Why it was killed; None if it ended by itself.
    output, errors
        What it printed; of the errors the end.
    """

    code: int
    seconds: float
    memory_mb: float
    killed: Literal["time", "memory"] | None
    output: str
    errors: str


def watch(
    command: Sequence[str],
    *,
    seconds: float,
    memory_mb: float,
    on_tick: Callable[[float], None] = lambda _: None,
) -> Ended:
    """Run a command to its end, or kill it with all it started when it passes a limit.

    Parameters
    ----------
    command
        What to run.
    seconds, memory_mb
        The limits.
    on_tick
        Called many times a second, and once after the end, with the seconds since the start.
    """
    killed: Literal["time", "memory"] | None = None
    most = 0.0
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.monotonic()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=os.name == "posix",
        )
        try:
            while not _ended(process, _TICK):
                on_tick(time.monotonic() - begun)
                most = max(most, tree_memory_mb(process.pid))
                if most > memory_mb:
                    killed = "memory"
                elif time.monotonic() - begun > seconds:
                    killed = "time"
                if killed:
                    break
        finally:
            if process.returncode is None:
                kill_tree(process.pid)
                process.kill()
                process.wait()
        took = time.monotonic() - begun
        on_tick(took)
        return Ended(process.returncode, took, most, killed, _text(output), _text(errors)[-2000:])


def tree_memory_mb(pid: int) -> float:
    """Return what a process and its descendants take of memory in MB; 0.0 where unknown.

    It is what they hold now together (pages that they share count in each), or the most that one
    of them ever held, if that is more. What `getrusage` says of a child is of no use here: on
    Linux it begins with what the parent held when it started it.
    """
    pages = _pages()
    tree = _tree(pages, pid)
    page = os.sysconf("SC_PAGE_SIZE") if tree else 0
    now = sum(pages[one][1] for one in tree) * page / 2**20
    return max([now, *(_peak_mb(one) for one in tree)])


def kill_tree(pid: int) -> None:
    """Kill a process with its descendants, wherever the system tells them."""
    for one in _tree(_pages(), pid) or [pid]:
        with contextlib.suppress(OSError):
            os.kill(one, getattr(signal, "SIGKILL", signal.SIGTERM))


def _ended(process: subprocess.Popen[bytes], timeout: float) -> bool:
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        return False
    return True


def _pages() -> dict[int, tuple[int, int]]:
    """Return parent and resident pages of every process, empty where there is no /proc."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = path.read_text("utf-8", "replace").rpartition(")")[2].split()
            parent, pages = (int(fields[k]) for k in _STATE_FIELDS)
            found[int(path.parent.name)] = (parent, pages)
    return found


def _peak_mb(pid: int) -> float:
    """Return the most that one process ever held in MB."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _tree(pages: dict[int, tuple[int, int]], root: int) -> list[int]:
    """Return a process and its descendants, those of them that live."""
    children: dict[int, list[int]] = {}
    for pid, (parent, _) in pages.items():
        children.setdefault(parent, []).append(pid)
    found = [root] if root in pages else []
    for pid in found:
        found += children.get(pid, [])
    return found


def _text(file: object) -> str:
    file.seek(0)  # type: ignore[attr-defined]
    content: bytes = file.read()  # type: ignore[attr-defined]
    return content.decode("utf-8", "replace")
