"""Is the engine right, whichever way it runs? A campaign on random small cities.

    python benchmarks/engine.py --cities 500

Each city (tests/engine_cities.py) is solved to its proof by one of the engine's ways and stopped
early by others (tests/engine_ways.py). No bound may be below the exact optimum of its stage and no
plan above it (tests/engine_exact.py); every plan must be verified as it was written; and every plan
or certificate changed so that it states what it does not prove must be refused
(tests/engine_tampered.py). Prints one line for each disagreement and, at the end, the tables that
stand in engine.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from engine_cities import KINDS, Case, case_of, features
from engine_tampered import exact_bound, tampered, written
from engine_ways import Compared, Ran, Way, compared, run, ways

import siting
from siting.errors import InputError, VerificationError
from siting.verify.check import verify

if TYPE_CHECKING:
    from siting.plan.model import Plan

SAVED = 10  # of so many generated towns one has its whole plan folder written and verified


@dataclass
class Tally:
    """What was counted so far; `wrong` should stay empty."""

    cities: Counter[tuple[str, str]] = field(default_factory=Counter)
    features: Counter[str] = field(default_factory=Counter)
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    threads: Counter[int] = field(default_factory=Counter)
    ways: Counter[tuple[str, str]] = field(default_factory=Counter)
    unproved: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    past: dict[str, float] = field(default_factory=dict)
    verified: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Counter[tuple[bool, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    wrong: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Record a disagreement and print it."""
        self.wrong.append(line)
        print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cities", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="number of the first city")
    parser.add_argument("--hasty", type=int, default=2, help="runs stopped early for each city")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="start none later")
    parser.add_argument("--time-limit", type=float, default=600.0, help="of a run to its proof")
    arguments = parser.parse_args()
    tally = Tally()
    begun = time.monotonic()
    for number in range(arguments.first, arguments.first + arguments.cities):
        if time.monotonic() - begun > arguments.seconds:
            break
        with tempfile.TemporaryDirectory() as folder:
            try:
                city(number, Path(folder), arguments, tally)
            except Exception:  # a crash is a finding; the campaign goes on
                tally.say(f"{number}: {traceback.format_exc()}")
        done = number - arguments.first + 1
        if done % 25 == 0:
            seconds = time.monotonic() - begun
            print(f"({done} cities, {seconds:.0f} s, {len(tally.wrong)} wrong)", flush=True)
    report(tally, time.monotonic() - begun, sum(os.times()[:4]))


def city(number: int, folder: Path, arguments: argparse.Namespace, tally: Tally) -> None:
    """Solve one city by several ways and compare."""
    case = case_of(number, folder)
    draw = Random(f"ways/{number}")
    proving, hasty = ways(draw)
    turn = number // len(KINDS) + number % len(KINDS)
    chosen = [_nth(proving, turn)]
    chosen += [_nth(hasty, turn * arguments.hasty + k) for k in range(arguments.hasty)]
    known = None
    for k, (name, way) in enumerate(chosen):
        threads, seed = 1 + (number + k) % 2, draw.randrange(10_000)
        limit = arguments.time_limit
        ran = run(case, way, threads=threads, seed=seed, time_limit=limit, known=known)
        where = f"{case.name}, {name}, seed {seed}, {threads} threads"
        tally.runs[name, ran.ended if len(ran.ended) < 12 else "fault"] += 1
        tally.threads[threads] += 1
        if ran.plan is not None:
            tally.ways[name, ran.plan.document.software["search"]] += 1
            tally.unproved[name] += ran.plan.document.status == "feasible"
        compare(case, ran, where, tally, proving=k == 0)
        if ran.plan is not None:
            check(case, ran, folder / f"plan-{k}", where, draw, tally)
        if way.knows and known is not None and ran.plan is not None:
            worse(ran.plan, known, where, tally)
        known = known or ran.plan
        if k == 0:
            tally.cities[case.kind, ran.ended] += 1
            tally.features.update(features(case))
        if ran.ended == "infeasible":
            break  # the other ways would only prove it again
    if ran.plan is not None and case.city.path is not None and number % SAVED == 0:
        save(ran, folder / "saved", f"{case.name}, folder", tally)


def worse(plan: Plan, known: Plan, where: str, tally: Tally) -> None:
    """Tell of a plan that is worth less than the one the search began with."""
    for mine, given in zip(plan.document.stages, known.document.stages, strict=False):
        lost = given.objective - mine.objective
        lost = -lost if mine.sense == "min" else lost
        if lost > 1e-9 * max(1.0, abs(given.objective)):
            tally.say(f"{where}: {mine.name} of {mine.objective}, begun with {given.objective}")
        if lost != 0.0:
            return


