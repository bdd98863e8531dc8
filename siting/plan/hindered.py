"""What keeps an option that is allowed by itself from being added to a plan as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.standing import by_community, outlets_of
from siting.standard.money import MILLION, millionths
from siting.standard.purses import most_paid_fen, pay
from siting.standard.rules import never_together
from siting.standard.spacing import near_any

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.standard.purses import Purses

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

HINDRANCES = (
    "min_types",
    "basic_share",
    "roof",
    "full",
    "apart",
    "most",
    "operators",
    "money",
)
"""Too few types could join it in the space; too little of the floor would be basic; a project in
the space may not share its roof; projects fill the space; a project of the type is too near; the
community has as many as it may; too few would be chains; what is left of the purses that may pay
it is less than it costs. The first that holds is told."""

_BASIC = "basic"


def find_hindrances(
    city: City,
    question: Question,
    options: Options,
    purses: tuple[Purses, Purses],
    chosen: Ints,
) -> Ints:
    """Return for each option 0 if it could be added to a plan, else 1 + index in `HINDRANCES`.

    Of a space that nothing opens in yet the other types it may need are only known to be possible:
    what they cost does not count.

    Parameters
    ----------
    purses
        Those of capital and of subsidy.
    chosen
        The options of the plan.
    """
    if not len(options):
        return np.zeros(0, dtype=np.int64)
    rules = rule_hindrances(city, question, options, chosen)
    return first_hindrance(options, purses, chosen, rules)


def rule_hindrances(
    city: City, question: Question, options: Options, chosen: Ints
) -> tuple[Bools, ...]:
    """Return for each of `HINDRANCES` but money the options that it keeps out, shape (n,)."""
    return (
        *_floor(city, question, options, chosen),
        _too_near(city, question, options, chosen),
        _most_reached(city, question, options, chosen),
        _too_few_chains(question, options, chosen),
    )


def first_hindrance(
    options: Options, purses: tuple[Purses, Purses], chosen: Ints, rules: tuple[Bools, ...]
) -> Ints:
    """Return what `find_hindrances` does, where `rule_hindrances` are known."""
    code = np.zeros(len(options), dtype=np.int64)
    for k, holds in enumerate(rules, start=1):
        code[(code == 0) & holds] = k
    free = np.flatnonzero(code == 0)
    dear = _too_dear(options, purses, chosen, free)
    code[free[dear]] = len(HINDRANCES)
    return code


def by_pair(options: Options, code: Ints) -> Ints:
    """Return hindrances by space and type: that of the form that comes farthest, 0 if one is free.

    Returns
    -------
    matrix (spaces, types)
        -1 where the pair has no option.
    """
    # 0 is best, then the last of the list
    rank = np.where(code == 0, len(HINDRANCES) + 1, code)
    best = np.full(options.refused.shape, -1, dtype=np.int64)
    np.maximum.at(best, (options.space, options.type), rank)
    best[best == len(HINDRANCES) + 1] = 0
    return best


def _floor(
    city: City, question: Question, options: Options, chosen: Ints
) -> tuple[Bools, Bools, Bools, Bools]:
    """Return where too few types could join, basic floor lacks, a roof is barred, and all full."""
    standard, spaces = question.standard, city.spaces
    size, space, kind = len(spaces), options.space, options.type
    room = np.rint(spaces.area_m2 * MILLION).astype(np.int64)[space]
    area = np.rint(options.area_m2 * MILLION).astype(np.int64)
    never = never_together(standard.types, standard.roof)
    is_basic = np.array([one.type_class == _BASIC for one in standard.types], dtype=bool)

    holds = np.zeros(options.refused.shape, dtype=bool)
    holds[space[chosen], kind[chosen]] = True
    count = holds.sum(axis=1)
    used = np.bincount(space[chosen], weights=area[chosen], minlength=size)
    basic = np.bincount(
        space[chosen], weights=area[chosen] * is_basic[kind[chosen]], minlength=size
    )
    opened = count[space] > 0

    barred = (holds @ never)[space, kind]
    full = opened & ((count[space] >= spaces.max_types[space]) | (used[space] + area > room))

    alone = np.zeros(len(options), dtype=bool)
    for t in np.unique(kind[~opened & (spaces.min_types[space] > 1)]).tolist():
        mine = np.flatnonzero((kind == t) & ~opened & (spaces.min_types[space] > 1))
        others = ~never[t]
        others[t] = False
        least = _extreme(options, area, others, np.minimum)[space[mine]]
        least.sort(axis=1)
        taken = np.cumsum(np.column_stack((area[mine], least)), axis=1)
        last = np.minimum(spaces.min_types[space[mine]] - 1, least.shape[1])
        alone[mine] = (taken[np.arange(len(mine)), last] > room[mine]) | (
            spaces.min_types[space[mine]] > least.shape[1] + 1
        )

    thin = np.zeros(len(options), dtype=bool)
    if spaces.basic_share is not None:
        asked = np.nan_to_num(spaces.basic_share)[space]
        asks = (asked > 0) & ~is_basic[kind]
        could = basic[space]
        for t in np.unique(kind[asks & ~opened]).tolist():
            mine = asks & ~opened & (kind == t)
            most = _extreme(options, area, is_basic & ~never[t], np.maximum)[space[mine]]
            could[mine] = np.minimum(most.clip(0).sum(axis=1), (room - area)[mine])
        share = millionths(asked)
        rest = np.where(opened, used[space] - basic[space], 0.0) + area
        thin = asks & np.array(
            [
                round(b) * MILLION < p * (round(b) + round(r))
                for b, r, p in zip(could.tolist(), rest.tolist(), share.tolist(), strict=True)
            ],
            dtype=bool,
        )
    return alone, thin, barred, full


def _extreme(options: Options, area: Ints, of_type: Bools, which: np.ufunc) -> NDArray[np.float64]:
    """Return the least or largest area of options of some types, shape (spaces, types)."""
    far = np.inf if which is np.minimum else -np.inf
    found = np.full(options.refused.shape, far)
    mine = of_type[options.type]
    which.at(found, (options.space[mine], options.type[mine]), area[mine])
    return found


def _too_near(city: City, question: Question, options: Options, chosen: Ints) -> Bools:
    found = np.zeros(len(options), dtype=bool)
    if "spacing" not in question.enforce:
        return found
    for t, one in enumerate(question.standard.types):
        metres = question.standard.spacing_m.get(one.id)
        if metres is None:
            continue
        mine = np.flatnonzero(options.type == t)
        there = options.space[chosen[options.type[chosen] == t]]
        mine = mine[~np.isin(options.space[mine], there)]
        here, x, y = options.space[mine], city.spaces.x, city.spaces.y
        found[mine] = near_any(x[here], y[here], x[there], y[there], metres)
    return found


def _most_reached(city: City, question: Question, options: Options, chosen: Ints) -> Bools:
    standard = question.standard
    found = np.zeros(len(options), dtype=bool)
    if "most" not in question.enforce or not standard.most_per_community:
        return found
    have = by_community(city, standard, *outlets_of(city, standard))
    np.add.at(have, (options.type[chosen], city.spaces.community[options.space[chosen]]), 1.0)
    limit = [standard.most_per_community.get(one.id, np.inf) for one in standard.types]
    reached = have >= np.array(limit)[:, None]
    found |= reached[options.type, city.spaces.community[options.space]]
    return found


def _too_few_chains(question: Question, options: Options, chosen: Ints) -> Bools:
    share = question.standard.chain_share
    if "operators" not in question.enforce or share is None:
        return np.zeros(len(options), dtype=bool)
    chains = int(options.chain[chosen].sum())
    few = chains * MILLION < millionths(share) * (len(chosen) + 1)
    return ~options.chain & bool(few)


def _left_fen(
    options: Options, purses: Purses, chosen: Ints, cost: Ints, mask: Ints, once: bool
) -> tuple[float, NDArray[np.float64]]:
    """Return what the general budget has left at most, and what funds could give to some costs.

    Parameters
    ----------
    cost, mask
        Costs in fen and the purses that may pay them, shape (n,).
    once
        Whether the one-off costs of opened spaces are paid from these purses too.

    Returns
    -------
    float and array (n,)
        In fen, inf where there is no limit. More than the second no fund can give; where several
        costs have funds in common they cannot all have it.
    """
    paid, by = _owed(options, purses, chosen, once)
    parts = pay(paid, by, purses.amount_fen, purses.share)
    general = purses.amount_fen[0]
    spent = sum(fen for one in parts for purse, fen in one if purse == 0)
    most = np.zeros(len(cost))
    for f in range(1, len(purses.names)):
        held = purses.amount_fen[f]
        may = (mask >> f & 1).astype(bool)
        if not may.any():
            continue
        at_most = most_paid_fen(purses.share[f], cost[may])
        most[may] += np.minimum(at_most, np.inf if held is None else held)
    return (np.inf if general is None else float(general - spent)), most


def _owed(
    options: Options, purses: Purses, chosen: Ints, once: bool
) -> tuple[list[int], list[int]]:
    """Return what a plan pays from some purses, and which of them may pay each."""
    cost = options.capital_fen if once else options.subsidy_fen
    paid, by = cost[chosen].tolist(), purses.option_mask[chosen].tolist()
    if once:
        opened = np.unique(options.space[chosen])
        paid += options.fixed_fen[opened].tolist()
        by += purses.space_mask[opened].tolist()
    return paid, by


def most_payable_fen(
    options: Options, purses: Purses, chosen: Ints, o: int, *, once: bool
) -> tuple[int, int | None]:
    """Return what an option costs more of one kind of money, and what purses have for it at most.

    However the purses share out what the plan costs. The one-off cost of a space that nothing opens
    in yet is part of it; None: there is no limit.

    Parameters
    ----------
    once
        Whether the purses are those of capital.
    """
    cost, fixed = cost_fen(options, chosen, o, once=once)
    over = over_fen(options, purses, chosen, o, cost, once=once)
    return cost + fixed, None if over is None else cost + fixed - over


def over_fen(
    options: Options, purses: Purses, chosen: Ints, o: int, cost: int, *, once: bool
) -> int | None:
    """Return what the general budget would lack beside a plan if an option itself cost `cost` fen.

    0 or less where the purses suffice; None: there is no limit.
    """
    general = purses.amount_fen[0]
    if general is None:
        return None
    paid, by = _owed(options, purses, chosen, once)
    fixed = cost_fen(options, chosen, o, once=once)[1]
    masks = int(purses.option_mask[o]), int(purses.space_mask[int(options.space[o])])
    return _general_fen([*paid, cost, fixed], [*by, *masks], purses) - general


def funds_left_fen(options: Options, purses: Purses, chosen: Ints, o: int, *, once: bool) -> int:
    """Return what funds could pay of an option beside a plan, so that general money need not.

    Parameters
    ----------
    once
        Whether the purses are those of capital.
    """
    paid, by = _owed(options, purses, chosen, once)
    costs = cost_fen(options, chosen, o, once=once)
    masks = int(purses.option_mask[o]), int(purses.space_mask[int(options.space[o])])
    before = _general_fen(paid, by, purses)
    return sum(costs) - (_general_fen([*paid, *costs], [*by, *masks], purses) - before)


def cost_fen(options: Options, chosen: Ints, o: int, *, once: bool) -> tuple[int, int]:
    """Return what an option costs of one kind of money, and what opening its space still costs."""
    s = int(options.space[o])
    fixed = 0 if not once or (options.space[chosen] == s).any() else int(options.fixed_fen[s])
    return int((options.capital_fen if once else options.subsidy_fen)[o]), fixed


def _general_fen(costs: list[int], masks: list[int], purses: Purses) -> int:
    """Return the least that the general budget pays of some costs."""
    parts = pay(costs, masks, (None, *purses.amount_fen[1:]), purses.share)
    return sum(fen for one in parts for purse, fen in one if purse == 0)


def _too_dear(options: Options, purses: tuple[Purses, Purses], chosen: Ints, free: Ints) -> Bools:
    """Return which of some options the purses cannot pay beside a plan."""
    opened = np.isin(options.space[free], options.space[chosen])
    fixed = np.where(opened, 0, options.fixed_fen[options.space[free]])
    found = np.zeros(len(free), dtype=bool)
    for once, purse in ((True, purses[0]), (False, purses[1])):
        cost = (options.capital_fen if once else options.subsidy_fen)[free]
        extra = fixed if once else np.zeros_like(fixed)
        mask, at = purse.option_mask[free], purse.space_mask[options.space[free]]
        left, most = _left_fen(options, purse, chosen, cost, mask, once)
        more = _left_fen(options, purse, chosen, extra, at, once)[1]
        found |= cost + extra > left + most + more
        # between the two it depends on how funds share out what they pay already
        between = np.flatnonzero(~found & (cost + extra > left))
        if _apart(purse):
            asked = cost[between], extra[between], mask[between], at[between]
            found[between] = _short(options, purse, chosen, once, *asked)
            continue
        known: dict[tuple[int, int, int, int], bool] = {}
        for k in between.tolist():
            key = (int(cost[k]), int(extra[k]), int(mask[k]), int(at[k]))
            if key not in known:
                need, have = most_payable_fen(options, purse, chosen, int(free[k]), once=once)
                known[key] = have is None or have >= need
            found[k] = not known[key]
    return found


def _apart(purses: Purses) -> bool:
    """Tell whether no cost may be paid by two funds, so that each fund pays all it can."""
    funds = np.concatenate([purses.option_mask, purses.space_mask]) >> 1
    return not bool((funds & (funds - 1)).any())


def _short(
    options: Options,
    purses: Purses,
    chosen: Ints,
    once: bool,
    cost: Ints,
    extra: Ints,
    mask: Ints,
    at: Ints,
) -> Bools:
    """Return which costs are too much beside a plan, where funds have no cost in common.

    Parameters
    ----------
    cost, extra
        Of an option and of its space, in fen.
    mask, at
        The purses that may pay the one and the other.
    """
    paid, by = _owed(options, purses, chosen, once)
    owed, payers = np.array(paid, dtype=np.int64), np.array(by, dtype=np.int64)
    rest = owed.sum() + cost + extra
    for f in range(1, len(purses.names)):
        share, held = purses.share[f], purses.amount_fen[f]
        given = most_paid_fen(share, owed[payers >> f & 1 == 1]).sum()
        given = given + most_paid_fen(share, cost) * (mask >> f & 1)
        given = given + most_paid_fen(share, extra) * (at >> f & 1)
        rest -= given if held is None else np.minimum(given, held)
    too_much: Bools = rest > purses.amount_fen[0]
    return too_much
