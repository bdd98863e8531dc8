"""The best plan of a tiny city by looking at every plan: each set of options there is."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

from full_rules import PLAN_RULES, SPACE_RULES
from full_world import CLASSES, NEAR_NOTHING, World


@dataclass(frozen=True)
class Plan:
    """A set of options, with the gaps it closes."""

    w: World
    chosen: tuple[int, ...]

    @cached_property
    def closed(self) -> set[int]:
        if "C1_cover" in self.w.without:
            return set(range(len(self.w.needs))) - self.w.served
        return set().union(*(self.w.reached[o] for o in self.chosen)) - self.w.served

    @cached_property
    def gained(self) -> dict[tuple[int, int], float]:
        """Residents of the counting group by type and circle whose gap is closed."""
        found = dict.fromkeys(((t, c) for t in self.w.asking for c in self.w.circles), 0.0)
        for k in self.closed:
            if self.w.counts(k):
                found[self.w.needs[k][2], self.w.circle(k)] += self.w.needs[k][3]
        return found

    def of(self, t: int, c: int | None = None) -> list[int]:
        return [
            o
            for o in self.chosen
            if self.w.pair[o][1] == t and (c is None or self.w.stands(self.w.pair[o][0]) == c)
        ]

    @cached_property
    def spaces(self) -> list[int]:
        return sorted({self.w.pair[o][0] for o in self.chosen})

    @cached_property
    def cost(self) -> float:
        """Capital and the years' subsidies in yuan."""
        options, years = self.w.options, self.w.question.policy.years
        capital = sum(int(options.capital_fen[o]) for o in self.chosen)
        capital += sum(int(options.fixed_fen[s]) for s in self.spaces)
        return (capital + years * sum(int(options.subsidy_fen[o]) for o in self.chosen)) / 100

    @cached_property
    def points(self) -> dict[tuple[int, str], float]:
        """Need points by circle and class."""
        w = self.w
        found: dict[tuple[int, str], float] = Counter()
        for k in self.closed:
            _, _, t, _, points = w.needs[k]
            if t not in w.capped:
                found[w.circle(k), w.types[t].type_class] += points
        for t in w.capped:
            kind = w.types[t]
            per = kind.weight * kind.groups.get(kind.counting_group, 0.0)
            # residents of several circles share what a space can take; points are city-wide here
            for c, people in self.within_capacity(t).items():
                found[c, kind.type_class] += per * people
        return found

    def of_class(self, word: str) -> float:
        """Return the need points of one class."""
        return math.fsum(v for (_, q), v in self.points.items() if q == word)

    def within_capacity(self, t: int) -> dict[int, float]:
        """Return the most residents a type can take in, all under the first circle (a sum)."""
        return {0: self.together(t, self.w.circles)}

    def together(self, t: int, some) -> float:
        """Return the most residents of some circles that a type can take in."""
        w = self.w
        per = float(w.types[t].residents_per_outlet)
        takes = {
            o: per * (0.5 if w.city.spaces.kind[w.pair[o][0]] == "add_on" else 1.0)
            for o in self.of(t)
        }
        gaps = set(range(len(w.needs))) - w.served
        goes = {o: {w.circle(k) for k in w.reached[o] & gaps if w.counts(k)} for o in takes}
        spare = {c: max(0.0, len(w.outlets(t, c)) * per - w.served_today[t, c]) for c in w.circles}
        least = math.inf  # the smallest cut is the largest flow
        for size in range(len(some) + 1):
            for cut in itertools.combinations(some, size):
                asked = sum(self.gained[t, c] for c in some if c not in cut)
                given = sum(spare[c] for c in cut)
                given += sum(takes[o] for o in takes if goes[o] & set(cut))
                least = min(least, asked + given)
        return least

    @cached_property
    def level(self) -> list[int]:
        """How many grades each circle reaches."""
        w, standard = self.w, self.w.question.standard
        free = {"C8_share", "C8_located"} & w.without
        own = {
            (t, c): bool(free) or self._own(t, c) for t in range(len(w.types)) for c in w.circles
        }
        at = {kind.id: t for t, kind in enumerate(w.types)}
        has, counts = dict(own), dict(own)
        for sub in standard.substitutes:
            for c in w.circles:
                t, u = at[sub.type], at[sub.by]
                has[t, c] |= own[u, c]
                same = u in w.asking and w.types[t].type_class == w.types[u].type_class
                counts[t, c] |= own[u, c] and (not same or "C8_once" in w.without)
        found = []
        for c in w.circles:
            reached = [
                self._grade(
                    grade,
                    {t: has[t, c] for t in w.asking},
                    {t: counts[t, c] for t in w.asking},
                )
                for grade in standard.grades
            ]
            if "C8_ladder" in w.without:
                found.append(max((k for k, yes in enumerate(reached, 1) if yes), default=0))
            else:
                found.append(len(list(itertools.takewhile(bool, reached))))
        return found

    def _own(self, t: int, c: int) -> bool:
        w, standard = self.w, self.w.question.standard
        if standard.presence == "located":
            return bool(w.outlets(t, c) or self.of(t, c))
        people = w.lives[t, c]
        if t not in w.asking or people == 0:
            return "C8_nobody" in w.without
        short = standard.presence_share * people - w.served_today[t, c] - self.gained[t, c]
        return short <= NEAR_NOTHING * people

    def _grade(self, grade, has: dict[int, bool], counts: dict[int, bool]) -> bool:
        w = self.w
        by_class = Counter(w.types[t].type_class for t, yes in counts.items() if yes)
        ids = {w.types[t].id for t, yes in has.items() if yes}
        enough = "C8_class" in w.without or all(
            by_class[word] >= least for word, least in grade.min_types.items()
        )
        return enough and ("C8_mandatory" in w.without or set(grade.mandatory) <= ids)

    @cached_property
    def shares(self) -> list[float]:
        """What share of what they could have the circles get, worst first; 1 if none counts."""
        could = could_have(self.w)
        gains = self.fairest if self.w.capped else self.by_circle
        return sorted(gains[c] / most for c, most in enumerate(could) if most > 0) or [1.0]

    @cached_property
    def by_circle(self) -> list[float]:
        return [
            math.fsum(v for (circle, _), v in self.points.items() if circle == c)
            for c in self.w.circles
        ]

    @cached_property
    def fairest(self) -> list[float]:
        """Points by circle, room given first to the worst circle, then to the second worst...

        Circles can have any points of which no set of circles has more together than the types
        can give it. So the shares rise alike until some set is full; it stays, the others go on.
        """
        w, could = self.w, could_have(self.w)
        left = [c for c in w.circles if could[c] > 0]
        found = [0.0] * len(could)
        while left:
            done = [c for c in w.circles if could[c] > 0 and c not in left]
            full = {
                some: (self.most_of((*done, *some)) - math.fsum(found[c] for c in done))
                / math.fsum(could[c] for c in some)
                for size in range(1, len(left) + 1)
                for some in itertools.combinations(left, size)
            }
            some = min(full, key=lambda s: full[s])
            for c in some:
                found[c] = full[some] * could[c]
                left.remove(c)
        return found

    def most_of(self, some) -> float:
        """Return the most points of some circles together."""
        w = self.w
        found = math.fsum(
            w.needs[k][4]
            for k in self.closed
            if w.circle(k) in some and w.needs[k][2] not in w.capped
        )
        for t in w.capped:
            kind = w.types[t]
            per = kind.weight * kind.groups.get(kind.counting_group, 0.0)
            found += per * self.together(t, some)
        return found

    @cached_property
    def target(self) -> int:
        ids = [grade.id for grade in self.w.question.standard.grades]
        asked = self.w.question.grade
        if asked is None:
            return 0 if self.w.question.objective == "cost" else len(ids)
        return ids.index(asked) + 1

    @cached_property
    def graded(self) -> float:
        """Residents of the circles that reach the target grade."""
        return math.fsum(
            self.w.everyone[c] for c in self.w.circles if 0 < self.target <= self.level[c]
        )


