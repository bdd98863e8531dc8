import dataclasses

import numpy as np
import pytest
import verify_plan as given

from siting.city.model import Walking
from siting.verify import walked
from siting.verify.check import inspect, verify

CITIES = {
    "line": given.line_city,
    "street": given.street_city,
    "given": given.given_city,
}


def keys(content, city=None, **options):
    city = city or given.line_city()
    if city.streets is not None or city.walks is not None:
        content["sensitivity"] = [r for r in content["sensitivity"] if "detour" not in r["name"]]
    notices = verify(given.document(content), city, **options)
    for notice in notices:
        assert notice.line("en")
        assert notice.line("zh")
    return {n.key.removeprefix("verify.") for n in notices}


def put(*path):
    """Return a change that puts the last of `path` where the rest of it leads."""
    *where, last, value = path

    def change(plan):
        for step in where:
            plan = plan[step]
        plan[last] = value

    return change


def both(*changes):
    def change(plan):
        for one in changes:
            one(plan)

    return change


def top_and_stage(**values):
    def change(plan):
        plan.update(values)
        plan["stages"][-1].update(values)

    return change


def remove(*path):
    def change(plan):
        *where, last = path
        for step in where:
            plan = plan[step]
        del plan[last]

    return change


def repeat(*path):
    def change(plan):
        for step in path:
            plan = plan[step]
        plan.append(plan[0])

    return change


def swap_projects(plan):
    projects = plan["projects"]
    projects[0], projects[1] = projects[1], projects[0]


SHOP, SECOND, CLINIC = (("projects", k) for k in range(3))
SCENARIO = ("inputs", "scenario")
STANDARD = ("inputs", "standard")

