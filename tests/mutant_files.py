"""Single changes to the files beside plan.json: cells, rows, layers, arrays."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import struct
import warnings
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from mutant_containers import STATEMENTS, books, frames
from mutants import Kind, mutants, numbers, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from random import Random

Change = tuple[Kind, "Callable[[Path], None]"]
"""What is changed, and what does it to a file that holds what the plan wrote."""

DATA = re.compile(r'(<script type="application/json" id="data">)(.*?)(</script>)', re.DOTALL)
_SHEETS = ("Summary", "Projects", "Needs", "Who has what", "Money", "Still open")
_TEXTS = ("inputs", "assumptions", "versions")
_LAYERS = ("communities", "marks", "projects", "spaces", "outlets", "grades")


def changes(path: Path, draw: Random, *, each: int = 1) -> Iterator[Change]:
    """Yield changes of every kind to one file of a plan folder, up to `each` of a kind."""
    of = {
        ".csv": _csv,
        ".gpkg": _gpkg,
        ".xlsx": _xlsx,
        ".geojson": _geojson,
        ".html": _html,
        ".npz": _npz,
    }
    for k in range(each):
        yield from of[path.suffix](path, draw, first=k == 0)


def _cells(value: Any, others: list[Any]) -> list[tuple[str, Any]]:
    """Return other values of a cell, without those that say the same."""
    found: list[tuple[str, Any]] = []
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = [(w, v) for w, v in numbers("", value) if v != value and v == v]
    elif isinstance(value, str):
        found = [(w, v) for w, v in words(value, others) if w != "null" and v != value]
    return [*found, ("emptied", None)] if value is not None else [("1 for nothing", 1.0)]


# ------------------------------------------------------------------------------------------ csv


def _csv(path: Path, draw: Random, *, first: bool) -> Iterator[Change]:
    table = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    name, rows = path.name, len(table)

    def with_table(changed: list[list[str]]) -> Callable[[Path], None]:
        def write(to: Path) -> None:
            with to.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows(changed)

        return write

    for c, column in enumerate(table[0]):
        filled = [r for r in range(1, rows) if table[r][c]]
        if not filled:
            continue
        r = draw.choice(filled)
        cell = table[r][c]
        value = float(cell) if re.fullmatch(r"-?\d+(\.\d+)?(e[-+]\d+)?", cell) else cell
        for word, new in _cells(value, [row[c] for row in table[1:]]):
            text = "" if new is None else repr(new) if isinstance(new, float) else str(new)
            if text == cell or (isinstance(value, float) and word == "as a word"):
                continue
            changed = [*table[:r], [*table[r][:c], text, *table[r][c + 1 :]], *table[r + 1 :]]
            yield (f"{name}/{column}", word), with_table(changed)
    if not first or rows == 1:
        return
    r = draw.randrange(1, rows)
    head = ["another", *table[0][1:]]
    for word, changed in (
        ("a row less", [*table[:r], *table[r + 1 :]]),
        ("a row twice", [*table[:r], table[r], *table[r:]]),
        ("two rows swapped", [table[0], *table[1:3][::-1], *table[3:]]),
        ("a cell more", [*table[:r], [*table[r], "1"], *table[r + 1 :]]),
        ("a cell less", [*table[:r], table[r][:-1], *table[r + 1 :]]),
        ("a column called otherwise", [head, *table[1:]]),
        ("two columns swapped", [[row[1], row[0], *row[2:]] for row in table]),
        ("a column less", [row[:-1] for row in table]),
    ):
        if changed != table:  # a table of one row has nothing to swap
            yield (name, word), with_table(changed)
    yield (name, "cut off"), lambda to: to.write_bytes(path.read_bytes()[:-40])
    yield (name, "gone"), lambda to: to.unlink()


# ----------------------------------------------------------------------------------------- gpkg


def _gpkg(path: Path, draw: Random, *, first: bool) -> Iterator[Change]:
    with closing(sqlite3.connect(path)) as file:
        listed = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
        layers = [row[0] for row in file.execute(listed)]
        columns = {
            layer: [row[1] for row in file.execute(f'PRAGMA table_info("{layer}")')]
            for layer in layers
        }
        content = {
            layer: list(file.execute(f'SELECT * FROM "{layer}" ORDER BY fid')) for layer in layers
        }

    def run(*statements: tuple[str, tuple[Any, ...]]) -> Callable[[Path], None]:
        def write(to: Path) -> None:
            with closing(sqlite3.connect(to)) as file:
                triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for (trigger,) in triggers.fetchall():
                    file.execute(f'DROP TRIGGER "{trigger}"')
                for statement, values in statements:
                    file.execute(statement, values)
                file.commit()

        return write

    for layer in layers:
        rows = content[layer]
        for c, column in enumerate(columns[layer]):
            if column == "fid":
                continue
            row = draw.choice(rows)
            where = f"plan.gpkg/{layer}/{column}"
            put = f'UPDATE "{layer}" SET "{column}" = ? WHERE fid = ?'
            if column == "geom":
                for word, blob in _points(row[c]):
                    yield (where, word), run((put, (blob, row[0])))
                continue
            for word, new in _cells(row[c], [other[c] for other in rows]):
                # columns of numbers take the word for a number, and no larger whole ones
                if word == "as a word" or (isinstance(new, int) and abs(new) >= 2**63):
                    continue
                yield (where, word), run((put, (new, row[0])))
        if not first:
            continue
        fid, named = rows[0][0], ", ".join(f'"{c}"' for c in columns[layer][1:])
        again = f'INSERT INTO "{layer}" ({named}) SELECT {named} FROM "{layer}" WHERE fid = ?'
        last = columns[layer][-1]
        other = f'ALTER TABLE "{layer}" RENAME COLUMN "{last}" TO "another"'
        whose = " WHERE table_name = ?"
        for word, statement, values in (
            ("a row less", f'DELETE FROM "{layer}" WHERE fid = ?', (fid,)),
            ("a row twice", again, (fid,)),
            ("a column called otherwise", other, ()),
            ("gone", f'DROP TABLE "{layer}"', ()),
            ("another system", "UPDATE gpkg_geometry_columns SET srs_id = 4326" + whose, (layer,)),
            ("no system", "DELETE FROM gpkg_geometry_columns" + whose, (layer,)),
        ):
            yield (f"plan.gpkg/{layer}", word), run((statement, values))
    if first:
        for word, statement in STATEMENTS:
            yield ("plan.gpkg/container", word), run((statement.format(layer=layers[0]), ()))
        yield ("plan.gpkg", "cut off"), lambda to: to.write_bytes(path.read_bytes()[:4096])
        yield ("plan.gpkg", "gone"), lambda to: to.unlink()


def _points(blob: bytes) -> Iterator[tuple[str, bytes | None]]:
    x, y = struct.unpack("<dd", blob[-16:])
    yield "a metre east", blob[:-16] + struct.pack("<dd", x + 1.0, y)
    yield "a millimetre north", blob[:-16] + struct.pack("<dd", x, y + 0.001)
    yield "coordinates swapped", blob[:-16] + struct.pack("<dd", y, x)
    yield "another system", blob[:4] + struct.pack("<i", 4326) + blob[8:]
    yield "cut off", blob[:-1]
    yield "emptied", None


# ----------------------------------------------------------------------------------------- xlsx


def _xlsx(path: Path, draw: Random, *, first: bool) -> Iterator[Change]:
    import openpyxl

    book = openpyxl.load_workbook(path)

    def put(sheet: str, row: int, column: int, new: Any) -> Callable[[Path], None]:
        def write(to: Path) -> None:
            cell = book[sheet].cell(row, column)
            old = cell.value
            cell.value = new
            book.save(to)
            cell.value = old

        return write

    for name in book.sheetnames:
        sheet = book[name]
        tables = name in _SHEETS
        for column in range(1, sheet.max_column + 1):
            known = [(c.row, c.value) for c in next(sheet.iter_cols(column, column))]
            for kind in (float, str):
                of_kind = [
                    (row, value)
                    for row, value in known
                    if isinstance(value, int | float if kind is float else str)
                    and not isinstance(value, bool)
                    and (row > 1 or name not in _SHEETS)
                ]
                if not of_kind:
                    continue
                row, value = draw.choice(of_kind)
                of = "numbers" if kind is float else "words"
                where = f"report.xlsx/{name}/{column if tables else 'lines'}, {of}"
                others = [v for _, v in of_kind]
                for word, new in _cells(value, others):
                    if new not in (None, "", 1e300, 10**18):
                        yield (where, word), put(name, row, column, new)
        if first and tables and sheet.max_row > 3:
            yield (f"report.xlsx/{name}", "a row less"), _without_row(name, path)
    if first:
        yield from books(path, draw)
        yield ("report.xlsx", "cut off"), lambda to: to.write_bytes(path.read_bytes()[:-100])


def _without_row(name: str, path: Path) -> Callable[[Path], None]:
    def write(to: Path) -> None:
        import openpyxl

        other = openpyxl.load_workbook(path)
        other[name].delete_rows(other[name].max_row - 1)
        other.save(to)

    return write


# ------------------------------------------------------------------------------ geojson and html


def _geojson(path: Path, draw: Random, *, first: bool) -> Iterator[Change]:
    content = json.loads(path.read_text("utf-8"))
    for mutant in mutants(content, draw):
        text = json.dumps(mutant.content, ensure_ascii=False)
        yield (f"{path.name}/{mutant.kind[0]}", mutant.kind[1]), _writes(text)
    if first:
        yield (path.name, "cut off"), _writes(path.read_text("utf-8")[:-20])


def _writes(text: str) -> Callable[[Path], None]:
    return lambda to: _write(to, text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _html(path: Path, draw: Random, *, first: bool) -> Iterator[Change]:
    page = path.read_text("utf-8")
    found = DATA.search(page)
    assert found is not None
    data = json.loads(found[2])
    told = {
        "answer": data["answer"],
        "tiles": [tile["value"] for tile in data["tiles"]],
        "map": {layer: data["map"][layer] for layer in _LAYERS},
        # tables by their names, and cells by their columns, so that each column is a kind
        "tables": {s["id"]: _named(s) for s in data["sheets"] if s["id"] not in _TEXTS},
    }
    for mutant in mutants(told, draw):
        try:
            changed = _told(data, mutant.content)
        except (TypeError, AttributeError, KeyError, ValueError):
            continue  # no page any more
        write = partial(_write_page, page=page, data=changed)
        yield (f"report.html/{mutant.kind[0]}", mutant.kind[1]), write
    if first:
        for kind, changed in frames(page, draw):
            yield kind, _writes(changed)
        said = re.sub(r"(<ol id=\"answer\"[^>]*><li>)", r"\g<1>9 ", page)
        yield ("report.html/answer in the page", "a number more"), _writes(said)
        twice = page + found[0]
        yield ("report.html", "its data twice"), _writes(twice)
        yield ("report.html", "without its data"), _writes(DATA.sub("", page))


def _write_page(path: Path, page: str, data: dict[str, Any]) -> None:
    found = DATA.search(page)
    assert found is not None
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    _write(path, page[: found.start(2)] + text + page[found.end(2) :])


def _named(sheet: dict[str, Any]) -> dict[str, Any]:
    codes = {f"column {k}": c["codes"] for k, c in enumerate(sheet["columns"]) if "codes" in c}
    rows = [{f"column {k}": cell for k, cell in enumerate(row)} for row in sheet["rows"]]
    return {"codes": codes, "rows": rows}


def _told(data: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a page with other figures in it.

    Raises
    ------
    KeyError
        The change is not one of the page, but of how figures are sorted here.
    """
    sheets = []
    known = {sheet["id"] for sheet in data["sheets"]}
    names = [
        *(told.keys() - {"answer", "tiles", "map", "tables"}),
        *(told["tables"].keys() - known),
    ]
    names += [key for table in told["tables"].values() for key in table.keys() - {"codes", "rows"}]
    if names:
        raise KeyError(names[0])
    for sheet in data["sheets"]:
        if sheet["id"] in _TEXTS:
            sheets.append(sheet)
        elif sheet["id"] in told["tables"]:
            table = told["tables"][sheet["id"]]
            columns = [
                {**c, "codes": table["codes"][f"column {k}"]} if "codes" in c else c
                for k, c in enumerate(sheet["columns"])
            ]
            rows = [list(row.values()) for row in table["rows"]]
            sheets.append({**sheet, "columns": columns, "rows": rows})
    tiles = zip(data["tiles"], told["tiles"], strict=True)
    return {
        **data,
        "answer": told["answer"],
        "tiles": [{**tile, "value": value} for tile, value in tiles],
        "map": _merged(data["map"], told["map"]),
        "sheets": sheets,
    }