@lru_cache(maxsize=4)
def could_have(w: World) -> list[float]:
    """Return the points each circle would gain with every option open."""
    # what some plan of its space alone could open, floor area aside
    aside = frozenset({"C2_area", "C2_least", "C2_basic", "C5_open"})
    alone = World(w.city, w.question, w.without | aside)
    usable = {
        o
        for s in range(len(w.city.spaces))
        for mine in _bundles(alone, s)
        for o in mine
        if PLAN_RULES["C10_outlets"](Plan(w, mine))
    }
    everything = set().union(*(w.reached[o] for o in usable)) - w.served
    return [
        math.fsum(
            w.needs[k][4]
            for k in everything
            if w.circle(k) == c and (w.needs[k][2] not in w.capped or w.counts(k))
        )
        for c in w.circles
    ]


def _bundles(w: World, s: int) -> list[tuple[int, ...]]:
    """Return what may be chosen in one space."""
    here = [o for o, (space, _) in enumerate(w.pair) if space == s]
    return [
        mine
        for size in range(len(here) + 1)
        for mine in itertools.combinations(here, size)
        if all(rule(w, s, mine) for name, rule in SPACE_RULES.items() if name not in w.without)
    ]


def every_plan(city, question, without: frozenset[str] = frozenset()) -> list[Plan]:
    """Return all plans that keep every rule but those named in `without`."""
    w = World(city, question, frozenset(without))
    bundles = [_bundles(w, s) for s in range(len(city.spaces))]
    plans = (Plan(w, sum(some, ())) for some in itertools.product(*bundles))
    rules = [rule for name, rule in PLAN_RULES.items() if name not in w.without]
    return [plan for plan in plans if all(rule(plan) for rule in rules)]


