"""What a caller states on top of a scenario's file: tables add up, and the caller goes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.standard.model import Locks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.standard.model import Rule

ALL = "*"


def add_locks(under: Locks, over: Locks) -> Locks:
    """Return both, without what `over` contradicts.

    A pair that `over` opens is taken out of what `under` forbids, where it stands there as a
    pair; one that a word of `over` forbids, be it with ``"*"``, out of what `under` opens.
    """

    def forbidden(space: str, kind: str) -> bool:
        return any(s in (space, ALL) and t in (kind, ALL) for s, t in over.forbid)

    opened = [pair for pair in under.open if not forbidden(*pair)]
    closed = [pair for pair in under.forbid if pair not in over.open]
    return Locks(
        open=tuple(dict.fromkeys((*opened, *over.open))),
        forbid=tuple(dict.fromkeys((*closed, *over.forbid))),
    )


def add_shares(under: Mapping[str, float], over: Mapping[str, float]) -> dict[str, float]:
    """Return the shares of both, those of `over` where both name the same type or class."""
    return {**under, **over}


def add_rules(under: tuple[Rule, ...], over: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return the rules of both, each once."""
    return tuple(dict.fromkeys((*under, *over)))
