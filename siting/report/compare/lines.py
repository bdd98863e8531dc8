"""What differs between two plans, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.city.model import EVERYONE
from siting.plan.compare_projects import CHANGES
from siting.report.figures import clean, group_name, money, people, percent_up, signed
from siting.report.proof import measured, measured_bound, proof_line
from siting.standard.tolerances import PROVED
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.errors import Notice
    from siting.plan.compare import Comparison

_PAYS = {"capital": "capital", "subsidy": "subsidy_per_year"}


def compare_lines(c: Comparison, names: tuple[str, str], lang: Lang) -> list[tuple[str, str]]:
    """Return (label, sentence) pairs, the most general first.

    Parameters
    ----------
    names
        What A and B are called, such as the folders they were read from.
    """
    lines = [("a", clean(names[0])), ("b", clean(names[1]))]
    if c.nothing_differs:
        lines.append(("same", _said("nothing_differs", lang)))
        return _labelled(lines, lang)
    lines.append(("asked", _asked(c, lang)))
    if c.asked.apart:
        lines.append(("apart", _joined(c.asked.apart, lang)))
    lines += [
        ("projects", projects_line(c, lang)),
        *((name, money_line(c, name, lang)) for name in _PAYS),
        ("residents", residents_line(c, lang)),
        ("circles", circles_line(c, lang)),
    ]
    if (line := grades_line(c, lang)) is not None:
        lines.append(("grades", line))
    lines += [
        ("value_a", proof_line(c.a.document, lang)),
        ("value_b", proof_line(c.b.document, lang)),
    ]
    if (line := _value(c, lang)) is not None:
        lines.append(("value", line))
    return _labelled(lines, lang)


def _labelled(lines: Iterable[tuple[str, str]], lang: Lang) -> list[tuple[str, str]]:
    return [(text(f"report.compare.label_{key}", lang), said) for key, said in lines]


def _said(name: str, lang: Lang, **values: object) -> str:
    return text(f"report.compare.{name}", lang, **values)


def _joined(notices: Iterable[Notice], lang: Lang) -> str:
    return text("report.semicolon", lang).join(clean(notice.line(lang)) for notice in notices)


def _asked(c: Comparison, lang: Lang) -> str:
    if not c.asked.differences:
        return _said("one_question", lang)
    return _joined(c.asked.differences, lang)


def projects_line(c: Comparison, lang: Lang) -> str:
    """Return how many projects each plan has, and what became of them."""
    counts = c.projects["change"].value_counts()
    return _said(
        "projects_said",
        lang,
        a=len(c.a.document.projects),
        b=len(c.b.document.projects),
        **{change: int(counts.get(change, 0)) for change in CHANGES},
    )


def money_line(c: Comparison, name: str, lang: Lang) -> str:
    """Return what each plan spends in all of ``capital`` or ``subsidy``."""
    a, b = c.spent(_PAYS[name])
    more = round(b * 100 - a * 100) / 100
    values = {"a": money(a, lang), "b": money(b, lang), "more": signed(money(more, lang), more)}
    return _said(f"{name}_said" if more else f"{name}_same", lang, **values)


def residents_line(c: Comparison, lang: Lang) -> str:
    """Return who has more and fewer types in reach, and how many gain one at all.

    Groups are told where residents as a whole do not gain or lose as much: they walk at a speed of
    their own, and some types are for them alone.
    """
    whole = c.groups["group"] == EVERYONE
    most = {name: float(c.groups.loc[whole, name].sum()) for name in ("more", "fewer")}
    beyond = (c.groups["more"] > most["more"]) | (c.groups["fewer"] > most["fewer"])
    said = [
        _said(
            "more_fewer" if row["group"] == EVERYONE else "group_more_fewer",
            lang,
            more=people(row["more"]),
            fewer=people(row["fewer"]),
            residents=people(row["residents"]),
            group=group_name(row["group"], lang),
        )
        for row in c.groups[whole | beyond].to_dict("records")
    ]
    if beyond.any():
        said.append(_said("groups_apart", lang))
    a, b = (plan.document.residents.newly_served_any_type for plan in (c.a, c.b))
    said.append(_said("newly", lang, a=people(a), b=people(b)))
    return text("report.semicolon", lang).join(said)


def circles_line(c: Comparison, lang: Lang) -> str:
    """Return how many communities are better off, and how many worse."""
    verdict = c.circles["verdict"]
    return _said(
        "circles_said",
        lang,
        better=int((verdict > 0).sum()),
        worse=int((verdict < 0).sum()),
        alike=int((verdict == 0).sum()),
    )


def grades_line(c: Comparison, lang: Lang) -> str | None:
    """Return how many communities rise or fall by a grade; None where grades are not compared."""
    if not c.asked.one_standard or not c.b.standard.grades:
        return None
    by_grade = c.circles["by_grade"]
    return _said("grades_said", lang, up=int((by_grade > 0).sum()), down=int((by_grade < 0).sum()))


def _value(c: Comparison, lang: Lang) -> str | None:
    """Return by how much the values differ, and what the nearer bound means for both."""
    a, b = c.a.document, c.b.document
    if not c.asked.one_measure:
        return None
    stage = a.stages[0].name if a.stages else a.objective_kind
    more = b.objective - a.objective
    if abs(more) <= PROVED * max(1.0, abs(a.objective)):
        said = [_said("value_same", lang)]
    else:
        key = "value_more" if more > 0 else "value_less"
        said = [_said(key, lang, measure=measured(stage, abs(more), lang))]
    bounds = [d.bound for d in (a, b) if d.bound is not None]
    if c.asked.one_question and bounds and len(a.stages) == 1:
        least = a.sense == "max"
        bound = min(bounds) if least else max(bounds)
        gaps = [
            percent_up(
                max(0.0, bound - d.objective if least else d.objective - bound) / d.objective
            )
            for d in (a, b)
            if d.objective > 0
        ]
        if len(gaps) == len((a, b)):
            shown = measured_bound(stage, bound, lang)
            said.append(_said("one_bound", lang, bound=shown, a=gaps[0], b=gaps[1]))
    return text("report.semicolon", lang).join(said)
