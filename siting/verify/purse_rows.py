"""The money rows of a certificate: what purses hold and must pay, and a cost that is kept."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.certificate import row_key
from siting.standard.money import millionths
from siting.standard.purses import most_paid_fen
from siting.verify.compare import fen_below

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.standard.model import Fund, Question
    from siting.standard.options import Options
    from siting.verify.spread import Ints

Bools = NDArray[np.bool_]

_GENERAL = "general"
_MILLION = 1_000_000
_MORE_FEN = 1_000_000  # that prices of money are for
_ROUNDED = 1e-13
_LARGEST = 2**62
_PAYS = ("capital", "subsidy_per_year")


@dataclass(frozen=True, eq=False)
class PurseRow:
    """Sum of `option` over projects and of `space` over opened spaces <= `limit`, whole numbers.

    The unit is the greatest common divisor of the costs; every sum of them is a multiple of it, so
    that the limit may be rounded down to one. `rise` is how much larger the limit is with 10,000
    yuan more in the budget that the row is of.
    """

    option: Ints
    space: Ints
    limit: int
    rise: int = 0


def kept_row(
    key: str, question: Question, options: Options, reached: dict[str, float]
) -> PurseRow | None:
    """Return the row that keeps the cost of an earlier stage, None where the key names none.

    The key states the cost itself. Whatever it is, the row holds for all plans that cost no more;
    it must be no less than the plan's own, so that the best plan of the stage is among them.

    Parameters
    ----------
    reached
        What the plan is worth in the stages before, by their names.
    """
    stated = re.fullmatch(r'\["keep", "cost", "([0-9.e+]{1,30})"\]', key)
    try:
        limit = float(stated[1]) if stated else math.nan
    except ValueError:
        return None
    if not limit * (1.0 + _ROUNDED) >= reached.get("cost", math.inf) or math.isinf(limit):
        return None
    years = int(millionths(question.policy.years))
    pairs = zip(options.capital_fen.tolist(), options.subsidy_fen.tolist(), strict=True)
    option = [once * _MILLION + yearly * years for once, yearly in pairs]
    space = [once * _MILLION for once in options.fixed_fen.tolist()]
    unit = math.gcd(*option, *space) or 1
    # the sum was written as a float of yuan: what that may have rounded off is given back
    most = math.floor(limit * 100 * _MILLION * (1.0 + _ROUNDED) + 0.5) // unit
    if max(most, *option, *space) // unit > _LARGEST:
        return None
    return PurseRow(
        np.array([cost // unit for cost in option], dtype=np.int64),
        np.array([cost // unit for cost in space], dtype=np.int64),
        most,
    )


def purse_row(key: str, city: City, question: Question, options: Options) -> PurseRow | None:
    """Return the row of a key, None where the question has no such row.

    Of each cost the purses outside the row may pay their shares, so the purses of the row pay at
    least the rest; and they hold no more than their amounts. This holds for every set of purses.
    """
    named = _named(key)
    if named is None:
        return None
    pays, purses = named
    funds = {fund.id: fund for fund in question.funds if fund.pays == pays}
    general = fen_below(getattr(question.budget, pays))
    amounts = [fen_below(funds[word].amount) for word in purses if word in funds]
    if general is None or len(amounts) != len(purses) - 1 or None in amounts:
        return None
    capital = pays == "capital"
    option = cost = options.capital_fen if capital else options.subsidy_fen
    space = once = np.where(_offering(city, options) & capital, options.fixed_fen, 0)
    for fund in funds.values():
        if fund.id in purses:
            continue
        here, kinds = _pays_for(fund, city, question)
        may = here[options.space] & kinds[options.type]
        option = option - np.where(may, np.minimum(option, most_paid_fen(fund.share, cost)), 0)
        if fund.types is None:
            space = space - np.where(here, np.minimum(space, most_paid_fen(fund.share, once)), 0)
    limit = general + sum(a for a in amounts if a is not None)
    unit = int(np.gcd.reduce(np.concatenate([option, space]))) or 1
    rise = (limit + _MORE_FEN) // unit - limit // unit
    return PurseRow(option // unit, space // unit, limit // unit, rise)


def _offering(city: City, options: Options) -> Bools:
    """Return whether each space has an option."""
    return np.bincount(options.space, minlength=len(city.spaces)) > 0


def _named(key: str) -> tuple[str, list[str]] | None:
    """Return what is paid and the purses that a key names, None where it is no key of a row."""
    try:
        words = json.loads(key)
    except (ValueError, RecursionError):
        return None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    pays, purses = (words or [""])[0], words[1:]
    if pays not in _PAYS or _GENERAL not in purses or len(set(purses)) < len(purses):
        return None
    return (pays, purses) if row_key(pays, purses) == key else None


def _pays_for(fund: Fund, city: City, question: Question) -> tuple[Bools, Bools]:
    """Return the spaces and the types for which a fund may pay, as masks."""
    names = np.array(city.communities, dtype=object)[city.spaces.community]
    here = np.array(
        [
            (fund.kinds is None or kind in fund.kinds)
            and (fund.communities is None or name in fund.communities)
            for kind, name in zip(city.spaces.kind, names, strict=True)
        ],
        dtype=bool,
    )
    types = question.standard.types
    return here, np.array([fund.types is None or t.id in fund.types for t in types], dtype=bool)
