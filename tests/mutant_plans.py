"""Small city folders and plans that between them have every feature a plan can state.

A number of a city gives its tables; every third one has streets, every third one given walks.
"""

from __future__ import annotations

import csv
import math
from random import Random
from typing import TYPE_CHECKING

import siting
from siting import Scenario, Standard, Type
from siting.standard.model import (
    Fund,
    Grade,
    Locks,
    Policy,
    Quota,
    Reward,
    RoofRule,
    Substitute,
)

if TYPE_CHECKING:
    from pathlib import Path

SIDE, STEP = 6, 200  # streets: lines each way, and metres between them
CONFIG = """[city]
name = "Mutants {seed}"
crs = "EPSG:4549"
metric_crs = "EPSG:4549"
[walking]
metres_per_minute = 60
detour = 1.25
[walking.groups]
aged_60_plus = 50
[places]
file = "places.csv"
[outlets]
file = "outlets.csv"
[spaces]
file = "spaces.csv"
"""
STREETS = '[streets]\nnodes = "nodes.csv"\nedges = "edges.csv"\n'
WALKS = '[walks]\nfile = "walks.csv"\n'
CIRCLES = ("North", "South", "East")
OUTLETS = ("store", "meals", "clinic;store", "cinema", "store", "repairs", "clinic")
X0, Y0 = 500_000, 3_500_000


