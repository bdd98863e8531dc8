"""What must become of the best plan when a city's files are changed, from reading to verifying.

    SITING_EXAMPLES=50 pytest -n 2 tests/test_metamorphic.py --hypothesis-seed=1

tries each rule on more cities, of which some are towns.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import numpy as np
import pytest
from engine_cities import KINDS, case_of
from full_plans import document_of
from hypothesis import assume, given
from hypothesis import strategies as st
from optima import AGREE, EXAMPLES, few, no_better, same, worth_of
from sheet_changes import CHANGES, several_at_once
from sheet_rule import Changed, Solved
from sheets import read, sheets_of

from siting.standard.options import find_options

SMALL = tuple(k for k, kind in enumerate(KINDS) if "town" not in kind)
# a town costs ten times as much as a tiny city, and has no more rules
TRIED = (*SMALL * 4, *range(len(KINDS))) if EXAMPLES else SMALL
NUMBERS = 5_000


@pytest.mark.parametrize("change", [*CHANGES, several_at_once], ids=lambda one: one.__name__)
@few(1)
@given(st.integers(0, 2**32))
def test_optimum_follows_the_change_of_the_files(change, seed):
    draw = Random(f"{change.__name__}/{seed}")  # cities of its own for each rule
    number = draw.choice(TRIED) + len(KINDS) * draw.randrange(NUMBERS)
    base = asked(number)
    assume(base is not None)
    changed = change(draw, base)
    assume(changed is not None)
    now = Solved(changed.sheets, *read(changed.sheets))
    before = worth(base)
    if before is not None:
        before = [(name, value * changed.times(name)) for name, value in before]
    after = worth(now)
    said = f"{change.__name__} of {number}: {before}, then {after}"
    assert agrees(changed.optimum, before, after), said
    for one in (base, now):
        assert_honest(one.document)
    if changed.optimum == "same" and base.document is not None:
        assert_worth_the_same(base.document, changed, now)


def asked(number: int) -> Solved | None:
    """Return a random city as it is read from files, None where no files can say it."""
    with tempfile.TemporaryDirectory() as folder:
        case = case_of(number, Path(folder))
    sheets = sheets_of(case.city, case.question)
    return None if sheets is None else Solved(sheets, *read(sheets))


def worth(one: Solved) -> list[tuple[str, float]] | None:
    """Return what the stages of the best plan reached."""
    if one.document is None:
        return None
    return [*worth_of(one.city, one.question, one.document)]


def agrees(how: str, before, after) -> bool:
    """Tell whether two optima lie to each other as they should, and have the same stages."""
    some, other = (None if w is None else [value for _, value in w] for w in (before, after))
    if before is not None and after is not None and [n for n, _ in before] != [n for n, _ in after]:
        return False
    if how == "same":
        return same(some, other)
    return no_better(some, other) if how == "at least" else no_better(other, some)


def assert_honest(document) -> None:
    """Assert that each stage's bound holds for its own value, and that a proof is one."""
    if document is None:
        return
    assert document.status == "optimal"
    for stage in document.stages:
        sign = -1.0 if stage.sense == "min" else 1.0
        value, bound = sign * stage.objective, sign * stage.bound
        assert bound >= value
        assert stage.gap_abs == abs(bound - value)
        assert stage.gap_abs <= AGREE * max(1.0, abs(value))
        if stage.certified_bound is not None:
            assert sign * stage.certified_bound >= value


def assert_worth_the_same(old, changed, now: Solved) -> None:
    """Assert that the plan of before is a choice of the changed city, with the same numbers.

    So plans are compared even where several are best.
    """
    city, question = now.city, now.question
    options = find_options(city, question)
    types = [kind.id for kind in question.standard.types]
    rows = zip(options.space, options.type, options.area_m2, options.chain, strict=True)
    have = {
        (str(city.spaces.id[s]), types[t], float(area), bool(chain)): o
        for o, (s, t, area, chain) in enumerate(rows)
    }
    mine = {(changed.spaces.get(p.space, p.space), p.type): p for p in old.projects}
    chosen = sorted(have[s, t, p.area_m2, p.chain] for (s, t), p in mine.items())
    new = document_of(city, question, np.array(chosen, dtype=np.int64), ways=())

    people = changed.people
    assert {(p.space, p.type) for p in new.projects} == mine.keys()
    for now in new.projects:
        then = mine[now.space, now.type]
        assert (now.capital, now.relief) == (then.capital, then.relief)
        assert now.subsidy_per_year == then.subsidy_per_year
        assert np.isclose(now.residents_gained, people * then.residents_gained)
        assert np.isclose(now.residents_shared, people * then.residents_shared)
    coverage = {row.type: row for row in old.coverage}
    for now in new.coverage:
        if now.type in coverage:  # it may be a type that nobody needs
            then = coverage[now.type]
            for share in ("before", "after"):
                served = then.residents * getattr(then, share)
                assert np.isclose(now.residents * getattr(now, share), people * served)
    gained = old.residents.newly_served_any_type
    assert np.isclose(new.residents.newly_served_any_type, people * gained)


def test_an_optimum_or_a_plan_that_does_not_follow_would_be_noticed():
    assert agrees("same", [("coverage", 9.0)], [("coverage", 9.0 + 1e-6)])
    assert not agrees("same", [("coverage", 9.0)], [("coverage", 9.0 + 1e-4)])
    assert not agrees("same", [("coverage", 9.0)], [("grades", 9.0)])
    assert not agrees("same", [("coverage", 9.0)], None)
    assert not agrees("at least", [("cost", -9.0)], [("cost", -9.1)])
    assert not agrees("at most", None, [("cost", -9.1)])
    base = asked(4)
    plan = base.document
    assert plan.projects
    assert_worth_the_same(plan, Changed(base.sheets), base)
    with pytest.raises(AssertionError):
        assert_worth_the_same(plan, Changed(base.sheets, people=2.0), base)
    dearer = plan.projects[0].model_copy(update={"capital": 0.01})
    other = plan.model_copy(update={"projects": (dearer, *plan.projects[1:])})
    with pytest.raises(AssertionError):
        assert_worth_the_same(other, Changed(base.sheets), base)
