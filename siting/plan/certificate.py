"""``certificate.npz``: the multipliers from which anybody can work a plan's bound out again.

The bound holds for any multipliers that are not negative, so nothing in the file has to be
believed: what it names wrongly counts 0, which can only make the bound larger. Multipliers stand
under natural keys, so that the reader needs no numbering of ours:

- a need (type, set of spaces) under the sum of the hashes of their ids, modulo 2^64;
- a money row under what is paid and the purses that pay, as JSON: ``["capital", "general"]``;
  that of a cost that a later stage keeps under its yuan: ``["keep", "cost", "1250000.0"]``.

For each stage that has multipliers the file holds five arrays: see `StageMultipliers`. See
docs/certificate.md for the bound itself.
"""

from __future__ import annotations

import io
import json
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siting.errors import InputError, Notice
from siting.files import file_content
from siting.frozen import lock_arrays
from siting.plan.disk import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from siting.plan.document import Document

CERTIFICATE = "certificate.npz"

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]

_MOST_BYTES = 1 << 28  # unpacked; a million needs take 12 MB
_MOST_PRICE = 1e100  # sums with it are still numbers
_ARRAYS = {"need": "u8", "u": "f4", "row": "U", "price": "f8", "loose": "u8"}
_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    RecursionError,
    OverflowError,
    MemoryError,
    SyntaxError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, eq=False)
class StageMultipliers:
    """The multipliers of one stage.

    Attributes
    ----------
    need
        Keys of merged needs, ascending, each once, shape (needs,); see `need_keys`.
    u
        Points a need pays to each option that meets it, float32, shape (needs,).
    row
        Keys of money rows, each once, shape (rows,); see `row_key`.
    price
        Points for each unit of a row, which is the greatest common divisor of its costs, shape
        (rows,).
    loose
        Keys of spaces (`space_keys`) for whose best bundle of types the bound takes the sum of
        the best ones, whether they fit together or not; ascending. Usually none.
    """

    need: Keys
    u: NDArray[np.float32]
    row: tuple[str, ...]
    price: Floats
    loose: Keys

    def __post_init__(self) -> None:
        lock_arrays(self)


Certificate = dict[str, StageMultipliers]
"""By the name of the stage."""


def _keys(kind: str, words: Iterable[str]) -> Keys:
    """Return a stable 64-bit hash of each id; `kind` keeps those of two tables apart."""
    hashes = (blake2b(f"{kind}:{word}".encode(), digest_size=8).digest() for word in words)
    return np.frombuffer(b"".join(hashes), dtype="<u8").astype(np.uint64)


def type_keys(words: Iterable[str]) -> Keys:
    """Return the hash of each type id."""
    return _keys("type", words)


def space_keys(words: Iterable[str]) -> Keys:
    """Return the hash of each space id."""
    return _keys("space", words)


def need_keys(kind: Keys, space: Keys, start: NDArray[np.int64]) -> Keys:
    """Return the keys of needs: the hash of the type and of each space, summed modulo 2^64.

    Two needs that share a key by chance share a multiplier, which no bound minds.

    Parameters
    ----------
    kind
        Hash of each need's type, shape (needs,).
    space
        Hashes of the spaces of all needs, one need after the other.
    start
        Where each need's spaces start in `space`, and the end, shape (needs + 1,).
    """
    running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(space, dtype=np.uint64)])
    total: Keys = kind + (running[start[1:]] - running[start[:-1]])
    return total


def row_key(pays: str, purses: Iterable[str]) -> str:
    """Return the key of a money row: what is paid, then ``general`` and the funds that pay."""
    return json.dumps([pays, *sorted(purses)], ensure_ascii=False)


def kept_key(stage: str, value: float) -> str:
    """Return the key of the row that keeps what an earlier stage reached."""
    return json.dumps(["keep", stage, repr(float(value))])


