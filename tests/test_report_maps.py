"""plan.gpkg with its styles, projects.geojson, and what Python users and notebooks draw."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from xml.etree import ElementTree

import geopandas as gpd
import pytest
from small_town import asked, kind, town

import siting
import siting.api
from siting.errors import InputError
from siting.verify.folder import verify_folder
from siting.verify.geojson import check_geojson

LAYERS = {"en": ("projects", "spaces", "places"), "zh": ("项目", "闲置空间", "居民点")}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps") / "city"
    siting.api.generate(folder, places=60, spaces=10, types=8, seed=5)
    return siting.solve(siting.read_city(folder), siting.Scenario())


@pytest.fixture(scope="module", params=["en", "zh"])
def saved(request, plan, tmp_path_factory):
    """Language and folder of a saved plan."""
    lang = request.param
    return lang, plan.save(tmp_path_factory.mktemp("saved") / "plan", lang=lang)


def copied(folder, tmp_path):
    other = tmp_path / "plan"
    other.mkdir()
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    return other


def rows(path, question, *values):
    with closing(sqlite3.connect(path)) as file, file:
        return file.execute(question, values).fetchall()


def test_a_folder_in_either_language_is_verified(plan, saved):
    _, folder = saved
    assert verify_folder(folder, city=plan.city.path) == ()


def test_layers_are_named_in_the_language_of_the_reader(plan, saved):
    lang, folder = saved
    listed = rows(folder / "plan.gpkg", "SELECT table_name FROM gpkg_geometry_columns")
    assert {name for (name,) in listed} == set(LAYERS[lang])
    frame = gpd.read_file(folder / "plan.gpkg", layer=LAYERS[lang][0])
    assert frame["capital"].tolist() == [p.capital for p in plan.document.projects]
    assert set(frame["class"]) <= {t.type_class for t in plan.standard.types}


def test_each_layer_has_one_style_that_qgis_takes_by_itself(saved):
    lang, folder = saved
    found = rows(
        folder / "plan.gpkg",
        "SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"
        " AND f_table_catalog = '' AND f_table_schema = '' AND f_geometry_column = 'geom'",
    )
    assert sorted(name for name, _ in found) == sorted(LAYERS[lang])
    columns = rows(
        folder / "plan.gpkg", "SELECT table_name, column_name FROM gpkg_geometry_columns"
    )
    assert {column for _, column in columns} == {"geom"}
    for name, qml in found:
        root = ElementTree.fromstring(qml)
        renderer = root.find("renderer-v2")
        drawn = {symbol.get("name") for symbol in renderer.find("symbols")}
        used = {node.get("symbol") for node in renderer.iter() if node.tag in ("category", "range")}
        assert drawn == used
        have = {row[1] for row in rows(folder / "plan.gpkg", f'PRAGMA table_info("{name}")')}
        assert {alias.get("field") for alias in root.iter("alias")} <= have


def test_styles_are_listed_as_a_table_without_places(saved):
    _, folder = saved
    question = "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
    assert rows(folder / "plan.gpkg", question) == [("attributes",)]


def test_places_state_the_types_they_ask_for_and_have(plan, saved):
    lang, folder = saved
    places = gpd.read_file(folder / "plan.gpkg", layer=LAYERS[lang][2])
    assert (places["met_before"] <= places["met_after"]).all()
    assert (places["met_after"] <= places["needs"]).all()
    assert places["met_after"].sum() > places["met_before"].sum()
    assert places["needs"].max() == len(plan.document.coverage)


@pytest.mark.parametrize("column", ["needs", "met_before", "met_after"])
def test_a_changed_count_of_a_place_is_found(plan, saved, tmp_path, column):
    lang, folder = saved
    other = copied(folder, tmp_path)
    layer = LAYERS[lang][2]
    for (name,) in rows(other / "plan.gpkg", "SELECT name FROM sqlite_master WHERE type='trigger'"):
        rows(other / "plan.gpkg", f'DROP TRIGGER "{name}"')  # they call functions of GDAL
    rows(other / "plan.gpkg", f'UPDATE "{layer}" SET {column} = {column} + 1 WHERE fid = 3')
    (notice,) = verify_folder(other, city=plan.city.path)
    assert (notice.key, notice.values["name"]) == ("verify.layer_cell", column)


def test_a_layer_beside_its_namesake_is_checked_too(plan, saved, tmp_path):
    lang, folder = saved
    other = copied(folder, tmp_path)
    mine, theirs = LAYERS[lang][1], LAYERS["zh" if lang == "en" else "en"][1]
    rows(other / "plan.gpkg", f'CREATE TABLE "{theirs}" AS SELECT * FROM "{mine}" WHERE fid > 1')
    assert verify_folder(other, city=plan.city.path)


# GeoJSON


def test_projects_are_written_in_longitude_and_latitude(plan, saved):
    _, folder = saved
    content = json.loads((folder / "projects.geojson").read_text("utf-8"))
    assert content == json.loads(plan.to_geojson())
    assert "crs" not in content
    assert [f["properties"]["space"] for f in content["features"]] == [
        p.space for p in plan.document.projects
    ]
    back = gpd.GeoDataFrame.from_features(content, crs="EPSG:4326").to_crs(plan.city.metric_crs)
    for point, project in zip(back.geometry, plan.document.projects, strict=True):
        assert (point.x, point.y) == pytest.approx((project.x, project.y), abs=1e-3)


@pytest.mark.parametrize("wrong", ["moved", "swapped", "capital", "type", "left out", "no map"])
def test_a_change_of_the_geojson_is_found(plan, saved, tmp_path, wrong):
    _, folder = saved
    path = copied(folder, tmp_path) / "projects.geojson"
    content = json.loads(path.read_text("utf-8"))
    feature = content["features"][0]
    if wrong == "moved":
        feature["geometry"]["coordinates"][0] += 1e-6
    elif wrong == "swapped":
        feature["geometry"]["coordinates"].reverse()
    elif wrong in ("capital", "type"):
        feature["properties"][wrong] = {"capital": 1.0, "type": "x"}[wrong]
    elif wrong == "left out":
        content["features"].pop()
    else:
        del content["features"]
    path.write_text(json.dumps(content), "utf-8")
    (notice,) = check_geojson(path, plan.document, None, plan.city.metric_crs)
    assert notice.file == "projects.geojson"


def test_a_city_in_plain_metres_has_no_geojson(tmp_path):
    plan = siting.solve(town(), asked(kind("shop")))
    with pytest.raises(InputError, match="plain metres"):
        plan.to_geojson()
    assert "projects.geojson" not in {f.name for f in plan.save(tmp_path / "plan").iterdir()}


# Python


@pytest.fixture
def plain():
    """Pictures are drawn without a screen, and closed."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.usefixtures("plain")
