"""Who may pay for what: the general budget (purse 0) and the earmarked funds (C6).

An item is an option's cost or a space's one-off cost. Every item may be paid from the general
budget; a fund pays options of its types, kinds and communities. A fund that names types pays no
one-off cost, because that cost belongs to the space and to no type. A fund with a share below 1
pays at most that share of each item.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from siting.standard.flow import Network
from siting.standard.money import MILLION, millionths

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Fund, Question
    from siting.standard.options import Options

MOST_FUNDS = 62
"""Of one kind of money: who may pay for an item is told in the bits of a number."""

Pays = Literal["capital", "subsidy_per_year"]


@dataclass(frozen=True, eq=False)
class Purses:
    """The purses of one kind of money and what each may pay for.

    Attributes
    ----------
    names
        ``general`` and the funds' ids.
    amount_fen
        Whole fen in each purse; None where it is unlimited.
    share
        Largest share of one item's cost that each purse pays (co-payment); 1.0 for ``general``.
    option_mask, space_mask
        Bit f is set where purse f may pay the option, or the space's one-off cost; bit 0 always.
    """

    names: tuple[str, ...]
    amount_fen: tuple[int | None, ...]
    share: tuple[float, ...]
    option_mask: NDArray[np.int64]
    space_mask: NDArray[np.int64]

    def limits(self) -> list[tuple[int, int]]:
        """Return the limits that together say whether the purses suffice.

        By Hall's theorem the purses can pay a set of items exactly if, for every union Q of the
        items' purse sets, the items payable only from Q cost no more than Q holds. Where a fund
        pays only a share (`needs_payments`) this is necessary, but not enough.

        Returns
        -------
        list of (Q as bits, fen)
            Ascending by Q; unions that hold an unlimited purse are left out.
        """
        return [(union, self.held_fen(union)) for union in self.unions() or ()]

    def unions(self, most: float = math.inf) -> list[int] | None:
        """Return the unions of the items' purse sets that hold no unlimited purse, ascending.

        Of N funds that each pay for something else there are 2^N; None is returned once there are
        more than `most`.
        """
        if self.amount_fen[0] is None:
            return []
        unlimited = sum(1 << f for f, amount in enumerate(self.amount_fen) if amount is None)
        found: set[int] = set()
        for mask in np.unique(np.concatenate([self.option_mask, self.space_mask])).tolist():
            if not mask & unlimited:
                found |= {mask | other for other in found} | {mask}
            if len(found) > most:
                return None
        return sorted(found)

    def held_fen(self, union: int) -> int:
        """Return what some purses, all of them limited, hold together."""
        return sum(a for f, a in enumerate(self.amount_fen) if union >> f & 1 and a is not None)


def find_purses(city: City, question: Question, options: Options, pays: Pays) -> Purses:
    """Return the purses that pay `pays`, and for each option and space which of them may pay."""
    funds = [f for f in question.funds if f.pays == pays]
    general = getattr(question.budget, pays)
    option_mask = np.ones(len(options), dtype=np.int64)
    space_mask = np.ones(len(city.spaces), dtype=np.int64)
    types = [t.id for t in question.standard.types]
    for bit, fund in enumerate(funds, start=1):
        if millionths(fund.share) == 0:
            continue  # it pays nothing
        at_space = _spaces_of(city, fund)
        of_type = np.array([fund.types is None or t in fund.types for t in types], dtype=bool)
        if len(options):
            pays_option = at_space[options.space] & of_type[options.type]
            option_mask |= pays_option.astype(np.int64) << bit
        if fund.types is None:
            space_mask |= at_space.astype(np.int64) << bit
    return Purses(
        names=("general", *(f.id for f in funds)),
        amount_fen=(to_fen(general), *(to_fen(f.amount) for f in funds)),
        share=(1.0, *(f.share for f in funds)),
        option_mask=option_mask,
        space_mask=space_mask,
    )


def _spaces_of(city: City, fund: Fund) -> NDArray[np.bool_]:
    pays = np.ones(len(city.spaces), dtype=bool)
    if fund.kinds is not None:
        pays &= np.isin(city.spaces.kind.astype(str), list(fund.kinds))
    if fund.communities is not None:
        named = np.array([c in fund.communities for c in city.communities], dtype=bool)
        pays &= named[city.spaces.community]
    return pays


def to_fen(yuan: float) -> int | None:
    """Return an amount of money in whole fen, rounded down; None for an unlimited one."""
    if np.isinf(yuan):
        return None
    return int(np.floor(np.round(yuan * 100.0, 4)))


def needs_payments(purses: Purses) -> bool:
    """Return whether limits alone cannot say if the purses suffice: a fund pays only a share."""
    paying = np.bitwise_or.reduce(np.concatenate([purses.option_mask, purses.space_mask]))
    return any(millionths(s) < MILLION and int(paying) >> f & 1 for f, s in enumerate(purses.share))


def most_paid_fen(share: float, cost_fen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what a purse may pay at most of each cost: its share, rounded down to the fen."""
    whole = [_most(share, cost) for cost in cost_fen.tolist()]
    return np.array(whole, dtype=np.int64)


