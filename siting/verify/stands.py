"""Which options could join a plan as it stands, and which rule keeps the others out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from siting.verify.circles import outlets_standing, projects_standing
from siting.verify.money_left import Purse, owed_by, payable

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.plan.document import Document
    from siting.standard.model import Question, Standard
    from siting.standard.options import Options

RULES = ("min_types", "basic_share", "roof", "full", "apart", "most", "operators", "money")
FREE = len(RULES)


def find_obstacles(
    document: Document, city: City, question: Question, options: Options
) -> dict[tuple[int, int], int]:
    """Return for each allowed (space, type) index the position in `RULES` of what keeps it out.

    `FREE` where nothing does. Of the forms of a pair the one counts that fails last.
    """
    ground = _Ground.of(document, city, question, options)
    known: dict[tuple[int, int], int] = {}
    last = []
    for o, (s, t) in enumerate(zip(options.space.tolist(), options.type.tolist(), strict=True)):
        rule = _first(ground, o, s, t)
        if rule == FREE:
            last.append(o)
        else:
            known[s, t] = max(known.get((s, t), -1), rule)
    money = payable(ground.purses, options, np.array(last, dtype=np.int64), ground.opened)
    for o, can in zip(last, money.tolist(), strict=True):
        pair = int(options.space[o]), int(options.type[o])
        known[pair] = max(known.get(pair, -1), FREE if can else FREE - 1)
    return known


@dataclass(frozen=True, eq=False)
class _Ground:
    """What stands in each space and community, and what the rules say."""

    city: City
    standard: Standard
    micro: list[int]
    chain: list[bool]
    room: list[int]
    inside: dict[int, list[str]]
    used: Counter[int]
    basic: Counter[int]
    forms: dict[int, list[tuple[int, int]]]
    enemies: dict[str, set[str]]
    crowded: dict[str, set[int]]
    reached: set[tuple[str, int]]
    only_chains: bool
    purses: tuple[Purse, Purse]
    opened: set[int]

    @staticmethod
    def of(document: Document, city: City, question: Question, options: Options) -> _Ground:
        index = {word: s for s, word in enumerate(city.spaces.id)}
        standard = question.standard
        basic = {kind.id for kind in standard.types if kind.type_class == "basic"}
        inside: dict[int, list[str]] = defaultdict(list)
        used: Counter[int] = Counter()
        of_basic: Counter[int] = Counter()
        for p in document.projects:
            s, area = index[p.space], round(p.area_m2 * 1e6)
            inside[s].append(p.type)
            used[s] += area
            of_basic[s] += area if p.type in basic else 0
        micro = [round(float(area) * 1e6) for area in options.area_m2]
        forms: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for s, t, area in zip(options.space.tolist(), options.type.tolist(), micro, strict=True):
            forms[s].append((t, area))
        enemies: dict[str, set[str]] = defaultdict(set)
        for rule in standard.roof:
            for word in rule.never_with:
                enemies[rule.type].add(word)
                enemies[word].add(rule.type)
        projects = [(index[p.space], p.type) for p in document.projects]
        chains, share = sum(p.chain for p in document.projects), standard.chain_share or 0.0
        return _Ground(
            city=city,
            standard=standard,
            micro=micro,
            chain=options.chain.tolist(),
            room=[round(float(area) * 1e6) for area in city.spaces.area_m2],
            inside=dict(inside),
            used=used,
            basic=of_basic,
            forms=forms,
            enemies=enemies,
            crowded=_crowded(city, question, projects),
            reached=_reached(city, question, projects),
            only_chains="operators" in question.enforce
            and chains * 1_000_000 < round(share * 1e6) * (len(projects) + 1),
            purses=(
                owed_by(document, city, question, options, "capital"),
                owed_by(document, city, question, options, "subsidy_per_year"),
            ),
            opened=set(inside),
        )


def _crowded(
    city: City, question: Question, projects: list[tuple[int, str]]
) -> dict[str, set[int]]:
    """Return by type the spaces that a project of it in another space is too near to."""
    found: dict[str, set[int]] = {}
    if "spacing" not in question.enforce:
        return found
    x, y = city.spaces.x, city.spaces.y
    for word, metres in question.standard.spacing_m.items():
        near: set[int] = set()
        for s, kind in projects:
            if kind == word:
                far = np.rint(np.sqrt((x - x[s]) ** 2 + (y - y[s]) ** 2) * 1000.0)
                near |= set(np.flatnonzero(far < round(metres * 1000.0)).tolist()) - {s}
        found[word] = near
    return found


def _reached(
    city: City, question: Question, projects: list[tuple[int, str]]
) -> set[tuple[str, int]]:
    """Return the types and communities that have as many as they may."""
    if "most" not in question.enforce:
        return set()
    standing, opened = outlets_standing(city), projects_standing(city, projects)
    return {
        (word, c)
        for word, most in question.standard.most_per_community.items()
        for c in range(len(city.communities))
        if standing[word, c] + opened[word, c] >= most
    }


def _first(ground: _Ground, o: int, s: int, t: int) -> int:
    """Return the first rule that keeps an option out, money aside."""
    spaces, kind = ground.city.spaces, ground.standard.types[t]
    here, area = ground.inside.get(s, []), ground.micro[o]
    enemies = ground.enemies.get(kind.id, set())
    if not here and spaces.min_types[s] > 1:
        least: dict[int, int] = {}
        for u, other in ground.forms[s]:
            if u != t and ground.standard.types[u].id not in enemies:
                least[u] = min(other, least.get(u, other))
        wanted = list(accumulate(sorted(least.values()), initial=area))
        missing = int(spaces.min_types[s]) - 1
        if missing >= len(wanted) or wanted[missing] > ground.room[s]:
            return 0
    if spaces.basic_share is not None and kind.type_class != "basic":
        share = float(np.nan_to_num(spaces.basic_share[s]))
        if share > 0 and _too_little_basic(ground, s, area, enemies, round(share * 1e6)):
            return 1
    if enemies & set(here):
        return 2
    if here and (len(here) >= spaces.max_types[s] or ground.used[s] + area > ground.room[s]):
        return 3
    if s in ground.crowded.get(kind.id, ()):
        return 4
    if (kind.id, int(spaces.community[s])) in ground.reached:
        return 5
    if ground.only_chains and not ground.chain[o]:
        return 6
    return FREE


def _too_little_basic(ground: _Ground, s: int, area: int, enemies: set[str], share: int) -> bool:
    """Tell whether basic types would have less than their share of the floor."""
    if s in ground.inside:
        return ground.basic[s] * 1_000_000 < share * (ground.used[s] + area)
    largest: dict[int, int] = {}
    for u, other in ground.forms[s]:
        kind = ground.standard.types[u]
        if kind.type_class == "basic" and kind.id not in enemies:
            largest[u] = max(other, largest.get(u, 0))
    most = min(sum(largest.values()), ground.room[s] - area)
    return most * 1_000_000 < share * (most + area)
