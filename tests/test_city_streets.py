from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from city_folder import CONFIG, faults, remark_keys, write_city
from shapely import LineString, MultiLineString, Point

from siting.city.read import read_city

LINES = CONFIG + '[streets]\nfile = "streets.gpkg"\n'
PAIR = CONFIG + (
    '[streets]\nnodes = "nodes.csv"\nedges = "edges.csv"\n'
    'columns = { node = "n", x = "e", from = "u", to = "v" }\n'
)
NODES = "n,e,y\n1,0,0\n2,300,0\n3,300,400\n"
EDGES = "u,v,length_m\n1,2,310\n2,3,\n"


def with_lines(folder, *lines):
    write_city(folder, city=LINES)
    frame = gpd.GeoDataFrame(geometry=list(lines), crs="EPSG:32650")
    frame.to_file(folder / "streets.gpkg", layer="streets")
    return folder


def one_fault(folder):
    (line,) = faults(folder)
    return line


def test_every_pair_of_neighbouring_vertices_is_a_segment(tmp_path):
    folder = with_lines(tmp_path, LineString([(0, 0), (300, 0), (300, 400)]))
    streets = read_city(folder).streets
    assert sorted(streets.length_m) == [300.0, 400.0]
    assert len(streets.node_x) == 3


def test_vertices_equal_to_the_millimetre_are_one_node(tmp_path):
    first = LineString([(0, 0), (300, 0)])
    second = LineString([(300.0002, 0.0001), (300, 400)])
    third = LineString([(300, 400.002), (0, 900)])
    streets = read_city(with_lines(tmp_path, first, second, third)).streets
    assert len(streets.node_x) == 5
    assert np.bincount(np.concatenate((streets.tail, streets.head))).max() == 2


def test_segments_without_length_are_dropped(tmp_path):
    folder = with_lines(tmp_path, LineString([(0, 0), (0, 0), (300, 0), (300, 0.0001)]))
    assert read_city(folder).streets.length_m.tolist() == [300.0]


def test_lines_of_several_parts_are_not_joined_across_the_parts(tmp_path):
    parts = MultiLineString([[(0, 0), (100, 0)], [(0, 500), (100, 500)]])
    folder = with_lines(tmp_path, parts)
    assert read_city(folder).streets.length_m.tolist() == [100.0, 100.0]
    assert "city.street_pieces" in remark_keys(folder)


def test_other_geometry_than_lines_is_a_fault(tmp_path):
    folder = with_lines(tmp_path, LineString([(0, 0), (9, 0)]), Point(0, 0))
    assert "row 3: is no line" in one_fault(folder)


def test_streets_without_any_length_are_a_fault(tmp_path):
    assert "no street of any length" in one_fault(
        with_lines(tmp_path, LineString([(0, 0), (0, 0)]))
    )


def test_nodes_and_edges_are_a_network_with_stated_or_straight_lengths(tmp_path):
    streets = read_city(write_city(tmp_path, city=PAIR, nodes=NODES, edges=EDGES)).streets
    assert streets.length_m.tolist() == [310.0, 400.0]
    assert streets.tail.tolist() == [0, 1]
    assert streets.head.tolist() == [1, 2]
    assert streets.node_y.tolist() == [0.0, 0.0, 400.0]


def test_lengths_may_be_absent_altogether(tmp_path):
    edges = "u,v\n1,2\n2,3\n"
    streets = read_city(write_city(tmp_path, city=PAIR, nodes=NODES, edges=edges)).streets
    assert streets.length_m.tolist() == [300.0, 400.0]


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ("u,v,length_m\n1,9,5\n", "edges.csv, row 2, column v, value '9': nodes.csv has no such"),
        ("u,v,length_m\n1,,5\n", "edges.csv, row 2, column v: the cell is empty"),
        ("u,v,length_m\n1,2,0\n", "edges.csv, row 2, column length_m, value '0"),
        ("u,v,length_m\n1,2,-4\n", "above 0"),
        ("u,v,length_m\n1,1,\n", "no street of any length"),
    ],
)
def test_bad_edge_is_a_fault(tmp_path, edges, said):
    assert said in one_fault(write_city(tmp_path, city=PAIR, nodes=NODES, edges=edges))


def test_repeated_node_is_a_fault(tmp_path):
    folder = write_city(tmp_path, city=PAIR, nodes=NODES.replace("3,", "2,", 1), edges="u,v\n1,2\n")
    assert any("nodes.csv, row" in line for line in faults(folder))


def test_streets_without_geometry_are_a_fault(tmp_path):
    text = LINES.replace("streets.gpkg", "streets.csv")
    assert "streets need lines" in one_fault(write_city(tmp_path, city=text, streets="a\n1\n"))


def test_lines_far_from_the_points_are_remarked(tmp_path):
    folder = with_lines(tmp_path, LineString([(2000, 0), (2500, 0)]))
    assert "city.far_from_streets" in remark_keys(folder)


def test_long_segment_that_passes_by_is_near(tmp_path):
    folder = with_lines(
        tmp_path, LineString([(-5000, 100), (5000, 101)]), LineString([(0, 900), (9, 900)])
    )
    assert "city.far_from_streets" not in remark_keys(folder)
