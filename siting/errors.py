"""What can go wrong, as data: notices (faults and remarks) and the errors that carry them.

Every error has the exit code of the command line, so that a programme that embeds the library
and a shell script see the same classes of failure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from siting.frozen import lock_mappings
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable


_MOST_SHOWN = 2_000
"""Characters of a word in a sentence; a file can hold words of any length."""


class Name(str):
    """An id that sentences call by its name in their language; it is equal to the id."""

    __slots__ = ("en", "zh")
    zh: str
    en: str

    def __new__(cls, word: str, zh: str, en: str | None = None) -> Name:
        """Return the id `word` with its names; without an English one it is its own."""
        found = super().__new__(cls, word)
        found.zh = zh
        found.en = word if en is None else en
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return (Name, (str(self), self.zh, self.en))


@dataclass(frozen=True)
class Notice:
    """One thing that is wrong (a fault) or suspicious (a remark), with its whereabouts.

    Parameters
    ----------
    key
        Key of the sentence in a ``words.toml``; the sentence says what is wrong and how to mend it.
    file
        Name of the file as the user wrote it, or None.
    row
        Row as a spreadsheet counts it: the header is row 1, the first record is row 2.
    column
        The column's name in the user's table.
    value
        The offending value as text.
    values
        What else the sentence names.
    """

    key: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    values: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        lock_mappings(self)

    def line(self, lang: Lang = "en") -> str:
        """Return the notice as one line: whereabouts, then the sentence."""
        parts = []
        if self.file is not None:
            parts.append(_short(self.file, 200))
        if self.row is not None:
            parts.append(text("errors.row", lang, row=self.row))
        if self.column is not None:
            parts.append(text("errors.column", lang, column=_short(self.column, 60)))
        if self.value is not None:
            parts.append(text("errors.value", lang, value=_short(self.value, 60)))
        where = text("errors.join", lang).join(parts)
        values = {
            name: getattr(value, lang)
            if isinstance(value, Name)
            else _short(value, _MOST_SHOWN)
            if isinstance(value, str)
            else value
            for name, value in self.values.items()
        }
        said = text(self.key, lang, **values)
        line = text("errors.line", lang, where=where, said=said) if where else said
        return " ".join(line.split())


def _short(word: str, most: int) -> str:
    return word if len(word) <= most else word[: most - 3] + "..."


class SitingError(Exception):
    """Base of all errors that siting raises on purpose.

    Attributes
    ----------
    exit_code
        What the command line returns for it.
    notices
        Everything that was found wrong, at once.
    """

    exit_code = 1

    def __init__(self, notices: Iterable[Notice] | Notice) -> None:
        self.notices = (notices,) if isinstance(notices, Notice) else tuple(notices)
        super().__init__("\n".join(n.line("en") for n in self.notices))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.notices,))


class InputError(SitingError):
    """Bad usage or bad input (exit code 2)."""

    exit_code = 2


class InfeasibleError(SitingError):
    """No plan meets the stated demands (exit code 3)."""

    exit_code = 3


class NoPlanError(SitingError):
    """No plan was found in the time (exit code 4)."""

    exit_code = 4


class VerificationError(SitingError):
    """The independent check found a number that does not hold (exit code 5)."""

    exit_code = 5


class Interrupted(SitingError):  # noqa: N818  it is a request, not a fault
    """Interrupted before there was a plan to save (exit code 130)."""

    exit_code = 130


def import_extra(module: str, extra: str) -> Any:
    """Return a library that comes with an optional extra of siting.

    Raises
    ------
    InputError
        It is not installed; the line says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as fault:
        values = {"library": fault.name or module, "extra": extra}
        raise InputError(Notice("errors.extra", values=values)) from fault
