"""What every page has: one file that opens from disk without a network, in Chinese and English."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from html import escape
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from siting.report.html.both import LANGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

    from siting.report.html.both import Pair
    from siting.words import Lang

MAP, CHART = "leaflet.js", "chart.js"
_FIRST = ("words.js", "table.js")
_OF_MAPS = ("base.js",)
_LAST = ("frame.js",)
_SLOT = re.compile(r"<!-- (\w+) -->")
_WORD = re.compile(r'(<(\w+)[^>]*\bdata-word="(\w+)"[^>]*>)(</\2>)')


def framed(
    data: dict[str, Any],
    lang: Lang,
    *,
    body: str,
    note: str,
    scripts: Iterable[str],
    noscript: str = "noscript",
    maps: bool = True,
    charts: bool = False,
    numbered: bool = True,
) -> str:
    """Return a page.

    Whatever comes from tables reaches the page as text only: in JSON without any ``<``, ``>`` or
    ``&``, or escaped.

    Parameters
    ----------
    data
        What the scripts show: ``words`` (pairs by key), ``title`` and ``answer`` (pairs), and what
        scripts of the page itself look for.
    lang
        The language in which the page opens.
    body
        The page's own sections, as HTML that names words and holds none.
    note
        Key of the word beneath the answer.
    scripts
        The page's own scripts, in order; the last puts the page together.
    noscript
        Key of the word for want of a script.
    maps, charts
        Whether they draw maps, and charts.
    numbered
        Whether the answer is sentences one after the other; else lines with a label each.
    """
    at = LANGS.index(lang)
    words: Mapping[str, Pair] = data["words"]
    slots = {
        "lang": "zh-CN" if lang == "zh" else "en",
        # verify compares what this very version writes
        "maker": escape(f"siting {version('siting')}"),
        "title": escape(data["title"][at]),
        "styles": _styles(maps),
        "list": "ol" if numbered else "ul",
        "answer": "".join(f"<li>{escape(pair[at])}</li>" for pair in data["answer"]),
        "licences": _licences(maps, charts),
        "data": _harmless(json.dumps(data, ensure_ascii=False, separators=(",", ":"))),
        "scripts": _scripts(scripts, maps, charts),
    }
    page = asset("frame.html")
    for slot, said in (("body", body), ("note", note), ("noscript", noscript)):
        page = page.replace(f"<!-- {slot} -->", said)
    page = _WORD.sub(lambda m: f"{m[1]}{escape(words[m[3]][at])}{m[4]}", page)
    return _SLOT.sub(lambda match: slots[match[1]], page)


def libraries(*, maps: bool = True, charts: bool = True) -> list[dict[str, Any]]:
    """Return the libraries that a page carries: name, version, licence, files, text."""
    listed: list[dict[str, Any]] = tomllib.loads(_vendored("libraries.toml"))["library"]
    return [item for item in listed if (maps if item["map"] else charts)]


def page_words(folder: str = "siting.report.html") -> dict[str, Pair]:
    """Return the words of a folder of pages, both languages of each, by key."""
    entries = tomllib.loads(_read(files(folder).joinpath("words.toml")))
    return {name: [forms["zh"], forms["en"]] for name, forms in entries.items()}


def _harmless(data: str) -> str:
    """Return JSON that no parser of HTML can take for a tag or the end of the script."""
    for character in "<>&\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return data


def _read(file: Traversable) -> str:
    return file.read_text("utf-8")


@cache
def asset(name: str, folder: str = "siting.report.html") -> str:
    """Return a file that pages are made of."""
    return _read(files(folder).joinpath("assets", name))


@cache
def _vendored(name: str) -> str:
    return _read(files("siting.report.html").joinpath("vendor", name))


def _styles(maps: bool) -> str:
    # The pictures of controls that no page uses.
    library = re.sub(r"url\([^)]*\)", "none", _vendored("leaflet.css")) if maps else ""
    return library + asset("style.css")


def _scripts(scripts: Iterable[str], maps: bool, charts: bool) -> str:
    # The maps of sources would be looked for beside the page.
    parts = [
        re.sub(r"^//# sourceMappingURL=.*$", "", _vendored(name), flags=re.M)
        for name in (*([MAP] if maps else []), *([CHART] if charts else []))
    ]
    own = [asset(name) for name in (*_FIRST, *(_OF_MAPS if maps else ()), *_LAST)]
    parts.append("\n".join([*own, *scripts]))
    return "".join(f"<script>\n{part}\n</script>\n" for part in parts)


def _licences(maps: bool, charts: bool) -> str:
    return "".join(
        f"<h3>{escape(item['name'])} {escape(item['version'])}, {escape(item['licence'])}</h3>"
        f"<pre>{escape(_vendored(item['text']))}</pre>"
        for item in libraries(maps=maps, charts=charts)
    )
