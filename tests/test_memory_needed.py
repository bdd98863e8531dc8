"""What memory a city takes is guessed before it is taken; what there is no room for is refused."""

import os
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest
from walk_city import make_city, make_streets

import siting
from siting import api, memory
from siting.city.model import GivenWalks, Walking
from siting.cli.main import run
from siting.errors import InputError
from siting.solve import size as solve_size
from siting.solve.link import Link
from siting.walk import size as walk_size
from siting.walk.size import expected_pairs
from siting.walk.walks import walk

LIMIT = 300_000
RANDOM = np.random.default_rng(5)
HOMES, SHOPS = RANDOM.uniform(0, 3000, (4000, 2)), RANDOM.uniform(0, 3000, (300, 2))


TO_COME = memory._to_come_mb


@pytest.fixture(autouse=True)
def _all_libraries_are_loaded(monkeypatch):
    monkeypatch.setattr(memory, "_to_come_mb", lambda *_: 0.0)


def found(city, kind="outlet"):
    return len(walk(city, kind, {"everyone": LIMIT})["everyone"].place)


@pytest.mark.parametrize("looked_at", [40, 2_000])
def test_pairs_in_a_straight_line_are_guessed_within_a_third(monkeypatch, looked_at):
    monkeypatch.setattr(walk_size, "_LOOKED_AT", looked_at)
    city = make_city(HOMES, SHOPS, SHOPS, walking=Walking(detour=1.3))
    for kind in ("space", "outlet"):
        guess = expected_pairs(city, kind, np.arange(300), LIMIT)
        assert found(city, kind) * 0.75 < guess < found(city, kind) * 4 / 3


def test_of_targets_not_asked_for_nothing_is_expected():
    city = make_city(HOMES, SHOPS, SHOPS)
    whole = expected_pairs(city, "outlet", np.arange(300), LIMIT)
    assert expected_pairs(city, "outlet", np.arange(30), LIMIT) < whole / 5
    assert expected_pairs(city, "outlet", np.arange(0), LIMIT) == 0.0
    assert expected_pairs(make_city([], SHOPS), "space", np.arange(300), LIMIT) == 0.0


def test_given_walks_are_as_many_as_the_table_says():
    walks = GivenWalks(
        place=np.array([0, 1, 1]),
        target=np.array([0, 0, 1]),
        is_space=np.array([True, True, False]),
        group=np.array(["", "", ""], dtype=object),
        amount=np.array([5.0, 6.0, 7.0]),
        unit="minutes",
    )
    city = make_city(HOMES[:2], SHOPS[:1], SHOPS[:2], walks=walks)
    assert expected_pairs(city, "space", np.arange(1), LIMIT) == 2
    assert expected_pairs(city, "outlet", np.arange(2), LIMIT) == 1


def test_walks_that_find_no_room_are_refused_before_anybody_walks(monkeypatch, tmp_path):
    lines = make_streets([(0, 0), (3000, 3000)], [(0, 1, 4300.0)])
    city = make_city(np.tile(HOMES, (10, 1)), (), SHOPS, streets=lines)
    (tmp_path / "meminfo").write_text("MemAvailable: 1024 kB\n", encoding="ascii")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(memory, "MACHINE", tmp_path / "meminfo")
    with pytest.raises(InputError, match=r"needs about 0\.\d GB of memory and 0\.0 GB"):
        found(city)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "GB of memory and 0.1 GB are free"), ("zh", "现有 0.1 GB 可用")]
)
def test_a_city_that_finds_no_room_is_refused_in_one_line(
    monkeypatch, tmp_path, capsys, lang, words
):
    city = tmp_path / "city"
    api.generate(city, places=60, spaces=8, types=4, seed=1)
    monkeypatch.setattr(solve_size, "_ALWAYS_THERE", 0)
    monkeypatch.setattr(solve_size, "_NEED", 10**8)
    monkeypatch.setattr(solve_size, "require_memory", refuse_above(110.0))
    with pytest.raises(SystemExit) as left:
        run(["solve", str(city), "-o", str(tmp_path / "plan"), "--quiet", "--lang", lang])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "plan").exists()


