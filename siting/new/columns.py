"""What is said of a table whatever it holds: how it was read, what was recognised of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.errors import Name, Notice
from siting.words import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.new.look import Given
    from siting.new.roles import Role

_SHOWN = 15


def role_word(role: str) -> Name:
    """Return a role as sentences call it, in both languages."""
    return Name(text(f"new.role_{role}", "en"), text(f"new.role_{role}", "zh"))


def has_position(role: Role) -> bool:
    """Tell whether the table has columns for both coordinates."""
    return {"x", "y"} <= set(role.columns)


def where_in(given: Given) -> dict[str, str | int]:
    """Return where in its file a table stands, as far as city.toml has to say so."""
    section = given.section
    said = {"sheet": section.sheet, "layer": section.layer, "header_row": section.header_row}
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
    heading = given.section.header_row
    if heading is not None:
        yield Notice("new.heading", file=given.name, row=heading)
    for canonical, match in columns.items():
        if not match.sure:
            values = {"canonical": canonical}
            yield Notice("new.alike", file=given.name, column=match.local, values=values)
    used = {match.local for match in columns.values()}
    unused = [h for h in given.source.names if h and h not in used]
    if unused:
        more = " ..." if len(unused) > _SHOWN else ""
        values = {"unused": ", ".join(unused[:_SHOWN]) + more}
        yield Notice("new.unused", file=given.name, values=values)
