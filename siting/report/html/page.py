"""``report.html``: one file that opens from disk without a network, in Chinese and English."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from siting.report.figures import clean
from siting.report.html.answer import sentences, tiles
from siting.report.html.both import LANGS, word
from siting.report.html.inputs import assumptions_sheet, inputs_sheet, versions_sheet
from siting.report.html.marks import map_data
from siting.report.html.money import money_sheet, price_notes, proof_sheet, sensitivity_sheet
from siting.report.html.needs import (
    circles_sheet,
    coverage_sheet,
    open_sheet,
    presence_sheet,
    quotas_sheet,
)
from siting.report.html.projects import projects_sheet
from siting.report.html.upgrades import upgrades_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from siting.plan.model import Plan
    from siting.words import Lang

_SCRIPTS = ("words.js", "table.js", "map.js", "chart.js", "page.js")
_SLOT = re.compile(r"<!-- (\w+) -->")
_WORD = re.compile(r'(<(\w+)[^>]*\bdata-word="(\w+)"[^>]*>)(</\2>)')


def write_html(plan: Plan, path: Path, lang: Lang) -> None:
    """Write the report of a plan that has its city; it opens in `lang`."""
    path.write_text(html(plan, lang), encoding="utf-8", newline="\n")


def html(plan: Plan, lang: Lang) -> str:
    """Return the report of a plan that has its city, as one page.

    Whatever comes from tables reaches the page as text only: in JSON without any ``<``, ``>`` or
    ``&``, or escaped.
    """
    said = sentences(plan)
    data = json.dumps(page_data(plan, lang), ensure_ascii=False, separators=(",", ":"))
    at = LANGS.index(lang)
    words = {name: forms[lang] for name, forms in _words().items()}
    title = _title(plan)[at]
    slots = {
        "lang": "zh-CN" if lang == "zh" else "en",
        "title": escape(title),
        "styles": _styles(),
        "answer": "".join(f"<li>{escape(pair[at])}</li>" for pair in said),
        "licences": _licences(),
        "data": _harmless(data),
        "scripts": _scripts(),
    }
    page = _filled(_asset("page.html"), words)
    return _SLOT.sub(lambda match: slots[match[1]], page)


def page_data(plan: Plan, lang: Lang) -> dict[str, Any]:
    """Return everything the page shows, as plain values."""
    city, detail, table = plan.city, plan.detail, plan.gap_table
    if city is None or detail is None or table is None:
        raise ValueError("a plan read from a folder has no city; restore it to report it")
    return {
        "lang": lang,
        "words": {name: [forms["zh"], forms["en"]] for name, forms in _words().items()},
        "title": _title(plan),
        "answer": sentences(plan),
        "tiles": tiles(plan.document),
        "map": map_data(plan, city, detail),
        "price": price_notes(plan.document),
        "sheets": [
            sheet.data()
            for sheet in (
                projects_sheet(plan, city, detail.answers),
                presence_sheet(plan, table),
                circles_sheet(plan),
                *([upgrades_sheet(plan)] if any(c.upgrades for c in plan.document.circles) else []),
                *([quotas_sheet(plan)] if plan.document.quotas else []),
                coverage_sheet(plan),
                money_sheet(plan),
                open_sheet(plan),
                proof_sheet(plan),
                sensitivity_sheet(plan),
                inputs_sheet(plan, city),
                assumptions_sheet(plan),
                versions_sheet(plan, libraries()),
            )
        ],
    }


def libraries() -> list[dict[str, Any]]:
    """Return the libraries that the page carries: name, version, licence, files, text."""
    listed: list[dict[str, Any]] = tomllib.loads(_vendored("libraries.toml"))["library"]
    return listed


def _title(plan: Plan) -> list[str]:
    city = plan.city
    return word("title", city=clean(city.name if city is not None else ""))


def _filled(page: str, words: Mapping[str, str]) -> str:
    """Return the page with every element that names a word holding it, for want of a script."""
    return _WORD.sub(lambda m: f"{m[1]}{escape(words[m[3]])}{m[4]}", page)


def _harmless(data: str) -> str:
    """Return JSON that no parser of HTML can take for a tag or the end of the script."""
    for character in "<>&\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return data


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("siting.report.html").joinpath("words.toml").read_text("utf-8"))


def _read(file: Traversable) -> str:
    return file.read_text("utf-8")


@cache
def _asset(name: str) -> str:
    return _read(files("siting.report.html").joinpath("assets", name))


@cache
def _vendored(name: str) -> str:
    return _read(files("siting.report.html").joinpath("vendor", name))


def _styles() -> str:
    # The pictures of controls that this page does not use.
    library = re.sub(r"url\([^)]*\)", "none", _vendored("leaflet.css"))
    return library + _asset("style.css")


def _scripts() -> str:
    # The maps of sources would be looked for beside the page.
    parts = [
        re.sub(r"^//# sourceMappingURL=.*$", "", _vendored(name), flags=re.M)
        for name in ("leaflet.js", "chart.js")
    ]
    own = "\n".join(_asset(name) for name in _SCRIPTS)
    return "".join(f"<script>\n{part}\n</script>\n" for part in (*parts, own))


def _licences() -> str:
    return "".join(
        f"<h3>{escape(item['name'])} {escape(item['version'])}, {escape(item['licence'])}</h3>"
        f"<pre>{escape(_vendored(item['text']))}</pre>"
        for item in libraries()
    )
