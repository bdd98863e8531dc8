"""The plan folder: written beside its place and exchanged, so that readers find one whole plan.

A folder is ours when it holds a ``plan.json`` that names siting as its maker. While the new folder
takes its place, the old one is kept as ``NAME.old``; a reader that finds no ``NAME`` looks there.
A new plan that cannot take its place is not thrown away: it is kept beside it as ``NAME.new``.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from siting.errors import InputError, Notice
from siting.files import file_content
from siting.plan.certificate import CERTIFICATE, write_certificate
from siting.plan.disk import LARGEST, locked, refusals_of, to_the_disk, unwritable
from siting.plan.document import Document
from siting.progress import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from siting.plan.model import Plan
    from siting.progress import Tell
    from siting.words import Lang

PLAN = "plan.json"
# What a plan folder may hold of ours; the rest is the user's and is kept.
REPORTS = ("report.html", "report.xlsx", "plan.gpkg")
_PATIENCE = 10.0
"""Seconds for another run that exchanges a folder beside ours, which takes far less."""
FILES = (PLAN, "projects.csv", "gaps.csv", "projects.geojson", CERTIFICATE, *REPORTS)


def check_output(folder: Path, city_folder: Path | None) -> None:
    """Raise InputError where a plan must not be written.

    The folder must be new, empty, or hold a plan of ours, and must not be the city folder or
    above it, nor the current directory, which cannot be exchanged; and a folder must be allowed
    beside it, which is tried, for it had better be known before the time of solving is spent.
    """
    for path in (folder, city_folder):
        try:
            str(path and path.absolute()).encode("utf-8")
        except UnicodeEncodeError:
            said = ascii(str(path))
            raise InputError(Notice("plan.path_not_text", values={"folder": said})) from None
    if folder.resolve() == Path.cwd():
        raise InputError(Notice("plan.output_is_here", values={"folder": str(folder)}))
    if city_folder is not None:
        city, target = city_folder.resolve(), folder.resolve()
        if target == city or target in city.parents:
            raise InputError(Notice("plan.output_is_city", values={"folder": str(folder)}))
    if not folder.exists() and not folder.is_symlink():
        for above in folder.absolute().parents:
            if above.exists() and not above.is_dir():
                raise InputError(Notice("plan.output_not_folder", values={"folder": str(above)}))
    else:
        _check_calm(folder)
    beside = next(above for above in folder.resolve().parents if above.exists())
    with refusals_of(folder):
        Path(tempfile.mkdtemp(prefix=_fresh(folder), dir=beside)).rmdir()


def _check_calm(folder: Path) -> None:
    """Do as `_check_there`, and look again where another run may be in the midst of exchanging."""
    try:
        _check_there(folder)
    except (InputError, OSError):
        with locked(folder.absolute().parent, _PATIENCE):
            if folder.exists() or folder.is_symlink():
                _check_there(folder)


def _check_there(folder: Path) -> None:
    """Raise InputError where something stands that is not ours to replace."""
    if not folder.is_dir():
        raise InputError(Notice("plan.output_not_folder", values={"folder": str(folder)}))
    if any(folder.iterdir()) and not _is_ours(folder):
        raise InputError(Notice("plan.output_not_ours", values={"folder": str(folder)}))
    old = _old(folder)
    if old.exists() and not _is_ours(old):
        raise InputError(Notice("plan.old_not_ours", values={"folder": str(old)}))


def _is_ours(folder: Path) -> bool:
    try:
        content = json.loads(file_content(folder / PLAN, LARGEST).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    software = content.get("software") if isinstance(content, dict) else None
    return isinstance(software, dict) and "siting" in software


def save(plan: Plan, folder: Path, *, lang: Lang = "en", tell: Tell | None = None) -> Path:
    """Write a plan's folder in one step.

    Parameters
    ----------
    lang
        The language in which reports open.
    tell
        Told how many of the steps of writing are done.

    Raises
    ------
    InputError
        The folder is not new, empty or ours, or the disk refuses; what was there is as it was.
        Or the plan was read from a folder and has no city to write maps and tables from.
    """
    if plan.city is None or plan.gap_table is None or plan.detail is None:
        raise InputError(Notice("plan.no_city_to_save"))
    check_output(folder, plan.city.path)
    folder = folder.resolve()
    with refusals_of(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=_fresh(folder), dir=folder.parent))
    try:
        with refusals_of(folder):
            fresh.chmod(0o755)
            with _uncollected():
                _write_all(plan, fresh, folder, lang, tell)
            if folder.is_dir():
                _bring_along(folder, fresh, _copy)
            to_the_disk(fresh)
        _take_place(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _fresh(folder: Path) -> str:
    return f".{folder.name}.new-"


def _take_place(fresh: Path, folder: Path) -> None:
    """Exchange the folders, or keep the new one where a person finds it, and say so."""
    try:
        with locked(folder.parent, _PATIENCE):
            if folder.exists():
                _check_there(folder)
            _exchange(fresh, folder)
    except (OSError, InputError) as error:
        refused = error if isinstance(error, InputError) else unwritable(folder, error)
        if not fresh.exists():
            raise refused from error
        kept = folder.with_name(f"{folder.name}.new")
        if kept.exists():
            kept = folder.with_name(fresh.name.removeprefix("."))
        with refusals_of(kept):
            fresh.rename(kept)
        notices = (*refused.notices, Notice("plan.kept", values={"folder": str(kept)}))
        raise InputError(notices) from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do without the search for cyclic garbage, and leave it as it was.

    A workbook of a large city is half a million cells, which are no cycles; looking through them
    again and again would take a quarter of the time of writing.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def _write_all(plan: Plan, fresh: Path, folder: Path, lang: Lang, tell: Tell | None) -> None:
    from siting.plan.layers import write_layers
    from siting.plan.spreadsheet import as_csv
    from siting.plan.tables import project_table

    assert plan.gap_table is not None
    # tables, layers, the rest, then the reports
    more = counted(tell, 3 + (len(REPORTS) if plan.write_reports is not None else 0))
    (fresh / "projects.csv").write_bytes(as_csv(project_table(plan)))
    (fresh / "gaps.csv").write_bytes(as_csv(plan.gap_table))
    more()
    write_layers(plan, fresh / "plan.gpkg", lang)
    more()
    if plan.document.inputs.metric_crs is not None:
        text = plan.to_geojson()
        (fresh / "projects.geojson").write_text(text, encoding="utf-8", newline="\n")
    if plan.certificate:
        write_certificate(plan.certificate, fresh / CERTIFICATE)
    document = plan.document
    if plan.city is not None and plan.city.path is not None:
        relative = _relative(plan.city.path.resolve(), folder)
        inputs = document.inputs.model_copy(update={"city_path": relative})
        document = document.model_copy(update={"inputs": inputs})
    text = json.dumps(document.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1)
    (fresh / PLAN).write_text(text + "\n", encoding="utf-8", newline="\n")
    more()
    if plan.write_reports is not None:
        plan.write_reports(plan, fresh, lang, more)
    for file in fresh.iterdir():
        to_the_disk(file)


def replace_reports(plan: Plan, folder: Path, lang: Lang, tell: Tell | None = None) -> None:
    """Write the reports of a plan that stands in `folder` again, each in one step."""
    assert plan.write_reports is not None
    with files_in_one_step(find_folder(folder)) as fresh:
        plan.write_reports(plan, fresh, lang, counted(tell, len(REPORTS)))


@contextmanager
def files_in_one_step(folder: Path) -> Iterator[Path]:
    """Yield a folder beside `folder`; what is written there then takes its place in `folder`.

    Raises
    ------
    InputError
        `folder` is a file, or the disk refuses.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise InputError(Notice("plan.output_not_folder", values={"folder": str(folder)}))
    with refusals_of(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_fresh(folder), dir=folder.parent) as name:
            yield Path(name)
            for file in Path(name).iterdir():
                to_the_disk(file)
            folder.mkdir(exist_ok=True)
            for file in Path(name).iterdir():
                file.replace(folder / file.name)


