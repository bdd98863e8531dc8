"""``compare.html``: two plans on one map, and the tables of what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from siting.plan.compare_people import served_types
from siting.plan.compare_projects import CHANGES
from siting.report.compare.lines import compare_lines
from siting.report.compare.listing import as_page, compare_word
from siting.report.compare.tables import listings, type_words
from siting.report.figures import clean, people
from siting.report.html.both import LANGS
from siting.report.html.frame import asset, framed, page_words
from siting.report.html.marks import area_rings, frame_of, ground, street_lines
from siting.words import text

if TYPE_CHECKING:
    from siting.plan.compare import Comparison
    from siting.report.html.both import Pair
    from siting.report.html.marks import Frame
    from siting.words import Lang

_HERE = "siting.report.compare"


def comparison_html(c: Comparison, names: tuple[str, str], lang: Lang) -> str:
    """Return the page of a comparison; it opens in `lang`."""
    return framed(
        page_data(c, names, lang),
        lang,
        body=asset("compare.html", _HERE),
        note="compare_note",
        noscript="compare_noscript",
        scripts=(asset("compare.js", _HERE),),
        numbered=False,
    )


def page_data(c: Comparison, names: tuple[str, str], lang: Lang) -> dict[str, Any]:
    """Return everything the page shows, as plain values."""
    city = c.b.city
    said: list[Pair] = []
    pairs = (compare_lines(c, names, one) for one in LANGS)
    for zh, en in zip(*pairs, strict=True):
        forms = zip(LANGS, (zh, en), strict=True)
        said.append([text("report.labelled", one, label=k, said=v) for one, (k, v) in forms])
    own = {f"compare_{name}": pair for name, pair in page_words(_HERE).items()}
    return {
        "lang": lang,
        "words": {**page_words(), **own},
        "title": compare_word("title", city=clean(city.name if city is not None else "")),
        "answer": said,
        "tiles": _tiles(c),
        "map": _map(c),
        "sheets": [as_page(listing) for listing in listings(c)],
    }


def _tiles(c: Comparison) -> list[dict[str, Any]]:
    counts = c.projects["change"].value_counts()
    everyone = c.groups[c.groups["group"] == "everyone"]
    verdict = c.circles["verdict"]
    shown = [(f"tile_{change}", people(counts.get(change, 0))) for change in CHANGES[:4]]
    if len(everyone):
        shown += [(f"tile_{name}", people(everyone[name].iloc[0])) for name in ("more", "fewer")]
    shown += [
        ("tile_better", people((verdict > 0).sum())),
        ("tile_worse", people((verdict < 0).sum())),
    ]
    return [{"value": [value] * 2, "label": compare_word(name)} for name, value in shown]


def _map(c: Comparison) -> dict[str, Any]:
    city = c.b.city
    assert city is not None
    frame = frame_of(city)
    marks, cell = ground(city, frame)
    count = [served_types(plan, c.asked.types) for plan in (c.a, c.b)]
    people_at = city.places.residents["everyone"]
    for name, mask in (("more", count[1] > count[0]), ("fewer", count[1] < count[0])):
        held = np.bincount(cell, weights=people_at * mask, minlength=len(marks["x"]))
        marks[name] = np.rint(held).astype(np.int64).tolist()
    streets, _ = street_lines(city, frame)
    verdicts = dict(zip(c.circles["community"], c.circles["verdict"].tolist(), strict=True))
    shares = {
        name: [round(a, 6), round(b, 6)]
        for name, a, b in zip(
            c.circles["community"], c.circles["share_a"], c.circles["share_b"], strict=True
        )
    }
    return {
        "communities": [clean(name) for name in city.communities],
        "verdicts": [verdicts.get(name, 0) for name in city.communities],
        "shares": [shares.get(name, [0.0, 0.0]) for name in city.communities],
        "marks": marks,
        "streets": streets,
        "areas": area_rings(city, frame),
        "projects": _projects(c, frame),
    }


def _projects(c: Comparison, frame: Frame) -> dict[str, Any]:
    """Return the projects in the order of their table; a dropped one stands where it stood."""
    table = c.projects
    x, y = (table[f"{name}_b"].fillna(table[f"{name}_a"]) for name in "xy")
    names = type_words(c)
    types: list[Pair | None] = []
    for a, b in zip(table["type_a"].tolist(), table["type_b"].tolist(), strict=True):
        pairs = [names.get(word, [clean(word)] * 2) for word in (a, b) if word == word]
        types.append(_joined(pairs))
    moved = table["change"] == "moved"
    spaces = [
        _joined([[clean(word)] * 2 for word in pair if word == word])
        for pair in zip(table["space_a"].tolist(), table["space_b"].tolist(), strict=True)
    ]
    return {
        "x": frame.x_of(x),
        "y": frame.y_of(y),
        "change": [CHANGES.index(change) for change in table["change"].tolist()],
        "type": types,
        "space": spaces,
        "at": [clean(word) for word in table["space_b"].fillna(table["space_a"])],
        "from": [
            [a, b] if one else None
            for one, a, b in zip(
                moved.tolist(),
                frame.x_of(table["x_a"].where(moved, frame.x)),
                frame.y_of(table["y_a"].where(moved, frame.y)),
                strict=True,
            )
        ],
    }


def _joined(pairs: list[Pair]) -> Pair:
    """Return one name, or what it was and what it becomes."""
    if len(pairs) == 1 or pairs[0] == pairs[1]:
        return pairs[0]
    return [
        text("report.compare.from_to", lang, a=a, b=b)
        for lang, a, b in zip(LANGS, *pairs, strict=True)
    ]
