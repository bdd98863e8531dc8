"""Elements of a workbook's parts: their names, and switches that are on or off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Element = ElementTree.Element
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
"""The names of what sheets are made of."""
_NUMBERED = re.compile(r"_x([0-9A-Fa-f]{4})_")
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
"""The names of what belongs to something."""


def tag_of(element: Element) -> str:
    """Return what an element of a sheet is called; another one keeps its whole name."""
    return element.tag.removeprefix(MAIN)


def text_in(element: Element) -> str:
    """Return a text, in which characters that XML cannot hold stand by their numbers."""
    return _NUMBERED.sub(lambda found: chr(int(found[1], 16)), "".join(element.itertext()))


def no_more(
    where: str, elements: Iterable[Element], known: Collection[str]
) -> list[tuple[str, str]]:
    """Return the elements that siting does not write: where, and what."""
    return [(where, tag_of(one)) for one in elements if tag_of(one) not in known]


def on(element: Element, switch: str) -> bool:
    """Tell whether a switch is on that is off where nothing is said."""
    return element.get(switch, "0").lower() not in ("0", "false")


def off(element: Element, switch: str) -> bool:
    """Tell whether a switch is off that is on where nothing is said."""
    return element.get(switch, "1").lower() in ("0", "false")
