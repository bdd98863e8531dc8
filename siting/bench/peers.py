"""Who takes part, by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS = "siting"


@dataclass(frozen=True)
class Plain:
    """A back end that is given the plain formulation, and settings on top of its own defaults."""

    solver: str
    settings: Mapping[str, Any] = field(default_factory=dict)


PLAIN = {
    "highs": Plain("highs"),
    "scip": Plain("scip"),
    "cp-sat-2": Plain("cp-sat", {"num_workers": 2}),
    "cp-sat-8": Plain("cp-sat", {"num_workers": 8}),
    "cbc": Plain("cbc"),
}
"""Peers on the whole question."""

OUTSIDE = {"spopt": "spopt", "abw-maxcover": "abw_maxcover"}
"""Peers that know one type and a number of sites, with the module each is imported as."""

PEERS = (OURS, *PLAIN, *OUTSIDE)
"""All of them, in the order of the table."""


def installed(peer: str) -> bool:
    """Return whether one of the `OUTSIDE` peers can be imported."""
    return find_spec(OUTSIDE[peer]) is not None
