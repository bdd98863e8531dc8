"""Guesses that need the numbers of a table: units, and systems of coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from siting.city.cells import parsed
from siting.city.coordinates import in_china
from siting.city.slips import percentages
from siting.city.stated import share_word
from siting.city.units import unit_parts
from siting.new.headings import synonyms, unit_in

if TYPE_CHECKING:
    from siting.city.model import Bools, Floats
    from siting.city.tables import Column

HOUSEHOLD = 2.62
"""Residents of an average family household: national census of 2020, communique no. 2."""
_DEAR = 600.0
"""Yuan a square metre and month above which a rent is taken for that of the whole (unverified)."""
_CITY = 5.0
"""Degrees that no city measures."""
_METRES = 111_000.0
"""In a degree, about."""
_MONEY = {1: "", 100: "百", 1_000: "千", 10_000: "万", 100_000_000: "亿"}
_AREAS = {Fraction(1): "㎡", Fraction(2_000, 3): "亩", Fraction(10_000): "公顷"}
_AREAS |= {unit_parts(word)[1] or Fraction(): word for word in ("平方公里", "平方英尺", "英亩")}
_PERIODS = {Fraction(365, 12): "天", Fraction(1): "月", Fraction(1, 3): "季", Fraction(1, 12): "年"}
_PERIOD_WORDS = {
    "天": ("日租", "天租", "daily", "per day"),
    "年": ("年租", "annual", "yearly", "per year"),
    "月": ("月租", "monthly", "per month"),
}
_MERIDIAN = re.compile(r"(?:cm|中央经线|中央子午线|meridian)\D{0,3}(\d{2,3})")
_ZONE = re.compile(r"(?<!\d)(\d{2})(?:带|号带|度带)|zone\D?(\d{2})(?!\d)")


_ENGLISH = {
    "万元": "10k yuan",
    "百元": "100 yuan",
    "千元": "1k yuan",
    "亿元": "100M yuan",
    "元": "yuan",
    "㎡": "m2",
    "平方公里": "km2",
    "平方英尺": "sq ft",
    "英亩": "acre",
    "亩": "mu",
    "公顷": "ha",
    "百分比": "percent",
    "占比": "share",
    "天": "day",
    "月": "month",
    "季": "quarter",
    "年": "year",
}


@dataclass(frozen=True)
class Rent:
    """How a column of rents is to be read.

    Attributes
    ----------
    unit
        For city.toml; None: siting's own.
    sure
        True where the heading says all of it.
    """

    unit: str | None
    sure: bool


@dataclass(frozen=True)
class System:
    """The coordinate system a table's coordinates seem to be in.

    Attributes
    ----------
    crs
        None: plain metres.
    key
        Key of the remark that says how it was guessed.
    swapped
        True where what is called x is the northing or latitude.
    turned
        Records in which x and y stand the other way round than in most.
    """

    crs: str | None
    key: str
    swapped: bool = False
    turned: tuple[int, ...] = ()


def english_unit(unit: str) -> str:
    """Return a unit in English words, which city.toml takes too."""
    for chinese, english in _ENGLISH.items():
        unit = unit.replace(chinese, english)
    return unit


def numbers_in(column: Column) -> Floats:
    """Return the finite numbers of a column."""
    values, _ = parsed(column)
    return values[np.isfinite(values)]


def area_unit(heading: str) -> str | None:
    """Return the unit of an area that is not in square metres."""
    _, area, _, _ = unit_in(heading)
    return None if area in (None, Fraction(1)) else _AREAS[area]


def cost_unit(heading: str) -> str | None:
    """Return the unit of a cost that is not in yuan (for each square metre or not)."""
    money, area, _, _ = unit_in(heading)
    if money in (None, 1) and area in (None, 1):
        return None
    return f"{_MONEY[int(money or 1)]}元" + ("" if area is None else f"/{_AREAS[area]}")


def people_factor(heading: str) -> float | None:
    """Return by how much a column of people is to be multiplied."""
    people = unit_in(heading)[3]
    return None if people in (None, 1) else float(people or 1)


def share_unit(heading: str, column: Column) -> str | None:
    """Return the unit of a group's column that holds shares of all residents; None: it does not.

    The heading says so, or most cells do. Numbers of which none is above 1 are no percentages,
    whatever the heading: no group that is counted is less than a hundredth of everybody everywhere.
    """
    percent = percentages(column)
    said = share_word(heading) is not None
    if not said and 2 * int(percent.sum()) <= int((~column.blank).sum()):
        return None
    values = parsed(column)[0][~percent]
    known = values[np.isfinite(values)]
    return "占比" if len(known) and known.max() <= 1.0 else "百分比"


def rent_unit(heading: str, values: Floats) -> Rent:
    """Return the unit of a column of rents, by its heading and, in doubt, by its numbers."""
    money, area, period, _ = unit_in(heading)
    text = heading.casefold()
    said = None if period is None else _PERIODS[period]
    for word, signs in _PERIOD_WORDS.items():
        if said is None and any(sign in text for sign in signs):
            said = word
    sure = said is not None
    said = said or "月"
    whole = area is None
    if area is None and "单价" in text:
        whole = False
    elif area is None and not any(word in text for word in ("总租", "租金总额", "total")):
        months = next(times for times, word in _PERIODS.items() if word == said)
        typical = float(np.median(values)) if len(values) else 0.0
        whole = typical * float(months * (money or 1)) > _DEAR
        sure = False
    size = _MONEY[int(money or 1)]
    of = "" if whole else f"/{_AREAS[area or Fraction(1)]}"
    unit = f"{size}元{of}/{said}"
    return Rent(None if unit == "元/㎡/月" else unit, sure)


def system_of(x: Floats, y: Floats, words: str) -> System:
    """Return the system that coordinates seem to be in, as most of them tell.

    Parameters
    ----------
    x, y
        One of each a record; NaN where there is none.
    words
        Headings of the coordinates and the names of the file and the sheet, in small letters.
    """
    there = np.isfinite(x) & np.isfinite(y)
    if not there.any():
        return System(None, "new.crs_nothing")
    mx, my = float(np.median(x[there])), float(np.median(y[there]))
    within = 2 * int(_near(x, y, 0.0, 0.0, 180.0).sum()) > int(there.sum())
    together = np.abs(x[there] - mx), np.abs(y[there] - my)
    if within and any(2 * int((away < _CITY / 2).sum()) > len(away) for away in together):
        system = _degrees(mx, my, words)
        return replace(system, turned=_turned(x, y, mx, my, _CITY))
    if not within:
        for east, north, swapped in ((mx, my, False), (my, mx, True)):
            found = _plane(east, north, words, swapped)
            if found is not None:
                return replace(found, turned=_turned(x, y, mx, my, _CITY * _METRES))
    return System(None, "new.crs_metres")


def _near(x: Floats, y: Floats, at_x: float, at_y: float, away: float) -> Bools:
    return np.asarray((np.abs(x - at_x) <= away) & (np.abs(y - at_y) <= away), dtype=np.bool_)


def _turned(x: Floats, y: Floats, mx: float, my: float, away: float) -> tuple[int, ...]:
    """Return which points lie far from the others, but among them with x and y exchanged."""
    odd = ~_near(x, y, mx, my, away) & _near(y, x, mx, my, away)
    return tuple(np.flatnonzero(odd).tolist())


def named_system(words: str) -> str | None:
    """Return the system that a word in headings or names speaks of."""
    for crs, signs in synonyms()["systems"].items():
        if any(sign in words for sign in signs):
            return str(crs)
    return None


def _degrees(mx: float, my: float, words: str) -> System:
    straight, turned = (
        bool(in_china(np.asarray(a), np.asarray(b))) for a, b in ((mx, my), (my, mx))
    )
    swapped = (turned and not straight) or abs(my) > 90.0
    named = named_system(words)
    if named is not None:
        return System(named, "new.crs_named", swapped)
    if straight or swapped:
        return System("EPSG:4490", "new.crs_degrees_china", swapped)
    return System("EPSG:4326", "new.crs_degrees", swapped)


def _plane(east: float, north: float, words: str, swapped: bool) -> System | None:
    """Return the plane system in which a point in China has these coordinates."""
    if not 3e5 <= north <= 7.6e6:
        return None
    if 8.1e6 <= east <= 15.1e6:
        return System("EPSG:3857", "new.crs_mercator", swapped)
    zone = int(east // 1e6)
    if 25 <= zone <= 45 and north < 6.2e6:
        return System(f"EPSG:{4513 + zone - 25}", "new.crs_zone", swapped)
    if 16 <= zone <= 23 and north < 6.2e6:
        return System(f"EPSG:{4491 + zone - 13}", "new.crs_zone", swapped)
    if not (1e5 <= east <= 9e5 and 3e5 <= north <= 6.2e6):
        return None
    meridian, numbered = _MERIDIAN.search(words), _ZONE.search(words)
    if meridian and 75 <= int(meridian[1]) <= 135 and int(meridian[1]) % 3 == 0:
        return System(f"EPSG:{4534 + (int(meridian[1]) - 75) // 3}", "new.crs_named", swapped)
    number = int(next(filter(None, numbered.groups()))) if numbered else 0
    if 25 <= number <= 45:
        return System(f"EPSG:{4534 + number - 25}", "new.crs_named", swapped)
    return System(None, "new.crs_no_meridian", swapped)
