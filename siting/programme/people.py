"""C7, C8 and C12: rows that count residents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.rows import Line, Part, part

if TYPE_CHECKING:
    from siting.programme.frame import Frame

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def gaps_of(frame: Frame, t: int, community: int | None) -> tuple[Ints, Floats]:
    """Return the needs of a type where people live, in one community or city-wide, and how many."""
    if community is not None:
        return frame.lacking(t, community)
    mine = frame.needs.of_type(t)
    total = np.asarray(frame.needs.people[mine].sum(axis=1), dtype=np.float64).reshape(-1)
    rows = np.flatnonzero(total > 0)
    return rows + mine.start, total[rows]


def floor_share_rows(frame: Frame) -> Part:
    """Return C7: sum min(G, D) z >= D."""
    lines: list[Line] = []
    z = frame.at("z").start
    for floor in frame.rules.floors:
        rows, people = gaps_of(frame, floor.type, floor.community)
        lines.append((z + rows, np.minimum(people, floor.needed), floor.needed, np.inf))
    return part(lines)


def presence_rows(frame: Frame) -> Part:
    """Return C8: presence, the grades' counts, their mandatory types and their ladder."""
    grades = frame.rules.grades
    if grades is None or not frame.is_graded:
        return part([])
    return part([*_present(frame), *_graded(frame)])


def _present(frame: Frame) -> list[Line]:
    """Return D p <= sum min(G, D) z, p <= sum x, and p of several ways <= the sum of them."""
    lines: list[Line] = []
    grades = frame.rules.grades
    assert grades is not None
    z, p = frame.at("z").start, frame.at("p").start
    for (t, c), k in frame.presence.own.items():
        if grades.located:
            mine = frame.in_circle(t, c)
        else:
            needed = float(grades.needed[t, c])
            rows, people = frame.lacking(t, c)
            columns = np.append(z + rows, p + k)
            values = np.append(-np.minimum(people, needed), needed)
            lines.append((columns, values, -np.inf, 0.0))
            mine = frame.reaching(t, rows)
        lines.append((np.append(mine, p + k), np.append(-np.ones(len(mine)), 1.0), -np.inf, 0.0))
    for (ways, c), k in frame.presence.any_of.items():
        columns = np.array([*(p + frame.presence.own[u, c] for u in ways), p + k])
        lines.append((columns, np.append(-np.ones(len(ways)), 1.0), -np.inf, 0.0))
    return lines


def _graded(frame: Frame) -> list[Line]:
    """Return (n - present already) g <= sum p, g <= p of mandatory types, g[k] <= g[k-1]."""
    lines: list[Line] = []
    grades = frame.rules.grades
    assert grades is not None
    p = frame.at("p").start
    column = {
        pair: frame.at("g").start + at
        for at, pair in enumerate(zip(*(a.tolist() for a in frame.graded), strict=True))
    }
    for (k, c), g in column.items():
        if grades.held_today[k, c]:
            continue

        def at_most(n: float, ways: list[tuple[int, ...]], g: int = g, c: int = c) -> Line:
            found = [frame.presence.of(types, c) for types in ways]
            columns = [p + at for at in found if at is not None]
            values = np.append(-np.ones(len(columns)), n)
            return np.array([*columns, g]), values, -np.inf, 0.0

        for word, n in grades.least[k].items():
            types = [t for t, other in enumerate(grades.classes) if other == word]
            absent = [t for t in types if not grades.counting_today[t, c]]
            lacking = n - (len(types) - len(absent))
            if lacking > 0:
                lines.append(at_most(float(lacking), [grades.counts_by[t] for t in absent]))
        mandatory = grades.mandatory[k]
        if mandatory is None:
            lines.append(at_most(1.0, []))
        else:
            for t in mandatory:
                if not grades.present_today[t, c]:
                    lines.append(at_most(1.0, [grades.stand_ins[t]]))
        if (k - 1, c) in column:
            lower = np.array([column[k - 1, c], g])
            lines.append((lower, np.array([-1.0, 1.0]), -np.inf, 0.0))
    return lines


def capacity_rows(frame: Frame) -> Part:
    """Return C12: h <= sum G z, h <= spare + sum b, sum b <= residents per outlet x."""
    capacity = frame.rules.capacity
    if capacity is None:
        return part([])
    lines: list[Line] = []
    z, h, b = (frame.at(name).start for name in ("z", "h", "b"))
    kind, space, community = frame.taken
    circles = len(frame.city.communities)
    into = np.argsort(kind * circles + community, kind="stable")
    sorted_into = (kind * circles + community)[into]
    for k, (t, c) in enumerate(zip(*(a.tolist() for a in frame.served), strict=True)):
        rows, people = frame.lacking(t, c)
        lines.append((np.append(z + rows, h + k), np.append(-people, 1.0), -np.inf, 0.0))
        first, last = np.searchsorted(sorted_into, [t * circles + c, t * circles + c + 1])
        columns = b + into[first:last]
        values = np.append(-np.ones(len(columns)), 1.0)
        lines.append((np.append(columns, h + k), values, -np.inf, float(capacity.spare[t][c])))
    spaces = len(frame.city.spaces)
    pair = kind * spaces + space
    wanted = np.unique(pair)
    first, ends = np.searchsorted(pair, wanted), np.searchsorted(pair, wanted, side="right")
    of_option = frame.options.type * spaces + frame.options.space
    order = np.argsort(of_option, kind="stable")
    left = np.searchsorted(of_option[order], wanted, side="left")
    right = np.searchsorted(of_option[order], wanted, side="right")
    for at, key in enumerate(wanted.tolist()):
        columns = b + np.arange(first[at], ends[at])
        mine = order[left[at] : right[at]]
        t, s = divmod(key, spaces)
        most = capacity.per_outlet[t] * float(capacity.part[s])
        values = np.append(np.ones(len(columns)), np.full(len(mine), -most))
        lines.append((np.append(columns, mine), values, -np.inf, 0.0))
    return part(lines)
