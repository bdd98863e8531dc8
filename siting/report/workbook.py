"""Sheets as an .xlsx file that Excel, WPS and LibreOffice open, print and filter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from siting.report.sheet import Lines, Table
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from siting.report.sheet import Column, Kind, Sheet

FORMATS: dict[Kind, str] = {
    "text": "@",  # text stays text when somebody edits the cell, whatever it begins with
    "whole": "0",
    "people": "#,##0",
    "share": "0.0%",
    "gap": "0.000%",
    "money": "#,##0.00",
    "area": "#,##0.0",
    "points": "#,##0.0",
    "plain": "General",
    "change": "+#,##0;-#,##0;0",
    "money_change": "+#,##0.00;-#,##0.00;0.00",
}
_FONT = {"zh": "Microsoft YaHei", "en": "Calibri"}
# Each mark has a word in its cell too: nobody depends on the colours.
_MARKS: dict[str, dict[str, Any]] = {
    "good": {"bg_color": "#DDEBF7", "font_color": "#1F4E79"},
    "new": {"bg_color": "#0072B2", "font_color": "#FFFFFF", "bold": True},
    "bad": {"bg_color": "#FCE4D6", "font_color": "#843C0C"},
    "none": {"font_color": "#7F7F7F"},
}
_LONGEST = 32_767  # characters a cell can hold
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDEST, _NARROWEST, _HEADER, _MARGIN = 36.0, 6.0, 10, 2.5  # characters
_LINE, _UPRIGHT = 15.5, 120.0  # points
_MARKED, _LATIN = 6.0, 0.9
_LABEL = 18.0
_PORTRAIT = 92  # characters that A4 upright takes at a legible size
_PADDING = 0.75  # characters that a column takes beyond its own width
_ACROSS_SCALE, _ACROSS = 80, 132  # per cent; characters A4 on its side takes then, in wide fonts


def write_workbook(sheets: Iterable[Sheet], path: Path, lang: Lang, *, title: str) -> None:
    """Write the sheets into a new file; `title` heads every printed page."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        book.set_properties({"title": cell_text(title), "author": "siting"})
        looks = _Looks(book, lang)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, looks, lang, title)


def cell_text(word: str) -> str:
    """Return `word` as a cell can hold it; what no workbook can hold becomes ``�``."""
    kept = _ILLEGAL.sub("\ufffd", word)
    return kept if len(kept) <= _LONGEST else kept[: _LONGEST - 1] + "…"


class _Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any, lang: Lang) -> None:
        self._book = book
        self._base = {"font_name": _FONT[lang], "font_size": 10, "valign": "vcenter"}
        self._made: dict[str, Any] = {}

    def get(self, name: str, **look: Any) -> Any:
        if name not in self._made:
            self._made[name] = self._book.add_format({**self._base, **look})
        return self._made[name]

    def title(self) -> Any:
        return self.get("title", bold=True, font_size=13)

    def header(self, column: Column, *, upright: bool) -> Any:
        look: dict[str, Any] = {"bold": True, "text_wrap": True, "bottom": 1}
        look["bg_color"] = "#D9E2EC"
        if upright:
            return self.get("header upright", rotation=90, align="center", **look)
        side = _side(column)
        return self.get(f"header {side}", **look, **side)

    def label(self) -> Any:
        return self.get("label", bold=True, valign="top")

    def sentence(self) -> Any:
        return self.get("sentence", text_wrap=True, valign="top", num_format="@")

    def cell(self, kind: Kind) -> Any:
        wrap: dict[str, Any] = {"text_wrap": True, "indent": 1} if kind == "text" else {}
        return self.get(f"cell {kind}", num_format=FORMATS[kind], **wrap)

    def mark(self, name: str) -> Any:
        return self.get(f"mark {name}", align="center", num_format="@", **_MARKS[name])

    def total(self, column: Column) -> Any:
        side, shown = _side(column), FORMATS[column.kind]
        return self.get(f"total {shown} {side}", num_format=shown, bold=True, top=1, **side)


def _side(column: Column) -> dict[str, Any]:
    if column.marks:
        return {"align": "center"}
    return {"align": "right"} if _is_number(column) else {"align": "left", "indent": 1}


