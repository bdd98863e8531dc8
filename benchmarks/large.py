"""Cities that are too large: what memory was guessed, what was taken, and what is refused.

    python benchmarks/large.py --places 2000000 --one-point
    python benchmarks/large.py --places 100000 1000000 2000000 5000000

For each number of places a city is generated (spaces and types as on the ladder's metropolis, at
the same density), or, with `--one-point`, all places stand at one point with 40 spaces around it,
and `siting solve` is run in a process of its own. Prints a table in Markdown; "guessed" is what
siting asks for beyond what it holds when it has found the needs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from siting.generate.city import RUNGS, generate

_CHILD = """
import importlib, sys
from siting import memory
from siting.cli.main import run
asked = memory.require_memory
size = importlib.import_module("siting.solve.size")
def require(need):
    print(f"guessed {need:.0f}", file=sys.stderr)
    asked(need)
size.require_memory = require
try:
    run(sys.argv[1:])
finally:
    print(f"taken {memory.peak_memory_mb(children=True):.0f}", file=sys.stderr)
"""


def one_point(folder: Path, places: int) -> None:
    """Write a city whose places all stand at one point."""
    folder.mkdir()
    at = np.zeros(places)
    people = {"id": [f"p{k}" for k in range(places)], "x": at, "y": at, "everyone": at + 1.0}
    pd.DataFrame({**people, "community": "C"}).to_csv(folder / "places.csv", index=False)
    x = np.arange(40.0)
    spaces = {"id": [f"s{k}" for k in range(40)], "x": x, "y": x, "area_m2": 150.0}
    pd.DataFrame({**spaces, "rent_m2_month": 0.0}).to_csv(folder / "spaces.csv", index=False)
    words = "".join(f'[{name}]\nfile = "{name}.csv"\n' for name in ("places", "spaces"))
    (folder / "city.toml").write_text(words, encoding="utf-8")
    asked = 'standard = "mofcom-2021"\n[budget]\ncapital = 5e6\nsubsidy_per_year = 5e5\n'
    (folder / "scenario.toml").write_text(asked, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", nargs="+", type=int, default=[100_000])
    parser.add_argument("--one-point", action="store_true")
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    print("| places | MB guessed | MB taken | s | exit code | said |\n|---|---|---|---|---|---|")
    for places in asked.places:
        with tempfile.TemporaryDirectory() as folder:
            city, plan = Path(folder) / "city", Path(folder) / "plan"
            if asked.one_point:
                one_point(city, places)
            else:
                most, spaces, types = RUNGS["metropolis"]
                generate(city, places=places, spaces=spaces * places // most, types=types, seed=1)
            begun = time.monotonic()
            command = [sys.executable, "-c", _CHILD, "solve", str(city), "-o", str(plan)]
            limits = ["--time-limit", str(asked.seconds), "--quiet", "--lang", "en"]
            ended = subprocess.run([*command, *limits], capture_output=True, text=True, check=False)
            wall = time.monotonic() - begun
        lines = ended.stderr.splitlines()
        told = dict(line.split() for line in lines if line.startswith(("guessed ", "taken ")))
        said = "; ".join(line for line in lines if not line.startswith(("guessed ", "taken ")))
        figures = f"{told.get('guessed', '-')} | {told.get('taken', '-')}"
        print(f"| {places:,} | {figures} | {wall:.0f} | {ended.returncode} | {said} |", flush=True)


if __name__ == "__main__":
    main()
