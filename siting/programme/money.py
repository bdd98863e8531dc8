"""The money rows C3, C4 and C6: what certain purses cannot pay must fit into the others.

Whether the purses can pay a choice is a flow from items (an option's cost, a space's one-off
cost) to purses: at most the item's cost leaves it, at most the purse's share of that cost goes
from it to the purse, at most what the purse holds leaves the purse. By the theorem of the largest
flow and the smallest cut that is possible exactly if, for every set F of funds,

    sum over items of (cost - min(cost, what the funds outside F may pay of it)) var
        <= general budget + what the funds of F hold

so that payments v need no columns of their own: these rows say the same of x and y, also where
x and y are fractions, and in whole fen.

Many funds that pay for different things make too many such rows. Then only some of them stand
here, which every choice that can be paid keeps, and `siting.programme.payments` says the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.standard.purses import most_paid_fen, needs_payments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.standard.options import Options
    from siting.standard.purses import Purses

Ints = NDArray[np.int64]

_MOST_ROWS = 64


@dataclass(frozen=True, eq=False)
class MoneyRow:
    """Sum of option costs and one-off costs, at most `limit`; all in one whole unit.

    The unit is the greatest common divisor of the costs in fen, so that the numbers stay small;
    the limit is rounded down to it, which excludes no choice, because every sum of costs is a
    multiple of it.

    Attributes
    ----------
    name
        ``C3`` (capital), ``C4`` (subsidy a year), or ``keep`` (the cost of an earlier stage's
        plan; one unit is then no number of fen).
    option, space
        Cost of each option and one-off cost of each space, shapes (options,) and (spaces,).
    limit
        What the purses hold.
    unit
        Fen that one of them is.
    purses
        The purses that hold the limit: ``general``, and funds by their ids.
    odd_fen
        What the purses hold beyond `limit`: less than one unit.
    """

    name: str
    option: Ints
    space: Ints
    limit: int
    unit: int = 1
    purses: tuple[str, ...] = ()
    odd_fen: int = 0

    def limit_with(self, fen: int) -> int:
        """Return the limit if the purses held so much more."""
        return (self.limit * self.unit + self.odd_fen + fen) // self.unit


def money_rows(options: Options, capital: Purses, subsidy: Purses) -> list[MoneyRow]:
    """Return rows that some choice of options could break, capital first.

    Where `few_rows` does not hold of the purses they say less than all.
    """
    found = []
    for (name, cost, fixed), purses in zip(costs_of(options), (capital, subsidy), strict=True):
        if not few_rows(purses):
            rows = _by_sets(cost, fixed, purses, _some_sets(purses))
        elif needs_payments(purses):
            rows = _by_sets(cost, fixed, purses, _subsets(paying_funds(purses)))
        else:
            rows = _by_unions(cost, fixed, purses)
        for option, space, amount, union in rows:
            if sum(option.tolist()) + sum(space.tolist()) <= amount:
                continue
            unit = int(np.gcd(np.gcd.reduce(option), np.gcd.reduce(space)))
            holders = tuple(word for f, word in enumerate(purses.names) if union >> f & 1)
            limit, odd = divmod(amount, unit)
            found.append(MoneyRow(name, option // unit, space // unit, limit, unit, holders, odd))
    return found


def costs_of(options: Options) -> tuple[tuple[str, Ints, Ints], ...]:
    """Return for capital and subsidy the row's name, costs of options, one-off costs of spaces."""
    has_option = np.bincount(options.space, minlength=len(options.fixed_fen)) > 0
    return (
        ("C3", options.capital_fen, np.where(has_option, options.fixed_fen, 0)),
        ("C4", options.subsidy_fen, np.zeros_like(options.fixed_fen)),
    )


def _by_unions(cost: Ints, fixed: Ints, purses: Purses) -> Iterator[tuple[Ints, Ints, int, int]]:
    """Yield the rows where every purse may pay all of an item: one for each union of purses."""
    for union, amount in purses.limits():
        option = np.where((purses.option_mask & ~union) == 0, cost, 0)
        space = np.where((purses.space_mask & ~union) == 0, fixed, 0)
        yield option, space, amount, union


def few_rows(purses: Purses) -> bool:
    """Tell whether rows alone say what the purses can pay, because there are not too many."""
    if needs_payments(purses):
        return 1 << len(paying_funds(purses)) <= _MOST_ROWS
    return purses.unions(_MOST_ROWS) is not None


def paying_funds(purses: Purses) -> list[int]:
    """Return the funds that may pay anything."""
    paying = int(np.bitwise_or.reduce(np.concatenate([purses.option_mask, purses.space_mask])))
    return [f for f in range(1, len(purses.names)) if paying >> f & 1]


def _subsets(funds: list[int]) -> Iterator[frozenset[int]]:
    for bits in range(1 << len(funds)):
        yield frozenset(f for k, f in enumerate(funds) if bits >> k & 1)


def _some_sets(purses: Purses) -> Iterator[frozenset[int]]:
    """Yield the sets of funds whose rows tell most: none, each, all, all but one."""
    funds = frozenset(f for f in paying_funds(purses) if purses.amount_fen[f] is not None)
    yield frozenset()
    yield funds
    for f in sorted(funds):
        yield frozenset({f})
        yield funds - {f}


def _by_sets(
    cost: Ints, fixed: Ints, purses: Purses, sets: Iterator[frozenset[int]]
) -> Iterator[tuple[Ints, Ints, int, int]]:
    """Yield the rows of sets of funds, also where some purse pays only a share."""
    general = purses.amount_fen[0]
    if general is None:
        return
    funds = paying_funds(purses)
    most = {
        f: (
            np.where(purses.option_mask >> f & 1, most_paid_fen(purses.share[f], cost), 0),
            np.where(purses.space_mask >> f & 1, most_paid_fen(purses.share[f], fixed), 0),
        )
        for f in funds
    }
    least: dict[tuple[bytes, bytes], tuple[Ints, Ints, int, int]] = {}
    for inside in sets:
        amount, option, space = general, cost, fixed
        held = [purses.amount_fen[f] for f in inside]
        if any(a is None for a in held):
            continue
        amount += sum(a for a in held if a is not None)
        union = 1 | sum(1 << f for f in inside)
        for f in funds:
            if f not in inside:
                option = np.maximum(option - most[f][0], 0)
                space = np.maximum(space - most[f][1], 0)
        key = (option.tobytes(), space.tobytes())
        if key not in least or amount < least[key][2]:
            least[key] = option, space, amount, union
    yield from least.values()
