"""Column names that stand in one row, or in several under headings that span columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

JOIN = " / "
"""What stands between a heading and the one below it in the name of a column."""


def joined_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one name a column from the rows of a heading, the uppermost first.

    A heading above another one is joined with it. It spans the columns to its right whose cells
    in its row are empty while those below are not, as merged cells are read; a heading over an
    empty cell spans none, being merged downwards.

    Examples
    --------
    >>> joined_names([["id", "residents", "", "area"], ["", "all", "aged 60+", ""]])
    ['id', 'residents / all', 'residents / aged 60+', 'area']
    """
    names = list(rows[-1]) if rows else []
    for upper in reversed(rows[:-1]):
        width = max(len(upper), len(names))
        above = [*upper, *[""] * (width - len(upper))]
        names += [""] * (width - len(names))
        over = ""
        for k, (head, below) in enumerate(zip(above, names, strict=True)):
            over = head if head or not below else over
            if not below:
                names[k], over = head, ""
            elif over and over != below:
                names[k] = f"{over}{JOIN}{below}"
    return names
