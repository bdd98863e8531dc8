"""Single changes to what holds the numbers: schemas, styles, sheets, looks, a page's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from random import Random

    from mutants import Kind

_SHEETS = ("Summary", "Projects", "Needs", "Who has what", "Money", "Still open")
STATEMENTS = (
    ("a table more", "CREATE TABLE another (said)"),
    ("a view more", 'CREATE VIEW another AS SELECT * FROM "{layer}"'),
    ("a column more", 'ALTER TABLE "{layer}" ADD COLUMN another REAL DEFAULT 9'),
    ("a trigger more", 'CREATE TRIGGER another AFTER DELETE ON "{layer}" BEGIN SELECT 1; END'),
    ("an index more", 'CREATE INDEX another ON "{layer}" (fid)'),
    ("a layer less in the list", "DELETE FROM gpkg_contents WHERE table_name = '{layer}'"),
    ("another extent", "UPDATE gpkg_contents SET min_x = max_x + 1 WHERE min_x IS NOT NULL"),
    ("another count", "UPDATE gpkg_ogr_contents SET feature_count = feature_count + 1"),
    ("a row less in the index", 'DELETE FROM "rtree_{layer}_geom" WHERE id = 1'),
    ("a box elsewhere", 'UPDATE "rtree_{layer}_geom" SET minx = minx + 9, maxx = maxx + 9'),
    ("another style", "UPDATE layer_styles SET styleQML = replace(styleQML, '3.4', '0')"),
    ("another label", "UPDATE layer_styles SET styleQML = replace(styleQML, 'type_', 'x_')"),
    ("a style less", "DELETE FROM layer_styles WHERE id = 4"),
)
"""Changes of a GeoPackage: what is changed, and what does it to a layer."""


def books(path: Path, draw: Random) -> Iterator[tuple[Kind, Callable[[Path], None]]]:
    """Yield changes of how a workbook shows what it holds."""

    def with_book(change: Callable[[Any, Any], None], name: str) -> Callable[[Path], None]:
        def write(to: Path) -> None:
            import openpyxl

            book = openpyxl.load_workbook(path)
            change(book, book[name])
            book.save(to)

        return write

    def hide_row(_: Any, sheet: Any) -> None:
        sheet.row_dimensions[sheet.max_row].hidden = True

    def hide_column(_: Any, sheet: Any) -> None:
        sheet.column_dimensions["B"].hidden = True

    def narrow(_: Any, sheet: Any) -> None:
        sheet.column_dimensions["B"].width = 0.5

    def hide_sheet(_: Any, sheet: Any) -> None:
        sheet.sheet_state = "hidden"

    def add_sheet(book: Any, _: Any) -> None:
        book.create_sheet("another")["A1"] = 9

    def note(_: Any, sheet: Any) -> None:
        from openpyxl.comments import Comment

        sheet["A1"].comment = Comment("another", "somebody")

    def merge(_: Any, sheet: Any) -> None:
        last = sheet.max_row
        sheet.merge_cells(f"A{last - 1}:B{last}")

    def whiten(_: Any, sheet: Any) -> None:
        from openpyxl.styles import Font

        sheet["A1"].font = Font(name="Calibri", size=10, color="FFFFFFFF")

    def format_as(code: str) -> Callable[[Any, Any], None]:
        def change(_: Any, sheet: Any) -> None:
            cells = [
                c for row in sheet.iter_rows() for c in row if isinstance(c.value, float | int)
            ]
            draw.choice(cells).number_format = code

        return change

    for name in _SHEETS:
        for word, change in (
            ("a row hidden", hide_row),
            ("a column hidden", hide_column),
            ("a column too narrow", narrow),
            ("hidden", hide_sheet),
            ("a note more", note),
            ("merged cells", merge),
            ("white letters", whiten),
            ("a format that lies", format_as('"9999"')),
            ("a format that rounds", format_as("0.0000%")),
        ):
            yield (f"report.xlsx/container/{name}", word), with_book(change, name)
    yield ("report.xlsx/container", "a sheet more"), with_book(add_sheet, _SHEETS[0])


def frames(page: str, draw: Random) -> Iterator[tuple[Kind, str]]:
    """Yield what pages read, one with a change in each part beside the data."""
    lines = page.split("\n")
    part = "head"
    parts: dict[str, list[int]] = {}
    for k, line in enumerate(lines):
        part = {"<style>": "style", "<body>": "body", "<script>": "script"}.get(line, part)
        if line and "application/json" not in line:
            parts.setdefault(part, []).append(k)
    for part, those in parts.items():
        k = draw.choice(those)
        line, where = lines[k], f"report.html/frame/{part}"
        half = len(line) // 2
        for word, new in (
            ("a line less", []),
            ("a line twice", [line, line]),
            ("a line more", [line, "<!-- 9 -->"]),
            ("a letter changed", [f"{line[:half]}{chr(ord(line[half]) ^ 1)}{line[half + 1 :]}"]),
            ("a blank more", [f"{line} "]),
        ):
            yield (where, word), "\n".join([*lines[:k], *new, *lines[k + 1 :]])
