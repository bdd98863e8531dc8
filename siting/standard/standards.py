"""Standards: files that pick types from the catalogue and say what a circle must have."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.errors import InputError, Notice
from siting.standard.catalogue import EVERYONE, TYPE_KEYS, load_catalogue, type_faults
from siting.standard.clauses import (
    Clauses,
    clause_faults,
    merged,
    merged_slots,
    merged_unverified,
    roof_of,
)
from siting.standard.files import beside, library, read_toml, salvaged, unknown, validated
from siting.standard.model import Standard, Type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

# Without other word; always stated as unverified.
DEFAULT_WEIGHTS = {"basic": 2.0}
DEFAULT_PRESENCE = 0.8


class _File(Clauses):
    """A standard's file as it is written."""

    id: str
    zh: str
    en: str
    source: str = ""
    base: str | None = None
    types: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class _Draft:
    """A type while the files of a chain of bases speak about it, one after the other."""

    fields: dict[str, Any]
    file: str
    origin: str
    """The type of the catalogue that it is, or is made like."""
    unverified: list[str]
    weight: Any = None
    sources: list[str] = field(default_factory=list)


def list_standards() -> list[Standard]:
    """Return the standards that ship with siting, by id."""
    return [load_standard(name) for name in library("standards")]


def load_standard(ref: str | Path | Standard) -> Standard:
    """Return a standard, resolved against the catalogue and the standards it is based on.

    Parameters
    ----------
    ref
        An id of the library, a path to a TOML file, or a resolved standard (returned as it is).
        An id of the library goes before a file of the same name.

    Raises
    ------
    InputError
        There is no such standard, or its file is not as it should be; all faults at once.

    Notes
    -----
    Files speak from the base upwards. In each file the rings set the minutes of every type of
    their class, then the file's own entry for a type overrides any of its fields. Types and slots
    add to those of the base; tables (``priority_groups``, ``spacing_m``, ``most_per_community``,
    ``sizes``, ``class_weights``, ``typical_shares``) merge with the base's, key by key; single
    values and the other lists (``grades``, ``substitutes``, ``quotas``, ``unmodelled``) replace
    the base's, an empty list takes it out. ``notes`` and ``source`` are the file's own.
    """
    if isinstance(ref, Standard):
        return ref
    source, shown = find_file(ref, "standards", "standard.unknown_standard")
    faults: list[Notice] = []
    return _resolve(_chain(source, shown, faults), faults)


def find_file(
    ref: str | Path, folder: str, key: str, *, near: Path | None = None, file: str | None = None
) -> tuple[Traversable | Path, str]:
    """Return the file that `ref` means and what to call it.

    Parameters
    ----------
    ref
        An id of the library's `folder`, or a path.
    folder
        ``standards`` or ``policies``.
    key
        The sentence for a ref that means nothing.
    near
        Folder to which relative paths are relative; None: the working directory.
    file
        The file in which the ref stands.

    Raises
    ------
    InputError
        Neither an id nor a file; names the nearest id.
    """
    ids = library(folder)
    if isinstance(ref, str) and ref in ids:
        return ids[ref], f"models/{folder}/{ref}.toml"
    if near is not None:
        path = beside(str(ref), near)
    else:
        path = Path(ref) if str(ref) and Path(ref).is_file() else None
    if path is None:
        raise InputError(unknown(key, str(ref), ids, file=file))
    return path, str(path)


def _chain(source: Traversable | Path, shown: str, faults: list[Notice]) -> list[tuple[_File, str]]:
    """Return a standard's file and those it is based on, the deepest base first."""
    chain: list[tuple[_File, str]] = []
    names: list[str] = []
    while True:
        names.append(shown)
        needed = {"id": "", "zh": "", "en": ""}
        read = salvaged(_File, read_toml(source, shown), needed, faults, file=shown)
        chain.insert(0, (read, shown))
        if read.base is None:
            return chain
        near = source.parent if isinstance(source, Path) else None
        try:
            source, base = find_file(
                read.base, "standards", "standard.unknown_base", near=near, file=shown
            )
        except InputError as error:
            faults += error.notices
            return chain
        if base in names:
            raise InputError(Notice("standard.base_circle", file=shown, values={"base": base}))
        shown = base


