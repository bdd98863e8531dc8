"""What a standard's file asks for beside types: grades, quotas and the like, merged and checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from siting.errors import Notice
from siting.standard.catalogue import CLASSES, Catalogue
from siting.standard.files import unknown
from siting.standard.model import (
    Grade,
    Positive,
    Quota,
    Record,
    RoofRule,
    Share,
    Slot,
    Substitute,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Count = Annotated[int, Field(ge=0)]

_SINGLE = ("presence", "chain_share")
_LISTS = ("grades", "substitutes", "quotas", "unmodelled")
_TABLES = ("priority_groups", "spacing_m", "most_per_community")
# What `unverified` can say of a field that a file upon the base may state anew.
_REPLACED = ("presence_share", *_SINGLE, *_LISTS)


class Clauses(Record):
    """The part of a standard's file that speaks of more than types; None: not stated."""

    sizes: dict[str, Count] = Field(default_factory=dict)
    """How many types of a class the published list has; those without a name become slots."""
    slots: tuple[Slot, ...] = ()
    """Types of the list that the catalogue lacks, with what is known of them in `note`."""
    presence_share: Share | None = None
    presence: Literal["share", "located"] | None = None
    grades: tuple[Grade, ...] | None = None
    substitutes: tuple[Substitute, ...] | None = None
    quotas: tuple[Quota, ...] | None = None
    priority_groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    spacing_m: dict[str, Positive] = Field(default_factory=dict)
    most_per_community: dict[str, Count] = Field(default_factory=dict)
    chain_share: Share | None = None
    class_weights: dict[str, Positive] = Field(default_factory=dict)
    rings: dict[str, Positive] = Field(default_factory=dict)
    typical_shares: dict[str, Share] = Field(default_factory=dict)
    unmodelled: tuple[str, ...] | None = None
    unverified: tuple[str, ...] = ()


def merged(files: Iterable[Clauses]) -> dict[str, Any]:
    """Return what files say together, the deepest base first.

    A single value and a list replace the one of the base; tables merge, key by key.
    """
    fields: dict[str, Any] = {}
    for read in files:
        for name in (*_SINGLE, *_LISTS):
            value = getattr(read, name)
            if value is not None:
                fields[name] = value
        for name in _TABLES:
            fields[name] = fields.get(name, {}) | getattr(read, name)
    return fields


def merged_unverified(files: Iterable[Clauses]) -> list[str]:
    """Return what files say has no source; what a file states anew, its base no longer speaks of.

    Words that are no such field stay: whoever wrote them knows what they mean.
    """
    words: list[str] = []
    for read in files:
        anew = {name for name in _REPLACED if getattr(read, name) is not None}
        anew |= {"weights"} if read.class_weights else set()
        words = [word for word in words if word not in anew]
        words += [word for word in read.unverified if word not in words]
    return words


def merged_slots(files: Sequence[Clauses], classes: Iterable[str]) -> tuple[Slot, ...]:
    """Return the slots: those that files write out, and those their sizes leave over.

    Parameters
    ----------
    files
        The deepest base first; a slot of the same class and number replaces that of the base.
    classes
        The class of every type that is named. Where a class names more types than the list has,
        which of them the list leaves out is unknown: all stay, and there is no slot.
    """
    slots: dict[tuple[str, int], Slot] = {}
    sizes: dict[str, int] = {}
    for read in files:
        slots |= {(s.type_class, s.slot): s for s in read.slots}
        sizes |= read.sizes
    have = Counter(classes) + Counter(kind for kind, _ in slots)
    for kind, size in sizes.items():
        free = [n for n in range(1, size + 1) if (kind, n) not in slots]
        left = max(0, size - have[kind])
        for n in free[len(free) - left :]:
            slots[kind, n] = Slot.model_validate({"class": kind, "slot": n})
    order = {kind: n for n, kind in enumerate(CLASSES)}
    return tuple(
        sorted(slots.values(), key=lambda s: (order.get(s.type_class, len(order)), s.slot))
    )


