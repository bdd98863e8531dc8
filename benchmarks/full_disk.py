"""Write plans on a disk that is really full: does the old plan always stand?

    python benchmarks/full_disk.py FOLDER [--step 8192]

FOLDER lies on a small disk of its own (`mount -t tmpfs -o size=3m tmpfs FOLDER`). A plan is saved
there. Then the disk is filled until so many bytes are free, from 0 in steps, and another plan is
saved over it, until one fits. After each the folder must hold one of the two plans, whole, and
nothing beside it. Prints what the refusals said, and ends with 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import siting
from siting.errors import InputError, SitingError
from siting.generate.city import generate


def free(folder: Path) -> int:
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--step", type=int, default=8192)
    asked = parser.parse_args()
    said: Counter[str] = Counter()
    wrong = []
    folder, fill = asked.folder / "plan", asked.folder / "fill"
    with tempfile.TemporaryDirectory() as name:
        city = Path(name) / "city"
        generate(city, places=60, spaces=12, types=8, seed=2)
        plan = siting.solve(siting.read_city(city), siting.Scenario())
        other = replace(plan, document=plan.document.model_copy(update={"seed": 7}))
        plan.save(folder)
        room = free(asked.folder)
        for leave in range(0, room, asked.step):
            with fill.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, room - leave)
            try:
                other.save(folder)
                done = True
            except InputError as refused:
                said[refused.notices[0].values["reason"]] += 1
                done = False
            fill.unlink()
            left = sorted(path.name for path in asked.folder.iterdir())
            try:
                siting.verify(folder)
                stands = siting.read_plan(folder).document.seed
            except SitingError as fault:
                stands = str(fault)
            if left != ["plan"] or stands != (7 if done else 0):
                wrong.append(f"{leave} bytes free: {left}, {stands}")
            if done:
                break
    print(f"{sum(said.values())} amounts of free space, in steps of {asked.step} bytes: refused")
    for reason, count in said.most_common():
        print(f"{count:5}  {reason}")
    print(f"saved at {leave} bytes free: {done}. Wrong: {wrong or 'none'}")
    raise SystemExit(bool(wrong) or not done)


if __name__ == "__main__":
    main()
