"""Names that stand for ids and repeat: the second and further ones are numbered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import words

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.tables import Table


def with_numbers(table: Table, findings: Findings) -> Table:
    """Return the table with ``name (2)``, ``name (3)`` where an id stood before, remarked.

    Empty ids stay empty, and a name that is in the table already is no new one: both are faults
    where ids are read.
    """
    import pandas as pd

    column = table.columns.get("id")
    if column is None:
        return table
    names = pd.Series(words(table, "id"), dtype=object)
    nth = names.groupby(names).cumcount().to_numpy() + 1
    again = (nth > 1) & ~column.blank
    if not again.any():
        return table
    first = int(np.argmax(again))
    findings.remark(
        "city.numbered",
        file=table.file,
        column=column.name,
        value=names[first],
        count=int(again.sum()),
        example=f"{names[first]} ({nth[first]})",
    )
    values = column.values.astype(object)
    values[again] = (names + " (" + pd.Series(nth).astype(str) + ")")[again]
    return replace(table, columns={**table.columns, "id": replace(column, values=values)})
