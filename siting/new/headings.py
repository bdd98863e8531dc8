"""What a heading says: its bare word, the unit beside it, and which column it most likely is."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from siting.city.heading import JOIN
from siting.city.spaces import FEATURES
from siting.city.stated import BRACKETS, foreign_in, measure_of, pieces_of, share_word
from siting.city.tables import age_group as own_group
from siting.city.units import Measure, unit_of, unit_parts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

_YEAR = re.compile(r"(?:19|20)\d{2}年?(?:末|底|初|度)?(?:\d{1,2}月)?")
_TAIL = re.compile(
    r"(?<=.)[:,_\s]*(?P<unit>(?<![美港欧日澳加新韩])[万千]?元.*|m2|平方米|平米|平方英尺|平方呎|英亩|亩"
    r"|公顷|万人|sqm|(?:sq\.?|square)\s*(?:ft|feet|foot|m|met(?:re|er)s?)|acres?|hectares?|ha)$"
)
_MARKS = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r"^\d{1,2}\s*[.、)]\s*(?=\D)")
_ASKED = re.compile(r"^(?:是否|有无|有没有|能否|可否|has|with)?(?:具备|配备|配套|有|通)?")
_STATE = re.compile(r"(?:条件|情况|设施|与否)$")
_UNIT_ABOVE = re.compile(r"单位[:：]\s*(?P<units>[^\s)]+)")
_OVER = re.compile(
    r"(?P<from>\d{1,3})(?:周?岁)?(?:及|含|和)*(?:以上|\+|plus)|over(?P<over>\d{1,3})"
)
_SPAN = re.compile(r"(?P<from>\d{1,3})(?:周?岁)?(?:-|–|—|~|至|到|to|_)(?P<to>\d{1,3})")
_UNDER = re.compile(r"(?P<to>\d{1,2})周?岁(?:及|含)*以下")
_LEAST_LATIN, _LEAST_CHINESE, _LEAST_SHARE = 4, 2, 0.5
_NO_PART = ("率", "密度", "density", "户均", "人均", "rate")
"""Words beside a sign of per cent that speak of something else than a part of the residents."""
_CHINESE = re.compile("[\u4e00-\u9fff]")

Synonyms = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Match:
    """One column of a table that was recognised.

    Attributes
    ----------
    local
        The heading as the file has it.
    sure
        True where the whole heading is a known word, False where it only holds one.
    also
        Other headings that would fit too.
    """

    local: str
    sure: bool
    also: tuple[str, ...] = ()


@cache
def synonyms() -> Synonyms:
    """Return what ``synonyms.toml`` holds."""
    return tomllib.loads(files("siting.new").joinpath("synonyms.toml").read_text("utf-8"))


@cache
def plain(heading: str) -> str:
    """Return a heading without brackets and their content, units, years, blanks and marks."""
    bare = BRACKETS.sub(" ", unicodedata.normalize("NFKC", heading).casefold())
    bare = _TAIL.sub("", _YEAR.sub(" ", _NUMBERED.sub("", bare.strip())).strip())
    for words in synonyms()["systems"].values():
        for word in words:
            bare = bare.replace(word, " ")
    return _MARKS.sub("", bare)


@cache
def words_of(heading: str) -> tuple[str, ...]:
    """Return the bare words by which a heading may be known, the likeliest first.

    Of a heading of several rows the lowest counts that is neither a unit nor a word such as
    ``total``, then it together with the one above: ``area / built`` is a ``built area``.
    """
    levels = _levels(heading)
    last = plain(levels[-1])
    if len(levels) == 1:
        return (last,)
    above = plain(levels[-2])
    return last, last + above, above + last


def _levels(heading: str) -> list[str]:
    """Return the rows of a heading without those at the end that only count or name a unit."""
    levels = heading.split(JOIN)
    totals = {plain(word) for word in synonyms()["totals"]["words"]}
    while len(levels) > 1 and (plain(levels[-1]) in totals or is_unit(levels[-1])):
        levels.pop()
    return levels


def is_unit(cell: str) -> bool:
    """Tell whether a cell is a unit and nothing else: ``㎡``, ``(元/㎡·月)``, ``百人``."""
    counts = synonyms()["columns"]["places"]["everyone"]  # of which some are units of people too
    parts = unit_parts(cell.strip().strip("()（）"))
    return any(part is not None for part in parts) and plain(cell) not in map(plain, counts)


def with_unit(heading: str, above: str, measure: Measure) -> str:
    """Return a heading with the unit that the rows above the headings state, if it has none.

    Parameters
    ----------
    above
        Such as ``某区居民小区一览表（单位：百人、平方米）``.
    """
    if any(part is not None for part in unit_in(heading)):
        return heading
    for stated in _UNIT_ABOVE.finditer(unicodedata.normalize("NFKC", above)):
        for unit in re.split(r"[、,;]", stated["units"]):
            if unit_of(unit, measure, whole=True) is not None:
                return f"{heading}({unit})"
    return heading


@cache
def _features() -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {plain(one): (one,) for one in FEATURES}
    for meant, words in synonyms()["features"].items():
        lists |= {plain(word): tuple(meant.split(";")) for word in words}
    return lists


def features_of(heading: str) -> tuple[str, ...]:
    """Return the features of a space that a heading asks for: ``是否有烟道`` is the flue."""
    lists = _features()
    for word in words_of(heading):
        for form in (word, _STATE.sub("", word), _STATE.sub("", _ASKED.sub("", word))):
            if form in lists:
                return lists[form]
    return ()


def unit_in(
    heading: str,
) -> tuple[Fraction | None, Fraction | None, Fraction | None, Fraction | None]:
    """Return what the text beside a heading says of money, area, period and people."""
    levels = unicodedata.normalize("NFKC", heading).casefold().split(JOIN)
    said = [level for level in reversed(levels[1:]) if is_unit(level)]
    for level in reversed(levels):
        said += [p for match in BRACKETS.finditer(level) for p in pieces_of(match["inside"])]
        tail = _TAIL.search(BRACKETS.sub("", level).strip())
        if tail:
            said.append(tail["unit"])
    parts: list[Fraction | None] = [None] * 4
    for words in said:
        parts = [old or new for old, new in zip(parts, unit_parts(words), strict=True)]
    return parts[0], parts[1], parts[2], parts[3]


def age_group(heading: str) -> str | None:
    """Return the group of residents that a heading counts by age: ``aged_60_plus``, or None."""
    if own_group(heading):
        return heading
    return None if is_share(heading) else _group_in(_levels(heading)[-1])


def group_of_share(heading: str) -> str | None:
    """Return the group whose share of all residents a heading states, or None."""
    if share_word(heading) is None or any(word in heading for word in _NO_PART):
        return None
    return next(filter(None, map(_group_in, reversed(heading.split(JOIN)))), None)


def _group_in(level: str) -> str | None:
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", level).casefold())
    aged = "岁" in text or "age" in text or "over" in text or "plus" in text or "+" in text
    if aged:
        over = _OVER.search(text)
        if over:
            return f"aged_{int(over['from'] or over['over'])}_plus"
        span = _SPAN.search(text)
        if span:
            return f"aged_{int(span['from'])}_{int(span['to'])}"
        under = _UNDER.search(text)
        if under:
            return f"aged_0_{int(under['to'])}"
    if any(word in text for word in ("老年人", "老人", "老龄", "elderly", "senior")):
        return "aged_60_plus"
    return "aged_0_3" if "婴幼儿" in text else None


def is_share(heading: str) -> bool:
    """Tell whether a heading speaks of a share or a density rather than of a count."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return "%" in text or any(word in text for word in synonyms()["shares"]["words"])


