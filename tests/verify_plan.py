"""A small city and a plan for it, every number of which was worked out by hand.

Everybody lives on one line (y is constant), detour 1, so that walks are differences of x:

    x       -200  0    250  300  600  650  700  900   1000  5000
            O0    P0   P1   S0   P2   O2   S1   S2    P3    P4
    everyone      100  50        80                   20    7      257 in all
    aged_60_plus  30   10        40                   0     0      80 in all, 40 m a minute
    aged_0_3      a tenth of everyone, for want of a column
    community     A    A    A    B         B    B     B     C

    shop    5 minutes = 300 m. O0 serves P0. S0 reaches P0 (300 m), P1, P2 (300 m); S1 reaches P2,
            P3 (300 m). Gained: S0 P1 + P2 = 130, S1 P2 + P3 = 100, of which P2 = 80 are shared.
    clinic  10 minutes = 600 m for everyone, 400 m for the aged, who count. No outlet. S1 reaches
            P1 (450 m), P2, P3: everyone 150, aged only P2: 40.
    care    5 minutes = 300 m; aged_0_3 count (25.7 in all). O2 serves P2: 8.
    hub     asks for nothing; O1, a cinema, is no type of the standard.
    Points: shop 2 x (50 + 80 + 20) = 300, clinic 150 + 0.5 x 40 = 170; together 470.
    Places: P1 2 x 50 + 50 = 150, P2 2 x 80 + 80 + 20 = 260, P3 2 x 20 + 20 = 60.
    Newly served (largest counting group that gains): P1 50, P2 80, P3 20 = 150.
    Needs: shop 5, clinic 5 + 3, care 5 = 18; met: shop P0, care P2; gaps 16.
    Present (80%): A shop after; B care before (8 of 10), shop and clinic after; C nothing.
    Still lacking: A clinic 40, which only S0 reaches, where it is locked; A care 15 and B care 2,
            for which every space is too small; C shop and care, too far from any space; nobody
            aged lives there.
    Minutes -10%: no shop for P3, 430 points, 130 people; +10% changes nothing. Detour 1.2 does as
            -10% does; 1.45 also takes the clinic from P1: 380 points.
"""

from __future__ import annotations

import copy

from verify_cities import make_city, make_outlets, make_places, make_spaces, make_streets
from verify_cities import make_walks as make_table

from siting.city.model import Walking
from siting.plan.document import Document

X0, Y0 = 500_000.0, 4_400_000.0
PLACES = [0, 250, 600, 1000, 5000]
OUTLETS = [-200, 0, 650]
SPACES = [300, 700, 900]
WALKING = Walking(metres_per_minute=60.0, detour=1.0, groups=(("aged_60_plus", 40.0),))


def at(x):
    return [X0 + v for v in x], [Y0] * len(x)


def places(**groups):
    return make_places(
        *at(PLACES),
        community=[0, 0, 1, 1, 2],
        **{"everyone": [100, 50, 80, 20, 7], "aged_60_plus": [30, 10, 40, 0, 0], **groups},
    )


def outlets(x=OUTLETS, types=(("shop",), ("cinema",), ("care", "cinema"))):
    return make_outlets(*at(x), types, community=[0, 0, 1])


def spaces(**fields):
    stated = {
        "area_m2": [100.0, 120.0, 30.0],
        "community": [0, 1, 1],
        "rent": [20.0, 12.0, 5.0],
        "kind": ["shop", "shed", "shop"],
        "max_types": [1, 2, 2],
        "fixed": [500.25, 0.0, 80.0],
    }
    return make_spaces(*at(SPACES), **{**stated, **fields})


def line_city(**fields):
    """People walk in straight lines."""
    stated = {
        "places": places(),
        "outlets": outlets(),
        "spaces": spaces(),
        "communities": ("A", "B", "C"),
        "walking": WALKING,
    }
    return make_city(**{**stated, **fields})


def street_city(missing=(), **fields):
    """One long street under all points, in segments of unlike length; both directions occur."""
    nodes = [-300, 100, 280, 660, 1200, 5200]
    ends = [(0, 1), (2, 1), (2, 3), (4, 3), (4, 5)]
    x, y = at(nodes)
    streets = make_streets(x, y, [e for k, e in enumerate(ends) if k not in missing])
    return line_city(streets=streets, **fields)


def given_city(change=None, **fields):
    """The same walks as a table; `change` maps (place, target, is_space) to other metres."""
    change = change or {}
    rows = [
        (p, t, is_space, "", change.get((p, t, is_space), abs(px - tx)))
        for is_space, targets in ((True, SPACES), (False, OUTLETS))
        for t, tx in enumerate(targets)
        for p, px in enumerate(PLACES)
    ]
    return line_city(walks=make_table(rows), **fields)


