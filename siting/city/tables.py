"""One table, whatever its format: its columns under canonical names, ready to be checked."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.config import TableSection, locate
from siting.city.model import EVERYONE
from siting.city.nearest import nearest
from siting.city.pairs import PAIRS, one_position, split_pairs
from siting.city.slips import PerCent, without_slips
from siting.city.stated import remark_on_units
from siting.city.units import EXAMPLES, MEASURES, Unit, unit_of
from siting.memory import require_memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from siting.city.findings import Findings
    from siting.city.model import Bools, Ints, Words


MOST_COLUMNS = 16_384
"""As many as a sheet of Excel has."""
MOST_CELLS = 50_000_000
"""So many cells of one file are read whatever its size."""
_SMALL_MB = 4.0
"""So large a file is read whatever memory there is."""
_TIMES = {
    **dict.fromkeys((".csv", ".txt"), 12.0),
    **dict.fromkeys((".parquet", ".geoparquet", ".xlsx", ".xlsm"), 25.0),
    **dict.fromkeys((".geojson", ".json", ".gpkg"), 6.0),
    ".shp": 30.0,  # with what lies beside it
}
"""Memory that reading takes, over the size of the file; measured, see docs/reliability.md."""
_CELLS_PER_BYTE = 10
"""Beyond `MOST_CELLS`; tables of people and buildings take more than a byte for each cell."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column as it was read.

    Attributes
    ----------
    name
        As the user calls it.
    values
        Numbers where the format knows them, else objects (text, numbers, None), shape (n,).
    blank
        True where the cell is empty.
    spoilt
        True where the cell is a fault already, so that nothing more is said of it; None: nowhere.
    """

    name: str
    values: NDArray[Any]
    blank: Bools
    spoilt: Bools | None = None

    def shown(self, i: int) -> str:
        """Return cell `i` as the user would know it."""
        return as_word(self.values[i])


@dataclass(frozen=True, eq=False)
class Table:
    """A table's columns by canonical name.

    Attributes
    ----------
    file
        As the user wrote it.
    rows
        Row of each record as a spreadsheet counts it: the header is row 1.
    columns
        By canonical name; absent where the file has no such column.
    geometry
        Shapely geometries, or None for a table without them.
    crs
        The coordinate system that the file itself states, or None.
    units
        By canonical name, of the columns whose numbers are not in siting's units.
    whole
        False where a required column is missing: then only the cells that are there can be checked.
    """

    file: str
    rows: Ints
    columns: dict[str, Column]
    geometry: Words | None = None
    crs: str | None = None
    units: dict[str, Unit] = field(default_factory=dict)
    whole: bool = True

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Layout:
    """Which columns a table has.

    Attributes
    ----------
    words, numbers
        Canonical names of text and number columns.
    required
        Those that must be there.
    located
        True for a table of points: ``x`` and ``y`` are required unless it has geometry.
    groups
        True where any further column that the mapping names is a group of residents.
    group_words
        Groups that are also looked for under their own name.
    may_be_empty
        True where a table without records is legal.
    """

    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    located: bool = False
    groups: bool = False
    group_words: tuple[str, ...] = ()
    may_be_empty: bool = False

    def known(self) -> tuple[str, ...]:
        """Return all canonical names."""
        return self.words + self.numbers + (_AT if self.located else ())


_AT = ("x", "y", *PAIRS)
Picked = dict[str, bool]
"""Local names to load; True for a column of numbers."""


@dataclass(frozen=True, eq=False)
class Source:
    """An opened file: its column names, and how to load some of them.

    Attributes
    ----------
    names
        Column names as the file has them, without surrounding blanks.
    load
        Returns the spreadsheet rows and the columns asked for, by local name; None after a fault.
    geometry, crs
        As in `Table`; geometry has one entry a record that `load` returns.
    below
        Row numbers and cells of the first rows under the names, where a heading may stand that a
        title has pushed down; empty where a format knows its names.
    first
        Row of the names, the lowest where there are several.
    """

    names: list[str]
    load: Callable[[Picked], tuple[Ints, dict[str, Column]] | None]
    geometry: Words | None = None
    crs: str | None = None
    below: tuple[tuple[int, tuple[str, ...]], ...] = ()
    first: int = 1


def read_table(
    folder: Path,
    section: TableSection,
    layout: Layout,
    findings: Findings,
    used: tuple[str, ...] = (),
) -> Table | None:
    """Read one table of the city folder; what is wrong goes to `findings`.

    Parameters
    ----------
    used
        Files that tables of the city name, which a missing file cannot mean.

    Returns
    -------
    Table or None
        None where the file cannot be used at all.
    """
    path = locate(folder, section.file, findings, used)
    if path is None:
        return None
    size = path.stat().st_size / 2**20 if path.is_file() else 0.0
    if size > _SMALL_MB:
        require_memory(size * _TIMES.get(path.suffix.lower(), 1.0), file=section.file)
    try:
        source = open_source(path, section, findings)
    except OSError as error:
        findings.fault("city.unreadable", file=section.file, detail=str(error))
        return None
    if source is None:
        return None
    table = table_from(
        source,
        section.file,
        section.columns,
        layout,
        findings,
        skip=section.skip_rows,
        fill=section.fill_down,
    )
    if table is None:
        return None
    remark_on_units(table, section.units, findings)
    if not section.units:
        return table
    return replace(table, units=_units(section, table, layout, findings))


def _units(
    section: TableSection, table: Table, layout: Layout, findings: Findings
) -> dict[str, Unit]:
    """Return the units that a section states; those nobody knows are faults."""
    units = {}
    for canonical, stated in section.units.items():
        column = table.columns.get(canonical)
        if column is None or canonical in (*layout.words, "x", "y"):
            here = ", ".join(
                name for name in table.columns if name not in (*layout.words, "x", "y")
            )
            findings.fault("city.unit_column", file=section.file, value=canonical, here=here or "-")
            continue
        measure = MEASURES.get(canonical, "people")
        # A rent of the whole floor can be divided only where every record states its area.
        unit = unit_of(stated, measure, whole="area_m2" in layout.required)
        group = layout.groups and measure == "people" and canonical != EVERYONE
        if (
            unit is None
            or (measure == "people" and not layout.groups)
            or (unit.share and not group)
        ):
            findings.fault(
                "city.unit",
                file=section.file,
                column=column.name,
                value=stated,
                canonical=canonical,
                examples=EXAMPLES[measure] + (", percent" if group else ""),
            )
        else:
            units[canonical] = unit
    return units


def open_source(path: Path, section: TableSection, findings: Findings) -> Source | None:
    """Open a file by its suffix; a fault and None where that is impossible."""
    source = _opened(path, section, findings)
    if source is not None and len(source.names) > MOST_COLUMNS:
        too_many_columns(len(source.names), section.file, findings)
        return None
    return source


def too_many_columns(count: int, file: str, findings: Findings) -> None:
    """Add the fault of a table with more columns than are read."""
    said, most = f"{count:,}", f"{MOST_COLUMNS:,}"
    findings.fault("city.many_columns", file=file, count=said, most=most)


def cells_fit(cells: int, size: int, file: str, findings: Findings) -> bool:
    """Tell whether a file of `size` bytes may hold so many cells; else add a fault.

    A file that packs the same cell over and over can name more of them than memory holds.
    """
    if cells <= MOST_CELLS or cells <= _CELLS_PER_BYTE * size:
        return True
    findings.fault("city.many_cells", file=file, cells=f"{cells:,}", size=f"{size:,}")
    return False


def _opened(path: Path, section: TableSection, findings: Findings) -> Source | None:
    suffix = path.suffix.lower()
    heading = section.header_row
    # Each format is imported when it is first met: most cities are CSV and start faster so.
    if suffix in (".csv", ".txt"):
        from siting.city.table_csv import open_csv

        return open_csv(path, section.file, section.encoding, findings, heading)
    if suffix in (".xlsx", ".xlsm"):
        from siting.city.table_excel import open_excel

        return open_excel(path, section.file, section.sheet, findings, heading)
    if heading is not None:
        findings.fault("city.no_heading_here", file=section.file, value=heading)
        return None
    if suffix in (".parquet", ".geoparquet"):
        from siting.city.table_parquet import open_parquet

        return open_parquet(path, section.file, findings)
    if suffix in (".gpkg", ".geojson", ".json", ".shp"):
        from siting.city.table_geo import open_geo

        return open_geo(path, section.file, section.layer, section.encoding, findings)
    key = "city.old_excel" if suffix == ".xls" else "city.unknown_format"
    findings.fault(key, file=section.file, suffix=suffix)
    return None


def table_from(
    source: Source,
    file: str,
    mapping: dict[str, str],
    layout: Layout,
    findings: Findings,
    *,
    skip: tuple[int, ...] = (),
    fill: tuple[str, ...] = (),
) -> Table | None:
    """Return the table of an opened file under canonical names, without its blank rows.

    Parameters
    ----------
    skip
        Rows that are no records; each is remarked.
    fill
        Canonical names of columns in which an empty cell is as the one above.

    Returns
    -------
    Table or None
        None where nothing of it can be used; not ``whole`` where a required column is missing.
    """
    resolved = resolve(source, file, mapping, layout, findings)
    if resolved is None:
        return None
    named, whole = resolved
    picked = {local: canonical not in layout.words for canonical, local in sorted(named.items())}
    loaded = source.load(picked)
    if loaded is None:
        return None
    rows, by_local = loaded
    columns = {canonical: by_local[local] for canonical, local in named.items()}
    geometry = source.geometry
    empty = np.ones(len(rows), dtype=np.bool_)
    for column in columns.values():
        empty &= column.blank
    if geometry is not None:
        import shapely

        empty &= shapely.is_missing(geometry)
    empty |= _skipped(rows, columns, skip, file, findings)
    if empty.any() and (columns or geometry is not None):
        keep = ~empty
        rows = rows[keep]
        geometry = None if geometry is None else geometry[keep]
        columns = {
            name: Column(c.name, c.values[keep], c.blank[keep]) for name, c in columns.items()
        }
    if len(rows) == 0 and not layout.may_be_empty:
        findings.fault("city.no_rows", file=file)
        return None
    checked = without_slips(Table(file, rows, columns), layout.words, findings)
    columns = split_pairs(checked.columns, file, rows, findings)
    columns |= _filled(columns, fill, file, findings, whole=whole)
    return Table(file, rows, columns, geometry, source.crs, whole=whole)


def _skipped(
    rows: Ints,
    columns: dict[str, Column],
    skip: tuple[int, ...],
    file: str,
    findings: Findings,
) -> Bools:
    """Return which records are to be skipped, saying of each what it holds."""
    skipped = np.isin(rows, skip)
    for i in np.flatnonzero(skipped):
        held = [name for name in ("id", *columns) if name in columns and not columns[name].blank[i]]
        value = columns[held[0]].shown(int(i)) if held else None
        findings.remark("city.skipped", file=file, row=int(rows[i]), value=value)
    for row in sorted(set(skip) - set(rows[skipped].tolist())):
        findings.fault("city.skip_nothing", file=file, row=row)
    return skipped


def _filled(
    columns: dict[str, Column],
    fill: tuple[str, ...],
    file: str,
    findings: Findings,
    *,
    whole: bool,
) -> dict[str, Column]:
    """Return columns in which every empty cell is as the one above it."""
    done = {}
    for canonical in fill:
        column = columns.get(canonical)
        if column is None:
            if whole:
                here = ", ".join(columns)
                findings.fault("city.fill_column", file=file, value=canonical, here=here)
            continue
        last = np.maximum.accumulate(np.where(column.blank, 0, np.arange(len(column.blank))))
        spoilt = None if column.spoilt is None else column.spoilt[last]
        done[canonical] = Column(column.name, column.values[last], column.blank[last], spoilt)
        count = int((column.blank & ~done[canonical].blank).sum())
        if count:
            findings.remark("city.filled_down", file=file, column=column.name, count=count)
    return done


def resolve(
    source: Source, file: str, mapping: dict[str, str], layout: Layout, findings: Findings
) -> tuple[dict[str, str], bool] | None:
    """Return the local name of each canonical column the file has, and whether all is sound.

    None where the names stand in another row.
    """
    known = layout.known()
    here = source.names
    if _heading_below(source, file, mapping, layout, findings):
        return None
    named: dict[str, str] = {}
    sound = True
    twice = sorted(name for name, count in Counter(here).items() if name and count > 1)
    for canonical, written in mapping.items():
        local = written.strip()
        # A further column of places is a group, unless it looks like a slip of the pen;
        # and full-width digits would make a second group of one.
        usual = unicodedata.normalize("NFKC", canonical)
        group = layout.groups and usual == canonical and nearest(canonical, known, 0.8) is None
        if canonical not in known and not group:
            others = known if usual == canonical else (*known, usual)
            _unknown_canonical(canonical, others, file, findings)
            sound = False
        elif source.geometry is not None and canonical in _AT and local not in here:
            continue  # the geometry replaces them
        elif local not in here:
            _no_column(local, canonical, here, file, findings)
            sound = False
        else:
            named[canonical] = local
    taken = set(named.values())
    own = known + layout.group_words
    named |= {name: name for name in own if name not in mapping and name in here}
    sound &= one_position(named, mapping, file, findings)
    if layout.groups:
        for name in here:
            if name not in taken and name not in named and age_group(name):
                named[name] = name
    required = layout.required
    if layout.located and source.geometry is None and not named.keys() & set(PAIRS):
        required = (*required, "x", "y")
    for canonical in required:
        if canonical not in named and canonical not in mapping:
            _no_column(canonical, canonical, here, file, findings)
            sound = False
    for name in twice:
        if name in named.values():
            findings.fault("city.column_twice", file=file, column=name)
            sound = False
    if source.geometry is not None and layout.located:
        named = {name: local for name, local in named.items() if name not in _AT}
    return named, sound


def _heading_below(
    source: Source, file: str, mapping: dict[str, str], layout: Layout, findings: Findings
) -> bool:
    """Tell, with one fault, whether the column names stand some rows below the first."""
    located = layout.located and source.geometry is None and not mapping.keys() & set(PAIRS)
    needed = layout.required + (("x", "y") if located else ())
    wanted = {name.strip() for name in mapping.values()} | set(needed) - set(mapping)
    if not wanted or not wanted.isdisjoint(source.names):
        return False
    for row, cells in source.below:
        if 2 * len(wanted.intersection(cells)) > len(wanted):
            findings.fault("city.heading_below", file=file, row=row, heading=row)
            return True
    return False


def age_group(name: str) -> bool:
    """Tell whether a column is called like a group of an age, ``aged_60_plus``, and so is one."""
    first, _, rest = name.partition("_")
    lower, _, upper = rest.partition("_")
    years = lower.isdecimal() and (upper.isdecimal() or upper == "plus")
    return first == "aged" and name.isascii() and years


def _unknown_canonical(
    canonical: str, known: tuple[str, ...], file: str, findings: Findings
) -> None:
    close = nearest(canonical, known)
    key = "city.unknown_canonical" if close is None else "city.unknown_canonical_near"
    findings.fault(key, file=file, value=canonical, nearest=close, known=", ".join(known))


def _no_column(local: str, canonical: str, here: list[str], file: str, findings: Findings) -> None:
    close = nearest(local, here)
    shown = ", ".join(here[:12]) + (" ..." if len(here) > 12 else "")
    key = "city.no_column" if close is None else "city.no_column_near"
    findings.fault(
        key, file=file, column=local, canonical=canonical, nearest=close, here=shown or "-"
    )


def column_of(name: str, values: Any) -> Column:
    """Return a column from an array, a pandas series or a list of cells.

    Numbers keep their type (whole numbers stay exact); all else becomes objects.
    """
    import pandas as pd

    series = pd.Series(values) if not isinstance(values, pd.Series) else values
    dtype = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
        numbers = series.to_numpy()
        return Column(name, numbers, np.isnan(numbers) if dtype.kind == "f" else _none(len(series)))
    objects = series.astype(object).to_numpy()
    return object_column(name, objects)


def object_column(name: str, objects: NDArray[Any]) -> Column:
    """Return a column of objects; missing values and blank text are empty cells."""
    import pandas as pd

    missing = np.asarray(pd.isna(objects), dtype=np.bool_)
    blank = missing.copy()
    texts = np.fromiter((isinstance(v, str) and not v.strip() for v in objects), np.bool_)
    blank |= texts
    return Column(name, objects, blank)


def as_word(value: Any) -> str:
    """Return one cell as text: whole numbers without a decimal point, text without blanks."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, PerCent):
        return str(value)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _none(n: int) -> Bools:
    return np.zeros(n, dtype=np.bool_)
