"""A small plan, gap table and standard, made by hand, for the tests of the command line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from siting.cli.main import run
from siting.plan.document import Document
from siting.plan.model import Plan
from siting.standard.model import Standard, Type


def standard() -> Standard:
    common = {"area_min_m2": 20.0, "area_typical_m2": 60.0}
    return Standard(
        id="test-1",
        zh="测试标准",
        en="Test standard",
        types=(
            Type.model_validate(
                {
                    "id": "breakfast_shop",
                    "zh": "早餐店",
                    "en": "Breakfast shop",
                    "class": "basic",
                    "minutes": 8.0,
                    "weight": 2.0,
                    "source": "W:one",
                    "unverified": ("minutes", "capital_m2"),
                    **common,
                }
            ),
            Type.model_validate(
                {
                    "id": "elderly_station",
                    "zh": "养老服务站",
                    "en": "Elderly station",
                    "class": "quality",
                    "minutes": 15.0,
                    "counting_group": "aged_60_plus",
                    "groups": {"aged_60_plus": 1.0},
                    "source": "W:two",
                    "unverified": ("capital_m2",),
                    **common,
                }
            ),
        ),
        slots=({"slot": 7, "class": "quality", "note": "never published"},),  # type: ignore[arg-type]
        source="S0",
        unverified=("presence_share",),
    )


def document(**changes: Any) -> Document:
    paid = [{"fund": "general", "amount": 240_000.0}]
    project = {
        "space": "S1",
        "type": "breakfast_shop",
        "community": "North",
        "area_m2": 60.0,
        "capital": 240_000.0,
        "capital_paid_by": paid,
        "relief": 0.3,
        "chain": False,
        "subsidy_per_year": 14_400.0,
        "subsidy_paid_by": paid,
        "residents_gained": 900.0,
        "residents_shared": 0.0,
        "x": 0.0,
        "y": 0.0,
    }
    coverage = {"class": "basic", "group": "everyone", "residents": 2000.0}
    sizes = ("places", "outlets", "spaces", "types", "options", "needs", "gaps", "merged_needs")
    content: dict[str, Any] = {
        "status": "feasible",
        "stopped_by": "gap",
        "sense": "max",
        "objective_kind": "coverage",
        "objective": 1800.04,
        "bound": 1801.52,
        "bound_source": "HiGHS 1.15.1",
        "gap_abs": 1.48,
        "gap": 0.000822,
        "certified_bound": None,
        "certified_gap": None,
        "stages": (),
        "residents": {"everyone": 2000.0, "newly_served_any_type": 900.0},
        "seconds": {"read": 0.5, "solve": 2.0},
        "peak_memory_mb": 100.0,
        "budget": {
            "capital": {"limit": 300_000.0, "spent": 240_000.5},
            "subsidy_per_year": {"limit": None, "spent": 14_400.0},
        },
        "funds": (),
        "projects": (project, {**project, "space": "S2"}),
        "one_off": (),
        "coverage": (
            {
                "type": "breakfast_shop",
                "minutes": 8.0,
                "before": 0.35,
                "after": 0.8,
                "residents_per_outlet": 500.0,
                **coverage,
            },
            {
                "type": "elderly_station",
                "minutes": 15.0,
                "before": 0.2,
                "after": 0.2,
                "residents_per_outlet": None,
                **coverage,
            },
        ),
        "circles": (),
        "quotas": (),
        "open_gaps": (),
        "price": {
            "capital": None,
            "subsidy_per_year": None,
            "stage": None,
            "reason": "unknown",
        },
        "sensitivity": (),
        "sizes": dict.fromkeys(sizes, 5),
        "inputs": {
            "city_path": "../city",
            "city_path_absolute": "/city",
            "city_sha256": None,
            "metric_crs": "EPSG:4549",
            "standard": standard().model_dump(by_alias=True),
            "policy": {},
            "scenario": {},
            "groups_estimated": {},
        },
        "software": {"siting": "0"},
        "seed": 0,
        "deterministic": True,
    }
    return Document.model_validate({**content, **changes})


def plan(**changes: Any) -> Plan:
    return Plan(document=document(**changes))


def gaps(communities: int = 2, residents: float = 1000.0) -> Any:
    """Return a gap table: community k lacks the first type where k is odd, never the second."""
    rows = [
        {
            "community": f"C{k}",
            "type": kind,
            "class": "basic" if kind == "breakfast_shop" else "quality",
            "group": "everyone" if kind == "breakfast_shop" else "aged_60_plus",
            "minutes": 8.0,
            "residents": residents + k,
            "served": residents + k if present else 0.0,
            "share": 1.0 if present else 0.0,
            "present": present,
        }
        for k in range(communities)
        for kind, present in (("breakfast_shop", k % 2 == 0), ("elderly_station", True))
    ]
    table = pd.DataFrame(rows)
    missing = table[~table["present"]].copy()
    missing["short"] = missing["residents"] - missing["served"]
    missing = missing.sort_values("short", ascending=False, ignore_index=True)
    return SimpleNamespace(
        table=table,
        missing=missing,
        standard=standard(),
        estimated={"aged_60_plus": 0.211},
        remarks=(),
    )


class Said(SimpleNamespace):
    """What one run of the command line said: ``code``, ``out``, ``err``."""


def say(capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    with pytest.raises(SystemExit) as left:
        run(list(arguments))
    printed = capsys.readouterr()
    code = left.value.code
    return Said(code=0 if code is None else code, out=printed.out, err=printed.err)
