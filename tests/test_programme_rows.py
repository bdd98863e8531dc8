"""The programme of small questions, row by row, and merging of needs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import tiny_city
from tiny_plan import problem_of
from verify_cities import make_city, make_outlets, make_places, make_spaces

from siting.city.model import Walking
from siting.programme.merge import Rows, _merge_by_bytes, merge, restrict, stack, take
from siting.standard.model import Budget, Fund, Locks, Policy, Question, Standard, Type
from siting.standard.options import find_options


def kind(word, **fields):
    stated = {"minutes": 5.0, "area_min_m2": 20.0, "area_typical_m2": 20.0, "type_class": "basic"}
    return Type(id=word, zh=word, en=word, **{**stated, **fields})


def asking(*types, capital=math.inf, subsidy=math.inf, **fields):
    return Question(
        standard=Standard(id="t", zh="t", en="t", types=types),
        policy=Policy(id="t", zh="t", en="t"),
        budget=Budget(capital=capital, subsidy_per_year=subsidy),
        **fields,
    )


def line(spaces, places=(0, 100, 200, 900), outlets=(), people=(10.0, 20.0, 40.0, 80.0), **fields):
    """Everybody lives on one line and walks straight, 300 m in five minutes."""
    return make_city(
        make_places(places, [0] * len(places), everyone=list(people)),
        make_outlets(list(outlets), [0] * len(outlets), [("shop",)] * len(outlets)),
        make_spaces(spaces, [0] * len(spaces), **fields),
        walking=Walking(metres_per_minute=60.0, detour=1.0),
    )


def rows_of(problem, name):
    """Return the rows of a block as {column: whole coefficient}, with their upper bounds."""
    programme = problem.programme
    at = programme.row_range(name)
    dense = programme.matrix[at].toarray()
    found = [{c: v for c, v in enumerate(row.tolist()) if v} for row in dense]
    return list(zip(found, programme.row_upper[at].tolist(), strict=True))


def test_places_with_the_same_spaces_in_reach_share_a_row():
    """Space 0 at 50 m reaches the first three places, space 1 at 450 m the third (250 m)."""
    problem = problem_of(line([50, 450]), asking(kind("shop", weight=2.0)))
    assert problem.needs.weight.tolist() == [2 * (10 + 20), 2 * 40]
    assert rows_of(problem, "C1") == [({0: -1.0, 2: 1.0}, 0.0), ({0: -1.0, 1: -1.0, 3: 1.0}, 0.0)]
    assert problem.programme.integer.tolist() == [True, True, False, False]


def test_what_an_outlet_meets_and_what_no_space_reaches_is_no_row():
    """The outlet at 0 m serves the first three places; the last is out of reach."""
    problem = problem_of(line([50, 450], outlets=[0]), asking(kind("shop")))
    assert len(problem.needs) == 0
    assert problem.programme.value.tolist() == [0.0, 0.0]


def test_groups_of_a_need_add_up_where_their_spaces_are_the_same():
    city = line([50], places=(0,), people=(10.0,))
    city = make_city(
        make_places([0, 260], [0, 0], everyone=[10.0, 5.0], aged_60_plus=[4.0, 3.0]),
        city.outlets,
        city.spaces,
        walking=Walking(60.0, 1.0, (("aged_60_plus", 40.0),)),
    )
    groups = {"everyone": 1.0, "aged_60_plus": 0.5}
    problem = problem_of(city, asking(kind("shop", groups=groups)))
    # 210 m to the second place: too far for the aged (200 m); all share the one space
    assert problem.needs.weight.tolist() == [10.0 + 0.5 * 4.0 + 5.0]


def test_a_space_that_a_type_fills_offers_its_least_area_too_and_they_exclude_each_other():
    care = kind("care", area_min_m2=30.0, area_typical_m2=30.0)
    question = asking(kind("shop", area_typical_m2=60.0), care)
    problem = problem_of(line([50], area_m2=[45.0]), question)
    assert problem.options.area_m2.tolist() == [45.0, 20.0, 30.0]
    pair = ({0: 1.0, 1: 1.0}, 1.0)
    floor = ({0: 9.0, 1: 4.0, 2: 6.0}, 9.0)  # in units of 5 m2
    large = ({0: 1.0, 2: 1.0}, 1.0)
    assert rows_of(problem, "C2") == [pair, floor, large]
    cover = rows_of(problem, "C1")
    assert ({0: -1.0, 1: -1.0, 3: 1.0}, 0.0) in cover


def test_a_space_for_one_type_needs_no_area_row():
    question = asking(kind("shop"), kind("care"))
    problem = problem_of(line([50], area_m2=[30.0], max_types=[1]), question)
    assert rows_of(problem, "C2") == [({0: 1.0, 1: 1.0}, 1.0)]


def test_rows_that_cannot_bind_are_left_out():
    question = asking(kind("shop"), kind("care"), capital=0.0)  # nothing costs anything
    problem = problem_of(line([50], max_types=[2]), question)
    assert [b.stop - b.start for b in problem.programme.rows] == [len(problem.needs), 0, 0, 0, 0]


def test_a_least_number_of_types_ties_options_to_the_opening_of_the_space():
    question = asking(kind("shop"), kind("care"), kind("book"))
    problem = problem_of(line([50], min_types=[2], max_types=[3]), question)
    rows = rows_of(problem, "C2")
    assert ({0: -1.0, 1: -1.0, 2: -1.0, 3: 2.0}, 0.0) in rows
    for o in range(3):
        assert ({o: 1.0, 3: -1.0}, 0.0) in rows


def test_a_one_off_cost_is_paid_once_with_the_opening_of_the_space():
    types = [kind(word, capital_fixed=100.0) for word in ("shop", "care")]
    problem = problem_of(line([50, 60], fixed=[250.0, 0.0]), asking(*types, capital=500.0))
    # options 0 and 1 in the first space, 2 and 3 in the second; y of the first space; unit 50
    assert rows_of(problem, "C3") == [({0: 2.0, 1: 2.0, 2: 2.0, 3: 2.0, 4: 5.0}, 10.0)]
    assert problem.vector(np.array([0, 1]))[4] == 1.0
    assert problem.vector(np.array([2, 3]))[4] == 0.0


def test_a_limit_between_two_multiples_of_the_costs_is_rounded_down():
    question = asking(kind("shop", capital_fixed=100.0), capital=199.99)
    problem = problem_of(line([50, 60]), question)
    assert rows_of(problem, "C3") == [({0: 1.0, 1: 1.0}, 1.0)]


def test_a_fund_adds_a_row_for_what_it_may_pay_and_its_money_to_the_row_of_all():
    types = (kind("shop", capital_fixed=300.0), kind("care", capital_fixed=200.0))
    funds = (Fund(id="f", amount=150.0, types=("shop",)),)
    problem = problem_of(line([50]), asking(*types, capital=250.0, funds=funds))
    # care alone: only the general 250 pays 200, which always suffices; both: 400 in all
    assert rows_of(problem, "C3") == [({0: 3.0, 1: 2.0}, 4.0)]
    tight = problem_of(line([50]), asking(*types, capital=150.0, funds=funds))
    assert rows_of(tight, "C3") == [({1: 1.0}, 0.0), ({0: 3.0, 1: 2.0}, 3.0)]


def test_subsidy_has_rows_of_its_own_and_pays_no_one_off_cost():
    """10 yuan of 20 relieved on 20 m2: 2,400 a year."""
    policy = Policy(id="t", zh="t", en="t", relief_share={"default": 0.5})
    question = asking(kind("shop", affordable_rent_m2=10.0), subsidy=2_400.0)
    question = question.model_copy(update={"policy": policy})
    problem = problem_of(line([50, 60], rent=[20.0, 20.0], fixed=[9.0, 9.0]), question)
    assert problem.options.subsidy_fen.tolist() == [240_000, 240_000]
    assert rows_of(problem, "C4") == [({0: 1.0, 1: 1.0}, 1.0)]
    assert rows_of(problem, "C3") == []


def test_an_opened_pair_has_one_of_its_options_chosen():
    locks = Locks(open=(("S0", "shop"),), forbid=(("*", "care"),))
    question = asking(kind("shop", area_typical_m2=60.0), kind("care"), locks=locks)
    problem = problem_of(line([50, 60], area_m2=[45.0, 80.0]), question)
    assert problem.options.type.tolist() == [0, 0, 0]
    assert rows_of(problem, "C5") == [({0: 1.0, 1: 1.0}, 1.0)]
    assert problem.programme.row_lower[problem.programme.row_range("C5")].tolist() == [1.0]


@pytest.mark.parametrize("seed", range(0, 40, 3))
def test_programmes_keep_what_their_record_promises(seed):
    programme = problem_of(*tiny_city(seed)).programme
    matrix = programme.matrix
    assert matrix.shape == (len(programme.row_upper), len(programme.value))
    assert matrix.has_sorted_indices
    assert (matrix.data != 0).all()
    assert matrix.data.dtype == np.float64
    assert np.isfinite(programme.lower).all()
    assert np.isfinite(programme.upper).all()
    for blocks, size in ((programme.columns, matrix.shape[1]), (programme.rows, matrix.shape[0])):
        assert [b.start for b in blocks] == [0, *[b.stop for b in blocks[:-1]]]
        assert blocks[-1].stop == size
    assert [b.name for b in programme.columns] == ["x", "y", "z"]
    assert [b.name for b in programme.rows] == ["C1", "C2", "C3", "C4", "C5"]
    assert (programme.value[programme.column_range("z")] > 0).all()


@pytest.mark.parametrize("seed", range(1, 40, 3))
def test_merged_needs_are_distinct_and_name_spaces_with_an_option_of_the_type(seed):
    city, question = tiny_city(seed)
    needs, options = problem_of(city, question).needs, find_options(city, question)
    pairs = set(zip(options.space.tolist(), options.type.tolist(), strict=True))
    seen = set()
    for m, t in enumerate(needs.type.tolist()):
        first, last = needs.spaces.indptr[m], needs.spaces.indptr[m + 1]
        members = tuple(needs.spaces.member[first:last].tolist())
        assert members == tuple(sorted(set(members)))
        assert members
        assert all((s, t) in pairs for s in members)
        seen.add((t, members))
    assert len(seen) == len(needs)
    assert (np.diff(needs.type) >= 0).all()


# ---------------------------------------------------------------------------------- merging

sets = st.lists(st.frozensets(st.integers(0, 9), max_size=5), max_size=12)


def as_rows(listed) -> Rows:
    members = [m for row in listed for m in sorted(row)]
    indptr = np.cumsum([0, *map(len, listed)])
    return Rows(indptr.astype(np.int64), np.array(members, dtype=np.int64))


def as_sets(rows: Rows) -> list[frozenset[int]]:
    ends = zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
    return [frozenset(rows.member[a:b].tolist()) for a, b in ends]


@pytest.mark.parametrize("way", [lambda rows: merge(rows, 10), _merge_by_bytes])
@given(listed=sets)
@settings(max_examples=100, deadline=None)
def test_merging_keeps_each_set_once_and_says_where_it_went(way, listed):
    distinct, group = way(as_rows(listed))
    kept = as_sets(distinct)
    assert len(kept) == len(set(kept)) == len(set(listed))
    assert [kept[g] for g in group] == listed


def test_sets_whose_sums_collide_are_kept_apart(monkeypatch):
    """All keys 1: sets of the same size have the same sum."""

    class Ones:
        def integers(self, *_, size, **__):
            return np.ones(size, dtype=np.uint64)

    monkeypatch.setattr("siting.programme.merge.np.random.default_rng", lambda _: Ones())
    listed = [frozenset({1}), frozenset({2}), frozenset({1, 2}), frozenset({2}), frozenset({0, 3})]
    distinct, group = merge(as_rows(listed), 10)
    kept = as_sets(distinct)
    assert [kept[g] for g in group] == listed
    assert len(kept) == 4


@given(listed=sets, kept=st.frozensets(st.integers(0, 9)))
@settings(max_examples=50, deadline=None)
def test_rows_are_restricted_taken_and_stacked_member_by_member(listed, kept):
    rows = as_rows(listed)
    keep = np.array([m in kept for m in rows.member.tolist()], dtype=bool)
    assert as_sets(restrict(rows, keep)) == [row & kept for row in listed]
    back = np.arange(len(listed))[::-1]
    assert as_sets(take(rows, back)) == listed[::-1]
    assert as_sets(stack([rows, take(rows, back)])) == listed + listed[::-1]
