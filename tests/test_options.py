"""Options: which type fits which space, with what area, at what exact cost."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standard_cities import a_city, a_question, a_space, a_type

from siting.errors import InputError
from siting.standard.model import Fund, Locks, RoofRule
from siting.standard.options import REASONS, find_options


def reason(space, kind, policy=None, **fields):
    """The word of the rule that refuses the pair, or "" if it is an option."""
    found = find_options(a_city([space]), a_question(kind, policy=policy, **fields))
    code = int(found.refused[0, 0])
    assert (code == 0) == (len(found) > 0)
    return REASONS[code - 1] if code else ""


def the_option(space, kind, policy=None):
    found = find_options(a_city([space]), a_question(kind, policy=policy))
    assert len(found) == 1
    return found


# Floor area


def test_the_typical_area_is_used_where_the_space_has_it():
    found = the_option(a_space(area_m2=80.0, max_types=3), a_type())
    assert found.area_m2.tolist() == [80.0]


def test_all_of_a_smaller_space_is_used_down_to_the_minimum():
    assert the_option(a_space(area_m2=79.5), a_type()).area_m2.tolist() == [79.5]
    assert the_option(a_space(area_m2=50.0), a_type()).area_m2.tolist() == [50.0]
    assert reason(a_space(area_m2=49.99), a_type()) == "area"


def test_a_space_that_could_be_shared_offers_the_minimum_area_second():
    kind = a_type(capital_m2=10.0)
    found = find_options(a_city([a_space(area_m2=60.0, max_types=2)]), a_question(kind))
    assert found.area_m2.tolist() == [60.0, 50.0]
    assert found.space.tolist() == [0, 0]
    assert found.type.tolist() == [0, 0]
    assert found.capital_fen.tolist() == [60_000, 50_000]


@pytest.mark.parametrize(
    ("area", "max_types"),
    [(60.0, 1), (50.0, 3), (80.0, 3), (200.0, 3)],
    ids=["one type only", "minimum is all", "typical fits exactly", "typical fits"],
)
def test_no_second_option_where_it_would_not_help(area, max_types):
    space = a_space(area_m2=area, max_types=max_types)
    assert len(find_options(a_city([space]), a_question())) == 1


@pytest.mark.parametrize(
    ("area", "forms"),
    [(79.0, [79.0, 50.0]), (80.0, [80.0, 50.0]), (99.0, [80.0, 50.0]), (100.0, [80.0])],
    ids=["all is used", "the typical fills it", "the rest is too small", "the rest will do"],
)
def test_the_minimum_is_offered_where_the_usual_leaves_too_little_for_any_other(area, forms):
    other = a_type(id="kiosk", area_min_m2=20.0, area_typical_m2=20.0)
    space = a_space(area_m2=area, max_types=2)
    found = find_options(a_city([space]), a_question(a_type(), other))
    assert found.area_m2[found.type == 0].tolist() == forms


def test_the_second_option_stands_alone_where_only_it_is_affordable():
    # rent 10 a m2; the outlet can pay 550 a month: all of 60 m2 lack 50 of 600 yuan, and relief
    # of a twelfth is above the share of 1%; 50 m2 cost 500 and lack nothing
    kind = a_type(affordable_rent_outlet=550.0)
    space = a_space(area_m2=60.0, rent_m2_month=10.0, max_types=2)
    policy = {"relief_share": {"default": 0.01}}
    found = the_option(space, kind, policy)
    assert found.area_m2.tolist() == [50.0]
    assert found.refused.tolist() == [[0]]


def test_options_are_sorted_by_space_then_type_then_larger_area():
    rows = [a_space(id="S1", area_m2=60.0, max_types=2), a_space(id="S2", area_m2=100.0)]
    types = [a_type(id="a"), a_type(id="b", area_min_m2=55.0)]
    found = find_options(a_city(rows), a_question(*types))
    listed = list(zip(found.space.tolist(), found.type.tolist(), found.area_m2, strict=True))
    assert listed == [
        (0, 0, 60.0),
        (0, 0, 50.0),
        (0, 1, 60.0),
        (0, 1, 55.0),
        (1, 0, 80.0),
        (1, 1, 80.0),
    ]


# Rules


def test_features_needed_must_all_be_there():
    kind = a_type(needs=("flue", "gas"))
    assert reason(a_space(features=frozenset({"flue"})), kind) == "feature"
    assert reason(a_space(features=frozenset({"flue", "gas", "water"})), kind) == ""


def test_floors_not_listed_are_refused():
    assert reason(a_space(floor=-2), a_type(floors=(-1, 1))) == "floor"
    assert reason(a_space(floor=-1), a_type(floors=(-1, 1))) == ""
    assert reason(a_space(floor=7), a_type()) == ""


def test_kinds_and_kinds_not_are_both_obeyed():
    assert reason(a_space(kind="shop"), a_type(kinds=("kiosk",))) == "kind"
    assert reason(a_space(kind="basement"), a_type(kinds_not=("basement",))) == "kind"
    assert reason(a_space(kind=""), a_type(kinds=("kiosk",))) == "kind"
    assert reason(a_space(kind="kiosk"), a_type(kinds=("kiosk",))) == ""


def test_a_type_that_asks_for_nothing_is_never_an_option():
    assert reason(a_space(area_m2=1.0), a_type(asks=False)) == "delivery"


def test_the_first_rule_in_the_order_of_reasons_is_told():
    # everything is wrong at first; mending one rule after the other shows the next
    wrong = {"area_m2": 1.0, "floor": 3, "kind": "shed", "rent_m2_month": 100.0}
    kind = a_type(needs=("flue",), floors=(1,), kinds=("shop",), affordable_rent_m2=60.0)
    policy = {"relief_share": {"default": 0.1}, "relief_cap_per_outlet_year": {"default": 0.0}}
    locks = Locks(forbid=(("S1", "*"),))
    told = []
    for mend in (
        {},
        {"area_m2": 100.0},
        {"features": frozenset({"flue"})},
        {"floor": 1},
        {"kind": "shop"},
    ):
        wrong |= mend
        told.append(reason(a_space(**wrong), kind, policy, locks=locks))
    policy["relief_share"]["default"] = 0.5
    told.append(reason(a_space(**wrong), kind, policy, locks=locks))
    policy["relief_cap_per_outlet_year"]["default"] = 1e9
    told.append(reason(a_space(**wrong), kind, policy, locks=locks))
    assert tuple(told) == REASONS[:7]
    assert reason(a_space(**wrong), kind, policy) == ""


# Relief


def test_without_steps_relief_is_exactly_what_is_lacking():
    # rent 100, can pay 70: relief 0.3; 0.3 x 100 x 80 m2 x 12 = 28,800 yuan a year
    found = the_option(a_space(rent_m2_month=100.0), a_type(affordable_rent_m2=70.0))
    assert found.relief.tolist() == [0.3]
    assert found.subsidy_fen.tolist() == [2_880_000]


def test_the_smallest_step_that_covers_is_taken():
    policy = {"relief_steps": (0.3, 0.5), "relief_share": {"default": 1.0}}
    kind = a_type(affordable_rent_m2=70.0)
    found = the_option(a_space(rent_m2_month=100.0), kind, policy)
    assert found.relief.tolist() == [0.3]  # exactly covering is enough
    found = the_option(a_space(rent_m2_month=101.0), kind, policy)
    assert found.relief.tolist() == [0.5]  # 31 of 101 is above 0.3
    assert found.subsidy_fen.tolist() == [4_848_000]  # 0.5 x 101 x 80 x 12 yuan
    assert reason(a_space(rent_m2_month=141.0), kind, policy) == "rent"  # 71 of 141: no step


def test_no_relief_is_paid_where_the_rent_is_affordable():
    policy = {"relief_steps": (0.3,)}
    for rent in (0.0, 70.0):
        found = the_option(a_space(rent_m2_month=rent), a_type(affordable_rent_m2=70.0), policy)
        assert found.relief.tolist() == [0.0]
        assert found.subsidy_fen.tolist() == [0]


def test_rent_zero_needs_no_relief_even_where_nothing_can_be_paid():
    found = the_option(a_space(), a_type(affordable_rent_m2=0.0))
    assert found.relief.tolist() == [0.0]


def test_a_type_without_affordable_rent_pays_any():
    assert the_option(a_space(rent_m2_month=9999.0), a_type()).subsidy_fen.tolist() == [0]


def test_the_lower_of_the_two_affordable_rents_counts():
    # 80 m2 at 100: 8,000 a month; can pay min(70 x 80, 4,000) = 4,000: half
    kind = a_type(affordable_rent_m2=70.0, affordable_rent_outlet=4000.0)
    assert the_option(a_space(rent_m2_month=100.0), kind).relief.tolist() == [0.5]
    kind = a_type(affordable_rent_m2=60.0, affordable_rent_outlet=7000.0)
    assert the_option(a_space(rent_m2_month=100.0), kind).relief.tolist() == [0.4]


def test_relief_at_the_policys_share_is_allowed_and_more_is_not():
    policy = {"relief_share": {"default": 0.3}}
    space = a_space(rent_m2_month=100.0)
    assert reason(space, a_type(affordable_rent_m2=70.0), policy) == ""
    assert reason(space, a_type(affordable_rent_m2=69.999999), policy) == "rent"


def test_the_share_is_of_the_ceiling_rent_where_the_rent_is_above_it():
    # relief 40 of 100 yuan; half of the ceiling of 80 is 40, of 79 it is 39.5
    kind = a_type(affordable_rent_m2=60.0)
    space = a_space(rent_m2_month=100.0)
    assert reason(space, kind, {"ceiling_rent_m2_month": 80.0}) == ""
    assert reason(space, kind, {"ceiling_rent_m2_month": 79.0}) == "rent"


def test_the_policys_figure_is_by_type_then_class_then_default():
    kind = a_type(affordable_rent_m2=50.0)
    space = a_space(rent_m2_month=100.0)
    share = {"default": 0.0, "basic": 0.0, "shop": 0.5}
    assert reason(space, kind, {"relief_share": share}) == ""
    assert reason(space, kind, {"relief_share": share | {"shop": 0.0, "basic": 0.5}}) == "rent"
    assert reason(space, kind, {"relief_share": {"default": 0.0, "basic": 0.5}}) == ""
    assert reason(space, kind, {"relief_share": {"default": 0.5, "quality": 0.0}}) == ""


def test_relief_at_the_cap_is_allowed_and_a_fen_more_is_not():
    # 0.3 x 100 x 80 x 12 = 28,800
    kind = a_type(affordable_rent_m2=70.0)
    space = a_space(rent_m2_month=100.0)
    cap = {"relief_cap_per_outlet_year": {"shop": 28_800.0}}
    assert reason(space, kind, cap) == ""
    cap = {"relief_cap_per_outlet_year": {"shop": 28_799.99}}
    assert reason(space, kind, cap) == "cap"


# Capital


def test_the_spaces_own_cost_replaces_the_catalogues_and_equipment_is_added():
    kind = a_type(capital_m2=100.0, capital_fixed=7.0)
    assert the_option(a_space(), kind).capital_fen.tolist() == [800_700]
    assert the_option(a_space(capital_m2=50.0), kind).capital_fen.tolist() == [400_700]
    assert the_option(a_space(capital_m2=0.0), kind).capital_fen.tolist() == [700]


@pytest.mark.parametrize(
    ("cost", "fen"),
    [(0.005, 1), (0.015, 2), (0.025, 3), (1.005, 101), (2.675, 268), (0.004999, 0)],
)
def test_half_a_fen_is_rounded_up_whatever_the_binary_fraction(cost, fen):
    # 1.005 and 2.675 are a little less than that in binary, and must still go up
    kind = a_type(capital_fixed=cost)
    assert the_option(a_space(), kind).capital_fen.tolist() == [fen]
    found = find_options(a_city([a_space(capital_fixed=cost)]), a_question())
    assert found.fixed_fen.tolist() == [fen]


def test_the_product_is_rounded_once():
    # 66.67 m2 x 0.3 yuan = 20.001 yuan, + 0.004 = 20.005: one rounding gives 20.01
    kind = a_type(capital_m2=0.3, capital_fixed=0.004)
    assert the_option(a_space(area_m2=66.67), kind).capital_fen.tolist() == [2001]


def test_costs_beyond_what_fen_can_count_are_a_fault():
    kind = a_type(capital_m2=1e17)
    with pytest.raises(InputError, match="space S1, shop: the cost is more than can be counted"):
        find_options(a_city([a_space()]), a_question(kind))


money = st.integers(0, 10**9).map(lambda n: n / 10**4)


@settings(max_examples=150, deadline=None)
@given(
    area=st.integers(1, 10**5).map(lambda n: n / 100),
    rent=money,
    can=st.one_of(st.none(), money),
    outlet=st.one_of(st.none(), money),
    steps=st.lists(st.sampled_from([0.1, 0.3, 0.5, 0.7, 1.0]), unique=True).map(sorted),
    share=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    ceiling=st.one_of(st.none(), money),
    per_m2=money,
)
def test_options_agree_with_rational_arithmetic(
    area, rent, can, outlet, steps, share, ceiling, per_m2
):
    kind = a_type(
        area_min_m2=0.01,
        area_typical_m2=1e6,
        capital_m2=per_m2,
        affordable_rent_m2=can,
        affordable_rent_outlet=outlet,
    )
    policy = {
        "relief_steps": tuple(steps),
        "relief_share": {"default": share},
        "ceiling_rent_m2_month": ceiling,
    }
    space = a_space(area_m2=area, rent_m2_month=rent)
    found = find_options(a_city([space]), a_question(kind, policy=policy))

    def exact(value):
        return Fraction(str(value))

    able = [exact(rent)]
    able += [exact(can)] if can is not None else []
    able += [exact(outlet) / exact(area)] if outlet is not None else []
    need = (exact(rent) - min(able)) / exact(rent) if rent else Fraction(0)
    relief = need
    if steps and need > 0:
        relief = min((exact(s) for s in steps if exact(s) >= need), default=None)
    counted = min(exact(rent), exact(ceiling)) if ceiling is not None else exact(rent)
    if relief is None or relief * exact(rent) > exact(share) * counted:
        assert found.refused.tolist() == [[1 + REASONS.index("rent")]]
        return
    assert len(found) == 1
    subsidy = relief * exact(rent) * exact(area) * 12
    assert found.subsidy_fen[0] == (subsidy * 100 + Fraction(1, 2)).__floor__()
    assert found.relief[0] == pytest.approx(float(relief), rel=1e-15)
    capital = exact(per_m2) * exact(area)
    assert found.capital_fen[0] == (capital * 100 + Fraction(1, 2)).__floor__()


# Locks


def test_stars_forbid_whole_spaces_and_whole_types():
    rows = [a_space(id="S1"), a_space(id="S2")]
    types = [a_type(id="a"), a_type(id="b")]
    lock = 1 + REASONS.index("lock")
    for forbid, matrix in (
        ((("S2", "*"),), [[0, 0], [lock, lock]]),
        ((("*", "a"),), [[lock, 0], [lock, 0]]),
        ((("*", "*"),), [[lock, lock], [lock, lock]]),
        ((("S1", "b"),), [[0, lock], [0, 0]]),
    ):
        question = a_question(*types, locks=Locks(forbid=forbid))
        assert find_options(a_city(rows), question).refused.tolist() == matrix


def test_an_open_lock_marks_both_options_of_its_pair():
    rows = [a_space(id="S1", area_m2=60.0, max_types=2), a_space(id="S2")]
    question = a_question(locks=Locks(open=(("S1", "shop"),)))
    assert find_options(a_city(rows), question).forced.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("locks", "sentence"),
    [
        (Locks(open=(("*", "shop"),)), "cannot be opened, \\* is for forbid only"),
        (Locks(open=(("S1", "*"),)), "cannot be opened, \\* is for forbid only"),
        (
            Locks(open=(("S1", "shop"),), forbid=(("S1", "shop"),)),
            "S1 Shop is both opened and forbidden",
        ),
        (
            Locks(open=(("S1", "shop"),), forbid=(("*", "shop"),)),
            "S1 Shop is both opened and forbidden",
        ),
        (Locks(forbid=(("S11", "shop"),)), "no space S11; did you mean S1\\?"),
        (Locks(open=(("S1", "shops"),)), "no type shops; did you mean shop\\?"),
    ],
)
def test_locks_that_cannot_be_are_faults(locks, sentence):
    with pytest.raises(InputError, match=sentence):
        find_options(a_city([a_space()]), a_question(locks=locks))


@pytest.mark.parametrize(
    ("space", "kind", "sentence"),
    [
        ({"area_m2": 10.0}, {}, "smaller than the type's least floor area"),
        ({}, {"needs": ("flue",)}, "lacks a feature"),
        ({}, {"floors": (2,)}, "its floor is not allowed"),
        ({}, {"kinds": ("kiosk",)}, "its kind of space is not allowed"),
        ({"rent_m2_month": 9.0}, {"affordable_rent_m2": 1.0}, "more rent relief than the policy"),
        ({}, {"asks": False}, "serves by delivery"),
        ({"host": ("shop",)}, {}, "the roof rules do not allow it"),
    ],
)
def test_opening_what_the_rules_do_not_allow_names_the_rule(space, kind, sentence):
    question = a_question(a_type(**kind), locks=Locks(open=(("S1", "shop"),)))
    with pytest.raises(InputError, match=sentence):
        find_options(a_city([a_space(**space)]), question)


def test_all_faults_of_the_locks_are_told_at_once():
    locks = Locks(open=(("S9", "shop"), ("S1", "nail")), forbid=(("zzz", "*"),))
    with pytest.raises(InputError) as caught:
        find_options(a_city([a_space()]), a_question(locks=locks))
    assert len(caught.value.notices) == 3


def test_a_fund_for_an_unknown_community_is_a_fault():
    fund = Fund(id="f", amount=1.0, communities=("东街", "东街坊"))
    with pytest.raises(InputError, match="no community 东街坊; did you mean 东街"):
        find_options(a_city([a_space()]), a_question(funds=(fund,)))


# Locks in the table of spaces


def test_locks_of_the_table_join_those_of_the_question():
    rows = [a_space(id="S1", open_types=("a",)), a_space(id="S2", forbid_types=("*",))]
    rows.append(a_space(id="S3", forbid_types=("b",)))
    types = [a_type(id="a"), a_type(id="b")]
    question = a_question(*types, locks=Locks(open=(("S1", "b"),), forbid=(("S3", "a"),)))
    found = find_options(a_city(rows), question)
    assert found.forced.tolist() == [True, True]
    lock = 1 + REASONS.index("lock")
    assert found.refused.tolist() == [[0, 0], [lock, lock], [lock, lock]]


def test_the_table_may_forbid_what_the_standard_does_not_ask_for():
    space = a_space(forbid_types=("pharmacy",))
    assert len(find_options(a_city([space]), a_question())) == 1


@pytest.mark.parametrize(
    ("fields", "locks", "sentence"),
    [
        ({"open_types": ("shops",)}, {}, "space S1, column open: unknown type shops; did you mean"),
        ({"open_types": ("pharmacy",)}, {}, "space S1, column open: unknown type pharmacy"),
        ({"open_types": ("*",)}, {}, "S1 \\* cannot be opened"),
        ({"forbid_types": ("pharmaci",)}, {}, "S1, column forbid: unknown type pharmaci"),
        ({"host": ("pharmaci",)}, {}, "S1, column host: unknown type pharmaci"),
        ({"open_types": ("shop",), "forbid_types": ("*",)}, {}, "S1 Shop is both opened and"),
        ({"forbid_types": ("shop",)}, {"open": (("S1", "shop"),)}, "S1 Shop is both opened and"),
        ({"open_types": ("shop",)}, {"forbid": (("*", "shop"),)}, "S1 Shop is both opened and"),
        ({"open_types": ("shop",), "area_m2": 9.0}, {}, "Shop cannot be opened in S1"),
    ],
)
def test_columns_that_cannot_be_are_faults_naming_the_space(fields, locks, sentence):
    city = a_city([a_space(**fields)])
    with pytest.raises(InputError, match=sentence) as caught:
        find_options(city, a_question(locks=Locks(**locks)))
    assert len(caught.value.notices) == 1


def test_a_word_that_many_spaces_repeat_is_one_fault():
    rows = [a_space(id=f"S{i}", forbid_types=("nail",)) for i in range(9)]
    with pytest.raises(InputError, match="space S0") as caught:
        find_options(a_city(rows), a_question())
    assert len(caught.value.notices) == 1


def test_a_host_may_have_types_that_only_outlets_know():
    city = a_city([a_space(host=("bar",))], outlet_types=[("bar",)])
    assert len(find_options(city, a_question())) == 1


# Chains


def operators(*types, **fields):
    return a_question(*types, enforce=("operators",), **fields)


def test_without_the_rule_no_option_is_doubled():
    types = [a_type(id=word, chain=word) for word in ("never", "may", "always")]
    found = find_options(a_city([a_space()]), a_question(*types))
    assert found.type.tolist() == [0, 1, 2]
    assert found.chain.tolist() == [False, False, True]


def test_with_the_rule_a_type_is_offered_to_who_may_run_it():
    types = [a_type(id=word, chain=word) for word in ("never", "may", "always")]
    found = find_options(a_city([a_space()]), operators(*types))
    assert found.type.tolist() == [0, 1, 1, 2]
    assert found.chain.tolist() == [False, False, True, True]


def test_forms_of_a_pair_are_sorted_by_area_then_local_before_chain():
    space = a_space(area_m2=60.0, max_types=2)
    found = find_options(a_city([space]), operators(locks=Locks(open=(("S1", "shop"),))))
    assert found.area_m2.tolist() == [60.0, 60.0, 50.0, 50.0]
    assert found.chain.tolist() == [False, True, False, True]
    assert found.forced.tolist() == [True] * 4


def test_a_chains_capital_is_exact_and_rounded_once():
    # 80 m2 x 0.3 + 0.004 = 24.004 yuan; x 1.25 = 30.005 yuan, of which half a fen goes up
    kind = a_type(capital_m2=0.3, capital_fixed=0.004, chain_capital_factor=1.25)
    found = find_options(a_city([a_space(rent_m2_month=3.0)]), operators(kind))
    assert found.capital_fen.tolist() == [2400, 3001]
    assert found.subsidy_fen[0] == found.subsidy_fen[1]
    always = a_type(capital_m2=0.3, capital_fixed=0.004, chain_capital_factor=1.25, chain="always")
    assert find_options(a_city([a_space()]), a_question(always)).capital_fen.tolist() == [3001]


# Roofs


def roofed(space, *types, **fields):
    """Words of the rules that refuse each type in one space, "" for an option."""
    rules = {"roof": tuple(RoofRule(**r) for r in fields.pop("roof", ()))}
    city = a_city([space], outlet_types=[("cafe", "bakery")])
    found = find_options(city, a_question(*types, rules=rules, **fields))
    return [REASONS[code - 1] if code else "" for code in found.refused[0].tolist()]


def test_spare_floor_does_not_take_a_type_its_outlet_has():
    space = a_space(host=("cafe", "bakery"))
    assert roofed(space, a_type(), a_type(id="bakery")) == ["", "host"]
    assert roofed(a_space(), a_type(), a_type(id="bakery")) == ["", ""]


@pytest.mark.parametrize(
    "rule",
    [{"type": "shop", "never_with": ("bakery",)}, {"type": "bakery", "never_with": ("shop",)}],
    ids=["said by the guest", "said by the host"],
)
def test_types_that_may_not_share_a_roof_are_no_options_in_their_outlets(rule):
    assert roofed(a_space(host=("cafe", "bakery")), a_type(), roof=[rule]) == ["host"]
    assert roofed(a_space(host=("cafe",)), a_type(), roof=[rule]) == [""]


def test_in_an_outlet_a_type_that_needs_company_finds_it_in_the_outlet_only():
    rule = {"type": "shop", "only_with": ("bakery", "deli")}
    types = [a_type(), a_type(id="deli")]
    assert roofed(a_space(host=("cafe", "bakery"), max_types=3), *types, roof=[rule]) == ["", ""]
    assert roofed(a_space(host=("cafe",), max_types=3), *types, roof=[rule]) == ["host", ""]


def test_elsewhere_it_stays_where_its_company_could_open_too():
    rule = {"type": "shop", "only_with": ("bakery", "deli")}
    types = [a_type(), a_type(id="deli", needs=("flue",))]
    flue = {"features": frozenset({"flue"})}
    assert roofed(a_space(max_types=2, **flue), *types, roof=[rule]) == ["", ""]
    assert roofed(a_space(max_types=1, **flue), *types, roof=[rule]) == ["host", ""]
    assert roofed(a_space(max_types=2), *types, roof=[rule]) == ["host", "feature"]
    locks = Locks(forbid=(("*", "deli"),))
    told = roofed(a_space(max_types=2, **flue), *types, roof=[rule], locks=locks)
    assert told == ["host", "lock"]
    apart = {"type": "deli", "never_with": ("shop",)}
    assert roofed(a_space(max_types=2, **flue), *types, roof=[rule, apart]) == ["host", ""]


def test_who_loses_its_company_is_no_company():
    rules = [{"type": "a", "only_with": ("b",)}, {"type": "b", "only_with": ("c",)}]
    types = [a_type(id="a"), a_type(id="b"), a_type(id="c", needs=("gas",))]
    assert roofed(a_space(max_types=3), *types, roof=rules) == ["host", "host", "feature"]
    two = [{"type": "a", "only_with": ("b",)}, {"type": "b", "only_with": ("a",)}]
    assert roofed(a_space(max_types=3), *types[:2], roof=two) == ["", ""]


def test_options_without_company_are_left_out_of_the_list():
    rule = RoofRule(type="a", only_with=("b",))
    rows = [a_space(id="S1", max_types=2), a_space(id="S2", max_types=1)]
    types = [a_type(id=name, area_min_m2=80.0) for name in "ab"]  # in one form only
    question = a_question(*types, rules={"roof": (rule,)})
    found = find_options(a_city(rows), question)
    pairs = list(zip(found.space.tolist(), found.type.tolist(), strict=True))
    assert pairs == [(0, 0), (0, 1), (1, 1)]


# Spacing


def spaced(metres, enforce=("spacing",), away=(300.0, 400.0), kind="shop", **fields):
    city = a_city([a_space()], outlet_types=[(kind,), ("shop",)])
    x, y = np.array([away[0], 9e5]), np.array([away[1], 0.0])
    city = replace(city, outlets=replace(city.outlets, x=x, y=y))
    question = a_question(rules={"spacing_m": {"shop": metres}}, enforce=enforce, **fields)
    code = int(find_options(city, question).refused[0, 0])
    return REASONS[code - 1] if code else ""


def test_an_outlet_closer_than_the_spacing_removes_the_option():
    assert spaced(500.0) == ""  # exactly as far as asked
    assert spaced(500.001) == "spacing"
    assert spaced(500.001, enforce=()) == ""
    assert spaced(500.001, kind="cafe") == ""


def test_opening_too_near_an_outlet_is_a_fault():
    with pytest.raises(InputError, match="closer than the least distance"):
        spaced(600.0, locks=Locks(open=(("S1", "shop"),)))


@settings(max_examples=50, deadline=None)
@given(
    points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=12),
    metres=st.integers(1, 12),
    cut=st.integers(1, 11),
)
def test_spacing_agrees_with_whole_numbers(points, metres, cut):
    here, there = points[:cut], points[cut:]
    rows = [a_space(id=f"S{i}") for i in range(len(here))]
    city = a_city(rows, outlet_types=[("shop",)] * len(there))
    sides = []
    for record, at in ((city.spaces, here), (city.outlets, there)):
        x, y = np.array(at, dtype=np.float64).reshape(-1, 2).T
        sides.append(replace(record, x=x, y=y))
    city = replace(city, spaces=sides[0], outlets=sides[1])
    rules = {"spacing_m": {"shop": float(metres)}}
    found = find_options(city, a_question(rules=rules, enforce=("spacing",)))
    near = [any((x - u) ** 2 + (y - v) ** 2 < metres**2 for u, v in there) for x, y in here]
    assert (found.refused[:, 0] != 0).tolist() == near


# Relief where a community lacks a type


def test_a_larger_share_counts_where_the_community_has_no_outlet_of_the_type():
    rows = [a_space(id="S1", rent_m2_month=100.0), a_space(id="S2", rent_m2_month=100.0)]
    city = a_city(rows, outlet_types=[("shop",), ("cafe",)])
    city = replace(
        city,
        spaces=replace(city.spaces, community=np.array([0, 1])),
        outlets=replace(city.outlets, community=np.array([0, 1])),
    )
    kind = a_type(affordable_rent_m2=60.0)

    def may(blank):
        policy = {"relief_share": {"default": 0.3}, "relief_share_blank": blank}
        found = find_options(city, a_question(kind, policy=policy))
        return [city.spaces.id[s] for s in found.space]

    assert may({}) == []
    assert may({"default": 0.4}) == ["S2"]
    assert may({"basic": 0.4, "default": 0.1}) == ["S2"]
    assert may({"shop": 0.4, "basic": 0.1}) == ["S2"]
    assert may({"quality": 0.4}) == []  # falls back to the usual share
    assert may({"shop": 0.1}) == []


# Shapes


def test_a_city_without_spaces_has_no_options():
    found = find_options(a_city([]), a_question())
    assert len(found) == 0
    assert found.refused.shape == (0, 1)
    assert found.fixed_fen.shape == (0,)
    assert found.forced.dtype == np.bool_


def test_arrays_have_the_types_of_the_record():
    found = find_options(a_city([a_space(rent_m2_month=3.0)]), a_question())
    for name, dtype in (
        ("space", "int64"),
        ("type", "int64"),
        ("area_m2", "float64"),
        ("capital_fen", "int64"),
        ("subsidy_fen", "int64"),
        ("relief", "float64"),
        ("forced", "bool"),
        ("chain", "bool"),
        ("fixed_fen", "int64"),
        ("refused", "int8"),
    ):
        assert getattr(found, name).dtype == dtype, name
