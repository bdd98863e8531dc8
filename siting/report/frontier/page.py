"""``frontier.html``: the frontier as a page that opens from disk without a network."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from siting.plan.values import COST, COVERAGE, GRADES, WORST
from siting.report.figures import class_name, clean, percent_up
from siting.report.frontier.lines import (
    amount,
    axis_name,
    fixed_line,
    sentences,
    widest,
)
from siting.report.frontier.sheets import asked_sheet, band_sheet, rollout_sheet, said_in_both
from siting.report.html.both import LANGS, Pair, both
from siting.report.html.frame import asset, framed, page_words
from siting.report.rounding import step
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.frontier.model import Frontier

_FOLDER = "siting.report.frontier"


def html(frontier: Frontier, lang: Lang) -> str:
    """Return the page; see `siting.report.html.frame.framed`."""
    return framed(
        page_data(frontier, lang),
        lang,
        body=asset("body.html", _FOLDER),
        note="value_note",
        scripts=[asset("band.js", _FOLDER)],
        maps=False,
        charts=True,
    )


def page_data(frontier: Frontier, lang: Lang) -> dict[str, Any]:
    """Return everything the page shows, as plain values."""
    said = zip(*(sentences(frontier, one) for one in LANGS), strict=True)
    return {
        "lang": lang,
        "words": {**page_words(), **page_words(_FOLDER)},
        "title": said_in_both("page_title", city=clean(frontier.city)),
        "answer": [list(pair) for pair in said],
        "tiles": _tiles(frontier),
        "band": _band(frontier),
        "sheets": [
            sheet.data()
            for sheet in (band_sheet(frontier), rollout_sheet(frontier), asked_sheet(frontier))
        ],
    }


def _tiles(frontier: Frontier) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"value": str(len(frontier.rows)), "label": said_in_both("tile_budgets")}
    ]
    curves = frontier.curves
    if len(curves) == 1 and (knee := curves[0].knee) is not None:
        at = curves[0].amount(curves[0].rows[knee.at])
        found.append(
            {"value": both(lambda lang: amount(at, lang)), "label": said_in_both("tile_knee")}
        )
    row = widest(frontier)
    if row is not None and row.gap is not None:
        found.append({"value": percent_up(row.gap), "label": said_in_both("tile_gap")})
    if len(curves) == 1:
        stay = sum(turn.leaves is None for turn in curves[0].turns)
        found.append({"value": str(stay), "label": said_in_both("tile_stay")})
    return found


def _band(frontier: Frontier) -> dict[str, Any]:
    """Return the curves for the chart: amount, value, bound, knee; null where unknown."""
    stage = frontier.stage
    return {
        "axis": both(lambda lang: axis_name(frontier.axis, lang)),
        "measure": [""] * 2 if stage is None else _measure(stage),
        "share": stage == WORST,
        "least": stage == COST,
        "step": 1.0 if stage is None else step(stage),
        "curves": [
            {
                "name": [fixed_line(curve, one) for one in LANGS],
                "rows": [
                    [
                        curve.amount(row),
                        row.value,
                        row.bound,
                        int(curve.knee is not None and curve.knee.at == k),
                    ]
                    for k, row in enumerate(curve.rows)
                    if not math.isinf(curve.amount(row))
                ],
            }
            for curve in frontier.curves
        ],
    }


def _measure(stage: str) -> Pair:
    def said(lang: Lang) -> str:
        if stage in (COVERAGE, GRADES, COST, WORST):
            return text(f"frontier.plot_of_{stage.replace('-', '_')}", lang)
        return text("frontier.plot_of_class", lang, name=class_name(stage, lang))

    return both(said)
