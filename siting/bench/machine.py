"""On what machine and with which versions something was measured."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = (
    "siting",
    "numpy",
    "scipy",
    "numba",
    "highspy",
    "pyscipopt",
    "ortools",
    "pulp",
    "spopt",
    "abw-maxcover",
)

_ROOT = Path(__file__).resolve().parents[2]


def machine() -> dict[str, object]:
    """Return cores, processor, memory, system, and how busy the machine is with other work."""
    return {
        "cores": _cores(),
        "processor": _processor(),
        "memory_gb": _memory_gb(),
        "system": platform.platform(),
        "load_at_start": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def versions() -> dict[str, str | None]:
    """Return the versions of Python and of all libraries that take part; None: not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def commit() -> str:
    """Return what git calls this source, or the version where it is no repository of its own."""
    if (_ROOT / ".git").exists():
        asked = ["git", "-C", str(_ROOT), "describe", "--always", "--dirty", "--tags"]
        try:
            said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=20)
        except (OSError, subprocess.SubprocessError):
            return f"siting {version('siting')}"
        return said.stdout.strip()
    return f"siting {version('siting')}"


def _cores() -> int:
    """Return the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return round(pages * page / 2**30, 1)
