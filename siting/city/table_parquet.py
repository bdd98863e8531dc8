"""Parquet and GeoParquet, refused before reading where they would unpack to something monstrous."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from siting.city.coordinates import UnknownCrsError, known_crs
from siting.city.parquet_footer import chunks_of
from siting.city.parquet_pages import with_pages
from siting.city.table_geo import first_line, from_frame
from siting.city.tables import cells_fit
from siting.files import open_file

if TYPE_CHECKING:
    from pathlib import Path

    from pyarrow.parquet import ParquetFile

    from siting.city.findings import Findings
    from siting.city.tables import Source

_SMALL = 50_000_000
"""Bytes of a file whose text is measured first; a larger one may hold what it says."""
_MOST_A_NUMBER = 32
"""Bytes; twice the longest number, for a column may hold it and a table of its values."""
_MOST_TEXT = 500_000_000
"""Bytes that the text of a small file may unpack to; unverified."""


def open_parquet(path: Path, file: str, findings: Findings) -> Source | None:
    """Open a Parquet file, with geometry where its metadata says so."""
    from pyarrow import parquet

    try:
        if not _fits(path, file, findings):
            return None
        with open_file(path) as stream:
            opened = parquet.ParquetFile(stream)
            _require_text(opened)
            metadata = opened.schema_arrow.metadata or {}
            if b"geo" not in metadata:
                table = opened.read(use_threads=False)
                return from_frame(table.to_pandas(use_threads=False, ignore_metadata=True))
        if not _names_no_file(metadata[b"geo"], file, findings):
            return None
        import geopandas

        return from_frame(geopandas.read_parquet(path))
    except Exception as error:  # on damaged files the readers slip in ways of their own
        findings.fault("city.not_parquet", file=file, detail=first_line(error))
        return None


def _require_text(opened: ParquetFile) -> None:
    """Raise an Arrow error where a column of text holds bytes that are none; readers slip later."""
    import pyarrow as pa

    for group in range(opened.num_row_groups):
        for field in opened.schema_arrow:
            kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary)
            if any(one(field.type) for one in kinds):
                part = opened.read_row_group(group, columns=[field.name], use_threads=False)
                part.validate(full=True)


def _names_no_file(about: bytes, file: str, findings: Findings) -> bool:
    """Tell whether a coordinate system that stands as text is a code or WKT; else add a fault.

    PROJ would read a file that is named there.
    """
    columns = json.loads(about).get("columns", {})
    for column in columns.values():
        crs = column.get("crs")
        try:
            if isinstance(crs, str):
                known_crs(crs)
        except UnknownCrsError:
            findings.fault("city.crs_elsewhere", file=file, value=crs)
            return False
    return True


def _fits(path: Path, file: str, findings: Findings) -> bool:
    """Tell whether what the file unpacks to is in keeping with its size; else add a fault."""
    size = path.stat().st_size
    chunks = chunks_of(path)
    if not cells_fit(sum(chunk.values for chunk in chunks), size, file, findings):
        return False
    chunks = with_pages(path, chunks)
    padded = sum(max(0, c.size - _MOST_A_NUMBER * c.values) for c in chunks if not c.is_text)
    if padded > _SMALL:
        findings.fault("city.large_pages", file=file, megabytes=f"{padded / 1e6:.0f}")
        return False
    # The same long text a thousand times is stored once, but is a thousand texts when read.
    texts: dict[str, int] = {}
    for chunk in chunks:
        if chunk.is_text:
            texts[chunk.name] = texts.get(chunk.name, 0) + chunk.values * chunk.size
    suspect = [name for name, most in texts.items() if most > _MOST_TEXT]
    if size > _SMALL or not suspect:
        return True
    unpacked = sum(_unpacked(path, name) for name in suspect)
    if unpacked > _MOST_TEXT:
        megabytes = f"{unpacked / 1e6:.0f}"
        findings.fault("city.large_text", file=file, megabytes=megabytes)
        return False
    return True


def _unpacked(path: Path, name: str) -> int:
    """Return how many bytes the text of a column unpacks to, without unpacking it."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet

    with open_file(path) as stream:
        opened = parquet.ParquetFile(stream, read_dictionary=[name])
        total = 0
        for group in range(opened.metadata.num_row_groups):
            column = opened.read_row_group(group, columns=[name], use_threads=False).column(0)
            for chunk in column.chunks:
                if not pa.types.is_dictionary(chunk.type):
                    total += chunk.nbytes
                    continue
                sizes = pc.binary_length(chunk.dictionary).to_numpy(zero_copy_only=False)
                codes = chunk.indices.drop_null().to_numpy(zero_copy_only=False)
                counts = np.bincount(codes, minlength=len(sizes))
                total += int(np.nan_to_num(sizes).astype(np.float64) @ counts)
    return total
