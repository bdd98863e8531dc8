"""What types are called: their names in sentences, and the type that somebody's word means."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from siting.errors import Name, Notice
from siting.standard.catalogue import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.city.model import City
    from siting.standard.model import Standard

_ONE, _MANY = ("type",), ("types", "host")  # values of notices that hold ids of types
_LIST = ", "


def with_names(notices: Iterable[Notice], standard: Standard) -> tuple[Notice, ...]:
    """Return notices whose types have names: where a sentence is Chinese, Chinese ones."""
    zh = {t.id: t.zh for t in (*load_catalogue().types, *standard.types)}
    return tuple(
        replace(notice, values={key: _named(key, v, zh) for key, v in notice.values.items()})
        for notice in notices
    )


def _named(key: str, value: Any, zh: dict[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    if key in _ONE and value in zh:
        return Name(value, zh[value])
    words = value.split(_LIST)
    if key in _MANY and all(word in zh for word in words):
        return Name(value, "、".join(zh[word] for word in words))
    return value


def type_meant(word: str, standard: Standard, city: City) -> str | None:
    """Return the id of the standard's type that a word means; None where it means none, or two.

    Parameters
    ----------
    word
        An id, a Chinese or English name of the standard or the catalogue, or the city's own word
        for a category of outlets.
    """
    asked = {t.id for t in standard.types}
    if word in asked:
        return word
    said = word.strip().casefold()
    meant = {
        t.id
        for t in (*standard.types, *load_catalogue().types)
        if said in (t.id.casefold(), t.zh.casefold(), t.en.casefold())
    }
    if not meant & asked:
        meant = {kind for local, kind in city.mapped_types if local.strip().casefold() == said}
    found = sorted(meant & asked)
    return found[0] if len(found) == 1 else None
