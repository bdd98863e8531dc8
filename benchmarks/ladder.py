"""Run the ladder: generated cities, the whole command, wall time, gap and memory.

    python benchmarks/ladder.py village town --seeds 101 102 103 104 105

For each rung and seed the city is generated, solved once to fill the compiler's cache, and then
solved for the record by `siting solve` in a process of its own. "First plan" is the time from the
programme being built to the first plan, "before" what passes before it is built (reading, walking,
gaps, programme). `--seconds` asks another limit of every rung named. Prints tables in Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from siting.generate.city import RUNGS, generate

# (time limit, gap) asked for at each rung
ASKED = {
    "village": ((5.0, 0.003), (30.0, 0.0)),
    "town": ((30.0, 0.0),),
    "district": ((60.0, 0.001),),
    "city": ((300.0, 0.001),),
    "metropolis": ((1200.0, 0.001),),
}


def solve(city: Path, plan: Path, seconds: float, gap: float) -> tuple[float, dict[str, Any]]:
    """Run the command; return its wall time and the plan's document, with the stream's times."""
    stream = plan.with_name("progress.jsonl")
    begun = time.monotonic()
    command = ["-m", "siting.cli.main", "solve", str(city), "--quiet", "-o", str(plan)]
    limits = ["--time-limit", str(seconds), "--gap", str(gap), "--progress", str(stream)]
    subprocess.run([sys.executable, *command, *limits], check=True)
    wall = time.monotonic() - begun
    said = [json.loads(line) for line in stream.read_text("utf-8").splitlines()]
    built = next(one["seconds"] for one in said if one["stage"] == "solve")
    first = next(one["seconds"] for one in said if one["incumbent"] is not None)
    document = json.loads((plan / "plan.json").read_text("utf-8"))
    return wall, {**document, "built": built, "first": first - built}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rungs", nargs="*", default=["village", "town"])
    parser.add_argument("--seeds", nargs="*", type=int, default=[101, 102, 103, 104, 105])
    parser.add_argument("--seconds", type=float)
    chosen = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, ", end="")
    print(", ".join(f"{p} {version(p)}" for p in ("siting", "numpy", "pyscipopt", "numba")))
    for rung in chosen.rungs:
        for seconds, gap in ((chosen.seconds, 0.001),) if chosen.seconds else ASKED[rung]:
            print(f"\n{rung}, --time-limit {seconds:g} --gap {gap:g}\n")
            print("| seed | before s | first plan s | wall s ", end="")
            print("| gap % | certified % | stopped by | MB |")
            print("|---|---|---|---|---|---|---|---|")
            gaps = []
            for seed in chosen.seeds:
                with tempfile.TemporaryDirectory() as folder:
                    places, spaces, types = RUNGS[rung]
                    city, plan = Path(folder) / "city", Path(folder) / "plan"
                    generate(city, places=places, spaces=spaces, types=types, seed=seed)
                    if not gaps:
                        solve(city, plan, min(seconds, 10.0), 0.05)
                    wall, said = solve(city, plan, seconds, gap)
                share = 100.0 * float(said["gap"])
                sure = said["certified_gap"]
                gaps.append(share)
                print(
                    f"| {seed} | {said['built']:.1f} | {said['first']:.1f} | {wall:.1f} "
                    f"| {share:.4f} | {'none' if sure is None else f'{100 * float(sure):.4f}'} "
                    f"| {said['stopped_by']} | {said['peak_memory_mb']:.0f} |",
                    flush=True,
                )
            print(f"\nmedian gap {statistics.median(gaps):.4f} %, worst {max(gaps):.4f} %")


if __name__ == "__main__":
    main()