def write_city(folder: Path, seed: int) -> Path:
    """Write the tables of a city.

    The last circle lies far from every space: an outlet stands there, but nothing can open.
    """
    draw = Random(f"mutants/{seed}")
    folder.mkdir(parents=True)
    way = ("", STREETS, WALKS)[seed % 3]
    (folder / "city.toml").write_text(CONFIG.format(seed=seed) + way, "utf-8")
    places = _points(draw, "P", 14)
    for row in places:
        everyone = draw.choice([0, 12, draw.randint(30, 300), draw.randint(30, 300)])
        row |= {"everyone": everyone, "aged_60_plus": draw.randint(0, everyone // 3)}
    outlets = _points(draw, "O", 7)
    for row, types in zip(outlets, OUTLETS, strict=False):
        row |= {
            "type": types,
            "area_m2": draw.choice(["", 80, 120.5]),
            "chain": draw.choice(["", "yes", "no"]),
            "spare_m2": 60 if row["id"] in ("O2", "O5") else 0,
        }
    spaces = _points(draw, "S", 8)
    for k, row in enumerate(spaces):
        row |= {
            "area_m2": draw.choice([60, 80, 100, 150.5, 200]),
            "rent_m2_month": draw.choice([10, 20, 25.5, 30]),
            "kind": draw.choice(["shop", "shop", "shed", "kiosk"]),
            "floor": draw.choice([1, 1, 1, 2]),
            "features": draw.choice(["flue;water", "water", "water;loading"]),
            "max_types": draw.choice([1, 2, 3]),
            "min_types": 1,
            "basic_share": "",
            "capital_m2": draw.choice(["", "", 900]),
            "capital_fixed": draw.choice([0, 0, 15000.55, 20000]),
            "address": f"Lane {k}",
            "forbid": "repairs" if k == 5 else "",
        }
    # one complex: two types or more, half of the floor for basic ones
    spaces[0] |= {"area_m2": 240, "max_types": 3, "min_types": 2, "basic_share": 0.5}
    _write(folder / "places.csv", places)
    _write(folder / "outlets.csv", outlets)
    _write(folder / "spaces.csv", spaces)
    if way == STREETS:
        _streets(folder, draw)
    if way == WALKS:
        _walks(folder, draw, places, outlets, spaces)
    return folder


def _points(draw: Random, prefix: str, n: int) -> list[dict]:
    wide = SIDE * STEP
    rows = []
    for k in range(n):
        far = (prefix == "P" and k >= n - 2) or (prefix == "O" and k == 2)
        x, y = draw.randrange(wide), draw.randrange(wide)
        home = CIRCLES[2] if far else CIRCLES[int(y < wide / 2)]
        at = {"x": X0 + 9_000 + x % 150 if far else X0 + x, "y": Y0 + (y % 150 if far else y)}
        rows.append({"id": f"{prefix}{k}", **at, "community": home})
    return rows


def _streets(folder: Path, draw: Random) -> None:
    nodes, edges = [], []
    for i in range(SIDE + 1):
        for j in range(SIDE + 1):
            nodes.append({"node": f"{i}-{j}", "x": X0 + i * STEP, "y": Y0 + j * STEP})
            for a, b in ((i + 1, j), (i, j + 1)):
                if a <= SIDE and b <= SIDE and draw.random() < 0.9:
                    length = STEP + draw.choice([0, 0, 15.5])
                    edges.append({"from": f"{i}-{j}", "to": f"{a}-{b}", "length_m": length})
    nodes += [{"node": f"far{k}", "x": X0 + 9_000 + 150 * k, "y": Y0 + 70} for k in (0, 1)]
    edges.append({"from": "far0", "to": "far1", "length_m": 150})
    _write(folder / "nodes.csv", nodes)
    _write(folder / "edges.csv", edges)


def _walks(folder: Path, draw: Random, places, outlets, spaces) -> None:
    targets = [("outlet", row) for row in outlets] + [("space", row) for row in spaces]
    rows = []
    for kind, target in targets:
        for place in places:
            metres = math.hypot(target["x"] - place["x"], target["y"] - place["y"])
            if metres < 900:
                far = round(metres * draw.uniform(1.1, 1.5))
                pair = {"from": place["id"], "to": target["id"], "kind": kind}
                rows.append({**pair, "metres": far})
    _write(folder / "walks.csv", rows)


def _write(path: Path, rows: list[dict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _kind(name: str, **fields) -> Type:
    stated = {
        "id": name,
        "zh": f"{name} zh",
        "en": f"{name} en",
        "class": "basic",
        "minutes": 8.0,
        "area_min_m2": 30.0,
        "area_typical_m2": 50.0,
        "capital_m2": 1_000.0,
        "capital_fixed": 10_000.0,
        "source": "made up",
        "unverified": ("weight",),
        **fields,
    }
    return Type.model_validate(stated)


TYPES = (
    _kind("store", weight=2.0, affordable_rent_m2=24.0, residents_per_outlet=150.0),
    _kind("repairs", minutes=10.0, chain="never", capital_m2=333.335, affordable_rent_m2=20.0),
    _kind(
        "meals",
        counting_group="aged_60_plus",
        groups={"everyone": 0.5, "aged_60_plus": 1.5},
        needs=("water",),
        chain_capital_factor=1.25,
    ),
    _kind(
        "clinic",
        **{"class": "quality"},
        minutes=12.0,
        floors=(1, 2),
        kinds_not=("kiosk",),
        affordable_rent_outlet=1_200.0,
        residents_per_outlet=200.0,
    ),
    _kind("nursery", **{"class": "quality"}, counting_group="aged_0_3", groups={"aged_0_3": 3.0}),
    _kind("kitchen", **{"class": "hub"}, asks=False),
)
GRADES = (
    Grade(id="fair", zh="fair", en="fair", min_types={"basic": 2}),
    Grade(id="good", zh="good", en="good", min_types={"basic": 3}, mandatory=("clinic",)),
)
STANDARD = Standard(
    id="mutants",
    zh="mutants",
    en="mutants",
    types=TYPES,
    presence_share=0.6,
    grades=GRADES,
    substitutes=(Substitute(type="repairs", by="store"),),
    quotas=(
        Quota(type="store", per_1000=1.5),
        Quota(type="clinic", per_1000=0.5, area_m2_per_1000=40.0),
    ),
    spacing_m={"store": 150.0},
    most_per_community={"store": 4, "repairs": 3},
    chain_share=0.3,
    roof=(RoofRule(type="clinic", never_with=("repairs",)),),
    typical_shares={"aged_0_3": 0.05},
    notes=("a note",),
    unmodelled=("what is left out",),
    source="made up",
)
POLICY = Policy(
    id="mutants",
    zh="mutants",
    en="mutants",
    relief_steps=(0.1, 0.25, 0.5),
    relief_share={"default": 0.5, "clinic": 0.4},
    ceiling_rent_m2_month=100.0,
    relief_cap_per_outlet_year={"default": 30_000.0},
    years=2.5,
    rewards=(Reward(grade=None, amount=500.5), Reward(grade="good", amount=1_000.0)),
)
FUNDS = (
    Fund(id="stores", amount=60_000.0, types=("store",)),
    Fund(id="half", amount=40_000.0, kinds=("shop", "shed"), share=0.5),
    Fund(id="north", amount=9_000.0, communities=("North",), pays="subsidy_per_year", share=0.75),
)
QUESTIONS = {
    "funds": {
        "funds": FUNDS,
        "floors": {"store": 0.05},
        "locks": Locks(forbid=(("S7", "*"), ("*", "kitchen"))),
    },
    "rules": {
        "enforce": ("quotas", "spacing", "most", "operators"),
        "standard": STANDARD.model_copy(update={"quotas": (Quota(type="clinic", per_1000=0.2),)}),
        "targets": {"meals": 0.05},
    },
    "room": {"enforce": ("capacity",), "subsidy_per_year": math.inf},
    "basic-first": {"objective": "basic-first"},
    "grades": {"objective": "grades", "grade": "good", "capital": 600_000.0},
    "cost": {"objective": "cost", "targets": {"store": 0.6, "meals": 0.3}, "funds": FUNDS[:2]},
    "worst": {"objective": "worst-community"},
}
OTHERS = ("funds",)


def scenario(name: str) -> Scenario:
    """Return the question of that name."""
    asked = {
        "standard": STANDARD,
        "policy": POLICY,
        "capital": 350_000.0,
        "subsidy_per_year": 12_000.0,
        **QUESTIONS[name],
    }
    return Scenario(**asked)


def write_plan(city: Path, name: str, folder: Path, *, lang: str = "en") -> Path:
    """Solve a question and save its plan."""
    plan = siting.solve(
        siting.read_city(city),
        scenario(name),
        gap=0.0,
        time_limit=20.0,
        other_weights=name in OTHERS,
    )
    return plan.save(folder, lang=lang)
