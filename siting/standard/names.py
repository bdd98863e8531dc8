"""What types are called: their names in sentences, and the type that somebody's word means."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from siting.city.nearest import nearest
from siting.errors import Name, Notice
from siting.standard.catalogue import FEATURES, KINDS, load_catalogue
from siting.standard.model import Objective, Rule
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from siting.city.model import City
    from siting.standard.model import Scenario, Standard

ALL = "*"
# Values of notices that hold ids of types; `word` may be any word, but in one sentence is a type.
_ONE, _MANY = ("type", "word"), ("types", "host", "others")
_WORD_IS_TYPE = "standard.share_silent"
_FEATURES = ("missing", "needs")
_KINDS = ("plan.refused_kind", "plan.why_kind")
_LIST, _ZH_LIST = ", ", "、"
_WORDS: dict[str, tuple[str, ...]] = {
    "rule": get_args(Rule),
    "objective": get_args(Objective),
    "feature": FEATURES,
    "kind": KINDS,
}
_SEPARATED = ((0, _ZH_LIST), (1, _LIST))


def with_names(notices: Iterable[Notice], standard: Standard) -> tuple[Notice, ...]:
    """Return notices whose types, features and kinds of spaces have names in both languages."""
    names = {t.id: (t.zh, t.en) for t in (*load_catalogue().types, *standard.types)}
    return tuple(
        replace(
            notice,
            values={k: _named(notice.key, k, v, names) for k, v in notice.values.items()},
        )
        for notice in notices
    )


def _named(sentence: str, key: str, value: Any, names: Mapping[str, tuple[str, str]]) -> Any:
    if not isinstance(value, str) or isinstance(value, Name):
        return value
    if key in _FEATURES or (key == "have" and sentence in _KINDS):
        names = _library_names()
    elif key not in (*_ONE, *_MANY) or (key == "word" and sentence != _WORD_IS_TYPE):
        return value
    words = [value] if key in _ONE else value.split(_LIST)
    if not all(word in names for word in words):
        return value
    zh, en = (separator.join(names[w][k] for w in words) for k, separator in _SEPARATED)
    return Name(value, zh, en)


@cache
def _library_names() -> dict[str, tuple[str, str]]:
    """Return what features and kinds of spaces are called."""
    keys = [(word, f"standard.feature_{word}") for word in FEATURES]
    keys += [(word, f"standard.kind_{word}") for word in KINDS]
    return {word: (text(key, "zh"), text(key, "en")) for word, key in keys}


def word_name(kind: Literal["rule", "objective", "feature", "kind"], word: str, lang: Lang) -> str:
    """Return what a rule, an objective, a feature or a kind of space is called.

    A city may have features and kinds of its own, which keep their words.
    """
    return text(f"standard.{kind}_{word}", lang) if word in _WORDS[kind] else word


def types_meant(word: str, standard: Standard, city: City | None = None) -> tuple[str, ...]:
    """Return the ids of the standard's types that a word means: one, none, or several.

    Parameters
    ----------
    word
        An id, a Chinese or English name of the standard or the catalogue, or the city's own word
        for a category of outlets.
    """
    asked = {t.id for t in standard.types}
    if word in asked:
        return (word,)
    said = word.strip().casefold()
    meant = {
        t.id
        for t in (*standard.types, *load_catalogue().types)
        if said in (t.id.casefold(), t.zh.casefold(), t.en.casefold())
    }
    if not meant & asked and city is not None:
        meant = {kind for local, kind in city.mapped_types if local.strip().casefold() == said}
    return tuple(sorted(meant & asked))


def type_names(standard: Standard) -> tuple[str, ...]:
    """Return the names of the standard's types, which mean the same as their ids."""
    return tuple(name for t in standard.types for name in (t.zh, t.en))


def type_fault(word: str, standard: Standard, city: City | None = None) -> Notice | None:
    """Return what is wrong with a word for a type: it means none, or several; None: nothing."""
    found = types_meant(word, standard, city)
    if len(found) == 1:
        return None
    if found:
        return Notice("standard.type_several", value=word, values={"ids": _LIST.join(found)})
    ids = [t.id for t in standard.types]
    near = nearest(word.strip(), (*ids, *type_names(standard)))
    if near is None:
        return Notice("standard.no_type", value=word)
    return Notice("standard.no_type_near", value=word, values={"nearest": near})


def named_by_id(
    scenario: Scenario, standard: Standard, city: City | None, file: str | None
) -> tuple[Scenario, list[Notice]]:
    """Return a scenario whose locks, targets, floors and funds call types by their ids.

    Words that mean no type stay as they are, for those who look whether the standard has them;
    those that mean several, or the same as another word of a table, are faults.
    """
    faults: list[Notice] = []

    def id_of(word: str) -> str:
        found = () if word == ALL else types_meant(word, standard, city)
        fault = type_fault(word, standard, city) if len(found) > 1 else None
        if fault is not None:
            faults.append(replace(fault, file=file))
        return found[0] if len(found) == 1 else word

    changed: dict[str, Any] = {}
    if scenario.locks is not None:
        pairs = {
            name: tuple((space, id_of(kind)) for space, kind in getattr(scenario.locks, name))
            for name in ("open", "forbid")
        }
        changed["locks"] = scenario.locks.model_copy(update=pairs)
    classes = {t.type_class for t in standard.types}
    for name in ("targets", "floors"):
        stated = getattr(scenario, name)
        if stated is not None:
            changed[name] = _shares(stated, classes, id_of, faults, file)
    if scenario.funds is not None:
        changed["funds"] = tuple(
            fund
            if fund.types is None
            else fund.model_copy(update={"types": tuple(map(id_of, fund.types))})
            for fund in scenario.funds
        )
    return scenario.model_copy(update=changed), faults


def _shares(
    stated: Mapping[str, float],
    classes: set[str],
    id_of: Callable[[str], str],
    faults: list[Notice],
    file: str | None,
) -> dict[str, float]:
    shares: dict[str, float] = {}
    for word, share in stated.items():
        name = word if word in classes else id_of(word)
        if name in shares:
            values = {"type": name}
            faults.append(Notice("standard.type_twice", file=file, value=word, values=values))
        shares.setdefault(name, share)
    return shares
