"""Tables of who has what: by community, by type and group, quotas, and gaps that stay open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from siting.report.figures import clean, percent
from siting.report.html.both import both, class_pair, group_pair, type_pairs, word
from siting.report.html.sheet import Column, Sheet, column
from siting.report.standing import reason_name
from siting.standard.tolerances import NEARLY

if TYPE_CHECKING:
    import pandas as pd

    from siting.plan.document import Circle
    from siting.plan.model import Plan
    from siting.report.html.both import Pair

_LACKS, _GAINS, _HAD = 0, 1, 2
_OPEN_PRINTED = 300


def presence_sheet(plan: Plan, table: pd.DataFrame) -> Sheet:
    """Return the 有没有 table: a row a community, a column a type.

    Parameters
    ----------
    table
        The rows of ``gaps.csv``.
    """
    types = type_pairs(plan.standard)
    asked = list(dict.fromkeys(table["type"].tolist()))
    at = {name: k for k, name in enumerate(asked)}
    rows: dict[str, list[Any]] = {}
    for community, kind, residents, before, after, had, has in zip(
        table["community"].tolist(),
        table["type"].tolist(),
        table["residents"].tolist(),
        table["share_before"].tolist(),
        table["share_after"].tolist(),
        table["present_before"].tolist(),
        table["present_after"].tolist(),
        strict=True,
    ):
        row = rows.setdefault(community, [clean(community), 0, 0, *([None] * len(asked))])
        if residents > 0:
            state = _HAD if had else _GAINS if has else _LACKS
            row[3 + at[kind]] = [state, _percent(before), _percent(after)]
            row[1] += had
            row[2] += has
    columns = [
        column("community"),
        column("had", "people"),
        column("has", "people"),
        *(Column(types[name], "has") for name in asked),
    ]
    share = percent(plan.standard.presence_share)
    notes = [word("presence_note", share=share)]
    return Sheet("presence", columns, list(rows.values()), notes, cards=False, wide=True)


def _percent(share: float) -> int:
    return math.floor(share * 100.0 + 1e-7)


def circles_sheet(plan: Plan) -> Sheet:
    """Return what each community has of its grade."""
    circles = plan.document.circles
    classes = list(circles[0].present_after) if circles else []
    graded = bool(plan.standard.grades)
    rewarded = any(c.reward for c in circles)
    grades = [["–", "–"], *([clean(g.zh), clean(g.en)] for g in plan.standard.grades)]
    grade_at = {g.id: k + 1 for k, g in enumerate(plan.standard.grades)}

    def row(circle: Circle) -> list[Any]:
        cells: list[Any] = [clean(circle.community), circle.residents]
        for name in classes:
            cells += [circle.present_before[name], circle.present_after[name]]
        if graded:
            cells += [
                grade_at.get(circle.grade_before or "", 0),
                grade_at.get(circle.grade_after or "", 0),
            ]
        return [*cells, circle.reward] if rewarded else cells

    columns = [column("community"), column("residents", "people")]
    for name in classes:
        columns += [Column(_when(name, when), "people") for when in ("before", "after")]
    if graded:
        columns += [
            column("grade_before", "code", grades),
            column("grade_after", "code", grades),
        ]
    if rewarded:
        columns.append(column("reward", "money"))
    notes = [] if graded else [word("circles_ungraded")]
    return Sheet("circles", columns, [row(circle) for circle in circles], notes)


def _when(name: str, when: str) -> Pair:
    return [
        f"{a}{mark}{b}"
        for a, b, mark in zip(class_pair(name), word(when), ("，", ", "), strict=True)
    ]


def quotas_sheet(plan: Plan) -> Sheet:
    """Return what each community has of each quota."""
    types = type_pairs(plan.standard)
    at = {name: k for k, name in enumerate(types)}
    rows = [
        [
            clean(q.community),
            at[q.type],
            word(f"unit_{q.unit}"),
            q.asked,
            q.existing,
            q.opened,
            int(q.existing + q.opened >= q.asked - NEARLY),
        ]
        for q in plan.document.quotas
    ]
    columns = [
        column("community"),
        column("type", "code", list(types.values())),
        column("unit"),
        column("asked", "number"),
        column("existing", "number"),
        column("opened", "number"),
        column("met", "code", [word("no"), word("yes")]),
    ]
    return Sheet("quotas", columns, rows)


def coverage_sheet(plan: Plan) -> Sheet:
    """Return who has each type in reach, by group, the counting group first."""
    types = type_pairs(plan.standard)
    at = {name: k for k, name in enumerate(types)}
    coverage = plan.document.coverage
    classes = list(dict.fromkeys(c.type_class for c in coverage))
    groups = list(dict.fromkeys(g for c in coverage for g in (c.group, *c.by_group)))
    rows: list[list[Any]] = []
    for c in coverage:
        head = [at[c.type], classes.index(c.type_class), c.minutes]
        counted = [c.residents, c.before, c.after, (c.after - c.before) * c.residents]
        rows.append([*head, groups.index(c.group), *counted, c.residents_per_outlet])
        for group, s in c.by_group.items():
            if group != c.group:
                numbers = [s.residents, s.before, s.after, (s.after - s.before) * s.residents]
                rows.append([*head, groups.index(group), *numbers, None])
    columns = [
        column("type", "code", list(types.values())),
        column("class", "code", [class_pair(name) for name in classes]),
        column("minutes", "number"),
        column("group", "code", [group_pair(name) for name in groups]),
        column("residents", "people"),
        column("before", "share"),
        column("after", "share"),
        column("gained", "people"),
        column("per_outlet", "people"),
    ]
    return Sheet("coverage", columns, rows)


def open_sheet(plan: Plan) -> Sheet:
    """Return the gaps that stay open and why, most residents first."""
    types = type_pairs(plan.standard)
    at = {name: k for k, name in enumerate(types)}
    kinds = {t.id: t.type_class for t in plan.standard.types}
    gaps = sorted(plan.document.open_gaps, key=lambda gap: -gap.residents)
    communities = list(dict.fromkeys(g.community for g in plan.document.open_gaps))
    community_at = {name: c for c, name in enumerate(communities)}
    classes = list(dict.fromkeys(kinds.values()))
    reasons = list(dict.fromkeys(gap.reason for gap in gaps))
    rows: list[list[Any]] = [
        [
            community_at[gap.community],
            at[gap.type],
            classes.index(kinds[gap.type]),
            gap.residents,
            reasons.index(gap.reason),
        ]
        for gap in gaps
    ]
    columns = [
        column("community", "code", [clean(name) for name in communities]),
        column("type", "code", list(types.values())),
        column("class", "code", [class_pair(name) for name in classes]),
        column("without", "people"),
        column("reason", "code", [both(lambda lang, r=r: reason_name(r, lang)) for r in reasons]),  # type: ignore[misc]
    ]
    return Sheet("open", columns, rows, [word("open_note")], printed=_OPEN_PRINTED)
