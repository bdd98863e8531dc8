"""The check of a plan folder: every file in it, against the city it was made for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from siting.errors import InputError, Notice
from siting.files import file_content, stands_there
from siting.plan.certificate import CERTIFICATE, read_certificate
from siting.plan.disk import LARGEST
from siting.plan.folder import find_folder, unexchanged
from siting.progress import Stages, counted
from siting.verify.check import Checked, inspect
from siting.verify.compare import strict_json
from siting.verify.frame import OTHER_PAGE
from siting.verify.geojson import check_geojson
from siting.verify.geopackage import check_geopackage
from siting.verify.layer_index import NO_INDEX
from siting.verify.layer_styles import OTHER_STYLES
from siting.verify.page import check_page
from siting.verify.sheets import Told
from siting.verify.tables import check_gaps, check_projects
from siting.verify.workbook import LARGE, check_workbook

if TYPE_CHECKING:
    from collections.abc import Collection

    from siting.city.model import City
    from siting.plan.document import Document, Inputs
    from siting.progress import Tell

PLAN = "plan.json"
CITY = "city.toml"
# Written for people, and checked where they are: a plan holds without them
WORKBOOK, PAGE, MAP = "report.xlsx", "report.html", "projects.geojson"
_TABLES = ("projects.csv", "gaps.csv", "plan.gpkg")
BESIDE = (*_TABLES, WORKBOOK, PAGE, MAP)
_MISSING, _ABSENT, _NO_FILE = "verify.file_missing", "verify.file_absent", "verify.no_file"
_ODD = (LARGE, _ABSENT, OTHER_PAGE, OTHER_STYLES, NO_INDEX)
_KNOWN = {PLAN, CERTIFICATE, *BESIDE}
_MOST_NAMED = 20  # files in one remark


def verify_folder(
    plan_folder: Path, *, city: Path | None = None, full: bool = False
) -> tuple[Notice, ...]:
    """Return what does not hold in a plan folder; see `inspect_folder`."""
    return inspect_folder(plan_folder, city=city, full=full).notices


def inspect_folder(
    plan_folder: Path,
    *,
    city: Path | None = None,
    full: bool = False,
    stages: Stages | None = None,
) -> Checked:
    """Return what does not hold in a plan folder; no notice means that it is verified.

    Parameters
    ----------
    plan_folder
        Holds plan.json, projects.csv, gaps.csv, plan.gpkg and, where bounds are certified,
        certificate.npz.
    city
        Where the city lies; None: where the plan remembers it.
    full
        As for `siting.verify.check.verify`.
    stages
        Tells what is being done.

    Raises
    ------
    InputError
        There is no readable plan.json, the city cannot be found, or the plan was exchanged for
        another while it was checked.
    """
    plan_folder = find_folder(plan_folder)
    with unexchanged(plan_folder):
        return _inspect(plan_folder, city, stages or Stages(None), full=full)


def _inspect(plan_folder: Path, city: Path | None, stages: Stages, *, full: bool) -> Checked:
    document, notices = read_document(plan_folder / PLAN)
    if document is None:
        return Checked(notices)
    where, changed = find_city(plan_folder, document.inputs, city)

    from siting.city.read import read_city

    stages.begin("read")
    try:
        read = read_city(where)
    except InputError as fault:
        if not changed:
            raise
        return Checked((*changed, *fault.notices))
    try:
        certificate = read_certificate(plan_folder / CERTIFICATE)
        broken: tuple[Notice, ...] = ()
    except InputError as fault:
        certificate = None
        broken = tuple(replace(notice, file=CERTIFICATE) for notice in fault.notices)
    checked = inspect(document, read, certificate, full=full, tell=stages.begin("verify"))
    # The hash is compared on both ways; told once. So is a certificate that cannot be read.
    told = {n.key for n in changed} | ({"verify.certificate_missing"} if broken else set())
    rest = [n for n in checked.notices if n.key not in told]
    found = [n if n.file else replace(n, file=PLAN) for n in (*changed, *rest)]
    wrong, odd = check_files(plan_folder, document, checked, read, stages.begin("files"))
    notices = (*found, *wrong, *broken)
    remarks = (*checked.remarks, *odd, *_strangers(plan_folder))
    return replace(checked, notices=notices, remarks=remarks)


def _strangers(folder: Path) -> list[Notice]:
    """Return the notice of what lies beside a plan that siting does not write."""
    names = sorted(entry.name for entry in folder.iterdir() if entry.name not in _KNOWN)
    if not names:
        return []
    more = f", ... ({len(names)})" if len(names) > _MOST_NAMED else ""
    values = {"names": ", ".join(names[:_MOST_NAMED]) + more}
    return [Notice("verify.files_unknown", values=values)]


def read_document(path: Path) -> tuple[Document | None, tuple[Notice, ...]]:
    """Return the content of a plan.json, or else what in it breaks the record.

    Raises
    ------
    InputError
        The file is missing, or is not JSON.
    """
    from pydantic import ValidationError

    from siting.plan.document import Document

    try:
        text = file_content(path, LARGEST).decode("utf-8")
        strict_json(text)
    except FileNotFoundError as fault:
        raise InputError(Notice("verify.no_plan", file=str(path))) from fault
    except OSError as fault:
        values = {"why": fault.strerror or type(fault).__name__}
        raise InputError(Notice("plan.unreadable", file=str(path), values=values)) from fault
    except (ValueError, RecursionError) as fault:
        raise InputError(
            Notice("verify.plan_unreadable", file=str(path), values={"fault": str(fault)})
        ) from fault
    try:
        return Document.model_validate_json(text, strict=True), ()
    except ValidationError as fault:
        return None, tuple(
            Notice(
                "verify.record",
                file=PLAN,
                values={
                    "where": ".".join(str(part) for part in error["loc"]) or "-",
                    "fault": error["msg"],
                },
            )
            for error in fault.errors(include_url=False, include_input=False)
        )


def find_city(
    plan_folder: Path, inputs: Inputs, given: Path | None
) -> tuple[Path, tuple[Notice, ...]]:
    """Return where the plan's city lies, and a notice if it is no longer what it was.

    `given` decides if it is stated; else the relative path if there is a city, else the absolute
    one. The first of them counts even if its city has changed: no other copy is looked for.

    Raises
    ------
    InputError
        There is no city where it ought to be.
    """
    if given is not None:
        tried = [given.parent if given.name == CITY else given]
    else:
        tried = [plan_folder / inputs.city_path] if inputs.city_path is not None else []
        if inputs.city_path_absolute is not None:
            tried.append(Path(inputs.city_path_absolute))
    where = next((folder for folder in tried if _is_city(folder)), None)
    if where is None:
        names = ", ".join(str(folder) for folder in tried) or "-"
        raise InputError(Notice("verify.no_city", values={"tried": names}))
    right = _fingerprint(where)
    if right is not None and right == inputs.city_sha256:
        return where, ()
    return where, (city_changed(inputs, right),)


def city_changed(inputs: Inputs, right: str | None) -> Notice:
    """Return the notice that a city is not the one a plan was made for."""
    values = {"stated": inputs.city_sha256 or "null", "right": right or "-"}
    return Notice("verify.city_changed", file=PLAN, values=values)


def _is_city(folder: Path) -> bool:
    try:
        return (folder / CITY).is_file()
    except OSError:  # a name too long, or no right to look
        return False


def _fingerprint(folder: Path) -> str | None:
    """Return the hash of a city, or None where one of its files is gone: then it has changed."""
    from siting.city.fingerprint import fingerprint

    try:
        return fingerprint(folder)
    except (InputError, OSError):
        return None


def check_files(
    folder: Path,
    document: Document,
    checked: Checked,
    city: City,
    tell: Tell | None = None,
    *,
    names: Collection[str] = BESIDE,
) -> tuple[list[Notice], list[Notice]]:
    """Return what is wrong in the files beside plan.json, and what of them was not compared.

    Each file is compared with the plan and the city, none with another file: `names` says which.
    """
    found: list[Notice] = []
    odd: list[Notice] = []
    more = counted(tell, len(names))
    for name in names:
        said = _check_file(folder / name, document, checked, city)
        odd += [n for n in said if n.key in _ODD]
        found += [n for n in said if n.key not in _ODD]
        more()
    return found, odd


def _check_file(path: Path, document: Document, checked: Checked, city: City) -> list[Notice]:
    name, question, right = path.name, checked.question, checked.recount
    if not path.is_file():
        if stands_there(path):
            return [Notice(_NO_FILE, file=name)]
        if name == MAP and city.metric_crs is None:
            return []
        return [Notice(_MISSING if name in _TABLES else _ABSENT, file=name)]
    if name == "projects.csv":
        return check_projects(path, document, question)
    if name == "plan.gpkg":
        return check_geopackage(path, document, city, question, right)
    if name == MAP:
        return check_geojson(path, document, question, city.metric_crs)
    told = None
    if question is not None and right is not None:
        if name == "gaps.csv":
            return check_gaps(path, city, question, right)
        told = partial(Told, document, question, right, city)
    if name == WORKBOOK:
        return check_workbook(path, document, _addresses(city), told)
    return check_page(path, document, _addresses(city), told) if name == PAGE else []


def _addresses(city: City) -> dict[str, str] | None:
    if city.spaces.address is None:
        return None
    return dict(zip(city.spaces.id.tolist(), city.spaces.address.tolist(), strict=True))
