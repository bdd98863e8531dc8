"""Feed a reader with damaged and hostile files, guided by what code they reach. A campaign.

    python benchmarks/fuzz.py csv --seconds 300 --seed 1

READER is one of those in tests/fuzz_readers.py, or `all`. Sound files are changed by their own
structure (tests/fuzz_changes.py); an input that reaches new lines of siting, or of the libraries
written in Python below it, is kept and changed further. Each input is read in a child process that
may take 2 GB more than it begins with and 10 seconds of processor time for one input; the parent
watches, starts it again where it dies, and keeps what made it die. A finding is every ending but
sound or refused in words: an error, a warning, a crash, a hang, memory, a file opened outside the
folder, a connection, a command.

Prints inputs tried, lines reached and findings; failing inputs stay in the folder `--keep`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from importlib import import_module
from pathlib import Path
from random import Random

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

CPU_SECONDS, WALL_SECONDS = 10, 600
MEMORY = 2 << 30
_MOST_KEPT = 3_000
_TRACED = ("/siting/", "/openpyxl/reader/", "/openpyxl/worksheet/_read", "/tomllib/", "/zipfile")
_WATCHED = {"socket.connect", "subprocess.Popen", "os.system", "os.exec", "pickle.find_class"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reader")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        run_child(arguments.reader, arguments.child, arguments.seed, arguments.seconds)
        return
    from fuzz_readers import READERS

    names = list(READERS) if arguments.reader == "all" else [arguments.reader]
    print("| reader | inputs | sound | refused | lines reached | seconds | findings |")
    print("|---|---:|---:|---:|---:|---:|---:|", flush=True)
    for name in names:
        print(campaign(name, arguments.seconds, arguments.seed, arguments.keep), flush=True)


def campaign(name: str, seconds: float, seed: int, keep: Path) -> str:
    """Run one reader and return its row of the table."""
    begun = time.monotonic()
    total = {"inputs": 0, "sound": 0, "refused": 0, "lines": 0}
    found: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        home = Path(scratch)
        (home / "corpus").mkdir()
        turn = 0
        while time.monotonic() - begun < seconds:
            left = seconds - (time.monotonic() - begun)
            ending = watch(name, home, seed * 1_000 + turn, left)
            turn += 1
            report = home / "report.json"
            if report.is_file():
                part = json.loads(report.read_text())
                report.unlink()
                for key in ("inputs", "sound", "refused"):
                    total[key] += part[key]
                total["lines"] = max(total["lines"], part["lines"])
                for key, count in part["found"].items():
                    found[key] = found.get(key, 0) + count
            if ending:
                total["inputs"] += 1
                found[ending] = found.get(ending, 0) + 1
                if found[ending] <= 3:
                    copy(home / "work", keep / name, ending)
        if (home / "findings").is_dir():
            shutil.copytree(home / "findings", keep / name, dirs_exist_ok=True)
    for key, count in found.items():
        print(f"    {name}: {count} x {key}", file=sys.stderr, flush=True)
    cells = (total["inputs"], total["sound"], total["refused"], total["lines"])
    shown = " | ".join(f"{cell:,}" for cell in cells)
    return f"| {name} | {shown} | {time.monotonic() - begun:.0f} | {len(found)} |"


def watch(name: str, home: Path, seed: int, seconds: float) -> str | None:
    """Run a child to its end and return what killed it, None where nothing did."""
    command = [sys.executable, __file__, name, "--child", str(home), "--seed", str(seed)]
    pulse = home / "pulse"
    pulse.touch()
    child = subprocess.Popen([*command, "--seconds", str(seconds)], stderr=subprocess.PIPE)
    while True:
        try:
            child.wait(0.5)
            break
        except subprocess.TimeoutExpired:
            if time.time() - pulse.stat().st_mtime > WALL_SECONDS:
                child.kill()
                child.wait()
                return f"hang: over {WALL_SECONDS} s"
    said = child.stderr.read().decode(errors="replace").strip().splitlines()[-1:]
    if child.returncode == -signal.SIGPROF:
        return f"hang: over {CPU_SECONDS} s of processor time"
    if child.returncode < 0:
        return f"crash: signal {-child.returncode}"
    return f"crash: exit {child.returncode}, {said}" if child.returncode else None


def copy(work: Path, keep: Path, ending: str) -> None:
    """Keep the files that made a child end."""
    if not work.is_dir():
        return
    slug = "".join(c if c.isalnum() else "-" for c in ending)[:60]
    for number in range(3):
        if not (keep / f"{slug}-{number}").exists():
            shutil.copytree(work, keep / f"{slug}-{number}")
            return


# ----------------------------------------------------------------------------------------- child


def run_child(name: str, home: Path, seed: int, seconds: float) -> None:
    """Read changed files until the time is up; tell in report.json what came of them."""
    from fuzz_changes import changed
    from fuzz_readers import READERS

    for library in ("geopandas", "openpyxl", "pyarrow.parquet"):  # before the limits are set
        import_module(library)
    until = time.monotonic() + seconds
    draw = Random(f"{name}/{seed}")
    reader = READERS[name]
    base = home / "seeds"
    if not base.is_dir():
        base.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            store(home / "corpus", reader.seeds(base))
        (home / "sound").write_text(str(len(list((home / "corpus").iterdir()))))
    sound = int((home / "sound").read_text())
    corpus = [load(path) for path in sorted((home / "corpus").iterdir())]
    work = home / "work"
    seen: set[int] = set()
    report = {"inputs": 0, "sound": 0, "refused": 0, "lines": 0, "found": {}}
    warnings.simplefilter("error")
    outside = watch_openings(work)
    # Libraries reserve addresses that they never use, so that the limit is wider than the promise.
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    room = pages * os.sysconf("SC_PAGE_SIZE") + 4 * MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    for number, files in enumerate(corpus):  # they show what is reached without any change
        write(work, files)
        if traced(reader.read, work, seen) != "sound" and number < sound:
            raise SystemExit("a sound seed is refused")
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while time.monotonic() < until:
        # what is refused is near the surface; the sound ones lead deeper
        files = draw.choice(corpus[:sound] if draw.random() < 0.5 else corpus)
        files = changed(files, reader.of(files), draw)
        write(work, files)
        (home / "pulse").touch()
        outside.clear()
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        before = len(seen)
        try:
            word, error = traced(reader.read, work, seen), None
        except Exception as caught:
            word, error = "", caught
        signal.setitimer(signal.ITIMER_PROF, 0)
        elsewhere = outside[:1]  # before the lines of an error are looked up, in other files
        fault = None if error is None else place(error)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if peak - most > MEMORY // 2048:
            fault = f"memory: {(peak - most) / 1024:.0f} MB"
        if elsewhere:
            fault = f"outside: {elsewhere[0]}"
        report["inputs"] += 1
        if fault is not None:
            report["found"][fault] = report["found"].get(fault, 0) + 1
            if report["found"][fault] <= 2:
                copy(work, home / "findings", fault)
        else:
            report[word] += 1
        if len(seen) > before and len(corpus) < _MOST_KEPT and fault is None:
            corpus.append(files)
            store(home / "corpus", [files])
        report["lines"] = len(seen)
        if report["inputs"] % 20 == 0:
            (home / "report.json").write_text(json.dumps(report))
        if fault is not None and fault.startswith("memory"):
            break
    (home / "report.json").write_text(json.dumps(report))


def place(error: Exception) -> str:
    """Return what an error is and the last line of siting that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "/siting/" in f.filename]
    last = own[-1] if own else frames[-1]
    where = f"{last.filename.rpartition('/siting/')[2]}:{last.lineno}"
    said = f": {str(error)[:100]}" if isinstance(error, (AssertionError, Warning)) else ""
    return f"{type(error).__name__} at {where}{said}"


