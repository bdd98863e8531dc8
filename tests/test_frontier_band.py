"""What budgets prove of each other, knees, roll-outs and ranges: arithmetic without any solving."""

from __future__ import annotations

import math

import pytest
from frontier_points import SUBSIDY, bent, crossed, frontier, point

from siting.errors import InputError, VerificationError
from siting.frontier.band import band, best_within
from siting.frontier.budgets import MOST, amounts, grid
from siting.frontier.knee import find_knee
from siting.frontier.rollout import find_rollout
from siting.standard.model import Budget


def values(rows):
    return [row.value for row in rows]


def bounds(rows):
    return [row.bound for row in rows]


# ------------------------------------------------------------------------------------- the band


def test_a_plan_for_a_smaller_budget_is_shown_where_the_larger_one_found_a_worse_one():
    rows = band([point(1.0, 5.0, 9.0), point(2.0, 4.0, 9.0), point(3.0, 6.0, 9.0)])
    assert values(rows) == [5.0, 5.0, 6.0]
    assert [row.plan_of.capital for row in rows] == [1.0, 1.0, 3.0]


def test_a_bound_for_a_larger_budget_holds_for_the_smaller_ones():
    rows = band([point(1.0, 5.0, 12.0), point(2.0, 6.0, None), point(3.0, 7.0, 9.0)])
    assert bounds(rows) == [9.0, 9.0, 9.0]
    assert {row.bound_of.capital for row in rows} == {3.0}


def test_a_certified_bound_is_taken_over_too_and_is_never_below_the_plan():
    rows = band([point(1.0, 5.0, 9.0), point(2.0, 6.0, 9.0, certified=10.0)])
    assert [row.certified_bound for row in rows] == [10.0, 10.0]


def test_where_money_is_saved_all_runs_the_other_way():
    cheap = [(1.0, 50.0, 10.0), (2.0, 60.0, 20.0), (3.0, 40.0, 15.0)]
    rows = band([point(c, v, b, stages=(("cost", "min", v, b),)) for c, v, b in cheap])
    assert values(rows) == [50.0, 50.0, 40.0]
    assert bounds(rows) == [20.0, 20.0, 15.0]


def test_neither_budget_may_be_exceeded():
    small, other = point(5.0, 9.0, 9.0, subsidy=1.0), point(1.0, 3.0, 3.0, subsidy=5.0)
    corner = point(1.0, 1.0, 20.0, subsidy=1.0)
    rows = band([small, other, corner])
    assert [(r.budget.capital, r.budget.subsidy_per_year, r.value, r.bound) for r in rows] == [
        (1.0, 1.0, 1.0, 3.0),
        (5.0, 1.0, 9.0, 9.0),
        (1.0, 5.0, 3.0, 3.0),
    ]


def test_an_unlimited_budget_allows_every_plan():
    rows = band([point(None, 1.0, 7.0), point(4.0, 5.0, 8.0)])
    assert [(row.budget.capital, row.value, row.bound) for row in rows] == [
        (4.0, 5.0, 7.0),
        (math.inf, 5.0, 7.0),
    ]


def test_equal_plans_are_not_taken_over():
    assert [r.plan_of.capital for r in band([point(1.0, 5.0, 9.0), point(2.0, 5.0, 9.0)])] == [1, 2]


def test_plans_of_several_stages_are_compared_stage_by_stage():
    def classes(first, second):
        return {"stages": (("basic", "max", first, first), ("quality", "max", second, second))}

    rows = band([point(1.0, 5.0, **classes(5.0, 8.0)), point(2.0, 5.0, **classes(5.0, 7.0))])
    assert [row.plan_of.capital for row in rows] == [1.0, 1.0]
    # nothing bounds the later stage of a plan that comes from another budget
    assert [row.status for row in rows] == ["optimal", "feasible"]


