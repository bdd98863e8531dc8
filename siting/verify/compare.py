"""How stated numbers are compared with recounted ones."""

from __future__ import annotations

import json
from decimal import ROUND_FLOOR, Decimal
from math import isclose, isfinite, isinf
from typing import Any

from siting.errors import Notice

_DIGITS = 19  # of a whole number in 64 bits
_RELATIVE = 1e-9  # sums in another order differ by no more


def close(stated: float, right: float) -> bool:
    """Return whether two numbers agree but for the order in which they were summed."""
    if not (isfinite(stated) and isfinite(right)):
        return stated == right
    return abs(stated - right) <= _RELATIVE * max(1.0, abs(stated), abs(right))


def same_gap(stated: float | None, right: float | None) -> bool:
    """Return whether two gaps agree, however small they are, to their own last digits."""
    if stated is None or right is None:
        return stated is right
    return isclose(stated, right, rel_tol=_RELATIVE)


def fen(yuan: float) -> int | None:
    """Return an amount in whole fen, or None where it is no whole number of fen."""
    exact = Decimal(repr(yuan)) * 100
    return int(exact) if exact == exact.to_integral_value() else None


def fen_below(yuan: float) -> int | None:
    """Return a limit in whole fen, rounded down; None where it is unlimited."""
    if isinf(yuan):
        return None
    return int((Decimal(repr(yuan)) * 100).to_integral_value(ROUND_FLOOR))


def yuan(amount: int | None) -> str:
    """Return whole fen as text in yuan."""
    return "-" if amount is None else f"{Decimal(amount) / 100:.2f}"


def shown(value: object) -> str:
    """Return a value as text; numbers in full, so that two that differ look different."""
    if value is None:
        return "null"
    if isinstance(value, float):
        return repr(float(value))  # numpy floats too
    return str(value)


def differs(key: str, stated: object, right: object, **names: object) -> Notice:
    """Return the notice that `stated` ought to be `right`."""
    values = {name: shown(value) for name, value in names.items()}
    return Notice(
        f"verify.{key}", values={**values, "stated": shown(stated), "right": shown(right)}
    )


def wrong(key: str, **names: object) -> Notice:
    """Return a notice that names what breaks a rule."""
    return Notice(f"verify.{key}", values={name: shown(value) for name, value in names.items()})


def strict_json(text: str) -> Any:
    """Return what JSON says, where every reader would understand the same.

    Raises
    ------
    ValueError
        It is no JSON, a key stands twice in a record, or a whole number has more digits than
        64 bits hold.
    """
    return json.loads(text, object_pairs_hook=_each_once, parse_int=_whole)


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError(f"{digits[:_DIGITS]}...: {len(digits)} digits")
    return int(digits)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for k, n in enumerate(names) if n in names[:k])!r} x 2")
    return record
