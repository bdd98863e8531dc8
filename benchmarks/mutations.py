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
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from mutant_campaign import CAUGHT, SAME, SURVIVED, read_case, trials
from mutant_plans import QUESTIONS, write_city, write_plan

from siting.errors import SitingError

Answers = dict[tuple[str, str], Counter[str]]
"""How often each kind of change got which answer."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cities", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=1, help="changes of each kind in a plan")
    parser.add_argument("--share", type=float, default=1.0, help="of the changes that are tried")
    parser.add_argument("--only", nargs="*", default=list(QUESTIONS), help="questions")
    parser.add_argument("--where", default="", help="only kinds that begin so")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    begun = time.monotonic()
    answers: Answers = defaultdict(Counter)
    plans = 0
    # processes that begin afresh: solvers have threads, which a fork would not carry along
    fresh = get_context("spawn")
    with ProcessPoolExecutor(arguments.processes, fresh) as pool:
        asked = [(n, name) for n in range(arguments.cities) for name in arguments.only]
        for done in as_completed([pool.submit(one_plan, *pair, arguments) for pair in asked]):
            found, told = done.result()
            plans += bool(found)
            for kind, said in found.items():
                answers[kind].update(said)
            print("\n".join(told), f"after {time.monotonic() - begun:.0f} s", flush=True)
    report(answers, plans, time.monotonic() - begun)


def one_plan(number: int, name: str, arguments: argparse.Namespace) -> tuple[Answers, list[str]]:
    """Try the changes of one plan; return the answers, and what a person should look at."""
    answers: Answers = defaultdict(Counter)
    title = f"city {number}, {name}"
    begun, told = time.process_time(), []
    with tempfile.TemporaryDirectory() as scratch:
        city = write_city(Path(scratch) / "city", number)
        try:
            folder = write_plan(city, name, Path(scratch) / "plan")
        except SitingError as error:
            return {}, [f"{title}: no plan: {str(error).splitlines()[0]}"]
        case, work = read_case(folder, city), Path(scratch) / "work"
        draw, chance = (Random(f"{w}{arguments.seed}/{number}/{name}") for w in ("", "share/"))
        for trial in trials(case, draw, work, each=arguments.each, where=arguments.where):
            if chance.random() >= arguments.share:
                continue
            said = answer(trial)
            answers[trial.kind][said] += 1
            if said.startswith((SURVIVED, "crashed")):
                told.append(f"{title}: {', '.join(trial.kind)}: {said}")
    tried = sum(map(Counter.total, answers.values()))
    return answers, [*told, f"{title}: {tried} changes, {time.process_time() - begun:.0f} s"]


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
