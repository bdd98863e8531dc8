"""Who may pay for what: the general budget (purse 0) and the earmarked funds (C6).

An item is an option's cost or a space's one-off cost. Every item may be paid from the general
budget; a fund pays options of its types, kinds and communities. A fund that names types pays no
one-off cost, because that cost belongs to the space and to no type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Fund, Question
    from siting.standard.options import Options

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
    option_mask, space_mask
        Bit f is set where purse f may pay the option, or the space's one-off cost; bit 0 always.
    """

    names: tuple[str, ...]
    amount_fen: tuple[int | None, ...]
    option_mask: NDArray[np.int64]
    space_mask: NDArray[np.int64]

    def limits(self) -> list[tuple[int, int]]:
        """Return the limits that together say whether the purses suffice.

        By Hall's theorem the purses can pay a set of items exactly if, for every union Q of the
        items' purse sets, the items payable only from Q cost no more than Q holds.

        Returns
        -------
        list of (Q as bits, fen)
            Ascending by Q; unions that hold an unlimited purse are left out.
        """
        masks = {int(m) for m in np.unique(np.concatenate([self.option_mask, self.space_mask]))}
        unions: set[int] = set()
        for mask in masks:
            unions |= {mask | other for other in unions} | {mask}
        found = []
        for union in sorted(unions):
            amounts = [a for f, a in enumerate(self.amount_fen) if union >> f & 1]
            if all(a is not None for a in amounts):
                found.append((union, sum(a for a in amounts if a is not None)))
        return found


def find_purses(city: City, question: Question, options: Options, pays: Pays) -> Purses:
    """Return the purses that pay `pays`, and for each option and space which of them may pay."""
    funds = [f for f in question.funds if f.pays == pays]
    general = getattr(question.budget, pays)
    option_mask = np.ones(len(options), dtype=np.int64)
    space_mask = np.ones(len(city.spaces), dtype=np.int64)
    types = [t.id for t in question.standard.types]
    for bit, fund in enumerate(funds, start=1):
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


def pay(
    costs_fen: list[int], masks: list[int], amount_fen: tuple[int | None, ...]
) -> list[list[tuple[int, int]]]:
    """Split costs among purses, funds first, so that the general budget pays as little as it can.

    Parameters
    ----------
    costs_fen, masks
        Cost of each item in whole fen and the purses that may pay it.
    amount_fen
        What each purse holds; None: unlimited.

    Returns
    -------
    list
        For each item its payments (purse, fen), ascending by purse, none of 0.

    Raises
    ------
    ValueError
        The purses do not suffice.
    """
    kinds = sorted(set(masks))
    owed = {m: sum(c for c, k in zip(costs_fen, masks, strict=True) if k == m) for m in kinds}
    flow = _most_from_funds(owed, amount_fen)
    rest = sum(owed.values()) - sum(flow.values())
    if amount_fen[0] is not None and rest > amount_fen[0]:
        raise ValueError("the purses do not suffice")
    left = {
        m: [(f, flow[m, f]) for f in range(1, len(amount_fen)) if flow.get((m, f))] for m in kinds
    }
    payments = []
    for cost, mask in zip(costs_fen, masks, strict=True):
        parts = []
        queue = left[mask]
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
        payments.append(sorted(parts))
    return payments


def _most_from_funds(
    owed: dict[int, int], amount_fen: tuple[int | None, ...]
) -> dict[tuple[int, int], int]:
    """Return the largest flow from kinds of items to funds, by augmenting paths."""
    flow: dict[tuple[int, int], int] = {}
    free = {f: amount_fen[f] or 0 for f in range(1, len(amount_fen))}
    for start in owed:
        need = owed[start]
        while need:
            path = _augmenting_path(start, free, flow)
            if path is None:
                break
            step = min([need, free[path[-1][1]], *(flow[m, f] for m, f in path[1::2])])
            for k, (mask, fund) in enumerate(path):
                flow[mask, fund] = flow.get((mask, fund), 0) + (step if k % 2 == 0 else -step)
            free[path[-1][1]] -= step
            need -= step
    return flow


def _augmenting_path(
    start: int, free: dict[int, int], flow: dict[tuple[int, int], int]
) -> list[tuple[int, int]] | None:
    """Return arcs (kind, fund), forward and backward in turn, to a fund with money left."""
    seen: set[int] = set()
    queue: list[tuple[int, list[tuple[int, int]]]] = [(start, [])]
    while queue:
        mask, path = queue.pop(0)
        for fund in free:
            if fund in seen or not mask >> fund & 1:
                continue
            seen.add(fund)
            here = [*path, (mask, fund)]
            if free[fund]:
                return here
            queue.extend((m, [*here, (m, fund)]) for (m, f), v in flow.items() if f == fund and v)
    return None