def _bring_along(folder: Path, fresh: Path, bring: Callable[..., object]) -> None:
    """Bring what a user has put beside a plan into another folder, unless that has it as new."""
    for entry in folder.iterdir():
        if entry.name not in FILES:
            _bring(entry, fresh / entry.name, bring)


def _bring(source: Path, target: Path, bring: Callable[..., object]) -> None:
    if source.is_dir() and not source.is_symlink():
        target.mkdir(exist_ok=True)
        for entry in source.iterdir():
            _bring(entry, target / entry.name, bring)
        shutil.copystat(source, target)
        return
    with suppress(FileNotFoundError):
        if target.lstat().st_mtime_ns >= source.lstat().st_mtime_ns:
            return
    bring(source, target)


def _copy(source: Path, target: Path) -> None:
    shutil.copy2(source, target, follow_symlinks=False)


def _relative(city: Path, folder: Path) -> str | None:
    try:
        return Path(os.path.relpath(city, folder)).as_posix()
    except ValueError:  # another drive
        return None


def _exchange(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`; where that fails, `folder` is as it was."""
    old = _old(folder)
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()
    if folder.exists():
        if old.exists():
            _bring_along(old, folder, os.replace)
            shutil.rmtree(old)
        folder.rename(old)
    try:
        fresh.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    to_the_disk(folder.parent)
    if old.exists() and _is_ours(old):
        # What was put there since it was copied.
        _bring_along(old, folder, os.replace)
        shutil.rmtree(old, ignore_errors=True)


def _old(folder: Path) -> Path:
    folder = folder.absolute()
    return folder.with_name(folder.name + ".old")


def find_folder(folder: Path) -> Path:
    """Return the folder that holds the plan: `folder`, or ``NAME.old`` after a crash."""
    old = _old(folder)
    return old if not folder.exists() and (old / PLAN).is_file() else folder


@contextmanager
def unexchanged(folder: Path) -> Iterator[None]:
    """Raise InputError where the plan in `folder` became another one in the meantime."""
    before = _mark(folder)
    try:
        yield
    finally:
        if _mark(folder) != before:
            raise InputError(Notice("plan.changed_meanwhile", values={"folder": str(folder)}))


def _mark(folder: Path) -> tuple[int, int, int] | None:
    """Return what is another one of every plan.json that is written."""
    try:
        found = (folder / PLAN).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def read_document(folder: Path) -> Document:
    """Read ``plan.json``.

    Raises
    ------
    InputError
        The folder or file is missing, is no JSON, or is not a plan (each fault a line).
    """
    path = find_folder(folder) / PLAN
    try:
        content = json.loads(file_content(path, LARGEST).decode("utf-8"))
    except FileNotFoundError:
        raise InputError(Notice("plan.missing", file=str(path))) from None
    except OSError as error:
        values = {"why": error.strerror or type(error).__name__}
        raise InputError(Notice("plan.unreadable", file=str(path), values=values)) from None
    except (ValueError, RecursionError):
        raise InputError(Notice("plan.not_json", file=str(path))) from None
    try:
        return Document.model_validate(content)
    except ValidationError as error:
        raise InputError(
            [
                Notice(
                    "plan.not_a_plan",
                    file=str(path),
                    values={"where": ".".join(map(str, e["loc"])), "why": e["msg"]},
                )
                for e in error.errors()[:20]
            ]
        ) from None
