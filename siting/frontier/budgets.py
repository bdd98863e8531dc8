"""Which budgets are solved: numbers, ranges, and the grid of two of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from siting.errors import InputError, Notice
from siting.standard.model import Budget
from siting.standard.money import MAX_FEN, fen_down

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 1000
"""Solves in one call; unverified: an engineering default against slips of the pen."""

Amounts = str | float | Sequence[float]


def amounts(said: Amounts, name: str) -> tuple[float, ...]:
    """Return amounts in yuan, ascending, each once.

    Parameters
    ----------
    said
        One number, several, or words: ``5e6``, or a range ``0:10e6:1e6`` (from, to, step; the end
        is part of it where a step falls on it).
    name
        What complaints call it.

    Raises
    ------
    InputError
        The words are neither, or an amount is negative or too large to be counted.
    """
    if isinstance(said, str):
        found = _range(said, name) if ":" in said else [_one(said, said, name)]
    else:
        each = said if isinstance(said, Sequence) else [said]
        found = [_one(str(one), str(one), name) for one in each]
    if not found:
        raise InputError(Notice("frontier.no_amount", values={"name": name}))
    return tuple(sorted(set(found)))


def _range(said: str, name: str) -> list[float]:
    parts = said.split(":")
    if len(parts) != 3:
        raise _bad("frontier.bad_range", said, name)
    first, last, step = (_fen(_one(part, said, name, "frontier.bad_range")) for part in parts)
    if step is None or first is None or last is None:
        raise _bad("frontier.range_unlimited", said, name)
    if step <= 0:
        raise _bad("frontier.range_step", said, name)
    if first > last:
        raise _bad("frontier.range_order", said, name)
    if (last - first) // step >= MOST:
        count = (last - first) // step + 1
        raise _bad("frontier.range_long", said, name, count=count, most=MOST)
    return [fen / 100 for fen in range(first, last + 1, step)]


def _one(word: str, said: str, name: str, key: str = "frontier.bad_amount") -> float:
    """Return an amount in whole fen as yuan, infinite where the word says so."""
    try:
        number = float(Decimal(word.strip().replace("_", "")))
    except (InvalidOperation, OverflowError):
        raise _bad(key, said, name) from None
    if math.isnan(number) or number < 0.0:
        raise _bad(key, said, name)
    if math.isinf(number) and "inf" in word.lower():
        return number
    if math.isinf(number) or fen_down(number) > MAX_FEN:
        raise _bad("frontier.amount_large", said, name)
    return fen_down(number) / 100


def _fen(yuan: float) -> int | None:
    return None if math.isinf(yuan) else round(yuan * 100)


def _bad(key: str, said: str, name: str, **values: object) -> InputError:
    return InputError(Notice(key, value=said, values={"name": name, **values}))


def grid(capital: Iterable[float], subsidy: Iterable[float]) -> tuple[Budget, ...]:
    """Return every pair, by subsidy, then capital; both ascending.

    Raises
    ------
    InputError
        There are more than `MOST`, or only one, which is no curve.
    """
    lines = sorted(set(subsidy))
    columns = sorted(set(capital))
    count = len(lines) * len(columns)
    if count > MOST:
        raise InputError(Notice("frontier.too_many", values={"count": count, "most": MOST}))
    if count == 1:
        raise InputError(Notice("frontier.no_range"))
    return tuple(Budget(capital=c, subsidy_per_year=s) for s in lines for c in columns)
