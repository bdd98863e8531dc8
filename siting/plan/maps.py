"""A plan as a map: a picture (extra ``plot``), and one to pan and zoom (extra ``explore``)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.errors import InputError, Notice, import_extra
from siting.gaps.plot import drawing
from siting.plan.classes import CLASS_COLOURS, OTHER_COLOUR, class_word
from siting.plan.tables import needs_by_place, projects_frame
from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.plan.model import Plan

_SHOWN = (
    "space",
    "type",
    "community",
    "area_m2",
    "capital",
    "subsidy_per_year",
    "residents_gained",
)

_LEAST_SIDE = 0.4
"""Of a drawn map's longer side; unverified."""


def plot_plan(plan: Plan, ax: Any = None, lang: Lang = "en") -> Any:
    """Draw places by the share of their needs that the plan meets, and the projects by class.

    Parameters
    ----------
    plan
        A plan; one that was read without its city shows its projects alone.
    ax
        The matplotlib axes to draw on; None: of a new figure.
    lang
        Language of the labels.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on.

    Raises
    ------
    InputError
        matplotlib is not installed.
    """
    with drawing(ax, (8.0, 7.0)) as axes:
        with_places = plan.city is not None and plan.detail is not None
        if with_places:
            _places(plan, axes, lang)
        projects = plan.document.projects
        classes = {t.id: t.type_class for t in plan.standard.types}
        for word in dict.fromkeys(classes.values()):
            mine = [(p.x, p.y) for p in projects if classes[p.type] == word]
            if mine:
                x, y = np.array(mine).T
                colour = CLASS_COLOURS.get(word, OTHER_COLOUR)
                label = text(
                    "plan.map_class_count", lang, type_class=class_word(word, lang), count=len(mine)
                )
                axes.scatter(
                    x, y, s=28, color=colour, edgecolor="white", linewidth=0.6, label=label
                )
        axes.set_aspect("equal")
        axes.set_axis_off()
        _least_extent(axes)
        title = "plan.map_title" if with_places else "plan.map_title_projects"
        axes.set_title(text(title, lang, count=len(projects)))
        if projects:
            axes.legend(loc="upper left", bbox_to_anchor=(0.0, 0.0), ncols=3, frameon=False)
    return axes


def _places(plan: Plan, axes: Any, lang: Lang) -> None:
    assert plan.city is not None
    counts = needs_by_place(plan)
    asked = counts["needs"] > 0
    share = np.ones(len(asked))
    np.divide(counts["met_after"], counts["needs"], out=share, where=asked)
    places = plan.city.places
    drawn = axes.scatter(
        places.x, places.y, c=share, s=3, cmap="viridis", vmin=0.0, vmax=1.0, linewidth=0
    )
    axes.figure.colorbar(drawn, ax=axes, shrink=0.6, label=text("plan.map_share", lang))


def _least_extent(axes: Any) -> None:
    """Widen the shorter side of a map: a city along a line would have no height, or no width."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    least = _LEAST_SIDE * max(abs(right - left), abs(high - low))
    if abs(right - left) < least:
        axes.set_xlim((left + right - least) / 2.0, (left + right + least) / 2.0)
    if abs(high - low) < least:
        axes.set_ylim((low + high - least) / 2.0, (low + high + least) / 2.0)


def explore_plan(plan: Plan, lang: Lang = "en", **options: Any) -> Any:
    """Return the projects on a map with tiles, by class; `options` go to geopandas' ``explore``.

    Raises
    ------
    InputError
        A library of the extra is not installed, or the city has no coordinate system.
    """
    for library in ("folium", "mapclassify", "matplotlib"):
        import_extra(library, "explore")
    if plan.document.inputs.metric_crs is None:
        raise InputError(Notice("plan.no_crs"))
    frame = projects_frame(plan)
    frame["type"] = frame["type_zh" if lang == "zh" else "type_en"]
    present = list(dict.fromkeys(t.type_class for t in plan.standard.types))
    present = [w for w in present if w in set(frame["class"])]
    named = {w: class_word(w, lang) for w in present}
    frame["class"] = frame["class"].map(named)
    for column in ("space", "type", "community", "class"):
        # the map shows cells as HTML
        frame[column] = frame[column].map(lambda word: escape(str(word)))
    heads = {column: text(f"plan.map_{column}", lang) for column in ("class", *_SHOWN)}
    frame = frame[["class", *_SHOWN, "geometry"]].rename(columns=heads)
    drawn = {
        "column": heads["class"],
        "categorical": True,
        "categories": [escape(word) for word in named.values()],
        "cmap": [CLASS_COLOURS.get(word, OTHER_COLOUR) for word in present],
        "marker_kwds": {"radius": 6},
        "tooltip": [heads[c] for c in ("space", "type", "residents_gained")],
        "popup": [heads[c] for c in ("class", *_SHOWN)],
    }
    if frame.empty:
        drawn = {}
    return frame.explore(**{**drawn, **options})
