"""What spreadsheets make of cells: errors, formulas without results, dates, percentages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Container

    from siting.city.findings import Findings
    from siting.city.model import Bools
    from siting.city.tables import Column, Table

ERRORS = frozenset(
    {
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#BUSY!",
        "#UNKNOWN!",
        "#GETTING_DATA",
    }
)
"""What a workbook shows where a formula has failed, and what it exports as text."""
_OWN_WORD_ON_DATES = frozenset({"floor"})
_PERCENT = re.compile(r"(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*%")


class PerCent(float):
    """A number that a workbook shows as a percentage: 0.2 is shown as ``20%``."""

    def __str__(self) -> str:
        shown = f"{Decimal(repr(float(self))) * 100:f}"
        return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown}%"


@dataclass(frozen=True)
class Formula:
    """A formula of which the workbook holds no result."""

    text: str

    def __str__(self) -> str:
        return self.text


def dates(column: Column) -> Bools:
    """Return which cells are dates or times: ``1-2`` typed into Excel becomes one."""
    if not _mixed(column):
        return np.zeros(len(column.values), dtype=np.bool_)
    made = (isinstance(v, (date, time, timedelta)) for v in column.values)
    return np.fromiter(made, np.bool_, len(column.values))


def percentages(column: Column) -> Bools:
    """Return which cells speak of a percentage: by the format of the number, or as text."""
    if column.values.dtype != object:
        return np.zeros(len(column.values), dtype=np.bool_)
    said = (
        isinstance(v, PerCent) or (isinstance(v, str) and ("%" in v or "％" in v))
        for v in column.values
    )
    return np.fromiter(said, np.bool_, len(column.values))


def share_in(cell: object) -> float | None:
    """Return the share that a cell with a percentage states: 0.2 of ``20%``; None of other text."""
    if isinstance(cell, PerCent):
        return float(cell)
    match = _PERCENT.fullmatch(unicodedata.normalize("NFKC", str(cell)).strip())
    return float(Decimal(match["number"]) / 100) if match else None


def without_slips(table: Table, words: Container[str], findings: Findings) -> Table:
    """Return the table with its spoilt cells marked, each of them a fault.

    Spoilt are errors and formulas without results, and dates in columns of text.

    Parameters
    ----------
    words
        Canonical names of the columns of text.
    """
    columns = {}
    for name, column in table.columns.items():
        if column.values.dtype != object:
            continue
        failed, formula = _failed(column)
        made = np.zeros(len(column.values), dtype=np.bool_)
        if name in words and name not in _OWN_WORD_ON_DATES:
            made = dates(column)
        findings.fault_rows("city.failed_formula", table, column, failed)
        findings.fault_rows("city.no_result", table, column, formula)
        findings.fault_rows("city.date_text", table, column, made)
        spoilt = failed | formula | made
        if spoilt.any():
            columns[name] = replace(column, spoilt=spoilt)
    return replace(table, columns={**table.columns, **columns}) if columns else table


def _failed(column: Column) -> tuple[Bools, Bools]:
    """Return which cells are errors, and which are formulas without results."""
    values, none = column.values, np.zeros(len(column.values), dtype=np.bool_)
    mixed = _mixed(column)
    if not mixed and ERRORS.isdisjoint(values.tolist()):
        return none, none
    failed = np.fromiter(
        (isinstance(v, str) and v.strip() in ERRORS for v in values), np.bool_, len(values)
    )
    if not mixed:
        return failed, none
    return failed, np.fromiter((isinstance(v, Formula) for v in values), np.bool_, len(values))


def _mixed(column: Column) -> bool:
    """Tell whether there is more than text and empty cells."""
    from pandas.api.types import infer_dtype

    values = column.values
    return values.dtype == object and infer_dtype(values, skipna=True) not in ("string", "empty")
