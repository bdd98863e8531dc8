"""Whether the projects are options, fit their spaces, and keep to the locks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from siting.standard.options import REASONS
from siting.verify.compare import close, differs, fen, wrong, yuan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from siting.city.model import City, Words
    from siting.errors import Notice
    from siting.plan.document import Document, Project, UpgradeProject
    from siting.standard.model import Question
    from siting.standard.options import Options

_ANY = "*"


def check_choice(
    document: Document, city: City, question: Question, options: Options
) -> list[Notice]:
    """Return what is wrong with which projects there are, their costs and their floor area."""
    spaces = {word: s for s, word in enumerate(city.spaces.id)}
    types = {kind.id: t for t, kind in enumerate(question.standard.types)}
    found: list[Notice] = []
    for project in document.projects:
        if project.space not in spaces:
            found.append(wrong("project_space", space=project.space, type=project.type))
        elif project.type not in types:
            found.append(wrong("project_type", space=project.space, type=project.type))
        else:
            s, t = spaces[project.space], types[project.type]
            found += _project(project, city, options, s, t)
    pairs = Counter((p.space, p.type) for p in document.projects)
    found += [wrong("project_twice", space=s, type=t) for (s, t), n in pairs.items() if n > 1]
    found += _order(document, spaces, types)
    found += check_floor(document.projects, city, spaces)
    found += _one_off(document, options, spaces)
    found += _locks(pairs, city, question)
    return found


def _project(project: Project, city: City, options: Options, s: int, t: int) -> Iterator[Notice]:
    name = {"space": project.space, "type": project.type}
    community = city.communities[city.spaces.community[s]]
    if project.community != community:
        yield differs("project_community", project.community, community, **name)
    x, y = float(city.spaces.x[s]), float(city.spaces.y[s])
    if not (close(project.x, x) and close(project.y, y)):
        yield differs("project_position", f"{project.x}, {project.y}", f"{x}, {y}", **name)

    begin, end = np.searchsorted(options.space, [s, s + 1])  # options are sorted by space
    offered = begin + np.flatnonzero(options.type[begin:end] == t)
    if not len(offered):
        refused = int(options.refused[s, t])
        yield wrong("project_no_option", why=REASONS[refused - 1] if refused else "-", **name)
        return
    areas = options.area_m2[offered]
    if not (options.chain[offered] == project.chain).any():
        yield differs("project_chain", project.chain, not project.chain, **name)
        return
    same = offered[(areas == project.area_m2) & (options.chain[offered] == project.chain)]
    if not len(same):
        right = ", ".join(repr(float(a)) for a in dict.fromkeys(areas))
        yield differs("project_area", project.area_m2, right, **name)
        return
    o = same[0]
    if fen(project.capital) != options.capital_fen[o]:
        right = yuan(int(options.capital_fen[o]))
        yield differs("project_capital", project.capital, right, **name)
    if fen(project.subsidy_per_year) != options.subsidy_fen[o]:
        right = yuan(int(options.subsidy_fen[o]))
        yield differs("project_subsidy", project.subsidy_per_year, right, **name)
    if not close(project.relief, float(options.relief[o])):
        yield differs("project_relief", project.relief, float(options.relief[o]), **name)


def _order(document: Document, spaces: dict[str, int], types: dict[str, int]) -> list[Notice]:
    """Projects stand by space, then type, in the order of the city's and the standard's lists."""
    listed = [
        (spaces[p.space], types[p.type])
        for p in document.projects
        if p.space in spaces and p.type in types
    ]
    return [] if listed == sorted(listed) else [wrong("project_order")]


def check_floor(
    projects: Sequence[Project | UpgradeProject], city: City, spaces: dict[str, int]
) -> Iterator[Notice]:
    """Check floor area in whole millionths of a square metre, and the number of types."""
    used: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for project in projects:
        used[project.space] += round(project.area_m2 * 1e6)
        count[project.space] += 1
    for space in used:
        if space not in spaces:
            continue
        s = spaces[space]
        area = float(city.spaces.area_m2[s])
        if used[space] > round(area * 1e6):
            yield differs("space_area", used[space] / 1e6, area, space=space)
        most, least = int(city.spaces.max_types[s]), int(city.spaces.min_types[s])
        if count[space] > most:
            yield differs("space_most_types", count[space], most, space=space)
        if count[space] < least:
            yield differs("space_least_types", count[space], least, space=space)


def _one_off(document: Document, options: Options, spaces: dict[str, int]) -> Iterator[Notice]:
    due = {
        p.space: int(options.fixed_fen[spaces[p.space]])
        for p in document.projects
        if p.space in spaces and options.fixed_fen[spaces[p.space]] > 0
    }
    stated = Counter(item.space for item in document.one_off)
    for space, cost in due.items():
        if space not in stated:
            yield wrong("one_off_missing", space=space, right=yuan(cost))
    for space, n in stated.items():
        if space not in due:
            yield wrong("one_off_needless", space=space)
        elif n > 1:
            yield wrong("one_off_twice", space=space)
    order = [spaces[item.space] for item in document.one_off if item.space in spaces]
    if order != sorted(order):
        yield wrong("one_off_order")
    for item in document.one_off:
        if item.space in due and fen(item.capital) != due[item.space]:
            yield differs("one_off_amount", item.capital, yuan(due[item.space]), space=item.space)


def _locks(pairs: Counter[tuple[str, str]], city: City, question: Question) -> Iterator[Notice]:
    known = {kind.id for kind in question.standard.types}
    opened = [*question.locks.open, *_column(city, city.spaces.open_types)]
    forbidden = [*question.locks.forbid, *_column(city, city.spaces.forbid_types)]
    for space, kind in dict.fromkeys(opened):
        if kind in known and not any(_matches(pair, space, kind) for pair in pairs):
            yield wrong("lock_open", space=space, type=kind)
    for pair in pairs:
        if any(_matches(pair, space, kind) for space, kind in forbidden):
            yield wrong("lock_forbid", space=pair[0], type=pair[1])


def _column(city: City, column: Words | None) -> Iterator[tuple[str, str]]:
    """Yield the pairs that a column of the table of spaces locks."""
    for space, words in zip(city.spaces.id, () if column is None else column, strict=False):
        for word in words:
            yield str(space), word


def _matches(pair: tuple[str, str], space: str, kind: str) -> bool:
    return space in (_ANY, pair[0]) and kind in (_ANY, pair[1])
