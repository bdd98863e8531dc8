"""``city.toml`` as strict records, and the paths it may name."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from siting.city.nearest import nearest
from siting.city.toml_text import parse_toml
from siting.files import open_file, stands_there

if TYPE_CHECKING:
    from siting.city.findings import Findings

CONFIG = "city.toml"
LARGEST_CONFIG = 1_000_000
"""Bytes; a city.toml is written by hand, so a larger one is a mistake."""
_MOST_SAID = 200
"""Complaints about one city.toml that are looked at."""

Positive = Annotated[float, Field(gt=0.0)]
Word = Annotated[str, Field(min_length=1)]
Rows = tuple[Annotated[int, Field(ge=1)], ...]


def _one_below_the_other(rows: Rows) -> Rows:
    if not rows or rows != tuple(range(rows[0], rows[-1] + 1)):
        raise ValueError
    return rows


Heading = Annotated[
    Rows,
    BeforeValidator(lambda rows: (rows,) if isinstance(rows, int) else rows),
    AfterValidator(_one_below_the_other),
]
Encoding = Literal["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "big5", "utf-16"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class CitySection(_Record):
    """``[city]``: what holds for all tables."""

    name: Word | None = None
    """None: the folder's name."""
    crs: Word | int | None = None
    """Coordinate system of the tables; None: plain metres."""
    metric_crs: Word | int | None = None
    """Metric coordinate system to work in; None: a suitable one is chosen."""


class WalkingSection(_Record):
    """``[walking]``: how people walk."""

    metres_per_minute: Positive = 60.0
    detour: Annotated[float, Field(ge=1.0)] = 1.33
    groups: dict[Word, Positive] = Field(default_factory=dict)
    """Metres per minute by group."""


class TableSection(_Record):
    """One table: its file and how its columns are called."""

    file: Word
    columns: dict[Word, Word] = Field(default_factory=dict)
    """Canonical name to the name in the file."""
    encoding: Encoding | None = None
    """Of a CSV file or a Shapefile; None: found out."""
    sheet: Word | None = None
    """Of an Excel file; None: the first."""
    layer: Word | None = None
    """Of a GeoPackage; None: the only one."""
    header_row: Heading | None = None
    """Rows of the column names in a CSV or Excel file, one below the other (a number stands for
    one row); None: the first that is not blank."""
    skip_rows: Rows = ()
    """Rows that are no records: sums, notes, signatures."""
    fill_down: tuple[Word, ...] = ()
    """Canonical names of the columns in which an empty cell is as the one above, as in merged
    cells."""
    units: dict[Word, Word | Positive] = Field(default_factory=dict)
    """Canonical name to the unit of the file's numbers, or to a factor; see `siting.city.units`."""


class PointsSection(TableSection):
    """A table of points or areas."""

    crs: Word | int | None = None
    """None: the file's own, else the city's."""
    number_repeats: bool = False
    """Whether a record whose id stood before is called ``id (2)``, ``id (3)``: names of estates and
    shops repeat, and otherwise that is a fault."""


class OutletsSection(PointsSection):
    """``[outlets]``."""

    types: dict[Word, Word | tuple[Word, ...]] | None = None
    """Local category to type word or words; None: the categories are type words."""


class SpacesSection(PointsSection):
    """``[spaces]``."""

    kinds: dict[Word, Word] = Field(default_factory=dict)
    """Local word to a kind; other words stay as they are."""
    features: dict[Word, Word | tuple[Word, ...]] = Field(default_factory=dict)
    """Local word to feature or features; other words stay as they are."""


class StreetsSection(_Record):
    """``[streets]``: a file of lines, or two tables of nodes and edges."""

    file: Word | None = None
    nodes: Word | None = None
    edges: Word | None = None
    columns: dict[Word, Word] = Field(default_factory=dict)
    encoding: Encoding | None = None
    sheet: Word | None = None
    layer: Word | None = None
    crs: Word | int | None = None


