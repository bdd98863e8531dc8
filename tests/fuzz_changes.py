"""Changes of files for the fuzzer: by the file's own structure, and byte by byte.

A file set is a dictionary of names to contents; a change takes one and returns another.
"""

from __future__ import annotations

import io
import json
import re
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

Files = dict[str, bytes]
Change = Callable[[bytes, "Random"], bytes]

HOSTILE = (
    "",
    "0",
    "-1",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "nan",
    "inf",
    "9" * 30,
    "9" * 5000,
    "0x" + "f" * 40,
    "true",
    "[]",
    "{}",
    '""',
    '"',
    "'",
    "\\",
    "\0",
    "\ufeff",
    "\u202e",
    "\ud7ff",
    "一二三",
    "١٢٣",
    "１，２３４",
    "=1+1",
    "@SUM(A1)",
    "<script>",
    "{x}",
    "%s",
    "../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "/vsicurl/http://127.0.0.1:9/x",
    "/vsizip/x.zip",
    "EPSG:4326",
    "EPSG:3857",
    "EPSG:4978",
    "EPSG:999999",
    "+proj=longlat",
    "GCJ-02",
    "1979-05-27",
    "1979-05-27T07:32:00Z",
    "a" * 300,
    ";",
    "；；",
    "\r",
    "\n\n",
    "\t",
    "-0.0",
    "180",
    "-180.0000001",
    "90.1",
    "*",
    "everyone",
    "None",
    "null",
)
_TOKEN = re.compile(rb"[\w.+-]+|\s+|.", re.DOTALL)


def raw(content: bytes, draw: Random) -> bytes:
    """Return `content` with some bytes changed, cut out, repeated or cut off."""
    found = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        if not found:
            break
        at = draw.randrange(len(found))
        size = draw.choice((1, 1, 2, 4, 8, 64))
        match draw.randrange(7):
            case 0:
                found[at] ^= 1 << draw.randrange(8)
            case 1:
                found[at] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
            case 2:
                del found[at : at + size]
            case 3:
                found[at:at] = found[at : at + size] * draw.choice((1, 2, 50))
            case 4:
                word = draw.choice((0, 1, -1, 2**31 - 1, -(2**31), draw.randrange(2**16)))
                found[at : at + 4] = struct.pack(draw.choice("<>") + "i", word)
            case 5:
                other = draw.randrange(len(found))
                found[at : at + size] = found[other : other + size]
            case _:
                if draw.random() < 0.2:
                    del found[at:]
    return bytes(found)


def text(content: bytes, draw: Random) -> bytes:
    """Return text with words swapped, repeated, left out or replaced by hostile ones."""
    tokens = _TOKEN.findall(content)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        if not tokens:
            break
        at, other = draw.randrange(len(tokens)), draw.randrange(len(tokens))
        match draw.randrange(8):
            case 0 | 1 | 2:
                tokens[at] = draw.choice(HOSTILE).encode("utf-8", "surrogatepass")
            case 3:
                tokens[at] = tokens[other]
            case 4:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 5:
                del tokens[at]
            case 6:
                span = tokens[min(at, other) : max(at, other)][:40]
                tokens[at:at] = span * draw.choice((1, 1, 2, 30))
            case _:
                tokens[at] = number(tokens[at], draw)
    return b"".join(tokens)


def number(token: bytes, draw: Random) -> bytes:
    """Return another number where `token` is one."""
    try:
        value = float(token)
    except ValueError:
        return token
    changed = draw.choice((-value, value * 1e9, value / 3, value + 1, value * 1e-9, 1e15, 2**53))
    return repr(changed).encode()


def lines(content: bytes, draw: Random) -> bytes:
    """Return text with whole lines swapped, repeated or left out."""
    rows = content.splitlines(keepends=True)
    for _ in range(draw.choice((1, 2))):
        if not rows:
            break
        at, other = draw.randrange(len(rows)), draw.randrange(len(rows))
        match draw.randrange(4):
            case 0:
                rows[at], rows[other] = rows[other], rows[at]
            case 1:
                del rows[at]
            case 2:
                rows[at:at] = [rows[other]] * draw.choice((1, 3, 200))
            case _:
                rows[at] = rows[at].replace(b",", draw.choice((b";", b"\t", b",,", b'","', b"")))
    return b"".join(rows)


