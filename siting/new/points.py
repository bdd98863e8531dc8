"""The section of a table of places, outlets or spaces: its columns, units, words and system."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from siting.city.cells import yes_or_no
from siting.city.heading import JOIN
from siting.city.spaces import FEATURES
from siting.city.stated import OWN, measure_of, unread_in
from siting.city.tables import as_word
from siting.city.units import MEASURES
from siting.errors import Name, Notice
from siting.new.columns import remarks_on_use, where_in
from siting.new.figures import (
    HOUSEHOLD,
    System,
    area_unit,
    cost_unit,
    english_unit,
    named_system,
    numbers_in,
    people_factor,
    rent_unit,
    share_unit,
)
from siting.new.headings import plain, with_unit
from siting.new.identity import identity
from siting.new.local import Translated, categories, features, kinds
from siting.new.model import Section
from siting.standard.catalogue import load_catalogue
from siting.words import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from siting.new.headings import Match
    from siting.new.look import Given
    from siting.new.model import Value
    from siting.new.roles import Role

_REQUIRED = {
    "places": ("id", "everyone"),
    "outlets": ("id", "type"),
    "spaces": ("id", "area_m2", "rent_m2_month"),
}
_STOREYS = ("楼层数", "层数", "storeys")
_MERGED = {"places": "community", "outlets": "type", "spaces": "community"}
"""Columns whose cells offices merge, by table; a merged cell is read as one and empty ones."""
_SHOWN = 30


def point_section(
    role: Role, names: dict[Path, str], system: System | None, crs: str | None
) -> Section:
    """Return what city.toml should say of a table of points.

    Parameters
    ----------
    names
        What the files are called in the city folder.
    system
        The guessed system of x and y; None where geometry says where things are.
    crs
        The city's.
    """
    given = role.given
    said: list[Notice] = []
    role, repeats = _settled(role, said)
    remarks = [*remarks_on_use(role), *said]
    ordered = sorted(role.columns.items(), key=lambda item: item[0].startswith("aged_"))
    columns = {name: match.local for name, match in ordered}
    if system is not None and system.swapped and "xy" in columns:
        columns["yx"] = columns.pop("xy")
        remarks.append(Notice("new.turned", file=given.name, column=columns["yx"]))
    elif system is not None and system.swapped:
        columns["x"], columns["y"] = columns["y"], columns["x"]
        values = {"x": columns["x"], "y": columns["y"]}
        remarks.append(Notice("new.swapped", file=given.name, values=values))
    keys: dict[str, Value] = {"file": names[given.path], **where_in(given)}
    if repeats:
        keys["number_repeats"] = True
    merged = _merged(role)
    if merged is not None:
        keys["fill_down"] = (merged,)
        values = {"canonical": merged}
        remarks.append(Notice("new.merged", file=given.name, column=columns[merged], values=values))
    remarks += _on_system(role, system, crs)
    if system is not None and system.crs is not None and system.crs != crs:
        keys["crs"] = system.crs
    tables: dict[str, dict[str, Value]] = {}
    units: dict[str, Value] = {}
    for name, unit, notice in _units(role):
        if unit is not None:
            units[name] = unit
        if notice is not None:
            remarks.append(notice)
    remarks += _unread(role, units)
    unknown: dict[str, int] = {}
    for name, canonical, meant in _words(role):
        if meant.all():
            listed = {w: one if len(one) > 1 else one[0] for w, one in meant.all().items()}
            tables[name] = tables.get(name, {}) | listed
        if name == "types":
            unknown = meant.unknown
            if not meant.all():
                tables[name] = {}
        remarks += _on_words(given, name, columns[canonical], meant)
    if unclear := _no_for_now(role):
        tables["features"] = unclear | tables.get("features", {})
    if "households" in columns:
        columns["everyone"] = columns.pop("households")
    own = {name: local for name, local in columns.items() if name != local}
    below: dict[str, dict[str, Value]] = {"columns": dict(own), "units": units, **tables}
    kept = {name: table for name, table in below.items() if table or name == "types"}
    remarks += _missing(role)
    return Section(role.role, keys, kept, unknown, tuple(remarks))


def _settled(role: Role, said: list[Notice]) -> tuple[Role, bool]:
    """Return the role without columns that would do harm, and with ids that tell records apart.

    And whether these are names that have to be numbered to do so.
    """
    columns = dict(role.columns)
    given = role.given
    if given.shape is not None:
        columns = {name: m for name, m in columns.items() if name not in ("x", "y", "xy")}
    repeats = False
    if "id" in columns:
        columns["id"], repeats = identity(role, columns["id"], said)
    if {"x", "y"} <= set(columns):
        columns |= _pair(columns["x"], columns["y"])
    chain = columns.get("chain")
    # What is called chain is read as such, and siting check says which words it does not know.
    if chain is not None and chain.local != "chain" and _not_yes_or_no(given, chain):
        said.append(Notice("new.chain", file=given.name, column=columns.pop("chain").local))
    for name in FEATURES:
        if name in columns:
            columns = _own_feature(given, name, columns, said)
    if "floor" in columns and plain(columns["floor"].local.rpartition(JOIN)[2]) in _STOREYS:
        said.append(Notice("new.storeys", file=given.name, column=columns["floor"].local))
    if role.role != "places":
        return replace(role, columns=columns), repeats
    known = {group.id for group in load_catalogue().groups}
    for name, match in columns.items():
        if name.startswith("aged_") and name not in known:
            values = {"group": name, "known": ", ".join(sorted(known))}
            said.append(Notice("new.group", file=given.name, column=match.local, values=values))
    return replace(role, columns=columns), repeats


def _merged(role: Role) -> str | None:
    """Return the column whose empty cells seem to belong to the one above them.

    So they do where each of its words stands once, the first in the first record.
    """
    canonical = _MERGED.get(role.role)
    match = role.columns.get(canonical or "")
    if match is None or not len(role.given.rows):
        return None
    column = role.given.columns[match.local]
    words = [as_word(v) for v in column.values[~column.blank]]
    once = len(words) == len(set(words)) and not column.blank[0]
    return canonical if once and column.blank.any() else None


def _pair(x: Match, y: Match) -> dict[str, Match]:
    """Return the first two columns for coordinates that speak of the same system."""
    for one in (x.local, *x.also):
        for other in (y.local, *y.also):
            if named_system(one.casefold()) == named_system(other.casefold()):
                return {"x": replace(x, local=one), "y": replace(y, local=other)}
    return {"x": x, "y": y}


def _not_yes_or_no(given: Given, match: Match) -> dict[str, int]:
    """Return the words of a column that are neither yes nor no, and how often they stand there."""
    column = given.columns[match.local]
    words = Counter(as_word(v) for v in column.values[~column.blank])
    return {word: count for word, count in words.items() if yes_or_no(word) is None}


def _own_feature(
    given: Given, name: str, columns: dict[str, Match], said: list[Notice]
) -> dict[str, Match]:
    """Return the columns without that of a feature that holds something else, as amounts."""
    match = columns[name]
    column = given.columns[match.local]
    strange = _unclear(given, match)
    count = int((~column.blank).sum())
    if not strange:
        return columns
    listed = ", ".join(f"{word} ({n})" for word, n in list(strange.items())[:_SHOWN])
    amounts = 2 * sum(strange.values()) > count
    key = "new.no_yes_no" if amounts else "new.yes_no"
    more = " ..." if len(strange) > _SHOWN else ""
    feature = Name(*(text(f"new.feature_{name}", lang) for lang in ("en", "zh")))
    values = {"feature": feature, "id": name, "listed": listed + more}
    said.append(Notice(key, file=given.name, column=match.local, values=values))
    if amounts:
        return {one: other for one, other in columns.items() if one != name}
    return columns


def _unclear(given: Given, match: Match) -> dict[str, int]:
    """Return the words of a feature's column that tell neither yes nor no nor a feature."""
    odd = _not_yes_or_no(given, match)
    return {word: odd[word] for word in features(given.columns[match.local]).unknown if word in odd}


