"""What a plan must still serve while it grows: residents, outlets and floor area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.choice import own_presence
from siting.walk.reach import spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.programme.grades import Grades
    from siting.solve.problem import Problem
    from siting.solve.room import Facts

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass
class Demands:
    """What is still lacking.

    Attributes
    ----------
    people
        Residents that must gain the type, shape (types, communities).
    city
        The same city-wide, shape (types,).
    outlets, micro_m2
        Outlets and floor area that must open, shape (types, communities).
    per_one
        One over each of the four as it was asked at first, 0 where nothing was.
    circle
        Community of each space.
    peopled
        Types of which residents must gain some.
    """

    problem: Problem
    people: Floats
    city: Floats
    outlets: Floats
    micro_m2: Floats
    per_one: tuple[Floats, Floats, Floats, Floats]
    circle: list[int]
    peopled: frozenset[int]

    @property
    def open(self) -> bool:
        """Whether anything is lacking."""
        return any(bool(a.any()) for a in (self.people, self.city, self.outlets, self.micro_m2))

    def candidates(self) -> list[int]:
        """Return the options that could serve some of it, ascending."""
        frame = self.problem.frame
        found = [np.empty(0, dtype=np.int64)]
        for t, c in np.argwhere(self.people > 0).tolist():
            found.append(frame.reaching(t, frame.lacking(t, c)[0]))
        found += [frame.of_type(t) for t in np.flatnonzero(self.city > 0).tolist()]
        for t, c in np.argwhere((self.outlets > 0) | (self.micro_m2 > 0)).tolist():
            found.append(frame.in_circle(t, c))
        options: list[int] = np.unique(np.concatenate(found)).tolist()
        return options

    def copy(self) -> Demands:
        """Return a copy that changes for itself."""
        return replace(
            self,
            people=self.people.copy(),
            city=self.city.copy(),
            outlets=self.outlets.copy(),
            micro_m2=self.micro_m2.copy(),
        )

    def gain(self, facts: Facts, o: int, fresh: NDArray[np.int32]) -> float:
        """Return what an option serves, each demand counting 1; `fresh` are the needs it meets."""
        t, c = facts.type[o], self.circle[facts.space[o]]
        total = 0.0
        if t in self.peopled:
            new = self._new(fresh)
            total += float(np.minimum(self.people[t], new) @ self.per_one[0][t])
            total += float(min(self.city[t], new.sum()) * self.per_one[1][t])
        if self.outlets[t, c] > 0:
            total += float(min(self.outlets[t, c], 1.0) * self.per_one[2][t, c])
        if self.micro_m2[t, c] > 0:
            total += float(min(self.micro_m2[t, c], facts.micro[o]) * self.per_one[3][t, c])
        return total

    def serve(self, facts: Facts, o: int, fresh: NDArray[np.int32]) -> None:
        """Take off what an option serves."""
        t, c = facts.type[o], self.circle[facts.space[o]]
        if t in self.peopled:
            new = self._new(fresh)
            self.people[t] = np.maximum(self.people[t] - new, 0.0)
            self.city[t] = max(self.city[t] - new.sum(), 0.0)
        self.outlets[t, c] = max(self.outlets[t, c] - 1.0, 0.0)
        self.micro_m2[t, c] = max(self.micro_m2[t, c] - facts.micro[o], 0.0)

    def _new(self, rows: NDArray[np.int32]) -> Floats:
        people = self.problem.needs.people
        at = spans(people.indptr[rows], people.indptr[rows + 1])
        size = people.shape[1]
        return np.bincount(people.indices[at], people.data[at], size).astype(np.float64)


def demands_of(problem: Problem) -> Demands:
    """Return what floors, targets, quotas and a grade that must be reached ask for."""
    rules = problem.rules
    types = max(len(rules.classes), 1 + int(problem.options.type.max(initial=0)))
    size = (types, len(problem.city.communities))
    people, outlets, micro = np.zeros(size), np.zeros(size), np.zeros(size)
    city = np.zeros(types)
    for floor in rules.floors:
        if floor.community is None:
            city[floor.type] = floor.needed
        else:
            people[floor.type, floor.community] = floor.needed
    for quota in rules.quotas:
        at = quota.type, quota.community
        outlets[at] = max(outlets[at], quota.outlets or 0)
        micro[at] = max(micro[at], quota.micro_m2 or 0)
    grades = rules.grades
    if grades is not None and grades.must:
        for c in grades.open.tolist():
            _ask(problem, grades, grades.own_today, c, people, outlets)
    return _asked(problem, people, city, outlets, micro)


def wanted_by_grades(
    problem: Problem,
) -> list[Callable[[Problem, Bools, list[int]], Demands]]:
    """Return for each circle below the grade aimed at what makes the demands that would lift it.

    Those with many residents for each type they lack come first.
    """
    grades = problem.rules.grades
    if grades is None:
        return []
    lacking = [
        sum(
            max(0, n - int(grades.counting_today[[w == word for w in grades.classes], c].sum()))
            for word, n in grades.least[-1].items()
        )
        for c in grades.open.tolist()
    ]
    order = np.argsort(-grades.residents[grades.open] / (np.array(lacking) + 1.0), kind="stable")
    return [_lifting(int(c)) for c in grades.open[order]]


def _lifting(c: int) -> Callable[[Problem, Bools, list[int]], Demands]:
    def demands(problem: Problem, met: Bools, chosen: list[int]) -> Demands:
        grades = problem.rules.grades
        assert grades is not None
        frame = problem.frame
        own = own_presence(frame, np.array(chosen, dtype=np.int64), met)
        people, outlets = np.zeros(own.shape), np.zeros(own.shape)
        _ask(problem, grades, own, c, people, outlets)
        if not grades.located:
            gained = frame.people_in(met)
            people = np.where(people > 0, np.maximum(people - gained, 0.0), 0.0)
        return _asked(problem, people, np.zeros(len(own)), outlets, np.zeros(own.shape))

    return demands


def _asked(
    problem: Problem, people: Floats, city: Floats, outlets: Floats, micro: Floats
) -> Demands:
    per_one = tuple(
        np.divide(1.0, a, out=np.zeros_like(a), where=a > 0) for a in (people, city, outlets, micro)
    )
    return Demands(
        problem=problem,
        people=people,
        city=city,
        outlets=outlets,
        micro_m2=micro,
        per_one=(per_one[0], per_one[1], per_one[2], per_one[3]),
        circle=problem.city.spaces.community.tolist(),
        peopled=frozenset(np.flatnonzero(people.any(axis=1) | (city > 0)).tolist()),
    )


def _ask(
    problem: Problem, grades: Grades, own: Bools, c: int, people: Floats, outlets: Floats
) -> None:
    """Ask for the types that would lift a circle: the mandatory ones, then the easiest."""
    ease = _ease(problem, grades, c)
    own = own.copy()
    wanted: set[int] = set()

    def want(ways: tuple[int, ...]) -> None:
        easiest = min(ways, key=lambda u: ease[u])
        wanted.add(easiest)
        own[easiest, c] = True

    for mandatory in grades.mandatory:
        for t in mandatory or ():
            if not own[list(grades.stand_ins[t]), c].any():
                want(grades.stand_ins[t])
    for least in grades.least:
        for word, n in least.items():
            counting = grades.counting(own)[:, c]
            types = [t for t, other in enumerate(grades.classes) if other == word]
            absent = sorted((t for t in types if not counting[t]), key=lambda t: ease[t])
            for t in absent[: max(0, n - (len(types) - len(absent)))]:
                want(grades.counts_by[t])
    for t in wanted:
        if grades.located:
            outlets[t, c] = max(outlets[t, c], 1.0)
        else:
            people[t, c] = max(people[t, c], grades.needed[t, c])


def _ease(problem: Problem, grades: Grades, c: int) -> Floats:
    """Return for each type how much of what the circle could gain it needs; inf: more."""
    if grades.located:
        at = problem.city.spaces.community[problem.options.space] == c
        count = np.bincount(problem.options.type[at], minlength=len(grades.classes))
        return np.where(count > 0, 1.0 / np.maximum(count, 1), np.inf)
    could, needed = problem.frame.lacking_people[:, c], grades.needed[:, c]
    part = np.divide(needed, could, out=np.full(len(could), np.inf), where=could > 0)
    return np.where(part <= 1.0, part, np.inf)
