"""What a heading says: its bare word, the unit beside it, and which column it most likely is."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from siting.city.units import unit_parts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

_BRACKETS = re.compile(r"[(\[【<《](?P<inside>[^)\]】>》]*)[)\]】>》]")
_YEAR = re.compile(r"(?:19|20)\d{2}年?(?:末|底|初|度)?(?:\d{1,2}月)?")
_TAIL = re.compile(r"(?<=.)[:,_\s]*(?P<unit>[万千]?元.*|m2|平方米|平米|亩|公顷|万人|sqm|ha)$")
_MARKS = re.compile(r"[\W_]+")
_OVER = re.compile(
    r"(?P<from>\d{1,3})(?:周?岁)?(?:及|含|和)*(?:以上|\+|plus)|over(?P<over>\d{1,3})"
)
_SPAN = re.compile(r"(?P<from>\d{1,3})(?:周?岁)?(?:-|–|—|~|至|到|to|_)(?P<to>\d{1,3})")
_UNDER = re.compile(r"(?P<to>\d{1,2})周?岁(?:及|含)*以下")
_LEAST_LATIN, _LEAST_CHINESE, _LEAST_SHARE = 4, 2, 0.5
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
    bare = _BRACKETS.sub(" ", unicodedata.normalize("NFKC", heading).casefold())
    bare = _TAIL.sub("", _YEAR.sub(" ", bare).strip())
    for words in synonyms()["systems"].values():
        for word in words:
            bare = bare.replace(word, " ")
    return _MARKS.sub("", bare)


def unit_in(
    heading: str,
) -> tuple[Fraction | None, Fraction | None, Fraction | None, Fraction | None]:
    """Return what the text beside a heading says of money, area, period and people."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    said = [match["inside"] for match in _BRACKETS.finditer(text)]
    tail = _TAIL.search(_BRACKETS.sub("", text).strip())
    if tail:
        said.append(tail["unit"])
    parts: list[Fraction | None] = [None] * 4
    for words in said:
        parts = [old or new for old, new in zip(parts, unit_parts(words), strict=True)]
    return parts[0], parts[1], parts[2], parts[3]


def age_group(heading: str) -> str | None:
    """Return the group of residents that a heading counts by age: ``aged_60_plus``, or None."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", heading).casefold())
    if is_share(heading):
        return None
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


def columns_of(role: str, headings: Iterable[str]) -> dict[str, Match]:
    """Return what a table would hold if it had this role, by canonical name.

    Parameters
    ----------
    role
        ``places``, ``outlets``, ``spaces``, ``communities``, ``nodes``, ``edges`` or ``walks``.
    """
    here = [h for h in dict.fromkeys(headings) if h]
    found: dict[str, Match] = {}
    taken: set[str] = set()
    if role == "places":
        for heading in here:
            group = age_group(heading)
            if group is not None and group not in found:
                found[group] = Match(heading, sure=plain(heading) != "", also=())
                taken.add(heading)
    for sure in (True, False):
        for canonical, words in synonyms()["columns"].get(role, {}).items():
            if canonical in found:
                continue
            fitting = [h for h in _fitting(here, words, sure=sure) if h not in taken]
            if canonical in ("everyone", "households"):
                fitting = [h for h in fitting if not is_share(h)]
            if fitting:
                found[canonical] = Match(fitting[0], sure, tuple(fitting[1:]))
                taken.add(fitting[0])
    if "everyone" in found:
        found.pop("households", None)
    return found


def _fitting(here: list[str], words: list[str], *, sure: bool) -> list[str]:
    """Return the headings that are (sure) or hold one of the words, the best first."""
    if sure:
        rank = {plain(word): k for k, word in reversed(list(enumerate(words)))}
        known = [(rank[plain(h)], h) for h in here if plain(h) in rank]
        return [h for _, h in sorted(known, key=lambda item: item[0])]
    held = []
    for heading in here:
        bare = plain(heading)
        for k, word in enumerate(map(plain, words)):
            least = _LEAST_CHINESE if _CHINESE.search(word) else _LEAST_LATIN
            if len(word) >= least and word in bare and len(word) >= _LEAST_SHARE * len(bare):
                held.append((k, heading))
                break
    return [h for _, h in sorted(held, key=lambda item: item[0])]
