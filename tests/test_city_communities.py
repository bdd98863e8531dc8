from __future__ import annotations

import geopandas as gpd
from city_folder import CONFIG, OUTLETS, PLACES, faults, remark_keys, remarks, write_city
from shapely import LineString, Polygon, box

from siting.city.read import read_city

POLYGONS = CONFIG + '[communities]\nfile = "areas.gpkg"\n'


def names_of(city, records):
    return [city.communities[c] for c in records.community]


def with_polygons(folder, shapes, **files):
    write_city(folder, city=POLYGONS, **files)
    frame = gpd.GeoDataFrame({"id": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:32650")
    frame.to_file(folder / "areas.gpkg")
    return folder


def test_column_of_places_decides_and_others_follow_the_nearest_place(tmp_path):
    city = read_city(write_city(tmp_path))
    assert city.communities == ("North", "South")
    assert names_of(city, city.places) == ["North", "North", "South"]
    assert names_of(city, city.spaces) == ["North", "South"]
    assert names_of(city, city.outlets) == ["North", "South"]


def test_own_column_of_spaces_and_outlets_comes_before_the_nearest_place(tmp_path):
    spaces = "id,x,y,area_m2,rent_m2_month,community\ns1,0,0,9,9,South\ns2,0,0,9,9,\n"
    outlets = OUTLETS.replace("type", "type,community").replace("pharmacy\n", "pharmacy,Else\n")
    folder = write_city(tmp_path, spaces=spaces, outlets=outlets)
    city = read_city(folder)
    assert names_of(city, city.spaces) == ["South", "North"]
    assert names_of(city, city.outlets) == ["Else", "Else"]
    assert "city.no_places_there" in remark_keys(folder)


def test_city_with_neither_is_one_community(tmp_path):
    places = "id,x,y,everyone\np1,0,0,1\np2,9,9,1\n"
    city = read_city(write_city(tmp_path, places=places))
    assert city.communities == ("Small",)
    assert set(city.places.community) == set(city.spaces.community) == {0}


def test_polygons_decide_whatever_the_columns_say(tmp_path):
    shapes = {"East": box(200, -50, 400, 1000), "West": box(-50, -50, 200, 1000)}
    city = read_city(with_polygons(tmp_path, shapes))
    assert city.communities == ("East", "West")
    assert names_of(city, city.places) == ["West", "East", "West"]
    assert names_of(city, city.spaces) == ["West", "West"]


def test_point_outside_all_polygons_belongs_to_the_nearest(tmp_path):
    shapes = {"A": box(-10, -10, 310, 10), "B": box(-10, 700, 10, 800)}
    folder = with_polygons(tmp_path, shapes)
    city = read_city(folder)
    assert names_of(city, city.places) == ["A", "A", "B"]
    assert any("lie in no polygon" in line and "first: p3" in line for line in remarks(folder))


def test_point_in_two_polygons_belongs_to_the_smaller_and_is_remarked(tmp_path):
    shapes = {"A": box(-10, -10, 1000, 1000), "B": box(-10, -10, 310, 310)}
    folder = with_polygons(tmp_path, shapes)
    assert names_of(read_city(folder), read_city(folder).places) == ["B", "B", "A"]
    (said,) = [line for line in remarks(folder) if line.startswith("places.csv: 2 points")]
    assert "lie within several polygons of areas.gpkg (first: p1, in A, B)" in said


def test_of_equal_polygons_that_hold_a_point_the_first_by_name_counts(tmp_path):
    shapes = {"B": box(-10, -10, 1000, 1000), "A": box(-10, -10, 1000, 1000)}
    city = read_city(with_polygons(tmp_path, shapes))
    assert names_of(city, city.places) == ["A", "A", "A"]
    assert "city.empty_communities" in {n.key for n in city.remarks}


def test_point_on_a_border_is_in_the_smaller_one_without_a_remark(tmp_path):
    shapes = {"A": box(-10, -10, 300, 1000), "B": box(300, -10, 400, 1000)}
    folder = with_polygons(tmp_path, shapes)
    assert names_of(read_city(folder), read_city(folder).places) == ["A", "B", "A"]
    assert "city.in_several_polygons" not in remark_keys(folder)


def test_polygons_that_overlap_where_nobody_is_are_not_remarked(tmp_path):
    shapes = {"A": box(-10, -10, 1000, 600), "B": box(-10, 500, 1000, 1000)}
    assert "city.in_several_polygons" not in remark_keys(with_polygons(tmp_path, shapes))


def test_polygon_that_crosses_itself_is_mended_and_remarked(tmp_path):
    bow = Polygon([(-10, -10), (1000, 1000), (1000, -10), (-10, 1000)])
    folder = with_polygons(tmp_path, {"A": bow})
    assert "city.mended_polygons" in remark_keys(folder)


def test_lines_are_no_communities(tmp_path):
    folder = with_polygons(tmp_path, {"A": LineString([(0, 0), (9, 9)])})
    assert "is no polygon" in faults(folder)[0]


def test_communities_without_geometry_are_a_fault(tmp_path):
    text = POLYGONS.replace("areas.gpkg", "areas.csv")
    folder = write_city(tmp_path, city=text, areas="id\nA\n")
    assert "communities need polygons" in faults(folder)[0]


def test_polygons_in_degrees_fit_points_in_metres(tmp_path):
    text = POLYGONS.replace('"Small"', '"Small"\ncrs = "EPSG:32650"')
    places = PLACES.replace(",0,0,", ",500000,4000000,").replace(",300,0", ",500300,4000000")
    places = places.replace(",0,900,", ",500000,4000900,")
    folder = write_city(tmp_path, city=text, places=places)
    shapes = [box(499900, 3999900, 500100, 4001000), box(500100, 3999900, 500400, 4001000)]
    frame = gpd.GeoDataFrame({"id": ["W", "E"]}, geometry=shapes, crs="EPSG:32650")
    frame.to_crs("EPSG:4326").to_file(folder / "areas.gpkg")
    city = read_city(folder)
    assert names_of(city, city.places) == ["W", "E", "W"]
    assert "city.own_crs" in {n.key for n in city.remarks}
