"""C9 to C11: rows that count options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.programme.floor import PER_M2
from siting.programme.rows import Line, Part, part

if TYPE_CHECKING:
    from siting.programme.frame import Frame

_WHOLE = 1_000_000


def quota_rows(frame: Frame) -> Part:
    """Return C9: outlets or floor area that a community must still get of a type."""
    lines: list[Line] = []
    micro = np.rint(frame.options.area_m2 * PER_M2)
    for quota in frame.rules.quotas:
        mine = frame.in_circle(quota.type, quota.community)
        if quota.outlets is not None:
            lines.append((mine, np.ones(len(mine)), float(quota.outlets), np.inf))
        if quota.micro_m2 is not None:
            lines.append((mine, micro[mine] / PER_M2, quota.micro_m2 / PER_M2, np.inf))
    return part(lines)


def spacing_rows(frame: Frame) -> Part:
    """Return C10: at most one of a clique, at most so many in a community; rows that can bind."""
    lines: list[Line] = []
    spaces = len(frame.city.spaces)
    for apart in frame.rules.apart:
        here = np.zeros(spaces, dtype=bool)
        here[apart.spaces] = True
        mine = frame.of_type(apart.type)
        mine = mine[here[frame.options.space[mine]]]
        if len(np.unique(frame.options.space[mine])) > 1:
            lines.append((mine, np.ones(len(mine)), -np.inf, 1.0))
    for most in frame.rules.most:
        mine = frame.in_circle(most.type, most.community)
        if len(np.unique(frame.options.space[mine])) > most.outlets:
            lines.append((mine, np.ones(len(mine)), -np.inf, float(most.outlets)))
    return part(lines)


def operator_rows(frame: Frame) -> Part:
    """Return C11: chains are at least a share of the projects."""
    share, chain = frame.rules.chain_share, frame.options.chain
    if not share or chain.all():
        return part([])
    own = np.arange(len(chain))
    return part([(own, share / _WHOLE - chain.astype(np.float64), -np.inf, 0.0)])
