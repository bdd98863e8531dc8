"""A hash over a city's files, by which a plan knows whether its city has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from siting.city.config import CONFIG, Config, load_config, locate, siblings
from siting.city.findings import Findings
from siting.files import open_file


def fingerprint(folder: str | Path) -> str:
    """Return the SHA-256 over a city's files, as 64 hexadecimal digits.

    The hash is taken over one line a file, ``name``, a zero byte, the file's own SHA-256 and a
    line feed, sorted by name. The files are ``city.toml``, every file it names, and the members of
    a Shapefile; names are relative to the folder, with forward slashes.

    Raises
    ------
    InputError
        ``city.toml`` or a file it names is missing or refused.
    """
    findings = Findings()
    root = Path(folder)
    config = load_config(root, findings)
    files = [] if config is None else named_files(root, config, findings)
    findings.raise_faults()
    return hash_files(root, files)


def named_files(folder: Path, config: Config, findings: Findings) -> list[Path]:
    """Return ``city.toml`` and every file that belongs to the city; faults go to `findings`."""
    files = [folder / CONFIG]
    for name in config.files():
        path = locate(folder, name, findings)
        if path is not None:
            files.append(path)
            if path.suffix.lower() == ".shp":
                files += siblings(path)
    return files


def hash_files(folder: Path, files: list[Path]) -> str:
    """Return the hash over `files`, which lie under `folder`."""
    by_name = {path.relative_to(folder).as_posix(): path for path in files}
    whole = hashlib.sha256()
    for name in sorted(by_name):
        with open_file(by_name[name]) as stream:
            own = hashlib.file_digest(stream, "sha256").hexdigest()
        whole.update(f"{name}\0{own}\n".encode())
    return whole.hexdigest()
