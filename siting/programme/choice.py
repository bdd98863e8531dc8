"""What a choice of options makes of every column, and what it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.objectives import objective, points_of_circle
from siting.programme.payments import paid

if TYPE_CHECKING:
    from siting.programme.frame import Frame
    from siting.programme.stage import Stage

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def own_presence(frame: Frame, chosen: Ints, met: Bools) -> Bools:
    """Return which types are present by themselves, shape (types, communities).

    Parameters
    ----------
    frame
        Of a question with grades.
    chosen
        Chosen options.
    met
        Whether a chosen option meets each merged need.
    """
    grades = frame.rules.grades
    assert grades is not None
    if not grades.located:
        found: Bools = frame.people_in(met) >= grades.needed
        return found
    found = grades.standing.copy()
    found[frame.options.type[chosen], frame.city.spaces.community[frame.options.space[chosen]]] = (
        True
    )
    return found


def fill(frame: Frame, chosen: Ints, met: Bools) -> Floats:
    """Return the best values of the columns for a choice of options; h and b are 0.

    Where the choice breaks a rule they may break a row; they are then of no further use.
    """
    values = np.zeros(frame.blocks[-1].stop)
    values[chosen] = 1.0
    values[frame.at("y")] = np.isin(frame.opened, frame.options.space[chosen])
    values[frame.at("z")] = met
    for money, first in zip(frame.payments, frame.first_payment, strict=True):
        opened = np.unique(frame.options.space[chosen])
        values[first : first + len(money)] = paid(money, chosen, opened)
    grades = frame.rules.grades
    if grades is not None and frame.is_graded:
        own = own_presence(frame, chosen, met)
        p = frame.at("p").start
        for (t, c), k in frame.presence.own.items():
            values[p + k] = own[t, c]
        for (ways, c), k in frame.presence.any_of.items():
            values[p + k] = own[list(ways), c].any()
        values[frame.at("g")] = grades.held(own)[frame.graded]
    for position in frame.lagging:
        stage = frame.stages[position]
        worst = np.argsort(shares(frame, values, stage), kind="stable")[: stage.spared]
        values[frame.lags(position)[worst]] = 1.0
    if frame.stage.kind == "worst":
        values[frame.at("theta")] = _worst(frame, values, frame.stage)
    return values


def shares(frame: Frame, values: Floats, stage: Stage) -> list[float]:
    """Return the share that each circle of a stage ``worst`` has of what it could have."""
    return [share(frame, values, c) for c in frame.rising(stage)]


def _worst(frame: Frame, values: Floats, stage: Stage) -> float:
    """Return the least share of the circles that are neither fixed nor spared; 1 if none is."""
    found = sorted(shares(frame, values, stage))
    return found[stage.spared] if len(found) > stage.spared else 1.0


def share(frame: Frame, values: Floats, community: int) -> float:
    """Return the share that a circle has of the points it could have; 1 where those are none."""
    could = float(frame.needs.reachable[community])
    columns, points = points_of_circle(frame, community)
    return float(points @ values[columns]) / could if could > 0 else 1.0


def reached(frame: Frame, values: Floats, stage: Stage) -> float:
    """Return the value of a stage, which may be one that is kept."""
    if stage.kind == "worst":
        return _worst(frame, values, stage)
    return float(objective(frame, stage) @ values)