def test_a_plan_is_drawn_with_its_places_and_projects(plan, lang):
    axes = plan.plot(lang=lang)
    points = [len(drawn.get_offsets()) for drawn in axes.collections]
    assert points[0] == len(plan.city.places)
    assert sum(points[1:]) == len(plan.document.projects)
    assert str(len(plan.document.projects)) in axes.get_title()


def test_a_plan_is_drawn_on_axes_that_are_given(plan, plain):
    _, axes = plain.subplots()
    assert plan.plot(axes) is axes
    assert plan.detail.gaps.plot(axes) is axes


@pytest.mark.usefixtures("plain")
def test_a_plan_read_alone_draws_its_projects(plan, saved):
    _, folder = saved
    axes = siting.read_plan(folder).plot()
    assert sum(len(d.get_offsets()) for d in axes.collections) == len(plan.document.projects)
    assert "not drawn" in axes.get_title()
    assert "not drawn" not in plan.plot(lang="en").get_title()


@pytest.mark.usefixtures("plain")
def test_a_map_has_height_though_its_projects_lie_on_a_line(saved):
    _, folder = saved
    read = siting.read_plan(folder)
    lined = tuple(p.model_copy(update={"y": 5.0}) for p in read.document.projects)
    axes = replace(read, document=read.document.model_copy(update={"projects": lined})).plot()
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert high - low >= 0.3 * (right - left)
    assert low < 5.0 < high


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.usefixtures("plain")
def test_gaps_are_drawn_with_a_bar_for_each_type(plan, lang):
    gaps = plan.detail.gaps
    axes = gaps.plot(lang=lang)
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [t.zh if lang == "zh" else t.en for _, t in gaps.asking]
    drawn = [bar.get_width() for bar in axes.containers[1]]
    assert drawn == pytest.approx([c.before for c in plan.document.coverage])


