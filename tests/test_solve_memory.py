"""The peak of memory is told where the system tells it, and no system is needed for the rest."""

import ctypes
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from siting import memory
from siting.errors import InputError

BLOCKED = """
import sys
sys.modules["resource"] = None
import siting.solve.child
import siting.solve.solve
from siting.memory import peak_memory_mb
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
    child = "from siting.memory import peak_memory_mb; print(peak_memory_mb())"
    parent = (
        "import subprocess, sys; held = bytearray(b'1') * 400_000_000; "
        f"print(subprocess.check_output([sys.executable, '-c', {child!r}], text=True))"
    )
    told = subprocess.check_output([sys.executable, "-c", parent], text=True, timeout=60)
    assert 1.0 < float(told) < 300.0


def linux(monkeypatch, tmp_path, *, machine="", groups=()):
    """Let `memory` read files of a Linux of our own."""
    monkeypatch.setattr(sys, "platform", "linux")
    (tmp_path / "meminfo").write_text(machine, encoding="ascii")
    (tmp_path / "own").write_text("4:memory:/x\n0::/outer/inner\n", encoding="ascii")
    for name, words in dict(groups).items():
        file = tmp_path / "groups" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(words, encoding="ascii")
    monkeypatch.setattr(memory, "MACHINE", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "OWN_GROUP", tmp_path / "own")
    monkeypatch.setattr(memory, "GROUPS", tmp_path / "groups")


MACHINE = "MemTotal: 9 kB\nMemAvailable:  2097152 kB\nSwapFree:  1048576 kB\n"


@pytest.mark.parametrize(
    ("groups", "free"),
    [
        ({}, 3072.0),
        ({"memory.max": "max", "memory.current": "5"}, 3072.0),
        ({"outer/memory.max": "1073741824", "outer/memory.current": "1048576"}, 1023.0),
        (
            {
                "outer/inner/memory.max": "104857600",
                "outer/inner/memory.current": "10485760",
                "outer/inner/memory.stat": "anon 1\ninactive_file 2097152\n",
            },
            92.0,
        ),
        (
            {
                "memory/memory.limit_in_bytes": "104857600",
                "memory/memory.usage_in_bytes": "20971520",
            },
            80.0,
        ),
    ],
)
def test_free_is_what_the_machine_and_every_group_leave(monkeypatch, tmp_path, groups, free):
    linux(monkeypatch, tmp_path, machine=MACHINE, groups=groups)
    assert memory.free_memory_mb() == free


def test_where_no_system_tells_nothing_is_refused(monkeypatch, tmp_path):
    linux(monkeypatch, tmp_path)
    assert memory.free_memory_mb() == float("inf")
    memory.require_memory(1e12)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(ctypes, "WinDLL", raising=False)
    assert memory.free_memory_mb() == float("inf")


def test_windows_is_asked_what_it_may_still_promise(monkeypatch):
    def fill(state):
        assert state._obj.Length == ctypes.sizeof(state._obj) == 64
        state._obj.AvailPageFile = 700 * 2**20
        return 1

    kernel = SimpleNamespace(GlobalMemoryStatusEx=_Asked(fill))
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", lambda _: kernel, raising=False)
    assert memory.free_memory_mb() == 700.0


def test_what_is_not_free_is_refused_with_both_numbers(monkeypatch, tmp_path):
    linux(monkeypatch, tmp_path, machine=MACHINE)
    monkeypatch.setattr(memory, "_to_come_mb", lambda *_: 0.0)
    memory.require_memory(3072.0)
    with pytest.raises(InputError, match=r"needs about 5\.0 GB of memory and 3\.0 GB are free"):
        memory.require_memory(5120.0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux promises more than it has")
def test_memory_that_is_not_free_raises_where_the_system_would_kill(tmp_path):
    code = """
import resource
from pathlib import Path
from siting import memory
from siting.errors import InputError
memory.MACHINE = Path(__import__("sys").argv[1])
before = resource.getrlimit(resource.RLIMIT_DATA)
with memory.no_more_than_free():
    kept = bytearray(b"1") * 50_000_000
    try:
        bytearray(b"1") * 200_000_000
    except MemoryError:
        print("refused")
assert resource.getrlimit(resource.RLIMIT_DATA) == before
print(len(bytearray(b"1") * 200_000_000))
"""
    (tmp_path / "meminfo").write_text("MemAvailable: 102400 kB\n", encoding="ascii")
    told = subprocess.check_output(
        [sys.executable, "-c", code, str(tmp_path / "meminfo")], text=True, timeout=60
    )
    assert told == "refused\n200000000\n"
