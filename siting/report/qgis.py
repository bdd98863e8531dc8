"""Styles inside ``plan.gpkg``: QGIS finds the table ``layer_styles`` and uses them by itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib.metadata import version
from typing import TYPE_CHECKING

from siting.plan.classes import CLASS_COLOURS, OTHER_COLOUR, SHARE_COLOURS
from siting.plan.layers import layer_name, write_layers
from siting.report.figures import class_name
from siting.report.qml import Band, Symbol, banded, categorised
from siting.words import Lang, text

if TYPE_CHECKING:
    from pathlib import Path

    from siting.plan.model import Plan

# As QGIS makes the table itself.
_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)"""
_CONTENTS = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', 0)"""
_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
    styleName, styleQML, styleSLD, useAsDefault, description, owner)
VALUES ('', '', ?, 'geom', ?, ?, '', ?, ?, '')"""

_SHARES = (0.0, 0.5, 0.8, 1.0)  # from, as shares of what a place asks for
_COLUMNS = {
    "projects": (
        "space",
        "type",
        "class",
        "community",
        "area_m2",
        "capital",
        "one_off",
        "relief",
        "subsidy_per_year",
        "residents_gained",
        "residents_shared",
    ),
    "spaces": ("id", "community", "kind", "area_m2", "rent_m2_month", "floor", "opened"),
    "places": ("id", "community", "everyone", "gained", "needs", "met_before", "met_after"),
}


def style_map(plan: Plan, path: Path, lang: Lang) -> None:
    """Give each layer of a plan's GeoPackage a style.

    Where the file does not exist or speaks another language, it is written first.

    Projects are coloured by class, spaces by whether they are put to use, places by the share of
    what they ask for that they have: after the plan, and as a second style before it.

    Parameters
    ----------
    plan
        The plan that the file was written of, with its city.
    path
        The file.
    """
    if not _speaks(path, lang):
        fresh = path.with_name(f".{path.name}")
        fresh.unlink(missing_ok=True)
        write_layers(plan, fresh, lang)
        fresh.replace(path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DROP TABLE IF EXISTS layer_styles")
        file.execute("DELETE FROM gpkg_contents WHERE table_name = 'layer_styles'")
        file.execute(_TABLE)
        file.execute(_CONTENTS)
        # verify compares what this very version writes
        made = f"siting {version('siting')}"
        for layer, name, qml, default in _styles(plan, lang):
            file.execute(_STYLE, (layer_name(layer, lang), name, qml, default, made))


def _speaks(path: Path, lang: Lang) -> bool:
    """Tell whether there is a GeoPackage with its layers under the names of `lang`."""
    if not path.is_file():
        return False
    with closing(sqlite3.connect(path)) as file:
        there = {row[0] for row in file.execute("SELECT table_name FROM gpkg_geometry_columns")}
    return there == {layer_name(layer, lang) for layer in _COLUMNS}


def _styles(plan: Plan, lang: Lang) -> list[tuple[str, str, str, bool]]:
    """Return layer, name, QML and whether it is the default, of each style."""
    return [
        ("projects", text("report.style_class", lang), _projects(plan, lang), True),
        ("spaces", text("report.style_opened", lang), _spaces(lang), True),
        ("places", text("report.style_after", lang), _places("met_after", lang), True),
        ("places", text("report.style_before", lang), _places("met_before", lang), False),
    ]


def aliases(layer: str, lang: Lang) -> dict[str, str]:
    """Return what the columns of a layer are called where people read them."""
    return {column: text(f"report.alias_{column}", lang) for column in _COLUMNS[layer]}


def _projects(plan: Plan, lang: Lang) -> str:
    words = dict.fromkeys(t.type_class for t in plan.standard.types)
    symbols = [
        Symbol(w, class_name(w, lang), CLASS_COLOURS.get(w, OTHER_COLOUR), size=3.4) for w in words
    ]
    name = "type_zh" if lang == "zh" else "type_en"
    return categorised("class", symbols, aliases("projects", lang), label=name)


def _spaces(lang: Lang) -> str:
    symbols = [
        Symbol("1", text("report.style_used", lang), "#000000", size=2.2, hollow=True),
        Symbol("0", text("report.style_vacant", lang), "#999999", size=1.6, hollow=True),
    ]
    return categorised(
        "CASE WHEN \"opened\" = '' THEN 0 ELSE 1 END", symbols, aliases("spaces", lang)
    )


def _places(column: str, lang: Lang) -> str:
    ends = (*_SHARES[1:], None)
    bands = []
    for least, below, colour in zip(_SHARES, ends, SHARE_COLOURS, strict=True):
        if below is None:
            label = text("report.style_all", lang)
        else:
            label = text("report.style_share", lang, least=f"{least:.0%}", below=f"{below:.0%}")
        # the last band holds only places that have all they ask for
        bands.append(Band(least, 1.0 if below is None else below, label, colour, size=1.2))
    attribute = f'CASE WHEN "needs" > 0 THEN 1.0 * "{column}" / "needs" ELSE 1 END'
    return banded(attribute, bands, aliases("places", lang))
