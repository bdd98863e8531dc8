"""What `verify` says to single changes of a verified plan folder and of its city."""

from __future__ import annotations

import json
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mutant_cities
import mutant_files
from mutant_harmless import reason
from mutants import Kind, mutants
from pydantic import ValidationError

from siting.city.fingerprint import fingerprint
from siting.city.read import read_city
from siting.errors import InputError
from siting.plan.certificate import CERTIFICATE, read_certificate
from siting.plan.document import Document
from siting.verify.check import inspect, survey
from siting.verify.folder import check_files, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from siting.city.model import City
    from siting.errors import Notice
    from siting.plan.certificate import Certificate
    from siting.verify.check import Checked, Survey

CAUGHT, SAME, SURVIVED = "caught", "says the same", "survived"
NOT_USED = "a city with other files, but no number of the plan depends on what was changed"
_FILES = (
    "projects.csv",
    "gaps.csv",
    "plan.gpkg",
    "projects.geojson",
    "report.xlsx",
    "report.html",
    CERTIFICATE,
)


@dataclass(frozen=True)
class Case:
    """A verified plan folder and its city, read once."""

    folder: Path
    city_folder: Path
    city: City
    content: dict[str, Any]
    document: Document
    certificate: Certificate | None
    checked: Checked
    surveyed: Survey


@dataclass(frozen=True)
class Trial:
    """One change, and what was said to it; `answer` runs it.

    Attributes
    ----------
    kind
        What sort of change it is: the path begins with the name of the file.
    answer
        Returns `CAUGHT`, `SAME`, `SURVIVED`, or why the change is harmless.
    """

    kind: Kind
    answer: Callable[[], str]


def read_case(folder: Path, city_folder: Path) -> Case:
    """Return a plan folder, in which nothing may be wrong."""
    city = read_city(city_folder)
    document, _ = read_document(folder / "plan.json")
    assert document is not None
    certificate = read_certificate(folder / CERTIFICATE)
    checked = inspect(document, city, certificate)
    assert checked.question is not None
    surveyed = survey(city, checked.question)
    wrong, odd = check_files(folder, document, checked, city)
    told = [notice.line() for notice in (*checked.notices, *checked.remarks, *wrong, *odd)]
    assert told == []
    content = json.loads((folder / "plan.json").read_text("utf-8"))
    return Case(folder, city_folder, city, content, document, certificate, checked, surveyed)


def trials(
    case: Case, draw: Random, work: Path, *, each: int = 1, where: str = ""
) -> Iterator[Trial]:
    """Yield a trial of every kind of change.

    Parameters
    ----------
    work
        A folder to write in.
    each
        Changes of each kind.
    where
        How the kinds begin that are of interest.
    """
    for trial in _trials(case, draw, work, each, where.split("/")[0]):
        if trial.kind[0].startswith(where):
            yield trial


def _trials(case: Case, draw: Random, work: Path, each: int, source: str) -> Iterator[Trial]:
    if source in ("", "plan.json"):
        yield from _plans(case, draw, each)
    for name in _FILES:
        if (case.folder / name).is_file() and source in ("", name):
            for kind, change in mutant_files.changes(case.folder / name, draw, each=each):
                yield Trial(kind, lambda n=name, k=kind, c=change: _file(case, n, k, c, work))
    for kind, name, text in mutant_cities.changes(case.city_folder, draw):
        if source in ("", "city"):
            where = (f"city/{kind[0]}", kind[1])
            yield Trial(where, lambda n=name, t=text: _city(case, n, t, work))


def _plans(case: Case, draw: Random, each: int) -> Iterator[Trial]:
    for mutant in mutants(case.content, draw, each=each):
        kind = (f"plan.json/{mutant.kind[0]}", mutant.kind[1])
        yield Trial(kind, lambda k=kind, c=mutant.content: _plan(case, k, c))


def _plan(case: Case, kind: Kind, content: Any) -> str:
    try:
        document = Document.model_validate_json(json.dumps(content), strict=True)
    except ValidationError:
        return CAUGHT
    if document == case.document:
        return SAME
    try:
        checked = inspect(document, case.city, case.certificate, surveyed=case.surveyed)
    except InputError:
        return CAUGHT
    if checked.notices or check_files(case.folder, document, checked, case.city)[0]:
        return CAUGHT
    return reason(kind) or SURVIVED


def _file(case: Case, name: str, kind: Kind, change: Callable[[Path], None], work: Path) -> str:
    work.mkdir(exist_ok=True)
    shutil.copyfile(case.folder / name, work / name)
    before = (work / name).read_bytes()
    change(work / name)
    if (work / name).is_file() and (work / name).read_bytes() == before:
        return SAME
    if name == CERTIFICATE:
        try:
            certificate = read_certificate(work / name)
        except InputError:
            return CAUGHT
        caught = bool(_again(case, certificate))
    else:
        wrong, odd = check_files(work, case.document, case.checked, case.city, names=(name,))
        caught = bool(wrong or odd)
    return CAUGHT if caught else reason(kind) or SURVIVED


def _again(case: Case, certificate: Certificate | None) -> tuple[Notice, ...]:
    found = inspect(case.document, case.city, certificate, surveyed=case.surveyed)
    return found.notices


def _city(case: Case, name: str, text: str, work: Path) -> str:
    """Change a city's file, and say in the plan that it was so all along."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(case.city_folder, work)
    (work / name).write_text(text, "utf-8")
    if fingerprint(work) == fingerprint(case.city_folder):
        return SAME
    try:
        city = read_city(work)
        inputs = case.document.inputs.model_copy(update={"city_sha256": fingerprint(work)})
        document = case.document.model_copy(update={"inputs": inputs})
        checked = inspect(document, city, case.certificate)
    except InputError:
        return CAUGHT
    if checked.notices or check_files(case.folder, document, checked, city)[0]:
        return CAUGHT
    assert checked.question is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        used = mutant_cities.depends(document, checked.question, case.city, city)
    return SURVIVED if used else NOT_USED
