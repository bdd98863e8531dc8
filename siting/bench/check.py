"""Whether a peer's plan holds: the verifier counts it again from the city."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from siting.errors import Notice
from siting.plan.assemble import Circumstances, assemble
from siting.plan.gains import find_gains
from siting.plan.stages import make_stage
from siting.standard.tolerances import PROVED
from siting.verify.check import verify
from siting.verify.folder import verify_folder

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from siting.bench.instance import Instance


def check_choice(
    instance: Instance, chosen: NDArray[np.int64], claimed: float | None
) -> tuple[float | None, tuple[Notice, ...]]:
    """Return what a choice of options is worth, and what does not hold in it.

    Parameters
    ----------
    instance
        The question.
    chosen
        Indices of the options chosen, ascending.
    claimed
        The objective that the peer states for it, if any.

    Returns
    -------
    value, notices
        The value is None where the choice breaks a rule.
    """
    gains = find_gains(instance.gaps, instance.options, instance.reach, chosen)
    stage = make_stage("coverage", "max", gains.objective, None, "none")
    try:
        document = assemble(
            instance.question,
            instance.gaps,
            instance.options,
            instance.purses,
            chosen,
            gains,
            (stage,),
            "done",
            Circumstances(
                seconds={},
                peak_memory_mb=0.0,
                software={"siting": version("siting")},
                seed=0,
                deterministic=True,
                merged_needs=len(instance.problem.needs),
            ),
            instance.reach,
        )
    except ValueError:  # of `siting.standard.purses.pay`: there is no way to pay for it
        return None, (Notice("bench.overspent"),)
    found = verify(document, instance.city)
    if found:
        return None, (Notice("bench.broken"), found[0])
    return gains.objective, differing(claimed, gains.objective)


def check_plan(folder: Path, city: Path) -> tuple[Notice, ...]:
    """Return what does not hold in a plan folder of siting's own."""
    found = verify_folder(folder, city=city)
    return (Notice("bench.broken"), found[0]) if found else ()


def differing(claimed: float | None, value: float) -> tuple[Notice, ...]:
    """Say so where a claimed objective is not what the city's files give."""
    if claimed is None or abs(claimed - value) <= PROVED * max(1.0, abs(value)):
        return ()
    values = {"claimed": f"{claimed:,.1f}", "value": f"{value:,.1f}"}
    return (Notice("bench.differs", values=values),)
