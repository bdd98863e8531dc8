"""Libraries that know only one type and a number of sites, each in a process of its own."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.bench.check import check_choice
from siting.bench.endings import verdict
from siting.bench.model import Run
from siting.bench.plain import plain_needs
from siting.bench.watch import watch
from siting.errors import Notice

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from siting.bench.instance import Instance
    from siting.bench.model import Asked

_GRACE = 2.0


def run_outside(instance: Instance, folder: Path, peer: str, asked: Asked) -> Run:
    """Ask one of `siting.bench.peers.OUTSIDE` the single-type question.

    Its seconds run from the start of its process, with its imports and the reading of the arrays.

    Parameters
    ----------
    folder
        Where the question may be written.
    """
    question = folder / "question.npz"
    options_of = _write(instance, question)
    ended = watch(
        [
            *(sys.executable, "-m", "siting.bench.child", peer, str(question)),
            *(str(asked.seconds), str(asked.threads)),
        ],
        seconds=asked.seconds + min(_GRACE, 0.05 * asked.seconds + 0.5),
        memory_mb=asked.memory_mb,
    )
    made = _answer(ended.output) if not ended.killed and ended.code == 0 else {}
    solver, sites = str(made.get("solver", "")), made.get("sites")
    if sites is None:
        status, remarks = verdict(ended, asked)
        if made:
            status, remarks = "none", (Notice("bench.too_long"),)
        return Run(
            facts=instance.facts,
            peer=peer,
            solver=solver,
            status=status,
            seconds=ended.seconds,
            memory_mb=ended.memory_mb or None,
            remarks=remarks,
        )
    chosen = np.sort(options_of[np.array(sites, dtype=np.int64)])
    claimed = float(made["value"])
    value, remarks = check_choice(instance, chosen, claimed)
    return Run(
        facts=instance.facts,
        peer=peer,
        solver=solver,
        status="optimal" if made["optimal"] else "feasible",
        incumbents=((ended.seconds, claimed),),
        seconds=ended.seconds,
        memory_mb=ended.memory_mb or None,
        value=value,
        remarks=remarks,
    )


def _write(instance: Instance, path: Path) -> NDArray[np.int64]:
    """Write the question as bare arrays, and return the option of each of its sites."""
    needs = plain_needs(instance.gaps, instance.options, instance.reach)
    space, first = np.unique(instance.options.space, return_index=True)
    site_of = np.full(len(instance.city.spaces), -1, dtype=np.int64)
    site_of[space] = np.arange(len(space))
    np.savez(
        path,
        indptr=needs.spaces.indptr,
        indices=site_of[needs.spaces.member],
        weight=needs.weight,
        columns=len(space),
        sites=instance.facts.sites or 0,
    )
    return first.astype(np.int64)


def _answer(output: str) -> dict[str, Any]:
    """Return the last line as JSON; libraries may print before it."""
    lines = output.splitlines()
    try:
        said = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
