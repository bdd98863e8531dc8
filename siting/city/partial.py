"""A table that lacks a column: the cells that it has are checked all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from siting.city.cells import ids, numbers

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.tables import Layout, Table


def only_whole(table: Table | None, layout: Layout, findings: Findings) -> Table | None:
    """Return the table, or None where it lacks a column that is required.

    Then its cells are checked here, so that a missing column does not hide what else is wrong.
    """
    if table is None or table.whole:
        return table
    # Of a rent of the whole floor the area may be lacking; a percentage is understood without.
    table = replace(table, units={n: unit for n, unit in table.units.items() if unit.share})
    located = ("x", "y") if layout.located else ()
    for name, column in table.columns.items():
        needed = name in (*layout.required, *located)
        if name == "id":
            ids(table, findings)
        elif name not in layout.words:
            least = None if name in located else 0.0
            numbers(table, name, findings, default=None if needed else 0.0, least=least)
        elif needed:
            findings.fault_rows("city.empty", table, column, column.blank)
    return None
