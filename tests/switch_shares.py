"""Switches for C7 to C12 and the objectives: shares, grades, quotas, spacing, chains, capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from switch_spaces import ids, pressed
from tiny import words
from tiny_full import Asked, rich

from siting.standard.model import Grade, Quota, Substitute

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


def graded(draw: Random, asked: Asked, **standard) -> Asked:
    """Ask for residents of circles that reach a grade, or for the cheapest way to reach it."""
    basic = sum(t.type_class == "basic" for t in asked.question.standard.types)
    grades = (
        Grade(id="meets", zh="meets", en="meets", min_types={"basic": draw.randint(1, basic)}),
        Grade(
            id="good",
            zh="good",
            en="good",
            min_types={"basic": draw.randint(1, basic), "quality": draw.choice([0, 1])},
        ),
    )
    standard = {"grades": grades, "presence_share": draw.choice([0.5, 0.6, 0.8]), **standard}
    asked = asked.standard(**standard)
    last = asked.question.standard.grades[-1].id
    grade = draw.choice([last, last, asked.question.standard.grades[0].id])
    if draw.random() < 0.4:
        return rich(asked.asks(objective="cost", grade=grade))
    return asked.asks(objective="grades", grade=draw.choice([None, grade]))


# ----------------------------------------------------------------------------------- C7 and C8


def shares(draw: Random, asked: Asked) -> dict[str, float]:
    some = draw.sample(ids(asked), draw.choice([1, 2]))
    return {t: draw.choice([0.2, 0.3, 0.5, 0.8, 1.0]) for t in some}


def floors(draw: Random, asked: Asked) -> Asked:
    return asked.asks(floors=shares(draw, asked))


def targets(draw: Random, asked: Asked) -> Asked:
    asked = asked.asks(targets=shares(draw, asked))
    return rich(asked.asks(objective="cost")) if draw.random() < 0.5 else asked


def present(draw: Random, asked: Asked) -> Asked:
    return graded(draw, asked)


def nobody(draw: Random, asked: Asked) -> Asked:
    """Grade a circle in which none of the counting group live."""
    places = asked.city.places
    old = places.residents["aged_60_plus"].copy()
    old[places.community == places.community[0]] = 0.0
    asked = asked.types(lambda _: {"counting_group": draw.choice(["aged_60_plus", "everyone"])})
    return graded(draw, asked.places(residents={**places.residents, "aged_60_plus": old}))


def located(draw: Random, asked: Asked) -> Asked:
    return graded(draw, asked, presence="located")


def by_share(asked: Asked) -> Asked:
    return asked.standard(presence="share")


def substituted(draw: Random, asked: Asked) -> Asked:
    asked = graded(draw, asked, presence=draw.choice(["share", "share", "located"]))
    known = ids(asked)
    rules = [Substitute(type=known[0], by=known[1])]
    if len(known) > 2 and draw.random() < 0.5:
        rules.append(Substitute(type=known[draw.choice([0, 1])], by=known[2]))
    if draw.random() < 0.5:  # or else one type must be present, by itself or by another
        first, last = asked.question.standard.grades
        must = last.model_copy(update={"min_types": {}, "mandatory": (known[0],)})
        asked = asked.standard(grades=(first, must))
    return asked.standard(substitutes=tuple(rules))


def of_one_class(draw: Random, asked: Asked) -> Asked:
    """Let a type stand in for another of its class, where a grade counts that class."""
    asked = graded(draw, asked)
    known = ids(asked)
    basic = [t.id for t in asked.question.standard.types if t.type_class == "basic"]
    first = draw.choice(basic)
    by = draw.choice([t for t in known if t != first])
    return asked.standard(substitutes=(Substitute(type=first, by=by),))


def mandatory(draw: Random, asked: Asked) -> Asked:
    asked = graded(draw, asked)
    first, last = asked.question.standard.grades
    some = tuple(draw.sample(ids(asked), draw.choice([1, 2])))
    return asked.standard(grades=(first, last.model_copy(update={"mandatory": some})))


def no_mandatory(asked: Asked) -> Asked:
    grades = asked.question.standard.grades
    return asked.standard(grades=tuple(g.model_copy(update={"mandatory": ()}) for g in grades))


def no_classes(asked: Asked) -> Asked:
    grades = asked.question.standard.grades
    return asked.standard(grades=tuple(g.model_copy(update={"min_types": {}}) for g in grades))


def ladder(draw: Random, asked: Asked) -> Asked:
    """Ask more of the lower grade than of the higher one."""
    asked = graded(draw, asked)
    low, high = asked.question.standard.grades
    low = low.model_copy(update={"mandatory": tuple(draw.sample(ids(asked), 1))})
    high = high.model_copy(update={"min_types": {"basic": 1}})
    return asked.standard(grades=(low, high)).asks(grade="good")


def must(draw: Random, asked: Asked) -> Asked:
    asked = graded(draw, asked)
    return rich(asked.asks(objective="cost", grade=draw.choice(["meets", "good"])))


def no_grade(asked: Asked) -> Asked:
    return asked.asks(grade=None)


# ---------------------------------------------------------------------------------- C9 to C12


def quota_number(draw: Random, asked: Asked) -> Asked:
    t = draw.choice(ids(asked))
    quota = Quota(type=t, per_1000=draw.choice([1.0, 2.0, 4.0, 8.0]))
    return asked.standard(quotas=(quota,)).asks(enforce=("quotas",))


def quota_area(draw: Random, asked: Asked) -> Asked:
    t = draw.choice(ids(asked))
    quota = Quota(type=t, area_m2_per_1000=draw.choice([50.0, 100.0, 200.0]))
    return asked.standard(quotas=(quota,)).asks(enforce=("quotas",))


def without_rule(rule: str) -> Callable[[Asked], Asked]:
    def off(asked: Asked) -> Asked:
        return asked.asks(enforce=tuple(r for r in asked.question.enforce if r != rule))

    return off


def spaced(draw: Random, asked: Asked) -> Asked:
    metres = {t: draw.choice([300.0, 500.0, 800.0]) for t in ids(asked) if draw.random() < 0.7}
    asked = pressed(draw, asked).standard(spacing_m=metres).asks(enforce=("spacing",))
    if draw.random() < 0.7:
        asked = asked.outlets(types=words(("cinema",) for _ in range(len(asked.city.outlets))))
    return asked


def off_outlets(draw: Random, asked: Asked) -> Asked:
    metres = {t: draw.choice([300.0, 500.0, 800.0]) for t in ids(asked) if draw.random() < 0.7}
    if draw.random() < 0.5:
        asked = asked.asks(floors={draw.choice(ids(asked)): 0.5})
    return asked.standard(spacing_m=metres).asks(enforce=("spacing",))


def at_most(draw: Random, asked: Asked) -> Asked:
    most = {t: draw.choice([0, 1, 1, 2]) for t in ids(asked) if draw.random() < 0.7}
    return pressed(draw, asked).standard(most_per_community=most).asks(enforce=("most",))


def chains(draw: Random, asked: Asked) -> Asked:
    n = len(asked.city.spaces)
    asked = asked.spaces(max_types=np.full(n, draw.choice([1, 2]), dtype=np.int64))
    kinds = draw.choice([("never", "always", "may"), ("may", "never", "never"), ("never",) * 3])
    by_type = dict(zip(ids(asked), kinds, strict=False))
    factor = draw.choice([1.0, 1.5, 2.0])
    asked = asked.types(lambda t: {"chain": by_type[t.id], "chain_capital_factor": factor})
    asked = asked.standard(chain_share=draw.choice([0.3, 0.5, 0.6])).asks(enforce=("operators",))
    return pressed(draw, asked, 1)


def no_chain_share(asked: Asked) -> Asked:
    return asked.standard(chain_share=None)


def crowded(draw: Random, asked: Asked) -> Asked:
    n = len(asked.city.spaces)
    per = {t: draw.choice([None, 50.0, 150.0, 300.0]) for t in ids(asked)}
    asked = asked.types(lambda t: {"residents_per_outlet": per[t.id]})
    asked = asked.spaces(kind=words(draw.choice(["shop", "add_on"]) for _ in range(n)))
    return asked.asks(
        enforce=("capacity",), objective=draw.choice(["coverage", "coverage", "basic-first"])
    )


# ---------------------------------------------------------------------------------- objectives


def objective(word: str) -> Callable[[Random, Asked], Asked]:
    def switch(draw: Random, asked: Asked) -> Asked:
        if word == "grades":
            asked = graded(draw, asked)
        if word == "cost":
            asked = targets(draw, asked)
        elif draw.random() < 0.3:
            asked = asked.asks(floors=shares(draw, asked))
        return asked.asks(objective=word, grade=None)

    return switch


def crowded_circles(draw: Random, asked: Asked) -> Asked:
    """Raise the worst circle where outlets have room for so many."""
    return crowded(draw, asked).asks(objective="worst-community")


def anything(asked: Asked) -> Asked:
    """Ask for coverage, with no shares that must be reached."""
    return asked.asks(objective="coverage", floors={}, targets={})