def refuse_above(free):
    def require(need):
        memory_free, memory.free_memory_mb = memory.free_memory_mb, lambda: free
        try:
            memory.require_memory(need)
        finally:
            memory.free_memory_mb = memory_free

    return require


def test_a_file_that_finds_no_room_is_refused_before_it_is_read(monkeypatch, tmp_path):
    rows = "".join(f"p{k},{k % 1000},0,1,C\n" for k in range(300_000))
    (tmp_path / "p.csv").write_text("id,x,y,everyone,community\n" + rows, encoding="utf-8")
    (tmp_path / "s.csv").write_text("id,x,y,area_m2,rent_m2_month\ns,0,0,50,1\n", encoding="utf-8")
    (tmp_path / "city.toml").write_text('[places]\nfile="p.csv"\n[spaces]\nfile="s.csv"\n', "utf-8")
    monkeypatch.setattr(memory, "free_memory_mb", lambda: 40.0)
    with pytest.raises(InputError, match=r"p\.csv: this needs about 0\.1 GB of memory"):
        api.read_city(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has taken")
def test_the_limits_of_a_process_count(monkeypatch):
    import resource

    limits = {resource.RLIMIT_AS: 2**40, resource.RLIMIT_DATA: 2**31}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (limits[kind], limits[kind]))
    assert memory.free_memory_mb() < 2048.0
    limits[resource.RLIMIT_DATA] = resource.RLIM_INFINITY
    limits[resource.RLIMIT_AS] = 2**20
    assert memory.free_memory_mb() == 0.0


# ------------------------------------------------------------------------- as a library, no command


def test_the_library_asks_too_and_leaves_the_limits_of_the_process_alone(monkeypatch, tmp_path):
    limits = process_limits()
    api.generate(tmp_path / "city", places=60, spaces=8, types=4, seed=1)
    city = siting.read_city(tmp_path / "city")
    seen = []

    def look(progress):
        seen.append((progress.stage, process_limits()))

    siting.solve(city, siting.Scenario(), time_limit=5, on_progress=look)
    assert {found for _, found in seen} == {limits}
    monkeypatch.setattr(solve_size, "_ALWAYS_THERE", 0)
    monkeypatch.setattr(solve_size, "_NEED", 10**8)
    monkeypatch.setattr(solve_size, "require_memory", refuse_above(100.0))
    with pytest.raises(InputError, match="GB are free"):
        siting.solve(city, siting.Scenario(), time_limit=5)
    assert process_limits() == limits


def process_limits():
    if sys.platform == "win32":
        return None
    import resource

    return tuple(resource.getrlimit(one) for one in (resource.RLIMIT_DATA, resource.RLIMIT_AS))


# ------------------------------------------------------------------------------------ the libraries


def test_need_and_what_is_free_never_look_the_same(monkeypatch):
    monkeypatch.setattr(memory, "free_memory_mb", lambda: 449.0)
    with pytest.raises(InputError, match=r"about 0\.5 GB of memory and 0\.4 GB are free"):
        memory.require_memory(450.0)
    monkeypatch.setattr(memory, "free_memory_mb", lambda: 1023.9)
    with pytest.raises(InputError, match=r"about 1\.0 GB of memory and 0\.9 GB are free"):
        memory.require_memory(1024.0)


def test_what_is_still_to_come_of_the_libraries_is_asked_for_too(monkeypatch, tmp_path):
    (tmp_path / "status").write_text("VmSize: 204800 kB\nVmData: 102400 kB\n", encoding="ascii")
    monkeypatch.setattr(memory, "STATUS", tmp_path / "status")
    monkeypatch.setattr(memory, "_to_come_mb", TO_COME)
    monkeypatch.setattr(memory, "free_memory_mb", lambda: 500.0)
    memory.require_memory(100.0)
    with pytest.raises(InputError, match=r"0\.5 GB of memory and 0\.4 GB are free"):
        memory.require_memory(101.0)
    monkeypatch.setattr(memory, "free_memory_mb", lambda: 5000.0)
    monkeypatch.setattr(memory, "_own_free_mb", lambda _: 2000.0)
    memory.require_memory(950.0)
    with pytest.raises(InputError, match=r"2\.0 GB of addresses.* leaves 1\.9 GB"):
        memory.require_memory(951.0)