def _no_for_now(role: Role) -> dict[str, Value]:
    """Return the words of all features' columns that nobody understands, as meaning none."""
    matches = [role.columns[name] for name in FEATURES if name in role.columns]
    return {word: () for match in matches for word in _unclear(role.given, match)}


def _on_system(role: Role, system: System | None, crs: str | None) -> Iterator[Notice]:
    if system is None:
        return
    given = role.given
    values = {"crs": system.crs or "", "city": crs or ""}
    yield Notice(system.key, file=given.name, values=values)
    if system.crs is None and crs is not None:
        yield Notice("new.crs_mixed", file=given.name, values=values)
    for i in system.turned[:_SHOWN]:
        column = given.columns[role.columns["id"].local] if "id" in role.columns else None
        value = None if column is None else column.shown(i)
        yield Notice("new.turned_row", file=given.name, row=int(given.rows[i]), value=value)
    if len(system.turned) > _SHOWN:
        more = {"count": len(system.turned) - _SHOWN}
        yield Notice("city.more", file=given.name, values=more)


def _units(role: Role) -> Iterator[tuple[str, str | float | None, Notice | None]]:
    """Return column, unit for city.toml (None: siting's own), and the remark on it."""
    given, columns = role.given, role.columns

    def notice(key: str, canonical: str, **values: object) -> Notice:
        if isinstance(values.get("unit"), str):
            values["unit"] = Name(english_unit(str(values["unit"])), str(values["unit"]))
        return Notice(key, file=given.name, column=columns[canonical].local, values=dict(values))

    for name in ("area_m2", "spare_m2"):
        if name in columns:
            unit = area_unit(with_unit(columns[name].local, given.above, "area"))
            yield name, unit, notice("new.unit", name, unit=unit) if unit else None
    for name in ("capital_m2", "capital_fixed"):
        if name in columns:
            unit = cost_unit(with_unit(columns[name].local, given.above, MEASURES[name]))
            yield name, unit, notice("new.unit", name, unit=unit) if unit else None
    if role.role == "spaces" and "rent_m2_month" in columns:
        local = columns["rent_m2_month"].local
        said = with_unit(local, given.above, "rent")
        rent = rent_unit(said, numbers_in(given.columns[local]))
        key = "new.rent" if rent.sure else "new.rent_guess"
        shown = rent.unit or "元/㎡/月"
        silent = (rent.sure and rent.unit is None) or bool(unread_in(local, "rent"))
        yield (
            "rent_m2_month",
            rent.unit,
            None if silent else notice(key, "rent_m2_month", unit=shown),
        )
    if "area_m2" in columns and role.role == "spaces" and columns["area_m2"].also:
        also = ", ".join(columns["area_m2"].also)
        yield "area_m2", None, notice("new.area_also", "area_m2", also=also)
    for name in columns:
        local = columns[name].local
        unit = share_unit(local, given.columns[local]) if name.startswith("aged_") else None
        if unit is not None:
            yield name, unit, notice("new.share", name, unit=unit)
        elif name == "everyone" or name.startswith("aged_"):
            factor = people_factor(with_unit(columns[name].local, given.above, "people"))
            people = Name(f"{factor or 1:g} persons", f"{factor or 1:g} 人")
            yield name, factor, notice("new.people", name, people=people) if factor else None
    if "everyone" in columns:
        if columns["everyone"].also:
            also = ", ".join(columns["everyone"].also)
            yield "everyone", None, notice("new.people_also", "everyone", also=also)
        if "户籍" in columns["everyone"].local:
            yield "everyone", None, notice("new.registered", "everyone")
    elif "households" in columns:
        yield "everyone", HOUSEHOLD, notice("new.households", "households", size=HOUSEHOLD)


