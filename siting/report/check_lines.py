"""What a check of a city found: faults, remarks, and one line that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.report.brief import by_weight, how_many
from siting.report.figures import clean, people
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.city.model import City
    from siting.errors import Notice


def check_lines(
    city: City | None, faults: Sequence[Notice], remarks: Sequence[Notice], lang: Lang = "en"
) -> list[str]:
    """Return one line a fault, then one a remark (the weightiest first), then a count."""
    lines = [fault_line(n, lang) for n in faults]
    lines += [remark_line(n, lang) for n in by_weight(remarks)]
    counted = {"faults": how_many(faults), "remarks": how_many(remarks)}
    if faults or city is None:
        lines.append(text("report.checked_faulty", lang, **counted))
    else:
        held = {k: people(n) if isinstance(n, int) else n for k, n in counts(city).items()}
        lines.append(text("report.checked", lang, **counted, **held))
    return lines


def counts(city: City) -> dict[str, str | int]:
    """Return how much of everything a city holds, residents to the nearest whole one."""
    everyone = city.places.residents["everyone"]
    return {
        "name": clean(city.name),
        "places": len(city.places),
        "residents": round(float(everyone.sum())),
        "outlets": len(city.outlets),
        "spaces": len(city.spaces),
        "communities": len(city.communities),
        "streets": 0 if city.streets is None else len(city.streets),
    }


def fault_line(notice: Notice, lang: Lang = "en") -> str:
    """Return a fault as one line that begins with the word for it."""
    return text("report.fault", lang, line=clean(notice.line(lang)))


def remark_line(notice: Notice, lang: Lang = "en") -> str:
    """Return a remark as one line that begins with the word for it."""
    return text("report.remark", lang, line=clean(notice.line(lang)))
