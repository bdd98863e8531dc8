"""A city folder to a `City`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from siting.city.build import Settings, Tables, build_city
from siting.city.config import CONFIG, Config, PointsSection, TableSection, load_config
from siting.city.findings import Findings
from siting.city.fingerprint import hash_files, named_files
from siting.city.layouts import (
    COMMUNITIES,
    EDGES,
    LINES,
    NODES,
    OUTLETS,
    PLACES,
    SPACES,
    WALKS,
)
from siting.city.model import City, Walking
from siting.city.outlets import mapped_pairs, type_map
from siting.city.partial import only_whole
from siting.city.repeats import with_numbers
from siting.city.spaces import NOTHING_LOCAL, Local
from siting.city.tables import Layout, Table, read_table

if TYPE_CHECKING:
    from siting.city.config import SpacesSection, StreetsSection
    from siting.errors import Notice


def read_city(path: str | Path) -> City:
    """Read and check a city folder.

    Parameters
    ----------
    path
        The folder, or its ``city.toml``.

    Returns
    -------
    City
        With everything suspicious in ``remarks``.

    Raises
    ------
    InputError
        With everything that is wrong, in all tables, at once.
    """
    findings = Findings()
    city = _read(path, findings)
    findings.raise_faults()
    assert city is not None
    return city


def check_city(path: str | Path) -> tuple[City | None, tuple[Notice, ...], tuple[Notice, ...]]:
    """Read a city folder and return the city (None after a fault), the faults and the remarks."""
    findings = Findings()
    city = _read(path, findings)
    return None if findings.faults else city, findings.faults, findings.remarks


def mapped_types(path: str | Path) -> tuple[tuple[str, str], ...]:
    """Return (local category, type word) as ``city.toml`` maps them, even of a faulty city."""
    folder = Path(path)
    config = load_config(folder.parent if folder.name == CONFIG else folder, Findings())
    if config is None or config.outlets is None:
        return ()
    return mapped_pairs(type_map(config.outlets.types))


def _read(path: str | Path, findings: Findings) -> City | None:
    folder = Path(path)
    if folder.name == CONFIG and folder.is_file():
        folder = folder.parent
    before = _hash(folder)
    config = load_config(folder, findings)
    if config is None:
        return None
    tables = _tables(folder, config, findings)
    # The hash says what was read, so nothing may have changed while it was read.
    sha256 = _hash(folder)
    if sha256 is None or sha256 != before:
        if sha256 != before or not findings.faults:
            findings.fault("city.changed_meanwhile", file=CONFIG, folder=str(folder))
        return None
    city = build_city(tables, _settings(folder, config, sha256), findings)
    if city is None:  # of a city that can be built the remarks on it say so
        for table in (tables.spaces, tables.outlets):
            if table is not None and len(table) == 0:
                findings.remark("city.no_records_yet", file=table.file)
    return city


def _hash(folder: Path) -> str | None:
    """Return the hash over the files as they are now; None where one of them cannot be read."""
    unheard = Findings()
    config = load_config(folder, unheard)
    if config is None:
        return None
    try:
        return hash_files(folder, named_files(folder, config, unheard))
    except OSError:
        return None


def _tables(folder: Path, config: Config, findings: Findings) -> Tables:
    def read(section: TableSection | None, layout: Layout) -> Table | None:
        if section is None:
            return None
        table = read_table(folder, section, layout, findings, used)
        if table is not None and isinstance(section, PointsSection) and section.number_repeats:
            table = with_numbers(table, findings)
        return only_whole(table, layout, findings)

    used = config.files()
    lines, nodes, edges = _street_sections(config.streets)
    groups = tuple(config.walking.groups)
    return Tables(
        places=read(config.places, with_groups(groups)),
        spaces=read(config.spaces, SPACES),
        outlets=read(config.outlets, OUTLETS),
        communities=read(config.communities, COMMUNITIES),
        lines=read(lines, LINES),
        nodes=read(nodes, NODES),
        edges=read(edges, EDGES),
        walks=read(config.walks, WALKS),
    )


def with_groups(groups: tuple[str, ...]) -> Layout:
    """Return the layout of places, in which `groups` are looked for under their own names."""
    from dataclasses import replace

    known = PLACES.known()
    return replace(PLACES, group_words=tuple(g for g in groups if g not in known))


def _street_sections(
    streets: StreetsSection | None,
) -> tuple[TableSection | None, TableSection | None, TableSection | None]:
    """Return the sections of lines, nodes and edges, each with the columns that are its own."""
    if streets is None:
        return None, None, None

    def section(file: str, columns: dict[str, str]) -> TableSection:
        return TableSection(
            file=file,
            columns=columns,
            encoding=streets.encoding,
            sheet=streets.sheet,
            layer=streets.layer,
        )

    if streets.file is not None:
        return section(streets.file, streets.columns), None, None
    assert streets.nodes is not None
    assert streets.edges is not None
    own = {k: v for k, v in streets.columns.items() if k not in EDGES.known()}
    others = {k: v for k, v in streets.columns.items() if k in EDGES.known()}
    return None, section(streets.nodes, own), section(streets.edges, others)


def _local(spaces: SpacesSection | None) -> Local:
    if spaces is None:
        return NOTHING_LOCAL
    kinds = {word.strip(): kind for word, kind in spaces.kinds.items()}
    return Local(kinds, type_map(spaces.features) or {})


def _settings(folder: Path, config: Config, sha256: str) -> Settings:
    sections = {
        "places": config.places,
        "spaces": config.spaces,
        "outlets": config.outlets,
        "communities": config.communities,
        "streets": config.streets,
    }
    stated = {
        name: section.crs
        for name, section in sections.items()
        if section is not None and section.crs is not None
    }
    walking = config.walking
    return Settings(
        name=config.city.name or folder.resolve().name,
        crs=config.city.crs,
        metric_crs=config.city.metric_crs,
        table_crs=stated,
        types=None if config.outlets is None else type_map(config.outlets.types),
        local=_local(config.spaces),
        walking=Walking(walking.metres_per_minute, walking.detour, tuple(walking.groups.items())),
        file=CONFIG,
        path=folder,
        sha256=sha256,
    )