@pytest.mark.filterwarnings("ignore::DeprecationWarning:folium|branca|xyzservices|jinja2")
# of the oldest geopandas and pyproj, where a single point is turned
@pytest.mark.filterwarnings("ignore:Conversion of an array with ndim > 0:DeprecationWarning")
def test_a_map_to_explore_shows_names_as_text(plan):
    pytest.importorskip("folium")
    project = plan.document.projects[0].model_copy(
        update={"community": "<script>alert(1)</script>"}
    )
    document = plan.document.model_copy(update={"projects": (project,)})
    shown = replace(plan, document=document).explore(lang="en", tiles=None)
    page = shown.get_root().render()
    assert "alert(1)" in page
    assert "<script>alert" not in page
    empty = replace(plan, document=plan.document.model_copy(update={"projects": ()}))
    with pytest.warns(UserWarning, match="Nothing has been displayed"):
        empty.explore(tiles=None)


@pytest.mark.parametrize(
    ("library", "extra", "draw"),
    [
        ("matplotlib", "plot", lambda plan: plan.plot()),
        ("matplotlib", "plot", lambda plan: plan.detail.gaps.plot()),
        ("folium", "explore", lambda plan: plan.explore()),
    ],
)
def test_a_missing_extra_is_named_in_one_line(plan, monkeypatch, library, extra, draw):
    for name in [n for n in sys.modules if n.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InputError) as raised:
        draw(plan)
    (notice,) = raised.value.notices
    for lang in ("en", "zh"):
        assert library in notice.line(lang)
        assert f"siting[{extra}]" in notice.line(lang)


@pytest.mark.parametrize(
    ("locale", "word"), [("en_GB.UTF-8", "residents"), ("zh_CN.UTF-8", "居民")]
)
def test_a_notebook_shows_a_short_table_of_plain_text(plan, monkeypatch, locale, word):
    monkeypatch.setenv("LC_ALL", locale)
    many = [
        plan.document.projects[0].model_copy(update={"space": f"<b>{k}</b>"}) for k in range(12)
    ]
    document = plan.document.model_copy(update={"projects": tuple(many)})
    page = replace(plan, document=document)._repr_html_()
    assert page.count("<tr>") == 11
    assert "<b>" not in page
    assert "&lt;b&gt;0&lt;/b&gt;" in page
    assert word in page
    ElementTree.fromstring(page)


def test_reports_written_again_speak_the_other_language(plan, saved, tmp_path):
    lang, folder = saved
    other = copied(folder, tmp_path)
    now = "zh" if lang == "en" else "en"
    for _ in range(2):
        plan.write_reports(plan, other, now)
        names = rows(
            other / "plan.gpkg", "SELECT f_table_name FROM layer_styles WHERE useAsDefault"
        )
        assert {name for (name,) in names} == set(LAYERS[now])
        assert {f.name for f in other.iterdir()} == {f.name for f in folder.iterdir()}
    assert verify_folder(other, city=plan.city.path) == ()
