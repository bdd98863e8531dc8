"""Options that several commands share, and the numbers and locks they are written in.

Help texts are keys of ``words.toml``; `siting.cli.main` puts the sentences in their place.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

import typer

from siting.arguments import fault, is_positive, is_share, is_whole
from siting.errors import InputError, Notice


class Tongue(StrEnum):
    """Languages."""

    zh = "zh"
    en = "en"


Lang = Annotated[Tongue | None, typer.Option("--lang", help="help_lang")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="help_quiet")]
Json = Annotated[bool, typer.Option("--json", help="help_json")]
Debug = Annotated[bool, typer.Option("--debug", help="help_debug")]
CityFolder = Annotated[str, typer.Argument(metavar="CITY", help="help_city", show_default=False)]
StandardName = Annotated[str | None, typer.Option("--standard", metavar="S", help="help_standard")]


class Numbers:
    """Reads numbers from options, and gathers what is wrong with all of them."""

    def __init__(self) -> None:
        self.faults: list[Notice] = []

    def amount(self, option: str, words: str | None, *, infinite: bool = False) -> float | None:
        """Return an amount that is not negative; None if the option was not given."""
        if words is None:
            return None
        number = _number(words)
        if number is None or math.isnan(number) or number < 0.0:
            self._fault("cli.bad_amount", option, words)
            return None
        if math.isinf(number) and not (infinite and "inf" in words.lower()):
            self._fault("cli.bad_infinite", option, words)
            return None
        return number

    def positive(self, option: str, words: str) -> float:
        """Return a number above 0 and finite."""
        number = _number(words)
        if number is None or not is_positive(number):
            self.faults.append(fault("bad_positive", option, words))
            return 1.0
        return number

    def share(self, option: str, words: str) -> float:
        """Return a number from 0 to below 1."""
        number = _number(words)
        if number is None or not is_share(number):
            self.faults.append(fault("bad_share", option, words))
            return 0.0
        return number

    def whole(self, option: str, words: str | None, *, least: int) -> int:
        """Return a whole number of at least `least` (20_000 and 2e4 are the same)."""
        number = None if words is None else _whole(words)
        if number is None or not is_whole(number, least):
            self.faults.append(fault("bad_whole", option, words or "", least=least))
            return least
        return number

    def pair(self, option: str, words: str) -> tuple[str, str]:
        """Return SPACE:TYPE split at the last colon, as a space's id may hold colons itself.

        A Chinese colon counts where there is no other.
        """
        space, colon, kind = words.rpartition(":" if ":" in words else "：")
        if not colon or not space.strip() or not kind.strip():
            self._fault("cli.bad_pair", option, words)
        return space.strip(), kind.strip()

    def shares(self, option: str, said: list[str]) -> dict[str, float] | None:
        """Return NAME=SHARE pairs, each share from 0 to 1 (80% is 0.8); None where none is said."""
        found: dict[str, float] = {}
        for words in said:
            name, _, amount = (part.strip() for part in words.rpartition("="))
            number = _number(amount.removesuffix("%"))
            share = number / 100.0 if number is not None and amount.endswith("%") else number
            if not name or share is None or not 0.0 <= share <= 1.0:
                self._fault("cli.bad_named_share", option, words)
            elif name in found:
                self._fault("cli.bad_twice", option, words)
            else:
                found[name] = share
        return found or None

    def known(self, option: str, words: str | None, known: tuple[str, ...]) -> None:
        """Refuse a word that is not one of `known`; None says nothing."""
        if words is not None and words not in known:
            self.faults.append(fault("bad_word", option, words, known=", ".join(known)))

    def folder(self, option: str, words: str) -> None:
        """Refuse a name without any character, which would mean the current directory."""
        if not words.strip():
            self.faults.append(Notice("cli.no_name", values={"option": option}))

    def refuse(self) -> None:
        """Raise everything that was wrong.

        Raises
        ------
        InputError
            If anything was.
        """
        if self.faults:
            raise InputError(self.faults)

    def _fault(self, key: str, option: str, value: str, **values: object) -> None:
        self.faults.append(Notice(key, value=value, values={"option": option, **values}))


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None


def _whole(words: str) -> int | None:
    try:
        return int(words)
    except ValueError:
        number = _number(words)
    return int(number) if number is not None and number.is_integer() else None
