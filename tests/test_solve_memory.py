"""The peak of memory is told where the system tells it, and no system is needed for the rest."""

import ctypes
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from siting.solve import memory

BLOCKED = """
import sys
sys.modules["resource"] = None
import siting.solve.child
import siting.solve.solve
from siting.solve.memory import peak_memory_mb
assert peak_memory_mb() >= 0.0
"""


def test_solving_needs_no_module_that_only_some_systems_have():
    subprocess.run([sys.executable, "-c", BLOCKED], check=True, timeout=60)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no module resource")
@pytest.mark.parametrize(("platform", "unit"), [("linux", 1024), ("darwin", 1)])
def test_memory_is_counted_in_the_units_of_the_system(monkeypatch, platform, unit):
    usage = {0: 300 * 2**20 // unit, -1: 500 * 2**20 // unit}
    counter = SimpleNamespace(
        RUSAGE_SELF=0,
        RUSAGE_CHILDREN=-1,
        getrusage=lambda who: SimpleNamespace(ru_maxrss=usage[who]),
    )
    monkeypatch.setitem(sys.modules, "resource", counter)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(memory, "STATUS", Path("nowhere"))
    assert memory.peak_memory_mb() == 300.0
    assert memory.peak_memory_mb(children=True) == 500.0


class _Asked:
    """A function of a Windows library."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, *arguments):
        return self.answer(*arguments)


@pytest.mark.parametrize(("answers", "right"), [(1, 256.0), (0, 0.0)])
def test_windows_is_asked_for_its_largest_working_set(monkeypatch, answers, right):
    def fill(process, counters, size):
        assert process == -1
        assert size == ctypes.sizeof(counters._obj)
        counters._obj.PeakWorkingSetSize = 256 * 2**20
        return answers

    def load(name):
        if name == "psapi":
            return SimpleNamespace(GetProcessMemoryInfo=_Asked(fill))
        return SimpleNamespace(GetCurrentProcess=_Asked(lambda: -1))

    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", load, raising=False)
    assert memory.peak_memory_mb() == right


def test_memory_that_no_system_tells_is_0(monkeypatch):
    def nowhere(name):
        raise OSError(name)

    monkeypatch.setitem(sys.modules, "resource", None)
    assert memory.peak_memory_mb() == 0.0
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", nowhere, raising=False)
    assert memory.peak_memory_mb() == 0.0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands the parent's peak on")
def test_what_a_parent_holds_is_not_counted_for_its_child():
    child = "from siting.solve.memory import peak_memory_mb; print(peak_memory_mb())"
    parent = (
        "import subprocess, sys; held = bytearray(b'1') * 400_000_000; "
        f"print(subprocess.check_output([sys.executable, '-c', {child!r}], text=True))"
    )
    told = subprocess.check_output([sys.executable, "-c", parent], text=True, timeout=60)
    assert 1.0 < float(told) < 300.0
