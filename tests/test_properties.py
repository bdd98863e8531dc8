"""What more money, freedom or time to walk must never make worse, on random tiny cities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from every_plan import best_stages
from full_families import asked_of
from hypothesis import assume, given
from hypothesis import strategies as st
from islands import islands
from optima import AGREE, few, no_better, same, worth_of
from tiny_full import Asked, base, pairs, scenario_of

import siting
from siting.city.model import Spaces
from siting.errors import InfeasibleError
from siting.standard.model import Locks

WITH_RULES = (
    "C2 only in company",
    "C6 co-payment",
    "C7 floors",
    "C8 must",
    "C9 number",
    "C10 most",
)
BY_OBJECTIVE = ("basic-first", "grades", "cost")
FAMILIES = (None, *WITH_RULES, *BY_OBJECTIVE)
# `worst-community` measures by what every option could bring. What changes that (another space,
# another option, other minutes, a lock that forbids) may well lower it or raise it; see the last
# test. What only changes which plans are allowed moves it as it moves the other objectives.
WORST = ("worst-community", "worst-community, C12")
EXAMPLES = 5  # each costs two proofs


@st.composite
def asked_cities(draw, families=FAMILIES) -> Asked:
    """Return a city and a question, with one family of rules or an objective on."""
    family, seed = draw(st.sampled_from(families)), draw(st.integers(0, 10_000))
    asked = base(seed)[1] if family is None else asked_of(family, seed)
    assume(asked is not None)
    assume(best_stages(asked.city, asked.question) is not None)  # else there is little to compare
    return asked


def plan_of(asked: Asked):
    """Return the proved optimum, None where there is no plan."""
    try:
        plan = siting.solve(asked.city, scenario_of(asked.question), gap=0.0)
    except InfeasibleError:
        return None
    assert plan.document.status == "optimal"
    return plan.document


def optimum(asked: Asked) -> tuple[float, ...] | None:
    """Return what each stage reached, and each rank of circles; more is better."""
    document = plan_of(asked)
    if document is None:
        return None
    return tuple(value for _, value in worth_of(asked.city, asked.question, document))


@few(EXAMPLES)
@given(
    asked_cities((*FAMILIES, *WORST, "C12 capacity")),
    st.sampled_from([(1.5, 1.0), (1.0, 1.5), (1.25, 3.0)]),
)
def test_more_budget_never_lowers_the_optimum(asked, factors):
    budget = asked.question.budget
    more = budget.model_copy(
        update={
            "capital": budget.capital * factors[0],
            "subsidy_per_year": budget.subsidy_per_year * factors[1],
        }
    )
    assert no_better(optimum(asked), optimum(asked.asks(budget=more)))


@few(EXAMPLES)
@given(
    asked_cities((*FAMILIES, *WORST, "C4 subsidy")),
    st.sampled_from([(0.5,), (0.25, 0.75), (0.3, 0.5, 0.8)]),
    st.sampled_from([(0.4,), (0.1, 0.35, 0.6)]),
)
def test_further_steps_of_relief_never_lower_the_optimum(asked, steps, further):
    def under(these) -> Asked:
        policy = asked.question.policy.model_copy(update={"relief_steps": these})
        return asked.asks(policy=policy)

    some, more = under(steps), under(tuple(sorted({*steps, *further})))
    if asked.question.objective == "worst-community":
        assume(pairs(some) == pairs(more))  # else circles could have more
    assert no_better(optimum(some), optimum(more))


@few(EXAMPLES)
@given(
    asked_cities((*FAMILIES, "C12 capacity")),
    st.integers(0, 2),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_one_more_space_never_lowers_the_optimum(asked, like, x, y):
    assert no_better(optimum(asked), optimum(one_more_space(asked, like, 100.0 * x, 100.0 * y)))


def one_more_space(asked: Asked, like: int, x: float, y: float) -> Asked:
    """Return the same with another space, like one of the city's but for where it stands."""
    spaces = asked.city.spaces

    def longer(column):
        return None if column is None else np.append(column, column[like : like + 1])

    columns = {name: longer(getattr(spaces, name)) for name in Spaces.__dataclass_fields__}
    columns["id"][-1], columns["x"][-1], columns["y"][-1] = "another", x, y
    return replace(asked, city=replace(asked.city, spaces=Spaces(**columns)))


