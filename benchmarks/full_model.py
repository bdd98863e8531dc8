"""Do the product, HiGHS, SCIP and a search over every plan agree on the full model?

    python benchmarks/full_model.py --each 5

Tries random tiny cities of every family of rows and every objective (those of tests/tiny_full.py)
and mixtures of several. Prints one line for each that differs and, at the end, the table that
stands in full_model.md. `siting.solve` runs at gap 0 with its default solver; HiGHS and SCIP get
the whole programme of each stage, unreduced.
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

from every_plan import best_stages
from full_families import FAMILIES, asked_of, mixture_of
from rules_tiny import problem_of
from tiny_full import Asked, scenario_of

import siting
from siting.errors import InfeasibleError, InputError, SitingError
from siting.plan.stages import stage_names
from siting.programme.stage import Kept, Stage
from siting.solve.runner import run

SOLVERS = ("highs", "scip")
MIXTURE = "mixtures of two or three"
TOLERANCE = 1e-6

Stages = list[tuple[str, float]] | None


@dataclass
class Tally:
    """What was counted so far; `wrong` should stay empty."""

    cities: Counter[str] = field(default_factory=Counter)
    feasible: Counter[str] = field(default_factory=Counter)
    agree: Counter[tuple[str, str]] = field(default_factory=Counter)
    objectives: Counter[tuple[str, str]] = field(default_factory=Counter)
    largest: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=5, help="cities of each family")
    parser.add_argument("--mixtures", type=int, default=40)
    parser.add_argument("--first", type=int, default=1000, help="number of the first city")
    parser.add_argument("--only", nargs="*", default=list(FAMILIES), help="families")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="start none later")
    arguments = parser.parse_args()
    tally = Tally()
    begun = time.monotonic()
    jobs = [(name, n) for n in range(arguments.each) for name in arguments.only]
    step = max(1, len(jobs) // max(1, arguments.mixtures))
    for n in range(arguments.mixtures):
        jobs.insert(min(len(jobs), n * (step + 1)), (MIXTURE, n))
    following: Counter[str] = Counter()  # the next number of each family: some fit no city
    for name, _ in jobs:
        if time.monotonic() - begun > arguments.seconds:
            break
        for _ in range(20):
            seed = arguments.first + following[name]
            following[name] += 1
            if one(name, seed, tally):
                break
    report(tally, time.monotonic() - begun)


def one(name: str, seed: int, tally: Tally) -> bool:
    """Compare one city; tell whether there was one."""
    asked = mixture_of(seed) if name == MIXTURE else asked_of(name, seed)
    if asked is None:
        return False
    try:
        every = best_stages(asked.city, asked.question)
        answers = {"siting.solve": product(asked)}
        answers |= {solver: whole(asked, solver) for solver in SOLVERS}
    except InputError:
        return False  # a lock on what is no option in this city
    except SitingError as error:
        tally.wrong.append(f"{name} {seed}: {type(error).__name__}: {str(error)[:200]}")
        print(tally.wrong[-1], flush=True)
        return True
    kind = asked.question.objective
    tally.cities[name] += 1
    tally.objectives[kind, "cities"] += 1
    tally.feasible[name] += every is not None
    tally.objectives[kind, "feasible"] += every is not None
    for who, found in answers.items():
        if same(who, found, every, kind, tally):
            tally.agree[name, who] += 1
            tally.objectives[kind, who] += 1
        else:
            tally.wrong.append(f"{name} {seed}, {who}: {found}, every plan {every}")
            print(tally.wrong[-1], flush=True)
    return True


def product(asked: Asked) -> Stages:
    """Return what the stages of a verified plan state, and demand a proof of each."""
    try:
        plan = siting.solve(asked.city, scenario_of(asked.question), gap=0.0, time_limit=60.0)
    except InfeasibleError:
        return None
    for stage in plan.document.stages:
        if stage.gap_abs is None or stage.gap_abs > TOLERANCE * max(1.0, abs(stage.objective)):
            return [(f"{stage.name} is not proved", float("nan"))]
    return [(stage.name, stage.objective) for stage in plan.document.stages]


def whole(asked: Asked, solver: str) -> Stages:
    """Return the optimum of each stage's whole programme; of worst-community the first only."""
    problem = problem_of(asked.city, asked.question)
    found: list[tuple[str, float]] = []
    kept: tuple[Kept, ...] = ()
    kind = asked.question.objective
    for name in stage_names(kind, asked.question.standard):
        word = {"coverage": "coverage", "grades": "grades", "cost": "cost"}.get(name)
        if kind == "worst-community":
            word = "worst"
        stage = Stage(kind=word, keep=kept) if word else Stage("class", class_name=name, keep=kept)
        programme = problem.staged(stage).programme
        outcome = run(programme, solver, time_limit=60.0, gap=0.0)
        if outcome.status == "infeasible" and not found:
            return None
        if outcome.status != "optimal" or outcome.vector is None:
            return [*found, (f"{name}: {outcome.status}", float("nan"))]
        value = float(programme.value @ outcome.vector)
        kept = (*kept, Kept(stage, value))
        found.append((name, -value if name == "cost" else value))
        if kind == "worst-community":
            break
    return found


def same(who: str, found: Stages, every: Stages, kind: str, tally: Tally) -> bool:
    if found is None or every is None:
        return found is every
    if kind == "worst-community":
        # levels in the search over every plan are one for each circle, stuck or not
        pairs = [(found[0], every[0])]
        if who == "siting.solve":
            pairs.append((found[-1], every[-1]))
    elif len(found) != len(every):
        return False
    else:
        pairs = list(zip(found, every, strict=True))
    differences = [abs(a - b) / max(1.0, abs(b)) for (_, a), (_, b) in pairs]
    tally.largest[who] = max(tally.largest.get(who, 0.0), *differences)
    return all(difference <= TOLERANCE for difference in differences)


def report(tally: Tally, seconds: float) -> None:
    names = ("siting", "highspy", "pyscipopt")
    who = ("siting.solve", *SOLVERS)
    print()
    print(", ".join(f"{name} {version(name)}" for name in names))
    total, feasible = sum(tally.cities.values()), sum(tally.feasible.values())
    print(f"{total} cities in {seconds:.0f} s: {feasible} feasible, {total - feasible} infeasible")
    for head, rows in (
        ("objective", [(k, tally.objectives) for k in OBJECTIVES]),
        ("family", [(k, None) for k in (*FAMILIES, MIXTURE)]),
    ):
        print()
        print(f"| {head} | cities | feasible | {' | '.join(who)} |")
        print("|---|" + "---:|" * (2 + len(who)))
        for name, of in rows:
            if of is None:
                cells = [tally.cities[name], tally.feasible[name]]
                cells += [tally.agree[name, w] for w in who]
            else:
                cells = [of[name, w] for w in ("cities", "feasible", *who)]
            print(f"| {name} | {' | '.join(map(str, cells))} |")
    print()
    said = ", ".join(f"{w} {tally.largest.get(w, 0.0):.1e}" for w in who)
    print(f"Largest relative difference from the search over every plan: {said}.")
    print(f"Disagreements: {len(tally.wrong)}")
    for line in tally.wrong:
        print(f"- {line}")


OBJECTIVES = ("coverage", "basic-first", "grades", "cost", "worst-community")

if __name__ == "__main__":
    main()
