"""What is said of a table whatever it holds: how it was read, what was recognised of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import parsed
from siting.city.heading import JOIN
from siting.city.layouts import OUTLETS, PLACES, SPACES
from siting.city.pairs import numbers_of_pairs
from siting.city.spaces import FEATURES
from siting.errors import Name, Notice
from siting.new.headings import foreign_columns
from siting.words import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import Floats
    from siting.new.look import Given
    from siting.new.model import Value
    from siting.new.roles import Role

_OWN = {"places": PLACES, "outlets": OUTLETS, "spaces": SPACES}


def role_word(role: str) -> Name:
    """Return a role as sentences call it, in both languages."""
    return Name(text(f"new.role_{role}", "en"), text(f"new.role_{role}", "zh"))


def has_position(role: Role) -> bool:
    """Tell whether the table has columns for both coordinates, or one of both."""
    return {"x", "y"} <= set(role.columns) or "xy" in role.columns


def without_false_pairs(role: Role) -> Role:
    """Return the role without a column of both coordinates that holds none: ``location`` may be.

    Of a space it is then the address.
    """
    match = role.columns.get("xy")
    if match is None:
        return role
    column = role.given.columns[match.local]
    found = int(np.isfinite(numbers_of_pairs(column)[0]).sum())
    if 2 * found > int((~column.blank).sum()):
        return role
    columns = {name: one for name, one in role.columns.items() if name != "xy"}
    if role.role == "spaces":
        columns.setdefault("address", match)
    return replace(role, columns=columns)


def coordinates(role: Role) -> tuple[Floats, Floats]:
    """Return the numbers in the columns of coordinates, in the order of these columns.

    One of each a record, NaN where it has none.
    """
    given, columns = role.given, role.columns
    if "xy" in columns:
        return numbers_of_pairs(given.columns[columns["xy"].local])
    x, y = (parsed(given.columns[columns[name].local])[0] for name in ("x", "y"))
    return x, y


def where_in(given: Given) -> dict[str, Value]:
    """Return where in its file a table stands, as far as city.toml has to say so."""
    section = given.section
    rows = section.header_row
    said: dict[str, Value | None] = {
        "sheet": section.sheet,
        "layer": section.layer,
        "header_row": rows[0] if rows is not None and len(rows) == 1 else rows,
        "skip_rows": section.skip_rows or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def remarks_on_use(role: Role) -> Iterator[Notice]:
    """Say what the table was taken for, and which columns were and were not recognised."""
    given, columns = role.given, role.columns
    yield Notice(
        "new.taken_as",
        file=given.name,
        values={"role": role_word(role.role), "rows": len(given.rows)},
    )
    yield from given.remarks
    heading, skipped = given.section.header_row, given.section.skip_rows
    if heading is not None and len(heading) == 1:
        yield Notice("new.heading", file=given.name, row=heading[0])
    elif heading is not None:
        joined = {"rows": _listed(heading), "join": JOIN.strip()}
        yield Notice("new.headings", file=given.name, values=joined)
    if skipped:
        passed = {"count": len(skipped), "rows": _listed(skipped)}
        yield Notice("new.skipped", file=given.name, values=passed)
    for canonical, match in columns.items():
        if not match.sure:
            named = {"canonical": canonical}
            yield Notice("new.alike", file=given.name, column=match.local, values=named)
    own = [(name, columns[name].local) for name in FEATURES if name in columns]
    if own:
        pairs = ", ".join(f"{local} = {name}" for name, local in own)
        yield Notice("new.features_columns", file=given.name, values={"pairs": pairs})
    foreign = foreign_columns(role.role, given.source.names)
    for local, (canonical, unit) in foreign.items():
        named = {"canonical": canonical, "unit": unit}
        yield Notice("new.foreign", file=given.name, column=local, values=named)
    used = {match.local for match in columns.values()} | foreign.keys()
    if role.role in _OWN:  # siting takes them under its own names, whatever was recognised
        used |= set(_OWN[role.role].known())
    unused = [h for h in given.source.names if h and h not in used]
    if unused:
        yield Notice("new.unused", file=given.name, values={"unused": ", ".join(unused)})
    nameless = _nameless(given)
    if nameless:
        yield Notice("new.no_name", file=given.name, values={"columns": ", ".join(nameless)})


def _listed(rows: tuple[int, ...]) -> str:
    return ", ".join(map(str, rows))


def _nameless(given: Given) -> list[str]:
    """Return the letters of columns that hold something under no heading."""
    names = given.source.names
    cells = [row for _, row in given.source.below]
    width = max((len(row) for row in cells), default=0)
    full = [k for k in range(width) if any(k < len(row) and row[k] for row in cells)]
    return [_letters(k) for k in full if k >= len(names) or not names[k]]


def _letters(k: int) -> str:
    """Return what a spreadsheet calls column `k`, counted from 0."""
    return (_letters(k // 26 - 1) if k >= 26 else "") + chr(ord("A") + k % 26)
