"""The framing of messages between a back end's process and its parent.

A frame is a mark, two lengths, a JSON header and the raw bytes of arrays (little-endian, in the
order the header lists them). Nothing is pickled, so a frame cannot run code, and whatever is not
a frame is noticed at its first bytes.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from siting.solve.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MARK = b"SITF"
_PREFIX = struct.Struct("<4sIQ")
_LARGEST_HEADER = 1 << 20
_FLAGS = ("integer", "implied", "flow")
_TYPES = {"<f8", "<i4", "<i8", "|u1"}

Arrays = dict[str, NDArray[Any]]
Frame = tuple[dict[str, Any], Arrays]
"""Header and arrays."""


class FrameError(Exception):
    """What came is no frame, or breaks off in the middle of one."""


def write_frame(stream: BinaryIO, header: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write one frame to an unbuffered or buffered binary stream.

    Parameters
    ----------
    stream
        Where to; every byte is written before the function returns.
    header
        JSON values; ``kind`` says what the message is.
    arrays
        Arrays of float64, int32, int64, uint8 or bool, by name.
    """
    plain = {name: _plain(array) for name, array in arrays.items()}
    listed = [[name, array.dtype.str, list(array.shape)] for name, array in plain.items()]
    text = json.dumps({**header, "arrays": listed}).encode()
    size = sum(array.nbytes for array in plain.values())
    _write_all(stream, _PREFIX.pack(_MARK, len(text), size) + text)
    for array in plain.values():
        if array.nbytes:
            _write_all(stream, array.data.cast("B"))
    stream.flush()


def read_frame(stream: BinaryIO, largest: Callable[[], int] | None = None) -> Frame | None:
    """Read one frame; None at the end of the stream.

    Parameters
    ----------
    stream
        Where from.
    largest
        Returns the bytes of arrays that a frame may hold, and is asked when one has come.

    Raises
    ------
    FrameError
        What came is no frame.
    """
    prefix = _read_all(stream, _PREFIX.size)
    if not prefix:
        return None
    if len(prefix) < _PREFIX.size:
        raise FrameError("a frame breaks off")
    mark, header_size, size = _PREFIX.unpack(bytes(prefix))
    if mark != _MARK or header_size > _LARGEST_HEADER or (largest and size > largest()):
        raise FrameError(f"not a frame: {bytes(prefix)!r}")
    text = _read_all(stream, header_size)
    body = _read_all(stream, size) if size else bytearray()
    if len(text) < header_size or len(body) < size:
        raise FrameError("a frame breaks off")
    try:
        header = json.loads(bytes(text))
        return header, _unpack(header.pop("arrays"), body)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FrameError(f"a frame cannot be read: {error}") from error


def pack(task: Task) -> Frame:
    """Return the frame that carries `task`."""
    left = None if task.deadline == np.inf else task.deadline
    header = {
        "kind": "task",
        "deadline": left,
        "gap": task.gap,
        "threads": task.threads,
        "seed": task.seed,
        "settings": dict(task.settings),
    }
    names: tuple[str, ...] = ("value", "lower", "upper", "integer", "indptr", "indices", "data")
    names += ("row_lower", "row_upper", *_FLAGS[1:])
    arrays = {name: getattr(task, name) for name in names}
    if task.start is not None:
        arrays["start"] = task.start
    return header, arrays


def unpack(frame: Frame) -> Task:
    """Return the task that `pack` made into a frame."""
    header, arrays = frame
    flags = {name: arrays[name].astype(bool) for name in _FLAGS}
    deadline = header["deadline"]
    return Task(
        **{**arrays, **flags},
        deadline=np.inf if deadline is None else deadline,
        gap=header["gap"],
        threads=header["threads"],
        seed=header["seed"],
        settings=header["settings"],
    )


def _unpack(listed: list[Any], body: bytearray) -> Arrays:
    arrays: Arrays = {}
    offset = 0
    for name, kind, shape in listed:
        if kind not in _TYPES or any(int(n) < 0 for n in shape):
            raise ValueError(f"array {name} of {kind}")
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(body, np.dtype(kind), count, offset).reshape(shape)
        arrays[name] = array.astype(array.dtype.newbyteorder("="), copy=False)
        offset += array.nbytes
    return arrays


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array contiguous and little-endian."""
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    if array.dtype.byteorder == ">" or (sys.byteorder == "big" and array.dtype.itemsize > 1):
        array = array.astype(array.dtype.newbyteorder("<"))
    return np.ascontiguousarray(array)


def _write_all(stream: BinaryIO, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while len(view):
        view = view[stream.write(view) :]


def _read_all(stream: BinaryIO, size: int) -> bytearray:
    """Read `size` bytes, or fewer where the stream ends."""
    data = bytearray(size)
    view = memoryview(data)
    have = 0
    while have < size:
        got = stream.readinto(view[have:])  # type: ignore[attr-defined]
        if not got:
            view.release()
            return data[:have]
        have += got
    return data
