"""Whether the styles in plan.gpkg are those that siting writes.

QGIS draws by them: a style can colour a project as another class, leave out points, or label one
with another number. So each is put together here once more, and must be the same letter by letter.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from siting.errors import Notice
from siting.plan.classes import CLASS_COLOURS, OTHER_COLOUR, SHARE_COLOURS, class_word
from siting.verify.layer_schema import GEOMETRY, STYLES
from siting.words import Lang, text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

OTHER_STYLES = "verify.styles_other_version"
"""Key of the notice that styles were not compared, because another version wrote them."""
_ALIASES = {
    "projects": "space type class community area_m2 capital one_off relief subsidy_per_year"
    " residents_gained residents_shared",
    "spaces": "id community kind area_m2 rent_m2_month floor opened",
    "places": "id community everyone gained needs met_before met_after",
}
_SHARES = ("0.0", "0.5", "0.8", "1.0")
_PERCENT = ("0%", "50%", "80%", "100%")
_MARK = (
    'name="circle" color="{fill}" outline_color="{line}" outline_style="solid"'
    ' outline_width="{width}" outline_width_unit="MM" size="{size}" size_unit="MM"'
)
_LABELS = (
    '<labeling type="simple"><settings calloutType="simple"><text-style fieldName="{column}"'
    ' isExpression="0" fontSize="8" fontSizeUnit="Point" textColor="0,0,0,255"><text-buffer'
    ' bufferDraw="1" bufferSize="0.7" bufferSizeUnits="MM" bufferColor="255,255,255,255" />'
    '</text-style><placement placement="6" dist="1" /><rendering scaleVisibility="1"'
    ' scaleMax="15000" scaleMin="1" obstacle="0" /></settings></labeling>'
)
_COLUMNS = (
    "f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,"
    " styleSLD, useAsDefault, description, owner, ui"
)
_LAYER, _NAME, _MAKER = 2, 4, 8  # of those columns
Element = ElementTree.Element


def check_styles(
    file: sqlite3.Connection, name: str, tables: Mapping[str, str], classes: Sequence[str] | None
) -> list[Notice]:
    """Return which styles are not those that siting writes.

    Parameters
    ----------
    tables
        What each layer's table is called.
    classes
        Of the standard's types, in their order; None where they are not known.
    """
    there = file.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (STYLES,)).fetchone()
    if there is None or classes is None:
        return []
    stated = file.execute(f"SELECT {_COLUMNS} FROM {STYLES} ORDER BY id").fetchall()
    runs = f"siting {version('siting')}"
    makers = {str(row[_MAKER]) for row in stated} - {runs}
    if makers and all(maker.startswith("siting ") for maker in makers):
        others = ", ".join(sorted(maker.removeprefix("siting ") for maker in makers))
        values = {"stated": others, "right": version("siting")}
        return [Notice(OTHER_STYLES, file=name, values=values)]
    lang: Lang = "en" if tables["projects"] == "projects" else "zh"
    right = [
        ("", "", tables[layer], GEOMETRY, text(f"report.style_{word}", lang), qml, "", default)
        for layer, word, qml, default in (
            ("projects", "class", _projects(classes, lang), 1),
            ("spaces", "opened", _spaces(lang), 1),
            ("places", "after", _places("met_after", lang), 1),
            ("places", "before", _places("met_before", lang), 0),
        )
    ]
    ought = [(*row, runs, "", None) for row in right]
    wrong = [row for row in stated if row not in ought]
    wrong += [row for row in ought if stated.count(row) != 1 and not wrong]
    return [
        Notice(
            "verify.layer_style",
            file=name,
            values={"layer": str(row[_LAYER]), "name": str(row[_NAME])},
        )
        for row in wrong
    ]


def _projects(classes: Sequence[str], lang: Lang) -> str:
    marks = [
        (word, _flat(class_word(word, lang)), _mark(CLASS_COLOURS.get(word, OTHER_COLOUR), "3.4"))
        for word in dict.fromkeys(classes)
    ]
    labels = ElementTree.fromstring(_LABELS.format(column=f"type_{lang}"))
    return _written("projects", lang, _categories("class", marks), labels)


def _spaces(lang: Lang) -> str:
    marks = [
        ("1", text("report.style_used", lang), _mark("#000000", "2.2", hollow=True)),
        ("0", text("report.style_vacant", lang), _mark("#999999", "1.6", hollow=True)),
    ]
    shown = "CASE WHEN \"opened\" = '' THEN 0 ELSE 1 END"
    return _written("spaces", lang, _categories(shown, marks))


def _places(column: str, lang: Lang) -> str:
    shown = f'CASE WHEN "needs" > 0 THEN 1.0 * "{column}" / "needs" ELSE 1 END'
    drawn = _drawn("graduatedSymbol", shown)
    drawn.set("graduatedMethod", "GraduatedColor")
    ranges = ElementTree.SubElement(drawn, "ranges")
    last = len(_SHARES) - 1
    for k, least in enumerate(_SHARES):
        label = text("report.style_all", lang)
        if k < last:
            ends = {"least": _PERCENT[k], "below": _PERCENT[k + 1]}
            label = text("report.style_share", lang, **ends)
        said = {"lower": least, "upper": _SHARES[min(k + 1, last)], "symbol": str(k)}
        ElementTree.SubElement(ranges, "range", {**said, "label": label, "render": "true"})
    _symbols(drawn, [_mark(colour, "1.2") for colour in SHARE_COLOURS])
    return _written("places", lang, drawn)


def _categories(shown: str, marks: Sequence[tuple[str, str, dict[str, str]]]) -> Element:
    drawn = _drawn("categorizedSymbol", shown)
    listed = ElementTree.SubElement(drawn, "categories")
    for k, (value, label, _) in enumerate(marks):
        said = {"value": value, "symbol": str(k), "label": label, "render": "true"}
        ElementTree.SubElement(listed, "category", said)
    _symbols(drawn, [mark for *_, mark in marks])
    return drawn


def _drawn(kind: str, shown: str) -> Element:
    said = {"type": kind, "attr": shown, "enableorderby": "0", "forceraster": "0"}
    return Element("renderer-v2", {**said, "symbollevels": "0"})


def _mark(colour: str, size: str, *, hollow: bool = False) -> dict[str, str]:
    parts = ",".join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5))
    fill, line, width = (
        (f"{parts},0", f"{parts},255", "0.4")
        if hollow
        else (f"{parts},255", "255,255,255,255", "0.2")
    )
    said = _MARK.format(fill=fill, line=line, width=width, size=size)
    return dict(ElementTree.fromstring(f"<mark {said} />").attrib)


def _symbols(drawn: Element, marks: Sequence[dict[str, str]]) -> None:
    symbols = ElementTree.SubElement(drawn, "symbols")
    for k, mark in enumerate(marks):
        said = {"type": "marker", "name": str(k), "alpha": "1", "clip_to_extent": "1"}
        symbol = ElementTree.SubElement(symbols, "symbol", {**said, "force_rhr": "0"})
        shape = {"class": "SimpleMarker", "enabled": "1", "locked": "0", "pass": "0"}
        layer = ElementTree.SubElement(symbol, "layer", shape)
        options = ElementTree.SubElement(layer, "Option", {"type": "Map"})
        for name, value in mark.items():
            said = {"name": name, "type": "QString", "value": value}
            ElementTree.SubElement(options, "Option", said)
            ElementTree.SubElement(layer, "prop", {"k": name, "v": value})


def _written(layer: str, lang: Lang, drawn: Element, labels: Element | None = None) -> str:
    said = {"version": "3.22.0", "styleCategories": "Symbology|Labeling|Fields"}
    root = Element("qgis", said if labels is None else {**said, "labelsEnabled": "1"})
    root.append(drawn)
    if labels is not None:
        root.append(labels)
    listed = ElementTree.SubElement(root, "aliases")
    for column in _ALIASES[layer].split():
        named = {"field": column, "name": text(f"report.alias_{column}", lang)}
        ElementTree.SubElement(listed, "alias", named)
    document_type = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return document_type + ElementTree.tostring(root, encoding="unicode")


def _flat(word: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(word.split()))
