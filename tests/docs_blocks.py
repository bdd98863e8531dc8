"""The code blocks of a page in Markdown, with the mark that may stand above each."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(
    r"(?P<marks>(?:^<!--[^\n]*-->\n)*)^```(?P<lang>\w+)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"<!-- (?P<kind>not run|exit code|file|part of)(?::| )\s*(?P<value>[^\n]*?) -->")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes
    ----------
    page, line
        Where it stands.
    lang
        The word after the fence.
    code
        What stands in it.
    marks
        ``not run`` (why), ``exit code``, ``file`` (what to save it as), ``part of`` (which file).
    """

    page: str
    line: int
    lang: str
    code: str
    marks: dict[str, str]


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = page.read_text("utf-8")
    found = []
    for match in _FENCE.finditer(text):
        marks = {m["kind"]: m["value"] for m in _MARK.finditer(match["marks"])}
        line = text.count("\n", 0, match.start("code"))
        found.append(Block(page.name, line, match["lang"], match["code"], marks))
    return found


def commands_in(code: str) -> list[list[str]]:
    """Return the commands of a shell block, each as its words."""
    joined = code.replace("\\\n", " ")
    return [shlex.split(line, comments=True) for line in joined.splitlines() if line.strip()]