CHANGES = {
    # projects
    "unknown space": (
        put(*SECOND, "space", "S9"),
        {"project_space"},
    ),
    "unknown type": (
        put(*SECOND, "type", "bar"),
        {
            "project_type",
            "objective",
            "newly_served",
            "project_gained",
            "project_shared",
            "project_part",
            "coverage_after",
            "coverage_group",
            "coverage_per_outlet",
            "open_gap_list",
            "sensitivity",
        },
    ),
    "type that asks for nothing": (
        put(*SECOND, "type", "hub"),
        {
            "project_no_option",
            "project_order",
            "objective",
            "newly_served",
            "project_gained",
            "project_shared",
            "project_part",
            "coverage_after",
            "coverage_group",
            "coverage_per_outlet",
            "open_gap_list",
            "sensitivity",
        },
    ),
    "another space": (
        both(put(*CLINIC, "space", "S2"), put(*CLINIC, "x", given.X0 + 900)),
        {"project_no_option", "lock_open", "one_off_missing", "space_area", "objective"}
        | {"sensitivity", "project_part", "coverage_group"},
    ),
    "area": (put(*SHOP, "area_m2", 49.0), {"project_area"}),
    "more area than there is": (put(*CLINIC, "area_m2", 70.000001), {"project_area", "space_area"}),
    "capital of a project": (put(*SHOP, "capital", 5999.99), {"project_capital", "payment_sum"}),
    "capital and its payment": (
        both(
            put(*SECOND, "capital", 5999.99), put(*SECOND, "capital_paid_by", 0, "amount", 5999.99)
        ),
        {"project_capital", "budget_spent"},
    ),
    "relief": (put(*CLINIC, "relief", 0.1667), {"project_relief"}),
    "subsidy": (
        put(*CLINIC, "subsidy_per_year", 1440.01),
        {"project_subsidy", "payment_sum"},
    ),
    "community": (put(*SHOP, "community", "B"), {"project_community"}),
    "position": (put(*SHOP, "x", given.X0 + 301), {"project_position"}),
    "residents gained": (put(*SHOP, "residents_gained", 131.0), {"project_gained"}),
    "residents shared": (put(*SHOP, "residents_shared", 79.0), {"project_shared"}),
    "residents of a group": (
        put(*CLINIC, "gained_by_group", "everyone", 149.0),
        {"project_part"},
    ),
    "a group left out": (put(*SHOP, "gained_by_group", {}), {"project_part"}),
    "needs answered": (put(*CLINIC, "places_by_group", "aged_60_plus", 2), {"project_part"}),
    "residents of a community": (put(*SHOP, "gained_by_community", "A", 51.0), {"project_part"}),
    "a community left out": (remove(*SHOP, "gained_by_community", "B"), {"project_part"}),
    "at most without a certificate": (put("price", "capital_at_most", 1.0), {"price_at_most"}),
    "order": (swap_projects, {"project_order"}),
    # one-off costs
    "one-off cost missing": (
        put("one_off", []),
        {"one_off_missing", "budget_spent", "fund_spent"},
    ),
    "one-off amount": (put("one_off", 0, "capital", 500.24), {"one_off_amount", "payment_sum"}),
    "one-off cost twice": (
        repeat("one_off"),
        {"one_off_twice", "budget_spent", "budget_over", "fund_spent", "fund_over"},
    ),
    "one-off cost of a space without one": (
        put("one_off", 0, "space", "S1"),
        {"one_off_missing", "one_off_needless", "payment_not_allowed"},
    ),
    # payments and funds
    "payment too small": (
        put(*SECOND, "capital_paid_by", 0, "amount", 5999.99),
        {"payment_sum", "budget_spent"},
    ),
    "payment no whole fen": (
        put(*SECOND, "capital_paid_by", 0, "amount", 6000.001),
        {"money_fen", "budget_spent"},
    ),
    "negative payment": (
        put(
            *CLINIC,
            "capital_paid_by",
            [
                {"fund": "general", "amount": 2000.11},
                {"fund": "general", "amount": -0.01},
            ],
        ),
        {"payment_negative", "payment_order"},
    ),
    "unknown fund": (
        put(*SHOP, "capital_paid_by", 0, "fund", "gift"),
        {"payment_unknown", "fund_spent"},
    ),
    "fund of the other kind of money": (
        put(*SHOP, "capital_paid_by", 0, "fund", "rent"),
        {"payment_unknown", "fund_spent"},
    ),
    "fund of another type": (
        put(*CLINIC, "capital_paid_by", 0, "fund", "starter"),
        {"payment_not_allowed", "budget_spent", "fund_spent", "fund_over"},
    ),
    "fund of another community": (
        both(
            put(*SHOP, "capital_paid_by", 0, "fund", "general"),
            put(*SECOND, "capital_paid_by", 0, "fund", "starter"),
        ),
        {"payment_not_allowed"},
    ),
    "fund with types pays a one-off cost": (
        put("one_off", 0, "capital_paid_by", 0, "fund", "starter"),
        {"payment_not_allowed", "budget_spent", "fund_spent"},
    ),
    "fund of another kind of space": (
        put(
            *SECOND,
            "capital_paid_by",
            [
                {"fund": "general", "amount": 5700.0},
                {"fund": "fitout", "amount": 300.0},
            ],
        ),
        {"payment_not_allowed", "budget_spent", "fund_spent", "fund_over"},
    ),
    "fund over its amount": (
        put(
            "one_off",
            0,
            "capital_paid_by",
            [
                {"fund": "general", "amount": 200.24},
                {"fund": "fitout", "amount": 300.01},
            ],
        ),
        {"budget_spent", "fund_spent", "fund_over"},
    ),
    "stated spent of a fund": (put("funds", 0, "spent", 5999.99), {"fund_spent"}),
    "stated limit of a fund": (put("funds", 0, "limit", 7001.0), {"fund_limit"}),
    "a fund left out": (remove("funds", 0), {"fund_list"}),
    "a fund of the other kind": (put("funds", 0, "pays", "subsidy_per_year"), {"fund_list"}),
    "stated spent": (put("budget", "capital", "spent", 8200.34), {"budget_spent"}),
    "stated limit": (put("budget", "capital", "limit", 8200.36), {"budget_limit"}),
    "no limit": (put("budget", "capital", "limit", None), {"budget_limit"}),
    "a limit where there is none": (
        put("budget", "subsidy_per_year", "limit", 440.0),
        {"budget_limit"},
    ),
    "budget a fen too small": (
        both(
            put("budget", "capital", "limit", 8200.34),
            put(*SCENARIO, "budget", "capital", 8200.34),
        ),
        {"budget_over"},
    ),
    # locks
    "an open lock unkept": (
        put(*SCENARIO, "locks", "open", [["S1", "clinic"], ["S2", "shop"]]),
        {"lock_open"},
    ),
    "a forbidden project": (
        put(*SCENARIO, "locks", "forbid", [["S0", "clinic"], ["*", "care"], ["S0", "*"]]),
        {"lock_forbid", "project_no_option", "size"},
    ),
    # objective, people, coverage
    "objective": (
        top_and_stage(objective=471.0),
        {"objective", "gap_abs", "gap"},
    ),
    "everyone": (put("residents", "everyone", 258.0), {"everyone"}),
    "newly served": (put("residents", "newly_served_any_type", 151.0), {"newly_served"}),
    "coverage class": (put("coverage", 0, "class", "quality"), {"coverage_asked"}),
    "coverage minutes": (put("coverage", 0, "minutes", 6.0), {"coverage_asked"}),
    "coverage group": (put("coverage", 1, "group", "everyone"), {"coverage_asked"}),
    "coverage residents": (put("coverage", 0, "residents", 256.0), {"coverage_residents"}),
    "coverage before": (put("coverage", 0, "before", 0.39), {"coverage_before"}),
    "coverage after": (put("coverage", 0, "after", 0.98), {"coverage_after"}),
    "residents per outlet": (
        put("coverage", 0, "residents_per_outlet", 257 / 2),
        {"coverage_per_outlet"},
    ),
    "no residents per outlet": (
        put("coverage", 0, "residents_per_outlet", None),
        {"coverage_per_outlet"},
    ),
    "coverage of a group": (
        put("coverage", 1, "by_group", "everyone", "after", 0.6),
        {"coverage_group"},
    ),
    "coverage of a group left out": (put("coverage", 2, "by_group", {}), {"coverage_groups"}),
    "a row of coverage left out": (remove("coverage", 2), {"coverage_types"}),
    # sizes
    **{
        f"size {name}": (put("sizes", name, 99), {"size"})
        for name in ("places", "outlets", "spaces", "types", "options", "needs", "gaps")
    },
    "size merged_needs": (put("sizes", "merged_needs", 8), {"size"}),
    # bound, gap, status, stages
    "bound below the objective": (
        top_and_stage(bound=469.0, gap_abs=1.0, gap=1 / 470),
        {"bound_below"},
    ),
    "gap_abs": (top_and_stage(gap_abs=9.0, gap=9 / 470), {"gap_abs"}),
    "gap": (top_and_stage(gap=0.02), {"gap"}),
    "gap left out": (top_and_stage(gap=None), {"gap"}),
    "bound left out": (top_and_stage(bound=None), {"gap_abs"}),
    "status optimal": (put("status", "optimal"), {"status_not_proven"}),
    "status optimal, stopped by time": (
        both(
            top_and_stage(bound=470.0, gap_abs=0.0, gap=0.0),
            put("status", "optimal"),
            put("stopped_by", "time"),
        ),
        {"status_stopped"},
    ),
    "status feasible, though proven": (
        top_and_stage(bound=470.0, gap_abs=0.0, gap=0.0),
        {"status_proven"},
    ),
    "sense": (put("sense", "min"), {"sense", "stage_first"}),
    "stage left out": (put("stages", []), {"stage_names"}),
    "stage added": (repeat("stages"), {"stage_names"}),
    "stage renamed": (put("stages", 0, "name", "cost"), {"stage_names"}),
    "stage's objective": (put("stages", 0, "objective", 469.0), {"stage_first"}),
    "stage's bound": (put("stages", 0, "bound", 481.0), {"stage_first"}),
    "source": (top_and_stage(bound_source="guess"), {"bound_source"}),
    "stage's source": (put("stages", 0, "bound_source", "SCIP 10.0.0"), {"stage_first"}),
    "a source that nobody has": (
        top_and_stage(bound_source="guess"),
        {"bound_source"},
    ),
    "a bound from multipliers without a certificate": (
        top_and_stage(bound_source="multipliers"),
        {"bound_from_nowhere"},
    ),
    "a bound from a tree without a certificate": (
        top_and_stage(bound_source="tree"),
        {"bound_from_nowhere"},
    ),
    "a bound for want of options that are there": (
        top_and_stage(bound_source="no options"),
        {"bound_from_nowhere"},
    ),
    "a bound from circles that nobody compares": (
        top_and_stage(bound_source="what circles could have"),
        {"bound_from_nowhere"},
    ),
    "a bound from nowhere": (top_and_stage(bound_source="none"), {"bound_from_nowhere"}),
    "a certified bound": (put("certified_bound", 480.0), {"stage_first"}),
    "a certified gap": (put("certified_gap", 0.02), {"stage_first"}),
    "a certified bound without a certificate": (
        top_and_stage(certified_bound=480.0, certified_gap=10.0 / 470.0),
        {"certificate_missing"},
    ),
    "a certified gap without a bound": (top_and_stage(certified_gap=0.02), {"certified_gap"}),
    # what it was made from
    "hash of the city": (put("inputs", "city_sha256", "0" * 64), {"city_changed"}),
    "metric crs": (put("inputs", "metric_crs", "EPSG:4549"), {"metric_crs"}),
    "estimated share": (put("inputs", "groups_estimated", {"aged_0_3": 0.2}), {"estimated"}),
    "estimated group left out": (put("inputs", "groups_estimated", {}), {"estimated"}),
    "weight of a type": (put(*STANDARD, "types", 0, "weight", 2.1), {"objective", "sensitivity"}),
    "standard of another shape": (put(*STANDARD, "typo", 1), {"question"}),
    "type without a weight above 0": (put(*STANDARD, "types", 0, "weight", 0.0), {"question"}),
    "a fund's type": (put(*SCENARIO, "funds", 0, "types", ["shops"]), {"question"}),
    "one more type of a fund": (put(*SCENARIO, "funds", 0, "types", ["shop", "x"]), {"question"}),
    "a lock's type": (put(*SCENARIO, "locks", "forbid", [["*", "cares"]]), {"question"}),
    "relief no longer allowed": (
        put("inputs", "policy", "relief_share", {"default": 0.1}),
        {"question"},
    ),
}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", CITIES)
def test_a_right_plan_is_verified(name, full):
    assert keys(given.plan(), CITIES[name](), full=full) == set()


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_is_found_and_nothing_else_is_blamed(name):
    change, expected = CHANGES[name]
    content = given.plan()
    change(content)
    found = {key for key in keys(content) if not key.startswith("standard.")}
    assert found == expected


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("name", ["residents gained", "objective", "coverage after", "size gaps"])
def test_numbers_are_counted_again_however_people_walk(name, city):
    change, expected = CHANGES[name]
    content = given.plan()
    change(content)
    assert keys(content, CITIES[city]()) == expected


