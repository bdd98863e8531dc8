"""Nothing that a city, a question, a plan or a frontier hands out can change what it is."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel
from small_town import asked, kind, town

import siting
import siting.api
from siting.standard.model import Grade, Locks


@pytest.fixture(scope="module")
def scenario():
    grade = {"id": "g", "zh": "g", "en": "g", "min_types": {"basic": 1}}
    given = asked(kind("shop"), kind("late"), capital=50_000.0, targets={"shop": 0.1})
    standard = given.standard.model_copy(update={"grades": (Grade.model_validate(grade),)})
    return given.model_copy(update={"standard": standard, "locks": Locks()})


@pytest.fixture(scope="module")
def question(scenario):
    return siting.api.resolve(town(), scenario)


@pytest.fixture(scope="module")
def plan(scenario):
    return siting.solve(town(), scenario, gap=0.0)


@pytest.fixture(scope="module")
def frontier(scenario):
    return siting.frontier(town(), scenario, capital=[50_000.0, 100_000.0], gap=0.0)


def public(record):
    """Yield the public attributes of a record, with what they hand out."""
    names = {name for name in dir(type(record)) if not name.startswith(("_", "model_"))}
    if is_dataclass(record):
        names |= {field.name for field in fields(record)}
    if isinstance(record, BaseModel):
        names = set(type(record).model_fields)
    for name in sorted(names):
        value = getattr(record, name)
        if not callable(value):
            yield name, value


def spoil(value, seen=None) -> int:
    """Try to write to everything within reach, and return how much there was."""
    seen = {} if seen is None else seen
    if id(value) in seen:
        return 0
    seen[id(value)] = value
    if isinstance(value, pd.DataFrame):
        for name in value.columns:
            if name != "geometry":
                value[name] = 0
        return 1
    if isinstance(value, np.ndarray):
        with pytest.raises(ValueError, match="read-only"):
            value[...] = 0
        return 1
    if isinstance(value, Mapping):
        with pytest.raises(TypeError):
            value["more"] = 0
        return 1 + sum(spoil(item, seen) for item in value.values())
    if isinstance(value, tuple):
        return sum(spoil(item, seen) for item in value)
    if is_dataclass(value) or isinstance(value, BaseModel):
        found = 0
        for name, item in public(value):
            with pytest.raises((AttributeError, ValueError)):
                setattr(value, name, item)
            found += spoil(item, seen)
        return found
    return 0


@pytest.mark.parametrize(
    ("which", "least"), [("city", 25), ("question", 10), ("plan", 60), ("frontier", 10)]
)
def test_nothing_that_is_handed_out_changes_a_record(request, which, least):
    record = town() if which == "city" else request.getfixturevalue(which)
    before = said(record)
    assert spoil(record) >= least
    assert said(record) == before


def said(record, seen=()) -> str:
    """Return all that the public attributes of a record hold, as text."""
    if isinstance(record, pd.DataFrame):
        return record.to_csv()
    if isinstance(record, np.ndarray):
        return repr(record.tolist())
    if isinstance(record, Mapping):
        return repr({key: said(item, seen) for key, item in record.items()})
    if isinstance(record, tuple):
        return repr([said(item, seen) for item in record])
    if is_dataclass(record) or isinstance(record, BaseModel):
        if id(record) in seen:
            return "above"
        return repr([(name, said(item, (*seen, id(record)))) for name, item in public(record)])
    return repr(record)


def test_what_a_plan_hands_out_can_be_changed_and_is_not_saved(plan, tmp_path):
    sound = plan.save(tmp_path / "sound")
    gaps, table = plan.gap_table, plan.projects
    gaps["residents"] = 0
    table["capital"] /= 1e4  # who wants it in units of 10,000 yuan may have it so
    assert table["capital"].max() < plan.projects["capital"].max()
    saved = plan.save(tmp_path / "plan")
    for name in ("gaps.csv", "projects.csv"):
        assert (saved / name).read_bytes() == (sound / name).read_bytes()
    siting.verify(plan)


def test_a_table_that_a_plan_was_made_of_may_be_changed_later(plan):
    table = plan.gap_table
    made = siting.Plan(document=plan.document, gap_table=table)
    table["residents"] = -1.0
    assert made.gap_table["residents"].min() >= 0.0
    assert siting.Plan(document=plan.document).gap_table is None


@pytest.mark.parametrize("again", [copy.deepcopy, lambda q: pickle.loads(pickle.dumps(q))])
def test_a_copied_question_is_equal_and_read_only_again(again, question):
    other = again(question)
    assert other == question
    assert other.model_dump() == question.model_dump()
    with pytest.raises(TypeError, match="read-only"):
        other.targets["shop"] = 0.0
    assert dict(other.targets) | {"shop": 0.0} == {"shop": 0.0}
