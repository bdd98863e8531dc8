"""The 14 settings of the literature's maximal covering cities, and one with 20 million points.

    python benchmarks/classic.py [--seeds 1] [--check] [--million 20] [--write DIR]

Prints the tables of benchmarks/classic.md. The instances are those of the published generator
(`siting.covering.grid`), made again number for number; a small one is solved first, so that
compiled code is loaded. ``--check`` builds the sets of sites anew with plain numpy and asks HiGHS
for the optimum; ``--million N`` adds N million points; ``--write DIR`` writes the text files.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
from scipy import sparse

import siting
from siting.bench.machine import commit, machine, versions
from siting.covering.grid import published_city
from siting.covering.text import write_text

SITES, POINTS = 100, 100_000
SETTINGS = (
    *((10, radius) for radius in (5.5, 5.75, 6.0, 6.25)),
    *((15, radius) for radius in (4.0, 4.25, 4.5, 4.75, 5.0)),
    *((20, radius) for radius in (3.25, 3.5, 3.75, 4.0, 4.25)),
)
LARGE = ((10, 5.5), (15, 4.25), (20, 3.5))


def cpu():
    """Seconds that this process has used, and its ended children."""
    spent = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return np.array([used.ru_utime + used.ru_stime for used in spent])


def solved(city, opened, radius, threads):
    """Solve one setting; return its plan, wall seconds, and CPU seconds (ours, the solver's)."""
    begin, before = time.perf_counter(), cpu()
    plan = siting.solve_covering(
        city, radius=radius, sites=opened, gap=0.0, time_limit=600, threads=threads
    )
    return plan, time.perf_counter() - begin, cpu() - before


def exact(city, opened, radius):
    """Return the optimum by HiGHS on sets of sites found with plain numpy."""
    near = np.empty((len(city), city.sites), dtype=bool)
    for s in range(city.sites):
        near[:, s] = (
            np.sqrt((city.x - city.site_x[s]) ** 2 + (city.y - city.site_y[s]) ** 2) < radius
        )
    sets, group = np.unique(np.packbits(near, axis=1), axis=0, return_inverse=True)
    weight = np.bincount(group.ravel(), city.weight, len(sets))
    pattern = sparse.csr_array(np.unpackbits(sets, axis=1, count=city.sites).astype(np.float64))
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = sparse.hstack([-pattern, sparse.eye_array(len(sets))], format="csr")
    number = sparse.csr_array(np.concatenate([np.ones(city.sites), np.zeros(len(sets))])[None, :])
    found = milp(
        -np.concatenate([np.zeros(city.sites), weight]),
        integrality=np.concatenate([np.ones(city.sites), np.zeros(len(sets))]),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(rows, -np.inf, 0), LinearConstraint(number, -np.inf, opened)],
        options={"mip_rel_gap": 0.0, "time_limit": 1800},
    )
    assert found.status == 0, found.message
    return -found.fun


def small(seed, threads, check):
    city = published_city(SITES, POINTS, seed)
    head = "| R | open | classes | optimum | bound | s | merging | solving | CPU s | solver's |"
    print(f"\n### {SITES} sites, {POINTS:,} points, seed {seed}\n\n{head}" + " HiGHS |" * check)
    print("|---" * (10 + check) + "|")
    wall, spent = 0.0, np.zeros(2)
    for opened, radius in SETTINGS:
        plan, seconds, used = solved(city, opened, radius, threads)
        wall, spent = wall + seconds, spent + used
        cells = [
            *(f"{radius:g}", f"{opened}", f"{plan.classes:,}", f"{plan.objective:,.0f}"),
            *(f"{plan.bound:,.0f}", f"{seconds:.2f}", f"{plan.seconds['merge']:.2f}"),
            *(f"{plan.seconds['solve']:.2f}", f"{used.sum():.2f}", f"{used[1]:.2f}"),
        ]
        if check:
            optimum = round(exact(city, opened, radius))  # weights are whole numbers
            cells.append(f"{optimum:,}" + ("" if optimum == plan.objective else " differs"))
        print(f"| {' | '.join(cells)} |", flush=True)
    print(
        f"\nAll {len(SETTINGS)}: {wall:.1f} s, {spent.sum():.1f} CPU s ({spent[1]:.1f} the solver)"
    )


def large(millions, threads):
    city = published_city(SITES, millions * 1_000_000, 1)
    print(
        f"\n### {SITES} sites, {millions} million points, seed 1 (reading or making not counted)\n"
    )
    print("| R | open | classes | optimum | gap | s | merging | solving | recount | CPU s | MB |")
    print("|---" * 11 + "|")
    for opened, radius in LARGE:
        plan, seconds, used = solved(city, opened, radius, threads)
        took = plan.seconds
        print(
            f"| {radius:g} | {opened} | {plan.classes:,} | {plan.objective:,.0f} | {plan.gap:g}"
            f" | {seconds:.2f} | {took['merge']:.2f} | {took['solve']:.2f} | {took['recount']:.2f}"
            f" | {used.sum():.2f} | {plan.peak_memory_mb:,.0f} |",
            flush=True,
        )


def main(arguments):
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", default="1")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--check", action="store_true")
    asked.add_argument("--million", type=int, default=0)
    asked.add_argument("--write", type=Path)
    options = asked.parse_args(arguments)
    seeds = [int(word) for word in options.seeds.split(",")]
    if options.write is not None:
        options.write.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            name = f"GRID_MCLP_n{SITES}_m{POINTS}_d1_100_f1_1_s{seed}.dat"
            write_text(published_city(SITES, POINTS, seed), options.write / name)
        return
    siting.solve_covering(published_city(20, 300_000, 1), radius=4.0, sites=3, threads=2)
    print(machine(), versions(), commit(), sep="\n")
    for seed in seeds:
        small(seed, options.threads, options.check)
    if options.million:
        large(options.million, options.threads)


if __name__ == "__main__":
    main(sys.argv[1:])
