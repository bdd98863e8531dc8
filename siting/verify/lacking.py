"""Whether the open gaps and the reasons for them are those of the city and the options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.standard.options import REASONS
from siting.verify.compare import close, differs
from siting.verify.recount import by_circle, limit_of
from siting.verify.spread import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City, Floats, Ints
    from siting.errors import Notice
    from siting.plan.document import Document
    from siting.standard.options import Options
    from siting.verify.recount import Recount, TypeCount, Walked

OUT_OF_REACH = "no space in reach"
NOT_CHOSEN = "not chosen"


def check_open_gaps(
    document: Document,
    city: City,
    right: Recount,
    people: dict[str, Floats],
    options: Options,
    types: dict[str, int],
    walked: Walked,
) -> Iterator[Notice]:
    """Yield what is wrong with the open gaps.

    Parameters
    ----------
    people
        Residents by group and place.
    types
        Index of each type in the standard's list.
    walked
        Walks from every space.
    """
    wanted: dict[tuple[int, int], tuple[str, str, float, str]] = {}
    pairs: dict[tuple[str, int], _Near] = {}
    for k, count in enumerate(right.types):
        if not count.lacking.any():
            continue
        group = count.kind.counting_group
        key = (group, limit_of(city, count.kind, group))
        if key not in pairs:
            pairs[key] = _near(city, walked, group, key[1])
        without = by_circle(city, np.where(count.lacking, people[group], 0.0))
        refused = options.refused[:, types[count.kind.id]].astype(np.int64)
        why = _why(count, refused, pairs[key], len(city.communities))
        for c in np.flatnonzero(without > 0):
            row = (city.communities[c], count.kind.id, float(without[c]), why[c])
            wanted[int(c), k] = row
    rows = [wanted[key] for key in sorted(wanted)]
    stated = [(gap.community, gap.type) for gap in document.open_gaps]
    if stated != [row[:2] for row in rows]:
        missing = [f"{c}/{t}" for c, t, *_ in rows if (c, t) not in set(stated)]
        there = {row[:2] for row in rows}
        extra = [f"{c}/{t}" for c, t in stated if (c, t) not in there]
        yield differs("open_gap_list", ", ".join(extra) or "-", ", ".join(missing) or "-")
        return
    for gap, (community, word, residents, reason) in zip(document.open_gaps, rows, strict=True):
        name = {"community": community, "type": word}
        if not close(gap.residents, residents):
            yield differs("open_gap_residents", gap.residents, residents, **name)
        if gap.reason != reason:
            yield differs("open_gap_reason", gap.reason, reason, **name)


@dataclass(frozen=True, eq=False)
class _Near:
    """Places that spaces reach, sorted into pairs of a space and a community.

    Row r of `place` belongs to pair ``of[r]``; pair p is that of ``space[p]`` and
    ``community[p]``.
    """

    place: Ints
    of: Ints
    space: Ints
    community: Ints


def _near(city: City, walked: Walked, group: str, limit_mm: int) -> _Near:
    place, space = rows_of(walked.reach[group], walked.row, limit_mm)
    size = len(city.communities)
    where = city.places.community[place]
    # the pairs that occur, numbered in order
    seen = np.zeros(len(walked.row) * size, dtype=bool)
    seen[space * size + where] = True
    number = np.cumsum(seen) - 1
    pair = np.flatnonzero(seen)
    return _Near(place.astype(np.int64), number[space * size + where], pair // size, pair % size)


def _why(count: TypeCount, refused: Ints, near: _Near, size: int) -> list[str]:
    """Return by community why residents lack a type, from the spaces that reach any of them."""
    lacking = count.lacking[near.place]
    met = np.flatnonzero(np.bincount(near.of[lacking], minlength=len(near.space)))
    tally = np.zeros((size, len(REASONS) + 1), dtype=np.int64)
    np.add.at(tally, (near.community[met], refused[near.space[met]]), 1)
    found = []
    for row in tally:
        if not row.any():
            found.append(OUT_OF_REACH)
        elif row[0]:
            found.append(NOT_CHOSEN)
        else:
            found.append(REASONS[int(np.argmax(row[1:]))])
    return found
