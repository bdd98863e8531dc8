"""The table of spaces: areas, rents, storeys, features and one-off costs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import (
    coded,
    is_range,
    number_in,
    numbers,
    parts,
    whole_numbers,
    words,
    yes_or_no,
)
from siting.city.nearest import nearest
from siting.city.slips import dates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.city.findings import Findings
    from siting.city.model import Bools, Floats, Ints, Words
    from siting.city.tables import Table

FEATURES = ("flue", "loading", "accessible", "water", "power", "gas", "outdoor")


@dataclass(frozen=True)
class Local:
    """What a table's own words mean: kinds of spaces, and features."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NOTHING_LOCAL = Local()

_CHINESE = {c: i for i, c in enumerate("一二三四五六七八九十", start=1)}
_DIGITS = r"(?P<number>\d{1,3})"
_ABOVE = re.compile(rf"第?[FL]?{_DIGITS}(?:F|FLOOR|楼|层)?")
_BELOW = re.compile(rf"(?:-|负|地下|B|-B|地下负)(?:第)?[FL]?{_DIGITS}(?:F|FLOOR|楼|层)?")


def space_fields(
    table: Table,
    findings: Findings,
    types: Mapping[str, tuple[str, ...]] | None = None,
    local: Local = NOTHING_LOCAL,
) -> dict[str, np.ndarray | None]:
    """Return the fields of `Spaces` beyond id, position, community and host.

    Parameters
    ----------
    types
        Local category to type words, which the columns of locks may use too.
    local
        What the table's own words for kinds and features mean.
    """
    max_types = whole_numbers(table, "max_types", findings, default=3, least=1)
    min_types = whole_numbers(table, "min_types", findings, default=1, least=1)
    findings.fault_rows(
        "city.min_over_max",
        table,
        table.columns.get("min_types") or table.columns.get("max_types"),
        (min_types > max_types) & (max_types >= 1),
        least=lambda i: int(min_types[i]),
        most=lambda i: int(max_types[i]),
    )
    area_m2 = numbers(table, "area_m2", findings, above=0.0)
    return {
        "area_m2": area_m2,
        "rent_m2_month": numbers(table, "rent_m2_month", findings, least=0.0, base=area_m2),
        "kind": _kinds(table, local.kinds),
        "floor": _floors(table, findings),
        "features": _with_columns(table, local.features, findings),
        "max_types": max_types,
        "min_types": min_types,
        "capital_m2": numbers(table, "capital_m2", findings, default=np.nan, least=0.0),
        "capital_fixed": numbers(table, "capital_fixed", findings, default=0.0, least=0.0),
        "basic_share": _shares(table, "basic_share", findings),
        "open_types": _locked(table, "open", types, findings, every=False),
        "forbid_types": _locked(table, "forbid", types, findings, every=True),
        "address": _addresses(table),
    }


def storey(text: str) -> int | None:
    """Return the storey that a word means, or None: 1 is the ground floor, -1 the basement.

    Understood are ``1``, ``1F``, ``F1``, ``L2``, ``1楼``, ``二层``, ``首层``, ``B1``, ``-1``,
    ``地下1层``, ``负一楼`` and the like; ``0`` is returned as it is, for the caller to refuse.
    """
    plain = unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("−", "-")
    plain = re.sub(r"^(-?\d+)\.0+$", r"\1", plain)
    if plain in ("首层", "底层", "一楼", "G", "GF", "GROUND"):
        return 1
    if plain in ("地下室", "BASEMENT", "B"):
        return -1
    plain = re.sub("[一二三四五六七八九十]+", _arabic, plain)
    above = _ABOVE.fullmatch(plain)
    if above:
        return int(above["number"])
    below = _BELOW.fullmatch(plain)
    return -int(below["number"]) if below else None


def _arabic(match: re.Match[str]) -> str:
    """Return a Chinese number below 100 in digits."""
    tens, ten, ones = match[0].rpartition("十")
    if not ten:
        return "".join(str(_CHINESE[c]) for c in match[0])
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return match[0]
    return str(10 * (_CHINESE[tens] if tens else 1) + (_CHINESE[ones] if ones else 0))


def _floors(table: Table, findings: Findings) -> Ints:
    codes, texts = coded(table, "floor")
    column = table.columns.get("floor")
    found = [1 if not text else storey(text) for text in texts]
    by_code = np.array([f or 1 for f in found] or [1], dtype=np.int64)
    if column is not None:
        unknown = np.array([f is None for f in found] or [False])
        zero = np.array([f == 0 for f in found] or [False])
        several = np.array([f is None and is_range(t) for f, t in zip(found, texts, strict=True)])
        held = dates(column)
        odd = unknown[codes] & ~column.blank & ~held
        findings.fault_rows("city.floor_date", table, column, held)
        if len(texts):
            findings.fault_rows("city.floor_range", table, column, odd & several[codes])
            odd &= ~several[codes]
        findings.fault_rows("city.floor", table, column, odd)
        findings.fault_rows("city.floor_zero", table, column, zero[codes])
    return np.asarray(by_code[codes], dtype=np.int64)


