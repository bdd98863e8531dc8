"""Files of others, opened so that a pipe, a device or a folder in their place is refused."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

# Windows knows no waiting, but ends of lines that it would change.
_HOW = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def stands_there(path: Path) -> bool:
    """Tell whether anything has this name, be it no file, or a link that leads nowhere."""
    return os.path.lexists(path)


def open_file(path: Path) -> BufferedReader:
    """Open a file for reading.

    Raises
    ------
    OSError
        It is missing, cannot be read, or is no file: a pipe or a device may never end, and
        opening it may wait for ever.
    """
    # Looked at twice: opening a device may do something, and what has the name may be exchanged.
    if stat.S_ISREG(path.stat().st_mode):
        handle = os.open(path, _HOW)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return os.fdopen(handle, "rb")
        os.close(handle)
    raise OSError(errno.EINVAL, "it is no file", str(path))


def file_content(path: Path, most: int | None = None) -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    most
        Bytes that it may have.

    Raises
    ------
    OSError
        As `open_file`; or it is larger than `most`.
    """
    with open_file(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if most is None:
            return stream.read()
        content = b"" if size > most else stream.read(most + 1)
        if size > most or len(content) > most:
            raise OSError(
                errno.EFBIG, f"it has {size:,} bytes, and {most:,} at most are read", str(path)
            )
        return content
