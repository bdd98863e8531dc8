"""Whether funds can pay a solver's plan to the last unit (C6), although solvers compare loosely.

The rows of C6 hold columns of payments, so that no plan of binaries breaks a single one of them by
itself. Here the largest payments are found exactly. Where they leave too much to the general
budget, the smallest cut says which rows of C6 to add up: the payments cancel, and what is left is
a row of binaries that the plan breaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.standard.flow import Network

if TYPE_CHECKING:
    from siting.solve.task import Floats, Task

Ints = NDArray[np.int64]
Row = tuple[NDArray[np.int64], "Floats", float]
"""Columns, coefficients and upper bound of one row."""


def payment_cuts(task: Task, vector: Floats) -> list[Row]:
    """Return a row of binaries for each general budget that has too much left to pay.

    Parameters
    ----------
    task
        Its rows of payments are as `siting.programme.payments` builds them; where other columns
        stand in them that are not whole (a budget that may be passed), nothing is said.
    vector
        A plan; only its whole-number columns are looked at.
    """
    rows = [_row(task, int(r)) for r in _touched(task)]
    if any((~task.integer[columns] & ~task.flow[columns]).any() for columns, _, _ in rows):
        return []
    found = []
    for general in rows:
        columns, data, _ = general
        mine = set(columns[task.flow[columns] & (data < 0)].tolist())
        if mine:
            own = [
                row for row in rows if mine.intersection(_paid(task, row)) and row is not general
            ]
            cut = _cut(task, vector, general, own)
            if cut is not None:
                found.append(cut)
    return found


def _touched(task: Task) -> Ints:
    row_of = np.repeat(np.arange(len(task.row_upper)), np.diff(task.indptr))
    return np.unique(row_of[task.flow[task.indices]])


def _row(task: Task, r: int) -> Row:
    at = slice(int(task.indptr[r]), int(task.indptr[r + 1]))
    return task.indices[at].astype(np.int64), task.data[at], float(task.row_upper[r])


def _paid(task: Task, row: Row) -> list[int]:
    """Return the payments that stand in a row."""
    found: list[int] = row[0][task.flow[row[0]]].tolist()
    return found


def _left(task: Task, vector: Floats, row: Row) -> int:
    """Return what the whole-number columns leave of a row, exactly."""
    columns, data, upper = row
    whole = ~task.flow[columns]
    spent = np.rint(vector[columns[whole]]) * data[whole]
    return int(upper) - sum(int(part) for part in spent.tolist())


def _cut(task: Task, vector: Floats, general: Row, rows: list[Row]) -> Row | None:
    """Return the sum of the rows of the smallest cut; None where the funds pay enough."""
    of_class: dict[int, int] = {}
    of_fund: dict[int, int] = {}
    of_share: dict[int, int] = {}
    for k, row in enumerate(rows):  # a class stands before the shares that funds pay of it
        paid = _paid(task, row)
        if len(paid) == len(row[0]):
            of_fund.update(dict.fromkeys(paid, k))
        elif paid[0] in of_class:
            of_share[paid[0]] = k
        else:
            of_class.update(dict.fromkeys(paid, k))
    source, sink, first = 0, 1, 2
    network = Network(first + len(rows))
    left = [_left(task, vector, row) for row in rows]
    owed = [network.add(source, first + k, left[k]) for k in sorted(set(of_class.values()))]
    for k in set(of_fund.values()):
        network.add(first + k, sink, left[k])
    boundless = sum(left[k] for k in set(of_class.values())) + 1
    for v, k in of_class.items():
        room = left[of_share[v]] if v in of_share else boundless
        network.add(first + k, first + of_fund[v] if v in of_fund else sink, room)
    network.fill(source, sink)
    if sum(network.flow(arc) for arc in owed) >= -_left(task, vector, general):
        return None
    near = [level >= 0 for level in network.levels(source, sink)]
    cut = {k for k in of_class.values() if not near[first + k]}
    cut |= {k for k in of_fund.values() if near[first + k]}
    cut |= {
        of_share[v]
        for v, k in of_class.items()
        if near[first + k] and v in of_share and not (v in of_fund and near[first + of_fund[v]])
    }
    return _sum(task, [general, *(rows[k] for k in sorted(cut))])


def _sum(task: Task, rows: list[Row]) -> Row:
    """Return the sum of rows without payments, of which what is left is not below 0."""
    columns, at = np.unique(np.concatenate([row[0] for row in rows]), return_inverse=True)
    data = np.zeros(len(columns))
    np.add.at(data, at, np.concatenate([row[1] for row in rows]))
    keep = (data != 0) & ~task.flow[columns]
    return columns[keep], data[keep], sum(row[2] for row in rows)
