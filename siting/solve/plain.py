"""A question with only floor areas, roof exclusions and money, as arrays for compiled loops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siting.programme.floor import PER_M2

if TYPE_CHECKING:
    from siting.solve.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Facts(NamedTuple):
    """What compiled loops know of a problem; o, m, s, k: options, needs, spaces, money rows.

    Attributes
    ----------
    starts, needs
        The needs that each option meets, as compressed rows, int32.
    weight
        Points of each need.
    rows, members
        The options that meet each need, as compressed rows, int32.
    space, kind, area
        Of each option: its space, its type, its floor area in millionths of a square metre.
    first
        Where the options of each space begin, shape (spaces + 1,).
    room, most
        Of each space: floor area, and how many types it takes.
    never
        True where two types exclude each other under a roof, shape (types, types).
    cost, fixed, limit
        Of each money row: costs of the options (k, o), one-off costs of the spaces (k, s), limit.
    stay
        True for chosen options that no move may drop.
    """

    starts: NDArray[np.int32]
    needs: NDArray[np.int32]
    weight: Floats
    rows: NDArray[np.int32]
    members: NDArray[np.int32]
    space: Ints
    kind: Ints
    area: Ints
    first: Ints
    room: Ints
    most: Ints
    never: Bools
    cost: Floats
    fixed: Floats
    limit: Floats
    stay: Bools


@dataclass(eq=False)
class State:
    """A plan that moves change in place; see `siting.solve.moves`."""

    chosen: Bools
    times: NDArray[np.int32]
    used: Ints
    number: Ints
    spent: Floats

    def parts(self) -> tuple[NDArray[np.generic], ...]:
        """Return the arrays as the compiled loops take them."""
        return self.chosen, self.times, self.used, self.number, self.spent

    def copy(self) -> State:
        """Return a state that changes for itself."""
        return State(*(part.copy() for part in self.parts()))  # type: ignore[arg-type]


def only_points(problem: Problem) -> bool:
    """Tell whether needs matter to nothing but points, and rules to no two spaces together.

    Then what is chosen outside a neighbourhood only takes needs and money away from it.
    """
    rules, stage = problem.rules, problem.stage
    return stage.kind in ("coverage", "class") and not (
        not problem.money_complete
        or stage.keep
        or stage.fixed
        or rules.floors
        or rules.grades is not None
        or rules.quotas
        or rules.apart
        or rules.most
        or rules.chain_share
        or rules.capacity is not None
    )


def is_plain(problem: Problem) -> bool:
    """Tell whether moves can keep all rules: floor area, roof exclusions, money and open locks."""
    rules = problem.rules
    return (
        only_points(problem)
        and not rules.basic_share
        and not (rules.roof is not None and rules.roof.only)
        and bool((problem.city.spaces.min_types <= 1).all())
    )


def facts_of(problem: Problem, stay: Ints) -> Facts:
    """Return the arrays of a plain problem; `stay` are the chosen options that opened locks ask."""
    city, options = problem.city, problem.options
    cover = problem.cover
    by_need = cover.tocsr()
    types = int(options.type.max(initial=-1)) + 1
    never = np.zeros((types, types), dtype=bool)
    if problem.rules.roof is not None:
        never |= problem.rules.roof.never[:types, :types]
    kept = np.zeros(len(options), dtype=bool)
    kept[stay] = True
    spaces, money = len(city.spaces), problem.money
    return Facts(
        starts=cover.indptr.astype(np.int32),
        needs=cover.indices.astype(np.int32),
        weight=problem.weight.astype(np.float64),
        rows=by_need.indptr.astype(np.int32),
        members=by_need.indices.astype(np.int32),
        space=options.space.astype(np.int64),
        kind=options.type.astype(np.int64),
        area=np.rint(options.area_m2 * PER_M2).astype(np.int64),
        first=np.searchsorted(options.space, np.arange(spaces + 1)).astype(np.int64),
        room=np.rint(city.spaces.area_m2 * PER_M2).astype(np.int64),
        most=city.spaces.max_types.astype(np.int64),
        never=never,
        cost=np.array([r.option for r in money], dtype=np.float64).reshape(-1, len(options)),
        fixed=np.array([r.space for r in money], dtype=np.float64).reshape(-1, spaces),
        limit=np.array([r.limit for r in money], dtype=np.float64),
        stay=kept,
    )


def state_of(facts: Facts, chosen: Ints) -> State:
    """Return the plan of the chosen options."""
    picked = np.zeros(len(facts.space), dtype=bool)
    picked[chosen] = True
    spaces = len(facts.room)
    number = np.bincount(facts.space[chosen], minlength=spaces).astype(np.int64)
    used = np.zeros(spaces, dtype=np.int64)
    np.add.at(used, facts.space[chosen], facts.area[chosen])
    option = np.repeat(np.arange(len(facts.space)), np.diff(facts.starts))
    times = np.bincount(facts.needs[picked[option]], minlength=len(facts.weight))
    spent = facts.cost[:, chosen].sum(axis=1) + facts.fixed @ (number > 0)
    return State(picked, times.astype(np.int32), used, number, spent)