class Config(_Record):
    """The whole of ``city.toml``."""

    city: CitySection = CitySection()
    walking: WalkingSection = WalkingSection()
    places: PointsSection
    spaces: SpacesSection | None = None
    outlets: OutletsSection | None = None
    communities: PointsSection | None = None
    streets: StreetsSection | None = None
    walks: TableSection | None = None

    def files(self) -> tuple[str, ...]:
        """Return the files named, as the user wrote them, each once."""
        sections = (self.places, self.spaces, self.outlets, self.communities, self.walks)
        named = [section.file for section in sections if section is not None]
        if self.streets is not None:
            named += [
                file
                for file in (self.streets.file, self.streets.nodes, self.streets.edges)
                if file is not None
            ]
        return tuple(dict.fromkeys(named))


def load_config(folder: Path, findings: Findings) -> Config | None:
    """Read ``city.toml`` of `folder`; what is wrong goes to `findings`, then it is None."""
    path = folder / CONFIG
    if not folder.is_dir():
        findings.fault("city.no_folder", value=folder)
        return None
    if not stands_there(path):
        findings.fault("city.no_config", file=CONFIG, folder=str(folder))
        return None
    if not path.resolve().is_relative_to(folder.resolve()):
        findings.fault("city.outside", file=CONFIG, value=CONFIG)
        return None
    if not path.is_file():
        findings.fault("city.odd_file", file=CONFIG)
        return None
    try:
        with open_file(path) as stream:
            content = stream.read(LARGEST_CONFIG + 1)
    except OSError as error:
        findings.fault("city.unreadable", file=CONFIG, detail=error.strerror or str(error))
        return None
    if len(content) > LARGEST_CONFIG:
        findings.fault("city.large_config", file=CONFIG, size=path.stat().st_size)
        return None
    try:
        raw = parse_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        findings.fault("city.config_encoding", file=CONFIG)
    except tomllib.TOMLDecodeError as error:
        findings.fault("city.not_toml", file=CONFIG, detail=str(error))
    except RecursionError:
        findings.fault("city.not_toml", file=CONFIG, detail="nested too deeply")
    else:
        return _checked(_normal(raw), findings)
    return None


def locate(folder: Path, name: str, findings: Findings, used: tuple[str, ...] = ()) -> Path | None:
    """Return the file `name` of the city folder, or None and a fault.

    A missing file is told with the nearest name that is there and that no table uses (`used`).

    A path that leaves the folder is refused: an absolute one, one with ``..``, a symbolic link to
    somewhere else.
    """
    windows = PureWindowsPath(name)
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if windows.drive or windows.root or name.startswith("/") or ".." in parts or "\0" in name:
        findings.fault("city.outside", file=CONFIG, value=name.replace("\0", "?"))
        return None
    path = folder.joinpath(*parts)
    try:
        root = folder.resolve()
        if not all(p.resolve().is_relative_to(root) for p in (path, *siblings(path))):
            findings.fault("city.outside", file=CONFIG, value=name)
            return None
        if not path.is_file():
            if path.is_dir():
                findings.fault("city.is_folder", file=name)
                return None
            if stands_there(path):
                findings.fault("city.odd_file", file=name)
                return None
            taken = {folder.joinpath(*PurePosixPath(u.replace("\\", "/")).parts) for u in used}
            here = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
            free = [p.name for p in here if p.is_file() and p.name != CONFIG and p not in taken]
            close = nearest(path.name, free)
            key = "city.no_file" if close is None else "city.no_file_near"
            findings.fault(key, file=name, nearest=close)
            return None
        if path.stat().st_size == 0:
            findings.fault("city.no_bytes", file=name)
            return None
    except (OSError, RuntimeError) as error:  # a loop of links, a name too long, no permission
        findings.fault("city.unreadable", file=name, detail=str(error))
        return None
    return path