def kind(word, **fields):
    return {
        "id": word,
        "zh": f"{word} zh",
        "en": f"{word} en",
        "class": "basic",
        "minutes": 5.0,
        "area_min_m2": 20.0,
        "area_typical_m2": 50.0,
        **fields,
    }


STANDARD = {
    "id": "test",
    "zh": "test",
    "en": "test",
    "types": [
        kind("shop", weight=2.0, capital_m2=100.0, capital_fixed=1000.0),
        kind(
            "clinic",
            **{"class": "quality"},
            minutes=10.0,
            counting_group="aged_60_plus",
            groups={"everyone": 1.0, "aged_60_plus": 0.5},
            area_min_m2=40.0,
            area_typical_m2=60.0,
            capital_m2=33.335,
            affordable_rent_m2=10.0,
        ),
        kind("hub", asks=False),
        kind("care", counting_group="aged_0_3", area_min_m2=500.0, area_typical_m2=500.0),
    ],
    "presence_share": 0.8,
    "typical_shares": {"aged_0_3": 0.1},
}
# Without steps: relief is what is needed, up to half of the rent.
POLICY = {"id": "test", "zh": "test", "en": "test", "relief_share": {"default": 0.5}}
SCENARIO = {
    "objective": "coverage",
    # Just enough: 200.25 + 6000 + 2000.10 (and 440 of an unlimited subsidy).
    "budget": {"capital": 8200.35, "subsidy_per_year": None},
    "funds": [
        {"id": "starter", "amount": 7000.0, "types": ["shop"], "communities": ["A"]},
        {"id": "fitout", "amount": 300.0, "kinds": ["shop"]},
        {"id": "rent", "pays": "subsidy_per_year", "amount": 1000.0},
    ],
    "locks": {"open": [["S1", "clinic"]], "forbid": [["S0", "clinic"], ["*", "care"]]},
}


def project(space, word, x, community, **fields):
    return {
        "space": space,
        "type": word,
        "community": community,
        "area_m2": 50.0,
        "capital": 6000.0,  # 100 x 50 + 1000
        "capital_paid_by": [{"fund": "general", "amount": 6000.0}],
        "relief": 0.0,  # a shop can pay any rent
        "chain": False,
        "subsidy_per_year": 0.0,
        "subsidy_paid_by": [],
        "residents_shared": 80.0,
        "x": X0 + x,
        "y": Y0,
        **fields,
    }


def coverage(word, **fields):
    return {"type": word, "class": "basic", "minutes": 5.0, "group": "everyone", **fields}


def share(residents, before, after):
    return {"residents": residents, "before": before, "after": after}


def circle(community, residents, before, after):
    classes = ("basic", "quality")
    return {
        "community": community,
        "residents": residents,
        "present_before": dict(zip(classes, before, strict=True)),
        "present_after": dict(zip(classes, after, strict=True)),
        "grade_before": None,
        "grade_after": None,
        "reward": 0.0,
    }


def open_gap(community, word, residents, reason):
    return {"community": community, "type": word, "residents": residents, "reason": reason}