def plan_in(city, question, document) -> Plan:
    """Return the plan of a document."""
    w = World(city, question)
    spaces = [str(s) for s in city.spaces.id]
    have = [
        (spaces[s], w.types[t].id, float(w.options.area_m2[o]), bool(w.options.chain[o]))
        for o, (s, t) in enumerate(w.pair)
    ]
    chosen = [have.index((p.space, p.type, p.area_m2, p.chain)) for p in document.projects]
    return Plan(w, tuple(chosen))


# -------------------------------------------------------------------------------------- stages


def best_stages(
    city, question, without: frozenset[str] = frozenset()
) -> list[tuple[str, float]] | None:
    """Return the value of each stage by looking at every plan, None where there is no plan."""
    left = every_plan(city, question, without)
    if not left:
        return None
    w = left[0].w
    found: list[tuple[str, float]] = []

    def stage(name: str, worth, sign: int = 1) -> None:
        nonlocal left
        best = max(sign * worth(plan) for plan in left)
        left = [p for p in left if sign * worth(p) >= best - 1e-9 * max(1.0, abs(best))]
        found.append((name, sign * best))

    def coverage(plan: Plan) -> float:
        if question.objective == "worst-community" and w.capped:
            return math.fsum(plan.fairest)
        return math.fsum(plan.points.values())

    if question.objective == "basic-first":
        asked = {w.types[t].type_class for t in w.asking}
        for word in (q for q in CLASSES if q in asked):
            stage(
                word,
                lambda p, word=word: math.fsum(v for (_, q), v in p.points.items() if q == word),
            )
        return found
    if question.objective == "grades":
        stage("grades", lambda plan: plan.graded)
    if question.objective == "cost":
        stage("cost", lambda plan: plan.cost, sign=-1)
    if question.objective == "worst-community":
        for rank in range(len(left[0].shares)):
            stage(f"worst {rank + 1}", lambda plan, rank=rank: plan.shares[rank])
    stage("coverage", coverage)
    return found