def test_one_person_more_is_found():
    city = given.line_city(places=given.places(everyone=[100, 51, 80, 20, 7]))
    assert {"objective", "everyone", "coverage_residents"} <= keys(given.plan(), city)


def test_a_space_that_moved_by_a_millimetre_is_found():
    moved = given.spaces()
    # S0 at 299.999: P2 is a millimetre too far, and so is shared by nobody; S1 serves it still
    moved = dataclasses.replace(moved, x=moved.x - np.array([0.001, 0, 0]))
    found = keys(given.plan(), given.line_city(spaces=moved))
    # P2 is then reached by the same spaces as P3
    numbers = {"project_gained", "project_shared", "project_part"}
    assert found == {"project_position", *numbers, "size"}


def test_another_outlet_of_a_type_is_found():
    city = given.line_city(outlets=given.outlets(types=(("shop",), ("shop",), ("care",))))
    # O1 at 0 serves P0 and P1 (250 m)
    assert keys(given.plan(), city) == {
        "objective",
        "newly_served",
        "project_gained",
        "project_part",
        "coverage_before",
        "coverage_group",
        "coverage_per_outlet",
        "circle",
        "sensitivity",
        "size",
    }


def test_a_street_that_is_gone_is_found():
    # without the segment from 280 to 660, S0 no longer reaches P2 over the long street
    assert "objective" in keys(given.plan(), given.street_city(missing=[2]))


