"""What the tables of report.html ought to say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from siting.plan.classes import class_word
from siting.standard.tolerances import NEARLY, PROVED
from siting.verify.bound import BOUND_SOURCES
from siting.verify.cells import FREE, Fen, Gap, Label
from siting.verify.compare import fen
from siting.verify.sheets import present

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.plan.document import Coverage, Document, Payment, Project, Share, Stage
    from siting.verify.cells import Wanted
    from siting.verify.sheets import Rows, Told

_GENERAL = "general"
_NAMED = 4  # communities that a project is said to be for
_LACKS, _GAINS, _HAD = range(3)
_MET = ("否|no", "是|yes")
_UNLIMITED = "不限|unlimited"
_BUDGET = ("一般预算", "general budget")
_MARKS = ("、", ", ")  # between names in a list
HAIR = 1e-7  # of a hundredth: a share that is short of a whole one by rounding has it


def tables(addresses: dict[str, str] | None, told: Told) -> dict[str, Rows]:
    """Return the rows of each table, by its id.

    A word in two languages is both with a bar between them; a mark of who has what, its state and
    two shares with slashes.

    Parameters
    ----------
    addresses
        Of each space, or None where the city states none.
    """
    document = told.document
    upgrades = [(c.community, way) for c in document.circles for way in c.upgrades]
    classes = {t.id: _class(t.type_class) for t in told.question.standard.types}
    grades = {g.id: f"{g.zh}|{g.en}" for g in told.question.standard.grades}
    right: dict[str, Rows] = {
        "projects": _projects(addresses, told),
        "presence": _presence(told),
        "circles": _circles(told),
        "coverage": [row for one in document.coverage for row in _coverage(one, told)],
        "money": _money(document),
        "open": [
            [g.community, _pair(told, g.type), classes.get(g.type), g.residents, Label(g.reason)]
            for g in sorted(document.open_gaps, key=lambda g: -g.residents)
        ],
        "proof": [
            [
                Label(s.name),
                _cut(s.name, s.objective, down=True),
                None if s.bound is None else _cut(s.name, s.bound, down=s.name == "cost"),
                Gap(0.0 if surely(s) else s.gap),
                _source(s.bound_source),
            ]
            for s in document.stages
        ],
        "sensitivity": [
            [Label(row.name), row.objective, row.residents_newly_served]
            for row in document.sensitivity
        ],
    }
    if upgrades:
        right["upgrades"] = [
            [
                community,
                grades.get(way.grade),
                way.price,
                way.bound,
                None if way.capital is None else Fen(fen(way.capital)),
                None if way.subsidy_per_year is None else Fen(fen(way.subsidy_per_year)),
                _listed(told, [(p.space, p.type) for p in way.projects if not p.locked]),
                _listed(told, [(None, word) for word in way.missing]),
            ]
            for community, way in upgrades
        ]
    if document.quotas:
        right["quotas"] = [
            [
                q.community,
                _pair(told, q.type),
                Label(q.unit),
                q.asked,
                q.existing,
                q.opened,
                _MET[q.existing + q.opened >= q.asked - NEARLY],
            ]
            for q in document.quotas
        ]
    return right


def levels(told: Told) -> dict[str, float]:
    """Return the number of each grade, the lowest being 1."""
    return {g.id: float(k) for k, g in enumerate(told.question.standard.grades, start=1)}


def percent(share: float) -> int:
    """Return a share as whole per cent, rounded down."""
    return math.floor(share * 100.0 + HAIR)


def _pair(told: Told, word: str) -> str:
    names = {t.id: f"{t.zh}|{t.en}" for t in told.question.standard.types}
    return names.get(word, "")


def _class(word: str) -> str:
    return f"{class_word(word, 'zh')}|{class_word(word, 'en')}"


def _listed(told: Told, named: list[tuple[str | None, str]]) -> Wanted:
    """Return types, and the spaces they open in, as they are listed in both languages."""
    names = {t.id: (t.zh, t.en) for t in told.question.standard.types}
    some = [(space, word) for space, word in named if word in names]
    said = [
        mark.join(
            f"{space}: {names[word][at]}" if space else names[word][at] for space, word in some
        )
        for at, mark in enumerate(_MARKS)
    ]
    return "|".join(said)


def _source(word: str) -> Wanted:
    """Return what stands where a bound comes from: words for our own ways, a solver's name."""
    return Label(word) if word in BOUND_SOURCES else f"{word}|{word}"


def _projects(addresses: dict[str, str] | None, told: Told) -> Rows:
    document = told.document
    one_off = {item.space: item for item in document.one_off}
    shared = {(pair.space, pair.type) for pair in document.shared or ()}
    kinds = {t.id: t for t in told.question.standard.types}
    counting = {kinds[p.type].counting_group for p in document.projects if p.type in kinds}
    groups = list(dict.fromkeys(g for p in document.projects for g in p.gained_by_group))
    rows: Rows = []
    for number, p in enumerate(document.projects, start=1):
        item = one_off.pop(p.space, None)
        paid = (*p.capital_paid_by, *(item.capital_paid_by if item else ()), *p.subsidy_paid_by)
        rows.append(
            [
                float(number),
                p.space,
                *([addresses.get(p.space, "")] if addresses else []),
                p.community,
                _pair(told, p.type),
                _class(kinds[p.type].type_class) if p.type in kinds else FREE,
                p.area_m2,
                Fen(fen(p.capital)),
                *([Fen(fen(item.capital) if item else 0)] if document.one_off else []),
                p.relief,
                Fen(fen(p.subsidy_per_year)),
                _payers(paid),
                p.residents_gained,
                *(p.gained_by_group.get(g) for g in groups if {g} != counting),
                *([_MET[(p.space, p.type) in shared]] if document.shared is not None else []),
                float(sum(p.places_by_group.values())),
                _for_whom(p),
            ]
        )
    return rows


