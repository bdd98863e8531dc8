"""What becomes of a run under every limit of memory: done, refused in words, or no memory in words?

    python benchmarks/memory_limits.py --rung village --kind address --most 4000 --step 250

A city is generated, or `--city` names one. Then the command is run again and again in a process
that may have so many MB of addresses (`ulimit -v`) or of data (`ulimit -d`), from `--least` to
`--most` in steps. It must end with 0, or in one line with 2 (refused) or 1 (no memory), and leave
no plan that does not verify. Prints one line a limit, and ends with 1 if anything ended otherwise.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import siting
from siting.errors import SitingError
from siting.generate.city import RUNGS, generate

KINDS = {"address": resource.RLIMIT_AS, "data": resource.RLIMIT_DATA}
_LONGEST = 100
_PATIENCE = 150.0


def under(
    kind: str, most_mb: int, arguments: list[str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run the command under a limit."""
    limit = most_mb * 2**20
    environment = {**os.environ, "COLUMNS": "0"}  # a line is one line, however long
    return subprocess.run(
        [sys.executable, "-m", "siting.cli.start", *arguments],
        preexec_fn=lambda: resource.setrlimit(KINDS[kind], (limit, limit)),
        capture_output=True,
        env=environment,
        text=True,
        errors="replace",
        check=False,
        timeout=seconds,
    )


def in_words(ended: subprocess.CompletedProcess[str]) -> bool:
    """Tell whether a run ended as it should; the hint at ``--debug`` may follow the one line."""
    lines = [line for line in ended.stderr.splitlines() if "--debug" not in line]
    return ended.returncode == 0 or (ended.returncode in (1, 2) and len(lines) == 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--city", type=Path)
    parser.add_argument("--rung", default="village", choices=tuple(RUNGS))
    parser.add_argument("--command", default="solve", choices=("solve", "check", "gaps"))
    parser.add_argument("--kind", default="address", choices=tuple(KINDS))
    parser.add_argument("--least", type=int, default=250)
    parser.add_argument("--most", type=int, default=3000)
    parser.add_argument("--step", type=int, default=250)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    wrong = 0
    print("| MB | exit code | s | said |\n|---:|---:|---:|---|")
    with tempfile.TemporaryDirectory() as folder:
        city, plan = asked.city, Path(folder) / "plan"
        if city is None:
            city = Path(folder) / "city"
            places, spaces, types = RUNGS[asked.rung]
            generate(city, places=places, spaces=spaces, types=types, seed=101)
        arguments = [asked.command, str(city), "--quiet", "--lang", "en"]
        if asked.command == "solve":
            arguments += ["-o", str(plan), "--time-limit", str(asked.seconds)]
        for limit in range(asked.least, asked.most + 1, asked.step):
            begun = time.monotonic()
            try:
                ended = under(asked.kind, limit, arguments, _PATIENCE)
            except subprocess.TimeoutExpired:
                ended = subprocess.CompletedProcess((), -9, "", "does not end")
            wall = time.monotonic() - begun
            said = ended.stderr.strip().splitlines()
            first = said[0][:_LONGEST] if said else ""
            fault = "" if in_words(ended) else f" **{len(said)} lines**"
            if plan.exists():
                try:
                    siting.verify(siting.read_plan(plan))
                except (SitingError, OSError) as error:
                    fault += f" **{error}**"
                shutil.rmtree(plan)
            wrong += bool(fault)
            print(f"| {limit} | {ended.returncode} | {wall:.0f} | {first}{fault} |", flush=True)
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
