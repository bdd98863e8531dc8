"""Which rows of somebody's sheet are headings, and which of those below are no records."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from siting.city.heading import joined_names
from siting.city.tables import as_word
from siting.city.totals import says_total
from siting.new.headings import age_group, columns_of, is_unit, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from siting.city.model import Bools, Ints
    from siting.city.tables import Column, Source

_ROLES = ("places", "outlets", "spaces", "communities", "nodes", "edges", "walks")
_DEEPEST = 3
_FOOTER = re.compile(
    r"[(\[【*※]*(注|备注|说明|填表|填报|制表|审核|复核|负责人|联系|单位负责|数据来源|资料来源"
    r"|来源|截至|note|source|prepared|remark)"
)
_FOOTER_CELLS, _FOOTER_WIDTH = 0.5, 4

Row = tuple[int, tuple[str, ...]]


def heading_rows(source: Source) -> tuple[tuple[int, ...], str]:
    """Return the rows of the headings, and what stands above them.

    They are those by whose words most columns are known; of several rows that are equally good
    all are taken that add something: a heading over several columns, units, a second language.
    """
    rows: list[Row] = [(source.first, tuple(source.names)), *source.below]
    known = [_known(cells) for _, cells in rows]
    best, most = (0, 1), max(known[0], 1)
    for k in range(1, len(rows)):
        if known[k] > most:
            best, most = (k, k + 1), known[k]
    for depth in range(2, _DEEPEST + 1):
        for start in range(len(rows) - depth + 1):
            window = rows[start : start + depth]
            if window[-1][0] - window[0][0] != depth - 1:
                continue  # a blank row is never within a heading
            count = _known(joined_names([cells for _, cells in window]))
            end = start + depth
            grown = (best == (start + 1, end) and _spans(rows[start][1], rows[start + 1][1])) or (
                best == (start, end - 1) and _second(rows[end - 1][1], known[end - 1], most)
            )
            if count > most or (count == most and grown):
                best, most = (start, end), count
    above = " ".join(cell for _, cells in rows[: best[0]] for cell in cells if cell)
    return tuple(number for number, _ in rows[slice(*best)]), above


def _known(cells: Iterable[str]) -> int:
    """Return how many columns are surely known by their headings."""
    named = [c for c in cells if c]
    groups = sum(1 for c in named if age_group(c) and words_of(c)[0])
    return groups + max(
        sum(match.sure for match in columns_of(role, named, sure=True).values()) for role in _ROLES
    )


def _spans(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Tell whether a row holds headings over those below it, and not a title of the table.

    A title spans the first column and the next, which no heading does; or a colon stands in it.
    """
    full = [k for k, cell in enumerate(upper) if cell]
    first, second = [*(k for k, cell in enumerate(lower) if cell), -1, -1][:2]
    title = first in full and second not in full
    told = any(":" in unicodedata.normalize("NFKC", upper[k]) for k in full)
    return bool(full) and not told and not title


def _second(cells: Sequence[str], known: int, most: int) -> bool:
    """Tell whether a row below the headings says more of them: units, or the same once more."""
    full = [cell for cell in cells if cell]
    units = sum(map(is_unit, full))
    return known >= max(2, most / 2) or (units > 0 and units >= len(full) / 2)


def not_records(rows: Ints, columns: dict[str, Column]) -> tuple[Bools, Bools]:
    """Return which rows are no records, and which are blank.

    The former are sums, wherever they stand, and notes and signatures below the table.
    """
    odd = np.zeros(len(rows), dtype=np.bool_)
    filled = np.zeros(len(rows), dtype=np.int64)
    for column in columns.values():
        filled += ~column.blank
        odd |= says_total(column)
    last = len(rows) - 1
    while last >= 0 and len(columns) >= _FOOTER_WIDTH:
        cells = [as_word(c.values[last]) for c in columns.values() if not c.blank[last]]
        few = filled[last] <= _FOOTER_CELLS * len(columns)
        if cells and not odd[last] and not (few and _FOOTER.match(cells[0].casefold())):
            break
        odd[last] = bool(cells)
        last -= 1
    return odd, filled == 0
