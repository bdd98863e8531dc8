"""A first plan where demands at the ceiling defeat the greedy, and the time it may take."""

from __future__ import annotations

import time

import numpy as np
import pytest
from rules_tiny import problem_of
from small_town import asked, kind, town

import siting
from siting.errors import InfeasibleError, NoPlanError
from siting.programme.stage import Stage
from siting.solve import first, one_stage, search, solve, stages
from siting.solve.elastic import share_text
from siting.solve.greedy import greedy
from siting.solve.outcome import Event, Outcome
from siting.solve.search import Found, Limits

# S1 stands between P1 and P2 and is cheap, S2 reaches P1 alone; each takes one type
CORNERED = {"x": [200.0, -400.0, 9000.0, 9900.0], "capital_m2": [100.0, 900.0, 900.0, 900.0]}
AT_THE_CEILING = {"cafe": 0.4, "shop": 2 / 3}


def no_plan(**_: object) -> Found:
    return Found(chosen=None, bound=np.inf, source="multipliers", stopped_by="time")


def test_demands_at_the_ceiling_are_met_although_the_greedy_meets_them_not(monkeypatch):
    city = town(max_types=[1, 1, 1, 1], **CORNERED)
    scenario = asked(kind("cafe"), kind("shop"), objective="cost", targets=AT_THE_CEILING)
    problem = problem_of(city, siting.api.resolve(city, scenario)).staged(Stage(kind="cost"))
    assert greedy(problem) is None
    monkeypatch.setattr(first, "_LARGE", 0)
    found = first.first_plan(
        problem, "highs", deadline=time.monotonic() + 20.0, seed=0, stopping=lambda: False
    )
    assert found.chosen is not None
    options = problem.options
    pairs = {(int(options.space[o]), int(options.type[o])) for o in found.chosen}
    assert pairs >= {(0, 1), (1, 0)}


def test_no_first_plan_is_invented_where_there_is_none(monkeypatch):
    city = town(max_types=[1, 1, 1, 1], **CORNERED)
    targets = {"cafe": 0.5, "shop": 2 / 3}
    scenario = asked(kind("cafe"), kind("shop"), objective="cost", targets=targets)
    problem = problem_of(city, siting.api.resolve(city, scenario))
    monkeypatch.setattr(first, "_LARGE", 0)
    found = first.first_plan(
        problem, "highs", deadline=time.monotonic() + 20.0, seed=0, stopping=lambda: False
    )
    assert found.chosen is None


def test_a_relaxation_applied_as_it_is_printed_leads_to_a_plan():
    city = town(max_types=[1, 1, 1, 1], **CORNERED)
    types = kind("cafe"), kind("shop")
    wanted = {"cafe": 0.9, "shop": 0.9}
    with pytest.raises(InfeasibleError) as raised:
        siting.solve(city, asked(*types, objective="cost", targets=wanted), time_limit=10.0)
    for notice in raised.value.notices:
        if notice.key == "solve.relax_target":
            share = float(str(notice.values["best"]).removesuffix("%")) / 100.0
            wanted[str(notice.values["type"])] = share
    plan = siting.solve(city, asked(*types, objective="cost", targets=wanted), time_limit=10.0)
    assert plan.document.status == "optimal"


@pytest.mark.parametrize(
    ("share", "step", "shown"),
    [
        (0.6119, 0.001, "61.1%"),
        (0.6119, 0.01, "61%"),
        (0.29, 0.01, "29%"),
        (1 / 3, 0.001, "33.3%"),
    ],
)
def test_a_share_that_can_be_had_is_rounded_down(share, step, shown):
    assert share_text(share, step) == shown


def test_a_stage_without_a_plan_may_use_all_the_time_there_is(monkeypatch):
    city = town()
    scenario = asked(kind("shop"), objective="cost", targets={"shop": 0.5})
    question = siting.api.resolve(city, scenario)
    told = {}

    def searched(*_, **options):
        told.update(options)
        return no_plan()

    monkeypatch.setattr(one_stage, "search", searched)
    with one_stage.prepare("highs") as prepared:
        stages.solve_stages(
            problem_of(city, question),
            question,
            prepared,
            deadline=time.monotonic() + 100.0,
            gap=0.0,
            threads=1,
            seed=0,
            on_event=lambda _: None,
            stop=None,
        )
    assert 50.0 < told["time_limit"] < 70.0
    assert 90.0 < told["patience"] <= 100.0


class Solver:
    """Stands for a prepared process and for the solver at work: two rounds of news, then done."""

    def __init__(self, value: float | None) -> None:
        self.value = value
        self.rounds = 0
        self.stopped = False
        self.solver = "highs"

    def begin(self, *_: object, **options: object) -> Solver:
        self.options = options
        return self

    @property
    def done(self) -> bool:
        return self.rounds == 2

    def poll(self, _: float) -> list[Event]:
        self.rounds += 1
        return [Event(0.0, self.value, None)]

    def stop(self) -> None:
        self.stopped = True

    def outcome(self) -> Outcome:
        word = "interrupt" if self.stopped else "time"
        return Outcome("none", word, None, np.inf, "highs", 0.0)

    def __enter__(self) -> Solver:
        return self

    def __exit__(self, *error: object) -> None:
        pass


@pytest.mark.parametrize(("value", "stopped"), [(None, False), (5.0, True)])
def test_past_its_share_of_the_time_a_stage_ends_with_its_first_plan(value, stopped):
    problem = problem_of(town(), siting.api.resolve(town(), asked(kind("shop"))))
    core = search._Core(np.arange(len(problem.options)), -np.inf)
    solver, now = Solver(value), time.monotonic()
    limits = Limits(now - 1.0, now + 100.0, 0.0, 1, 0, None)
    found = search._improve(problem, core, no_plan(), solver, limits, lambda *_: None)
    assert solver.stopped is stopped
    assert solver.options["time_limit"] > 90.0
    assert found.stopped_by == "time"


def test_the_seconds_in_the_message_are_those_that_went_by(monkeypatch):
    monkeypatch.setattr(solve, "solve_stages", lambda *_, **__: stages.Staged(no_plan(), (), {}))
    with pytest.raises(NoPlanError) as raised:
        siting.solve(town(), asked(kind("shop")), time_limit=6000.0)
    assert float(raised.value.notices[0].values["seconds"]) < 600.0
