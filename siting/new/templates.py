"""Empty tables as workbooks: the headings to fill below, and a sheet that explains them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from siting.city.spaces import FEATURES
from siting.new.model import Section, Value
from siting.standard.catalogue import KINDS, load_catalogue
from siting.words import Lang, text

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("places", "outlets", "spaces")
ROWS = 10_000
"""Rows below the heading that have drop-down lists."""
_FONT = {"zh": "Microsoft YaHei", "en": "Calibri"}
_WIDEST, _NARROWEST = 28.0, 10.0
_MEANING, _CELL = 60.0, 18.0
_A4 = 9  # as workbooks count papers


@cache
def tables() -> dict[str, Any]:
    """Return what ``templates.toml`` holds."""
    return tomllib.loads(files("siting.new").joinpath("templates.toml").read_text("utf-8"))


def type_names(lang: Lang) -> dict[str, str]:
    """Return the name of every type that people go to, and its id."""
    return {getattr(one, lang): one.id for one in load_catalogue().types if one.asks}


def kind_names(lang: Lang) -> dict[str, str]:
    """Return what kinds of spaces are called, and their ids."""
    return {text(f"new.kind_{kind}", lang): kind for kind in KINDS}


def feature_names(lang: Lang) -> dict[str, str]:
    """Return what features are called, and their ids."""
    return {text(f"new.feature_{feature}", lang): feature for feature in FEATURES}


def blank_section(name: str, file: str, lang: Lang) -> Section:
    """Return what city.toml says of a template that lies in `file`."""
    table = tables()[name]
    columns = {c["id"]: c["head"][lang] for c in table["columns"] if c["id"] != c["head"][lang]}
    words: dict[str, dict[str, Value]] = {"columns": dict(columns)}
    if name == "outlets":
        words["types"] = dict(type_names(lang))
    if name == "spaces" and lang == "zh":
        words["kinds"] = dict(kind_names(lang))
        words["features"] = dict(feature_names(lang))
    return Section(name, {"file": file, "sheet": table["sheet"][lang]}, words)


def write_template(name: str, path: Path, lang: Lang) -> None:
    """Write the template of a table: an empty sheet to fill, and one that explains it.

    The examples stand in the second sheet, so that they never become part of a plan.
    """
    import xlsxwriter

    table = tables()[name]
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        base = {"font_name": _FONT[lang], "font_size": 10, "valign": "top"}
        looks = {
            "head": book.add_format({**base, "bold": True, "bottom": 1, "bg_color": "#D9E2EC"}),
            "must": book.add_format({**base, "bold": True, "bottom": 1, "bg_color": "#F4D9A8"}),
            "text": book.add_format({**base, "num_format": "@"}),
            "plain": book.add_format(base),
            "wrap": book.add_format({**base, "text_wrap": True}),
            "title": book.add_format({**base, "bold": True, "font_size": 13}),
            "example": book.add_format({**base, "italic": True, "font_color": "#7F7F7F"}),
        }
        page = book.add_worksheet(table["sheet"][lang])
        explained = book.add_worksheet(text("new.sheet_explained", lang))
        lists = book.add_worksheet(text("new.sheet_lists", lang)) if _choices(table) else None
        spans = {} if lists is None else _write_lists(lists, table, looks, lang)
        _write_table(page, table, looks, spans, lang)
        _explain(explained, table, looks, lang)
        page.repeat_rows(0)
        for sheet in (page, explained, *([] if lists is None else [lists])):
            _lay_out(sheet)


def _lay_out(page: Any) -> None:
    """Let a sheet be printed on A4 across, all of its columns side by side."""
    page.set_paper(_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _choices(table: dict[str, Any]) -> list[str]:
    return [c["choices"] for c in table["columns"] if "choices" in c]


def _words(choices: str, lang: Lang) -> dict[str, str]:
    if choices == "types":
        return type_names(lang)
    if choices == "features":
        return feature_names(lang) if lang == "zh" else {f: f for f in FEATURES}
    if choices == "kinds":
        return kind_names(lang) if lang == "zh" else {k: k for k in KINDS}
    return {text("new.yes", lang): "1", text("new.no", lang): "0"}


def _write_table(
    page: Any, table: dict[str, Any], looks: dict[str, Any], spans: dict[str, str], lang: Lang
) -> None:
    page.freeze_panes(1, 0)
    for k, column in enumerate(table["columns"]):
        head = column["head"][lang]
        wide = sum(2 if ord(c) > 0x2E80 else 1 for c in head) + 4.0
        is_text = isinstance(column["examples"][lang][0], str) and column["id"] != "max_types"
        look = looks["text"] if column["id"] in ("id", "address", "community") else looks["plain"]
        page.set_column(k, k, min(max(wide, _NARROWEST), _WIDEST), look if is_text else None)
        page.write_string(0, k, head, looks["must" if column["required"] else "head"])
        choices = column.get("choices")
        if choices in spans:
            # A word that is not in the list is let through: several may stand in one cell.
            page.data_validation(
                1,
                k,
                ROWS,
                k,
                {
                    "validate": "list",
                    "source": spans[choices],
                    "error_type": "information",
                    "show_error": choices == "kinds",
                    "input_title": head[:32],
                    "input_message": text("new.pick", lang),
                },
            )


def _write_lists(
    page: Any, table: dict[str, Any], looks: dict[str, Any], lang: Lang
) -> dict[str, str]:
    """Write the words to choose from, each with siting's own, and return where they stand."""
    spans = {}
    at = 0
    sheet = text("new.sheet_lists", lang)
    for column in table["columns"]:
        choices = column.get("choices")
        if choices is None:
            continue
        words = _words(choices, lang)
        page.set_column(at, at + 1, _MEANING / 2)
        page.write_string(0, at, column["head"][lang], looks["head"])
        page.write_string(0, at + 1, text("new.list_id", lang), looks["head"])
        for row, (word, meant) in enumerate(words.items(), start=1):
            page.write_string(row, at, word, looks["plain"])
            page.write_string(row, at + 1, meant, looks["plain"])
        letter = "ABCDEFGHIJKLMNOP"[at]
        spans[choices] = f"='{sheet}'!${letter}$2:${letter}${len(words) + 1}"
        at += 3
    return spans


