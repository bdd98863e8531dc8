"""Scenarios: one question as a file or a caller states it, and the same question resolved."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast

from pydantic import Field

from siting.errors import InputError, Notice
from siting.files import stands_there
from siting.standard.adding import add_locks, add_rules, add_shares
from siting.standard.demands import (
    OBJECTIVES,
    by_type,
    grade_faults,
    question_faults,
    rule_faults,
    share_faults,
)
from siting.standard.files import library, read_toml, salvaged, unknown, validated
from siting.standard.locks import lock_faults
from siting.standard.model import (
    Budget,
    Fund,
    Locks,
    Objective,
    Policy,
    Question,
    Record,
    Rule,
    Scenario,
    Share,
    Standard,
)
from siting.standard.money import MAX_FEN, fen_down
from siting.standard.names import named_by_id, type_names
from siting.standard.policies import load_policy
from siting.standard.purses import MOST_FUNDS
from siting.standard.standards import find_file, load_standard

if TYPE_CHECKING:
    from siting.city.model import City

Money = Annotated[float, Field(ge=0.0, allow_inf_nan=True)]


class _Amounts(Record):
    """The table ``[budget]``; a budget that is not stated here may be stated elsewhere."""

    capital: Money | None = None
    subsidy_per_year: Money | None = None


class _Targets(Record):
    """The table ``[targets]``."""

    coverage: dict[str, Share] = Field(default_factory=dict)


class _File(Record):
    """A scenario's file as it is written."""

    standard: str | None = None
    policy: str | None = None
    objective: str | None = None
    budget: _Amounts = _Amounts()
    funds: tuple[Fund, ...] | None = None
    locks: Locks | None = None
    targets: _Targets | None = None
    floors: dict[str, Share] | None = None
    grade: str | None = None
    enforce: tuple[str, ...] | None = None


def read_scenario(path: str | Path) -> Scenario:
    """Return a scenario's file.

    A standard or policy that is named by a relative path, or by a word that is no id of the
    library, is looked for beside the file.

    Raises
    ------
    InputError
        The file cannot be read, or states what nobody knows; all faults at once.
    """
    path = Path(path)
    shown = str(path)
    content = read_toml(path, shown)
    faults: list[Notice] = []
    read = salvaged(_File, content, {}, faults, file=shown)
    if read.objective is not None and read.objective not in OBJECTIVES:
        faults.append(unknown("standard.unknown_objective", read.objective, OBJECTIVES, file=shown))
    faults += rule_faults(read.enforce or (), shown)
    standard = _reference(read.standard, "standards", "unknown_standard", path, faults)
    policy = _reference(read.policy, "policies", "unknown_policy", path, faults)
    if faults:
        raise InputError(faults)
    return Scenario(
        standard=standard,
        policy=policy,
        objective=cast("Objective | None", read.objective),
        capital=read.budget.capital,
        subsidy_per_year=read.budget.subsidy_per_year,
        funds=read.funds,
        locks=read.locks,
        targets=None if read.targets is None else read.targets.coverage,
        floors=read.floors,
        grade=read.grade,
        enforce=None
        if read.enforce is None
        else cast("tuple[Rule, ...]", tuple(dict.fromkeys(read.enforce))),
    )


def _reference(
    ref: str | None, folder: str, key: str, path: Path, faults: list[Notice]
) -> str | Path | None:
    if ref is None:
        return None
    try:
        _, shown = find_file(ref, folder, f"standard.{key}", near=path.parent, file=str(path))
    except InputError as error:
        faults += error.notices
        return None
    return ref if ref in library(folder) else Path(shown)


class _Stated(NamedTuple):
    """One place in which values are stated, the first that states a value decides."""

    scenario: Scenario
    file: str | None


