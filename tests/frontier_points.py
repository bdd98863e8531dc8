"""Points of a frontier made by hand."""

from __future__ import annotations

import math

import cli_fakes

from siting.frontier.model import Frontier, Manner
from siting.frontier.point import Point, Said, answer_of
from siting.plan.stages import make_stage
from siting.standard.model import Budget, Policy, Question

SUBSIDY = 100.0


def point(capital, value=None, bound=None, *, subsidy=SUBSIDY, opens=("S1",), **changed) -> Point:
    """Return a solved budget; without a value there is no plan for it, as is proved."""
    fields = {"capital": capital, "subsidy_per_year": subsidy, "seconds": 1.0}
    fields["time_limit"] = 60.0
    if value is None:
        why = (Said(zh="不够", en="too little"),)
        return Point(**{**fields, "status": "infeasible", "answer": None, "why": why, **changed})
    stages = changed.pop("stages", None) or (("coverage", "max", value, bound),)
    records = tuple(make_stage(name, sense, v, b, "SCIP") for name, sense, v, b in stages)
    first = records[0]
    project = cli_fakes.document().projects[0]
    document = cli_fakes.document(
        stages=tuple(one.model_dump() for one in records),
        sense=first.sense,
        objective=first.objective,
        bound=first.bound,
        gap_abs=first.gap_abs,
        gap=first.gap,
        certified_bound=changed.pop("certified", None),
        projects=tuple({**project.model_dump(), "space": name} for name in opens),
        software={"siting": "0", "solver": "SCIP 10"},
    )
    return Point(**{**fields, "status": "feasible", "answer": answer_of(document), **changed})


def question(**changed) -> Question:
    fields = {
        "standard": cli_fakes.standard(),
        "policy": Policy(id="p", zh="政策", en="Policy"),
        "budget": Budget(capital=0.0, subsidy_per_year=math.inf),
    }
    return Question(**{**fields, **changed})


def frontier(*points, **changed) -> Frontier:
    return Frontier("Town <i>", question(**changed), Manner(), tuple(points))


def bent() -> Frontier:
    """Return one curve with a knee at 2e5, a budget without a plan, and a swapped project."""
    return frontier(
        point(0.0),
        point(1e5, 50.0, 50.0, opens=("S1",)),
        point(2e5, 90.0, 91.0, opens=("S1", "S2")),
        point(3e5, 95.0, 99.0, opens=("S2", "S3")),
        point(4e5, 100.0, 110.0, opens=("S2", "S3", "S4"), certified=120.0),
    )


def crossed() -> Frontier:
    """Return a grid of two subsidies."""
    return frontier(
        *(point(c, v, v + 1.0) for c, v in ((0.0, 0.0), (1e5, 8.0), (2e5, 9.0))),
        *(point(c, v, v + 2.0, subsidy=200.0) for c, v in ((0.0, 1.0), (1e5, 9.0), (2e5, 12.0))),
    )
