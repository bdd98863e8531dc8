"""Run the ladder: generated cities, the whole command, wall time, gap and memory.

    python benchmarks/ladder.py village town --seeds 101 102 103 104 105

For each rung and seed the city is generated, solved once to fill the compiler's cache, and then
solved for the record by `siting solve` in a process of its own. Prints a table in Markdown.
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

from siting.generate.city import RUNGS, generate

# (time limit, gap) asked for at each rung
ASKED = {
    "village": ((5.0, 0.003), (30.0, 0.0)),
    "town": ((30.0, 0.0),),
    "district": ((60.0, 0.001),),
    "city": ((300.0, 0.001),),
}


def solve(city: Path, plan: Path, seconds: float, gap: float) -> tuple[float, dict[str, object]]:
    """Run the command and return its wall time and the plan's document."""
    begun = time.monotonic()
    command = ["-m", "siting.cli.main", "solve", str(city), "--quiet", "-o", str(plan)]
    limits = ["--time-limit", str(seconds), "--gap", str(gap)]
    subprocess.run([sys.executable, *command, *limits], check=True)
    return time.monotonic() - begun, json.loads((plan / "plan.json").read_text("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rungs", nargs="*", default=["village", "town"])
    parser.add_argument("--seeds", nargs="*", type=int, default=[101, 102, 103, 104, 105])
    chosen = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, ", end="")
    print(", ".join(f"{p} {version(p)}" for p in ("siting", "numpy", "pyscipopt", "numba")))
    for rung in chosen.rungs:
        for seconds, gap in ASKED[rung]:
            print(f"\n{rung}, --time-limit {seconds:g} --gap {gap:g}\n")
            print("| seed | wall s | solve s | gap % | status | stopped by | bound from | MB |")
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
                gaps.append(share)
                print(
                    f"| {seed} | {wall:.1f} | {said['seconds']['solve']:.1f} | {share:.4f} "
                    f"| {said['status']} | {said['stopped_by']} | {said['bound_source']} "
                    f"| {said['peak_memory_mb']:.0f} |",
                    flush=True,
                )
            print(f"\nmedian gap {statistics.median(gaps):.4f} %, worst {max(gaps):.4f} %")


if __name__ == "__main__":
    main()
