"""How the questions of two plans differ, and what therefore cannot be compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from siting.errors import Name, Notice
from siting.plan.classes import class_word
from siting.plan.restore import asked as question_of
from siting.standard.names import with_names, word_name
from siting.words import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.plan.document import Document
    from siting.plan.model import Plan
    from siting.standard.model import Question, Standard

_JOIN, _ZH_JOIN = ", ", "、"
_NEARLY = 1e-9
# Texts do not change what a standard or a policy asks for.
_TEXTS = {"zh", "en", "source", "notes", "unverified", "unmodelled", "base", "slots"}


@dataclass(frozen=True)
class Asked:
    """How two questions differ.

    Attributes
    ----------
    differences
        A sentence for each difference of the questions, and of the software that answered them.
    apart
        A sentence for each thing that therefore cannot be compared.
    types
        Ids of the types that both plans count alike: same minutes, same counting group.
    one_standard
        Whether both ask for the same by the same rules: then grades are compared.
    one_measure
        Whether the values of both are the same measure.
    one_question
        Whether both answer the very same question, so that each bound holds for both.
    """

    differences: tuple[Notice, ...]
    apart: tuple[Notice, ...]
    types: tuple[str, ...]
    one_standard: bool
    one_measure: bool
    one_question: bool


def compare_questions(a: Plan, b: Plan) -> Asked:
    """Return how the questions of two plans for one city differ."""
    first, second = question_of(a.document), question_of(b.document)
    same = {
        name: _plain(getattr(first, name)) == _plain(getattr(second, name))
        for name in ("standard", "policy", "objective", "budget", "locks", "targets", "floors")
    }
    same["funds"] = _funds(first) == _funds(second)
    same["grade"] = first.grade == second.grade
    same["enforce"] = set(first.enforce) == set(second.enforce)
    capacity = ("capacity" in first.enforce) == ("capacity" in second.enforce)
    types = _counted_alike(a.document, b.document)
    one_measure = (
        same["standard"]
        and same["objective"]
        and capacity
        and all(same[name] for name in _NEEDED.get(first.objective, ()))
    )
    differences = [
        *_named(same, first, second),
        *_budgets(first, second),
        *_parts(same, first, second),
        *_software(a.document, b.document),
    ]
    apart = [*_values_apart(same, one_measure), *_types_apart(same, a.standard, b.standard, types)]
    return Asked(
        differences=with_names(differences, b.standard),
        apart=with_names(apart, b.standard),
        types=types,
        one_standard=same["standard"],
        one_measure=one_measure,
        one_question=all(same.values()),
    )


# What else must be the same for the values of an objective to be one measure: what circles could
# have depends on what the rules allow; a cost counts the policy's years.
_NEEDED = {
    "cost": ("policy",),
    "grades": ("grade",),
    "worst-community": ("policy", "locks", "enforce"),
}


def _plain(record: Any) -> Any:
    """Return a record as plain values, without what is there to be read only."""
    if hasattr(record, "model_dump"):
        return _plain(record.model_dump(mode="python"))
    if isinstance(record, dict):
        return {key: _plain(value) for key, value in record.items() if key not in _TEXTS}
    if isinstance(record, (list, tuple)):
        return [_plain(value) for value in record]
    return record


def _funds(question: Question) -> dict[str, Any]:
    return {f"{fund.pays} {fund.id}": _plain(fund) for fund in question.funds}


def _counted_alike(a: Document, b: Document) -> tuple[str, ...]:
    other = {row.type: row for row in b.coverage}
    return tuple(
        row.type
        for row in a.coverage
        if row.type in other
        and (row.minutes, row.group) == (other[row.type].minutes, other[row.type].group)
        and abs(row.residents - other[row.type].residents) <= _NEARLY * row.residents
    )


def _named(same: dict[str, bool], first: Question, second: Question) -> list[Notice]:
    found = []
    for name in ("standard", "policy"):
        if same[name]:
            continue
        one, other = getattr(first, name), getattr(second, name)
        key = name if one.id != other.id else f"{name}_inside"
        found.append(Notice(f"plan.differs_{key}", values={"a": one.id, "b": other.id}))
    if not same["objective"]:
        aims = [_words("objective", [question.objective]) for question in (first, second)]
        found.append(Notice("plan.differs_objective", values={"a": aims[0], "b": aims[1]}))
    return found


def _budgets(first: Question, second: Question) -> list[Notice]:
    found = []
    for name in ("capital", "subsidy_per_year"):
        one, other = getattr(first.budget, name), getattr(second.budget, name)
        if one != other:
            values = {"a": _amount(one), "b": _amount(other)}
            found.append(Notice(f"plan.differs_{name}", values=values))
    return found


def _amount(yuan: float) -> str:
    if math.isinf(yuan):
        return Name(*(text("plan.differs_no_limit", lang) for lang in ("en", "zh")))
    return f"{yuan:,.2f}".removesuffix(".00")


def _parts(same: dict[str, bool], first: Question, second: Question) -> list[Notice]:
    found = []
    if not same["funds"]:
        one, other = _funds(first), _funds(second)
        names = [key for key in dict.fromkeys((*one, *other)) if one.get(key) != other.get(key)]
        listed = _JOIN.join(dict.fromkeys(key.partition(" ")[2] for key in names))
        found.append(Notice("plan.differs_funds", values={"funds": listed}))
    if not same["locks"]:
        count = {
            f"{name}_{side}": len(getattr(question.locks, name))
            for name in ("open", "forbid")
            for side, question in (("a", first), ("b", second))
        }
        found.append(Notice("plan.differs_locks", values=count))
    for name in ("targets", "floors"):
        if not same[name]:
            shares = [_shares(getattr(q, name), q.standard) for q in (first, second)]
            values = {"a": shares[0], "b": shares[1]}
            found.append(Notice(f"plan.differs_{name}", values=values))
    if not same["grade"]:
        values = {"a": _grade(first), "b": _grade(second)}
        found.append(Notice("plan.differs_grade", values=values))
    if not same["enforce"]:
        rules = [_words("rule", sorted(question.enforce)) for question in (first, second)]
        found.append(Notice("plan.differs_enforce", values={"a": rules[0], "b": rules[1]}))
    return found


def _words(kind: Literal["rule", "objective"], words: Iterable[str]) -> Name:
    """Return what rules or objectives are called, in both languages."""
    return _both([(word_name(kind, w, "zh"), word_name(kind, w, "en")) for w in words])


def _shares(said: dict[str, float], standard: Standard) -> Name:
    """Return the shares asked for, by the names of types and classes in both languages."""
    types = {t.id: (t.zh, t.en) for t in standard.types}
    names = [types.get(w) or (class_word(w, "zh"), class_word(w, "en")) for w in said]
    shares = [f"{100 * share:g}%" for share in said.values()]
    return _both(
        [(f"{zh} {share}", f"{en} {share}") for (zh, en), share in zip(names, shares, strict=True)]
    )


def _grade(question: Question) -> Name:
    names = {g.id: (g.zh, g.en) for g in question.standard.grades}
    asked = question.grade
    return _both([names.get(asked, (asked, asked))] if asked else [])


def _both(pairs: list[tuple[str, str]]) -> Name:
    """Return (Chinese, English) words listed in both languages; a dash where there are none."""
    zh = _ZH_JOIN.join(pair[0] for pair in pairs) or "-"
    en = _JOIN.join(pair[1] for pair in pairs) or "-"
    return Name(en, zh)


def _software(a: Document, b: Document) -> list[Notice]:
    one, other = a.software.get("siting", "-"), b.software.get("siting", "-")
    if one == other:
        return []
    return [Notice("plan.differs_software", values={"a": one, "b": other})]


def _values_apart(same: dict[str, bool], one_measure: bool) -> list[Notice]:
    found = []
    if not one_measure:
        found.append(Notice("plan.apart_values"))
    elif not all(same.values()):
        found.append(Notice("plan.apart_bounds"))
    if not same["policy"]:
        found.append(Notice("plan.apart_costs"))
    return found


def _types_apart(
    same: dict[str, bool], first: Standard, second: Standard, types: tuple[str, ...]
) -> list[Notice]:
    found = []
    if not same["standard"]:
        found.append(Notice("plan.apart_grades"))
    asking = [{t.id for t in standard.types if t.asks} for standard in (first, second)]
    for key, ids in (
        ("only_a", asking[0] - asking[1]),
        ("only_b", asking[1] - asking[0]),
        ("otherwise", (asking[0] & asking[1]) - set(types)),
    ):
        if ids:
            listed = [t.id for t in (*first.types, *second.types) if t.id in ids]
            values = {"count": len(ids), "types": _JOIN.join(dict.fromkeys(listed))}
            found.append(Notice(f"plan.apart_{key}", values=values))
    return found
