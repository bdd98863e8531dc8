"""Whether each way up lifts its circle by the rules, and costs what the plan states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.standard.tolerances import SLACK
from siting.verify.choice import check_floor
from siting.verify.circles import (
    aimed_level,
    count_classes,
    level_of,
    outlets_standing,
)
from siting.verify.compare import close, differs, fen, wrong
from siting.verify.recount import by_circle, limit_of
from siting.verify.rules import check_distances, check_roofs
from siting.verify.spread import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.city.model import City, Floats, Ints
    from siting.errors import Notice
    from siting.plan.document import Circle, Document, Upgrade
    from siting.standard.model import Question
    from siting.standard.options import Options
    from siting.verify.circles import Grades, Own, Standing
    from siting.verify.nearest import Nearest
    from siting.verify.recount import Recount, TypeCount, Walked


@dataclass(frozen=True, eq=False)
class Ground:
    """What the ways up are counted from.

    Attributes
    ----------
    people
        Residents by group and place.
    outlets
        Walks to the outlets of every asking type.
    spaces
        Walks of every space with an option.
    """

    city: City
    question: Question
    options: Options
    right: Recount
    people: dict[str, Floats]
    outlets: Nearest
    spaces: Walked

    @cached_property
    def index(self) -> dict[str, int]:
        """Index of each space."""
        return {word: s for s, word in enumerate(self.city.spaces.id)}

    @cached_property
    def standing(self) -> Standing:
        """Existing outlets by type and community."""
        return outlets_standing(self.city)

    @cached_property
    def decided(self) -> list[tuple[int, str]]:
        """The pairs that locks open."""
        o, types = self.options, self.question.standard.types
        pairs = zip(o.space[o.forced].tolist(), o.type[o.forced].tolist(), strict=True)
        return [(s, types[t].id) for s, t in dict.fromkeys(pairs)]

    @cached_property
    def before(self) -> dict[str, NDArray[np.bool_]]:
        """By type the places where an outlet serves its counting group."""
        found = {}
        for count in self.right.types:
            group = count.kind.counting_group
            limit = limit_of(self.city, count.kind, group)
            found[count.kind.id] = self.outlets.serves(count.kind.id, group, limit)
        return found

    def reached(self, count: TypeCount, rows: Ints) -> NDArray[np.bool_]:
        """Return the places within the type's minutes of some spaces, for its counting group."""
        group = count.kind.counting_group
        limit = limit_of(self.city, count.kind, group)
        found = np.zeros(len(self.city.places), dtype=bool)
        found[rows_of(self.spaces.reach[group], rows, limit)[0]] = True
        return found

    def own(self, opened: list[tuple[int, str]]) -> Own:
        """Return where each type is present by itself once some pairs are open."""
        circles, standard = range(len(self.city.communities)), self.question.standard
        home = self.city.spaces.community
        if standard.presence == "located":
            here = {(word, int(home[s])) for s, word in opened}
            return {
                kind.id: np.array(
                    [self.standing[kind.id, c] > 0 or (kind.id, c) in here for c in circles],
                    dtype=bool,
                )
                for kind in standard.types
            }
        found = {}
        for count in self.right.types:
            mine = np.array([s for s, word in opened if word == count.kind.id], dtype=np.int64)
            served = count.before
            if len(mine):
                near = self.reached(count, self.spaces.row[mine])
                n = self.people[count.kind.counting_group]
                near |= self.before[count.kind.id]
                served = by_circle(self.city, np.where(near, n, 0.0))
            enough = standard.presence_share * count.people - served <= SLACK * count.people
            found[count.kind.id] = enough & (count.people > 0)
        return found

    @cached_property
    def everything(self) -> Own:
        """Where each type is present by itself with every option open."""
        types = self.question.standard.types
        pairs = zip(self.options.space.tolist(), self.options.type.tolist(), strict=True)
        return self.own([(s, types[t].id) for s, t in dict.fromkeys(pairs)])


def check_upgrades(document: Document, ground: Ground, grades: Grades) -> Iterator[Notice]:
    """Yield what is wrong with the ways up; that none is cheaper is the solver's word."""
    question, city = ground.question, ground.city
    aim = aimed_level(question)
    if question.objective != "grades" and (question.objective != "cost" or question.grade is None):
        aim = 0
    ids = [step.id for step in question.standard.grades]
    lives = by_circle(city, ground.people["everyone"]) > 0
    if len(document.circles) != len(city.communities):
        return  # told elsewhere
    for c, circle in enumerate(document.circles):
        today = int(grades.level[0][c])
        wanted = ids[today:aim] if lives[c] else []
        stated = [up.grade for up in circle.upgrades]
        if stated != wanted:
            right = ", ".join(wanted) or "-"
            name = circle.community
            yield differs("upgrade_list", ", ".join(stated) or "-", right, community=name)
            continue
        for k, up in enumerate(circle.upgrades, start=today):
            yield from _missing(up, circle, ground, c, k)
            if up.price is not None:
                yield from _way(up, circle, ground, c, k)
            yield from _bound(up, circle)


