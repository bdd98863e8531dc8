"""Whether the quotas are stated as they are, and kept where the question enforces them."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from siting.standard.tolerances import SLACK
from siting.verify.circles import outlets_standing, projects_standing
from siting.verify.compare import close, differs
from siting.verify.recount import by_circle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City, Floats
    from siting.errors import Notice
    from siting.plan.document import Document
    from siting.standard.model import Question, Type


@dataclass(frozen=True)
class _Row:
    community: str
    type: str
    unit: Literal["outlets", "m2"]
    asked: float
    existing: float
    opened: float


def check_quotas(document: Document, city: City, question: Question) -> Iterator[Notice]:
    """Yield what is wrong with the quotas."""
    rows = list(_rows(document, city, question))
    stated = [(q.community, q.type, q.unit) for q in document.quotas]
    wanted = [(q.community, q.type, q.unit) for q in rows]
    if stated != wanted:
        yield differs("quota_list", _listed(stated), _listed(wanted))
        return
    for said, right in zip(document.quotas, rows, strict=True):
        name = {"community": said.community, "type": said.type, "unit": said.unit}
        for field in ("asked", "existing", "opened"):
            number, counted = getattr(said, field), getattr(right, field)
            if not close(number, counted):
                yield differs("quota", number, counted, name=field, **name)
    if "quotas" not in question.enforce:
        return
    for row in rows:
        lacking = row.asked - row.existing
        if row.unit == "outlets":
            short = row.opened < math.ceil(lacking - SLACK)
        else:  # in whole millionths; a hundredth of one is rounding
            short = round(row.opened * 1e6) < math.ceil(lacking * 1e6 - 0.01)
        if short:
            name = {"community": row.community, "type": row.type, "unit": row.unit}
            yield differs("quota_missed", row.existing + row.opened, row.asked, **name)


def _rows(document: Document, city: City, question: Question) -> Iterator[_Row]:
    index = {word: s for s, word in enumerate(city.spaces.id)}
    types = {kind.id: kind for kind in question.standard.types}
    outlets = outlets_standing(city)
    opened = projects_standing(city, [(index[p.space], p.type) for p in document.projects])
    floor = _floor_of_outlets(city, types)
    new_floor: dict[tuple[str, int], float] = defaultdict(float)
    for p in document.projects:
        place = (p.type, int(city.spaces.community[index[p.space]]))
        new_floor[place] += p.area_m2
    for quota in question.standard.quotas:
        people = by_circle(city, _people(city, question, types[quota.type].counting_group))
        for c, name in enumerate(city.communities if quota.per_1000 is not None else ()):
            at = (quota.type, c)
            asked = (quota.per_1000 or 0.0) * float(people[c]) / 1000.0
            yield _Row(name, quota.type, "outlets", asked, outlets[at], opened[at])
        for c, name in enumerate(city.communities if quota.area_m2_per_1000 is not None else ()):
            at = (quota.type, c)
            asked = (quota.area_m2_per_1000 or 0.0) * float(people[c]) / 1000.0
            yield _Row(name, quota.type, "m2", asked, floor[at], new_floor[at])


def _floor_of_outlets(city: City, types: dict[str, Type]) -> dict[tuple[str, int], float]:
    floor: dict[tuple[str, int], float] = defaultdict(float)
    outlets = city.outlets
    for words, c, area in zip(outlets.types, outlets.community, outlets.area_m2, strict=True):
        for word in words:
            if word in types:
                size = types[word].area_typical_m2 if math.isnan(area) else float(area)
                floor[word, int(c)] += size
    return floor


def _people(city: City, question: Question, group: str) -> Floats:
    have = city.places.residents
    if group in have:
        return have[group]
    return question.standard.typical_shares.get(group, 0.0) * have["everyone"]


def _listed(rows: list[tuple[str, str, Literal["outlets", "m2"]]]) -> str:
    return ", ".join(f"{community}/{word} ({unit})" for community, word, unit in rows) or "-"
