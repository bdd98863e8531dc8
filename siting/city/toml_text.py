"""TOML text to a dictionary, within limits that nobody who writes by hand meets."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_MOST_PARTS = 50
"""Of a dotted key. The parser's work grows with the square of their number."""
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"""(?<![\w"'-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{_MOST_PARTS},}}""")
_LEAST, _MOST = -(2**63), 2**63 - 1


def parse_toml(text: str) -> dict[str, Any]:
    """Return the content of a TOML document.

    Raises
    ------
    tomllib.TOMLDecodeError
        It is not valid TOML; or keys have more than 50 parts, or a whole number needs more than
        64 bits.
    RecursionError
        It is nested too deeply.
    """
    long_key = _LONG_KEY.search(text)
    if long_key is not None:
        line = text.count("\n", 0, long_key.start()) + 1
        raise tomllib.TOMLDecodeError(f"A key of too many parts (at line {line})")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:  # of int(): thousands of digits
        raise tomllib.TOMLDecodeError("A whole number of too many digits") from None
    _refuse_large(content)
    return content


def _refuse_large(content: dict[str, Any]) -> None:
    left: list[Any] = [content]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, int) and not _LEAST <= value <= _MOST:
            raise tomllib.TOMLDecodeError("A whole number needs more than 64 bits")
