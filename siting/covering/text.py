"""The text form of the literature's instances.

The first line holds the numbers of sites and of points. Then every line is a record: ``F id x y
cost`` is a site, ``C id x y weight`` a point, with blanks or tabs between. A file as the published
generator writes it (tabs, sites first) is read by a compiled reader on several cores; any other
one line by line, which also says what is wrong where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.covering.check import Places
from siting.covering.model import CoveringInstance
from siting.files import open_file

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.findings import Findings
    from siting.covering.model import Floats, Ints

_FIELDS = ("kind", "id", "x", "y", "weight")
_BLOCK = 1 << 24  # bytes a core reads at once


def read_text(
    path: Path, threads: int, findings: Findings
) -> tuple[CoveringInstance, Places] | None:
    """Return the instance of a file and where its records stand; None after a fault."""
    return _fast(path, threads) or _careful(path, findings)


def _fast(path: Path, threads: int) -> tuple[CoveringInstance, Places] | None:
    """Return what a file holds that is just as the generator writes it; None for any other."""
    import pyarrow as pa
    from pyarrow import csv

    with open_file(path) as file:
        counts = _counts(file.readline().decode("utf-8", "replace"))
        if counts is None:
            return None
        sites: list[list[str]] = []
        for _ in range(counts[0]):
            fields = file.readline().decode("utf-8", "replace").split()
            if len(fields) != len(_FIELDS) or fields[0] != "F":
                return None
            sites.append(fields)
        values = [[_number(word) for word in fields[2:]] for fields in sites]
        if counts[1] == 0 or any(v is None for row in values for v in row):
            return None
        try:
            table = csv.read_csv(
                file,
                csv.ReadOptions(
                    column_names=list(_FIELDS), use_threads=threads > 1, block_size=_BLOCK
                ),
                csv.ParseOptions(delimiter="\t", quote_char=False, ignore_empty_lines=False),
                csv.ConvertOptions(
                    column_types={"kind": pa.dictionary(pa.int32(), pa.string())}
                    | dict.fromkeys(_FIELDS[2:], pa.float64()),
                    include_columns=["kind", *_FIELDS[2:]],
                    null_values=[],
                ),
            )
        except pa.ArrowInvalid:
            return None
    kinds = {word for chunk in table["kind"].chunks for word in chunk.dictionary.to_pylist()}
    if len(table) != counts[1] or kinds != {"C"}:
        return None
    x, y, weight = (table[name].to_numpy() for name in _FIELDS[2:])
    site_x, site_y, cost = np.array(values, dtype=np.float64).reshape(-1, 3).T.copy()
    instance = CoveringInstance(
        site_id=np.array([fields[1] for fields in sites], dtype=object),
        site_x=site_x,
        site_y=site_y,
        cost=cost,
        x=x,
        y=y,
        weight=weight,
    )
    name = path.name
    return instance, Places(name, name, 2, 2 + counts[0], weight="demand")


def _careful(path: Path, findings: Findings) -> tuple[CoveringInstance, Places] | None:
    """Read line by line, and say of each what is wrong with it."""
    name = path.name
    kept: dict[str, list[tuple[int, str, Floats]]] = {"F": [], "C": []}
    with path.open(encoding="utf-8", errors="replace") as file:
        first = file.readline()
        counts = _counts(first)
        if counts is None:
            findings.fault("covering.header", file=name, row=1, value=first.strip()[:60])
            return None
        for row, line in enumerate(file, start=2):
            fields = line.split()
            if not fields:
                continue
            if fields[0] not in kept:
                findings.fault("covering.kind", file=name, row=row, value=fields[0])
            elif len(fields) != len(_FIELDS):
                findings.fault("covering.fields", file=name, row=row, value=line.strip())
            elif (numbers := _numbers(fields, name, row, findings)) is not None:
                kept[fields[0]].append((row, fields[1], numbers))
    if not findings.faults:
        keys = ("covering.count_sites", "covering.count_points")
        for records, stated, key in zip(kept.values(), counts, keys, strict=True):
            if len(records) != stated:
                findings.fault(key, file=name, row=1, value=stated, found=len(records))
    sites, points = kept["F"], kept["C"]
    site_x, site_y, cost = _columns(sites)
    x, y, weight = _columns(points)
    instance = CoveringInstance(
        site_id=np.array([word for _, word, _ in sites], dtype=object),
        site_x=site_x,
        site_y=site_y,
        cost=cost,
        x=x,
        y=y,
        weight=weight,
    )
    return instance, Places(name, name, _rows(sites), _rows(points), weight="demand")


def _numbers(fields: list[str], name: str, row: int, findings: Findings) -> Floats | None:
    """Return x, y and amount of a record; None where one of them is no number."""
    columns = ("x", "y", "cost" if fields[0] == "F" else "demand")
    found = [_number(word) for word in fields[2:]]
    for column, word, number in zip(columns, fields[2:], found, strict=True):
        if number is None:
            findings.fault("city.not_number", file=name, row=row, column=column, value=word)
    return None if None in found else np.array(found, dtype=np.float64)


def _rows(records: list[tuple[int, str, Floats]]) -> Ints:
    return np.array([row for row, _, _ in records], dtype=np.int64)


def _columns(records: list[tuple[int, str, Floats]]) -> Floats:
    """Return the numbers of records by column, shape (3, records)."""
    found = np.array([values for _, _, values in records], dtype=np.float64)
    return np.ascontiguousarray(found.reshape(-1, 3).T)


def _counts(line: str) -> tuple[int, int] | None:
    """Return the numbers of sites and points that the first line states."""
    fields = line.split()
    if len(fields) != 2 or not all(word.isascii() and word.isdecimal() for word in fields):
        return None
    return int(fields[0]), int(fields[1])


def _number(word: str) -> float | None:
    try:
        return None if "_" in word else float(word)
    except ValueError:
        return None


def write_text(instance: CoveringInstance, path: Path) -> None:
    """Write an instance with six decimals, as the published generator writes it.

    Weights and costs are written as whole numbers where they are whole.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{instance.sites}\t{len(instance)}\t\n")
        sites = (instance.site_x, instance.site_y, instance.cost)
        points = (instance.x, instance.y, instance.weight)
        for kind, columns in (("F", sites), ("C", points)):
            for k, (x, y, amount) in enumerate(zip(*(a.tolist() for a in columns), strict=True)):
                file.write(f"{kind}\t{k}\t{x:.6f}\t{y:.6f}\t{_short(amount)}\n")


def _short(amount: float) -> str:
    return str(int(amount)) if amount.is_integer() else repr(amount)
