"""Rent relief: how much of its rent an option needs, and whether the policy grants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.standard.money import MILLION, MONTHS, Whole, half_up, millionths
from siting.standard.policies import for_type
from siting.standard.rules import CODE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.city.model import City
    from siting.standard.model import Policy, Type


def largest_share(policy: Policy, kind: Type, blank: NDArray[np.bool_]) -> Whole:
    """Return the largest share of the (ceiling) rent that may be relieved, in millionths.

    Parameters
    ----------
    blank
        True for each space whose community has no outlet of the type, shape (n,).
    """
    usual = for_type(policy.relief_share, kind) or 0.0
    where_blank = for_type(policy.relief_share_blank, kind)
    if where_blank is None:
        where_blank = usual
    shares = np.empty(len(blank), dtype=object)
    shares[:] = millionths(usual)
    shares[blank] = millionths(where_blank)
    return shares


def blank_communities(city: City, kind: Type) -> NDArray[np.bool_]:
    """Return for each community whether it has no outlet of a type, shape (communities,)."""
    has = np.fromiter((kind.id in words for words in city.outlets.types), np.bool_)
    blank = np.ones(len(city.communities), dtype=np.bool_)
    blank[city.outlets.community[has]] = False
    return blank


def relief_of(
    rent: Whole, area: Whole, most: Whole, kind: Type, policy: Policy
) -> tuple[Whole, NDArray[np.float64], NDArray[np.int8]]:
    """Return the yearly subsidy in fen, the relief, and why it is not allowed (0: it is).

    Parameters
    ----------
    rent, area, most
        Yuan per square metre and month, square metres, and the largest share of the rent that may
        be relieved, all in millionths; shape (n,).
    """
    n = len(rent)
    due = rent * area  # a month, in 1e-12 yuan, as are all amounts here
    can = due
    if kind.affordable_rent_m2 is not None:
        can = np.minimum(can, millionths(kind.affordable_rent_m2) * area)
    if kind.affordable_rent_outlet is not None:
        can = np.minimum(can, millionths(kind.affordable_rent_outlet) * MILLION)
    lacking = due - can
    divisor = np.where(due == 0, 1, due)
    allowed = np.ones(n, dtype=bool)
    if policy.relief_steps:
        # a million times the amount relieved, so that it is whole
        paid = np.zeros(n, dtype=object)
        relief = np.zeros(n)
        open_ = lacking > 0
        for step in policy.relief_steps:
            share = millionths(step)
            fits = (open_ & (share * due >= lacking * MILLION)).astype(bool)
            paid[fits] = share * due[fits]
            relief[fits] = step
            open_ = open_ & ~fits
        allowed = ~open_.astype(bool)
    else:
        paid = lacking * MILLION
        relief = (lacking / divisor).astype(np.float64)
    counted = rent
    if policy.ceiling_rent_m2_month is not None:
        counted = np.minimum(rent, millionths(policy.ceiling_rent_m2_month))
    allowed &= (paid <= most * counted * area).astype(bool)
    reason = np.where(allowed, 0, CODE["rent"]).astype(np.int8)
    year = paid * MONTHS  # in 1e-18 yuan
    cap = for_type(policy.relief_cap_per_outlet_year, kind)
    if cap is not None:
        over = (year > millionths(cap) * 10**12).astype(bool)
        reason[allowed & over] = CODE["cap"]
    return half_up(year, 10**16), relief, reason