def with_certified(document: Document, bounds: Mapping[str, float]) -> Document:
    """Return a plan that states certified bounds and gaps.

    Parameters
    ----------
    bounds
        By the names of the stages; the others have none.
    """
    stages = tuple(
        stage.model_copy(update=_stated(stage.objective, bounds[stage.name]))
        if stage.name in bounds
        else stage
        for stage in document.stages
    )
    own = {name: getattr(stages[0], name) for name in ("certified_bound", "certified_gap")}
    return document.model_copy(update={"stages": stages, **own})


def _stated(objective: float, bound: float) -> dict[str, float | None]:
    gap: float | None = 0.0
    if bound != objective:
        gap = abs(bound - objective) / abs(objective) if objective else None
    return {"certified_bound": bound, "certified_gap": gap}


def write_certificate(certificate: Certificate, path: Path) -> None:
    """Write a certificate; the same one always gives the same bytes."""
    arrays: dict[str, Any] = {}
    for name, stage in certificate.items():
        for field in _ARRAYS:
            values = getattr(stage, field)
            if field == "row":
                values = np.array(values, dtype=np.str_)
            arrays[f"{name}/{field}"] = values
    # Numbers and text, so nothing is pickled; older numpy would take `allow_pickle` for an array.
    np.savez_compressed(path, **arrays)


def read_certificate(path: Path) -> Certificate | None:
    """Return the certificate in a file, None where there is no file.

    Nothing in the file is run or taken on trust: arrays of other kinds or sizes are refused
    before they are unpacked.

    Raises
    ------
    InputError
        The file is no certificate: one line that says why.
    """
    try:
        content = file_content(path, LARGEST)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise _broken(path, fault.strerror or type(fault).__name__) from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _stages(archive)
    except _BROKEN as fault:
        why = " ".join(str(fault).split())[:120] or type(fault).__name__
        raise _broken(path, why) from None


def _broken(path: Path, why: str) -> InputError:
    return InputError(Notice("plan.certificate_broken", file=str(path), values={"why": why}))


def _stages(archive: zipfile.ZipFile) -> Certificate:
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise ValueError("it is too large")
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        stage, _, field = entry.filename.removesuffix(".npy").partition("/")
        if field not in _ARRAYS or field in found.setdefault(stage, {}):
            raise ValueError(f"unexpected content {entry.filename[:60]!r}")
        found[stage][field] = _array(archive, entry, _ARRAYS[field])
    return {name: _stage(name, arrays) for name, arrays in found.items()}


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, kind: str) -> NDArray[Any]:
    """Return one array, row by row of the format, so that its size is known before it is made."""
    with archive.open(entry) as stream:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError(f"{entry.filename}: unknown version")
        shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
        fits = dtype.kind == "U" if kind == "U" else dtype == np.dtype(f"<{kind}")
        if not fits or dtype.byteorder == ">" or len(shape) != 1:
            raise ValueError(f"{entry.filename}: not one row of {kind}")
        data = stream.read()
    if shape[0] < 0 or len(data) != shape[0] * dtype.itemsize or not dtype.itemsize:
        if not (shape[0] == 0 and not data):
            raise ValueError(f"{entry.filename}: its size is not {shape[0]}")
        return np.empty(0, dtype=dtype)
    return np.frombuffer(data, dtype=dtype)


def _stage(name: str, arrays: dict[str, NDArray[Any]]) -> StageMultipliers:
    missing = [field for field in _ARRAYS if field not in arrays]
    if missing:
        raise ValueError(f"{name}/{missing[0]} is missing")
    need, u, row, price, loose = (arrays[field] for field in _ARRAYS)
    if len(need) != len(u) or len(row) != len(price):
        raise ValueError(f"{name}: keys and multipliers are not as many")
    for keys in (need, loose):
        if (keys[1:] <= keys[:-1]).any():
            raise ValueError(f"{name}: keys do not ascend")
    words = tuple(str(word) for word in row)
    if len(set(words)) != len(words):
        raise ValueError(f"{name}: a row is named twice")
    if not (np.isfinite(u).all() and np.isfinite(price).all()):
        raise ValueError(f"{name}: a multiplier is no number")
    if (np.abs(price) > _MOST_PRICE).any():
        raise ValueError(f"{name}: the multipliers are too large")
    return StageMultipliers(need, u, words, price, loose)
