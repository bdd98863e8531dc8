"""Whether the purses could pay an option beside the plan, found by linear programmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from siting.verify.compare import fen, fen_below

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City, Floats, Ints
    from siting.plan.document import Document
    from siting.standard.model import Fund, Question
    from siting.standard.options import Options
    from siting.verify.money import Pays

_HALF = 0.5  # fen: amounts are whole, so that less is rounding


@dataclass(frozen=True, eq=False)
class Purse:
    """One kind of money: what a plan owes, and who may pay for what.

    Attributes
    ----------
    general
        Fen, inf where there is no limit.
    funds
        Fen in each.
    share
        Largest share of one cost that each fund pays.
    owed, by
        Costs of the plan in fen, and which funds may pay each, shape (items, funds).
    of_option, of_space
        Which funds may pay an option, and a one-off cost, shape (n, funds).
    capital
        Whether this is capital.
    """

    general: float
    funds: Floats
    share: Floats
    owed: Floats
    by: NDArray[np.bool_]
    of_option: NDArray[np.bool_]
    of_space: NDArray[np.bool_]
    capital: bool


def owed_by(
    document: Document, city: City, question: Question, options: Options, pays: Pays
) -> Purse:
    """Return what a plan owes of one kind of money."""
    funds = [fund for fund in question.funds if fund.pays == pays]
    index = {word: s for s, word in enumerate(city.spaces.id)}
    types = question.standard.types
    amounts = [fen_below(fund.amount) for fund in funds]
    general = fen_below(getattr(question.budget, pays))
    at = [_at(fund, city) for fund in funds]
    owed = [(index[p.space], p.type, fen(getattr(p, pays))) for p in document.projects]
    of_space = [mine & (fund.types is None) for fund, mine in zip(funds, at, strict=True)]
    of_option = [
        mine[options.space]
        & np.array([fund.types is None or kind.id in fund.types for kind in types], dtype=bool)[
            options.type
        ]
        for fund, mine in zip(funds, at, strict=True)
    ]
    one_off = [one for one in document.one_off if one.space in index and pays == "capital"]
    by = [
        [bool(mine[s]) and (fund.types is None or word in fund.types) for s, word, _ in owed]
        + [bool(mine[index[one.space]]) and fund.types is None for one in one_off]
        for fund, mine in zip(funds, at, strict=True)
    ]
    # costs below nothing are told elsewhere
    costs = [max(0, cost or 0) for _, _, cost in owed]
    costs += [max(0, fen(one.capital) or 0) for one in one_off]

    def columns(rows: list[Any], size: int) -> NDArray[np.bool_]:
        table: NDArray[np.bool_] = np.array(rows, dtype=bool).reshape(len(funds), size).T
        return table

    return Purse(
        general=np.inf if general is None else float(general),
        funds=np.array([np.inf if a is None else float(a) for a in amounts]),
        share=np.array([fund.share for fund in funds]),
        owed=np.array(costs, dtype=np.float64),
        by=columns(by, len(costs)),
        of_option=columns(of_option, len(options)),
        of_space=columns(of_space, len(city.spaces)),
        capital=pays == "capital",
    )


def _at(fund: Fund, city: City) -> NDArray[np.bool_]:
    """Return the spaces whose kind and community a fund pays for."""
    kinds = np.array([fund.kinds is None or k in fund.kinds for k in city.spaces.kind], dtype=bool)
    names = fund.communities
    circles = np.array([names is None or c in names for c in city.communities], dtype=bool)
    found: NDArray[np.bool_] = kinds & circles[city.spaces.community]
    return found


def payable(
    purses: tuple[Purse, Purse], options: Options, listed: Ints, opened: set[int]
) -> NDArray[np.bool_]:
    """Return which of the listed options the purses can pay beside the plan."""
    can = np.ones(len(listed), dtype=bool)
    space = options.space[listed]
    fresh = ~np.isin(space, np.array(sorted(opened), dtype=np.int64))
    for purse in purses:
        if np.isinf(purse.general):
            continue
        cost = (options.capital_fen if purse.capital else options.subsidy_fen)[listed]
        once = np.where(fresh & purse.capital, options.fixed_fen[space], 0)
        due = (cost + once).astype(np.float64)
        left = purse.general - float(purse.owed.sum()) + _from_funds(purse, purse.owed, purse.by)
        may = purse.of_option[listed], purse.of_space[space]
        # funds give an item no more than they hold, or than their share of it
        most = np.zeros(len(listed))
        for cost_of, of in zip((cost, once), may, strict=True):
            for f, share in enumerate(purse.share):
                most += of[:, f] * np.minimum(purse.funds[f], np.floor(share * cost_of + 1e-6))
        can &= due <= left + most + _HALF
        if (np.vstack((purse.by, purse.of_option, purse.of_space)).sum(axis=1) <= 1).all():
            can &= _pays_with_one_fund_each(purse, cost, once, may)
            continue
        known: dict[tuple[float, float, bytes, bytes], bool] = {}
        for k in np.flatnonzero(can & (due > left + _HALF)).tolist():
            key = float(cost[k]), float(once[k]), may[0][k].tobytes(), may[1][k].tobytes()
            if key not in known:
                owed = np.append(purse.owed, [float(cost[k]), float(once[k])])
                by = np.vstack((purse.by, may[0][k], may[1][k]))
                rest = float(owed.sum()) - _from_funds(purse, owed, by)
                known[key] = rest <= purse.general + _HALF
            can[k] = known[key]
    return can


def _pays_with_one_fund_each(
    purse: Purse, cost: Ints, once: Ints, may: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """Return which costs can be paid, where every fund gives all it can: none has a rival."""
    rest = float(purse.owed.sum()) + cost + once
    for f, (held, share) in enumerate(zip(purse.funds, purse.share, strict=True)):

        def top(owed: Floats | Ints, of: NDArray[np.bool_], share: float = float(share)) -> Floats:
            part: Floats = np.where(of, np.floor(share * owed + 1e-6), 0.0)
            return part

        asked = top(purse.owed, purse.by[:, f]).sum()
        asked = asked + top(cost, may[0][:, f]) + top(once, may[1][:, f])
        rest = rest - np.minimum(asked, held)
    found: NDArray[np.bool_] = rest <= purse.general + _HALF
    return found


def _from_funds(purse: Purse, owed: Floats, by: NDArray[np.bool_]) -> float:
    """Return the most that funds can pay of what is owed."""
    if not by.any():
        return 0.0
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    whole, group = _alike(purse, by)
    top_of = np.floor(purse.share * owed[:, None] + 1e-6)
    size = len(whole)
    due = np.bincount(group, owed, size).astype(np.float64)
    tops = np.stack([np.bincount(group, top, size) for top in top_of.T], axis=1)
    item, fund = np.nonzero(whole)
    each = np.arange(len(item))
    row = np.concatenate((item, size + fund))
    matrix = csr_array(
        (np.ones(len(row)), (row, np.concatenate((each, each)))),
        shape=(size + len(purse.funds), len(item)),
    )
    held = np.minimum(purse.funds, float(due.sum()))
    top = tops[item, fund]
    found = linprog(
        -np.ones(len(item)),
        A_ub=cast("Any", matrix),
        b_ub=np.concatenate((due, held)),
        bounds=cast("Any", np.stack([np.zeros(len(item)), top], axis=1)),
    )
    return -float(np.rint(cast("float", found.fun)))


def _alike(purse: Purse, by: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Ints]:
    """Return rows of `by` to put together, and which of them each item belongs to.

    Items that the same funds may pay are one, unless two of those funds pay only a share: then
    what can be split over all of them need not be so over each.
    """
    hard = (by & (purse.share < 1.0)).sum(axis=1) > 1
    bits = np.where(hard, len(by) + 1, 0)
    bits[hard] += np.arange(int(hard.sum()))
    for column in by.T:
        _, bits = np.unique(bits * 2 + column, return_inverse=True)
    _, first, group = np.unique(bits, return_index=True, return_inverse=True)
    return by[first], group.astype(np.int64)