def _most(share: float, cost_fen: int) -> int:
    return millionths(share) * cost_fen // MILLION


def pay(
    costs_fen: list[int],
    masks: list[int],
    amount_fen: tuple[int | None, ...],
    share: tuple[float, ...] | None = None,
) -> list[list[tuple[int, int]]]:
    """Split costs among purses, funds first, so that the general budget pays as little as it can.

    Parameters
    ----------
    costs_fen, masks
        Cost of each item in whole fen and the purses that may pay it.
    amount_fen
        What each purse holds; None: unlimited.
    share
        Largest share of one item's cost that each purse pays; None: all of it.

    Returns
    -------
    list
        For each item its payments (purse, fen), ascending by purse, none of 0.

    Raises
    ------
    ValueError
        The purses do not suffice.
    """
    heap, owed, mask_of = _heaps(costs_fen, masks, share)
    left, _ = _most_from_funds(owed, mask_of, amount_fen, share)
    rest = sum(owed) - sum(fen for parts in left for _, fen in parts)
    if amount_fen[0] is not None and rest > amount_fen[0]:
        raise ValueError("the purses do not suffice")
    payments = []
    for cost, k in zip(costs_fen, heap, strict=True):
        parts = []
        queue = left[k]
        while cost and queue:
            purse, held = queue[0]
            paid = min(cost, held)
            parts.append((purse, paid))
            cost -= paid
            if paid == held:
                queue.pop(0)
            else:
                queue[0] = (purse, held - paid)
        if cost:
            parts.insert(0, (0, cost))
        payments.append(parts)
    return payments


def lacking(
    costs_fen: list[int],
    masks: list[int],
    amount_fen: tuple[int | None, ...],
    share: tuple[float, ...] | None = None,
) -> tuple[int, list[bool]]:
    """Return how much the purses lack to pay all costs, and who asks too much of them.

    Parameters
    ----------
    costs_fen, masks, amount_fen, share
        As `pay` takes them.

    Returns
    -------
    fen
        By how much the general budget would have to grow; 0 or less where the purses suffice.
    list of bool
        True for items of which fewer would leave the general budget less to pay.
    """
    if amount_fen[0] is None:
        return 0, [False] * len(costs_fen)
    heap, owed, mask_of = _heaps(costs_fen, masks, share)
    paid, short = _most_from_funds(owed, mask_of, amount_fen, share)
    rest = sum(owed) - sum(fen for parts in paid for _, fen in parts)
    return rest - amount_fen[0], [short[k] for k in heap]


def _heaps(
    costs_fen: list[int], masks: list[int], share: tuple[float, ...] | None
) -> tuple[list[int], list[int], list[int]]:
    """Return the heap of each item, and of each heap what it costs and who may pay.

    Items that the same purses may pay in full are one heap of money, the others stand alone.
    """
    partial = sum(1 << f for f, s in enumerate(share or ()) if f and millionths(s) < MILLION)
    heap_of: dict[int, int] = {}
    heap: list[int] = []
    owed: list[int] = []
    mask_of: list[int] = []
    for cost, mask in zip(costs_fen, masks, strict=True):
        k = len(owed) if mask & partial else heap_of.setdefault(mask, len(owed))
        if k == len(owed):
            owed.append(0)
            mask_of.append(mask)
        owed[k] += cost
        heap.append(k)
    return heap, owed, mask_of


def _most_from_funds(
    owed: list[int],
    masks: list[int],
    amount_fen: tuple[int | None, ...],
    share: tuple[float, ...] | None,
) -> tuple[list[list[tuple[int, int]]], list[bool]]:
    """Return for each heap what each fund pays of it, together as much as funds can pay.

    And for each heap whether less of it would leave less to the general budget.
    """
    funds = range(1, len(amount_fen))
    source, sink = 0, len(amount_fen)
    network = Network(len(amount_fen) + 1 + len(owed))
    for f in funds:
        amount = amount_fen[f]
        network.add(f, sink, sum(owed) if amount is None else amount)
    arcs = []
    for k, (due, mask) in enumerate(zip(owed, masks, strict=True)):
        node = sink + 1 + k
        network.add(source, node, due)
        for f in funds:
            if mask >> f & 1:
                most = due if share is None or share[f] >= 1.0 else _most(share[f], due)
                arcs.append((k, f, network.add(node, f, most)))
    network.fill(source, sink)
    paid: list[list[tuple[int, int]]] = [[] for _ in owed]
    for k, f, arc in arcs:
        if network.flow(arc):
            paid[k].append((f, network.flow(arc)))
    level = network.levels(source, sink)
    return paid, [level[sink + 1 + k] >= 0 for k in range(len(owed))]