def resolve(
    scenario: Scenario,
    *,
    city_folder: str | Path | None,
    scenario_file: str | Path | None = None,
    city: City | None = None,
) -> Question:
    """Return the question that a scenario asks.

    Each value comes from `scenario` if it states it, else from `scenario_file`, else from the
    city's own ``scenario.toml``; a standard also from the city's own ``standard.toml``. The
    policy is ``default`` and the objective ``coverage`` where nobody says otherwise. For the
    objective ``cost`` a budget that nobody states is unlimited.

    Each of the funds, the locks, the targets, the floors and the rules to enforce comes whole from
    the first file that states it. Locks, targets, floors and rules of `scenario` itself are added
    to the file's, and go first where both speak of the same (see `siting.standard.adding`); stated
    empty they say that there are none.

    Parameters
    ----------
    scenario
        What the caller states.
    city_folder
        The city's folder, or None for a city from data frames.
    scenario_file
        A scenario's file, or None.
    city
        Whose spaces and communities locks and funds may name; None: that is not looked at.

    Raises
    ------
    InputError
        There is no standard, a budget is missing, a file is not as it should be, funds, locks,
        targets or floors name types that the standard does not have, the grade is not one of its
        grades, or ``cost`` has nothing to reach (no share, grade, quota or opened lock); all faults
        at once.
    """
    stated, faults = _collect(scenario, city_folder, scenario_file)
    readable = not faults  # what a broken file states is unknown, so nothing can be missing
    standard = _standard(stated, city_folder, faults, complain=readable)
    if standard is not None:
        stated = _by_id(stated, standard, city, faults)
    policy = _policy(stated, standard, faults)
    objective = _first(stated, "objective", "coverage").value
    budget = _budget(stated, faults, complain=readable, needed=objective != "cost")
    funds = _first(stated, "funds", ())
    locks = _added(stated, "locks", Locks(), add_locks)
    targets = _added(stated, "targets", {}, add_shares)
    floors = _added(stated, "floors", {}, add_shares)
    grade = _first(stated, "grade", None)
    if standard is not None:
        faults += _fund_faults(funds.value, standard, funds.file)
        faults += _all_lock_faults(city, standard, locks, funds)
        for name, table in (("targets.coverage", targets), ("floors", floors)):
            for part in table.parts:
                faults += share_faults(name, part.value, standard, part.file)
        faults += grade_faults(objective, grade.value, standard, grade.file)
    enforce = _added(stated, "enforce", (), add_rules).value
    if objective == "cost" and readable:
        asked = targets.value or floors.value or grade.value or locks.value.open
        if not (asked or _opened_by_table(city) or _asks_for_quotas(standard, enforce)):
            faults.append(Notice("standard.nothing_to_reach"))
    if faults or standard is None or policy is None or budget is None:
        raise InputError(faults)
    return Question(
        standard=standard,
        policy=policy,
        budget=budget,
        objective=objective,
        funds=tuple(f.model_copy(update={"amount": fen_down(f.amount) / 100}) for f in funds.value),
        locks=locks.value,
        targets=by_type(targets.value, standard),
        floors=by_type(floors.value, standard),
        grade=grade.value,
        enforce=enforce,
    )


def _by_id(
    stated: list[_Stated], standard: Standard, city: City | None, faults: list[Notice]
) -> list[_Stated]:
    """Return what is stated with types by their ids, whatever they are called there."""
    found = []
    for one in stated:
        scenario, wrong = named_by_id(one.scenario, standard, city, one.file)
        faults += wrong
        found.append(_Stated(scenario, one.file))
    return found


def _opened_by_table(city: City | None) -> bool:
    """Tell whether the table of spaces itself opens anything."""
    return city is not None and city.spaces.open_types is not None and any(city.spaces.open_types)


def _asks_for_quotas(standard: Standard | None, enforce: tuple[str, ...]) -> bool:
    """Tell whether quotas must be met; of a standard that could not be read nobody knows."""
    return "quotas" in enforce and (standard is None or bool(standard.quotas))