def encoded(content: bytes, draw: Random) -> bytes:
    """Return text in another encoding."""
    with suppress(UnicodeError):
        words = content.decode("utf-8-sig")
        name = draw.choice(("gb18030", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "big5"))
        return words.encode(name)
    return content


# ------------------------------------------------------------------------------------------ json


def tree(content: bytes, draw: Random) -> bytes:
    """Return JSON with one or some of its leaves and branches changed."""
    try:
        root = json.loads(content)
    except (ValueError, RecursionError):
        return text(content, draw)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        root = _grafted(root, draw)
    ascii_only = draw.random() < 0.5
    try:
        return json.dumps(root, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return content


def _grafted(root: Any, draw: Random) -> Any:
    branches = [root] if isinstance(root, dict | list) and root else []
    for branch in branches:
        inner = branch.values() if isinstance(branch, dict) else branch
        branches += [one for one in inner if isinstance(one, dict | list) and one]
        if len(branches) > 5_000:
            break
    if not branches:
        return _leaf(root, draw)
    branch = draw.choice(branches)
    keys = list(branch) if isinstance(branch, dict) else list(range(len(branch)))
    key, other = draw.choice(keys), draw.choice(keys)
    match draw.randrange(8):
        case 0:
            del branch[key]
        case 1:
            branch[key], branch[other] = branch[other], branch[key]
        case 2 if isinstance(branch, list):
            branch[key:key] = [branch[other]] * draw.choice((1, 2, 40))
        case 2:
            branch[draw.choice(HOSTILE)] = branch[key]
        case 3:
            branch[key] = json.loads(json.dumps(draw.choice(branches)))
        case _:
            branch[key] = _leaf(branch[key], draw)
    return root


def _leaf(value: Any, draw: Random) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool) and draw.random() < 0.6:
        return draw.choice((-value, 0, value + 1, value * 1e9, 1e300, -1e-300, 2**63, 10**400))
    words = (*HOSTILE, "\ud800", value)
    return draw.choice((None, True, False, 0, -1, 1e308, [], {}, [value], {"a": value}, *words))


# ------------------------------------------------------------------------------------------- zip