def _kinds(table: Table, local: Mapping[str, str]) -> Words:
    codes, texts = coded(table, "kind")
    meant = np.empty(max(len(texts), 1), dtype=object)
    meant[:] = [local.get(text, text) for text in texts or [""]]
    return np.asarray(meant[codes], dtype=object)


def _features(table: Table, local: Mapping[str, tuple[str, ...]], findings: Findings) -> Words:
    codes, texts = coded(table, "features")
    sets = np.empty(max(len(texts), 1), dtype=object)
    sets[:] = [
        frozenset(meant for part in parts(text) for meant in local.get(part, (part.lower(),)))
        for text in texts or [""]
    ]
    counts = np.bincount(codes, minlength=len(sets))
    unknown: dict[str, int] = {}
    for words_here, count in zip(sets, counts.tolist(), strict=True):
        for word in words_here:
            if word not in FEATURES:
                unknown[word] = unknown.get(word, 0) + count
    column = table.columns.get("features")
    for word in sorted(unknown):
        close = nearest(word, FEATURES)
        findings.remark(
            "city.feature" if close is None else "city.feature_near",
            file=table.file,
            column=None if column is None else column.name,
            value=word,
            count=unknown[word],
            nearest=close,
            known=", ".join(FEATURES),
        )
    return np.asarray(sets[codes], dtype=object)


def _with_columns(table: Table, local: Mapping[str, tuple[str, ...]], findings: Findings) -> Words:
    """Return the features of each space: those listed in one column, and those with their own."""
    found = _features(table, local, findings)
    for name in FEATURES:
        if name in table.columns:
            codes, texts = coded(table, name)
            said = [_says(text, name, local) for text in texts]
            unknown = np.array([bool(t) and s is None for t, s in zip(texts, said, strict=True)])
            findings.fault_rows(
                "city.yes_no", table, table.columns[name], unknown[codes], feature=name
            )
            there = np.array([bool(s) for s in said], dtype=np.bool_)[codes]
            found = _added(found, name, there)
    return found


def _says(text: str, feature: str, local: Mapping[str, tuple[str, ...]]) -> bool | None:
    """Return whether a cell of a feature's own column says that it is there; None: nobody knows.

    Yes and no are understood, and the words that mean features, siting's and the table's own.
    """
    said = yes_or_no(text)
    if said is not None:
        return said
    meant = [local.get(part, (part.lower(),)) for part in parts(text)]
    known = bool(meant) and all(word in FEATURES for words in meant for word in words)
    return any(feature in words for words in meant) if known else None


def _added(sets: Words, word: str, where: Bools) -> Words:
    """Return sets with a word added to some of them; equal sets stay one object."""
    import pandas as pd

    codes, unique = pd.factorize(sets)
    more = np.empty(len(unique), dtype=object)
    more[:] = [one | {word} for one in unique]
    grown = sets.copy()
    grown[where] = more[codes[where]]
    return grown


def _addresses(table: Table) -> Words | None:
    column = table.columns.get("address")
    return None if column is None or column.blank.all() else words(table, "address")


def _shares(table: Table, name: str, findings: Findings) -> Floats | None:
    """Return shares from 0 to 1, 0 for empty cells; None without a filled column.

    Understood are ``0.45`` and ``45%``.
    """
    column = table.columns.get(name)
    if column is None or column.blank.all():
        return None
    codes, texts = coded(table, name)
    found = np.array([_share(text) if text else 0.0 for text in texts])
    findings.fault_rows("city.share", table, column, ~((found >= 0.0) & (found <= 1.0))[codes])
    return np.asarray(found[codes], dtype=np.float64)


def _share(text: str) -> float:
    plain = unicodedata.normalize("NFKC", text).strip()
    number = number_in(plain.removesuffix("%"))
    if number is None:
        return float("nan")
    return number / 100.0 if plain.endswith("%") else number


def _locked(
    table: Table,
    name: str,
    types: Mapping[str, tuple[str, ...]] | None,
    findings: Findings,
    *,
    every: bool,
) -> Words | None:
    """Return the type words of a column of locks, () for empty cells; None without a filled one.

    Parameters
    ----------
    every
        Whether ``*``, which stands for all types, is allowed.
    """
    column = table.columns.get(name)
    if column is None or column.blank.all():
        return None
    listed = types or {}
    codes, texts = coded(table, name)
    by_cell = np.empty(len(texts), dtype=object)
    by_cell[:] = [
        tuple(dict.fromkeys(t for word in parts(text) for t in listed.get(word, (word,))))
        for text in texts
    ]
    if not every:
        stars = np.array(["*" in cell for cell in by_cell], dtype=np.bool_)
        findings.fault_rows("city.open_all", table, column, stars[codes])
    return np.asarray(by_cell[codes], dtype=object)
