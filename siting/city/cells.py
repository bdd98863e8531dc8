"""Cells to arrays: text, numbers, whole numbers, lists; every cell that does not fit is a fault."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.meant import number_meant
from siting.city.slips import dates, percentages, share_in
from siting.city.tables import Column, Table, as_word
from siting.city.units import MEASURES, converted, stated_as

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats, Ints, Words
    from siting.city.units import Unit

LARGEST = 1e15
"""So that sums over millions of cells, and areas times rents, are still numbers; unverified."""
LARGEST_AREA = 1e12
"""Square metres, a million square kilometres; in whole millionths it still fits 64 bits."""
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NOT_FINITE = {"nan", "inf", "infinity", "+inf", "-inf", "+infinity", "-infinity"}
_YES = ("1", "true", "yes", "y", "是", "有", "具备", "通", "已通", "√", "✓", "✔", "☑")
_NO = (
    "0",
    "false",
    "no",
    "n",
    "否",
    "无",
    "没有",
    "不具备",
    "未通",
    "不通",
    "×",
    "✗",
    "✘",
    "☐",
    "-",
    "—",
    "/",
)
_RANGE = re.compile(r"第?\d+(?:\.\d+)?\D?(?:-{1,2}|~|至|到|–|—+)\d+(?:\.\d+)?\D{0,4}")
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+\d{2,3}")
_SEPARATORS = re.compile(r"[;；]")


def words(table: Table, name: str) -> Words:
    """Return a column as text, ``""`` for empty cells; an absent column is all empty."""
    column = table.columns.get(name)
    texts = np.empty(len(table), dtype=object)
    texts[:] = ""
    if column is None:
        return texts
    full = ~column.blank
    values = column.values
    if values.dtype.kind in "iu":
        texts[:] = values.astype(str).astype(object)
    elif values.dtype.kind == "f":
        whole = full & (np.abs(values) < 2.0**63) & (np.floor(values) == values)
        texts[whole] = values[whole].astype(np.int64).astype(str).astype(object)
        other = full & ~whole
        texts[other] = [str(v) for v in values[other].tolist()]
    else:
        texts[full] = [
            v.strip() if isinstance(v, str) else as_word(v) for v in values[full].tolist()
        ]
    return texts


def ids(table: Table, findings: Findings, name: str = "id") -> Words:
    """Return the column of unique ids; empty and repeated ones are faults."""
    import pandas as pd

    texts = words(table, name)
    column = table.columns[name]
    findings.fault_rows("city.empty", table, column, column.blank)
    repeated = pd.Series(texts).duplicated().to_numpy() & ~column.blank
    if repeated.any():
        first: dict[str, int] = {}
        wanted = set(texts[repeated])
        for text, row in zip(texts.tolist(), table.rows.tolist(), strict=True):
            if text in wanted:
                first.setdefault(text, row)
        findings.fault_rows(
            "city.duplicate_id", table, column, repeated, first=lambda i: first[str(texts[i])]
        )
    if column.values.dtype == object:
        series = pd.Series(texts)
        short = series.str.contains("E+", regex=False).to_numpy(np.bool_, copy=True)
        short[short] = series[short].str.fullmatch(_SHORTENED).to_numpy(np.bool_)
        if short.any():
            findings.remark(
                "city.id_short",
                file=table.file,
                column=column.name,
                value=texts[np.argmax(short)],
                count=int(short.sum()),
            )
    return texts


def numbers(
    table: Table,
    name: str,
    findings: Findings,
    *,
    default: float | None = None,
    above: float | None = None,
    least: float | None = None,
    base: Floats | None = None,
) -> Floats:
    """Return a column as numbers, in siting's units.

    Full-width digits and separators between thousands (``1,234``) are understood; all other text
    is a fault, as are NaN and infinity, and percentages where the unit is no share.

    Parameters
    ----------
    default
        For empty cells and an absent column; None: an empty cell is a fault.
    above, least
        A number not above `above`, or less than `least`, is a fault.
    base
        By which numbers for the whole floor are divided, and shares of residents multiplied.

    Returns
    -------
    ndarray of float
        Shape (n,); NaN where a fault was found.
    """
    column = table.columns.get(name)
    if column is None:
        return np.full(len(table), np.nan if default is None else default)
    values, text = parsed(column)
    if column.spoilt is not None:
        text &= ~column.spoilt
    unit = table.units.get(name)
    if unit is not None and unit.share:
        values, done = _shares(table, column, values, unit, findings)
    else:
        done = percentages(column)
        group = base is not None and name not in MEASURES
        key = "city.percent_group" if group else "city.percent"
        findings.fault_rows(key, table, column, done, canonical=name)
        values = np.where(done, np.nan, values)
    text &= ~done
    if text.any():
        _say_text(table, column, np.flatnonzero(text), findings)
    broken = ~column.blank & ~text & ~done & ~np.isfinite(values)
    findings.fault_rows("city.not_finite", table, column, broken)
    values = np.where(np.isfinite(values), values, np.nan)
    if unit is not None:
        values = converted(values, unit, base)
    most = LARGEST_AREA if MEASURES.get(name) == "area" else LARGEST
    large = np.abs(values) > most
    findings.fault_rows("city.too_large", table, column, large, most=f"{most:g}")
    values = np.where(large, np.nan, values)
    if default is None:
        findings.fault_rows("city.empty", table, column, column.blank)
    else:
        values = np.where(column.blank, default, values)
    stated = np.isfinite(values) & ~column.blank
    if above is not None:
        findings.fault_rows(
            "city.not_above", table, column, stated & ~(values > above), least=f"{above:g}"
        )
    if least is not None:
        low = stated & (values < least)
        if least == 0:
            findings.fault_rows("city.negative", table, column, low)
        else:
            findings.fault_rows("city.too_small", table, column, low, least=f"{least:g}")
    return values


def whole_numbers(table: Table, name: str, findings: Findings, *, default: int, least: int) -> Ints:
    """Return a column as whole numbers; `default` where a cell is empty or not usable."""
    values = numbers(table, name, findings, default=float(default), least=float(least))
    column = table.columns.get(name)
    if column is not None:
        usable = np.isfinite(values)
        broken = usable & (np.floor(values) != values)
        findings.fault_rows("city.not_whole", table, column, broken)
        values = np.where(usable & (np.abs(values) < 1e9), values, default)
    return values.astype(np.int64)


def coded(table: Table, name: str) -> tuple[Ints, list[str]]:
    """Return a column of few different words as codes and the words, in order of appearance."""
    import pandas as pd

    codes, unique = pd.factorize(words(table, name))
    return np.asarray(codes, dtype=np.int64), [str(word) for word in unique]


def parts(cell: str) -> list[str]:
    """Return the words of a cell that holds several, separated by ``;`` or ``；``, each once."""
    return list(dict.fromkeys(p for p in (q.strip() for q in _SEPARATORS.split(cell)) if p))


def yes_or_no(text: str) -> bool | None:
    """Return what a word says that is a yes or a no: ``是``, ``无``, ``√``, ``0``; else None."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return True if plain in _YES else False if plain in _NO else None


