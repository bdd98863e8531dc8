"""Which remarks are shown while working, and in which order: the weightiest first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.errors import Notice

_FIRST = (
    "city.no_spaces",
    "city.no_outlets",
    "city.nobody",
    "city.no_space_pairs",
    "city.no_outlet_pairs",
    "city.left_out",
    "standard.no_gaps",
    "standard.outlet_types",
    "city.off_area",
    "city.off_area_swapped",
    "city.not_china",
    "city.shift_outside",
    "city.degrees_walked",
    "city.swapped_point",
    "city.far_out",
    "city.ten_times",
)
_LAST = (
    "city.gb18030",
    "city.separator",
    "city.metric_chosen",
    "city.own_crs",
    "city.same_point",
    "city.zero_residents",
    "city.category",
    "city.category_near",
    "standard.outlet_type",
    "standard.outlet_type_near",
    "standard.group_estimated",
)
# One line counts these already; `siting check` lists them.
_COUNTED = (
    "city.category",
    "city.category_near",
    "standard.outlet_type",
    "standard.outlet_type_near",
)
_OF_A_KIND = 3
_MORE = "city.more"


def by_weight(remarks: Sequence[Notice]) -> list[Notice]:
    """Return the remarks with the weightiest kinds first, otherwise in their order."""
    rank = {key: n - len(_FIRST) for n, key in enumerate(_FIRST)}
    rank |= {key: n + 1 for n, key in enumerate(_LAST)}
    ranked = []
    weight = 0
    for notice in remarks:
        # A line that counts the rest of a kind stays behind that kind.
        weight = weight if notice.key == _MORE else rank.get(notice.key, 0)
        ranked.append((weight, notice))
    return [notice for _, notice in sorted(ranked, key=lambda pair: pair[0])]


def how_many(notices: Sequence[Notice]) -> int:
    """Return how many notices there are, with those that a line only counts."""
    return sum(n.values["count"] if n.key == _MORE else 1 for n in notices)


def brief(remarks: Sequence[Notice], most: int) -> tuple[list[Notice], int]:
    """Return at most `most` remarks, few of each kind, and how many were left out.

    What another line counts is neither shown nor counted.
    """
    own: list[Notice] = []
    counted = False
    for notice in remarks:
        counted = counted if notice.key == _MORE else notice.key in _COUNTED
        if not counted:
            own.append(notice)
    seen: Counter[str] = Counter()
    shown = []
    for notice in by_weight(own):
        seen[notice.key] += 1
        if notice.key != _MORE and seen[notice.key] <= _OF_A_KIND:
            shown.append(notice)
    return shown[:most], len(own) - len(shown[:most])
