"""Random tiny cities under the full model, and plans for them that nobody optimised.

A plan is a random choice that fits its spaces; demands that it happens to break are named in
`DEMANDS`, and everything else that `verify` finds is a disagreement between plan/ and verify/.
"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import numpy as np
import tiny

from siting.gaps.needs import find_needs, limits
from siting.plan.assemble import Circumstances, assemble
from siting.plan.document import Stage
from siting.plan.gains import find_gains
from siting.plan.stages import stage_names
from siting.plan.upgrades import Way
from siting.programme.needs import merge_needs
from siting.programme.rules import find_rules
from siting.solve.circle import find_upgrades
from siting.solve.greedy import greedy
from siting.solve.problem import Problem
from siting.solve.upgrades import wants_ways
from siting.standard.model import Budget, Locks, Question
from siting.standard.options import find_options
from siting.standard.purses import find_purses
from siting.walk.walks import walk

DEMANDS = {
    "target_missed",
    "floor_missed",
    "grade_missed",
    "quota_missed",
    "spacing_projects",
    "most",
    "operators",
    "space_basic_share",
    "roof_never",
    "roof_only",
}
OBJECTIVES = ("coverage", "basic-first", "grades", "cost", "worst-community")
RULES = ("quotas", "spacing", "most", "operators", "capacity")
MADE = Circumstances(
    seconds={},
    peak_memory_mb=0.0,
    software={"siting": "0"},
    seed=0,
    deterministic=True,
    merged_needs=0,
)


def full_city(seed: int):
    """Return a city and a question with unlimited budgets and every kind of rule."""
    city, question = tiny.tiny_city(seed)
    draw = Random(f"full/{seed}")
    n, m = len(city.spaces), len(city.outlets)
    kind = [draw.choice(["shop", "shed", "add_on"]) for _ in range(n)]
    host = [
        draw.choice([("t0",), ("convenience_store",), ()]) if k == "add_on" else () for k in kind
    ]
    shares = [draw.choice([math.nan, 0.0, 0.5, 1 / 3]) for _ in range(n)]
    city = replace(
        city,
        spaces=replace(
            city.spaces,
            kind=tiny.words(kind),
            host=tiny.words(host),
            basic_share=np.array(shares) if draw.random() < 0.5 else None,
            min_types=np.ones(n, dtype=np.int64),
        ),
        outlets=replace(
            city.outlets, area_m2=np.array([draw.choice([math.nan, 77.5]) for _ in range(m)])
        ),
    )
    return city, _question(draw, question)


def _question(draw: Random, question: Question) -> Question:
    standard = question.standard
    ids = [t.id for t in standard.types]
    asking = [t.id for t in standard.types if t.asks]
    types = tuple(
        t.model_copy(
            update={
                "residents_per_outlet": draw.choice([None, 30.0, 150.0]),
                "chain": draw.choice(["may", "may", "never", "always"]),
                "chain_capital_factor": draw.choice([1.0, 1.237]),
            }
        )
        for t in standard.types
    )
    grades = [
        {"id": "one", "min_types": {"basic": draw.randint(0, 1), "quality": draw.randint(0, 1)}},
        {"id": "two", "min_types": {"basic": 1}, "mandatory": draw.sample(ids, 1)},
        {"id": "three", "min_types": {"basic": 2, "quality": 1}},
    ][: draw.choice([0, 1, 3])]
    content = standard.model_dump(by_alias=True) | {
        "types": [t.model_dump(by_alias=True) for t in types],
        "presence": draw.choice(["share", "share", "located"]),
        "presence_share": draw.choice([0.3, 0.5, 0.8]),
        "grades": [{"zh": g["id"], "en": g["id"], **g} for g in grades],
        "substitutes": [{"type": ids[0], "by": ids[1]}] if draw.random() < 0.5 else [],
        "quotas": [
            {"type": ids[0], "per_1000": 4.5, "area_m2_per_1000": 300.0},
            {"type": ids[1], "area_m2_per_1000": 111.1},
        ],
        "spacing_m": {ids[0]: draw.choice([100.0, 300.0])},
        "most_per_community": {ids[1]: draw.randint(0, 2)},
        "chain_share": draw.choice([None, 0.5]),
        "roof": draw.choice([[], [{"type": ids[0], "never_with": [ids[1], "convenience_store"]}]]),
    }
    rewards = [{"grade": None, "amount": 500_000.0}, {"grade": "two", "amount": 99.5}]
    objective = draw.choice(OBJECTIVES if grades else [o for o in OBJECTIVES if o != "grades"])
    grade = draw.choice([None, *(g["id"] for g in grades)])
    return Question.model_validate(
        {
            "standard": content,
            "policy": question.policy.model_dump() | {"rewards": rewards, "years": 2.5},
            "budget": Budget(capital=math.inf, subsidy_per_year=math.inf).model_dump(),
            "objective": objective,
            "funds": [
                {"id": "f", "amount": 40_000.0, "share": draw.choice([1.0, 0.3333])},
                {"id": "r", "amount": 900.0, "pays": "subsidy_per_year", "share": 0.5},
            ],
            "locks": Locks(),
            "targets": {t: draw.random() for t in asking[:1]},
            "floors": {t: draw.random() / 2 for t in asking[1:2]},
            "grade": grade,
            "enforce": [rule for rule in RULES if draw.random() < 0.4],
        }
    )


def choose(city, options, draw: Random):
    """Return options that fit their spaces: floor area, number of types, one form of each pair."""
    chosen = []
    for s in range(len(city.spaces)):
        area, types = round(float(city.spaces.area_m2[s]) * 1e6), set()
        mine = np.flatnonzero(options.space == s).tolist()
        draw.shuffle(mine)
        for o in mine:
            used = round(float(options.area_m2[o]) * 1e6)
            full = len(types) == city.spaces.max_types[s]
            if full or used > area or int(options.type[o]) in types or draw.random() < 0.4:
                continue
            types.add(int(options.type[o]))
            area -= used
            chosen.append(o)
    return np.array(sorted(chosen), dtype=np.int64)


def facts(city, question, chosen=None, seed: int = 0):
    """Return gaps, options, chosen, gains and reach of a choice (a random one if none is given)."""
    options = find_options(city, question)
    if chosen is None:
        chosen = choose(city, options, Random(seed))
    gaps = find_needs(city, question.standard)
    reach = walk(city, "space", limits(gaps.demands, gaps.groups), np.unique(options.space))
    return gaps, options, chosen, find_gains(gaps, options, reach, chosen), reach


def document_of(
    city, question, chosen=None, *, stages=None, seed=0, price=None, stopped_by="gap", ways=None
):
    """Return the document of a choice; without `stages`, one without bounds for each.

    Without `ways`, the circles' ways up are what the greedy finds.
    """
    gaps, options, chosen, gains, reach = facts(city, question, chosen, seed)
    purses = (
        find_purses(city, question, options, "capital"),
        find_purses(city, question, options, "subsidy_per_year"),
    )
    if stages is None:
        stages = tuple(stage(name) for name in stage_names(question.objective, question.standard))
    return assemble(
        question,
        gaps,
        options,
        purses,
        chosen,
        gains,
        stages,
        stopped_by,
        _made(city, question, gaps, options, purses, reach),
        reach,
        price,
        _ways(city, question, gaps, options, purses, reach) if ways is None else ways,
    )


def _ways(city, question, gaps, options, purses, reach) -> tuple[Way, ...]:
    rules = find_rules(city, question, gaps, options)
    problem = Problem(city, options, merge_needs(gaps, options, reach, rules), purses, rules)
    found = []
    for up in find_upgrades(problem) if wants_ways(problem) else ():
        chosen = None if up.problem is None else greedy(up.problem)
        bound = None if up.problem is None else 0.0
        mine = None if chosen is None else up.kept[chosen]
        found.append(Way(up.community, up.grade, mine, bound, up.missing))
    return tuple(found)


def _made(city, question, gaps, options, purses, reach) -> Circumstances:
    """Return the circumstances with the sizes of the programme, which verify counts again."""
    rules = find_rules(city, question, gaps, options)
    problem = Problem(city, options, merge_needs(gaps, options, reach, rules), purses, rules)
    return replace(MADE, merged_needs=len(problem.needs))


def stage(name: str, objective: float = 0.0, bound: float | None = None) -> Stage:
    return Stage(
        name=name,
        sense="min" if name == "cost" else "max",
        objective=objective,
        bound=bound,
        gap_abs=None,
        gap=None,
        bound_source="HiGHS 1.15.1",
    )
