"""What Vancouver has today, against shares that another program measured.

The other program joined every point to the nearest junction and did not count the way to it; here
points join the nearest segment and the way counts. At 400 m that matters: some 50 m at each end.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

import siting
from siting.city.model import Outlets

METRES = (400, 800, 1200)
# Per cent of residents, with business licences only.
MEASURED = {
    "convenience_store": (53, 87, 96),
    "pharmacy": (48, 78, 91),
    "supermarket": (29, 56, 76),
    "fresh_store": (21, 50, 73),
}


@pytest.fixture(scope="module")
def licensed(vancouver):
    """The city with only the businesses whose ref begins with L."""
    city = siting.read_city(vancouver)
    kept = np.flatnonzero([str(ref).startswith("L") for ref in city.outlets.id])
    fields = {name: values[kept] for name, values in vars(city.outlets).items()}
    return replace(city, outlets=Outlets(**fields))


@pytest.fixture(scope="module")
def shares(licensed):
    """Per cent of residents with each type within each distance, by `siting.find_gaps`."""
    standard = siting.load_standard("mofcom-2021")
    assert set(MEASURED) <= {kind.id for kind in standard.types}
    found = {}
    for metres in METRES:
        minutes = metres / licensed.walking.metres_per_minute
        types = tuple(
            kind.model_copy(
                update={"minutes": minutes, "counting_group": "everyone", "groups": {"everyone": 1}}
            )
            for kind in standard.types
            if kind.id in MEASURED
        )
        asked = standard.model_copy(update={"types": types})
        table = siting.find_gaps(licensed, siting.Scenario(standard=asked)).table
        total = table.groupby("type")[["served", "residents"]].sum()
        found[metres] = (100 * total["served"] / total["residents"]).to_dict()
    return found


def test_mofcom_2021_finds_who_has_what_in_every_community(licensed):
    gaps = siting.find_gaps(licensed, siting.Scenario(standard="mofcom-2021"))
    asking = [kind for kind in gaps.standard.types if kind.asks]
    assert len(gaps.table) == 22 * len(asking)
    assert gaps.table["share"].between(0, 1).all()
    assert gaps.residents[0].sum() == pytest.approx(633_135, abs=1)
    short = gaps.missing["short"].to_numpy()
    assert (short[:-1] >= short[1:]).all()


@pytest.mark.parametrize("metres", [800, 1200])
def test_shares_agree_within_three_points(shares, metres):
    for kind, measured in MEASURED.items():
        assert shares[metres][kind] == pytest.approx(measured[METRES.index(metres)], abs=3), kind


def test_shares_at_400_m_are_lower_by_four_to_six_points(shares):
    for kind, measured in MEASURED.items():
        assert 3 < measured[0] - shares[400][kind] < 6, kind


def test_joining_junctions_for_nothing_gives_the_measured_shares(licensed):
    """Why the shares at 400 m differ: a walk of scipy's, joined as the other program did."""
    streets, places = licensed.streets, licensed.places
    nodes = len(streets.node_x)
    ends = (np.append(streets.tail, streets.head), np.append(streets.head, streets.tail))
    order = np.lexsort((np.tile(streets.length_m, 2), *ends))
    a, b = ends[0][order], ends[1][order]
    first = np.append(True, (a[1:] != a[:-1]) | (b[1:] != b[:-1]))  # the shortest of parallels
    lengths = np.tile(streets.length_m, 2)[order][first]
    graph = sparse.csr_array((lengths, (a[first], b[first])), shape=(nodes, nodes))
    tree = cKDTree(np.column_stack([streets.node_x, streets.node_y]))
    home = tree.query(np.column_stack([places.x, places.y]))[1]
    everyone = places.residents["everyone"]
    for kind, measured in MEASURED.items():
        mine = [k for k, types in enumerate(licensed.outlets.types) if kind in types]
        at = np.column_stack([licensed.outlets.x[mine], licensed.outlets.y[mine]])
        junctions = np.unique(tree.query(at)[1])
        far = dijkstra(graph, indices=junctions, min_only=True)[home]
        for metres, share in zip(METRES, measured, strict=True):
            found = 100 * everyone[far <= metres].sum() / everyone.sum()
            assert found == pytest.approx(share, abs=1.5), (kind, metres)