def resolve_standard(
    scenario: Scenario,
    *,
    city_folder: str | Path | None,
    scenario_file: str | Path | None = None,
) -> Standard:
    """Return only the standard of a scenario, found as `resolve` finds it; budgets may lack.

    Raises
    ------
    InputError
        There is no standard, or a file is not as it should be; all faults at once.
    """
    stated, faults = _collect(scenario, city_folder, scenario_file)
    standard = _standard(stated, city_folder, faults, complain=not faults)
    if faults or standard is None:
        raise InputError(faults)
    return standard


def _collect(
    scenario: Scenario, city_folder: str | Path | None, scenario_file: str | Path | None
) -> tuple[list[_Stated], list[Notice]]:
    """Return the places in which values are stated, in order, and what is wrong with them."""
    files = [Path(scenario_file)] if scenario_file is not None else []
    own = Path(city_folder) / "scenario.toml" if city_folder is not None else None
    files += [own] if own is not None and stands_there(own) else []
    stated = [_Stated(scenario, None)]
    faults: list[Notice] = []
    for file in files:
        try:
            stated.append(_Stated(read_scenario(file), str(file)))
        except InputError as error:
            faults += error.notices
    return stated, faults


class _Found(NamedTuple):
    value: Any
    file: str | None


def _first(stated: list[_Stated], name: str, default: Any) -> _Found:
    for one in stated:
        value = getattr(one.scenario, name)
        if value is not None:
            return _Found(value, one.file)
    return _Found(default, None)


class _Sum(NamedTuple):
    """A table added up, and what it was added up of."""

    value: Any
    parts: tuple[_Found, ...]


def _added(stated: list[_Stated], name: str, none: Any, add: Callable[[Any, Any], Any]) -> _Sum:
    """Return a table of the first file that states it, with what the caller adds."""
    own, under = getattr(stated[0].scenario, name), _first(stated[1:], name, none)
    if own is None:
        return _Sum(under.value, (under,))
    if own == none:
        return _Sum(none, ())
    return _Sum(add(under.value, own), (_Found(own, None), under))


def _standard(
    stated: list[_Stated],
    city_folder: str | Path | None,
    faults: list[Notice],
    *,
    complain: bool,
) -> Standard | None:
    ref = _first(stated, "standard", None).value
    own = None if city_folder is None else Path(city_folder) / "standard.toml"
    if ref is None and own is not None and stands_there(own):
        ref = own
    if ref is None:
        if complain:
            faults.append(Notice("standard.no_standard"))
        return None
    try:
        return load_standard(ref)
    except InputError as error:
        faults += error.notices
        return None


def _policy(
    stated: list[_Stated], standard: Standard | None, faults: list[Notice]
) -> Policy | None:
    ref = _first(stated, "policy", "default").value
    try:
        return load_policy(ref, also=[t.id for t in standard.types] if standard else ())
    except InputError as error:
        # without its standard nobody can tell whether the policy's type ids are known
        faults += [
            notice
            for notice in error.notices
            if standard is not None or not notice.key.startswith("standard.unknown_key")
        ]
        return None


def _budget(
    stated: list[_Stated], faults: list[Notice], *, complain: bool, needed: bool
) -> Budget | None:
    amounts = {}
    for key, flag in (("capital", "--capital"), ("subsidy_per_year", "--subsidy")):
        value, file = _first(stated, key, None if needed else math.inf)
        if value is None:
            if complain:
                values = {"name": key, "flag": flag}
                faults.append(Notice("standard.no_budget", values=values))
            continue
        if not math.isinf(value) and fen_down(value) > MAX_FEN:
            faults.append(Notice("standard.amount_too_large", file=file, values={"name": key}))
            continue
        amounts[key] = value if math.isinf(value) else fen_down(value) / 100
    return Budget(**amounts) if len(amounts) == 2 else None