def test_later_stages_of_the_worst_off_circles_do_not_count():
    def circles(*shares):
        names = ("worst-community", "worst-community-2", "coverage")
        return {"stages": tuple((n, "max", s, s) for n, s in zip(names, shares, strict=True))}

    rows = band([point(1.0, 0.5, **circles(0.5, 0.9, 9)), point(2.0, 0.5, **circles(0.5, 0.8, 8))])
    assert [row.plan_of.capital for row in rows] == [1.0, 2.0]


def test_a_budget_is_infeasible_where_a_larger_one_is_and_says_why():
    late = point(1.0, status="none", why=())
    rows = band([late, point(2.0), point(3.0, 4.0, 5.0)])
    assert [row.status for row in rows] == ["infeasible", "infeasible", "feasible"]
    assert rows[0].why[0].en == "too little"


def test_a_budget_whose_own_search_found_nothing_has_the_plan_of_a_smaller_one():
    rows = band([point(1.0, 4.0, 5.0), point(2.0, status="none", why=())])
    assert (rows[1].status, rows[1].value, rows[1].bound) == ("feasible", 4.0, None)


@pytest.mark.parametrize(
    "points",
    [
        [point(1.0, 5.0, 5.0), point(2.0, 4.0, 4.0)],
        [point(1.0, 5.0, 5.0), point(2.0)],
        [point(1.0, 5.0, 6.0), point(2.0, 7.0, 8.0, certified=4.0)],
    ],
)
def test_solves_that_contradict_each_other_are_a_fault(points):
    with pytest.raises(VerificationError, match="one of two solves is wrong"):
        band(points)


def test_the_best_start_is_the_best_plan_that_the_budget_allows():
    points = [point(1.0, 5.0, 9.0), point(2.0, 7.0, 9.0), point(4.0, 8.0, 9.0), point(0.0)]
    assert best_within(Budget(capital=3.0, subsidy_per_year=SUBSIDY), points) is points[1]
    assert best_within(Budget(capital=0.5, subsidy_per_year=SUBSIDY), points) is None


# ------------------------------------------------------------------------------------- the knee


def test_the_knee_of_two_slopes_is_where_they_meet():
    knee = find_knee([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 4.0, 8.0, 9.0, 10.0])
    assert knee is not None
    assert knee.at == 2
    assert (knee.before, knee.after) == (4.0, 1.0)
    assert knee.height == pytest.approx(0.8 - 0.5)


def test_the_knee_of_a_root_is_a_quarter_of_the_way():
    # the distance of sqrt(x) from the chord y = x is largest at x = 1/4
    x = [k / 16 for k in range(17)]
    knee = find_knee(x, [math.sqrt(at) for at in x])
    assert knee is not None
    assert x[knee.at] == 0.25


def test_a_dip_of_the_search_is_no_knee():
    # the middle lies beneath the line from its left to its right
    knee = find_knee([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 6.0, 6.0, 9.0, 9.5])
    assert knee is not None
    assert knee.at in (1, 3)


@pytest.mark.parametrize(
    "curve",
    [
        [0.0, 1.0, 2.0, 3.0],
        [0.0, 0.1, 1.0, 9.0],
        [5.0, 5.0, 5.0],
        [1.0, 2.0],
        [],
    ],
)
def test_a_curve_without_a_bend_to_the_right_has_no_knee(curve):
    assert find_knee([float(k) for k in range(len(curve))], curve) is None


def test_the_knee_of_a_frontier_counts_budgets_without_a_plan_too():
    (curve,) = bent().curves
    assert curve.amount(curve.rows[curve.knee.at]) == 2e5
    assert curve.knee.before == pytest.approx(40.0 / 1e5)


def test_the_least_cost_has_no_knee():
    asked = {"objective": "cost", "targets": {"breakfast_shop": 0.5}}
    saved = [(1.0, 9.0), (2.0, 4.0), (3.0, 3.5)]
    points = [point(c, v, v, stages=(("cost", "min", v, v),)) for c, v in saved]
    assert frontier(*points, **asked).curves[0].knee is None


# ---------------------------------------------------------------------------------- the roll-out


def projects(*spaces):
    return point(1.0, 1.0, 1.0, opens=spaces).answer.projects


