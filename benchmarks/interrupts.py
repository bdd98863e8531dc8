"""Kill and interrupt runs at random moments: is a whole plan always there?

    python benchmarks/interrupts.py --times 20

A generated town is solved once. Then `siting solve` writes the same plan folder again and again and
is ended at a random moment: by SIGKILL, after which the folder must hold a whole plan that
verifies; by SIGINT or SIGTERM, after which the command must end with 0 and a plan that verifies, or
with 130 before it had one, and then the old plan must still verify. Before Python has read the
command at all (`--early` seconds) the system's own way of ending counts too. What a killed run
leaves beside the plan is counted. Prints one line a run and a summary, and ends with 1 if anything
was wrong.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import siting
from siting.errors import SitingError
from siting.generate.city import RUNGS, generate


def solve(city: Path, plan: Path, seconds: float) -> subprocess.Popen[bytes]:
    """Start the command in a process group of its own."""
    command = [sys.executable, "-m", "siting.cli.start", "solve", str(city), "--quiet"]
    limits = ["--time-limit", str(seconds), "--gap", "0", "-o", str(plan)]
    return subprocess.Popen([*command, *limits], start_new_session=True)


def whole(plan: Path) -> str:
    """Return "" where the folder holds a plan that verifies, else what is wrong."""
    try:
        siting.verify(siting.read_plan(plan))
    except (SitingError, OSError, ValueError) as fault:
        return f"{type(fault).__name__}: {fault}"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--rung", default="town", choices=tuple(RUNGS))
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--early", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    ended: Counter[str] = Counter()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        places, spaces, types = RUNGS[asked.rung]
        city, plan = Path(folder) / "city", Path(folder) / "plan"
        generate(city, places=places, spaces=spaces, types=types, seed=101)
        begun = time.monotonic()
        if solve(city, plan, asked.seconds).wait():
            raise SystemExit("the first run failed")
        lasts = time.monotonic() - begun
        for kind in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
            for turn in range(asked.times):
                moment = draw.uniform(0.05, lasts)
                running = solve(city, plan, asked.seconds)
                try:
                    code = running.wait(moment)
                except subprocess.TimeoutExpired:
                    running.send_signal(kind)
                    code = running.wait(60.0)
                fault = whole(plan)
                allowed = {0, -kind} if kind == signal.SIGKILL else {0, 130}
                allowed |= {-kind} if moment < asked.early else set()
                if code not in allowed:
                    fault = f"exit code {code}; {fault}"
                ended[f"{kind.name}, exit {code}"] += 1
                print(f"{kind.name} {turn + 1} after {moment:.2f} s: {code} {fault}", flush=True)
                wrong += [fault] if fault else []
        left = sorted(p.name for p in Path(folder).iterdir() if p not in (city, plan))
    print(f"\nA run lasts {lasts:.1f} s. " + ", ".join(f"{k}: {n}" for k, n in ended.items()))
    print(f"Left beside the plan: {left or 'nothing'}. Wrong: {len(wrong)}")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