def is_range(text: str) -> bool:
    """Tell whether a text names two numbers and all between them: ``120-150``, ``１～２层``."""
    return _RANGE.fullmatch(unicodedata.normalize("NFKC", text).strip()) is not None


def number_in(text: str) -> float | None:
    """Return the number that `text` unambiguously is, or None."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if _PLAIN.fullmatch(plain):
        return float(plain)
    if _THOUSANDS.fullmatch(plain):
        return float(plain.replace(",", ""))
    return None


def _may_be_number(value: Any) -> bool:
    """Tell numbers and text from dates and truth values, which pandas would count with too."""
    return isinstance(value, (str, int, float, Decimal, np.number)) and not isinstance(value, bool)


def parsed(column: Column) -> tuple[Floats, Any]:
    """Return the numbers of a column (NaN where there is none) and where text is none."""
    import pandas as pd

    values = column.values
    if values.dtype.kind in "iuf":
        return values.astype(np.float64), np.zeros(len(values), dtype=np.bool_)
    flags = np.fromiter((not _may_be_number(v) for v in values), np.bool_, len(values))
    plain = pd.to_numeric(
        pd.Series(values, dtype=object).where(~flags & ~column.blank), errors="coerce"
    )
    found = plain.to_numpy(dtype=np.float64, na_value=np.nan).copy()
    text = ~column.blank & np.isnan(found)
    for i in np.flatnonzero(text):
        value = values[i]
        if isinstance(value, float):
            text[i] = False
            continue
        said = as_word(value)
        if said.casefold() in _NOT_FINITE:
            text[i] = False
            continue
        number = None if flags[i] else number_in(said)
        if number is not None:
            found[i] = number
            text[i] = False
    return found, text


def _shares(
    table: Table, column: Column, values: Floats, unit: Unit, findings: Findings
) -> tuple[Floats, Bools]:
    """Return a column of shares in its unit, and which cells need not be looked at again.

    What is written as a percentage is one whatever the unit: ``20%``, or a cell so formatted.
    """
    at = np.flatnonzero(percentages(column))
    found = np.array([share_in(column.values[i]) for i in at], dtype=np.float64)
    at, found = at[~np.isnan(found)], found[~np.isnan(found)]
    values = values.copy()
    values[at] = stated_as(found, unit)
    beyond = np.isfinite(values) & ~((values >= 0.0) & (values <= float(1 / unit.times)))
    findings.fault_rows("city.share", table, column, beyond)
    done = beyond.copy()
    done[at] = True
    return np.where(beyond, np.nan, values), done


def _say_text(table: Table, column: Column, at: Ints, findings: Findings) -> None:
    """Say of each text what number it should be, where it holds one."""
    held = dates(column)
    for i in at:
        said = column.shown(int(i))
        meant = number_meant(said)
        key = "city.not_number" if meant is None else "city.not_number_meant"
        if held[i]:
            key = "city.date_number"
        elif is_range(said):
            key = "city.range"
        findings.fault(
            key,
            file=table.file,
            row=int(table.rows[i]),
            column=column.name,
            value=said,
            meant=meant,
        )
