"""The frontier as a picture; needs the extra ``plot``."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from siting.gaps.plot import drawing
from siting.plan.classes import class_word
from siting.plan.values import COST, COVERAGE, GRADES, WORST
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.frontier.model import Axis, Curve, Frontier

# Told apart with any kind of colour blindness (Okabe and Ito)
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_NAMED = 7  # curves that are named one by one
_SCALE = {"zh": 1e4, "en": 1e6}
_POINTS = 12.0


def plot_frontier(frontier: Frontier, ax: Any = None, lang: Lang = "en") -> Any:
    """Draw value and bound against the budget, the knee, and budgets without a plan.

    Parameters
    ----------
    ax
        The matplotlib axes to draw on; None: of a new figure.
    lang
        Language of names and labels.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on.

    Raises
    ------
    InputError
        matplotlib is not installed.
    """
    with drawing(ax, (8.0, 5.0)) as axes:
        for k, curve in enumerate(frontier.curves):
            _draw(axes, curve, _COLOURS[k % len(_COLOURS)], lang, many=len(frontier.curves) > 1)
        scale = text("frontier.plot_unit", lang)
        name = text(f"frontier.plot_{frontier.axis}", lang)
        axes.set_xlabel(text("frontier.plot_axis", lang, name=name, unit=scale))
        axes.set_ylabel(_measure(frontier.stage, lang))
        title = axes.set_title(text("frontier.plot_title", lang, city=frontier.city))
        title.set_parse_math(False)  # a city's name may hold a dollar sign
        axes.yaxis.set_major_formatter(_share if frontier.stage == WORST else _whole)
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:,g}")
        axes.grid(color="#E5E5E5", linewidth=0.8)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        handles, labels = axes.get_legend_handles_labels()
        if labels:
            named = dict(zip(labels, handles, strict=True))  # each once
            axes.legend(named.values(), named.keys(), frameon=False, loc="best")
    return axes


def _draw(axes: Any, curve: Curve, colour: str, lang: Lang, *, many: bool) -> None:
    rows = [row for row in curve.planned if not math.isinf(curve.amount(row))]
    x = [curve.amount(row) / _SCALE[lang] for row in rows]
    value = [row.value for row in rows]
    if rows:
        bound = [math.nan if row.bound is None else row.bound for row in rows]
        named = _fixed(curve, lang) if many else text("frontier.plot_value", lang)
        # between two budgets the plan of the smaller holds, and the bound of the larger
        along = [at for pair in pairwise(x) for at in pair]
        below = [at for at in value[:-1] for _ in range(2)]
        above = [at for at in bound[1:] for _ in range(2)]
        axes.fill_between(along, below, above, color=colour, alpha=0.15, linewidth=0)
        said = None if many else text("frontier.plot_bound", lang)
        axes.step(x, bound, where="pre", color=colour, linewidth=1.0, linestyle="--", label=said)
        axes.step(x, value, where="post", color=colour, linewidth=1.8)
        axes.plot(x, value, color=colour, linestyle="none", marker="o", markersize=5, label=named)
    without = [r for r in curve.rows if r.answer is None and not math.isinf(curve.amount(r))]
    if without:
        axes.plot(
            [curve.amount(row) / _SCALE[lang] for row in without],
            [0.0] * len(without),
            color=colour,
            linestyle="none",
            marker="x",
            clip_on=False,
            label=text("frontier.plot_without", lang),
        )
    if curve.knee is not None:
        row = curve.rows[curve.knee.at]
        at = (curve.amount(row) / _SCALE[lang], row.value)
        ring = {"marker": "o", "markersize": 11, "markerfacecolor": "none", "linestyle": "none"}
        said = text("frontier.plot_knees", lang) if many else None
        axes.plot(*at, **ring, color=colour, label=said)
        if not many:
            axes.annotate(
                text("frontier.plot_knee", lang, amount=f"{at[0]:,g}"),
                at,
                xytext=(_POINTS, -_POINTS - 4),
                textcoords="offset points",
                color=colour,
            )


def _fixed(curve: Curve, lang: Lang) -> str:
    other: Axis = "subsidy_per_year" if curve.axis == "capital" else "capital"
    name = text(f"frontier.plot_{other}", lang)
    if math.isinf(curve.fixed):
        return text("frontier.plot_unlimited", lang, name=name)
    yuan = f"{curve.fixed / 1e4:,g}" if lang == "zh" else f"{curve.fixed:,.2f}".removesuffix(".00")
    return text("frontier.plot_fixed", lang, name=name, amount=yuan)


def _measure(stage: str | None, lang: Lang) -> str:
    """Return what the values count."""
    if stage is None:
        return ""
    if stage in (COVERAGE, GRADES, COST, WORST):
        return text(f"frontier.plot_of_{stage.replace('-', '_')}", lang)
    return text("frontier.plot_of_class", lang, name=class_word(stage, lang))


def _whole(value: float, _: int) -> str:
    return f"{value:,.0f}"


def _share(value: float, _: int) -> str:
    return f"{100.0 * value:.0f}%"
