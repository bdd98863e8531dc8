"""The tables in files that somebody has: every sheet and layer, opened as a city would open it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.city.config import PointsSection
from siting.city.findings import Findings
from siting.city.tables import Column, Source, open_source
from siting.errors import Notice
from siting.new.headings import synonyms
from siting.new.rows import heading_rows, not_records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from siting.city.model import Ints

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
_POINTS, _LINES = (0, 4), (1, 2, 5)


@dataclass(frozen=True, eq=False)
class Given:
    """One table that somebody has.

    Attributes
    ----------
    path
        The file.
    section
        How a city opens it: sheet, layer, rows of the headings, rows that are no records.
    source
        It, opened.
    rows, columns
        Spreadsheet rows and cells, by heading, of the records.
    shape
        ``points``, ``lines`` or ``areas``; None for a table without geometry.
    remarks
        What reading it remarked.
    above
        What stands above the headings.
    """

    path: Path
    section: PointsSection
    source: Source
    rows: Ints
    columns: dict[str, Column]
    shape: str | None
    remarks: tuple[Notice, ...] = ()
    above: str = ""

    @property
    def name(self) -> str:
        """The file, and the sheet or layer in it, as people know them."""
        inside = self.section.sheet or self.section.layer
        return self.path.name if inside is None else f"{self.path.name} [{inside}]"

    @property
    def title(self) -> str:
        """Words that may tell what the table is."""
        words = (self.path.stem, self.section.sheet or "", self.section.layer or "", self.above)
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
    unread = [*findings.faults, *findings.remarks]
    tables = []
    empty = []
    for section in sections:
        given, faults = _open(path, section)
        if given is not None and given.columns:
            tables.append(given)
        elif len(sections) > 1 and [n.key for n in faults] == ["city.no_header"]:
            empty.append(section.sheet)
        else:
            unread += faults
    if empty:
        listed = ", ".join(str(sheet) for sheet in empty)
        unread.append(Notice("new.empty_sheets", file=path.name, values={"sheets": listed}))
    return tables, unread


def _sections(path: Path, findings: Findings) -> list[PointsSection]:
    suffix = path.suffix.lower()
    plain_one = PointsSection(file=path.name)
    if suffix in (".xlsx", ".xlsm"):
        from siting.city.table_excel import sheet_titles

        titles = sheet_titles(path, path.name, findings)
        hidden = [title for title, shown in titles.items() if not shown]
        notes = [title for title, shown in titles.items() if shown and _explains(title)]
        for key, passed in (("new.hidden_sheets", hidden), ("new.notes", notes)):
            if passed:
                findings.remark(key, file=path.name, sheets=", ".join(passed))
        kept = [title for title in titles if title not in (*hidden, *notes)]
        return [plain_one.model_copy(update={"sheet": title}) for title in kept]
    if suffix == ".gpkg":
        from siting.city.table_geo import layer_names

        layers = layer_names(path, path.name, findings) or []
        return [plain_one.model_copy(update={"layer": layer}) for layer in layers]
    return [plain_one]


def _open(path: Path, section: PointsSection) -> tuple[Given | None, tuple[Notice, ...]]:
    """Return one table, or None and why it cannot be read."""
    findings = Findings()
    source = _source(path, section, findings)
    heading, above = ((), "") if source is None else heading_rows(source)
    if source is not None and heading != (source.first,):
        section = section.model_copy(update={"header_row": heading})
        findings = Findings()  # what the rows above made it say holds no more
        source = _source(path, section, findings)
    loaded = None
    if source is not None:
        loaded = source.load({name: False for name in source.names if name})
    if source is None or loaded is None:
        return None, findings.faults
    rows, columns = loaded
    if source.geometry is None and columns:
        odd, blank = not_records(rows, columns)
        section = section.model_copy(update={"skip_rows": tuple(rows[odd].tolist())})
        kept = ~(odd | blank)
        rows = rows[kept]
        columns = {
            name: replace(c, values=c.values[kept], blank=c.blank[kept])
            for name, c in columns.items()
        }
    shape, said = _shape(source), findings.remarks
    return Given(path, section, source, rows, columns, shape, said, above), ()


def _explains(title: str) -> bool:
    """Tell whether a sheet of this name explains others."""
    return any(word in title.casefold() for word in synonyms()["notes"]["words"])


def _source(path: Path, section: PointsSection, findings: Findings) -> Source | None:
    try:
        return open_source(path, section, findings)
    except OSError as error:
        findings.fault("city.unreadable", file=path.name, detail=str(error))
        return None


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
