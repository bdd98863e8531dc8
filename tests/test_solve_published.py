"""A published case: 16 candidate stores and 205 census tracts of San Francisco.

The data are the test data of spopt, with network distances in metres. Residents are ``POP2000`` of
the demand file, which are the ``demand`` of the distance file too; tracts are named ``NAME`` there
and ``DestinationName`` here, stores ``NAME`` and ``name``.
"""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest

import siting
from siting.standard.model import Policy, Standard, Type

RESIDENTS, SERVED = 955_113, 875_247
METRES = 5_000
STORES = 4


@pytest.fixture(scope="module")
def tables(shared_data):
    folder = shared_data / "spopt_sf"
    if not folder.is_dir():
        pytest.skip("the data folder holds no spopt_sf")
    names = {
        "tracts": "SF_demand_205_centroid_uniform_weight.csv",
        "stores": "SF_store_site_16_longlat.csv",
        "walks": "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
    }
    text = {"ID": str, "NAME": str, "DestinationName": str}
    return {key: pd.read_csv(folder / name, dtype=text) for key, name in names.items()}


def test_the_residents_are_pop2000_of_the_tracts_and_the_demand_of_the_distances(tables):
    tracts = tables["tracts"].set_index("NAME")["POP2000"]
    demand = tables["walks"].groupby("DestinationName")["demand"].first()
    assert tracts.sum() == RESIDENTS
    assert (tracts.sort_index() == demand.sort_index()).all()


def test_exhaustive_search_serves_the_published_number(tables):
    people = tables["tracts"].set_index("NAME")["POP2000"].to_dict()
    near = tables["walks"][tables["walks"]["distance"] <= METRES]
    reached = near.groupby("name")["DestinationName"].agg(set).to_dict()
    served = max(
        sum(people[tract] for tract in set().union(*(reached[s] for s in four)))
        for four in itertools.combinations(sorted(reached), STORES)
    )
    assert served == SERVED


@pytest.mark.parametrize("solver", [None, "highs"])
def test_four_sites_serve_the_published_number(tables, solver):
    tracts, stores, walks = tables["tracts"], tables["stores"], tables["walks"]
    city = siting.City.from_frames(
        places=pd.DataFrame(
            {
                "id": tracts["NAME"],
                "x": tracts["long"],
                "y": tracts["lat"],
                "everyone": tracts["POP2000"],
            }
        ),
        spaces=pd.DataFrame(
            {
                "id": stores["NAME"],
                "x": stores["long"],
                "y": stores["lat"],
                "area_m2": 1.0,
                "rent_m2_month": 0.0,
            }
        ),
        walks=pd.DataFrame(
            {
                "from": walks["DestinationName"],
                "to": walks["name"],
                "kind": "space",
                "metres": walks["distance"],
            }
        ),
        crs="EPSG:4326",
        walking=siting.Walking(metres_per_minute=50.0),
    )
    store = Type(
        id="store",
        zh="store",
        en="store",
        type_class="basic",
        minutes=METRES / 50.0,
        area_min_m2=1.0,
        area_typical_m2=1.0,
        capital_fixed=1.0,
    )
    plan = siting.solve(
        city,
        siting.Scenario(
            standard=Standard(id="sf", zh="sf", en="sf", types=(store,)),
            policy=Policy(id="sf", zh="sf", en="sf"),
            capital=float(STORES),
            subsidy_per_year=math.inf,
        ),
        gap=0.0,
        solver=solver,
    )
    document = plan.document
    assert document.residents.everyone == RESIDENTS
    assert document.residents.newly_served_any_type == SERVED
    assert document.objective == SERVED
    assert document.bound == pytest.approx(SERVED, rel=1e-6)
    assert document.status == "optimal"
    assert len(document.projects) == STORES
    assert {p.space for p in document.projects} == {"Store_2", "Store_11", "Store_12", "Store_15"}
