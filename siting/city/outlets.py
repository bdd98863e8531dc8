"""The table of outlets: local categories to type words, chains, floor areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import coded, numbers, parts, yes_or_no
from siting.city.nearest import counted_words, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats, Words
    from siting.city.tables import Table

TypeMap = dict[str, tuple[str, ...]]
"""Local category to type words."""

_TOP = 5
_LIKE = 0.75
"""How much a category must look like a listed one to be told together with it."""


def outlet_fields(
    table: Table, types: TypeMap | None, findings: Findings
) -> tuple[dict[str, np.ndarray], Bools]:
    """Return the fields of `Outlets` beyond id, position and community, and which to keep."""
    served, keep = _types(table, types, findings)
    fields = {
        "types": served,
        "area_m2": numbers(table, "area_m2", findings, default=np.nan, least=0.0),
        "chain": _chain(table, findings),
        "spare_m2": numbers(table, "spare_m2", findings, default=0.0, least=0.0),
    }
    return fields, keep


def type_map(types: Mapping[str, str | tuple[str, ...]] | None) -> TypeMap | None:
    """Return the mapping of categories as it is used: every category with a tuple of types."""
    if types is None:
        return None
    return {
        category.strip(): tuple(parts(given)) if isinstance(given, str) else given
        for category, given in types.items()
    }


def mapped_pairs(types: TypeMap | None) -> tuple[tuple[str, str], ...]:
    """Return (local category, type word) for everything a mapping of categories names."""
    return tuple((category, word) for category, words in (types or {}).items() for word in words)


def _types(table: Table, types: TypeMap | None, findings: Findings) -> tuple[Words, Bools]:
    """Return each outlet's type words, and whether it has any."""
    codes, cells = coded(table, "type")
    column = table.columns["type"]
    findings.fault_rows("city.empty", table, column, column.blank)
    counts = np.bincount(codes, minlength=max(len(cells), 1))
    by_cell = np.empty(max(len(cells), 1), dtype=object)
    by_cell[:] = [()] * len(by_cell)
    unlisted: dict[str, int] = {}
    nothing = np.zeros(len(by_cell), dtype=np.bool_)
    for k, cell in enumerate(cells):
        categories = parts(cell)
        nothing[k] = bool(cell) and not categories
        if types is None:
            by_cell[k] = tuple(categories)
            continue
        served = [word for category in categories for word in types.get(category, ())]
        by_cell[k] = tuple(dict.fromkeys(served))
        for category in categories:
            if category not in types:
                unlisted[category] = unlisted.get(category, 0) + int(counts[k])
    findings.fault_rows("city.empty", table, column, nothing[codes])
    has_type = np.array([len(served) > 0 for served in by_cell], dtype=np.bool_)[codes]
    keep = has_type | column.blank
    if unlisted and types is not None:
        _say_unlisted(table.file, column.name, unlisted, types, int((~keep).sum()), findings)
    return np.asarray(by_cell[codes], dtype=object), keep


def _say_unlisted(
    file: str,
    column: str,
    unlisted: dict[str, int],
    types: TypeMap,
    left_out: int,
    findings: Findings,
) -> None:
    by_count = sorted(unlisted.items(), key=lambda item: (-item[1], item[0]))
    top = counted_words(by_count[:_TOP], types, _LIKE, more=len(by_count) > _TOP)
    findings.remark(
        "city.left_out",
        file=file,
        column=column,
        count=left_out,
        categories=len(unlisted),
        top=top,
    )
    for category, count in by_count[_TOP:]:
        close = nearest(category, types, _LIKE)
        key = "city.category" if close is None else "city.category_near"
        findings.remark(key, file=file, column=column, value=category, count=count, nearest=close)


def _chain(table: Table, findings: Findings) -> Floats:
    codes, texts = coded(table, "chain")
    if not texts:
        return np.full(len(table), np.nan)
    said = [yes_or_no(text) for text in texts]
    column = table.columns.get("chain")
    if column is not None:
        wrong = np.array([bool(t) and s is None for t, s in zip(texts, said, strict=True)])
        findings.fault_rows("city.chain", table, column, wrong[codes])
    return np.array([np.nan if s is None else float(s) for s in said])[codes]
