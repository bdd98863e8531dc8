"""A new city folder, written whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from siting.city.config import CONFIG, siblings
from siting.errors import InputError, Notice
from siting.generate.folder import replace_folder
from siting.new.config_text import city_text, scenario_text
from siting.new.model import Proposal
from siting.new.templates import TABLES, blank_section, tables, write_template
from siting.plan.disk import unwritable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.words import Lang

SCENARIO = "scenario.toml"


@dataclass(frozen=True)
class NewCity:
    """A city folder that was written.

    Attributes
    ----------
    folder
        Where it lies.
    files
        Names of what it holds.
    blank
        Those of them that are templates still to be filled.
    remarks
        What was guessed and what is missing.
    """

    folder: Path
    files: tuple[str, ...]
    blank: tuple[str, ...]
    remarks: tuple[Notice, ...]


def new_city(folder: Path, tables_from: Sequence[Path] = (), lang: Lang = "zh") -> NewCity:
    """Write a new city folder: templates, or copies of tables with a proposal how to read them.

    Parameters
    ----------
    folder
        New or empty.
    tables_from
        Files, or folders of files, to copy from; none: three empty templates.
    lang
        Language of headings, explanations and remarks.

    Raises
    ------
    InputError
        The folder holds something, a path does not exist, no table was recognised, or the disk
        refuses; then nothing has been written.
    """
    target = _check(folder)
    name = target.name
    if tables_from:
        from siting.new.propose import propose

        proposal = propose([Path(p).resolve() for p in tables_from], name)
    else:
        proposal = Proposal(name, "EPSG:4490", (), {}, TABLES, (Notice("new.crs_template"),))
    taken = {name.casefold() for name in proposal.copies}
    blank = {one: _free(tables()[one]["file"][lang], taken) for one in proposal.blank}
    sections = [blank_section(one, file, lang) for one, file in blank.items()]

    def write(fresh: Path) -> None:
        for name, source in proposal.copies.items():
            _copy(source, fresh / name)
        for one, file in blank.items():
            write_template(one, fresh / file, lang)
        (fresh / CONFIG).write_text(city_text(proposal, sections, lang), "utf-8", newline="\n")
        (fresh / SCENARIO).write_text(scenario_text(lang), "utf-8", newline="\n")

    replace_folder(target, write)
    files = (CONFIG, SCENARIO, *proposal.copies, *blank.values())
    return NewCity(folder, files, tuple(blank.values()), proposal.all_remarks())


def _check(folder: Path) -> Path:
    """Return the folder's full path if it is new or empty."""
    target = folder.resolve()
    try:
        if target.exists() and not target.is_dir():
            raise InputError(Notice("new.not_a_folder", file=str(folder)))
        if target.exists() and any(target.iterdir()):
            raise InputError(Notice("new.not_empty", file=str(folder)))
        if Path.cwd().is_relative_to(target):  # it is replaced, and nobody can stand in it then
            raise InputError(Notice("new.here", file=str(folder)))
    except OSError as error:
        raise unwritable(target, error) from error
    return target


def _free(name: str, taken: set[str]) -> str:
    """Return a file's name, numbered where another file has it."""
    stem, ending = Path(name).stem, Path(name).suffix
    number = 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}{ending}"
    return name


def _copy(source: Path, target: Path) -> None:
    """Copy a table, and whatever files belong to it."""
    shutil.copyfile(source, target)
    for beside in siblings(source):
        tail = beside.name[len(source.stem) :]
        shutil.copyfile(beside, target.with_name(target.stem + tail))
