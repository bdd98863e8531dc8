"""Does `verify` notice every single change to a plan folder or to its city? A campaign.

    python benchmarks/mutations.py --cities 3 --seed 1

Solves every question of tests/mutant_plans.py in small random cities, walks every leaf of
plan.json, every column of the tables, layers, sheets and maps, every array of the certificate and
every column of the city's files, and changes one thing at a time. Prints each change that verify
accepts without a written reason, and the table that stands in docs/reliability.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from mutant_campaign import CAUGHT, SAME, SURVIVED, read_case, trials
from mutant_plans import QUESTIONS, write_city, write_plan

from siting.errors import SitingError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cities", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=1, help="changes of each kind in a plan")
    parser.add_argument("--share", type=float, default=1.0, help="of the changes that are tried")
    parser.add_argument("--only", nargs="*", default=list(QUESTIONS), help="questions")
    parser.add_argument("--where", default="", help="only kinds that begin so")
    arguments = parser.parse_args()
    begun = time.monotonic()
    answers: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    plans = 0
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(arguments.cities):
            city = write_city(Path(scratch) / f"city{number}", number)
            for name in arguments.only:
                try:
                    folder = write_plan(city, name, Path(scratch) / f"{name}{number}")
                except SitingError as error:
                    print(f"city {number}, {name}: no plan: {str(error).splitlines()[0]}")
                    continue
                plans += 1
                case = read_case(folder, city)
                draw = Random(f"{arguments.seed}/{number}/{name}")
                work = Path(scratch) / "work"
                asked = {"each": arguments.each, "where": arguments.where}
                chance = Random(f"share/{arguments.seed}/{number}/{name}")
                for trial in trials(case, draw, work, **asked):
                    if chance.random() >= arguments.share:
                        continue
                    said = answer(trial)
                    answers[trial.kind][said] += 1
                    if said not in (CAUGHT, SAME) and said.startswith((SURVIVED, "crashed")):
                        print(f"city {number}, {name}: {': '.join(trial.kind)}: {said}")
                print(f"city {number}, {name}: {time.monotonic() - begun:.0f} s", flush=True)
    report(answers, plans, time.monotonic() - begun)


def answer(trial) -> str:
    try:
        return trial.answer()
    except Exception as error:
        return f"crashed, {type(error).__name__}: {error}"


def report(answers: dict[tuple[str, str], Counter[str]], plans: int, seconds: float) -> None:
    """Print what became of the changes, by file, and why some are harmless."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: Counter[str] = Counter()
    for (where, _), said in answers.items():
        file = where.split("/")[0]
        tried = sum(n for word, n in said.items() if word != SAME)
        if not tried:
            continue
        bad = sum(n for word, n in said.items() if word.startswith((SURVIVED, "crashed")))
        kinds[file]["all"] += 1
        kinds[file]["caught" if said[CAUGHT] == tried else "harmless" if not bad else "bad"] += 1
        changes[file]["all"] += tried
        changes[file]["caught"] += said[CAUGHT]
        changes[file]["bad"] += bad
        for word, n in said.items():
            if word not in (CAUGHT, SAME) and not word.startswith((SURVIVED, "crashed")):
                changes[file]["harmless"] += n
                reasons[f"{file}: {word}"] += n
    print()
    print(f"{plans} plans, {seconds:.0f} s")
    print()
    print("| changed | kinds | always caught | changes | caught | harmless | accepted |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    total: Counter[str] = Counter()
    for file in changes:
        row = changes[file]
        total.update(row)
        total["kinds"] += kinds[file]["all"]
        total["always"] += kinds[file]["caught"]
        cells = (kinds[file]["all"], kinds[file]["caught"])
        print(line(file, *cells, row["all"], row["caught"], row["harmless"], row["bad"]))
    cells = (total["kinds"], total["always"], total["all"], total["caught"])
    print(line("all", *cells, total["harmless"], total["bad"]))
    print()
    print("| harmless | changes |")
    print("|---|---:|")
    for word, n in reasons.most_common():
        print(line(word, n))


def line(*cells: object) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(f"{c:,}" if isinstance(c, int) else str(c) for c in cells) + " |"


if __name__ == "__main__":
    main()
