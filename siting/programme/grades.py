"""What grades of circles ask for (C8), and which circles hold them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.plan.standing import by_community, outlets_of

if TYPE_CHECKING:
    from siting.city.model import City
    from siting.gaps.needs import Gaps
    from siting.standard.model import Question

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Grades:
    """The grades up to the one aimed at, and what presence means.

    A type is present *by itself* where enough of its counting group has it in reach (never where
    nobody of the group lives), or, under the rule ``located``, where an outlet of it stands. It is
    present where it is by itself or a type that substitutes it is (one step, not through chains).
    In the number of types of a class a type and its substitutes of the same class share what is
    present of them: a substitute that counts there already does not count for the type again.

    Attributes
    ----------
    classes
        Class of each type, "" for a type that asks for nothing.
    least
        For each grade, from the lowest: least number of types present, by class.
    mandatory
        For each grade: indices of types that must be present; None: the grade cannot be held,
        because it asks for a type that asks for nothing.
    stand_ins
        For each type the types by which it is present: itself, then its substitutes.
    counts_by
        For each type the types by which it counts in its class: itself, then its substitutes that
        do not count in that class themselves.
    located
        Whether the rule ``located`` holds.
    needed
        Residents that must gain the type (D), shape (types, communities): 0 or less where it is
        present by itself, inf where no share can make it present.
    standing
        Whether an outlet of the type stands there (rule ``located``), shape (types, communities).
    residents
        Everyone, shape (communities,).
    must
        Whether every circle with residents has to hold the grade aimed at.
    """

    classes: tuple[str, ...]
    least: tuple[dict[str, int], ...]
    mandatory: tuple[tuple[int, ...] | None, ...]
    stand_ins: tuple[tuple[int, ...], ...]
    counts_by: tuple[tuple[int, ...], ...]
    located: bool
    needed: NDArray[np.float64]
    standing: Bools
    residents: NDArray[np.float64]
    must: bool

    @property
    def target(self) -> int:
        """Index of the grade aimed at."""
        return len(self.least) - 1

    @cached_property
    def own_today(self) -> Bools:
        """Types present by themselves today, shape (types, communities)."""
        return self.standing if self.located else self.needed <= 0

    @cached_property
    def ways(self) -> tuple[tuple[int, ...], ...]:
        """The sets of types of which a grade asks for one: by which a type counts, or is there."""
        words = {word for least in self.least for word, n in least.items() if n > 0}
        found = {self.counts_by[t] for t, word in enumerate(self.classes) if word in words}
        demanded = {t for mandatory in self.mandatory for t in mandatory or ()}
        return tuple(sorted(found | {self.stand_ins[t] for t in demanded}))

    @cached_property
    def counted(self) -> frozenset[int]:
        """Types whose residents decide over presence."""
        if self.located:
            return frozenset()
        return frozenset(u for ways in self.ways for u in ways)

    def present(self, own: Bools) -> Bools:
        """Return presence with substitutes from presence by itself, shape (types, communities)."""
        return _any_of(self.stand_ins, own)

    def counting(self, own: Bools) -> Bools:
        """Return which types count in their classes, shape (types, communities)."""
        return _any_of(self.counts_by, own)

    def held(self, own: Bools) -> Bools:
        """Return which grades are held, shape (grades, communities).

        Parameters
        ----------
        own
            Types present by themselves, shape (types, communities).
        """
        present, counting = self.present(own), self.counting(own)
        holds = np.ones(own.shape[1], dtype=bool)
        classes = np.array(self.classes)
        found = []
        for least, mandatory in zip(self.least, self.mandatory, strict=True):
            for word, n in least.items():
                holds = holds & (counting[classes == word].sum(axis=0) >= n)
            if mandatory is None:
                holds = np.zeros_like(holds)
            else:
                holds = holds & present[list(mandatory)].all(axis=0)
            found.append(holds)
        return np.stack(found)

    @cached_property
    def present_today(self) -> Bools:
        """Types present today, shape (types, communities)."""
        return self.present(self.own_today)

    @cached_property
    def counting_today(self) -> Bools:
        """Types that count in their classes today, shape (types, communities)."""
        return self.counting(self.own_today)

    @cached_property
    def held_today(self) -> Bools:
        """Grades held today, shape (grades, communities)."""
        return self.held(self.own_today)

    @cached_property
    def open(self) -> NDArray[np.int64]:
        """Communities with residents that do not hold the grade aimed at."""
        return np.flatnonzero(~self.held_today[-1] & (self.residents > 0))


def _any_of(ways: tuple[tuple[int, ...], ...], own: Bools) -> Bools:
    found = np.zeros_like(own)
    for t, others in enumerate(ways):
        found[t] = own[list(others)].any(axis=0)
    return found


def find_grades(city: City, question: Question, gaps: Gaps, slack: float) -> Grades | None:
    """Return what the grade asks for that a question aims at; None where it aims at none.

    Objective ``grades`` aims at the question's grade or else the highest; objective ``cost``
    demands the question's grade, if there is one, in every circle with residents.

    Parameters
    ----------
    slack
        Relative to the residents: so many fewer still make a type present.
    """
    standard = question.standard
    ids = [grade.id for grade in standard.grades]
    aims = question.objective == "grades"
    must = question.objective == "cost" and question.grade in ids
    if not ids or not (aims or must):
        return None
    target = ids.index(question.grade) if question.grade in ids else len(ids) - 1
    grades = standard.grades[: target + 1]
    index = {kind.id: t for t, kind in enumerate(standard.types)}
    asking = {t for t, _ in gaps.asking}
    community, size = city.places.community, len(city.communities)
    needed = np.full((len(standard.types), size), np.inf)
    for t in asking:
        d = gaps.counting(t)
        people = gaps.residents[gaps.demands[d].group]
        residents = np.bincount(community, weights=people, minlength=size)
        served = np.bincount(community, weights=people * gaps.served[d], minlength=size)
        lacking = (standard.presence_share - slack) * residents - served
        needed[t] = np.where(residents > 0, lacking, np.inf)
    by = {t: [t] for t in index.values()}
    for rule in standard.substitutes:
        if rule.type in index and rule.by in index:
            by[index[rule.type]].append(index[rule.by])
    everyone = np.bincount(community, weights=gaps.residents[0], minlength=size)
    classes = tuple(kind.type_class if t in asking else "" for t, kind in enumerate(standard.types))
    stand_ins = tuple(tuple(dict.fromkeys(by[t])) for t in range(len(standard.types)))
    return Grades(
        classes=classes,
        least=tuple(dict(grade.min_types) for grade in grades),
        mandatory=tuple(
            tuple(index[word] for word in grade.mandatory)
            if all(index.get(word) in asking for word in grade.mandatory)
            else None
            for grade in grades
        ),
        stand_ins=stand_ins,
        counts_by=tuple(
            (t, *(u for u in others[1:] if classes[u] != classes[t]))
            for t, others in enumerate(stand_ins)
        ),
        located=standard.presence == "located",
        needed=needed,
        standing=by_community(city, standard, *outlets_of(city, standard)) > 0,
        residents=everyone.astype(np.float64),
        must=must,
    )
