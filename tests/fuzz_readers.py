"""What the fuzzer feeds to which reader: sound files to begin with, and how each is read.

A reader takes the folder in which a file set was written. It returns a word for what it made of
it, and lets out every error that is not a refusal in words.
"""

from __future__ import annotations

import io
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutant_plans import write_city, write_plan

from siting.errors import InputError, Notice, SitingError

if TYPE_CHECKING:
    from collections.abc import Callable

Files = dict[str, bytes]
SOUND, REFUSED = "sound", "refused"
_ROOT = Path(__file__).resolve().parents[1]


class BadWordsError(AssertionError):
    """A refusal that is not one line, or names no file."""


@dataclass(frozen=True)
class Reader:
    """One kind of file.

    Attributes
    ----------
    seeds
        Writes sound file sets; takes an empty folder to work in.
    targets
        Which files of a set are changed, by their endings or names.
    read
        Reads a written set.
    """

    seeds: Callable[[Path], list[Files]]
    targets: tuple[str, ...]
    read: Callable[[Path], str]

    def of(self, files: Files) -> tuple[str, ...]:
        """Return the names of the files of a set that are changed."""
        return tuple(name for name in files if name.endswith(self.targets))


def said(notices: tuple[Notice, ...], *, named: bool = True) -> str:
    """Return that something was refused, after every line was found to be one."""
    for notice in notices:
        for lang in ("en", "zh"):
            line = notice.line(lang)
            if not line or "\n" in line or len(line) > 5_000:
                raise BadWordsError(f"{notice.key}: {line[:200]!r}")
        if named and notice.file is None:
            raise BadWordsError(f"{notice.key} names no file")
    return REFUSED if notices else SOUND


def contents(folder: Path) -> Files:
    """Return the files of a folder."""
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


# ------------------------------------------------------------------------------------------ city


def read_city_folder(folder: Path) -> str:
    """Read a city."""
    from siting.city.read import check_city

    _, faults, remarks = check_city(folder)
    said(remarks, named=False)
    return said(faults)


def _csv_cities(folder: Path) -> list[Files]:
    found = [contents(write_city(folder / str(seed), seed)) for seed in range(3)]
    chinese = {
        name: c.replace(b"North", "北里".encode()) if name.endswith(".csv") else c
        for name, c in found[0].items()
    }
    for encoding in ("gb18030", "utf-16", "utf-8-sig"):
        places = chinese["places.csv"].decode().encode(encoding)
        found.append({**chinese, "places.csv": places})
    return found


def _in_format(ending: str) -> Callable[[Path], list[Files]]:
    def seeds(folder: Path) -> list[Files]:
        import geopandas as gpd
        import pandas as pd

        city = contents(write_city(folder / "csv", 0))
        found = []
        for geometry in (False, True):
            if geometry == (ending in (".xlsx",)):
                continue
            if not geometry and ending in (".gpkg", ".geojson", ".shp"):
                continue
            work = folder / f"{ending[1:]}{geometry}"
            work.mkdir()
            config = city["city.toml"].decode()
            files = {}
            for table in ("places", "outlets", "spaces"):
                config = config.replace(f"{table}.csv", f"{table}{ending}")
                frame = pd.read_csv(io.BytesIO(city[f"{table}.csv"]))
                frame = frame.dropna(axis="columns", how="all")
                if geometry:
                    points = gpd.points_from_xy(frame.pop("x"), frame.pop("y"))
                    frame = gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4549")
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of names cut to ten letters
                    _write(frame, work / f"{table}{ending}")
            files = {"city.toml": _short_names(config, ending).encode(), **contents(work)}
            found.append(files)
        return found

    return seeds


def _short_names(config: str, ending: str) -> str:
    if ending != ".shp":
        return config
    columns = 'columns = { aged_60_plus = "aged_60_pl" }'
    config = config.replace('"places.shp"', f'"places.shp"\n{columns}')
    columns = 'columns = { rent_m2_month = "rent_m2_mo" }'
    return config.replace('"spaces.shp"', f'"spaces.shp"\n{columns}')