def _nth(ways: dict[str, Way], k: int) -> tuple[str, Way]:
    return [*ways.items()][k % len(ways)]


def compare(case: Case, ran: Ran, where: str, tally: Tally, *, proving: bool) -> None:
    for found in compared(case, ran, proving=proving):
        if isinstance(found, Compared):
            tally.compared[found.what] += 1
            tally.past[found.what] = max(tally.past.get(found.what, 0.0), found.past)
            if found.past > found.allowed:
                tally.say(f"{where}: {found.said}")
        else:
            tally.say(f"{where}: {found}")


def check(case: Case, ran: Ran, folder: Path, where: str, draw: Random, tally: Tally) -> None:
    """Verify a plan as it was written, and with each of many things changed."""
    document, certificate = written(ran.plan, folder)
    notices = verify(document, case.city, certificate)
    tally.verified["accepted" if not notices else "refused"] += 1
    if notices:
        tally.say(f"{where}: refused as written: {[n.line() for n in notices]}")
    for name, kept in certificate.items():
        (stated,) = (s.certified_bound for s in document.stages if s.name == name)
        tally.verified["certified bounds not below those in fractions"] += 1
        if exact_bound(case, name, kept) > stated:
            tally.say(f"{where}: {name} states {stated!r}, which its multipliers do not prove")
    for one in tampered(case, document, certificate, draw, folder):
        tally.refused[one.what][one.false, one.refused] += 1
        if one.false and not one.refused:
            tally.say(f"{where}: accepted although {one.what} was changed; {one.detail}")


def save(ran: Ran, folder: Path, where: str, tally: Tally) -> None:
    """Write the whole plan folder and verify it from its files."""
    ran.plan.save(folder)
    try:
        siting.verify(folder)
        tally.verified["folders accepted"] += 1
    except (VerificationError, InputError) as error:
        tally.say(f"{where}: {[n.line() for n in error.notices]}")


def report(tally: Tally, seconds: float, cpu: float) -> None:
    names = ("siting", "highspy", "pyscipopt")
    total = sum(tally.cities.values())
    runs = sum(tally.runs.values())
    print()
    print(", ".join(f"{name} {version(name)}" for name in names))
    print(
        f"{total} cities, {runs} runs in {seconds:.0f} s ({cpu:.0f} s of CPU); ",
        end="",
    )
    print(", ".join(f"{n} on {threads} threads" for threads, n in sorted(tally.threads.items())))
    _cities(tally)
    _ways(tally)
    print()
    print("| against the exact best | compared | furthest on the wrong side, relative |")
    print("|---|---:|---:|")
    for name, count in tally.compared.items():
        print(f"| {name} | {count} | {max(0.0, tally.past[name]):.1e} |")
    print()
    said = ", ".join(f"{n} {word}" for word, n in tally.verified.items())
    print(f"Plans verified as written: {said}.")
    print()
    print("| changed | false, refused | false, accepted | no harm, refused | no harm, accepted |")
    print("|---|---:|---:|---:|---:|")
    cells = [(True, True), (True, False), (False, True), (False, False)]
    for name, counts in tally.refused.items():
        print(f"| {name} | {' | '.join(str(counts[cell]) for cell in cells)} |")
    sums = [sum(counts[cell] for counts in tally.refused.values()) for cell in cells]
    print(f"| all | {' | '.join(map(str, sums))} |")
    print()
    print(f"Disagreements: {len(tally.wrong)}")
    for line in tally.wrong:
        print(f"- {line}")


def _cities(tally: Tally) -> None:
    print()
    print("| cities | feasible | infeasible |")
    print("|---|---:|---:|")
    for kind in dict.fromkeys(KINDS):
        print(f"| {kind} | {tally.cities[kind, 'plan']} | {tally.cities[kind, 'infeasible']} |")
    print()
    print("Cities with " + ", ".join(f"{n} {c}" for n, c in tally.features.most_common()) + ".")


def _ways(tally: Tally) -> None:
    print()
    print("| way | runs | plans | whole | cores | parts | not proved | infeasible | no plan |")
    print("|---|" + "---:|" * 8)
    for name in [name for group in ways(Random(0)) for name in group]:
        of = {ended: n for (way, ended), n in tally.runs.items() if way == name}
        by = [tally.ways[name, word] for word in ("whole", "cores", "parts")]
        ended = [of.get(word, 0) for word in ("infeasible", "no plan")]
        cells = [sum(of.values()), of.get("plan", 0), *by, tally.unproved[name], *ended]
        print(f"| {name} | {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()
