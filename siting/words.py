"""Every sentence a user can see, in Chinese and English.

The sentences live in ``words.toml`` files, one a folder; the key ``city.negative`` is the entry
``[negative]`` of ``siting/city/words.toml``. ``siting/words.toml`` holds the keys of this folder's
own modules (``errors.row``) under ``[errors.row]``. A folder within a folder has its own file too:
``report.html.title`` is the entry ``[title]`` of ``siting/report/html/words.toml``.
"""

from __future__ import annotations

import locale
import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Lang = Literal["zh", "en"]

_OWN = ("errors", "api", "arguments")


@cache
def _entries(folder: str) -> dict[str, dict[str, str]]:
    if folder in _OWN:
        source = files("siting").joinpath("words.toml")
        return dict(tomllib.loads(source.read_text("utf-8"))[folder])
    source = files(f"siting.{folder}").joinpath("words.toml")
    return tomllib.loads(source.read_text("utf-8"))


def text(key: str, lang: Lang = "en", /, **values: Any) -> str:
    """Return the sentence `key` in `lang`, with `values` filled in.

    Raises
    ------
    KeyError
        The sentence, or its form in this language, does not exist: a fault of ours.
    """
    folder, _, name = key.rpartition(".")
    form = _entries(folder)[name][lang]
    return form.format(**values) if values else form


def default_lang() -> Lang:
    """Return the language of the user's locale: zh if it is a Chinese one, else en."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    spoken = locale.getlocale()[0] or ""
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"
