"""What each stage maximises, as coefficients of the columns, and rows that keep earlier stages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.rows import Line, Part, part
from siting.programme.stage import KEEP_SLACK

if TYPE_CHECKING:
    from siting.programme.frame import Frame
    from siting.programme.stage import Kept, Stage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FEN = 100
_MILLION = 1_000_000
_ROUNDING = 1e-13


def objective(frame: Frame, stage: Stage) -> Floats:
    """Return the coefficients of a stage, shape (columns,); `stage` may be one that is kept."""
    found = np.zeros(frame.blocks[-1].stop)
    if stage.kind in ("coverage", "class"):
        found[frame.at("z")], found[frame.at("h")] = _points(frame, stage.class_name)
    elif stage.kind == "circle":
        assert stage.circle is not None
        columns, values = points_of_circle(frame, stage.circle)
        found[columns] = values
    elif stage.kind == "grades":
        grades = frame.rules.grades
        if grades is not None:
            grade, community = frame.graded
            aimed = grade == grades.target
            found[frame.at("g")] = np.where(aimed, grades.residents[community], 0.0)
    elif stage.kind == "cost":
        option, space = costs(frame)
        found[frame.at("x")] = -(option.astype(np.float64) / (_MILLION * _FEN))
        once = space[frame.opened].astype(np.float64) / (_MILLION * _FEN)
        found[frame.at("y")] = -once
    else:
        found[frame.at("theta")] = 1.0
    return found


def _points(frame: Frame, class_name: str | None) -> tuple[Floats, Floats]:
    """Return the points of z and of h, all of them or those of a class."""
    capacity = frame.rules.capacity
    kind = frame.needs.type
    z = frame.needs.weight.copy()
    h = np.empty(0)
    if capacity is not None:
        z[np.isin(kind, list(capacity.per_outlet))] = 0.0
        h = np.array([capacity.points[t] for t in frame.served[0].tolist()], dtype=np.float64)
    if class_name is not None:
        asked = np.array([word == class_name for word in frame.rules.classes], dtype=bool)
        z = np.where(asked[kind], z, 0.0)
        h = np.where(asked[frame.served[0]], h, 0.0)
    return z, h


def points_of_circle(frame: Frame, community: int) -> tuple[Ints, Floats]:
    """Return the columns that bring a circle need points, and how many."""
    points = frame.points_by_circle
    first, last = points.indptr[community], points.indptr[community + 1]
    rows, values = points.indices[first:last].astype(np.int64), points.data[first:last]
    capacity = frame.rules.capacity
    if capacity is None:
        return frame.at("z").start + rows, values
    free = ~np.isin(frame.needs.type[rows], list(capacity.per_outlet))
    kind, circle = frame.served
    mine = np.flatnonzero(circle == community)
    points_h = np.array([capacity.points[t] for t in kind[mine].tolist()], dtype=np.float64)
    return (
        np.concatenate([frame.at("z").start + rows[free], frame.at("h").start + mine]),
        np.concatenate([values[free], points_h]),
    )


def costs(frame: Frame) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return capital + years x subsidy of options, and one-off costs, in whole 1e-6 fen."""
    options = frame.options
    option = options.capital_fen.astype(object) * _MILLION
    option = option + options.subsidy_fen.astype(object) * frame.rules.years_micro
    return option, options.fixed_fen.astype(object) * _MILLION


def cost_row(frame: Frame, value: float) -> tuple[NDArray[np.object_], NDArray[np.object_], int]:
    """Return what options and spaces cost and the most they may, in one whole unit.

    `value` (yuan, negative) is that of a plan, so that only the rounding of a float is added to
    it. The unit is the greatest common divisor, so that the row can be kept exactly.
    """
    option, space = costs(frame)
    unit = math.gcd(*option.tolist(), *space.tolist()) or 1
    most = math.floor(-value * _FEN * _MILLION * (1.0 + _ROUNDING) + 0.5) // unit
    return option // unit, space // unit, most


def keep_rows(frame: Frame) -> Part:
    """Return the rows that keep what earlier stages reached, and circles that are fixed."""
    lines: list[Line] = []
    for kept in frame.stage.keep:
        lines += _kept(frame, kept)
    if frame.stage.kind in ("worst", "circle"):
        lines += [_share_at_least(frame, c, level) for c, level in frame.stage.fixed]
    return part(lines)


def _kept(frame: Frame, kept: Kept) -> list[Line]:
    if kept.stage.kind == "worst":
        rising = [(c, kept.value) for c in rising_circles(frame, kept.stage)]
        return [_share_at_least(frame, c, level) for c, level in [*kept.stage.fixed, *rising]]
    if kept.stage.kind == "cost":
        option, space, most = cost_row(frame, kept.value)
        values = np.concatenate([option, space[frame.opened]]).astype(np.float64)
        columns = np.concatenate([np.arange(len(option)), frame.y_of[frame.opened]])
        return [(columns, values, -np.inf, float(most))]
    values = objective(frame, kept.stage)
    columns = np.flatnonzero(values)
    return [(columns, values[columns], kept.least, np.inf)]


def rising_circles(frame: Frame, stage: Stage) -> list[int]:
    """Return the circles that a stage ``worst`` compares: not fixed, with points to gain."""
    fixed = {c for c, _ in stage.fixed}
    could = frame.needs.reachable
    return [c for c in np.flatnonzero(could > 0).tolist() if c not in fixed]


def _share_at_least(frame: Frame, community: int, level: float) -> Line:
    columns, values = points_of_circle(frame, community)
    could = frame.needs.reachable[community]
    least = level - KEEP_SLACK * abs(level) if could > 0 else -np.inf
    return columns, values / (could or 1.0), least, np.inf


def worst_rows(frame: Frame) -> Part:
    """Return theta <= the share of each circle that counts."""
    if frame.stage.kind != "worst":
        return part([])
    theta = frame.at("theta").start
    lines: list[Line] = []
    for c in rising_circles(frame, frame.stage):
        columns, values = points_of_circle(frame, c)
        share = -values / frame.needs.reachable[c]
        lines.append((np.append(columns, theta), np.append(share, 1.0), -np.inf, 0.0))
    return part(lines)
