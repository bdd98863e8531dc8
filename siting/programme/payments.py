"""C6 with columns: what each fund pays, where rows alone would be too many.

Items that the same funds may pay are one class. ``v`` is what a fund pays of the items of a class,
so that funds and classes are few whatever the city, and the rows are

    general:        costs of all items - sum of v   <= what the general budget holds
    of a class:     its v - costs of its items      <= 0
    of a fund:      its v                           <= what it holds
    co-payment:     v - the fund's share of the costs of the class's items <= 0

In them binaries leave a transport problem, whose corners are whole numbers: v need not be held to
whole numbers by anyone. A class adds up the shares of its items, each rounded down to the fen, so
that of items that cost a few fen the rows may say less than the exact payments do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.money import costs_of, few_rows
from siting.programme.rows import Line, Part, part
from siting.standard.flow import Network
from siting.standard.money import MILLION, millionths
from siting.standard.purses import lacking, most_paid_fen

if TYPE_CHECKING:
    from siting.programme.frame import Frame
    from siting.standard.options import Options
    from siting.standard.purses import Purses

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

GENERAL = 0
STRUCTURE = -1


@dataclass(frozen=True, eq=False)
class Payments:
    """What the funds of one kind of money may pay; all amounts in one whole unit.

    Attributes
    ----------
    name
        ``C3`` (capital) or ``C4`` (subsidy a year).
    option, space
        Cost of each option and one-off cost of each space.
    option_class, space_class
        Class of each, -1 where no fund may pay it or it costs nothing.
    fund, of_class
        Of each column v: the fund that pays, and the class it pays for.
    most
        By column of a fund that pays only a share: the most it pays of each option and space.
    amount
        What each purse holds, the general budget first; None: unlimited.
    unit
        Fen that one of them is.
    """

    name: str
    option: Ints
    space: Ints
    option_class: Ints
    space_class: Ints
    fund: Ints
    of_class: Ints
    most: dict[int, tuple[Ints, Ints]]
    amount: tuple[int | None, ...]
    unit: int

    def __len__(self) -> int:
        return len(self.fund)


def payments_of(
    options: Options, capital: Purses, subsidy: Purses, names: frozenset[str] | None = None
) -> tuple[Payments, ...]:
    """Return the payments of each kind of money that rows alone do not describe.

    Parameters
    ----------
    names
        The kinds to describe by payments, ``C3`` and ``C4``; None: those whose rows are not few.
    """
    found = []
    for (name, cost, fixed), purses in zip(costs_of(options), (capital, subsidy), strict=True):
        wanted = not few_rows(purses) if names is None else name in names
        if wanted and _can_lack(cost, fixed, purses):
            found.append(_payments(name, cost, fixed, purses))
    return tuple(found)


def _can_lack(cost: Ints, fixed: Ints, purses: Purses) -> bool:
    """Tell whether some choice costs more than the purses hold."""
    masks = np.concatenate([purses.option_mask, purses.space_mask]).tolist()
    costs = np.concatenate([cost, fixed]).tolist()
    return lacking(costs, masks, purses.amount_fen, purses.share)[0] > 0


def _payments(name: str, cost: Ints, fixed: Ints, purses: Purses) -> Payments:
    mask = np.concatenate(
        [np.where(cost > 0, purses.option_mask, 1), np.where(fixed > 0, purses.space_mask, 1)]
    )
    kinds, kind = np.unique(mask >> 1, return_inverse=True)
    row = kind.astype(np.int64) - (1 if len(kinds) and kinds[0] == 0 else 0)
    pairs = [
        (f, c)
        for c, bits in enumerate(int(k) for k in kinds if k)
        for f in range(1, len(purses.names))
        if bits >> (f - 1) & 1
    ]
    most = {}
    for v, (f, c) in enumerate(pairs):
        if millionths(purses.share[f]) < MILLION:
            caps = [most_paid_fen(purses.share[f], money) for money in (cost, fixed)]
            own = row == c
            most[v] = (
                np.where(own[: len(cost)], caps[0], 0),
                np.where(own[len(cost) :], caps[1], 0),
            )
    limited = [a for a in purses.amount_fen if a is not None]
    numbers = [cost, fixed, np.array(limited, dtype=np.int64)]
    numbers += [caps for pair in most.values() for caps in pair]
    unit = max(1, int(np.gcd.reduce(np.concatenate(numbers))))
    return Payments(
        name=name,
        option=cost // unit,
        space=fixed // unit,
        option_class=row[: len(cost)],
        space_class=row[len(cost) :],
        fund=np.array([f for f, _ in pairs], dtype=np.int64),
        of_class=np.array([c for _, c in pairs], dtype=np.int64),
        most={v: (a // unit, b // unit) for v, (a, b) in most.items()},
        amount=tuple(None if a is None else a // unit for a in purses.amount_fen),
        unit=unit,
    )


def payment_rows(frame: Frame) -> Part:
    """Return C6; `whose_rows` says of each row whose limit it states."""
    lines: list[Line] = []
    for money, first in zip(frame.payments, frame.first_payment, strict=True):
        v = first + np.arange(len(money))
        every = _line(frame, money.option, money.space)
        general = money.amount[GENERAL]
        assert general is not None  # else nothing could lack
        lines.append(_with(every, v, -1.0, float(general)))
        for c in range(int(money.of_class.max(initial=-1)) + 1):
            own = _line(
                frame,
                np.where(money.option_class == c, -money.option, 0),
                np.where(money.space_class == c, -money.space, 0),
            )
            lines.append(_with(own, v[money.of_class == c], 1.0, 0.0))
        for f, amount in enumerate(money.amount):
            mine = v[money.fund == f]
            if f and amount is not None and len(mine):
                lines.append((mine, np.ones(len(mine)), -np.inf, float(amount)))
        for k, (option, space) in money.most.items():
            lines.append(_with(_line(frame, -option, -space), v[[k]], 1.0, 0.0))
    return part(lines)


def whose_rows(payments: tuple[Payments, ...]) -> list[tuple[int, int]]:
    """Return for each row of C6 the position of its `Payments` and the purse that it limits.

    `STRUCTURE` where it limits none.
    """
    found = []
    for k, money in enumerate(payments):
        found.append((k, GENERAL))
        found += [(k, STRUCTURE)] * (int(money.of_class.max(initial=-1)) + 1)
        paying = set(money.fund.tolist())
        found += [
            (k, f) for f, amount in enumerate(money.amount) if f in paying and amount is not None
        ]
        found += [(k, STRUCTURE)] * len(money.most)
    return found


def _line(frame: Frame, option: Ints, space: Ints) -> tuple[Ints, Floats]:
    """Return the columns x and y that cost something, and what."""
    mine = np.flatnonzero(option)
    ours = frame.opened[space[frame.opened] != 0]
    return (
        np.concatenate([mine, frame.y_of[ours]]),
        np.concatenate([option[mine], space[ours]]).astype(np.float64),
    )


def _with(own: tuple[Ints, Floats], v: Ints, sign: float, most: float) -> Line:
    columns, values = own
    return (
        np.concatenate([columns, v]),
        np.concatenate([values, np.full(len(v), sign)]),
        -np.inf,
        most,
    )


def largest_payments(money: Payments) -> Floats:
    """Return the most that each column v could ever be."""
    found = np.zeros(len(money))
    for k, c in enumerate(money.of_class.tolist()):
        if k in money.most:
            parts = money.most[k]
        else:
            parts = (money.option[money.option_class == c], money.space[money.space_class == c])
        found[k] = float(parts[0].sum() + parts[1].sum())
    return found


def paid(money: Payments, chosen: Ints, opened: Ints) -> Floats:
    """Return columns v that leave the general budget the least to pay for a choice.

    Parameters
    ----------
    chosen, opened
        Chosen options, and the spaces they are in.
    """
    classes = int(money.of_class.max(initial=-1)) + 1
    source, sink = 0, 1
    network = Network(2 + classes + len(money.amount))
    owed = np.zeros(classes, dtype=np.int64)
    for cost, group in (
        (money.option[chosen], money.option_class[chosen]),
        (money.space[opened], money.space_class[opened]),
    ):
        np.add.at(owed, group[group >= 0], cost[group >= 0])
    for c, due in enumerate(owed.tolist()):
        network.add(source, 2 + c, due)
    for f, amount in enumerate(money.amount):
        if f:
            network.add(2 + classes + f, sink, int(owed.sum()) if amount is None else amount)
    arcs = []
    for k, (f, c) in enumerate(zip(money.fund.tolist(), money.of_class.tolist(), strict=True)):
        most = int(owed[c])
        if k in money.most:
            option, space = money.most[k]
            most = int(option[chosen].sum() + space[opened].sum())
        arcs.append(network.add(2 + c, 2 + classes + f, most))
    network.fill(source, sink)
    return np.array([network.flow(arc) for arc in arcs], dtype=np.float64)