def _merged(whole: dict[str, Any], layers: dict[str, Any]) -> dict[str, Any]:
    """Return the map with other layers, in its order: what is not changed gives the same bytes."""
    kept = {k: layers.get(k, v) for k, v in whole.items() if k not in _LAYERS or k in layers}
    return kept | layers


# ------------------------------------------------------------------------------------------ npz


def _npz(path: Path, draw: Random, *, first: bool) -> Iterator[Change]:
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}

    def write(changed: dict[str, Any]) -> Callable[[Path], None]:
        def save(to: Path) -> None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                np.savez(to, **changed)

        return save

    def with_one(name: str, k: int, new: Any) -> Callable[[Path], None]:
        values = arrays[name].copy()
        values[k] = new
        return write({**arrays, name: values})

    for name, values in arrays.items():
        where = f"certificate.npz/{name}"
        if len(values) and values.dtype.kind != "U":
            k = draw.randrange(len(values))
            value = values[k]
            floats = values.dtype.kind == "f"
            for word, new in (
                ("a millionth more", value * 1.000001 if floats else value + 1),
                ("the sixth digit down", value * 0.99999 if floats else value - 1),
                ("doubled", value * 2 if floats else value ^ np.uint64(1 << 40)),
                ("zero", 0),
                *((("the sign", -value), ("not a number", np.nan)) if floats else ()),
                *((("huge", 1e38),) if floats else ()),
            ):
                if new != value:
                    yield (where, word), with_one(name, k, new)
        if len(values) and values.dtype.kind == "U":
            yield (where, "a letter less"), with_one(name, 0, values[0][:-1])
            yield (where, "unknown"), with_one(name, 0, '["capital", "zzz"]')
        if not first:
            continue
        rest = {key: value for key, value in arrays.items() if key != name}
        yield (where, "gone"), write(rest)
        if len(values):
            yield (where, "a member less"), write({**arrays, name: values[:-1]})
        if len(values) > 1:
            yield (where, "turned round"), write({**arrays, name: values[::-1]})
        dtype = np.float32 if values.dtype == np.float64 else np.float64
        if values.dtype.kind != "U":
            yield (where, "another dtype"), write({**arrays, name: values.astype(dtype)})
        yield (where, "two rows"), write({**arrays, name: np.stack([values, values])})
    if not first:
        return
    stages = {name.split("/")[0] for name in arrays}
    for stage in sorted(stages):
        u, price = arrays[f"{stage}/u"], arrays[f"{stage}/price"]
        swapped = {**arrays, f"{stage}/u": price, f"{stage}/price": u}
        yield (f"certificate.npz/{stage}", "u and prices swapped"), write(swapped)
        rest = {key: v for key, v in arrays.items() if not key.startswith(f"{stage}/")}
        yield (f"certificate.npz/{stage}", "gone"), write(rest)
        renamed = {key.replace(f"{stage}/", "grades/"): v for key, v in arrays.items()}
        yield (f"certificate.npz/{stage}", "of another stage"), write(renamed)
    yield ("certificate.npz", "cut off"), lambda to: to.write_bytes(path.read_bytes()[:-30])
    yield ("certificate.npz", "gone"), lambda to: to.unlink()
