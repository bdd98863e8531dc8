"""The generated city's own standard and scenario."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.plan.disk import refusals_of
from siting.words import text

if TYPE_CHECKING:
    from siting.generate.streets import Floats, Ints, Rng
    from siting.standard.model import Standard, Type
    from siting.standard.options import Options

FUNDED = ("wet_market", "fresh_store")
"""Types the earmarked fund pays for, where the standard has them; else its first two."""
FUND = "market-fund"


@dataclass(frozen=True)
class Amounts:
    """Budgets in yuan, three figures and then noughts.

    Attributes
    ----------
    capital, subsidy_per_year
        The general budgets.
    fund
        The earmarked capital on top.
    funded
        The types it pays for.
    """

    capital: int
    subsidy_per_year: int
    fund: int
    funded: tuple[str, ...]


def standard_text(rng: Rng, types: int) -> str:
    """Return a ``standard.toml`` of so many types.

    Those reached on foot in the catalogue's order, then numbered copies of them, each with
    minutes, floor area and conversion cost a little different from its model's.
    """
    from siting.standard.catalogue import load_catalogue

    on_foot = [t for t in load_catalogue().types if t.asks]
    source = f"{text('generate.source', 'zh')} | {text('generate.source', 'en')}"
    lines = [
        f'id = "generated-{types}"',
        f"zh = {_quoted(text('generate.standard_name', 'zh', types=types))}",
        f"en = {_quoted(text('generate.standard_name', 'en', types=types))}",
        f"source = {_quoted(source)}",
        "presence_share = 0.8",
        'unverified = ["presence_share", "weights"]',
    ]
    for number in range(types):
        turn, which = divmod(number, len(on_foot))
        lines += ["", "[[types]]", *_entry(rng, on_foot[which], turn + 1)]
    return "\n".join(lines) + "\n"


def resolved(standard: str) -> Standard:
    """Return the standard that a ``standard.toml`` of this content states."""
    from siting.standard.standards import load_standard

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "standard.toml"
        with refusals_of(path):
            path.write_text(standard, "utf-8", newline="\n")
        return load_standard(path)


def scenario_text(amounts: Amounts) -> str:
    """Return a ``scenario.toml``; the standard is the city's own ``standard.toml``."""
    return "\n".join(
        [
            'policy = "default"',
            'objective = "coverage"',
            "",
            "[budget]",
            f"capital = {amounts.capital}",
            f"subsidy_per_year = {amounts.subsidy_per_year}",
            "",
            "[[funds]]",
            f"id = {_quoted(FUND)}",
            'pays = "capital"',
            f"amount = {amounts.fund}",
            f"types = {json.dumps(list(amounts.funded))}",
            "",
        ]
    )


def choose_amounts(
    rng: Rng, standard: Standard, options: Options, area_m2: Floats, max_types: Ints
) -> Amounts:
    """Return budgets that buy between a tenth and a fifth of what the spaces could become.

    See `full_cost` for what that is. The general capital budget is 11% to 16% of it, the fund a
    tenth to a fifth of the general budget on top; the subsidy is 10.5% to 15% of the yearly one,
    above which it would seldom bind.
    """
    capital, subsidy = full_cost(options, area_m2, max_types)
    general = rng.uniform(0.11, 0.16) * capital
    fund = rng.uniform(0.1, 0.2) * general
    ids = [t.id for t in standard.types]
    funded = [i for i in FUNDED if i in ids] or ids[:2]
    return Amounts(
        capital=_round(general),
        subsidy_per_year=_round(rng.uniform(0.105, 0.15) * subsidy),
        fund=_round(fund),
        funded=tuple(funded),
    )


def full_cost(options: Options, area_m2: Floats, max_types: Ints) -> tuple[float, float]:
    """Return what it costs to fill every space in the typical way: capital, subsidy a year (yuan).

    A space is filled with as many outlets as it may hold and as its floor and its options allow,
    each of the average area, capital and subsidy of the space's options; its one-off cost comes
    on top. A space without options costs nothing.
    """
    n = len(area_m2)
    count = np.bincount(options.space, minlength=n)
    some = np.maximum(count, 1)
    average = np.bincount(options.space, options.area_m2, n) / some
    fit = np.floor(area_m2 / np.where(count > 0, average, np.inf) + 1e-9)
    held = np.where(count > 0, np.clip(fit, 1, np.minimum(max_types, some)), 0)
    capital = np.bincount(options.space, options.capital_fen / 100, n) / some * held
    capital += np.where(count > 0, options.fixed_fen / 100, 0.0)
    subsidy = np.bincount(options.space, options.subsidy_fen / 100, n) / some * held
    return float(capital.sum()), float(subsidy.sum())


def _entry(rng: Rng, model: Type, turn: int) -> list[str]:
    if turn == 1:
        return [f'id = "{model.id}"']
    minutes = max(4, round(model.minutes + rng.choice([-2, -1, 1, 2, 3])))
    area = max(model.area_min_m2, round(model.area_typical_m2 * rng.uniform(0.7, 1.4)))
    cost = round(model.capital_m2 * rng.uniform(0.7, 1.4), -1)
    changed = ["minutes", "area_typical_m2", "capital_m2"]
    return [
        f'id = "{model.id}_{turn}"',
        f'like = "{model.id}"',
        f"zh = {_quoted(text('generate.copy', 'zh', name=model.zh, number=turn))}",
        f"en = {_quoted(text('generate.copy', 'en', name=model.en, number=turn))}",
        f"minutes = {minutes}",
        f"area_typical_m2 = {area:g}",
        f"capital_m2 = {cost:g}",
        f"unverified = {json.dumps(changed)}",
    ]


def _round(amount: float) -> int:
    """Return the amount to three figures."""
    return round(float(f"{amount:.3g}"))


def _quoted(words: str) -> str:
    """Return a TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(words, ensure_ascii=False)