def _write(frame: Any, path: Path) -> None:
    match path.suffix:
        case ".xlsx":
            frame.to_excel(path, index=False)
        case ".parquet":
            frame.to_parquet(path)
        case ".shp":
            frame.to_file(path, encoding="utf-8")
        case ".geojson":
            frame.to_crs("EPSG:4326").to_file(path, driver="GeoJSON")
        case _:
            frame.to_file(path, layer=path.stem)


# -------------------------------------------------------------------------- standards, scenarios


def _questions(folder: Path) -> list[Files]:
    """Return small cities that ship with the project, each with its standard and scenario."""
    found = []
    for name in ("two-funds", "add-on", "cheapest", "infeasible-floor"):
        shutil.copytree(_ROOT / "instances" / name, folder / name)
        found.append(contents(folder / name))
    policy = (_ROOT / "models/policies/beijing-2019.toml").read_bytes()
    for library in ("hebi-2024", "mofcom-2021"):
        path = next((_ROOT / "models/standards").glob(f"{library.split('-')[0]}*.toml"))
        found.append({**found[0], "standard.toml": path.read_bytes(), "policy.toml": policy})
    found[0]["policy.toml"] = policy
    return found


def read_question(folder: Path) -> str:
    """Read a city, resolve its question and say which options it has."""
    from siting.city.read import read_city
    from siting.standard.options import find_options
    from siting.standard.policies import load_policy
    from siting.standard.scenarios import Scenario, resolve

    try:
        city = read_city(folder)
        policy = folder / "policy.toml"
        if policy.is_file():
            load_policy(policy)
        stated = Scenario(policy=policy) if policy.is_file() else Scenario()
        question = resolve(stated, city_folder=folder, city=city)
        find_options(city, question)
    except InputError as error:
        return said(error.notices, named=False)
    return SOUND


# ----------------------------------------------------------------------------------------- plans


def _plans(folder: Path) -> list[Files]:
    found = []
    for seed, name in ((0, "basic-first"), (1, "grades")):
        city = write_city(folder / f"city{seed}", seed)
        plan = write_plan(city, name, folder / f"plan{seed}")
        files = {f"city/{n}": c for n, c in contents(city).items()}
        found.append({**files, **contents(plan)})
    return found


def read_plan_folder(folder: Path) -> str:
    """Verify a plan folder, and read the plan as reports do."""
    from siting.plan.folder import read_document
    from siting.plan.restore import restore
    from siting.verify.folder import inspect_folder

    try:
        checked = inspect_folder(folder, city=folder / "city")
        said(checked.remarks, named=False)
        said(checked.notices, named=False)
    except InputError as error:
        return said(error.notices, named=False)
    try:
        from siting.city.read import read_city

        restore(read_document(folder), read_city(folder / "city"))
    except SitingError as error:
        said(error.notices, named=False)
    return REFUSED if checked.notices else SOUND


READERS: dict[str, Reader] = {
    "toml": Reader(_csv_cities, ("city.toml",), read_city_folder),
    "csv": Reader(_csv_cities, (".csv",), read_city_folder),
    "xlsx": Reader(_in_format(".xlsx"), (".xlsx",), read_city_folder),
    "parquet": Reader(_in_format(".parquet"), (".parquet",), read_city_folder),
    "gpkg": Reader(_in_format(".gpkg"), (".gpkg",), read_city_folder),
    "geojson": Reader(_in_format(".geojson"), (".geojson",), read_city_folder),
    "shp": Reader(_in_format(".shp"), (".shp", ".shx", ".dbf", ".prj", ".cpg"), read_city_folder),
    "standard": Reader(_questions, ("standard.toml", "policy.toml"), read_question),
    "scenario": Reader(_questions, ("scenario.toml",), read_question),
    "plan": Reader(_plans, ("plan.json",), read_plan_folder),
    "certificate": Reader(_plans, ("certificate.npz",), read_plan_folder),
    "reports": Reader(
        _plans,
        ("projects.csv", "gaps.csv", "plan.gpkg", "projects.geojson", "report.xlsx"),
        read_plan_folder,
    ),
}
