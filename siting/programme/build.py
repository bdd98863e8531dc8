"""The programme of one stage of a question, built with array operations.

Columns are listed in `siting.programme.frame`. Rows are numbered as in ``models/README.md``:

========= ==========================================================================
``C1``    cover: z[m] <= sum of x[s, t] over the spaces of m
``C2``    floor: area, numbers of types, one option a pair, x <= y, roof rules, basic share
``C3``    capital, with its purses (C6)
``C4``    subsidy a year, with its purses (C6)
``C5``    locks: an opened pair has one option chosen
``C6``    payments by funds, where C3 and C4 do not say all of them
``C7``    floors and targets: enough residents gain a type
``C8``    presence and grades
``C9``    quotas
``C10``   spacing, and at most so many in a community
``C11``   operators: a share of chains
``C12``   capacity
``keep``  what stages before this one reached
``worst`` the worst circle's share is no more than any circle's
========= ==========================================================================

From ``C6`` on a block is there only where it has rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.counts import operator_rows, quota_rows, spacing_rows
from siting.programme.floor import floor_rows
from siting.programme.frame import Frame
from siting.programme.model import Programme
from siting.programme.objectives import keep_rows, objective, worst_rows
from siting.programme.payments import largest_payments, payment_rows
from siting.programme.people import capacity_rows, floor_share_rows, presence_rows
from siting.programme.rows import Part, stack
from siting.programme.rules import NO_RULES
from siting.programme.stage import COVERAGE
from siting.walk.reach import spans

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.programme.money import MoneyRow
    from siting.programme.needs import MergedNeeds
    from siting.programme.rules import Rules
    from siting.programme.stage import Stage
    from siting.standard.options import Options


def build(
    city: City,
    options: Options,
    needs: MergedNeeds,
    money: list[MoneyRow],
    rules: Rules = NO_RULES,
    stage: Stage = COVERAGE,
) -> Programme:
    """Return the programme of one stage of a question whose needs are merged."""
    return build_frame(Frame(city, options, needs, rules, stage), money)


def build_frame(frame: Frame, money: list[MoneyRow]) -> Programme:
    """Return the programme of a frame."""
    blocks = {
        "C1": _cover(frame),
        "C2": floor_rows(frame),
        "C3": _money([m for m in money if m.name == "C3"], frame),
        "C4": _money([m for m in money if m.name == "C4"], frame),
        "C5": _locks(frame.options),
    }
    further = {
        "C6": payment_rows(frame),
        "C7": floor_share_rows(frame),
        "C8": presence_rows(frame),
        "C9": quota_rows(frame),
        "C10": spacing_rows(frame),
        "C11": operator_rows(frame),
        "C12": capacity_rows(frame),
        "keep": keep_rows(frame),
        "worst": worst_rows(frame),
    }
    blocks |= {name: rows for name, rows in further.items() if len(rows)}
    columns = frame.blocks[-1].stop
    matrix, rows, row_lower, row_upper = stack(blocks, columns)
    lower, upper = _bounds(frame)
    integer = np.zeros(columns, dtype=bool)
    for name in ("x", "y", "p", "g", "lag"):
        integer[frame.at(name)] = True
    return Programme(
        value=objective(frame, frame.stage),
        lower=lower,
        upper=upper,
        integer=integer,
        matrix=matrix,
        row_lower=row_lower,
        row_upper=row_upper,
        columns=frame.blocks,
        rows=rows,
    )


def _bounds(frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the columns' bounds: 0 and 1, but for residents, money and grades to be held."""
    columns = frame.blocks[-1].stop
    lower, upper = np.zeros(columns), np.ones(columns)
    grades, capacity = frame.rules.grades, frame.rules.capacity
    if grades is not None and frame.is_graded:
        grade, community = frame.graded
        must = (grade == grades.target) & (grades.must | grades.held_today[grade, community])
        lower[frame.at("g")] = must
    for money, first in zip(frame.payments, frame.first_payment, strict=True):
        upper[first : first + len(money)] = largest_payments(money)
    if capacity is not None:
        upper[frame.at("h")] = frame.lacking_people[frame.served]
        kind, space, _ = frame.taken
        per_outlet = np.array([capacity.per_outlet[t] for t in kind.tolist()], dtype=np.float64)
        upper[frame.at("b")] = per_outlet * capacity.part[space]
    return lower, upper


def cover(options: Options, needs: MergedNeeds, spaces: int) -> sparse.csr_array:
    """Return the pattern (merged needs, options): 1 where the option meets the need."""
    # a member may have several exclusive options of the type
    pair = options.type * spaces + options.space
    order = np.argsort(pair, kind="stable")
    member_of = np.repeat(np.arange(len(needs)), np.diff(needs.spaces.indptr))
    wanted = needs.type[member_of] * spaces + needs.spaces.member
    # where the options of each pair begin: looked up, as a search for millions takes seconds
    pairs = int(max(pair.max(initial=-1), wanted.max(initial=-1))) + 1
    begins = np.searchsorted(pair[order], np.arange(pairs + 1))
    first, last = begins[wanted], begins[wanted + 1]
    column = order[spans(first, last)]
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(last - first)])
    shape = (len(needs), len(options))
    found = sparse.csr_array((np.ones(len(column)), column, ends[needs.spaces.indptr]), shape=shape)
    found.sort_indices()
    return found


def _cover(frame: Frame) -> Part:
    """C1: z[m] - sum x <= 0."""
    pattern = cover(frame.options, frame.needs, len(frame.city.spaces)).tocoo()
    own = np.arange(len(frame.needs))
    return Part(
        row=np.concatenate([pattern.row, own]),
        column=np.concatenate([pattern.col, frame.at("z").start + own]),
        value=np.concatenate([-pattern.data, np.ones(len(own))]),
        lower=np.full(len(own), -np.inf),
        upper=np.zeros(len(own)),
    )


def _money(rows: list[MoneyRow], frame: Frame) -> Part:
    """C3 or C4 with C6, see `siting.programme.money`."""
    row, column, value = [], [], []
    for k, money in enumerate(rows):
        mine = np.flatnonzero(money.option)
        ours = frame.opened[money.space[frame.opened] != 0]
        row.append(np.full(len(mine) + len(ours), k))
        column.append(np.concatenate([mine, frame.y_of[ours]]))
        value.append(np.concatenate([money.option[mine], money.space[ours]]).astype(np.float64))
    empty = np.empty(0, dtype=np.int64)
    return Part(
        row=np.concatenate([empty, *row]),
        column=np.concatenate([empty, *column]),
        value=np.concatenate([np.empty(0), *value]),
        lower=np.full(len(rows), -np.inf),
        upper=np.array([float(money.limit) for money in rows], dtype=np.float64),
    )


def _locks(options: Options) -> Part:
    """C5: one option of each opened pair is chosen (forbidden pairs are no options)."""
    mine = np.flatnonzero(options.forced)
    pair = np.stack([options.space[mine], options.type[mine]], axis=1)
    _, row = np.unique(pair, axis=0, return_inverse=True)
    count = int(row.max()) + 1 if len(row) else 0
    return Part(
        row=row.reshape(-1).astype(np.int64),
        column=mine,
        value=np.ones(len(mine)),
        lower=np.ones(count),
        upper=np.ones(count),
    )
