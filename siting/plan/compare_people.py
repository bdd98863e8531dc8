"""Who has more and who has fewer types in reach under another plan for the same city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.standard.tolerances import SLACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from siting.plan.detail import Detail
    from siting.plan.model import Plan


def compare_coverage(a: Plan, b: Plan, types: Sequence[str]) -> pd.DataFrame:
    """Return who has each type in reach, one row a type and group, the counting group first.

    Parameters
    ----------
    types
        Types that both plans count alike.

    Returns
    -------
    DataFrame
        ``type``, ``class``, ``minutes``, ``group``, ``counting`` (whether it is the type's
        counting group), ``residents``, ``today`` (share with the type in reach without a plan),
        ``share_a``, ``share_b``, ``served_a``, ``served_b`` (residents), ``newly_a``, ``newly_b``
        (residents whom no outlet serves today), ``more`` (residents served by B alone), ``fewer``
        (by A alone), ``difference`` (``served_b - served_a``).
    """
    import pandas as pd

    rows = []
    detail = _detail(a)
    demands = [_demands(_detail(plan)) for plan in (a, b)]
    for kind, group in demands[0]:
        if kind not in types or (kind, group) not in demands[1]:
            continue
        d, e = demands[0][kind, group], demands[1][kind, group]
        one = detail.gaps.standard.types[detail.gaps.demands[d].type]
        people = detail.gaps.residents[detail.gaps.demands[d].group]
        today, in_a, in_b = (
            detail.gaps.served[d],
            detail.gains.served[d],
            _detail(b).gains.served[e],
        )
        total = float(people.sum())
        had, served_a, served_b = (float(people[mask].sum()) for mask in (today, in_a, in_b))
        rows.append(
            {
                "type": kind,
                "class": one.type_class,
                "minutes": one.minutes,
                "group": group,
                "counting": group == one.counting_group,
                "residents": total,
                "today": _share(had, total),
                "share_a": _share(served_a, total),
                "share_b": _share(served_b, total),
                "served_a": served_a,
                "served_b": served_b,
                "newly_a": float(people[in_a & ~today].sum()),
                "newly_b": float(people[in_b & ~today].sum()),
                "more": float(people[in_b & ~in_a].sum()),
                "fewer": float(people[in_a & ~in_b].sum()),
            }
        )
    columns = (
        "type class minutes group counting residents today share_a share_b served_a served_b "
        "newly_a newly_b more fewer"
    )
    table = pd.DataFrame(rows, columns=columns.split())
    table["difference"] = table["more"] - table["fewer"]
    return table


def compare_groups(a: Plan, b: Plan, types: Sequence[str]) -> pd.DataFrame:
    """Return for each group how many of its residents have more types in reach, and fewer.

    Counted are the types that both plans count alike and that serve the group.

    Returns
    -------
    DataFrame
        ``group``, ``residents``, ``newly_a``, ``newly_b`` (residents who gain a type that no outlet
        brings them today), ``more`` (who have more types in reach under B than under A), ``fewer``.
    """
    import pandas as pd

    sides = [(_detail(plan), _demands(_detail(plan))) for plan in (a, b)]
    shared = [pair for pair in sides[0][1] if pair[0] in types and pair in sides[1][1]]
    gaps = sides[0][0].gaps
    rows = []
    for k, group in enumerate(gaps.groups):
        kinds = [kind for kind, one in shared if one == group]
        if not kinds:
            continue
        people = gaps.residents[k]
        count = [np.zeros(len(people), dtype=np.int64) for _ in sides]
        fresh = [np.zeros(len(people), dtype=bool) for _ in sides]
        for kind in kinds:
            for side, (detail, demands) in enumerate(sides):
                d = demands[kind, group]
                count[side] += detail.gains.served[d]
                fresh[side] |= detail.gains.served[d] & ~detail.gaps.served[d]
        rows.append(
            {
                "group": group,
                "residents": float(people.sum()),
                "newly_a": float(people[fresh[0]].sum()),
                "newly_b": float(people[fresh[1]].sum()),
                "more": float(people[count[1] > count[0]].sum()),
                "fewer": float(people[count[1] < count[0]].sum()),
            }
        )
    return pd.DataFrame(rows, columns=["group", "residents", "newly_a", "newly_b", "more", "fewer"])


def compare_circles(a: Plan, b: Plan, types: Sequence[str], *, graded: bool) -> pd.DataFrame:
    """Return which communities are better off under B, which worse.

    By grade where grades are compared and differ; else by the needs met: how many residents of the
    counting groups have each type in reach, summed over the types that both plans count alike.

    Parameters
    ----------
    graded
        Whether grades mean the same in both plans.

    Returns
    -------
    DataFrame
        ``community``, ``residents`` (everyone), ``grade_a``, ``grade_b`` (ids; None: none),
        ``types_a``, ``types_b`` (types that enough residents have in reach), ``needs`` (residents
        summed over types), ``met_a``, ``met_b`` (of these, in reach), ``share_a``, ``share_b``,
        ``by_grade`` and ``by_needs`` (-1 worse, 0 alike, 1 better), ``verdict`` (the first of the
        two that is not 0).
    """
    import pandas as pd

    assert a.gap_table is not None
    assert b.gap_table is not None
    circles = [{c.community: c for c in plan.document.circles} for plan in (a, b)]
    names = list(circles[0])
    levels = {grade.id: k + 1 for k, grade in enumerate(b.standard.grades)} if graded else {}
    table = pd.DataFrame({"community": np.array(names, dtype=object)})
    table["residents"] = [circles[0][name].residents for name in names]
    for side, one in zip("ab", circles, strict=True):
        grades = [one[name].grade_after if graded and name in one else None for name in names]
        table[f"grade_{side}"] = pd.Series(grades, dtype=object)
    for side, plan in zip("ab", (a, b), strict=True):
        assert plan.gap_table is not None
        rows = plan.gap_table[plan.gap_table["type"].isin(list(types))]
        sums = rows.groupby("community")[["residents", "served_after", "present_after"]].sum()
        sums = sums.reindex(names).fillna(0.0)
        table[f"types_{side}"] = sums["present_after"].to_numpy().astype(np.int64)
        table[f"met_{side}"] = sums["served_after"].to_numpy()
        table["needs"] = sums["residents"].to_numpy()
    for side in "ab":
        met, needs = table[f"met_{side}"].to_numpy(), table["needs"].to_numpy()
        table[f"share_{side}"] = np.divide(met, needs, out=np.zeros(len(needs)), where=needs > 0)
    level = [np.array([levels.get(g, 0) for g in table[f"grade_{side}"]]) for side in "ab"]
    table["by_grade"] = np.sign(level[1] - level[0]) if len(names) else 0
    change = table["met_b"].to_numpy() - table["met_a"].to_numpy()
    alike = np.abs(change) <= SLACK * table["needs"].to_numpy()
    table["by_needs"] = np.where(alike, 0, np.sign(change)).astype(np.int64)
    table["verdict"] = np.where(table["by_grade"] != 0, table["by_grade"], table["by_needs"])
    order = (
        "community residents grade_a grade_b types_a types_b needs met_a met_b share_a share_b "
        "by_grade by_needs verdict"
    )
    return table[order.split()]


def _detail(plan: Plan) -> Detail:
    assert plan.detail is not None
    return plan.detail


def _demands(detail: Detail) -> dict[tuple[str, str], int]:
    """Return the index of each demand by the type's id and the group, counting groups first."""
    gaps = detail.gaps
    return {
        (gaps.standard.types[demand.type].id, gaps.groups[demand.group]): d
        for d, demand in enumerate(gaps.demands)
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def served_types(plan: Plan, types: Sequence[str]) -> NDArray[np.int64]:
    """Return how many types each place has in reach under a plan, shape (places,).

    A type counts at a place where somebody of its counting group lives.
    """
    gaps, served = _detail(plan).gaps, _detail(plan).gains.served
    count = np.zeros(len(gaps.city.places), dtype=np.int64)
    for t, kind in gaps.asking:
        if kind.id in types:
            d = gaps.counting(t)
            count += served[d] & (gaps.residents[gaps.demands[d].group] > 0)
    return count
