"""Numbers and names as people read them: whole people, floored shares, 万元 or yuan."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from siting.plan.classes import class_word
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.standard.model import Standard

_BETWEEN = " | "
_GROUPS = ("everyone", "aged_60_plus", "aged_80_plus", "aged_0_3", "aged_3_12", "aged_6_12")
_FIELDS = (
    "minutes",
    "weight",
    "weights",
    "groups",
    "area_min_m2",
    "area_typical_m2",
    "capital_m2",
    "capital_fixed",
    "affordable_rent_m2",
    "affordable_rent_outlet",
    "residents_per_outlet",
    "needs",
    "floors",
    "kinds",
    "kinds_not",
    "chain",
    "chain_capital_factor",
    "presence_share",
    "roof",
    "relief_share",
    "relief_steps",
    "years",
    "types",
    "substitutes",
    "spacing_m",
)


def clean(word: object) -> str:
    """Return `word` as text on one line without control characters (a name could hold any)."""
    flat = " ".join(str(word).split())
    return "".join(c if c.isprintable() else "�" for c in flat)


def in_language(note: str, lang: Lang) -> str:
    """Return the part of a note in `lang`: Chinese, `` | ``, English; or all, without the mark."""
    chinese, mark, english = note.partition(_BETWEEN)
    return clean(english if mark and lang == "en" else chinese)


def people(count: float) -> str:
    """Return a number of residents without decimals."""
    return f"{count:,.0f}"


def points(score: float, *, up: bool = False) -> str:
    """Return need points with one decimal, rounded down (a bound: up)."""
    tenths = round(score * 10.0, 6)
    return f"{(math.ceil(tenths) if up else math.floor(tenths)) / 10:,.1f}"


def percent(share: float) -> str:
    """Return a share as whole per cent, rounded down: 79.9% is not yet 80%."""
    return f"{math.floor(share * 100.0 + 1e-7)}%"


def percent_up(share: float) -> str:
    """Return a small share in per cent with two decimals, rounded up ("at most")."""
    hundredths = math.ceil(share * 10_000.0 - 1e-7)
    return f"{hundredths / 100:.2f}%"


def money(yuan: float, lang: Lang) -> str:
    """Return an amount in 万元 (zh, from 10,000 yuan) or yuan, without needless decimals."""
    if lang == "zh" and abs(yuan) >= 10_000.0:
        return text("report.wan_yuan", lang, amount=_short(yuan / 10_000.0))
    return text("report.yuan", lang, amount=_short(yuan))


def amount(yuan: float, lang: Lang) -> str:
    """Return an amount without its unit, for under a heading that names it: 万元 (zh) or yuan."""
    return _short(yuan / 10_000.0 if lang == "zh" else yuan)


def signed(shown: str, amount: float) -> str:
    """Return a difference with its sign: more than nothing has one too."""
    return f"+{shown}" if amount > 0 else shown


def _short(amount: float) -> str:
    # half up, as the page does: the binary number below 88.705 is not what people call it
    shown = Decimal(repr(float(amount))).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{shown:,}".removesuffix(".00")


def seconds(duration: float) -> str:
    """Return seconds with one decimal below a minute, else whole."""
    return f"{duration:.1f}" if duration < 60.0 else f"{duration:,.0f}"


def type_names(standard: Standard, lang: Lang) -> dict[str, str]:
    """Return the name of every type of `standard` in `lang`, by id."""
    return {t.id: clean(t.zh if lang == "zh" else t.en) for t in standard.types}


def field_name(word: str, lang: Lang) -> str:
    """Return what a figure of a type, standard or policy is called; others keep their word.

    A standard may name what is no field of its own, in both languages.
    """
    return text(f"report.field_{word}", lang) if word in _FIELDS else in_language(word, lang)


def class_name(word: str, lang: Lang) -> str:
    """Return the name of a class; a class we do not know keeps its word."""
    return clean(class_word(word, lang))


def group_name(word: str, lang: Lang) -> str:
    """Return the name of a group; a group we do not know keeps its word."""
    return text(f"report.group_{word}", lang) if word in _GROUPS else clean(word)
