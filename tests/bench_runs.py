"""Runs of a benchmark made by hand, and a tiny question, for the tests of siting bench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.bench.instance import Instance, read_instance
from siting.bench.model import Facts, Run
from siting.generate.city import generate

if TYPE_CHECKING:
    from pathlib import Path

MADE = {
    "machine": {
        "cores": 2,
        "processor": "Some processor",
        "memory_gb": 8.0,
        "system": "Linux",
        "load_at_start": 0.5,
    },
    "versions": {"python": "3.11", "siting": "0.1.0", "spopt": None},
    "commit": "v0.1.0-3-gabcdef0",
}


def facts(seed: int = 1, **changed: Any) -> Facts:
    sizes = {"places": 500, "spaces": 60, "types": 23, "options": 650, "gaps": 9000}
    known = {**sizes, "entries": 95_000, "merged": 2100, "rung": "village", "question": "whole"}
    return Facts(**{**known, "seed": seed, **changed})


def run(peer: str, *moments: tuple[float, float], seed: int = 1, **changed: Any) -> Run:
    """A run whose plan holds with the value of its last moment."""
    known: dict[str, Any] = {
        "facts": facts(seed),
        "solver": peer.upper(),
        "status": "feasible" if moments else "none",
        "incumbents": moments,
        "value": moments[-1][1] if moments else None,
        "seconds": 300.0,
        "memory_mb": 400.0,
    }
    return Run(peer=peer, **{**known, **changed})


def tiny(folder: Path) -> Instance:
    """A question of a few spaces that every solver proves at once."""
    generate(folder, places=60, spaces=8, types=6, seed=3)
    return read_instance(folder, "tiny", 3)
