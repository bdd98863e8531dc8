"""TOML files read strictly: everything that is wrong becomes a notice, all at once."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from siting.city.toml_text import parse_toml
from siting.errors import InputError, Notice
from siting.files import open_file, stands_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

MAX_BYTES = 1_000_000

M = TypeVar("M", bound=BaseModel)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the word of `known` that looks most like `word`, or None if none is near."""
    words = list(known)
    longer = [other for other in words if len(word) >= 3 and other.startswith(word)]
    found = difflib.get_close_matches(word, longer or words, n=1, cutoff=0.3 if longer else 0.5)
    return found[0] if found else None


def unknown(
    sentence: str,
    word: str,
    known: Iterable[str],
    /,
    also: Iterable[str] = (),
    *,
    file: str | None = None,
    **values: Any,
) -> Notice:
    """Return a notice about an unknown word, with the nearest one where one is near.

    The sentence `sentence` lists what is known; the one called ``sentence + "_near"`` names the
    nearest, be it of `also`, which means the same and is not listed.
    """
    words = list(known)
    near = nearest(word, words) or nearest(word, also)
    if near is not None:
        said = {**values, "word": word, "near": near}
        return Notice(f"{sentence}_near", file=file, values=said)
    listed = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
    return Notice(sentence, file=file, values={**values, "word": word, "known": listed})


def read_toml(source: Path | Traversable, shown: str) -> dict[str, Any]:
    """Return the content of a TOML file.

    Parameters
    ----------
    source
        The file.
    shown
        Its name as messages call it.

    Raises
    ------
    InputError
        The file is missing, over 1 MB, not UTF-8, or not TOML (with the line).
    """
    try:
        with open_file(source) if isinstance(source, Path) else source.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a name with a zero byte
        raise InputError(Notice("standard.unreadable", file=shown)) from None
    if len(raw) > MAX_BYTES:
        raise InputError(Notice("standard.too_large", file=shown))
    try:
        return parse_toml(raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise InputError(Notice("standard.not_utf8", file=shown, row=row)) from None
    except RecursionError:
        raise InputError(Notice("standard.too_deep", file=shown)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax(str(error), raw, shown)) from None


def _syntax(message: str, raw: bytes, shown: str) -> Notice:
    reason, _, where = message.partition(" (at ")
    found = re.search(r"line (\d+)", where)
    # "(at end of document)" is the last line
    row = int(found.group(1)) if found else raw.count(b"\n") + 1
    return Notice("standard.syntax", file=shown, row=row, values={"reason": reason})


def library(folder: str) -> dict[str, Traversable]:
    """Return the files of the library's folder (``standards`` or ``policies``) by id, sorted."""
    found = files("siting.models").joinpath(folder).iterdir()
    named = {f.name[:-5]: f for f in found if f.name[-5:] == ".toml"}
    return dict(sorted(named.items()))


def beside(ref: str, folder: Path) -> Path | None:
    """Return the file that `ref` in a TOML file of `folder` means: a path, ID or ID.toml."""
    for name in (ref, f"{ref}.toml"):
        path = folder / name
        if stands_there(path):
            return path
    return None


def validated(
    model: type[M], content: Mapping[str, Any], *, file: str | None = None, at: str = ""
) -> M:
    """Return `content` as a record; strict: no text where a number is asked for, no unknown key.

    Parameters
    ----------
    model
        The record's class.
    content
        As TOML or JSON gave it.
    file, at
        What to call the file and the place in it in messages.

    Raises
    ------
    InputError
        With every fault at once.
    """
    try:
        # by way of JSON, where strict records take lists for tuples but no text for numbers
        return model.model_validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        raise InputError(_faults(model, error, file, at)) from None


def salvaged(
    model: type[M],
    content: Mapping[str, Any],
    needed: Mapping[str, Any],
    faults: list[Notice],
    *,
    file: str,
) -> M:
    """Return `content` as a record without the keys that are faulty, which go to `faults`.

    So that what the other keys say can be looked at too, and all faults be told at once.

    Parameters
    ----------
    needed
        What stands in for keys that the record cannot do without.
    """
    try:
        return validated(model, content, file=file)
    except InputError as error:
        faults += error.notices
    good = dict(needed)
    for key, value in content.items():
        try:
            validated(model, {**good, key: value})
        except InputError:
            continue
        good[key] = value
    return validated(model, good)


def _faults(
    model: type[BaseModel], error: ValidationError, file: str | None, at: str
) -> list[Notice]:
    notices: list[Notice] = []
    for item in error.errors(include_url=False):
        loc, kind, context = item["loc"], item["type"], item.get("ctx", {})
        key = _path(loc, at)
        if kind == "extra_forbidden":
            known = _keys(model, loc[:-1])
            notice = unknown("standard.unknown_key", str(loc[-1]), known, file=file, name=key)
        elif kind in _LIMITS:
            limit = next(iter(context.values()))
            limit = f"{limit:g}" if isinstance(limit, float) else limit
            notice = Notice(_LIMITS[kind], file=file, values={"name": key, "limit": limit})
        elif kind == "literal_error":
            values = {"name": key, "allowed": str(context["expected"])}
            notice = Notice("standard.not_one_of", file=file, values=values)
        else:
            sentence = next((s for start, s in _KINDS if kind.startswith(start)), None)
            if sentence is None:
                values = {"name": key, "reason": item["msg"]}
                notice = Notice("standard.invalid", file=file, values=values)
            else:
                notice = Notice(sentence, file=file, values={"name": key})
        notices.append(notice)
    return notices


_LIMITS = {
    "greater_than": "standard.not_above",
    "greater_than_equal": "standard.below",
    "less_than": "standard.not_below",
    "less_than_equal": "standard.above",
}
_KINDS = (
    ("missing", "standard.missing_key"),
    ("float", "standard.not_number"),
    ("finite", "standard.not_finite"),
    ("int", "standard.not_whole"),
    ("string", "standard.not_text"),
    ("tuple", "standard.not_list"),
    ("too_", "standard.not_pair"),
    ("list", "standard.not_list"),
    ("dict", "standard.not_table"),
    ("model", "standard.not_table"),
    ("bool", "standard.not_bool"),
)


def _path(loc: tuple[int | str, ...], at: str) -> str:
    """Return ``funds[2].amount`` for ("funds", 1, "amount"): lists count from 1."""
    shown = at
    for part in loc:
        if isinstance(part, int):
            shown += f"[{part + 1}]"
        else:
            shown += f".{part}" if shown else part
    return shown


def _keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys allowed in the table at `loc` of a record."""
    for part in loc:
        if isinstance(part, int):
            continue
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        inner = _record_in(field.annotation) if field is not None else None
        if inner is None:
            return []
        model = inner
    return [f.alias or n for n, f in model.model_fields.items()]


def _record_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _record_in(inner)
        if found is not None:
            return found
    return None
