"""What a disk refuses, told in one line; and folders that several runs share."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from siting.errors import InputError, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

# How the libraries that write for us call a refusal of the disk; they keep no error number.
_IN_OTHER_WORDS = {
    ("pyogrio", "DataSourceError"),
    ("pyogrio", "FeatureError"),
    ("sqlite3", "OperationalError"),
    ("xlsxwriter", "FileCreateError"),
}
_LONGEST_REASON = 120
_PAUSE = 0.02
LARGEST = 500_000_000
"""Bytes of a file of a plan that is read whole: six times plan.json of a million places."""


def unwritable(target: Path, error: Exception) -> InputError:
    """Return what to raise where the disk refuses `target`."""
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    reason = " ".join(said.split())[:_LONGEST_REASON] or type(error).__name__
    return InputError(Notice("plan.unwritable", values={"folder": str(target), "reason": reason}))


@contextmanager
def refusals_of(target: Path) -> Iterator[None]:
    """Turn a refusal of the disk, in the words of whichever library, into an InputError."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        kind = type(error)
        named = (kind.__module__.partition(".")[0], kind.__name__)
        if not isinstance(error, OSError) and named not in _IN_OTHER_WORDS:
            raise
        raise unwritable(target, error) from error


@contextmanager
def locked(folder: Path, patience: float) -> Iterator[bool]:
    """Hold a folder against other runs, and yield whether it is held now.

    The lock leaves no file and ends with the process, however that ends. Where the system or the
    disk knows no such lock, nobody is kept out.

    Parameters
    ----------
    folder
        An existing folder.
    patience
        Seconds to wait for a run that holds it.
    """
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):  # Windows; a folder that may be written and not be read
        yield True
        return
    ends = time.monotonic() + patience
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < ends:
                    time.sleep(_PAUSE)
                    continue
                yield False
            except OSError:  # some network disks
                yield True
            else:
                yield True
            return
    finally:
        os.close(handle)


def to_the_disk(path: Path) -> None:
    """Have a file, or a folder's list of names, written to the disk itself."""
    if path.is_dir():
        with suppress(OSError):  # Windows opens no folders, some disks flush none
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return
    # Windows flushes only what may be written.
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def write_in_one_step(path: Path, content: str | bytes) -> None:
    """Write a file beside its place under a name of its own, and exchange it.

    Raises
    ------
    InputError
        The disk refuses; what was there before is as it was.
    """
    import tempfile

    data = content.encode() if isinstance(content, str) else content
    with refusals_of(path):
        handle, name = tempfile.mkstemp(".new", f".{path.name}.", path.parent)
        fresh = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.chmod(0o644)
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
