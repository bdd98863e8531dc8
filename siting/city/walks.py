"""Walking times or distances from another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import coded, numbers, words
from siting.city.model import GivenWalks
from siting.city.streets import index_of

if TYPE_CHECKING:
    from siting.city.findings import Findings
    from siting.city.model import Bools, Ints, Words
    from siting.city.tables import Table

_KINDS = ("space", "outlet")


def given_walks(
    table: Table,
    places: Words | None,
    spaces: Words | None,
    outlets: Words | None,
    kept_outlets: Bools | None,
    findings: Findings,
) -> GivenWalks | None:
    """Return the table of walks with ids resolved; None where there is a fault.

    Of several rows for one pair and group the smallest counts. Rows to outlets that were left out
    are left out too.

    Parameters
    ----------
    places, spaces, outlets
        All ids; None where that table could not be read, and its ids are not checked.
    kept_outlets
        Which outlets stay; the indices returned count these only.
    """
    before = len(findings.faults)
    unit = _unit(table, findings)
    from_ids, to_ids = words(table, "from"), words(table, "to")
    codes, kinds = coded(table, "kind")
    folded = [kind.casefold() for kind in kinds]
    is_space = np.array([k == "space" for k in folded] or [False])[codes]
    known = np.array([k in _KINDS for k in folded] or [False])[codes]
    for name in ("from", "to", "kind"):
        column = table.columns[name]
        findings.fault_rows("city.empty", table, column, column.blank)
    kind_column = table.columns["kind"]
    findings.fault_rows("city.walk_kind", table, kind_column, ~known & ~kind_column.blank)
    from_full, to_full = ~table.columns["from"].blank, ~table.columns["to"].blank
    place = _looked_up(table, "from", from_ids, places, from_full, "city.unknown_place", findings)
    to_space = _looked_up(
        table, "to", to_ids, spaces, to_full & is_space, "city.unknown_space", findings
    )
    to_outlet = _looked_up(
        table, "to", to_ids, outlets, to_full & known & ~is_space, "city.unknown_outlet", findings
    )
    if unit is None:
        return None
    amount = numbers(table, unit, findings, least=0.0)
    if len(findings.faults) > before or places is None:
        return None
    target = np.where(is_space, to_space, to_outlet)
    keep = np.ones(len(table), dtype=np.bool_)
    if kept_outlets is not None and not kept_outlets.all():
        position = np.cumsum(kept_outlets) - 1
        at = np.flatnonzero(~is_space)
        keep[at] = kept_outlets[target[at]]
        target[at] = position[target[at]]
    group_codes, groups = coded(table, "group")
    order = np.lexsort((amount, group_codes, target, ~is_space, place))
    order = order[keep[order]]
    same = np.ones(len(order), dtype=np.bool_)
    if len(order):
        same[0] = False
        for key in (place, target, is_space, group_codes):
            same[1:] &= key[order][1:] == key[order][:-1]
    if same.any():
        findings.remark("city.walk_twice", file=table.file, count=int(same.sum()))
    chosen = order[~same]
    names = np.array([*groups, ""], dtype=object)
    return GivenWalks(
        place[chosen],
        target[chosen],
        is_space[chosen],
        np.asarray(names[group_codes[chosen]], dtype=object),
        amount[chosen],
        unit,
    )


def _unit(table: Table, findings: Findings) -> str | None:
    here = [name for name in ("minutes", "metres") if name in table.columns]
    if len(here) == 1:
        return here[0]
    findings.fault("city.walk_both" if here else "city.walk_neither", file=table.file)
    return None


def _looked_up(
    table: Table,
    name: str,
    wanted: Words,
    among: Words | None,
    where: Bools,
    key: str,
    findings: Findings,
) -> Ints:
    if among is None:
        return np.zeros(len(wanted), dtype=np.int64)
    found = index_of(wanted, among)
    findings.fault_rows(key, table, table.columns[name], where & (found < 0))
    return found
