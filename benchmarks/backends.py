"""Compare the back ends on the whole programme, and with the search in cores, in one run.

    python benchmarks/backends.py --seconds 30 --seeds 101 102

Each back end gets the whole programme and the same greedy start; `cores` is what `siting solve`
does with the same time. Gaps are measured against the best bound known to anyone in the run.
Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from siting.api import read_city, resolve
from siting.errors import InputError
from siting.gaps.needs import find_needs, limits
from siting.generate.city import RUNGS, generate
from siting.programme.needs import merge_needs
from siting.solve.greedy import greedy
from siting.solve.problem import Problem
from siting.solve.runner import SOLVERS, prepare, run
from siting.solve.search import search
from siting.standard.model import Scenario
from siting.standard.options import find_options
from siting.standard.purses import find_purses
from siting.walk.walks import walk


def problem_of(folder: Path) -> Problem:
    """Return the problem that a city folder's own scenario states."""
    city = read_city(folder)
    question = resolve(city, Scenario())
    options = find_options(city, question)
    gaps = find_needs(city, question.standard)
    reach = walk(city, "space", limits(gaps.demands, gaps.groups), np.unique(options.space))
    purses = (
        find_purses(city, question, options, "capital"),
        find_purses(city, question, options, "subsidy_per_year"),
    )
    return Problem(city, options, merge_needs(gaps, options, reach), purses)


def by_cores(problem: Problem, seconds: float) -> tuple[float, float, float]:
    """Return objective, bound and seconds of the search in cores with SCIP."""
    begun = time.monotonic()
    with prepare("scip") as prepared:
        found = search(
            problem,
            prepared,
            time_limit=seconds,
            gap=0.0,
            threads=2,
            seed=0,
            on_event=lambda _: None,
            stop=None,
        )
    assert found.chosen is not None
    return problem.value(found.chosen), found.bound, time.monotonic() - begun


def by_back_end(problem: Problem, solver: str, seconds: float) -> tuple[float, float, float]:
    """Return objective, bound and seconds of one back end on the whole programme."""
    start = greedy(problem)
    assert start is not None
    outcome = run(
        problem.programme,
        solver,
        start=problem.vector(start),
        time_limit=seconds,
        gap=0.0,
        threads=2,
    )
    assert outcome.vector is not None
    value = float(problem.programme.value @ outcome.vector)
    return value, outcome.bound, outcome.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rungs", nargs="*", default=["village", "town"])
    parser.add_argument("--seeds", nargs="*", type=int, default=[101, 102])
    parser.add_argument("--seconds", type=float, default=30.0)
    chosen = parser.parse_args()
    print("| rung | seed | solver | s | own gap % | plan below best bound % |")
    print("|---|---|---|---|---|---|")
    for rung in chosen.rungs:
        for seed in chosen.seeds:
            places, spaces, types = RUNGS[rung]
            with tempfile.TemporaryDirectory() as folder:
                city = Path(folder) / "city"
                generate(city, places=places, spaces=spaces, types=types, seed=seed)
                problem = problem_of(city)
            results = {"cores (scip)": by_cores(problem, chosen.seconds)}
            for solver in SOLVERS:
                try:
                    results[solver] = by_back_end(problem, solver, chosen.seconds)
                except InputError as refusal:
                    print(f"| {rung} | {seed} | {solver} | refused: {refusal} | | |")
            best = min(bound for _, bound, _ in results.values())
            for name, (value, bound, seconds) in results.items():
                own = 100.0 * (bound - value) / value
                print(
                    f"| {rung} | {seed} | {name} | {seconds:.1f} | {own:.3f} "
                    f"| {100.0 * (best - value) / value:.3f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
