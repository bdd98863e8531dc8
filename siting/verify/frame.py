"""Whether report.html is the page that siting writes, beside the data in it.

What a page shows of its data, its scripts, styles and fixed words decide. So they are put together
here once more from the files that siting ships, and the whole page must be that, letter by letter.
"""

from __future__ import annotations

import html
import re
import tomllib
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from siting.errors import Notice
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER_PAGE = "verify.page_other_version"
"""Key of the notice that a page was not compared, because another version wrote it."""
_PAGES = "siting.report.html"
_LANGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
_MAKER = re.compile(r'<meta name="generator" content="siting ([^"<>]{1,40})">')
_LIBRARIES = ("leaflet.js", "chart.js")
_SCRIPTS = (
    ("words.js", "table.js", "base.js", "frame.js"),
    ("map.js", "chart.js", "page.js"),
)
_SLOT = re.compile(r"<!-- (\w+) -->")
_SAID = re.compile(r'data-word="(\w+)"[^>]*>(?=</)')
_SHOWN = 60  # characters of a line, from where it begins to differ


def check_frame(name: str, page: str, raw: str, data: dict[str, Any], city: str) -> list[Notice]:
    """Return where a page is another one than siting writes around its data.

    Parameters
    ----------
    name
        Of the file.
    page
        All of it.
    raw, data
        What stands in it as data, and what that says.
    city
        What the city is called.
    """
    made, runs = _MAKER.search(page), version("siting")
    if made is not None and html.unescape(made[1]) != runs:
        values = {"stated": html.unescape(made[1]), "right": runs}
        return [Notice(OTHER_PAGE, file=name, values=values)]
    found = []
    if any(mark in raw for mark in "<>&"):
        found.append(_foreign(name, "data", "< > &"))
    found += [_foreign(name, "data", word) for word in _words(data, city)]
    # a word that the frame asks for may be among those that are not there
    if not found:
        found += _lines(name, page, _page(raw, data, runs))
    return found


def _words(data: dict[str, Any], city: str) -> Iterator[str]:
    """Yield what the page is called and what it says everywhere, where that is not siting's."""
    if data["lang"] not in _LANGS:
        yield "lang"
    shipped = tomllib.loads(_shipped("words.toml"))
    right = {key: [forms["zh"], forms["en"]] for key, forms in shipped.items()}
    said = data["words"]
    for key in right.keys() | said.keys():
        if right.get(key) != said.get(key):
            yield f"words.{key}"
    named = " ".join(city.split())
    named = "".join(c if c.isprintable() else "\ufffd" for c in named)
    if data["title"] != [text(f"{_PAGES[7:]}.title", lang, city=named) for lang in _LANGS]:
        yield "title"


def _page(raw: str, data: dict[str, Any], runs: str) -> str:
    """Return the page that siting writes around data."""
    at = list(_LANGS).index(data["lang"])
    noted = {"body": _asset("page.html"), "note": "points_note", "noscript": "noscript"}
    first = _SLOT.sub(lambda slot: noted.get(slot[1], slot[0]), _asset("frame.html"))
    words: dict[str, list[str]] = data["words"]
    said = _SAID.sub(lambda place: place[0] + html.escape(words[place[1]][at]), first)
    slots = {
        "lang": _LANGS[data["lang"]],
        "maker": html.escape(f"siting {runs}"),
        "title": html.escape(data["title"][at]),
        "styles": re.sub(r"url\([^)]*\)", "none", _vendored("leaflet.css")) + _asset("style.css"),
        "list": "ol",
        "answer": "".join(f"<li>{html.escape(pair[at])}</li>" for pair in data["answer"]),
        "licences": _licences(),
        "data": raw,
        "scripts": _scripts(),
    }
    return _SLOT.sub(lambda slot: slots[slot[1]], said)


def _scripts() -> str:
    # maps of sources would be looked for beside the page
    parts = [re.sub(r"(?m)^//# sourceMappingURL=.*$", "", _vendored(name)) for name in _LIBRARIES]
    parts.append("\n".join(_asset(name) for names in _SCRIPTS for name in names))
    return "".join(f"<script>\n{part}\n</script>\n" for part in parts)


def _licences() -> str:
    listed = tomllib.loads(_vendored("libraries.toml"))["library"]
    parts = []
    for one in listed:
        title = html.escape(f"{one['name']} {one['version']}, {one['licence']}")
        parts.append(f"<h3>{title}</h3><pre>{html.escape(_vendored(one['text']))}</pre>")
    return "".join(parts)


def _lines(name: str, page: str, right: str) -> Iterator[Notice]:
    """Yield the first line in which two pages differ."""
    if page == right:
        return
    stated, ought = page.split("\n"), right.split("\n")
    pairs = enumerate(zip([*stated, ""], [*ought, ""], strict=False))
    line = next((k for k, (a, b) in pairs if a != b), min(len(stated), len(ought)))
    a, b = (lines[line] if line < len(lines) else "" for lines in (stated, ought))
    at = next(
        (k for k, (c, d) in enumerate(zip(a, b, strict=False)) if c != d), min(len(a), len(b))
    )
    shown = (words[at : at + _SHOWN] or "-" for words in (a, b))
    values = dict(zip(("stated", "right"), shown, strict=True))
    yield Notice("verify.page_frame", file=name, values={**values, "line": line + 1})


def _foreign(name: str, where: str, what: str) -> Notice:
    return Notice("verify.foreign", file=name, values={"where": where, "what": what})


def _asset(name: str) -> str:
    return _shipped("assets", name)


def _vendored(name: str) -> str:
    return _shipped("vendor", name)


def _shipped(*path: str) -> str:
    return files(_PAGES).joinpath(*path).read_text("utf-8")
