"""The one catalogue of types (业态), read from ``models/types.toml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from siting.errors import InputError, Notice
from siting.standard.files import read_toml, unknown, validated
from siting.standard.model import Record, RoofRule, Share, Type

if TYPE_CHECKING:
    from collections.abc import Iterable

CLASSES = ("basic", "quality", "smart", "public", "supplement", "hub")
FEATURES = ("flue", "loading", "accessible", "water", "power", "gas", "outdoor")
# Kinds of space that the catalogue speaks of; a city may use other words.
KINDS = ("shop", "plant", "shed", "kiosk", "basement", "community_room", "add_on")

EVERYONE = "everyone"
TYPE_KEYS = tuple(field.alias or name for name, field in Type.model_fields.items())


class Group(Record):
    """Residents counted separately, with their typical share of everyone."""

    id: str
    zh: str
    en: str
    typical_share: Share
    source: str = ""
    unverified: tuple[str, ...] = ()


class Roof(RoofRule):
    """Which types may share a roof, as the catalogue says."""

    unverified: tuple[str, ...] = ()


class Catalogue(Record):
    """Every type and group that standards can name.

    Attributes
    ----------
    types
        In the catalogue's order; `weight` is left at 1, standards set it.
    groups
        The groups that types count or weigh, ``everyone`` not among them.
    sources
        Where the keys of the types' `source` lead: an address or a document, by key.
    roof
        Which types may share a roof; types without a rule may share with all.
    """

    types: tuple[Type, ...]
    groups: tuple[Group, ...]
    sources: dict[str, str]
    roof: tuple[Roof, ...] = ()

    def type(self, type_id: str) -> Type | None:
        """Return the type with this id, or None."""
        return next((t for t in self.types if t.id == type_id), None)


@cache
def load_catalogue() -> Catalogue:
    """Return the catalogue that ships with siting.

    Raises
    ------
    InputError
        The file is not as it should be; all faults at once.
    """
    shown = "models/types.toml"
    content = read_toml(files("siting.models").joinpath("types.toml"), shown)
    catalogue = validated(Catalogue, content, file=shown)
    groups = {g.id for g in catalogue.groups}
    faults = [
        fault
        for t in catalogue.types
        for fault in type_faults(t, groups, file=shown, at=f"types[{t.id}]")
    ]
    faults += [fault for rule in catalogue.roof for fault in _roof_faults(rule, catalogue, shown)]
    ids = [t.id for t in catalogue.types]
    faults += [
        Notice("standard.twice", file=shown, values={"word": i})
        for i in dict.fromkeys(ids)
        if ids.count(i) > 1
    ]
    if faults:
        raise InputError(faults)
    return catalogue


def _roof_faults(rule: Roof, catalogue: Catalogue, shown: str) -> list[Notice]:
    known = [t.id for t in catalogue.types]
    named = [rule.type, *rule.never_with, *(rule.only_with or ())]
    faults = [
        unknown("standard.unknown_type", word, known, file=shown)
        for word in named
        if word not in known
    ]
    keys = ("never_with", "only_with")
    at = f"roof[{rule.type}].unverified"
    faults += [
        unknown("standard.unknown_word", word, keys, file=shown, name=at)
        for word in rule.unverified
        if word not in keys
    ]
    return faults


def type_faults(
    kind: Type, groups: Iterable[str], *, file: str | None = None, at: str = ""
) -> list[Notice]:
    """Return what is wrong with a type although each of its fields is well formed.

    Parameters
    ----------
    kind
        The type.
    groups
        Ids of the groups with a typical share; ``everyone`` is always known.
    file, at
        What to call the file and the place in it.
    """
    known = [EVERYONE, *sorted(groups)]
    faults: list[Notice] = []

    def word_faults(words: Iterable[str], allowed: Iterable[str], key: str) -> None:
        for word in words:
            if word not in allowed:
                place: dict[str, Any] = {"name": f"{at}.{key}"}
                faults.append(unknown("standard.unknown_word", word, allowed, file=file, **place))

    word_faults([kind.type_class], CLASSES, "class")
    word_faults([kind.counting_group], known, "counting_group")
    word_faults(kind.groups, known, "groups")
    word_faults(kind.needs, FEATURES, "needs")
    word_faults(kind.unverified, TYPE_KEYS, "unverified")
    if not kind.groups:
        faults.append(Notice("standard.no_groups", file=file, values={"name": at}))
    if kind.area_min_m2 > kind.area_typical_m2:
        faults.append(Notice("standard.area_order", file=file, values={"name": at}))
    if 0 in (kind.floors or ()):
        faults.append(Notice("standard.floor_zero", file=file, values={"name": f"{at}.floors"}))
    return faults