def roof_of(
    catalogue: Catalogue, origins: Mapping[str, str]
) -> tuple[tuple[RoofRule, ...], list[str]]:
    """Return the catalogue's roof rules for the types of a standard, and what has no source.

    Parameters
    ----------
    catalogue
        With its rules.
    origins
        The type of the catalogue that each type of the standard is, or is made like. A copy has
        the rules of its model; types that the standard does not have leave the rules.
    """

    def here(words: Iterable[str]) -> tuple[str, ...]:
        wanted = set(words)
        return tuple(name for name, origin in origins.items() if origin in wanted)

    rules: list[RoofRule] = []
    unverified: list[str] = []
    for rule in catalogue.roof:
        never, only = here(rule.never_with), here(rule.only_with or ()) or None
        names = here([rule.type])
        if not names or not (never or only):
            continue
        unverified += ["roof"] if rule.unverified and not unverified else []
        rules += [
            RoofRule(type=name, never_with=never, only_with=only, source=rule.source)
            for name in names
        ]
    return tuple(rules), unverified


def clause_faults(read: Clauses, types: Iterable[str], shown: str) -> list[Notice]:
    """Return what is wrong with a file's clauses although each is well formed.

    Parameters
    ----------
    types
        Ids of the standard's types: only these can be named.
    shown
        What to call the file.
    """
    known = list(types)

    def of(name: str, words: Iterable[str], allowed: Sequence[str], sentence: str) -> list[Notice]:
        return [
            unknown(f"standard.{sentence}", word, allowed, file=shown, name=name)
            for word in words
            if word not in allowed
        ]

    faults: list[Notice] = []
    for key, table in (
        ("class_weights", read.class_weights),
        ("rings", read.rings),
        ("sizes", read.sizes),
    ):
        for word in table:
            faults += of(f"{key}.{word}", [word], CLASSES, "unknown_key")
    for n, slot in enumerate(read.slots):
        faults += of(f"slots[{n + 1}].class", [slot.type_class], CLASSES, "unknown_word")
    for grade in read.grades or ():
        at = f"grades[{grade.id}]"
        for word in grade.min_types:
            faults += of(f"{at}.min_types.{word}", [word], CLASSES, "unknown_key")
        faults += of(f"{at}.mandatory", grade.mandatory, known, "not_of_standard")
        faults += of(
            f"{at}.unverified", grade.unverified, tuple(Grade.model_fields), "unknown_word"
        )
        if not any(grade.min_types.values()) and not grade.mandatory:
            faults.append(Notice("standard.grade_empty", file=shown, values={"name": at}))
    for n, pair in enumerate(read.substitutes or ()):
        at = f"substitutes[{n + 1}]"
        faults += of(f"{at}.type", [pair.type], known, "not_of_standard")
        faults += of(f"{at}.by", [pair.by], known, "not_of_standard")
        if pair.type == pair.by:
            values = {"name": at, "word": pair.by}
            faults.append(Notice("standard.substitute_self", file=shown, values=values))
    for quota in read.quotas or ():
        at = f"quotas[{quota.type}]"
        faults += of("quotas", [quota.type], known, "not_of_standard")
        faults += of(
            f"{at}.unverified", quota.unverified, tuple(Quota.model_fields), "unknown_word"
        )
        if quota.per_1000 is None and quota.area_m2_per_1000 is None:
            faults.append(Notice("standard.quota_empty", file=shown, values={"name": at}))
    for name, words in read.priority_groups.items():
        faults += of(f"priority_groups.{name}", words, known, "not_of_standard")
    for key, named in (
        ("spacing_m", read.spacing_m),
        ("most_per_community", read.most_per_community),
    ):
        faults += of(key, named, known, "not_of_standard")
    return faults + _twice(read, shown)


def _twice(read: Clauses, shown: str) -> list[Notice]:
    lists = (
        [f"{s.type_class} {s.slot}" for s in read.slots],
        [g.id for g in read.grades or ()],
        [f"{s.type} {s.by}" for s in read.substitutes or ()],
        [q.type for q in read.quotas or ()],
    )
    return [
        Notice("standard.twice", file=shown, values={"word": word})
        for words in lists
        for word, count in Counter(words).items()
        if count > 1
    ]
