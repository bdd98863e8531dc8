"""Rows of a programme while it is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from siting.programme.model import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Line = tuple[Ints, Floats, float, float]
"""Columns, their coefficients, and the least and most of one row."""


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one block: coordinates, values and bounds; rows count from 0."""

    row: Ints
    column: Ints
    value: Floats
    lower: Floats
    upper: Floats

    def __len__(self) -> int:
        return len(self.upper)


def part(lines: Sequence[Line]) -> Part:
    """Return the block that holds `lines`, without coefficients of 0."""
    sizes = np.array([len(columns) for columns, _, _, _ in lines], dtype=np.int64)
    empty = np.empty(0)
    value = np.concatenate([empty, *(v for _, v, _, _ in lines)])
    column = np.concatenate([empty.astype(np.int64), *(c for c, _, _, _ in lines)])
    row = np.repeat(np.arange(len(lines)), sizes)
    keep = value != 0
    return Part(
        row=row[keep],
        column=column[keep],
        value=value[keep],
        lower=np.array([low for _, _, low, _ in lines], dtype=np.float64),
        upper=np.array([high for _, _, _, high in lines], dtype=np.float64),
    )


def join(parts: Sequence[Part]) -> Part:
    """Return the rows of all parts, one below the other."""
    at = np.cumsum([0, *(len(p) for p in parts)])
    return Part(
        row=np.concatenate([p.row + a for p, a in zip(parts, at[:-1], strict=True)]),
        column=np.concatenate([p.column for p in parts]),
        value=np.concatenate([p.value for p in parts]),
        lower=np.concatenate([p.lower for p in parts]),
        upper=np.concatenate([p.upper for p in parts]),
    )


def stack(
    blocks: dict[str, Part], columns: int
) -> tuple[sparse.csr_array, tuple[Block, ...], Floats, Floats]:
    """Return the matrix of all blocks, their names and places, and the rows' bounds."""
    whole = join(list(blocks.values()))
    names, at = [], 0
    for name, block in blocks.items():
        names.append(Block(name, at, at + len(block)))
        at += len(block)
    matrix = sparse.coo_array((whole.value, (whole.row, whole.column)), shape=(at, columns)).tocsr()
    matrix.sort_indices()
    return matrix, tuple(names), whole.lower, whole.upper