def archive(content: bytes, draw: Random) -> bytes:
    """Return an archive with a member changed, left out, repeated or called otherwise."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            members = [(one.filename, opened.read(one)) for one in opened.infolist()]
    except Exception:
        return raw(content, draw)
    if not members or draw.random() < 0.15:
        return raw(content, draw)
    for _ in range(draw.choice((1, 1, 2))):
        at = draw.randrange(len(members))
        name, inner = members[at]
        match draw.randrange(10):
            case 0:
                del members[at]
            case 1:
                members[at] = (draw.choice((name + "x", "../" + name, "/" + name, "x")), inner)
            case 2:
                members[at] = (name, members[draw.randrange(len(members))][1])
            case _:
                change = draw.choice(
                    (text, text, lines, raw) if inner[:1] == b"<" else (raw, header)
                )
                members[at] = (name, change(inner, draw))
        if not members:
            break
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, inner in dict(members).items():
            written.writestr(name or "x", inner)
    return out.getvalue()


def header(content: bytes, draw: Random) -> bytes:
    """Return an array of numpy with its header changed."""
    end = content.find(b"\n")
    if not content.startswith(b"\x93NUMPY") or end < 0:
        return raw(content, draw)
    said = text(content[10:end], draw).ljust(end - 10)
    kind = draw.choice((b"<u8", b"<f4", b"<f8", b"|O", b"<U9", b">u8", b"<U999999999", b"<c16"))
    if draw.random() < 0.5:
        said = re.sub(rb"'[<>|][a-zA-Z]\d*'", b"'" + kind + b"'", said)
    return content[:8] + struct.pack("<H", len(said) + 1) + said + content[end:]


# --------------------------------------------------------------------------------------- parquet


def parquet(content: bytes, draw: Random) -> bytes:
    """Return a Parquet file with other columns, types, cells or metadata, or changed bytes."""
    if draw.random() < 0.4:
        return _footer(content, draw) if draw.random() < 0.6 else raw(content, draw)
    import pyarrow as pa
    from pyarrow import parquet as files

    try:
        table = files.read_table(io.BytesIO(content), use_threads=False)
        for _ in range(draw.choice((1, 1, 2))):
            table = _other_table(table, draw, pa)
        out = io.BytesIO()
        files.write_table(table, out, compression=draw.choice(("snappy", "zstd", "gzip", "none")))
    except Exception:  # not every change can be written
        return raw(content, draw)
    return out.getvalue()


def _footer(content: bytes, draw: Random) -> bytes:
    size = int.from_bytes(content[-8:-4], "little")
    cut = max(0, len(content) - 8 - size)
    return content[:cut] + raw(content[cut:-8], draw) + content[-8:]


def _other_table(table: Any, draw: Random, pa: Any) -> Any:
    at = draw.randrange(max(table.num_columns, 1))
    name = table.column_names[at]
    match draw.randrange(6):
        case 0:
            return table.drop_columns([name])
        case 1:
            return table.append_column(name, table.column(at))
        case 2:
            names = [*table.column_names]
            names[at] = draw.choice((*HOSTILE[:40], "x", "id", "geometry"))
            return table.rename_columns(names)
        case 3:
            about = {str(k, "utf-8"): v for k, v in (table.schema.metadata or {}).items()}
            key = draw.choice(("geo", "pandas"))
            change = draw.choice((tree, text))
            about[key] = change(about.get(key, b'{"version": "1.0.0"}'), draw)
            return table.replace_schema_metadata(about)
        case 4:
            return table.take([draw.randrange(table.num_rows) for _ in range(draw.choice((0, 9)))])
        case _:
            return table.set_column(at, name, _other_column(table.num_rows, draw, pa))


def _other_column(rows: int, draw: Random, pa: Any) -> Any:
    kind = draw.choice(
        (
            pa.string(),
            pa.large_string(),
            pa.binary(),
            pa.float32(),
            pa.float64(),
            pa.int8(),
            pa.uint64(),
            pa.bool_(),
            pa.date32(),
            pa.timestamp("us"),
            pa.timestamp("ns", tz="Asia/Shanghai"),
            pa.duration("s"),
            pa.time64("us"),
            pa.decimal128(30, 5),
            pa.null(),
            pa.list_(pa.float64()),
            pa.struct({"a": pa.int64()}),
            pa.map_(pa.string(), pa.int64()),
            pa.dictionary(pa.int8(), pa.string()),
        )
    )
    pools: dict[str, tuple[Any, ...]] = {
        "string": HOSTILE,
        "binary": (b"", b"\xff\xfe", b"\x01\x01\x00\x00\x00" + bytes(16)),
        "double": (0.0, -0.0, 1e308, float("nan"), float("inf"), 5e-324),
        "int": (0, 1, 100, 127),
        "bool": (True, False),
        "list": ([], [1.0], [None, 2.0]),
        "struct": ({"a": 1}, {"a": None}),
        "map": ([("a", 1)], []),
    }
    said = str(kind)
    pool = next((p for word, p in pools.items() if word in said), None)
    if said == "float":
        pool = pools["double"]
    cells = [
        None if pool is None or draw.random() < 0.1 else draw.choice(pool) for _ in range(rows)
    ]
    if pool is None and said != "null":
        return pa.array([draw.choice((0, 1, 86_399)) for _ in range(rows)], pa.int64()).cast(kind)
    return pa.array(cells, kind)


# ---------------------------------------------------------------------------------------- sqlite

_STATEMENTS = (
    'UPDATE "{table}" SET "{column}" = {value}',
    'UPDATE "{table}" SET "{column}" = {value} WHERE rowid = 1',
    'DELETE FROM "{table}" WHERE rowid = 1',
    'DELETE FROM "{table}"',
    'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "{word}"',
    'ALTER TABLE "{table}" ADD COLUMN "{word}" {kind}',
    'ALTER TABLE "{table}" ADD COLUMN extra {kind} DEFAULT {value}',
    'ALTER TABLE "{table}" ADD COLUMN made {kind} GENERATED ALWAYS AS ({value})',
    'ALTER TABLE "{table}" RENAME TO "{word}"',
    'DROP TABLE "{table}"',
    'CREATE VIEW v AS SELECT * FROM "{table}"',
    "UPDATE gpkg_contents SET data_type = 'attributes'",
    'INSERT INTO "{table}" SELECT * FROM "{table}"',
    "UPDATE sqlite_master SET sql = replace(sql, 'TEXT', '{kind}')",
    "UPDATE sqlite_master SET rootpage = {page} WHERE name = '{table}'",
    "PRAGMA user_version = 99999",
    "PRAGMA application_id = 1",
)
_VALUES = (
    "NULL",
    "''",
    "'x'",
    "1e308",
    "-1",
    "9223372036854775807",
    "x'00'",
    "x'4750000100000000010100000000000000000000000000000000000000'",
    "x'47500001ffffffff0107000000ffffffff'",
    "CAST(x'fffe' AS TEXT)",
    "zeroblob(1000)",
    "'/etc/passwd'",
    "random()",
)


def database(content: bytes, draw: Random) -> bytes:
    """Return a GeoPackage after some statements of SQL, or with changed bytes."""
    if draw.random() < 0.35:
        return raw(content, draw)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.gpkg"
        path.write_bytes(content)
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as base:
            base.execute("PRAGMA writable_schema = 1")
            for (name,) in base.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                base.execute(f'DROP TRIGGER "{name}"')
            for _ in range(draw.choice((1, 1, 2, 3))):
                with suppress(sqlite3.Error):
                    base.execute(_statement(base, draw))
            base.commit()
        return path.read_bytes()


def _statement(base: sqlite3.Connection, draw: Random) -> str:
    tables = [r[0] for r in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    own = [t for t in tables if not t.startswith(("gpkg_", "rtree_", "sqlite_"))]
    table = draw.choice(own if own and draw.random() < 0.6 else tables or ["x"])
    columns = [r[1] for r in base.execute(f'PRAGMA table_info("{table}")')] or ["x"]
    return draw.choice(_STATEMENTS).format(
        table=table,
        column=draw.choice(columns),
        value=draw.choice(_VALUES),
        word=draw.choice(("x", "id", "a b", "éé", "everyone", "geom", "places")),
        kind=draw.choice(("TEXT", "REAL", "INTEGER", "BLOB", "DATE", "BOOLEAN", "POINT", "JSON")),
        page=draw.choice((0, 1, 2, 5, 9999)),
    )


CHANGES: dict[str, tuple[Change, ...]] = {
    ".toml": (text, text, text, lines, raw),
    ".csv": (text, text, lines, encoded, raw),
    ".json": (tree, tree, tree, text, raw),
    ".geojson": (tree, tree, tree, text, raw),
    ".xlsx": (archive,),
    ".npz": (archive,),
    ".parquet": (parquet,),
    ".gpkg": (database,),
    ".shp": (raw,),
    ".shx": (raw,),
    ".dbf": (raw, raw, text),
    ".prj": (text, raw),
    ".cpg": (text, raw),
}


def changed(files: Files, targets: tuple[str, ...], draw: Random) -> Files:
    """Return `files` with one or two of `targets` changed as fits their kind."""
    found = dict(files)
    for _ in range(draw.choice((1, 1, 1, 2))):
        name = draw.choice(targets)
        change = draw.choice(CHANGES[Path(name).suffix])
        found[name] = change(found[name], draw)
    return found
