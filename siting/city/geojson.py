"""Whether a file is GeoJSON, strictly, before the library underneath opens it.

That library takes several other kinds of JSON for its own: some run a pipeline over other files,
and a coordinate system may be a link that it would fetch from a server.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from siting.city.tables import MOST_COLUMNS, cells_fit, too_many_columns
from siting.files import file_content

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.findings import Findings

_GEOMETRIES = (
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)
_KNOWN = ("FeatureCollection", "Feature", *_GEOMETRIES)
_OTHER = b"gdal_streamed_alg"
_CODE = re.compile(r"urn:(x-)?ogc:def:crs:[\w.:-]+|[A-Za-z]+:{1,2}[\w.]+", re.ASCII)
_FEATURES = {name: {"type": name} for name in ("Feature", *_GEOMETRIES)}


class _Seen(NamedTuple):
    """What the features met so far hold: the names of their properties, and one entry each."""

    names: set[str]
    features: list[None]


def is_geojson(path: Path, file: str, findings: Findings) -> bool:
    """Tell whether the file is GeoJSON whose coordinate system is a code; else add a fault."""
    content = file_content(path)
    seen = _Seen(set(), [])
    try:
        root = json.loads(content.decode("utf-8-sig"), object_pairs_hook=partial(_slim, seen))
    except UnicodeDecodeError:
        findings.fault("city.json_encoding", file=file)
        return False
    except RecursionError:
        findings.fault("city.not_json", file=file, detail="nested too deeply")
        return False
    except ValueError as error:
        findings.fault("city.not_json", file=file, detail=str(error))
        return False
    kind = root.get("type") if isinstance(root, dict) else None
    if kind not in _KNOWN or _OTHER in content:
        findings.fault("city.not_geojson", file=file, value=kind)
        return False
    if not _is_code(root.get("crs")):
        findings.fault("city.crs_elsewhere", file=file, value=json.dumps(root["crs"]))
        return False
    if len(seen.names) > MOST_COLUMNS:
        too_many_columns(len(seen.names), file, findings)
        return False
    return cells_fit(len(seen.names) * len(seen.features), len(content), file, findings)


def _slim(seen: _Seen, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; of features and geometries no more than their type is kept."""
    found = dict(pairs)
    if len(found) != len(pairs):
        # which of them counts is not the same for every reader
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands twice in one object")
    kind = found.get("type")
    if kind == "Feature" and isinstance(found.get("properties"), dict):
        seen.names.update(found["properties"])
        seen.features.append(None)
    if isinstance(kind, str) and kind in _FEATURES and "crs" not in found:
        return _FEATURES[kind]
    return found


def _is_code(crs: Any) -> bool:
    """Tell whether a ``crs`` of the older GeoJSON says nothing, or a code."""
    if crs is None:
        return True
    if not isinstance(crs, dict) or not isinstance(crs.get("properties"), dict):
        return False
    kind, said = crs.get("type"), crs["properties"]
    if kind == "EPSG":
        return isinstance(said.get("code"), int)
    name = said.get("name")
    return kind == "name" and isinstance(name, str) and _CODE.fullmatch(name) is not None
