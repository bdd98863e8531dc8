"""What memory a city takes is guessed before it is taken; what there is no room for is refused."""

import sys

import numpy as np
import pytest
from walk_city import make_city, make_streets

from siting import api, memory
from siting.city.model import GivenWalks, Walking
from siting.cli.main import run
from siting.errors import InputError
from siting.solve import size as solve_size
from siting.walk import size as walk_size
from siting.walk.size import expected_pairs
from siting.walk.walks import walk

LIMIT = 300_000
RANDOM = np.random.default_rng(5)
HOMES, SHOPS = RANDOM.uniform(0, 3000, (4000, 2)), RANDOM.uniform(0, 3000, (300, 2))


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
    with pytest.raises(api.SitingError, match=r"needs about 0\.\d GB of memory and 0\.0 GB"):
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
    monkeypatch.setattr(solve_size, "require_memory", refuse_above(100.0))
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
