"""Whether a layer of a GeoPackage is a plain table, before the library underneath reads it.

A view is a programme: it can go on for ever, or make a gigabyte of a few bytes. So can columns
that are computed, and defaults that stand for what a record does not hold.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.findings import Findings

_TABLE = re.compile(r"CREATE\s+TABLE\b", re.IGNORECASE)
_LONGEST_DEFAULT = 100
"""Characters; unverified."""
_PLAIN = (0, 1)
"""What SQLite calls columns that are stored: ordinary ones, and hidden ones of virtual tables."""


def is_plain_table(path: Path, file: str, layer: str, findings: Findings) -> bool:
    """Tell whether `layer` is an ordinary table with stored columns; else add a fault."""
    try:
        plain = _looked_up(f"{path.resolve().as_uri()}?mode=ro", layer)
    except (sqlite3.Error, UnicodeDecodeError):
        # A folder without the right to write keeps SQLite from opening a file with a log beside it.
        try:
            plain = _looked_up(f"{path.resolve().as_uri()}?mode=ro&immutable=1", layer)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            detail = " ".join(str(error).split())[:200]
            findings.fault("city.not_geo", file=file, detail=detail)
            return False
    if not plain:
        findings.fault("city.computed_layer", file=file, value=layer)
    return plain


def _looked_up(address: str, layer: str) -> bool:
    with closing(sqlite3.connect(address, uri=True)) as base:
        return is_stored(base, layer)


def is_stored(base: sqlite3.Connection, layer: str) -> bool:
    """Tell whether `layer` is an ordinary table of which every column is stored."""
    base.execute("PRAGMA trusted_schema = OFF")
    found = base.execute(
        "SELECT type, sql FROM sqlite_master WHERE lower(name) = lower(?)", (layer,)
    ).fetchall()
    if {(kind, _TABLE.match(str(sql)) is not None) for kind, sql in found} != {("table", True)}:
        return False
    columns = base.execute(
        "SELECT hidden, length(dflt_value) FROM pragma_table_xinfo(?)", (layer,)
    ).fetchall()
    return all(hidden in _PLAIN and (size or 0) <= _LONGEST_DEFAULT for hidden, size in columns)
