"""Rows that must hold exactly, although solvers compare with a tolerance.

Solvers take a budget of 20 million to be kept when it is overspent by 20: their tolerance is
1e-6 of it. Money is compared exactly here, so such a plan is no plan. A row whose columns are all
whole numbers can be checked to rounding error; where a solver's plan breaks one, every plan that
holds the same entries breaks it too, and a cover row says so. The solver is then asked again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.solve.flows import payment_cuts
from siting.solve.task import Answer, Floats, News, Task

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDING = 1e-12
"""Relative to the sum of absolute products: far above rounding error, below a fen in a billion."""


def solve_exactly(solve: Callable[[Task, News], Answer], task: Task, news: News) -> Answer:
    """Call `solve`, again with cover rows while its plan breaks a row of whole numbers."""
    while True:
        answer = solve(task, news)
        if answer.vector is None or news.stopping() or task.seconds_left == 0.0:
            return answer
        task = _with_rows(task, payment_cuts(task, answer.vector))
        covers = cover_rows(task, answer.vector)
        if not covers:
            return answer
        task = _with_rows(task, covers)


Cover = tuple[NDArray[np.int64], Floats, float]
"""Columns, coefficients and upper bound of one row."""


def cover_rows(task: Task, vector: Floats) -> list[Cover]:
    """Return a row for each row of binaries that the rounded `vector` breaks by more than rounding.

    With P the positive entries at 1 and N the negative ones at 0, any point that agrees on P and N
    has at least this activity, so at least one of them has to change.
    """
    binary = task.integer & (task.lower >= 0) & (task.upper <= 1)
    point = np.where(binary, np.rint(vector), vector)
    length = np.diff(task.indptr)
    row_of = np.repeat(np.arange(len(length)), length)
    product = task.data * point[task.indices]
    count = len(length)
    activity = np.bincount(row_of, product, count)
    scale = np.bincount(row_of, np.abs(product), count)
    others = np.bincount(row_of, ~binary[task.indices], count)
    slack = ROUNDING * np.maximum(scale, 1.0)
    covers: list[Cover] = []
    for sign, side in ((1.0, task.row_upper), (-1.0, -task.row_lower)):
        broken = (sign * activity > side + slack) & (others == 0)
        for row in np.flatnonzero(broken):
            entries = slice(task.indptr[row], task.indptr[row + 1])
            columns = task.indices[entries].astype(np.int64)
            data = sign * task.data[entries]
            used = (data > 0) == (point[columns] > 0.5)
            turned = np.where(data[used] > 0, 1.0, -1.0)
            covers.append((columns[used], turned, float((turned > 0).sum()) - 1.0))
    return covers


def _with_rows(task: Task, covers: list[Cover]) -> Task:
    if not covers:
        return task
    sizes = [len(columns) for columns, _, _ in covers]
    ends = task.indptr[-1] + np.cumsum(sizes)
    return replace(
        task,
        indptr=np.concatenate([task.indptr, ends]).astype(task.indptr.dtype),
        indices=np.concatenate([task.indices, *(c for c, _, _ in covers)]).astype(
            task.indices.dtype
        ),
        data=np.concatenate([task.data, *(d for _, d, _ in covers)]),
        row_lower=np.concatenate([task.row_lower, np.full(len(covers), -np.inf)]),
        row_upper=np.concatenate([task.row_upper, [bound for _, _, bound in covers]]),
    )
