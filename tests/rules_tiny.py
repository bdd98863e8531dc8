"""Tiny random cities with the rules of the full model, and a judge of every choice of options.

The judge shares nothing with the programme but the records and `find_options`: it walks, counts
people and money, and looks at every rule by loops over places, spaces and options.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from random import Random

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow
from tiny import words

from siting.city.model import City, Outlets, Places, Spaces, Walking
from siting.gaps.needs import find_needs, limits
from siting.programme.needs import merge_needs
from siting.programme.rules import find_rules
from siting.solve.problem import Problem
from siting.standard.model import (
    Budget,
    Fund,
    Grade,
    Policy,
    Question,
    Quota,
    RoofRule,
    Standard,
    Substitute,
    Type,
)
from siting.standard.options import find_options
from siting.standard.purses import find_purses
from siting.walk.walks import walk

LEAST, MOST = 4, 9  # options
FAMILIES = (
    "roof",
    "complex",
    "copay",
    "floors",
    "targets",
    "quotas",
    "spacing",
    "most",
    "operators",
    "capacity",
    "must-grade",
    "must-located",
    "must-substitutes",
)
ENFORCED = ("quotas", "spacing", "most", "operators", "capacity")
OBJECTIVES = ("coverage", "basic-first", "grades", "cost", "worst-community")


def case(seed, family: str, objective: str = "coverage") -> tuple[City, Question]:
    """Return a city and a question in which a family is on."""
    for attempt in itertools.count():
        draw = Random(f"{family}/{objective}/{seed}/{attempt}")
        city, question = _city(draw), _question(draw, objective)
        city, question = _with(draw, family, city, question)
        options = find_options(city, question)
        if LEAST <= len(options) <= MOST and len(np.unique(options.space)) > 1:
            return city, _budgeted(draw, family, question, options)
    raise AssertionError


def judge_without(city: City, question: Question, family: str) -> Judge:
    """Return a judge of the same options who does not know a family."""
    standard = question.standard
    change: dict = {}
    if family in ENFORCED:
        change["enforce"] = tuple(r for r in question.enforce if r != family)
    elif family == "roof":
        change["standard"] = standard.model_copy(update={"roof": ()})
    elif family == "copay":
        funds = (f.model_copy(update={"share": 1.0}) for f in question.funds)
        change["funds"] = tuple(funds)
    elif family in ("floors", "targets"):
        change[family] = {}
    elif family.startswith("must"):
        change["grade"] = None
    judge = Judge(city, question, question.model_copy(update=change))
    if family == "complex":
        judge.city = _changed(city, basic_share=None)
    return judge


def problem_of(city: City, question: Question) -> Problem:
    """Return the question as the search gets it."""
    options = find_options(city, question)
    purses = (
        find_purses(city, question, options, "capital"),
        find_purses(city, question, options, "subsidy_per_year"),
    )
    gaps = find_needs(city, question.standard)
    rules = find_rules(city, question, gaps, options)
    reach = walk(city, "space", limits(gaps.demands, gaps.groups), np.unique(options.space))
    return Problem(city, options, merge_needs(gaps, options, reach, rules), purses, rules)


def _city(draw: Random) -> City:
    def points(prefix: str, n: int) -> dict:
        return {
            "id": words(f"{prefix}{k}" for k in range(n)),
            "x": np.array([100.0 * draw.randint(0, 9) for _ in range(n)]),
            "y": np.array([100.0 * draw.randint(0, 5) for _ in range(n)]),
            "community": np.array([draw.randrange(3) % 2 for _ in range(n)], dtype=np.int64),
        }

    n = draw.randint(4, 6)
    everyone = [float(draw.choice([0, 40, 60, 100, 120, 200])) for _ in range(n)]
    old = [float(round(v * draw.choice([0.0, 0.2, 0.5]))) for v in everyone]
    residents = {"everyone": np.array(everyone), "aged_60_plus": np.array(old)}
    places = Places(**points("P", n), residents=residents)
    n = draw.randint(0, 2)
    outlets = Outlets(
        **points("O", n),
        types=words(tuple(draw.sample(["t0", "t1", "t2"], draw.randint(1, 2))) for _ in range(n)),
        area_m2=np.array([draw.choice([np.nan, 50.0]) for _ in range(n)]),
        chain=np.full(n, np.nan),
        spare_m2=np.zeros(n),
    )
    n = draw.randint(3, 4)
    spaces = Spaces(
        **points("S", n),
        area_m2=np.array([draw.choice([40.0, 70.0, 100.0]) for _ in range(n)]),
        rent_m2_month=np.array([float(draw.choice([5, 10, 20])) for _ in range(n)]),
        kind=words(draw.choice(["shop", "shop", "add_on"]) for _ in range(n)),
        floor=np.ones(n, dtype=np.int64),
        features=words(frozenset[str]() for _ in range(n)),
        max_types=np.array([draw.choice([1, 2, 3]) for _ in range(n)]),
        min_types=np.ones(n, dtype=np.int64),
        capital_m2=np.full(n, np.nan),
        capital_fixed=np.array([float(draw.choice([0, 0, 7000])) for _ in range(n)]),
    )
    return City(
        name="rules",
        places=places,
        outlets=outlets,
        spaces=spaces,
        communities=("A", "B", "empty"),
        walking=Walking(60.0, 1.0, (("aged_60_plus", 50.0),)),
    )


def _question(draw: Random, objective: str) -> Question:
    types = tuple(
        Type(
            id=f"t{k}",
            zh="t",
            en="t",
            type_class=["basic", "quality", "basic"][k],
            minutes=draw.choice([3.0, 5.0, 8.0]),
            counting_group=draw.choice(["everyone", "everyone", "aged_60_plus"]),
            groups=draw.choice(
                [{"everyone": 1.0}, {"everyone": 1.0, "aged_60_plus": 0.5}, {"aged_60_plus": 2.0}]
            ),
            weight=draw.choice([1.0, 2.0]),
            area_min_m2=20.0,
            area_typical_m2=draw.choice([30.0, 60.0]),
            capital_m2=draw.choice([100.0, 300.0]),
            capital_fixed=draw.choice([0.0, 5000.0]),
            affordable_rent_m2=draw.choice([None, 8.0]),
            residents_per_outlet=draw.choice([None, 60.0, 120.0]),
            kinds_not=draw.choice([(), (), ("add_on",)]),
        )
        for k in range(draw.randint(2, 3))
    )
    standard = Standard(id="rules", zh="r", en="r", types=types)
    return Question(
        standard=standard,
        policy=Policy(id="p", zh="p", en="p", relief_share={"default": 0.8}, years=2.5),
        budget=Budget(capital=math.inf, subsidy_per_year=math.inf),
        objective=objective,
    )


def _with(draw: Random, family: str, city: City, question: Question) -> tuple[City, Question]:
    """Turn a family on."""
    ids = [t.id for t in question.standard.types]
    standard: dict = {}
    change: dict = {}
    if family in ENFORCED:
        change["enforce"] = (family,)
    if family == "roof":
        pair = draw.sample(ids, 2)
        standard["roof"] = draw.choice(
            [
                (RoofRule(type=pair[0], never_with=(pair[1],)),),
                (RoofRule(type=pair[0], only_with=(pair[1],)),),
                (
                    RoofRule(type=pair[0], only_with=tuple(i for i in ids if i != pair[0])),
                    RoofRule(type=pair[1], never_with=(ids[-1],)),
                ),
            ]
        )
        hosts = words(
            (draw.choice(ids),) if k == "add_on" else () for k in city.spaces.kind.tolist()
        )
        city = _changed(city, host=hosts, max_types=np.full(len(city.spaces), 3))
    elif family == "complex":
        shares = [draw.choice([np.nan, 0.5, 0.6, 1.0]) for _ in range(len(city.spaces))]
        city = _changed(city, basic_share=np.array(shares))
    elif family == "floors":
        change["floors"] = {draw.choice(ids): draw.choice([0.2, 0.4, 0.7])}
        # a type that brings few points, so that its floor costs some
        standard["types"] = tuple(
            t.model_copy(update={"weight": 0.1}) if t.id in change["floors"] else t
            for t in question.standard.types
        )
    elif family == "targets":
        change["targets"] = {t: draw.choice([0.3, 0.5, 0.8, 1.0]) for t in draw.sample(ids, 2)}
    elif family == "quotas":
        standard["quotas"] = tuple(
            Quota(
                type=t,
                per_1000=draw.choice([None, 3.0, 6.0]),
                area_m2_per_1000=draw.choice([None, 100.0, 400.0]),
            )
            for t in draw.sample(ids, 1)
        )
    elif family == "spacing":
        standard["spacing_m"] = {t: draw.choice([300.0, 500.0, 700.0]) for t in ids}
    elif family == "most":
        standard["most_per_community"] = {t: draw.choice([0, 1, 1]) for t in ids}
    elif family == "operators":
        standard["chain_share"] = draw.choice([0.3, 0.5, 1.0])
        standard["types"] = tuple(
            t.model_copy(
                update={
                    "chain": draw.choice(["never", "may", "always"]),
                    "chain_capital_factor": 1.5,
                }
            )
            for t in question.standard.types
        )
    if family.startswith("must") or question.objective == "grades":
        standard |= _graded(draw, family, ids)
        change["grade"] = draw.choice(["low", "high", "high"])
    question = question.model_copy(
        update={"standard": question.standard.model_copy(update=standard), **change}
    )
    return city, question


def _graded(draw: Random, family: str, ids: list[str]) -> dict:
    found: dict = {
        "presence_share": draw.choice([0.3, 0.5, 0.8]),
        "grades": (
            Grade(id="low", zh="l", en="l", min_types={"basic": 1}),
            Grade(
                id="high",
                zh="h",
                en="h",
                min_types={"basic": draw.randint(1, len(ids) - 1), "quality": draw.choice([0, 1])},
                mandatory=draw.choice([(), ("t1",)]),
            ),
        ),
    }
    if family == "must-located":
        found["presence"] = "located"
    if family == "must-substitutes":
        pairs = list(itertools.permutations(ids, 2))
        found["substitutes"] = tuple(Substitute(type=a, by=b) for a, b in draw.sample(pairs, 2))
    return found


def _budgeted(draw: Random, family: str, question: Question, options) -> Question:
    """Give budgets that buy some of the options, and funds where no rule is enforced."""
    total = (
        int(options.capital_fen.sum() + options.fixed_fen.sum()),
        int(options.subsidy_fen.sum()),
    )
    parts = [0.3, 0.5, 0.8, math.inf]
    if family.startswith("must"):
        parts = [1.0, 1.0, math.inf]
    elif family == "floors":
        parts = [0.3, 0.4]
    share = [draw.choice(parts) for _ in total]
    funds: tuple[Fund, ...] = ()
    if family == "copay" or (not question.enforce and draw.random() < 0.5):
        share = [min(s, 0.2) for s in share] if family == "copay" else share
        funds = tuple(
            Fund(
                id=f"f{k}",
                pays=draw.choice(["capital", "capital", "subsidy_per_year"]),
                amount=float(total[0] // draw.choice([200, 300, 400])),
                share=draw.choice([0.3, 0.5, 0.5, 1.0]),
                types=draw.choice([None, None, ("t0", "t1")]),
                communities=draw.choice([None, None, ("A",)]),
            )
            for k in range(2)
        )
    amount = [
        math.inf if math.isinf(s) else int(s * t) / 100 for s, t in zip(share, total, strict=True)
    ]
    budget = Budget(capital=amount[0], subsidy_per_year=amount[1])
    return question.model_copy(update={"budget": budget, "funds": funds})


def _changed(city: City, **changed) -> City:
    spaces = Spaces(**{**vars(city.spaces), **changed})
    return City(**{**vars(city), "spaces": spaces})


# ----------------------------------------------------------------------------------- the judge


class Judge:
    """Says of a choice of options whether every rule is kept, and what it is worth."""

    def __init__(self, city: City, question: Question, judged: Question | None = None) -> None:
        """Judge the options of `question` by the rules of `judged`, or its own."""
        self.city, self.question = city, judged or question
        self.standard = self.question.standard
        self.ids = [t.id for t in self.standard.types]
        self.options = find_options(city, question)
        self.space = self.options.space.tolist()
        self.type = self.options.type.tolist()
        self.limited = "capacity" in self.question.enforce

    def choices(self):
        """Yield every set of options."""
        everything = range(len(self.options))
        for size in range(len(self.options) + 1):
            yield from itertools.combinations(everything, size)

    # who reaches what

    def _near(self, points, k: int, place: int, t: int, group: str) -> bool:
        places = self.city.places
        metres = math.hypot(points.x[k] - places.x[place], points.y[k] - places.y[place])
        limit = self.standard.types[t].minutes * self.city.walking.speed(group)
        return round(metres * 1000) <= round(limit * 1000)

    def served_today(self, place: int, t: int, group: str) -> bool:
        outlets = self.city.outlets
        return any(
            self.ids[t] in outlets.types[o] and self._near(outlets, o, place, t, group)
            for o in range(len(outlets))
        )

    def gains(self, chosen, place: int, t: int, group: str) -> bool:
        """Tell whether a chosen option brings what no outlet does."""
        return not self.served_today(place, t, group) and any(
            self.type[o] == t and self._near(self.city.spaces, self.space[o], place, t, group)
            for o in chosen
        )

    def people(self, place: int, t: int, group: str | None = None) -> float:
        group = group or self.standard.types[t].counting_group
        return float(self.city.places.residents[group][place])

    def counted(self, t: int, circles) -> float:
        return sum(self.people(p, t) for p in self._places(circles))

    def reached(self, chosen, t: int, circles) -> float:
        """Return residents of the counting group who have the type."""
        group = self.standard.types[t].counting_group
        return sum(
            self.people(p, t)
            for p in self._places(circles)
            if self.served_today(p, t, group) or self.gains(chosen, p, t, group)
        )

    def _places(self, circles):
        return [p for p in range(len(self.city.places)) if self.city.places.community[p] in circles]

    # rules

    def allowed(self, chosen) -> bool:
        """Tell whether a choice keeps every rule."""
        checks = (self.floor, self.roof, self.money, self.shares, self.must, self.counts)
        return all(check(chosen) for check in checks)

    def floor(self, chosen) -> bool:
        for s in {self.space[o] for o in chosen}:
            here = [o for o in chosen if self.space[o] == s]
            if len({self.type[o] for o in here}) < len(here):
                return False
            if len(here) > self.city.spaces.max_types[s]:
                return False
            if sum(self._area(o) for o in here) > Fraction(float(self.city.spaces.area_m2[s])):
                return False
            shares = self.city.spaces.basic_share
            if shares is not None and shares[s] > 0:
                basic = [o for o in here if self.standard.types[self.type[o]].type_class == "basic"]
                least = Fraction(str(shares[s])) * sum(self._area(o) for o in here)
                if sum(self._area(o) for o in basic) < least:
                    return False
        return True

    def _area(self, o: int) -> Fraction:
        return Fraction(str(float(self.options.area_m2[o])))

    def roof(self, chosen) -> bool:
        hosts = self.city.spaces.host
        for o in chosen:
            s, word = self.space[o], self.ids[self.type[o]]
            here = {self.ids[self.type[q]] for q in chosen if self.space[q] == s} - {word}
            host = set(hosts[s]) if hosts is not None else set()
            for rule in self.standard.roof:
                both = {rule.type, *rule.never_with}
                if word == rule.type and (here | host) & set(rule.never_with):
                    return False
                if word in rule.never_with and rule.type in here | host and len(both) > 1:
                    return False
                if word == rule.type and rule.only_with is not None:
                    company = host or here
                    if not company & set(rule.only_with):
                        return False
            if word in host:
                return False
        return True

    def money(self, chosen) -> bool:
        options, question = self.options, self.question
        spaces = sorted({self.space[o] for o in chosen})
        capital = [(int(options.capital_fen[o]), self._payers(o, None, "capital")) for o in chosen]
        capital += [(int(options.fixed_fen[s]), self._payers(None, s, "capital")) for s in spaces]
        subsidy = [
            (int(options.subsidy_fen[o]), self._payers(o, None, "subsidy_per_year")) for o in chosen
        ]
        return self._paid(capital, question.budget.capital) and self._paid(
            subsidy, question.budget.subsidy_per_year
        )

    def _payers(self, o, s, pays) -> list[int]:
        found = []
        for k, fund in enumerate(self.question.funds):
            where = self.space[o] if s is None else s
            if fund.pays != pays:
                continue
            if fund.types is not None and (o is None or self.ids[self.type[o]] not in fund.types):
                continue
            circle = self.city.communities[self.city.spaces.community[where]]
            if fund.communities is None or circle in fund.communities:
                found.append(k)
        return found

    def _paid(self, items, general: float) -> bool:
        """Tell whether purses suffice, by the largest flow in whole fen."""
        due = sum(cost for cost, _ in items)
        if math.isinf(general):
            return True
        funds = self.question.funds
        n = len(items) + len(funds) + 2
        flow = np.zeros((n, n), dtype=np.int32)
        for k, (cost, payers) in enumerate(items):
            flow[0, 1 + k] = cost
            for f in payers:
                flow[1 + k, 1 + len(items) + f] = int(Fraction(str(funds[f].share)) * cost)
        for f, fund in enumerate(funds):
            flow[1 + len(items) + f, n - 1] = min(due, round(fund.amount * 100))
        paid = int(maximum_flow(csr_array(flow), 0, n - 1).flow_value)
        return due - paid <= round(general * 100)

    def shares(self, chosen) -> bool:
        every = range(len(self.city.communities))
        asked = [(t, share, every) for t, share in self.question.targets.items()]
        asked += [(t, share, [c]) for t, share in self.question.floors.items() for c in every]
        return all(
            self.reached(chosen, self.ids.index(t), circles)
            >= (share - 1e-9) * self.counted(self.ids.index(t), circles)
            for t, share, circles in asked
        )

    def counts(self, chosen) -> bool:
        question, standard = self.question, self.standard
        at = [
            (self.type[o], int(self.city.spaces.community[self.space[o]]), self._area(o))
            for o in chosen
        ]
        if "quotas" in question.enforce:
            for quota, c in itertools.product(standard.quotas, range(3)):
                t = self.ids.index(quota.type)
                thousands = self.counted(t, [c]) / 1000
                standing = [
                    standard.types[t].area_typical_m2 if math.isnan(a) else a
                    for a in self._standing(t, c)
                ]
                new = [area for kind, circle, area in at if (kind, circle) == (t, c)]
                have = len(standing) + len(new)
                if quota.per_1000 is not None and have < quota.per_1000 * thousands - 1e-9:
                    return False
                if quota.area_m2_per_1000 is not None:
                    area = sum(standing) + float(sum(new))
                    if area < quota.area_m2_per_1000 * thousands - 1e-7:
                        return False
        if "most" in question.enforce:
            for (word, most), c in itertools.product(standard.most_per_community.items(), range(3)):
                t = self.ids.index(word)
                new = sum((kind, circle) == (t, c) for kind, circle, _ in at)
                if new > max(0, most - len(self._standing(t, c))):
                    return False
        if "operators" in question.enforce:
            chains = sum(bool(self.options.chain[o]) for o in chosen)
            if chains < Fraction(str(standard.chain_share)) * len(chosen):
                return False
        return "spacing" not in question.enforce or self._apart(chosen)

    def _standing(self, t: int, c: int) -> list[float]:
        outlets = self.city.outlets
        return [
            float(outlets.area_m2[o])
            for o in range(len(outlets))
            if self.ids[t] in outlets.types[o] and outlets.community[o] == c
        ]

    def _apart(self, chosen) -> bool:
        x, y = self.city.spaces.x, self.city.spaces.y
        for a, b in itertools.combinations(chosen, 2):
            if self.type[a] != self.type[b]:
                continue
            s, u = self.space[a], self.space[b]
            least = self.standard.spacing_m.get(self.ids[self.type[a]], 0.0)
            if math.hypot(x[s] - x[u], y[s] - y[u]) < least:
                return False
        return True

    # grades

    def present(self, chosen, t: int, c: int, *, counted: bool = False) -> bool:
        """Tell whether a type is present; `counted`: whether it counts in its class."""
        types = self.standard.types
        words_of = [self.ids[t]]
        for rule in self.standard.substitutes:
            by = types[self.ids.index(rule.by)]
            if rule.type == self.ids[t] and not (
                counted and by.asks and by.type_class == types[t].type_class
            ):
                words_of.append(rule.by)
        return any(self._own(chosen, self.ids.index(word), c) for word in words_of)

    def _own(self, chosen, t: int, c: int) -> bool:
        if self.standard.presence == "located":
            here = any(
                self.type[o] == t and self.city.spaces.community[self.space[o]] == c for o in chosen
            )
            return here or bool(self._standing(t, c))
        people = self.counted(t, [c])
        least = (self.standard.presence_share - 1e-9) * people
        return people > 0 and self.reached(chosen, t, [c]) >= least

    def holds(self, chosen, c: int) -> bool:
        """Tell whether a circle holds the grade aimed at, and those below it."""
        ids = [g.id for g in self.standard.grades]
        aim = ids.index(self.question.grade) if self.question.grade else len(ids) - 1
        have = [self.present(chosen, t, c) for t in range(len(self.ids))]
        counts = [self.present(chosen, t, c, counted=True) for t in range(len(self.ids))]
        for grade in self.standard.grades[: aim + 1]:
            for word, n in grade.min_types.items():
                of_class = [
                    h
                    for h, t in zip(counts, self.standard.types, strict=True)
                    if t.type_class == word
                ]
                if sum(of_class) < n:
                    return False
            if not all(have[self.ids.index(word)] for word in grade.mandatory):
                return False
        return True

    def everyone(self, c: int) -> float:
        return sum(float(self.city.places.residents["everyone"][p]) for p in self._places([c]))

    def must(self, chosen) -> bool:
        if self.question.objective != "cost" or self.question.grade is None:
            return True
        return all(self.holds(chosen, c) for c in range(3) if self.everyone(c) > 0)

    # what a choice is worth

    def value(self, chosen, kind: str, class_name: str | None = None) -> float:
        """Return the value of a stage; points under capacity only city-wide."""
        if kind in ("coverage", "class"):
            return sum(
                self.points(chosen, t, range(3))
                for t, rule in enumerate(self.standard.types)
                if class_name in (None, rule.type_class)
            )
        if kind == "grades":
            return sum(self.everyone(c) for c in range(3) if self.holds(chosen, c))
        if kind == "cost":
            options, years = self.options, Fraction(str(self.question.policy.years))
            fen = sum(
                int(options.capital_fen[o]) + years * int(options.subsidy_fen[o]) for o in chosen
            )
            fen += sum(int(options.fixed_fen[s]) for s in {self.space[o] for o in chosen})
            return -float(fen / 100)
        shares = [s for c in range(3) if (s := self.share(chosen, c)) is not None]
        return min(shares, default=1.0)

    def share(self, chosen, c: int) -> float | None:
        everything = range(len(self.options))
        types = range(len(self.ids))
        could = sum(self.points(everything, t, [c]) for t in types)
        return sum(self.points(chosen, t, [c]) for t in types) / could if could else None

    def points(self, chosen, t: int, circles) -> float:
        rule = self.standard.types[t]
        if self.limited and rule.residents_per_outlet is not None:
            weight = rule.weight * rule.groups.get(rule.counting_group, 0.0)
            return weight * self._held(chosen, t, circles)
        return sum(
            rule.weight * weight * self.people(p, t, group)
            for group, weight in rule.groups.items()
            for p in self._places(circles)
            if self.gains(chosen, p, t, group)
        )

    def _held(self, chosen, t: int, circles) -> int:
        """Return how many residents outlets have room for, by the largest flow."""
        rule = self.standard.types[t]
        each = rule.residents_per_outlet
        mine = [o for o in chosen if self.type[o] == t]
        n = 2 + len(mine) + 3
        flow = np.zeros((n, n), dtype=np.int32)
        for k, o in enumerate(mine):
            s = self.space[o]
            flow[0, 1 + k] = each / 2 if self.city.spaces.kind[s] == "add_on" else each
            for c in circles:
                if any(self.gains([o], p, t, rule.counting_group) for p in self._places([c])):
                    flow[1 + k, 1 + len(mine) + c] = 10_000
        for c in circles:
            group = rule.counting_group
            new = sum(self.people(p, t) for p in self._places([c]) if self.gains(mine, p, t, group))
            spare = max(0, len(self._standing(t, c)) * each - self.reached([], t, [c]))
            flow[0, 1 + len(mine) + c] = spare
            flow[1 + len(mine) + c, n - 1] = new
        return int(maximum_flow(csr_array(flow), 0, n - 1).flow_value)
