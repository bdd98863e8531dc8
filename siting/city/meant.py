"""Which number a cell of text probably means: ``2万`` 20000, ``1,200元`` 1200.

Only advice is made of it. The number is never taken silently, and where the unit could change it
(a rent a day, an area in mu) nothing is advised.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_NUMBER = re.compile(
    r"[^\d+.,-]{0,3}"
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    r"\s*(?P<unit>(?:m[23]|[^\d]){0,12})"
)
_TIMES = {
    "十": "1e1",
    "百": "1e2",
    "千": "1e3",
    "万": "1e4",
    "萬": "1e4",
    "亿": "1e8",
    "億": "1e8",
}
_TIMES_WORD = {"thousand": "1e3", "million": "1e6", "billion": "1e9"}
_OTHER_SIZE = re.compile(
    r"天|日|周|季|年|亩|公顷|里|千米|千克|英尺|尺|吨|[%‰]|^\s*[kw]|ha\b|acre|ft|feet|day|week|year|quarter",
    re.IGNORECASE,
)


def number_meant(text: str) -> str | None:
    """Return the number that a text with a unit or a word for its size means, as it is written.

    Returns
    -------
    str or None
        None where there is no number, more than one, or a unit that may change it.

    Examples
    --------
    >>> number_meant("1.2万元"), number_meant("80㎡"), number_meant("2元/天")
    ('12000', '80', None)
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    match = _NUMBER.fullmatch(plain)
    if match is None or _OTHER_SIZE.search(match["unit"]):
        return None
    number = Decimal(match["number"].replace(",", ""))
    unit = match["unit"].strip().casefold()
    while unit and unit[0] in _TIMES:
        number *= Decimal(_TIMES[unit[0]])
        unit = unit[1:]
    for word, times in _TIMES_WORD.items():
        if unit.startswith(word):
            number *= Decimal(times)
    shown = f"{number:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
