"""Bounded shortest paths over streets: scipy.sparse.csgraph against the loop of siting.walk.

Run it from anywhere with siting installed: ``python benchmarks/walking.py [--data DIR]``.
DIR is a city folder with streets; without one only generated networks are measured. Both ways
get the same joined points and must return the same pairs to the millimetre; they take turns in
one process. Prints the tables of benchmarks/walking.md.
"""

import argparse
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numba
import numpy as np
import scipy
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.city.model import Streets
from siting.walk.reach import spans
from siting.walk.search import Shelf, search
from siting.walk.streets import build_network, join_streets, reach_over_streets
from siting.walk.threads import in_threads

SEEDS = (1, 2, 3, 4, 5)
LIMIT_MM = 900_000
DENSE_BYTES = 128 * 2**20  # what scipy's table of distances may take at once
COLD = """
import time
begin = time.perf_counter(), time.process_time()
import numpy as np
from siting.city.model import Streets
from siting.walk.streets import reach_over_streets
at = np.array([0.0, 9.0])
line = Streets(at, at, np.array([0]), np.array([1]), np.array([13.0]))
reach_over_streets(line, (at, at), (at, at), np.arange(2), 9_000)
print(time.perf_counter() - begin[0], time.process_time() - begin[1])
"""


def grid(side, step_m, seed):
    """Streets on a jittered grid with one link in twelve missing, numbered at random."""
    rng = np.random.default_rng(seed)
    nodes = side * side
    number = rng.permutation(nodes).reshape(side, side)
    x, y = np.empty(nodes), np.empty(nodes)
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    x[number] = (column + rng.uniform(-0.2, 0.2, (side, side))) * step_m
    y[number] = (row + rng.uniform(-0.2, 0.2, (side, side))) * step_m
    tail = np.concatenate((number[:, :-1].ravel(), number[:-1].ravel()))
    head = np.concatenate((number[:, 1:].ravel(), number[1:].ravel()))
    kept = rng.permutation(len(tail))[len(tail) // 12 :]
    tail, head = tail[kept], head[kept]
    straight = np.hypot(x[tail] - x[head], y[tail] - y[head])
    return Streets(x, y, tail, head, straight * rng.uniform(1, 1.2, len(tail)))


def generated(seed, *, places, targets, side, step_m):
    rng = np.random.default_rng(seed + 1000)
    wide = side * step_m
    streets = grid(side, step_m, seed)
    return streets, rng.uniform(0, wide, (2, places)), rng.uniform(0, wide, (2, targets)), LIMIT_MM


def real(_seed, *, data):
    from siting.city.read import read_city

    city = read_city(data)
    limit = round(15 * city.walking.speed("everyone") * 1000)
    places = np.stack((city.places.x, city.places.y))
    return city.streets, places, np.stack((city.spaces.x, city.spaces.y)), limit


def prepared(streets, places, targets, limit):
    network = build_network(streets)
    joined = join_streets(network, *places)
    order = np.argsort(joined.segment, kind="stable")
    start = np.zeros(len(streets) + 1, np.int64)
    np.cumsum(np.bincount(joined.segment, minlength=len(streets)), out=start[1:])
    shelf = Shelf(start, order, joined.position[order], joined.connector[order])
    return network.graph, shelf, join_streets(network, *targets), limit


def by_loop(graph, shelf, joined, limit):
    """One core."""
    return search(graph, shelf, joined, np.arange(len(joined.segment)), limit)[0]


def by_loop_in_threads(graph, shelf, joined, limit):
    """All cores, as siting.walk runs it."""
    rows = np.arange(len(joined.segment))
    parts = [rows[i : i + 64] for i in range(0, len(rows), 64)]
    found = in_threads(lambda part: search(graph, shelf, joined, part, limit)[0], parts)
    return np.concatenate(found)


def by_scipy(graph, shelf, joined, limit):
    """scipy finds the junctions, array operations the places; as many targets at once as fit."""
    nodes = len(graph.start) - 1
    at_once = max(1, DENSE_BYTES // (8 * nodes))
    tail, head = graph.tail, graph.head
    links = np.stack((np.minimum(tail, head), np.maximum(tail, head)))
    order = np.lexsort((graph.length, *links))
    links, length = links[:, order], graph.length[order]
    first = np.append(True, np.any(links[:, 1:] != links[:, :-1], axis=0)) & (links[0] != links[1])
    links, length = links[:, first], length[first]
    whole = csr_array(
        (np.tile(length, 2), (links.ravel(), links[::-1].ravel())), shape=(nodes, nodes)
    )
    parts = []
    for low in range(0, len(joined.segment), at_once):
        own = joined.segment[low : low + at_once]
        here, off = joined.position[low : low + at_once], joined.connector[low : low + at_once]
        count = len(own)
        # Targets are extra nodes; their links are a millimetre longer, for 0 would be no link.
        ways = np.stack((off + here, off + graph.length[own] - here), axis=1) + 1
        ends = np.stack((tail[own], head[own]), axis=1)
        linked = csr_array(
            (
                np.concatenate((whole.data, ways.ravel())).astype(float),
                np.concatenate((whole.indices, ends.ravel())),
                np.concatenate((whole.indptr, whole.indptr[-1] + 2 * np.arange(1, count + 1))),
            ),
            shape=(nodes + count, nodes + count),
        )
        far = dijkstra(linked, indices=nodes + np.arange(count), limit=limit + 1) - 1
        row, node = np.nonzero(np.isfinite(far[:, :nodes]))
        segment = graph.segment[spans(graph.start[node], graph.start[node + 1])]
        row = np.repeat(row, graph.start[node + 1] - graph.start[node])
        some = shelf.start[segment] < shelf.start[segment + 1]
        row = np.concatenate((row[some], np.arange(count)))
        segment = np.concatenate((segment[some], own))
        row, segment = np.divmod(np.unique(row * len(tail) + segment), len(tail))
        from_tail = far[row, tail[segment]]
        from_head = far[row, head[segment]] + graph.length[segment]
        at = spans(shelf.start[segment], shelf.start[segment + 1])
        again = np.repeat(np.arange(len(row)), np.diff(shelf.start)[segment])
        mm = np.minimum(
            from_tail[again] + shelf.position[at], from_head[again] - shelf.position[at]
        )
        row, segment = row[again], segment[again]
        direct = np.where(
            segment == own[row], off[row] + abs(shelf.position[at] - here[row]), np.inf
        )
        mm = np.minimum(mm, direct) + shelf.connector[at]
        near = mm <= limit
        row, pair = row[near], (shelf.place[at][near] << 32) | mm[near].astype(np.int64)
        parts.append(pair[np.lexsort((pair, row))])
    return np.concatenate(parts)


METHODS = {
    "scipy.sparse.csgraph": by_scipy,
    "compiled loop, 1 core": by_loop,
    "compiled loop, all cores": by_loop_in_threads,
}


def compared(make, seeds):
    """Wall and core seconds of each method, taking turns; their pairs must agree."""
    seconds = {name: [] for name in METHODS}
    for seed in seeds:
        task = prepared(*make(seed))
        answers = []
        for name, method in METHODS.items():
            begin, busy = time.perf_counter(), time.process_time()
            answers.append(method(*task))
            seconds[name].append((time.perf_counter() - begin, time.process_time() - busy))
        if not all(np.array_equal(answers[0], other) for other in answers[1:]):
            raise SystemExit("the methods disagree")
    return {name: np.array(own).T for name, own in seconds.items()}, len(answers[0])


def memory_of(name, make):
    """Return how far the peak memory of a fresh process rises above its rest, in MB."""
    task = prepared(*make(1))
    METHODS[name](*prepared(*generated(1, places=10, targets=2, side=10, step_m=60)))
    rest = in_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    METHODS[name](*task)
    return in_mb("VmHWM") - rest


def in_mb(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def comparison(title, make):
    seconds, pairs = compared(make, SEEDS)
    print(f"\n### {title}\n\n{pairs:,} pairs in the last of {len(SEEDS)} runs\n")
    print("| way | median s | least | most | core s | scipy / this | in core s | MB above rest |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (wall, busy) in seconds.items():
        peer_wall, peer_busy = seconds["scipy.sparse.csgraph"]
        memory = "-"
        if Path("/proc/self/clear_refs").exists():
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                memory = f"{pool.apply(memory_of, (name, make)):.0f}"
        print(
            f"| {name} | {np.median(wall):.3f} | {wall.min():.3f} | {wall.max():.3f} "
            f"| {np.median(busy):.3f} | {np.median(peer_wall / wall):.1f} "
            f"| {np.median(peer_busy / busy):.1f} | {memory} |",
            flush=True,
        )


def rung(name, **sizes):
    streets, places, targets, limit = generated(1, **sizes)
    begin, busy = time.perf_counter(), time.process_time()
    wanted = np.arange(sizes["targets"])
    reach = reach_over_streets(streets, tuple(places), tuple(targets), wanted, limit)
    wall, busy = time.perf_counter() - begin, time.process_time() - busy
    print(
        f"| {name} | {sizes['places']:,} | {sizes['targets']:,} | {len(streets.node_x):,} "
        f"| {len(reach.place):,} | {wall:.1f} | {busy:.1f} |",
        flush=True,
    )


def first_calls():
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "NUMBA_CACHE_DIR": folder}
        for name in ("nothing compiled yet", "compiled by an earlier process"):
            command = [sys.executable, "-c", COLD]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
            wall, busy = map(float, done.stdout.split())
            print(f"| {name} | {wall:.1f} | {busy:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="a city folder with streets")
    data = parser.parse_args().data
    versions = (np, scipy, numba)
    print(
        platform.machine(), f"{os.cpu_count()} cores, Python {platform.python_version()},", end=" "
    )
    print(", ".join(f"{module.__name__} {module.__version__}" for module in versions))

    if data is None or not (data / "city.toml").exists():
        print("\nno city folder given or found with --data: the real city is skipped")
    else:
        comparison(f"{data.name}: all spaces, 15 minutes", partial(real, data=data))
    sizes = {"places": 100_000, "targets": 300, "side": 707, "step_m": 28.3}
    comparison("generated grid of 500,000 nodes: 300 targets, 900 m", partial(generated, **sizes))

    print("\n### whole rungs, all cores\n")
    print("| rung | places | targets | nodes | pairs | s | core seconds |")
    print("|---|---|---|---|---|---|---|")
    rung("city", places=100_000, targets=20_000, side=707, step_m=28.3)
    rung("metropolis", places=1_000_000, targets=80_000, side=1_414, step_m=44.7)

    print("\n### the first walk of a process, imports included\n")
    print("| code | s | core seconds |\n|---|---|---|")
    first_calls()


if __name__ == "__main__":
    main()