def _write_sheet(ws: Any, sheet: Sheet, looks: _Looks, lang: Lang, title: str) -> None:
    tables = [block for block in sheet.blocks if isinstance(block, Table)]
    widths = _widths(tables)
    for k, width in enumerate(widths):
        ws.set_column(k, k, width)
    row = 0
    for block in sheet.blocks:
        if isinstance(block, Lines):
            row = _write_lines(ws, block, row, widths, looks)
        else:
            if block.title is not None:
                ws.write_string(row, 0, cell_text(block.title), looks.title())
                row += 1
            row = _write_table(ws, block, row, widths, looks)
        row += 1
    if len(sheet.blocks) == 1 and tables:
        ws.freeze_panes(1, sheet.fixed)
        ws.autofilter(0, 0, max(len(tables[0]), 1), len(widths) - 1)
        ws.repeat_rows(0)
    ws.set_paper(9)  # A4
    _set_pages(ws, sheet, widths)
    ws.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    ws.set_header("&L" + _code(title) + "&R" + _code(sheet.name))
    ws.set_footer("&C" + text("report.sheet_page", lang, page="&P", pages="&N"))


def _set_pages(ws: Any, sheet: Sheet, widths: list[float]) -> None:
    """Set how a sheet is laid on pages: upright or not, and how it is scaled or broken."""
    breaks = _breaks(widths, sheet.fixed) if sheet.across else []
    if breaks:
        ws.set_landscape()
        ws.set_print_scale(_ACROSS_SCALE)
        ws.repeat_columns(0, sheet.fixed - 1)
        ws.set_v_pagebreaks(breaks)
        return
    if sum(widths) > _PORTRAIT:
        ws.set_landscape()
    ws.fit_to_pages(1, 1 if sheet.one_page else 0)


def _breaks(widths: list[float], fixed: int) -> list[int]:
    """Return before which columns a page ends; fixed ones are on each, pages about as wide."""
    shown = [width + _PADDING for width in widths]
    room = _ACROSS - sum(shown[:fixed])
    pages = len(_ends(shown, fixed, room)) + 1
    # a page takes no more than its share and one column
    even = sum(shown[fixed:]) / pages + max(shown[fixed:], default=0.0)
    return _ends(shown, fixed, min(room, even))


def _ends(widths: list[float], fixed: int, room: float) -> list[int]:
    """Return before which columns a page ends that has so much room beside the fixed ones."""
    found: list[int] = []
    left = room
    for k, width in enumerate(widths[fixed:], start=fixed):
        if width > left and k > fixed:
            found.append(k)
            left = room
        left -= width
    return found


def _code(words: str) -> str:
    """Return words for a header line, whose length is limited and where & begins a code."""
    return cell_text(words)[:100].replace("&", "&&")


def _write_lines(ws: Any, block: Lines, row: int, widths: list[float], looks: _Looks) -> int:
    ws.write_string(row, 0, cell_text(block.title), looks.title())
    last = max(len(widths) - 1, 1)
    room = sum(widths[1:]) if len(widths) > 1 else _WIDEST
    for label, sentence in block.rows:
        row += 1
        ws.write_string(row, 0, cell_text(label), looks.label())
        said = cell_text(sentence)
        if last > 1:
            ws.merge_range(row, 1, row, last, "", looks.sentence())
        ws.write_string(row, 1, said, looks.sentence())
        ws.set_row(row, _LINE * _lines(said, room))
    return row + 1


def _lines(words: str, room: float) -> int:
    from rich.cells import cell_len

    # Latin letters are narrower than the digits that columns are measured by
    size = _LATIN if words.isascii() else 1.0
    return sum(1 + int(size * cell_len(part) / max(room - 1, 1)) for part in words.split("\n"))


