"""Which of the tables somebody has is that of the places, of the outlets, and so on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.new.headings import Match, columns_of, synonyms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.new.look import Given

ROLES = ("places", "outlets", "spaces", "communities", "streets", "nodes", "edges", "walks")
_ENOUGH = 4
_LOCATED = 3


@dataclass(frozen=True, eq=False)
class Role:
    """A table that was recognised.

    Attributes
    ----------
    role
        One of `ROLES`.
    given
        The table.
    columns
        What of it was recognised, by canonical name.
    """

    role: str
    given: Given
    columns: dict[str, Match]


def roles_of(tables: Sequence[Given]) -> tuple[dict[str, Role], list[tuple[Given, str | None]]]:
    """Return the best table for each role, and those that are left with the role they look like.

    A table has one role, the likeliest; of several tables with the same one, the likeliest counts,
    and in doubt that with most rows.
    """
    likely: dict[str, list[tuple[int, int, Role]]] = {}
    left: list[tuple[Given, str | None]] = []
    for given in tables:
        scored = [_score(given, role) for role in ROLES]
        score, best = max(scored, key=lambda item: item[0])
        if score < _ENOUGH:
            left.append((given, None))
        else:
            likely.setdefault(best.role, []).append((score, len(given.rows), best))
    chosen = {}
    for role in ROLES:
        ranked = sorted(likely.get(role, []), key=lambda item: item[:2], reverse=True)
        if ranked:
            chosen[role] = ranked[0][2]
            left += [(other.given, role) for _, _, other in ranked[1:]]
    left = [item for item in left if not _made_communities(item, chosen)]
    if ("nodes" in chosen) != ("edges" in chosen):  # one is of no use without the other
        for role in ("nodes", "edges"):
            if role in chosen:
                left.append((chosen.pop(role).given, role))
    return chosen, left


def _made_communities(item: tuple[Given, str | None], chosen: dict[str, Role]) -> bool:
    """Take areas with residents for communities where another table is that of the places."""
    given, role = item
    if role != "places" or given.shape != "areas" or "communities" in chosen:
        return False
    columns = columns_of("communities", given.source.names)
    if "id" not in columns:
        return False
    chosen["communities"] = Role("communities", given, columns)
    return True


def _score(given: Given, role: str) -> tuple[int, Role]:
    columns = columns_of(role, given.source.names)
    known = Role(role, given, columns)
    here = set(columns)
    title = max(
        (w for word, w in synonyms()["titles"].get(role, {}).items() if word in given.title),
        default=0,
    )
    if role == "streets":
        return (10 if given.shape == "lines" else 0), known
    if given.shape == "lines":
        return 0, known
    if role == "communities":
        polygons = given.shape == "areas" and "id" in here
        return (_ENOUGH + title if polygons else 0), known
    if role == "edges":
        return (8 if {"from", "to"} <= here else 0), known
    if role == "nodes":
        return (8 if {"node", "x", "y"} <= here else 0), known
    if role == "walks":
        timed = {"from", "to", "kind"} <= here and here & {"minutes", "metres"}
        return (12 if timed else 0), known
    weights = synonyms()["evidence"][role]
    score = sum(weights.get(_evidence(name), 0) for name in here) + title
    located = given.shape is not None or {"x", "y"} <= here or "xy" in here
    return (score + _LOCATED if score and located else score), known


def _evidence(canonical: str) -> str:
    return "group" if canonical.startswith("aged_") else canonical