def siblings(path: Path) -> tuple[Path, ...]:
    """Return the further files that belong to the file `path`, whatever the case of their names.

    Those of a Shapefile, and what SQLite keeps beside a GeoPackage.
    """
    suffix = path.suffix.lower()
    if suffix == ".shp":
        tails = {".dbf", ".shx", ".prj", ".cpg"}
        wanted = {path.stem.lower() + tail for tail in tails}
    elif suffix == ".gpkg":
        wanted = {path.name.lower() + tail for tail in ("-wal", "-shm", "-journal")}
    else:
        return ()
    if not path.parent.is_dir():
        return ()
    return tuple(p for p in sorted(path.parent.iterdir()) if p.name.lower() in wanted)


def _normal(raw: dict[str, Any]) -> dict[str, Any]:
    """Return `raw` with encodings in one spelling and lists as tuples, for the strict records."""

    def inner(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {k: inner(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return tuple(inner(v, "") for v in value)
        if key == "encoding" and isinstance(value, str):
            spelt = value.lower().replace("_", "-")
            other = {"utf8": "utf-8", "utf-8-bom": "utf-8-sig", "utf8-sig": "utf-8-sig"}
            return other.get(spelt, spelt)
        return value

    return {key: inner(value, "") for key, value in raw.items()}


def _checked(raw: dict[str, Any], findings: Findings) -> Config | None:
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        for item in error.errors()[:_MOST_SAID]:
            _say(item["type"], item["loc"], item["input"], item.get("ctx", {}), findings)
        return None
    streets = config.streets
    if streets is not None:
        lines = streets.file is not None and streets.nodes is None and streets.edges is None
        pair = streets.file is None and streets.nodes is not None and streets.edges is not None
        if not lines and not pair:
            findings.fault("city.streets_files", file=CONFIG)
            return None
    return config


def _say(
    kind: str, loc: tuple[int | str, ...], value: Any, ctx: dict[str, Any], findings: Findings
) -> None:
    """Turn one complaint of pydantic into a fault of ours."""
    steps = [str(step) for step in loc]
    # Members of unions put their own names into the path; a key has none of these.
    path = ".".join(s for s in steps if s not in _UNION_STEPS and not s.startswith("constrained"))
    rows = next((k for k, step in enumerate(steps) if step in ("header_row", "skip_rows")), None)
    if rows is not None and kind != "extra_forbidden":
        column = ".".join(steps[: rows + 1])
        findings.fault("city.key_rows", file=CONFIG, column=column, value=value)
    elif kind == "extra_forbidden":
        known = _keys(loc[:-1])
        close = nearest(steps[-1], known)
        key = "city.unknown_key" if close is None else "city.unknown_key_near"
        findings.fault(key, file=CONFIG, value=path, nearest=close, known=", ".join(known))
    elif kind == "missing":
        findings.fault("city.missing_key", file=CONFIG, value=path)
    elif kind in ("greater_than", "greater_than_equal"):
        least = ctx.get("gt", ctx.get("ge"))
        word = "city.key_above" if kind == "greater_than" else "city.key_least"
        findings.fault(word, file=CONFIG, column=path, value=value, least=f"{least:g}")
    elif kind == "literal_error":
        allowed = ", ".join(get_args(Encoding))
        findings.fault("city.key_choice", file=CONFIG, column=path, value=value, allowed=allowed)
    elif kind in ("dict_type", "model_type"):
        findings.fault("city.key_table", file=CONFIG, column=path, value=value)
    elif kind in ("float_type", "int_type", "finite_number"):
        findings.fault("city.key_number", file=CONFIG, column=path, value=value)
    else:
        findings.fault("city.key_text", file=CONFIG, column=path, value=value)


_UNION_STEPS = {"str", "int", "float", "tuple"}


def _keys(loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the record at `loc` knows."""
    record: type[BaseModel] = Config
    for step in loc:
        found = _record_in(record.model_fields[str(step)].annotation)
        if found is None:
            break
        record = found
    return list(record.model_fields)


def _record_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is not None:
        for arg in get_args(annotation):
            found = _record_in(arg)
            if found is not None:
                return found
    return None
