"""What must become of the best plan when a city's files are changed, from reading to verifying.

    SITING_EXAMPLES=50 pytest -n 2 tests/test_metamorphic.py --hypothesis-seed=1

tries each rule on more cities, of which some are towns.
"""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from engine_cities import KINDS, case_of
from full_plans import document_of
from hypothesis import assume, given
from hypothesis import strategies as st
from optima import AGREE, EXAMPLES, few, no_better, same, worth_of
from sheet_changes import CHANGES, Solved, several_at_once
from sheets import read, sheets_of, solve

import siting
from siting.standard.options import find_options

SMALL = tuple(k for k, kind in enumerate(KINDS) if "town" not in kind)
ALL = tuple(range(len(KINDS)))

cases = st.tuples(
    st.integers(0, 1_000),
    # a town costs ten times as much as a tiny city, and has no more rules
    st.sampled_from((*SMALL * 4, *ALL) if EXAMPLES else SMALL),
    st.integers(0, 2**32),
)


@pytest.mark.parametrize("change", [*CHANGES, several_at_once], ids=lambda one: one.__name__)
@few(2)
@given(cases)
def test_optimum_follows_the_change_of_the_files(change, case):
    number, kind, seed = case
    # each rule has cities of its own, so that few examples of each see many
    number = (number + zlib.crc32(change.__name__.encode())) % 5_000
    draw = Random(f"{change.__name__}/{seed}")
    base = solved(kind + len(KINDS) * number)
    assume(base is not None)
    changed = change(draw, base)
    assume(changed is not None)
    city, question = read(changed.sheets)
    plan = solve(city, question)

    before, after = worth(base), None
    if plan is not None:
        assert_honest(plan.document)
        after = worth(Solved(changed.sheets, city, question, plan.document))
    if before is not None:
        before = tuple(
            (name, value * (1.0 if name in ("share", "cost") else changed.people))
            for name, value in before
        )
    said = f"{change.__name__} of {kind + len(KINDS) * number}: {before}, then {after}"
    assert agrees(changed.optimum, before, after), said
    if changed.optimum == "same" and base.document is not None:
        assert_worth_the_same(base, changed, city, question)


def solved(number: int) -> Solved | None:
    """Return a random city read from files with its best plan, None where no files can say it."""
    with tempfile.TemporaryDirectory() as folder:
        case = case_of(number, Path(folder))
    sheets = sheets_of(case.city, case.question)
    if sheets is None:
        return None
    city, question = read(sheets)
    plan = solve(city, question)
    if plan is not None:
        assert_honest(plan.document)
    return Solved(sheets, city, question, None if plan is None else plan.document)


def worth(one: Solved):
    return None if one.document is None else worth_of(one.city, one.question, one.document)


def agrees(how: str, before, after) -> bool:
    if before is not None and after is not None and how == "same":
        assert [name for name, _ in before if name != "share"] == [
            name for name, _ in after if name != "share"
        ]
    some, other = (None if w is None else [value for _, value in w] for w in (before, after))
    if some is not None and other is not None and len(some) != len(other):
        # more circles in which nothing can be gained have no share, so that ranks are as many
        return False
    return {"same": same, "at least": no_better, "at most": lambda a, b: no_better(b, a)}[how](
        some, other
    )


def assert_honest(document) -> None:
    """Assert that each stage's bound holds for its own value, and that a proof is one."""
    assert document.status == "optimal"
    for stage in document.stages:
        sign = -1.0 if stage.sense == "min" else 1.0
        value, bound = sign * stage.objective, sign * stage.bound
        assert bound >= value
        assert stage.gap_abs == abs(bound - value)
        assert stage.gap_abs <= AGREE * max(1.0, abs(value))
        if stage.certified_bound is not None:
            assert sign * stage.certified_bound >= value


def assert_worth_the_same(base: Solved, changed, city, question) -> None:
    """Assert that the plan of before is a choice of the changed city, with the same numbers."""
    people, renamed = changed.people, changed.spaces
    options = find_options(city, question)
    types = [kind.id for kind in question.standard.types]
    rows = zip(options.space, options.type, options.area_m2, options.chain, strict=True)
    have = {
        (str(city.spaces.id[s]), types[t], float(area), bool(chain)): o
        for o, (s, t, area, chain) in enumerate(rows)
    }
    old = base.document
    mine = {renamed.get(p.space, p.space): p for p in old.projects}
    chosen = [
        have[renamed.get(p.space, p.space), p.type, p.area_m2, p.chain] for p in old.projects
    ]
    new = document_of(city, question, np.array(sorted(chosen), dtype=np.int64), ways=())
    assert len(new.projects) == len(old.projects)
    paid = {(renamed.get(p.space, p.space), p.type): p for p in old.projects}
    for project in new.projects:
        before = paid[project.space, project.type]
        assert (project.capital, project.subsidy_per_year, project.relief) == (
            before.capital,
            before.subsidy_per_year,
            before.relief,
        )
        assert np.isclose(project.residents_gained, people * before.residents_gained)
        assert np.isclose(project.residents_shared, people * before.residents_shared)
    assert mine.keys() == {p.space for p in new.projects}
    before = {row.type: row for row in old.coverage}
    for row in new.coverage:
        if row.type in before:
            stated = before[row.type]
            assert np.isclose(row.residents * row.after, people * stated.residents * stated.after)
            assert np.isclose(row.residents * row.before, people * stated.residents * stated.before)
    assert np.isclose(
        new.residents.newly_served_any_type, people * old.residents.newly_served_any_type
    )
