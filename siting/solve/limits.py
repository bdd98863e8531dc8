"""Whether a choice of options keeps every rule, exactly.

Money, floor areas and numbers are compared in whole numbers (fen, millionths of a square metre),
never with a tolerance: a solver's choice is believed only after this. Sums of residents and of
need points are compared as `siting.programme.rules` and `siting.programme.stage` say (`SLACK`,
`KEEP_SLACK`), because they are sums of fractions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.choice import own_presence, reached, share
from siting.programme.floor import BASIC, PER_M2
from siting.programme.money import costs_of
from siting.programme.objectives import cost_row
from siting.programme.stage import KEEP_SLACK
from siting.standard.purses import lacking

if TYPE_CHECKING:
    from siting.programme.rules import Roof
    from siting.solve.problem import Problem
    from siting.standard.options import Options

Ints = NDArray[np.int64]
_WHOLE = 1_000_000


def broken(problem: Problem, chosen: Ints) -> list[Ints]:
    """Return sets of chosen options of which not all can stay; empty if none.

    Rules that only ask for more (locks, floors, grades, quotas, kept stages) are not looked at:
    see `kept`.

    Parameters
    ----------
    problem
        The question.
    chosen
        Indices of chosen options, ascending.

    Returns
    -------
    list of arrays
        Option indices of each broken rule; leaving out enough of them mends it. A space with too
        few types is returned with all of them.
    """
    return [
        *_over_floor(problem, chosen),
        *_over_roof(problem, chosen),
        *_over_money(problem, chosen),
        *_over_counts(problem, chosen),
    ]


def kept(problem: Problem, chosen: Ints) -> bool:
    """Tell whether a choice keeps every rule of the question, and what earlier stages reached."""
    return (
        not broken(problem, chosen)
        and locks_kept(problem.options, chosen)
        and _quotas_kept(problem, chosen)
        and _residents_kept(problem, chosen)
        and _stages_kept(problem, chosen)
    )


def locks_kept(options: Options, chosen: Ints) -> bool:
    """Tell whether every opened pair is among the chosen options."""
    forced = np.flatnonzero(options.forced)
    wanted = set(zip(options.space[forced].tolist(), options.type[forced].tolist(), strict=True))
    have = set(zip(options.space[chosen].tolist(), options.type[chosen].tolist(), strict=True))
    return wanted <= have


def _over_floor(problem: Problem, chosen: Ints) -> list[Ints]:
    """C2: floor area, numbers of types, one option a pair."""
    city, options = problem.city, problem.options
    space, kind = options.space[chosen], options.type[chosen]
    room = np.rint(city.spaces.area_m2 * PER_M2).astype(np.int64)
    size = len(city.spaces)
    used = np.zeros(size, dtype=np.int64)
    np.add.at(used, space, _micro(options, chosen))
    count = np.bincount(space, minlength=size)
    _, pair, times = np.unique(
        space * (int(options.type.max(initial=0)) + 1) + kind,
        return_inverse=True,
        return_counts=True,
    )
    bad = (used > room) | (count > city.spaces.max_types)
    bad |= (count > 0) & (count < city.spaces.min_types)
    if len(chosen):
        bad[space[times[pair] > 1]] = True
    return [chosen[space == s] for s in np.flatnonzero(bad)]


def _over_roof(problem: Problem, chosen: Ints) -> list[Ints]:
    """C2: who may share a roof, and the least share of basic types."""
    options, rules = problem.options, problem.rules
    if rules.roof is None and not rules.basic_share:
        return []
    found = []
    space = options.space[chosen]
    for s in np.unique(space).tolist():
        mine = chosen[space == s]
        if rules.roof is not None:
            found += _under_roof(rules.roof, s, mine, options.type[mine])
        if s in rules.basic_share:
            basic = np.array([rules.classes[t] == BASIC for t in options.type[mine].tolist()])
            micro = _micro(options, mine)
            have, all_of = sum(micro[basic].tolist()), sum(micro.tolist())
            if have * _WHOLE < rules.basic_share[s] * all_of:
                found.append(mine[~basic])
    return found


def _under_roof(roof: Roof, s: int, mine: Ints, types: Ints) -> list[Ints]:
    found = []
    for k, t in enumerate(types.tolist()):
        against = mine[k + 1 :][roof.never[t, types[k + 1 :]]]
        found += [np.array([mine[k], other]) for other in against.tolist()]
        if not roof.free[s]:
            found += [mine[[k]] for u, mask in roof.only if u == t and not mask[types].any()]
    return found


def _over_money(problem: Problem, chosen: Ints) -> list[Ints]:
    """C3, C4 and C6."""
    found = []
    space = problem.options.space[chosen]
    opened = np.unique(space)
    for row in problem.money:
        spent = sum(row.option[chosen].tolist()) + sum(row.space[opened].tolist())
        if spent > row.limit:
            found.append(chosen[(row.option[chosen] > 0) | (row.space[space] > 0)])
    for k, (name, cost, fixed) in enumerate(costs_of(problem.options)):
        if any(money.name == name for money in problem.payments):
            purses = problem.purses[k]
            costs = np.concatenate([cost[chosen], fixed[opened]])
            masks = np.concatenate([purses.option_mask[chosen], purses.space_mask[opened]])
            fen, short = lacking(costs.tolist(), masks.tolist(), purses.amount_fen, purses.share)
            if fen > 0:
                dear = np.array(short, dtype=bool) & (costs > 0)
                own, once = dear[: len(chosen)], opened[dear[len(chosen) :]]
                found.append(chosen[own | np.isin(space, once)])
    return found


def _over_counts(problem: Problem, chosen: Ints) -> list[Ints]:
    """C10 and C11."""
    city, options, rules = problem.city, problem.options, problem.rules
    space, kind = options.space[chosen], options.type[chosen]
    found = []
    for apart in rules.apart:
        mine = (kind == apart.type) & np.isin(space, apart.spaces)
        if mine.sum() > 1:
            found.append(chosen[mine])
    for most in rules.most:
        mine = (kind == most.type) & (city.spaces.community[space] == most.community)
        if mine.sum() > most.outlets:
            found.append(chosen[mine])
    chain = options.chain[chosen]
    if int(chain.sum()) * _WHOLE < rules.chain_share * len(chosen):
        found.append(chosen[~chain])
    return found


def _quotas_kept(problem: Problem, chosen: Ints) -> bool:
    """C9."""
    city, options = problem.city, problem.options
    space, kind = options.space[chosen], options.type[chosen]
    for quota in problem.rules.quotas:
        mine = chosen[(kind == quota.type) & (city.spaces.community[space] == quota.community)]
        if quota.outlets is not None and len(mine) < quota.outlets:
            return False
        if quota.micro_m2 is not None and sum(_micro(options, mine).tolist()) < quota.micro_m2:
            return False
    return True


def _residents_kept(problem: Problem, chosen: Ints) -> bool:
    """C7, and C8 where a grade must be reached."""
    rules = problem.rules
    grades = rules.grades
    if not rules.floors and (grades is None or not grades.must):
        return True
    met = problem.covered(chosen)
    gained = problem.frame.people_in(met)
    for floor in rules.floors:
        people = gained[floor.type]
        if (people.sum() if floor.community is None else people[floor.community]) < floor.needed:
            return False
    if grades is None or not grades.must:
        return True
    held = grades.held(own_presence(problem.frame, chosen, met))
    return bool(held[-1][grades.residents > 0].all())


def _stages_kept(problem: Problem, chosen: Ints) -> bool:
    """Rows ``keep``."""
    stage, frame = problem.stage, problem.frame
    if not stage.keep and not stage.fixed:
        return True
    levels = list(stage.fixed)
    values = problem.vector(chosen)
    for one in stage.keep:
        if one.stage.kind == "cost":
            option, space, most = cost_row(frame, one.value)
            opened = np.unique(problem.options.space[chosen])
            if sum(option[chosen].tolist()) + sum(space[opened].tolist()) > most:
                return False
        elif reached(frame, values, one.stage) < one.least:
            return False
        levels += one.stage.fixed
    return all(share(frame, values, c) >= level * (1.0 - KEEP_SLACK) for c, level in levels)


def _micro(options: Options, chosen: Ints) -> Ints:
    return np.rint(options.area_m2[chosen] * PER_M2).astype(np.int64)
