"""A city can be read and copied, and nothing in it can be written to."""

import copy
import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest
import verify_cities as given
from city_folder import write_city

from siting.city.model import City
from siting.city.read import read_city

HERE = {"id": ["a", "b"], "x": [0.0, 9.0], "y": [0.0, 5.0]}


def by_hand():
    return given.make_city(
        given.make_places([0, 9], [0, 5], everyone=[3, 4], aged_60_plus=[1, 2]),
        given.make_outlets([1, 2], [1, 2], [("shop",), ("care", "shop")]),
        given.make_spaces([3, 4], [3, 4]),
        streets=given.make_streets([0, 9], [0, 5], [(0, 1)]),
        walks=given.make_walks([(0, 0, True, "", 10.0), (1, 1, False, "", 20.0)]),
    )


def from_files(folder):
    return read_city(write_city(folder / "city"))


def from_frames():
    return City.from_frames(
        pd.DataFrame({**HERE, "everyone": [1.0, 2.0]}),
        pd.DataFrame({**HERE, "area_m2": [50.0, 60.0], "rent_m2_month": [1.0, 2.0]}),
    )


@pytest.fixture(params=["by hand", "from files", "from frames", "pickled", "copied", "replaced"])
def city(request, tmp_path):
    made = {
        "by hand": by_hand,
        "from files": lambda: from_files(tmp_path),
        "from frames": from_frames,
        "pickled": lambda: pickle.loads(pickle.dumps(by_hand())),
        "copied": lambda: copy.deepcopy(by_hand()),
        "replaced": lambda: dataclasses.replace(by_hand(), name="other"),
    }
    return made[request.param]()


def records(city):
    parts = (city.places, city.outlets, city.spaces, city.streets, city.walks)
    return [part for part in parts if part is not None]


def arrays(city):
    for part in records(city):
        for field in dataclasses.fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                yield f"{type(part).__name__}.{field.name}", value
    for group, people in city.places.residents.items():
        yield f"residents.{group}", people


def test_no_array_of_a_city_can_be_written_to(city):
    named = dict(arrays(city))
    assert {"Places.x", "Outlets.types", "Spaces.area_m2", "residents.everyone"} <= set(named)
    for name, array in named.items():
        if not len(array):
            assert not array.flags.writeable, name
            continue
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]


def test_no_group_can_be_put_into_a_city_or_taken_out(city):
    with pytest.raises(TypeError):
        city.places.residents["aged_0_3"] = city.places.x
    with pytest.raises(TypeError):
        del city.places.residents["everyone"]


def test_what_is_copied_out_of_a_city_can_be_written_to(city):
    x, groups = city.places.x.copy(), dict(city.places.residents)
    x[0] = 77.0
    groups["aged_0_3"] = x
    assert city.places.x[0] != 77.0
    assert "aged_0_3" not in city.places.residents


def test_whoever_made_a_city_may_go_on_changing_his_own_arrays():
    x, people = np.array([0.0, 9.0]), {"everyone": np.array([3.0, 4.0])}
    made = dataclasses.replace(by_hand().places, x=x, residents=people)
    x[0] = 77.0
    people["everyone"][0] = 77.0
    people["aged_0_3"] = x
    assert made.x.tolist() == [0.0, 9.0]
    assert {g: n.tolist() for g, n in made.residents.items()} == {"everyone": [3.0, 4.0]}


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))]
)
def test_a_copied_city_holds_the_same(again):
    city = by_hand()
    other = again(city)
    assert (other.name, other.walking) == (city.name, city.walking)
    for (name, here), (same, there) in zip(arrays(city), arrays(other), strict=True):
        assert name == same
        assert here.tolist() == there.tolist() or np.isnan(here.astype(float)).all()
