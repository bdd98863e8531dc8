"""A proposal for a city folder: sections of city.toml, and a remark on every guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from siting.errors import Notice

Value = str | float | bool | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """What city.toml says of one table.

    Attributes
    ----------
    name
        ``places``, ``outlets``, ``spaces``, ``communities``, ``streets`` or ``walks``.
    keys
        Plain keys and values, in order: ``file``, ``sheet``, ``header_row``, ``crs`` and so on.
    tables
        Name of a table below it (``columns``, ``units``, ``types``, ``kinds``, ``features``) to
        its keys and values.
    unknown
        Local categories that nobody recognised, with how many records have them.
    remarks
        What was guessed or is missing.
    """

    name: str
    keys: dict[str, Value]
    tables: dict[str, dict[str, Value]] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    remarks: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A city folder to be written.

    Attributes
    ----------
    name
        What the city is called.
    crs
        Of all tables that state none; None: plain metres.
    sections
        In the order of city.toml.
    copies
        Name in the folder to the file it is a copy of.
    blank
        Tables (``places``, ``outlets``, ``spaces``) of which a template is written.
    remarks
        What holds for no table in particular.
    """

    name: str
    crs: str | None
    sections: tuple[Section, ...]
    copies: dict[str, Path] = field(default_factory=dict)
    blank: tuple[str, ...] = ()
    remarks: tuple[Notice, ...] = ()

    def all_remarks(self) -> tuple[Notice, ...]:
        """Return every remark, those on the whole first."""
        return self.remarks + tuple(n for section in self.sections for n in section.remarks)