def traced(read, work: Path, seen: set[int]) -> str:
    """Read a folder and note every step from one line to another."""

    def local(frame, event, _):
        if event == "line":
            line = frame.f_lineno
            code = frame.f_code
            seen.add(hash((code.co_filename, code.co_firstlineno, last.get(frame, 0), line)))
            last[frame] = line
        elif event == "return":
            last.pop(frame, None)
        return local

    def begin(frame, _event, _):
        name = frame.f_code.co_filename
        return local if any(part in name for part in _TRACED) else None

    last: dict[object, int] = {}
    sys.settrace(begin)
    try:
        return read(work)
    finally:
        sys.settrace(None)


def watch_openings(work: Path) -> list[str]:
    """Return a list to which every suspicious thing that is done is added from now on."""
    outside: list[str] = []
    free = tuple(
        str(p)
        for p in (
            work.parent,
            TESTS.parent,
            sys.prefix,
            sys.base_prefix,
            "/proc/",
            "/usr/",
            "/dev/",
        )
    )

    def hook(event: str, values: tuple) -> None:
        if event in _WATCHED:
            outside.append(f"{event} {str(values)[:80]}")
        elif event in ("open", "sqlite3.connect") and isinstance(values[0], str):
            name = values[0].removeprefix("file://")
            if name.startswith("/") and not os.path.realpath(name).startswith(free):
                outside.append(f"{event} {name[:80]}")

    sys.addaudithook(hook)
    return outside


def write(work: Path, files: dict[str, bytes]) -> None:
    """Write a file set into an empty folder."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    for name, content in files.items():
        path = work / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def store(corpus: Path, sets: list[dict[str, bytes]]) -> None:
    """Keep file sets for children to come."""
    for files in sets:
        target = corpus / f"{len(list(corpus.iterdir())):05}"
        write(target, files)


def load(folder: Path) -> dict[str, bytes]:
    """Return a file set that was kept."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


if __name__ == "__main__":
    main()
