"""How the cells of a workbook are shown: the formats of numbers, and looks in which they are read.

A format can show any number as any other, white letters on white none at all. So each look that a
cell uses must be one of those that siting gives its cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.verify.book_parts import MAIN, Element, on, tag_of
from siting.verify.cells import FORMATS, GENERAL

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    49: "@",
}
_BLACK = ("", "FF000000")
_PAPER = ("", "FFFFFFFF")
# Letters and what is behind them
_COLOURS = (
    *((black, paper) for black in _BLACK for paper in (*_PAPER, "FFD9E2EC")),
    ("FF1F4E79", "FFDDEBF7"),
    ("FFFFFFFF", "FF0072B2"),
    ("FF843C0C", "FFFCE4D6"),
    *(("FF7F7F7F", paper) for paper in _PAPER),
)
_LEGIBLE = tuple(letters for letters, paper in _COLOURS if paper in _PAPER)
# Programmes put other fonts where those of siting are not installed; those show signs for letters
_SIGNS = ("dings", "symbol", "marlett", "barcode", "mt extra")
_SIZES = ("10", "11", "13")
_OF_FONTS = (
    *("b", "sz", "color", "name", "rFont", "family", "scheme", "charset"),
    *("i", "strike", "u"),
)
_SIDES = ("general", "left", "right", "center")
_ROTATED = ("0", "90")
_MOST_INDENT = 1
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@dataclass(frozen=True)
class Looks:
    """How cells are shown.

    Attributes
    ----------
    formats
        Of numbers, by the number that cells name.
    foreign
        What in a look is none of siting's, by the same number; empty where nothing is.
    """

    formats: list[str]
    foreign: list[str]


def read_looks(root: Element, theme: Element | None) -> Looks:
    """Return the looks that cells may name.

    Parameters
    ----------
    root
        Of the part with the styles.
    theme
        Of the part with the theme, from which looks may take a colour or a typeface.
    """
    codes = {
        int(one.get("numFmtId", "-1")): one.get("formatCode", "")
        for one in root.findall(f"{MAIN}numFmts/*")
    }
    fonts, fills = (root.findall(f"{MAIN}{kind}/*") for kind in ("fonts", "fills"))
    plain = _is_plain(theme)
    formats, foreign = [], []
    for look in root.findall(f"{MAIN}cellXfs/*"):
        number = int(look.get("numFmtId", "0"))
        code = codes.get(number, _BUILT_IN.get(number, f"numFmtId {number}"))
        font = fonts[int(look.get("fontId", "0"))]
        fill = fills[int(look.get("fillId", "0"))]
        formats.append(code)
        wrong = [] if code in FORMATS else [code]
        wrong += [*_font(font, plain), *_alignment(look)]
        colours = _colour(font.find(f"{MAIN}color")), _paper(fill)
        if colours not in _COLOURS:
            wrong.append(" / ".join(word or "-" for word in colours))
        foreign.append(", ".join(wrong))
    return Looks(formats, foreign)


def piece_looks(piece: Element) -> Iterator[str]:
    """Yield what in the look of a piece of text is none of siting's, or hides it.

    Programmes that save a workbook again write Chinese and Latin letters as pieces in two fonts.
    """
    word = tag_of(piece)
    if word == "r":
        for font in piece.findall(f"{MAIN}rPr"):
            yield from _font(font, plain=False)
            colour = _colour(font.find(f"{MAIN}color"))
            if colour not in _LEGIBLE:
                yield colour
        yield from (tag_of(part) for part in piece if tag_of(part) not in ("rPr", "t"))
    elif word not in ("t", "phoneticPr"):
        yield word


def _font(font: Element, plain: bool) -> Iterator[str]:
    said = {tag_of(one): one for one in font}
    values = {word: one.get("val", "") for word, one in said.items()}
    yield from (word for word in said if word not in _OF_FONTS)
    for word in ("i", "strike", "u"):
        if word in said and values[word].lower() not in ("0", "false", "none"):
            yield word
    name = values.get("name", values.get("rFont", ""))
    if not name or any(word in name.lower() for word in _SIGNS):
        yield f"font {name}"
    if values.get("sz") not in _SIZES:
        yield f"sz {values.get('sz')}"
    themed = "scheme" in said or "theme" in (said["color"].attrib if "color" in said else {})
    if themed and not plain:
        yield "theme"


def _colour(colour: Element | None) -> str:
    """Return a colour in red, green and blue; nothing where it is that of all letters."""
    if colour is None or colour.get("auto") is not None or colour.attrib == {"theme": "1"}:
        return ""
    return colour.get("rgb", f"{dict(colour.attrib)}").upper()


def _paper(fill: Element) -> str:
    (pattern,) = [*fill] or [fill]
    kind = pattern.get("patternType", "none")
    if kind == "none":
        return ""
    front = pattern.find(f"{MAIN}fgColor")
    return kind if kind != "solid" or front is None else _colour(front) or "auto"


def _alignment(look: Element) -> Iterator[str]:
    for side in look.findall(f"{MAIN}alignment"):
        if side.get("horizontal", "general") not in _SIDES:
            yield f"horizontal {side.get('horizontal')}"
        if side.get("textRotation", "0") not in _ROTATED:
            yield f"textRotation {side.get('textRotation')}"
        if not side.get("indent", "0").isdigit() or int(side.get("indent", "0")) > _MOST_INDENT:
            yield f"indent {side.get('indent')}"
        if on(side, "shrinkToFit"):
            yield "shrinkToFit"


def _is_plain(theme: Element | None) -> bool:
    """Tell whether a theme has dark letters on white, in typefaces whose letters are letters."""
    if theme is None:
        return True
    dark, light = (theme.find(f".//{_DRAWING}{word}/*") for word in ("dk1", "lt1"))
    colours = [
        "" if one is None else one.get("lastClr", one.get("val", "")) for one in (dark, light)
    ]
    system = ["" if one is None else one.get("val", "") for one in (dark, light)]
    faces = [
        (tag_of(face).removeprefix(_DRAWING), face.get("typeface", ""))
        for word in ("majorFont", "minorFont")
        for fonts in theme.iter(f"{_DRAWING}{word}")
        for face in fonts
    ]
    known = ("Calibri", "Calibri Light", "Cambria", "Aptos Narrow", "Aptos Display")
    return (
        colours == ["000000", "FFFFFF"]
        and system in (["windowText", "window"], ["000000", "FFFFFF"])
        and all(name in known for kind, name in faces if kind == "latin")
        and all(not name for kind, name in faces if kind in ("ea", "cs"))
    )
