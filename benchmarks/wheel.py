"""Build the package as it would be published, and try it where the repository is not.

    python benchmarks/wheel.py [--python PYTHON]

A copy of what git knows becomes an sdist, and the sdist a wheel, each twice in another folder: the
wheels must be the same byte by byte, the sdists file by file (setuptools writes the hour into
them). The wheel must hold every file of the package. It is then installed into a
new environment, with its dependencies from the package index, and every command of the main job is
run from another folder. Ends with 1 at the first thing that fails. Needs `build`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (
    ("--version",),
    ("standards",),
    ("demo", "demo", "--quiet"),
    ("generate", "city", "--places", "200", "--spaces", "30", "--types", "10", "--seed", "1"),
    ("check", "city"),
    ("gaps", "city"),
    ("solve", "city", "-o", "plan", "--time-limit", "60", "--gap", "0.01", "--lang", "zh"),
    ("verify", "plan", "--lang", "zh"),
    ("report", "plan", "--lang", "en"),
    ("verify", "plan"),
)


def run(*command: str, cwd: Path, **more: str) -> None:
    ended = subprocess.run(
        command, cwd=cwd, env={**os.environ, **more}, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)}: {ended.returncode}\n{ended.stdout}{ended.stderr}")


def git(*command: str) -> bytes:
    return subprocess.run(["git", *command], cwd=ROOT, check=True, capture_output=True).stdout


def source(folder: Path, commit: str) -> Path:
    """Unpack a commit."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def built(folder: Path, commit: str) -> dict[str, Path]:
    """Return the sdist, and the wheel that is built from it."""
    out, copy = folder / "dist", source(folder / "source", commit)
    epoch = git("log", "-1", "--format=%ct", commit).decode().strip()
    command = (sys.executable, "-m", "build", "--outdir", str(out), str(copy))
    run(*command, cwd=folder, SOURCE_DATE_EPOCH=epoch)
    return {path.suffix: path for path in out.iterdir()}


def content_of(path: Path) -> str:
    """Return a hash over a wheel, or over the names and contents of an sdist."""
    if path.suffix == ".whl":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    whole = hashlib.sha256()
    with tarfile.open(path) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            held = archive.extractfile(member)
            own = b"" if held is None else hashlib.sha256(held.read()).digest()
            whole.update(member.name.encode() + b"\0" + own)
    return whole.hexdigest()


def missing(wheel: Path, commit: str) -> list[str]:
    """Return the files of the package, as git knows them, that the wheel does not hold."""
    held = set(zipfile.ZipFile(wheel).namelist())
    listed = git("ls-tree", "-r", "--name-only", commit, "siting", "models", "instances")
    places = {"models/": "siting/models/", "instances/": "siting/instances/", "siting/": "siting/"}
    wanted = []
    for name in listed.decode().splitlines():
        (place,) = (place for place in places if name.startswith(place))
        wanted.append(places[place] + name.removeprefix(place))
    return sorted(set(wanted) - held)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="of the new environment")
    asked = parser.parse_args()
    commit = git("rev-parse", "HEAD").decode().strip()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        for folder in ("one", "other place"):
            (base / folder).mkdir()
        one, other = (built(base / folder, commit) for folder in ("one", "other place"))
        for suffix, path in one.items():
            same = content_of(path) == content_of(other[suffix])
            print(f"{path.name}: {content_of(path)[:16]}, twice the same: {same}")
            if not same:
                raise SystemExit(1)
        left = missing(one[".whl"], commit)
        print(f"files of the package that the wheel lacks: {left or 'none'}")
        if left:
            raise SystemExit(1)
        bare, elsewhere = base / "bare", base / "elsewhere"
        elsewhere.mkdir()
        run(asked.python, "-m", "venv", str(bare), cwd=base)
        scripts = bare / ("Scripts" if os.name == "nt" else "bin")
        pip = (str(scripts / "python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:")
        run(*pip, str(one[".whl"]), cwd=base)
        for command in COMMANDS:
            run(str(scripts / "siting"), *command, cwd=elsewhere, PYTHONPATH="")
            print(f"siting {' '.join(command)}: done")


if __name__ == "__main__":
    main()
