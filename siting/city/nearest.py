"""The known name that a mistyped one most likely means, and lists of words with such advice."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from siting.errors import Name
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def nearest(word: str, known: Iterable[str], likeness: float = 0.5) -> str | None:
    """Return the name of `known` that looks most like `word`, whatever its case, or None."""
    by_folded: dict[str, str] = {}
    for name in known:
        by_folded.setdefault(name.casefold(), name)
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=likeness)
    return by_folded[close[0]] if close else None


def counted_words(
    counts: Sequence[tuple[str, int]], known: Iterable[str], likeness: float = 0.5, *, more: bool
) -> Name:
    """Return unknown words in one line of each language: how often they stand, what they may mean.

    Parameters
    ----------
    more
        Whether there are others that are not listed here.
    """
    listed = list(known)
    near = [nearest(word, listed, likeness) for word, _ in counts]

    def line(lang: Lang) -> str:
        said = [
            text(
                "city.word_counted" if close is None else "city.word_counted_near",
                lang,
                word=word,
                count=count,
                nearest=close,
            )
            for (word, count), close in zip(counts, near, strict=True)
        ]
        return ", ".join(said) + (" ..." if more else "")

    return Name(line("en"), line("zh"))
