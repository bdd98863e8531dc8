"""What a plan must still serve while it grows: residents, outlets and floor area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.programme.choice import own_presence

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
    asked
        The four of them as they were asked at first.
    """

    problem: Problem
    people: Floats
    city: Floats
    outlets: Floats
    micro_m2: Floats
    asked: tuple[Floats, Floats, Floats, Floats]

    @property
    def open(self) -> bool:
        """Whether anything is lacking."""
        return any(bool(a.any()) for a in (self.people, self.city, self.outlets, self.micro_m2))

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
        t, c = facts.type[o], self._circle(facts, o)
        total = 0.0
        if self.people[t].any() or self.city[t]:
            new = self._new(fresh)
            total += _part(np.minimum(self.people[t], new), self.asked[0][t])
            total += _part(np.minimum(self.city[t], new.sum()), self.asked[1][t])
        total += _part(np.minimum(self.outlets[t, c], 1.0), self.asked[2][t, c])
        return total + _part(np.minimum(self.micro_m2[t, c], facts.micro[o]), self.asked[3][t, c])

    def serve(self, facts: Facts, o: int, fresh: NDArray[np.int32]) -> None:
        """Take off what an option serves."""
        if not self.open:
            return
        t, c = facts.type[o], self._circle(facts, o)
        if self.people[t].any() or self.city[t]:
            new = self._new(fresh)
            self.people[t] = np.maximum(self.people[t] - new, 0.0)
            self.city[t] = max(self.city[t] - new.sum(), 0.0)
        self.outlets[t, c] = max(self.outlets[t, c] - 1.0, 0.0)
        self.micro_m2[t, c] = max(self.micro_m2[t, c] - facts.micro[o], 0.0)

    def _circle(self, facts: Facts, o: int) -> int:
        return int(self.problem.city.spaces.community[facts.space[o]])

    def _new(self, rows: NDArray[np.int32]) -> Floats:
        people = self.problem.needs.people
        found = np.zeros(people.shape[1])
        for r in rows.tolist():
            mine = slice(people.indptr[r], people.indptr[r + 1])
            found[people.indices[mine]] += people.data[mine]
        return found


def _part(amount: Floats | np.float64, asked: Floats | np.float64) -> float:
    """Return the sum of amounts, each as a part of what was asked."""
    return float(np.sum(np.divide(amount, np.where(asked > 0, asked, 1.0))))


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
            max(0, n - int(grades.present_today[[w == word for w in grades.classes], c].sum()))
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
    asked = (people.copy(), city.copy(), outlets.copy(), micro.copy())
    return Demands(problem, people, city, outlets, micro, asked)


def _ask(
    problem: Problem, grades: Grades, own: Bools, c: int, people: Floats, outlets: Floats
) -> None:
    """Ask for the types that would lift a circle: the mandatory ones, then the easiest."""
    present = grades.present(own)[:, c]
    ease = _ease(problem, grades, c)
    wanted: set[int] = set()

    def want(t: int) -> None:
        easiest = min(grades.stand_ins[t], key=lambda u: ease[u])
        wanted.add(easiest)
        present[t] = True

    for mandatory in grades.mandatory:
        for t in mandatory or ():
            if not present[t]:
                want(t)
    for least in grades.least:
        for word, n in least.items():
            types = [t for t, other in enumerate(grades.classes) if other == word]
            absent = sorted((t for t in types if not present[t]), key=lambda t: ease[t])
            for t in absent[: max(0, n - (len(types) - len(absent)))]:
                want(t)
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
