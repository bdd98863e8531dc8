"""What the further sheets of report.xlsx ought to say: people, shares, grades, open gaps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from siting.plan.classes import class_word
from siting.standard.tolerances import SLACK
from siting.verify.cells import FREE, Fen, Gap, Shown, Word, shown_as
from siting.verify.compare import fen

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.plan.document import Document
    from siting.standard.model import Question
    from siting.verify.cells import Wanted
    from siting.verify.recount import Recount

# How the objective is shown, and else as points
_MEASURES = {"grades": "people", "cost": "money", "worst-community": "share"}
_ABSENT, _PRESENT = ("no", "没有"), ("yes", "有")
_TOTAL = ("total", "合计")
_HAVE_IT = ("have it after", "方案后有")
_NO_GRADE = ("none", "未达标")
_NEW, _NOBODY = ("new", "新增"), ("-", "—")

Rows = list[list["Wanted"]]


@dataclass(frozen=True, eq=False)
class Told:
    """What the sheets are counted from, and in which language they speak (0 en, 1 zh)."""

    document: Document
    question: Question
    right: Recount
    city: City
    lang: int

    @cached_property
    def names(self) -> dict[str, str]:
        """What each type is called."""
        return {t.id: (t.en, t.zh)[self.lang] for t in self.question.standard.types}

    def type_name(self, word: str) -> Wanted:
        """Return what a type is called."""
        return self.names.get(word, FREE)

    def class_name(self, word: str) -> str:
        """Return what a class is called."""
        return class_called(word, self.lang)


def class_called(word: str, lang: int) -> str:
    """Return what a class is called (0 en, 1 zh)."""
    return class_word(word, "zh" if lang else "en")


def present(told: Told, c: int) -> list[tuple[bool, bool] | None]:
    """Return for each asking type whether a community has it before and after.

    None where nobody of its counting group lives.
    """
    share = told.question.standard.presence_share
    found: list[tuple[bool, bool] | None] = []
    for count in told.right.types:
        people = float(count.people[c])
        served = float(count.before[c]), float(count.after[c])
        had, has = (share * people - n <= SLACK * people for n in served)
        found.append((had, has) if people > 0 else None)
    return found


def needs(told: Told) -> Rows:
    """Return the rows of what residents lack today, without a header."""
    after: dict[tuple[str, str], float] = {}
    for gap in told.document.open_gaps:
        if gap.reason != "capacity":
            pair = gap.community, gap.type
            after[pair] = after.get(pair, 0.0) + gap.residents
    rows: Rows = []
    for c, community in enumerate(told.city.communities):
        here = present(told, c)
        for count, state in zip(told.right.types, here, strict=True):
            kind, people = count.kind, float(count.people[c])
            before, then = float(count.before[c]), float(count.after[c])
            if state is None or people - before <= SLACK * people:
                continue
            words = [(_ABSENT, _PRESENT)[has][told.lang] for has in state]
            rows.append(
                [
                    community,
                    told.type_name(kind.id),
                    told.class_name(kind.type_class),
                    Word(kind.counting_group),
                    kind.minutes,
                    Shown(people, "people"),
                    Shown(people - before, "people"),
                    Shown(after.get((community, kind.id), 0.0), "people"),
                    Shown(before / people, "share"),
                    Shown(then / people, "share"),
                    *words,
                ]
            )
    return rows


def who_has_what(told: Told) -> Rows:
    """Return the rows of communities by types with the row of totals, without a header."""
    document, lang = told.document, told.lang
    grades = {g.id: (g.en, g.zh)[lang] for g in told.question.standard.grades}
    rewarded = bool(grades) and any(circle.reward for circle in document.circles)
    rows: Rows = []
    have = [0] * len(told.right.types)
    # circles that the city does not have are told of plan.json itself
    for c, circle in enumerate(document.circles[: len(told.city.communities)]):
        here = present(told, c)
        had = sum(state is not None and state[0] for state in here)
        has = [state is not None and state[1] for state in here]
        have = [n + mark for n, mark in zip(have, has, strict=True)]
        row: list[Wanted] = [circle.community, Shown(circle.residents, "people")]
        row += [Shown(had, "whole"), Shown(sum(has), "whole")]
        if grades:
            held = (circle.grade_before, circle.grade_after)
            row += [grades.get(grade or "", _NO_GRADE[lang]) for grade in held]
        if rewarded:
            row.append(Fen(fen(circle.reward)))
        for state in here:
            word = _NOBODY if state is None else _PRESENT if state[0] else _NEW
            word = _ABSENT if state is not None and not state[1] else word
            row.append(word[lang])
        rows.append(row)
    people = sum(c.residents for c in document.circles)
    total: list[Wanted] = [_HAVE_IT[lang], Shown(people, "people"), None, None]
    if grades:
        total += [None, None]
    if rewarded:
        total.append(Fen(sum(fen(c.reward) or 0 for c in document.circles)))
    # beneath columns of words
    return [*rows, [*total, *(Shown(count, "word") for count in have)]]


def still_open(told: Told) -> Rows:
    """Return the rows of what stays open, most residents first, without a header."""
    kinds = {count.kind.id: count.kind for count in told.right.types}
    gaps = sorted(told.document.open_gaps, key=lambda gap: -gap.residents)
    return [
        [
            gap.community,
            told.type_name(gap.type),
            told.class_name(kinds[gap.type].type_class),
            Word(kinds[gap.type].counting_group),
            Shown(gap.residents, "people"),
            Word(gap.reason),
        ]
        for gap in gaps
        if gap.type in kinds
    ]


def numbers(told: Told) -> Rows:
    """Return the row of main numbers."""
    document = told.document
    cost = document.objective_kind == "cost"

    def worth(value: float | None) -> Wanted:
        # a bound on costs need not be whole fen
        scaled = value / (1, 10_000)[told.lang] if cost and value is not None else value
        return shown_as(_MEASURES.get(document.objective_kind, "points"), scaled)

    budget, people = document.budget, document.residents
    return [
        [
            ("feasible", "可行")[told.lang]
            if document.status == "feasible"
            else ("proved the best", "已证明最优")[told.lang],
            Shown(len(document.projects), "whole"),
            Shown(len({p.space for p in document.projects}), "whole"),
            Fen(fen(budget.capital.spent)),
            Fen(fen(budget.subsidy_per_year.spent)),
            Shown(people.everyone, "people"),
            Shown(people.newly_served_any_type, "people"),
            worth(document.objective),
            worth(document.bound),
            Gap(document.gap),
        ]
    ]


def shares(told: Told) -> Rows:
    """Return the rows of each type's share in the whole city."""
    return [
        [
            told.type_name(row.type),
            told.class_name(row.type_class),
            row.minutes,
            Word(row.group),
            Shown(row.residents, "people"),
            Shown(row.before, "share"),
            Shown(row.after, "share"),
            shown_as("people", row.residents_per_outlet),
        ]
        for row in told.document.coverage
    ]


def figures(told: Told) -> Rows:
    """Return the rows of each type's figures, without their sources."""
    return [
        [
            told.type_name(kind.id),
            told.class_name(kind.type_class),
            kind.minutes,
            kind.weight,
            kind.area_min_m2,
            kind.area_typical_m2,
            kind.capital_m2,
            kind.capital_fixed,
            kind.affordable_rent_m2,
            kind.affordable_rent_outlet,
        ]
        for kind in told.question.standard.types
    ]


def otherwise(told: Told) -> Rows:
    """Return the rows of what the projects are worth under other assumptions."""
    kind = "people" if told.document.objective_kind == "grades" else "points"
    return [
        [
            Word(row.name),
            Shown(row.objective, kind),
            Shown(row.residents_newly_served, "people"),
        ]
        for row in told.document.sensitivity
    ]
