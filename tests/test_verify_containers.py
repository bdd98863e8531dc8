"""What holds the numbers of a plan folder is as siting writes it; else it can show others.

Each tampered folder here says every number as before, to who reads the numbers alone.
"""

import json
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing

import mutant_plans
import openpyxl
import pytest
from mutant_campaign import read_case

import siting
from siting import api
from siting.verify.folder import check_files, inspect_folder
from siting.verify.layer_index import check_indexes

CASES = {
    # straight lines, streets, a table of walks; each objective, both languages
    "funds": (0, "en"),
    "rules": (1, "zh"),
    "grades": (2, "en"),
    "basic-first": (1, "en"),
    "cost": (0, "zh"),
    "worst": (2, "zh"),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a way to a plan folder by the name of its question; each is solved once."""
    base = tmp_path_factory.mktemp("containers")
    made = {}

    def folder(name):
        if name not in made:
            number, lang = CASES[name]
            city = base / f"city{number}"
            if not city.exists():
                mutant_plans.write_city(city, number)
            made[name] = mutant_plans.write_plan(city, name, base / name, lang=lang)
        return made[name]

    return folder


@pytest.fixture
def plan(written, tmp_path):
    return shutil.copytree(written("funds"), tmp_path / "plan")


@pytest.fixture
def city(written):
    return written("funds").parent / "city0"


@pytest.fixture(scope="module")
def case(written):
    """Return the plan that is tampered with, and its city, read and recounted once."""
    return read_case(written("funds"), written("funds").parent / "city0")


@pytest.fixture
def told(case, plan):
    """Return what tells the keys of what is wrong in one file, and of what is odd."""

    def check(name):
        found = check_files(plan, case.document, case.checked, case.city, names=(name,))
        return keys(*found)

    return check


def told_of(folder, city=None):
    """Return the keys of what is wrong in a folder, and of what is odd."""
    checked = inspect_folder(folder, city=city)
    return keys(checked.notices, checked.remarks)


def keys(*found):
    """Return where and what each notice is; each has a line in both languages."""
    for notice in (n for notices in found for n in notices):
        assert notice.line("en")
        assert notice.line("zh") != notice.line("en")
    wrong, odd = ({(n.file, n.key.removeprefix("verify.")) for n in notices} for notices in found)
    return wrong, odd


# ------------------------------------------------------------------------------- untouched folders


@pytest.mark.parametrize("name", CASES)
def test_an_untouched_folder_is_as_siting_writes_it(written, name):
    city = written(name).parent / f"city{CASES[name][0]}"
    assert told_of(written(name), city) == (set(), set())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_folder_without_projects_is_as_siting_writes_it(city, tmp_path, lang):
    asked = mutant_plans.scenario("funds").model_copy(
        update={"capital": 0.0, "subsidy_per_year": 0.0, "funds": (), "floors": {}}
    )
    plan = siting.solve(siting.read_city(city), asked, gap=0.0, time_limit=20.0)
    assert not plan.document.projects
    plan.save(tmp_path / "plan", lang=lang)
    assert told_of(tmp_path / "plan") == (set(), set())
    book = openpyxl.load_workbook(tmp_path / "plan/report.xlsx")
    sheet = book.worksheets[1]
    sheet.cell(2, next(c.column for c in sheet[2] if c.value == 0)).value = 1
    book.save(tmp_path / "plan/report.xlsx")
    assert told_of(tmp_path / "plan")[0] == {(f"report.xlsx/{sheet.title}", "file_cell")}


def test_a_folder_of_a_city_in_plain_metres_is_as_siting_writes_it(city, tmp_path):
    shutil.copytree(city, tmp_path / "city")
    file = tmp_path / "city/city.toml"
    words = re.sub(r"(?m)^(metric_)?crs = .*\n", "", file.read_text("utf-8"))
    file.write_text(words, "utf-8")
    plan = siting.solve(
        siting.read_city(tmp_path / "city"), mutant_plans.scenario("funds"), time_limit=20.0
    )
    assert plan.document.inputs.metric_crs is None
    plan.save(tmp_path / "plan")
    assert told_of(tmp_path / "plan") == (set(), set())


def test_a_demo_is_as_siting_writes_it(tmp_path):
    api.generate(tmp_path / "city", places=120, spaces=20, types=8, seed=2, lang="zh")
    plan = siting.solve(siting.read_city(tmp_path / "city"), siting.Scenario(), time_limit=20.0)
    plan.save(tmp_path / "plan", lang="zh")
    assert told_of(tmp_path / "plan") == (set(), set())


def test_reports_written_again_in_the_other_language_are_as_siting_writes_them(plan, city):
    api.write_reports(plan, city=city, lang="zh")
    assert told_of(plan, city) == (set(), set())


# ------------------------------------------------------------------------------------ report.html


def change_page(plan, old, new, count=1):
    file = plan / "report.html"
    page = file.read_bytes().decode("utf-8")
    assert old in page
    file.write_bytes(page.replace(old, new, count).encode("utf-8"))


FRAMES = {
    "a rule on what may be loaded": ("default-src 'none'; ", ""),
    "a style": ("<style>\n", "<style>\n#s-money tr:nth-child(2) { display: none }\n"),
    "a script more": ("</body>", '<script>document.title = "9"</script>\n</body>'),
    "a script changed": ("textContent", "innerHTML"),
    "an attribute": ("<main>", '<main hidden="">'),
    "a comment": ("<main>", "<!-- 9 --><main>"),
    "a text": ("<main>", "<main><p>9,999 residents gain</p>"),
    "a line less": ('<div id="sheets"></div>', ""),
    "the end of a line": ("<main>\n", "<main>\r\n"),
    "a licence": ("Permission", "No permission"),
    "its title": ("<title>", "<title>Another city, "),
    "its language": ('<html lang="en">', '<html lang="zh-CN">'),
    "something behind it": ("</html>", "</html>\n<p>9</p>"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_page_with_another_frame_is_refused(plan, told, name):
    change_page(plan, *FRAMES[name])
    assert told("report.html")[0] == {("report.html", "page_frame")}


def change_data(plan, change):
    """Change the data of the page, and what the page says of it without its scripts."""
    file = plan / "report.html"
    page = file.read_bytes().decode("utf-8")
    before, raw, after = re.split(r'(?<=id="data">)(.*?)(?=</script>)', page, maxsplit=1)
    data = json.loads(raw)
    change(data)
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        raw = raw.replace(character, f"\\u{ord(character):04x}")
    file.write_bytes((before + raw + after).encode("utf-8"))


def sheet_of(data, name):
    return next(sheet for sheet in data["sheets"] if sheet["id"] == name)


def swap_heads(data):
    columns = sheet_of(data, "coverage")["columns"]
    before, after = columns[5:7]
    before["label"], after["label"] = after["label"], before["label"]


@pytest.mark.parametrize(
    ("change", "where", "key"),
    [
        (lambda d: d["words"].update(money=["9", "9"]), "report.html", "foreign"),
        (lambda d: d["words"].update(more=["9", "9"]), "report.html", "foreign"),
        (lambda d: d.update(title=["9", "9"]), "report.html", "foreign"),
        (swap_heads, "report.html/coverage", "file_columns"),
        (
            lambda d: sheet_of(d, "coverage")["columns"][4].update(kind="share"),
            "report.html/coverage",
            "file_columns",
        ),
        (
            lambda d: sheet_of(d, "money").update(title=["9", "9"]),
            "report.html/money",
            "file_columns",
        ),
    ],
    ids=["a word", "a word more", "the title", "two headings", "a kind", "a table's title"],
)
def test_words_and_headings_of_the_page_are_those_of_siting(plan, told, change, where, key):
    change_data(plan, change)
    assert (where, key) in told("report.html")[0]


def test_a_key_that_stands_twice_in_the_data_of_the_page_is_refused(plan, told):
    change_page(plan, '{"lang":', '{"lang":"zh","lang":')
    assert told("report.html")[0] == {("report.html", "file_unreadable")}


def test_data_that_a_browser_could_take_for_tags_is_refused(plan, told):
    change_page(plan, '{"lang":', '{"<!--<script>":0,"lang":')
    assert ("report.html", "foreign") in told("report.html")[0]


def test_a_page_of_another_version_is_not_compared_and_that_is_said(plan, told):
    change_page(plan, 'content="siting ', 'content="siting 0.0.1+')
    change_page(plan, "<main>", "<main><p>9</p>")
    assert told("report.html") == (set(), {("report.html", "page_other_version")})


def test_a_page_that_does_not_say_who_wrote_it_is_refused(plan, told):
    change_page(plan, '<meta name="generator"', '<meta name="maker"')
    assert told("report.html")[0] == {("report.html", "page_frame")}


# -------------------------------------------------------------------------------------- plan.gpkg


def change_layers(plan, *statements):
    with closing(sqlite3.connect(plan / "plan.gpkg")) as file, file:
        file.create_function("ST_IsEmpty", 1, lambda _: 1)
        for statement in statements:
            file.execute(statement)


LAYERS = {
    "a table": "CREATE TABLE notes (said)",
    "a view": "CREATE VIEW results AS SELECT * FROM projects",
    "a project of QGIS": "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata, content)",
    "a layer": (
        "CREATE TABLE better (fid INTEGER PRIMARY KEY, geom POINT)",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
        " SELECT 'better', 'features', 'better', srs_id FROM gpkg_contents LIMIT 1",
        "INSERT INTO gpkg_geometry_columns"
        " SELECT 'better', 'geom', 'POINT', srs_id, 0, 0 FROM gpkg_geometry_columns LIMIT 1",
    ),
    "a column": "ALTER TABLE projects ADD COLUMN residents_served REAL DEFAULT 9",
    "an index": "CREATE INDEX quick ON projects (space)",
    "a trigger": "CREATE TRIGGER t AFTER DELETE ON spaces BEGIN DELETE FROM places; END",
    "a trigger under a name of GDAL": (
        'DROP TRIGGER "rtree_places_geom_delete"',
        'CREATE TRIGGER "rtree_places_geom_delete" AFTER DELETE ON places BEGIN'
        " UPDATE projects SET capital = 0; END",
    ),
    "a description": "UPDATE gpkg_contents SET description = '9' WHERE table_name = 'projects'",
    "another identifier": "UPDATE gpkg_contents SET identifier = '9' WHERE table_name = 'places'",
    "a layer that is not listed": "DELETE FROM gpkg_contents WHERE table_name = 'projects'",
    "another count": "UPDATE gpkg_ogr_contents SET feature_count = 9",
    "lines for points": "UPDATE gpkg_geometry_columns SET geometry_type_name = 'LINESTRING'",
    "an extension": "INSERT INTO gpkg_extensions VALUES ('projects', NULL, 'x', 'y', 'z')",
    "tiles": (
        "INSERT INTO gpkg_tile_matrix_set VALUES ('projects', 0, 0, 0, 1, 1)",
        "INSERT INTO gpkg_tile_matrix VALUES ('projects', 0, 1, 1, 1, 1, 1, 1)",
    ),
    "another definition of the system": "UPDATE gpkg_spatial_ref_sys SET"
    " definition = replace(definition, '500000', '500100')",
}


@pytest.mark.parametrize("name", LAYERS)
def test_what_siting_does_not_write_into_the_layers_is_refused(plan, told, name):
    statements = LAYERS[name]
    change_layers(plan, *([statements] if isinstance(statements, str) else statements))
    assert told("plan.gpkg")[0] == {("plan.gpkg", "foreign")}


@pytest.mark.parametrize("layer", ["projects", "places"])
def test_an_extent_that_is_not_that_of_the_points_is_refused(plan, told, layer):
    change_layers(plan, f"UPDATE gpkg_contents SET max_x = min_x WHERE table_name = '{layer}'")
    assert told("plan.gpkg")[0] == {("plan.gpkg", "layer_extent")}


INDEXES = {
    "a row less": 'DELETE FROM "rtree_projects_geom" WHERE id = 1',
    "a row more": 'INSERT INTO "rtree_projects_geom" VALUES (99, 0, 1, 0, 1)',
    "a box elsewhere": 'UPDATE "rtree_projects_geom" SET maxx = maxx + 50, minx = minx + 50',
    "a box too wide": 'UPDATE "rtree_projects_geom" SET maxx = maxx + 50',
    "a broken tree": 'DELETE FROM "rtree_projects_geom_rowid" WHERE rowid = 1',
}


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_that_does_not_find_every_point_is_refused(plan, told, name):
    change_layers(plan, INDEXES[name])
    assert told("plan.gpkg")[0] <= {("plan.gpkg", "layer_index"), ("plan.gpkg", "foreign")}
    assert told("plan.gpkg")[0]


def test_layers_without_an_index_are_whole(plan, told):
    change_layers(
        plan,
        *(f'DROP TABLE "rtree_{layer}_geom"' for layer in ("projects", "spaces", "places")),
        "DELETE FROM gpkg_extensions",
    )
    with closing(sqlite3.connect(plan / "plan.gpkg")) as file, file:
        found = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in found:
            file.execute(f'DROP TRIGGER "{name}"')
    assert told("plan.gpkg")[0] == set()


class WithoutTrees:
    """SQLite as some build it: it cannot read such an index."""

    def __init__(self, file):
        self.file = file

    def execute(self, asked, *values):
        if "pragma_module_list" in asked:
            return self.file.execute("SELECT 1 WHERE 0")
        return self.file.execute(asked, *values)


def test_an_index_that_cannot_be_read_is_named(plan):
    with closing(sqlite3.connect(plan / "plan.gpkg")) as file:
        found = check_indexes(WithoutTrees(file), "plan.gpkg", {"projects": {}, "places": {}})
    assert [(n.key, n.file) for n in found] == [("verify.index_unchecked", "plan.gpkg")]
    assert found[0].line("en") != found[0].line("zh")


STYLES = {
    "a label": "UPDATE layer_styles SET styleQML = replace(styleQML, 'type_en', 'capital')",
    "an alias": "UPDATE layer_styles SET styleQML = replace(styleQML, '(yuan)', '(million)')",
    "a class not drawn": "UPDATE layer_styles SET styleQML = replace(styleQML,"
    " 'render=\"true\"', 'render=\"false\"') WHERE id = 1",
    "a style more": "INSERT INTO layer_styles SELECT 9, f_table_catalog, f_table_schema,"
    " f_table_name, f_geometry_column, 'new', styleQML, styleSLD, 1, description, owner, ui,"
    " update_time FROM layer_styles WHERE id = 1",
    "a style less": "DELETE FROM layer_styles WHERE id = 3",
    "another default": "UPDATE layer_styles SET useAsDefault = id = 4 WHERE id > 2",
    "nobody's style": "UPDATE layer_styles SET description = 'mine'",
    "a form": "UPDATE layer_styles SET ui = '<ui/>'",
    "the other format": "UPDATE layer_styles SET styleSLD = '<StyledLayerDescriptor/>'",
}


@pytest.mark.parametrize("name", STYLES)
def test_a_style_that_is_not_of_siting_is_refused(plan, told, name):
    change_layers(plan, STYLES[name])
    assert told("plan.gpkg")[0] == {("plan.gpkg", "layer_style")}


def test_styles_of_another_version_are_not_compared_and_that_is_said(plan, told):
    change_layers(plan, "UPDATE layer_styles SET description = 'siting 0.0.1', styleQML = '9'")
    assert told("plan.gpkg") == (set(), {("plan.gpkg", "styles_other_version")})


# ------------------------------------------------------------------------------------ report.xlsx


def change_parts(plan, part, change):
    """Rewrite one part of the workbook; a new one has no text yet."""
    book = plan / "report.xlsx"
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts.get(part, b"").decode("utf-8")
    parts[part] = change(before).encode("utf-8")
    assert parts[part] != before.encode("utf-8")
    with zipfile.ZipFile(book, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def sheet(number):
    return f"xl/worksheets/sheet{number}.xml"


def put(old, new, count=1):
    def change(words):
        assert re.search(old, words)
        return re.sub(old, new, words, count=count)

    return change


def far(words):
    """Return a sheet whose last row stands where nobody looks."""
    last = re.findall(r'<row r="(\d+)"', words)[-1]
    head, tail = words.rsplit(f'<row r="{last}"', 1)
    return f'{head}<row r="60000"' + re.sub(rf'r="([A-Z]+){last}"', r'r="\g<1>60000"', tail)


PARTS = {
    "a hidden sheet": ("xl/workbook.xml", put('name="Money"', 'name="Money" state="hidden"')),
    "a very hidden one": ("xl/workbook.xml", put('name="Needs"', r'\g<0> state="veryHidden"')),
    "no tabs": ("xl/workbook.xml", put("<workbookView ", '<workbookView showSheetTabs="0" ')),
    "a name": (
        "xl/workbook.xml",
        put("<definedNames>", '<definedNames><definedName name="total">9</definedName>'),
    ),
    "a printed area": (
        "xl/workbook.xml",
        put(
            "<definedNames>",
            '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="1">'
            "Projects!$A$1:$B$2</definedName>",
        ),
    ),
    "another head on paper": ("xl/workbook.xml", put(r"Projects!\$1:\$1", "Projects!$3:$3")),
    "links": ("xl/workbook.xml", put("<calcPr", "<externalReferences/><calcPr")),
    "macros": ("xl/vbaProject.bin", lambda _: "9"),
    "texts from elsewhere": (
        "xl/_rels/workbook.xml.rels",
        put(
            "</Relationships>",
            '<Relationship Id="rId99" Type="x/sharedStrings" Target="sharedStrings.xml"/>\\g<0>',
        ),
    ),
    "a link to another file": (
        "xl/_rels/workbook.xml.rels",
        put(
            "</Relationships>",
            '<Relationship Id="rId99" Type="x/link" TargetMode="External" Target="a.xlsx"/>\\g<0>',
        ),
    ),
    "comments": ("xl/comments1.xml", lambda _: "<comments/>"),
    "a picture": ("xl/media/image1.png", lambda _: "9"),
    "a drawing": (
        "xl/drawings/drawing1.xml",
        lambda _: "<wsDr><twoCellAnchor/></wsDr>",
    ),
    "a hidden row": (sheet(2), put('<row r="2"', '<row r="2" hidden="1"')),
    "a flat row": (sheet(2), put('<row r="2"', '<row r="2" ht="0.5" customHeight="1"')),
    "hidden rows": (sheet(2), put("<sheetFormatPr ", '<sheetFormatPr zeroHeight="1" ')),
    "a hidden column": (sheet(2), put('<col min="8"', '<col hidden="1" min="8"')),
    "a narrow column": (sheet(2), put(r'width="[\d.]+"', 'width="0.3"')),
    "a row far below": (sheet(2), far),
    "a filter": (
        sheet(2),
        put(r"<autoFilter ([^/]*)/>", r'<autoFilter \1><filterColumn colId="0"/></autoFilter>'),
    ),
    "a format by condition": (
        sheet(2),
        put("<pageMargins", '<conditionalFormatting sqref="A1:H9"/><pageMargins'),
    ),
    "a check of what is typed": (
        sheet(2),
        put("<pageMargins", '<dataValidations count="0"/><pageMargins'),
    ),
    "a link": (sheet(2), put("<pageMargins", "<hyperlinks/><pageMargins")),
    "an old drawing": (sheet(2), put("</worksheet>", '<legacyDrawing id="1"/></worksheet>')),
    "an extension": (sheet(2), put("</worksheet>", "<extLst/></worksheet>")),
    "a formula": (sheet(2), put(r"<v>(\d)", r"<f>9</f><v>\1")),
    "merged cells": (
        sheet(2),
        put(
            "<autoFilter", '<mergeCells count="1"><mergeCell ref="A2:B2"/></mergeCells><autoFilter'
        ),
    ),
    "merged rows": (
        sheet(2),
        put(
            "<autoFilter", '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells><autoFilter'
        ),
    ),
    "no zeros": (sheet(2), put("<sheetView ", '<sheetView showZeros="0" ')),
    "rows nobody can scroll to": (sheet(2), put("<sheetView ", '<sheetView topLeftCell="A3" ')),
    "another footer": (sheet(2), put("&amp;Cpage", "&amp;C&amp;Gpage")),
    "white letters": ("xl/styles.xml", put('<color theme="1"/>', '<color rgb="FFFFFFFF"/>', 0)),
    "signs for letters": ("xl/styles.xml", put('val="Calibri"', 'val="Wingdings"', 0)),
    "crossed out": ("xl/styles.xml", put("<b/>", "<b/><strike/>")),
    "white paper gone": (
        "xl/theme/theme1.xml",
        put('lastClr="000000"', 'lastClr="FFFFFF"'),
    ),
    "a text in two pieces": (
        "xl/sharedStrings.xml",
        put("<t>The answer</t>", "<t>The</t><rPh><t>9</t></rPh>"),
    ),
    "a white piece": (
        "xl/sharedStrings.xml",
        put(
            "<t>The answer</t>",
            '<r><t>The</t></r><r><rPr><sz val="10"/><color rgb="FFFFFFFF"/><rFont val="Calibri"/>'
            "</rPr><t> answer</t></r>",
        ),
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_what_hides_or_adds_something_in_the_workbook_is_refused(plan, told, name):
    change_parts(plan, *PARTS[name])
    assert told("report.xlsx")[0] == {("report.xlsx", "foreign")}


def test_a_further_sheet_is_refused(plan, told):
    book = openpyxl.load_workbook(plan / "report.xlsx")
    book.create_sheet("Results")["A1"] = 9
    book.save(plan / "report.xlsx")
    assert told("report.xlsx")[0] == {("report.xlsx", "foreign")}


@pytest.mark.parametrize("code", ['"9,999"', "0.00%", '#,##0;;;"9"', "yyyy"])
def test_a_format_that_siting_does_not_use_is_refused(plan, told, code):
    book = openpyxl.load_workbook(plan / "report.xlsx")
    book["Projects"]["H2"].number_format = code
    book.save(plan / "report.xlsx")
    assert told("report.xlsx")[0] >= {("report.xlsx", "foreign")}


@pytest.mark.parametrize(
    ("name", "code"),
    [("Money", "0"), ("Needs", "0"), ("Who has what", "0.0%"), ("Still open", "0.000%")],
)
def test_a_number_is_shown_as_what_it_is(plan, told, name, code):
    book = openpyxl.load_workbook(plan / "report.xlsx")
    rows = [*book[name].iter_rows()]
    wanted = "0.0%" if code == "0" else "#,##0"
    cell = next(
        c
        for row in reversed(rows)
        for c in row
        if isinstance(c.value, int | float) and c.number_format == wanted
    )
    cell.number_format = code
    book.save(plan / "report.xlsx")
    assert told("report.xlsx")[0] == {(f"report.xlsx/{name}", "cell_format")}


@pytest.mark.parametrize("name", ["Summary", "Assumptions and sources"])
def test_a_number_beside_the_tables_is_refused(plan, told, name):
    book = openpyxl.load_workbook(plan / "report.xlsx")
    cell = book[name]["C1"]
    cell.value = 9_999
    book.save(plan / "report.xlsx")
    assert told("report.xlsx")[0] == {(f"report.xlsx/{name}", "number_beside")}


def test_a_workbook_that_a_programme_saved_again_is_the_same(plan, told):
    openpyxl.load_workbook(plan / "report.xlsx").save(plan / "report.xlsx")
    assert told("report.xlsx") == (set(), set())


# ------------------------------------------------------------------- projects.geojson, the folder


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('{"type": "FeatureCollection",', '\\g<0> "crs": {"type": "name"},', "foreign"),
        ('{"type": "FeatureCollection",', '\\g<0> "bbox": [0, 0, 1, 1],', "foreign"),
        ('{"type": "Feature",', '\\g<0> "id": 9,', "foreign"),
        ('{"type": "Point",', '\\g<0> "z": 9,', "foreign"),
        ('"capital":', '"capital": 9.0, "capital":', "file_unreadable"),
        ('"features":', '"features": [], "features":', "file_unreadable"),
    ],
)
def test_members_that_the_map_does_not_have_are_refused(plan, told, old, new, key):
    file = plan / "projects.geojson"
    words = file.read_text("utf-8")
    changed = re.sub(re.escape(old), new, words, count=1)
    assert changed != words
    file.write_text(changed, "utf-8")
    assert told("projects.geojson")[0] == {("projects.geojson", key)}


def test_files_that_siting_does_not_write_are_named(plan, city):
    (plan / "notes.txt").write_text("9", "utf-8")
    (plan / "pictures").mkdir()
    checked = inspect_folder(plan, city=city)
    assert checked.notices == ()
    (remark,) = checked.remarks
    assert remark.key == "verify.files_unknown"
    assert remark.values["names"] == "notes.txt, pictures"
    for k in range(40):
        (plan / f"n{k}").touch()
    (remark,) = inspect_folder(plan, city=city).remarks
    assert remark.line("en").count(", n") < 25
