"""The check of a plan folder; city and plan are those of verify_plan.py, written by hand."""

import csv
import json
import shutil
import sqlite3
import struct
from contextlib import closing

import pytest
import verify_plan as given

from siting.city.fingerprint import fingerprint
from siting.errors import InputError
from siting.verify.folder import verify_folder
from siting.verify.tables import GAPS, PROJECTS

CITY = """
[city]
name = "test"
crs = "EPSG:4549"
metric_crs = "EPSG:4549"
[walking]
metres_per_minute = 60
detour = 1.0
[walking.groups]
aged_60_plus = 40
[places]
file = "places.csv"
[outlets]
file = "outlets.csv"
[outlets.types]
shop = "shop"
care = "care"
cinema = "cinema"
[spaces]
file = "spaces.csv"
"""
X, Y = given.X0, given.Y0
TABLES = {
    "places.csv": [
        ("id", "x", "y", "community", "everyone", "aged_60_plus"),
        ("P0", X, Y, "A", 100, 30),
        ("P1", X + 250, Y, "A", 50, 10),
        ("P2", X + 600, Y, "B", 80, 40),
        ("P3", X + 1000, Y, "B", 20, 0),
        ("P4", X + 5000, Y, "C", 7, 0),
    ],
    "outlets.csv": [
        ("id", "x", "y", "community", "type"),
        ("O0", X - 200, Y, "A", "shop"),
        ("O1", X, Y, "A", "cinema"),
        ("O2", X + 650, Y, "B", "care;cinema"),
    ],
    "spaces.csv": [
        ("id", "x", "y", "community", "area_m2", "rent_m2_month", "kind", "floor", "max_types",
         "capital_fixed"),
        ("S0", X + 300, Y, "A", 100, 20, "shop", 1, 1, 500.25),
        ("S1", X + 700, Y, "B", 120, 12, "shed", 1, 2, 0),
        ("S2", X + 900, Y, "B", 30, 5, "shop", 1, 2, 80),
    ],
}  # fmt: skip
PROJECT_ROWS = [
    ("S0", "shop", "shop zh", "shop en", "basic", "A", 50.0, 6000.0, 500.25, 0.0, 0, 0.0,
     "starter:6000.00;general:200.25;fitout:300.00", "", 130.0, 80.0, X + 300, Y),
    ("S1", "shop", "shop zh", "shop en", "basic", "B", 50.0, 6000.0, 0.0, 0.0, 0, 0.0,
     "general:6000.00", "", 100.0, 80.0, X + 700, Y),
    ("S1", "clinic", "clinic zh", "clinic en", "quality", "B", 60.0, 2000.1, 0.0, 1 / 6, 0, 1440.0,
     "general:2000.10", "general:440.00;rent:1000.00", 40.0, 0.0, X + 700, Y),
]  # fmt: skip
SHOP, CLINIC, CARE = (
    ("shop", "basic", "everyone", 5.0),
    ("clinic", "quality", "aged_60_plus", 10.0),
    ("care", "basic", "aged_0_3", 5.0),
)
# residents, served before and after, shares, presence (at least 0.8): of A, B and C
GAP_ROWS = [
    ("A", *SHOP, 150.0, 100.0, 150.0, 100 / 150, 1.0, 0, 1),
    ("A", *CLINIC, 40.0, 0.0, 0.0, 0.0, 0.0, 0, 0),
    ("A", *CARE, 15.0, 0.0, 0.0, 0.0, 0.0, 0, 0),
    ("B", *SHOP, 100.0, 0.0, 100.0, 0.0, 1.0, 0, 1),
    ("B", *CLINIC, 40.0, 0.0, 40.0, 0.0, 1.0, 0, 1),
    ("B", *CARE, 10.0, 8.0, 8.0, 0.8, 0.8, 1, 1),
    ("C", *SHOP, 7.0, 0.0, 0.0, 0.0, 0.0, 0, 0),
    ("C", *CLINIC, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0),  # nobody of the group: 0 and absent
    ("C", *CARE, 0.7, 0.0, 0.0, 0.0, 0.0, 0, 0),
]
# types asked for by those who live there, and those in reach before and after
MET = [(3, 1, 1), (3, 0, 1), (3, 1, 3), (2, 0, 1), (2, 0, 0)]
GAINED = [("P0", 0.0), ("P1", 150.0), ("P2", 260.0), ("P3", 60.0), ("P4", 0.0)]


