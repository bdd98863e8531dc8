"""Whether the plan keeps what the standard, the spaces and the question demand of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from siting.standard.tolerances import SLACK
from siting.verify.circles import aimed_level, outlets_standing, projects_standing
from siting.verify.compare import differs, wrong
from siting.verify.recount import by_circle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from siting.city.model import City, Floats
    from siting.errors import Notice
    from siting.plan.document import Document, Project, UpgradeProject
    from siting.standard.model import Question
    from siting.verify.circles import Grades
    from siting.verify.recount import Recount

Projects = list[tuple[int, str]]
"""(space index, type id) of each project."""


def check_rules(document: Document, city: City, question: Question) -> list[Notice]:
    """Return which rules on spaces, roofs, distances, numbers and operators are broken.

    Projects in spaces that the city does not have are passed over: they are told elsewhere.
    """
    index = {word: s for s, word in enumerate(city.spaces.id)}
    projects = [(index[p.space], p.type) for p in document.projects if p.space in index]
    found = [
        *check_roofs(document.projects, city, question, index),
        *check_distances(city, question, projects),
    ]
    share = question.standard.chain_share
    if "operators" in question.enforce and share is not None:
        chains = sum(p.chain for p in document.projects)
        total = len(document.projects)
        if chains < share * total - SLACK * total:
            found.append(wrong("operators", chains=chains, projects=total, share=share))
    return found


def check_roofs(
    listed: Sequence[Project | UpgradeProject],
    city: City,
    question: Question,
    index: dict[str, int],
) -> Iterator[Notice]:
    """Check who shares a roof, and how much of the floor basic types have."""
    yield from _basic(listed, city, question, index)
    yield from _roofs(
        city, question, [(index[p.space], p.type) for p in listed if p.space in index]
    )


def check_distances(city: City, question: Question, projects: Projects) -> Iterator[Notice]:
    """Check spacing and the number of a type in a community, where they are enforced."""
    if "spacing" in question.enforce:
        yield from _spacing(city, question, projects)
    if "most" in question.enforce:
        yield from _most(city, question, projects)


def _basic(
    listed: Sequence[Project | UpgradeProject],
    city: City,
    question: Question,
    index: dict[str, int],
) -> Iterator[Notice]:
    """Check the least share of floor area that basic types must have, in whole millionths."""
    if city.spaces.basic_share is None:
        return
    basic = {kind.id for kind in question.standard.types if kind.type_class == "basic"}
    used: Counter[str] = Counter()
    of_basic: Counter[str] = Counter()
    for p in listed:
        area = round(p.area_m2 * 1e6)
        used[p.space] += area
        of_basic[p.space] += area if p.type in basic else 0
    for space, area in used.items():
        share = float(city.spaces.basic_share[index[space]]) if space in index else 0.0
        # a rule of 1/3 or the like is no whole number of millionths
        if not np.isnan(share) and of_basic[space] < share * area - 1.0:
            yield differs("space_basic_share", of_basic[space] / (area or 1), share, space=space)


def _roofs(city: City, question: Question, projects: Projects) -> Iterator[Notice]:
    under: dict[int, list[str]] = defaultdict(list)
    for s, word in projects:
        under[s].append(word)
    for s, opened in under.items():
        host = tuple(city.spaces.host[s]) if city.spaces.host is not None else ()
        space = city.spaces.id[s]
        for rule in question.standard.roof:
            here = rule.type in opened
            others = [word for word in (*opened, *host) if word != rule.type]
            met = here or rule.type in host
            for word in rule.never_with:
                # the host's own types stood together before the plan
                if met and word in others and (here or word in opened):
                    yield wrong("roof_never", space=space, type=rule.type, other=word)
            if here and rule.only_with is not None and not set(rule.only_with) & set(others):
                needed = ", ".join(rule.only_with)
                yield wrong("roof_only", space=space, type=rule.type, others=needed)


def _spacing(city: City, question: Question, projects: Projects) -> Iterator[Notice]:
    spaces, outlets = city.spaces, city.outlets
    for kind, metres in question.standard.spacing_m.items():
        least = round(metres * 1000.0)
        mine = [s for s, word in projects if word == kind]
        same = np.array([kind in words for words in outlets.types], dtype=bool)
        for s, other in combinations(mine, 2):
            if s != other and _mm(spaces.x[s], spaces.y[s], spaces.x[other], spaces.y[other]) < (
                least
            ):
                names = {"space": spaces.id[s], "other": spaces.id[other]}
                yield wrong("spacing_projects", type=kind, metres=metres, **names)
        for s in mine:
            away = _mm(spaces.x[s], spaces.y[s], outlets.x[same], outlets.y[same])
            if (away < least).any():
                other = outlets.id[same][int(np.argmin(away))]
                names = {"space": spaces.id[s], "other": other}
                yield wrong("spacing_outlet", type=kind, metres=metres, **names)


def _mm(x: float, y: float, other_x: Floats, other_y: Floats) -> Floats:
    """Return straight-line distances in whole millimetres."""
    dx, dy = x - other_x, y - other_y
    return np.asarray(np.rint(np.sqrt(dx * dx + dy * dy) * 1000.0), dtype=np.float64)


def _most(city: City, question: Question, projects: Projects) -> Iterator[Notice]:
    outlets, opened = outlets_standing(city), projects_standing(city, projects)
    limits = question.standard.most_per_community
    for (kind, c), n in sorted(opened.items()):
        have = outlets[kind, c]
        if kind in limits and n > max(0, limits[kind] - have):
            name = {"type": kind, "community": city.communities[c]}
            yield differs("most", have + n, limits[kind], **name)


def check_demands(
    city: City, question: Question, right: Recount, people: Floats, grades: Grades
) -> Iterator[Notice]:
    """Yield which targets, floors and grades are not reached."""
    for count in right.types:
        kind = count.kind.id
        target = question.targets.get(kind)
        if target is not None:
            total, served = float(count.people.sum()), float(count.after.sum())
            if target * total - served > SLACK * total:
                yield differs("target_missed", served / total, target, type=kind)
        floor = question.floors.get(kind)
        if floor is None:
            continue
        short = floor * count.people - count.after > SLACK * count.people
        for c in np.flatnonzero(short):
            share = float(count.after[c] / count.people[c])
            yield differs("floor_missed", share, floor, type=kind, community=city.communities[c])
    if question.objective == "cost" and question.grade is not None:
        lives = by_circle(city, people) > 0
        for c in np.flatnonzero(lives & (grades.level[1] < aimed_level(question))):
            yield wrong("grade_missed", community=city.communities[c], grade=question.grade)
