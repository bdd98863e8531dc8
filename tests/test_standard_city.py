"""A city against a standard: residents by group, and what is worth a remark."""

from __future__ import annotations

import pytest
from standard_cities import a_city, a_question, a_space, a_type

from siting.errors import InputError
from siting.standard.groups import residents
from siting.standard.remarks import remarks
from siting.standard.standards import load_standard


def standard_of(*types, **shares):
    return a_question(*types, shares=shares).standard


def lines(city, standard):
    found = remarks(city, standard)
    assert all(n.line("zh") for n in found)
    return [n.line("en") for n in found]


def test_groups_are_everyone_first_then_in_the_order_of_the_types():
    types = (
        a_type(id="a", groups={"old": 1.0}, counting_group="young"),
        a_type(id="b", groups={"everyone": 1.0, "old": 2.0}),
        a_type(id="c", groups={"riders": 1.0}, asks=False),
    )
    city = a_city([], {"everyone": [10.0, 20.0], "old": [1.0, 2.0], "young": [3.0, 4.0]})
    groups, counts, estimated = residents(city, standard_of(*types))
    assert groups == ("everyone", "young", "old")
    assert counts.tolist() == [[10.0, 20.0], [3.0, 4.0], [1.0, 2.0]]
    assert estimated == {}


def test_a_group_without_a_column_is_its_typical_share_of_everyone():
    kind = a_type(groups={"everyone": 1.0, "old": 0.5})
    city = a_city([], {"everyone": [10.0, 30.0]})
    _, counts, estimated = residents(city, standard_of(kind, old=0.2))
    assert counts[1].tolist() == pytest.approx([2.0, 6.0])
    assert estimated == {"old": 0.2}


def test_a_group_with_neither_column_nor_share_is_a_fault():
    kind = a_type(groups={"aged_60": 0.5})
    with pytest.raises(InputError, match="did you mean aged_60_plus"):
        residents(a_city([]), standard_of(kind, aged_60_plus=0.2))


@pytest.mark.parametrize("name", ["mofcom-2021", "hebi"])
def test_every_shipped_standard_counts_any_city(name):
    groups, counts, estimated = residents(a_city([]), load_standard(name))
    assert groups[0] == "everyone"
    assert counts.shape == (len(groups), 1)
    assert set(estimated) == set(groups) - {"everyone"}


def test_a_type_that_no_space_can_host_is_told_with_the_commonest_reason():
    spaces = [
        a_space(id="S1", area_m2=10.0),
        a_space(id="S2", area_m2=10.0, floor=3),
        a_space(id="S3", floor=3, features=frozenset({"flue"})),
    ]
    types = (a_type(floors=(1,), needs=("flue",)), a_type(id="other"), a_type(id="x", asks=False))
    assert lines(a_city(spaces), standard_of(*types)) == [
        "no space can host Shop: 2 of 3 are smaller than its 50 m2"
    ]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ({"needs": ("flue", "gas")}, "1 of 1 lack a feature it needs (a flue, gas)"),
        ({"floors": (2,)}, "1 of 1 are on a floor that is not allowed"),
        ({"kinds": ("kiosk",)}, "1 of 1 are of a kind that is not allowed"),
    ],
)
def test_each_physical_reason_has_its_sentence(kind, said):
    (line,) = lines(a_city([a_space()]), standard_of(a_type(**kind)))
    assert said in line


def test_a_city_without_spaces_gets_no_remark_for_each_type():
    assert lines(a_city([]), standard_of(a_type())) == []


def test_unknown_types_of_outlets_are_told_with_the_nearest():
    city = a_city([], outlet_types=[("shop", "pharmaci"), ("pharmaci",), ("zzz",), ("pharmacy",)])
    assert lines(city, standard_of(a_type())) == [
        "3 of 4 outlets are of a type that neither the standard nor the catalogue knows "
        "(2 words: pharmaci (2, did you mean pharmacy?), zzz (1)), which counts for nothing; "
        "map the words under [outlets] types",
    ]


def test_missing_columns_and_empty_groups_are_told():
    types = (
        a_type(id="a", groups={"everyone": 1.0, "old": 0.5}),
        a_type(id="b", counting_group="young", groups={"young": 1.0}),
    )
    city = a_city([], {"everyone": [10.0], "young": [0.0]})
    assert lines(city, standard_of(*types, old=0.025)) == [
        "the places have no column old: a typical share of 2.5% of everyone is used; "
        "add the column for a better plan",
        "Shop counts young, and no place has any: it cannot be lacking anywhere; check the column",
    ]
