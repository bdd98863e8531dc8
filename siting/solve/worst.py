"""``worst-community`` beyond the worst circle: the second worst, the third, and so on.

Sorted from the worst, the circles' shares are to be as large as they can be, the first before the
second and so on. Two ways lead from one rank to the next:

- Circles that are stuck leave by name: where no plan that keeps the level reached gives any of
  some circles a larger share, they are fixed there, and the next stage compares the others. That
  is one solve for all of them (the sum of their shares), and again for fewer where some can rise.
- Otherwise the next stage spares one circle more, whichever the plan leaves behind. This holds
  whether the stage before was proved or not, and where any circle could rise, but not all.

A circle that left by name may have a share of at most its ceiling (the level, or a little more by
the gap asked for), so that the share of the next rank is at most the larger of the stage's own
bound and the highest ceiling. No share is above 1: at that level nothing remains to be raised.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.plan.stages import make_stage
from siting.plan.values import worst_name
from siting.programme.choice import shares
from siting.programme.stage import Stage
from siting.solve.one_stage import MOST_SHARE, seek, solve_stage
from siting.solve.runner import prepare

if TYPE_CHECKING:
    from siting.solve.one_stage import Run
    from siting.solve.search import Found

_RANKS = 0.6  # of the time left, for all further ranks
_RANK = 0.5  # of that, for one of them
_LEAST_SECONDS = 0.5
_SAME = 1e-7  # of a share: closer ones are one level
_ASSUMED = "what circles could have"  # where the bound comes from of a rank nobody looked at


@dataclass(frozen=True)
class _Rank:
    """Who is out of the comparison, and the largest share that a fixed circle may have."""

    fixed: tuple[tuple[int, float], ...] = ()
    ceiling: float = 0.0
    spared: int = 0

    def stage(self, run: Run) -> Stage:
        return Stage("worst", fixed=self.fixed, spared=self.spared, keep=run.keep)

    @property
    def name(self) -> str:
        return worst_name(len(self.fixed) + self.spared + 1)


def raise_next(run: Run, found: Found) -> Found:
    """Raise rank after rank, as far as the time allows; return what the last stage found.

    Where the time ends first, the next rank is recorded with what is known of it.
    """
    rank, end = _Rank(), run.until(_RANKS)
    while True:
        assert run.chosen is not None
        stage = run.keep[-1].stage
        problem = run.problem.staged(stage)
        level, values = run.keep[-1].value, problem.vector(run.chosen)
        rising = problem.frame.rising(stage)
        if len(rising) - rank.spared <= 1 or level >= MOST_SHARE - _SAME:
            return found
        have = dict(zip(rising, shares(problem.frame, values, stage), strict=True))
        slack = max(_SAME, run.gap * level)
        stuck: list[int] = []
        if not rank.spared and found.bound <= level + slack:
            lowest = [c for c in rising if have[c] <= level + slack]
            stuck, ceiling = _stuck(run, rank, lowest, level, slack, end)
        if stuck:
            fixed = (*rank.fixed, *((c, level) for c in stuck))
            rank = _Rank(fixed, max(rank.ceiling, ceiling))
            if len(stuck) == len(rising):
                if rank.ceiling > level + _SAME:
                    _record(run, worst_name(len(fixed)), max(have.values()), rank.ceiling)
                return found
        else:
            rank = _Rank(rank.fixed, rank.ceiling, rank.spared + 1)
        if end - time.monotonic() < _LEAST_SECONDS:
            _record(run, rank.name, run.problem.staged(rank.stage(run)).value(run.chosen))
            return found
        deadline = time.monotonic() + _RANK * (end - time.monotonic())
        found = solve_stage(
            run, rank.stage(run), rank.name, deadline=deadline, least_bound=rank.ceiling
        )
        if found.chosen is None or found.stopped_by == "interrupt":
            return found


def _stuck(
    run: Run, rank: _Rank, lowest: list[int], level: float, slack: float, end: float
) -> tuple[list[int], float]:
    """Return circles that no plan lifts by more than `slack`, and a share none of them exceeds.

    None where the time does not suffice, or each of them could be lifted.
    """
    left = lowest
    while left and end - time.monotonic() > _LEAST_SECONDS:
        stage = Stage("circles", circles=tuple(left), fixed=rank.fixed, keep=run.keep)
        problem = run.problem.staged(stage)
        deadline = time.monotonic() + _RANK * (end - time.monotonic())
        with prepare(run.solver) as prepared:
            found = seek(run, problem, prepared, deadline=deadline, gap=0.0, quiet=True)
        least = run.keep[-1].least  # each of the others has at least so much
        ceiling = found.bound - (len(left) - 1) * least
        if ceiling <= level + slack:
            return left, ceiling
        if found.chosen is None or found.stopped_by == "interrupt":
            break
        values = problem.vector(found.chosen)
        worst = run.keep[-1].stage
        have = dict(
            zip(problem.frame.rising(worst), shares(problem.frame, values, worst), strict=True)
        )
        lifted = {c for c in left if have[c] > level + slack}
        if not lifted:
            break
        left = [c for c in left if c not in lifted]
    return [], MOST_SHARE


def _record(run: Run, name: str, value: float, bound: float = MOST_SHARE) -> None:
    """Record a rank that no stage of its own has solved."""
    run.records.append(make_stage(name, "max", value, bound, _ASSUMED))
