"""The parts of a workbook, and nothing in it that siting does not write.

A workbook is an archive of parts. Further parts are pictures, comments, macros, links to other
files; further sheets, names and states of sheets hide or add what nobody compared. What is written
otherwise by a programme that opened the file and saved it again, and shows the same, may stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import join, normpath
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from siting.verify.book_looks import Looks, piece_looks, read_looks
from siting.verify.book_parts import MAIN, RELATED, Element, no_more, off, text_in

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Mapping

_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core|custom)\.xml|xl/workbook\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/(styles|sharedStrings)\.xml|xl/theme/theme1\.xml"
    r"|xl/worksheets/sheet\d+\.xml"
    # what programmes leave behind that saved the file again: how to print, drawings with nothing
    r"|xl/worksheets/_rels/sheet\d+\.xml\.rels|xl/drawings/drawing\d+\.xml"
    r"|xl/printerSettings/printerSettings\d+\.bin"
)
_KINDS = ("worksheet", "theme", "styles", "sharedStrings")
_OF_SHEETS = ("drawing", "printerSettings")
_BOOK = (
    "fileVersion",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "definedNames",
    "calcPr",
    "extLst",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent",
    "{http://schemas.microsoft.com/office/spreadsheetml/2014/revision}revisionPtr",
)
# What a filter covers, and what is printed on every page: the first row, and the first columns
_NAMES = re.compile(r"_xlnm\._FilterDatabase|_xlnm\.Print_Titles")
_TITLES = re.compile(r"[^!]+!\$1:\$1|[^!]+!\$A:\$[A-Z]|[^!]+!\$A:\$[A-Z],[^!]+!\$1:\$1")


@dataclass(frozen=True, eq=False)
class Book:
    """A workbook without its cells.

    Attributes
    ----------
    sheets
        The part of each sheet, by its name.
    texts
        What cells hold by number.
    looks
        How cells are shown, by number.
    foreign
        What siting does not write: where, and what.
    """

    sheets: dict[str, str]
    texts: list[str]
    looks: Looks
    foreign: list[tuple[str, str]]


def read_book(archive: zipfile.ZipFile) -> Book:
    """Return what a workbook says of its sheets.

    Raises
    ------
    ValueError, KeyError, xml.etree.ElementTree.ParseError
        It is none, or not all of it can be found.
    """
    names = archive.namelist()
    foreign = [("-", name) for name in names if not _PARTS.fullmatch(name) or name.endswith("/")]
    foreign += [("-", f"{name} x 2") for k, name in enumerate(names) if name in names[:k]]
    for name in names:
        if name.startswith("xl/drawings/") and len(_root(archive, name)):
            foreign.append(("-", name))
    main = [path for kind, path in _related(archive, "").items() if kind[0] == "officeDocument"]
    if main != ["xl/workbook.xml"]:
        foreign.append(("_rels/.rels", ", ".join(main)))
    related = _related(archive, "xl/workbook.xml")
    foreign += [("workbook.xml.rels", kind[0]) for kind in related if kind[0] not in _KINDS]
    foreign += [
        (name, kind[0])
        for name in names
        if name.startswith("xl/worksheets/_rels/")
        for kind in _related(archive, name.replace("_rels/", "").removesuffix(".rels"))
        if kind[0] not in _OF_SHEETS
    ]
    kinds = [kind[0] for kind in related]
    foreign += [
        ("workbook.xml.rels", f"{kind} x 2") for kind in _KINDS[1:] if kinds.count(kind) > 1
    ]
    by_kind = {kind[0]: path for kind, path in related.items()}
    by_id = {kind[1]: path for kind, path in related.items()}

    root = _root(archive, "xl/workbook.xml")
    foreign += no_more("workbook.xml", root, _BOOK)
    sheets: dict[str, str] = {}
    for sheet in root.findall(f"{MAIN}sheets/*"):
        name, state = sheet.get("name", ""), sheet.get("state", "visible")
        if name in sheets:
            raise ValueError(f"{name} x 2")
        sheets[name] = by_id[sheet.get(f"{RELATED}id", "")]
        if state != "visible":
            foreign.append((name, f"state={state}"))
    foreign += [
        ("workbook.xml", f"definedName {name.get('name')}: {name.text}")
        for name in root.findall(f"{MAIN}definedNames/*")
        if not _is_ours(name)
    ]
    for view in root.findall(f"{MAIN}bookViews/*"):
        if off(view, "showSheetTabs") or view.get("visibility", "visible") != "visible":
            foreign.append(("workbook.xml", "workbookView"))

    texts: list[str] = []
    if "sharedStrings" in by_kind:
        texts, more = _texts(archive, by_kind["sharedStrings"])
        foreign += more
    theme = _root(archive, by_kind["theme"]) if "theme" in by_kind else None
    looks = read_looks(_root(archive, by_kind["styles"]), theme)
    return Book(sheets, texts, looks, foreign)


def _is_ours(name: Element) -> bool:
    word, said = name.get("name", ""), (name.text or "").strip()
    if not _NAMES.fullmatch(word):
        return False
    return word.endswith("_FilterDatabase") or _TITLES.fullmatch(said) is not None


def _related(archive: zipfile.ZipFile, part: str) -> Mapping[tuple[str, str], str]:
    """Return which parts belong to another, by their kind and id."""
    folder, _, name = part.rpartition("/")
    found = {}
    for one in _root(archive, join(folder, "_rels", f"{name}.rels")):
        kind = one.get("Type", "").rsplit("/", 1)[-1]
        target = one.get("Target", "")
        if one.get("TargetMode", "Internal") != "Internal":
            kind = f"{kind}: {target}"
        path = target[1:] if target.startswith("/") else normpath(join(folder, target))
        found[kind, one.get("Id", "")] = path
    return found


def _texts(archive: zipfile.ZipFile, part: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the shared texts; where one is in pieces, each must be as legible as the others."""
    texts, foreign = [], []
    depth = 0
    with archive.open(part) as stream:
        for event, one in ElementTree.iterparse(stream, ("start", "end")):
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 1:
                texts.append(text_in(one))
                wrong = [what for piece in one for what in piece_looks(piece)]
                foreign += [(part, what) for what in wrong]
                one.clear()
    return texts, foreign


def _root(archive: zipfile.ZipFile, part: str) -> Element:
    with archive.open(part) as stream:
        return ElementTree.parse(stream).getroot()