def columns_of(role: str, headings: Iterable[str], *, sure: bool = False) -> dict[str, Match]:
    """Return what a table would hold if it had this role, by canonical name.

    Parameters
    ----------
    role
        ``places``, ``outlets``, ``spaces``, ``communities``, ``nodes``, ``edges`` or ``walks``.
    sure
        Whether to leave out those whose headings only hold a known word.
    """
    here = [h for h in dict.fromkeys(headings) if h]
    found: dict[str, Match] = {}
    taken: set[str] = set()
    if role == "places":
        # Where a group is counted nobody needs its share.
        counted = [(age_group(heading), heading) for heading in here]
        shares = [] if sure else [(group_of_share(heading), heading) for heading in here]
        for group, heading in (*counted, *shares):
            if group is not None and group not in found:
                found[group] = Match(heading, sure=words_of(heading)[0] != "", also=())
                taken.add(heading)
    for whole in (True,) if sure else (True, False):
        for canonical, words in synonyms()["columns"].get(role, {}).items():
            if canonical in found:
                continue
            fitting = [h for h in _fitting(here, words, sure=whole) if h not in taken]
            never = synonyms()["never"].get(canonical, ())
            fitting = [h for h in fitting if not any(word in h for word in never)]
            measure = measure_of(canonical)
            if measure is not None:
                fitting = [h for h in fitting if foreign_in(h, measure) is None]
            if canonical in ("everyone", "households"):
                fitting = [h for h in fitting if not is_share(h)]
            if fitting:
                found[canonical] = Match(fitting[0], whole, tuple(fitting[1:]))
                taken.add(fitting[0])
        if whole and role == "spaces":
            found |= _own_features(here, taken)
    if "everyone" in found:
        found.pop("households", None)
    if {"x", "y"} <= set(found):
        found.pop("xy", None)
    return found


def foreign_columns(role: str, headings: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return by heading which column of a role it would be, and its unit that has no way to it."""
    found: dict[str, tuple[str, str]] = {}
    here = [h for h in dict.fromkeys(headings) if h]
    for canonical, words in synonyms()["columns"].get(role, {}).items():
        measure = measure_of(canonical)
        for heading in here if measure is not None else ():
            unit = foreign_in(heading, measure) if measure is not None else None
            fits = unit and any(_fitting([heading], words, sure=sure) for sure in (True, False))
            if unit and fits and heading not in found:
                found[heading] = canonical, unit
    return found


def _own_features(here: list[str], taken: set[str]) -> dict[str, Match]:
    """Return the columns that each tell of one feature, and add them to those taken."""
    found: dict[str, Match] = {}
    for heading in here:
        fresh = [one for one in features_of(heading) if one not in found]
        if fresh and heading not in taken:
            found |= {one: Match(heading, sure=True) for one in fresh}
            taken.add(heading)
    return found


def _fitting(here: list[str], words: list[str], *, sure: bool) -> list[str]:
    """Return the headings that are (sure) or hold one of the words, the best first."""
    if sure:
        rank = {plain(word): k for k, word in reversed(list(enumerate(words)))}
        ranked = ((min((rank[w] for w in words_of(h) if w in rank), default=None), h) for h in here)
        known = [(best, h) for best, h in ranked if best is not None]
        return [h for _, h in sorted(known, key=lambda item: item[0])]
    held = []
    for heading in here:
        bare = words_of(heading)[0]
        for k, word in enumerate(map(plain, words)):
            least = _LEAST_CHINESE if _CHINESE.search(word) else _LEAST_LATIN
            if len(word) >= least and word in bare and len(word) >= _LEAST_SHARE * len(bare):
                held.append((k, heading))
                break
    return [h for _, h in sorted(held, key=lambda item: item[0])]
