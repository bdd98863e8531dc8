"""Both coordinates in one cell, such as ``116.40,39.90``: one column made into two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats, Ints
    from siting.city.tables import Column

PAIRS = ("xy", "yx")
"""Columns of both coordinates, by which of them stands first."""
_NUMBER = r"([+-]?\d+(?:\.\d+)?)"
_PAIR = rf"(?:POINT)?[\s(\[{{]*{_NUMBER}[\s,;/|、]+{_NUMBER}[\s)\]}}]*"


def numbers_of_pairs(column: Column) -> tuple[Floats, Floats]:
    """Return the first and the second number of each cell, NaN where it holds no two numbers.

    A comma, a semicolon, a blank or a stroke separates them, full-width or not; brackets around
    them do no harm.
    """
    import pandas as pd

    cells = pd.Series(column.values, dtype=object).where(~column.blank, "").astype(str)
    plain = cells.str.normalize("NFKC").str.replace("−", "-").str.strip().str.upper()
    found = plain.str.extract(f"^{_PAIR}$").to_numpy(dtype=np.float64, na_value=np.nan)
    return found[:, 0], found[:, 1]


def one_position(
    named: dict[str, str], mapping: dict[str, str], file: str, findings: Findings
) -> bool:
    """Leave in `named` one position a record, and tell whether city.toml names one at most.

    What it names goes before what is only called so, and two columns before one of both.
    """
    pairs = sorted((name for name in PAIRS if name in named), key=lambda name: name not in mapping)
    if not pairs:
        return True
    others = [name for name in (*PAIRS, "x", "y") if name in named and name != pairs[0]]
    stated = [name for name in (pairs[0], *others) if name in mapping]
    if pairs[0] in stated and len(stated) > 1:
        findings.fault("city.two_positions", file=file, value=", ".join(stated))
        return False
    dropped = others if pairs[0] in stated or not {"x", "y"} <= set(others) else pairs
    for name in dropped:
        del named[name]
    return True


def split_pairs(
    columns: dict[str, Column], file: str, rows: Ints, findings: Findings
) -> dict[str, Column]:
    """Return the columns with ``x`` and ``y`` in the place of a column that holds both.

    A cell that holds no two numbers is a fault.
    """
    from dataclasses import replace

    for canonical in PAIRS:
        if canonical not in columns:
            continue
        pair = columns[canonical]
        kept = {name: column for name, column in columns.items() if name != canonical}
        halves = numbers_of_pairs(pair)
        broken: Bools = np.isnan(halves[0]) & ~pair.blank
        known = broken if pair.spoilt is None else broken & ~pair.spoilt
        for i in np.flatnonzero(known):
            findings.fault(
                "city.no_pair",
                file=file,
                row=int(rows[i]),
                column=pair.name,
                value=pair.shown(int(i)),
            )
        # What is no pair has been said; as empty cells both halves would be said once more.
        sound = [np.where(broken, 0.0, half) for half in halves]
        for name, half in zip(canonical, sound, strict=True):
            kept[name] = replace(pair, values=half)
        return kept
    return columns
