"""Spare floor inside existing outlets (一店多能): hosts of spaces, and spaces made of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import coded, parts, words
from siting.city.model import GivenWalks, Spaces
from siting.city.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.city.findings import Findings
    from siting.city.model import Bools, City, Floats, Words
    from siting.city.tables import Table

ADD_ON = "add_on"
SPARE = "+spare"
"""What the id of an outlet becomes the id of its spare floor with."""
_DEFAULT_MOST = 3
_LIKE_A_TYPE = re.compile(r"[a-z]+(_[a-z]+)*")


def space_hosts(
    table: Table,
    outlets: tuple[Words, Words] | None,
    types: Mapping[str, tuple[str, ...]] | None,
    findings: Findings,
) -> Words | None:
    """Return the type words of the outlet in which each space is, () for none; None: no column.

    A cell holds an outlet's id, or the outlet's types or local categories. What is neither, nor a
    word like those of the catalogue, is a fault.

    Parameters
    ----------
    outlets
        Ids and types of all outlets; None where their table could not be read, and nothing is
        checked.
    types
        Local category to type words.
    """
    column = table.columns.get("host")
    if column is None or column.blank.all():
        return None
    codes, cells = coded(table, "host")
    listed = dict(types or {})
    served = {} if outlets is None else dict(zip(*(a.tolist() for a in outlets), strict=True))
    known = {word for here in (*served.values(), *listed.values()) for word in here}
    by_cell = np.empty(len(cells), dtype=object)
    strange: dict[int, str] = {}
    for k, cell in enumerate(cells):
        if cell in served:
            by_cell[k] = served[cell]
            continue
        found: list[str] = []
        for word in parts(cell):
            if word in served:
                found += served[word]
            elif word in listed:
                found += listed[word]
            elif word in known or _LIKE_A_TYPE.fullmatch(word):
                found.append(word)
            else:
                strange.setdefault(k, word)
        by_cell[k] = tuple(dict.fromkeys(found))
    if outlets is not None:
        near = {k: nearest(w, [*served, *listed, *known]) for k, w in strange.items()}
        for key, some in (("city.host", False), ("city.host_near", True)):
            wrong = [k for k, close in near.items() if (close is not None) == some]
            findings.fault_rows(
                key, table, column, np.isin(codes, wrong), nearest=lambda i: near[int(codes[i])]
            )
    return np.asarray(by_cell[codes], dtype=object)


def with_spare_floor(city: City, rent: Floats, taken: set[str], findings: Findings) -> City:
    """Return the city with a space of kind ``add_on`` for the spare floor of each outlet.

    The new spaces stand last: on the ground floor, without features, for up to three types. Walks
    of another tool to the outlet hold for its spare floor as well.

    Parameters
    ----------
    rent
        Of each outlet's spare floor, yuan per square metre and month.
    taken
        Outlets whose spare floor the table of spaces states itself: ids that it names as hosts.
    """
    outlets, spaces = city.outlets, city.spaces
    free = np.fromiter((str(i) not in taken for i in outlets.id), np.bool_, len(outlets))
    at = np.flatnonzero((outlets.spare_m2 > 0.0) & free)
    if not len(at):
        return city
    n = len(at)
    suffix = SPARE
    used = set(spaces.id.tolist())
    while any(f"{i}{suffix}" in used for i in outlets.id[at]):
        suffix += "+"
    findings.remark("city.spare_floor", count=n, first=f"{outlets.id[at[0]]}{suffix}")

    def objects(values: list[object]) -> Words:
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array

    new = Spaces(
        id=objects([f"{i}{suffix}" for i in outlets.id[at]]),
        x=outlets.x[at],
        y=outlets.y[at],
        community=outlets.community[at],
        area_m2=outlets.spare_m2[at],
        rent_m2_month=rent[at],
        kind=objects([ADD_ON] * n),
        floor=np.ones(n, dtype=np.int64),
        features=objects([frozenset()] * n),
        max_types=np.full(n, _DEFAULT_MOST, dtype=np.int64),
        min_types=np.ones(n, dtype=np.int64),
        capital_m2=np.full(n, np.nan),
        capital_fixed=np.zeros(n),
        host=outlets.types[at],
    )
    walks = None if city.walks is None else _walks_too(city.walks, at, len(spaces))
    return replace(city, spaces=_joined(spaces, new), walks=walks)


def hosting(table: Table | None, ids: Words) -> set[str]:
    """Return the ids of outlets that the table of spaces names as hosts."""
    if table is None or "host" not in table.columns:
        return set()
    cells = set(words(table, "host").tolist())
    named = cells | {word for cell in cells for word in parts(cell)}
    return named & set(ids.tolist())


def _joined(spaces: Spaces, new: Spaces) -> Spaces:
    """Return both, one after the other; optional columns get their neutral values."""
    neutral: dict[str, object] = {
        "host": (),
        "basic_share": 0.0,
        "open_types": (),
        "forbid_types": (),
        "address": "",
    }
    columns = {}
    for name in Spaces.__dataclass_fields__:
        values = [getattr(spaces, name), getattr(new, name)]
        if all(v is None for v in values):
            continue
        for k, part in enumerate((spaces, new)):
            if values[k] is None:
                full = np.empty(len(part), dtype=np.float64 if name == "basic_share" else object)
                full[:] = [neutral[name]] * len(part)
                values[k] = full
        columns[name] = np.concatenate(values)
    return Spaces(**columns)


def _walks_too(walks: GivenWalks, outlets: np.ndarray, spaces: int) -> GivenWalks:
    """Return the walks with those to `outlets` repeated for the spaces after the first `spaces`."""
    position = np.full(max(int(walks.target.max(initial=-1)), int(outlets.max())) + 1, -1)
    position[outlets] = spaces + np.arange(len(outlets))
    target = position[walks.target]
    also: Bools = ~walks.is_space & (target >= 0)
    return GivenWalks(
        place=np.concatenate((walks.place, walks.place[also])),
        target=np.concatenate((walks.target, target[also])),
        is_space=np.concatenate((walks.is_space, np.ones(int(also.sum()), dtype=np.bool_))),
        group=np.concatenate((walks.group, walks.group[also])),
        amount=np.concatenate((walks.amount, walks.amount[also])),
        unit=walks.unit,
    )
