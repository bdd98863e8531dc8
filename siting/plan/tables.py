"""The tables of a plan, as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.errors import InputError, Notice
from siting.gaps.table import presence_table, served_by_community
from siting.standard.tolerances import have_share

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from siting.gaps.needs import Gaps
    from siting.plan.document import Payment
    from siting.plan.gains import Gains
    from siting.plan.model import Plan

PROJECT_COLUMNS = (
    "space",
    "type",
    "type_zh",
    "type_en",
    "class",
    "community",
    "area_m2",
    "capital",
    "one_off",
    "relief",
    "chain",
    "subsidy_per_year",
    "paid_by_capital",
    "paid_by_subsidy",
    "residents_gained",
    "residents_shared",
    "x",
    "y",
)


def project_table(plan: Plan) -> pd.DataFrame:
    """Return the 项目清单: one row a project, in the plan's order, with `PROJECT_COLUMNS`.

    ``one_off`` is the one-off cost of the space, on the first project of that space. Where the
    plan was solved under other weights too, ``in_every_answer`` is 1 for what all answers share.
    """
    names = {t.id: (t.zh, t.en, t.type_class) for t in plan.standard.types}
    fixed = {o.space: o.capital for o in plan.document.one_off}
    paid_one_off = {o.space: o.capital_paid_by for o in plan.document.one_off}
    rows = []
    for p in plan.document.projects:
        zh, en, type_class = names[p.type]
        one_off = fixed.pop(p.space, 0.0)
        payments = (*p.capital_paid_by, *(paid_one_off[p.space] if one_off else ()))
        rows.append(
            (
                p.space,
                p.type,
                zh,
                en,
                type_class,
                p.community,
                p.area_m2,
                p.capital,
                one_off,
                p.relief,
                int(p.chain),
                p.subsidy_per_year,
                _paid(payments),
                _paid(p.subsidy_paid_by),
                p.residents_gained,
                p.residents_shared,
                p.x,
                p.y,
            )
        )
    table = pd.DataFrame(rows, columns=list(PROJECT_COLUMNS))
    if plan.document.shared is not None:
        shared = {(pair.space, pair.type) for pair in plan.document.shared}
        pairs = zip(table["space"], table["type"], strict=True)
        table["in_every_answer"] = [int(pair in shared) for pair in pairs]
    return table


def _paid(payments: tuple[Payment, ...]) -> str:
    """Return ``general:120.00;fund:30.00``, one entry a purse."""
    fen: dict[str, int] = {}
    for p in payments:
        fen[p.fund] = fen.get(p.fund, 0) + round(p.amount * 100)
    return ";".join(f"{fund}:{amount / 100:.2f}" for fund, amount in fen.items())


def projects_frame(plan: Plan) -> gpd.GeoDataFrame:
    """Return `project_table` with point geometry in the city's metric coordinate system."""
    import geopandas as gpd

    table = project_table(plan)
    return gpd.GeoDataFrame(
        table,
        geometry=gpd.points_from_xy(table["x"], table["y"]),
        crs=plan.document.inputs.metric_crs,
    )


def projects_geojson(plan: Plan) -> str:
    """Return `project_table` as GeoJSON, points in longitude and latitude (WGS 84)."""
    if plan.document.inputs.metric_crs is None:
        raise InputError(Notice("plan.no_crs"))
    frame = projects_frame(plan).drop(columns=["x", "y"])
    written: str = frame.to_json(to_wgs84=True, drop_id=True, ensure_ascii=False)
    return written + "\n"


def needs_by_place(plan: Plan) -> dict[str, NDArray[np.int64]]:
    """Return how many types each place asks for, and has before and after, shape (places,) each.

    A type counts at a place where somebody of its counting group lives.
    """
    assert plan.detail is not None
    gaps, served = plan.detail.gaps, plan.detail.gains.served
    size = len(gaps.city.places)
    found = {name: np.zeros(size, dtype=np.int64) for name in ("needs", "met_before", "met_after")}
    for t, _ in gaps.asking:
        d = gaps.counting(t)
        lives = gaps.residents[gaps.demands[d].group] > 0
        found["needs"] += lives
        found["met_before"] += lives & gaps.served[d]
        found["met_after"] += lives & served[d]
    return found


def coverage_frame(plan: Plan) -> pd.DataFrame:
    """Return the plan's coverage, one row an asking type."""
    return pd.DataFrame([c.model_dump(by_alias=True) for c in plan.document.coverage])


def before_and_after(gaps: Gaps, gains: Gains) -> pd.DataFrame:
    """Return the 有没有 table before and after, as it stands in ``gaps.csv``."""
    table = presence_table(gaps).rename(
        columns={"served": "served_before", "share": "share_before", "present": "present_before"}
    )
    after = [
        served_by_community(gaps, t, gains.served[gaps.counting(t)])[1] for t, _ in gaps.asking
    ]
    served = np.stack(after, axis=1).reshape(-1) if after else np.empty(0)
    people = table["residents"].to_numpy(dtype=float)
    table["served_after"] = served
    table["share_after"] = np.divide(served, people, out=np.zeros_like(people), where=people > 0)
    table["present_after"] = have_share(served, gaps.standard.presence_share, people)
    for name in ("present_before", "present_after"):
        table[name] = table[name].astype(int)
    return table[
        [
            "community",
            "type",
            "class",
            "group",
            "minutes",
            "residents",
            "served_before",
            "served_after",
            "share_before",
            "share_after",
            "present_before",
            "present_after",
        ]
    ]