def write_csv(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


SPACE_ROWS = [
    ("S0", "A", "shop", 100.0, 20.0, 1, "shop"),
    ("S1", "B", "shed", 120.0, 12.0, 1, "shop;clinic"),
    ("S2", "B", "shop", 30.0, 5.0, 1, ""),
]
PLACE_ROWS = [
    (word, community, everyone, gained, *met)
    for (word, _, _, community, everyone, _), (_, gained), met in zip(
        TABLES["places.csv"][1:], GAINED, MET, strict=True
    )
]
LAYERS = {
    "projects": (PROJECTS, PROJECT_ROWS, [row[-2] for row in PROJECT_ROWS]),
    "spaces": (
        ("id", "community", "kind", "area_m2", "rent_m2_month", "floor", "opened"),
        SPACE_ROWS,
        [X + 300, X + 700, X + 900],
    ),
    "places": (
        ("id", "community", "everyone", "gained", "needs", "met_before", "met_after"),
        PLACE_ROWS,
        [X, X + 250, X + 600, X + 1000, X + 5000],
    ),
}


def point(x, y=Y, srs=4549, flags=1, envelope=b"", kind=1):
    """Return a cell as a GeoPackage holds it."""
    return b"GP\0" + struct.pack("<Bi", flags, srs) + envelope + struct.pack("<BIdd", 1, kind, x, y)


def write_layers(path):
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "CREATE TABLE gpkg_geometry_columns"
            " (table_name, column_name, geometry_type_name, srs_id, z, m)"
        )
        file.execute(
            "CREATE TABLE gpkg_contents (table_name, data_type, identifier, description,"
            " min_x, min_y, max_x, max_y, srs_id)"
        )
        file.execute(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_id, organization, organization_coordsys_id)"
        )
        file.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (4549, 'EPSG', 4549)")
        for layer, (columns, rows, xs) in LAYERS.items():
            listed = ", ".join(("fid INTEGER PRIMARY KEY", "geom", *columns))
            file.execute(f"CREATE TABLE {layer} ({listed})")
            file.execute(
                "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', 4549, 0, 0)",
                (layer,),
            )
            file.execute(
                "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, 4549)",
                (layer, layer, min(xs), Y, max(xs), Y),
            )
            marks = ", ".join("?" * (len(columns) + 1))
            file.executemany(
                f"INSERT INTO {layer} (geom, {', '.join(columns)}) VALUES ({marks})",
                [(point(x), *row) for x, row in zip(xs, rows, strict=True)],
            )


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A folder that holds the city and its plan."""
    root = tmp_path_factory.mktemp("verify")
    city, plan = root / "city", root / "plan"
    city.mkdir()
    plan.mkdir()
    (city / "city.toml").write_text(CITY, "utf-8")
    for name, rows in TABLES.items():
        write_csv(city / name, rows)
    content = given.plan()
    content["inputs"] |= {
        "city_path": "../city",
        "city_path_absolute": str(root / "elsewhere"),
        "city_sha256": fingerprint(city),
        "metric_crs": "EPSG:4549",
    }
    (plan / "plan.json").write_text(json.dumps(content), "utf-8")
    write_csv(plan / "projects.csv", [PROJECTS, *PROJECT_ROWS])
    write_csv(plan / "gaps.csv", [GAPS, *GAP_ROWS])
    write_layers(plan / "plan.gpkg")
    return root


@pytest.fixture
def root(original, tmp_path):
    return shutil.copytree(original, tmp_path / "work")


def found(root, **options):
    notices = verify_folder(root / "plan", **options)
    for notice in notices:
        assert notice.file
        assert notice.line("en")
        assert notice.line("zh")
    return {(n.file, n.key.removeprefix("verify.")) for n in notices}


def change_json(root, change):
    path = root / "plan" / "plan.json"
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def change_cell(path, row, column, value):
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows[row - 1][rows[0].index(column)] = value
    write_csv(path, rows)


def change_layers(root, statement, *values):
    with closing(sqlite3.connect(root / "plan" / "plan.gpkg")) as file, file:
        file.execute(statement, values)


def test_a_right_folder_is_verified(root):
    assert found(root) == set()
    assert found(root, full=True) == set()


def test_a_changed_number_of_the_plan_is_found_in_every_file(root):
    change_json(root, lambda plan: plan["projects"][0].update(residents_gained=131.0))
    assert found(root) == {
        ("plan.json", "project_gained"),
        ("projects.csv", "file_cell"),
        ("plan.gpkg", "layer_cell"),
    }


WRONG = {
    "space": "S1",
    "type": "care",
    "type_zh": "x",
    "class": "x",
    "type_en": "x",
    "community": "C",
    "area_m2": "50.1",
    "capital": "6000.01",
    "one_off": "500.0",
    "relief": "0.1",
    "chain": "1",
    "subsidy_per_year": "0.01",
    "paid_by_capital": "general:6000.00",
    "paid_by_subsidy": "general:0.01",
    "residents_gained": "131",
    "residents_shared": "",
    "x": "500301.0",
    "y": "4400001.0",
}


@pytest.mark.parametrize("column", PROJECTS)
def test_a_changed_cell_of_projects_csv_is_found(root, column):
    change_cell(root / "plan" / "projects.csv", 2, column, WRONG[column])
    (notice,) = verify_folder(root / "plan")
    assert (notice.key, notice.file, notice.row, notice.column) == (
        "verify.file_cell",
        "projects.csv",
        2,
        column,
    )


@pytest.mark.parametrize(
    "paid", ["6000", "starter", "starter:6000.001", "starter:6000.00;starter:1.00", "starter:nan"]
)
def test_payments_that_cannot_be_read_are_found(root, paid):
    change_cell(root / "plan" / "projects.csv", 2, "paid_by_capital", paid)
    assert found(root) == {("projects.csv", "file_cell")}


@pytest.mark.parametrize("column", GAPS)
def test_a_changed_cell_of_gaps_csv_is_found(root, column):
    # the row of care in B: 8 of 10, exactly the share of presence
    wrong = {"present_before": "0", "present_after": "0", "served_after": "7.9"}.get(column, "9.5")
    change_cell(root / "plan" / "gaps.csv", 7, column, wrong)
    (notice,) = verify_folder(root / "plan")
    assert (notice.key, notice.row, notice.column) == ("verify.file_cell", 7, column)


def test_presence_does_not_hang_on_the_last_digit_of_a_sum(root):
    path = root / "plan" / "gaps.csv"
    change_cell(path, 7, "served_before", "7.999999999999999")
    assert found(root) == set()
    change_cell(path, 7, "present_before", "0")
    assert found(root) == {("gaps.csv", "file_cell")}


def test_a_row_left_out_or_a_column_renamed_is_found(root):
    write_csv(root / "plan" / "projects.csv", [PROJECTS, *PROJECT_ROWS[:2]])
    write_csv(root / "plan" / "gaps.csv", [("circle", *GAPS[1:]), *GAP_ROWS])
    assert found(root) == {("projects.csv", "file_rows"), ("gaps.csv", "file_columns")}


def test_a_row_with_a_cell_too_few_is_found(root):
    write_csv(root / "plan" / "projects.csv", [PROJECTS, *PROJECT_ROWS[:2], PROJECT_ROWS[2][:-1]])
    assert found(root) == {("projects.csv", "file_width")}


@pytest.mark.parametrize("name", ["projects.csv", "gaps.csv", "plan.gpkg"])
def test_a_missing_file_is_found(root, name):
    (root / "plan" / name).unlink()
    assert found(root) == {(name, "file_missing")}


@pytest.mark.parametrize("name", ["projects.csv", "gaps.csv", "plan.gpkg"])
def test_a_file_of_noise_is_found(root, name):
    (root / "plan" / name).write_bytes(b"\xff\xfe\x00noise" * 100)
    assert found(root) == {(name, "file_unreadable")}


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        ("DROP TABLE places", "layer_missing"),
        ("ALTER TABLE places DROP COLUMN gained", "layer_column"),
        ("DELETE FROM projects WHERE type = 'clinic'", "layer_projects"),
        ("UPDATE projects SET space = 'S2' WHERE type = 'clinic'", "layer_projects"),
        ("INSERT INTO projects (space, type) VALUES ('S1', 'shop')", "layer_projects"),
        ("DELETE FROM spaces WHERE id = 'S2'", "layer_rows"),
        ("UPDATE places SET id = 'P9' WHERE id = 'P0'", "layer_rows"),
        ("UPDATE places SET gained = 149 WHERE id = 'P1'", "layer_cell"),
        ("UPDATE places SET gained = NULL WHERE id = 'P1'", "layer_cell"),
    ],
)
def test_a_change_of_the_layers_is_found(root, statement, key):
    change_layers(root, statement)
    assert found(root) == {("plan.gpkg", key)}


NOT_KEYS = [
    (layer, column)
    for layer, (columns, _, _) in LAYERS.items()
    for column in columns
    if column != "id" and (layer, column) not in {("projects", "space"), ("projects", "type")}
]


@pytest.mark.parametrize(
    ("layer", "column", "wrong"),
    [
        *((*cell, 77.25) for cell in NOT_KEYS),
        *(("spaces", column, w) for column in ("floor", "opened") for w in (None, "x", b"x")),
        ("projects", "capital", float("inf")),
    ],
)
def test_a_changed_cell_of_a_layer_is_found(root, layer, column, wrong):
    change_layers(root, f"UPDATE {layer} SET {column} = ? WHERE fid = 2", wrong)
    (notice,) = verify_folder(root / "plan")
    assert (notice.key, notice.file) == ("verify.layer_cell", "plan.gpkg")
    assert (notice.values["layer"], notice.values["name"]) == (layer, column)
    assert notice.line("en")
    assert notice.line("zh")


@pytest.mark.parametrize("layer", LAYERS)
def test_columns_of_a_layer_that_are_gone_are_found(root, layer):
    columns = LAYERS[layer][0]
    for column in columns[1:]:
        change_layers(root, f"ALTER TABLE {layer} DROP COLUMN {column}")
    notices = verify_folder(root / "plan")
    assert [n.key for n in notices] == ["verify.layer_column"] * len(columns[1:])
    assert [n.values["name"] for n in notices] == list(columns[1:])


POINTS = {
    "moved east": point(X + 250.0001),
    "moved north": point(X + 250, Y + 0.0001),
    "nowhere": point(float("nan"), float("nan")),
    "in another system": point(X + 250, srs=4326),
    "a line": point(X + 250, kind=2),
    "cut short": point(X + 250)[:-1],
    "with something behind": point(X + 250) + b"\0",
    "without a header": point(X + 250)[8:],
    "with an envelope of no kind": point(X + 250, flags=0b1111),
    "text": "POINT (500250 4400000)",
    "nothing": None,
}


@pytest.mark.parametrize(
    ("layer", "name"),
    [("projects", "moved east"), ("spaces", "moved east"), *(("places", name) for name in POINTS)],
)
def test_a_changed_point_of_a_layer_is_found(root, layer, name):
    change_layers(root, f"UPDATE {layer} SET geom = ? WHERE fid = 2", POINTS[name])
    assert found(root) == {("plan.gpkg", "layer_point")}


def test_a_point_may_have_an_envelope_and_either_order_of_bytes(root):
    x = X + 250
    envelope = struct.pack("<4d", x, x, Y, Y)
    change_layers(
        root, "UPDATE places SET geom = ? WHERE fid = 2", point(x, flags=3, envelope=envelope)
    )
    assert found(root) == set()
    other = b"GP\0" + struct.pack(">BiBIdd", 0, 4549, 0, 1, x, Y)
    change_layers(root, "UPDATE places SET geom = ? WHERE fid = 2", other)
    assert found(root) == set()


def test_rows_of_a_layer_may_stand_in_any_order(root):
    change_layers(root, "UPDATE places SET fid = fid + 10 WHERE fid < 3")
    change_layers(root, "UPDATE projects SET fid = 10 - fid")
    assert found(root) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 4547",
        "UPDATE gpkg_spatial_ref_sys SET organization = 'NONE'",
        "DELETE FROM gpkg_spatial_ref_sys",
    ],
)
def test_another_coordinate_system_of_the_layers_is_found(root, statement):
    change_layers(root, statement)
    assert found(root) == {("plan.gpkg", "layer_crs")}


@pytest.mark.parametrize("written", ["inf", "-inf", "nan", "1e999"])
def test_a_cell_that_is_no_finite_number_is_found(root, written):
    change_cell(root / "plan" / "projects.csv", 2, "capital", written)
    change_cell(root / "plan" / "gaps.csv", 2, "residents", written)
    assert found(root) == {("projects.csv", "file_cell"), ("gaps.csv", "file_cell")}


def test_a_changed_city_file_is_found_by_hash_and_by_number(root):
    change_cell(root / "city" / "places.csv", 3, "everyone", "51")
    names = {key for _, key in found(root)}
    assert {"city_changed", "everyone", "objective", "file_cell", "layer_cell"} <= names
    hashes = [n for n in verify_folder(root / "plan") if n.key == "verify.city_changed"]
    assert len(hashes) == 1


def test_a_change_of_the_city_that_no_number_shows_is_found_by_its_hash(root):
    with (root / "city" / "city.toml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    assert found(root) == {("plan.json", "city_changed")}


def test_a_city_that_changed_so_that_it_cannot_be_read_is_told_as_changed(root):
    (root / "city" / "places.csv").unlink()
    assert ("plan.json", "city_changed") in found(root)


def test_the_city_is_found_by_its_absolute_path(root):
    (root / "city").rename(root / "elsewhere")
    elsewhere = str(root / "elsewhere")
    change_json(root, lambda plan: plan["inputs"].update(city_path_absolute=elsewhere))
    assert found(root) == set()


@pytest.mark.parametrize("name", ["moved", "moved/city.toml"])
def test_the_city_is_found_where_the_user_says(root, name):
    (root / "city").rename(root / "moved")
    assert found(root, city=root / name) == set()


@pytest.mark.parametrize("named", ["city", "moved"])
def test_the_city_that_the_user_names_decides(root, named):
    shutil.copytree(root / "city", root / "moved")
    change_cell(root / named / "places.csv", 3, "everyone", "51")
    keys = {key for _, key in found(root, city=root / "moved")}
    assert ("city_changed" in keys) == (named == "moved")


def test_a_named_city_that_is_not_there_is_bad_input_though_the_plan_remembers_one(root):
    with pytest.raises(InputError, match="nowhere") as caught:
        verify_folder(root / "plan", city=root / "nowhere")
    assert [n.key for n in caught.value.notices] == ["verify.no_city"]
    assert str(root / "plan" / "../city") not in caught.value.notices[0].values["tried"]


@pytest.mark.parametrize("changed", ["city", "elsewhere"])
def test_the_relative_path_decides_before_the_absolute_one(root, changed):
    shutil.copytree(root / "city", root / "elsewhere")
    elsewhere = str(root / "elsewhere")
    change_json(root, lambda plan: plan["inputs"].update(city_path_absolute=elsewhere))
    change_cell(root / changed / "places.csv", 3, "everyone", "51")
    keys = {key for _, key in found(root)}
    assert ("city_changed" in keys) == (changed == "city")


def test_a_city_that_is_nowhere_is_bad_input(root):
    shutil.rmtree(root / "city")
    with pytest.raises(InputError, match="--city") as caught:
        verify_folder(root / "plan", city=root / "nowhere")
    assert [n.key for n in caught.value.notices] == ["verify.no_city"]


def test_a_plan_from_data_frames_needs_a_city(root):
    def forget(plan):
        plan["inputs"].update(city_path=None, city_path_absolute=None)

    change_json(root, forget)
    with pytest.raises(InputError, match="--city"):
        verify_folder(root / "plan")


def test_a_folder_without_a_plan_is_bad_input(tmp_path):
    with pytest.raises(InputError, match="siting solve"):
        verify_folder(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_plan_that_is_no_json_is_bad_input(root, content):
    (root / "plan" / "plan.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        verify_folder(root / "plan")
    assert [n.key for n in caught.value.notices] == ["verify.plan_unreadable"]


RECORD = {
    "a key that plans do not have": lambda plan: plan.update(extra=1),
    "a key left out": lambda plan: plan.pop("sizes"),
    "text in a number": lambda plan: plan.update(objective="470"),
    "a list where a number stands": lambda plan: plan["projects"][0].update(capital=[1]),
    "an infinite number": lambda plan: plan.update(bound=float("inf")),
    "a status of another kind": lambda plan: plan.update(status="perfect"),
    "a broken whole number": lambda plan: plan.update(seed=0.5),
}


@pytest.mark.parametrize("name", RECORD)
def test_json_that_is_no_plan_fails_the_check(root, name):
    change_json(root, RECORD[name])
    assert found(root) == {("plan.json", "record")}


def test_the_old_folder_is_checked_when_a_crash_left_only_that(root):
    (root / "plan").rename(root / "plan.old")
    assert found(root) == set()
