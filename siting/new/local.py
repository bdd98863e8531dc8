"""What the words in somebody's cells mean: categories of outlets, kinds of spaces, features."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from siting.city.cells import parts
from siting.city.spaces import FEATURES
from siting.city.tables import as_word
from siting.new.headings import synonyms
from siting.standard.catalogue import KINDS, load_catalogue

if TYPE_CHECKING:
    from siting.city.tables import Column

_BRACKETS = re.compile(r"[(\[【](?P<inside>[^)\]】]*)[)\]】]")
_SEVERAL = re.compile(r"[、,/+|](?![^(\[【]*[)\]】])")
"""What separates several words in a cell; within brackets it separates nothing."""
_LEAST = 2
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Translated:
    """What the words of a column mean.

    Attributes
    ----------
    known
        Word to siting's words, where it stands in our lists or is siting's own.
    alike
        Word to siting's words, where it only holds one of the lists' words.
    unknown
        The others, with how many cells hold them.
    """

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    alike: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)

    def all(self) -> dict[str, tuple[str, ...]]:
        """Return every word that means something."""
        return {**self.known, **self.alike}


def categories(column: Column) -> Translated:
    """Return which types the categories of outlets mean."""
    return _translated(column, _types(), alike=True)


def kinds(column: Column) -> Translated:
    """Return which kinds of spaces the words of a column mean."""
    return _translated(column, _listed("kinds", KINDS), alike=True, split=False)


def features(column: Column) -> Translated:
    """Return which features the words of a column mean."""
    return _translated(column, _listed("features", FEATURES), alike=False)


def _translated(
    column: Column, lists: dict[str, tuple[str, ...]], *, alike: bool, split: bool = True
) -> Translated:
    found = Translated()
    full = column.values[~column.blank]
    cells = Counter(as_word(v) for v in full)
    counts: Counter[str] = Counter()
    for cell, count in cells.items():
        for word in parts(cell) if split else [cell]:
            counts[word] += count
    for word, count in counts.most_common():
        meant = lists.get(_plain(word)) or (_each(word, lists) if split else None)
        meant = meant or _known(word, lists)
        if meant:
            found.known[word] = meant
        elif alike and (held := _held(word, lists)):
            found.alike[word] = held
        else:
            found.unknown[word] = count
    return found


def _known(word: str, lists: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return what a word means that is listed, with or without what stands in its brackets."""
    whole = _plain(word)
    inside = [_plain(match["inside"]) for match in _BRACKETS.finditer(_wide(word))]
    for form in (whole, _plain(_BRACKETS.sub("", _wide(word))), *inside):
        if form in lists:
            return lists[form]
    return None


def _each(word: str, lists: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return what a cell means that holds several listed words: ``便利店、药店``."""
    pieces = [p.strip() for p in _SEVERAL.split(_wide(word)) if p.strip()]
    if len(pieces) < 2:
        return None
    meant = [_known(piece, lists) for piece in pieces]
    if not any(meant):
        return None
    return tuple(dict.fromkeys(one for known in meant for one in known or ()))


def _held(word: str, lists: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return what the longest listed Chinese word within a word means."""
    form = _plain(word)
    if any(other in form for other in synonyms()["not_alike"]["words"]):
        return None
    held = [w for w in lists if len(w) >= _LEAST and _CHINESE.search(w) and w in form]
    return lists[max(held, key=len)] if held else None


@cache
def _types() -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for one in load_catalogue().types:
        lists |= {_plain(name): (one.id,) for name in (one.id, one.zh, one.en)}
        bare = _plain(_BRACKETS.sub("", _wide(one.zh)))
        lists.setdefault(bare, (one.id,))
        for match in _BRACKETS.finditer(_wide(one.zh)):
            lists.setdefault(_plain(match["inside"]), (one.id,))
    for kind, words in synonyms()["categories"].items():
        lists |= {_plain(word): (kind,) for word in words}
    return lists


def _listed(name: str, own: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {_plain(word): (word,) for word in own}
    for meant, words in synonyms()[name].items():
        lists |= {_plain(word): tuple(meant.split(";")) for word in words}
    return lists


def _wide(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _plain(word: str) -> str:
    """Return a word without blanks and underscores, in small letters."""
    return re.sub(r"[\s_]+", "", _wide(word))