def sensitivity():
    rows = [("minutes-10%", 430.0, 130.0), ("minutes+10%", 470.0, 150.0)]
    rows += [("detour-1.20", 430.0, 130.0), ("detour-1.45", 380.0, 130.0)]  # in straight lines
    rows += [("presence-0.5", 470.0, 150.0), ("presence-0.8", 470.0, 150.0)]
    keys = ("name", "objective", "residents_newly_served")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def plan():
    """Return the plan as plain data, fit to be changed."""
    proof = {
        "sense": "max",
        "objective": 470.0,
        "bound": 480.0,
        "gap_abs": 10.0,
        "gap": 10.0 / 470.0,
        "bound_source": "HiGHS 1.15.1",
    }
    return copy.deepcopy(
        {
            **proof,
            "status": "feasible",
            "stopped_by": "gap",
            "objective_kind": "coverage",
            "certified_bound": None,
            "certified_gap": None,
            "stages": [{"name": "coverage", **proof}],
            "residents": {"everyone": 257.0, "newly_served_any_type": 150.0},
            "seconds": {"solve": 1.0},
            "peak_memory_mb": 100.0,
            "budget": {
                "capital": {"limit": 8200.35, "spent": 8200.35},
                "subsidy_per_year": {"limit": None, "spent": 440.0},
            },
            "funds": [
                {"id": "starter", "pays": "capital", "limit": 7000.0, "spent": 6000.0},
                {"id": "fitout", "pays": "capital", "limit": 300.0, "spent": 300.0},
                {"id": "rent", "pays": "subsidy_per_year", "limit": 1000.0, "spent": 1000.0},
            ],
            "projects": [
                project(
                    "S0",
                    "shop",
                    300,
                    "A",
                    capital_paid_by=[{"fund": "starter", "amount": 6000.0}],
                    residents_gained=130.0,
                    gained_by_group={"everyone": 130.0},
                    places_by_group={"everyone": 2},
                    gained_by_community={"A": 50.0, "B": 80.0},
                ),
                project(
                    "S1",
                    "shop",
                    700,
                    "B",
                    residents_gained=100.0,
                    gained_by_group={"everyone": 100.0},
                    places_by_group={"everyone": 2},
                    gained_by_community={"B": 100.0},
                ),
                project(
                    "S1",
                    "clinic",
                    700,
                    "B",
                    area_m2=60.0,
                    capital=2000.1,  # 33.335 x 60
                    capital_paid_by=[{"fund": "general", "amount": 2000.1}],
                    relief=1 / 6,  # (12 - 10) / 12
                    subsidy_per_year=1440.0,  # 2 x 60 x 12
                    subsidy_paid_by=[
                        {"fund": "general", "amount": 440.0},
                        {"fund": "rent", "amount": 1000.0},
                    ],
                    residents_gained=40.0,
                    gained_by_group={"everyone": 150.0, "aged_60_plus": 40.0},
                    places_by_group={"everyone": 3, "aged_60_plus": 1},
                    gained_by_community={"B": 40.0},
                    residents_shared=0.0,
                ),
            ],
            "one_off": [
                {
                    "space": "S0",
                    "capital": 500.25,
                    "capital_paid_by": [
                        {"fund": "general", "amount": 200.25},
                        {"fund": "fitout", "amount": 300.0},
                    ],
                }
            ],
            "coverage": [
                coverage(
                    "shop",
                    residents=257.0,
                    before=100 / 257,
                    after=250 / 257,
                    residents_per_outlet=257 / 3,  # O0 and two projects
                    by_group={"everyone": share(257.0, 100 / 257, 250 / 257)},
                ),
                coverage(
                    "clinic",
                    **{"class": "quality"},
                    minutes=10.0,
                    group="aged_60_plus",
                    residents=80.0,
                    before=0.0,
                    after=0.5,
                    residents_per_outlet=80.0,
                    by_group={
                        "everyone": share(257.0, 0.0, 150 / 257),
                        "aged_60_plus": share(80.0, 0.0, 0.5),
                    },
                ),
                coverage(
                    "care",
                    group="aged_0_3",
                    residents=25.7,
                    before=8 / 25.7,
                    after=8 / 25.7,
                    residents_per_outlet=25.7,
                    by_group={
                        "everyone": share(257.0, 80 / 257, 80 / 257),
                        "aged_0_3": share(25.7, 8 / 25.7, 8 / 25.7),
                    },
                ),
            ],
            "circles": [
                circle("A", 150.0, (0, 0), (1, 0)),
                circle("B", 100.0, (1, 0), (2, 1)),
                circle("C", 7.0, (0, 0), (0, 0)),
            ],
            "quotas": [],
            "open_gaps": [
                open_gap("A", "clinic", 40.0, "lock"),
                open_gap("A", "care", 15.0, "area"),
                open_gap("B", "care", 2.0, "area"),
                open_gap("C", "shop", 7.0, "no space in reach"),
                open_gap("C", "care", 0.7, "no space in reach"),
            ],
            "price": {
                "capital": None,
                "subsidy_per_year": None,
                "stage": None,
                "reason": "unknown",
            },
            "sensitivity": sensitivity(),
            "sizes": {
                "places": 5,
                "outlets": 3,
                "spaces": 3,
                "types": 3,
                # S0 shop; S1 shop, clinic; S2 shop with 30 m2 or, so that it can be shared, 20
                "options": 5,
                "needs": 18,
                "gaps": 16,
                # shops: P1 by S0, P2 by all three, P3 by S1 and S2; the clinic in S1
                "merged_needs": 4,
                # with S0 and S2, whose opening costs
            },
            "inputs": {
                "city_path": None,
                "city_path_absolute": None,
                "city_sha256": None,
                "metric_crs": None,
                "standard": STANDARD,
                "policy": POLICY,
                "scenario": SCENARIO,
                "groups_estimated": {"aged_0_3": 0.1},
            },
            "software": {"siting": "0"},
            "seed": 0,
            "deterministic": True,
        }
    )


def document(content=None):
    return Document.model_validate(content or plan())
