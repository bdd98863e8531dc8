"""Which projects two plans share, and which are added, dropped, changed or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from siting.plan.model import Plan

CHANGES = ("added", "dropped", "changed", "moved", "stayed")
_OF_EACH = (
    "space",
    "type",
    "community",
    "area_m2",
    "chain",
    "capital",
    "subsidy_per_year",
    "residents_gained",
    "x",
    "y",
)


def compare_projects(a: Plan, b: Plan) -> pd.DataFrame:
    """Return the projects of both plans, each project of either once.

    ``stayed``: the same type in the same space, on the same area and run alike (chain or not).
    ``changed``: the same space with another area or operator of the type, or with another type.
    ``moved``: of what is left, a type dropped in one space and added in another of the same
    community that is no farther, as the crow flies, than people walk to the type; the nearest
    pairs first. ``dropped`` and ``added``: the rest.

    Returns
    -------
    DataFrame
        ``change`` (one of `CHANGES`, in that order), what a project is in either plan (``space_a``,
        ``space_b``, ``type_a``, ...; missing where the plan has it not), ``metres`` between the
        spaces.
    """
    import pandas as pd

    left, right = _listed(a, "a"), _listed(b, "b")
    same = left.merge(right, left_on=["space_a", "type_a"], right_on=["space_b", "type_b"])
    alike = (same["area_m2_a"] == same["area_m2_b"]) & (same["chain_a"] == same["chain_b"])
    same["change"] = np.where(alike, "stayed", "changed")

    left, right = _without(left, same, "a"), _without(right, same, "b")
    left["turn"] = left.groupby("space_a").cumcount()
    right["turn"] = right.groupby("space_b").cumcount()
    changed = left.merge(right, left_on=["space_a", "turn"], right_on=["space_b", "turn"])
    changed["change"] = "changed"

    left, right = _without(left, changed, "a"), _without(right, changed, "b")
    moved = _moved(left, right, _nearby(a, b))
    left, right = _without(left, moved, "a"), _without(right, moved, "b")
    left["change"], right["change"] = "dropped", "added"

    parts = [part for part in (same, changed, moved, left, right) if len(part)]
    columns = ["change", *(f"{name}_{side}" for name in _OF_EACH for side in "ab")]
    table = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    table = table.reindex(columns=columns)
    numbers = [c for c in columns if c.rpartition("_")[0] in _OF_EACH[3:] and "chain" not in c]
    table = table.astype(dict.fromkeys(numbers, float))
    table["metres"] = np.hypot(table["x_b"] - table["x_a"], table["y_b"] - table["y_a"])
    table["change"] = pd.Categorical(table["change"], CHANGES, ordered=True)
    here = [table[f"{name}_b"].fillna(table[f"{name}_a"]) for name in ("community", "space")]
    table = table.assign(community=here[0], space=here[1])
    table = table.sort_values(["change", "community", "space"], kind="stable")
    return table.drop(columns=["community", "space"]).reset_index(drop=True)


def _listed(plan: Plan, side: str) -> pd.DataFrame:
    import pandas as pd

    rows = [tuple(getattr(p, name) for name in _OF_EACH) for p in plan.document.projects]
    table = pd.DataFrame(rows, columns=[f"{name}_{side}" for name in _OF_EACH])
    return table.astype({f"{name}_{side}": object for name in ("space", "type", "community")})


def _without(rows: pd.DataFrame, done: pd.DataFrame, side: str) -> pd.DataFrame:
    """Return the rows of one plan that have found no partner yet."""
    key = [f"space_{side}", f"type_{side}"]
    found = set(done[key].itertuples(index=False, name=None))
    left = [pair not in found for pair in rows[key].itertuples(index=False, name=None)]
    return rows[np.array(left, dtype=bool)].drop(columns="turn", errors="ignore")


def _nearby(a: Plan, b: Plan) -> dict[str, float]:
    """Return the metres that people walk to a type, by its id; the shorter where plans differ."""
    assert a.city is not None
    walking, found = a.city.walking, dict[str, float]()
    for plan in (a, b):
        for kind in plan.standard.types:
            metres = kind.minutes * walking.speed(kind.counting_group)
            found[kind.id] = min(metres, found.get(kind.id, np.inf))
    return found


def _moved(left: pd.DataFrame, right: pd.DataFrame, nearby: dict[str, float]) -> pd.DataFrame:
    pairs = left.merge(right, left_on=["type_a", "community_a"], right_on=["type_b", "community_b"])
    pairs["metres"] = np.hypot(pairs["x_b"] - pairs["x_a"], pairs["y_b"] - pairs["y_a"])
    near = pairs["metres"] <= pairs["type_a"].map(nearby).astype(float)
    pairs = pairs[near].sort_values(["metres", "space_a", "space_b"], kind="stable")
    taken: set[tuple[str, str, str]] = set()
    kept = []
    for space_a, space_b, kind in zip(
        pairs["space_a"], pairs["space_b"], pairs["type_a"], strict=True
    ):
        ends = {("a", space_a, kind), ("b", space_b, kind)}
        kept.append(not ends & taken)
        if kept[-1]:
            taken |= ends
    moved = pairs[np.array(kept, dtype=bool)].copy()
    moved["change"] = "moved"
    return moved