def _explain(page: Any, table: dict[str, Any], looks: dict[str, Any], lang: Lang) -> None:
    named = ("explain_column", "explain_meaning", "explain_unit", "explain_required")
    page.write_string(0, 0, table["about"][lang], looks["title"])
    page.write_string(1, 0, text("new.explain_where", lang), looks["plain"])
    for k, width in enumerate((_CELL + 6, _MEANING, _CELL, _NARROWEST)):
        page.set_column(k, k, width)
    page.set_column(4, 4 + len(table["columns"]), _CELL)
    for k, key in enumerate(named):
        page.write_string(3, k, text(f"new.{key}", lang), looks["head"])
    listed = text("new.list_join", lang).join(_words("features", lang))
    for row, column in enumerate(table["columns"], start=4):
        meaning = column["meaning"][lang]
        if "{features}" in meaning:
            meaning = meaning.format(features=listed)
        needed = text("new.required" if column["required"] else "new.optional", lang)
        cells = (column["head"][lang], meaning, column["unit"][lang], needed)
        for k, cell in enumerate(cells):
            page.write_string(row, k, cell, looks["wrap"])
    first = 4 + len(table["columns"]) + 1
    page.write_string(first, 0, text("new.explain_examples", lang), looks["title"])
    for k, column in enumerate(table["columns"]):
        page.write_string(first + 1, k, column["head"][lang], looks["head"])
        for row, example in enumerate(column["examples"][lang], start=first + 2):
            page.write(row, k, example, looks["example"])
