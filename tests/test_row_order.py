"""What stands nearest of several does not depend on the order of rows in a file."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pytest
from city_folder import CONFIG, SPACES, write_city
from shapely import box

from siting.city.read import read_city
from siting.walk.walks import walk

STREETS = CONFIG + '[streets]\nnodes = "nodes.csv"\nedges = "edges.csv"\n'
# p1 stands between two streets, 50 m from each; the outlet is in the northern one
NODES = "node,x,y\na,0,0\nb,400,0\nc,0,100\nd,400,100\n"
EDGES = ("a,b,400", "c,d,400", "b,d,700")
PLACES = "id,x,y,community,everyone\np1,100,50,North,100\n"
OUTLETS = "id,x,y,type\no1,100,100,pharmacy\n"


def written(folder, **files):
    return read_city(write_city(folder, **files))


@pytest.mark.parametrize("turned", [False, True])
def test_a_point_between_two_streets_joins_the_same_one_whatever_the_order_of_rows(
    tmp_path, turned
):
    found = set()
    for k, rows in enumerate(permutations(EDGES)):
        if turned:
            rows = [",".join([*row.split(",")[1::-1], row.split(",")[2]]) for row in rows]
        edges = "\n".join(["from,to,length_m", *rows, ""])
        files = {"nodes": NODES, "edges": edges, "places": PLACES, "outlets": OUTLETS}
        city = written(tmp_path / str(k), city=STREETS, **files)
        reach = walk(city, "outlet", {"everyone": 2_000_000}, np.array([0]))["everyone"]
        found.add(tuple(reach.mm.tolist()))
    assert len(found) == 1


def test_a_space_between_two_places_is_in_the_same_community_whatever_the_order_of_rows(tmp_path):
    rows = ("p1,0,0,North,10", "p2,200,0,South,10", "p3,200,0,East,10", "p4,100,100,West,10")
    found = set()
    for k, some in enumerate(permutations(rows)):
        places = "\n".join(["id,x,y,community,everyone", *some, ""])
        city = written(tmp_path / str(k), places=places, spaces=SPACES, outlets=OUTLETS)
        found.add(tuple(city.communities[c] for c in city.spaces.community))
    assert len(found) == 1


def test_a_point_in_several_polygons_is_in_the_same_community_whatever_the_order_of_rows(tmp_path):
    # p1 lies in all, and the last two are equally large; p2 lies in none, equally far from two
    shapes = {
        "Wide": box(-300, -300, 300, 300),
        "East": box(0, -20, 100, 20),
        "West": box(-90, -20, 10, 20),
        "Beyond": box(500, -20, 600, 20),
    }
    places = "id,x,y,everyone\np1,5,0,1\np2,400,0,1\n"
    found = set()
    for k, names in enumerate(permutations(shapes)):
        folder = tmp_path / str(k)
        folder.mkdir()
        areas = [shapes[name] for name in names]
        frame = gpd.GeoDataFrame({"id": names}, geometry=areas, crs="EPSG:32650")
        frame.to_parquet(folder / "areas.parquet")
        config = CONFIG + '[communities]\nfile = "areas.parquet"\n'
        city = written(folder, city=config, places=places, spaces=SPACES, outlets=OUTLETS)
        found.add(tuple(city.communities[c] for c in city.places.community))
    assert found == {("East", "Beyond")}