def _unread(role: Role, units: dict[str, Value]) -> Iterator[Notice]:
    """Say which words beside a measure are no unit, and what its numbers are read as."""
    for name, match in role.columns.items():
        measure = measure_of(name)
        words = unread_in(match.local, measure) if measure is not None else ()
        if measure is None or not words:
            continue
        unit = units.get(name)
        own = OWN[measure]
        if isinstance(unit, str):
            own = Name(english_unit(unit), unit)
        elif unit is not None:
            own = Name(f"{unit} {own.en}", f"{unit} {own.zh}")
        values = {"words": ", ".join(words), "unit": own, "role": role.role}
        yield Notice("new.unread_unit", file=role.given.name, column=match.local, values=values)


def _words(role: Role) -> Iterator[tuple[str, str, Translated]]:
    """Return, for each column of words, the table of city.toml, the column, and what they mean."""
    for name in FEATURES:
        match = role.columns.get(name)
        if match is not None:
            odd = _not_yes_or_no(role.given, match)
            meant = features(role.given.columns[match.local])
            yield "features", name, Translated({w: m for w, m in meant.known.items() if w in odd})
    readers = {
        "type": ("types", categories),
        "kind": ("kinds", kinds),
        "features": ("features", features),
    }
    for canonical, (name, read) in readers.items():
        match = role.columns.get(canonical)
        if match is not None:
            yield name, canonical, read(role.given.columns[match.local])


def _on_words(given: Given, name: str, column: str, meant: Translated) -> Iterator[Notice]:
    for key, found in (("known", meant.known), ("alike", meant.alike)):
        if found:
            pairs = ", ".join(f"{w} = {'+'.join(one)}" for w, one in list(found.items())[:_SHOWN])
            more = " ..." if len(found) > _SHOWN else ""
            values = {"count": len(found), "pairs": pairs + more}
            yield Notice(f"new.{name}_{key}", file=given.name, column=column, values=values)
    if meant.unknown:
        most = list(meant.unknown.items())
        listed = ", ".join(f"{word} ({count})" for word, count in most[:_SHOWN])
        more = " ..." if len(most) > _SHOWN else ""
        values = {"count": len(most), "listed": listed + more}
        yield Notice(f"new.{name}_unknown", file=given.name, column=column, values=values)


def _missing(role: Role) -> Iterator[Notice]:
    """Say what is required and was not found, and what else a table should have."""
    here = set(role.columns) | ({"everyone"} if "households" in role.columns else set())
    wanted = _REQUIRED[role.role]
    if role.given.shape is None:
        wanted = (*wanted, *(() if "xy" in here else ("x", "y")))
    for canonical in wanted:
        if canonical not in here:
            values = {"canonical": canonical}
            yield Notice(f"new.missing_{canonical}", file=role.given.name, values=values)
    if role.role == "spaces" and here.isdisjoint(("features", *FEATURES)):
        yield Notice("new.no_features", file=role.given.name)
