"""Rows of a table that add up others, as people write below and between their records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats
    from siting.city.tables import Column, Table

_TOTALS = ("合计", "总计", "小计", "共计", "累计", "本页合计", "total", "subtotal", "sum")
_SPACED = "|".join(r"\s*".join(word) for word in _TOTALS)
_TOTAL = re.compile(rf"^\s*(?:{_SPACED})[\s:：]*$", re.IGNORECASE | re.MULTILINE)
_SAME = 1e-9
"""Relative, for sums of numbers that are rounded; unverified."""


def says_total(column: Column) -> Bools:
    """Return which cells hold a word for a sum and nothing else."""
    values = column.values
    # All cells at once first: hardly any table holds such a word.
    if values.dtype != object or _TOTAL.search("\n".join(map(str, values.tolist()))) is None:
        return np.zeros(len(values), dtype=np.bool_)
    return np.fromiter(
        (isinstance(v, str) and _TOTAL.fullmatch(v) is not None for v in values),
        np.bool_,
        len(values),
    )


def check_totals(table: Table, name: str, values: Floats, findings: Findings) -> None:
    """Refuse records that are called like sums and are sums of others; remark others so called.

    Parameters
    ----------
    name
        Canonical name of the column whose numbers would count twice.
    values
        They themselves.
    """
    columns = [table.columns[word] for word in ("id", "community") if word in table.columns]
    by_column = [says_total(column) for column in columns]
    called = np.logical_or.reduce(by_column)
    if not called.any() or name not in table.columns:
        return
    single = np.where(called | ~np.isfinite(values), 0.0, values)
    above = np.cumsum(single)
    rows = np.flatnonzero(called)
    before = np.concatenate(([0.0], above[rows[:-1]]))
    sums = np.stack((np.full(len(rows), above[-1]), above[rows], above[rows] - before))
    close = np.abs(sums - values[rows]) <= _SAME * np.abs(values[rows])
    summed = np.zeros(len(table), dtype=np.bool_)
    summed[rows] = close.any(axis=0) & (values[rows] > 0.0)
    for column, found in zip(columns, by_column, strict=True):
        findings.fault_rows("city.total_row", table, column, called & found & summed)
        findings.remark_rows("city.total_like", table, column, called & found & ~summed)
        called &= ~found  # one line a row will do
