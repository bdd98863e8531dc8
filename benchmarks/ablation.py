"""What each technique of the search is worth: gap against time with each one switched off.

    python benchmarks/ablation.py district --seeds 201 202 --seconds 60

Every variant solves the same generated city for as many seconds, alone on the machine. The gap is
that of the variant's plan to the best bound of any variant; in brackets that to its own bound.
Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

import siting
from siting.api import resolve
from siting.generate.city import RUNGS, generate
from siting.solve.solve import solve_question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from siting.solve.progress import Progress

SEARCH = "siting.solve.search"
SHARES = (0.25, 0.5, 0.75, 1.0)


def module(name: str) -> Any:
    """Return a loaded module by name: `siting.solve` itself is hidden by the function."""
    return sys.modules[name]


def without_moves() -> list[Any]:
    return [patch.object(module(SEARCH), "_MOVES", 0)]


def without_chains() -> list[Any]:
    """What a random move displaces stays out."""
    return [patch.object(module("siting.solve.anneal"), "_CHAIN", 0)]


def without_neighbourhoods() -> list[Any]:
    """All the time to random moves: as many as there is time for."""
    neighbours = module("siting.solve.neighbourhoods")
    return [patch.object(neighbours, "_IDLE", 0), patch.object(module(SEARCH), "_MOVES", 60_000)]


def anywhere() -> list[Any]:
    """Neighbourhoods at random places instead of where most is left on the table."""
    where = module("siting.solve.where")
    draw = np.random.default_rng(0)

    def left(self: Any, _: Any) -> Any:
        return draw.random(len(self.where))

    return [patch.object(where.Map, "left", left)]


def without_roofs() -> list[Any]:
    """Bundles of the multipliers that ignore who may share a roof."""
    multipliers = module("siting.solve.multipliers")
    work = multipliers._Work.__init__

    def init(self: Any, *arguments: Any) -> None:
        work(self, *arguments)
        self.blocks = (*self.blocks[:4], np.zeros_like(self.blocks[4]))

    return [patch.object(multipliers._Work, "__init__", init)]


def every_pass_full() -> list[Any]:
    return [patch.object(module("siting.solve.multipliers"), "_FULL", 1)]


def all_at_once() -> list[Any]:
    """The whole core to one solver, as with few options."""
    return [patch.object(module(SEARCH), "_MANY_OPTIONS", 10**9)]


VARIANTS: dict[str, Callable[[], list[Any]]] = {
    "everything": list,
    "no random moves": without_moves,
    "what a move displaces stays out": without_chains,
    "no neighbourhoods": without_neighbourhoods,
    "neighbourhoods anywhere": anywhere,
    "multipliers without roof rules": without_roofs,
    "every pass looks at all options": every_pass_full,
    "small core, then whole core": all_at_once,
    "one thread": list,
}


@contextmanager
def switched(variant: str) -> Iterator[None]:
    with ExitStack() as stack:
        for change in VARIANTS[variant]():
            stack.enter_context(change)
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rung", choices=tuple(RUNGS))
    parser.add_argument("--seeds", type=int, nargs="*", default=[201])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--variants", nargs="*", default=list(VARIANTS))
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, ", end="")
    print(", ".join(f"{p} {version(p)}" for p in ("siting", "numpy", "pyscipopt", "numba")))
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as folder:
            places, spaces, types = RUNGS[asked.rung]
            generate(Path(folder) / "c", places=places, spaces=spaces, types=types, seed=seed)
            city = siting.read_city(Path(folder) / "c")
            question = resolve(city, siting.Scenario())
        solve_question(city, question, time_limit=20.0)  # compiles what is not compiled yet
        rows = []
        for variant in asked.variants:
            news: list[Progress] = []
            with switched(variant):
                begun = time.monotonic()
                plan = solve_question(
                    city,
                    question,
                    time_limit=asked.seconds,
                    gap=0.0,
                    threads=1 if variant == "one thread" else 2,
                    on_progress=news.append,
                )
            rows.append((variant, news, plan.document, time.monotonic() - begun))
        best = min(document.bound for _, _, document, _ in rows if document.bound is not None)
        print(f"\n{asked.rung}, seed {seed}, {asked.seconds:g} s\n")
        print("| variant | " + " | ".join(f"{s * asked.seconds:g} s" for s in SHARES), end="")
        print(" | own bound over the best | wall s |")
        print("|---|" + "---|" * (len(SHARES) + 2))
        for variant, news, document, wall in rows:
            cells = []
            for share in SHARES:
                values = [
                    n.incumbent
                    for n in news
                    if n.incumbent and n.seconds <= share * asked.seconds + 0.5
                ]
                final = [document.objective] if share == 1.0 else []
                top = max([*values, *final], default=None)
                cells.append("-" if top is None else f"{100 * (best - top) / top:.3f} %")
            over = 100 * (document.bound / best - 1.0) if document.bound is not None else np.nan
            print(f"| {variant} | {' | '.join(cells)} | {over:.3f} % | {wall:.0f} |", flush=True)


if __name__ == "__main__":
    main()
