"""What each stage maximises, as coefficients of the columns, and rows that keep earlier stages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.money import MoneyRow
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
_LARGEST = 2**62


def objective(frame: Frame, stage: Stage) -> Floats:
    """Return the coefficients of a stage, shape (columns,); `stage` may be one that is kept."""
    found = np.zeros(frame.blocks[-1].stop)
    if stage.kind in ("coverage", "class"):
        found[frame.at("z")], found[frame.at("h")] = _points(frame, stage.class_name)
    elif stage.kind == "circles":
        for c in stage.circles:
            columns, values = points_of_circle(frame, c)
            found[columns] += values / frame.needs.reachable[c]
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


def kept_money(frame: Frame, value: float) -> MoneyRow | None:
    """Return `cost_row` as a money row, so that multipliers can price what must be kept.

    None where its numbers are too large for that; the row of the programme says it all the same.
    """
    option, space, most = cost_row(frame, value)
    if max(most, *option.tolist(), *space.tolist()) > _LARGEST:
        return None
    return MoneyRow("keep", option.astype(np.int64), space.astype(np.int64), most)


def keep_rows(frame: Frame) -> Part:
    """Return the rows that keep what earlier stages reached, and circles that are fixed."""
    lines: list[Line] = []
    for position, kept in enumerate(frame.stage.keep, start=1):
        lines += _kept(frame, kept, position)
    if frame.stage.kind in ("worst", "circles"):
        lines += [_share_at_least(frame, c, level) for c, level in frame.stage.fixed]
    return part(lines)


def _kept(frame: Frame, kept: Kept, position: int) -> list[Line]:
    if kept.stage.kind == "worst":
        lines = [_share_at_least(frame, c, level) for c, level in kept.stage.fixed]
        rising = frame.rising(kept.stage)
        if not kept.stage.spared:
            return lines + [_share_at_least(frame, c, kept.value) for c in rising]
        lags, below = frame.lags(position), max(0.0, kept.least - _had_by_all(frame))
        for c, lag in zip(rising, lags.tolist(), strict=True):
            columns, values, least, most = _share_at_least(frame, c, kept.value)
            lines.append((np.append(columns, lag), np.append(values, below), least, most))
        return [*lines, _so_many(lags, kept.stage.spared)]
    if kept.stage.kind == "cost":
        option, space, most = cost_row(frame, kept.value)
        values = np.concatenate([option, space[frame.opened]]).astype(np.float64)
        columns = np.concatenate([np.arange(len(option)), frame.y_of[frame.opened]])
        return [(columns, values, -np.inf, float(most))]
    values = objective(frame, kept.stage)
    columns = np.flatnonzero(values)
    return [(columns, values[columns], kept.least, np.inf)]


def _had_by_all(frame: Frame) -> float:
    """Return a share that kept stages give to every circle that is not fixed."""
    kept = (one for one in frame.stage.keep if one.stage.kind == "worst" and not one.stage.spared)
    return max((one.least for one in kept), default=0.0)


def _so_many(lags: Ints, spared: int) -> Line:
    return lags, np.ones(len(lags)), -np.inf, float(spared)


def _share_at_least(frame: Frame, community: int, level: float) -> Line:
    columns, values = points_of_circle(frame, community)
    could = frame.needs.reachable[community]
    least = level - KEEP_SLACK * abs(level) if could > 0 else -np.inf
    return columns, values / (could or 1.0), least, np.inf


def worst_rows(frame: Frame) -> Part:
    """Return theta <= the share of each circle that counts and is not spared."""
    if frame.stage.kind != "worst":
        return part([])
    theta, lags = frame.at("theta").start, frame.lags(0)
    above = 1.0 - _had_by_all(frame)
    lines: list[Line] = []
    for k, c in enumerate(frame.rising(frame.stage)):
        columns, values = points_of_circle(frame, c)
        values = -values / frame.needs.reachable[c]
        columns, values = np.append(columns, theta), np.append(values, 1.0)
        if len(lags):
            columns, values = np.append(columns, lags[k]), np.append(values, -above)
        lines.append((columns, values, -np.inf, 0.0))
    if len(lags):
        lines.append(_so_many(lags, frame.stage.spared))
    return part(lines)