def _for_whom(project: Project) -> Wanted:
    """Return the communities that gain most and their people, as both languages list them."""
    first = sorted(project.gained_by_community.items(), key=lambda pair: pair[1], reverse=True)
    said = [f"{name} {people:,.0f}" for name, people in first[:_NAMED]]
    rest = len(first) - _NAMED
    zh = [f"{one} 人" for one in said] + ([f"另 {rest} 个"] if rest > 0 else [])
    en = said + ([f"{rest} more"] if rest > 0 else [])
    return f"{'、'.join(zh)}|{', '.join(en)}"


def _payers(paid: tuple[Payment, ...]) -> Wanted:
    """Return the names of the purses that pay, as both languages list them."""
    purses = [_purse(fund) for fund in dict.fromkeys(payment.fund for payment in paid)]
    said = [mark.join(pair[at] for pair in purses) for at, mark in enumerate(_MARKS)]
    return "|".join(said)


def _purse(name: str) -> tuple[str, str]:
    return _BUDGET if name == _GENERAL else (name, name)


def _presence(told: Told) -> Rows:
    rows: Rows = []
    for c, community in enumerate(told.city.communities):
        marks = present(told, c)
        cells: list[Wanted] = []
        for mark, count in zip(marks, told.right.types, strict=True):
            if mark is None:
                cells.append(None)
                continue
            people = float(count.people[c])
            before, after = (percent(float(n[c]) / people) for n in (count.before, count.after))
            state = _HAD if mark[0] else _GAINS if mark[1] else _LACKS
            cells.append(f"{state}/{before}/{after}")
        had = [float(sum(m is not None and m[k] for m in marks)) for k in (0, 1)]
        rows.append([community, *had, *cells])
    return rows


def _circles(told: Told) -> Rows:
    document = told.document
    level = levels(told)
    rewarded = any(circle.reward for circle in document.circles)
    classes = list(document.circles[0].present_after) if document.circles else []
    names = [("–", "–"), *((g.zh, g.en) for g in told.question.standard.grades)]
    rows: Rows = []
    for circle in document.circles:
        row: list[Wanted] = [circle.community, circle.residents]
        for word in classes:
            held = circle.present_before.get(word), circle.present_after.get(word)
            row += [None if n is None else float(n) for n in held]
        if len(names) > 1:
            held_grades = circle.grade_before, circle.grade_after
            row += ["|".join(names[int(level.get(g or "", 0))]) for g in held_grades]
        rows.append([*row, Fen(fen(circle.reward))] if rewarded else row)
    return rows


def _coverage(one: Coverage, told: Told) -> Iterator[list[Wanted]]:
    def row(group: str, share: Coverage | Share, each: float | None) -> list[Wanted]:
        gained = (share.after - share.before) * share.residents
        head: list[Wanted] = [_pair(told, one.type), _class(one.type_class), one.minutes]
        counted = [share.residents, share.before, share.after, gained, each]
        return [*head, Label(group), *counted]

    yield row(one.group, one, one.residents_per_outlet)
    for group, share in one.by_group.items():
        if group != one.group:
            yield row(group, share, None)


def _money(document: Document) -> Rows:
    budget = document.budget
    paid = {
        "capital": [
            *(x for p in document.projects for x in p.capital_paid_by),
            *(x for o in document.one_off for x in o.capital_paid_by),
        ],
        "subsidy_per_year": [x for p in document.projects for x in p.subsidy_paid_by],
    }
    purses = [
        (_GENERAL, "capital", budget.capital.limit, budget.capital.spent),
        (
            _GENERAL,
            "subsidy_per_year",
            budget.subsidy_per_year.limit,
            budget.subsidy_per_year.spent,
        ),
        *((f.id, f.pays, f.limit, f.spent) for f in document.funds),
    ]
    return [
        [
            "|".join(_purse(name)),
            Label(pays),
            _UNLIMITED if limit is None else Fen(fen(limit)),
            Fen(fen(spent)),
            None if limit is None else Fen((fen(limit) or 0) - (fen(spent) or 0)),
            spent / limit if limit else None,
            float(sum(x.fund == name and x.amount > 0 for x in paid[pays])),
        ]
        for name, pays, limit, spent in purses
    ]


def surely(reached: Document | Stage) -> bool:
    """Return whether a plan is as good as its bound, within the tolerance."""
    open_points = reached.gap_abs
    return open_points is not None and open_points <= PROVED * max(1.0, abs(reached.objective))


def _cut(stage: str, value: float, *, down: bool) -> float:
    """Return a value as the page shows it: people whole, shares, money to 0.01, points to 0.1."""
    parts = 100 if stage == "cost" or stage.startswith("worst-community") else 10
    parts = 1 if stage == "grades" else parts
    whole = (math.floor if down else math.ceil)(round(value * parts, 6))
    return whole / parts
