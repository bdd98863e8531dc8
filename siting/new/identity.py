"""Which column tells the records of a table apart, and by what people will read of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from siting.city.pairs import PAIRS
from siting.city.tables import as_word
from siting.errors import Notice
from siting.new.headings import plain, synonyms, words_of

if TYPE_CHECKING:
    from siting.new.headings import Match
    from siting.new.look import Given
    from siting.new.roles import Role

_SERIAL = ("序号", "gid", "fid", "objectid", "no")
_AT = ("x", "y", *PAIRS)


def identity(role: Role, match: Match, said: list[Notice]) -> tuple[Match, bool]:
    """Return the column of the ids, and whether they are names that have to be numbered.

    It is the first of those that would do in which every record has a word of its own. A mere
    serial number is the last resort: before it come names, though some stand twice.

    Parameters
    ----------
    match
        The column that was recognised, with others that would do.
    """
    given = role.given
    candidates = (match.local, *match.also)
    telling = [local for local in candidates if _tells_apart(given, local)]
    serial = [local for local in telling if plain(local) in _SERIAL]
    own = [local for local in telling if local not in serial]
    if not own and _is_name(match.local) and not given.columns[match.local].blank.any():
        said += _on_repeats(role, match)
        return match, True
    if not telling:
        said.append(Notice("new.id_twice", file=given.name, column=match.local))
        return match, False
    local = (own or serial)[0]
    if local != match.local:
        values = {"other": match.local}
        said.append(Notice("new.id_other", file=given.name, column=local, values=values))
    elif _is_name(local):
        said.append(Notice("new.id_name", file=given.name, column=local))
    names = [other for other in own if other != local]
    if names:
        values = {"names": ", ".join(names)}
        said.append(Notice("new.id_names", file=given.name, column=local, values=values))
    chosen = replace(match, local=local, also=tuple(c for c in candidates if c != local))
    return chosen, False


def _tells_apart(given: Given, local: str) -> bool:
    """Tell whether every record has a word of its own in a column."""
    column = given.columns[local]
    words = [as_word(v) for v in column.values[~column.blank]]
    return len(words) == len(given.rows) == len(set(words))


def _is_name(local: str) -> bool:
    """Tell whether a heading speaks of names that people use, not of codes."""
    known = {plain(word) for word in synonyms()["names"]["words"]}
    return any(word in known or word.endswith("名称") for word in words_of(local))


def _on_repeats(role: Role, match: Match) -> list[Notice]:
    """Say how many names stand twice, and how many of them in the same spot."""
    given = role.given
    at = [role.columns[name].local for name in _AT if name in role.columns]
    cells = {k: _words(given, local) for k, local in enumerate((match.local, *at))}
    frame = pd.DataFrame(cells)
    count, same = int(frame[0].duplicated().sum()), int(frame.duplicated().sum())
    said = [Notice("new.id_numbered", given.name, column=match.local, values={"count": count})]
    if same and at:
        values = {"count": same}
        said.append(Notice("new.id_same", given.name, column=match.local, values=values))
    return said


def _words(given: Given, local: str) -> list[str]:
    return [as_word(value) for value in given.columns[local].values]