def _bound(up: Upgrade, circle: Circle) -> Iterator[Notice]:
    name = {"community": circle.community, "grade": up.grade}
    known = [up.price, up.capital, up.subsidy_per_year]
    whole = all(x is None for x in known) or all(x is not None for x in known)
    no_way = up.price is None and (up.projects or (up.missing and up.bound is not None))
    if not whole or no_way or (up.price is not None and up.bound is None):
        yield wrong("upgrade_half", **name)
    elif up.bound is not None:
        most = np.inf if up.price is None else up.price
        if not 0.0 <= up.bound <= most:
            yield wrong("upgrade_bound", stated=up.bound, price=up.price, **name)


def _missing(up: Upgrade, circle: Circle, ground: Ground, c: int, k: int) -> Iterator[Notice]:
    """Check the types that the grade lacks even with every option open."""
    own = {word: where[[c]] for word, where in ground.everything.items()}
    right = _lacking(ground, own, k)
    if list(up.missing) != right:
        name = {"community": circle.community, "grade": up.grade}
        stated = ", ".join(up.missing) or "-"
        yield differs("upgrade_missing", stated, ", ".join(right) or "-", **name)


def _lacking(ground: Ground, own: Own, k: int) -> list[str]:
    """Return the types that keep a circle from a grade, of those it does not have."""
    question, right = ground.question, ground.right
    if level_of(question, right, own)[0] > k:
        return []
    substitutes = question.standard.substitutes
    classes = {count.kind.id: count.kind.type_class for count in right.types}
    found: set[str] = set()
    counts = count_classes(question, right, own)
    for step in question.standard.grades[: k + 1]:
        for word, of_class in classes.items():
            short = step.min_types.get(of_class, 0) > int(counts[of_class][0])
            others = [r.by for r in substitutes if r.type == word and r.by in own]
            stands = own[word][0] or any(own[by][0] for by in others if classes.get(by) != of_class)
            if short and not stands:
                found.add(word)
        for word in step.mandatory:
            ways = [word, *(r.by for r in substitutes if r.type == word)]
            asked = word in classes
            if asked and not any(own[way][0] for way in ways if way in own):
                found.add(word)
    return [kind.id for kind in question.standard.types if kind.id in found]


def _way(up: Upgrade, circle: Circle, ground: Ground, c: int, k: int) -> Iterator[Notice]:
    """Check that the projects are options, keep the rules, cost so much and lift the circle."""
    name = {"community": circle.community, "grade": up.grade}
    faults = list(_options(up, ground, name))
    if faults:
        yield from faults
        return
    city, question, index = ground.city, ground.question, ground.index
    listed = [(index[p.space], p.type) for p in up.projects]
    used = {s for s, _ in listed}
    opened = [*listed, *(pair for pair in ground.decided if pair not in set(listed))]
    broken = [
        *check_floor(up.projects, city, index),
        *check_roofs(up.projects, city, question, index),
        *check_distances(city, question, opened),
    ]
    if broken:
        yield wrong("upgrade_rules", **name)
        yield from broken
    for s, word in ground.decided:
        if s in used and (s, word) not in listed:
            yield wrong("upgrade_lock", space=city.spaces.id[s], type=word, **name)
    here = {word: where[[c]] for word, where in ground.own(opened).items()}
    if level_of(question, ground.right, here)[0] <= k:
        yield wrong("upgrade_short", **name)
    yield from _money(up, ground, name)


def _options(up: Upgrade, ground: Ground, name: dict[str, str]) -> Iterator[Notice]:
    options, types = ground.options, ground.question.standard.types
    at = {kind.id: t for t, kind in enumerate(types)}
    pairs = [(p.space, p.type) for p in up.projects]
    order = [(ground.index.get(s, -1), at.get(t, -1)) for s, t in pairs]
    if order != sorted(set(order)):
        yield wrong("upgrade_order", **name)
    for p, (s, t) in zip(up.projects, order, strict=True):
        same = (options.space == s) & (options.type == t) & (options.area_m2 == p.area_m2)
        same &= options.chain == p.chain
        same &= options.capital_fen == (fen(p.capital) if fen(p.capital) is not None else -1)
        yearly = fen(p.subsidy_per_year)
        same &= options.subsidy_fen == (yearly if yearly is not None else -1)
        if not (same & (options.forced == p.locked)).any():
            yield wrong("upgrade_option", space=p.space, type=p.type, **name)


def _money(up: Upgrade, ground: Ground, name: dict[str, str]) -> Iterator[Notice]:
    """Check the sums: what locks open is not paid, nor what their spaces cost once."""
    new = [p for p in up.projects if not p.locked]
    decided = {s for s, _ in ground.decided}
    spaces = {ground.index[p.space] for p in new} - decided
    once = sum(fen(p.capital) or 0 for p in new)
    once += sum(int(ground.options.fixed_fen[s]) for s in spaces)
    yearly = sum(fen(p.subsidy_per_year) or 0 for p in new)
    price = once / 100 + ground.question.policy.years * (yearly / 100)
    for field, stated, right in (
        ("capital", up.capital, once / 100),
        ("subsidy_per_year", up.subsidy_per_year, yearly / 100),
        ("price", up.price, price),
    ):
        if stated is not None and not close(stated, right):
            yield differs("upgrade_money", stated, right, name=field, **name)
