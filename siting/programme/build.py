"""The programme C1 to C6 with the `coverage` objective, built with array operations.

Columns: ``x`` (one an option), ``y`` (spaces with a one-off cost or a least number of types),
``z`` (one a merged need). Rows are numbered as in ``models/README.md``:

======== ===========================================================================
``C1``   cover: z[m] <= sum of x[s, t] over the spaces of m
``C2``   floor: area, number of types, one option a pair, x <= y
``C3``   capital, with its purses (C6)
``C4``   subsidy a year, with its purses (C6)
``C5``   locks: an opened pair has one option chosen
======== ===========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.model import Block, Programme
from siting.walk.reach import spans

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.programme.money import MoneyRow
    from siting.programme.needs import MergedNeeds
    from siting.standard.options import Options

_PER_M2 = 1_000_000  # floor areas are compared in whole millionths of a square metre


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows under construction: coordinates, values and bounds."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def build(city: City, options: Options, needs: MergedNeeds, money: list[MoneyRow]) -> Programme:
    """Return the programme of a question whose needs are merged."""
    opened = spaces_with_y(city, options)
    x, y, z = len(options), len(opened), len(needs)
    y_of = np.full(len(city.spaces), -1, dtype=np.int64)
    y_of[opened] = x + np.arange(y)
    blocks = {
        "C1": _cover(options, needs, len(city.spaces), x + y),
        "C2": _floor(city, options, y_of),
        "C3": _money([m for m in money if m.name == "C3"], opened, x),
        "C4": _money([m for m in money if m.name == "C4"], opened, x),
        "C5": _locks(options),
    }
    matrix, rows = _stack(blocks, x + y + z)
    columns = x + y + z
    return Programme(
        value=np.concatenate([np.zeros(x + y), needs.weight]),
        lower=np.zeros(columns),
        upper=np.ones(columns),
        integer=np.arange(columns) < x + y,
        matrix=matrix,
        row_lower=np.concatenate([b.lower for b in blocks.values()]),
        row_upper=np.concatenate([b.upper for b in blocks.values()]),
        columns=(Block("x", 0, x), Block("y", x, x + y), Block("z", x + y, columns)),
        rows=rows,
    )


def spaces_with_y(city: City, options: Options) -> NDArray[np.int64]:
    """Return the spaces that have a column y, in the order of those columns."""
    has_option = np.bincount(options.space, minlength=len(city.spaces)) > 0
    return np.flatnonzero(has_option & ((options.fixed_fen > 0) | (city.spaces.min_types > 1)))


def _cover(options: Options, needs: MergedNeeds, spaces: int, z_start: int) -> _Rows:
    """C1: z[m] - sum x <= 0, a member may have two exclusive options of the type."""
    pair = options.type * spaces + options.space
    order = np.argsort(pair, kind="stable")
    member_of = np.repeat(np.arange(len(needs)), np.diff(needs.spaces.indptr))
    wanted = needs.type[member_of] * spaces + needs.spaces.member
    first = np.searchsorted(pair[order], wanted, side="left")
    last = np.searchsorted(pair[order], wanted, side="right")
    count = last - first
    row = np.repeat(member_of, count)
    column = order[spans(first, last)]
    own = np.arange(len(needs))
    return _Rows(
        row=np.concatenate([row, own]),
        column=np.concatenate([column, z_start + own]),
        value=np.concatenate([-np.ones(len(row)), np.ones(len(own))]),
        lower=np.full(len(needs), -np.inf),
        upper=np.zeros(len(needs)),
    )


def _floor(city: City, options: Options, y_of: NDArray[np.int64]) -> _Rows:
    """C2, only rows that can bind; a Python loop over the spaces that have options."""
    row: list[NDArray[np.int64]] = []
    column: list[NDArray[np.int64]] = []
    value: list[NDArray[np.float64]] = []
    upper: list[float] = []

    def append(columns: NDArray[np.int64], values: NDArray[np.float64], most: float) -> None:
        """Append the row values x <= most."""
        row.append(np.full(len(columns), len(upper)))
        column.append(columns)
        value.append(values)
        upper.append(most)

    def add(columns: NDArray[np.int64], values: NDArray[np.float64], y: int, most: float) -> None:
        """Append sum values x <= most y, or <= most where the space has no y."""
        if y >= 0:
            append(np.append(columns, y), np.append(values, -most), 0.0)
        else:
            append(columns, values, most)

    starts = np.searchsorted(options.space, np.arange(len(city.spaces) + 1))
    micro = np.rint(options.area_m2 * _PER_M2).astype(np.int64)
    room = np.rint(city.spaces.area_m2 * _PER_M2).astype(np.int64)
    for s in np.flatnonzero(np.diff(starts)):
        mine = np.arange(starts[s], starts[s + 1])
        y, most = int(y_of[s]), int(city.spaces.max_types[s])
        _, pair = np.unique(options.type[mine], return_inverse=True)
        pairs = int(pair.max()) + 1
        ones = np.ones(len(mine))
        if most == 1:
            if len(mine) > 1 or y >= 0:
                add(mine, ones, y, 1.0)
        else:
            for p in range(pairs):
                twins = mine[pair == p]
                if len(twins) > 1 or y >= 0:
                    add(twins, np.ones(len(twins)), y, 1.0)
            if pairs > most:
                add(mine, ones, y, float(most))
            if _largest_bundle(micro[mine], pair, most) > room[s]:
                # small whole numbers: the rounded-down room excludes no bundle
                unit = int(np.gcd.reduce(micro[mine]))
                add(mine, (micro[mine] // unit).astype(float), y, float(room[s] // unit))
                large = mine[micro[mine] * 2 > room[s]]
                if len(np.unique(options.type[large])) > 1:
                    add(large, np.ones(len(large)), y, 1.0)
        if y >= 0:
            # with min_types 1 this keeps y at 0 where nothing opens
            least = float(city.spaces.min_types[s])
            append(np.append(mine, y), np.append(-ones, least), 0.0)
    empty = np.empty(0, dtype=np.int64)
    return _Rows(
        row=np.concatenate([empty, *row]),
        column=np.concatenate([empty, *column]),
        value=np.concatenate([np.empty(0), *value]),
        lower=np.full(len(upper), -np.inf),
        upper=np.array(upper),
    )


def _largest_bundle(area: NDArray[np.int64], pair: NDArray[np.int64], most: int) -> int:
    """Return the largest floor area that `most` types together could ask for."""
    largest = np.zeros(int(pair.max()) + 1, dtype=np.int64)
    np.maximum.at(largest, pair, area)
    return int(np.sort(largest)[-most:].sum())


def _money(rows: list[MoneyRow], opened: NDArray[np.int64], y_start: int) -> _Rows:
    """C3 or C4 with C6, see `siting.programme.money`."""
    row, column, value = [], [], []
    for k, money in enumerate(rows):
        mine = np.flatnonzero(money.option)
        ours = np.flatnonzero(money.space[opened])
        row.append(np.full(len(mine) + len(ours), k))
        column.append(np.concatenate([mine, y_start + ours]))
        value.append(np.concatenate([money.option[mine], money.space[opened][ours]]))
    empty = np.empty(0, dtype=np.int64)
    return _Rows(
        row=np.concatenate([empty, *row]),
        column=np.concatenate([empty, *column]),
        value=np.concatenate([np.empty(0), *value]),
        lower=np.full(len(rows), -np.inf),
        upper=np.array([float(money.limit) for money in rows]),
    )


def _locks(options: Options) -> _Rows:
    """C5: one option of each opened pair is chosen (forbidden pairs are no options)."""
    mine = np.flatnonzero(options.forced)
    pair = np.stack([options.space[mine], options.type[mine]], axis=1)
    _, row = np.unique(pair, axis=0, return_inverse=True)
    count = int(row.max()) + 1 if len(row) else 0
    return _Rows(
        row=row.reshape(-1).astype(np.int64),
        column=mine,
        value=np.ones(len(mine)),
        lower=np.ones(count),
        upper=np.ones(count),
    )


def _stack(blocks: dict[str, _Rows], columns: int) -> tuple[sparse.csr_array, tuple[Block, ...]]:
    names, at = [], 0
    row, column, value = [], [], []
    for name, block in blocks.items():
        size = len(block.upper)
        names.append(Block(name, at, at + size))
        row.append(block.row + at)
        column.append(block.column)
        value.append(block.value)
        at += size
    matrix = sparse.coo_array(
        (np.concatenate(value), (np.concatenate(row), np.concatenate(column))), shape=(at, columns)
    ).tocsr()
    matrix.sort_indices()
    return matrix, tuple(names)
