"""What a scenario demands beyond money: shares of residents, a grade, rules to keep."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, get_args

from siting.errors import InputError, Notice
from siting.standard.files import library, unknown
from siting.standard.model import Objective, Rule
from siting.standard.names import type_names
from siting.standard.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from siting.standard.model import Question, Standard

OBJECTIVES: tuple[str, ...] = get_args(Objective)
RULES: tuple[str, ...] = get_args(Rule)


def by_type(stated: Mapping[str, float], standard: Standard) -> dict[str, float]:
    """Return shares stated by type or class as shares by type, in the standard's order.

    A class stands for each of its types that ask; a type's own share goes before its class's.
    """
    shares = {}
    for kind in standard.types:
        if kind.id in stated:
            shares[kind.id] = stated[kind.id]
        elif kind.asks and kind.type_class in stated:
            shares[kind.id] = stated[kind.type_class]
    return shares


def share_faults(
    name: str, stated: Mapping[str, float], standard: Standard, file: str | None
) -> list[Notice]:
    """Return a fault for each word of a table of shares that is no asking type and no class.

    Parameters
    ----------
    name
        ``targets.coverage`` or ``floors``.
    """
    asking = {t.id: None for t in standard.types if t.asks}
    silent = {t.id for t in standard.types if not t.asks}
    known = asking | {t.type_class: None for t in standard.types if t.asks}
    return [
        Notice("standard.share_silent", file=file, values={"name": name, "word": word})
        if word in silent
        else unknown("standard.share_type", word, known, type_names(standard), file=file, name=name)
        for word in stated
        if word not in known
    ]


def grade_faults(
    objective: str, grade: str | None, standard: Standard, file: str | None
) -> list[Notice]:
    """Return what is wrong with the grade asked for."""
    known = [g.id for g in standard.grades]
    if not known and (grade is not None or objective == "grades"):
        values = {"standard": standard.id, "known": ", ".join(_graded()) or "-"}
        return [Notice("standard.no_grades", file=file, values=values)]
    if grade is not None and grade not in known:
        return [unknown("standard.unknown_grade", grade, known, file=file)]
    return []


def rule_faults(stated: Iterable[str], file: str | None) -> list[Notice]:
    """Return a fault for each rule that nobody knows."""
    return [
        unknown("standard.unknown_rule", word, RULES, file=file)
        for word in dict.fromkeys(stated)
        if word not in RULES
    ]


def question_faults(question: Question, file: str | None) -> list[Notice]:
    """Return what of a resolved question its standard does not know, or says twice."""
    asking = [t.id for t in question.standard.types if t.asks]
    tables: dict[str, Any] = {"targets": question.targets, "floors": question.floors}
    faults = [
        unknown("standard.share_type", word, asking, file=file, name=f"scenario.{name}")
        for name, table in tables.items()
        for word in table
        if word not in asking
    ]
    faults += grade_faults(question.objective, question.grade, question.standard, file)
    return faults + _standard_faults(question.standard, file)


def _standard_faults(standard: Standard, file: str | None) -> list[Notice]:
    """Return what no file of a standard can say, but a record of one can."""
    known = [t.id for t in standard.types]
    faults = [
        Notice("standard.twice", file=file, values={"word": word})
        for word, times in Counter(known).items()
        if times > 1
    ]
    faults += [
        unknown("standard.not_of_standard", quota.type, known, file=file, name="quotas")
        for quota in standard.quotas
        if quota.type not in known
    ]
    return faults + [
        Notice("standard.no_groups", file=file, values={"name": f"types[{t.id}]"})
        for t in standard.types
        if t.asks and not t.groups
    ]


def _graded() -> list[str]:
    """Return the standards of the library that have grades."""
    found = []
    for name in library("standards"):
        try:
            standard = load_standard(name)
        except InputError:  # another fault than the one to be told
            continue
        if standard.grades:
            found.append(name)
    return found