@pytest.mark.parametrize(
    ("free", "words"),
    [
        ({"free_memory_mb": lambda: 100.0}, "0.0 GB are free"),
        ({"_own_free_mb": lambda _: 900.0}, "this process (ulimit -v) leaves 0.8 GB"),
    ],
)
def test_a_command_is_refused_before_it_loads_what_finds_no_room(
    monkeypatch, tmp_path, capsys, free, words
):
    (tmp_path / "status").write_text("VmSize: 204 kB\nVmData: 102 kB\n", encoding="ascii")
    monkeypatch.setattr(memory, "STATUS", tmp_path / "status")
    monkeypatch.setattr(memory, "_to_come_mb", TO_COME)
    for name, told in free.items():
        monkeypatch.setattr(memory, name, told)
    with pytest.raises(SystemExit) as left:
        run(["check", str(tmp_path), "--lang", "en"])
    assert left.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


def test_what_needs_no_library_is_answered_with_little_memory(monkeypatch, capsys):
    monkeypatch.setattr(memory, "free_memory_mb", lambda: 100.0)
    with pytest.raises(SystemExit) as left:
        run(["standards", "--lang", "en"])
    assert left.value.code == 0
    assert "mofcom-2021" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to these limits")
@pytest.mark.parametrize(
    ("kind", "most_mb", "code"),
    [("DATA", 250, 2), ("DATA", 650, 0), ("AS", 700, 2), ("AS", 1500, 0)],
)
def test_under_a_limit_a_command_does_its_work_or_is_refused_in_one_line(
    tmp_path, kind, most_mb, code
):
    import resource

    api.generate(tmp_path, places=60, spaces=8, types=4, seed=1)
    limit = most_mb * 2**20
    ended = subprocess.run(
        [sys.executable, "-m", "siting.cli.start", "gaps", str(tmp_path), "--quiet"],
        preexec_fn=lambda: resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (limit, limit)),
        env={**os.environ, "COLUMNS": "0"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == code, ended.stderr.decode()
    assert len(ended.stderr.splitlines()) == (code == 2)


def test_the_command_keeps_libraries_from_taking_what_they_do_not_use():
    code = (
        "import os, sys; from siting.cli.start import run; sys.argv = ['siting', 'standards']\n"
        "try: run()\n"
        "finally: print(*(os.environ[name] for name in sys.stdin.read().split()), file=sys.stderr)"
    )
    stated, other = memory.FRUGAL
    bare = {name: value for name, value in os.environ.items() if name not in memory.FRUGAL}
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**bare, stated: "7"},
        input=" ".join(memory.FRUGAL),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ended.stderr.split() == ["7", memory.FRUGAL[other]]  # who states another value keeps it


def test_a_solvers_process_does_without_too(monkeypatch):
    for name in memory.FRUGAL:
        monkeypatch.delenv(name, raising=False)
    code = f"import os, sys; print(*map(os.environ.get, {list(memory.FRUGAL)}), file=sys.stderr)"
    link = Link("nobody", [sys.executable, "-c", code])
    link.process.wait(60)
    assert link.errors().split() == list(memory.FRUGAL.values())
    link.close()
    assert not set(memory.FRUGAL) & set(os.environ)


@pytest.mark.parametrize(
    "behind",
    [
        MemoryError(),
        ImportError("libopenblas.so: failed to map segment from shared object"),
        RuntimeError("std::bad_alloc: cannot allocate memory"),
    ],
)
def test_a_want_of_memory_that_a_library_calls_otherwise_is_told_as_such(
    monkeypatch, tmp_path, capsys, behind
):
    def broken(_):
        raise ImportError("the install you are using seems to be broken") from behind

    monkeypatch.setattr(api, "read_city", broken)
    with pytest.raises(SystemExit) as left:
        run(["gaps", str(tmp_path), "--lang", "en", "--quiet"])
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith("error: not enough memory")


def test_what_fails_beside_the_search_leaves_no_word(monkeypatch, capfd):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr(import_module("siting.verify.check"), "survey", full)
    surveyed = []
    api._prepare_what_comes_next(None, None, surveyed)
    assert surveyed == []
    assert capfd.readouterr() == ("", "")
