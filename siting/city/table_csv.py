"""CSV files: encoding found out, a fast typed path, and an exact path for what that cannot read."""

from __future__ import annotations

import codecs
import csv
import io
import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.findings import LISTED
from siting.city.heading import joined_names
from siting.city.tables import Column, Picked, Source, object_column
from siting.files import file_content

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.findings import Findings
    from siting.city.model import Ints

_LOOKED_BELOW = 5
_SEPARATORS = {",": ",", ";": ";", "\t": "tab"}
_FOREIGN = 0.1
"""Share of NUL characters from which on a text is UTF-16 read as something else; unverified."""
_QUOTED = re.compile('"[^"]*"')


def open_csv(
    path: Path,
    file: str,
    encoding: str | None,
    findings: Findings,
    heading: tuple[int, ...] | None = None,
) -> Source | None:
    """Open a CSV file.

    Without `encoding` UTF-8 (with or without byte order mark) and then GB18030 are tried, strictly;
    GB18030 is remarked, and UTF-16 is read where it begins with its byte order mark. The rows
    `heading`, or else the first, hold the names; they tell whether commas, semicolons or tabs
    separate, which is remarked unless they are commas.
    """
    content = decode(file_content(path), file, encoding, findings)
    if content is None:
        return None
    above = 0 if heading is None else heading[0] - 1
    if above:
        content = content[len(_first_records(content, above).encode()) :]
    separator = find_separator(_first_records(content, 1 + _LOOKED_BELOW))
    deep = len(heading or (1,))
    text = _first_records(content, deep)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        heads = list(islice(reader, deep))
    except csv.Error as error:
        findings.fault("city.not_csv", file=file, detail=str(error))
        return None
    header = heads[0] if heads else []
    names = joined_names([[name.strip() for name in head] for head in heads])
    if len(heads) < deep or not any(names):
        key = "city.no_header" if heading is None else "city.no_header_there"
        findings.fault(key, file=file, row=None if heading is None else heading[0])
        return None
    if deep > 1:  # further on all names stand in one row
        header, above = names, above + deep - 1
        content = _line(names, separator) + content[len(text.encode()) :]
    if separator != ",":
        findings.remark("city.separator", file=file, value=_SEPARATORS[separator])

    def load(picked: Picked) -> tuple[Ints, dict[str, Column]] | None:
        fast = _load_compiled(content, header, names, picked, separator)
        if fast is not None:
            rows, columns = fast
            return rows + above, columns
        return _load_text(content, file, names, picked, separator, findings, above)

    return Source(names, load, below=_below(content, separator, above), first=above + 1)


def _line(names: list[str], separator: str) -> bytes:
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator="\n").writerow(names)
    return line.getvalue().encode()


def find_separator(start: str) -> str:
    """Return what separates cells: a comma, a semicolon or a tab, by the first rows of a file.

    The first row that holds any of them outside quotation marks decides; what it holds most of
    separates, in doubt the comma.
    """
    for row in _QUOTED.sub("", start).splitlines():
        counts = {one: row.count(one) for one in _SEPARATORS}
        if any(counts.values()):
            return max(counts, key=lambda one: counts[one])
    return ","


def _below(content: bytes, separator: str, above: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Return the rows under the first one, as far as a heading may stand there."""
    start = io.StringIO(_first_records(content, 1 + _LOOKED_BELOW), newline="")
    with suppress(csv.Error):
        rows = list(csv.reader(start, delimiter=separator))
        return tuple(
            (number, tuple(cell.strip() for cell in row))
            for number, row in enumerate(rows[1:], start=above + 2)
        )
    return ()


def decode(content: bytes, file: str, encoding: str | None, findings: Findings) -> bytes | None:
    """Return the file's text as UTF-8 bytes without a byte order mark."""
    tried = ("utf-8-sig", "gb18030") if encoding is None else (encoding,)
    if encoding is None and content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        tried = ("utf-16",)
    for name in tried:
        try:
            text = content.decode("utf-8-sig" if name == "utf-8" else name)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            if text.count("\0") > _FOREIGN * len(text):
                break
            findings.fault("city.nul", file=file, row=_row_of(text, text.index("\0")))
            return None
        if encoding is None and name == "gb18030":
            findings.remark("city.gb18030", file=file)
        return text.encode("utf-8")
    key = "city.encoding" if encoding is None else "city.encoding_stated"
    findings.fault(key, file=file, encoding=encoding)
    return None


def _row_of(text: str, at: int) -> int:
    """Return the row in which a character stands; line ends within quotation marks make none."""
    outside = "".join(text[:at].split('"')[::2]).replace("\r\n", "\n")
    return 1 + outside.count("\n") + outside.count("\r")


def _first_records(content: bytes, count: int) -> str:
    """Return enough of the start to hold the first records, even where a name spans lines."""
    end, quoted = -1, False
    while count:
        start = end + 1
        end = content.find(b"\n", start)
        if end < 0:
            break
        quoted ^= content.count(b'"', start, end) % 2 == 1
        count -= not quoted
    return (content if end < 0 else content[: end + 1]).decode("utf-8")


def _load_compiled(
    content: bytes, header: list[str], names: list[str], picked: Picked, separator: str
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
        table = _arrow_table(content, texts | numbers, separator)
    except pa.ArrowInvalid:
        try:
            table = _arrow_table(content, texts, separator)
        except pa.ArrowInvalid:
            return None
    columns = {name: _column(name, table.column(written[name]), picked[name]) for name in picked}
    return np.arange(2, table.num_rows + 2, dtype=np.int64), columns


def _arrow_table(content: bytes, types: dict[str, Any], separator: str) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow

    return arrow.read_csv(
        pa.BufferReader(content),
        # One thread and one order: the result never depends on the machine.
        read_options=arrow.ReadOptions(use_threads=False),
        parse_options=arrow.ParseOptions(delimiter=separator, newlines_in_values=b'"' in content),
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
    content: bytes,
    file: str,
    names: list[str],
    picked: Picked,
    separator: str,
    findings: Findings,
    above: int,
) -> tuple[Ints, dict[str, Column]] | None:
    """Return the columns as text, with exact row numbers; rows of a wrong width are faults.

    Before the names stand `above` more rows.
    """
    width = len(names)
    rows: list[int] = []
    kept: list[list[str]] = []
    ragged: list[tuple[int, int]] = []
    text = io.StringIO(content.decode("utf-8"), newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    number = above
    try:
        for number, record in enumerate(reader, start=above + 1):
            if number == above + 1 or not any(cell.strip() for cell in record):
                continue
            if len(record) < width or any(cell.strip() for cell in record[width:]):
                ragged.append((number, len(record)))
                continue
            rows.append(number)
            kept.append(record)
    except csv.Error as error:
        findings.fault("city.not_csv", file=file, row=number + 1, detail=str(error))
        return None
    for row, cells_there in ragged[:LISTED]:
        findings.fault("city.ragged", file=file, row=row, cells=cells_there, width=width)
    if ragged:
        findings.fault_more("city.ragged", file, len(ragged) - LISTED)
        return None
    columns = {}
    for name in picked:
        at = names.index(name)
        cells = np.empty(len(kept), dtype=object)
        cells[:] = [record[at].strip() for record in kept]
        columns[name] = object_column(name, cells)
    return np.asarray(rows, dtype=np.int64), columns
