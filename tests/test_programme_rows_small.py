"""Rows and objectives of one small city, written down by hand.

Three places on a line: P0 (circle A, 100 people) at 0 m, P1 (A, 50) at 300 m, P2 (B, 80) at
1000 m. Two spaces: S0 (A) at 0 m and S1 (B) at 600 m. Eight minutes are 480 m, so S0 reaches P0
and P1, S1 reaches P1 and P2. The first type so has the merged needs z0 = {S0}: P0, z1 = {S0, S1}:
P1 and z2 = {S1}: P2, the second type z3 to z5.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from rules_tiny import problem_of
from tiny import words

from siting.city.model import City, Outlets, Places, Spaces, Walking
from siting.programme.cliques import cover_by_cliques, spacing_cliques
from siting.programme.stage import KEEP_SLACK, Kept, Stage
from siting.solve.limits import kept
from siting.standard.model import (
    Budget,
    Fund,
    Grade,
    Policy,
    Question,
    Quota,
    RoofRule,
    Standard,
    Substitute,
    Type,
)

CLOSE = {"rel": 1e-6, "abs": 1e-9}


def city(*, types=1, outlets=(), **spaces) -> City:
    at = np.array([0.0, 600.0])
    here = {
        "area_m2": np.full(2, 100.0),
        "rent_m2_month": np.zeros(2),
        "kind": words(["shop", "shop"]),
        "floor": np.ones(2, dtype=np.int64),
        "features": words([frozenset(), frozenset()]),
        "max_types": np.full(2, types),
        "min_types": np.ones(2, dtype=np.int64),
        "capital_m2": np.full(2, np.nan),
        "capital_fixed": np.zeros(2),
        **spaces,
    }
    n = len(outlets)
    return City(
        name="line",
        places=Places(
            id=words(["P0", "P1", "P2"]),
            x=np.array([0.0, 300.0, 1000.0]),
            y=np.zeros(3),
            community=np.array([0, 0, 1]),
            residents={"everyone": np.array([100.0, 50.0, 80.0])},
        ),
        outlets=Outlets(
            id=words([f"O{k}" for k in range(n)]),
            x=np.array([float(x) for x, _, _, _ in outlets]),
            y=np.zeros(n),
            community=np.array([c for _, c, _, _ in outlets], dtype=np.int64),
            types=words([(word,) for _, _, word, _ in outlets]),
            area_m2=np.array([float(a) for _, _, _, a in outlets]),
            chain=np.full(n, np.nan),
            spare_m2=np.zeros(n),
        ),
        spaces=Spaces(
            id=words(["S0", "S1"]), x=at, y=np.zeros(2), community=np.array([0, 1]), **here
        ),
        communities=("A", "B"),
        walking=Walking(60.0, 1.0),
    )


def kind(word: str, type_class: str = "basic", **fields) -> Type:
    return Type(
        id=word,
        zh=word,
        en=word,
        type_class=type_class,
        minutes=8.0,
        area_min_m2=30.0,
        **{"area_typical_m2": 40.0, "capital_fixed": 1000.0, **fields},
    )


def question(*types: Type, **changed) -> Question:
    standard = {k: changed.pop(k) for k in list(changed) if k in Standard.model_fields}
    return Question(
        standard=Standard(id="s", zh="s", en="s", types=types, **standard),
        policy=Policy(id="p", zh="p", en="p"),
        budget=changed.pop("budget", Budget(capital=math.inf, subsidy_per_year=math.inf)),
        **changed,
    )


def rows(problem, name):
    """Return the rows of a block as (coefficients by column, least, most)."""
    programme = problem.programme
    label = {
        at: f"{block.name}{at - block.start}"
        for block in programme.columns
        for at in range(block.start, block.stop)
    }
    z = programme.column_range("z").start
    label |= {z + m: f"z{k}" for m, k in enumerate(needs(problem))}
    found = []
    for r in range(*programme.row_range(name).indices(10**6)):
        row = programme.matrix[[r]]
        names = [label[c] for c in row.indices]
        entries = {n: pytest.approx(v, **CLOSE) for n, v in zip(names, row.data, strict=True)}
        ends = [pytest.approx(v, **CLOSE) for v in (programme.row_lower[r], programme.row_upper[r])]
        found.append((entries, *ends))
    return found


def at_most(most, **entries):
    return (entries, -math.inf, most)


def at_least(least, **entries):
    return (entries, least, math.inf)


def needs(problem) -> list[int]:
    """Return the number of each merged need, as they are numbered above."""
    spaces, found = problem.needs.spaces, []
    for m, t in enumerate(problem.needs.type.tolist()):
        members = spaces.member[spaces.indptr[m] : spaces.indptr[m + 1]].tolist()
        found.append(3 * t + [[0], [0, 1], [1]].index(members))
    return found


def values(problem, name):
    found = problem.programme.value[problem.programme.column_range(name)]
    order = np.argsort(needs(problem)) if name == "z" else slice(None)
    return found[order].tolist()


def test_without_rules_only_the_first_five_families_and_three_kinds_of_columns_are_there():
    programme = problem_of(city(), question(kind("a"))).programme
    assert [b.name for b in programme.rows] == ["C1", "C2", "C3", "C4", "C5"]
    assert [b.name for b in programme.columns] == ["x", "y", "z"]
    assert values(problem_of(city(), question(kind("a"))), "z") == [100.0, 50.0, 80.0]


# C2


def test_types_that_may_not_share_a_roof_are_one_row_a_clique():
    asked = question(
        kind("a"), kind("b"), kind("c"), roof=(RoofRule(type="a", never_with=("b", "c")),)
    )
    plain = problem_of(city(types=3), question(kind("a"), kind("b"), kind("c")))
    problem = problem_of(city(types=3), asked)
    new = [row for row in rows(problem, "C2") if row not in rows(plain, "C2")]
    # b and c may be together, so that there is no larger clique
    assert [sorted(r[0]) for r in new] == [["x0", "x1"], ["x0", "x2"], ["x3", "x4"], ["x3", "x5"]]
    everyone = RoofRule(type="b", never_with=("a", "c"))
    both = asked.model_copy(
        update={
            "standard": asked.standard.model_copy(update={"roof": (*asked.standard.roof, everyone)})
        }
    )
    rows_of_both = rows(problem_of(city(types=3), both), "C2")
    assert at_most(1.0, x0=1.0, x1=1.0, x2=1.0) in rows_of_both


def test_a_type_that_needs_company_opens_with_it_or_in_the_host_alone():
    rule = (RoofRule(type="a", only_with=("b",)),)
    asked = question(kind("a"), kind("b"), roof=rule)
    assert at_most(0.0, x0=1.0, x1=-1.0) in rows(problem_of(city(types=2), asked), "C2")
    hosts = words([("b",), ()])
    hosted = problem_of(city(types=2, host=hosts), asked)
    # the first space is spare floor of a b: its a needs nobody else, and it takes no second b
    assert hosted.options.space.tolist() == [0, 1, 1]
    assert not any("x0" in row[0] and -1.0 in row[0].values() for row in rows(hosted, "C2"))
    assert kept(hosted, np.array([0]))
    assert not kept(hosted, np.array([1]))


def test_basic_types_have_their_share_of_the_floor_in_use():
    asked = question(kind("a"), kind("q", "quality", area_typical_m2=60.0))
    problem = problem_of(city(types=2, basic_share=np.array([0.5, np.nan])), asked)
    row = at_most(0.0, x0=(0.5 - 1) * 0.4, x1=0.5 * 0.6)
    assert row in rows(problem, "C2")
    assert not kept(problem, np.array([0, 1]))  # 40 of 100 square metres
    assert kept(problem, np.array([0]))


# C6


def test_a_fund_that_pays_a_share_leaves_the_rest_to_the_budget():
    fund = Fund(id="f", amount=500.0, share=0.4)
    asked = question(
        kind("a"), funds=(fund,), budget=Budget(capital=1100.0, subsidy_per_year=math.inf)
    )
    problem = problem_of(city(), asked)
    # of 1000 yuan the fund pays at most 400: the budget the rest, and both together all
    assert [(r.option.tolist(), r.limit) for r in problem.money] == [
        ([1, 1], 110_000 // 60_000),
        ([1, 1], 160_000 // 100_000),
    ]
    assert kept(problem, np.array([0]))
    assert not kept(problem, np.array([0, 1]))


def test_payments_need_what_each_fund_may_pay_at_most_of_each_item():
    funds = (Fund(id="f", amount=600.0, share=0.5), Fund(id="g", amount=600.0, share=0.5))
    for capital, fits in ((799.99, False), (800.0, True)):
        asked = question(
            kind("a"), funds=funds, budget=Budget(capital=capital, subsidy_per_year=math.inf)
        )
        assert kept(problem_of(city(), asked), np.array([0, 1])) is fits


# C7


def test_floors_ask_for_enough_people_in_each_circle_and_targets_for_enough_in_all():
    asked = question(kind("a"), floors={"a": 0.5}, targets={"a": 0.9})
    assert rows(problem_of(city(), asked), "C7") == [
        at_least(207.0, z0=100.0, z1=50.0, z2=80.0),
        at_least(75.0, z0=75.0, z1=50.0),
        at_least(40.0, z2=40.0),
    ]


def test_people_whom_an_outlet_serves_count_for_a_floor():
    served = problem_of(city(outlets=[(0, 0, "a", 30)]), question(kind("a"), floors={"a": 0.8}))
    # P0 and P1 have an a already: A is done, B needs 64 of 80
    assert rows(served, "C7") == [at_least(64.0, z2=64.0)]


def test_a_floor_out_of_reach_is_a_row_nobody_can_keep_and_is_named():
    near = replace(city(), spaces=replace(city().spaces, x=np.array([0.0, 0.0])))
    problem = problem_of(near, question(kind("a"), floors={"a": 0.5}))
    ((floor, most),) = problem.out_of_reach
    assert (floor.community, most) == (1, 0.0)
    assert rows(problem, "C7")[1] == at_least(40.0)


def test_a_type_that_weighs_nothing_for_its_counting_group_still_counts_its_people():
    places = city().places
    old = {**places.residents, "old": np.array([10.0, 0.0, 20.0])}
    aged = replace(city(), places=replace(places, residents=old))
    young = kind("a", counting_group="old", groups={"everyone": 1.0})
    problem = problem_of(aged, question(young, floors={"a": 1.0}))
    assert rows(problem, "C7") == [at_least(10.0, z0=10.0), at_least(20.0, z2=20.0)]
    assert values(problem, "z") == [100.0, 50.0, 80.0]


# C8


def graded(*types, **changed) -> Question:
    changed = {"objective": "grades", "presence_share": 0.8, **changed}
    grades = (Grade(id="low", zh="l", en="l", min_types={"basic": 1}),)
    return question(*types, **{"grades": grades, **changed})


def test_a_circle_holds_its_grade_when_enough_of_its_people_have_the_type():
    problem = problem_of(city(), graded(kind("a"))).staged(Stage("grades"))
    assert rows(problem, "C8") == [
        at_most(0.0, p0=120.0, z0=-100.0, z1=-50.0),
        at_most(0.0, p0=1.0, x0=-1.0, x1=-1.0),
        at_most(0.0, p1=64.0, z2=-64.0),
        at_most(0.0, p1=1.0, x1=-1.0),
        at_most(0.0, g0=1.0, p0=-1.0),
        at_most(0.0, g1=1.0, p1=-1.0),
    ]
    assert values(problem, "g") == [150.0, 80.0]
    assert [problem.value(np.array(c, dtype=int)) for c in ([], [0], [1], [0, 1])] == [
        0.0,
        150.0,
        80.0,
        230.0,
    ]


def test_presence_has_no_columns_where_no_stage_and_no_rule_asks_for_grades():
    programme = problem_of(city(), graded(kind("a"))).programme
    assert [b.name for b in programme.columns] == ["x", "y", "z"]


def test_a_grade_that_is_held_today_is_a_fixed_column():
    problem = problem_of(city(outlets=[(0, 0, "a", 30)]), graded(kind("a")))
    problem = problem.staged(Stage("grades"))
    g = problem.programme.column_range("g")
    assert problem.programme.lower[g].tolist() == [1.0, 0.0]
    assert values(problem, "g") == [150.0, 80.0]
    assert problem.value(np.empty(0, dtype=int)) == 150.0


def test_grades_count_what_is_present_demand_what_is_mandatory_and_stand_on_each_other():
    grades = (
        Grade(id="low", zh="l", en="l", min_types={"basic": 1}),
        Grade(id="high", zh="h", en="h", min_types={"basic": 2}, mandatory=("q",)),
    )
    asked = graded(kind("a"), kind("b"), kind("q", "quality"), grades=grades)
    problem = problem_of(city(types=3, outlets=[(0, 0, "a", 30)]), asked).staged(Stage("grades"))
    # A has an a today: p of b and q there, of a, b and q in B; grades high A, low B, high B
    assert rows(problem, "C8")[10:] == [
        at_most(0.0, g0=1.0, p2=-1.0, p3=-1.0),
        at_most(0.0, g1=1.0, p0=-1.0),
        at_most(0.0, g1=1.0, p1=-1.0),
        at_most(0.0, g2=2.0, p2=-1.0, p3=-1.0),
        at_most(0.0, g2=1.0, p4=-1.0),
        at_most(0.0, g2=1.0, g0=-1.0),
    ]


def test_a_substitute_makes_a_type_present_and_not_the_other_way_round():
    grades = (Grade(id="low", zh="l", en="l", mandatory=("a",)),)
    swap = (Substitute(type="a", by="b"),)
    asked = graded(kind("a"), kind("b", "quality"), grades=grades, substitutes=swap)
    problem = problem_of(city(types=2), asked).staged(Stage("grades"))
    # own presence of a and b in A, in B, then the two presences of a in any of both ways
    assert rows(problem, "C8")[8:] == [
        at_most(0.0, p4=1.0, p0=-1.0, p1=-1.0),
        at_most(0.0, p5=1.0, p2=-1.0, p3=-1.0),
        at_most(0.0, g0=1.0, p4=-1.0),
        at_most(0.0, g1=1.0, p5=-1.0),
    ]
    other = graded(kind("a"), kind("b", "quality"), substitutes=swap, grades=grades)
    other = other.model_copy(
        update={
            "standard": other.standard.model_copy(
                update={"grades": (Grade(id="low", zh="l", en="l", mandatory=("b",)),)}
            )
        }
    )
    only_b = problem_of(city(types=2), other).staged(Stage("grades"))
    assert only_b.value(np.array([0])) == 0.0
    assert problem.value(np.array([1])) == only_b.value(np.array([1])) == 150.0


def test_located_presence_is_an_outlet_in_the_circle():
    problem = problem_of(city(), graded(kind("a"), presence="located")).staged(Stage("grades"))
    assert rows(problem, "C8") == [
        at_most(0.0, p0=1.0, x0=-1.0),
        at_most(0.0, p1=1.0, x1=-1.0),
        at_most(0.0, g0=1.0, p0=-1.0),
        at_most(0.0, g1=1.0, p1=-1.0),
    ]
    standing = problem_of(city(outlets=[(5000, 1, "a", 30)]), graded(kind("a"), presence="located"))
    assert standing.staged(Stage("grades")).value(np.empty(0, dtype=int)) == 80.0


def test_under_cost_every_circle_must_hold_the_grade_asked_for():
    problem = problem_of(city(), graded(kind("a"), objective="cost", grade="low"))
    g = problem.programme.column_range("g")
    assert problem.programme.lower[g].tolist() == [1.0, 1.0]
    assert kept(problem, np.array([0, 1]))
    assert not kept(problem, np.array([0]))


# C9 to C11


def test_quotas_ask_for_outlets_and_floor_area_that_are_lacking():
    quotas = (Quota(type="a", per_1000=20.0, area_m2_per_1000=500.0),)
    asked = question(kind("a"), quotas=quotas, enforce=("quotas",))
    outlets = [(5000, 0, "a", np.nan), (5000, 0, "a", 20)]
    # A: 3 outlets less 2, 75 m2 less the typical 40 and 20; B: 1.6 outlets, 40 m2
    assert rows(problem_of(city(outlets=outlets), asked), "C9") == [
        at_least(1.0, x0=1.0),
        at_least(15.0, x0=40.0),
        at_least(2.0, x1=1.0),
        at_least(40.0, x1=40.0),
    ]
    free = asked.model_copy(update={"enforce": ()})
    assert rows(problem_of(city(outlets=outlets), free), "C9") == []


@pytest.mark.parametrize(("metres", "apart"), [(600.0, False), (600.01, True)])
def test_spaces_exactly_as_far_apart_as_asked_may_both_open(metres, apart):
    asked = question(kind("a"), spacing_m={"a": metres}, enforce=("spacing",))
    expected = [at_most(1.0, x0=1.0, x1=1.0)] if apart else []
    assert rows(problem_of(city(), asked), "C10") == expected


def test_only_so_many_open_in_a_circle_that_has_some():
    asked = question(kind("a"), most_per_community={"a": 1}, enforce=("most",))
    problem = problem_of(city(outlets=[(5000, 0, "a", 30)]), asked)
    assert rows(problem, "C10") == [at_most(0.0, x0=1.0)]


def test_chains_are_a_share_of_the_projects():
    asked = question(kind("a"), chain_share=0.3, enforce=("operators",))
    problem = problem_of(city(), asked)
    assert problem.options.chain.tolist() == [False, True, False, True]
    assert rows(problem, "C11") == [at_most(0.0, x0=0.3, x1=-0.7, x2=0.3, x3=-0.7)]
    assert kept(problem, np.array([0, 3]))
    assert not kept(problem, np.array([0, 2]))


def test_cliques_hold_every_pair_and_nothing_else():
    near = {0: {1, 2}, 1: {0, 2}, 2: {0, 1, 3}, 3: {2}}
    assert cover_by_cliques(near) == [(0, 1, 2), (2, 3)]
    assert cover_by_cliques({}) == []
    line = replace(city().spaces, x=np.array([0.0, 600.0]))
    assert spacing_cliques(replace(city(), spaces=line), np.arange(2), 599.0) == []


# C12


def test_capacity_limits_whom_outlets_serve():
    limited = kind("a", residents_per_outlet=60.0, weight=2.0)
    asked = question(limited, enforce=("capacity",))
    add_on = words(["shop", "add_on"])
    problem = problem_of(city(kind=add_on), asked)
    # b: S0 for A, S1 for A and B; h: A and B
    assert rows(problem, "C12") == [
        at_most(0.0, h0=1.0, z0=-100.0, z1=-50.0),
        at_most(0.0, h0=1.0, b0=-1.0, b1=-1.0),
        at_most(0.0, h1=1.0, z2=-80.0),
        at_most(0.0, h1=1.0, b2=-1.0),
        at_most(0.0, b0=1.0, x0=-60.0),
        at_most(0.0, b1=1.0, b2=1.0, x1=-30.0),
    ]
    assert values(problem, "h") == [2.0, 2.0]
    assert values(problem, "z") == [0.0, 0.0, 0.0]
    assert problem.value(np.array([0, 1])) == pytest.approx(2.0 * 90.0)


def test_outlets_serve_with_what_they_have_to_spare():
    limited = kind("a", residents_per_outlet=200.0)
    asked = question(limited, enforce=("capacity",))
    # the outlet serves P2 and has room for 120 more in B, of whom nobody lacks it
    problem = problem_of(city(outlets=[(1000, 1, "a", 30)]), asked)
    assert problem.rules.capacity.spare[0].tolist() == [0.0, 120.0]
    other = problem_of(city(outlets=[(5000, 0, "a", 30)]), asked)
    assert other.rules.capacity.spare[0].tolist() == [200.0, 0.0]
    assert other.value(np.array([0])) == pytest.approx(150.0)


def test_the_worst_circle_counts_whom_outlets_have_room_for():
    limited = kind("a", residents_per_outlet=60.0)
    asked = question(limited, enforce=("capacity",), objective="worst-community")
    problem = problem_of(city(), asked).staged(Stage("worst"))
    # S1 has room for 60: t of them in B and 60 - t in A, where S0 serves 60 of 150;
    # (60 + 60 - t) / 150 = t / 80 at t = 9600 / 230
    assert problem.value(np.array([0, 1])) == pytest.approx(120.0 / 230.0)
    assert problem.value(np.array([0])) == pytest.approx(0.0)


# objectives


def test_a_class_counts_only_its_own_points():
    asked = question(kind("a"), kind("q", "quality"), objective="basic-first")
    problem = problem_of(city(types=2), asked)
    assert values(problem.staged(Stage("class", "quality")), "z") == [0, 0, 0, 100, 50, 80]
    assert problem.staged(Stage("class", "basic")).value(np.array([0, 1])) == 150.0


def test_cost_is_capital_one_off_costs_and_the_years_of_subsidy():
    dear = city(capital_fixed=np.array([500.0, 0.0]), rent_m2_month=np.full(2, 10.0))
    asked = question(kind("a", affordable_rent_m2=8.0), objective="cost")
    problem = problem_of(dear, asked).staged(Stage("cost"))
    # relief of 2 yuan for 40 m2 and 12 months: 960 yuan a year, for 3 years
    assert values(problem, "x") == [-(1000.0 + 3 * 960.0)] * 2
    assert values(problem, "y") == [-500.0]
    assert problem.value(np.array([0, 1])) == -(500.0 + 2 * 3880.0)


def test_the_worst_circle_is_compared_with_what_it_could_have():
    problem = problem_of(city(), question(kind("a"), objective="worst-community"))
    worst = problem.staged(Stage("worst"))
    assert problem.needs.reachable.tolist() == [150.0, 80.0]
    assert rows(worst, "worst") == [
        at_most(0.0, theta0=1.0, z0=-100 / 150, z1=-50 / 150),
        at_most(0.0, theta0=1.0, z2=-1.0),
    ]
    assert worst.value(np.array([1])) == pytest.approx(1 / 3)
    second = problem.staged(Stage("worst", fixed=((0, 0.25),)))
    assert rows(second, "keep") == [at_least(0.25, z0=100 / 150, z1=50 / 150)]
    assert rows(second, "worst") == [at_most(0.0, theta0=1.0, z2=-1.0)]
    assert second.value(np.array([1])) == 1.0
    some = problem.staged(Stage("circles", circles=(0, 1)))
    assert values(some, "z") == [100 / 150, 50 / 150, 1.0]
    assert some.value(np.array([0, 1])) == pytest.approx(2.0)


def test_a_stage_may_spare_circles_whichever_the_plan_leaves_behind():
    problem = problem_of(city(), question(kind("a"), objective="worst-community"))
    spared = Stage("worst", spared=1, keep=(Kept(Stage("worst"), 0.25),))
    second = problem.staged(spared)
    least = Kept(Stage("worst"), 0.25).least
    assert rows(second, "worst") == [
        at_most(0.0, theta0=1.0, lag0=-(1.0 - least), z0=-100 / 150, z1=-50 / 150),
        at_most(0.0, theta0=1.0, lag1=-(1.0 - least), z2=-1.0),
        at_most(1.0, lag0=1.0, lag1=1.0),
    ]
    assert second.value(np.array([1])) == 1.0  # the second worst has all
    last = problem.staged(Stage(keep=(*spared.keep, Kept(spared, 0.75))))
    assert rows(last, "keep")[2:] == [
        at_least(0.75 * (1 - KEEP_SLACK), z0=100 / 150, z1=50 / 150, lag0=pytest.approx(0.5)),
        at_least(0.75 * (1 - KEEP_SLACK), z2=1.0, lag1=pytest.approx(0.5)),
        at_most(1.0, lag0=1.0, lag1=1.0),
    ]
    assert kept(last, np.array([0, 1]))
    assert kept(last, np.array([1]))
    assert not kept(last, np.array([0]))  # nothing for the second circle


@pytest.mark.parametrize("spared", [0, 1])
def test_no_plan_is_worth_more_to_the_worst_circle_than_the_weights_it_meets(spared):
    problem = problem_of(city(), question(kind("a"), objective="worst-community"))
    for stage in (Stage("worst", spared=spared), Stage("circles", circles=(0, 1))):
        staged = problem.staged(stage)
        assert staged.is_weighed
        for chosen in (np.array([], dtype=int), np.array([0]), np.array([1]), np.array([0, 1])):
            bound = float(staged.weight @ staged.covered(chosen))
            assert staged.value(chosen) <= bound + 1e-12
    assert not problem.staged(Stage("worst", spared=2)).is_weighed
    assert not problem.staged(Stage("worst", fixed=((0, 0.1), (1, 0.1)))).is_weighed


def test_what_a_circle_could_have_stays_when_options_are_left_out():
    problem = problem_of(city(), question(kind("a"), objective="worst-community"))
    part = problem.restricted(np.array([0])).staged(Stage("worst"))
    assert part.needs.reachable.tolist() == [150.0, 80.0]
    assert part.value(np.array([0])) == 0.0


def test_later_stages_keep_what_earlier_ones_reached():
    asked = graded(kind("a"), budget=Budget(capital=1000.0, subsidy_per_year=math.inf))
    problem = problem_of(city(), asked)
    first = problem.staged(Stage("grades"))
    second = problem.staged(Stage("coverage", keep=(Kept(first.stage, 150.0),)))
    assert rows(second, "keep") == [at_least(150.0 * (1 - KEEP_SLACK), g0=150.0, g1=80.0)]
    assert kept(second, np.array([0]))
    assert not kept(second, np.array([1]))
    cheap = problem.staged(Stage("coverage", keep=(Kept(Stage("cost"), -1000.0),)))
    assert rows(cheap, "keep") == [at_most(1.0, x0=1.0, x1=1.0)]
    least = problem.staged(Stage("coverage", keep=(Kept(Stage("class", "basic"), 140.0),)))
    assert rows(least, "keep") == [at_least(140.0, z0=100.0, z1=50.0, z2=80.0)]
