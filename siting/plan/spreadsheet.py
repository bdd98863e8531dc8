"""Tables as CSV files that a spreadsheet opens as text and numbers, never as formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# What a spreadsheet takes for the beginning of a formula, full-width signs too, unless it is a
# number; an apostrophe before it makes it text.
_FORMULA = r"^(?=[=+\-@\t\r＝＋－＠][\s\S])(?![+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$)"


def as_csv(table: pd.DataFrame) -> bytes:
    """Return a table as a CSV file in UTF-8.

    The byte-order mark makes Excel read the Chinese. A word that begins like a formula gets an
    apostrophe before it: names come from files that anybody may have written.
    """
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    safe = table.copy()
    for name in table.columns:
        column = table[name]
        if not is_numeric_dtype(column) and not is_bool_dtype(column):
            # numbers between the words stay what they are
            said = column.astype(object).map(lambda cell: isinstance(cell, str))
            words = column[said].astype(str).str.replace(_FORMULA, "'", regex=True)
            safe[name] = column.astype(object).where(~said, words)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