def _write_table(ws: Any, table: Table, top: int, widths: list[float], looks: _Looks) -> int:
    height = _LINE
    for k, column in enumerate(table.columns):
        title = _header(column)
        upright = _is_upright(column)
        ws.write_string(top, k, title, looks.header(column, upright=upright))
        lines = _lines(title, widths[k])
        height = max(height, _UPRIGHT if upright else _LINE * lines + 4)
        marks = {word: looks.mark(name) for word, name in column.marks}
        look = looks.cell(column.kind)
        # most words stand in many cells
        words = {c for c in column.cells if isinstance(c, str)}
        said = {word: (cell_text(word), marks.get(word, look)) for word in words}
        for row, cell in enumerate(column.cells, start=top + 1):
            if isinstance(cell, str):
                ws.write_string(row, k, *said[cell])
            elif cell is not None:
                ws.write_number(row, k, cell, look)
    ws.set_row(top, height)
    for row, lines in _tall_rows(table, widths).items():
        ws.set_row(top + 1 + row, _LINE * lines)
    end = top + 1 + len(table)
    if table.total is not None:
        _write_totals(ws, table, end, looks)
        end += 1
    return end


def _header(column: Column) -> str:
    """Return a header with its unit on a line of its own."""
    return re.sub(r"(?<!\s)\s*(?=[（(][^（()）]*[)）]$)", "\n", cell_text(column.title))


def _is_upright(column: Column) -> bool:
    """Tell whether a header of a narrow column stands upright: Latin words cannot be broken."""
    return bool(column.marks) and column.title.isascii()


def _tall_rows(table: Table, widths: list[float]) -> dict[int, int]:
    """Return the lines of each row whose text takes more than one."""
    found: dict[int, int] = {}
    for k, column in enumerate(table.columns):
        if _is_number(column):
            continue
        lines = {c: _lines(c, widths[k]) for c in set(column.cells) if isinstance(c, str)}
        if max(lines.values(), default=1) > 1:
            for row, cell in enumerate(column.cells):
                if isinstance(cell, str) and lines[cell] > found.get(row, 1):
                    found[row] = lines[cell]
    return found


def _write_totals(ws: Any, table: Table, row: int, looks: _Looks) -> None:
    for k, column in enumerate(table.columns):
        cell = table.total if k == 0 else column.total
        look = looks.total(column)
        if isinstance(cell, str):
            ws.write_string(row, k, cell_text(cell), look)
        elif cell is not None:
            ws.write_number(row, k, cell, look)
        else:
            ws.write_blank(row, k, None, look)


def _is_number(column: Column) -> bool:
    return column.kind != "text"


def _widths(tables: Sequence[Table]) -> list[float]:
    """Return a width in characters for each column, that of its widest cell within limits."""
    count = max((len(table.columns) for table in tables), default=0)
    found = [_NARROWEST] * count
    if count and len(tables) > 1:
        found[0] = _LABEL
    for table in tables:
        for k, column in enumerate(table.columns):
            found[k] = max(found[k], min(_wanted(column), _WIDEST))
    return found


def _wanted(column: Column) -> float:
    from rich.cells import cell_len

    # Latin words and units stay whole; Chinese is broken anywhere
    title = _header(column)
    words = max(map(cell_len, re.findall(r"[!-~]+|[（(][^（()）]*[)）]$", title)), default=0)
    header = max(min(max(map(cell_len, title.split("\n"))), _HEADER), words)
    if column.marks:
        return _MARKED if _is_upright(column) else _MARKED + 2
    if _is_number(column):
        numbers = [c for c in (*column.cells, column.total) if isinstance(c, (int, float))]
        # the widest is the largest, or the farthest below zero
        ends = {min(numbers), max(numbers)} if numbers else set()
        cells = max((len(_shown(n, column.kind)) for n in ends), default=0)
    else:
        texts = {c for c in (*column.cells, column.total) if isinstance(c, str)}
        cells = max((cell_len(line) for c in texts for line in c.split("\n")), default=0)
    return max(header, cells) + _MARGIN


def _shown(number: float, kind: Kind) -> str:
    if kind in ("share", "gap"):
        return f"{number:.1%}" if kind == "share" else f"{number:.3%}"
    sign = "+" if kind in ("change", "money_change") else ""
    if kind in ("people", "whole", "change"):
        return f"{number:{sign},.0f}"
    return f"{number:{sign},.2f}" if kind in ("money", "money_change") else f"{number:,.1f}"