def test_what_comes_to_stay_is_told_from_what_is_swapped():
    turns = find_rollout([projects("A", "B"), projects("A", "C"), projects("A", "B", "C")])
    assert [(t.space, t.enters, t.leaves) for t in turns] == [
        ("A", 0, None),
        ("C", 1, None),
        ("B", 2, None),
        ("B", 0, 1),
    ]


def test_no_plans_have_no_rollout():
    assert find_rollout([]) == ()
    assert find_rollout([projects()]) == ()


def test_the_tables_state_the_amounts_of_the_curve():
    table, rollout = bent().table, bent().rollout
    assert table["capital"].tolist() == [0.0, 1e5, 2e5, 3e5, 4e5]
    assert table["knee"].tolist() == [False, False, True, False, False]
    assert table["status"].tolist()[0] == "infeasible"
    swapped = rollout[~rollout["stays"]].iloc[0]
    assert (swapped["space"], swapped["enters"], swapped["leaves"]) == ("S1", 1e5, 3e5)
    assert rollout[rollout["stays"]]["enters"].tolist() == [2e5, 3e5, 4e5]


def test_a_grid_has_a_curve_for_each_subsidy():
    curves = crossed().curves
    assert [curve.fixed for curve in curves] == [SUBSIDY, 200.0]
    assert [values(curve.rows) for curve in curves] == [[0.0, 8.0, 9.0], [1.0, 9.0, 12.0]]
    assert crossed().rollout["fixed"].tolist() == [SUBSIDY, 200.0]


def test_a_curve_along_the_subsidy_where_that_alone_grows():
    made = frontier(*(point(5.0, v, v, subsidy=s) for s, v in ((1.0, 1.0), (2.0, 2.0))))
    assert (made.axis, made.curves[0].fixed) == ("subsidy_per_year", 5.0)


# ------------------------------------------------------------------------------------ the ranges


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("0:10e6:5e6", (0.0, 5e6, 10e6)),
        ("1_000:2_500:1000", (1000.0, 2000.0)),
        ("0:0.3:0.1", (0.0, 0.1, 0.2, 0.3)),
        ("5:5:1", (5.0,)),
        ("5e6", (5e6,)),
        ("inf", (math.inf,)),
        (7, (7.0,)),
        ([3.0, 1.0, 3.0], (1.0, 3.0)),
    ],
)
def test_amounts_are_read_to_the_fen(said, found):
    assert amounts(said, "capital") == found


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("0:1", "from:to:step"),
        ("0:1:1:1", "from:to:step"),
        ("a:b:c", "from:to:step"),
        ("0::1", "from:to:step"),
        ("0:1:nan", "from:to:step"),
        ("-1:5:1", "from:to:step"),
        ("5:1:1", "begins above its end"),
        ("0:5:0", "at least 0.01"),
        ("0:5:0.001", "at least 0.01"),
        ("0:inf:1", "unlimited"),
        ("0:1e30:1e29", "too large"),
        ("1e999", "too large"),
        (f"0:{MOST}:1", "larger step"),
        ("plenty", "no amount"),
        ("-5", "no amount"),
        ([], "at least one"),
    ],
)
def test_a_bad_amount_is_refused_in_one_line_that_says_how_to_mend_it(said, word):
    with pytest.raises(InputError) as raised:
        amounts(said, "capital")
    (notice,) = raised.value.notices
    assert word in notice.line("en")
    assert "\n" not in notice.line("zh")


def test_two_ranges_are_a_grid_and_one_budget_is_none():
    assert [(b.capital, b.subsidy_per_year) for b in grid((2.0, 1.0), (5.0, 4.0))] == [
        (1.0, 4.0),
        (2.0, 4.0),
        (1.0, 5.0),
        (2.0, 5.0),
    ]
    with pytest.raises(InputError, match="no curve"):
        grid((1.0,), (1.0,))
    with pytest.raises(InputError, match="larger steps"):
        grid(map(float, range(100)), map(float, range(100)))
