"""What callers hand to the library, looked at before any work is done.

Values that are not as they should be are faults, in the words of the command line, for an
`InputError` that tells all of them; an object of the wrong kind is a `TypeError`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from numbers import Integral, Real
from pathlib import Path
from typing import Any, get_args

from siting.errors import InputError, Notice
from siting.words import Lang, default_lang, text

PATH = (str, os.PathLike)
_PROJECT = ("space", "type", "area_m2", "chain")


def is_positive(value: object) -> bool:
    """Tell whether a value is a finite number above 0."""
    return _is_number(value) and 0.0 < float(value) < math.inf  # type: ignore[arg-type]


def is_share(value: object) -> bool:
    """Tell whether a value is a number from 0 to below 1."""
    return _is_number(value) and 0.0 <= float(value) < 1.0  # type: ignore[arg-type]


def is_whole(value: object, least: int) -> bool:
    """Tell whether a value is a whole number of at least `least`; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def check_manner(
    *,
    time_limit: object,
    gap: object,
    threads: object,
    seed: object,
    processes: object = None,
) -> tuple[float, float, int, int]:
    """Return how long to search, how close, on how many cores and with which seed.

    A time limit of 0 is none of the command line's, but says what it means: what is found at once.

    Returns
    -------
    time_limit, gap, threads, seed
        As numbers of Python's own, whatever kind of numbers they were.

    Raises
    ------
    InputError
        Everything that is not as it should be.
    """
    faults = []
    if not is_positive(time_limit) and not (_is_number(time_limit) and time_limit == 0):
        faults.append(fault("bad_positive", "time_limit", time_limit))
    if not is_share(gap):
        faults.append(fault("bad_share", "gap", gap))
    counts = [("threads", threads, 1), ("seed", seed, 0)]
    counts += [] if processes is None else [("processes", processes, 1)]
    for name, value, least in counts:
        if not is_whole(value, least):
            faults.append(fault("bad_whole", name, value, least=least))
    if faults:
        raise InputError(faults)
    numbers: tuple[Any, ...] = (time_limit, gap, threads, seed)
    return float(numbers[0]), float(numbers[1]), int(numbers[2]), int(numbers[3])


def fault(key: str, name: str, value: object, **values: object) -> Notice:
    """Return what is wrong with an argument, or with an option of the command line."""
    return Notice(f"arguments.{key}", value=str(value), values={"option": name, **values})


def language(lang: object) -> Lang:
    """Return a language; None is that of the locale.

    Raises
    ------
    InputError
        There is no such language.
    """
    if lang is None:
        return default_lang()
    for known in get_args(Lang):
        if lang == known:
            return known  # type: ignore[no-any-return]
    raise InputError(fault("bad_word", "lang", lang, known=", ".join(get_args(Lang))))


def check_kind(name: str, value: object, *kinds: Any) -> None:
    """Refuse an object of the wrong kind.

    Parameters
    ----------
    kinds
        Classes, `PATH`, or None where nothing may be given.

    Raises
    ------
    TypeError
        The value is none of them.
    """
    if any(value is None if kind is None else isinstance(value, kind) for kind in kinds):
        return
    said = [text("arguments.path") if kind == PATH else _called(kind) for kind in kinds]
    values = {"name": name, "kinds": ", ".join(said), "given": type(value).__name__}
    raise TypeError(text("arguments.wrong_kind", **values))


def _called(kind: Any) -> str:
    return "None" if kind is None else str(kind.__name__)


def projects_of(start: Any) -> list[Any] | None:
    """Return projects to begin with as a list.

    Raises
    ------
    TypeError
        They are no projects.
    """
    if start is None:
        return None
    if isinstance(start, Iterable) and not isinstance(start, str):
        found = list(start)
        if all(hasattr(one, name) for one in found for name in _PROJECT):
            return found
    raise TypeError(text("arguments.no_projects"))


def folder_of(name: str, value: Any) -> Path:
    """Return a path.

    Raises
    ------
    TypeError
        The value is none.
    """
    check_kind(name, value, PATH)
    return Path(value)
