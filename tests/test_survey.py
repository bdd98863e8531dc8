"""What the check works out before it sees a plan may be made ahead, and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

import siting
from siting.api import resolve
from siting.generate.city import generate
from siting.verify.check import inspect, survey


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey") / "city"
    generate(folder, places=60, spaces=10, types=5, seed=2)
    city = siting.read_city(folder)
    return city, siting.solve(city, siting.Scenario(), gap=0.0, time_limit=20.0)


def test_a_plan_checked_with_a_survey_made_ahead_holds_and_a_changed_one_does_not(solved):
    city, plan = solved
    ahead = survey(city, resolve(city, siting.Scenario()))
    assert not inspect(plan.document, city, plan.certificate, surveyed=ahead).notices
    first = plan.document.coverage[0]
    changed = plan.document.model_copy(
        update={
            "coverage": (
                first.model_copy(update={"after": first.after + 1e-3}),
                *plan.document.coverage[1:],
            )
        }
    )
    assert inspect(changed, city, plan.certificate, surveyed=ahead).notices


def test_a_survey_of_another_question_or_city_does_not_count(solved):
    city, plan = solved
    question = resolve(city, siting.Scenario())
    slower = [
        one.model_copy(update={"minutes": one.minutes / 2}) for one in question.standard.types
    ]
    other = question.model_copy(
        update={"standard": question.standard.model_copy(update={"types": tuple(slower)})}
    )
    right = survey(city, question)
    for wrong in (survey(city, other), replace(right, city=replace(city), merged=())):
        seen = inspect(plan.document, city, plan.certificate, surveyed=wrong)
        assert not seen.notices
