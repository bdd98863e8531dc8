"""Every way the engine runs, to the end or stopped early, against the exact best of every stage.

Two dozen cities; benchmarks/engine.py tries hundreds.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from engine_cities import KINDS, case_of
from engine_tampered import exact_bound, tampered, written
from engine_ways import Compared, compared, run, ways

from siting.verify.check import verify

PROVING, HASTY = ways(Random(0))
ALL = [*PROVING, *HASTY]
RULES = ("family", "judged")


def wrong(case, ran, *, proving: bool) -> list[str]:
    found = list(compared(case, ran, proving=proving))
    compares = [one for one in found if isinstance(one, Compared)]
    told = [one for one in found if isinstance(one, str)]
    return told + [one.said for one in compares if one.past > one.allowed]


def number_of(kind: str, k: int) -> int:
    return KINDS.index(kind) + len(KINDS) * k


def cities(k: int) -> list[int]:
    kinds = [RULES[k % 2]] + ["town with rules"] * (k % 4 == 1)
    return [number_of(kind, k) for kind in kinds]


@pytest.mark.parametrize("name", ALL)
def test_no_bound_is_below_the_best_plan_and_no_plan_above_it_whichever_way(name, tmp_path):
    k = ALL.index(name)
    way = ways(Random(k))[name in HASTY][name]
    most = 8.0 if name in HASTY else 120.0  # some hasty ways go on until the time is over
    for number in cities(k):
        case = case_of(number, tmp_path)
        ran = run(case, way, threads=1 + number // 4 % 2, seed=number, time_limit=most)
        assert wrong(case, ran, proving=name in PROVING) == [], case.name
        if ran.plan is not None:
            document, certificate = written(ran.plan, tmp_path / f"plan-{number}")
            assert verify(document, case.city, certificate) == (), case.name


# one with locks, one by classes, one that keeps the least cost, a town
@pytest.mark.parametrize("number", [8, 109, 25, 34])
def test_certified_numbers_that_are_not_proved_are_refused(number, tmp_path):
    case = case_of(number, tmp_path)
    ran = run(case, HASTY["one node"], threads=1, seed=0, time_limit=120.0)
    document, certificate = written(ran.plan, tmp_path / "plan")
    assert verify(document, case.city, certificate) == ()
    for name, kept in certificate.items():
        (stated,) = (s.certified_bound for s in document.stages if s.name == name)
        assert 0.0 <= stated - exact_bound(case, name, kept) <= 1e-9 * stated
    seen = set()
    for one in tampered(case, document, certificate, Random(number), tmp_path):
        assert one.refused or not one.false, (one.what, one.detail)
        seen |= {one.what} if one.false else set()
    assert len(seen) > 15


def test_a_bound_below_the_best_plan_and_a_plan_above_it_would_be_found(tmp_path):
    case = case_of(number_of("judged", 0), tmp_path)
    ran = run(case, PROVING["as it is"], threads=1, seed=0, time_limit=120.0)
    (stage,) = ran.plan.document.stages
    assert stage.objective > 0.0

    def stating(**said):
        stages = (stage.model_copy(update=said),)
        document = ran.plan.document.model_copy(update={"stages": stages})
        return replace(ran, plan=replace(ran.plan, document=document))

    low, high = stage.objective * (1 - 1e-6), stage.objective * (1 + 1e-6)
    for changed in (
        stating(bound=low),
        stating(certified_bound=low),
        stating(objective=high),
        stating(bound=high * 1.1, gap_abs=high * 1.1 - stage.objective),
        replace(ran, bounds=((stage.name, low),)),
        replace(ran, news=((high, None),)),
        replace(ran, news=((None, low),)),
        replace(ran, ended="infeasible", plan=None),
    ):
        assert wrong(case, changed, proving=True)
    assert wrong(case, ran, proving=True) == []
