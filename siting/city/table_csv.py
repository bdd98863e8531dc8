"""CSV files: encoding found out, a fast typed path, and an exact path for what that cannot read."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.tables import Column, Picked, Source, object_column

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.findings import Findings
    from siting.city.model import Ints


def open_csv(path: Path, file: str, encoding: str | None, findings: Findings) -> Source | None:
    """Open a CSV file.

    Without `encoding` UTF-8 (with or without byte order mark) and then GB18030 are tried, strictly;
    GB18030 is remarked. Separators are commas; the first row holds the names.
    """
    content = decode(path.read_bytes(), file, encoding, findings)
    if content is None:
        return None
    start = io.StringIO(_first_record(content), newline="")
    try:
        header = next(csv.reader(start), [])
    except csv.Error as error:
        findings.fault("city.not_csv", file=file, detail=str(error))
        return None
    names = [name.strip() for name in header]
    if not any(names):
        findings.fault("city.no_header", file=file)
        return None

    def load(picked: Picked) -> tuple[Ints, dict[str, Column]] | None:
        fast = _load_compiled(content, header, names, picked)
        return fast if fast is not None else _load_text(content, file, names, picked, findings)

    return Source(names, load)


def decode(content: bytes, file: str, encoding: str | None, findings: Findings) -> bytes | None:
    """Return the file's text as UTF-8 bytes without a byte order mark."""
    tried = ("utf-8-sig", "gb18030") if encoding is None else (encoding,)
    for name in tried:
        try:
            text = content.decode("utf-8-sig" if name == "utf-8" else name)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if encoding is None and name == "gb18030":
            findings.remark("city.gb18030", file=file)
        return text.encode("utf-8")
    key = "city.encoding" if encoding is None else "city.encoding_stated"
    findings.fault(key, file=file, encoding=encoding)
    return None


def _first_record(content: bytes) -> str:
    """Return enough of the start to hold the header, even where a name spans lines."""
    end = 0
    while True:
        end = content.find(b"\n", end)
        if end < 0 or content.count(b'"', 0, end) % 2 == 0:
            break
        end += 1
    return (content if end < 0 else content[: end + 1]).decode("utf-8")


def _load_compiled(
    content: bytes, header: list[str], names: list[str], picked: Picked
) -> tuple[Ints, dict[str, Column]] | None:
    """Return the columns by the compiled reader, or None where rows are not regular.

    A column of numbers with any cell that is none comes as text.
    """
    import pyarrow as pa

    if len(set(header)) != len(header) or _has_blank_lines(content):
        return None
    written = {name: header[names.index(name)] for name in picked}
    numbers = {written[name]: pa.float64() for name, number in picked.items() if number}
    texts = {written[name]: pa.string() for name in picked}
    try:
        table = _arrow_table(content, texts | numbers)
    except pa.ArrowInvalid:
        try:
            table = _arrow_table(content, texts)
        except pa.ArrowInvalid:
            return None
    columns = {name: _column(name, table.column(written[name]), picked[name]) for name in picked}
    return np.arange(2, table.num_rows + 2, dtype=np.int64), columns


def _arrow_table(content: bytes, types: dict[str, Any]) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow

    return arrow.read_csv(
        pa.BufferReader(content),
        # One thread and one order: the result never depends on the machine.
        read_options=arrow.ReadOptions(use_threads=False),
        parse_options=arrow.ParseOptions(newlines_in_values=b'"' in content),
        convert_options=arrow.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _column(name: str, cells: Any, number: bool) -> Column:
    import pyarrow as pa
    import pyarrow.compute as pc

    blank = cells.is_null().to_numpy()
    if number and pa.types.is_string(cells.type):
        with suppress(pa.ArrowInvalid):
            cells = cells.cast(pa.float64())
    if not pa.types.is_string(cells.type):
        return Column(name, np.asarray(cells.to_numpy(), dtype=np.float64), blank)
    cells = pc.utf8_trim_whitespace(cells)
    bare = pc.fill_null(pc.equal(pc.utf8_length(cells), 0), fill_value=True)
    return Column(name, cells.to_numpy(), np.asarray(bare.to_numpy(), dtype=np.bool_))


def _has_blank_lines(content: bytes) -> bool:
    """Tell whether a line before the last record is blank, or lines end in an unusual way.

    The compiled reader skips such lines without a word, and then row numbers are not exact.
    """
    body = content.rstrip(b"\r\n")
    returns = content.count(b"\r")
    return (
        body[:1] in (b"\r", b"\n")
        or b"\n\n" in body
        or (returns > 0 and (b"\n\r\n" in body or returns != content.count(b"\r\n")))
    )


def _load_text(
    content: bytes, file: str, names: list[str], picked: Picked, findings: Findings
) -> tuple[Ints, dict[str, Column]] | None:
    """Return the columns as text, with exact row numbers; rows of a wrong width are faults."""
    width = len(names)
    rows: list[int] = []
    kept: list[list[str]] = []
    sound = True
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if number == 1 or not any(cell.strip() for cell in record):
                continue
            if len(record) < width or any(cell.strip() for cell in record[width:]):
                findings.fault("city.ragged", file=file, row=number, cells=len(record), width=width)
                sound = False
                continue
            rows.append(number)
            kept.append(record)
    except csv.Error as error:
        findings.fault("city.not_csv", file=file, row=number + 1, detail=str(error))
        return None
    if not sound:
        return None
    columns = {}
    for name in picked:
        at = names.index(name)
        cells = np.empty(len(kept), dtype=object)
        cells[:] = [record[at] for record in kept]
        columns[name] = object_column(name, cells)
    return np.asarray(rows, dtype=np.int64), columns
