"""How much memory this process has taken at most, on every system that tells."""

from __future__ import annotations

import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


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
