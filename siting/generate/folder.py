"""A folder that is written whole or not at all, and only where nothing of anyone's is lost."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from siting.errors import InputError, Notice
from siting.files import file_content
from siting.plan.disk import refusals_of, unwritable

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = "city.toml"
_MARK = "# siting generate: "


def check_folder(folder: Path) -> Path:
    """Return the folder's full path if a city may be written there.

    Raises
    ------
    InputError
        It is a file, cannot be read, or holds anything but a generated city as it was written.
    """
    target = folder.resolve()
    if target.exists() and not target.is_dir():
        raise InputError(Notice("generate.not_a_folder", values={"folder": str(folder)}))
    try:
        foreign = target.exists() and any(target.iterdir()) and not _is_ours(target)
    except OSError as error:
        raise unwritable(target, error) from error
    if foreign:
        raise InputError(Notice("generate.not_empty", values={"folder": str(folder)}))
    return target


def write_folder(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder beside `target`, sign it, and put it in `target`'s place.

    Raises
    ------
    InputError
        The disk refuses.
    """

    def signed(fresh: Path) -> None:
        write(fresh)
        config = fresh / CONFIG
        config.write_bytes(f"{_MARK}{_digest(fresh)}\n".encode() + config.read_bytes())

    replace_folder(target, signed)


def replace_folder(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder beside `target`, and put it in `target`'s place.

    Raises
    ------
    InputError
        The disk refuses; then `target` is as it was.
    """
    with refusals_of(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            fresh = beside / "new"
            fresh.mkdir()
            write(fresh)
            if target.exists():
                target.rename(beside / "old")
            fresh.rename(target)
        finally:
            if (beside / "old").exists() and not target.exists():
                (beside / "old").rename(target)
            shutil.rmtree(beside, ignore_errors=True)


def _is_ours(target: Path) -> bool:
    """Tell whether every file in the folder is as we wrote it."""
    try:
        first, _, _ = file_content(target / CONFIG).partition(b"\n")
        return first.decode("utf-8", "replace") == f"{_MARK}{_digest(target)}"
    except OSError:
        return False


def _digest(folder: Path) -> str:
    """Return a hash over names and contents, city.toml's own first line left out if it is ours."""
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        content = file_content(path)
        if path.name == CONFIG and content.startswith(_MARK.encode()):
            content = content.partition(b"\n")[2]
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
    return whole.hexdigest()
