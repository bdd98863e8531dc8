"""A claim of a proof that the plan's own evidence contradicts is refused."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import siting
from siting.generate.city import generate
from siting.verify.check import inspect


@cache
def solved():
    """Return a city, a plan of it that leaves money, and what it is worth at best."""
    with TemporaryDirectory() as folder:
        generate(Path(folder) / "city", places=60, spaces=15, types=6, seed=3)
        city = siting.read_city(Path(folder) / "city")
    asked = siting.Scenario(standard="mofcom-2021", capital=600_000.0, subsidy_per_year=60_000.0)
    return city, siting.solve(city, asked, gap=0.0)


def said(document, certificate, city):
    checked = inspect(document, city, certificate)
    return {n.key for n in checked.notices}, {n.key for n in checked.remarks}


def claimed(document, *, bound, source, certified=True):
    """Return a plan that calls itself the best there is."""
    stage = document.stages[0]
    proof = {"bound": bound, "gap_abs": abs(bound - document.objective), "bound_source": source}
    proof["gap"] = proof["gap_abs"] / document.objective if document.objective else None
    if not certified:
        proof |= {"certified_bound": None, "certified_gap": None}
    proved = {"status": "optimal", "stopped_by": "done"} if not proof["gap_abs"] else {}
    stages = (stage.model_copy(update=proof), *document.stages[1:])
    return document.model_copy(update={**proof, **proved, "stages": stages})


def test_what_was_solved_is_accepted_without_a_word():
    city, plan = solved()
    assert said(plan.document, plan.certificate, city) == (set(), set())


def test_a_bound_from_multipliers_is_not_below_what_their_certificate_proves():
    city, plan = solved()
    document = plan.document
    assert document.certified_bound > document.objective * 1.001
    found, _ = said(
        claimed(document, bound=document.objective, source="multipliers"), plan.certificate, city
    )
    assert found == {"verify.bound_uncertified"}


@pytest.mark.parametrize("source", ["SCIP 10.0.0", "HiGHS 1.15.1"])
def test_a_bound_that_one_more_project_would_pass_is_refused(source):
    city, plan = solved()
    empty = plan.document.model_copy(update={"projects": (), "one_off": ()})
    stage = empty.stages[0].model_copy(update={"objective": 0.0})
    empty = empty.model_copy(update={"objective": 0.0, "stages": (stage,)})
    found, _ = said(claimed(empty, bound=0.0, source=source), plan.certificate, city)
    assert "verify.bound_passed" in found
    loose = claimed(empty, bound=plan.document.bound, source=source)
    assert "verify.bound_passed" not in said(loose, plan.certificate, city)[0]


def test_a_bound_without_a_certificate_is_called_a_word():
    city, plan = solved()
    document = plan.document
    bare = claimed(document, bound=document.bound, source=document.bound_source, certified=False)
    _, remarks = said(bare, {}, city)
    assert remarks == {"verify.not_certified"}
