"""Random small cities for the whole engine, each with the exact best of every stage.

Five kinds in turn: tiny ones under money and locks (`tiny`), tiny ones with one or more families
of rules and every objective (`full_families`, and `rules_tiny`, which has a judge of its own), and
generated towns of 60 to 150 places, 12 to 25 spaces and 5 to 8 types, half of them with further
funds, floors, grades and rules of the full model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import rules_tiny
from engine_exact import Exact, by_every_plan, by_judge, by_programmes, by_search
from full_families import FAMILIES, asked_of, mixture_of
from tiny import tiny_city

import siting
from siting.errors import InputError
from siting.standard.model import (
    Budget,
    Fund,
    Grade,
    Locks,
    Question,
    Quota,
    RoofRule,
    Substitute,
)
from siting.standard.options import find_options

if TYPE_CHECKING:
    from pathlib import Path

    from siting.city.model import City

KINDS = ("tiny", "family", "town", "town with rules", "tiny", "judged", "town", "town with rules")
"""Every other city has the rules of the full model."""

_TRIES = 50  # numbers, where some fit no city
_ANY = ("coverage", "basic-first", "grades")
# a least cost must meet something
_OBJECTIVES = dict.fromkeys(rules_tiny.FAMILIES, _ANY) | {
    "floors": (*_ANY, "cost"),
    "targets": (*_ANY, "cost"),
    "must": ("cost", "grades"),
}


@dataclass(frozen=True, eq=False)
class Case:
    """A city, what is asked of it, and who knows the best answer."""

    name: str
    kind: str
    city: City
    question: Question
    exact: Exact


def case_of(number: int, folder: Path) -> Case:
    """Return a city by its number; `folder` is where a generated one may be written."""
    kind = KINDS[number % len(KINDS)]
    turn = number // len(KINDS)
    for attempt in range(_TRIES):
        found = _asked(kind, turn, number + 100_000 * attempt, folder / f"{number}-{attempt}")
        if found is None:
            continue
        name, city, question, exact = found
        try:
            siting.api.resolve(city, scenario_of(question))
            find_options(city, question)
        except InputError:
            continue  # locks on what is no option here, or that contradict each other
        return Case(f"{number} ({name})", kind, city, question, exact(city, question))
    raise AssertionError(f"no city for {number}")


def scenario_of(question: Question) -> siting.Scenario:
    """Return the scenario that resolves to `question`."""
    fields = {name: getattr(question, name) for name in Question.model_fields if name != "budget"}
    return siting.Scenario(**fields, **question.budget.model_dump())


def _asked(kind: str, turn: int, number: int, folder: Path):
    if kind == "tiny":
        return (f"tiny {number}", *tiny_city(number), by_search)
    if kind == "family":
        name = "mixture" if turn % 4 == 3 else [*FAMILIES][turn % len(FAMILIES)]
        found = mixture_of(number) if name == "mixture" else asked_of(name, number)
        return None if found is None else (name, found.city, found.question, by_every_plan)
    if kind == "judged":
        family = rules_tiny.FAMILIES[turn % len(rules_tiny.FAMILIES)]
        objectives = _OBJECTIVES[family.partition("-")[0]]
        objective = objectives[turn // len(rules_tiny.FAMILIES) % len(objectives)]
        asked = rules_tiny.case(number, family, objective)
        return (f"{family}, {objective}", *asked, by_judge)
    return _town(kind, number, folder)


def features(case: Case) -> set[str]:
    """Return what a question has of the full model."""
    question, standard = case.question, case.question.standard
    spaces = case.city.spaces
    has = {
        "funds": question.funds,
        "co-payment": [f for f in question.funds if f.share < 1.0],
        "locks": question.locks.open or question.locks.forbid,
        "floors": question.floors,
        "targets": question.targets,
        "grades": question.objective == "grades" or question.grade,
        "roof rules": standard.roof,
        "least basic share": spaces.basic_share is not None
        and np.isfinite(spaces.basic_share).any(),
        "two types at least": (spaces.min_types > 1).any(),
    }
    found = {name for name, there in has.items() if there} | set(question.enforce)
    return found | {f"objective {question.objective}"}


# ------------------------------------------------------------------------------ generated towns


def _town(kind: str, number: int, folder: Path):
    draw = Random(f"engine/{number}")
    size = {
        "places": draw.randint(60, 150),
        "spaces": draw.randint(12, 25),
        "types": draw.randint(5, 8),
    }
    siting.generate(folder, **size, seed=number)
    city = siting.read_city(folder)
    question = siting.api.resolve(city, siting.Scenario())
    richer = draw.choice([1.0, 1.5, 2.0, 3.0])  # a tenth of so few spaces is next to nothing
    question = _changed(question, budget=_times(question.budget, richer))
    names = []
    if kind == "town with rules":
        question = _classes(draw, question)
        names = draw.sample(sorted(SWITCHES), draw.choice([1, 2, 2, 3]))
        for name in names:
            question = SWITCHES[name](draw, city, question)
    return (", ".join(["town", *names]), city, question, by_programmes)


def _changed(question: Question, **fields) -> Question:
    return question.model_copy(update=fields)


def _standard(question: Question, **fields) -> Question:
    return _changed(question, standard=question.standard.model_copy(update=fields))


def _enforced(question: Question, rule: str, **fields) -> Question:
    rules = (*question.enforce, rule)
    return _changed(_standard(question, **fields), enforce=tuple(dict.fromkeys(rules)))


def _times(budget: Budget, factor: float) -> Budget:
    return Budget(
        capital=math.floor(budget.capital * factor),
        subsidy_per_year=math.floor(budget.subsidy_per_year * factor),
    )


def _classes(draw: Random, question: Question) -> Question:
    """Make some types quality ones: those that come first in the catalogue are all basic."""
    types = list(question.standard.types)
    for k in draw.sample(range(len(types)), draw.choice([1, 2, 3])):
        types[k] = types[k].model_copy(update={"type_class": "quality", "weight": 1.0})
    return _standard(question, types=tuple(types))


def _some(draw: Random, question: Question, most: int = 2) -> list[str]:
    ids = [t.id for t in question.standard.types]
    return draw.sample(ids, draw.randint(1, most))


def _funds(draw: Random, city: City, question: Question) -> Question:
    funds = tuple(
        Fund(
            id=f"fund-{k}",
            pays=pays,
            amount=round(draw.choice([0.1, 0.3, 0.6]) * getattr(question.budget, pays), 2),
            types=draw.choice([None, tuple(_some(draw, question, 3))]),
            communities=draw.choice([None, None, city.communities[:1]]),
            share=draw.choice([1.0, 1.0, 0.5]),
        )
        for k, pays in enumerate(draw.sample(["capital", "capital", "subsidy_per_year"], 2))
    )
    return _changed(question, funds=(*question.funds, *funds))


def _floors(draw: Random, _city: City, question: Question) -> Question:
    question = _changed(
        question, floors={t: draw.choice([0.2, 0.4]) for t in _some(draw, question)}
    )
    return _changed(question, budget=_times(question.budget, 2.0))


def _targets(draw: Random, _city: City, question: Question) -> Question:
    shares = {t: draw.choice([0.3, 0.5, 0.6]) for t in _some(draw, question, 3)}
    return _changed(question, targets=shares, budget=_times(question.budget, 2.0))


def _grades(draw: Random, _city: City, question: Question) -> Question:
    basic = sum(t.type_class == "basic" for t in question.standard.types)
    low = draw.randint(1, basic)
    high = {"basic": min(basic, low + draw.choice([0, 1])), "quality": draw.choice([0, 1])}
    grades = (
        Grade(id="low", zh="low", en="low", min_types={"basic": low}),
        Grade(
            id="high",
            zh="high",
            en="high",
            min_types=high,
            mandatory=draw.choice([(), tuple(_some(draw, question, 1))]),
        ),
    )
    pair = draw.sample([t.id for t in question.standard.types], 2)
    question = _standard(
        question,
        grades=grades,
        presence=draw.choice(["share", "share", "located"]),
        presence_share=draw.choice([0.4, 0.6, 0.8]),
        substitutes=draw.choice([(), (Substitute(type=pair[0], by=pair[1]),)]),
    )
    question = _changed(question, grade=draw.choice(["low", "high"]))
    if question.objective == "coverage":
        question = _changed(question, objective="grades")
    return question


def _cost(draw: Random, city: City, question: Question) -> Question:
    """Meet targets at the least cost, under budgets that hardly bind."""
    question = _targets(draw, city, question)
    return _changed(question, objective="cost", budget=_times(question.budget, 3.0))


def _basic_first(_draw: Random, _city: City, question: Question) -> Question:
    return _changed(question, objective="basic-first")


def _worst(_draw: Random, _city: City, question: Question) -> Question:
    return _changed(question, objective="worst-community")


def _quotas(draw: Random, city: City, question: Question) -> Question:
    thousands = float(city.places.residents["everyone"].sum()) / 1000
    quotas = tuple(
        Quota(
            type=t,
            per_1000=draw.choice([None, 1.0 / thousands, 3.0 / thousands]),
            area_m2_per_1000=draw.choice([None, 50.0 / thousands]),
        )
        for t in _some(draw, question)
    )
    return _enforced(question, "quotas", quotas=quotas)


def _spacing(draw: Random, _city: City, question: Question) -> Question:
    metres = {t: draw.choice([150.0, 250.0, 400.0]) for t in _some(draw, question, 5)}
    return _enforced(question, "spacing", spacing_m=metres)


def _most(draw: Random, _city: City, question: Question) -> Question:
    most = {t: draw.choice([0, 1, 2, 3]) for t in _some(draw, question, 4)}
    return _enforced(question, "most", most_per_community=most)


def _operators(draw: Random, _city: City, question: Question) -> Question:
    types = tuple(
        t.model_copy(update={"chain": draw.choice(["may", "never"]), "chain_capital_factor": 1.3})
        for t in question.standard.types
    )
    return _enforced(question, "operators", types=types, chain_share=draw.choice([0.3, 0.5, 0.7]))


def _capacity(draw: Random, city: City, question: Question) -> Question:
    people = float(city.places.residents["everyone"].sum())
    types = tuple(
        t.model_copy(
            update={
                "residents_per_outlet": draw.choice([None, *(people * s for s in (0.05, 0.15))])
            }
        )
        for t in question.standard.types
    )
    return _enforced(question, "capacity", types=types)


def _locks(draw: Random, city: City, question: Question) -> Question:
    options = find_options(city, question)
    pairs = sorted({*zip(options.space.tolist(), options.type.tolist(), strict=True)})
    names = [(str(city.spaces.id[s]), question.standard.types[t].id) for s, t in pairs]
    some = draw.sample(names, min(len(names), 4))
    return _changed(question, locks=Locks(open=tuple(some[:1]), forbid=tuple(some[1:])))


def _roof(draw: Random, _city: City, question: Question) -> Question:
    a, b, c = draw.sample([t.id for t in question.standard.types], 3)
    rules = (RoofRule(type=a, never_with=(b,)), RoofRule(type=c, only_with=(a, b)))
    return _standard(question, roof=draw.choice([rules[:1], rules[1:], rules]))


SWITCHES = {
    "funds": _funds,
    "floors": _floors,
    "targets": _targets,
    "grades": _grades,
    "cost": _cost,
    "basic-first": _basic_first,
    "worst-community": _worst,
    "quotas": _quotas,
    "spacing": _spacing,
    "most": _most,
    "operators": _operators,
    "capacity": _capacity,
    "locks": _locks,
    "roof": _roof,
}
"""What a town with rules may have more than a town."""
