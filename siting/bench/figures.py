"""The arithmetic of the table: gaps against the best bound of all, and ratios to siting."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.bench.peers import OURS
from siting.errors import Notice
from siting.standard.tolerances import PROVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from siting.bench.model import Question, Run

MARKS = (10.0, 60.0, 300.0)
"""Seconds at which gaps are told."""


@dataclass(frozen=True)
class Row:
    """One run, measured against the others on its question.

    Attributes
    ----------
    run
        The run.
    first
        Seconds to its first plan that is worth more than opening nothing.
    gaps
        By second, from `MARKS` as far as the time limit goes: relative gap of the plan it held
        then to the best bound that anyone proved; None without such a plan or bound.
    end
        The same of its last plan.
    remarks
        Those of the run, and what the comparison shows.
    """

    run: Run
    first: float | None
    gaps: dict[float, float | None]
    end: float | None
    remarks: tuple[Notice, ...]


@dataclass(frozen=True)
class Ratio:
    """A peer's figures over siting's on the same questions of a rung, median over the seeds.

    Attributes
    ----------
    first, gaps, end, memory
        As in `Row`, and most memory. inf where only siting's figure is 0 or only siting has one;
        None where siting has none. Below 1 the peer was better.
    seeds
        How many questions the medians are over.
    """

    rung: str
    question: Question
    peer: str
    seeds: int
    first: float | None
    gaps: dict[float, float | None]
    end: float | None
    memory: float | None


def measure(runs: Sequence[Run], seconds: float) -> tuple[Row, ...]:
    """Return all runs measured, in their order.

    Parameters
    ----------
    seconds
        The time limit: later marks say nothing.
    """
    marks = tuple(mark for mark in MARKS if mark <= seconds)
    bounds, plans = {}, {}
    for facts in dict.fromkeys(run.facts for run in runs):
        mine = [run for run in runs if run.facts == facts]
        plans[facts] = max((r.value for r in mine if r.value is not None), default=None)
        bounds[facts] = best_bound(mine)
    return tuple(_row(run, bounds[run.facts], plans[run.facts], marks) for run in runs)


def best_bound(runs: Iterable[Run]) -> float | None:
    """Return the least bound that no plan of anyone contradicts, None if there is none."""
    runs = list(runs)
    best = max((run.value for run in runs if run.value is not None), default=-math.inf)
    sound = [run.bound for run in runs if run.bound is not None and not _below(run.bound, best)]
    return min(sound, default=None)


def gap_at(run: Run, bound: float | None, seconds: float = math.inf) -> float | None:
    """Return the gap of the plan that a run held at some second.

    None without a bound, without a plan by then, or if its last plan does not hold: nobody has
    checked the earlier ones.
    """
    if bound is None or run.value is None:
        return None
    held = [value for at, value in run.incumbents if at <= seconds]
    if not held:
        return None
    value = min(held[-1], run.value)
    if not _below(value, bound):
        return 0.0  # as near as a proof is asked to come
    return (bound - value) / abs(value) if value else None


def ratio(theirs: float | None, ours: float | None) -> float | None:
    """Return their figure over ours; inf where only ours is there, or only ours is 0."""
    if ours is None:
        return None
    if theirs is None:
        return math.inf
    if ours == 0.0:
        return 1.0 if theirs == 0.0 else math.inf
    return theirs / ours


def compare(rows: Sequence[Row]) -> tuple[Ratio, ...]:
    """Return the ratios to siting by rung, question and peer; peers that were not run are left out.

    Medians over seeds on which siting was run too.
    """
    ours = {row.run.facts: row for row in rows if row.run.peer == OURS}
    pairs: dict[tuple[str, Question, str], list[tuple[Row, Row]]] = {}
    for row in rows:
        facts, peer = row.run.facts, row.run.peer
        if peer != OURS and row.run.status != "absent" and facts in ours:
            pairs.setdefault((facts.rung, facts.question, peer), []).append((row, ours[facts]))
    found = []
    for (rung, question, peer), both in pairs.items():
        marks = both[0][0].gaps
        found.append(
            Ratio(
                rung=rung,
                question=question,
                peer=peer,
                seeds=len(both),
                first=_median(ratio(a.first, b.first) for a, b in both),
                gaps={m: _median(ratio(a.gaps[m], b.gaps[m]) for a, b in both) for m in marks},
                end=_median(ratio(a.end, b.end) for a, b in both),
                memory=_median(
                    ratio(a.run.memory_mb, b.run.memory_mb)
                    for a, b in both
                    if a.run.memory_mb is not None
                ),
            )
        )
    return tuple(found)


def _row(run: Run, bound: float | None, best: float | None, marks: tuple[float, ...]) -> Row:
    remarks = list(run.remarks)
    if run.bound is not None and best is not None and _below(run.bound, best):
        remarks.append(Notice("bench.bound_wrong", values={"bound": f"{run.bound:,.1f}"}))
    elif run.status == "optimal" and run.value is not None and _below(run.value, best or 0.0):
        remarks.append(Notice("bench.not_optimal"))
    return Row(
        run=run,
        first=next((at for at, value in run.incumbents if value > 0.0), None),
        gaps={mark: gap_at(run, bound, mark) for mark in marks},
        end=gap_at(run, bound),
        remarks=tuple(remarks),
    )


def _below(value: float, best: float) -> bool:
    return value < best - PROVED * max(1.0, abs(best))


def _median(ratios: Iterable[float | None]) -> float | None:
    known = [one for one in ratios if one is not None]
    return statistics.median_low(known) if known else None