def _resolve(chain: list[tuple[_File, str]], faults: list[Notice]) -> Standard:
    shares = {g.id: g.typical_share for g in load_catalogue().groups}
    drafts: dict[str, _Draft] = {}
    weights: dict[str, float] = {}
    rings: dict[str, float] = {}
    presence: float | None = None
    for read, shown in chain:
        weights |= read.class_weights
        rings |= read.rings
        shares |= read.typical_shares
        presence = read.presence_share if read.presence_share is not None else presence
        for draft in drafts.values():
            _ring(draft, read.rings, read)
        faults += _entries(drafts, read, shown, rings)
    for read, shown in chain:
        faults += clause_faults(read, drafts, shown)
    types: list[Type] = []
    for name, draft in drafts.items():
        at = f"types[{name}]"
        kind = draft.fields["class"]
        if draft.weight is None:
            if not isinstance(kind, str) or kind not in weights:
                draft.unverified.append("weight")
            draft.weight = (DEFAULT_WEIGHTS | weights).get(str(kind), 1.0)
        fields = draft.fields | {
            "weight": draft.weight,
            "unverified": list(dict.fromkeys(draft.unverified)),
            "source": "; ".join(dict.fromkeys(s for s in draft.sources if s)),
        }
        try:
            made = validated(Type, fields, file=draft.file, at=at)
        except InputError as error:
            faults += error.notices
            continue
        faults += type_faults(made, shares, file=draft.file, at=at)
        types.append(made)
    own, shown = chain[-1]
    if not types and not faults:
        faults.append(Notice("standard.no_types", file=shown))
    if faults:
        raise InputError(faults)
    files = [read for read, _ in chain]
    unverified = merged_unverified(files)
    if not weights and "weights" not in unverified:
        unverified.append("weights")
    if presence is None and "presence_share" not in unverified:
        unverified.append("presence_share")
    roof, unsourced = roof_of(load_catalogue(), {n: d.origin for n, d in drafts.items()})
    return Standard(
        id=own.id,
        zh=own.zh,
        en=own.en,
        types=tuple(types),
        slots=merged_slots(files, [t.type_class for t in types]),
        presence_share=DEFAULT_PRESENCE if presence is None else presence,
        typical_shares=shares,
        roof=roof,
        base=own.base,
        source=own.source,
        notes=own.notes,
        unverified=(*unverified, *(word for word in unsourced if word not in unverified)),
        **merged(files),
    )


def _entries(
    drafts: dict[str, _Draft], read: _File, shown: str, rings: Mapping[str, float]
) -> list[Notice]:
    """Let one file's type entries speak; return what is wrong with them."""
    faults: list[Notice] = []
    catalogue = load_catalogue()
    known = [t.id for t in catalogue.types]
    seen: set[str] = set()
    for n, entry in enumerate(read.types):
        name, like = entry.get("id"), entry.get("like")
        if not isinstance(name, str) or not name:
            key = f"types[{n + 1}].id"
            faults.append(Notice("standard.not_text", file=shown, values={"name": key}))
            continue
        at = f"types[{name}]"
        allowed = ("like", *TYPE_KEYS)
        extra = [key for key in entry if key not in allowed]
        faults += [
            unknown("standard.unknown_key", k, allowed, file=shown, name=f"{at}.{k}") for k in extra
        ]
        if name in seen:
            faults.append(Notice("standard.twice", file=shown, values={"word": name}))
            continue
        seen.add(name)
        if like is not None and (name in known or name in drafts):
            faults.append(Notice("standard.like_known", file=shown, values={"name": at}))
            continue
        new = name not in drafts
        if new:
            origin = catalogue.type(str(name if like is None else like))
            if origin is None:
                word = str(name if like is None else like)
                faults.append(unknown("standard.unknown_type", word, known, file=shown))
                continue
            drafts[name] = _draft(origin, shown)
            drafts[name].fields["id"] = name
        draft = drafts[name]
        draft.file = shown
        moved = "class" in entry and entry["class"] != draft.fields["class"]
        if moved:
            draft.fields["class"] = entry["class"]
        if new or moved:
            _ring(draft, rings, read)
        faults += _override(draft, entry, shown)
    return faults


def _draft(origin: Type, shown: str) -> _Draft:
    fields = origin.model_dump(mode="json", by_alias=True)
    return _Draft(
        fields, shown, origin.id, list(origin.unverified), sources=origin.source.split("; ")
    )


def _ring(draft: _Draft, rings: Mapping[str, float], read: _File) -> None:
    ring = rings.get(str(draft.fields["class"]))
    if ring is not None and draft.fields["asks"] is True:  # rings are about walking
        _state(draft, "minutes", ring, known="rings" not in read.unverified)
        draft.sources.append(f"minutes {read.id}")


def _override(draft: _Draft, entry: Mapping[str, Any], shown: str) -> list[Notice]:
    stated, source = entry.get("unverified", []), entry.get("source", "")
    if not isinstance(stated, list) or not all(isinstance(word, str) for word in stated):
        key = f"types[{entry['id']}].unverified"
        return [Notice("standard.not_list", file=shown, values={"name": key})]
    if not isinstance(source, str):
        key = f"types[{entry['id']}].source"
        return [Notice("standard.not_text", file=shown, values={"name": key})]
    for key, value in entry.items():
        if key in ("id", "source", "unverified", "class") or key not in TYPE_KEYS:
            continue
        if key == "weight":
            draft.weight = value
        # a figure that a standard states stands on the standard, unless it says otherwise
        _state(draft, key, value, known=key not in stated)
    draft.unverified += [word for word in stated if word not in draft.unverified]
    draft.sources += source.split("; ")
    return []


def _state(draft: _Draft, key: str, value: Any, *, known: bool) -> None:
    """Set a field; what was said of its old figure no longer holds."""
    draft.fields[key] = value
    draft.sources = [s for s in draft.sources if s.split(" ")[0] != key]
    draft.unverified = [word for word in draft.unverified if word != key]
    if not known:
        draft.unverified.append(key)


def known_groups(standard: Standard) -> tuple[str, ...]:
    """Return the groups that a standard's asking types count or weigh, ``everyone`` first."""
    asking = [t for t in standard.types if t.asks]
    named = [g for t in asking for g in (t.counting_group, *t.groups)]
    return tuple(dict.fromkeys([EVERYONE, *named]))
