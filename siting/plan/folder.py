"""The plan folder: written beside its place and exchanged, so that readers find one whole plan.

A folder is ours when it holds a ``plan.json`` that names siting as its maker. While the new folder
takes its place, the old one is kept as ``NAME.old``; a reader that finds no ``NAME`` looks there.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from siting.errors import InputError, Notice
from siting.plan.certificate import CERTIFICATE, write_certificate
from siting.plan.document import Document
from siting.progress import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.plan.model import Plan
    from siting.progress import Tell
    from siting.words import Lang

PLAN = "plan.json"
# What a plan folder may hold of ours; the rest is the user's and is kept.
REPORTS = ("report.html", "report.xlsx", "plan.gpkg")
FILES = (PLAN, "projects.csv", "gaps.csv", "projects.geojson", CERTIFICATE, *REPORTS)


def check_output(folder: Path, city_folder: Path | None) -> None:
    """Raise InputError where a plan must not be written.

    The folder must be new, empty, or hold a plan of ours, and must not be the city folder or
    above it, nor the current directory, which cannot be exchanged.
    """
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
        return
    if not folder.is_dir():
        raise InputError(Notice("plan.output_not_folder", values={"folder": str(folder)}))
    if any(folder.iterdir()) and not _is_ours(folder):
        raise InputError(Notice("plan.output_not_ours", values={"folder": str(folder)}))
    old = _old(folder)
    if old.exists() and not _is_ours(old):
        raise InputError(Notice("plan.old_not_ours", values={"folder": str(old)}))


def _is_ours(folder: Path) -> bool:
    try:
        content = json.loads((folder / PLAN).read_text("utf-8"))
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
        The folder is not new, empty or ours.
    ValueError
        The plan was read from a folder and has no city to write maps and tables from.
    """
    if plan.city is None or plan.gap_table is None or plan.detail is None:
        raise ValueError("a plan read from a folder has no city; solve it again to save it")
    check_output(folder, plan.city.path)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
    try:
        fresh.chmod(0o755)
        with _uncollected():
            _write_all(plan, fresh, folder, lang, tell)
        _bring_along(folder, fresh)
        _exchange(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return folder


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
        (fresh / "projects.geojson").write_text(plan.to_geojson(), encoding="utf-8")
    if plan.certificate:
        write_certificate(plan.certificate, fresh / CERTIFICATE)
    document = plan.document
    if plan.city is not None and plan.city.path is not None:
        relative = _relative(plan.city.path.resolve(), folder)
        inputs = document.inputs.model_copy(update={"city_path": relative})
        document = document.model_copy(update={"inputs": inputs})
    text = json.dumps(document.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1)
    (fresh / PLAN).write_text(text + "\n", encoding="utf-8")
    more()
    if plan.write_reports is not None:
        plan.write_reports(plan, fresh, lang, more)
    for file in fresh.iterdir():
        with file.open("rb") as stream:
            os.fsync(stream.fileno())


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
        `folder` is a file.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise InputError(Notice("plan.output_not_folder", values={"folder": str(folder)}))
    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.name}.new-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder.parent) as name:
        yield Path(name)
        folder.mkdir(exist_ok=True)
        for file in Path(name).iterdir():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
            file.replace(folder / file.name)


def _bring_along(folder: Path, fresh: Path) -> None:
    """Copy what a user has put beside an old plan into the new folder."""
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name in FILES:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)


def _relative(city: Path, folder: Path) -> str | None:
    try:
        return Path(os.path.relpath(city, folder)).as_posix()
    except ValueError:  # another drive
        return None


def _exchange(fresh: Path, folder: Path) -> None:
    old = _old(folder)
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()
    if folder.exists():
        if old.exists():
            shutil.rmtree(old)
        folder.rename(old)
    fresh.rename(folder)
    if old.exists() and _is_ours(old):
        shutil.rmtree(old, ignore_errors=True)


def _old(folder: Path) -> Path:
    folder = folder.absolute()
    return folder.with_name(folder.name + ".old")


def find_folder(folder: Path) -> Path:
    """Return the folder that holds the plan: `folder`, or ``NAME.old`` after a crash."""
    old = _old(folder)
    return old if not folder.exists() and (old / PLAN).is_file() else folder


def read_document(folder: Path) -> Document:
    """Read ``plan.json``.

    Raises
    ------
    InputError
        The folder or file is missing, is no JSON, or is not a plan (each fault a line).
    """
    path = find_folder(folder) / PLAN
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError:
        raise InputError(Notice("plan.missing", file=str(path))) from None
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
