"""Single changes to what a plan folder states, walked out of the document itself.

A kind of change is a path (list indices and ids replaced by ``*``) and what is done there. A
change that leaves the text as it was is none.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

Path = tuple[str | int, ...]
Kind = tuple[str, str]
"""Where, and what is done there."""

# What stands under these keys has ids for keys.
_MAPS = {
    "by_group",
    "gained_by_group",
    "places_by_group",
    "gained_by_community",
    "groups_estimated",
    "present_before",
    "present_after",
    "seconds",
    "software",
    "weights",
    "groups",
    "typical_shares",
    "min_types",
    "spacing_m",
    "most_per_community",
    "relief_share",
    "relief_share_blank",
    "relief_cap_per_outlet_year",
    "targets",
    "floors",
    "priority_groups",
}
_MONEY = {"capital", "subsidy_per_year", "amount", "limit", "spent", "price", "bound", "reward"}


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes
    ----------
    kind
        What sort of change it is.
    path
        Where exactly.
    content
        The document with the change, as plain data.
    """

    kind: Kind
    path: Path
    content: Any

    @property
    def name(self) -> str:
        return f"{'.'.join(map(str, self.path)) or '-'}: {self.kind[1]}"


def mutants(content: Any, draw: Random, *, each: int = 1) -> Iterator[Mutant]:
    """Yield up to `each` changes of every kind, drawn from all places where it can be made."""
    known = _values(content)
    found: dict[Kind, list[tuple[Path, Any]]] = {}
    for path, value in _nodes(content, ()):
        where = pattern(path)
        for name, new in _changes(path, value, known[where]):
            if not _same(new, value):
                found.setdefault((where, name), []).append((path, new))
    for kind, places in found.items():
        for path, new in draw.sample(places, min(each, len(places))):
            yield Mutant(kind, path, _with(content, path, new))


def pattern(path: Path) -> str:
    """Return where a path leads: with ``*`` for indices, and for ids that are keys."""
    words = []
    for k, step in enumerate(path):
        under = path[k - 1] if k else ""
        nested = k > 1 and path[k - 2] == "weights"
        words.append("*" if isinstance(step, int) or under in _MAPS or nested else str(step))
    return ".".join(words) or "-"


def _same(new: Any, value: Any) -> bool:
    """Whether two values say the same: numbers may be written otherwise, and 0 has two signs."""
    kinds = {type(new), type(value)}
    return bool(new == value) and (len(kinds) == 1 or kinds == {int, float})


def _nodes(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _nodes(item, (*path, step))


def _values(content: Any) -> dict[str, list[Any]]:
    known: dict[str, list[Any]] = {}
    for path, value in _nodes(content, ()):
        known.setdefault(pattern(path), []).append(value)
    return known


def _changes(path: Path, value: Any, others: list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        yield from (("the other", not value), ("null", None), ("a number", int(value)))
    elif isinstance(value, int | float):
        yield from numbers(str(path[-1]) if path else "", value)
    elif isinstance(value, str):
        yield from words(value, others)
    elif value is None:
        yield from (("0 for null", 0.0), ("1 for null", 1.0), ("a word for null", "x"))
    elif isinstance(value, list):
        yield from _lists(value)
    else:
        for key in list(value)[:1]:
            yield "without its first key", {k: v for k, v in value.items() if k != key}
        for key in list(value)[-1:]:
            yield "without its last key", {k: v for k, v in value.items() if k != key}
        last = next(reversed(value.values()), 1.0)
        yield "a key more", {**value, "another": last}
        keys = list(value)
        if path and path[-1] in _MAPS and len(keys) > 1:
            yield "two values swapped", {**value, keys[0]: value[keys[1]], keys[1]: value[keys[0]]}


def numbers(name: str, value: float) -> Iterator[tuple[str, Any]]:
    """Yield other values for a number of that name."""
    yield "a millionth more", value * 1.000001
    yield "a millionth less", value * 0.999999
    if value and not isinstance(value, int):
        step = 10.0 ** (math.floor(math.log10(abs(value))) - 5)
        yield "the sixth digit up", value + step
        yield "the sixth digit down", value - step
    yield "one more", value + 1
    yield "one less", value - 1
    if name in _MONEY:
        yield "a cent more", round(value + 0.01, 2)
        yield "a cent less", round(value - 0.01, 2)
    yield "doubled", value * 2
    yield "the sign", -value
    yield "zero", 0 if isinstance(value, int) else 0.0
    yield "huge", 10**18 if isinstance(value, int) else 1e300
    yield "null", None
    yield "as a word", str(value)
    yield "not a number", math.nan


def words(value: str, others: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield other values for a word; `others` stand in the same place elsewhere."""
    known = [w for w in dict.fromkeys(w for w in others if isinstance(w, str)) if w != value]
    if known:
        yield "the word of another", known[0]
    yield "empty", ""
    yield "a blank more", value + " "
    yield "a letter less", value[:-1]
    yield "another case", value.swapcase()
    yield "unknown", "zzz"
    yield "null", None


def _lists(value: list[Any]) -> Iterator[tuple[str, Any]]:
    if not value:
        yield "a word more", ["x"]
        yield "a record more", [{}]
        return
    for name, k in (("first", 0), ("last", len(value) - 1)):
        yield f"without the {name}", value[:k] + value[k + 1 :]
        yield f"the {name} twice", [*value[: k + 1], *value[k:]]
    if len(value) > 1:
        yield "the first two swapped", [value[1], value[0], *value[2:]]
        yield "the last two swapped", [*value[:-2], value[-1], value[-2]]
        yield "turned round", value[::-1]
    yield "emptied", []
    yield "null", None


def _with(content: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    changed = copy.copy(content)
    changed[path[0]] = _with(content[path[0]], path[1:], new)
    return changed
