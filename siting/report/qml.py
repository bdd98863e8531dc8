"""Styles of point layers in QGIS's own format (QML)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VERSION = "3.22.0"
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_LABELS_BELOW = 15_000  # scale from which labels are drawn


@dataclass(frozen=True)
class Symbol:
    """How points with one value are drawn: what the legend says, colour, size in millimetres."""

    value: str
    label: str
    colour: str
    size: float
    hollow: bool = False


@dataclass(frozen=True)
class Band:
    """How points with values from `least` to `most` are drawn."""

    least: float
    most: float
    label: str
    colour: str
    size: float


def categorised(
    attribute: str,
    symbols: Sequence[Symbol],
    aliases: Mapping[str, str],
    *,
    label: str | None = None,
) -> str:
    """Return a style with a symbol for each value of a column or expression.

    Parameters
    ----------
    aliases
        What columns are called in the table of attributes.
    label
        The column that labels the points when one looks closely.
    """
    root = _root(label is not None)
    renderer = _renderer(root, "categorizedSymbol", attribute)
    categories = ElementTree.SubElement(renderer, "categories")
    drawn = ElementTree.SubElement(renderer, "symbols")
    for k, symbol in enumerate(symbols):
        said = {"value": symbol.value, "symbol": str(k), "label": symbol.label, "render": "true"}
        ElementTree.SubElement(categories, "category", said)
        _marker(drawn, k, symbol.colour, symbol.size, hollow=symbol.hollow)
    if label is not None:
        _labels(root, label)
    return _written(root, aliases)


def banded(attribute: str, bands: Sequence[Band], aliases: Mapping[str, str]) -> str:
    """Return a style with a symbol for each range of an expression."""
    root = _root(False)
    renderer = _renderer(root, "graduatedSymbol", attribute)
    renderer.set("graduatedMethod", "GraduatedColor")
    ranges = ElementTree.SubElement(renderer, "ranges")
    drawn = ElementTree.SubElement(renderer, "symbols")
    for k, band in enumerate(bands):
        said = {"lower": repr(band.least), "upper": repr(band.most), "symbol": str(k)}
        ElementTree.SubElement(ranges, "range", {**said, "label": band.label, "render": "true"})
        _marker(drawn, k, band.colour, band.size, hollow=False)
    return _written(root, aliases)


def _root(labelled: bool) -> ElementTree.Element:
    said = {"version": _VERSION, "styleCategories": "Symbology|Labeling|Fields"}
    if labelled:
        said["labelsEnabled"] = "1"
    return ElementTree.Element("qgis", said)


def _renderer(root: ElementTree.Element, kind: str, attribute: str) -> ElementTree.Element:
    said = {"type": kind, "attr": attribute, "enableorderby": "0", "forceraster": "0"}
    return ElementTree.SubElement(root, "renderer-v2", {**said, "symbollevels": "0"})


def _marker(
    symbols: ElementTree.Element, number: int, colour: str, size: float, *, hollow: bool
) -> None:
    said = {"type": "marker", "name": str(number), "alpha": "1", "clip_to_extent": "1"}
    symbol = ElementTree.SubElement(symbols, "symbol", {**said, "force_rhr": "0"})
    layer = ElementTree.SubElement(
        symbol, "layer", {"class": "SimpleMarker", "enabled": "1", "locked": "0", "pass": "0"}
    )
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    full, faint = f"{red},{green},{blue},255", f"{red},{green},{blue},0"
    options = {
        "name": "circle",
        "color": faint if hollow else full,
        "outline_color": full if hollow else "255,255,255,255",
        "outline_style": "solid",
        "outline_width": "0.4" if hollow else "0.2",
        "outline_width_unit": "MM",
        "size": f"{size:g}",
        "size_unit": "MM",
    }
    table = ElementTree.SubElement(layer, "Option", {"type": "Map"})
    for name, value in options.items():
        ElementTree.SubElement(table, "Option", {"name": name, "type": "QString", "value": value})
        ElementTree.SubElement(layer, "prop", {"k": name, "v": value})


def _labels(root: ElementTree.Element, column: str) -> None:
    labeling = ElementTree.SubElement(root, "labeling", {"type": "simple"})
    settings = ElementTree.SubElement(labeling, "settings", {"calloutType": "simple"})
    style = {"fieldName": column, "isExpression": "0", "fontSize": "8", "fontSizeUnit": "Point"}
    text = ElementTree.SubElement(settings, "text-style", {**style, "textColor": "0,0,0,255"})
    halo = {"bufferDraw": "1", "bufferSize": "0.7", "bufferSizeUnits": "MM"}
    ElementTree.SubElement(text, "text-buffer", {**halo, "bufferColor": "255,255,255,255"})
    ElementTree.SubElement(settings, "placement", {"placement": "6", "dist": "1"})
    scale = {"scaleVisibility": "1", "scaleMax": str(_LABELS_BELOW), "scaleMin": "1"}
    ElementTree.SubElement(settings, "rendering", {**scale, "obstacle": "0"})


def _written(root: ElementTree.Element, aliases: Mapping[str, str]) -> str:
    listed = ElementTree.SubElement(root, "aliases")
    for column, name in aliases.items():
        ElementTree.SubElement(listed, "alias", {"field": column, "name": name})
    return _DOCTYPE + ElementTree.tostring(root, encoding="unicode")
