"""GeoPackage, GeoJSON and Shapefile."""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.city.config import siblings
from siting.city.geojson import is_geojson
from siting.city.geopackage import is_plain_table
from siting.city.nearest import nearest
from siting.city.tables import Column, Picked, Source, cells_fit, column_of
from siting.files import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from siting.city.findings import Findings
    from siting.city.model import Ints


def open_geo(
    path: Path, file: str, layer: str | None, encoding: str | None, findings: Findings
) -> Source | None:
    """Open a GeoPackage, a GeoJSON file or a Shapefile."""
    suffix = path.suffix.lower()
    if not _is_what_it_is_called(path, suffix):
        findings.fault("city.not_geo", file=file, detail=f"no {suffix} file")
        return None
    if suffix == ".shp" and not any(s.suffix.lower() == ".shx" for s in siblings(path)):
        findings.fault("city.no_shx", file=file)
        return None
    if suffix in (".geojson", ".json") and not is_geojson(path, file, findings):
        return None
    if suffix == ".gpkg":
        layer = _layer(path, file, layer, findings)
        if layer is None or not is_plain_table(path, file, layer, findings):
            return None
    encodings: tuple[str | None, ...] = (encoding,)
    if encoding is None and suffix == ".shp":
        told = any(s.suffix.lower() == ".cpg" for s in siblings(path))
        encodings = (None,) if told else ("utf-8", "gb18030")
    for one in encodings:
        try:
            if not _fits(path, file, layer if suffix == ".gpkg" else None, one, findings):
                return None
            source = from_frame(_read(path, layer if suffix == ".gpkg" else None, one))
        except UnicodeDecodeError:
            continue
        except Exception as error:  # as above
            findings.fault("city.not_geo", file=file, detail=first_line(error))
            return None
        if one == "gb18030" and encoding is None:
            findings.remark("city.gb18030", file=file)
        return source
    findings.fault("city.encoding", file=file, encoding=encoding)
    return None


def from_frame(frame: pd.DataFrame) -> Source:
    """Return an opened data frame; its geometry counts where it has any."""
    geometry, crs = None, None
    names = [str(name).strip() for name in frame.columns]
    if hasattr(frame, "geom_type"):
        column = frame.columns.get_loc(frame.geometry.name)
        geometry = np.asarray(frame.geometry.array, dtype=object)
        crs = None if frame.crs is None else frame.crs.to_wkt()
        names[column] = ""

    def load(picked: Picked) -> tuple[Ints, dict[str, Column]] | None:
        columns = {name: column_of(name, frame.iloc[:, names.index(name)]) for name in picked}
        return np.arange(2, len(frame) + 2, dtype=np.int64), columns

    return Source(names, load, geometry, crs)


def _read(path: Path, layer: str | None, encoding: str | None) -> Any:
    import geopandas

    with _unwarned():
        options = {} if encoding is None else {"encoding": encoding}
        if layer is not None:
            options["layer"] = layer
        return geopandas.read_file(path.resolve(), engine="pyogrio", **options)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Let the library be silent of more layers, odd dates, versions: nothing that is used here."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _fits(
    path: Path, file: str, layer: str | None, encoding: str | None, findings: Findings
) -> bool:
    """Tell whether the records and columns of a layer are in keeping with the file's size."""
    import pyogrio

    if path.suffix.lower() in (".geojson", ".json"):
        return True  # already counted
    with _unwarned():
        about = pyogrio.read_info(path.resolve(), layer=layer, encoding=encoding)
    size = path.stat().st_size + sum(one.stat().st_size for one in siblings(path))
    return cells_fit(max(about["features"], 0) * (len(about["fields"]) + 1), size, file, findings)


def layer_names(path: Path, file: str, findings: Findings) -> list[str] | None:
    """Return the names of a GeoPackage's layers; None after a fault."""
    import pyogrio

    if not _is_what_it_is_called(path, path.suffix.lower()):
        findings.fault("city.not_geo", file=file, detail=f"no {path.suffix} file")
        return None
    try:
        with _unwarned():
            return [str(name) for name in pyogrio.list_layers(path.resolve())[:, 0]]
    except Exception as error:  # as above
        findings.fault("city.not_geo", file=file, detail=first_line(error))
        return None


def _layer(path: Path, file: str, stated: str | None, findings: Findings) -> str | None:
    layers = layer_names(path, file, findings)
    if layers is None:
        return None
    if stated is None and len(layers) == 1:
        return layers[0]
    if stated in layers:
        return stated
    key = "city.which_layer" if stated is None else "city.no_layer"
    findings.fault(
        key,
        file=file,
        value=stated,
        layers=", ".join(layers) or "-",
        nearest=nearest(stated or "", layers),
    )
    return None


def _is_what_it_is_called(path: Path, suffix: str) -> bool:
    """Tell whether the first bytes fit the suffix.

    The library underneath goes by content, and knows formats that name further files or servers.
    """
    with open_file(path) as stream:
        start = stream.read(4096)
    if suffix == ".gpkg":
        return start.startswith(b"SQLite format 3\0")
    if suffix == ".shp":
        return len(start) >= 100 and struct.unpack(">i", start[:4])[0] == 9994
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def first_line(error: Exception) -> str:
    """Return what an error of a library says, as one short line."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