def test_a_given_walk_that_grew_past_the_limit_is_found():
    city = given.given_city({(2, 0, True): 300.001})  # P2 to S0, 300 m until now
    # S1 serves P2 still, so that only the two projects' own numbers and the merged needs change
    assert keys(given.plan(), city) == {
        "project_gained",
        "project_shared",
        "project_part",
        "size",
    }


def test_walks_of_another_speed_are_found():
    slow = Walking(metres_per_minute=59.0, detour=1.0, groups=(("aged_60_plus", 40.0),))
    assert "objective" in keys(given.plan(), given.line_city(walking=slow))


def test_too_many_types_in_a_space_are_found():
    city = given.line_city(spaces=given.spaces(max_types=[1, 1, 2]))
    assert "space_most_types" in keys(given.plan(), city)


def test_too_few_types_in_a_space_are_found():
    city = given.line_city(spaces=given.spaces(min_types=[2, 1, 1], max_types=[2, 2, 2]))
    assert keys(given.plan(), city) == {"space_least_types"}


def test_floor_area_is_compared_without_tolerance():
    # 50 + 60 m2 fit 110 m2 exactly, and not a millionth less
    fits = given.spaces(area_m2=[100.0, 110.0, 30.0])
    assert keys(given.plan(), given.line_city(spaces=fits)) == set()
    short = given.spaces(area_m2=[100.0, 109.999999, 30.0])
    assert keys(given.plan(), given.line_city(spaces=short)) == {"space_area"}


def test_a_project_twice_is_found():
    content = given.plan()
    content["projects"].insert(1, content["projects"][0])
    found = keys(content)
    assert {"project_twice", "project_shared", "fund_over", "coverage_per_outlet"} <= found


