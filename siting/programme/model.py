"""A mixed-integer programme as sparse data; what every solver back end is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import sparse


@dataclass(frozen=True)
class Block:
    """A named range [start, stop) of columns or rows, e.g. ``x``, ``z`` or ``C1``."""

    name: str
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Programme:
    """Maximise ``value @ v`` with ``row_lower <= matrix @ v <= row_upper``, bounds, integrality.

    Attributes
    ----------
    value
        Objective coefficients, shape (columns,).
    lower, upper
        Bounds of the columns (finite), shape (columns,).
    integer
        True for columns that must be whole numbers, shape (columns,).
    matrix
        Compressed sparse rows, shape (rows, columns), float64, no stored zeros, sorted indices.
    row_lower, row_upper
        Bounds of the rows; -inf or inf where there is none, shape (rows,).
    columns, rows
        Blocks that name what stands where, in order, without gaps.
    """

    value: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    integer: NDArray[np.bool_]
    matrix: sparse.csr_array
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    columns: tuple[Block, ...]
    rows: tuple[Block, ...]

    def column_range(self, name: str) -> slice:
        """Return where the columns of block `name` stand (an empty slice if there is none)."""
        return _range(self.columns, name)

    def row_range(self, name: str) -> slice:
        """Return where the rows of block `name` stand (an empty slice if there is none)."""
        return _range(self.rows, name)


def _range(blocks: tuple[Block, ...], name: str) -> slice:
    for block in blocks:
        if block.name == name:
            return slice(block.start, block.stop)
    return slice(0, 0)