def _fund_faults(funds: tuple[Fund, ...], standard: Standard, file: str | None) -> list[Notice]:
    ids = [f.id for f in funds]
    faults = [
        Notice("standard.fund_twice", file=file, values={"fund": i})
        for i in dict.fromkeys(ids)
        if ids.count(i) > 1
    ]
    for pays in ("capital", "subsidy_per_year"):
        if sum(f.pays == pays for f in funds) > MOST_FUNDS:
            values = {"pays": pays, "most": MOST_FUNDS}
            faults.append(Notice("standard.too_many_funds", file=file, values=values))
    known, names = [t.id for t in standard.types], type_names(standard)
    for fund in funds:
        if fund.id == "general":
            faults.append(Notice("standard.fund_general", file=file))
        if fen_down(fund.amount) > MAX_FEN:
            values = {"name": f"funds[{fund.id}].amount"}
            faults.append(Notice("standard.amount_too_large", file=file, values=values))
        faults += [
            unknown("standard.fund_type", t, known, names, file=file, fund=fund.id)
            for t in fund.types or ()
            if t not in known
        ]
    return faults


def _all_lock_faults(
    city: City | None, standard: Standard, locks: _Sum, funds: _Found
) -> list[Notice]:
    """Return what is wrong with each part of the locks, else what is with all together."""
    if city is None:
        return [f for part in locks.parts for f in _lock_faults(part.value, standard, part.file)]
    faults = [
        fault
        for part in locks.parts
        for fault in lock_faults(city, standard, part.value, (), file=part.file)
    ]
    if not faults:
        faults = lock_faults(city, standard, locks.value, (), file=None)
    return faults + lock_faults(city, standard, Locks(), funds.value, file=funds.file)


def _lock_faults(locks: Locks, standard: Standard, file: str | None) -> list[Notice]:
    known = [t.id for t in standard.types]
    named = dict.fromkeys(kind for _, kind in (*locks.open, *locks.forbid))
    return [
        unknown("standard.lock_type", kind, known, type_names(standard), file=file)
        for kind in named
        if kind != "*" and kind not in known
    ]


def question_to_dict(question: Question) -> dict[str, Any]:
    """Return a question as plain data for ``plan.json``: standard, policy, scenario.

    An unlimited budget is None.
    """
    budget = {
        "capital": question.budget.capital,
        "subsidy_per_year": question.budget.subsidy_per_year,
    }
    return {
        "standard": question.standard.model_dump(mode="json", by_alias=True),
        "policy": question.policy.model_dump(mode="json", by_alias=True),
        "scenario": {
            "objective": question.objective,
            "budget": {k: None if math.isinf(v) else v for k, v in budget.items()},
            "funds": [f.model_dump(mode="json", by_alias=True) for f in question.funds],
            "locks": question.locks.model_dump(mode="json", by_alias=True),
            "targets": dict(question.targets),
            "floors": dict(question.floors),
            "grade": question.grade,
            "enforce": list(question.enforce),
        },
    }


def question_from_dict(content: Mapping[str, Any], *, file: str | None = None) -> Question:
    """Return the question that `question_to_dict` gave.

    Raises
    ------
    InputError
        The data is not what a plan states, or its funds and locks name types that its standard
        does not have; all faults at once.
    """
    scenario = content.get("scenario")
    budget = scenario.get("budget") if isinstance(scenario, Mapping) else None
    if not isinstance(scenario, Mapping) or not isinstance(budget, Mapping):
        values = {"name": "scenario.budget"}
        raise InputError(Notice("standard.not_table", file=file, values=values))
    whole = {
        "standard": content.get("standard"),
        "policy": content.get("policy"),
        **scenario,
        "budget": {k: math.inf if v is None else v for k, v in budget.items()},
    }
    question = validated(Question, whole, file=file)
    faults = question_faults(question, file)
    faults += _fund_faults(question.funds, question.standard, file)
    faults += _lock_faults(question.locks, question.standard, file)
    if faults:
        raise InputError(faults)
    return question