def test_a_project_left_out_is_found():
    content = given.plan()
    del content["projects"][1]
    assert {"objective", "budget_spent", "project_shared", "coverage_after"} <= keys(content)


def test_a_plan_without_projects_is_a_right_answer():
    content = given.plan()
    proof = {
        "objective": 0.0,
        "bound": 1000.0,
        "gap_abs": 1000.0,
        "gap": None,
    }  # only the objective is 0
    top_and_stage(**proof)(content)
    content |= {"projects": [], "one_off": []}
    content["residents"]["newly_served_any_type"] = 0.0
    for money in (*content["budget"].values(), *content["funds"]):
        money["spent"] = 0.0
    for row, per_outlet in zip(content["coverage"], (257.0, None, 25.7), strict=True):
        row["after"] = row["before"]
        row["residents_per_outlet"] = per_outlet
        for group in row["by_group"].values():
            group["after"] = group["before"]
    content["inputs"]["scenario"]["locks"]["open"] = []
    for circle in content["circles"]:
        circle["present_after"] = circle["present_before"]
    content["open_gaps"] = [
        given.open_gap("A", "shop", 50.0, "not chosen"),
        given.open_gap("A", "clinic", 40.0, "lock"),
        given.open_gap("A", "care", 15.0, "area"),
        given.open_gap("B", "shop", 100.0, "not chosen"),
        given.open_gap("B", "clinic", 40.0, "not chosen"),
        given.open_gap("B", "care", 2.0, "area"),
        *content["open_gaps"][3:],
    ]
    for row in content["sensitivity"]:
        row |= {"objective": 0.0, "residents_newly_served": 0.0}
    assert keys(content) == set()


def test_no_bound_is_allowed_when_gaps_are_null_too():
    content = given.plan()
    top_and_stage(bound=None, gap_abs=None, gap=None)(content)
    assert keys(content) == set()


def test_an_optimal_plan_is_one_whose_bound_agrees_to_a_millionth():
    content = given.plan()
    content |= {"status": "optimal", "stopped_by": "done"}
    near = 470.00046 - 470.0
    top_and_stage(bound=470.00046, gap_abs=near, gap=near / 470)(content)
    assert keys(content) == set()
    far = 470.00048 - 470.0
    top_and_stage(bound=470.00048, gap_abs=far, gap=far / 470)(content)
    assert keys(content) == {"status_not_proven"}


def test_walks_that_disagree_are_named(monkeypatch):
    def farther(city, kind, limits, targets):
        reach = walked_as_it_is(city, kind, limits, targets)["everyone"]
        wrong = dataclasses.replace(reach, mm=reach.mm + (kind == "space"))
        return dict.fromkeys(limits, wrong)

    walked_as_it_is = walked.walk
    monkeypatch.setattr(walked, "walk", farther)
    (notice,) = verify(given.document(), given.line_city())
    assert notice.key == "verify.walk_space"
    # S0 and P0, 300 m
    assert notice.values == {
        "target": "S0",
        "place": "P0",
        "group": "everyone",
        "stated": "300001",
        "right": "300000",
    }


def test_a_pair_that_only_one_side_reaches_is_named(monkeypatch):
    def nothing(city, kind, limits, targets):
        r = walked_as_it_is(city, kind, limits, targets)["everyone"]
        empty = dataclasses.replace(r, indptr=r.indptr * 0, place=r.place[:0], mm=r.mm[:0])
        return dict.fromkeys(limits, empty)

    walked_as_it_is = walked.walk
    monkeypatch.setattr(walked, "walk", nothing)
    notices = verify(given.document(), given.line_city())
    assert [n.key for n in notices] == ["verify.walk_outlet", "verify.walk_space"]
    assert {n.values["stated"] for n in notices} == {"-"}


@pytest.mark.parametrize(("full", "asked"), [(False, [0, 2]), (True, [0, 1, 2])])
def test_outlets_nobody_asks_for_are_walked_only_in_full(full, asked, monkeypatch):
    seen = {}

    def noted(city, kind, limits, targets):
        seen[kind] = targets.tolist()
        return walked_as_it_is(city, kind, limits, targets)

    walked_as_it_is = walked.walk
    monkeypatch.setattr(walked, "walk", noted)
    assert verify(given.document(), given.line_city(), full=full) == ()
    assert seen == {"outlet": asked, "space": [0, 1, 2]}


def test_the_inspection_gives_points_by_place():
    right = inspect(given.document(), given.line_city()).recount
    assert right.gained.tolist() == [0, 150, 260, 60, 0]
