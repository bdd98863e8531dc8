"""The tables in files that somebody has: every sheet and layer, opened as a city would open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.city.config import PointsSection
from siting.city.findings import Findings
from siting.city.tables import Column, Source, open_source
from siting.new.headings import age_group, columns_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from siting.city.model import Ints
    from siting.errors import Notice

ENDINGS = (
    ".csv",
    ".txt",
    ".xlsx",
    ".xlsm",
    ".parquet",
    ".geoparquet",
    ".gpkg",
    ".geojson",
    ".json",
    ".shp",
)
_ROLES = ("places", "outlets", "spaces", "communities", "nodes", "edges", "walks")
_POINTS, _LINES = (0, 4), (1, 2, 5)


@dataclass(frozen=True, eq=False)
class Given:
    """One table that somebody has.

    Attributes
    ----------
    path
        The file.
    section
        How a city opens it: sheet, layer, row of the headings.
    source
        It, opened.
    rows, columns
        Spreadsheet rows and cells, by heading.
    shape
        ``points``, ``lines`` or ``areas``; None for a table without geometry.
    remarks
        What reading it remarked.
    """

    path: Path
    section: PointsSection
    source: Source
    rows: Ints
    columns: dict[str, Column]
    shape: str | None
    remarks: tuple[Notice, ...] = ()

    @property
    def name(self) -> str:
        """The file, and the sheet or layer in it, as people know them."""
        inside = self.section.sheet or self.section.layer
        return self.path.name if inside is None else f"{self.path.name} [{inside}]"

    @property
    def title(self) -> str:
        """Words that may tell what the table is."""
        words = (self.path.stem, self.section.sheet or "", self.section.layer or "")
        return " ".join(words).casefold()


def files_in(paths: Iterable[Path], findings: Findings) -> list[Path]:
    """Return the files that may be tables, folders (without those inside) taken apart."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file())
            found += [
                p
                for p in inside
                if p.suffix.lower() in (*ENDINGS, ".xls") and not p.name.startswith((".", "~"))
            ]
        elif path.is_file():
            found.append(path)
        else:
            findings.fault("new.no_such", file=str(path))
    return list(dict.fromkeys(found))


def look(path: Path) -> tuple[list[Given], list[Notice]]:
    """Return the tables of one file, and what could not be read of it."""
    findings = Findings()
    sections = _sections(path, findings)
    unread = list(findings.faults)
    tables = []
    for section in sections:
        given, faults = _open(path, section)
        if given is not None and given.columns:
            tables.append(given)
        else:
            # A blank sheet among others is no news.
            alone = len(sections) == 1
            unread += [n for n in faults if alone or n.key != "city.no_header"]
    return tables, unread


def _sections(path: Path, findings: Findings) -> list[PointsSection]:
    suffix = path.suffix.lower()
    plain_one = PointsSection(file=path.name)
    if suffix in (".xlsx", ".xlsm"):
        from siting.city.table_excel import sheet_titles

        titles = sheet_titles(path, path.name, findings)
        return [plain_one.model_copy(update={"sheet": title}) for title in titles]
    if suffix == ".gpkg":
        from siting.city.table_geo import layer_names

        layers = layer_names(path, path.name, findings) or []
        return [plain_one.model_copy(update={"layer": layer}) for layer in layers]
    return [plain_one]


def _open(path: Path, section: PointsSection) -> tuple[Given | None, tuple[Notice, ...]]:
    """Return one table, or None and why it cannot be read."""
    findings = Findings()
    source = _source(path, section, findings)
    row = None if source is None else _heading_row(source)
    if row is not None:
        section = section.model_copy(update={"header_row": row})
        findings = Findings()  # what the rows above made it say holds no more
        source = _source(path, section, findings)
    loaded = None
    if source is not None:
        loaded = source.load({name: False for name in source.names if name})
    if source is None or loaded is None:
        return None, findings.faults
    rows, columns = loaded
    return Given(path, section, source, rows, columns, _shape(source), findings.remarks), ()


def _source(path: Path, section: PointsSection, findings: Findings) -> Source | None:
    try:
        return open_source(path, section, findings)
    except OSError as error:
        findings.fault("city.unreadable", file=path.name, detail=str(error))
        return None


def _heading_row(source: Source) -> int | None:
    """Return the row of the headings where it is one of those below the first, else None."""

    def known(cells: Iterable[str]) -> int:
        named = [c for c in cells if c]
        groups = sum(1 for c in named if age_group(c) and plain(c))
        return groups + max(sum(m.sure for m in columns_of(r, named).values()) for r in _ROLES)

    best, most = None, known(source.names)
    for row, cells in source.below:
        if (count := known(cells)) > max(most, 1):
            best, most = row, count
    return best


def _shape(source: Source) -> str | None:
    if source.geometry is None:
        return None
    import shapely

    there = source.geometry[~shapely.is_missing(source.geometry)]
    if len(there) == 0:
        return "points"
    kinds = shapely.get_type_id(there)
    if np.isin(kinds, _LINES).all():
        return "lines"
    return "points" if np.isin(kinds, _POINTS).all() else "areas"