@few(EXAMPLES)
@given(asked_cities(), st.sampled_from([1.25, 2.0]), st.integers(0, 3))
def test_longer_minutes_never_lower_the_residents_served_before_plus_gained(asked, factor, which):
    # one point for each resident of the counting group, so that points are the people gained
    asked = asked.types(lambda t: {"weight": 1.0, "groups": {t.counting_group: 1.0}})
    types = asked.question.standard.types
    chosen = {types[which].id} if which < len(types) else {t.id for t in types}

    def served(which: Asked) -> tuple[float, ...] | None:
        """Return what the stages reached, with the residents served before in those of points."""
        document = plan_of(which)
        if document is None:
            return None
        found = []
        for stage in document.stages:
            counted = [c for c in document.coverage if stage.name in ("coverage", c.type_class)]
            before = sum(c.residents * c.before for c in counted)
            sign = -1.0 if stage.sense == "min" else 1.0
            found.append(sign * stage.objective + before)
        after = sum(c.residents * c.after for c in document.coverage)
        by_class = which.question.objective == "basic-first"
        total = sum(found) if by_class else found[-1]
        assert np.isclose(after, total, rtol=AGREE, atol=AGREE)
        return tuple(found)

    longer = asked.types(lambda t: {"minutes": t.minutes * (factor if t.id in chosen else 1.0)})
    assert no_better(served(asked), served(longer))


@few(EXAMPLES)
@given(asked_cities((*FAMILIES, *WORST)), st.integers(0, 2), st.sampled_from([0.1, 0.5, 0.9]))
def test_one_more_floor_never_raises_the_optimum(asked, which, share):
    types = asked.question.standard.types
    name = types[which % len(types)].id
    floors = asked.question.floors
    more = asked.asks(floors={**floors, name: max(share, floors.get(name, 0.0))})
    assert no_better(optimum(more), optimum(asked))


@few(EXAMPLES)
@given(asked_cities((*FAMILIES, *WORST)), st.sampled_from(["open", "forbid"]), st.integers(0, 8))
def test_one_more_lock_never_raises_the_optimum(asked, word, which):
    found, locks = pairs(asked), asked.question.locks
    pair = found[which % len(found)]
    assume(pair not in locks.open)
    if asked.question.objective == "worst-community":
        assume(word == "open")  # one that forbids takes away from what circles could have
    changed = {"open": locks.open, "forbid": locks.forbid}
    changed[word] = (*changed[word], pair)
    assert no_better(optimum(asked.asks(locks=Locks(**changed))), optimum(asked))


@few(EXAMPLES)
@given(asked_cities((*FAMILIES, *WORST, "C4 subsidy")), st.sampled_from([2.0, 10.0]))
def test_scaling_all_money_changes_nothing(asked, factor):
    before, after = optimum(asked), optimum(scaled(asked, factor))
    if asked.question.objective == "cost" and before is not None:
        before = (before[0] * factor, *before[1:])
    assert same(before, after)


def scaled(asked: Asked, factor: float) -> Asked:
    """Return the same with every amount of money multiplied."""

    def all_of(record, *names):
        amounts = {n: getattr(record, n) for n in names}
        return {n: None if v is None else v * factor for n, v in amounts.items()}

    spaces, question = asked.city.spaces, asked.question
    asked = asked.spaces(**all_of(spaces, "rent_m2_month", "capital_m2", "capital_fixed")).types(
        lambda t: all_of(
            t, "capital_m2", "capital_fixed", "affordable_rent_m2", "affordable_rent_outlet"
        )
    )
    policy = question.policy
    caps = {k: v * factor for k, v in policy.relief_cap_per_outlet_year.items()}
    return asked.asks(
        budget=question.budget.model_copy(
            update=all_of(question.budget, "capital", "subsidy_per_year")
        ),
        funds=tuple(f.model_copy(update=all_of(f, "amount")) for f in question.funds),
        policy=policy.model_copy(
            update={
                **all_of(policy, "ceiling_rent_m2_month"),
                "relief_cap_per_outlet_year": caps,
            }
        ),
    )


def test_another_space_may_well_lower_the_share_of_the_worst_circle():
    """A has all it could have until it could have more than there is money for."""
    asked = islands((100, 100), (50,), money=2)
    fewer = without_space(asked, 1)
    assert optimum(fewer) == (1.0, 1.0, 150.0)
    assert optimum(asked) == (0.5, 1.0, 150.0)


def without_space(asked: Asked, which: int) -> Asked:
    spaces = asked.city.spaces
    columns = {name: getattr(spaces, name) for name in Spaces.__dataclass_fields__}
    kept = {n: None if v is None else np.delete(v, which) for n, v in columns.items()}
    return replace(asked, city=replace(asked.city, spaces=Spaces(**kept)))
