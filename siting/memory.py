"""How much memory this process has taken, and how much it may still take, where systems tell."""

from __future__ import annotations

import math
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from siting.errors import InputError, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUS = Path("/proc/self/status")
MACHINE = Path("/proc/meminfo")
GROUPS = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")
"""Where Linux tells of this process, of the machine, and of the limits of containers."""

FRUGAL = {"OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Settings for the environment of a process that has not loaded its libraries yet.

Without them they take what is never used: OpenBLAS room for each core of the machine, in each
library that brings a copy of it, and Arrow one GB, which counts against every limit.
"""
LIBRARIES_MB, ADDRESSES_MB = 500.0, 1250.0
"""What the process of a small city takes, data and addresses; measured, see docs/reliability.md.

Most of it are the libraries, and the compiling of a first run. The data are those of the solver's
process too.
"""


def peak_memory_mb(*, children: bool = False) -> float:
    """Return the largest resident memory of this process so far in MB (2**20 bytes).

    Parameters
    ----------
    children
        Whether to return the peak of an ended child process instead, where that is the larger
        one. Windows does not tell it.

    Returns
    -------
    float
        0.0 where the system does not say.
    """
    try:
        import resource
    except ImportError:
        return _windows_peak_mb() if sys.platform == "win32" else 0.0
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere

    def peak(who: int) -> float:
        return float(resource.getrusage(who).ru_maxrss * unit / 2**20)

    own = _linux_peak_mb()
    if own is None:
        own = peak(resource.RUSAGE_SELF)
    return max(own, peak(resource.RUSAGE_CHILDREN)) if children else own


def _linux_peak_mb() -> float | None:
    """Return the high-water mark; getrusage starts a child with what its parent held."""
    try:
        with STATUS.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def _windows_peak_mb() -> float:
    """Ask Windows for the largest working set; 0.0 if it does not answer."""
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS of psapi.h."""

        _fields_ = (
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            ("PeakWorkingSetSize", ctypes.c_size_t),
            ("WorkingSetSize", ctypes.c_size_t),
            ("QuotaPeakPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPeakNonPagedPoolUsage", ctypes.c_size_t),
            ("QuotaNonPagedPoolUsage", ctypes.c_size_t),
            ("PagefileUsage", ctypes.c_size_t),
            ("PeakPagefileUsage", ctypes.c_size_t),
        )

    loader = getattr(ctypes, "WinDLL", None)
    if loader is None:
        return 0.0
    try:
        ask = loader("psapi").GetProcessMemoryInfo
        this = loader("kernel32").GetCurrentProcess
    except (OSError, AttributeError):
        return 0.0
    this.restype = wintypes.HANDLE
    ask.argtypes = (wintypes.HANDLE, ctypes.POINTER(Counters), wintypes.DWORD)
    ask.restype = wintypes.BOOL
    counters = Counters(cb=ctypes.sizeof(Counters))
    if not ask(this(), ctypes.byref(counters), counters.cb):
        return 0.0
    return float(counters.PeakWorkingSetSize / 2**20)


def free_memory_mb() -> float:
    """Return how much more memory (2**20 bytes) this process may take, swap included.

    Returns
    -------
    float
        The least of what the machine has free and what the limits of a container and of the
        process (``ulimit``) leave; infinity where the system does not say.
    """
    return min(shared_memory_mb(), _own_free_mb("data"), _own_free_mb("addresses"))


def shared_memory_mb() -> float:
    """Return how much memory this process and those that it starts may take together, in MB.

    Returns
    -------
    float
        As `free_memory_mb`, without the limits that each process has for itself.
    """
    if sys.platform == "win32":
        return _windows_free_mb()
    machine = _fields(MACHINE)
    if "MemAvailable" not in machine:
        return float("inf")
    free = (machine["MemAvailable"] + machine.get("SwapFree", 0)) / 1024
    return max(0.0, min(free, _groups_free_mb()))


def require_memory(need_mb: float, *, file: str | None = None) -> None:
    """Refuse what needs more memory than there is, before it is taken.

    Libraries are loaded as they are needed, and some end the whole process where they find no
    room. So what is still to come of them is asked for together with the data.

    Parameters
    ----------
    need_mb
        By a guess, without the libraries.
    file
        Named in the refusal, where it is a file that needs it.

    Raises
    ------
    InputError
        It is more than `free_memory_mb` tells.
    """
    for key, free, whole in (
        ("errors.memory", free_memory_mb(), need_mb + _to_come_mb("VmData", LIBRARIES_MB)),
        (
            "errors.addresses",
            _own_free_mb("addresses"),
            need_mb + _to_come_mb("VmSize", ADDRESSES_MB),
        ),
    ):
        if whole > free:
            raise InputError(Notice(key, file=file, values=_figures(whole, free)))


def _to_come_mb(name: str, whole_mb: float) -> float:
    """Return what this process has not yet taken of what it takes in any case."""
    taken = _fields(STATUS).get(name)
    return 0.0 if taken is None else max(0.0, whole_mb - taken / 1024)


def _figures(need_mb: float, free_mb: float) -> dict[str, str]:
    """Return both as GB, rounded so that they never look the same."""
    need, free = math.ceil(need_mb / 102.4) / 10, math.floor(free_mb / 102.4) / 10
    return {"need": f"{need:,.1f}", "free": f"{free:,.1f}"}


@contextmanager
def no_more_than_free() -> Iterator[None]:
    """Let memory that is not there raise MemoryError, where Linux would kill the process.

    Linux promises more than it has, and ends the process without a word once it is used. So the
    data of this process, and of each that it starts, may grow by what is free now and no more.
    """
    with no_more_than(free_memory_mb()):
        yield


@contextmanager
def no_more_than(most_mb: float) -> Iterator[None]:
    """Let the data of this process, and of each that it starts, grow by so much and no more.

    For processes that are siting's own: who embeds the package would not expect it.
    """
    if sys.platform != "linux" or most_mb == float("inf"):
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    own = _fields(STATUS).get("VmData", 0) * 1024
    most = int(own + most_mb * 2**20)
    limits = [limit for limit in (most, *before) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(limits), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _fields(path: Path) -> dict[str, int]:
    """Return the numbers that a file of the system gives, one a line; empty where it has none."""
    found = {}
    with suppress(OSError):
        for line in path.read_text("ascii", errors="replace").splitlines():
            name, number = [*line.replace(":", " ").split(), "", ""][:2]
            if number.isdigit():
                found[name] = int(number)
    return found


def _own_free_mb(kind: Literal["data", "addresses"]) -> float:
    """Return what a limit of this process leaves; infinity without one."""
    with suppress(ImportError):
        import resource

        limit, used = (
            (resource.RLIMIT_DATA, "VmData") if kind == "data" else (resource.RLIMIT_AS, "VmSize")
        )
        most = resource.getrlimit(limit)[0]
        if most != resource.RLIM_INFINITY:
            return max(0.0, most / 2**20 - _fields(STATUS).get(used, 0) / 1024)
    return float("inf")


def _groups_free_mb() -> float:
    """Return what the limits of all groups that this process is in leave."""
    own = ""
    with suppress(OSError):
        lines = OWN_GROUP.read_text("utf-8", errors="replace").splitlines()
        own = next((line[3:].strip("/") for line in lines if line.startswith("0::")), "")
    inner = GROUPS / own
    newer = [group for group in (inner, *inner.parents) if group.is_relative_to(GROUPS)]
    found = [_group_free_mb(group, "max", "current", "inactive_file") for group in newer]
    older = _group_free_mb(GROUPS / "memory", "limit_in_bytes", "usage_in_bytes", "cache")
    return min(*found, older)


def _group_free_mb(group: Path, most: str, used: str, given_back: str) -> float:
    """Return what a group's limit leaves; what files hold in memory is given back."""
    try:
        limit, now = (int((group / f"memory.{name}").read_text("ascii")) for name in (most, used))
    except (OSError, ValueError):  # no such group, or no limit: ``max``
        return float("inf")
    return (limit - now + _fields(group / "memory.stat").get(given_back, 0)) / 2**20


def _windows_free_mb() -> float:
    """Ask Windows what it may still promise; infinity if it does not answer."""
    import ctypes

    class State(ctypes.Structure):
        """MEMORYSTATUSEX of sysinfoapi.h."""

        _fields_ = (
            ("Length", ctypes.c_uint32),
            ("MemoryLoad", ctypes.c_uint32),
            ("TotalPhys", ctypes.c_ulonglong),
            ("AvailPhys", ctypes.c_ulonglong),
            ("TotalPageFile", ctypes.c_ulonglong),
            ("AvailPageFile", ctypes.c_ulonglong),
            ("TotalVirtual", ctypes.c_ulonglong),
            ("AvailVirtual", ctypes.c_ulonglong),
            ("AvailExtendedVirtual", ctypes.c_ulonglong),
        )

    loader = getattr(ctypes, "WinDLL", None)
    state = State(Length=ctypes.sizeof(State))
    with suppress(OSError, AttributeError):
        if loader is not None and loader("kernel32").GlobalMemoryStatusEx(ctypes.byref(state)):
            return float(state.AvailPageFile / 2**20)
    return float("inf")
