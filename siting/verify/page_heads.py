"""What the tables of report.html are called, their columns, and how their numbers are shown.

A heading changed for that of another column, or a share shown as people, says something else than
the number beneath it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.errors import Notice
from siting.plan.classes import class_word
from siting.verify.cells import plain
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.verify.sheets import Told

Head = tuple[tuple[str, str], str]
"""A heading in Chinese and English, and how the numbers beneath it are shown."""
_LANGS: tuple[Lang, Lang] = ("zh", "en")
# Each a word of the page and how its cells are shown: text where nothing is said. One in brackets
# stands there where the plan or the city has it.
_COLUMNS = {
    "projects": "number:number space [address] community:code type:code class:code area:number"
    " capital:money [one_off:money] relief:share subsidy:money funds gained:people [groups]"
    " [shared:code] needs:people answers",
    "presence": "community had:people has:people [types]",
    "circles": "community residents:people [classes] [grade_before:code] [grade_after:code]"
    " [reward:money]",
    "coverage": "type:code class:code minutes:number group:code residents:people before:share"
    " after:share gained:people per_outlet:people",
    "money": "purse pays limit:money spent:money left:money used:share items:people",
    "open": "community:code type:code class:code without:people reason:code",
    "proof": "stage objective:number bound:number gap:exact source_bound",
    "sensitivity": "assumed points:number served:people",
    "upgrades": "community grade:code price:money no_less:money_least capital:money subsidy:money"
    " way missing",
    "quotas": "community type:code unit asked:number existing:number opened:number met:code",
    "inputs": "name value",
    "assumptions": "of field value source",
    "versions": "name value",
}


def check_heads(
    name: str, addressed: bool, told: Told, sheets: dict[str, dict[str, Any]]
) -> Iterator[Notice]:
    """Yield which tables of a page, or columns of them, are called or shown otherwise.

    Parameters
    ----------
    addressed
        Whether the city states where its spaces are in words.
    sheets
        The tables as the page holds them, by their ids.
    """
    for word, sheet in sheets.items():
        if word not in _COLUMNS:
            continue  # told where the tables are compared
        stated = [(tuple(column["label"]), column["kind"]) for column in sheet["columns"]]
        right = list(_heads(word, addressed, told))
        titles = [(tuple(sheet["title"]), "")], [(_said(word), "")]
        if [*map(_plain, (*titles[0], *stated))] != [*map(_plain, (*titles[1], *right))]:
            listed = [
                ", ".join(f"{label[0]}|{label[1]} {kind}".strip() for label, kind in (*a, *b))
                for a, b in ((titles[0], stated), (titles[1], right))
            ]
            values = dict(zip(("stated", "right"), listed, strict=True))
            yield Notice("verify.file_columns", file=f"{name}/{word}", values=values)


def _heads(sheet: str, addressed: bool, told: Told) -> Iterator[Head]:
    document = told.document
    graded = bool(told.question.standard.grades)
    there = {
        "address": addressed,
        "one_off": bool(document.one_off),
        "shared": document.shared is not None,
        "grade_before": graded,
        "grade_after": graded,
        "reward": any(circle.reward for circle in document.circles),
    }
    several = {"groups": _groups, "types": _types, "classes": _classes}
    for stated in _COLUMNS[sheet].split():
        key, _, kind = stated.strip("[]").partition(":")
        if key in several:
            yield from several[key](told)
        elif there.get(key, True) or not stated.startswith("["):
            yield _said(f"column_{key}"), kind or "text"


def _groups(told: Told) -> Iterator[Head]:
    """Yield a column for each group that gains, unless all types count the same one."""
    kinds = {t.id: t for t in told.question.standard.types}
    projects = told.document.projects
    counting = {kinds[p.type].counting_group for p in projects if p.type in kinds}
    for group in dict.fromkeys(g for p in projects for g in p.gained_by_group):
        if {group} != counting:
            zh, en = (
                text("report.html.column_gained_group", lang, group=_group(group, lang))
                for lang in _LANGS
            )
            yield (zh, en), "people"


def _group(group: str, lang: Lang) -> str:
    try:
        return text(f"report.group_{group}", lang)
    except KeyError:  # one that only this city has
        return group


def _types(told: Told) -> Iterator[Head]:
    for count in told.right.types:
        yield (count.kind.zh, count.kind.en), "has"


def _classes(told: Told) -> Iterator[Head]:
    circles = told.document.circles
    for word in circles[0].present_after if circles else ():
        for when in ("before", "after"):
            zh, en = _said(when)
            label = f"{class_word(word, 'zh')}，{zh}", f"{class_word(word, 'en')}, {en}"
            yield label, "people"


def _said(word: str) -> tuple[str, str]:
    zh, en = (text(f"report.html.{word}", lang) for lang in _LANGS)
    return zh, en


def _plain(head: tuple[tuple[str, ...], str]) -> tuple[list[str], str]:
    return [plain(word) for word in head[0]], head[1]
