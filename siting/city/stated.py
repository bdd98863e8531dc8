"""What a heading states of its column's unit, and the words in it that are read as none."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal

from siting.city.units import MEASURES, Measure, unit_of, unit_parts
from siting.errors import Name

if TYPE_CHECKING:
    from collections.abc import Container

    from siting.city.findings import Findings
    from siting.city.tables import Table

Stated = Measure | Literal["minutes", "metres"]

BRACKETS = re.compile(r"[(\[【<《](?P<inside>[^)\]】>》]*)[)\]】>》]")
OWN: dict[Stated, Name] = {
    "people": Name("persons", "人"),
    "area": Name("m2", "㎡"),
    "rent": Name("yuan/m2/month", "元/㎡/月"),
    "cost": Name("yuan", "元"),
    "cost_m2": Name("yuan/m2", "元/㎡"),
    "minutes": Name("minutes", "分钟"),
    "metres": Name("m", "米"),
}
"""The units that numbers are read in where nothing else is stated."""
_WALKED: dict[str, Stated] = {"minutes": "minutes", "metres": "metres", "length_m": "metres"}
# Which of money, area, period and people a unit of each measure may speak of.
_SPOKEN = {"people": {3}, "area": {1}, "rent": {0, 1, 2}, "cost": {0}, "cost_m2": {0, 1}}
_OWN_WORDS = {
    "minutes": ("分钟", "分", "min", "mins", "minute", "minutes"),
    "metres": ("米", "m", "metre", "metres", "meter", "meters"),
}
_PREFIX = re.compile(r"^(?:单位|units?|in\b)\s*:?\s*")
_DATE = re.compile(r"(?:(?:19|20)\d{2})(?:[年./-]?\d{0,2}[月./-]?\d{0,2}日?)(?:末|底|初|度)?")
_SHARE = re.compile(r"[%‰]|占比|比例|比重|百分比|share|percent|per cent|proportion")
_AGE = re.compile(r"岁|\bage|\d\s*[-+~]")
# What offices write in brackets beside a measure that is no unit; these change no number.
_NOTES = frozenset(
    re.split(
        r"\s+",
        "必填 选填 可空 数字 数值 整数 小数 参考 参考价 参考值 估算 估计 约 合计 总计 平均 套内"
        " 建筑 使用 可用 产权 实测 含公摊 不含公摊 含税 不含税 含物业费 不含物业费 日租 月租 年租"
        " 步行 常住 户籍 required optional number numeric estimated estimate approx total average"
        " net gross usable built monthly daily annual yearly walking",
    )
)
_MONEY = (
    r"美元|美金|港元|港币|欧元|日元|日圆|英镑|澳元|加元|新元|台币|韩元|[$€£]"
    r"|(?<![a-z])(?:usd|hkd|eur|gbp|jpy|aud|cad|sgd|twd|krw|dollars?|euros?|pounds?)(?![a-z])"
)
_AREA = r"坪|平方码|平方英里|(?:sq\.?|square)\s*(?:yards?|yds?|miles?)(?![a-z])"
_FOREIGN: dict[Stated, re.Pattern[str]] = {
    "area": re.compile(_AREA),
    "rent": re.compile(f"{_MONEY}|{_AREA}"),
    "cost": re.compile(_MONEY),
    "cost_m2": re.compile(f"{_MONEY}|{_AREA}"),
    "minutes": re.compile(r"秒|小时|(?<![a-z])(?:s|secs?|seconds?|h|hrs?|hours?)(?![a-z])"),
    "metres": re.compile(
        r"公里|千米|英里|英尺|(?<![a-z])(?:km|kilomet(?:re|er)s?|miles?|ft|feet|yards?)(?![a-z])"
    ),
}


def measure_of(canonical: str) -> Stated | None:
    """Return what a column measures, or None where its numbers have no unit."""
    if canonical == "everyone" or canonical.startswith("aged_"):
        return "people"
    return MEASURES.get(canonical) or _WALKED.get(canonical)


def pieces_of(inside: str) -> list[str]:
    """Return what stands in brackets as the words between commas, without ``unit:``."""
    usual = unicodedata.normalize("NFKC", inside).casefold()
    parts = (_PREFIX.sub("", part.strip()) for part in re.split(r"[,;。]", usual))
    return [part for part in parts if part]


def foreign_in(heading: str, measure: Stated) -> str | None:
    """Return the unit a heading names that cannot be converted: another currency, or hours."""
    pattern = _FOREIGN.get(measure)
    found = pattern.search(_usual(heading)) if pattern else None
    return found[0] if found else None


def share_word(heading: str) -> str | None:
    """Return the word by which a heading of residents says that its numbers are shares."""
    found = _SHARE.search(_usual(heading))
    return found[0] if found else None


def unread_in(heading: str, measure: Stated) -> tuple[str, ...]:
    """Return the words in a heading's brackets that are no unit of the measure, date or note."""
    return tuple(p for p in _in_brackets(heading) if _parts(p, measure) is None)


def remark_on_units(table: Table, stated: Container[str], findings: Findings) -> None:
    """Remark headings that speak of another unit than their column is read in.

    Parameters
    ----------
    stated
        Canonical names of the columns whose units are stated; what their headings say is moot.
    """
    for canonical, column in table.columns.items():
        measure = measure_of(canonical)
        if measure is None or canonical in stated:
            continue
        words = [p for p in _in_brackets(column.name) if _parts(p, measure) != ()]
        foreign = foreign_in(column.name, measure)
        if measure == "people":
            foreign = share_word(column.name)
        if foreign and not any(foreign in word for word in words):
            words.append(foreign)
        if words:
            said = ", ".join(words)
            key = "city.heading_walk" if canonical in _WALKED else "city.heading_unit"
            findings.remark(
                key,
                file=table.file,
                column=column.name,
                words=said,
                own=OWN[measure],
                canonical=canonical,
            )


def _usual(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading).casefold()


def _in_brackets(heading: str) -> list[str]:
    insides = (match["inside"] for match in BRACKETS.finditer(_usual(heading)))
    return [piece for inside in insides for piece in pieces_of(inside)]


def _parts(piece: str, measure: Stated) -> tuple[int, ...] | None:
    """Return which parts of the own unit a piece changes; None where it is not understood."""
    if piece in _NOTES or _DATE.fullmatch(piece) or (measure == "people" and _AGE.search(piece)):
        return ()
    if measure in ("minutes", "metres"):
        return () if piece in _OWN_WORDS[measure] else None
    unit = unit_of(piece, "people") if measure == "people" else None
    if unit is not None and unit.share:
        return (3,)
    said = {k: part for k, part in enumerate(unit_parts(piece)) if part is not None}
    if not said or not said.keys() <= _SPOKEN[measure]:
        return None
    return tuple(k for k, part in said.items() if part != 1)
