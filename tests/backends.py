"""Small programmes with known answers, for the tests of the solver back ends."""

from __future__ import annotations

import itertools
import select
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.model import Block, Programme


def programme(
    value: list[float] | NDArray[np.float64],
    rows: list[list[float]] | NDArray[np.float64],
    row_lower: list[float] | NDArray[np.float64],
    row_upper: list[float] | NDArray[np.float64],
    integer: list[bool] | NDArray[np.bool_] | None = None,
    upper: list[float] | None = None,
    blocks: tuple[Block, ...] | None = None,
) -> Programme:
    worth = np.asarray(value, dtype=float)
    size = len(worth)
    dense = np.asarray(rows, dtype=float).reshape(len(rows), size)
    return Programme(
        value=worth,
        lower=np.zeros(size),
        upper=np.ones(size) if upper is None else np.asarray(upper, dtype=float),
        integer=np.ones(size, bool) if integer is None else np.asarray(integer, dtype=bool),
        matrix=sparse.csr_array(dense),
        row_lower=np.asarray(row_lower, dtype=float),
        row_upper=np.asarray(row_upper, dtype=float),
        columns=(Block("x", 0, size),),
        rows=blocks or (Block("R", 0, len(dense)),),
    )


def knapsack() -> Programme:
    """Worth 15 with items 1 and 2: 3 + 4 <= 7; item 0 alone is worth 10."""
    return programme([10.0, 7.0, 8.0, 1.0], [[5.0, 3.0, 4.0, 2.0]], [-np.inf], [7.0])


def overspent_by_a_fen() -> Programme:
    """Both items cost one fen more than there is, less than any solver's tolerance: worth 2."""
    return programme([2.0, 1.0], [[12_000_000.01, 8_000_000.0]], [-np.inf], [20_000_000.0])


def hard() -> Programme:
    """Dense rows of like weights: no solver proves it in less than a minute."""
    draw = np.random.default_rng(0)
    rows = draw.integers(1, 60, (40, 60)).astype(float)
    value = draw.integers(20, 60, 60).astype(float)
    return programme(value, rows, np.full(40, -np.inf), np.floor(rows.sum(axis=1) * 0.4))


def covering(seed: int, spaces: int = 4, types: int = 3, places: int = 6) -> Programme:
    """Rows C1 to C4 with x, y binary and z in [0, 1], drawn at random."""
    draw = np.random.default_rng(seed)
    pairs = list(itertools.product(range(spaces), range(types)))
    area = draw.integers(20, 90, len(pairs)).astype(float)
    room = draw.integers(60, 150, spaces).astype(float)
    capital = draw.integers(1_000_000, 9_000_000, len(pairs)) / 100
    once = draw.integers(0, 2, spaces) * draw.integers(100_000, 900_000, spaces) / 100
    subsidy = draw.integers(100_000, 900_000, len(pairs)) / 100
    needs = list(itertools.product(range(places), range(types)))
    reach = draw.random((places, spaces)) < 0.5
    weight = draw.random(len(needs)) * 500
    sizes = (len(pairs), spaces, len(needs))
    x, y, z = (np.eye(n) for n in sizes)
    in_space = np.array([[float(s == at) for s, _ in pairs] for at in range(spaces)])
    cover = np.array([[float(t == kind and reach[i, s]) for s, t in pairs] for i, kind in needs])
    blank = np.zeros
    rows = np.vstack(
        [
            np.hstack([-cover, blank((sizes[2], sizes[1])), z]),
            np.hstack([in_space * area, -np.diag(room), blank((spaces, sizes[2]))]),
            np.hstack([x, -in_space.T, blank((sizes[0], sizes[2]))]),
            np.hstack([-in_space, y, blank((spaces, sizes[2]))]),
            np.hstack([in_space, -2 * y, blank((spaces, sizes[2]))]),
            np.concatenate([capital, once, blank(sizes[2])])[None],
            np.concatenate([subsidy, blank(sizes[1]), blank(sizes[2])])[None],
        ]
    )
    c1, c2 = sizes[2], len(rows) - 2
    money = [round(capital.sum() * 0.3, 2), round(subsidy.sum() * 0.4, 2)]
    built = programme(
        np.concatenate([blank(sizes[0] + sizes[1]), weight]),
        rows,
        np.full(len(rows), -np.inf),
        np.concatenate([blank(c2), money]),
        integer=np.concatenate([np.ones(sizes[0] + sizes[1], bool), blank(sizes[2]) > 0]),
        blocks=(
            Block("C1", 0, c1),
            Block("C2", c1, c2),
            Block("C3", c2, c2 + 1),
            Block("C4", c2 + 1, c2 + 2),
        ),
    )
    ends = np.cumsum([0, *sizes]).tolist()
    named = tuple(Block(n, a, b) for n, a, b in zip("xyz", ends[:-1], ends[1:], strict=True))
    return Programme(**{**vars(built), "columns": named})


def best_by_search(built: Programme) -> float:
    """Return the optimum of a `covering` programme by trying every choice of x."""
    x, y, _z = (built.column_range(name) for name in "xyz")
    dense = built.matrix.toarray()
    c1, c2 = built.row_range("C1"), built.row_range("C2")
    choices = np.array(list(itertools.product([0.0, 1.0], repeat=x.stop)))
    in_space = dense[c2.start + y.stop - y.start :][: x.stop, y] < 0
    opened = (choices @ in_space > 0).astype(float)
    met = np.minimum(1.0, choices @ -dense[c1, x].T)
    whole = np.hstack([choices, opened, met])
    activity = whole @ dense.T
    stands = (activity <= built.row_upper + 1e-6).all(axis=1)
    return float((whole @ built.value)[stands].max())


def gone(leader: int) -> bool:
    """Tell whether a process group empties within a few seconds (Linux)."""
    patience = time.monotonic() + 5
    while group_of(leader):
        if time.monotonic() > patience:
            return False
        select.select([], [], [], 0.01)
    return True


def group_of(leader: int) -> set[int]:
    """Return the living processes of a process group (Linux)."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z" and int(fields[2]) == leader:
                found.add(int(entry.name))
    return found
