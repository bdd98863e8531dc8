"""Do all solvers, an exhaustive search and `verify` agree? A campaign on random tiny cities.

    python benchmarks/agreement.py --cities 200

Prints one line a city and, at the end, the table that stands in agreement.md. The cities are those
of tests/tiny.py, of which the tests try the first forty.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from tiny import FAMILIES, choices, exhaustive, scenario_of, tiny_city
from tiny_plan import changes, problem_of

import siting
from siting.errors import InfeasibleError, InputError
from siting.solve.runner import SOLVERS, run
from siting.standard.options import find_options
from siting.verify.check import verify

MOST_CHOICES = 100_000


@dataclass
class Tally:
    """What was counted so far; `wrong` should stay empty."""

    feasible: int = 0
    infeasible: int = 0
    worthless: int = 0
    second_forms: int = 0
    binding: Counter[str] = field(default_factory=Counter)
    looked_at: Counter[str] = field(default_factory=Counter)
    largest: dict[str, float] = field(default_factory=dict)
    carried: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    changes: int = 0
    wrong: list[str] = field(default_factory=list)

    def differ(self, name: str, difference: float) -> None:
        self.largest[name] = max(self.largest.get(name, 0.0), difference)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cities", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    tally = Tally()
    begun = time.monotonic()
    for seed in range(arguments.first, arguments.first + arguments.cities):
        before = len(tally.wrong)
        one(seed, tally)
        said = "; ".join(tally.wrong[before:]) or "agrees"
        print(f"{seed}: {said} ({time.monotonic() - begun:.0f} s)", flush=True)
    report(tally, arguments.cities, time.monotonic() - begun)


def one(seed: int, tally: Tally) -> None:
    city, question = tiny_city(seed)
    best = exhaustive(city, question)
    options = find_options(city, question)
    if best.value is None:
        tally.infeasible += 1
    else:
        tally.feasible += 1
        tally.worthless += best.value == 0.0
    tally.second_forms += len({*zip(options.space, options.type, strict=True)}) < len(options)
    for family in FAMILIES:
        if choices(city, options, (family,)) <= MOST_CHOICES:
            tally.looked_at[family] += 1
            freed = exhaustive(city, question, (family,)).value
            tally.binding[family] += freed != best.value
    whole_job(seed, city, question, best.value, tally)
    programme = problem_of(city, question).programme
    for solver in SOLVERS:
        try:
            outcome = run(programme, solver, time_limit=60.0, gap=0.0)
        except InputError:
            tally.refused[solver] += 1
            continue
        tally.carried[solver] += 1
        if best.value is None:
            if outcome.status != "infeasible":
                tally.wrong.append(f"{seed}, {solver}: {outcome.status}, not infeasible")
            continue
        if outcome.status != "optimal" or outcome.vector is None:
            tally.wrong.append(f"{seed}, {solver}: {outcome.status} {outcome.message}")
            continue
        for what, value in (
            ("plan", float(programme.value @ outcome.vector)),
            ("bound", outcome.bound),
        ):
            compare(seed, f"{solver}, {what}", value, best.value, tally)


def whole_job(seed: int, city, question, best: float | None, tally: Tally) -> None:
    try:
        plan = siting.solve(city, scenario_of(question), gap=0.0, time_limit=60.0)
    except InfeasibleError as error:
        if best is not None or error.exit_code != 3:
            tally.wrong.append(f"{seed}: solve says infeasible, search {best}")
        return
    if best is None or plan.document.bound is None:
        tally.wrong.append(f"{seed}: search says infeasible, solve {plan.document.objective}")
        return
    compare(seed, "siting.solve, plan", plan.document.objective, best, tally)
    compare(seed, "siting.solve, bound", plan.document.bound, best, tally)
    if verify(plan.document, city, plan.certificate):
        tally.wrong.append(f"{seed}: verify rejects the plan")
    for name, document in changes(plan.document, city):
        tally.changes += 1
        if not verify(document, city, plan.certificate):
            tally.wrong.append(f"{seed}: verify accepts {name}")


def compare(seed: int, name: str, value: float, best: float, tally: Tally) -> None:
    difference = abs(value - best) / max(1.0, best)
    tally.differ(name, difference)
    if not difference <= 1e-6:
        tally.wrong.append(f"{seed}, {name}: {value}, search {best}")


def report(tally: Tally, cities: int, seconds: float) -> None:
    names = ("siting", "highspy", "pyscipopt", "ortools", "pulp")
    print()
    print(", ".join(f"{name} {version(name)}" for name in names))
    print(f"{cities} cities in {seconds:.0f} s: {tally.feasible} feasible, ", end="")
    print(f"{tally.infeasible} infeasible, {tally.worthless} with nothing to gain, ", end="")
    print(f"{tally.second_forms} with second, exclusive options")
    print()
    print("| rule | cities in which it changes the optimum | looked at |")
    print("|---|---:|---:|")
    for family in FAMILIES:
        print(f"| {family} | {tally.binding[family]} | {tally.looked_at[family]} |")
    print()
    print("| against the exhaustive search | largest relative difference | carried | refused |")
    print("|---|---:|---:|---:|")
    for name, difference in tally.largest.items():
        solver = name.split(",")[0]
        carried = tally.carried[solver] or cities
        print(f"| {name} | {difference:.1e} | {carried} | {tally.refused[solver]} |")
    print()
    accepted = sum("verify accepts" in line for line in tally.wrong)
    print(f"Plans with one thing changed: {tally.changes}, rejected {tally.changes - accepted}.")
    print(f"Disagreements: {len(tally.wrong)}")
    for line in tally.wrong:
        print(f"- {line}")


if __name__ == "__main__":
    main()
