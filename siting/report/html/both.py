"""Words in both languages at once: the page holds both and shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.report.figures import class_name, clean, group_name
from siting.standard.names import word_name
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.standard.model import Standard

Pair = list[str]
"""A Chinese and an English form."""

LANGS: tuple[Lang, Lang] = ("zh", "en")


def both(make: Callable[[Lang], str]) -> Pair:
    """Return what `make` says in each language."""
    return [make(lang) for lang in LANGS]


def word(name: str, /, **values: Any) -> Pair:
    """Return a sentence of this folder in both languages."""
    return both(lambda lang: text(f"report.html.{name}", lang, **values))


def type_pairs(standard: Standard) -> dict[str, Pair]:
    """Return the names of the standard's types, by id and in its order."""
    return {t.id: [clean(t.zh), clean(t.en)] for t in standard.types}


def class_pair(name: str) -> Pair:
    """Return the name of a class."""
    return both(lambda lang: class_name(name, lang))


def objective_pair(name: str) -> Pair:
    """Return the name of an objective."""
    return both(lambda lang: word_name("objective", name, lang))


def group_pair(name: str) -> Pair:
    """Return the name of a group."""
    return both(lambda lang: group_name(name, lang))
