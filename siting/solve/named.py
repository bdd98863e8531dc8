"""The demands of a question by name, and the rows and bounds of its programme that state them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siting.programme.model import Block
from siting.programme.money import money_rows
from siting.programme.payments import STRUCTURE, whose_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.programme.model import Programme
    from siting.programme.money import MoneyRow
    from siting.solve.problem import Problem
    from siting.standard.model import Question

Ints = NDArray[np.int64]
Words = tuple[str, ...]
_NONE = np.empty(0, dtype=np.int64)
FEN = 100
MONEY = ("capital", "subsidy", "fund")


@dataclass(frozen=True, eq=False)
class Named:
    """One demand that a user stated.

    Attributes
    ----------
    kind
        ``capital``, ``subsidy``, ``fund``, ``room``, ``spacing``, ``chain``, ``lock``, ``quota``,
        ``floor``, ``target`` or ``grade``; its sentence is ``solve.demand_KIND``.
    values
        What the sentence names.
    rows, columns
        Rows that state it, and columns whose lower bound does.
    at
        What it is of: the position among the question's floors, quotas or so; the space's index;
        the purse.
    pays
        Of money: 0 for capital, 1 for the subsidy.
    """

    kind: str
    values: dict[str, Any]
    rows: Ints = field(default_factory=lambda: _NONE)
    columns: Ints = field(default_factory=lambda: _NONE)
    at: int = -1
    pays: int = -1


def find_named(problem: Problem, question: Question) -> list[Named]:
    """Return every demand that could conflict with others, those easiest to give up first."""
    types = tuple(kind.id for kind in question.standard.types)
    return [
        *_money(problem),
        *_rooms(problem),
        *_spacing(problem, types),
        *_chains(problem, question),
        *_locks(problem, types),
        *asked_from_below(problem, types),
    ]


def asked_from_below(problem: Problem, types: Words | None = None) -> list[Named]:
    """Return the demands that ask for more: quotas, floors, targets and grades.

    Parameters
    ----------
    types
        What the types are called; None where nobody will read it.
    """
    words = types if types is not None else tuple(map(str, range(len(problem.rules.classes))))
    return [*_quotas(problem, words), *_floors(problem, words), *_grades(problem)]


def without(programme: Programme, dropped: Sequence[Named]) -> Programme:
    """Return the programme without the rows and bounds of some demands, and with no objective."""
    keep = np.ones(len(programme.row_upper), dtype=bool)
    lower = programme.lower.copy()
    for named in dropped:
        keep[named.rows] = False
        lower[named.columns] = 0.0
    return replace(
        programme,
        value=np.zeros(len(programme.value)),
        lower=lower,
        matrix=programme.matrix[np.flatnonzero(keep)],
        row_lower=programme.row_lower[keep],
        row_upper=programme.row_upper[keep],
        rows=(Block("rows", 0, int(keep.sum())),),
    )


def _block(problem: Problem, name: str) -> Ints:
    block = problem.programme.row_range(name)
    return np.arange(block.start, block.stop)


def _options_of(problem: Problem, row: int) -> tuple[Ints, NDArray[np.float64]]:
    """Return the options of a row and their coefficients (the columns x stand first)."""
    matrix = problem.programme.matrix
    at = slice(matrix.indptr[row], matrix.indptr[row + 1])
    mine = matrix.indices[at] < len(problem.options)
    return matrix.indices[at][mine].astype(np.int64), matrix.data[at][mine]


def _money(problem: Problem) -> list[Named]:
    found = []
    for k, (name, kind) in enumerate((("C3", "capital"), ("C4", "subsidy"))):
        rows = _block(problem, name)
        paying = _paying_rows(problem, name)
        if not len(rows) and not paying:
            continue
        purses = problem.purses[k]
        limit = purses.amount_fen[0] or 0
        all_rows = np.append(rows, paying.get(0, _NONE))
        found.append(Named(kind, {"limit": f"{limit / FEN:,.2f}"}, all_rows, at=0, pays=k))
        money = [m for m in problem.money if m.name == name]
        for f in range(1, len(purses.names)):
            amount = purses.amount_fen[f]
            if amount is None:
                continue
            more = list(purses.amount_fen)
            more[f] = None
            both = list(problem.purses)
            both[k] = replace(purses, amount_fen=tuple(more))
            rest = {_key(m) for m in money_rows(problem.options, *both) if m.name == name}
            mine = [_key(m) not in rest for m in money]
            values = {"fund": purses.names[f], "limit": f"{amount / FEN:,.2f}"}
            own = np.append(rows[np.array(mine, dtype=bool)], paying.get(f, _NONE))
            found.append(Named("fund", values, own, at=f, pays=k))
    return found


def _paying_rows(problem: Problem, name: str) -> dict[int, Ints]:
    """Return the row of C6 that limits each purse, where one kind of money is paid by columns."""
    rows = _block(problem, "C6")
    return {
        purse: rows[[at]]
        for at, (k, purse) in enumerate(whose_rows(problem.payments))
        if purse != STRUCTURE and problem.payments[k].name == name
    }


def money_units(problem: Problem) -> dict[int, int]:
    """Return the fen that one unit is, of each row of C3, C4 and C6."""
    units = {name: [row.unit for row in problem.money if row.name == name] for name in ("C3", "C4")}
    units["C6"] = [problem.payments[k].unit for k, _ in whose_rows(problem.payments)]
    return {
        row: unit
        for name, own in units.items()
        for row, unit in zip(_block(problem, name).tolist(), own, strict=True)
    }


def _key(row: MoneyRow) -> tuple[int, bytes, bytes]:
    return row.limit * row.unit, row.option.tobytes(), row.space.tobytes()


def _rooms(problem: Problem) -> list[Named]:
    """Floor area, number of types and roof rules of the spaces that locks open."""
    options, spaces = problem.options, problem.city.spaces
    locked = np.unique(options.space[options.forced])
    rows: dict[int, list[int]] = {int(s): [] for s in locked}
    if not rows:
        return []
    for row in _block(problem, "C2").tolist():
        mine, value = _options_of(problem, row)
        s = int(options.space[mine[0]]) if len(mine) else -1
        if s in rows and (len(np.unique(options.type[mine])) > 1 or (value < 0).any()):
            rows[s].append(row)
    return [
        Named(
            "room",
            {
                "space": str(spaces.id[s]),
                "room": f"{spaces.area_m2[s]:g}",
                "least": int(spaces.min_types[s]),
                "most": int(spaces.max_types[s]),
            },
            np.array(own, dtype=np.int64),
            at=s,
        )
        for s, own in rows.items()
        if own
    ]


def _spacing(problem: Problem, types: Words) -> list[Named]:
    rows: dict[int, list[int]] = {}
    for row in _block(problem, "C10").tolist():
        mine, _ = _options_of(problem, row)
        rows.setdefault(int(problem.options.type[mine[0]]), []).append(row)
    return [
        Named("spacing", {"type": types[t]}, np.array(own, dtype=np.int64), at=t)
        for t, own in rows.items()
    ]


def _chains(problem: Problem, question: Question) -> list[Named]:
    rows = _block(problem, "C11")
    share = f"{100.0 * (question.standard.chain_share or 0.0):g}%"
    return [Named("chain", {"share": share}, rows)] if len(rows) else []


def _locks(problem: Problem, types: Words) -> list[Named]:
    options = problem.options
    found = []
    for row in _block(problem, "C5").tolist():
        mine, _ = _options_of(problem, row)
        s, t = int(options.space[mine[0]]), int(options.type[mine[0]])
        values = {"space": str(problem.city.spaces.id[s]), "type": types[t]}
        found.append(Named("lock", values, np.array([row]), at=int(mine[0])))
    return found


def _quotas(problem: Problem, types: Words) -> list[Named]:
    found = []
    for k, (row, quota) in enumerate(
        zip(_block(problem, "C9").tolist(), problem.rules.quotas, strict=True)
    ):
        values = {
            "type": types[quota.type],
            "community": problem.city.communities[quota.community],
        }
        if quota.outlets is not None:
            found.append(Named("quota", {**values, "need": quota.outlets}, np.array([row]), at=k))
        else:
            need = f"{(quota.micro_m2 or 0) / 1e6:,.1f}"
            found.append(Named("quota_m2", {**values, "need": need}, np.array([row]), at=k))
    return found


def _floors(problem: Problem, types: Words) -> list[Named]:
    found = []
    for k, (row, floor) in enumerate(
        zip(_block(problem, "C7").tolist(), problem.rules.floors, strict=True)
    ):
        values = {"type": types[floor.type], "share": f"{100.0 * floor.share:g}%"}
        kind = "target"
        if floor.community is not None:
            kind = "floor"
            values["community"] = problem.city.communities[floor.community]
        found.append(Named(kind, values, np.array([row]), at=k))
    return found


def _grades(problem: Problem) -> list[Named]:
    grades, frame = problem.rules.grades, problem.frame
    if grades is None or not grades.must:
        return []
    grade, community = frame.graded
    wanted = (grade == grades.target) & ~grades.held_today[grade, community]
    return [
        Named(
            "grade",
            {"community": problem.city.communities[int(community[k])]},
            columns=np.array([frame.at("g").start + k]),
            at=int(community[k]),
        )
        for k in np.flatnonzero(wanted).tolist()
    ]
