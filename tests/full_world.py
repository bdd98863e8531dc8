"""A city and a question as plain facts for a search over every plan, worked out by plain loops.

Nothing here is shared with the package but its records and `find_options`, which is asked for
options before roofs, outlets near by and locks have taken any away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

from tiny import near, residents

from siting.standard.options import find_options

CLASSES = ("basic", "quality", "public", "supplement", "hub")  # in order
NEAR_NOTHING = 1e-9  # rounding, not people


def all_options(city, question):
    """Return the options before roof rules, outlets near by and locks against them."""
    bare = question.model_copy(
        update={
            "standard": question.standard.model_copy(update={"roof": ()}),
            "locks": question.locks.model_copy(update={"open": (), "forbid": ()}),
            "enforce": tuple(rule for rule in question.enforce if rule != "spacing"),
        }
    )
    spaces = replace(city.spaces, open_types=None, forbid_types=None)
    return find_options(replace(city, spaces=spaces), bare)


def locks(city, question) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return the (space, type) pairs that locks and the table's columns open and forbid."""
    types = [t.id for t in question.standard.types]
    opened, forbidden = [], []
    for s, name in enumerate(city.spaces.id):
        columns = ((city.spaces.open_types, opened), (city.spaces.forbid_types, forbidden))
        for column, found in columns:
            found += [(s, w) for w in (column[s] if column is not None else ())]
        opened += [(s, w) for space, w in question.locks.open if space == name]
        forbidden += [(s, w) for space, w in question.locks.forbid if space in (name, "*")]
    return tuple(
        {(s, t) for s, word in found for t, kind in enumerate(types) if word in (kind, "*")}
        for found in (opened, forbidden)
    )


@dataclass(frozen=True, eq=False)
class World:
    """What the rules look at, worked out once."""

    city: object
    question: object
    without: frozenset[str] = frozenset()

    @cached_property
    def options(self):
        return all_options(self.city, self.question)

    @cached_property
    def types(self):
        return self.question.standard.types

    @cached_property
    def asking(self) -> list[int]:
        return [t for t, kind in enumerate(self.types) if kind.asks]

    @cached_property
    def circles(self) -> range:
        return range(len(self.city.communities))

    @cached_property
    def locks(self):
        return locks(self.city, self.question)

    @cached_property
    def pair(self) -> list[tuple[int, int]]:
        return list(zip(self.options.space.tolist(), self.options.type.tolist(), strict=True))

    @cached_property
    def needs(self) -> list[tuple[int, str, int, float, float]]:
        """Place, group, type, residents and points of each need."""
        found = []
        for t in self.asking:
            kind = self.types[t]
            for group in dict.fromkeys((kind.counting_group, *kind.groups)):
                for i in range(len(self.city.places)):
                    people = residents(self.city, self.question.standard, group, i)
                    if people > 0:
                        points = kind.weight * kind.groups.get(group, 0.0) * people
                        found.append((i, group, t, people, points))
        return found

    def limit(self, t: int, group: str) -> int:
        return round(self.types[t].minutes * self.city.walking.speed(group) * 1000)

    @cached_property
    def served(self) -> set[int]:
        """The needs that outlets meet today."""
        return {
            k
            for k, (i, group, t, _, _) in enumerate(self.needs)
            for o, words in enumerate(self.city.outlets.types)
            if self.types[t].id in words
            and near(self.city, False, o, i, group, self.limit(t, group))
        }

    @cached_property
    def reached(self) -> list[set[int]]:
        """For each option the needs its space reaches."""
        return [
            {
                k
                for k, (i, group, t, _, _) in enumerate(self.needs)
                if t == kind and near(self.city, True, s, i, group, self.limit(t, group))
            }
            for s, kind in self.pair
        ]

    def circle(self, need: int) -> int:
        return int(self.city.places.community[self.needs[need][0]])

    def counts(self, need: int) -> bool:
        """Tell whether the need is of its type's counting group."""
        _, group, t, _, _ = self.needs[need]
        return group == self.types[t].counting_group

    def people(self, t: int, c: int, needs=None) -> float:
        """Return residents of the counting group of a type in a circle, of all or some needs."""
        return math.fsum(
            self.needs[k][3]
            for k in (range(len(self.needs)) if needs is None else needs)
            if self.needs[k][2] == t and self.counts(k) and self.circle(k) == c
        )

    @cached_property
    def lives(self) -> dict[tuple[int, int], float]:
        """Residents of each type's counting group by circle, whether the type asks or not."""
        city, standard = self.city, self.question.standard
        return {
            (t, c): math.fsum(
                residents(city, standard, kind.counting_group, i)
                for i in range(len(city.places))
                if city.places.community[i] == c
            )
            for t, kind in enumerate(self.types)
            for c in self.circles
        }

    @cached_property
    def served_today(self) -> dict[tuple[int, int], float]:
        return {(t, c): self.people(t, c, self.served) for t in self.asking for c in self.circles}

    def outlets(self, t: int, c: int) -> list[int]:
        return [
            o
            for o, words in enumerate(self.city.outlets.types)
            if self.types[t].id in words and self.city.outlets.community[o] == c
        ]

    def stands(self, s: int) -> int:
        return int(self.city.spaces.community[s])

    def enforces(self, rule: str) -> bool:
        return rule in self.question.enforce

    @cached_property
    def everyone(self) -> list[float]:
        places = self.city.places
        return [
            math.fsum(places.residents["everyone"][places.community == c]) for c in self.circles
        ]

    @cached_property
    def capped(self) -> set[int]:
        if not self.enforces("capacity") or "C12_outlet" in self.without:
            return set()
        return {t for t in self.asking if self.types[t].residents_per_outlet}

    def host(self, s: int) -> tuple[str, ...]:
        """Return the types of the outlet whose spare floor a space is."""
        return self.city.spaces.host[s] if self.city.spaces.host is not None else ()
