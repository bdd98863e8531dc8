"""Units in which a table may state its numbers, and the exact way from them to siting's own."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from siting.city.model import Floats

Measure = Literal["people", "area", "rent", "cost", "cost_m2"]

MEASURES: dict[str, Measure] = {
    "area_m2": "area",
    "spare_m2": "area",
    "rent_m2_month": "rent",
    "capital_m2": "cost_m2",
    "capital_fixed": "cost",
}
"""What the columns measure that are not counts of people."""

EXAMPLES: dict[Measure, str] = {
    "people": "10k persons, 2.62",
    "area": "m2, mu, ha, sq ft",
    "rent": "yuan/m2/month, yuan/m2/day, yuan/month, 10k yuan/year",
    "cost": "yuan, 10k yuan",
    "cost_m2": "yuan/m2, 10k yuan/m2",
}

_TIMES = {
    "": 1,
    "百": 100,
    "100": 100,
    "千": 1_000,
    "万": 10_000,
    "亿": 100_000_000,
    "1k": 1_000,
    "10k": 10_000,
    "100m": 10**8,
}
_MONEY = ("元", "块", "人民币", "yuan", "cny", "rmb")
_PEOPLE = ("人", "人口", "persons", "person", "people", "residents")
_SHARES = {
    **dict.fromkeys(("占比", "比例", "比重", "share", "shares", "proportion"), Fraction(1)),
    **dict.fromkeys(
        ("%", "百分比", "百分数", "百分之", "percent", "per cent", "percentage", "pct"),
        Fraction(1, 100),
    ),
}
# A mu is a fifteenth of a hectare.
_AREA = {
    **dict.fromkeys(("m2", "m^2", "sqm", "平方米", "平米", "平方"), Fraction(1)),
    **dict.fromkeys(("亩", "市亩", "mu"), Fraction(10_000, 15)),
    **dict.fromkeys(("公顷", "ha", "hectare", "hectares", "万平方米", "万平米"), Fraction(10_000)),
    **dict.fromkeys(("平方公里", "平方千米", "km2"), Fraction(1_000_000)),
    # The international foot is 0.3048 m; an acre is 43,560 square feet.
    **dict.fromkeys(("平方英尺", "平方呎", "sqft"), Fraction("0.09290304")),
    **dict.fromkeys(("英亩", "acre", "acres"), 43_560 * Fraction("0.09290304")),
}
# How many such periods a month has; a year has 365 days.
_PERIOD = {
    **dict.fromkeys(("天", "日", "day", "d"), Fraction(365, 12)),
    **dict.fromkeys(("月", "month", "mo"), Fraction(1)),
    **dict.fromkeys(("季", "季度", "quarter"), Fraction(1, 3)),
    **dict.fromkeys(("年", "year", "yr", "annum", "a"), Fraction(1, 12)),
}
_SQUARE_FEET = re.compile(r"(?:sq\.?|square)\s*(?:ft\.?|feet|foot)(?![a-z])|ft\^?2")
_SQUARE_METRES = re.compile(r"(?:sq\.?|square)\s*(?:m|met(?:re|er)s?)(?![a-z])")
_BETWEEN = re.compile(r"[/·.*・、()\s每]+|\bper\b")


@dataclass(frozen=True)
class Unit:
    """What one in a table's column is.

    Attributes
    ----------
    times
        Units of siting that one in the file is.
    whole
        True where the number is for the whole floor: per square metre it is divided by the area.
    share
        True where the number is a share of all residents: it is multiplied by them.
    """

    times: Fraction
    whole: bool = False
    share: bool = False


def unit_of(stated: str | float, measure: Measure, *, whole: bool = False) -> Unit | None:
    """Return the unit a word or a factor means, or None where it means none of this measure.

    Parameters
    ----------
    stated
        Such as ``"yuan/m2/day"``, ``"元/㎡·天"``, ``"万元/年"``, ``"亩"``; or a number: how many
        of siting's units one in the file is.
    measure
        What the column measures; people may be stated as a share of all residents.
    whole
        Whether a rent may be that of the whole floor.

    Examples
    --------
    >>> unit_of("元/㎡·天", "rent")
    Unit(times=Fraction(365, 12), whole=False)
    >>> unit_of("万元/年", "rent", whole=True)
    Unit(times=Fraction(2500, 3), whole=True)
    """
    if not isinstance(stated, str):
        return Unit(Fraction(repr(float(stated))))
    if measure == "people" and (share := _SHARES.get(_plain(stated))) is not None:
        return Unit(share, share=True)
    money, area, period, people = unit_parts(stated)
    if measure == "people":
        return _only(people, money, area, period)
    if measure == "area":
        return _only(area, money, people, period)
    if people is not None or money is None:
        return None
    if measure == "cost":
        return _only(money, area, period)
    if measure == "cost_m2":
        return None if area is None or period is not None else Unit(money / area)
    if period is None or (area is None and not whole):
        return None
    return Unit(money * period / (area or 1), whole=area is None)


def converted(values: Floats, unit: Unit, base: Floats | None = None) -> Floats:
    """Return numbers in siting's units: the decimal figures converted exactly, rounded once.

    Parameters
    ----------
    values
        As the file has them; what is not finite stays.
    base
        Of each record, for a unit of the whole floor its area, for a share all its residents;
        None where they are not known.

    Returns
    -------
    ndarray of float
        Infinite where a number is too large to be one; NaN where the base is not usable.
    """
    done = values.copy()
    sound = np.isfinite(values)
    if not (unit.whole or unit.share):
        unique, where = np.unique(values[sound], return_inverse=True)
        exact = [_rounded(Fraction(repr(v)) * unit.times) for v in unique.tolist()]
        done[sound] = np.asarray(exact)[where] if exact else unique
        return done
    base = np.full(len(values), np.nan) if base is None else base
    usable = sound & np.isfinite(base) & ((base > 0.0) | unit.share)
    done[~usable] = np.nan
    pairs = zip(values[usable].tolist(), base[usable].tolist(), strict=True)
    both = ((Fraction(repr(v)) * unit.times, Fraction(repr(b))) for v, b in pairs)
    done[usable] = [_rounded(v * b if unit.share else v / b) for v, b in both]
    return done


def stated_as(shares: Floats, unit: Unit) -> Floats:
    """Return shares as a table with a unit of shares states them: 20 of 0.2 for ``percent``."""
    return np.array([_rounded(Fraction(repr(v)) / unit.times) for v in shares.tolist()])


def _rounded(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        return float("inf")


def _plain(stated: str) -> str:
    return unicodedata.normalize("NFKC", stated).casefold().strip()


Part = Fraction | None


def _only(wanted: Part, *others: Part) -> Unit | None:
    return None if wanted is None or any(o is not None for o in others) else Unit(wanted)


def unit_parts(stated: str) -> tuple[Part, Part, Part, Part]:
    """Return what a word says of money, area, period and people; all None where it is no unit."""
    plain = _plain(stated)
    money: Part = None
    area: Part = None
    period: Part = None
    people: Part = None
    plain = re.sub(r"(1k|10k|100m|100)\s+", r"\1", plain)
    plain = _SQUARE_METRES.sub("m2", _SQUARE_FEET.sub("sqft", plain))
    for word in filter(None, _BETWEEN.split(plain)):
        size = next((s for s in sorted(_TIMES, key=len, reverse=True) if word.startswith(s)), "")
        rest = word.removeprefix(size)
        if rest in _MONEY and money is None:
            money = Fraction(_TIMES[size])
        elif rest in _PEOPLE and people is None:
            people = Fraction(_TIMES[size])
        elif word in _AREA and area is None:
            area = _AREA[word]
        elif word in _PERIOD and period is None:
            period = _PERIOD[word]
        else:
            return None, None, None, None
    return money, area, period, people
