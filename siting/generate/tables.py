"""The tables of a generated city, as files and as the record they are read into."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siting.city.model import EVERYONE, City, Outlets, Places, Spaces, Walking
from siting.generate.folder import CONFIG
from siting.generate.names import Names, addresses, community_names, ids, place_names
from siting.generate.residents import People, community_of
from siting.words import Lang, text

if TYPE_CHECKING:
    from pathlib import Path

    from siting.generate.outlets import Existing
    from siting.generate.question import Amounts
    from siting.generate.spaces import Vacant
    from siting.generate.streets import Grid, Rng

CRS = "EPSG:4547"
"""CGCS2000, three-degree zone with central meridian 114 E; in metres."""
PARQUET_FROM = 50_000
"""Places from which tables are Parquet, which is read faster; below, CSV, which Excel opens."""
WALKING = Walking(groups=(("aged_60_plus", 50.0),))

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Made:
    """Everything that was generated, before it has names."""

    grid: Grid
    people: People
    vacant: Vacant
    existing: Existing
    amounts: Amounts


def write_tables(folder: Path, made: Made, rng: Rng, lang: Lang) -> None:
    """Write ``city.toml`` and the tables it names; `rng` draws the names and nothing else."""
    places = len(made.people.spots)
    ending = "parquet" if places >= PARQUET_FROM else "csv"
    names = community_names(rng, int(made.people.community.max()) + 1, lang)
    tables = {
        "places": _places(made.people, names, lang),
        "outlets": _outlets(made.people, made.existing, names),
        "spaces": _spaces(made, names, addresses(rng, made.grid, made.vacant.spots, lang)),
        "streets_nodes": {
            "node": np.arange(len(made.grid.x)),
            "x": made.grid.x,
            "y": made.grid.y,
        },
        "streets_edges": {
            "from": made.grid.tail,
            "to": made.grid.head,
            "length_m": made.grid.length_m,
        },
    }
    for name, columns in tables.items():
        _write(folder / f"{name}.{ending}", columns)
    config = _config(text("generate.city_name", lang), ending, list(made.people.residents))
    (folder / CONFIG).write_text(config, "utf-8", newline="\n")


def as_city(people: People, vacant: Vacant, existing: Existing) -> City:
    """Return the city as the stages take it, without its streets and with numbers for names."""
    communities = tuple(str(k) for k in range(int(people.community.max()) + 1))
    places = Places(
        id=ids("P", len(people.spots)),
        x=people.spots.x,
        y=people.spots.y,
        community=people.community,
        residents={g: n.astype(np.float64) for g, n in people.residents.items()},
    )
    types = np.empty(len(existing.types), dtype=object)
    types[:] = [tuple(words.split(";")) for words in existing.types]
    outlets = Outlets(
        id=ids("O", len(existing.spots)),
        x=existing.spots.x,
        y=existing.spots.y,
        community=community_of(people, existing.spots),
        types=types,
        area_m2=np.full(len(types), np.nan),
        chain=existing.chain.astype(np.float64),
        spare_m2=np.zeros(len(types)),
    )
    features = np.empty(len(vacant.features), dtype=object)
    features[:] = [frozenset(filter(None, words.split(";"))) for words in vacant.features]
    spaces = Spaces(
        id=ids("S", len(vacant.spots)),
        x=vacant.spots.x,
        y=vacant.spots.y,
        community=vacant.community,
        area_m2=vacant.area_m2,
        rent_m2_month=vacant.rent_m2_month,
        kind=vacant.kind,
        floor=vacant.floor,
        features=features,
        max_types=vacant.max_types,
        min_types=np.zeros(len(features), dtype=np.int64),
        capital_m2=vacant.capital_m2,
        capital_fixed=vacant.capital_fixed,
    )
    return City("generated", places, outlets, spaces, communities, WALKING)


def _places(people: People, names: Names, lang: Lang) -> Columns:
    return {
        "id": ids("P", len(people.spots)),
        "name": place_names(people.community, names, lang),
        "x": people.spots.x,
        "y": people.spots.y,
        "community": names[people.community],
        **people.residents,
    }


def _outlets(people: People, existing: Existing, names: Names) -> Columns:
    return {
        "id": ids("O", len(existing.spots)),
        "x": existing.spots.x,
        "y": existing.spots.y,
        "community": names[community_of(people, existing.spots)],
        "type": existing.types,
        "chain": existing.chain,
    }


def _spaces(made: Made, names: Names, address: Names) -> Columns:
    vacant = made.vacant
    return {
        "id": ids("S", len(vacant.spots)),
        "address": address,
        "x": vacant.spots.x,
        "y": vacant.spots.y,
        "community": names[vacant.community],
        "kind": vacant.kind,
        "area_m2": vacant.area_m2,
        "rent_m2_month": vacant.rent_m2_month,
        "floor": vacant.floor,
        "features": vacant.features,
        "max_types": vacant.max_types,
        "capital_m2": vacant.capital_m2,
        "capital_fixed": vacant.capital_fixed,
    }


def _write(path: Path, columns: Columns) -> None:
    """Write a table; NaN becomes an empty cell."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    arrays = {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
    table = pa.table(arrays)
    if path.suffix == ".parquet":
        parquet.write_table(table, path)
        return
    with path.open("wb") as stream:
        # With the mark Excel takes the file for UTF-8.
        stream.write(b"\xef\xbb\xbf")
        csv.write_csv(table, stream, csv.WriteOptions(quoting_style="needed"))


def _config(name: str, ending: str, groups: list[str]) -> str:
    columns = ", ".join(f'{group} = "{group}"' for group in groups if group != EVERYONE)
    speeds = [f"{group} = {speed:g}" for group, speed in WALKING.groups]
    return "\n".join(
        [
            "[city]",
            f"name = {json.dumps(name, ensure_ascii=False)}",
            f'crs = "{CRS}"',
            f'metric_crs = "{CRS}"',
            "",
            "[walking]",
            f"metres_per_minute = {WALKING.metres_per_minute:g}",
            "",
            "[walking.groups]",
            *speeds,
            "",
            "[places]",
            f'file = "places.{ending}"',
            f"columns = {{ {columns} }}",
            "",
            "[outlets]",
            f'file = "outlets.{ending}"',
            "",
            "[spaces]",
            f'file = "spaces.{ending}"',
            "",
            "[streets]",
            f'nodes = "streets_nodes.{ending}"',
            f'edges = "streets_edges.{ending}"',
            "",
        ]
    )
